"""Chapter 6's transformers beside two predictors, ridge and discrete Bayes (Raventós et al. 2023, arXiv:2306.15063).

`bayes` is a function of (inputs, labels, pool, noise) that returns rules, as theory.discrete_bayes_rules is one.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.meta import WORLD, par
from third_optimizer.world import Regression, error

from . import train_racers
from .train_racers import KINDS, MACHINES, NOISE, TASKS, noisy_exam


def ridge(inputs, labels, noise=NOISE):
    """theory.ridge_rules for rules of deviation 1."""
    return theory.ridge_rules(inputs, labels, noise**2)


@cache
def references(bayes=theory.discrete_bayes_rules):
    """{(tasks, seed, kind): {"bayes", "ridge", "truth": (EXAM,)}} answers to the transformers' examinations."""
    found = {}
    for seed in MACHINES:
        for tasks in TASKS:
            pool = train_racers.tasks_of(tasks, seed)
            for kind, prompts in noisy_exam(tasks, seed).items():
                rules = {"ridge": ridge(prompts.inputs, prompts.labels)}
                rules["bayes"] = rules["ridge"] if pool is None else bayes(prompts.inputs, prompts.labels, pool, NOISE)
                said = {name: (rule * prompts.query).sum(axis=1) for name, rule in rules.items()}
                found[tasks, seed, kind] = said | {"truth": prompts.answer}
    return found


def share(a, b, truth):
    """Mean square of a − b, per cent of guessing zero."""
    return 100 * np.mean((a - b) ** 2) / np.mean(truth**2)


@cache
def judged(kind, bayes=theory.discrete_bayes_rules):
    """Errors on prompts of a kind, and distances, (tasks, seeds): machine, bayes, ridge; to_bayes, to_ridge: of the
    machine's answers."""
    said, known = train_racers.transformers().columns["answers"], references(bayes)
    names = ("machine", "bayes", "ridge", "to_bayes", "to_ridge")
    found = {name: np.zeros((len(TASKS), len(MACHINES))) for name in names}
    for t, tasks in enumerate(TASKS):
        for s, seed in enumerate(MACHINES):
            one, machine = known[tasks, seed, kind], said[s, t, KINDS.index(kind)].astype(float)
            for name, a, b in (
                ("machine", machine, one["truth"]),
                ("bayes", one["bayes"], one["truth"]),
                ("ridge", one["ridge"], one["truth"]),
                ("to_bayes", machine, one["bayes"]),
                ("to_ridge", machine, one["ridge"]),
            ):
                found[name][t, s] = share(a, b, one["truth"])
    return found


STOPS = tuple("never the same" if tasks is None else f"{tasks}" for tasks in TASKS)
RIVALS = {"ridge": "$base", "discrete Bayes": "$ink", "transformer": "$mesa"}


def beside(tasks, kind, bayes=theory.discrete_bayes_rules):
    """{who: (seeds,)} errors of the transformers of a stop and of both predictors on prompts of a kind."""
    made = judged(kind, bayes)
    return {who: made[name][tasks] for name, who in zip(("ridge", "bayes", "machine"), RIVALS, strict=True)}


def likeness(tasks, kind, bayes=theory.discrete_bayes_rules):
    """A title: which of the two predictors the transformers of a stop answer like."""
    made = judged(kind, bayes)
    near, far = (np.median(made[name][tasks]) for name in ("to_bayes", "to_ridge"))
    if TASKS[tasks] is None:
        return f"Rules that never repeat: {far:.0f} per cent from ridge"
    who = "discrete Bayes" if near < far else "ridge"
    apart = f"{min(near, far):.0f} per cent away against {max(near, far):.0f}"
    return f"{TASKS[tasks]:,} rules: it answers more like {who}, {apart}"


@cache
def leaning(bayes=theory.discrete_bayes_rules):
    """The transformers, medians. few_bayes, few_ridge: how far their answers to new problems are from either, with the
    fewest tasks; mid_bayes, mid_ridge: with the next, mid; many_ridge: with tasks that never repeat. tripled,
    tripled_ridge: errors of these, and of ridge, on rules three times as large."""
    made = {name: np.median(values, axis=1) for name, values in judged("fresh", bayes).items()}
    larger = {name: np.median(values, axis=1) for name, values in judged("tripled", bayes).items()}
    return {
        "few": TASKS[0],
        "few_bayes": made["to_bayes"][0],
        "few_ridge": made["to_ridge"][0],
        "mid": TASKS[1],
        "mid_bayes": made["to_bayes"][1],
        "mid_ridge": made["to_ridge"][1],
        "many_ridge": made["to_ridge"][-1],
        "tripled": larger["machine"][-1],
        "tripled_ridge": larger["ridge"][-1],
    }


COUNTS = (4, 16, 64, 256, 1024, 4096)  # rules that discrete Bayes knows
LOW = (1, 2, 4, 8)  # numbers in an input


@cache
def in_dimension(dimension, bayes=theory.discrete_bayes_rules, count=250):
    """Errors on new rules by how many rules are known by heart, per cent of guessing zero: bayes (pools of 3, counts);
    ridge; step: of the best single gradient step, by formula."""
    world = Regression(dimension, 2 * dimension, noise=NOISE * np.sqrt(dimension / WORLD.dimension))
    prompts = world.prompts(np.random.default_rng([6, 3, dimension]), count)
    asked, found = (prompts.inputs, prompts.labels), np.zeros((3, len(COUNTS)))
    for seed in range(3):
        pool = world.pool(np.random.default_rng([seed, 6, dimension]), COUNTS[-1])
        for k, known in enumerate(COUNTS):
            rules = bayes(*asked, pool[:known], world.noise)
            found[seed, k] = error((rules * prompts.query).sum(axis=1), prompts)
    straight = (ridge(*asked, world.noise) * prompts.query).sum(axis=1)
    return {"bayes": found, "ridge": error(straight, prompts), "step": par(world)}


def enough(bayes=theory.discrete_bayes_rules, known=256):
    """With `known` rules by heart: {low, high}: discrete Bayes' error on new rules in one and in eight dimensions;
    step_low, step_high: of one gradient step."""
    low, high = in_dimension(LOW[0], bayes), in_dimension(LOW[-1], bayes)
    at = COUNTS.index(known)
    return {
        "known": known,
        "low": np.median(low["bayes"][:, at]),
        "high": np.median(high["bayes"][:, at]),
        "step_low": low["step"],
        "step_high": high["step"],
        "d": LOW[-1],
    }
