"""What chapter 6 trains, and the stores of what takes longer than a page may wait: racers and transformers.

racers: one pass of attention beside a lookup table, over how many problems there are to remember, how fast the table
learns, and the time of training. transformers: small softmax transformers on prompts whose labels are noisy.
"""

from functools import cache

import numpy as np

from third_optimizer.base import adam, clip, fade, weighted
from third_optimizer.mesa import LinearAttention, LookupTable, Transformer
from third_optimizer.meta import WORLD, Maker, Stage, Store, train_in_stages
from third_optimizer.world import Prompts, Regression, error

from . import DATA

BATCH, RATE, CUT, SCALE = (
    64,
    0.003,
    1,
    0.02,
)  # prompts a step; Adam's learning rate, longest gradient; attention's start
LOOKS = (0, 125, 250, 500, 1000, 2000, 4000, 8000)  # steps at which a racer is examined
PROBLEMS = (16, 64, 256, 1024, 4096)
PACES = (1.0, 0.1, 0.01)  # the table's learning rate over the attention's
SEEDS = tuple(range(5))


def rng_of(*key):
    return np.random.default_rng(key)


def race(problems, pace, seed, looks=LOOKS, world=WORLD, look=None):
    """Train attention beside a table of `problems` rows: {"practice", "fresh", "alone": (looks,)}, errors after so many
    steps, per cent of guessing zero.

    Adam of rate RATE, for the table's rows `pace` times that; gradient cut at norm CUT, attention's start of deviation
    SCALE, the table's zero. fresh: new problems under old numbers. alone: what attention makes of these without the
    table. look(step, inner, table): told at each look.
    """
    rng, pool = rng_of(seed, 0), world.pool(rng_of(seed, 1), problems)
    model = LookupTable(LinearAttention(world.dimension), problems)
    start = model.init(rng, SCALE)
    own = start.size - problems * world.dimension  # numbers of the attention
    weights = np.concatenate([np.ones(own), np.full(start.size - own, float(pace))])
    practised = world.prompts(rng_of(2, 0, 20), 2000, pool)
    new = world.prompts(rng_of(2, 1, 20), 2000, numbers=problems)
    found = {"practice": [], "fresh": [], "alone": []}

    def examine(stage, step, parameters, loss):
        if step in looks:
            inner, table = model.split(parameters)
            found["practice"].append(error(model.answer(parameters, practised), practised))
            found["fresh"].append(error(model.answer(parameters, new), new))
            found["alone"].append(error(model.model.answer(inner, new), new))
            if look:
                look(step, inner, table)

    stage = Stage(model, weighted(clip(adam(RATE), CUT), weights), looks[-1])
    train_in_stages([stage], start, world, rng, batch=BATCH, pool=pool, callback=examine)
    return {name: np.array(values) for name, values in found.items()}


@cache
def racers():
    """The Store of the races."""
    columns = {name: ((len(LOOKS),), "f4") for name in ("practice", "fresh", "alone")}
    axes = {"problems": PROBLEMS, "pace": PACES, "seed": SEEDS}
    return Store(DATA / "racers.npz", axes, [Maker(race, columns, {"looks": LOOKS, "batch": BATCH, "rate": RATE})])


# --- transformers ----------------------------------------------------------------------------------------

NOISE = 0.5  # deviation of the labels' noise
NOISY = Regression(WORLD.dimension, WORLD.examples, noise=NOISE)
ASKED = 8  # questions about each prompt in training
TASKS = (4, 16, 64, 256, None)  # problems practised; None: never the same twice
STEPS, PACE, MACHINES = 2000, 0.002, (0, 1, 2)  # of training; Adam's learning rate; seeds
GLANCES = (0, 250, 500, 1000, 1500, 2000)
EXAM = 1000  # prompts of an examination
KINDS = ("practice", "fresh", "tripled")
TRANSFORMER = Transformer(NOISY.dimension, NOISY.examples, layers=3, width=32, heads=4)


def tasks_of(tasks, seed):
    """The rules a transformer practises, (tasks, d); None for those that never repeat."""
    return None if tasks is None else NOISY.pool(rng_of(seed, 1), tasks)


def noisy_exam(tasks, seed, count=EXAM):
    """{one of KINDS: Prompts}: of the rules practised, of new ones, and of new ones three times as large."""
    larger = Regression(NOISY.dimension, NOISY.examples, noise=NOISE, rule=3)
    return {
        "practice": NOISY.prompts(rng_of(6, 0, 20), count, tasks_of(tasks, seed)),
        "fresh": NOISY.prompts(rng_of(6, 1, 20), count),
        "tripled": larger.prompts(rng_of(6, 2, 20), count),
    }


def transform(tasks, seed, steps=STEPS, stop=None, callback=None):
    """The parameters that training leaves in a transformer.

    Adam of rate PACE, whole for half the steps, then down to zero; gradient cut at norm CUT. A prompt in training has
    ASKED questions, all but the last with a noisy label. stop: end after so many of the `steps`. callback: of
    meta.train_in_stages.
    """
    rng = rng_of(seed, 0)
    longer = Regression(NOISY.dimension, NOISY.examples + ASKED - 1, noise=NOISE)
    stage = Stage(TRANSFORMER, clip(fade(adam(PACE), steps), CUT), steps if stop is None else stop)
    pool = tasks_of(tasks, seed)
    options = {"batch": BATCH, "pool": pool, "callback": callback}
    return train_in_stages([stage], TRANSFORMER.init(rng), longer, rng, **options)[-1].parameters


def train_transformer(tasks, seed, steps=STEPS, glances=GLANCES, stop=None):
    """practice, fresh: (glances,) errors on the way, on 500 prompts, per cent of guessing zero. answers: (kinds, EXAM),
    to the prompts of `noisy_exam` at the end. steps, stop: of `transform`."""
    exam, found = noisy_exam(tasks, seed), {"practice": [], "fresh": []}

    def look(stage, step, parameters, loss):
        if step in glances:
            for name, errors in found.items():
                prompts = Prompts(*(part[:500] for part in exam[name]))
                errors.append(error(TRANSFORMER.answer(parameters, prompts), prompts))

    parameters = transform(tasks, seed, steps, stop, look)
    answers = [TRANSFORMER.answer(parameters, exam[kind]) for kind in KINDS]
    return {name: np.array(errors) for name, errors in found.items()} | {"answers": np.array(answers)}


@cache
def transformers():
    """The Store of the transformers."""
    curve = ((len(GLANCES),), "f4")
    columns = {"practice": curve, "fresh": curve, "answers": ((len(KINDS), EXAM), "f2")}
    settings = {"steps": STEPS, "asked": ASKED, "noise": NOISE, "rate": PACE, "layers": 3, "width": 32, "heads": 4}
    axes = {"seed": MACHINES, "tasks": TASKS}
    return Store(DATA / "transformers.npz", axes, [Maker(train_transformer, columns, settings)])


def stores():
    """{file: Store} of the chapter."""
    return {"racers.npz": racers(), "transformers.npz": transformers()}
