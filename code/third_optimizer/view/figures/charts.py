"""The charts most figures need, in the book's manner: direct labels, thin strands for seeds, named colours."""

import json
import math

import altair as alt
import numpy as np

from .saying import power


def log_axis(low, high, most=7):
    """Ticks at whole powers of ten between `low` and `high`, at most `most` of them, read as powers; where there are
    one or two only, also at twice and five times as much."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    exponents = range(first, last + 1, -(-(last - first + 1) // most))
    values = [10.0**exponent for exponent in exponents]
    if len(values) <= 2:
        finer = [times * 10.0**exponent for exponent in range(first - 1, last + 1) for times in (1, 2, 5)]
        values = [value for value in finer if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]
    labels = [power(value) for value in values]
    # datum.index runs from 0 to 1 over the ticks
    label = f"{json.dumps(labels, ensure_ascii=False)}[round(datum.index * {max(1, len(labels) - 1)})]"
    return alt.Axis(values=values, labelExpr=label)


def axis(channel, title, domain, log=False):
    """The encoding of column "x" or "y" over a fixed `domain`: a figure's axes never move under a dial."""
    kind = {"x": alt.X, "y": alt.Y}[channel]
    scale = alt.Scale(type="log" if log else "linear", domain=list(domain), nice=False)
    return kind(f"{channel}:Q", title=title, scale=scale, axis=log_axis(*domain) if log else alt.Axis(tickCount=6))


def lines(x, y, colours, *, x_domain, y_domain, log_x=False, log_y=False, strands=False, labels=None, smooth=False):
    """Lines over columns `x`, `y` and `series`; with strands, one thin line for each `seed`.

    x, y: axis titles with units. colours: series -> colour token. What leaves the domains is cut off,
    and a line's name stands where it ends inside them. labels: series -> vertical shift of its name in
    pixels, where names would collide; None: no name. smooth: bend between few points.
    """
    place = alt.Chart().encode(x=axis("x", x, x_domain, log_x), y=axis("y", y, y_domain, log_y))
    color = alt.Color("series:N", scale=alt.Scale(domain=list(colours), range=list(colours.values())), legend=None)
    mark = {"clip": True} | ({"strokeWidth": 1.2, "opacity": 0.75} if strands else {})
    mark |= {"interpolate": "monotone"} if smooth else {}
    drawn = place.mark_line(**mark).encode(color=color, **({"detail": "seed:N"} if strands else {}))
    shifts = {name: 0 for name in colours} | (labels or {})
    shifts = {name: shift for name, shift in shifts.items() if shift is not None}
    if not shifts:
        return alt.layer(drawn)
    inside = " && ".join(
        f"isValid(datum.{c}) && datum.{c} >= {low} && datum.{c} <= {high}"
        for c, (low, high) in (("x", x_domain), ("y", y_domain))
    )
    # the world's grey is for graphics only: too light for letters
    letters = {name: colours[name].replace("$world", "$ink") for name in shifts}
    names = (
        place.transform_filter(alt.FieldOneOfPredicate("series", list(shifts)))
        .transform_filter(inside)
        .transform_aggregate(last="argmax(x)", groupby=["series"])
        .transform_calculate(x="datum.last.x", y="datum.last.y")
        .mark_text(align="left", dx=6, dy=_of_series(shifts), color=_of_series(letters), fontWeight=600)
        .encode(text="series:N")
    )
    return drawn + names


def _of_series(values):
    """A row's value by its series, for a property of a mark."""
    return alt.expr(f"{json.dumps(values, ensure_ascii=False)}[datum.series]")


def rule_at(column, label):
    """A dashed line across the chart at the height of the first row's `column`, named by column `label`."""
    base = (
        alt.Chart()
        .transform_filter(f"isValid(datum.{column})")
        .transform_aggregate(rule=f"min({column})", groupby=[label])
    )
    rule = base.mark_rule(color="$ink", strokeDash=[5, 4], strokeWidth=1.5).encode(y="rule:Q")
    return rule + base.mark_text(align="left", dx=6).encode(y="rule:Q", x=alt.value("width"), text=f"{label}:N")


def _scales(x_domain, y_domain, log_x=False, log_y=False):
    return [
        alt.Scale(type="log" if log else "linear", domain=list(domain), nice=False)
        for domain, log in ((x_domain, log_x), (y_domain, log_y))
    ]


def marks(x, y, colour, *, where=None, shape="diamond", size=60, opacity=0.7, clip=True, **place):
    """A mark at each row that has a column `x`; to be laid over `lines` at the same place, whose axes it takes.

    where: a Vega expression that picks the rows. clip: cut off at the edge. place: x_domain,
    y_domain, log_x, log_y, as of the lines.
    """
    across, up = _scales(**place)
    return (
        alt.Chart()
        .transform_filter(where or f"isValid(datum.{x})")
        .mark_point(shape=shape, filled=True, size=size, opacity=opacity, color=colour, clip=clip)
        .encode(x=alt.X(f"{x}:Q", scale=across), y=alt.Y(f"{y}:Q", scale=up))
    )


def notes(said, **place):
    """Words on a chart: said is [(x, y, text, colour)]; place as of `marks`."""
    across, up = _scales(**place)
    return alt.layer(
        *(
            alt.Chart(alt.Data(values=[{"x": x, "y": y, "text": text}]))
            .mark_text(align="left", fontWeight=600, color=colour)
            .encode(x=alt.X("x:Q", scale=across), y=alt.Y("y:Q", scale=up), text="text:N")
            for x, y, text, colour in said
        )
    )


def squares(still, names, x_domain, y_domain):
    """A square for each row's number (columns x, y, size, sign): area is size, negative ones have the colour of text.

    still: columns of squares that do not move. names: [(x, y, text)] of the matrices.
    """
    across, up = (alt.Scale(domain=list(domain)) for domain in (x_domain, y_domain))
    place = {"x": alt.X("x:Q", axis=None, scale=across), "y": alt.Y("y:Q", axis=None, scale=up)}
    look = {
        "size": alt.Size("size:Q", legend=None, scale=alt.Scale(domain=[0, 1.6], range=[1, 150])),
        "color": alt.Color(
            "sign:N", legend=None, scale=alt.Scale(domain=["positive", "negative"], range=["$mesa", "$ink"])
        ),
    }
    rows = zip(*(np.asarray(column).tolist() for column in still.values()), strict=True)
    fixed = alt.Data(values=[dict(zip(still, row, strict=True)) for row in rows])
    said = alt.Data(values=[{"x": x, "y": y, "t": text} for x, y, text in names])
    drawn = [alt.Chart(*data).mark_square(opacity=1).encode(**place, **look) for data in ((), (fixed,))]
    return alt.layer(*drawn, alt.Chart(said).mark_text(color="$ink").encode(text="t:N", **place))


def side_by_side(left, right, height=2.0):
    """Two pictures of dots and a line through them, named `left` and `right`, for the columns x (−1 to 1, 2.5 more in
    the right one), y (to ±`height`) and series: "dots", and for the left "rule 0" (dashed), "old 0" (dotted) and
    "answer 0", for the right the same with 1."""
    kinds = {"rule": "$world", "old": "$base", "answer": "$mesa"}
    colours = {f"{kind} {side}": colour for kind, colour in kinds.items() for side in (0, 1)}
    across = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1.05, 3.55], nice=False))
    up = alt.Y("y:Q", title="y", scale=alt.Scale(domain=[-height, height], nice=False), axis=alt.Axis(tickCount=4))
    color = alt.Color("series:N", legend=None, scale=alt.Scale(domain=list(colours), range=list(colours.values())))
    drawn = alt.Chart().transform_filter("datum.series != 'dots'").mark_line(clip=True)
    dashed = alt.StrokeDash(
        "series:N", legend=None, scale=alt.Scale(domain=list(colours), range=[[6, 4]] * 2 + [[2, 3]] * 2 + [[1, 0]] * 2)
    )
    dots = (
        alt.Chart().transform_filter("datum.series == 'dots'").mark_point(filled=True, size=80, opacity=1, color="$ink")
    )
    place = {"x_domain": (-1.05, 3.55), "y_domain": (-height, height)}
    names = notes([(-1, 0.9 * height, left, "$ink"), (1.5, 0.9 * height, right, "$ink")], **place)
    return alt.layer(
        drawn.encode(x=across, y=up, color=color, strokeDash=dashed),
        dots.encode(x=across, y=up, shape=alt.value("circle")),
        names,
    )


def strands(x, runs):
    """The columns of `lines(strands=True)`: one line for each run of each series.

    x: (points,), shared by all, or {series: its own}. runs: {series: [(points,) for each seed]}. Returns columns x, y,
    series and seed, each (sum of points,).
    """
    rows = [
        (x[series] if isinstance(x, dict) else x, y, series, seed)
        for series, several in runs.items()
        for seed, y in enumerate(several)
    ]
    return {
        "x": np.concatenate([at for at, *_ in rows]),
        "y": np.concatenate([y for _, y, *_ in rows]),
        "series": np.repeat([series for *_, series, _ in rows], [len(y) for _, y, *_ in rows]),
        "seed": np.repeat([seed for *_, seed in rows], [len(y) for _, y, *_ in rows]),
    }


def by_row(named):
    """The columns of `dots_by_row` from {row: its values}."""
    return {
        "row": np.repeat(list(named), [len(values) for values in named.values()]),
        "value": np.concatenate([np.asarray(values) for values in named.values()]),
    }


def dots_by_row(title, domain, colour="$base", *, rows=None, shape="square", size=60, opacity=0.6, ticks=5, log=False):
    """A dot for each row of the columns `value` and `row` (by_row): runs side by side under the name they belong to.

    title: of the horizontal axis, with its unit. domain: of that axis. colour: of all, or {row: colour}. rows: the
    names from top to bottom; None: as they come.
    """
    one = {"color": colour} if isinstance(colour, str) else {}
    drawn = alt.Chart().mark_point(shape=shape, filled=True, size=size, opacity=opacity, clip=True, **one)
    across = alt.Scale(type="log" if log else "linear", domain=list(domain))
    if not one:
        scale = alt.Scale(domain=list(colour), range=list(colour.values()))
        drawn = drawn.encode(color=alt.Color("row:N", legend=None, scale=scale))
    return drawn.encode(
        x=alt.X("value:Q", title=title, scale=across, axis=log_axis(*domain) if log else alt.Axis(tickCount=ticks)),
        y=alt.Y("row:N", title=None, sort=rows, axis=alt.Axis(labelLimit=200)),
    )
