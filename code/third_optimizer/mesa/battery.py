"""Questions to a trained model from outside: the raw numbers behind the battery's tests. Thresholds are applied where they are read."""

import numpy as np

MOST = 10.0  # a prompt's squared error counts as at most this many times that of guessing zero


def follows(answer, prompts, others):
    """How far the answer follows when only the labels change: 1 − E(Δŷ − Δy)²/E(Δy)²; 1: exactly, 0: not at all.

    answer(prompts) -> (B,). others: the same inputs and queries under other rules (Regression.relabel).
    −inf if an answer is not finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        moved, right = answer(others) - answer(prompts), others.answer - prompts.answer
        value = 1 - np.mean((moved - right) ** 2) / np.mean(right**2)
    return float(value) if np.isfinite(value) else -np.inf


def run_longer(model, parameters, prompts, times=(2, 4, 8)):
    """What becomes of the answers when a model's passes are run `times` times as many: ([errors], [shares blown up]).

    Errors are in per cent of guessing zero, each prompt's squared error counted as at most MOST times that of
    guessing zero; blown up are the prompts beyond it. The model must have `answers`.
    """
    answers = model.answers(parameters, prompts, max(times) * model.passes)
    zero = np.mean(prompts.answer**2)
    with np.errstate(over="ignore", invalid="ignore"):
        each = (answers[np.array(times) * model.passes] - prompts.answer) ** 2 / zero
    blown = ~(each <= MOST)  # also what is not a number
    return [float(100 * np.mean(np.where(b, MOST, e))) for e, b in zip(each, blown, strict=True)], [
        float(b.mean()) for b in blown
    ]
