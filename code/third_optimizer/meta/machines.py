"""The machines themselves: what practice left in each of the atlas' layers of attention, and what they answer when they
think longer.

A run of the atlas keeps its scores and lets its machine go. Here the machines are kept, so that whatever is asked of
them later is evaluated and nothing is trained again. They were trained once more for that: stable runs come out the
same, and of the others a few do not (Grid.columns["stable"]).
"""

import hashlib
from functools import cache, partial
from pathlib import Path

import numpy as np

from third_optimizer.mesa import LinearAttention

from .grid import AGAIN, ATLAS_SPACE, SEEDS
from .running import WORLD, practise
from .store import Maker, Store

SIZE = WORLD.dimension + 1  # of a token
PASSES = (1, 2, 4, 8, 16, 32)  # after which an answer is kept
KEY = (7, 5)  # of the problem; chosen so that its answer is well away from zero
FAR = 1e6  # an answer beyond it is kept as this


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


def answers(kept, prompts, passes):
    """Answers of a machine as its store keeps it, {"weights", "row"}, after 0, 1, ... passes, (passes+1, B).

    Every prompt counts as a new problem that comes under number 0. inf or NaN where the machine flies off.
    """
    weights, row = (np.asarray(kept[name], float) for name in ("weights", "row"))
    return LinearAttention(WORLD.dimension).answers(weights, prompts, passes) + prompts.query @ row


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


def thought_store(folder):
    """The Store of these answers, for the machines kept in `folder`, which must be there."""
    machines = machine_store(Path(folder) / "machines.npz")
    made_by = hashlib.sha256(machines.columns["weights"].tobytes() + machines.columns["row"].tobytes()).hexdigest()[:16]
    settings = {"passes": PASSES, "key": KEY, "machines": made_by}
    maker = Maker(partial(think, machines=machines), {"answers": ((len(PASSES),), "f4")}, settings)
    return Store(Path(folder) / "thoughts.npz", machines.axes, [maker], AGAIN)
