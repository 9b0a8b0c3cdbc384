"""The charts of a board as Vega-Lite: the best so far by try, and one run as it trained."""

from third_optimizer.meta.running import MOST

from ..figures.figure import specification


def score_axis(low, title="error on fresh problems, %", most_ticks=(0.1, 0.3, 1, 3, 10, 30, 100)):
    """The vertical axis of scores, column "y" from `low` per cent to MOST on a log scale."""
    import altair as alt

    return alt.Y(
        "y:Q",
        title=title,
        scale=alt.Scale(type="log", domain=[low, MOST], nice=False),
        axis=alt.Axis(values=[v for v in most_ticks if low <= v], format="~g"),
    )


def rows(kind):
    """A layer of the rows of one kind."""
    import altair as alt

    return alt.Chart().transform_filter(alt.datum.kind == kind)


def names(kind, colour):
    return rows(kind).mark_text(align="left", dx=7, fontWeight=600, color=colour)


def crosses(colour):
    """Where a run exploded."""
    return rows("cross").mark_text(color=colour, fontSize=18, fontWeight=600, dy=5)


def resized(drawn, height):
    """Its specification, with room for names that appear later."""
    made = specification(drawn, height)
    made["autosize"]["resize"] = True
    return made


def best_chart(budget, low):
    """The best so far by try; which error is played for is known when it is drawn, so the axis says "{axis}"."""
    import altair as alt

    every = list(range(0, budget + 1, 2 if budget > 6 else 1))
    y = score_axis(low, "{axis}")
    x = alt.X(
        "x:Q",
        title="try",
        scale=alt.Scale(domain=[0, budget], nice=False),
        axis=alt.Axis(values=every, format="d", labelExpr="datum.value == 0 ? 'start' : datum.label"),
    )

    def line(kind, **how):
        return rows(kind).mark_line(clip=True, **how).encode(x=x, y=y, order="x:Q")

    dashed = {"color": "$ink", "strokeWidth": 1.5}
    return resized(
        rows("band").mark_area(color="$world", opacity=0.28, clip=True).encode(x=x, y=y, y2="y2:Q")
        + rows("par").mark_rule(strokeDash=[5, 4], **dashed).encode(y=y)
        + rows("par").mark_text(align="left", dx=2, dy=10).encode(x=alt.value(0), y=y, text="text:N")
        + line("rival", color="$world", strokeWidth=2)
        + line("friend", strokeDash=[4, 4], interpolate="step-after", **dashed)
        + line("uncovered", color="$mesa", interpolate="step-after")
        + line("best", color="$meta", interpolate="step-after")
        + rows("try").mark_circle(color="$meta", size=45, opacity=0.75).encode(x=x, y=y)
        + crosses("$meta").encode(x=x, y=y, text=alt.value("×"))
        + names("label", "$ink").encode(x=x, y=y, text="text:N"),
        210,
    )


def run_chart(low):
    """One run as it trained: both errors over its steps."""
    import altair as alt

    x = alt.X("x:Q", title="step of practice", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=5))
    y = score_axis(low, "error, %", (0.1, 1, 10, 100))

    def line(kind, **how):
        return rows(kind).mark_line(clip=True, **how).encode(x=x, y=y, order="x:Q")

    return resized(
        # keeps the axis and the room for the names while a run is being drawn
        rows("frame").mark_text(opacity=0, align="left", dx=7, fontWeight=600).encode(x=x, y=y, text="text:N")
        + line("practice", color="$base", strokeDash=[6, 3])
        + line("fresh", color="$mesa")
        + crosses("$mesa").encode(x=x, y=y, text=alt.value("×"))
        + names("name-practice", "$base").encode(x=x, y=y, text="text:N")
        + names("name-fresh", "$mesa").encode(x=x, y=y, text="text:N"),
        130,
    )


def class_chart(low):
    """All games' best so far by try, beside the dice. Where the tries end depends on what comes in."""
    import altair as alt

    y = score_axis(low)
    x = alt.X(
        "x:Q",
        title="try",
        scale=alt.Scale(nice=False),
        axis=alt.Axis(tickMinStep=1, format="d", labelExpr="datum.value == 0 ? 'start' : datum.label"),
    )

    def line(kind, **how):
        drawn = rows(kind).mark_line(clip=True, interpolate="step-after", **how)
        return drawn.encode(x=x, y=y, order="x:Q", detail="game:N")

    return resized(
        rows("band").mark_area(color="$world", opacity=0.28, clip=True).encode(x=x, y=y, y2="y2:Q")
        + line("dice", color="$world", strokeWidth=2.5, strokeDash=[1, 3])
        + line("game", color="$meta", strokeWidth=1.5, opacity=0.5)
        + line("boss", color="$mesa", strokeWidth=1.5, strokeDash=[6, 3])
        + rows("point").mark_circle(color="$meta", size=45, opacity=0.75).encode(x=x, y=y)
        + rows("par").mark_line(color="$ink", strokeDash=[5, 4], strokeWidth=1.5).encode(x=x, y=y)
        + line("median", color="$ink")
        + line("chosen", color="$meta", strokeWidth=3.5)
        + names("name", "$ink").encode(x=x, y=y, text="text:N")
        + names("name-chosen", "$meta").encode(x=x, y=y, text="text:N"),
        260,
    )
