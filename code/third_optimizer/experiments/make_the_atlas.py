"""How the atlas was made: whether the game on it is in balance, whether its numbers hold, what it costs.

Errors are in per cent of guessing zero; arrays over seeds follow SEEDS.
"""

import time
from functools import cache

import numpy as np

from third_optimizer.meta import SEEDS, Grid, par, tournament
from third_optimizer.meta.grid import rounded, run_alone
from third_optimizer.meta.running import NEAR

from . import DATA

PLAYERS = 1000
EDGES = np.logspace(0, np.log10(200), 24)  # of the histogram's bins, per cent


@cache
def atlas():
    """The Grid of recorded runs: every design of the dials."""
    return Grid.load(DATA / "atlas.npz")


@cache
def searchers():
    """How the best score of each search fell on the atlas, as the board shows it (tournament.load)."""
    return tournament.load(DATA, atlas())


def reach(errors):
    """Share of errors that reach par: at most NEAR times it."""
    return np.mean(np.asarray(errors) <= NEAR * par())


def climbers_who_reach(start, seed, players=PLAYERS):
    """Share of the climbers from `start` who reach par within the game's budget."""
    return reach(tournament.lines(atlas(), "climbing", players, 1, start, seed=seed)[:, -1])


@cache
def balance(players=PLAYERS):
    """What the game's four wishes are measured by.

    practice: the start's mean; ties: designs with the lowest; fails: the start's fresh error; climbed, barren: share of
    climbers who reach par from the start, and from the first of the ties; best, reach: share of designs that iterate,
    and that reach par.
    """
    practice = atlas().means("practice").round(3)
    start, first = atlas().start(), atlas().space.designs[int(practice.argmin())]
    return {
        "practice": atlas().mean(start, "practice"),
        "ties": np.sum(practice == practice.min()),
        "fails": [atlas().outcome(start, seed).fresh for seed in SEEDS],
        "climbed": [climbers_who_reach(start, seed, players) for seed in SEEDS],
        "barren": [climbers_who_reach(first, seed, players) for seed in SEEDS],
        "best": [np.mean(atlas().iterates(seed)) for seed in SEEDS],
        "reach": [np.mean(atlas().reaches(seed)) for seed in SEEDS],
        "players": players,
        "budget": tournament.BUDGET,
        "seeds": len(SEEDS),
    }


def histogram():
    """Columns x, y, seed: how many designs have a fresh error in each bin, counted as 1 to 200."""
    counts = [np.histogram(np.clip(atlas().scores(seed), 1, 199.9), EDGES)[0] for seed in SEEDS]
    middle = np.sqrt(EDGES[:-1] * EDGES[1:])
    return {"x": np.tile(middle, len(SEEDS)), "y": np.concatenate(counts), "seed": np.repeat(SEEDS, len(middle))}


def shares():
    """Shares of the designs, one a seed: near (within ten of guessing zero), wild (from 200 on, or exploded), reach."""
    errors = [atlas().scores(seed) for seed in SEEDS]
    return {
        "near": [np.mean((one > 90) & (one < 110)) for one in errors],
        "wild": [np.mean(one >= 200) for one in errors],
        "reach": [reach(one) for one in errors],
    }


def train_again(count=10, key=12):
    """Train stable designs drawn by lot anew, with the first seed: now, stored ((count,) fresh errors), same (how many
    agree to two thousandths), seconds (of one run)."""
    steady = np.flatnonzero(atlas().columns["stable"][:, 0] == 1)
    drawn = [atlas().space.designs[i] for i in np.random.default_rng(key).choice(steady, count, replace=False)]
    began = time.perf_counter()
    now = [rounded(run_alone(design, SEEDS[0]).fresh) for design in drawn]
    seconds = (time.perf_counter() - began) / count
    stored = [atlas().outcome(design, SEEDS[0]).fresh for design in drawn]
    same = sum(a == b or abs(a / b - 1) < 2e-3 for a, b in zip(now, stored, strict=True))
    return {"now": now, "stored": stored, "same": same, "seconds": seconds}


def size():
    """designs, runs (of every seed), trained (runs, those of the first seed twice), stable (share of designs)."""
    runs, designs = atlas().columns["fresh"].size, len(atlas().space.designs)
    return {
        "designs": designs,
        "runs": runs,
        "trained": runs + designs,
        "stable": np.mean(atlas().columns["stable"][:, 0] == 1),
    }
