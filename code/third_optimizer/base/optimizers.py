"""Optimizers as pairs of functions, `init` and `update`.

    state = optimizer.init(parameters)
    step, state = optimizer.update(gradient, state)
    parameters = parameters + step

A hand-made rule and a learned one have the same two functions, so one training loop serves both.
Parameters and gradients are float arrays of one shape, whatever it is.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Optimizer(NamedTuple):
    """init(parameters) -> state; update(gradient, state) -> (step, state). Neither changes its arguments."""

    init: Callable
    update: Callable


def _between(name, value, low, high, words):
    if not low <= value < high:  # also refuses nan
        raise ValueError(f"{name} must be {words}, got {value}")


def _positive(name, value):
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be a finite number above 0, got {value}")


def gradient_descent(learning_rate):
    """Plain gradient descent: step = −η g. ValueError unless η is finite and above 0."""
    _positive("learning_rate", learning_rate)
    return Optimizer(init=lambda parameters: None, update=lambda gradient, state: (-learning_rate * gradient, None))


def momentum(learning_rate, momentum=0.9):
    """Heavy ball: v ← β v − η g, step = v (Polyak 1964). The state is v, at first 0.

    ValueError unless η > 0 and 0 ≤ β < 1.
    """
    _positive("learning_rate", learning_rate)
    _between("momentum", momentum, 0, 1, "at least 0 and below 1")

    def update(gradient, velocity):
        velocity = momentum * velocity - learning_rate * gradient
        return velocity, velocity

    return Optimizer(init=np.zeros_like, update=update)


class AdamState(NamedTuple):
    """t: steps taken; mean, square: running averages of g and g²."""

    t: int
    mean: np.ndarray
    square: np.ndarray


def adam(learning_rate, b1=0.9, b2=0.999, eps=1e-8):
    """Adam with bias correction (Kingma and Ba 2015, algorithm 1): step = −η m̂ / (√v̂ + ε).

    ValueError unless η, ε > 0 and 0 ≤ β₁, β₂ < 1.
    """
    _positive("learning_rate", learning_rate)
    _positive("eps", eps)
    _between("b1", b1, 0, 1, "at least 0 and below 1")
    _between("b2", b2, 0, 1, "at least 0 and below 1")

    def init(parameters):
        return AdamState(0, np.zeros_like(parameters), np.zeros_like(parameters))

    def update(gradient, state):
        t = state.t + 1
        mean = b1 * state.mean + (1 - b1) * gradient
        square = b2 * state.square + (1 - b2) * gradient**2
        corrected_mean, corrected_square = mean / (1 - b1**t), square / (1 - b2**t)
        step = -learning_rate * corrected_mean / (np.sqrt(corrected_square) + eps)
        return step, AdamState(t, mean, square)

    return Optimizer(init, update)


def clip(optimizer, max_norm):
    """`optimizer` fed gradients whose Euclidean norm is at most `max_norm`, their direction kept
    (Pascanu, Mikolov and Bengio 2013, algorithm 1). ValueError unless max_norm > 0.
    """
    _positive("max_norm", max_norm)

    def update(gradient, state):
        norm = np.linalg.norm(gradient)
        return optimizer.update(gradient * (max_norm / norm) if norm > max_norm else gradient, state)

    return Optimizer(optimizer.init, update)


def weighted(optimizer, weights):
    """`optimizer` with each number's steps times its own weight: another learning rate for each, once the gradient
    has been looked at as a whole. weights: of the parameters' shape. ValueError unless finite and at least 0."""
    weights = np.asarray(weights, float)
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ValueError(f"weights must be finite and at least 0, got {weights}")

    def update(gradient, state):
        step, state = optimizer.update(gradient, state)
        return weights * step, state

    return Optimizer(optimizer.init, update)


def fade(optimizer, steps):
    """`optimizer` with whole steps for the first half of `steps`, then ever shorter ones, along a straight line to zero
    at the end. ValueError unless steps is a whole number, at least 1."""
    if not (isinstance(steps, int | np.integer) and steps >= 1):
        raise ValueError(f"steps must be a whole number, at least 1, got {steps!r}")

    def update(gradient, state):
        taken, inner = state
        step, inner = optimizer.update(gradient, inner)
        return step * min(1.0, max(0.0, 2 * (1 - taken / steps))), (taken + 1, inner)

    return Optimizer(lambda parameters: (0, optimizer.init(parameters)), update)
