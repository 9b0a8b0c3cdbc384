"""What a walker in mazes is worth, and what its choices between two goals imply: the measures of chapter 7.

A walker is given by its moves, one for every open cell of a batch of mazes, whoever chose them: a trained machine, a
rule, or the exact optimum, all measured alike. Shares are of 1.
"""

from functools import lru_cache

import numpy as np
from sklearn.linear_model import LogisticRegression

from third_optimizer.mesa import walkers
from third_optimizer.world import RandomMazes, crow_flies, distances, earned, follow, optimum

CLEARLY, NEARLY = 0.93, 0.97  # of the best: what falls short of it, what counts as taking it
NEW, EXAM = RandomMazes(9, (2,)), {"count": 500, "seed": 5}  # mazes on which walkers are judged, larger than practice


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
