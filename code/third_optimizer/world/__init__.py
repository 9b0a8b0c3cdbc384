"""The world: what a model or an optimizer faces."""

from .landscapes import Landscape, bowl, noisy, valley
from .regression import Prompts, Regression, error

__all__ = ["Landscape", "Prompts", "Regression", "bowl", "error", "noisy", "valley"]
