"""Charts as the book draws them: Altair specifications without data, and columns of numbers."""

import json
import math
import re

import numpy as np

from ..component import Component, fallback_text
from .saying import typeset

COLOURS = ("paper", "panel", "ink", "muted", "base", "mesa", "meta", "world", "rule")


def specification(chart, height=260):
    """An Altair chart as a Vega-Lite dict whose data are "rows" and whose width is the page's.

    chart: an altair chart without data; encodings name their types ("x:Q"). Colours are written
    "$base", "$ink", ... and become the theme's. Raises ValueError for a colour that is not a token.
    """
    import altair as alt

    chart = chart.copy(deep=True)
    chart.data = alt.NamedData("rows")
    spec = chart.to_dict()
    del spec["config"]  # the book's own is in chart.js, for both themes
    del spec["$schema"]
    spec.setdefault("width", "container")
    spec.setdefault("height", height)
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    for colour in re.findall(r"\$([A-Za-z]+)", json.dumps(spec)):
        if colour not in COLOURS:
            raise ValueError(f"colour ${colour} is not one of {', '.join('$' + c for c in COLOURS)}")
    return spec


def places_seen(spec):
    """Column -> the decimal places that can be seen of it, for the columns that a chart (a Vega-Lite dict)
    draws along a linear axis of fixed domain and in no other way. The last place is at most a 2,000th of
    the axis: a third of a pixel.
    """
    places, otherwise = {}, set()

    def walk(node):
        for channel, encoding in node.get("encoding", {}).items():
            if not isinstance(encoding, dict) or "field" not in encoding:
                continue
            scale = encoding.get("scale") or {}
            domain = scale.get("domain")
            fixed = (
                isinstance(domain, list)
                and all(isinstance(end, int | float) for end in domain)
                and domain[0] != domain[-1]
            )
            if (
                channel in {"x", "y"}
                and encoding["type"] == "quantitative"
                and scale.get("type", "linear") == "linear"
                and fixed
            ):
                needed = max(0, math.ceil(math.log10(2000 / abs(domain[-1] - domain[0]))))
                places[encoding["field"]] = max(needed, places.get(encoding["field"], 0))
            else:
                otherwise.add(encoding["field"])
        for key, value in node.items():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict) and key not in {"encoding", "data", "datasets"}:
                    walk(inner)

    walk(spec)
    return {field: needed for field, needed in places.items() if field not in otherwise}


def pack(columns, digits=4, places=None):
    """Columns (name -> array-like or scalar) as JSON lists of equal length.

    Numbers keep `digits` significant digits, and of a column in `places` (see places_seen) at most that many
    decimal places: a chart shows no more and a page carries less.
    What is not finite becomes null, which Vega leaves out. Raises ValueError for ragged columns.
    """
    arrays = {name: np.atleast_1d(np.asarray(values)) for name, values in columns.items()}
    lengths = {name: a.shape[0] for name, a in arrays.items() if a.shape[0] != 1}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns must have one length, got {lengths}")
    length = max(lengths.values(), default=1)
    places = places or {}
    return {
        name: [_plain(v, digits, places.get(name)) for v in np.broadcast_to(a, (length,)).tolist()]
        for name, a in arrays.items()
    }


def _plain(value, digits, places):
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int):
        return value
    if not math.isfinite(value):
        return None
    rounded = float(f"{value:.{digits}g}")
    if places is not None:
        rounded = round(rounded, places)
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def demand_text(text, what):
    """`text`, or a ValueError: no figure without a text alternative."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{what} must be a sentence (the figure's text alternative or title), got {text!r}")
    return typeset(re.sub(r"[ \t\n]+", " ", text.strip()))


def slug(text):
    """An id for the page's address, made from a sentence: "Momentum wins" -> "momentum-wins"."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower())[:6])


def figure(chart, columns, *, title, alt, caption=None, id=None, height=260):
    """A chart that does not move.

    chart: an Altair chart without data. columns: its data, name -> array. title: one sentence, the
    figure's message. alt: what the picture shows, in words, for those who hear it. caption: one useful thing
    that the picture does not say, or None. Raises ValueError without title or alt.
    """
    drawn = specification(chart, height)
    frame = {
        "columns": pack(columns, places=places_seen(drawn)),
        "text": demand_text(alt, "alt"),
        "title": demand_text(title, "title"),
    }
    if caption is not None:
        frame["caption"] = demand_text(caption, "caption")
    spec = {"id": id or slug(title), "chart": drawn, "frame": frame}
    return Component("figure", spec, fallback_text(f"{frame['title']}. {frame['text']}"), frame["text"])
