"""Chapter 3, Find basins, walls and needles: where random starts end, and which dial changes it.

`meet_walls` trains and stores what takes longer; this module measures and says. What the page's open cells define
(`land`, `two_layers`, `hinge`, `lost`) is a parameter of everything that uses it. Shares are of 1.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.base import gradient_descent, train
from third_optimizer.mesa.signs import hinge
from third_optimizer.world import needle, volcano

from . import meet_walls, unedited
from .meet_walls import DIMENSIONS, LONG, RATES, RULES, SCALES, STARTS, USUAL
from .train_layers import ARRIVED
from .train_layers import stores as chapter_4

RIM, MOAT, CURVED, PIN = 1.0, 4.0, 12.0, 0.1
MOUNTAIN, NEEDLE = volcano(RIM, MOAT, CURVED), needle(PIN)
COUNT, SEEDS, SLOW = 1000, range(5), 0.1  # starts a rain, rains, a learning rate that leaps over nothing
MANY = (1, 2, 3, 5, 8, 10, 12, 16, 20)  # dimensions
SPREADS = (0.2, 0.3, 0.5, 0.7, 1, 1.5, 2)
PLACES = (0, 1, 2, 3)  # distances of the middle of the starts from the crater
PACES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.5)
ASKED = 10  # dimensions, in the guess
WIDTH, LEAPS = 200, 100  # of the two layers; steps
BUDGET = 4000  # steps of the parity's question
SOLVED = 0.99


# --- the rain ------------------------------------------------------------------------------------------


def starts(dimension, spread, away=0, seed=0, count=COUNT):
    """(count, dimension) normal starts of deviation `spread`, their middle `away` from the crater's."""
    drops = spread * np.random.default_rng(seed).normal(size=(count, dimension))
    drops[:, 0] += away
    return drops


def land(landscape, starts, eta, steps=30):
    """Share of starts that end in the deep place, lower than all around it."""

    def objective(x, rng):
        return landscape.value(x).sum(), landscape.gradient(x)

    ends = train(objective, starts, gradient_descent(eta), steps).parameters
    return np.mean(landscape.value(ends) < -0.5)


def chances():
    """The chance to land by small steps at every stop of the rain's dials, (MANY, SPREADS, PLACES), in per cent."""
    return [[[100 * theory.chance_within(RIM, n, s, a) for a in PLACES] for s in SPREADS] for n in MANY]


@cache
def landed(dimension, spread, away=0, eta=SLOW, land=land, landscape=MOUNTAIN):
    """(SEEDS,) shares of starts that land."""
    return np.array([land(landscape, starts(dimension, spread, away, seed), eta) for seed in SEEDS])


def falling(spread, land=land):
    """Columns x, y, series: the chance to land by dimension, by formula; and found: measured, none where none landed."""
    x = np.arange(1, 21)
    formula = [theory.chance_within(RIM, n, spread) for n in x.tolist()]
    at = np.repeat(MANY, len(SEEDS))
    found = np.concatenate([landed(n, spread, land=land) for n in MANY])
    rows = max(len(x), len(at))

    def padded(values):
        return np.append(np.asarray(values, float), np.full(rows - len(values), np.nan))

    return {
        "x": padded(x),
        "y": padded(formula),
        "series": "formula",
        "n": padded(at),
        "found": padded(np.where(found > 0, found, np.nan)),
    }


def fallen(spread, land=land):
    """two, ten: the chance by formula; tries: draws for even odds in ten dimensions; last: the most dimensions in which
    one of all measured starts landed."""
    two, ten = (theory.chance_within(RIM, n, spread) for n in (2, ASKED))
    last = max((n for n in MANY if landed(n, spread, land=land).any()), default=0)
    return {"two": two, "ten": ten, "tries": max(1, theory.draws_for(min(ten, 1 - 1e-12))), "last": last}


WIDE = np.geomspace(0.1, 5, 41)


def widening(dimension, away, land=land):
    """Columns x, y, series: the chance to land by the spread of the starts; and found, measured at SPREADS."""
    at = np.repeat(SPREADS, len(SEEDS))
    found = np.concatenate([landed(dimension, spread, away, land=land) for spread in SPREADS])
    empty = np.full(len(WIDE) - len(at), np.nan)
    return {
        "x": WIDE,
        "y": [100 * theory.chance_within(RIM, dimension, spread, away) for spread in WIDE],
        "series": "formula",
        "n": np.append(at, empty),
        "found": np.append(100 * found, empty),
    }


def widest(dimension, away):
    """best: the spread of WIDE with the largest chance; chance: there, in per cent."""
    y = [100 * theory.chance_within(RIM, dimension, spread, away) for spread in WIDE]
    return {"best": WIDE[int(np.argmax(y))], "chance": max(y)}


# --- the needle ----------------------------------------------------------------------------------------

TRIED = np.array([0.01, 0.02, 0.05, 0.1, 0.14, 0.19, 0.3, 0.5, 1, 1.5])  # learning rates


@cache
def rated(land=land):
    """{landscape: [shares over TRIED, one line a seed]}, in per cent, two dimensions, starts of deviation 1."""
    return {
        name: [[100 * land(hill, starts(2, 1, 0, seed), eta) for eta in TRIED] for seed in SEEDS]
        for name, hill in (("crater", MOUNTAIN), ("needle", NEEDLE))
    }


def pricked(land=land):
    """crater, needle: shares in two dimensions at the best learning rate for each; edge: the step at which the crater
    lets go; and in ten dimensions the draws for even odds: tries of the crater, pins of the needle as wide as a tenth."""
    found = {name: np.max(lines, axis=1) / 100 for name, lines in rated(land).items()}
    chance = {name: theory.chance_within(r, ASKED, 1) for name, r in (("tries", RIM), ("pins", PIN))}
    return found | {name: theory.draws_for(p) for name, p in chance.items()} | {"edge": theory.largest_stable_step(CURVED)}


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
    return {"after training": ended(rule, scale, dimension)["left"], "after exact descent": ended(rule, scale, dimension)["exact"]}


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
    return {"solved": int((at <= budget).sum()), "all": len(at), "best": 100 * sought(rate, loss)[:, LOOKS[: sought(rate, loss).shape[1]] <= budget].max()}


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
    fate = "It flies off" if gone == len(runs) else "It leaps, and lands where it is flatter" if leaps else "It runs down"
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
        "ten": {"two": two, "many": 10_000, "ten": 10_000 * ten, "dimensions": ASKED, "narrow": theory.chance_within(RIM, ASKED, 0.3)},
        "parity": budgets(loss),
        "leap": {"left": flattened(3, two_layers)["left"]},
    }


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    best = widest(5, 2)
    return {
        "wider": {"dimensions": ASKED, "factor": 2.0**ASKED, "added": 2.0 * ASKED, "flat": 4.0},
        "other_weight": {"weight": 4.0, "lost": 4 * theory.largest_lost(np.float16), "same": theory.largest_lost(np.float16), "finer": theory.largest_lost(np.float16) / 4},
        "spread": {"best": best["best"], "chance": best["chance"]},
    }


@cache
def claims(land=land, lost=lost):
    """The numbers on the page's cards, {claim: {name: number, or one a seed or start}}."""
    wall, budget = walls(), budgets()
    ten = landed(ASKED, 1, land=land)
    odds = 1 / theory.chance_within(RIM, ASKED, 1)
    return {
        "C16a": {
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
