"""Chapter 7, what is inside of a planner: values in its state, goals written into its state, plans made anew.

Every measure takes a machine's parameters and seeds of its own, so that a page may ask it of a stored machine or of one
trained a moment ago. Each has its control: an untrained machine, random vectors as long, a start from nothing.
"""

import numpy as np
from sklearn.linear_model import Ridge

from third_optimizer.base import adam, clip, fade, train
from third_optimizer.mesa.planner import SEEN, around
from third_optimizer.mesa.reward import exact
from third_optimizer.world import Mazes, RandomMazes, optimum

from .judge_planners import between, choices, exam, implied, logistic, scores
from .train_planners import DISCOUNT, PLANNER, SWEEPS, WORLD

LONG = 28  # sweeps: thought to the end
LEARNT, ONE = 20, RandomMazes(9, (1,))  # sweeps and mazes from which a written goal's vector is learnt
WRITTEN_IN = {"count": 800, "seed": 55}
TAUGHT = 500  # steps by which the best vector to add is found
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
    return PLANNER.init(np.random.default_rng(seed))


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


def best_vectors(parameters, steps=TAUGHT, seed=0, rate=0.02, discount=DISCOUNT, planner=PLANNER):
    """What, added in every sweep to what a cell sees, makes the machine walk there: weights (2, C) by one and worth.

    Found by training them alone, the machine as it is, on the reward in practice mazes whose goals it does not see,
    from what a goal shows its own cell.
    """
    drive = planner.unpack(parameters)[0].reshape(9, SEEN, planner.channels)

    def objective(weights, rng):
        mazes = WORLD.draw(rng, 32)
        (cells,) = np.nonzero(mazes.goal)
        basis, unseen = np.stack([np.ones(len(cells)), mazes.worth[cells]], axis=1), np.zeros(mazes.count)
        logits, states = planner.think(parameters, mazes, LEARNT, worth=unseen, added=(cells, basis @ weights))
        worth, slope = exact(logits, mazes, 2 * WORLD.size, discount)
        return -worth, basis.T @ planner.back(parameters, mazes, states, -slope, worth=unseen)[1][cells]

    start = drive[4, [1, 0]].astype(float)  # of the cell itself: the mark of a goal, its worth
    optimizer = clip(fade(adam(rate), max(steps, 1)), 1)
    return train(objective, start, optimizer, steps, rng=np.random.default_rng(seed)).parameters


def written_best(parameters, steps=TAUGHT, sweeps=LONG, discount=DISCOUNT, planner=PLANNER):
    """As `written`, with `best_vectors` added to what two cells see in every sweep. steps: of their training; with none
    it is what a goal shows its own cell."""
    mazes = exam(**WRITTEN_IN)
    (cells,) = np.nonzero(mazes.goal)
    weights = best_vectors(parameters, steps, discount=discount, planner=planner)
    lumps = np.stack([np.ones(len(cells)), mazes.worth[cells]], axis=1) @ weights
    moves = planner.moves(parameters, mazes, sweeps, worth=np.zeros(mazes.count), added=(cells, lumps))
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
