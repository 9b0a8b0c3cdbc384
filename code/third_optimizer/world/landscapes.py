"""Loss landscapes a ball can roll on: plain functions with their gradients."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Landscape:
    """value(x) -> float and gradient(x) -> array, for x of shape (n,); minimum: where it is lowest.

    `objective(x, rng)` returns both, as `base.train` wants them.
    """

    name: str
    value: Callable
    gradient: Callable
    minimum: np.ndarray
    noise: float = 0.0

    def objective(self, x, rng=None):
        """(value, gradient) at x; the gradient with normal noise of this landscape's size, if any."""
        gradient = self.gradient(x)
        if self.noise:
            if rng is None:
                raise ValueError(f"{self.name} has noisy gradients and needs rng, a numpy.random.Generator; got None")
            gradient = gradient + self.noise * rng.normal(size=np.shape(x))
        return self.value(x), gradient


def bowl(curvatures=(1.0, 100.0), angle=0.0):
    """f(x) = ½ Σ λᵢ xᵢ², with the axes turned by `angle` radians (two curvatures only).

    curvatures: one or more finite numbers above 0; angle: finite. ValueError otherwise.
    """
    curvatures = np.atleast_1d(np.asarray(curvatures, float))
    if curvatures.ndim != 1 or not curvatures.size or not (np.isfinite(curvatures).all() and (curvatures > 0).all()):
        raise ValueError(f"curvatures must be one or more finite numbers above 0, got {curvatures}")
    if not np.isfinite(angle):
        raise ValueError(f"angle must be a finite number of radians, got {angle}")
    hessian = np.diag(curvatures)
    if angle:
        if len(curvatures) != 2:
            raise ValueError(f"angle must be 0 unless there are two curvatures, got {angle} with {len(curvatures)}")
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        hessian = turn @ hessian @ turn.T
    return Landscape(
        f"bowl with curvatures {', '.join(f'{c:g}' for c in curvatures)}",
        value=lambda x: 0.5 * x @ hessian @ x,
        gradient=lambda x: hessian @ x,
        minimum=np.zeros(len(curvatures)),
    )


def valley():
    """Rosenbrock's curved valley, f(x, y) = (1 − x)² + 100 (y − x²)² (Rosenbrock 1960)."""
    return Landscape(
        "Rosenbrock's valley",
        value=lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2,
        gradient=lambda p: np.array([-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)]),
        minimum=np.ones(2),
    )


def volcano(rim=1.0, moat=4.0, curvature=12.0):
    """A round mountain with a crater: the deepest place, and most rain runs off the other way.

    Within `rim` of the middle a bowl, ½ λ ρ² − depth; outside it the flank, which falls to a moat at distance `moat`,
    ½ (ρ − moat)². The two meet at the rim, so depth = ½ λ rim² − ½ (moat − rim)², which must be above 0: ValueError
    otherwise. value and gradient take x of any shape (..., n), for any n, and value gives (...).
    """
    if not 0 < rim < moat < np.inf:
        raise ValueError(f"rim must be above 0 and below moat = {moat:g}, got {rim}")
    depth = (curvature * rim**2 - (moat - rim) ** 2) / 2
    if not 0 < depth < np.inf:
        raise ValueError(f"curvature must be finite and above {((moat - rim) / rim) ** 2:g}, got {curvature}")

    def value(x):
        away = np.linalg.norm(x, axis=-1)
        return np.where(away < rim, curvature * away**2 / 2 - depth, (away - moat) ** 2 / 2)

    def gradient(x):
        away = np.linalg.norm(x, axis=-1, keepdims=True)
        return x * np.where(away < rim, curvature, 1 - moat / np.maximum(away, rim))

    return Landscape("volcano", value, gradient, minimum=np.zeros(2))


def needle(radius=0.1):
    """A plain, 0 everywhere, with a hole of this radius in the middle, −1: no slope anywhere. Shapes as of the volcano.

    ValueError unless the radius is finite and above 0.
    """
    if not 0 < radius < np.inf:
        raise ValueError(f"radius must be a finite number above 0, got {radius}")
    return Landscape(
        "needle",
        value=lambda x: np.where(np.linalg.norm(x, axis=-1) < radius, -1.0, 0.0),
        gradient=lambda x: np.zeros_like(x),
        minimum=np.zeros(2),
    )


def noisy(landscape, sigma):
    """`landscape` whose gradients carry independent normal noise of standard deviation `sigma` ≥ 0."""
    if not 0 <= sigma < np.inf:
        raise ValueError(f"sigma must be a finite number, at least 0, got {sigma}")
    return Landscape(f"noisy {landscape.name}", landscape.value, landscape.gradient, landscape.minimum, float(sigma))
