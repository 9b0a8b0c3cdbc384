"""Every design of a space trained with every seed, stored in one file, so that a page without kernel can look a try up.

A Grid reads a Store (meta.store) whose axes are the designs and the seeds.
"""

import hashlib
import json
import math
from dataclasses import asdict
from functools import partial

import numpy as np

from . import running
from .design import DIALS, Design, Space
from .running import CURVE, NEAR, Outcome, looks, par
from .store import Maker, Store, read

# The atlas: every dial at every stop.
ATLAS_SPACE = Space(Design(), **{name: dial.stops for name, dial in DIALS.items()})
SEEDS, CONFIRM = (1, 2, 3), (4, 5)  # for tries; only for confirming, on prompts of their own
# The landing page's one dial: 1,000 steps, and the number of practice problems.
DIAL_SPACE = Space(Design(practice_time=1000), problems=(1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, None))
DIAL_SEEDS = (1, 2, 3, 4, 5)

# What is stored of a run: name -> (shape, type). NaN fills what is not there.
COLUMNS = {
    "practice": ((), "f8"),
    "fresh": ((), "f8"),
    "at": ((), "i4"),
    "practice_curve": ((CURVE,), "f2"),
    "fresh_curve": ((CURVE,), "f2"),
    "longer": ((3,), "f8"),
    "blown": ((3,), "f8"),
    "follows": ((), "f8"),
    "tripled": ((), "f8"),
    "stable": ((), "i1"),
}
AGAIN = "make atlas"
# The first editions had their fingerprint from other bits, and readers hold codes with it: edition -> fingerprint.
FIRST = {
    "b9897bbfce68fde50f0b2376c5bc364f8a936024b2ca08e1608589e36d1a35fa": 0x8817,
    "4a5fa836f51731783aa5db5117fb132cf42ed717bd5a6ba3550c694aadeb1c61": 0xDE3F,
}
BLOWN = 1e-3  # share of prompts that may blow up in a machine that iterates (test T2 of the battery)
LEAST, MOST = 1e-3, 9999.0  # per cent: a smaller error is stored as 0, a larger finite one as this


def rounded(value):
    """An error as it is stored and shown: four significant digits within LEAST and MOST; what is not finite stays."""
    if not math.isfinite(value):
        return value
    value = min(float(f"{value:.4g}"), MOST)
    return value if value >= LEAST else 0.0


def pack(outcome, steady):
    """An Outcome, and whether the run is stable (-1: not asked), as one value for each of COLUMNS."""

    def curve(values):
        return [rounded(v) for v in values] + [math.nan] * (CURVE - len(values))

    return {
        "practice": rounded(outcome.practice),
        "fresh": rounded(outcome.fresh),
        "at": -1 if outcome.diverged_at is None else outcome.diverged_at,
        "practice_curve": curve(outcome.practice_curve),
        "fresh_curve": curve(outcome.fresh_curve),
        "longer": [rounded(v) for v in outcome.longer] or [math.nan] * 3,
        "blown": list(outcome.blown) or [math.nan] * 3,
        "follows": round(max(outcome.follows, -1.0), 3),
        "tripled": rounded(outcome.tripled),
        "stable": int(steady),
    }


class Grid:
    """Stored runs: `outcome(design, seed)` for every design of `space` and every seed of `seeds` and `confirm`.

    columns: name -> array (designs, seeds and confirming seeds, *shape), as in COLUMNS. fingerprint: 16 bits that say
    which grid a reader's code belongs to.
    """

    def __init__(self, space, seeds, confirm, columns):
        self.space, self.seeds, self.confirm, self.columns = space, tuple(seeds), tuple(confirm), columns
        sha = edition(space, seeds, confirm, columns)
        self.fingerprint = FIRST.get(sha, int(sha[:4], 16))
        self.file = None  # where it was read from: what else was kept of its runs stands beside it

    def place(self, design, seed):
        """(row, column) of a run; ValueError names a design or seed that was not trained."""
        design = design.plain()
        if design not in self.space.index:
            raise ValueError(f"this grid holds no run of: {design.words()}")
        seeds = self.seeds + self.confirm
        if seed not in seeds:
            raise ValueError(f"seed must be one of {', '.join(map(str, seeds))}, got {seed!r}")
        return self.space.index[design], seeds.index(seed)

    def outcome(self, design, seed):
        """The stored Outcome, to the digits that are stored."""
        at = self.place(design, seed)
        row = {name: column[at] for name, column in self.columns.items()}
        diverged_at = None if row["at"] < 0 else int(row["at"])
        steps = looks(design.practice_time)
        taken = CURVE if diverged_at is None else int(np.sum(~np.isnan(row["fresh_curve"])))
        steps = steps[:taken] if diverged_at is None else (*steps[: taken - 1], diverged_at)

        def there(name):
            return tuple(float(v) for v in row[name] if not np.isnan(v))

        return Outcome(
            float(row["practice"]),
            float(row["fresh"]),
            steps,
            there("practice_curve"),
            there("fresh_curve"),
            diverged_at,
            there("longer"),
            there("blown"),
            float(row["follows"]),
            float(row["tripled"]),
        )

    def scores(self, seed, what="fresh", most=200.0):
        """`practice` or `fresh` of every design with one seed, (designs,), each counted as at most `most` per cent."""
        return np.minimum(self.columns[what][:, (self.seeds + self.confirm).index(seed)].astype(float), most)

    def means(self, what="fresh"):
        """The mean over `seeds` for every design, (designs,)."""
        return np.mean([self.scores(seed, what) for seed in self.seeds], axis=0)

    def mean(self, design, what="fresh"):
        """The mean over `seeds` of one design."""
        return float(self.means(what)[self.place(design, self.seeds[0])[0]])

    def reaches(self, seed):
        """Which designs reach par with one seed, (designs,) of bool."""
        return self.scores(seed) <= NEAR * par()

    def iterates(self, seed):
        """Which designs are of the best class with one seed: fresh error at most half of par, and at most a quarter of
        that again when run eight times as long, where at most the share BLOWN of the prompts blows up.

        (designs,) of bool; `seed` is one of `seeds`.
        """
        fresh, k = self.scores(seed), self.seeds.index(seed)
        longer, blown = (self.columns[name][:, k, 2] for name in ("longer", "blown"))
        return (fresh <= par() / 2) & (longer <= fresh / 4) & (blown <= BLOWN)

    def start(self):
        """The start by rule: the design with the lowest mean practice error; of equals (to LEAST) the one with the most
        problems, then the first."""
        practice = self.means("practice").round(3)
        return min(
            (design for design, error in zip(self.space.designs, practice, strict=True) if error == practice.min()),
            key=lambda design: -math.inf if design.problems is None else -design.problems,
        )

    @classmethod
    def load(cls, file, space=ATLAS_SPACE):
        """Read a stored grid. ValueError, saying what to do, if the file is damaged, older, or of another space."""
        about, columns = read(file, AGAIN)
        runs = about["axes"].get("run", [])
        seeds, confirm = ([run["seed"] for run in runs if run["confirm"] == which] for which in (False, True))
        return cls.of(grid_store(file, space, seeds, confirm).accept(about, columns))

    @classmethod
    def of(cls, store):
        """The Grid of a Store that `grid_store` described and that is made."""
        space, seeds, confirm = store.grid
        grid = cls(space, seeds, confirm, store.columns)
        grid.file = store.file
        return grid


def edition(space, seeds, confirm, columns):
    """Hex digest of what a reader's code hangs on: which design has which number, and what its runs scored.

    Its first 16 bits are a grid's fingerprint, which every code holds; so a code stays valid when a file gains columns
    or another form, or is made anew.
    """
    designs = [list(asdict(design).values()) for design in space.designs]
    sha = hashlib.sha256(json.dumps([designs, list(seeds), list(confirm)]).encode())
    for name in ("practice", "fresh", "at"):
        sha.update(np.ascontiguousarray(columns[name]).tobytes())
    return sha.hexdigest()


def run_alone(design, seed, **options):
    """`run` on one core: as fast, and the same sums in the same order as the stored runs."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return running.run(design, seed, **options)


def train_one(design, run, first):
    """A run as the store keeps it: {column: value}. run: {"seed", "confirm"}. first: the seed whose runs are trained
    twice, to say whether they are stable."""
    outcome = running.run(design, **run)
    return pack(outcome, running.stable(design, outcome=outcome, **run) if run["seed"] == first else -1)


def grid_store(file, space=ATLAS_SPACE, seeds=SEEDS, confirm=CONFIRM):
    """The Store of a grid; the runs of the first seed are trained twice, to mark what is stable."""
    runs = [{"seed": seed, "confirm": seed in confirm} for seed in (*seeds, *confirm)]
    maker = Maker(partial(train_one, first=seeds[0]), COLUMNS)
    store = Store(file, {"design": space.designs, "run": runs}, [maker], AGAIN)
    store.grid = (space, tuple(seeds), tuple(confirm))
    return store


def train_grid(file, space=ATLAS_SPACE, seeds=SEEDS, confirm=CONFIRM, jobs=-1):
    """Train what `file` does not hold yet, over `jobs` joblib workers, and write it; a Grid. Runs of a smaller space
    are kept.

    Stopped, it goes on; inside `joblib.parallel_config(backend="dask")` the same call trains on a Dask cluster.
    """
    return Grid.of(grid_store(file, space, seeds, confirm).make(jobs))
