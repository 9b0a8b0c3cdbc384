"""The machines a reader is compared with: many players of each search on the atlas, from the game's start and on its budget.

Dice, climbers and halving take seconds; the model-based ones do not, so `make atlas` plays all of them once and
keeps their quantiles in a small file. The quick ones also play the game's variants: another start for each day of a
month, and the usual start with one dial locked.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from third_optimizer.theory import blind_chance

from .codes import DAY, LOCKED
from .design import Space
from .running import MOST, par
from .search import SEARCHES, climb, players

BUDGET = 12
COUNTS = {"dice": 1000, "climbing": 1000, "halving": 1000, "Gaussian process": 100, "TPE": 100}
QUICK = ("dice", "climbing", "halving")
DAYS = 31  # starts of the day; the page takes them in turn
LONG = (12, 60, 300)  # budgets of the odds that some try iterates


def lines(grid, name, count, jobs=-1, start=None, space=None, seed=None):
    """Best fresh error so far of `count` players of a search, (count, BUDGET + 1), column 0 the start. Player i draws from seed [i, 0].

    start: the design to begin with, by default the grid's by rule. space: the designs to play with, by default all of
    the grid's. A machine looks at a design's run with `seed`, by default the grid's first, as a reader does at first.
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
    """Climbers from the start, with the runs of one seed and max(LONG) tries: (the try at which each first met a machine that
    iterates (Grid.iterates), inf: never; tries each could spend before it was stuck), both (count,). Climber i draws from seed [i, 3]."""
    good, fresh = grid.iterates(seed), grid.scores(seed, most=np.inf)
    table, met, spent = dict(zip(grid.space.designs, fresh, strict=True)), np.full(count, np.inf), np.zeros(count)
    for i in range(count):
        tries = climb(grid.space, table.__getitem__, max(LONG) + 1, np.random.default_rng([i, 3]), grid.start())
        met[i] = next((k for k, one in enumerate(tries) if good[grid.space.index[one.design]]), np.inf)
        spent[i] = len(tries) - 1
    return met, spent


def odds(grid):
    """The chance that some try iterates after LONG tries, for each seed of tries: by dice, in closed form, and of climbers (seekers)."""
    found = {"tries": list(LONG), "share": [], "dice": [], "climbing": []}
    for seed in grid.seeds:
        good, (met, _) = grid.iterates(seed), seekers(grid, seed)
        found["share"].append(round(float(good.mean()), 5))
        chance = blind_chance(int(good.sum()), len(good), min(max(LONG), len(good)))
        found["dice"].append([round(float(chance[min(n, len(good)) - 1]), 6) for n in LONG])
        found["climbing"].append([round(float(np.mean(met <= n)), 6) for n in LONG])
    return found


def days(grid):
    """The starts of the day: DAYS different designs that fail on fresh problems without exploding, drawn once and for all."""
    fresh = grid.scores(grid.seeds[0], most=np.inf)
    failing = np.flatnonzero((fresh > 2 * par()) & np.isfinite(fresh))
    return [grid.space.designs[i] for i in np.random.default_rng([0, DAY]).permutation(failing)[:DAYS]]


def locked(space, start):
    """{dial: what is left of `space` when it stands as in `start`}."""
    return {
        name: Space(
            replace(space.base, **{name: getattr(start, name)}),
            **{other: stops for other, stops in space.stops.items() if other != name},
        )
        for name in space.stops
    }


def quantiles(grid, counts, jobs=-1, start=None, space=None):
    """[{name, count, low, median, high}]: how the best of each search falls, start and tries: 10, 50 and 90 of 100 players lie below."""
    found = []
    for name, count in counts.items():
        low, median, high = np.percentile(lines(grid, name, count, jobs, start, space), (10, 50, 90), axis=0)
        found.append(
            {"name": name, "count": count}
            | {
                key: [float(f"{v:.4g}") for v in values]
                for key, values in (("low", low), ("median", median), ("high", high))
            }
        )
    return found


def variants(grid):
    """[(mode, start, space)] of the game's variants; without the dial that halving turns it cannot play."""
    start = grid.start()
    return [
        *((DAY, day, grid.space) for day in days(grid)),
        *((LOCKED + i, start, space) for i, space in enumerate(locked(grid.space, start).values())),
    ]


def play(grid, file, counts=COUNTS, jobs=-1):
    """Let every search play on `grid` and write the quantiles to `file`, unless they are there already; the file's content."""
    from tqdm import tqdm

    file = Path(file)
    if (
        file.is_file()
        and (kept := json.loads(file.read_text("utf8"))).get("grid") == grid.fingerprint
        and "others" in kept
    ):
        return kept
    searchers = [
        one for name in tqdm(counts, "playing", unit="search") for one in quantiles(grid, {name: counts[name]}, jobs)
    ]
    others = [
        {
            "mode": mode,
            "start": grid.space.index[start],
            "searchers": quantiles(
                grid,
                {
                    name: counts[name]
                    for name in QUICK
                    if name in counts and (name != "halving" or "practice_time" in space.stops)
                },
                jobs,
                start,
                space,
            ),
        }
        for mode, start, space in tqdm(variants(grid), "playing the variants", unit="variant")
    ]
    record = {"grid": grid.fingerprint, "budget": BUDGET, "searchers": searchers, "odds": odds(grid), "others": others}
    file.write_text(json.dumps(record), "utf8")
    return record


def load(file, grid):
    """What `play` wrote for this grid. ValueError if it was for another one."""
    record = json.loads(Path(file).read_text("utf8"))
    if record["grid"] != grid.fingerprint:
        raise ValueError(f"{Path(file).name} is of another atlas: make it anew with `make atlas`")
    return record
