"""The meta-optimizer: designs, running them, searching over them, and the log of what was tried."""

from .design import DIALS, Design, Dial, Space
from .grid import ATLAS_SPACE, CONFIRM, DIAL_SEEDS, DIAL_SPACE, SEEDS, Grid, train_grid
from .log import Entry, Log
from .plasticity import PLASTIC, RIGID, chance_of_a_hit, chance_of_a_newcomer, evolve
from .recipe import Stage, train_in_stages
from .running import WORLD, Outcome, par, run
from .search import SEARCHES, Try, bayesian, best_by_try, best_so_far, climb, halve, players, random_search, spent, tpe
from .store import Maker, Store

__all__ = [
    "ATLAS_SPACE",
    "CONFIRM",
    "DIALS",
    "DIAL_SEEDS",
    "DIAL_SPACE",
    "PLASTIC",
    "RIGID",
    "SEARCHES",
    "SEEDS",
    "WORLD",
    "Design",
    "Dial",
    "Entry",
    "Grid",
    "Log",
    "Maker",
    "Outcome",
    "Space",
    "Stage",
    "Store",
    "Try",
    "bayesian",
    "best_by_try",
    "best_so_far",
    "chance_of_a_hit",
    "chance_of_a_newcomer",
    "climb",
    "evolve",
    "halve",
    "par",
    "players",
    "random_search",
    "run",
    "spent",
    "tpe",
    "train_grid",
    "train_in_stages",
]
