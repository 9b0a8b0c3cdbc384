"""Where a random start lands, what a step too long does, and what a float cannot hold: closed forms for chapter 3."""

import numpy as np
from scipy.special import chdtr, chndtr

from .descent import _above, _whole


def chance_within(radius, dimension, spread, away=0.0):
    """Chance that a normal start lies within `radius` of a point at distance `away` from its middle.

    The start has `dimension` independent coordinates of deviation `spread`. Then (distance/spread)² follows the
    noncentral χ² distribution with that many degrees of freedom and noncentrality (away/spread)² (Johnson, Kotz and
    Balakrishnan 1995, Continuous Univariate Distributions 2, chapter 29). ValueError unless radius, dimension and
    spread are above 0 and away at least 0.
    """
    _whole("dimension", dimension)
    for name, value in (("radius", radius), ("dimension", dimension), ("spread", spread)):
        _above(name, value)
    if not 0 <= away < np.inf:
        raise ValueError(f"away must be a finite number, at least 0, got {away}")
    reach = (radius / spread) ** 2
    return float(chndtr(reach, dimension, (away / spread) ** 2) if away else chdtr(dimension, reach))


def draws_for(chance, surely=0.5):
    """Independent draws after which one or more have hit with chance `surely`: log(1 − surely) / log(1 − chance).

    ValueError unless both lie between 0 and 1.
    """
    for name, value in (("chance", chance), ("surely", surely)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must be above 0 and below 1, got {value}")
    return float(np.log1p(-surely) / np.log1p(-chance))


def catapult_path(answer, curvature, learning_rate, width, steps):
    """(steps + 1, 2) answers f and curvatures λ of f = u·v/√n under descent on ½ f², without u and v.

    f ← f (1 − ηλ + η² f²/n) and λ ← λ + η f²/n (ηλ − 4), with λ = (|u|² + |v|²)/n (Lewkowycz et al. 2020,
    arXiv:2003.02218).
    """
    _whole("steps", steps)
    path = [(float(answer), float(curvature))]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            f, high = np.array(path[-1])
            step, push = learning_rate * high, learning_rate * f**2 / width
            path.append((f * (1 - step + learning_rate * push), high + push * (step - 4)))
    return np.array(path)


def largest_lost(kind):
    """The largest x with 1 + x = 1 in this float type: half the gap above 1, for a tie goes to the even neighbour, 1
    (IEEE 754)."""
    return float(np.finfo(kind).eps) / 2
