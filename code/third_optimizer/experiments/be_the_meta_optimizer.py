"""Chapter 10, Be the meta-optimizer: players who measure and try again, on the stored runs of every design.

Errors are in per cent of guessing zero; arrays over seeds follow SEEDS. Everything is played on a Grid: the atlas, or
the atlas as a player sees it whose score another function gives (`scored`).
"""

from copy import copy
from functools import cache

import numpy as np

from third_optimizer.meta import DIALS, SEEDS, players, random_search, tournament
from third_optimizer.meta.codes import LOCKED
from third_optimizer.meta.running import MOST
from third_optimizer.theory import blind_chance

from .make_the_atlas import PLAYERS, atlas, reach, searchers

BUDGET = tournament.BUDGET  # tries of a game
LONG = 60  # tries of a patient player
EARLY = 3  # tries after which players are looked at for the first time
DRAWN = 12  # players of the figure with dice
BUDGETS = (1, 2, 3, 4, 6, 9, 12, 20, 30, 45, 60)  # at which a winner is confirmed
KINDS = {"dice": "dice", "climbers": "climbing"}  # what the page calls a search


@cache
def scored(score):
    """The atlas with `score(design, seed)` in place of the fresh error: what a player measures who goes by it.

    ValueError names a score that is no number of at least 0; inf is one.
    """
    seen = copy(atlas())
    fresh = seen.columns["fresh"].copy()
    for seed in SEEDS:
        for i, design in enumerate(seen.space.designs):
            value = score(design, seed)
            if not (isinstance(value, int | float | np.number) and value >= 0):
                raise ValueError(f"a score must be 0 or more (inf: it exploded), got {value!r} for {design.words()}")
            fresh[i, seen.seeds.index(seed)] = value
    seen.columns = seen.columns | {"fresh": fresh}
    return seen


@cache
def start_errors():
    """The start's errors, practice and fresh, one a seed."""
    outcomes = [atlas().outcome(atlas().start(), seed) for seed in SEEDS]
    return {what: np.array([getattr(one, what) for one in outcomes]) for what in ("practice", "fresh")}


# --- dice ------------------------------------------------------------------------------------------


@cache
def chance(grid):
    """(seeds, LONG) chance that one of the first 1, 2, ... blind draws reaches par (closed form)."""
    designs = len(grid.space.designs)
    return np.array([blind_chance(int(grid.reaches(seed).sum()), designs, LONG) for seed in SEEDS])


@cache
def dice(grid, count=PLAYERS, budget=LONG, seed=SEEDS[0]):
    """(count, budget) best error so far of players who draw; player i from default_rng([i, 0]), as on the board."""
    table = dict(zip(grid.space.designs, grid.scores(seed), strict=True)).__getitem__
    return np.concatenate([players(grid.space, table, random_search, budget, 1, seed=i)[:, 1:] for i in range(count)])


def drawn(grid, budget):
    """{"a player": best so far of the first DRAWN players, "median": of all}, each [(budget,)]."""
    lines = dice(grid)[:, :budget]
    return {"a player": lines[:DRAWN], "median": [np.median(lines, axis=0)]}


def stand(grid, budget):
    """The dice after `budget` tries: reached (chance, closed form); median, low, high (eight in ten between)."""
    low, median, high = np.percentile(dice(grid)[:, budget - 1], (10, 50, 90))
    return {"reached": chance(grid)[0, budget - 1], "players": PLAYERS, "low": low, "median": median, "high": high}


# --- climbers beside dice ---------------------------------------------------------------------------


@cache
def played(grid, kind, count=PLAYERS):
    """(seeds, count, 1 + BUDGET) best error so far of the board's players from the start. kind: of KINDS."""
    return np.array([tournament.lines(grid, KINDS[kind], count, 1, seed=seed) for seed in SEEDS])


def medians(grid):
    """{kind: (seeds, 1 + BUDGET) the median player's best so far}."""
    return {kind: np.median(played(grid, kind), axis=1) for kind in KINDS}


def arrived(grid):
    """Share that reaches par after EARLY and after BUDGET tries, one a seed: climb_early, climb_late (of the climbers),
    dice_early, dice_late (closed form)."""
    climbers = played(grid, "climbers")
    found = {}
    for when, tries in (("early", EARLY), ("late", BUDGET)):
        found[f"climb_{when}"] = np.array([reach(one[:, tries]) for one in climbers])
        found[f"dice_{when}"] = chance(grid)[:, tries - 1]
    return found


def neighbourhood(grid, seed=SEEDS[0]):
    """near: designs a dial away from the start; good: those that reach par; near_share, once: share of near, of all."""
    errors, space = grid.scores(seed), grid.space
    near = errors[[space.index[design] for design in space.neighbours(grid.start())]]
    return {"near": len(near), "good": round(len(near) * reach(near)), "near_share": reach(near), "once": reach(errors)}


def locked():
    """{dial: (median, low, high)} of the dice after BUDGET tries where the dial stays as it starts, the worst first."""
    lines = [
        next(line for line in other["searchers"] if line["name"] == "dice")
        for other in searchers()["others"]
        if other["mode"] >= LOCKED
    ]
    ends = [tuple(line[part][BUDGET] for part in ("median", "low", "high")) for line in lines]
    names = [DIALS[name].label for name in atlas().space.stops]
    return dict(sorted(zip(names, ends, strict=True), key=lambda row: row[1], reverse=True))


def unlocked():
    """The median of the dice after BUDGET tries with every dial free, and how many players that is."""
    line = next(line for line in searchers()["searchers"] if line["name"] == "dice")
    return {"free": line["median"][BUDGET], "players": line["count"]}


# --- confirming ---------------------------------------------------------------------------------------


@cache
def order(designs, count=PLAYERS):
    """(count, designs): the order in which each blind player draws; player i from default_rng([i, 8])."""
    return np.array([np.random.default_rng([i, 8]).permutation(designs) for i in range(count)])


def winners(grid, tries, seed):
    """Of `tries` blind tries judged by one seed, three (PLAYERS,): the score each player chose by, the mean of the same
    design's other seeds, the worst of them."""
    tables = {each: grid.scores(each) for each in SEEDS}
    draws = order(len(grid.space.designs))[:, :tries]
    chosen = draws[np.arange(len(draws)), np.argmin(tables[seed][draws], axis=1)]
    others = np.array([tables[other][chosen] for other in SEEDS if other != seed])
    return tables[seed][chosen], others.mean(axis=0), others.max(axis=0)


@cache
def curse(grid):
    """(2, seeds, BUDGETS) means over the players: the score that won, and the same designs with the other seeds."""
    rows = [[[part.mean() for part in winners(grid, n, seed)[:2]] for n in BUDGETS] for seed in SEEDS]
    return np.moveaxis(np.array(rows), -1, 0)


@cache
def confirming(grid, tries=BUDGET):
    """How the winners of `tries` tries do with seeds that did not choose them, all choosing seeds together.

    chosen, confirmed: mean errors, and with median_ before them medians; wild: share of the gap between the means from
    designs that reach MOST with a seed that did not choose.
    """
    chosen, confirmed, worst = np.concatenate([winners(grid, tries, seed) for seed in SEEDS], axis=1)
    gap = confirmed - chosen
    return {
        "chosen": chosen.mean(),
        "confirmed": confirmed.mean(),
        "median_chosen": np.median(chosen),
        "median_confirmed": np.median(confirmed),
        "wild": gap[worst >= MOST].sum() / gap.sum(),
    }


# --- what the page asks and claims -------------------------------------------------------------------


def predictions():
    """The numbers of the page's prediction, {id: {name: number}}; shares in per cent."""
    return {
        "blind": {
            "budget": BUDGET,
            "share": 100 * chance(atlas())[0, BUDGET - 1],
            "once": 100 * reach(atlas().scores(SEEDS[0])),
        },
        "curse": {name: confirming(atlas())[name] for name in ("chosen", "confirmed")} | {"budget": BUDGET},
    }


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    once = 100 * reach(atlas().scores(SEEDS[0]))
    p = round(once) / 100
    enough = int(np.ceil(np.log(0.05) / np.log(1 - p)))
    return {
        "enough": {
            "designs": len(atlas().space.designs),
            "once": once,
            "enough": enough,
            "one_over": np.ceil(1 / p),
            "added": 0.95 / p,
            "one_short": enough - 1,
        }
    }


@cache
def claims(grid=None):
    """The numbers on the page's card, {claim: {name: number, or one a seed}}; eight in ten lie within a band."""
    grid = grid or atlas()
    last = {kind: played(grid, kind)[:, :, -1] for kind in KINDS}
    return {
        "C8": {
            "start": start_errors()["fresh"],
            "budget": BUDGET,
            "players": PLAYERS,
            "seeds": len(SEEDS),
            "designs": len(grid.space.designs),
            "climb_each": np.median(last["climbers"], axis=1),
            "climb_band": np.percentile(last["climbers"], (10, 90)),
            "dice_each": np.median(last["dice"], axis=1),
            "dice_band": np.percentile(last["dice"], (10, 90)),
            "reach_each": np.array([reach(errors) for errors in last["climbers"]]),
            "once": np.array([reach(grid.scores(seed)) for seed in SEEDS]),
        }
    }
