"""Descent on a quadratic bowl in closed form: what `base` must do there, known without running it.

On f(x) = ½ λ x² every rule below is linear, so a step multiplies the distance (or the pair of
distance and last distance) by a fixed factor (or matrix). Polyak (1964), "Some methods of speeding
up the convergence of iteration methods", has the rates; Goh (2017), "Why Momentum Really Works",
tells them beautifully.
"""

import numpy as np


def _above(name, value, low=0.0):
    if not (np.isfinite(value) and value > low):
        raise ValueError(f"{name} must be a finite number above {low:g}, got {value}")


def _whole(name, value):
    if not (isinstance(value, int | np.integer) and value >= 0):
        raise ValueError(f"{name} must be a whole number, at least 0, got {value!r}")


def _curvatures(low, high):
    _above("low", low)
    if not low <= high < np.inf:
        raise ValueError(f"high must be a finite number, at least low = {low:g}, got {high}")


def _momentum(value):
    if not 0 <= value < 1:
        raise ValueError(f"momentum must be at least 0 and below 1, got {value}")


def largest_stable_step(high):
    """The learning rate at which the direction of curvature `high` no longer shrinks: 2/λ."""
    _above("high", high)
    return 2 / high


def contraction(curvatures, learning_rate):
    """What one step of gradient descent leaves of the distance, slowest direction: max |1 − η λ|."""
    return float(np.abs(1 - learning_rate * np.asarray(curvatures, float)).max())


def best_step(low, high, momentum=0):
    """The learning rate that shrinks the slowest direction most at this momentum: 2 (1 + β)/(λ_min + λ_max).

    low, high: smallest and largest curvature, 0 < low ≤ high; 0 ≤ β < 1; ValueError otherwise. There both
    extreme directions shrink alike, without momentum by (κ − 1)/(κ + 1) a step, κ = high/low.
    """
    _curvatures(low, high)
    _momentum(momentum)
    return 2 * (1 + momentum) / (low + high)


def descent_path(start, curvatures, learning_rate, steps):
    """Gradient descent in closed form: x_t = (1 − η λ)^t x_0. Shape (steps + 1, n)."""
    _whole("steps", steps)
    factor = 1 - learning_rate * np.asarray(curvatures, float)
    return np.asarray(start, float) * factor ** np.arange(steps + 1)[:, None]


def heavy_ball_matrix(curvature, learning_rate, momentum):
    """The 2 × 2 matrix that takes (x_t, x_{t−1}) to (x_{t+1}, x_t): [[1 + β − η λ, −β], [1, 0]]."""
    return np.array([[1 + momentum - learning_rate * curvature, -momentum], [1.0, 0.0]])


def spectral_radius(curvature, learning_rate, momentum):
    """The rate at which heavy ball shrinks one direction in the long run: the largest |eigenvalue|.

    The eigenvalues solve r² − (1 + β − η λ) r + β = 0. Complex ones have |r| = √β, whatever λ.
    """
    trace = 1 + momentum - learning_rate * curvature
    root = np.sqrt(complex(trace * trace - 4 * momentum))
    return float(max(abs(trace + root), abs(trace - root)) / 2)


def heavy_ball_path(start, curvatures, learning_rate, momentum, steps):
    """Heavy ball from rest, by powers of its matrix. Shape (steps + 1, n)."""
    _whole("steps", steps)
    columns = []
    for x, curvature in zip(np.atleast_1d(start), np.atleast_1d(curvatures), strict=True):
        matrix, pair = heavy_ball_matrix(curvature, learning_rate, momentum), np.array([x, x], float)
        columns.append([x] + [(np.linalg.matrix_power(matrix, t) @ pair)[0] for t in range(1, steps + 1)])
    return np.array(columns, float).T


def largest_stable_heavy_ball_step(high, momentum):
    """Heavy ball stays stable below η = 2 (1 + β)/λ: momentum makes room for longer steps.

    ValueError unless 0 ≤ β < 1: from 1 on no step is stable.
    """
    _above("high", high)
    _momentum(momentum)
    return 2 * (1 + momentum) / high


def best_heavy_ball(low, high):
    """(learning rate, momentum, rate) with the smallest spectral radius over [low, high].

    η = (2/(√L + √μ))², β = ((√κ − 1)/(√κ + 1))², rate √β (Polyak 1964). The rate is asymptotic:
    at these values the matrix has a double eigenvalue, and the path first moves away.
    """
    _curvatures(low, high)
    root = np.sqrt(high / low)
    momentum = ((root - 1) / (root + 1)) ** 2
    return (2 / (np.sqrt(low) + np.sqrt(high))) ** 2, momentum, np.sqrt(momentum)


def steps_to(rate, factor):
    """Steps until a distance that shrinks by `rate` a step is `factor` of itself: ⌈ln factor/ln rate⌉.

    ValueError unless 0 < rate < 1 and 0 < factor < 1.
    """
    for name, value in (("rate", rate), ("factor", factor)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must be above 0 and below 1, got {value}")
    return int(np.ceil(np.log(factor) / np.log(rate) - 1e-12))


def noise_floor(curvature, learning_rate, sigma):
    """Variance at which gradient descent settles when the gradient has noise of deviation σ.

    x ← (1 − ηλ) x − η σ ξ has the stationary variance η σ²/(λ (2 − η λ)). ValueError unless the
    step is stable, 0 < η λ < 2, and σ ≥ 0.
    """
    _above("curvature", curvature)
    if not 0 <= sigma < np.inf:
        raise ValueError(f"sigma must be a finite number, at least 0, got {sigma}")
    if not 0 < learning_rate * curvature < 2:
        raise ValueError(
            f"learning_rate must be above 0 and below 2/curvature = {2 / curvature:g}, got {learning_rate}"
        )
    return learning_rate * sigma**2 / (curvature * (2 - learning_rate * curvature))


def adam_first_step(gradient, learning_rate, eps=1e-8):
    """Adam's first step, −η g/(|g| + ε): the learning rate in every direction, whatever the slope.

    ValueError unless η, ε > 0.
    """
    _above("learning_rate", learning_rate)
    _above("eps", eps)
    gradient = np.asarray(gradient, float)
    return -learning_rate * gradient / (np.abs(gradient) + eps)
