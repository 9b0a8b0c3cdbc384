"""What the stored planners answer, stored too: chapter 7's measures take minutes, and its page has seconds.

planner_answers: of every stored machine; it hangs on a digest of their weights. planner_rules: of walkers by rule,
asked alike. Choices are counted for every discount trained; whatever else is asked, only for DISCOUNT, and is NaN
elsewhere. All walkers meet the same mazes.
"""

from functools import cache, partial

import numpy as np

from third_optimizer.mesa import walkers
from third_optimizer.meta import Maker, Store
from third_optimizer.meta.machines import made_by
from third_optimizer.world import RandomMazes, snake

from . import DATA, open_a_planner
from .judge_planners import (
    BESIDE,
    CHOOSING,
    EXAM,
    FARTHEST,
    FORMS,
    WALLED,
    agreement,
    choices,
    choosing,
    exam,
    implied,
    indifference_points,
    likelihoods,
    reach,
    scores,
    twin_counts,
    walked_or_flown,
)
from .train_planners import DISCOUNT, PLANNER, SEEDS, SWEEPS, TRAINED_AT
from .train_planners import stores as trained

PATIENCE = (2, 4, 6, 8, 10, 14, 20, 28, 40, 56)  # sweeps after which all is asked
THOUGHT = 20  # sweeps after which choices are looked at closely
OUTSIDE = ((0.05, 0.2), (2.0, 4.0))  # worths that practice never had
STRANGE = {"count": 800, "seed": 78}  # mazes with such
SNAKE, SNAKED = 9, (7, 14, 28, 56, 120)  # the snake's size, sweeps
DIRECTIONS = tuple(range(4))  # random ones, over which a written goal's answers are averaged
READ = (("patch", SWEEPS), ("own", SWEEPS), ("patch", 2), ("start", SWEEPS))  # what value is read off, after sweeps
EXACT = 200  # sweeps of value iteration that are always enough

RULES = {
    "nearest": lambda mazes, sweeps, discount: walkers.nearest(mazes),
    "worthiest": lambda mazes, sweeps, discount: walkers.worthiest(mazes),
    "diffusion": lambda mazes, sweeps, discount: walkers.diffusion(mazes, sweeps),
    "value iteration": lambda mazes, sweeps, discount: walkers.value_iteration(mazes, sweeps, discount),
    "optimum": lambda mazes, sweeps, discount: walkers.value_iteration(mazes, EXACT, discount),
    "adding": lambda mazes, sweeps, discount: walkers.summing(mazes, discount),
}


def thinking(parameters, planner=PLANNER):
    """walk(mazes, sweeps), as the functions below want one: a machine's moves after each of these rising numbers of
    sweeps, thought in one go."""

    def walk(mazes, sweeps):
        state, done = None, 0
        for more in sweeps:
            logits, (state,) = planner.think(parameters, mazes, more - done, keep=0, state=state)
            done = more
            yield logits.argmax(axis=1)

    return walk


def obeying(rule, discount):
    """walk(mazes, sweeps) of one of RULES."""
    return lambda mazes, sweeps: (RULES[rule](mazes, more, discount) for more in sweeps)


# --- from outside --------------------------------------------------------------------------------------


def chosen_by(walk, discount):
    """After each of PATIENCE: shares (share, a, b), implied, sharpness, arrives. After THOUGHT: agrees, with the
    optimum of each of TRAINED_AT; indifference, judge_planners.indifference_points; forms, likelihoods of FORMS."""
    found = [scores(exam(), moves, discount) for moves in walk(exam(), PATIENCE)]
    chosen = [choices(choosing(), moves) for moves in walk(choosing(), PATIENCE)]
    fits = [implied(one) for one in chosen]
    close = chosen[PATIENCE.index(THOUGHT)]
    return {
        "shares": [[one[name] for name in ("share", "a", "b")] for one in found],
        "implied": [fit["discount"] for fit in fits],
        "sharpness": [fit["sharpness"] for fit in fits],
        "arrives": [one["arrives"] for one in chosen],
        "agrees": [agreement(close, other) for other in TRAINED_AT],
        "indifference": indifference_points(close),
        "forms": [*likelihoods(choosing(), close).values()],
    }


CHOSEN = {
    "shares": ((len(PATIENCE), 3), "f4"),
    "implied": ((len(PATIENCE),), "f4"),
    "sharpness": ((len(PATIENCE),), "f4"),
    "arrives": ((len(PATIENCE),), "f4"),
    "agrees": ((len(TRAINED_AT),), "f4"),
    "indifference": ((FARTHEST + 1,), "f4"),
    "forms": ((len(FORMS),), "f4"),
}


def tried_on(walk, discount):
    """follows, cells: walked_or_flown; outside: implied discount at worths of OUTSIDE; twins: twin_counts; all after
    THOUGHT. snake: reach after SNAKED."""

    def once(mazes):
        return next(iter(walk(mazes, (THOUGHT,))))

    ways, maze = exam(*WALLED), snake(SNAKE)
    strange = [exam(RandomMazes(9, (2,), worths=worths), **STRANGE) for worths in OUTSIDE]
    return walked_or_flown(ways, once(ways), discount) | {
        "outside": [implied(choices(mazes, once(mazes)))["discount"] for mazes in strange],
        "twins": twin_counts(once),
        "snake": [reach(maze, moves) for moves in walk(maze, SNAKED)],
    }


TRIED = {
    "follows": ((), "f4"),
    "cells": ((), "f4"),
    "outside": ((len(OUTSIDE),), "f4"),
    "twins": ((), "f4"),
    "snake": ((len(SNAKED),), "f4"),
}


# --- from inside -----------------------------------------------------------------------------------------


def opened(parameters, start):
    """value: r2 and rank for each of READ; start, what the training began with. written: share, a, implied and arrives
    for each of WRITINGS, the random ones averaged over DIRECTIONS. unwritten: arrives, with nothing written. beside:
    beside_a_goal. erased: seen, erased. replans: on, anew, for each of REPLANS sweeps."""
    value = [
        open_a_planner.value_in_patch(start if what == "start" else parameters, sweeps, patch=what != "own")
        for what, sweeps in READ
    ]
    written = []
    for how in open_a_planner.WRITINGS:
        ways = DIRECTIONS if how.startswith("random") else DIRECTIONS[:1]
        rows = [open_a_planner.written(parameters, how, way) for way in ways]
        written.append([np.mean([row[name] for row in rows]) for name in WRITTEN])
    again = open_a_planner.replans(parameters)
    return {
        "value": [[one["r2"], one["rank"]] for one in value],
        "written": written,
        "unwritten": open_a_planner.nothing_written(parameters),
        "beside": open_a_planner.beside_a_goal(parameters),
        "erased": [*open_a_planner.erased(parameters).values()],
        "replans": np.stack([again["on"], again["anew"]], axis=1),
    }


def best_written(parameters, start):
    """added: WRITTEN for each of ADDED, open_a_planner.written_best."""
    asked = ((parameters, 0), (parameters, open_a_planner.TAUGHT), (start, open_a_planner.TAUGHT))
    rows = [open_a_planner.written_best(machine, steps) for machine, steps in asked]
    return {"added": [[row[name] for name in WRITTEN] for row in rows]}


WRITTEN = ("share", "a", "implied", "arrives")
ADDED = ("what a goal shows its cell", "trained", "trained, in an untrained machine")
OPENED = {
    "value": ((len(READ), 2), "f4"),
    "written": ((len(open_a_planner.WRITINGS), len(WRITTEN)), "f4"),
    "unwritten": ((), "f4"),
    "beside": ((), "f4"),
    "erased": ((2,), "f4"),
    "replans": ((len(open_a_planner.REPLANS), 2), "f4"),
}


BEST = {"added": ((len(ADDED), len(WRITTEN)), "f4")}


# --- stores ------------------------------------------------------------------------------------------------


def choose(way, discount, seed, machines):
    """`chosen_by` of a stored machine."""
    weights = machines.at(way=way, discount=discount, seed=seed)["weights"]
    return chosen_by(thinking(weights), discount)


def try_on(way, discount, seed, machines):
    """`tried_on` of a stored machine."""
    weights = machines.at(way=way, discount=discount, seed=seed)["weights"]
    return tried_on(thinking(weights), discount)


def look_inside(way, discount, seed, machines):
    """`opened` of a stored machine, beside the start of its own training."""
    weights = machines.at(way=way, discount=discount, seed=seed)["weights"]
    return opened(weights, open_a_planner.untrained(seed))


def write_best(way, discount, seed, machines):
    """`best_written` in a stored machine, beside the start of its own training."""
    weights = machines.at(way=way, discount=discount, seed=seed)["weights"]
    return best_written(weights, open_a_planner.untrained(seed))


def rule_chooses(rule, discount):
    """`chosen_by` of a rule."""
    return chosen_by(obeying(rule, discount), discount)


def rule_tries(rule, discount):
    """`tried_on` of a rule."""
    return tried_on(obeying(rule, discount), discount)


def usual(discount, **_):
    """Where more is asked than choices."""
    return discount == DISCOUNT


@cache
def stores():
    """{file: Store} of both; planners.npz must be there."""
    machines = trained()["planners.npz"]
    asked = {"patience": PATIENCE, "thought": THOUGHT, "exam": EXAM, "choosing": CHOOSING}
    tried = {"outside": OUTSIDE, "strange": STRANGE, "walled": WALLED[1:], "beside": BESIDE, "snaked": SNAKED}
    inside = {"long": open_a_planner.LONG, "in": open_a_planner.WRITTEN_IN, "ways": DIRECTIONS, "read": READ}
    by = {"machines": made_by(machines)}
    answers = [
        Maker(partial(choose, machines=machines), CHOSEN, asked | by),
        Maker(partial(try_on, machines=machines), TRIED, tried | by, usual),
        Maker(partial(look_inside, machines=machines), OPENED, inside | by, usual),
        Maker(partial(write_best, machines=machines), BEST, {"steps": open_a_planner.TAUGHT} | by, usual),
    ]
    rules = [Maker(rule_chooses, CHOSEN, asked), Maker(rule_tries, TRIED, tried, usual)]
    made = {
        "planner_answers": (machines.axes, answers),
        "planner_rules": ({"rule": tuple(RULES), "discount": TRAINED_AT}, rules),
    }
    return {f"{name}.npz": Store(DATA / f"{name}.npz", axes, makers) for name, (axes, makers) in made.items()}


def answers(way="sampled", discount=DISCOUNT):
    """{column: (seeds, ...)} of planner_answers for the machines of a way and a discount. ValueError names a way or
    discount that is not stored."""
    store = stores()["planner_answers.npz"]
    place = store.place(way=way, discount=discount, seed=SEEDS[0])[:2]
    return {name: column[place] for name, column in store.columns.items()}


def rule_answers(rule, discount=DISCOUNT):
    """{column: values} of planner_rules."""
    return stores()["planner_rules.npz"].at(rule=rule, discount=discount)
