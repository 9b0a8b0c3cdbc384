"""What chapter 4 trains, and the stores of what takes half an hour: layers, starts and rivals.

layers: one layer of attention at every stop of the page's dials. starts: which of twenty random starts arrive, and what
four times the training makes of the others. rivals: MLPs on the flattened prompt, with 15 times as many prompts.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.base import adam, clip
from third_optimizer.mesa import MLP, LinearAttention, beside_one_step, one_step_rules, profile
from third_optimizer.meta import Maker, Stage, Store, train_in_stages
from third_optimizer.world import Regression, error

from . import DATA

DIALS = {"dimension": (2, 3, 5, 10, 20), "examples": (5, 10, 20, 40), "noise": (0, 0.5, 1), "scale": (0.5, 1, 2)}
TRIED, ARRIVED = (
    range(3),
    0.2,
)  # seeds a setting; a layer has arrived if its error is less than a fifth above the step's
STARTS = {"dimension": (2, 3, 4, 5, 7, 10), "examples": (10, 40), "seed": tuple(range(20))}
LONGER = 4  # times the training of a start that has not arrived
RIVAL = {"widths": [256, 256], "rates": [0.001, 0.0001], "steps": 7500, "batch": 256, "every": 500, "examples": 10}
PENALTIES = np.logspace(-2, 2, 9)
JUDGED_ON = {"seed": 4000, "prompts": 20_000}


def learn(model, world, seed, batch=256, rates=(0.01, 0.001), steps=500, **kw):
    """Train from a random start on prompts that never repeat:
    `steps` steps of Adam at each learning rate."""
    rng = np.random.default_rng(seed)
    stages = [Stage(model, clip(adam(rate), 1), steps) for rate in rates]
    start = model.init(rng)
    return train_in_stages(stages, start, world, rng, batch=batch, **kw)


def best_step(world):
    """Length of the best single gradient step in `world`."""
    return theory.best_single_step(world.examples, world.dimension, *world.moments, world.noise)


def judging(world, count=JUDGED_ON["prompts"], seed=JUDGED_ON["seed"]):
    """Prompts on which trained models are judged."""
    return world.prompts(np.random.default_rng(seed), count)


def train_layer(dimension, examples, noise, scale, seed, learn=learn, longer=1):
    """A layer beside the best step (mesa.beside_one_step), five digits; longer: times the usual 1,000 steps."""
    world, model = Regression(dimension, examples, noise=noise, scale=scale), LinearAttention(dimension)
    runs = learn(model, world, seed) if longer == 1 else learn(model, world, seed, steps=500 * longer)
    found = beside_one_step(model, runs[-1].parameters, world, judging(world))
    return {name: float(f"{value:.5g}") for name, value in found.items()}


def train_start(dimension, examples, seed):
    """excess: of a start's layer over the best step. longer: the same after LONGER times the training, NaN if it had
    arrived."""
    excess = train_layer(dimension, examples, 0, 1, seed)["excess"]
    lost = excess >= ARRIVED
    return {
        "excess": excess,
        "longer": train_layer(dimension, examples, 0, 1, seed, longer=LONGER)["excess"] if lost else np.nan,
    }


def train_rival(dimension, seed):
    """An MLP on the flattened prompt: its error along training, its profile, and the ridge it resembles most."""
    world, model = Regression(dimension, RIVAL["examples"]), MLP(dimension, RIVAL["examples"], RIVAL["widths"])
    prompts, curve = judging(world), []
    run = learn(
        model, world, seed, RIVAL["batch"], RIVAL["rates"], RIVAL["steps"], callback=_looking(model, prompts, curve)
    )[-1]

    def answer(p):
        return model.answer(run.parameters, p)

    # which ridge is nearest, allowing for a factor: share of the answers' square that b · ridge does not explain
    given = answer(prompts)

    def unlike(rules):
        other = (rules * prompts.query).sum(axis=1)
        return float(1 - (given * other).mean() ** 2 / (given**2).mean() / (other**2).mean())

    far = {penalty: unlike(theory.ridge_rules(prompts.inputs, prompts.labels, penalty)) for penalty in PENALTIES}
    nearest = min(far, key=far.get)
    order = np.random.default_rng(1).permutation(RIVAL["examples"])
    shuffled = prompts._replace(inputs=prompts.inputs[:, order], labels=prompts.labels[:, order])
    return {
        "curve": curve,
        **profile(answer, lambda p: model.sensitivity(run.parameters, p), prompts),
        "parameters": run.parameters.size,
        "nearest_ridge": float(f"{nearest:.3g}"),
        "unlike_nearest_ridge": far[nearest],
        "unlike_one_step": unlike(one_step_rules(prompts)),
        "moved_by_order": float(np.mean((answer(shuffled) - given) ** 2) / np.mean(given**2)),
    }


def _looking(model, prompts, curve):
    def look(stage, step, parameters, loss):
        if step % RIVAL["every"] == 0:
            curve.append(float(f"{error(model.answer(parameters, prompts), prompts):.5g}"))

    return look


def rival_begins(dimension, seed, steps):
    """The first entries of a rival's curve, from as many steps of training."""
    world, model, curve = Regression(dimension, 10), MLP(dimension, 10, RIVAL["widths"]), []
    look = _looking(model, judging(world), curve)
    learn(model, world, seed, RIVAL["batch"], RIVAL["rates"][:1], steps, callback=look)
    return curve


@cache
def stores():
    """{file: Store} of everything above."""
    judged = dict.fromkeys(("step", "excess", "cosine"), ((), "f8"))
    asked = dict.fromkeys(
        (
            "error",
            "step",
            "exact",
            "follows",
            "nearest_ridge",
            "unlike_nearest_ridge",
            "unlike_one_step",
            "moved_by_order",
        ),
        ((), "f8"),
    )
    looks = len(RIVAL["rates"]) * (RIVAL["steps"] // RIVAL["every"] + 1)
    rival = {"curve": ((looks,), "f8"), "parameters": ((), "i4"), **asked}
    started = {"excess": ((), "f8"), "longer": ((), "f8")}
    made = (
        ("layers", DIALS | {"seed": TRIED}, Maker(train_layer, judged, {"judged_on": JUDGED_ON})),
        ("starts", STARTS, Maker(train_start, started, {"judged_on": JUDGED_ON, "arrived": ARRIVED, "longer": LONGER})),
        (
            "rivals",
            {"dimension": (10, 5), "seed": TRIED},
            Maker(train_rival, rival, {"judged_on": JUDGED_ON, "rival": RIVAL}),
        ),
    )
    return {f"{name}.npz": Store(DATA / f"{name}.npz", axes, [maker]) for name, axes, maker in made}
