"""Chapter 5, Let it think longer: layers of attention run for more passes than they were trained with.

The machines are those of the atlas, kept as they were after practice (meta.machines). Errors are in per cent of
guessing zero.
"""

from functools import cache
from string import ascii_uppercase

import numpy as np

from third_optimizer.meta import SEEDS, par
from third_optimizer.meta.grid import BLOWN
from third_optimizer.meta.machines import PASSES, TIMES, floor_store, problem, thought_store
from third_optimizer.meta.running import NEAR

from . import DATA
from .make_the_atlas import atlas

ONE_SEED = SEEDS[0]
TURN = 16  # times as many passes as in training, after which the floor is there


@cache
def thoughts():
    """The Store of what each machine answers to `problem` after each of PASSES."""
    return thought_store(DATA)


def hidden():
    """The hidden number: the right answer to the problem."""
    return float(problem().answer[0])


def answers(design, seed=ONE_SEED):
    """(PASSES,) what the machine of a design answers the longer it thinks; NaN where it flew off. ValueError for a
    design without passes: no machine of it is kept."""
    return thoughts().at(design=design, seed=seed)["answers"].astype(float)


@cache
def three():
    """{fate: Design} three machines of the first seed that reach par with two passes or more: "goes on" has the lowest
    error when run eight times as long; "flies off" blows up on most prompts then; "stalls" keeps at least half of its
    error, and of those that miss the hidden number by a tenth or more it is the one whose miss changes least."""
    grid, k = atlas(), atlas().seeds.index(ONE_SEED)
    fresh, longer, blown = (grid.columns[name][:, k] for name in ("fresh", "longer", "blown"))
    several = np.array([design.architecture == "attention" and design.passes > 1 for design in grid.space.designs])
    good = several & (fresh <= NEAR * par())

    def change(i):
        miss = np.abs(answers(grid.space.designs[i]) / hidden() - 1)
        before, after = miss[PASSES.index(grid.space.designs[i].passes)], miss[-1]
        return abs(np.log(after / before)) if min(before, after) >= 0.1 else np.inf

    found = {
        "goes on": np.argmin(np.where(good & grid.iterates(ONE_SEED), longer[:, 2], np.inf)),
        "stalls": min(np.flatnonzero(good & (longer[:, 2] >= fresh / 2) & (blown[:, 2] <= BLOWN)), key=change),
        "flies off": np.argmax(np.where(good, blown[:, 2], -1)),
    }
    return {fate: grid.space.designs[i] for fate, i in found.items()}


# --- the floor ----------------------------------------------------------------------------------------------


@cache
def floors():
    """What machines that iterate leave when they run longer: times (T,), of the passes they were trained with; each
    {seed: (machines, T)} errors; median (seeds, T) of the middle machine; gain: by how much the first TURN of the times
    divide that, on average over the seeds."""
    grid, store = atlas(), floor_store(DATA, atlas())
    found = {}
    for seed in SEEDS:
        inside = [grid.iterates(seed)[grid.space.index[design]] for design in store.axes["design"]]
        found[seed] = store.columns["errors"][inside, SEEDS.index(seed)].astype(float)
    median = np.array([np.median(errors, axis=0) for errors in found.values()])
    gain = np.mean(median[:, 0] / median[:, TIMES.index(TURN)])
    return {"times": TIMES, "each": found, "median": median, "turn": TURN, "gain": gain}


def machines(designs):
    """What view.longer draws of some designs: machines A, B, ..., so that no name says what becomes of them; the first
    in the colour of machines."""
    return [
        {"name": name, "passes": design.passes, "answers": answers(design), "role": "mesa" if name == "A" else "world"}
        for name, design in zip(ascii_uppercase, designs, strict=False)
    ]
