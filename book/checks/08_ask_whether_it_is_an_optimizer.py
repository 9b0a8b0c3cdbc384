"""Checkers of chapter 8: one function an exercise. Each names the mistake it sees."""

import numpy as np

from third_optimizer.view.questions.exercises import right, tried, wrong


def paired(answer):
    for first, second in (([6, 7, 4, 8, 5], [5, 7, 3, 6, 2]), ([3.0, 9.0, 4.0], [4.0, 7.0, 1.0])):
        first, second = np.array(first, float), np.array(second, float)
        given = np.asarray(tried(answer(first, second)), float)
        if given.shape != (2,):
            return wrong(f"Two numbers are asked for, the mean and its standard error; yours have shape {given.shape}.")
        gaps, n = first - second, len(first)
        mean, error = gaps.mean(), gaps.std(ddof=1) / n**0.5
        if not np.isclose(given[0], mean):
            return wrong(f"The mean difference, first less second, is {mean:.3f} here; yours is {given[0]:.3f}.")
        if np.isclose(given[1], error):
            continue
        if np.isclose(given[1], error * n**0.5):
            return wrong("That is how far single games differ. A mean is surer: divide by the root of their number.")
        apart = ((first.var(ddof=1) + second.var(ddof=1)) / n) ** 0.5
        if np.isclose(given[1], apart):
            return wrong("That is the error of unpaired means. The luck that both share falls out of differences.")
        return wrong(f"The mean is right; its standard error should be {error:.3f}, and yours is {given[1]:.3f}.")
    return right("On two lists of games the luck that both players share falls out.")
