"""Exercises that ask for code, in a form for a page without a kernel: a number, a choice or a dial.

What such a form takes for right, and what it says of a mistake, comes from the exercise's own solution, mistakes and
checker, run while the page is built. In the YAML file the form stands under `page`:

    kind: number   prompt, call, case, tolerance, right, other: what does `call` give, with the names of `case`?
    kind: choose   prompt, solution, and an `option` for each mistake: which of these answers?
    kind: dial     prompt, label, start, stops: which number?
"""

import numpy as np

from .exercises import judge_code
from .texts import render


def answer_of(code, entry):
    """What a piece of the exercise's code defines as the answer."""
    names = {}
    exec(code, names)
    return names[entry["defines"]]


def value_of(code, entry):
    """The number that the form's `call` gives with this code."""
    form = entry["page"]
    case = {name: np.array(value) if isinstance(value, list) else value for name, value in form["case"].items()}
    return float(eval(form["call"], {entry["defines"]: answer_of(code, entry), "np": np, **case}))


def input_of(entry, checker):
    """The form as the script draws it. ValueError for a kind that is none."""
    form = entry["page"]
    if form["kind"] == "number":
        return {
            "kind": "number",
            "truth": value_of(entry["solution"], entry),
            "tolerance": form["tolerance"],
            "percent": False,
            "right": render(form["right"], form["case"]),
            "other": render(form["other"], form["case"]),
            "misconceptions": [
                {
                    "value": value_of(slip["code"], entry),
                    "tolerance": form["tolerance"],
                    "says": _judged(answer_of(slip["code"], entry), checker)["feedback"],
                }
                for slip in entry["misconceptions"]
            ],
        }
    if form["kind"] == "choose":
        offered = [(form["solution"], entry["solution"])]
        offered += [(slip["option"], slip["code"]) for slip in entry["misconceptions"]]
        return {
            "kind": "choose",
            "options": [
                {"html": render(text, {})} | _judged(answer_of(code, entry), checker) for text, code in offered
            ],
        }
    if form["kind"] == "dial":
        stops = [{"value": value, "text": f"{value:,g}"} | _judged(value, checker) for value in form["stops"]]
        return {"kind": "dial", "label": form["label"], "start": form["start"], "stops": stops}
    raise ValueError(f"page kind {form['kind']!r} of an exercise is not one of number, choose, dial")


def _judged(answer, checker):
    verdict = judge_code(answer, checker)
    return {"right": verdict.right, "feedback": render(verdict.says, {})}
