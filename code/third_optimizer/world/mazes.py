"""Mazes: walls, goals of different worth, and what can be known of them exactly.

A walker stands on an open cell and moves up, down, left or right; against a wall or the edge it stays where it is. A
goal ends the walk and pays its worth, discounted by γ a step: reaching a goal of worth w in d steps is worth γᵈ w.

A batch of mazes is one list of all its open cells, maze by maze, row by row. What a cell has (a value, a distance, a
move) is an array over that list, so nothing is computed for walls, and mazes of a batch never meet.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

MOVES = ("up", "down", "left", "right")
AMONG_NINE = [1, 7, 3, 5]  # where the moves lie among the nine cells of a 3×3 patch, read row by row


def _whole(name, value, least):
    if not (isinstance(value, int | np.integer) and value >= least):
        raise ValueError(f"{name} must be a whole number, at least {least}, got {value!r}")


def _discount(discount):
    if not 0 < discount <= 1:
        raise ValueError(f"discount must be above 0 and at most 1, got {discount}")


class Mazes:
    """A batch of B mazes of one size.

    walls: bool, (B, rows, columns). worths: of the goals, 0 elsewhere, the same shape. ValueError says what is wrong.
    Over the list of open cells: maze, row, column (count,), worth and goal (count,), near (count, 9): the cells of the
    3×3 patch; target (4, count): where each move ends; blocked (4, count): moves that end where they began. `count`,
    one past the last cell, is the number of whatever is no open cell.
    """

    def __init__(self, walls, worths):
        walls, worths = np.asarray(walls, bool), np.asarray(worths, float)
        if walls.ndim != 3 or not walls.size or walls.shape != worths.shape:
            raise ValueError(
                f"walls and worths must have one shape (mazes, rows, columns), got {walls.shape} and {worths.shape}"
            )
        if not (np.isfinite(worths).all() and worths.min() >= 0):
            raise ValueError(f"worths must be finite numbers, at least 0, got {worths.min()} to {worths.max()}")
        if (walls & (worths > 0)).any():
            raise ValueError(f"a goal must stand on an open cell, got {(walls & (worths > 0)).sum()} inside walls")
        batch, rows, columns = walls.shape
        self.walls, self.worths, self.open = walls, worths, ~walls
        self.count = count = int(np.count_nonzero(self.open))
        number = np.full((batch, rows + 2, columns + 2), count)  # with a rim of nowhere
        number[:, 1:-1, 1:-1][self.open] = np.arange(count)
        patches = np.lib.stride_tricks.sliding_window_view(number, (3, 3), axis=(1, 2))
        self.near = patches[self.open].reshape(count, 9)
        self.toward = np.ascontiguousarray(self.near[:, AMONG_NINE].T)  # (4, count): who lies that way, perhaps nowhere
        self.blocked = self.toward == count
        self.target = np.where(self.blocked, np.arange(count), self.toward)
        self.worth = worths[self.open]
        self.goal = self.worth > 0

    def __len__(self):
        return len(self.walls)

    @cached_property
    def _places(self):
        return np.nonzero(self.open)

    maze = property(lambda self: self._places[0])
    row = property(lambda self: self._places[1])
    column = property(lambda self: self._places[2])

    def pick(self, numbers):
        """The mazes of these numbers, a new batch; a number may come twice."""
        return Mazes(self.walls[numbers], self.worths[numbers])

    def paying(self, worth):
        """The same mazes with other worths of their cells, (count,)."""
        return Mazes(self.walls, self.grid(np.asarray(worth, float), 0.0))

    def grid(self, values, empty=np.nan):
        """What the cells have, (..., count), as maps (..., B, rows, columns); walls hold `empty`."""
        values = np.asarray(values)
        maps = np.full((*values.shape[:-1], *self.walls.shape), empty, np.result_type(values, type(empty)))
        maps[..., self.open] = values
        return maps


@dataclass(frozen=True)
class RandomMazes:
    """The distribution of square mazes.

    size: cells a side, from 2. goals: how many, each number with equal chance, on different cells. walls: each maze has
    a share of walls between 0 and this, below 1. worths: lowest and highest, above 0. ValueError names what is out of
    range. A goal need not be in reach.
    """

    size: int = 7
    goals: tuple = (1, 2)
    walls: float = 0.42
    worths: tuple = (0.2, 1.0)

    def __post_init__(self):
        _whole("size", self.size, 2)
        for number in self.goals:
            _whole("goals", number, 1)
        if not 1 <= max(self.goals, default=0) <= self.size**2:
            raise ValueError(f"goals must be one number or more, at most {self.size**2} each, got {self.goals}")
        if not 0 <= self.walls < 1:
            raise ValueError(f"walls must be at least 0 and below 1, got {self.walls}")
        low, high = self.worths
        if not 0 < low <= high < np.inf:
            raise ValueError(f"worths must be finite, above 0, the lower first, got {self.worths}")

    def draw(self, rng, count):
        """`count` new Mazes."""
        _whole("count", count, 1)
        walls = rng.random((count, self.size, self.size)) < self.walls * rng.random((count, 1, 1))
        where = rng.random((count, self.size**2)).argsort(axis=1)[:, : max(self.goals)]
        worth = rng.uniform(*self.worths, where.shape)
        worth *= np.arange(max(self.goals)) < rng.choice(self.goals, (count, 1))
        worths = np.zeros((count, self.size**2))
        np.put_along_axis(worths, where, worth, axis=1)
        worths = worths.reshape(walls.shape)
        return Mazes(walls & (worths == 0), worths)


def snake(size=9, worth=0.8):
    """One maze that is one corridor, row after row there and back, with the goal at its end: (size² + 2 size − 3)/2
    steps from the first cell. ValueError unless the size is odd, at least 3."""
    _whole("size", size, 3)
    if size % 2 == 0:
        raise ValueError(f"size must be odd, got {size}")
    walls = np.zeros((1, size, size), bool)
    walls[0, 1::2] = True
    walls[0, 1::4, -1] = walls[0, 3::4, 0] = False
    worths = np.zeros(walls.shape)
    worths[0, -1, -1 if size % 4 == 1 else 0] = worth
    return Mazes(walls, worths)


# --- what is exactly so --------------------------------------------------------------------------------------


def optimum(mazes, discount, sweeps=None, start=None):
    """Worth of the best walk from every cell, (count,), by value iteration: V ← max over moves of γ V(where it ends).

    sweeps: so many; None: until nothing changes, which is exact. start: values (count,) to go on from, instead of the
    goals' worths alone. ValueError unless 0 < discount ≤ 1.
    """
    _discount(discount)
    values, done = mazes.worth if start is None else np.asarray(start, float), 0
    while sweeps is None or done < sweeps:
        following = np.where(mazes.goal, mazes.worth, discount * values[mazes.target].max(axis=0))
        if np.array_equal(values, following):
            break
        values, done = following, done + 1
    return values


def distances(mazes, ends, shut=None):
    """Steps from every cell to the nearest of the cells `ends`, a mask (count,); inf where no way leads there.

    shut: a mask of cells that no way may pass through, though it may end there.
    """
    steps = np.where(ends, 0.0, np.inf)
    while True:
        following = 1 + steps[mazes.target].min(axis=0)
        if shut is not None:
            following[shut] = np.inf
        following[ends] = 0
        if np.array_equal(steps, following):
            return steps
        steps = following


def crow_flies(mazes, ends):
    """Steps from every cell to its maze's one cell of the mask `ends` if there were no walls. ValueError unless each
    maze has just one."""
    (at,) = np.nonzero(ends)
    if not np.array_equal(mazes.maze[at], np.arange(len(mazes))):
        raise ValueError(f"ends must be one cell of each of {len(mazes)} mazes, got {len(at)} cells")
    return sum(abs(place - place[at][mazes.maze]) for place in (mazes.row, mazes.column))


def follow(mazes, moves):
    """Where walks end that take at each cell its move, a number of 0 to 3: (end (count,), steps (count,)).

    A walk that never meets a goal has inf steps, and any cell of its loop as its end. Of n steps at a time the book is
    kept, n doubled until no walk to a goal can be longer.
    """
    here = np.arange(mazes.count)
    end, steps = np.where(mazes.goal, here, mazes.target[moves, here]), np.where(mazes.goal, 0.0, 1.0)
    for _ in range(int(np.prod(mazes.walls.shape[1:])).bit_length()):
        end, steps = end[end], steps + steps[end]
    return end, np.where(mazes.goal[end], steps, np.inf)


def earned(mazes, moves, discount):
    """Discounted worth of the walks that take these moves, (count,); 0 where no goal is met."""
    _discount(discount)
    end, steps = follow(mazes, moves)
    met = np.isfinite(steps)
    return np.where(met, mazes.worth[end] * discount ** np.where(met, steps, 0), 0.0)
