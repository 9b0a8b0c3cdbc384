"""What choosing the best of several blind draws can do: urns and the largest of normal numbers."""

import numpy as np
from scipy.special import ndtr

from .descent import _above, _whole


def _check(designs, tries):
    for name, value in (("designs", designs), ("tries", tries)):
        _whole(name, value)
        _above(name, value)
    if tries > designs:
        raise ValueError(f"tries must be at most the number of designs, {designs}, got {tries}")


def blind_chance(good, designs, tries):
    """(tries,) chance that one or more of the first 1, 2, ... blind draws, none drawn twice, is among the `good`.

    The hypergeometric distribution's: all of n draws miss with chance ∏ (designs − good − j) / (designs − j), j < n.
    """
    _check(designs, tries)
    if not 0 <= good <= designs:
        raise ValueError(f"good must be a number from 0 to {designs}, got {good}")
    left = designs - np.arange(tries)
    return 1 - np.cumprod(np.maximum(left - good, 0) / left)


def rank_chances(designs, tries):
    """Chance that the best of `tries` blind draws, none drawn twice, is the design of rank 1, 2, ..., (designs,).

    Rank r wins if it is drawn and all of rank above it are not: C(designs − r, tries − 1) / C(designs, tries).
    """
    _check(designs, tries)
    better = np.arange(designs)  # designs of a better rank
    none_better = np.ones(designs)  # chance that none of them is drawn
    none_better[1:] = np.cumprod(np.maximum(designs - tries - better[:-1], 0) / (designs - better[:-1]))
    return none_better - np.append(none_better[1:], 0.0)


def expected_maximum(count):
    """Mean of the largest of `count` independent standard normal numbers: ∫ x d Φ(x)^n, by quadrature over (−9, 9).

    Φ(x)^n is the chance that all n lie below x. To about six digits.
    """
    _whole("count", count)
    _above("count", count)
    x = np.linspace(-9, 9, 18_001)
    largest = ndtr(x) ** int(count)
    return float(np.sum((x[1:] + x[:-1]) / 2 * np.diff(largest)))
