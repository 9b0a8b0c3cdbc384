"""The landing page: one machine of attention, and the number of different problems it practises on.

Its errors are those of the world of the game. Beside them a machine of the same kind is drawn at work, in a world of
one input, LINE, where a rule is a line through zero and can be seen.
"""

from functools import cache

import numpy as np

from third_optimizer.meta import DIAL_SEEDS, DIAL_SPACE, Grid, Maker, Store, par, run
from third_optimizer.meta.running import final, practise, scores
from third_optimizer.world import Regression

from . import DATA

STOPS = dict(enumerate(DIAL_SPACE.designs))  # the last one never repeats a problem
ROWS = {"practice": "problems it practised", "fresh": "problems it never met"}


@cache
def stored():
    """The Grid of recorded runs."""
    return Grid.load(DATA / "first_dial.npz", DIAL_SPACE)


@cache
def errors():
    """{"practice", "fresh": (stops, seeds)} of the recorded runs."""
    return {
        what: np.array(
            [[getattr(stored().outcome(design, seed), what) for seed in DIAL_SEEDS] for design in STOPS.values()]
        )
        for what in ROWS
    }


# --- the machine that is drawn ------------------------------------------------------------------------

LINE = Regression(dimension=1, examples=4)
SHOWN = 6  # problems that no machine has met; the keys of problems() were chosen so that the first can be read


def slope_from(parameters):
    """What a pass of attention makes of a prompt of one input: three numbers (α, β, γ), so that the slope it infers is
    α mean(x²) + β mean(xy) + γ mean(y²). It is −(A G P) in the row of x and the column of y (mesa.attention)."""
    (a, p), (x, y) = parameters, (0, 1)
    return -np.array([a[x, x] * p[x, y], a[x, x] * p[y, y] + a[x, y] * p[x, y], a[x, y] * p[y, y]])


def train_learner(problems, seed):
    """A machine trained as those of the dial are, in LINE: slope (see slope_from), practice and fresh error."""
    design = next(one for one in DIAL_SPACE.designs if one.problems == problems)
    model, parameters, pool, _ = practise(design, seed, LINE)
    practice, fresh = scores(model, parameters, final(design, LINE, pool, False))
    return {"slope": slope_from(parameters), "practice": practice, "fresh": fresh}


@cache
def learners():
    """The Store of the machines that are drawn."""
    columns = {"slope": ((3,), "f8"), "practice": ((), "f8"), "fresh": ((), "f8")}
    axes = {"problems": [design.problems for design in STOPS.values()], "seed": DIAL_SEEDS}
    return Store(DATA / "learners.npz", axes, [Maker(train_learner, columns)])


@cache
def problems():
    """Prompts to draw: {"practice": one of the first machine's first rule, "fresh": SHOWN of new rules}."""
    pool = LINE.pool(np.random.default_rng([DIAL_SEEDS[0], 1]), 1)
    return {
        "practice": LINE.prompts(np.random.default_rng([6, 128]), 1, pool),
        "fresh": LINE.prompts(np.random.default_rng([6, 2959]), SHOWN),
    }


def learned(stop):
    """The first machines of a stop, trained now: (the slope of the drawn one, {row: error})."""
    outcome, drawn = run(STOPS[stop], DIAL_SEEDS[0]), train_learner(STOPS[stop].problems, DIAL_SEEDS[0])
    return drawn["slope"], {row: getattr(outcome, what) for what, row in ROWS.items()}


# --- what the page says -----------------------------------------------------------------------------------


@cache
def ends():
    """Median errors at both ends of the dial: practised (first, last) and new (alone, never); par; seeds."""
    practice, fresh = (np.median(errors()[what], axis=1) for what in ROWS)
    return {
        "first": practice[0],
        "last": practice[-1],
        "alone": fresh[0],
        "never": fresh[-1],
        "par": par(),
        "seeds": len(DIAL_SEEDS),
    }


def predictions():
    """The numbers of the page's prediction, {id: {name: number}}."""
    return {"fresh": {name: ends()[name] for name in ("alone", "never", "seeds")}}
