"""Chapter 3's rain: random starts on a mountain with a crater, and on a plain with a needle; how many land, and when.

What the page's open cell defines (`land`) is a parameter of everything that uses it. Shares are of 1.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.base import gradient_descent, train
from third_optimizer.world import needle, volcano

RIM, MOAT, CURVED, PIN = 1.0, 4.0, 12.0, 0.1
MOUNTAIN, NEEDLE = volcano(RIM, MOAT, CURVED), needle(PIN)
COUNT, SEEDS, SLOW = 1000, range(5), 0.1  # starts a rain, rains, a learning rate that leaps over nothing
MANY = (1, 2, 3, 5, 8, 10, 12, 16, 20)  # dimensions
SPREADS = (0.2, 0.3, 0.5, 0.7, 1, 1.5, 2)
PLACES = (0, 1, 2, 3)  # distances of the middle of the starts from the crater
PACES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.5)
ASKED = 10  # dimensions, in the guess


def starts(dimension, spread, away=0, seed=0, count=COUNT):
    """(count, dimension) normal starts of deviation `spread`, their middle `away` from the crater's."""
    drops = spread * np.random.default_rng(seed).normal(size=(count, dimension))
    drops[:, 0] += away
    return drops


def land(landscape, starts, eta, steps=30):
    """Share of starts that end in the deep place, lower than all around it."""

    def objective(x, rng):
        return landscape.value(x).sum(), landscape.gradient(x)

    ends = train(objective, starts, gradient_descent(eta), steps).parameters
    return np.mean(landscape.value(ends) < -0.5)


def chances():
    """The chance to land by small steps at every stop of the rain's dials, (MANY, SPREADS, PLACES), in per cent."""
    return [[[100 * theory.chance_within(RIM, n, s, a) for a in PLACES] for s in SPREADS] for n in MANY]


@cache
def landed(dimension, spread, away=0, eta=SLOW, land=land, landscape=MOUNTAIN):
    """(SEEDS,) shares of starts that land."""
    return np.array([land(landscape, starts(dimension, spread, away, seed), eta) for seed in SEEDS])


def falling(spread, land=land):
    """Columns x, y, series: the chance to land by dimension, by formula; n, found: measured, none where none landed."""
    x = np.arange(1, 21)
    formula = [theory.chance_within(RIM, n, spread) for n in x.tolist()]
    at = np.repeat(MANY, len(SEEDS))
    found = np.concatenate([landed(n, spread, land=land) for n in MANY])
    rows = max(len(x), len(at))

    def padded(values):
        return np.append(np.asarray(values, float), np.full(rows - len(values), np.nan))

    return {
        "x": padded(x),
        "y": padded(formula),
        "series": "formula",
        "n": padded(at),
        "found": padded(np.where(found > 0, found, np.nan)),
    }


def fallen(spread, land=land):
    """two, ten: the chance by formula; tries: starts for even odds in ten dimensions; draws: the same in words; last:
    the most dimensions in which one of all measured starts landed."""
    two, ten = (theory.chance_within(RIM, n, spread) for n in (2, ASKED))
    last = max((n for n in MANY if landed(n, spread, land=land).any()), default=0)
    tries = max(1, theory.draws_for(min(ten, 1 - 1e-12)))
    draws = f"{tries:,.0f} starts" if tries >= 1.5 else "one start"
    return {"two": two, "ten": ten, "tries": tries, "draws": draws, "last": last}


WIDE = np.geomspace(0.1, 5, 41)


def widening(dimension, away, land=land):
    """Columns x, y, series: the chance to land by the spread of the starts; and found, measured at SPREADS."""
    at = np.repeat(SPREADS, len(SEEDS))
    found = np.concatenate([landed(dimension, spread, away, land=land) for spread in SPREADS])
    empty = np.full(len(WIDE) - len(at), np.nan)
    return {
        "x": WIDE,
        "y": [100 * theory.chance_within(RIM, dimension, spread, away) for spread in WIDE],
        "series": "formula",
        "n": np.append(at, empty),
        "found": np.append(100 * found, empty),
    }


def widest(dimension, away):
    """best: the spread of WIDE with the largest chance; chance: there, in per cent."""
    y = [100 * theory.chance_within(RIM, dimension, spread, away) for spread in WIDE]
    return {"best": WIDE[int(np.argmax(y))], "chance": max(y)}


# --- the needle ----------------------------------------------------------------------------------------

TRIED = np.array([0.01, 0.02, 0.05, 0.1, 0.14, 0.19, 0.3, 0.5, 1, 1.5])  # learning rates


@cache
def rated(land=land):
    """{landscape: [shares over TRIED, one line a seed]}, in per cent, two dimensions, starts of deviation 1."""
    return {
        name: [[100 * land(hill, starts(2, 1, 0, seed), eta) for eta in TRIED] for seed in SEEDS]
        for name, hill in (("crater", MOUNTAIN), ("needle", NEEDLE))
    }


def pricked(land=land):
    """crater, needle: shares in two dimensions at the best learning rate for each; edge: the step at which the crater
    lets go; in ten dimensions the draws for even odds: tries of the crater, pins of the needle."""
    found = {name: np.max(lines, axis=1) / 100 for name, lines in rated(land).items()}
    chance = {name: theory.chance_within(r, ASKED, 1) for name, r in (("tries", RIM), ("pins", PIN))}
    return (
        found | {name: theory.draws_for(p) for name, p in chance.items()} | {"edge": theory.largest_stable_step(CURVED)}
    )
