"""The players a reader is compared with: many of each search on the atlas, from the game's start and on its budget.

Dice, climbers and halving take seconds; the model-based ones do not, so all of them play once and a Store keeps how the
best of each falls. The quick ones also play the game's variants: another start for each day of a month, and the usual
start with one dial locked. A second Store keeps the odds that some try iterates.
"""

import hashlib
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from third_optimizer.theory import blind_chance

from .codes import DAY, LOCKED
from .design import Space
from .running import MOST, par
from .search import SEARCHES, climb, players
from .store import Maker, Store

BUDGET = 12
COUNTS = {"dice": 1000, "climbing": 1000, "halving": 1000, "Gaussian process": 100, "TPE": 100}
QUICK = ("dice", "climbing", "halving")
DAYS = 31  # starts of the day; the page takes them in turn
LONG = (12, 60, 300)  # budgets of the odds that some try iterates
PLAIN = 0  # the mode of the usual game
AGAIN = "make atlas"


def lines(grid, name, count, jobs=-1, start=None, space=None, seed=None):
    """Best fresh error so far of `count` players of a search, (count, BUDGET + 1), column 0 the start.

    Player i draws from seed [i, 0]. start: the design to begin with, by default the grid's by rule. space: the designs
    to play with, by default all of the grid's. A player looks at a design's run with `seed`, by default the grid's
    first, as a reader does at first.
    """
    from joblib import Parallel, delayed

    fresh, start, space = (
        grid.scores(grid.seeds[0] if seed is None else seed, most=np.inf),
        start or grid.start(),
        space or grid.space,
    )
    chunks = [range(i, min(i + 25, count)) for i in range(0, count, 25)]

    def some(chunk):
        table = {design: fresh[i] for i, design in enumerate(grid.space.designs)}
        return np.concatenate(
            [players(space, table.__getitem__, SEARCHES[name], BUDGET, 1, start, seed=i) for i in chunk]
        )

    return np.minimum(np.concatenate(Parallel(n_jobs=jobs)(delayed(some)(chunk) for chunk in chunks)), MOST)


def seekers(grid, seed, count=300):
    """Climbers from the start, with the runs of one seed and max(LONG) tries, two arrays (count,): the try at which
    each first met a machine that iterates (Grid.iterates), inf: never; the tries it could spend before it was stuck.

    Climber i draws from seed [i, 3].
    """
    good, fresh = grid.iterates(seed), grid.scores(seed, most=np.inf)
    table, met, spent = dict(zip(grid.space.designs, fresh, strict=True)), np.full(count, np.inf), np.zeros(count)
    for i in range(count):
        tries = climb(grid.space, table.__getitem__, max(LONG) + 1, np.random.default_rng([i, 3]), grid.start())
        met[i] = next((k for k, one in enumerate(tries) if good[grid.space.index[one.design]]), np.inf)
        spent[i] = len(tries) - 1
    return met, spent


def odds(seed, grid):
    """The chance that some try iterates after LONG tries, with the runs of one seed: share of the designs; dice, in
    closed form, and climbing (seekers), each (LONG,)."""
    good, (met, _) = grid.iterates(seed), seekers(grid, seed)
    chance = blind_chance(int(good.sum()), len(good), min(max(LONG), len(good)))
    return {
        "share": round(float(good.mean()), 5),
        "dice": [round(float(chance[min(n, len(good)) - 1]), 6) for n in LONG],
        "climbing": [round(float(np.mean(met <= n)), 6) for n in LONG],
    }


def days(grid):
    """The starts of the day: DAYS different designs that fail on fresh problems and do not explode, drawn once."""
    fresh = grid.scores(grid.seeds[0], most=np.inf)
    failing = np.flatnonzero((fresh > 2 * par()) & np.isfinite(fresh))
    return [grid.space.designs[i] for i in np.random.default_rng([0, DAY]).permutation(failing)[:DAYS]]


def locked(space, start, name):
    """What is left of `space` when the dial `name` stands as in `start`."""
    others = {other: stops for other, stops in space.stops.items() if other != name}
    return Space(replace(space.base, **{name: getattr(start, name)}), **others)


def variants(grid):
    """[{"mode", "start"}]: the usual game first, then its variants; start: number of the design it begins with."""
    start = grid.space.index[grid.start()]
    return [
        {"mode": PLAIN, "start": start},
        *({"mode": DAY, "start": grid.space.index[day]} for day in days(grid)),
        *({"mode": LOCKED + i, "start": start} for i in range(len(grid.space.stops))),
    ]


def locked_dial(variant, grid):
    """The dial that a variant locks, or None."""
    return None if variant["mode"] < LOCKED else list(grid.space.stops)[variant["mode"] - LOCKED]


def plays(variant, search, grid):
    """Whether a search plays a variant: the quick ones do, but halving needs the dial that it turns."""
    turns = "practice_time" in grid.space.stops and locked_dial(variant, grid) != "practice_time"
    return (variant["mode"] == PLAIN or search in QUICK) and (search != "halving" or turns)


def quantiles(variant, search, grid, counts):
    """How the best of a search falls, start and tries: 10, 50 and 90 of 100 players lie below low, median and high."""
    start, dial = grid.space.designs[variant["start"]], locked_dial(variant, grid)
    space = locked(grid.space, start, dial) if dial else grid.space
    found = lines(grid, search, counts[search], 1, start, space)
    rows = np.percentile(found, (10, 50, 90), axis=0)
    return {name: [float(f"{v:.4g}") for v in row] for name, row in zip(("low", "median", "high"), rows, strict=True)}


def _digest(grid):
    """Of what the odds hang on beside the scores, which the fingerprint covers: which designs iterate."""
    good = np.array([grid.iterates(seed) for seed in grid.seeds])
    return hashlib.sha256(np.packbits(good).tobytes()).hexdigest()[:16]


def stores(folder, grid, counts=COUNTS):
    """(the Store of all games, that of the odds), in `folder`, played on `grid`."""
    line = ((BUDGET + 1,), "f8")
    game = Maker(
        partial(quantiles, grid=grid, counts=counts),
        {"low": line, "median": line, "high": line},
        {"grid": grid.fingerprint, "budget": BUDGET},
        partial(plays, grid=grid),
    )
    many = ((len(LONG),), "f8")
    chance = Maker(
        partial(odds, grid=grid),
        {"share": ((), "f8"), "dice": many, "climbing": many},
        {"grid": grid.fingerprint, "tries": list(LONG), "iterates": _digest(grid)},
    )
    games = Store(Path(folder) / "tournament.npz", {"variant": variants(grid), "search": list(counts)}, [game], AGAIN)
    return games, Store(Path(folder) / "odds.npz", {"seed": grid.seeds}, [chance], AGAIN)


def load(folder, grid, counts=COUNTS):
    """What the players came to on this grid: {"grid", "budget", "searchers", "others", "odds"}, all plain JSON.

    searchers: [{"name", "count", "low", "median", "high"}]. others: the same for each variant, with "mode" and "start".
    ValueError if the files are of another grid.
    """
    games, chances = stores(folder, grid, counts)

    def players_of(variant):
        return [
            {"name": name, "count": counts[name]}
            | {kind: values.tolist() for kind, values in games.at(variant=variant, search=name).items()}
            for name in counts
            if plays(variant, name, grid)
        ]

    usual, *others = games.axes["variant"]
    return {
        "grid": grid.fingerprint,
        "budget": BUDGET,
        "searchers": players_of(usual),
        "odds": {"tries": list(LONG)} | {name: column.tolist() for name, column in chances.columns.items()},
        "others": [variant | {"searchers": players_of(variant)} for variant in others],
    }
