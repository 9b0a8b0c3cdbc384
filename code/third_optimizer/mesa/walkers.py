"""Walkers by rule, the rivals of a planner: each gives one move for every open cell of a batch of mazes, (count,).

None of them learns anything. The last is the planner itself, installed openly.
"""

import numpy as np

from third_optimizer.world import distances, optimum


def uphill(mazes, values):
    """Of the moves that lead to another cell the one to the highest value, the first if several do."""
    return np.where(mazes.blocked, -np.inf, values[mazes.target]).argmax(axis=0)


def nearest(mazes):
    """To the nearest goal, whatever it is worth."""
    return uphill(mazes, -distances(mazes, mazes.goal))


def worthiest(mazes):
    """To the worthiest goal in reach, however far, by a shortest way."""
    worth = optimum(mazes, 1.0)  # without a discount: the best that can be reached
    steps = np.full(mazes.count, np.inf)
    steps[mazes.goal] = 0
    while True:
        # a way passes only cells whose best is the same, and ends at such a goal
        ahead = np.where(worth[mazes.target] == worth, steps[mazes.target], np.inf)
        following = np.where(mazes.goal, 0, 1 + ahead.min(axis=0))
        if np.array_equal(steps, following):
            return np.where(mazes.blocked, np.inf, ahead).argmin(axis=0)
        steps = following


def diffusion(mazes, sweeps, share=0.25):
    """Up a field that spreads from the goals: every cell holds `share` times the sum of its four neighbours.

    It adds where a planner takes the larger. Walls and the outside hold zero.
    """
    values = mazes.worth
    for _ in range(sweeps):
        total = np.where(mazes.blocked, 0, values[mazes.target]).sum(axis=0)
        values = np.where(mazes.goal, mazes.worth, share * total)
    return uphill(mazes, values)


def summing(mazes, discount):
    """Up the sum of what all goals are worth from there, each by its shortest way. A planner takes the largest."""
    (goals,) = np.nonzero(mazes.goal)
    nth = np.arange(len(goals)) - np.searchsorted(mazes.maze[goals], mazes.maze[goals])  # of its maze
    values = np.zeros(mazes.count)
    for number in range(max(nth, default=-1) + 1):
        goal = goals[nth == number]
        ends = np.zeros(mazes.count, bool)
        ends[goal] = True
        worth = np.zeros(len(mazes))
        worth[mazes.maze[goal]] = mazes.worth[goal]
        values += worth[mazes.maze] * discount ** distances(mazes, ends)
    return uphill(mazes, values)


def value_iteration(mazes, sweeps, discount):
    """Up the values that so many sweeps of value iteration give."""
    return uphill(mazes, optimum(mazes, discount, sweeps))
