"""Every design of a space trained with every seed, stored in one file, so that a page without a kernel can look a try up.

    python -m third_optimizer.meta.grid book/data

trains what the files of STORED lack in that folder (or goes on training: what a file or a journal holds is not
trained again). `make atlas` calls it.
"""

import contextlib
import hashlib
import json
import math
import os
import sys
import zipfile
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import numpy as np

from .design import DIALS, Design, Space, design_from
from .running import CURVE, NEAR, Outcome, looks, par, run, stable

VERSION = 2
# The atlas: every dial at every stop.
ATLAS_SPACE = Space(Design(), **{name: dial.stops for name, dial in DIALS.items()})
SEEDS, CONFIRM = (1, 2, 3), (4, 5)  # for tries; only for confirming, on prompts of their own
# The landing page's one dial: 1,000 steps, and the number of practice problems.
DIAL_SPACE = Space(Design(practice_time=1000), problems=(1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, None))
DIAL_SEEDS = (1, 2, 3, 4, 5)
STORED = {"first_dial.npz": (DIAL_SPACE, DIAL_SEEDS, ()), "atlas.npz": (ATLAS_SPACE, SEEDS, CONFIRM)}

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
AGAIN = "make it anew with `make atlas`"
LEAST, MOST = 1e-3, 9999.0  # per cent: a smaller error is stored as 0, a larger finite one as this


def rounded(value):
    """An error as it is stored and shown: four significant digits within LEAST and MOST; what is not finite stays so."""
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

    columns: name -> array (designs, seeds and confirming seeds, *shape), as in COLUMNS.
    """

    def __init__(self, space, seeds, confirm, columns, sha256=None):
        self.sha256 = sha256  # of the file it was read from
        self.space, self.seeds, self.confirm, self.columns = space, tuple(seeds), tuple(confirm), columns

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
        """Which designs are of the best class with one seed: fresh error at most half of par, and at most a quarter of that
        again when run eight times as long. (designs,) of bool; `seed` is one of `seeds`."""
        fresh, longer = self.scores(seed), self.columns["longer"][:, self.seeds.index(seed), 2]
        return (fresh <= par() / 2) & (longer <= fresh / 4)

    def start(self):
        """The start by rule: the design with the lowest mean practice error; of equals (to LEAST) the one with the most problems, then the first."""
        practice = self.means("practice").round(3)
        return min(
            (design for design, error in zip(self.space.designs, practice, strict=True) if error == practice.min()),
            key=lambda design: -math.inf if design.problems is None else -design.problems,
        )

    def about(self):
        """What the file says of itself."""
        about = {
            "version": VERSION,
            "made_by": "python -m third_optimizer.meta.grid",
            "seeds": list(self.seeds),
            "confirm": list(self.confirm),
            "designs": [asdict(design) for design in self.space.designs],
        }
        return about | {"sha256": digest(about, self.columns)}

    @cached_property
    def fingerprint(self):
        """16 bits of the digest: which grid a code or a file belongs to."""
        return int((self.sha256 or self.about()["sha256"])[:4], 16)

    def save(self, file):
        """Write the grid with a digest of all it says."""
        about = self.about()
        temporary = Path(file).with_name(f"{Path(file).name}.{os.getpid()}.tmp")
        with temporary.open("wb") as out:
            np.savez_compressed(out, about=np.frombuffer(json.dumps(about).encode(), np.uint8), **self.columns)
        os.replace(temporary, file)

    @classmethod
    def load(cls, file, space=ATLAS_SPACE):
        """Read a stored grid. ValueError, saying what to do, if the file is damaged, older, or of another space."""
        about, columns = read(file)
        if [design_from(design) for design in about["designs"]] != space.designs:
            raise ValueError(f"{Path(file).name} holds other designs than this space: {AGAIN}")
        return cls(space, about["seeds"], about["confirm"], columns, about["sha256"])


def read(file):
    """(what a grid's file says of itself, its columns). ValueError, saying what to do, if it is damaged or older."""
    name = Path(file).name
    try:
        with np.load(file) as stored:
            about = json.loads(stored["about"].tobytes())
            columns = {column: stored[column] for column in COLUMNS}
    except FileNotFoundError:
        raise
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zipfile.zlib.error) as problem:
        raise ValueError(f"{name} cannot be read ({problem}): {AGAIN}") from None
    if about.get("version") != VERSION:
        raise ValueError(f"{name} has version {about.get('version')!r}, this code reads {VERSION}: {AGAIN}")
    if digest(about, columns) != about.get("sha256"):
        raise ValueError(f"{name} is damaged (its checksum does not fit): {AGAIN}")
    return about, columns


def digest(about, columns):
    """Hex digest of what a file says, but the digest itself."""
    sha = hashlib.sha256(json.dumps({k: v for k, v in about.items() if k != "sha256"}, sort_keys=True).encode())
    for name in COLUMNS:
        sha.update(np.ascontiguousarray(columns[name]).tobytes())
    return sha.hexdigest()


def run_alone(design, seed, **options):
    """`run` on one core: as fast, and the same sums in the same order as the stored runs."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return run(design, seed, **options)


def train_one(design, seed, confirm, nudge):
    """A run as the journal keeps it: {column: value}. nudge: train it twice, to say whether it is stable."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        outcome = run(design, seed, confirm=confirm)
        return pack(outcome, stable(design, seed, outcome, confirm=confirm) if nudge else -1)


def train_grid(file, space=ATLAS_SPACE, seeds=SEEDS, confirm=CONFIRM, jobs=-1):
    """Train what `file` does not hold yet, over `jobs` joblib workers, and write it; a Grid. Runs of a smaller space are kept.

    The runs of the first seed are trained twice, to mark what is stable. Every run is appended to a journal beside the file when it ends, so a kill loses at most the runs under way, and
    nothing is trained twice. Inside `joblib.parallel_config(backend="dask")` the same call trains on a Dask cluster.
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    file, journal, every = Path(file), Path(f"{file}.journal"), (*seeds, *confirm)
    runs = {}

    def keep(design, seed, values):
        try:
            index = space.index.get(design_from(design))
        except (ValueError, TypeError):
            return  # a design of another time
        if index is not None:
            runs[index, seed] = values

    if file.is_file():
        with contextlib.suppress(ValueError):  # damaged or older: trained anew
            about, columns = read(file)
            for i, design in enumerate(about["designs"]):
                for j, seed in enumerate(about["seeds"] + about["confirm"]):
                    if (seed in about["confirm"]) == (seed in confirm):  # they are examined on different prompts
                        keep(design, seed, {name: columns[name][i, j] for name in COLUMNS})
    if journal.is_file():
        for line in journal.read_text("utf8").splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # the line a kill cut short
                note = json.loads(line)
                if note["run"].keys() == COLUMNS.keys():
                    keep(note["design"], note["seed"], note["run"])
    missing = [(i, seed) for seed in every for i in range(len(space.designs)) if (i, seed) not in runs]
    results = Parallel(n_jobs=jobs, return_as="generator_unordered")(
        delayed(lambda i, seed: (i, seed, train_one(space.designs[i], seed, seed in confirm, seed == seeds[0])))(
            i, seed
        )
        for i, seed in missing
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf8") as notes:
        for i, seed, values in tqdm(results, f"training {file.stem}", len(missing), unit="run"):
            notes.write(json.dumps({"design": asdict(space.designs[i]), "seed": seed, "run": values}) + "\n")
            notes.flush()
            runs[i, seed] = values
    columns = {
        name: np.array([[runs[i, seed][name] for seed in every] for i in range(len(space.designs))], dtype=kind)
        for name, (_, kind) in COLUMNS.items()
    }
    grid = Grid(space, seeds, confirm, columns)
    grid.save(file)
    journal.unlink(missing_ok=True)
    return grid


if __name__ == "__main__":
    from .tournament import play

    for name, spaces in STORED.items():
        grid = train_grid(Path(sys.argv[1]) / name, *spaces)
    play(grid, Path(sys.argv[1]) / "tournament.json")
