"""Chapter 7, what is inside of a planner: values in its state, goals written into its state, plans made anew.

Every measure takes a machine's parameters and seeds of its own, so that a page may ask it of a stored machine or of one
trained a moment ago. Each has its control: an untrained machine, random vectors as long, a start from nothing.
"""

from functools import cache

import numpy as np
from sklearn.linear_model import Ridge

from third_optimizer.mesa import Planner
from third_optimizer.mesa.planner import around
from third_optimizer.world import Mazes, RandomMazes, follow, optimum

from .judge_planners import between, choices, exam, implied, logistic, scores
from .train_planners import DISCOUNT, SEEDS, SWEEPS
from .watch_sgd_find_a_planner import PLANNER, machine

LONG = 28  # sweeps: thought to the end
LEARNT, ONE = 20, RandomMazes(9, (1,))  # sweeps and mazes from which a written goal's vector is learnt
WRITTEN_IN = {"count": 800, "seed": 55}
REPLANS = (1, 2, 4, 8, 14)


# --- value in the state ----------------------------------------------------------------------------------


def ranks(values):
    """Ranks from 0, ties sharing their mean."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[which]


def value_in_patch(parameters, sweeps=SWEEPS, discount=DISCOUNT, patch=True, planner=PLANNER):
    """How well log V*, the optimum's, can be read off the state by ridge: r2 and rank (correlation), on mazes that the
    readout was not fitted on. patch: from a cell's 3×3 patch; else from its own numbers."""
    found = []
    for seed in (11, 12):  # fitted on the first, read on the second
        mazes = exam(count=300, seed=seed)
        state = planner.think(parameters, mazes, sweeps, keep=0)[1][-1]
        best = optimum(mazes, discount)
        ask = ~mazes.goal & (best > 0)
        found.append(((around(state, mazes.near) if patch else state[:-1])[ask], np.log(best[ask])))
    (seen, truth), (new, asked) = found
    read = Ridge(alpha=1.0).fit(seen.astype(float), truth)
    said = read.predict(new.astype(float))
    rank = np.corrcoef(ranks(said), ranks(asked))[0, 1] if np.ptp(said) else 0.0
    return {"r2": float(1 - np.mean((said - asked) ** 2) / asked.var()), "rank": float(rank)}


def untrained(seed=0):
    """The parameters a training begins with."""
    return Planner().init(np.random.default_rng(seed))


# --- goals written into the state ----------------------------------------------------------------------------


def goal_vectors(parameters, planner=PLANNER):
    """What stands at goals when mazes have one: (weights (2, C) of a fit by one and worth, mean (C,))."""
    mazes = exam(ONE, 1000, 5)
    state = planner.think(parameters, mazes, LEARNT, keep=0)[1][-1][:-1][mazes.goal].astype(float)
    worth = mazes.worth[mazes.goal]
    return np.linalg.lstsq(np.stack([np.ones_like(worth), worth], axis=1), state)[0], state.mean(axis=0)


WRITINGS = ("fitted in worth", "worth ignored", "random, its length by worth", "random, worth ignored", "zeros")


def vectors(how, worth, parameters, seed=0, planner=PLANNER):
    """What is written for goals of these worths (k,), (k, C), in one of WRITINGS. A random vector has no negative
    numbers, as a state has none, and the length that goals' vectors have: of their mean, or by the fit in worth."""
    if how not in WRITINGS:
        raise ValueError(f"how must be one of {', '.join(WRITINGS)}, got {how!r}")
    weights, mean = goal_vectors(parameters, planner)
    fitted = np.maximum(np.stack([np.ones_like(worth), worth], axis=1) @ weights, 0)
    way = np.abs(np.random.default_rng(seed).normal(size=planner.channels))
    way /= np.linalg.norm(way)
    lengths = {
        "random, its length by worth": np.linalg.norm(fitted, axis=1),
        "random, worth ignored": np.full(len(worth), np.linalg.norm(mean)),
        "zeros": np.zeros(len(worth)),
    }
    if how in lengths:
        return lengths[how][:, None] * way
    return fitted if how == "fitted in worth" else np.tile(mean, (len(worth), 1))


def written(parameters, how, seed=0, sweeps=LONG, discount=DISCOUNT, planner=PLANNER):
    """No goal is seen; at two cells a vector stands in the state after every sweep (`vectors`). How the walks would do
    if goals were there: share, a, b, arrives, implied discount."""
    mazes = exam(**WRITTEN_IN)
    (cells,) = np.nonzero(mazes.goal)
    lumps = vectors(how, mazes.worth[cells], parameters, seed, planner)
    moves = planner.moves(parameters, mazes, sweeps, worth=np.zeros(mazes.count), written=(cells, lumps))
    chosen = choices(mazes, moves)
    return scores(mazes, moves, discount) | {"arrives": chosen["arrives"], "implied": implied(chosen)["discount"]}


def nothing_written(parameters, sweeps=LONG, planner=PLANNER):
    """arrives, as in `written`, when no goal is seen and nothing is written."""
    mazes = exam(**WRITTEN_IN)
    return choices(mazes, planner.moves(parameters, mazes, sweeps, worth=np.zeros(mazes.count)))["arrives"]


def beside_a_goal(parameters, worth=1.0, sweeps=LONG, planner=PLANNER):
    """A vector as for `worth` is written at one cell, a goal is seen at another: the worth of a goal that draws as much
    as what is written; NaN if more worth of the seen one does not draw."""
    mazes = exam(**WRITTEN_IN)
    known = between(mazes)
    (cells,) = np.nonzero(known["first"])
    lumps = vectors("fitted in worth", np.full(len(cells), worth), parameters, planner=planner)
    seen = np.where(known["first"], 0, mazes.worth)
    chosen = choices(mazes, planner.moves(parameters, mazes, sweeps, worth=seen, written=(cells, lumps)))
    second = np.log(mazes.worth[mazes.goal & ~known["first"]])[mazes.maze[chosen["cell"]]]
    columns = (-second, chosen["farther"], np.ones(len(second)))
    sharpness, _, constant = logistic(columns, chosen["first"])
    return float(np.exp(constant / sharpness)) if sharpness > 0 else np.nan


def erased(parameters, sweeps=LONG, planner=PLANNER):
    """Share of the choices that go to the first of two seen goals: as it is, and with zeros kept written at it."""
    mazes = exam(**WRITTEN_IN)
    (cells,) = np.nonzero(between(mazes)["first"])
    zeros = (cells, np.zeros((len(cells), planner.channels)))
    ways = {"seen": {}, "erased": {"written": zeros}}
    return {
        name: float(choices(mazes, planner.moves(parameters, mazes, sweeps, **way))["first"].mean())
        for name, way in ways.items()
    }


# --- plans made anew -----------------------------------------------------------------------------------------


def replans(parameters, sweeps=REPLANS, discount=DISCOUNT, count=400, seed=31, planner=PLANNER):
    """Both goals move after LONG sweeps. By sweeps since, share of the new optimum: on, from the old plan; anew, from
    nothing: (sweeps,) each."""
    rng = np.random.default_rng(seed)
    before = exam(count=count, seed=seed)
    where = np.where(before.walls, 2, rng.random(before.walls.shape)).reshape(count, -1).argsort(axis=1)[:, :2]
    worths = np.zeros((count, before.walls[0].size))
    np.put_along_axis(worths, where, rng.uniform(0.2, 1, where.shape), axis=1)
    after = Mazes(before.walls, worths.reshape(before.walls.shape))
    old = planner.think(parameters, before, LONG, keep=0)[1][-1]
    found = {"on": [], "anew": []}
    for k in sweeps:
        for name, state in (("on", old), ("anew", None)):
            found[name].append(scores(after, planner.moves(parameters, after, k, state=state), discount)["share"])
    return {"sweeps": np.array(sweeps)} | {name: np.array(values) for name, values in found.items()}


# --- one maze, for the picture ---------------------------------------------------------------------------------


def thought(parameters, mazes, sweeps=LONG, planner=PLANNER):
    """moves (sweeps + 1, count): the preferred move after each sweep; loud (sweeps + 1, count): length of the state."""
    _, _, read, bias = planner.unpack(parameters)
    _, states = planner.think(parameters, mazes, sweeps)
    moves = [(around(state, mazes.near) @ read + bias).argmax(axis=1) for state in states]
    return {"moves": np.array(moves), "loud": np.array([np.linalg.norm(state[:-1], axis=1) for state in states])}


# --- what the page draws and says ----------------------------------------------------------------------------


@cache
def settling(sweep, way="sampled", most=20, count=120):
    """How thought spreads, with `sweep(state, push, repeat, near)` in the place of the machine's own. steps (12,): to
    the goal that is chosen; settled (seeds, 12): median sweep from which the moves of cells so far away stay."""
    mazes, steps, rows = exam(count=count), np.arange(1, 13), []
    for seed in SEEDS:
        drive, repeat, read, bias = PLANNER.unpack(machine(way, seed=seed))
        push = PLANNER.seen(mazes) @ drive
        state, moves = np.zeros((mazes.count + 1, PLANNER.channels), np.float32), []
        for _ in range(most):
            state[:-1] = sweep(state, push, repeat, mazes.near)
            moves.append((around(state, mazes.near) @ read + bias).argmax(axis=1))
        end, away = follow(mazes, moves[-1])
        same = np.array(moves) == moves[-1]
        settled = most - np.cumprod(same[::-1], axis=0).sum(axis=0) + 1
        rows.append([np.median(settled[away == k]) if (away == k).any() else np.nan for k in steps])
    return {"steps": steps, "settled": np.array(rows)}


@cache
def read_off():
    """Shares of the variance of log V* that a straight fit explains, (seeds,): patch, from the patch after SWEEPS;
    early, after two sweeps; untrained (1,): of a machine without training."""
    each = [machine(seed=seed) for seed in SEEDS]
    return {
        "patch": np.array([value_in_patch(one)["r2"] for one in each]),
        "early": np.array([value_in_patch(one, sweeps=2)["r2"] for one in each]),
        "untrained": np.array([value_in_patch(untrained())["r2"]]),
    }


@cache
def all_written():
    """{how: {share, a, arrives: (seeds,)}} of the ways to write goals, but zeros."""
    found = {how: [written(machine(seed=seed), how) for seed in SEEDS] for how in WRITINGS if how != "zeros"}
    return {how: {name: np.array([one[name] for one in each]) for name in each[0]} for how, each in found.items()}


def writings(measure):
    """{how: (seeds,)} a measure of `written` in per cent."""
    return {how: 100 * found[measure] for how, found in all_written().items()}


def arriving():
    """The numbers of the prediction: arrives, share of the walks that end at a random vector (the lowest of seeds)."""
    return {"arrives": float(100 * all_written()["random, worth ignored"]["arrives"].min())}


@cache
def beside():
    """beside (seeds,): the worth of a seen goal that draws as much as one of worth 1 that is written; seen, erased
    (seeds,): share of the walks that take a goal, and still take it when zeros are kept there."""
    each = [machine(seed=seed) for seed in SEEDS]
    gone = [erased(one) for one in each]
    return {"beside": np.median([beside_a_goal(one) for one in each])} | {
        name: np.array([one[name] for one in gone]) for name in ("seen", "erased")
    }
