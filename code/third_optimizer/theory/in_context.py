"""Learning a linear rule from a prompt: what one step of gradient descent can do, in closed form, and the
reference predictors to compare a trained model with.

Inputs are N independent draws of d independent coordinates with mean 0, variance σ² and fourth moment m₄;
labels are w·x plus noise of deviation s; rules w have independent coordinates of mean 0 and one variance.
The second moments below follow from E[(xxᵀ)²] = (m₄ + (d−1)σ⁴) I. Arrays: inputs (B, N, d), labels (B, N),
query (B, d); answers (B,), rules (B, d).
"""

import numpy as np
from scipy.optimize import minimize

from .descent import _above, _whole


def _check(examples, dimension, variance, fourth_moment, noise):
    for name, value in (("examples", examples), ("dimension", dimension)):
        _whole(name, value)
        _above(name, value)
    _above("variance", variance)
    if not fourth_moment >= variance**2 * (1 - 1e-12):
        raise ValueError(f"fourth_moment must be at least variance² = {variance**2:g}, got {fourth_moment}")
    if not 0 <= noise < np.inf:
        raise ValueError(f"noise must be a finite number, at least 0, got {noise}")


def _spread(examples, dimension, variance, fourth_moment, noise):
    """What multiplies η² in the error: E[S²] for S = (1/N) Σ xxᵀ, plus the labels' noise, in units of (rule)²."""
    return (fourth_moment + (examples + dimension - 2) * variance**2 + variance * noise**2) / examples


def best_single_step(examples, dimension, variance, fourth_moment, noise=0.0):
    """The best step length η of one gradient step from zero on the prompt's half mean squared error.

    η* = N σ² / (m₄ + (N + d − 2) σ⁴ + σ² s²), s in units of the rules' deviation. For Gaussian inputs it is the
    optimum of Ahn et al. 2023 (arXiv:2306.00297, theorem 1) and Zhang, Frei and Bartlett 2023 (arXiv:2306.09927).
    """
    _check(examples, dimension, variance, fourth_moment, noise)
    return variance / _spread(examples, dimension, variance, fourth_moment, noise)


def single_step_error(step, examples, dimension, variance, fourth_moment, noise=0.0, scale=1.0):
    """Squared error of one gradient step of length `step`, over the answer's variance (1 = guessing zero).

    1 − 2ησ² + η²(m₄ + (N+d−2)σ⁴ + σ²s²)/N. `scale` multiplies the inputs of the whole prompt, the query's too:
    σ² and m₄ become c²σ² and c⁴m₄ and the error counts against the new variance. The answer is without noise.
    """
    _check(examples, dimension, variance, fourth_moment, noise)
    _above("scale", scale)
    variance, fourth_moment = variance * scale**2, fourth_moment * scale**4
    return 1 - 2 * step * variance + step**2 * _spread(examples, dimension, variance, fourth_moment, noise)


def break_even_scale(step, examples, dimension, variance, fourth_moment):
    """How far inputs may be stretched until a step of frozen length is no better than guessing zero (no noise).

    1 − 2ησ²c² + η²κc⁴ = 1 at c² = 2σ²/(ηκ), κ = (m₄ + (N+d−2)σ⁴)/N. At the best step for these inputs c = √2
    whatever N and d.
    """
    _check(examples, dimension, variance, fourth_moment, 0.0)
    _above("step", step)
    return float(np.sqrt(2 * variance / (step * _spread(examples, dimension, variance, fourth_moment, 0.0))))


def best_preconditioner(covariance, examples):
    """Γ of the best single step ŷ = xᵀ Γ (1/N) Σ xᵢyᵢ for Gaussian inputs of this covariance Λ (d, d), rules
    of covariance I: Γ = ((1 + 1/N) Λ + tr(Λ)/N · I)⁻¹ (Ahn et al. 2023, theorem 1; Zhang, Frei,
    Bartlett 2023, eq. 4.3).
    """
    covariance = np.asarray(covariance, float)
    if covariance.ndim != 2 or covariance.shape[0] != covariance.shape[1]:
        raise ValueError(f"covariance must be a square matrix, got shape {covariance.shape}")
    _whole("examples", examples)
    _above("examples", examples)
    return np.linalg.inv((1 + 1 / examples) * covariance + np.trace(covariance) / examples * np.eye(len(covariance)))


def descent_rules(inputs, labels, step, steps=1):
    """Gradient descent from zero on the prompt's half mean squared error: the rules after 0 ... `steps` steps,
    (steps+1, B, d)."""
    _whole("steps", steps)
    rule = np.zeros((inputs.shape[0], inputs.shape[2]))
    rules = [rule]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            left = labels - np.einsum("bnd,bd->bn", inputs, rule)
            rule = rule + step * np.einsum("bnd,bn->bd", inputs, left) / inputs.shape[1]
            rules.append(rule)
    return np.array(rules)


def ridge_rules(inputs, labels, penalty):
    """Ridge regression, w = (XᵀX + penalty·I)⁻¹Xᵀy, (B, d): the best possible guess for normal rules when
    penalty = (noise over the rules' deviation)². penalty 0: least squares of smallest norm."""
    if not 0 <= penalty < np.inf:
        raise ValueError(f"penalty must be a finite number, at least 0, got {penalty}")
    if penalty == 0:
        return np.einsum("bdn,bn->bd", np.linalg.pinv(inputs), labels)
    gram = inputs.transpose(0, 2, 1) @ inputs + penalty * np.eye(inputs.shape[2])
    return np.linalg.solve(gram, np.einsum("bnd,bn->bd", inputs, labels)[:, :, None])[:, :, 0]


def several_steps_error(steps, curvatures):
    """Squared error of gradient steps of these lengths from zero, over the answer's variance (no noise).

    curvatures: eigenvalues of the prompts' (1/N) Σ xxᵀ, any shape, their directions being all alike to rules and
    queries. A step of length η leaves the share 1 − ηλ of what is missing along a direction: mean of ∏ (1 − ηλ)².
    """
    left = np.ones_like(np.asarray(curvatures, float))
    with np.errstate(over="ignore"):
        for step in steps:
            left = left * (1 - step * curvatures)
        return float(np.mean(left**2))


def preconditioned_factors(curvatures, step, shrink, steps):
    """[factors after 0, 1, ... `steps` steps of GD++], each of the curvatures' shape: along an axis of curvature λ the
    inferred rule is the factor times the pull Σ xy/N there (von Oswald et al. 2022, section 3).

    A step leaves the share 1 − ηλ of what is missing and then takes x to (1 − γλ) x, so that the next one meets the
    curvature λ(1 − γλ)². shrink γ = 0: gradient descent, (1 − (1 − ηλ)ⁿ)/λ. Where λ is 0, the limit nη.
    """
    _whole("steps", steps)
    first = now = np.asarray(curvatures, float)
    flat, left, factors = np.abs(first) < 1e-12, np.ones_like(first), [np.zeros_like(first)]
    with np.errstate(over="ignore", invalid="ignore"):
        for done in range(1, steps + 1):
            left, now = left * (1 - step * now), now * (1 - shrink * now) ** 2
            factors.append(np.where(flat, done * step, (1 - left) / np.where(flat, 1, first)))
    return factors


def best_steps(curvatures, count, equal=True):
    """(count,) step lengths that make `several_steps_error` least, found numerically from the step that is best alone;
    equal: all of one length. ValueError unless count is a whole number, at least 1."""
    _whole("count", count)
    _above("count", count)
    alone = np.mean(curvatures) / np.mean(np.square(curvatures))
    times = count if equal else 1
    start = alone * (np.ones(1) if equal else np.linspace(0.7, 1.5, count))
    return np.repeat(minimize(lambda steps: several_steps_error(list(steps) * times, curvatures), start).x, times)


def discrete_bayes_rules(inputs, labels, pool, noise):
    """The mean of the rules of `pool` (M, d), weighed by how well each explains the prompt, (B, d): the best possible
    guess if every prompt's rule is one of these, with equal chance, and labels have normal noise of deviation `noise`,
    above 0 (Raventós et al. 2023, arXiv:2306.15063, section 2: dMMSE).
    """
    _above("noise", noise)
    pool = np.asarray(pool, float)
    # of Σ (y − w·x)² only what differs between rules: a matrix of M rules for each prompt is never made
    gram = inputs.transpose(0, 2, 1) @ inputs
    products = (pool[:, :, None] * pool[:, None, :]).reshape(len(pool), -1)
    misses = gram.reshape(len(gram), -1) @ products.T - 2 * np.einsum("bnd,bn->bd", inputs, labels) @ pool.T
    weights = np.exp(-(misses - misses.min(axis=1, keepdims=True)) / (2 * noise**2))
    return (weights / weights.sum(axis=1, keepdims=True)) @ pool
