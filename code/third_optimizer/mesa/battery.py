"""Questions to a trained model from outside: the raw numbers behind the battery's tests.

Thresholds are applied where the numbers are read.
"""

import numpy as np

from third_optimizer import theory
from third_optimizer.world import Regression, error

MOST = 10.0  # a prompt's squared error counts as at most this many times that of guessing zero


def follows(answer, prompts, others):
    """How far the answer follows when only the labels change: 1 − E(Δŷ − Δy)²/E(Δy)²; 1: exactly, 0: not at all.

    answer(prompts) -> (B,). others: the same inputs and queries under other rules (Regression.relabel).
    −inf if an answer is not finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return followed(answer(others) - answer(prompts), others.answer - prompts.answer)


def followed(moved, right):
    """How far what moved has moved as is right, both (B,): 1 − E(moved − right)²/E(right)²; −inf if not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
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


def one_step_rules(prompts, step=1.0):
    """The rules (B, d) that one gradient step of this length from zero infers."""
    return theory.descent_rules(prompts.inputs, prompts.labels, step)[-1]


def least_squares(prompts):
    """The rules (B, d) of least squares, with a trace of ridge that keeps a singular prompt finite."""
    return theory.ridge_rules(prompts.inputs, prompts.labels, 1e-6)


def cosine(one, other):
    """Mean cosine between two lists of rules, both (B, d)."""
    length = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return float(np.mean((one * other).sum(axis=1) / np.maximum(length, 1e-300)))


def beside_one_step(model, parameters, world, prompts):
    """A trained model beside the best single gradient step, on the same prompts of `world`.

    step: the step length that fits its inferred rules best. excess: its error less the step's, in shares of the step's
    (a paired difference, so luck with the prompts falls out). cosine: mean cosine of their rules. The model must have
    `sensitivity`.
    """
    best = theory.best_single_step(world.examples, world.dimension, *world.moments, world.noise)
    unit, rules = one_step_rules(prompts), model.sensitivity(parameters, prompts)
    ours, its = (
        ((answers - prompts.answer) ** 2).mean()
        for answers in (model.answer(parameters, prompts), best * (unit * prompts.query).sum(axis=1))
    )
    left = theory.single_step_error(best, world.examples, world.dimension, *world.moments, world.noise)
    return {
        "step": (rules * unit).sum() / (unit**2).sum(),
        "excess": (ours - its) / (left * world.answer_variance),
        "cosine": cosine(rules, unit),
    }


def profile(answer, slope, prompts):
    """What a learner does with prompts of a world without noise.

    answer(prompts) -> (B,); slope(prompts) -> (B, d), how its answer changes with the query. Returns error (per cent of
    guessing zero), step and exact (mean cosine of its rules with one gradient step's and with least squares'), follows
    (swapped labels: see `follows`).
    """
    swapped = Regression(prompts.query.shape[1]).relabel(prompts, np.random.default_rng(77))
    with np.errstate(invalid="ignore"):
        return {
            "error": error(answer(prompts), prompts),
            "step": cosine(slope(prompts), one_step_rules(prompts)),
            "exact": cosine(slope(prompts), least_squares(prompts)),
            "follows": follows(answer, prompts, swapped),
        }


def recovered(answers, prompts, push, passes, times=(0, 1, 2, 3, 4)):
    """What is left of a push after `times` · passes further passes, (times,): E(ŷ_pushed − ŷ)²/E(push)², where a prompt
    counts as at most MOST times the push.

    answers(prompts, passes, push) -> (passes + 1, B), as the models that loop have it. push: rules (B, d), by which
    what they have inferred after `passes` is moved. The first number is 1.
    """
    after, last = np.array(times) * passes, (1 + max(times)) * passes
    with np.errstate(over="ignore", invalid="ignore"):
        apart = (answers(prompts, last, (passes, push)) - answers(prompts, last, None))[passes:] ** 2
        apart = apart / apart[0].mean()
    return np.where(apart <= MOST, apart, MOST)[after].mean(axis=1)


def disagreement(one, other, prompts):
    """How far two lists of answers are apart: E(one − other)², of which guessing zero has 1 on these prompts, a prompt
    counting as at most MOST."""
    with np.errstate(over="ignore", invalid="ignore"):
        each = (one - other) ** 2 / np.mean(prompts.answer**2)
    return float(np.where(each <= MOST, each, MOST).mean())
