"""Sliders in a kernel: every figure of a page, to the ends of each slider and between, without an error.

Runs in the page's own kernel, as a last cell that tests/notebooks.py puts there: a figure is driven where it was made.
"""

import gc

import numpy as np

from third_optimizer.view.figures.explore import Explore, Live


def stops(control):
    return [stop[1] if isinstance(stop, tuple) else stop for stop in control.options]


def ends(control):
    if hasattr(control, "options"):
        return list(dict.fromkeys([stops(control)[0], stops(control)[-1]]))
    return (10**control.min, 10**control.max) if hasattr(control, "base") else (control.min, control.max)


def between(control, rng):
    if hasattr(control, "options") or isinstance(control.value, int):
        inner = stops(control)[1:-1] if hasattr(control, "options") else range(control.min + 1, control.max)
        return [inner[i] for i in rng.permutation(len(inner))[:2]]
    places = rng.uniform(control.min, control.max, 2)
    return [float(10**place if hasattr(control, "base") else place) for place in places]


def drive(figure):
    """Turns the figure's dials one by one, first from corner to corner; AssertionError where that fails, or where the
    figure's words do not follow."""
    rng, live, texts = np.random.default_rng(20), Live(figure, slow=False), set()
    dials = live.controls.values()
    for some in (ends, lambda control: between(control, rng)):
        moves = [(control, value) for control in dials for value in some(control)]
        for i in rng.permutation(len(moves)):
            control, value = moves[i]
            control.value = value
            assert live.error == "", (figure.id, [one.value for one in dials], live.error)
            texts.add(live.component.frame["text"])
    least = min(3, max(len(one.options) if hasattr(one, "options") else 3 for one in dials))
    assert len(texts) >= least, f"{figure.id} said only {texts}"


def drive_all(count):
    """Drives all figures with dials that this process holds, which must be so many."""
    figures = [thing for thing in gc.get_objects() if isinstance(thing, Explore)]
    assert len(figures) == count, f"the page makes {count} figures with dials, here are {[one.id for one in figures]}"
    for figure in figures:
        drive(figure)
