"""Checkers of chapter 9: one function an exercise. Each names the mistake it sees."""

import numpy as np

from third_optimizer.view.questions.exercises import right, tried, wrong


def wish(answer):
    for loudness in (3.0, 0.5, 1.7):
        sgd, adam = (float(tried(answer(loudness, rule))) for rule in ("SGD", "Adam"))
        if np.isclose(sgd, loudness**2) and np.isclose(adam, loudness):
            continue
        if np.isclose(sgd, 1) and np.isclose(adam, 1):
            return wrong("Both pay alike, but that says nothing of what they are worth to it once they part.")
        if np.isclose(sgd, 2 * loudness):
            return wrong("That adds. A number twice as large, of a flag that counts twice: the two multiply.")
        if np.isclose(sgd, adam):
            return wrong("Adam and SGD differ: Adam makes both steps equally long, whatever their slopes.")
        if np.isclose(sgd, loudness) and np.isclose(adam, 1):
            return wrong("That is the number. The flag is also seen so loud: loudness comes in once more.")
        expected = f"{loudness**2:g} for SGD and {loudness:g} for Adam"
        return wrong(f"At loudness {loudness:g} we expected {expected}, got {sgd:g} and {adam:g}.")
    return right("Tried at three loudnesses, for both rules.")
