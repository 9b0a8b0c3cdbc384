"""Run it longer: one problem, the hidden number, and what machines answer the more often they pass over it."""

import math

from ..component import Component, fallback_text
from .figure import demand_text

ROLES = ("mesa", "world")  # the colours of a machine


def longer(machines, truth, steps, *, title, id, note=""):
    """A component that lets machines think on at the press of a button.

    machines: [{"name", "passes" (those it was trained with, one of steps), "answers": after each of steps, not finite
    where it flew off, "role": of ROLES}]. truth: the hidden number, not 0. steps: numbers of passes, rising. title: a
    sentence. Raises ValueError for what does not fit.
    """
    if not (math.isfinite(truth) and truth):
        raise ValueError(f"truth must be a finite number other than 0, got {truth}")
    for one in machines:
        for what, right, wanted in (
            ("answers", len(one["answers"]) == len(steps), f"{len(steps)} numbers"),
            ("passes", one["passes"] in steps, f"one of {', '.join(map(str, steps))}"),
            ("role", one["role"] in ROLES, f"one of {', '.join(ROLES)}"),
        ):
            if not right:
                raise ValueError(f"{what} of {one['name']} must be {wanted}, got {one[what]!r}")
    spec = {
        "id": id,
        "title": demand_text(title, "title"),
        "note": note,
        "truth": _digits(truth),
        "steps": [int(step) for step in steps],
        "machines": [
            {**one, "passes": int(one["passes"]), "answers": [_digits(value) for value in one["answers"]]}
            for one in machines
        ],
    }
    words = f"{title} {note}".strip()
    return Component("longer", spec, fallback_text(words), words)


def _digits(number):
    return float(f"{number:.4g}") if math.isfinite(number) else None
