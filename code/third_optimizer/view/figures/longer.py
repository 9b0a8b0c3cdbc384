"""Run it longer: one problem, the hidden number, and what machines answer the more often they pass over it."""

from ..component import Component, fallback_text
from .figure import demand_text

STEPS = (1, 2, 4, 8, 16, 32)  # passes after which an answer is looked at


def longer(machines, truth, *, title, id, note=""):
    """A component that lets machines think on at the press of a button.

    machines: [{"name", "passes" (those it was trained with), "answers": after each of STEPS, not finite where it flew
    off, "role": "mesa" or "world"}]. truth: the hidden number. title: a sentence.
    """
    for one in machines:
        if len(one["answers"]) != len(STEPS):
            raise ValueError(f"{one['name']} must have {len(STEPS)} answers, got {len(one['answers'])}")
    told = [
        {**one, "passes": int(one["passes"]), "answers": [_digits(value) for value in one["answers"]]}
        for one in machines
    ]
    spec = {"id": id, "title": demand_text(title, "title"), "note": note, "truth": _digits(truth), "machines": told}
    words = f"{title} {note}".strip()
    return Component("longer", spec, fallback_text(words), words)


def _digits(number):
    return float(f"{number:.4g}") if abs(number) < float("inf") else None
