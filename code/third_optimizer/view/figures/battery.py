"""The battery's table: a row a machine, a column a test, a mark a seed; a cell opens its raw numbers (battery.js)."""

import math
from html import escape

from ..component import Component, fallback_text
from .figure import demand_text

MARKS = {"passed": "p", "failed": "f", "not applicable": "n"}
SCALES = ("linear", "log")


def battery(rows, frames, words, *, title, id, note="", start=None):
    """A component that shows verdicts and, on demand, what they rest on.

    rows: [{"name", "about" (a word before it), "group", "kind", "trained" (whether it was), "cells": {test:
    {"verdicts": one a seed, "values": (seeds, places), "lines": [(height, text, its place or None)], "said": in
    words}}}]. frames: {kind: {test: {"at": names of the places, "scale" of SCALES, "low", "high", "joined": places are
    joined by a line, "controls": (name of a row that passes, of one that fails), "reason": why it may be not
    applicable}}}. words: {test: {"name", "short", "group", "says"}} in the order of the columns. start: (row, test)
    that is open at first. title, note: sentences above and below. ValueError for what does not fit.
    """
    names = [row["name"] for row in rows]
    if len(set(names)) < len(names):
        raise ValueError(f"every row must have a name of its own, got {', '.join(names)}")
    if start is not None and (start[0] not in names or start[1] not in words):
        raise ValueError(f"start must be a row and a test, got {start}")
    for row in rows:
        for test in words:
            frame, cell = frames[row["kind"]][test], row["cells"][test]
            if frame["scale"] not in SCALES:
                raise ValueError(f"the scale of {test} must be one of {', '.join(SCALES)}, got {frame['scale']!r}")
            if any(len(one) != len(frame["at"]) for one in cell["values"]):
                raise ValueError(f"values of {row['name']} in {test} must be {len(frame['at'])} numbers a seed")
    spec = {
        "id": id,
        "title": demand_text(title, "title"),
        "note": note,
        "words": words,
        "frames": frames,
        "rows": [{**row, "cells": {test: _packed(row["cells"][test]) for test in words}} for row in rows],
        "start": start,
    }
    text = f"{title} {note}".strip()
    return Component("battery", spec, fallback_text(text) + _table(rows, words), text)


def passing(verdicts):
    """ "4 of 5", or "not applicable"."""
    if "not applicable" in verdicts:
        return "not applicable"
    return f"{verdicts.count('passed')} of {len(verdicts)}"


def _packed(cell):
    seen = any(math.isfinite(value) for one in cell["values"] for value in one)
    return {
        "marks": "".join(MARKS[verdict] for verdict in cell["verdicts"]),
        "values": [[_digits(value) for value in one] for one in cell["values"]] if seen else [],
        "lines": [[_digits(height), text, place] for height, text, place in cell["lines"]],
        "said": cell["said"],
    }


def _digits(number):
    return float(f"{number:.3g}") if math.isfinite(number) else None


def _table(rows, words):
    """All verdicts, for readers without scripts."""
    head = "".join(f"<th>{escape(text)}</th>" for text in ("", *(word["name"] for word in words.values())))
    body = "".join(
        f"<tr><th>{escape(row['name'])}</th>"
        + "".join(f"<td>{passing(row['cells'][test]['verdicts'])}</td>" for test in words)
        + "</tr>"
        for row in rows
    )
    return f'<table class="t3-fallback"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
