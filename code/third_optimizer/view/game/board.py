"""The class board: the games of a class beside one another. Drawn by `board.js` and `class.js`; no server."""

from third_optimizer.meta.running import MOST

from ..component import Component, fallback_text, is_static
from .charts import class_chart
from .game import Game
from .modes import modes
from .runs import source
from .sky import LIMITS

TEXT = "The class board: lay the games of a class beside one another, from codes or from files."


def dice(game):
    """[{"mode", "start", "count", "low", "median", "high"}]: the blind players of every start where there are some.

    start: number of a design. low, median, high: 10, 50 and 90 of 100 players are below; at the start and after each
    try.
    """
    usual = {"mode": 0, "place": game.place(game.grid.start()), "searchers": game.tournament["searchers"]}
    return [
        {"mode": one["mode"], "start": game.grid.space.index[game.design(one["place"])]}
        | {part: line[part] for part in ("count", "low", "median", "high")}
        for one in (usual, *game.others())
        for line in one["searchers"]
        if line["name"] == "dice"
    ]


def board(grid, *, tournament=None, budget=12, low=0.1, id="board"):
    """The class board of the games on `grid`.

    tournament: what meta.tournament.load gives; without it no dice are drawn. low: per cent, where the chart's axis
    begins. budget: tries that the axis always has room for. id: under which the reader's store keeps what came in.
    """
    if not 0 < low < MOST:
        raise ValueError(f"low must be above 0 and below {MOST:.0f}, got {low!r}")
    game = Game(grid, grid.space, budget, id, tournament)
    spec = LIMITS | {
        "id": id,
        "designs": len(grid.space.designs),
        "fingerprint": grid.fingerprint,
        "seeds": list(grid.seeds),
        "low": low,
        "budget": budget,
        "dials": [game.dial(name) for name in game.fields],
        "index": [grid.space.index[game.design(place)] for place in game.places],
        "modes": {
            str(one.number): {"name": one.name, "goal": one.goal} for one in modes(game.fields, counter=game.counter())
        },
        "dice": dice(game),
        "chart": class_chart(low),
        "runs": source(grid, not is_static()),
    }
    return Component("board", spec, fallback_text(TEXT), TEXT)
