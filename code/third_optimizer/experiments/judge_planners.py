"""What a walker in mazes is worth, and what its choices between two goals imply: the measures of chapter 7.

A walker is given by its moves, one for every open cell of a batch of mazes, whoever chose them: a trained machine, a
rule, or the exact optimum, all measured alike. Shares are of 1.
"""

from functools import cache, lru_cache

import numpy as np
from sklearn.linear_model import LogisticRegression

from third_optimizer.mesa import walkers
from third_optimizer.world import Mazes, RandomMazes, crow_flies, distances, earned, follow, optimum

CLEARLY, NEARLY = 0.93, 0.97  # of the best: what falls short of it, what counts as taking it
NEW, EXAM = RandomMazes(9, (2,)), {"count": 500, "seed": 5}  # mazes on which walkers are judged, larger than practice
CHOOSING = {"count": 1500, "seed": 77}  # mazes in which choices are counted
FARTHEST, ENOUGH = 12, 150  # steps by which a goal is farther; choices there for a point of indifference
WALLED = RandomMazes(9, (2,), 0.63), 2500, 201  # mazes with more walls, in which ways wind
BESIDE = {"count": 1500, "seed": 91}  # mazes that get a goal beside a goal


@lru_cache(maxsize=32)
def exam(world=NEW, count=EXAM["count"], seed=EXAM["seed"]):
    """Mazes that no machine has met."""
    return world.draw(np.random.default_rng(seed), count)


@lru_cache(maxsize=64)
def known(mazes, discount):
    """(worth of the best walk, masks of the cells asked, of conflict A, of conflict B), each (count,).

    Asked are open cells that are no goal and can reach one. A: the best goal is not the nearest; B: it is not the
    worthiest; each where that rule falls clearly short of the best.
    """
    best = optimum(mazes, discount)
    ask = ~mazes.goal & (best > 0)
    a, b = (
        ask & (earned(mazes, rule(mazes), discount) < CLEARLY * best) for rule in (walkers.nearest, walkers.worthiest)
    )
    return best, ask, a, b


def scores(mazes, moves, discount):
    """share: of the optimum's worth, over all cells asked. a, b: how often the best is taken in conflicts A and B; NaN
    where there is none."""
    best, ask, a, b = known(mazes, discount)
    worth = earned(mazes, moves, discount)
    taken = worth > NEARLY * best
    rates = {name: float(taken[where].mean()) if where.any() else np.nan for name, where in (("a", a), ("b", b))}
    return {"share": float(worth[ask].sum() / best[ask].sum()), **rates}


# --- between two goals ---------------------------------------------------------------------------------


def sides(mazes, first):
    """What a choice between two sides of each maze hangs on, the goals in the mask `first` and its other goals.

    both: mask of the cells from which either side can be reached without passing the other. ratio: log(w₁/w₂) of the
    sides' worths; farther: steps to the first less steps to the second, NaN outside `both`; steps: (2, count). All over
    the cells. ValueError unless every maze has goals of one worth on either side.
    """
    spots, logs = np.array([first, mazes.goal & ~first]), []
    for spot in spots:
        worth = np.full((2, len(mazes)), np.nan)
        for bound, extreme in zip(worth, (np.fmin, np.fmax), strict=True):
            extreme.at(bound, mazes.maze[spot], mazes.worth[spot])
        if not np.array_equal(*worth):
            raise ValueError("every maze must have goals of one worth on either side")
        logs.append(np.log(worth[0])[mazes.maze])
    steps = np.array([distances(mazes, spots[k], shut=spots[1 - k]) for k in (0, 1)])
    both = np.isfinite(steps).all(axis=0) & ~mazes.goal
    farther = np.where(both, np.subtract(*np.where(both, steps, 0)), np.nan)
    return {"first": spots[0], "both": both, "ratio": logs[0] - logs[1], "farther": farther, "steps": steps}


@lru_cache(maxsize=32)
def between(mazes):
    """`sides` of mazes with two goals, the first one of the list of cells and the second; crow: farther, without walls.
    ValueError unless every maze has two goals."""
    (goals,) = np.nonzero(mazes.goal)
    if not np.array_equal(mazes.maze[goals], np.repeat(np.arange(len(mazes)), 2)):
        raise ValueError(f"every maze must have two goals, got {len(goals)} in {len(mazes)} mazes")
    first = np.zeros(mazes.count, bool)
    first[goals[::2]] = True
    return sides(mazes, first) | {"crow": crow_flies(mazes, first) - crow_flies(mazes, mazes.goal & ~first)}


def choices(mazes, moves, known_of=None):
    """Walks that could have reached either side and ended at one: cell (k,), first (k,): whether at the first; what
    `between` (or known_of, of `sides`) says of these cells; arrives: their share of the walks that could have."""
    known_of = between(mazes) if known_of is None else known_of
    end, steps = follow(mazes, moves)
    (cell,) = np.nonzero(known_of["both"] & np.isfinite(steps))
    found = {name: known_of[name][cell] for name in ("ratio", "farther", "crow") if name in known_of}
    arrives = len(cell) / known_of["both"].sum()
    return {"cell": cell, "first": known_of["first"][end[cell]], "arrives": float(arrives), **found}


def logistic(columns, chosen):
    """Weights (n,) of a logistic fit without a constant, chance = 1/(1 + exp(−columns · weights)). A trace of a penalty
    keeps them finite where the choices are without exception."""
    columns = np.stack(columns, axis=1)
    fit = LogisticRegression(C=1e3, fit_intercept=False, solver="newton-cholesky", tol=1e-8, max_iter=200)
    return fit.fit(columns, chosen).coef_[0]


def implied(chosen):
    """discount: the one that choices imply. They are fitted by sharpness · (log(w₁/w₂) + log(discount) · (d₁ − d₂)).

    sharpness: how sure; agreement: share of the choices that the fitted rule makes too. NaN if all go to one side, or
    if more worth does not draw.
    """
    first = chosen["first"]
    if len(first) == 0 or first.all() or not first.any():
        return dict.fromkeys(("discount", "sharpness", "agreement"), np.nan)
    sharpness, step = logistic((chosen["ratio"], chosen["farther"]), first)
    agreement = np.mean((sharpness * chosen["ratio"] + step * chosen["farther"] > 0) == first)
    discount = np.exp(step / sharpness) if sharpness > 0 else np.nan
    return {"discount": float(discount), "sharpness": float(sharpness), "agreement": float(agreement)}


def agreement(chosen, discount):
    """Share of the choices that the optimum of this discount makes too."""
    return float(np.mean((chosen["ratio"] + np.log(discount) * chosen["farther"] > 0) == chosen["first"]))


def choosing():
    """Mazes with two goals in which choices are counted."""
    return exam(**CHOOSING)


def indifference_points(chosen):
    """Log of the worths' ratio at which a goal farther by 0, 1, ... FARTHEST steps is chosen as often as the nearer,
    (FARTHEST + 1,). NaN where there are not ENOUGH choices, all are alike, or it would lie beyond all ratios there."""
    sign = np.where(chosen["farther"] < 0, -1, 1)  # mirrored, so that the first is the farther one
    first, ratio = np.where(sign > 0, chosen["first"], ~chosen["first"]), sign * chosen["ratio"]
    points = np.full(FARTHEST + 1, np.nan)
    for farther in range(FARTHEST + 1):
        here = abs(chosen["farther"]) == farther
        if here.sum() >= ENOUGH and 0 < first[here].mean() < 1:
            slope, constant = logistic((ratio[here], np.ones(here.sum())), first[here])
            points[farther] = -constant / slope if abs(constant) <= slope * abs(ratio[here]).max() else np.nan
    return points


FORMS = ("exponential", "linear", "power", "hyperbolic")  # ways to weigh worth against distance


def likelihoods(mazes, chosen):
    """{one of FORMS: log likelihood a choice}, each fitted with two weights, hyperbolic with one weight and the best of
    nine constants."""
    steps, first = between(mazes)["steps"][:, chosen["cell"]], chosen["first"]
    (goals,) = np.nonzero(mazes.goal)
    worths = mazes.worth[goals].reshape(-1, 2)[mazes.maze[chosen["cell"]]].T

    def likelihood(*columns):
        z = np.stack(columns, axis=1) @ logistic(columns, first)
        return float(-np.logaddexp(0, np.where(first, -z, z)).mean())

    def hyperbolic(k):
        return likelihood(chosen["ratio"] - np.log((1 + k * steps[0]) / (1 + k * steps[1])))

    found = (
        likelihood(chosen["ratio"], chosen["farther"]),
        likelihood(worths[0] - worths[1], chosen["farther"]),
        likelihood(chosen["ratio"], np.log(steps[0] / steps[1])),
        max(map(hyperbolic, (0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2))),
    )
    return dict(zip(FORMS, found, strict=True))


def walked_or_flown(mazes, moves, discount, clear=0.1):
    """Where the walking distance and the crow's would choose differently, both clearly: follows, share of the choices
    by walking distance; cells, how many."""
    chosen = choices(mazes, moves)
    walked, flown = (chosen["ratio"] + np.log(discount) * chosen[name] for name in ("farther", "crow"))
    apart = (walked * flown < 0) & (abs(walked) > clear) & (abs(flown) > clear)
    return {"follows": float(((walked > 0) == chosen["first"])[apart].mean()), "cells": int(apart.sum())}


def reach(maze, moves):
    """From how many steps away in a snake, and from everywhere nearer, a walker arrives."""
    arrives = np.isfinite(follow(maze, moves)[1])[np.argsort(distances(maze, maze.goal))]
    return len(arrives) - 1 if arrives.all() else int(arrives.argmin()) - 1


# --- a maximum or a sum --------------------------------------------------------------------------------


@cache
def twins():
    """Mazes with two goals, and the same with another goal beside the first, as worthy: (Mazes, sides) of both, only
    mazes where there is room for it."""
    mazes = exam(**BESIDE)
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
