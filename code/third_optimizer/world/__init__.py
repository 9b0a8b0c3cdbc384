"""The world: what a model or an optimizer faces."""

from .landscapes import Landscape, bowl, noisy, valley

__all__ = ["Landscape", "bowl", "noisy", "valley"]
