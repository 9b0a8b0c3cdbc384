"""The rain: a thousand starts fall on a mountain and run downhill; how many end in its crater (rain.js)."""

from ..component import Component, fallback_text
from .figure import demand_text

DIALS = ("dimensions", "spread", "away", "rate")


def rain(dials, chances, *, rim, moat, curvature, title, id, note, count=1000, after=None):
    """A component that rains.

    dials: {name: Slider} for each of DIALS: how many dimensions, how wide the starts spread, how far from the crater
    their middle lies, the learning rate. chances: per cent that land by small steps, over the stops of the first three
    dials. rim, moat, curvature: of world.volcano. count: starts. title, note: sentences above and below. after: a
    question before whose answer the first dial stays where it is. Raises ValueError for what does not fit.
    """
    if tuple(dials) != DIALS:
        raise ValueError(f"dials must be {', '.join(DIALS)}, got {', '.join(dials)}")
    wanted = tuple(len(dials[name].stops) for name in DIALS[:3])
    got = (len(chances), len(chances[0]), len(chances[0][0]))
    if got != wanted:
        raise ValueError(f"chances must have the shape {wanted} of the dials' stops, got {got}")
    spec = {
        "id": id,
        "title": demand_text(title, "title"),
        "note": demand_text(note, "note"),
        "dials": [
            {
                "name": name,
                "label": dial.label,
                "stops": list(dial.stops),
                "texts": [dial.say(stop) for stop in dial.stops],
                "start": dial.stops.index(dial.start),
            }
            for name, dial in dials.items()
        ],
        "chances": [[[float(f"{chance:.3g}") for chance in row] for row in rows] for rows in chances],
        "rim": rim,
        "moat": moat,
        "curvature": curvature,
        "count": count,
        "after": after,
    }
    words = f"{title} {note}"
    return Component("rain", spec, fallback_text(words), words)
