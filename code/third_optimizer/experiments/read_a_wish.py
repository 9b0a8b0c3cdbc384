"""Chapter 9, two small machines (mesa.wishers), trained as the page is made: a planner in which the wish can be read,
and a walker by reflex, which plans nothing.
"""

from functools import cache

import numpy as np

from third_optimizer.base import adam, gradient_descent, train
from third_optimizer.mesa.wishers import OpenPlanner, Reflex, practise_both
from third_optimizer.world import CoinAndFlag, follow

from .judge_planners import choices, exam, sides
from .train_wishes import DISCOUNT, wants

# --- a wish that can be read -------------------------------------------------------------------------------

RULES = {"SGD": lambda: gradient_descent(0.5), "Adam": lambda: adam(0.02)}
TWO_STEPS, POOL = 150, 24  # steps of training; mazes of each kind
SPLITS = (0.0, 0.02, 0.1, 0.5)


@cache
def pools(size=7, walls=0.42):
    """(mazes in which the two stand together, mazes in which they part) to train the small machines on."""
    return tuple(
        CoinAndFlag(size, walls, split).draw(np.random.default_rng(seed), POOL) for seed, split in ((1, 0), (2, 1))
    )


def fit(rule="SGD", loudness=1.0, split=0.0, steps=TWO_STEPS):
    """The two weights of an OpenPlanner before each step of training and at the end, from zero: (steps + 1, 2)."""
    objective = practise_both(OpenPlanner(loudness), *pools(), split)
    return train(objective, np.zeros(2), RULES[rule](), steps, keep_path=True).path


def read_rewards(weights, loudness):
    """What a walk to the coin and one to the flag are worth to it: its wish, in two numbers."""
    return np.asarray(weights) * np.array([1.0, loudness])


@cache
def paths(fit=fit, read_rewards=read_rewards):
    """{(rule, loudness, split): rewards (steps + 1, 2)} of trainings of the open planner."""
    points = [(rule, loudness, 0.0) for rule in RULES for loudness in (1 / 3, 1.0, 3.0)]
    points += [(rule, 1.0, split) for rule in RULES for split in SPLITS[1:]]
    return {point: read_rewards(fit(*point), point[1]) for point in points}


def wish(path):
    """Of a path: coin, flag: the rewards at its end; times: flag over coin; farther: by how many steps the better one
    may be farther and still be chosen."""
    coin, flag = path[-1]
    return {"coin": coin, "flag": flag, "times": flag / coin, "farther": abs(np.log(flag / coin)) / -np.log(DISCOUNT)}


def plane(path, most=6.0):
    """Columns for the plane of the two rewards: the path, the line of equal wants, the line along which practice with
    both on one cell earns the same as at the path's end."""
    total = path[-1].sum()
    edge = np.array([0.0, most])
    found = {"training": path[::5].T, "wants both alike": (edge, edge), "same pay": (edge, total - edge)}
    return {
        "x": np.concatenate([np.asarray(x) for x, _ in found.values()]),
        "y": np.concatenate([np.asarray(y) for _, y in found.values()]),
        "series": np.repeat(list(found), [len(x) for x, _ in found.values()]),
    }


# --- no optimizer at all -----------------------------------------------------------------------------------

ROOM, ROOMS = CoinAndFlag(7, walls=0.0), (CoinAndFlag(11, walls=0.0, split=1.0, pays=(1.0, 1.0)), 60, 3)


@cache
def reflexes(loudness, seeds=2, steps=150):
    """practice: share of the cells of rooms as in practice from which a walker by reflex arrives; flag: what it wants,
    in larger rooms where the two part, (seeds,) each. Trained here."""
    rooms, wide = ROOM.draw(np.random.default_rng(1), 16), exam(*ROOMS)
    known, found = sides(wide, wide.flag), {"practice": [], "flag": []}
    for seed in range(seeds):
        one, rng = Reflex(loudness), np.random.default_rng(seed)
        objective = practise_both(one, rooms, rooms, 0.0)
        weights = train(objective, rng.normal(0, 0.1, one.size), adam(0.1), steps).parameters
        found["practice"].append(np.isfinite(follow(rooms, one.logits(weights, rooms).argmax(axis=1))[1]).mean())
        found["flag"].append(wants(choices(wide, one.logits(weights, wide).argmax(axis=1), known)))
    return {name: np.array(values) for name, values in found.items()}


def unplanned():
    """faint, loud: what walkers by reflex want (seeds,); practice: the least share that arrives in practice."""
    found = {name: reflexes(loudness) for name, loudness in (("faint", 1 / 3), ("loud", 3.0))}
    told = {name: one["flag"] for name, one in found.items()}
    return told | {"arrives": min(one["practice"].min() for one in found.values())}
