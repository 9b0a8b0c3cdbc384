"""The machines themselves: what practice left in each of the atlas' layers of attention, and what they answer when they
think longer.

A run of the atlas keeps its scores and lets its machine go. Here the machines are kept, so that whatever is asked of
them later is evaluated and nothing is trained again. They were trained once more for that: stable runs come out the
same, and of the others a few do not (Grid.columns["stable"]).
"""

import hashlib
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from third_optimizer.mesa import LinearAttention, least_squares, run_longer
from third_optimizer.mesa.battery import disagreement, recovered

from .grid import AGAIN, ATLAS_SPACE, SEEDS
from .running import WORLD, practise
from .store import Maker, Store

SIZE = WORLD.dimension + 1  # of a token
PASSES = (1, 2, 4, 8, 16, 32)  # after which an answer is kept
KEY = (7, 5)  # of the problem; chosen so that its answer is well away from zero
FAR = 1e6  # an answer beyond it is kept as this
TIMES = tuple(2**k for k in range(7))  # of the passes it was trained with, a machine runs to find its floor
FRESH = (7, 6)  # key of the prompts for that
SHOVED, EXACT = (7, 7), 1e-6  # key of the prompts on which machines are pushed; distance below which one is exact


def train_machine(design, seed):
    """What the run of a design with a seed leaves: weights, (2, d+1, d+1), A and P of the layer; row, (d,), what its
    lookup table holds for problem 0, zeros without one. NaN after a blow-up."""
    model, parameters, _, diverged_at = practise(design, seed)
    weights, row = parameters, np.zeros(WORLD.dimension)
    if design.table:
        weights, table = model.split(parameters)
        row = table[0]
    if diverged_at is not None:
        weights, row = np.full((2, SIZE, SIZE), np.nan), np.full(WORLD.dimension, np.nan)
    return {"weights": weights, "row": row}


def machine_store(file, space=ATLAS_SPACE, seeds=SEEDS):
    """The Store of the machines of those designs of `space` that have passes, in half the digits of a float."""
    designs = [design for design in space.designs if design.architecture == "attention"]
    columns = {"weights": ((2, SIZE, SIZE), "f4"), "row": ((WORLD.dimension,), "f4")}
    return Store(file, {"design": designs, "seed": seeds}, [Maker(train_machine, columns)], AGAIN)


def answers(kept, prompts, passes, push=None):
    """Answers of a machine as its store keeps it, {"weights", "row"}, after 0, 1, ... passes, (passes+1, B).

    Every prompt counts as a new problem that comes under number 0. inf or NaN where the machine flies off. push: of
    mesa.LinearAttention.answers.
    """
    weights, row = (np.asarray(kept[name], float) for name in ("weights", "row"))
    return LinearAttention(WORLD.dimension).answers(weights, prompts, passes, push) + prompts.query @ row


# --- one problem, thought about for longer ---------------------------------------------------------------


@cache
def problem():
    """A prompt that no machine has met, the same for all: Prompts of one."""
    return WORLD.prompts(np.random.default_rng(KEY), 1)


def think(design, seed, machines):
    """What a kept machine answers to `problem` after each of PASSES: {"answers": (PASSES,)}, NaN where it has none."""
    with np.errstate(over="ignore", invalid="ignore"):
        said = answers(machines.at(design=design, seed=seed), problem(), PASSES[-1])[list(PASSES), 0]
        return {"answers": np.where(np.isfinite(said), np.clip(said, -FAR, FAR), np.nan)}


def made_by(machines):
    """What tells the machines of a store from others: a digest of all that is kept of them."""
    return hashlib.sha256(b"".join(column.tobytes() for column in machines.columns.values())).hexdigest()[:16]


def thought_store(folder):
    """The Store of these answers, for the machines kept in `folder`, which must be there."""
    machines = machine_store(Path(folder) / "machines.npz")
    settings = {"passes": PASSES, "key": KEY, "machines": made_by(machines)}
    maker = Maker(partial(think, machines=machines), {"answers": ((len(PASSES),), "f4")}, settings)
    return Store(Path(folder) / "thoughts.npz", machines.axes, [maker], AGAIN)


# --- the floor -------------------------------------------------------------------------------------------


def run_on(design, seed, machines, count=2000):
    """Errors of a kept machine on `count` fresh prompts when it runs TIMES its passes: {"errors": (TIMES,)}, per cent
    of guessing zero, each prompt counted as mesa.run_longer does."""
    machine = SimpleNamespace(answers=answers, passes=design.passes)
    prompts = WORLD.prompts(np.random.default_rng(FRESH), count)
    return {"errors": run_longer(machine, machines.at(design=design, seed=seed), prompts, TIMES)[0]}


def floor_store(folder, grid):
    """The Store of these errors, for the designs that iterate in `grid` with some seed; the machines kept in `folder`
    must be there."""
    machines = machine_store(Path(folder) / "machines.npz")
    ever = np.any([grid.iterates(seed) for seed in SEEDS], axis=0)
    designs = [design for design, goes_on in zip(grid.space.designs, ever, strict=True) if goes_on]
    settings = {"times": TIMES, "key": FRESH, "machines": made_by(machines)}
    maker = Maker(partial(run_on, machines=machines), {"errors": ((len(TIMES),), "f4")}, settings)
    return Store(Path(folder) / "floors.npz", {"design": designs, "seed": SEEDS}, [maker], AGAIN)


# --- the battery's raw numbers ---------------------------------------------------------------------------


def shove(design, seed, machines, count=100):
    """What tests T2 and T4 of the battery need beside the atlas' own columns, on `count` fresh prompts.

    left: what is left of a push after four times its passes (mesa.battery.recovered); NaN for a single pass. far: error
    when it runs 64 times its passes, per cent of guessing zero. ridge: how far its answers are from those of least
    squares, of which guessing zero has 1; what is below EXACT is an exact ridge layer, which none of the atlas is:
    chapter 14 installs one.
    """
    kept, passes = machines.at(design=design, seed=seed), design.passes
    prompts = WORLD.prompts(np.random.default_rng(SHOVED), count)
    machine = SimpleNamespace(answers=answers, passes=passes)
    push = np.random.default_rng((*SHOVED, 1)).normal(size=prompts.query.shape)
    solved = (least_squares(prompts) * prompts.query).sum(axis=1)
    left = np.nan
    if passes > 1:
        left = recovered(lambda p, n, off: answers(kept, p, n, off), prompts, push, passes, (0, 4))[1]
    return {
        "left": left,
        "far": run_longer(machine, kept, prompts, (64,))[0][0],
        "ridge": disagreement(answers(kept, prompts, passes)[-1], solved, prompts),
    }


def shove_store(folder):
    """The Store of these numbers, for the machines kept in `folder`, which must be there."""
    machines = machine_store(Path(folder) / "machines.npz")
    maker = Maker(
        partial(shove, machines=machines),
        dict.fromkeys(("left", "far", "ridge"), ((), "f4")),
        {"key": SHOVED, "machines": made_by(machines)},
    )
    return Store(Path(folder) / "shoves.npz", machines.axes, [maker], AGAIN)
