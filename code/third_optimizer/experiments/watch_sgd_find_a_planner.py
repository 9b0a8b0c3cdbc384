"""Chapter 7, Watch SGD find a planner: what the machines of train_planners do in mazes they have never seen.

Each is asked from outside here; what is inside of it stands in open_a_planner. Machines come from the store, one a way
of training, a discount and a seed; arrays over seeds follow SEEDS. Shares are of 1.
"""

from functools import cache

import numpy as np

from third_optimizer.mesa import Planner, walkers
from third_optimizer.world import Mazes, RandomMazes, distances, follow, snake

from .judge_planners import agreement, between, choices, exam, implied, logistic, scores, sides
from .train_planners import DIAL, DISCOUNT, SEEDS, SWEEPS, TRAINED_AT, stores

PLANNER = Planner()
THOUGHT = 20  # sweeps after which choices are fitted
PATIENCE = (2, 4, 6, 8, 10, 14, 20, 28, 40)
CHOOSING = {"count": 1500, "seed": 77}  # mazes in which choices are counted
ENOUGH = 150  # choices at one difference of distance, for a point of indifference
RULES = {
    "nearest": lambda mazes, sweeps, discount: walkers.nearest(mazes),
    "worthiest": lambda mazes, sweeps, discount: walkers.worthiest(mazes),
    "diffusion": lambda mazes, sweeps, discount: walkers.diffusion(mazes, sweeps),
    "value iteration": lambda mazes, sweeps, discount: walkers.value_iteration(mazes, sweeps, discount),
}
EXACT = 200  # sweeps of value iteration that are always enough


def machine(way="sampled", discount=DISCOUNT, seed=0):
    """A stored machine's parameters, (3,316,). ValueError names a way, discount or seed that is not stored."""
    return stores()["planners.npz"].at(way=way, discount=discount, seed=seed)["weights"].astype(float)


def choosing():
    """Mazes with two goals in which choices are counted."""
    return exam(**CHOOSING)


@cache
def moved(way, discount, seed, sweeps, mazes):
    """The moves of a stored machine."""
    return PLANNER.moves(machine(way, discount, seed), mazes, sweeps)


def each_seed(measure):
    """{name: (seeds,)} of a function of the seed that gives numbers by name."""
    rows = [measure(seed) for seed in SEEDS]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


# --- both conflicts ------------------------------------------------------------------------------------


def shares(way="sampled", sweeps=SWEEPS, discount=DISCOUNT):
    """share, a, b of the machines on new mazes (judge_planners.scores), each (seeds,)."""
    return each_seed(lambda seed: scores(exam(), moved(way, discount, seed, sweeps, exam()), discount))


def rule_shares(sweeps=SWEEPS, discount=DISCOUNT):
    """{rule: {share, a, b}} of the rules; diffusion and value iteration take as many sweeps as the machine."""
    return {name: scores(exam(), rule(exam(), sweeps, discount), discount) for name, rule in RULES.items()}


# --- the discount that choices imply -----------------------------------------------------------------------


def implied_discounts(way="sampled", sweeps=THOUGHT):
    """What machines trained at each of TRAINED_AT choose by, beside the exact optimum measured alike.

    machines, sharpness: (discounts, seeds); optimum: (discounts,); agrees: (discounts, seeds, discounts), share of the
    choices that the optimum of each discount makes too.
    """
    mazes, found = choosing(), {name: [] for name in ("machines", "sharpness", "optimum", "agrees")}
    for trained in TRAINED_AT:
        chosen = [choices(mazes, moved(way, trained, seed, sweeps, mazes)) for seed in SEEDS]
        fits = [implied(one) for one in chosen]
        found["machines"].append([fit["discount"] for fit in fits])
        found["sharpness"].append([fit["sharpness"] for fit in fits])
        found["agrees"].append([[agreement(one, discount) for discount in TRAINED_AT] for one in chosen])
        best = choices(mazes, walkers.value_iteration(mazes, EXACT, trained))
        found["optimum"].append(implied(best)["discount"])
    return {name: np.array(values) for name, values in found.items()}


def indifference(way="sampled", discount=DISCOUNT, seed=0, sweeps=THOUGHT, most=12):
    """How much more the farther goal must be worth to be chosen as often as the nearer one. farther (n,): by so many
    steps; ratio (n,): log of the worths' ratio; theory (n,): −farther · log discount. Only where there are ENOUGH."""
    chosen = choices(choosing(), moved(way, discount, seed, sweeps, choosing()))
    sign = np.where(chosen["farther"] < 0, -1, 1)  # mirrored, so that the first is the farther one
    first, ratio = np.where(sign > 0, chosen["first"], ~chosen["first"]), sign * chosen["ratio"]
    points = []
    for farther in range(most + 1):
        here = abs(chosen["farther"]) == farther
        if here.sum() >= ENOUGH and 0 < first[here].mean() < 1:
            slope, constant = logistic((ratio[here], np.ones(here.sum())), first[here])
            points.append((farther, -constant / slope, -farther * np.log(discount)))
    return dict(zip(("farther", "ratio", "theory"), np.array(points).T, strict=True))


def forms(way="sampled", discount=DISCOUNT, seed=0, sweeps=THOUGHT):
    """{way to weigh worth against distance: log likelihood a choice}, each fitted with two weights, hyperbolic with one
    weight and the best of nine constants."""
    mazes = choosing()
    chosen = choices(mazes, moved(way, discount, seed, sweeps, mazes))
    steps, first = between(mazes)["steps"][:, chosen["cell"]], chosen["first"]
    (goals,) = np.nonzero(mazes.goal)
    worths = mazes.worth[goals].reshape(-1, 2)[mazes.maze[chosen["cell"]]].T

    def likelihood(*columns):
        z = np.stack(columns, axis=1) @ logistic(columns, first)
        return float(-np.logaddexp(0, np.where(first, -z, z)).mean())

    def hyperbolic(k):
        return likelihood(chosen["ratio"] - np.log((1 + k * steps[0]) / (1 + k * steps[1])))

    return {
        "exponential": likelihood(chosen["ratio"], chosen["farther"]),
        "linear": likelihood(worths[0] - worths[1], chosen["farther"]),
        "power": likelihood(chosen["ratio"], np.log(steps[0] / steps[1])),
        "hyperbolic": max(map(hyperbolic, (0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2))),
    }


def by_the_way(way="sampled", discount=DISCOUNT, sweeps=THOUGHT, clear=0.1):
    """Where the walking distance and the crow's would choose differently, both clearly: follows (seeds,), share of the
    choices by walking distance; cells (seeds,)."""
    mazes = exam(RandomMazes(9, (2,), 0.63), 2500, 201)  # with more walls

    def one(seed):
        chosen = choices(mazes, moved(way, discount, seed, sweeps, mazes))
        walked, flown = (chosen["ratio"] + np.log(discount) * chosen[name] for name in ("farther", "crow"))
        apart = (walked * flown < 0) & (abs(walked) > clear) & (abs(flown) > clear)
        return {"follows": ((walked > 0) == chosen["first"])[apart].mean(), "cells": apart.sum()}

    return each_seed(one)


def outside(worths, way="sampled", discount=DISCOUNT, sweeps=THOUGHT):
    """Implied discount (seeds,) where worths lie between two others than in practice."""
    mazes = exam(RandomMazes(9, (2,), worths=tuple(worths)), 800, 78)
    return each_seed(lambda seed: implied(choices(mazes, moved(way, discount, seed, sweeps, mazes))))["discount"]


# --- longer thought ----------------------------------------------------------------------------------------


def patience(way="sampled", discount=DISCOUNT, sweeps=PATIENCE):
    """By sweeps: implied, share, a, b (sweeps, seeds) of the machines, and planner (sweeps,): implied discount of value
    iteration with the same number of sweeps."""
    found = {"implied": [], "planner": []}
    for k in sweeps:
        own = each_seed(lambda seed, k=k: implied(choices(choosing(), moved(way, discount, seed, k, choosing()))))
        found["implied"].append(own["discount"])
        rule = choices(choosing(), walkers.value_iteration(choosing(), k, discount))
        found["planner"].append(implied(rule)["discount"])
        for name, values in shares(way, k, discount).items():
            found.setdefault(name, []).append(values)
    return {"sweeps": np.array(sweeps)} | {name: np.array(values) for name, values in found.items()}


def snake_reach(way="sampled", discount=DISCOUNT, sweeps=(7, 14, 28, 56, 120), size=9):
    """By sweeps, (sweeps, seeds): from how many steps away in the snake, and from everywhere nearer, it arrives."""
    maze = snake(size)
    order = np.argsort(distances(maze, maze.goal))

    def reach(seed, k):
        arrives = np.isfinite(follow(maze, PLANNER.moves(machine(way, discount, seed), maze, k))[1])[order]
        return len(arrives) - 1 if arrives.all() else int(arrives.argmin()) - 1

    return np.array([[reach(seed, k) for seed in SEEDS] for k in sweeps])


# --- a maximum or a sum ------------------------------------------------------------------------------------


@cache
def twins(count=1500, seed=91):
    """Mazes with two goals, and the same with another goal beside the first, as worthy: (Mazes, sides) of both, only
    mazes where there is room for it."""
    mazes = exam(count=count, seed=seed)
    (goals,) = np.nonzero(mazes.goal)
    first = goals[::2]
    rooms = mazes.target[:, first]
    free = ~mazes.goal[rooms]
    room = free.any(axis=0)
    twin = rooms[free.argmax(axis=0), np.arange(len(first))][room]
    worth = mazes.worth.copy()
    worth[twin] = worth[first[room]]
    (kept,) = np.nonzero(room)
    made = []
    for values in (mazes.worth, worth):
        some = Mazes(mazes.walls, mazes.grid(values, 0.0)).pick(kept)
        mark = np.zeros(mazes.count, bool)
        mark[first] = True
        mark[twin] = values[twin] > 0
        made.append((some, sides(some, mark[np.isin(mazes.maze, kept)])))
    return made


def twin_counts(walk):
    """What another goal beside the first, as worthy, adds to it, in log worth: 0 for a maximum, log 2 for a sum.
    walk(mazes) -> moves."""
    chosen = [choices(mazes, walk(mazes), known_of) for mazes, known_of in twins()]
    first = np.concatenate([one["first"] for one in chosen])
    columns = [np.concatenate([one[name] for one in chosen]) for name in ("ratio", "farther")]
    twinned = np.repeat([0.0, 1.0], [len(one["first"]) for one in chosen])
    sharpness, _, more = logistic((*columns, twinned), first)
    return float(more / sharpness)


def twins_count(way="sampled", discount=DISCOUNT, sweeps=THOUGHT):
    """`twin_counts` of the machines, (seeds,), of an exact planner and of a walker that adds."""
    own = each_seed(lambda seed: {"more": twin_counts(lambda mazes: moved(way, discount, seed, sweeps, mazes))})
    planner = twin_counts(lambda mazes: walkers.value_iteration(mazes, EXACT, discount))
    adding = twin_counts(lambda mazes: walkers.summing(mazes, discount))
    return {"machines": own["more"], "planner": planner, "adding": adding}


# --- the engineer's dial -------------------------------------------------------------------------------------


def practice_dial():
    """By the number of practice mazes DIAL: the columns of train_planners.judge, each (stops, seeds)."""
    return {"mazes": DIAL} | stores()["planner_dial.npz"].columns
