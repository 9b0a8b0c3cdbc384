"""Checkers of chapter 6: one function an exercise. Each names the mistake it sees."""

import numpy as np

from third_optimizer.view.questions.exercises import right, tried, wrong


def weigh(answer):
    for misses, noise in (([1.0, 2.0], 0.5), ([0.3, 0.1, 0.9], 0.8)):
        given = np.asarray(tried(answer(misses, noise)), float)
        if given.shape != (len(misses),):
            return wrong(f"There are {len(misses)} rules, so {len(misses)} weights; yours have shape {given.shape}.")
        likely = np.exp(-np.asarray(misses) / (2 * noise**2))
        if np.allclose(given, likely / likely.sum()):
            continue
        if np.allclose(given, likely):
            return wrong("Each is as likely as that. But weights must sum to 1: divide by their sum.")
        if np.allclose(given, likely**2 / (likely**2).sum()):
            return wrong("Twice too sure: a normal density has half of it, m/2s², in its exponent.")
        if np.argmax(given) == np.argmax(misses):
            return wrong("You believe most in the rule that misses most. Mind the sign.")
        return wrong(f"At misses {misses} and noise {noise} we expected {likely / likely.sum()}, got {given}.")
    return right("Tried with two rules and with three.")
