"""Two levers that pay with unknown chances, drawn from a beta distribution: what can be known of their games exactly.

What has been seen of a lever is how often it paid and how often not, and nothing else about it matters. beta: (1, 1)
means that any chance is as likely. Tables over *counts* have four axes: paid and not of the first lever, paid and not
of the second, each from 0 up to the pulls of a game; what cannot be is NaN.
"""

from functools import cache

import numpy as np
from scipy.special import betaln

from .descent import _whole


def next_chance(paid, failed, beta=(1, 1)):
    """The chance of one more success after these; at beta (1, 1) Laplace's rule of succession."""
    return (paid + beta[0]) / (paid + failed + beta[0] + beta[1])


def _after(pulls):
    """For 0, 1, ... pulls - 1 pulls done: the counts that can be, four arrays."""
    counts = np.indices((pulls + 1,) * 4).reshape(4, -1)
    done = counts.sum(axis=0)
    return [tuple(counts[:, done == k]) for k in range(pulls)]


def _backwards(pulls, choose, beta):
    """(worth of a game, table (2, counts): worth of each lever's pull and all that follows), when
    choose(worths (2, n), counts) -> chances of the second lever (n,) says how one goes on."""
    _whole("pulls", pulls)
    going, worths = np.zeros((pulls + 1,) * 4), np.full((2, *(pulls + 1,) * 4), np.nan)
    for counts in reversed(_after(pulls)):
        for lever in (0, 1):
            paid, failed = counts[2 * lever : 2 * lever + 2]
            chance = next_chance(paid, failed, beta)
            won, lost = list(counts), list(counts)
            won[2 * lever], lost[2 * lever + 1] = paid + 1, failed + 1
            worths[lever][counts] = chance * (1 + going[tuple(won)]) + (1 - chance) * going[tuple(lost)]
        here = worths[:, *counts]
        second = choose(here, counts)
        going[counts] = (1 - second) * here[0] + second * here[1]
    return float(going[0, 0, 0, 0]), worths


@cache
def best_play(pulls, beta=(1, 1)):
    """(reward that the best player expects in a game, table (2, counts): worth of pulling each lever and playing best
    from there on), by backward induction over counts (Bellman 1956, Sankhyā 16). Do not write into the table.
    ValueError unless pulls is a whole number, at least 0."""
    return _backwards(pulls, lambda worths, counts: (worths[1] > worths[0]).astype(float), beta)


def play_worth(pulls, second, beta=(1, 1)):
    """Reward that a player expects whose chance of pulling the second lever is second(*counts), an array."""
    return _backwards(pulls, lambda worths, counts: second(*counts), beta)[0]


def myopic(paid, failed, paid_2, failed_2):
    """Chance of the second lever of a player without foresight: whichever is likelier to pay now; even ones evenly."""
    gap = next_chance(paid_2, failed_2) - next_chance(paid, failed)
    return np.where(np.abs(gap) < 1e-9, 0.5, gap > 0).astype(float)


def coin_surprise(length):
    """Nats that Laplace's rule, the best there is, costs for a row of so many tosses, on average over coins and tosses.

    A row with h heads of n has chance h!(n − h)!/(n + 1)!, and all h are as likely.
    """
    _whole("length", length)
    heads = np.arange(length + 1)
    return float(-betaln(heads + 1, length - heads + 1).mean())
