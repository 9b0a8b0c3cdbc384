"""Checkers of chapter 12: one function an exercise. Each names the mistake it sees."""

import math

import numpy as np

from third_optimizer.meta import chance_of_a_hit
from third_optimizer.view.questions.exercises import right, tried, wrong


def credit(answer):
    for share_all, share_offered, tries in ((1 / 64, 1 / 4, 16), (0.05, 0.4, 60), (0.2, 0.1, 8)):
        space, search = tried(answer(share_all, share_offered, tries))
        expected = math.log2(share_offered / share_all), math.log2(tries)
        case = f"For shares {share_all:g} and {share_offered:g} and {tries} tries"
        if np.isclose(space, expected[0]) and np.isclose(search, expected[1]):
            continue
        if np.isclose(space, expected[0] * math.log(2)) or np.isclose(search, math.log(tries)):
            return wrong(f"{case}: bits are counted with log₂, to the base 2; yours is another logarithm.")
        if np.isclose(space, -expected[0]):
            return wrong(
                f"{case}: the sign is the wrong way round. A choice after which more designs will do is "
                "worth a positive number of bits."
            )
        if np.isclose(space, expected[0]) and np.isclose(search, tries):
            return wrong(f"{case}: {tries} tries are not {tries} bits. They choose one of {tries}.")
        return wrong(
            f"{case} we expected {expected[0]:.3g} and {expected[1]:.3g}, you gave {space:.3g} and {search:.3g}."
        )
    return right(
        "On three cases your shares of the credit are ours; in the last one the engineer took away "
        "what would have worked."
    )


def life(answer):
    for open_genes, trials in ((3, 5), (10, 1000), (0, 7), (6, 1)):
        given, expected = float(tried(answer(open_genes, trials))), float(chance_of_a_hit(open_genes, trials))
        case = f"For {open_genes} open genes and {trials} trials"
        if np.isclose(given, expected):
            continue
        if np.isclose(given, trials * 0.5**open_genes):
            return wrong(f"{case} you say {given:.3g}. Chances of trials do not add: two of them may hit.")
        if np.isclose(given, 1 - expected):
            return wrong(f"{case}: that is the chance that all trials miss.")
        if np.isclose(given, 0.5**open_genes):
            return wrong(f"{case}: that is the chance of only one trial.")
        return wrong(f"{case} we expected {expected:.4g}, you gave {given:.4g}.")
    return right("Your chance is the package’s, on four individuals.")
