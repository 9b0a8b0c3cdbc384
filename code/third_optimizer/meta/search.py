"""Searching over designs: each search spends a budget of tries and returns them in order.

All have one interface, search(space, evaluate, budget, rng, start=None) -> [Try]:

space     the designs that may be tried (design.Space)
evaluate  evaluate(design) -> score, the lower the better, inf after a blow-up: live training or a table of stored
          runs, the search cannot tell
budget    tries it may spend, a whole number; a try costs 1, only `halve` knows cheaper ones
rng       numpy.random.Generator, the only source of chance
start     the design to try first, at the cost of 1; it may lie outside the space. Without one a search begins where it
          likes

No search pays for a design twice, and each ends early where nothing is left to try. A budget that is no whole number
from 1 raises a ValueError.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from .design import LIMITS, Design

FIRST = 4  # designs a model needs before it is asked, drawn at random
CLIP = (0.1, 200.0)  # per cent: scores beyond are as good, or as bad, to the Gaussian process
AGAIN = 10  # times TPE is asked once more after it named a design tried before


@dataclass(frozen=True)
class Try:
    """One try of a search: the design, the score it got, and its cost in tries."""

    design: Design
    score: float
    cost: float = 1.0


def best_so_far(tries):
    """The lowest score after each try, an array."""
    return np.minimum.accumulate([t.score for t in tries])


def spent(tries):
    """What the tries up to each one cost together, an array."""
    return np.cumsum([t.cost for t in tries])


def best_by_try(tries, budget):
    """The lowest score once 1, 2, ... `budget` whole tries are spent, (budget,).

    inf before the first score; a search that ended early keeps what it has.
    """
    whole("budget", budget)
    ended = np.searchsorted(spent(tries), np.arange(1, budget + 1) + 1e-9, side="right")  # sums of fractions round
    return np.concatenate([[np.inf], best_so_far(tries)])[ended]


def players(space, evaluate, search, budget, count, start=None, seed=0):
    """Best score so far of `count` players who each search anew, (count, budget + 1).

    Column 0 is the start's score, which is given and not taken from the budget; inf without a start. Column j is the
    best once j tries are spent. Player i draws from default_rng([seed, i]).
    """
    whole("budget", budget)
    whole("count", count)
    lines, given = np.full((count, budget + 1), np.inf), start is not None
    for i in range(count):
        tries = search(space, evaluate, budget + given, np.random.default_rng([seed, i]), start)
        lines[i, 1 - given :] = best_by_try(tries, budget + given)
    return lines


def whole(name, value):
    """ValueError unless `value`, called `name`, is a whole number from 1."""
    if not (isinstance(value, int | np.integer) and value >= 1):
        raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")


def _begin(evaluate, budget, start):
    """The tries at the beginning: the start, if there is one."""
    whole("budget", budget)
    return [] if start is None else [Try(start.plain(), evaluate(start.plain()))]


def random_search(space, evaluate, budget, rng, start=None):
    """Designs drawn with equal chance, none of them twice (Bergstra and Bengio 2012)."""
    tries = _begin(evaluate, budget, start)
    drawn = (space.designs[i] for i in rng.permutation(len(space.designs))[:budget])
    new = [design for design in drawn if not tries or design != tries[0].design]
    return tries + [Try(design, evaluate(design)) for design in new[: budget - len(tries)]]


def climb(space, evaluate, budget, rng, start=None):
    """One dial at a time: turn a random dial to a random stop, keep the change if the score falls.

    Without a start it begins at a random design. Where every neighbour in the space has been tried the climber is stuck
    and the rest of the budget is not spent.
    """
    tries = _begin(evaluate, budget, start) or random_search(space, evaluate, 1, rng)
    here, tried = tries[0], {tries[0].design}
    while len(tries) < budget:
        new = [design for design in space.neighbours(here.design) if design not in tried]
        if not new:
            break
        design = new[rng.integers(len(new))]
        tried.add(design)
        tries.append(Try(design, evaluate(design)))
        if tries[-1].score < here.score:
            here = tries[-1]
    return tries


def halve(space, evaluate, budget, rng, start=None):
    """Successive halving over practice time: many short runs, and the best half of them once more, for long.

    (Karnin et al. 2013; Jamieson and Talwalkar 2016, with two rungs.) Designs are drawn with equal chance at the dial's
    shortest stop, where a run costs shortest / longest of a try. The best go on to the longest stop, where it costs 1:
    at most half of them, or more where the space has too few to draw. A start is tried as it stands and, if that is
    short, may go on too. ValueError if the space does not turn the dial `practice_time`.
    """
    stops = set(space.stops.get("practice_time", ()))
    if len(stops) < 2:
        raise ValueError(
            "halving needs a space with two or more stops of practice_time, "
            f"got the dials {', '.join(space.stops) or 'none'}"
        )
    short, long = min(stops), max(stops)
    tries = _begin(evaluate, budget, start)
    paid = {t.design for t in tries}
    left = (budget - len(tries)) * long  # in steps of practice: whole numbers, nothing rounds
    longs = left // (long + 2 * short)  # two short runs for each long one
    shorts = (left - longs * long) // short
    pool = [design for design in space.designs if design.practice_time == short and design not in paid]
    drawn = [pool[i] for i in rng.permutation(len(pool))[:shorts]]
    tries += [Try(design, evaluate(design), short / long) for design in drawn]
    left -= len(drawn) * short
    for rung in sorted((t for t in tries if t.design.practice_time == short), key=lambda t: t.score):
        longer = replace(rung.design, practice_time=long)
        if left >= long and longer in space.index and longer not in paid:
            tries.append(Try(longer, evaluate(longer)))
            left -= long
    return tries


def features(space):
    """The designs of a space as numbers, (designs, features).

    A dial of numbers is its position among its stops, from 0 to 1; a dial of names or a switch has one column for each
    stop, 1 where it stands and 0 elsewhere.
    """
    columns = [np.empty((len(space.designs), 0))]
    for name, stops in space.stops.items():
        values = [getattr(design, name) for design in space.designs]
        order = [
            *dict.fromkeys(value for value in values if value not in stops),
            *stops,
        ]  # `plain` may bring one in: the lowest
        at = np.array([order.index(value) for value in values])
        columns.append(at[:, None] / (len(order) - 1) if name in LIMITS else np.eye(len(order))[at])
    return np.hstack(columns)


def expected_improvement(mean, deviation, best):
    """How far normal variables are expected to fall below `best`, 0 where they do not (Jones et al. 1998); arrays."""
    z = (best - mean) / deviation
    return deviation * (z * ndtr(z) + np.exp(-z * z / 2) / np.sqrt(2 * np.pi))


def bayesian(space, evaluate, budget, rng, start=None):
    """The design whose expected improvement under a Gaussian process is largest (Jones et al. 1998; Snoek et al. 2012).

    Before each try the process (Matern 5/2 with one length, and white noise) is fitted anew to the logarithm of the
    scores, clipped to CLIP, over `features`. The first FIRST designs are drawn at random, the start among them.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel
    from threadpoolctl import threadpool_limits

    whole("budget", budget)
    tries = random_search(space, evaluate, min(budget, FIRST), rng, start)
    at, new = features(space), np.ones(len(space.designs), dtype=bool)
    kernel = ConstantKernel(1.0, (0.05, 20.0)) * Matern(1.0, (0.1, 20.0), nu=2.5) + WhiteKernel(0.1, (1e-4, 1.0))
    while True:
        known = [t for t in tries if t.design in space.index]  # a start outside the space has no features
        rows = [space.index[t.design] for t in known]
        new[rows] = False
        if len(tries) == budget or not new.any():
            return tries
        scores = np.log(np.clip([t.score for t in known], *CLIP))
        # one core: the matrices are so small that several cores mostly wait for each other
        with threadpool_limits(1), warnings.catch_warnings():
            # few scores often fit best at a bound of a parameter, or leave the likelihood flat: what is found is used
            warnings.simplefilter("ignore", ConvergenceWarning)
            process = GaussianProcessRegressor(kernel, normalize_y=True).fit(at[rows], scores)
            # the deviation holds the noise: what the dials do not explain is part of the one score a design has
            mean, deviation = process.predict(at[new], return_std=True)
        best = np.flatnonzero(new)[np.argmax(expected_improvement(mean, deviation, scores.min()))]
        tries.append(Try(space.designs[best], evaluate(space.designs[best])))


def tpe(space, evaluate, budget, rng, start=None):
    """The tree-structured Parzen estimator (Bergstra et al. 2011), Optuna's: it asks for what is likely among the
    better tries and unlikely among the others.

    A design tried before is not paid again: the sampler is told its score and asked once more; after AGAIN times an
    untried design is drawn. The first FIRST designs are drawn at random, the start among them.
    """
    import optuna

    whole("budget", budget)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    kinds = {
        name: optuna.distributions.IntDistribution(0, len(stops) - 1)
        if name in LIMITS  # of numbers: the position
        else optuna.distributions.CategoricalDistribution(stops)
        for name, stops in space.stops.items()
    }

    def designed(params):
        return replace(
            space.base, **{name: space.stops[name][p] if name in LIMITS else p for name, p in params.items()}
        ).plain()

    def tell(known):
        params = {}
        for name, stops in space.stops.items():
            value = getattr(known.design, name)
            position = (
                stops.index(value) if value in stops else 0
            )  # where `plain` brought one in, any stop says the same
            params[name] = position if name in LIMITS else stops[position]
        study.add_trial(optuna.trial.create_trial(params=params, distributions=kinds, value=known.score))

    tries = random_search(space, evaluate, min(budget, FIRST), rng, start)
    study = optuna.create_study(
        sampler=optuna.samplers.TPESampler(n_startup_trials=FIRST, seed=int(rng.integers(2**31)))
    )
    for known in tries:
        if known.design in space.index:
            tell(known)
    scores = {t.design: t.score for t in tries}
    while len(tries) < budget and (left := [design for design in space.designs if design not in scores]):
        for _ in range(1 + AGAIN):
            trial = study.ask(kinds)
            design = designed(trial.params)
            if new := design not in scores:
                scores[design] = evaluate(design)
                tries.append(Try(design, scores[design]))
            study.tell(trial, scores[design])
            if new:
                break
        else:
            design = left[rng.integers(len(left))]
            scores[design] = evaluate(design)
            tries.append(Try(design, scores[design]))
            tell(tries[-1])
    return tries


SEARCHES = {"dice": random_search, "climbing": climb, "halving": halve, "Gaussian process": bayesian, "TPE": tpe}
