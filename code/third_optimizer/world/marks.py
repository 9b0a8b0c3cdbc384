"""Mazes with two marks, a coin and a flag: a walk ends at either, and only the flag pays.

In most mazes of practice both stand on one cell. There nothing says which of them was paid for.
"""

from dataclasses import dataclass

import numpy as np

from .mazes import Mazes, RandomMazes


class MarkedMazes(Mazes):
    """B mazes with a coin and a flag each.

    walls: bool, (B, rows, columns). coin, flag: (B,), the number of the cell each stands on, row by row. pays: worth of
    a walk that ends at the coin, and at the flag; on one cell the flag's. Over the list of open cells, beside what
    Mazes has: coin and flag, masks (count,). ValueError says what is wrong.
    """

    def __init__(self, walls, coin, flag, pays=(0.0, 1.0)):
        walls = np.asarray(walls, bool)
        maps = np.zeros((2, *walls.shape), bool)
        for mark, (name, cells) in zip(maps, (("coin", coin), ("flag", flag)), strict=True):
            cells = np.asarray(cells)
            if cells.shape != walls.shape[:1] or not ((cells >= 0) & (cells < mark[0].size)).all():
                raise ValueError(f"{name} must be a cell from 0 to {mark[0].size - 1} for each maze, got {cells}")
            mark.reshape(len(walls), -1)[np.arange(len(walls)), cells] = True
            if (mark & walls).any():
                raise ValueError(f"the {name} must stand on an open cell, got {(mark & walls).sum()} inside walls")
        super().__init__(walls, np.where(maps[1], pays[1], pays[0] * maps[0]))
        self.pays, self.cells = pays, np.array([coin, flag])
        self.coin, self.flag = maps[:, self.open]
        self.goal = self.coin | self.flag  # a walk ends at the coin too, whatever it pays

    def pick(self, numbers):
        """The mazes of these numbers, a new batch; a number may come twice."""
        return MarkedMazes(self.walls[numbers], *self.cells[:, numbers], self.pays)


@dataclass(frozen=True)
class CoinAndFlag:
    """The distribution of square mazes with a coin and a flag.

    size: cells a side, from 2. walls: each maze has a share of walls between 0 and this, below 1. split: chance that
    the two stand on different cells. pays: of MarkedMazes. ValueError names what is out of range.
    """

    size: int = 7
    walls: float = 0.42
    split: float = 0.0
    pays: tuple = (0.0, 1.0)

    def __post_init__(self):
        RandomMazes(self.size, (1,), self.walls)  # refuses what is out of range
        if not 0 <= self.split <= 1:
            raise ValueError(f"split must be a chance from 0 to 1, got {self.split}")

    def draw(self, rng, count):
        """`count` new MarkedMazes."""
        walls = rng.random((count, self.size, self.size)) < self.walls * rng.random((count, 1, 1))
        flag, other = rng.random((count, self.size**2)).argsort(axis=1)[:, :2].T
        coin = np.where(rng.random(count) < self.split, other, flag)
        for cells in (coin, flag):
            walls.reshape(count, -1)[np.arange(count), cells] = False
        return MarkedMazes(walls, coin, flag, self.pays)
