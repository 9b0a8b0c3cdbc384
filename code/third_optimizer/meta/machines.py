"""The machines a reader is compared with: many players of each search on the atlas, from the game's start and on its budget.

Dice, climbers and halving take seconds; the model-based ones do not, so `make atlas` plays all of them once and
keeps their quantiles in a small file.
"""

import json
from pathlib import Path

import numpy as np

from third_optimizer.theory import blind_chance

from .search import SEARCHES, climb, players

BUDGET = 12
COUNTS = {"dice": 1000, "climbing": 1000, "halving": 1000, "Gaussian process": 100, "TPE": 100}
LONG = (12, 60, 300)  # budgets of the odds that some try iterates
MOST = 200.0  # per cent: a score beyond it counts as this


def lines(grid, name, count, jobs=-1):
    """Best fresh error so far of `count` players of a search, (count, BUDGET + 1), column 0 the start. Player i draws from seed [i, 0].

    A machine's first look at a design is its run with the grid's first seed, like a reader's.
    """
    from joblib import Parallel, delayed

    fresh, start = grid.scores(grid.seeds[0], most=np.inf), grid.start()
    chunks = [range(i, min(i + 25, count)) for i in range(0, count, 25)]

    def some(chunk):
        table = {design: fresh[i] for i, design in enumerate(grid.space.designs)}
        return np.concatenate([players(grid.space, table.__getitem__, SEARCHES[name], BUDGET, 1, start, seed=i) for i in chunk])

    return np.minimum(np.concatenate(Parallel(n_jobs=jobs)(delayed(some)(chunk) for chunk in chunks)), MOST)


def odds(grid, count=300):
    """The chance that some try iterates (Grid.iterates) after LONG tries, for each seed of tries: by dice, in closed form, and of `count` climbers."""
    found = {"tries": list(LONG), "share": [], "dice": [], "climbing": []}
    for seed in grid.seeds:
        good, fresh = grid.iterates(seed), grid.scores(seed, most=np.inf)
        table = {design: fresh[i] for i, design in enumerate(grid.space.designs)}
        met = []
        for i in range(count):
            tries = climb(grid.space, table.__getitem__, max(LONG) + 1, np.random.default_rng([i, 3]), grid.start())
            hits = [k for k, one in enumerate(tries) if good[grid.space.index[one.design]]]
            met.append(hits[0] if hits else np.inf)
        found["share"].append(round(float(good.mean()), 5))
        chance = blind_chance(int(good.sum()), len(good), min(max(LONG), len(good)))
        found["dice"].append([round(float(chance[min(n, len(good)) - 1]), 4) for n in LONG])
        found["climbing"].append([round(float(np.mean(np.array(met) <= n)), 4) for n in LONG])
    return found


def play(grid, file, counts=COUNTS, jobs=-1):
    """Let every search play on `grid` and write the quantiles to `file`, unless they are there already; the file's content."""
    from tqdm import tqdm

    file = Path(file)
    if file.is_file() and (kept := json.loads(file.read_text("utf8"))).get("grid") == grid.fingerprint:
        return kept
    searchers = []
    for name, count in tqdm(counts.items(), "playing", unit="search"):
        low, median, high = np.percentile(lines(grid, name, count, jobs), (10, 50, 90), axis=0)
        searchers.append({"name": name, "count": count} | {key: [float(f"{v:.4g}") for v in values]
                                                            for key, values in (("low", low), ("median", median), ("high", high))})
    record = {"grid": grid.fingerprint, "budget": BUDGET, "searchers": searchers, "odds": odds(grid)}
    file.write_text(json.dumps(record), "utf8")
    return record


def load(file, grid):
    """What `play` wrote for this grid. ValueError if it was for another one."""
    record = json.loads(Path(file).read_text("utf8"))
    if record["grid"] != grid.fingerprint:
        raise ValueError(f"{Path(file).name} is of another atlas: make it anew with `make atlas`")
    return record
