"""Checkers of chapter 10: one function an exercise. Each names the mistake it sees."""

import numpy as np

from third_optimizer.view.questions.exercises import right, tried, wrong


def first_reach(answer):
    par = 40.0
    cases = {(90.0, 70.0, 41.0, 12.0, 8.0): 3, (30.0, 50.0): 1, (100.0, 43.0): 0, (60.0, 39.0, 50.0): 2}
    for scores, expected in cases.items():
        given = tried(answer(list(scores), par))
        best = int(np.argmin(scores)) + 1
        strict = next((number for number, score in enumerate(scores, start=1) if score <= par), 0)
        game = f"For {', '.join(f'{score:g}' for score in scores)} and par {par:g} you say {given!r}"
        if given == expected:
            continue
        if given == expected - 1:
            return wrong(f"{game}. Tries are counted from 1.")
        if given == strict:
            return wrong(f"{game}, the first at or below par. A score up to five per cent above it counts too.")
        if given == best:
            return wrong(f"{game}, the best try. The first that reaches par comes earlier.")
        return wrong(f"{game}; we expected {expected}.")
    return right("Your referee and ours agree on four games.")


def honest_score(answer):
    errors = np.array([[9.0, 10.0, 14.0], [3.0, 20.0, 40.0], [30.0, 5.0, 7.0]])
    expected = errors[1, 1:].mean()
    given = float(tried(answer(errors.copy())))
    if np.isclose(given, expected):
        return right(
            f"The winner was chosen by a score of {errors[1, 0]:g} and does {expected:g} on seeds "
            "that did not choose it."
        )
    if np.isclose(given, errors[1, 0]):
        return wrong(
            "That is the score the design was chosen by. Luck helped to choose it; report what the other seeds say."
        )
    if np.isclose(given, errors[1].mean()):
        return wrong("That is the mean of all seeds, the choosing one too. Leave that one out of the report.")
    if np.isclose(given, errors[:, 1:].mean(axis=1).min()):
        return wrong("You choose again by the seeds that should only report. The design is fixed by the first.")
    return wrong(f"For\n{errors}\nwe expected {expected:g}, you gave {given:g}.")
