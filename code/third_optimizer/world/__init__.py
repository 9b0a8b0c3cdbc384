"""The world: what a model or an optimizer faces."""

from .landscapes import Landscape, bowl, noisy, valley
from .mazes import MOVES, Mazes, RandomMazes, crow_flies, distances, earned, follow, optimum, snake
from .regression import Prompts, Regression, error

__all__ = [
    "MOVES",
    "Landscape",
    "Mazes",
    "Prompts",
    "RandomMazes",
    "Regression",
    "bowl",
    "crow_flies",
    "distances",
    "earned",
    "error",
    "follow",
    "noisy",
    "optimum",
    "snake",
    "valley",
]
