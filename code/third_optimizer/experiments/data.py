"""Everything that is stored: `make data` makes what is missing of it, `make atlas` the game's part.

    python -m third_optimizer.experiments.data [atlas.npz ...]

All cores, a progress bar, resumable: what a file or its journal holds is not made again. On a cluster, `make_data`
inside `joblib.parallel_config(backend="dask")`.
"""

import sys

from third_optimizer.meta import ATLAS_SPACE, CONFIRM, DIAL_SEEDS, DIAL_SPACE, SEEDS, tournament
from third_optimizer.meta.grid import Grid, grid_store
from third_optimizer.meta.machines import floor_store, machine_store, shove_store, thought_store

from . import (
    DATA,
    ask_planners,
    ask_wishers,
    meet_walls,
    score_machines,
    tell_digits,
    train_layers,
    train_loops,
    train_on_luck,
    train_planners,
    train_racers,
    train_wishes,
    turn_the_first_dial,
)


def grids():
    """{file: Store} of trained designs, and of the machines they left."""
    return {
        "first_dial.npz": grid_store(DATA / "first_dial.npz", DIAL_SPACE, DIAL_SEEDS, ()),
        "atlas.npz": grid_store(DATA / "atlas.npz", ATLAS_SPACE, SEEDS, CONFIRM),
        "machines.npz": machine_store(DATA / "machines.npz"),
    }


MADE_OF_GRIDS = ("tournament.npz", "odds.npz", "thoughts.npz", "floors.npz", "shoves.npz")


def made_of_grids():
    """{file: Store} of what players did with the atlas, and of what its machines answer; both must be there."""
    grid = Grid.load(DATA / "atlas.npz")
    made = (*tournament.stores(DATA, grid), thought_store(DATA), floor_store(DATA, grid), shove_store(DATA))
    return {store.file.name: store for store in made}


def layers():
    """{file: Store} of what single pages show."""
    return (
        train_layers.stores()
        | meet_walls.stores()
        | train_loops.stores()
        | train_racers.stores()
        | train_planners.stores()
        | train_on_luck.stores()
        | train_wishes.stores()
        | {"learners.npz": turn_the_first_dial.learners(), "digits.npz": tell_digits.nets()}
    )


MADE_OF_PLANNERS = ("planner_answers.npz", "planner_rules.npz", "wish_answers.npz")


def made_of_planners():
    """{file: Store} of what the planners answer, which must be there, and rules beside them."""
    return ask_planners.stores() | ask_wishers.stores()


MADE_OF_MACHINES = ("profiles.npz",)


def made_of_machines():
    """{file: Store} of the battery put to all machines; those that are stored must be there."""
    return score_machines.stores()


def stores():
    """{file: Store} of everything; what others are made of must be there."""
    return grids() | made_of_grids() | layers() | made_of_planners() | made_of_machines()


def make_data(names=(), jobs=-1):
    """Make what these files lack, or all of them. ValueError for a name that is none of them."""
    known = [*grids(), *MADE_OF_GRIDS, *layers(), *MADE_OF_PLANNERS, *MADE_OF_MACHINES]
    if unknown := set(names) - set(known):
        raise ValueError(f"{', '.join(sorted(unknown))}: no such data; there are {', '.join(known)}")
    needing = {made_of_grids: MADE_OF_GRIDS, made_of_planners: MADE_OF_PLANNERS, made_of_machines: MADE_OF_MACHINES}
    # each is made of what was made before
    for several in (grids, made_of_grids, layers, made_of_planners, made_of_machines):
        if names and several in needing and not set(needing[several]) & set(names):
            continue  # what they need may not be there
        for name, store in several().items():
            if not names or name in names:
                store.make(jobs)


if __name__ == "__main__":
    make_data(sys.argv[1:])
