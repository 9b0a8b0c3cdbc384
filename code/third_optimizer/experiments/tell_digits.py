"""Chapter 6's digits: nets that practised the same pictures to the same loss, and began with other numbers.

The pictures are the digits that come with scikit-learn: 8 × 8 dots, ink from 0 to 1.
"""

from functools import cache

import numpy as np

from third_optimizer.base import adam, train
from third_optimizer.meta import Maker, Store

from . import DATA

PRACTISED, HIDDEN, BATCH, RATE = 500, 100, 64, 0.003
ENOUGH, MOST, LOOK = 0.004, 40_000, 100  # mean squared error at which training ends; steps at most; steps between looks
SCALES, SEEDS = (0.5, 1.0, 2.0, 4.0, 8.0), (0, 1, 2)  # of the first numbers, times the usual deviation
SMUDGE = 0.25  # deviation of the noise on smudged pictures
ASKED = ("practised", "new", "smudged", "shifted")
INPUTS, CLASSES = 64, 10


@cache
def digits():
    """(practised pictures (500, 64), their digits, new pictures (1297, 64), their digits)."""
    from sklearn.datasets import load_digits

    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    pictures, names = data.data[order] / 16, data.target[order]
    return pictures[:PRACTISED], names[:PRACTISED], pictures[PRACTISED:], names[PRACTISED:]


def unpack(parameters):
    """(weights (64, HIDDEN), biases, weights (HIDDEN, 10), biases) of the flat array."""
    ends = np.cumsum([INPUTS * HIDDEN, HIDDEN, HIDDEN * CLASSES])
    first, bias, second, last = np.split(parameters, ends)
    return first.reshape(INPUTS, HIDDEN), bias, second.reshape(HIDDEN, CLASSES), last


def forward(parameters, pictures):
    """(hidden numbers, answers (B, 10)) of one hidden layer of ReLUs."""
    first, bias, second, last = unpack(parameters)
    hidden = np.maximum(pictures @ first + bias, 0)
    return hidden, hidden @ second + last


def start(rng, scale):
    """Normal weights of deviation `scale` times √(2/inputs) and √(1/hidden), biases 0."""
    first = scale * np.sqrt(2 / INPUTS) * rng.normal(size=INPUTS * HIDDEN)
    second = scale * np.sqrt(1 / HIDDEN) * rng.normal(size=HIDDEN * CLASSES)
    return np.concatenate([first, np.zeros(HIDDEN), second, np.zeros(CLASSES)])


def loss(parameters, pictures, wanted):
    """(mean squared error against `wanted` (B, 10), its gradient, flat)."""
    hidden, answers = forward(parameters, pictures)
    _, _, second, _ = unpack(parameters)
    error = answers - wanted
    d_answers = 2 * error / error.size
    d_hidden = (d_answers @ second.T) * (hidden > 0)
    parts = (pictures.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ d_answers, d_answers.sum(axis=0))
    return np.mean(error**2), np.concatenate([part.ravel() for part in parts])


def train_net(scale, seed):
    """A net that begins at `scale`: steps it took to come to ENOUGH on all it practises, loss there, and right (4,):
    shares of the pictures of ASKED that it names right."""
    pictures, names, new, new_names = digits()
    rng, wanted, rule = np.random.default_rng([seed, 0]), np.eye(CLASSES)[names], adam(RATE)

    def practise(parameters, rng):
        chosen = rng.integers(PRACTISED, size=BATCH)
        return loss(parameters, pictures[chosen], wanted[chosen])

    parameters, state, steps, left = start(rng, scale), None, 0, np.inf
    while left > ENOUGH and steps < MOST:
        run = train(practise, parameters, rule, LOOK, rng=rng, state=state)
        parameters, state, steps = run.parameters, run.state, steps + LOOK
        left = loss(parameters, pictures, wanted)[0]
    smudged = new + SMUDGE * np.random.default_rng([7, 0]).normal(size=new.shape)
    shifted = np.roll(new.reshape(-1, 8, 8), 1, axis=2).reshape(-1, INPUTS)
    asked = ((pictures, names), (new, new_names), (smudged, new_names), (shifted, new_names))
    right = [np.mean(forward(parameters, seen)[1].argmax(axis=1) == true) for seen, true in asked]
    return {"steps": steps, "loss": left, "right": np.array(right)}


@cache
def nets():
    """The Store of the nets."""
    columns = {"steps": ((), "i4"), "loss": ((), "f4"), "right": ((len(ASKED),), "f4")}
    return Store(DATA / "digits.npz", {"scale": SCALES, "seed": SEEDS}, [Maker(train_net, columns)])
