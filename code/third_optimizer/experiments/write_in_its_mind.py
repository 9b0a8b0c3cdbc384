"""What can be read in the states of chapter 8's machines, and what comes of writing there.

Arrays over seeds follow SEEDS.
"""

from functools import cache
from itertools import product

import numpy as np

from third_optimizer.theory import next_chance

from .train_on_luck import PLAYER, PREDICTOR, PULLS, SEEDS, TOSSES, player, predictor

WAYS = ("the probe’s direction", "the state’s own way", "random, as long")
AT, LATER = 6, (0, 1, 2, 4)  # tosses seen when something is written; tosses after which one looks
PULLED = 7  # pulls done when something is written
DRAWS = 20  # of a random direction


def write(state, more, direction):
    """The state, with so much more of an estimate written into it."""
    return state + more @ direction


def fit(x, y):
    """Weights of a straight fit, the last row its constant."""
    return np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]


def explained(x, y, fitted):
    """Share of y's variance that the fit explains on the half that it has not seen. fitted: bool, which it has."""
    weights = fit(x[fitted], y[fitted])
    left = y[~fitted] - np.c_[x, np.ones(len(x))][~fitted] @ weights
    return 1 - (left**2).sum() / ((y[~fitted] - y[~fitted].mean(axis=0)) ** 2).sum()


def seen(net, parameters, least, most):
    """(states (n, units), counts (n, ...)) of all histories of `least` to `most` tosses or pulls."""
    kept = [ahead for ahead in net.histories(parameters, most + 1) if ahead["counts"][0].sum() >= least]
    states, counts = zip(*((one["state"].T.astype(float), one["counts"]) for one in kept), strict=True)
    return np.concatenate(states), np.concatenate(counts)


@cache
def probed():
    """Shares of the variance of the estimate that a straight fit reads, on held-out histories, (seeds,) each: trained,
    from the state; untrained, from that of the net before training; counts, from the counts alone."""
    found = {"trained": [], "untrained": [], "counts": []}
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        states, counts = seen(PREDICTOR, predictor(seed), 2, TOSSES - 1)
        before, _ = seen(PREDICTOR, PREDICTOR.init(np.random.default_rng(seed)), 2, TOSSES - 1)
        estimate, half = next_chance(*counts.T), rng.random(len(counts)) < 0.5
        for name, x in (("trained", states), ("untrained", before), ("counts", counts)):
            found[name].append(explained(x, estimate, half))
    return {name: np.array(values) for name, values in found.items()}


def directions(states, estimates, rng):
    """{one of WAYS: directions, (estimates, units) each}: what to add to a state for one more of an estimate.

    The probe's: the least change that makes it read so. The state's own: how states differ whose estimates do, a
    straight fit the other way round (Haufe et al. 2014, doi:10.1016/j.neuroimage.2013.10.067). Random: DRAWS of them,
    as long as the state's own.
    """
    probe, own = fit(states, estimates)[:-1], fit(estimates, states)[:-1]
    random = rng.normal(size=(DRAWS, *own.shape))
    random *= np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(random, axis=2, keepdims=True)
    return dict(zip(WAYS, ([np.linalg.pinv(probe)], [own], random), strict=True))


def written(later=0, write=write):
    """{one of WAYS: per cent, (seeds,)}: the estimate of one row of AT tosses is written into the state of another.

    How much of the change that Laplace's rule would make then comes, `later` tosses on, whatever they are: 100 less the
    squared error of the answers' change in per cent of the rule's squared change. 0: as if nothing had moved.
    """
    found = {name: [] for name in WAYS}
    for seed in SEEDS:
        rng, parts = np.random.default_rng(seed), PREDICTOR.unpack(predictor(seed))
        states, counts = seen(PREDICTOR, predictor(seed), AT, AT)
        estimate, donor = next_chance(*counts.T)[:, None], rng.permutation(len(counts))

        def on(state, row, parts=parts):
            for toss in row:
                sight = PREDICTOR.sight(state.shape[1], np.full(state.shape[1], toss))
                state = PREDICTOR.step(parts, state, sight)[0]
            return 1 / (1 + np.exp(-PREDICTOR.say(parts, state)[0].astype(float)))

        for name, several in directions(states, estimate, rng).items():
            left = []
            for direction in several:
                changed = write(states, estimate[donor] - estimate, direction)
                off = whole = 0.0
                for row in product((True, False), repeat=later):
                    plain, moved = (on(state.T.astype("f4"), row) for state in (states, changed))
                    now, then = (
                        next_chance(*(c.T + [[sum(row)], [later - sum(row)]])) for c in (counts, counts[donor])
                    )
                    off += (((moved - plain) - (then - now)) ** 2).sum()
                    whole += ((then - now) ** 2).sum()
                left.append(off / whole)
            found[name].append(100 * (1 - np.mean(left)))
    return {name: np.array(values) for name, values in found.items()}


def swayed(write=write):
    """The same of the bandit players, after PULLED pulls: both estimates of one game are written into the state of
    another. {one of WAYS: per cent, (seeds,)} of the pairs whose next pulls differ in which it takes the other's lever.
    """
    found = {name: [] for name in WAYS}
    for seed in SEEDS:
        rng, parts = np.random.default_rng(seed), PLAYER.unpack(player(seed))
        ahead = next(ahead for ahead in PLAYER.histories(player(seed), PULLS) if ahead["counts"][0].sum() == PULLED)
        states, counts, lever = ahead["state"].T.astype(float), ahead["counts"], ahead["lever"]
        estimates = np.stack([next_chance(*counts[:, :2].T), next_chance(*counts[:, 2:].T)], axis=1)
        donor = rng.permutation(len(counts))
        differs = lever[donor] != lever
        for name, several in directions(states, estimates, rng).items():
            took = []
            for direction in several:
                told = PLAYER.say(parts, write(states, estimates[donor] - estimates, direction).T.astype("f4"))
                took.append(((told[1] > told[0]) == lever[donor])[differs].mean())
            found[name].append(100 * np.mean(took))
    return {name: np.array(values) for name, values in found.items()}


def wrote(later=0, write=write):
    """What the page says of writing, (seeds,) each: probe, own, random: of the answers; and of the next pulls."""
    names = ("probe", "own", "random")
    pulls = dict(zip([f"{name}_pulls" for name in names], swayed(write).values(), strict=True))
    return dict(zip(names, written(later, write).values(), strict=True)) | pulls
