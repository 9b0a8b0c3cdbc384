"""The class board: many games' codes pasted, all their lines beside one another. Drawn by `board.js`; no server."""

from dataclasses import replace

from third_optimizer.meta import DIALS
from third_optimizer.meta.running import MOST, NEAR

from ..component import Component, fallback_text
from .charts import class_chart
from .modes import modes

TEXT = "The class board: paste the codes of several games and see all of them beside one another."


def places(space):
    """For every design of a Space the index of each dial's stop, None where turning that dial makes no difference."""

    def place(design):
        row = []
        for name, stops in space.stops.items():
            idle = all(replace(design, **{name: stop}).plain() == design for stop in stops)
            row.append(None if idle else stops.index(getattr(design, name)))
        return row

    return [place(design) for design in space.designs]


def board(space, fingerprint, *, par, runs=None, budget=12, low=0.1, id="board"):
    """The class board of an atlas over `space`.

    fingerprint: the atlas's, 0 to 65535, as in the codes. runs: where the page finds the recorded runs, as a game's.
    par, low: per cent; low is where the chart's axis begins. budget: tries that the axis always has room for.
    id: under which the reader's store keeps the text.
    """
    if not (isinstance(fingerprint, int) and 0 <= fingerprint <= 0xFFFF):
        raise ValueError(f"fingerprint must be a whole number from 0 to 65535, got {fingerprint!r}")
    if not 0 < low < MOST:
        raise ValueError(f"low must be above 0 and below {MOST:.0f}, got {low!r}")
    spec = {
        "id": id,
        "designs": len(space.designs),
        "fingerprint": fingerprint,
        "par": par,
        "near": NEAR,
        "most": MOST,
        "low": low,
        "budget": budget,
        "dials": [
            {"label": DIALS[name].label, "names": [DIALS[name].name(stop) for stop in stops]}
            for name, stops in space.stops.items()
        ],
        "places": places(space),
        "modes": {str(one.number): {"name": one.name, "goal": one.goal} for one in modes(space.stops)},
        "chart": class_chart(low),
    }
    if runs is not None:
        spec["runs"] = runs
    return Component("board", spec, fallback_text(TEXT), TEXT)
