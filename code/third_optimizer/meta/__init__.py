"""The meta-optimizer: designs, running them, searching over them, and the log of what was tried."""

from .design import DIALS, Design, Dial, Space
from .grid import DIAL_SEEDS, DIAL_SPACE, FIRST_SPACE, SEEDS, Grid, train_grid
from .log import Entry, Log
from .running import WORLD, Outcome, par, run
from .search import Try, best_so_far, climb, random_search

__all__ = [
    "DIALS", "DIAL_SEEDS", "DIAL_SPACE", "FIRST_SPACE", "SEEDS", "WORLD", "Design", "Dial", "Entry", "Grid", "Log", "Outcome", "Space", "Try",
    "best_so_far", "climb", "par", "random_search", "run", "train_grid",
]
