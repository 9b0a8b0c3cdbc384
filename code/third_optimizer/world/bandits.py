"""Levers that pay or do not, and coins: a hidden chance each, the same throughout a game.

*Paired luck*: a game holds, for each lever, what its first pull brings, its second and so on, whoever pulls. So two
players of one game differ by what they choose and by nothing else.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Games:
    """chances (B, levers): how often each lever pays; pays (B, levers, pulls), bool: what its k-th pull brings."""

    chances: np.ndarray
    pays: np.ndarray

    def __len__(self):
        return len(self.chances)

    def pull(self, lever, pulled):
        """What these pulls bring, (B,), bool. lever (B,): which, counted from 0; pulled (B, levers): how often each was
        pulled before."""
        game = np.arange(len(self))
        return self.pays[game, lever, pulled[game, lever]]


@dataclass(frozen=True)
class Bandits:
    """Games of `pulls` pulls at `levers` levers, each of which pays 1 or 0 with a chance of its own, drawn from the
    beta distribution (1, 1: any chance is as likely). ValueError names what is out of range."""

    pulls: int = 10
    levers: int = 2
    beta: tuple = (1.0, 1.0)

    def __post_init__(self):
        for name, value in (("pulls", self.pulls), ("levers", self.levers)):
            if not (isinstance(value, int | np.integer) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        if not (len(self.beta) == 2 and all(0 < value < np.inf for value in self.beta)):
            raise ValueError(f"beta must be two finite numbers above 0, got {self.beta}")

    def draw(self, rng, count):
        """`count` Games."""
        shape = (count, self.levers)
        chances = rng.random(shape) if self.beta == (1, 1) else rng.beta(*self.beta, shape)
        return Games(chances, rng.random((*shape, self.pulls)) < chances[..., None])


def tosses(rng, count, length):
    """(count, length) tosses, bool, of coins whose chance of heads is drawn anew for each row, any as likely."""
    return Bandits(length, 1).draw(rng, count).pays[:, 0]
