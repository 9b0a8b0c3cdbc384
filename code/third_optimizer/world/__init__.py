"""The world: what a model or an optimizer faces."""

from .bandits import Bandits, Games, tosses
from .landscapes import Landscape, bowl, needle, noisy, valley, volcano
from .marks import CoinAndFlag, MarkedMazes
from .mazes import MOVES, Mazes, RandomMazes, crow_flies, distances, earned, follow, optimum, snake
from .parities import Parity
from .regression import Prompts, Regression, error

__all__ = [
    "MOVES",
    "Bandits",
    "CoinAndFlag",
    "Games",
    "Landscape",
    "MarkedMazes",
    "Mazes",
    "Parity",
    "Prompts",
    "RandomMazes",
    "Regression",
    "bowl",
    "crow_flies",
    "distances",
    "earned",
    "error",
    "follow",
    "needle",
    "noisy",
    "optimum",
    "snake",
    "tosses",
    "valley",
    "volcano",
]
