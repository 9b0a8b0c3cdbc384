"""The base optimizer: rules that turn gradients into steps, and the loop that applies them.

Knows neither model nor world.
"""

from .optimizers import Optimizer, adam, clip, fade, gradient_descent, momentum, weighted
from .training import Run, train

__all__ = ["Optimizer", "Run", "adam", "clip", "fade", "gradient_descent", "momentum", "train", "weighted"]
