"""The class board: many games' codes pasted, all their lines beside one another. Drawn by `board.js`; no server."""

from dataclasses import replace

from third_optimizer.meta import DIALS
from third_optimizer.meta.codes import BOSS, DAY, LOCKED

from ..component import Component, fallback_text
from ..figures.figure import specification
from .game import MOST, NEAR, score_axis

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


def _chart(low):
    """All games' best so far by try, as Vega-Lite. Where the tries end depends on what is pasted."""
    import altair as alt

    y = score_axis(low)
    x = alt.X(
        "x:Q",
        title="try",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(tickMinStep=1, format="d", labelExpr="datum.value == 0 ? 'start' : datum.label"),
    )

    def rows(kind):
        return alt.Chart().transform_filter(alt.datum.kind == kind)

    def line(kind, **how):
        return (
            rows(kind)
            .mark_line(clip=True, interpolate="step-after", **how)
            .encode(x=x, y=y, order="x:Q", detail="game:N")
        )

    def names(kind, colour):
        return rows(kind).mark_text(align="left", dx=7, fontWeight=600, color=colour).encode(x=x, y=y, text="text:N")

    drawn = specification(
        line("game", color="$meta", strokeWidth=1.5, opacity=0.5)
        + line("boss", color="$mesa", strokeWidth=1.5, strokeDash=[6, 3])
        + rows("point").mark_circle(color="$meta", size=45, opacity=0.75).encode(x=x, y=y)
        + rows("par").mark_line(color="$ink", strokeDash=[5, 4], strokeWidth=1.5).encode(x=x, y=y)
        + line("median", color="$ink")
        + line("chosen", color="$meta", strokeWidth=3.5)
        + names("name", "$ink")
        + names("name-chosen", "$meta"),
        260,
    )
    drawn["autosize"]["resize"] = True  # names that appear later need room
    return drawn


def mode_names(space):
    """{mode: name} of the ways to play that codes tell apart; game.js offers them."""
    return {0: "plain game", DAY: "start of the day", BOSS: "boss of practice error"} | {
        LOCKED + i: f"{DIALS[name].label} locked" for i, name in enumerate(space.stops)
    }


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
        "modes": {str(number): name for number, name in mode_names(space).items()},
        "chart": _chart(low),
    }
    if runs is not None:
        spec["runs"] = runs
    return Component("board", spec, fallback_text(f"{TEXT} It needs scripts."), TEXT)
