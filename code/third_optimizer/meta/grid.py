"""Every design of a space trained with every seed, stored in one file, so that a page without a kernel can look a try up.

    python -m third_optimizer.meta.grid book/data

trains what the files of STORED lack in that folder (or goes on training: what a file holds is not trained again).
`make grid` calls it.
"""

import hashlib
import json
import math
import os
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np

from .design import Design, Space
from .running import Outcome, run

VERSION = 1
FIRST_SPACE = Space(
    Design(step_rule="adaptive", brake=True, start="small"),
    problems=(4, 64, 1024, None),
    machine=("list", "attends"),
    notebook=(False, True),
    passes=(1, 4),
    warm_up=(False, True),
    step_length=(0.001, 0.003, 0.01),
    practice_time=(500, 3000),
)
SEEDS = (1, 2, 3)
# The landing page's one dial: 1,000 steps, and the number of practice problems.
DIAL_SPACE = Space(Design(practice_time=1000), problems=(1, 2, 4, 8, 16, 32, 64, 128, 256, 1024, None))
DIAL_SEEDS = (1, 2, 3, 4, 5)
STORED = {"first_grid.json": (FIRST_SPACE, SEEDS), "first_dial.json": (DIAL_SPACE, DIAL_SEEDS)}
DIGITS = 5  # significant; a page shows three


def rounded(value):
    """A number as the file keeps it: DIGITS significant digits, None for what is not finite."""
    return None if value is None or not math.isfinite(value) else float(f"{value:.{DIGITS}g}")


def pack(outcome):
    """An Outcome as JSON values: [practice, fresh, steps, practice curve, fresh curve, diverged at]."""
    return [rounded(outcome.practice), rounded(outcome.fresh), list(outcome.steps), [rounded(v) for v in outcome.practice_curve],
            [rounded(v) for v in outcome.fresh_curve], outcome.diverged_at]


def unpack(values):
    """The Outcome that `pack` made `values` of."""
    def number(value):
        return math.inf if value is None else value

    practice, fresh, steps, practices, freshes, diverged_at = values
    return Outcome(number(practice), number(fresh), tuple(steps), tuple(map(number, practices)), tuple(map(number, freshes)), diverged_at)


def checksum(record):
    """Hex digest of everything in the record but the digest itself."""
    rest = {key: value for key, value in record.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Grid:
    """Stored runs: `outcome(design, seed)` for every design of `space` and every seed of `seeds`."""

    def __init__(self, space, seeds, runs):
        self.space, self.seeds, self.runs = space, tuple(seeds), runs

    def outcome(self, design, seed):
        """The stored Outcome; ValueError names a design or seed that was not trained."""
        design = design.plain()
        if design not in self.space.index:
            raise ValueError(f"this grid holds no run of: {design.words()}")
        if seed not in self.seeds:
            raise ValueError(f"seed must be one of {', '.join(map(str, self.seeds))}, got {seed!r}")
        return self.runs[self.space.index[design], seed]

    def mean(self, design, what="fresh", most=200.0):
        """Mean over the seeds of `practice` or `fresh`, each run counted as at most `most` per cent."""
        return float(np.mean([min(getattr(self.outcome(design, seed), what), most) for seed in self.seeds]))

    def start(self):
        """The start by rule: the design with the lowest mean practice error, the first of equals."""
        return min(self.space.designs, key=lambda design: round(self.mean(design, "practice"), 3))

    def record(self):
        """The file's content: provenance, designs, runs, and a digest of it all."""
        record = {
            "version": VERSION,
            "made_by": "python -m third_optimizer.meta.grid",
            "seeds": list(self.seeds),
            "designs": [asdict(design) for design in self.space.designs],
            "runs": [[pack(self.runs[i, seed]) for seed in self.seeds] for i in range(len(self.space.designs))],
        }
        return record | {"sha256": checksum(record)}

    @classmethod
    def load(cls, file, space=FIRST_SPACE):
        """Read a stored grid. ValueError, saying what to do, if the file is damaged, older, or of another space."""
        again = "make it anew with `make grid`"
        try:
            record = json.loads(Path(file).read_text("utf8"))
        except (json.JSONDecodeError, UnicodeDecodeError) as problem:
            raise ValueError(f"{Path(file).name} cannot be read ({problem}): {again}") from None
        if not isinstance(record, dict) or record.get("version") != VERSION:
            found = record.get("version") if isinstance(record, dict) else type(record).__name__
            raise ValueError(f"{Path(file).name} has version {found!r}, this code reads {VERSION}: {again}")
        if checksum(record) != record.get("sha256"):
            raise ValueError(f"{Path(file).name} is damaged (its checksum does not fit): {again}")
        if record["designs"] != [asdict(design) for design in space.designs]:
            raise ValueError(f"{Path(file).name} holds other designs than this space: {again}")
        seeds = record["seeds"]
        runs = {(i, seed): unpack(values) for i, row in enumerate(record["runs"]) for seed, values in zip(seeds, row, strict=True)}
        return cls(space, seeds, runs)


def run_alone(design, seed, progress=None):
    """`run` on one core: as fast, and the same sums in the same order as the stored runs."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return run(design, seed, progress=progress)


def train_grid(file, space=FIRST_SPACE, seeds=SEEDS, jobs=-1):
    """Train what `file` does not hold yet, over `jobs` processes (joblib), and write it; a Grid.

    Every run is appended to a journal beside the file when it ends, so a kill loses at most the runs under way.
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    file, journal = Path(file), Path(f"{file}.journal")
    runs = {}
    if file.is_file():
        try:
            runs = dict(Grid.load(file, space).runs)
        except ValueError:
            pass  # older or of another space: trained anew
    if journal.is_file():
        for line in journal.read_text("utf8").splitlines():
            try:
                index, seed, design, values = json.loads(line)
            except ValueError:
                continue  # the line a kill cut short
            if index < len(space.designs) and design == asdict(space.designs[index]):
                runs[index, seed] = unpack(values)
    missing = [(i, seed) for i in range(len(space.designs)) for seed in seeds if (i, seed) not in runs]
    results = Parallel(n_jobs=jobs, return_as="generator_unordered")(
        delayed(lambda i, seed: (i, seed, run_alone(space.designs[i], seed)))(i, seed) for i, seed in missing
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf8") as notes:
        for i, seed, outcome in tqdm(results, "training designs", len(missing), unit="run"):
            notes.write(json.dumps([i, seed, asdict(space.designs[i]), pack(outcome)]) + "\n")
            notes.flush()
            runs[i, seed] = unpack(pack(outcome))
    grid = Grid(space, seeds, {key: runs[key] for key in runs if key[1] in seeds})
    temporary = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(grid.record(), separators=(",", ":")), "utf8")
    os.replace(temporary, file)
    journal.unlink(missing_ok=True)
    return grid


if __name__ == "__main__":
    for name, (space, seeds) in STORED.items():
        train_grid(Path(sys.argv[1]) / name, space, seeds)
