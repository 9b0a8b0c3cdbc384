"""The learner: one problem drawn, what a machine makes of it, and its errors beside, under one dial of its training.

A machine of one input reads a prompt of dots (x, y) and answers with a line through zero, whose slope is
α mean(x²) + β mean(xy) + γ mean(y²). These three numbers are all that a page needs to answer whatever dots the reader
makes (learner.js).
"""

from ..component import Component, fallback_text
from .figure import demand_text


def learner(dial, slopes, problems, errors, *, title, id, note, after=None, train=None):
    """A component that draws a machine at work.

    dial: a Slider with names, the stops of the training. slopes: (stops, seeds, 3) α, β, γ of each machine.
    problems: {name: Prompts of one input}; the first name's are practised, the others may be shown when the question
    `after` is answered. errors: {name: (stops, seeds)} per cent of guessing zero, under the same names.
    title, note: sentences above and below. train(stop) -> (slope, {name: error}): in a kernel, the first machine anew.
    Raises ValueError for names that differ and for what is not of one input.
    """
    if list(problems) != list(errors):
        raise ValueError(f"problems and errors must have the same names, got {list(problems)} and {list(errors)}")
    spec = {
        "id": id,
        "title": demand_text(title, "title"),
        "note": demand_text(note, "note"),
        "dial": {
            "label": dial.label,
            "stops": [dial.say(stop) for stop in dial.stops],
            "start": dial.stops.index(dial.start),
        },
        "slopes": [[[_digits(number) for number in one] for one in stop] for stop in slopes],
        "problems": {name: _drawable(prompts) for name, prompts in problems.items()},
        "errors": {name: [[_digits(error) for error in stop] for stop in rows] for name, rows in errors.items()},
        "after": after,
    }

    def hear(widget, message):
        try:
            slope, now = train(message["stop"])
            told = {"slope": [float(v) for v in slope], "errors": {name: float(error) for name, error in now.items()}}
        except Exception as problem:  # the reader asked and must be told
            told = {"type": "failed", "says": f"{type(problem).__name__}: {problem}"}
        widget.send({"type": "learned", "number": message["number"]} | told)

    return Component("learner", spec, fallback_text(f"{title} {note}"), f"{title} {note}", hear=train and hear)


def _digits(number):
    return float(f"{number:.4g}")


def _drawable(prompts):
    """Prompts of one input as [{x, y, query, answer}]."""
    if prompts.inputs.shape[2] != 1:
        raise ValueError(f"only prompts of one input can be drawn, got {prompts.inputs.shape[2]} inputs")
    return [
        {"x": [_digits(v) for v in x[:, 0]], "y": [_digits(v) for v in y], "query": _digits(q[0]), "answer": _digits(a)}
        for x, y, q, a in zip(prompts.inputs, prompts.labels, prompts.query, prompts.answer, strict=True)
    ]
