"""Chapter 3, Find basins, walls and needles: where random starts end, and which dial changes it.

`let_it_rain` has the mountain, `meet_walls` trains and stores what takes longer; this module measures the rest. What
the page's open cells define (`land`, `two_layers`, `hinge`, `lost`) is a parameter of everything that uses it. Shares
are of 1.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.base import gradient_descent, train
from third_optimizer.mesa.signs import hinge

from . import meet_walls, unedited
from .let_it_rain import ASKED, COUNT, MOUNTAIN, RIM, SEEDS, SPREADS, land, landed, rated
from .meet_walls import DIMENSIONS, LONG, RATES, SCALES, STARTS, USUAL
from .train_layers import ARRIVED
from .train_layers import stores as chapter_4

WIDTH, LEAPS = 200, 100  # of the two layers; steps
BUDGET = 4000  # steps of the parity's question
SOLVED = 0.99


# --- the wall ------------------------------------------------------------------------------------------


@cache
def ended(rule, scale, dimension):
    """The stored starts at a setting, {column: (STARTS,)}."""
    store = meet_walls.stores()["valleys.npz"]
    rows = [store.at(rule=rule, scale=scale, dimension=dimension, seed=seed) for seed in STARTS]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def elsewhere(rule, scale, dimension):
    """(STARTS,) whether a start ends in another valley: exact descent leaves it there."""
    return ended(rule, scale, dimension)["exact"] >= (1 + ARRIVED) * meet_walls.least(dimension)


def fates(rule, scale, dimension):
    """Columns of the figure: after: the error that each start ends with, in per cent of guessing zero."""
    return {
        "after training": ended(rule, scale, dimension)["left"],
        "after exact descent": ended(rule, scale, dimension)["exact"],
    }


def walled(rule, scale, dimension):
    """count: starts that end in another valley; all; least: what the best step leaves; most: the largest error."""
    there = elsewhere(rule, scale, dimension)
    most = ended(rule, scale, dimension)["exact"].max()
    return {"count": int(there.sum()), "all": len(STARTS), "least": meet_walls.least(dimension), "most": most}


@cache
def roads(dimension):
    """The stored roads that lead out of another valley, (starts, STOPS), in per cent of guessing zero."""
    store = meet_walls.stores()["roads.npz"]
    rows = np.array([store.at(dimension=dimension, seed=seed)["error"] for seed in STARTS])
    return rows[np.isfinite(rows[:, 0])].astype(float)


def climb(dimension):
    """wall: how much the error rises on the lowest road (one a start), in per cent of guessing zero; bottom; top;
    roads."""
    found = roads(dimension)
    wall = found.max(axis=1) - found[:, 0]
    return {"wall": wall, "bottom": found[:, 0].mean(), "top": found.max(axis=1).mean(), "roads": len(found)}


@cache
def walls():
    """The numbers of the paragraphs on the wall."""
    usual = {d: elsewhere("Adam", USUAL, d) for d in DIMENSIONS}
    late = [ended("Adam", USUAL, d)["left"] >= (1 + ARRIVED) * meet_walls.least(d) for d in DIMENSIONS]
    curved = np.concatenate([ended("Adam", USUAL, d)["lowest"][there] for d, there in usual.items()])
    steep = np.concatenate([ended("Adam", USUAL, d)["slope"][there] for d, there in usual.items()])
    starts_4 = chapter_4()["starts.npz"]
    place = starts_4.axes["examples"].index(meet_walls.EXAMPLES)
    wide = np.array([starts_4.columns["excess"][starts_4.axes["dimension"].index(d), place] for d in (5, 7, 10)])
    return {
        "lost": int(sum(map(np.sum, late))),
        "stay": int(sum(map(np.sum, usual.values()))),
        "all": len(STARTS) * len(DIMENSIONS),
        **{name: int(usual[d].sum()) for name, d in (("two", 2), ("three", 3), ("four", 4), ("five", 5))},
        "curved": curved.min(),
        "slope": steep.max(),
        "plain": int(elsewhere("plain descent", min(SCALES), 2).sum()),
        "plain3": int(elsewhere("plain descent", min(SCALES), 3).sum()),
        "large": int(elsewhere("Adam", max(SCALES), 2).sum()),
        "large3": int(elsewhere("Adam", max(SCALES), 3).sum()),
        "wide": int((wide >= ARRIVED).sum()),
        "widely": wide.size,
        "starts": len(STARTS),
    }


# --- the budget ----------------------------------------------------------------------------------------

LOOKS = np.arange(0, LONG + 1, meet_walls.EVERY)


@cache
def sought(rate, loss=hinge, steps=BUDGET):
    """(seeds, looks) shares of fresh rows sorted rightly: stored as long as `loss` is what trained them, else trained
    now, for `steps` steps."""
    if unedited(loss, hinge) and rate in RATES:
        store = meet_walls.stores()["parities.npz"]
        return np.array([store.at(rate=rate, seed=seed)["right"] for seed in meet_walls.SEEDS], float)
    return np.array([meet_walls.seek(rate, seed, steps, loss)["right"] for seed in meet_walls.SEEDS], float)


def solved_at(rate, loss=hinge):
    """(seeds,) training steps until a net sorts more than SOLVED of fresh rows rightly; infinite if it never does."""
    right = sought(rate, loss) > SOLVED
    return np.where(right.any(axis=1), LOOKS[np.argmax(right, axis=1)], np.inf)


def spent(rate, budget, loss=hinge):
    """solved: of all; at: the median steps until a net has solved it, if most have."""
    at = solved_at(rate, loss)
    return {
        "solved": int((at <= budget).sum()),
        "all": len(at),
        "best": 100 * sought(rate, loss)[:, LOOKS[: sought(rate, loss).shape[1]] <= budget].max(),
    }


def seeking(rate, budget, loss=hinge):
    """[per cent of fresh rows sorted rightly, a line a seed] over LOOKS, up to the budget."""
    right = 100 * sought(rate, loss)
    whole = np.full((len(right), len(LOOKS)), np.nan)
    whole[:, : right.shape[1]] = right
    return np.where(LOOKS <= budget, whole, np.nan)


@cache
def budgets(loss=hinge):
    """slow, fast: learning rates of the question; slow_solved, fast_solved: within BUDGET; slow_at, fast_at: steps of
    each seed; product: learning rate times steps, of the two; chance: one triple in so many."""
    slow, fast = 0.01, 0.1
    at = {rate: solved_at(rate, loss) for rate in (slow, fast)}
    return {
        "slow": slow,
        "fast": fast,
        "budget": BUDGET,
        "slow_solved": int((at[slow] <= BUDGET).sum()),
        "fast_solved": int((at[fast] <= BUDGET).sum()),
        "slow_at": at[slow],
        "fast_at": at[fast],
        "seeds": len(meet_walls.SEEDS),
        "halfway": sought(slow, loss)[:, LOOKS[: sought(slow, loss).shape[1]] == BUDGET][:, 0],
    }


# --- the catapult --------------------------------------------------------------------------------------


def two_layers(uv, rng=None):
    """½ f² of f = u·v/√n, and its slope."""
    u, v = uv
    f = u @ v / np.sqrt(len(u))
    return f**2 / 2, f * np.stack([v, u]) / np.sqrt(len(u))


def steep(uv):
    """λ = (|u|² + |v|²)/n: how the height curves where f is 0, along the steepest way."""
    return (uv**2).sum() / uv.shape[-1]


@cache
def leapt(ratio, two_layers=two_layers):
    """Of each seed a Run on the two layers, at a learning rate of `ratio` over the curvature it starts with."""
    runs = []
    for seed in SEEDS:
        start = np.random.default_rng(seed).normal(size=(2, WIDTH))
        runs.append(train(two_layers, start, gradient_descent(ratio / steep(start)), LEAPS, keep_path=True))
    return runs


def heights(ratio, two_layers=two_layers):
    """[(LEAPS + 1,) losses over the first, a line a seed]; what is beyond the picture is not drawn."""
    lines = []
    for run in leapt(ratio, two_layers):
        line = np.full(LEAPS + 1, np.nan)
        line[: len(run.losses)] = np.maximum(run.losses / run.losses[0], 1e-12)
        lines.append(line)
    return lines


def flattened(ratio, two_layers=two_layers):
    """left: the curvature at the end over that at the start, of the runs that arrive (one a seed); gone: runs that
    diverged; fate: in words."""
    runs = leapt(ratio, two_layers)
    left = np.array([steep(run.parameters) / steep(run.path[0]) for run in runs if not run.diverged])
    gone = sum(run.diverged for run in runs)
    leaps = bool(left.size and max(run.losses.max() / run.losses[0] for run in runs if not run.diverged) > 2)
    fate = (
        "It flies off" if gone == len(runs) else "It leaps, and lands where it is flatter" if leaps else "It runs down"
    )
    return {"left": left if left.size else np.array([np.nan]), "gone": gone, "all": len(runs), "fate": fate}


# --- the grain of numbers --------------------------------------------------------------------------------


def lost(x, kind=np.float16):
    """Whether 1 + x is 1 in this type of number."""
    return kind(1) + kind(x) == kind(1)


def grain(lost=lost):
    """The largest power of two that is lost beside 1, as an exponent: half and single, found by trying."""

    def largest(kind):
        return max(k for k in range(-60, 0) if lost(2.0**k, kind))

    return {"half": -largest(np.float16), "single": -largest(np.float32)}


# --- what the page asks and claims -----------------------------------------------------------------------


def predictions(loss=hinge, two_layers=two_layers):
    """The numbers of the page's predictions, {id: {name: number}}."""
    two, ten = (theory.chance_within(RIM, n, 1) for n in (2, ASKED))
    return {
        "ten": {
            "two": two,
            "many": 10_000,
            "ten": 10_000 * ten,
            "dimensions": ASKED,
            "narrow": theory.chance_within(RIM, ASKED, 0.3),
        },
        "parity": budgets(loss),
        "leap": {"left": flattened(3, two_layers)["left"]},
    }


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    return {
        "wider": {"dimensions": ASKED, "factor": 2.0**ASKED, "added": 2.0 * ASKED, "flat": 4.0},
        "other_weight": {
            "weight": 4.0,
            "lost": 4 * theory.largest_lost(np.float16),
            "same": theory.largest_lost(np.float16),
            "finer": theory.largest_lost(np.float16) / 4,
        },
    }


@cache
def claims(land=land, lost=lost):
    """The numbers on the page's cards, {claim: {name: number, or one a seed or start}}."""
    wall, budget = walls(), budgets()
    ten = landed(ASKED, 1, land=land)
    odds = 1 / theory.chance_within(RIM, ASKED, 1)
    return {
        "C16": {
            "two": landed(2, 1, land=land),
            "many": ASKED,
            "found": int(round(ten.sum() * COUNT)),
            "count": COUNT * len(SEEDS),
            "odds": odds,
            "narrow": landed(ASKED, SPREADS[1], land=land),
            "adam": wall["two"],
            "plain": wall["plain"],
            "starts": wall["starts"],
            "stay": wall["stay"],
            "late": wall["lost"],
            "slow_solved": budget["slow_solved"],
            "seeds": budget["seeds"],
            "budget": budget["budget"],
            "solved_at": budget["slow_at"],
        },
        "F1": {
            "deeper": -float(MOUNTAIN.value(np.zeros(2))),
            "many": ASKED,
            "odds": odds,
            "half": grain(lost)["half"],
            "off": 1 - ten,
            "wall": climb(2)["wall"],
            "low_wall": climb(4)["wall"],
            "needle": np.array([line[0] for line in rated(land)["needle"]]) / 100,
        },
    }
