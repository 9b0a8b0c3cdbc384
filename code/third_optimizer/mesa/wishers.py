"""Two machines for mazes with a coin and a flag whose wish has nowhere to hide: a planner installed openly, whose two
weights say what it wants, and a walker by reflex, which plans nothing.

Each has a size, logits(weights, mazes), (count, 4), and back(weights, mazes, slope), the slope in the weights.
"""

from functools import lru_cache

import numpy as np

from third_optimizer.world import distances

from .reward import exact

SHARPNESS = 10  # of the open planner's choice: logits are so many times the value of where a move ends


@lru_cache(maxsize=16)
def ways(mazes):
    """(2, count): steps to the coin and to the flag, on ways that do not pass the other."""
    return np.array([distances(mazes, mazes.coin, shut=mazes.flag), distances(mazes, mazes.flag, shut=mazes.coin)])


@lru_cache(maxsize=16)
def together(mazes):
    """Mask (count,): cells of mazes whose coin and flag stand on one cell."""
    return (mazes.cells[0] == mazes.cells[1])[mazes.maze]


class OpenPlanner:
    """Exact planning, written by hand: each mark has a reward, and a cell's value is the best of reward · discount to
    the power of the steps. Trained are two weights, of the coin and of the flag; the flag is seen `loudness` times."""

    size = 2

    def __init__(self, loudness=1.0, discount=0.9):
        self.seen, self.discount = np.array([1.0, loudness]), discount

    def rewards(self, weights):
        """What a walk to the coin and one to the flag are worth to it, (2,): its wish, read off its weights."""
        return np.asarray(weights, float) * self.seen

    def values(self, weights, mazes):
        """(value of every cell, (count,), its slopes in the two rewards, (2, count))."""
        pull = self.discount ** ways(mazes)
        each = self.rewards(weights)[:, None] * pull
        best = np.where(together(mazes), 1, each == each.max(axis=0)) * pull
        best[1] *= together(mazes) | (each[1] > each[0])  # one of the two where they are even
        return (best * self.rewards(weights)[:, None]).sum(axis=0), best

    def logits(self, weights, mazes):
        return SHARPNESS * self.values(weights, mazes)[0][mazes.target].T

    def back(self, weights, mazes, slope):
        of_value = self.values(weights, mazes)[1][:, mazes.target]
        return SHARPNESS * self.seen * np.einsum("ca,kac->k", slope, of_value)


@lru_cache(maxsize=16)
def smells(mazes):
    """(2, 2, count): of coin and flag the direction, rows and columns, ever stronger as the mark is nearer."""
    found = np.zeros((2, 2, mazes.count))
    for mark, cells in zip(found, (mazes.coin, mazes.flag), strict=True):
        (at,) = np.nonzero(cells)
        apart = [place[at][mazes.maze] - place for place in (mazes.row, mazes.column)]
        mark[:] = np.array(apart) / np.maximum(np.sum(np.square(apart), axis=0), 1)
    return found


class Reflex:
    """No plan, no memory, no walls: the logits are one matrix times two smells, the flag's `loudness` times as strong.
    weights: (2, 2, 4), flat: of mark, direction and move."""

    size = 16

    def __init__(self, loudness=1.0):
        self.seen = np.array([1.0, loudness])[:, None, None]

    def logits(self, weights, mazes):
        return np.einsum("mdc,mda->ca", self.seen * smells(mazes), np.reshape(weights, (2, 2, 4)))

    def back(self, weights, mazes, slope):
        return np.einsum("mdc,ca->mda", self.seen * smells(mazes), slope).ravel()


def practise_both(machine, agree, apart, split, discount=0.9):
    """objective(weights, rng) for base.train: minus the worth that the machine's policy reaches, exactly: `split` of it
    in the mazes `apart`, where the two marks part, the rest in the mazes `agree`. ValueError unless 0 ≤ split ≤ 1."""
    if not 0 <= split <= 1:
        raise ValueError(f"split must be from 0 to 1, got {split}")

    def objective(weights, rng):
        loss, slope = 0.0, np.zeros(machine.size)
        for mazes, share in ((agree, 1 - split), (apart, split)):
            if share:
                horizon = 2 * mazes.walls.shape[1]
                worth, of_logits = exact(machine.logits(weights, mazes), mazes, horizon, discount)
                loss, slope = loss - share * worth, slope - share * machine.back(weights, mazes, of_logits)
        return loss, slope

    return objective
