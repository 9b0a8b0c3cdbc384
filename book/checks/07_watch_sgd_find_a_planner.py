"""Checkers of chapter 7: one function an exercise. Each names the mistake it sees."""

import numpy as np

from third_optimizer.view.questions.exercises import right, tried, wrong


def implied(answer):
    for ratio, farther in ((1.9, 6), (1.3, 2)):
        given = float(tried(answer(ratio, farther)))
        if np.isclose(given, ratio ** (-1 / farther)):
            continue
        if np.isclose(given, 1 - (ratio - 1) / farther):
            return wrong(
                "That takes the same share of the first worth at each step. One step after another multiplies."
            )
        if np.isclose(given, ratio ** (1 / farther)):
            return wrong(
                "A discount above 1 would make far goals worth more. The farther goal must be worth more to be even."
            )
        if np.isclose(given, 1 / ratio):
            return wrong("That is what all steps together leave. The discount is for one step.")
        return wrong(
            f"At a ratio of {ratio} and {farther} steps we expected {ratio ** (-1 / farther):.4f}, got {given:.4f}."
        )
    return right("A ratio of 1.9 at six steps is even for a discount close to 0.9.")
