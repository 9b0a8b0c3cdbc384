"""Push and watch: things that get somewhere, probes that the reader turns, and a profile that fills up (probes.js)."""

from html import escape

from ..component import Component, fallback_text
from .figure import demand_text

PROBES = {"push": "push it", "goal": "move its goal", "world": "change its world"}
INSIDE = {"holds": "goal inside", "compares": "options compared"}
SCENES = ("tank", "room", "hill", "maze")  # how scenes.js draws a thing


def probes(things, words, *, title, id, kept, note):
    """A component in which each thing is probed by hand.

    things: {name: {"scene": {"kind" of SCENES, what it draws}, "usual": (start, wanted, world), "low", "high" of its
    range, "runs": {probe: [{"stop", "text", "states", "near", perhaps "curve"}]}}}; a probe without runs finds nothing
    to take hold of. words: {name: {"at_rest", "inside", "holds", "compares", and for each of PROBES "label", "ask",
    "yes", "no", or "none" alone}}. title, note: sentences above and below. kept: "page/figure/id", under which the
    reader's profile lies with the answers. Raises ValueError for what does not fit.
    """
    if set(things) != set(words):
        raise ValueError(f"words must be of {', '.join(things)}, got {', '.join(words)}")
    drawn = []
    for name, thing in things.items():
        if thing["scene"]["kind"] not in SCENES:
            raise ValueError(f"the scene of {name} must be one of {', '.join(SCENES)}, got {thing['scene']['kind']!r}")
        for probe in PROBES:
            needed = {"label", "ask", "yes", "no"} if thing["runs"].get(probe) else {"none"}
            if missing := sorted(needed - set(words[name].get(probe, {}))):
                raise ValueError(f"words of {name} under {probe} must have {', '.join(missing)}")
        drawn.append({"name": name, **thing, "words": words[name]})
    spec = {
        "id": id,
        "kept": kept,
        "title": demand_text(title, "title"),
        "note": demand_text(note, "note"),
        "probes": PROBES,
        "inside": INSIDE,
        "things": drawn,
    }
    said = f"{title} {note}"
    return Component("probes", spec, fallback_text(said) + _table(drawn), said)


def counted(runs):
    """(how many of a probe's runs get there, of how many)."""
    return sum(run["near"] for run in runs), len(runs)


def _table(things):
    """The whole profile, for readers without scripts."""
    head = "".join(f"<th>{escape(text)}</th>" for text in ("", *PROBES.values(), *INSIDE.values()))
    rows = []
    for thing in things:
        cells = [
            "{} of {}".format(*counted(thing["runs"][probe])) if thing["runs"].get(probe) else "none"
            for probe in PROBES
        ]
        cells += [thing["words"][key] for key in INSIDE]
        rows.append(f"<tr><th>{escape(thing['name'])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    return f'<table class="t3-fallback"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
