"""Four pieces of maths: a line through four dots, its loss and slope, and averages of noise."""

from functools import cache

import numpy as np

X = np.array([-0.9, -0.4, 0.3, 0.8])
Y = np.array([-1.3, -0.9, 0.6, 1.1])
WEIGHTS = np.linspace(-1, 4, 51)
BINS = np.linspace(-3.05, 3.05, 62)
REPEATS = 300


def loss(w):
    """Mean squared distance between the dots and the line of weight w; of one weight or of an array of them."""
    return np.mean((Y - np.multiply.outer(w, X)) ** 2, axis=-1)


def slope(w):
    """The slope of `loss` at w."""
    return np.mean(-2 * X * (Y - w * X))


def line(w):
    """Columns x, y, series: the line of weight w, and the dots."""
    return {"x": np.r_[-1, 1, X], "y": np.r_[-w, w, Y], "series": ["answer"] * 2 + ["dots"] * len(X)}


def valley(w):
    """Columns x, y, series: the loss over all weights, and the straight line that touches it at w."""
    near = np.array([w - 0.6, w + 0.6])
    return {
        "x": np.r_[WEIGHTS, near, w],
        "y": np.r_[loss(WEIGHTS), loss(w) + slope(w) * (near - w), loss(w)],
        "series": ["loss"] * len(WEIGHTS) + ["slope"] * 2 + ["you"],
    }


@cache
def averages(n, repeats=REPEATS, seed=0):
    """(repeats,) averages of n numbers with mean 0 and standard deviation 1."""
    return np.random.default_rng(seed).normal(size=(repeats, n)).mean(axis=1)


def histogram(n):
    """Columns x, y: how many of the averages fall into each bin a tenth wide."""
    return {"x": (BINS[:-1] + BINS[1:]) / 2, "y": np.histogram(averages(n), BINS)[0]}


def spread(n):
    """Standard deviation of the averages: measured (one a seed), their mean, and what the root of n says."""
    measured = [averages(n, seed=seed).std() for seed in range(5)]
    return {"measured": measured, "mean": np.mean(measured), "root": n**-0.5, "repeats": REPEATS}
