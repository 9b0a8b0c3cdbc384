"""The sky: every design of a grid as a star at its practice and its fresh error (sky.js)."""

from third_optimizer.meta import DIALS, par
from third_optimizer.meta.grid import BLOWN
from third_optimizer.meta.running import MOST, NEAR

from ..component import Component, fallback_text, is_static
from ..figures.figure import demand_text
from .game import Game
from .runs import source

LIMITS = {"par": par(), "near": NEAR, "most": MOST, "blown": BLOWN}  # by which a star is told from another


def sky(grid, *, title, id, spaces=None, offer="The engineer offers", dice=60):
    """Draws the runs of `grid` with its first seed.

    title: a sentence. spaces: {name: {dial: stops}} that the reader may choose from, all others dark; by default all
    that there is. offer: the words before that choice. dice: draws at the press of a button.
    """
    board = Game(grid, grid.space, dice, id)
    fields = board.fields
    offered = {
        name: {
            fields.index(dial): [grid.space.stops[dial].index(stop) for stop in stops] for dial, stops in space.items()
        }
        for name, space in (spaces or {"all": {}}).items()
    }
    spec = LIMITS | {
        "id": id,
        "title": demand_text(title, "title"),
        "dials": [board.dial(name) for name in fields],
        "index": [grid.space.index[board.design(place)] for place in board.places],
        "designs": len(grid.space.designs),
        "seeds": list(grid.seeds),
        "runs": source(grid, not is_static()),
        "spaces": offered,
        "offer": offer,
        "dice": dice,
    }
    good, fine = grid.reaches(grid.seeds[0]).sum(), grid.iterates(grid.seeds[0]).sum()
    text = (
        f"{title} {len(grid.space.designs):,} designs of {len(DIALS)} dials; {good} reach par and {fine} iterate. "
        "The picture needs scripts."
    )
    return Component("sky", spec, fallback_text(text), text)
