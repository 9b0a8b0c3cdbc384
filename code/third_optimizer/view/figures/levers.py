"""Two levers: the reader plays bandits, and a stored machine plays the same ones (bandit.js, levers.js)."""

import base64

import numpy as np

from ..component import Component, fallback_text
from .figure import demand_text

SEEN, SAID = 6, 3  # numbers that a mesa.BanditPlayer sees and says


def levers(weights, worths, *, pulls, title, id, note, after=None):
    """A component to play against a machine.

    weights: of a mesa.BanditPlayer. worths: {whose: exact reward of a game, over all games}, to compare with. pulls: of
    a game. title, note: sentences above and below. after: a question before whose answer the worths are not shown.
    Raises ValueError for what does not fit.
    """
    weights = np.asarray(weights, "<f4")
    units = round((((3 * SEEN + SAID) ** 2 + 12 * (weights.size - SAID)) ** 0.5 - 3 * SEEN - SAID) / 6)
    if units < 1 or weights.shape != (3 * units * (SEEN + units) + SAID * (units + 1),):
        raise ValueError(f"weights must be those of a BanditPlayer, got shape {weights.shape}")
    if not (isinstance(pulls, int) and pulls >= 1):
        raise ValueError(f"pulls must be a whole number, at least 1, got {pulls!r}")
    spec = {
        "id": id,
        "title": demand_text(title, "title"),
        "note": demand_text(note, "note"),
        "pulls": pulls,
        "machine": {"weights": base64.b64encode(weights.tobytes()).decode(), "units": units},
        "worths": {name: float(f"{worth:.6g}") for name, worth in worths.items()},
        "after": after,
    }
    words = f"{title} {note}"
    return Component("levers", spec, fallback_text(words), words)
