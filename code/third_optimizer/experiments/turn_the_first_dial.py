"""The landing page: one machine of attention, and the number of different problems it practises on."""

from functools import cache

import numpy as np

from third_optimizer.meta import DIAL_SEEDS, DIAL_SPACE, Grid, par, run

from . import DATA

STOPS = dict(enumerate(DIAL_SPACE.designs))  # the last one never repeats a problem
ROWS = {"practice": "problems it practised", "fresh": "problems it never met"}


@cache
def stored():
    """The Grid of recorded runs."""
    return Grid.load(DATA / "first_dial.npz", DIAL_SPACE)


def outcomes(stop, train=False):
    """The Outcomes at a stop of the dial, one a seed. train: the first is trained now; the others are recorded."""
    recorded = [stored().outcome(STOPS[stop], seed) for seed in DIAL_SEEDS]
    return [run(STOPS[stop], DIAL_SEEDS[0]), *recorded[1:]] if train else recorded


def bars(runs):
    """Columns row, error (one a run), mean, name, later: the errors of Outcomes on both kinds of problems."""
    columns = {"row": [], "error": [], "mean": [], "name": [], "later": []}
    for what, row in ROWS.items():
        errors = [getattr(one, what) for one in runs]
        columns["row"] += [row] * len(errors)
        columns["error"] += errors
        columns["mean"] += [np.mean(errors)] * len(errors)
        columns["name"] += [f"{np.mean(errors):.0f} %"] * len(errors)
        columns["later"] += [what == "fresh"] * len(errors)
    return columns


@cache
def ends():
    """Mean errors at both ends of the dial: practised (first, last) and new (alone, never); par; seeds."""
    one, never = STOPS[0], STOPS[len(STOPS) - 1]
    return {
        "first": stored().mean(one, "practice"),
        "last": stored().mean(never, "practice"),
        "alone": stored().mean(one),
        "never": stored().mean(never),
        "par": par(),
        "seeds": len(DIAL_SEEDS),
    }


def predictions():
    """The numbers of the page's prediction, {id: {name: number}}."""
    return {"fresh": {name: ends()[name] for name in ("alone", "never", "seeds")}}
