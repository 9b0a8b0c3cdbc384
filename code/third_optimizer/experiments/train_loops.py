"""What chapter 5 trains: one layer used several times, as a loop over the prompt or as tokens that it writes and reads.

loops: attention whose passes go over the prompt. tokens: attention that writes its estimate as the next token. Both are
kept with their errors when they run on; all are trained by `learn`, on prompts that never repeat.
"""

from functools import cache, partial

import numpy as np

from third_optimizer.base import adam, clip
from third_optimizer.mesa import LinearAttention, TokenAttention
from third_optimizer.mesa.battery import MOST
from third_optimizer.meta import Maker, Stage, Store, train_in_stages
from third_optimizer.world import Regression

from . import DATA

WORLD, GAUSS = Regression(5, 10), Regression(5, 20, inputs="gaussian")
LOOPS = {"passes": (1, 2, 4), "warm_up": (False, True), "steps": (1000, 5000), "seed": tuple(range(10))}
TOKENS = {"passes": (1, 2, 4, 8), "rereads": (True, False), "seed": tuple(range(5))}
TOKEN_STEPS = 3000  # of training, for each token
NOISES = (0, 0.1, 0.2, 0.3, 0.5, 1)  # of the labels
UNTIL = 32  # passes of a loop
LAST = 64  # tokens
JUDGED_ON = {"seed": 5000, "prompts": 4000}


def learn(make, world, seed, passes, warm_up, steps):
    """Train one layer, used `passes` times, for as many times `steps` steps;
    with warm-up first used once, then twice, and so on."""
    rng = np.random.default_rng(seed)
    counts = range(1, passes + 1) if warm_up else [passes]
    times = steps * passes // len(counts)
    rule = clip(adam(0.001), 1)
    stages = [Stage(make(count), rule, times) for count in counts]
    start = make(1).init(rng, 0.05)
    return train_in_stages(stages, start, world, rng, batch=64)[-1]


@cache
def judging(world=WORLD, noise=0, count=JUDGED_ON["prompts"]):
    """Prompts of a world on which trained machines are judged; the same ones with any noise."""
    prompts = world.prompts(np.random.default_rng(JUDGED_ON["seed"]), count)
    stir = np.random.default_rng(JUDGED_ON["seed"] + 1).normal(size=prompts.labels.shape)
    return prompts._replace(labels=prompts.labels + noise * stir)


def missed(answers, prompts):
    """Squared errors of answers (..., B), of which guessing zero has 1 on average; each at most MOST, also where an
    answer is no number."""
    with np.errstate(over="ignore", invalid="ignore"):
        each = (answers - prompts.answer) ** 2 / np.mean(prompts.answer**2)
    return np.where(each <= MOST, each, MOST)


def errors(answers, prompts):
    """Errors of answers (..., B), per cent of guessing zero, each prompt's counted as in `missed`."""
    return 100 * missed(answers, prompts).mean(axis=-1)


def train_loop(passes, warm_up, steps, seed, learn=learn):
    """A loop's weights, (2, d+1, d+1), its errors after 0 ... UNTIL passes, the share of prompts on which it has blown
    up after each, and its errors with labels of every noise."""
    model = LinearAttention(WORLD.dimension, passes)
    weights = learn(partial(LinearAttention, WORLD.dimension), WORLD, seed, passes, warm_up, steps).parameters
    answers = model.answers(weights, judging(), UNTIL)
    noisy = [errors(model.answers(weights, judging(noise=noise), UNTIL), judging()) for noise in NOISES]
    blown = (missed(answers, judging()) == MOST).mean(axis=1)
    return {"weights": weights, "errors": errors(answers, judging()), "blown": blown, "noisy": noisy}


def train_tokens(passes, rereads, seed, learn=learn):
    """Weights (2d+1, 2d+2) of attention that was trained to write `passes` tokens, its errors after 0 ... LAST, and the
    median prompt's."""
    make = partial(TokenAttention, WORLD.dimension, rereads=rereads)
    weights = learn(make, GAUSS, seed, passes, False, TOKEN_STEPS).parameters
    each = missed(make(passes).answers(weights, judging(GAUSS), LAST), judging(GAUSS))
    return {"weights": weights, "errors": 100 * each.mean(axis=1), "median": 100 * np.median(each, axis=1)}


def differs(passes, warm_up, **_):
    """With a single pass there is nothing to warm up."""
    return passes > 1 or not warm_up


@cache
def stores():
    """{file: Store} of everything above."""
    size = WORLD.dimension + 1
    loop = {
        "weights": ((2, size, size), "f4"),
        "errors": ((UNTIL + 1,), "f4"),
        "blown": ((UNTIL + 1,), "f4"),
        "noisy": ((len(NOISES), UNTIL + 1), "f4"),
    }
    written = {
        "weights": ((2 * size - 1, 2 * size), "f4"),
        "errors": ((LAST + 1,), "f4"),
        "median": ((LAST + 1,), "f4"),
    }
    judged = {"judged_on": JUDGED_ON, "most": MOST}
    made = (
        ("loops", LOOPS, Maker(train_loop, loop, judged | {"noises": NOISES}, differs)),
        ("tokens", TOKENS, Maker(train_tokens, written, judged | {"steps": TOKEN_STEPS})),
    )
    return {f"{name}.npz": Store(DATA / f"{name}.npz", axes, [maker]) for name, axes, maker in made}
