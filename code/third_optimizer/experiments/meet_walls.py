"""What chapter 3 trains, and its stores: layers of chapter 4 that end in another valley, nets that seek a parity.

valleys: one layer of attention from many starts, by two rules; where exact descent then takes it, and how the error
curves there. roads: from the bottom of another valley to the bottom of the best one. parities: how a net learns the
product of three of twenty bits, at several learning rates.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.base import adam, clip, gradient_descent, momentum, train
from third_optimizer.mesa import LinearAttention, SignNet, second_moments
from third_optimizer.mesa.signs import hinge
from third_optimizer.meta import Maker, Stage, Store, train_in_stages
from third_optimizer.world import Parity, Regression

from . import DATA
from .train_layers import ARRIVED, best_step

EXAMPLES, BATCH, STEPS = 40, 256, 500  # of chapter 4's training: 500 steps at each of two learning rates
RULES = {"Adam": (adam, (0.01, 0.001)), "plain descent": (gradient_descent, (0.3, 0.1))}
SCALES, USUAL = (0.002, 0.02, 0.1, 0.3), 0.02  # deviations of the numbers a training starts from; chapter 4's
DIMENSIONS, STARTS = (2, 3, 4, 5), tuple(range(20))
EXACT = {"prompts": 100_000, "seed": 7, "steps": 4000}  # exact descent: on which prompts, and how long
STOPS, RELAXED = 25, 3000  # places on a road, and how often it is let down

TASK, NET = Parity(20, 3), SignNet(20, 200)
RATES, SEEDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0), tuple(range(5))
LONG, EVERY, SHOWN = 32_000, 250, 32  # training steps, steps between two looks, rows in a batch
JUDGES = {"rows": 4000, "seed": 4000}


# --- the error of a layer, exactly ----------------------------------------------------------------


class Exact:
    """The error of a one-pass layer over a fixed set of prompts, in per cent of guessing zero, with its gradient.

    Only A's rows for x and P's last column count. The answer is −xᵀ A G b, a weighted sum of the products of x and G;
    so all that the error needs of the prompts are the averages of products of these, taken once.
    """

    def __init__(self, dimension, examples, prompts=EXACT["prompts"], seed=EXACT["seed"]):
        some = Regression(dimension, examples).prompts(np.random.default_rng(seed), prompts)
        seen = np.einsum("bi,bjk->bijk", some.query, second_moments(some)).reshape(prompts, -1)
        self.shape, self.zero = (dimension, dimension + 1, dimension + 1), np.mean(some.answer**2)
        self.square, self.cross = seen.T @ seen / prompts, seen.T @ some.answer / prompts

    def of_layer(self, parameters):
        """A's rows for x and P's last column as one array, (d + 1)² numbers."""
        return np.concatenate([parameters[0][:-1].ravel(), parameters[1][:, -1]])

    def __call__(self, values, rng=None):
        """(errors, gradients) of one array of numbers or of several, (..., (d + 1)²)."""
        d, *size = self.shape
        values = np.asarray(values)
        a, b = values[..., : d * size[0]].reshape(*values.shape[:-1], d, size[0]), values[..., d * size[0] :]
        weights = -(a[..., None] * b[..., None, None, :]).reshape(*values.shape[:-1], -1)
        moved = weights @ self.square
        error = (moved * weights).sum(-1) - 2 * weights @ self.cross + self.zero
        slope = -2 * (moved - self.cross).reshape(*values.shape[:-1], *self.shape)
        by_a, by_b = (slope * b[..., None, None, :]).sum(-1), (slope * a[..., None]).sum((-3, -2))
        both = np.concatenate([by_a.reshape(*values.shape[:-1], -1), by_b], axis=-1)
        return 100 * error / self.zero, 100 * both / self.zero

    def descend(self, values, steps=EXACT["steps"]):
        """Where descent without noise takes them: the heavy ball, its steps cut to what the error's scale allows."""
        return train(self, values, clip(momentum(0.0005, 0.97), 20), steps).parameters

    def curvatures(self, values, step=1e-5):
        """How the error curves in each of the directions that do not mix, the smallest first."""
        moved = step * np.eye(len(values))
        second = (self(values + moved)[1] - self(values - moved)[1]) / (2 * step)
        return np.linalg.eigvalsh((second + second.T) / 2)


@cache
def exact(dimension, examples=EXAMPLES):
    return Exact(dimension, examples)


def least(dimension, examples=EXAMPLES):
    """What the best step leaves, in per cent of guessing zero."""
    world = Regression(dimension, examples)
    return 100 * theory.single_step_error(best_step(world), examples, dimension, *world.moments)


def learn(rule, scale, dimension, seed):
    """Parameters of a layer: chapter 4's training, by this rule, from random numbers of this deviation."""
    model, (optimizer, rates), rng = LinearAttention(dimension), RULES[rule], np.random.default_rng(seed)
    stages = [Stage(model, clip(optimizer(rate), 1), STEPS) for rate in rates]
    return train_in_stages(stages, model.init(rng, scale), Regression(dimension, EXAMPLES), rng, batch=BATCH)[
        -1
    ].parameters


def end(rule, scale, dimension, seed):
    """left: the error after training; exact: after descent without noise from there; slope: the largest there, of any
    number; flat, lowest: the smallest curvature there and the next. Errors in per cent of guessing zero."""
    error = exact(dimension)
    there = error.of_layer(learn(rule, scale, dimension, seed))
    after = error.descend(there)
    value, slope = error(after)
    flat, lowest, *_ = error.curvatures(after)
    found = {"left": error(there)[0], "exact": value, "slope": np.abs(slope).max(), "flat": flat, "lowest": lowest}
    return {name: float(f"{value:.5g}") for name, value in found.items()}


# --- a road between two valleys ------------------------------------------------------------------------


def road(dimension, seed):
    """error: along the lowest road that we find from the other valley to the best one, (STOPS,); NaN if the start ended
    in the best one. A road is let down step by step and its places spread evenly again (the string method)."""
    error = exact(dimension)
    here = error.descend(error.of_layer(learn("Adam", USUAL, dimension, seed)))
    if error(here)[0] < (1 + ARRIVED) * least(dimension):
        return {"error": np.full(STOPS, np.nan)}
    there = error.of_layer(LinearAttention(dimension).descent(best_step(Regression(dimension, EXAMPLES))))
    size = len(there) - dimension - 1
    longer = np.linalg.norm(here[size:]) / np.linalg.norm(there[size:])  # the same layer, its numbers shared out alike
    there = np.concatenate([there[:size] / longer, there[size:] * longer])
    there = error.descend(there if there @ here > 0 else -there)
    share = np.linspace(0, 1, STOPS)[:, None]
    places = (1 - share) * here + share * there
    for _ in range(RELAXED):
        slope = error(places[1:-1])[1]
        places[1:-1] -= 0.0005 * slope * np.minimum(1, 40 / np.linalg.norm(slope, axis=1, keepdims=True))
        gone = np.append(0, np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1)))
        places = np.stack([np.interp(share[:, 0], gone / gone[-1], column) for column in places.T], axis=1)
    return {"error": error(places)[0]}


# --- parity --------------------------------------------------------------------------------------------


def seek(rate, seed, steps=LONG, loss=hinge):
    """right: share of fresh rows that a net sorts rightly, every EVERY steps of plain descent on fresh batches."""
    signs, labels = TASK.draw(np.random.default_rng(JUDGES["seed"]), JUDGES["rows"])
    rng, right = np.random.default_rng(seed), []

    def look(step, parameters, loss):
        if step % EVERY == 0:
            right.append(np.mean(NET.answer(parameters, signs) * labels > 0))

    train(
        lambda parameters, rng: NET.slope(parameters, *TASK.draw(rng, SHOWN), loss),
        NET.init(rng),
        gradient_descent(rate),
        steps,
        rng=rng,
        callback=look,
    )
    return {"right": right}


@cache
def stores():
    """{file: Store} of everything above."""
    ended = dict.fromkeys(("left", "exact", "slope", "flat", "lowest"), ((), "f8"))
    setting = {"exact": EXACT, "examples": EXAMPLES, "batch": BATCH, "steps": STEPS}
    valleys = {"rule": tuple(RULES), "scale": SCALES, "dimension": DIMENSIONS, "seed": STARTS}
    roads = {"dimension": (2, 3, 4), "seed": STARTS}
    nets = {"bits": [TASK.bits, TASK.relevant], "width": NET.width, "every": EVERY, "batch": SHOWN, "judges": JUDGES}
    made = (
        (
            "valleys",
            valleys,
            Maker(end, ended, setting | {"rates": {name: rates for name, (_, rates) in RULES.items()}}),
        ),
        ("roads", roads, Maker(road, {"error": ((STOPS,), "f4")}, setting | {"relaxed": RELAXED})),
        (
            "parities",
            {"rate": RATES, "seed": SEEDS},
            Maker(seek, {"right": ((LONG // EVERY + 1,), "f4")}, nets | {"steps": LONG}),
        ),
    )
    return {f"{name}.npz": Store(DATA / f"{name}.npz", axes, [maker]) for name, axes, maker in made}
