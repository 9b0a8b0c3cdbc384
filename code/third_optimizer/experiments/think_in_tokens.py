"""Chapter 5's machines that think in tokens, evaluated: attention that writes its estimate, reads it and writes on; and
parity, learned whole and step by step.

Errors are in per cent of guessing zero. What the page's open cells define (`learn`, `next_thought`) is a parameter.
"""

import warnings
from functools import cache

import numpy as np

from third_optimizer import theory

from . import train_loops, unedited
from .train_loops import GAUSS, LAST, TOKENS, errors, judging, learn, stores

LOOKS = {"all tokens": True, "the examples only": False}  # what a token looks at: whether it rereads its thoughts
THOUGHTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # tokens that figures show
MORE = 8  # times as many tokens as in training
BITS, HIDDEN_UNITS = 10, 100  # of the exercise on parity


@cache
def written(passes, rereads, learn=learn):
    """What is kept of five machines that write tokens, {column: (seeds, ...)}; stored or trained now, as of `loops`."""
    if unedited(learn, train_loops.learn):
        each = [stores()["tokens.npz"].at(passes=passes, rereads=rereads, seed=seed) for seed in TOKENS["seed"]]
    else:
        each = [train_loops.train_tokens(passes, rereads, seed, learn=learn) for seed in TOKENS["seed"]]
    return {name: np.array([one[name] for one in each], float) for name in each[0]}


def silent():
    """What the best answer without a token between leaves: one gradient step, d (d+1)/(N+d+1) over d."""
    step = theory.best_single_step(GAUSS.examples, GAUSS.dimension, *GAUSS.moments)
    return 100 * theory.single_step_error(step, GAUSS.examples, GAUSS.dimension, *GAUSS.moments)


@cache
def aims(passes, learn=learn):
    """What stands in machines that look at the examples only, one a seed: step, and aim, what they take a label for."""
    found = {"step": [], "aim": []}
    for weights in written(passes, False, learn)["weights"]:
        d = GAUSS.dimension
        writes = np.trace(weights[d + 1 :, :d]) / d
        step = -writes * np.trace(weights[:d, :d]) / d
        found["step"].append(step)
        found["aim"].append(writes * weights[d, d] / step)
    return {name: np.array(values) for name, values in found.items()}


@cache
def thought(next_thought, passes, learn=learn):
    """(LAST+1,) errors of next_thought(w, x, y, step, aim) -> w, from a rule of zeros, with the numbers of machines
    of so many tokens."""
    prompts, numbers = judging(GAUSS), aims(passes, learn)
    x, y, w = prompts.inputs, prompts.labels[:, :, None], np.zeros((len(prompts.query), GAUSS.dimension, 1))
    answers = [np.zeros(len(x))]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(LAST):
            w = next_thought(w, x, y, numbers["step"].mean(), numbers["aim"].mean())
            answers.append((w[:, :, 0] * prompts.query).sum(axis=1))
    return errors(np.array(answers), prompts)


def write_on(passes, looks, next_thought, learn=learn):
    """Series of errors after THOUGHTS tokens: five machines, and `next_thought` by hand; with one token in training
    there is nothing to read off for it."""
    counts = list(THOUGHTS)
    by_hand = thought(next_thought, passes, learn)[counts] if passes > 1 else np.full(len(counts), np.nan)
    kept = written(passes, LOOKS[looks], learn)["errors"][:, counts]
    return {"machines": kept, "by hand": [by_hand]}


def written_on(passes, looks, learn=learn):
    """before, twice, after: errors of the machines with the tokens of training, twice and MORE times as many, one a
    seed; middle, later: the medians of the first and the last; floor; written: the word."""
    kept = written(passes, LOOKS[looks], learn)["errors"]
    before, twice, after = (kept[:, n * passes] for n in (1, 2, MORE))
    said = {"middle": np.median(before), "later": np.median(after), "floor": silent()}
    return {"before": before, "twice": twice, "after": after, **said, "written": "token" if passes == 1 else "tokens"}


def sideways(passes, learn=learn):
    """(seeds,) how far the steps of machines that look at the examples only turn to the side, in lengths of the step:
    the largest rotation in the matrix that takes a gradient to a step."""
    found = []
    for weights, step in zip(written(passes, False, learn)["weights"], aims(passes, learn)["step"], strict=True):
        d = GAUSS.dimension
        takes = weights[:d, :d] @ weights[d + 1 :, :d].T
        found.append(np.abs(np.linalg.eigvals((takes - takes.T) / 2)).max() / step)
    return np.array(found)


def aiming(next_thought, learn=learn):
    """early, late: what machines of two and of eight tokens take a label for, on average over the seeds. times: by how
    much those of eight are better than `next_thought` with their step and aim (median)."""
    late = thought(next_thought, 8, learn)[8] / np.median(written(8, False, learn)["errors"][:, 8])
    return {"early": aims(2, learn)["aim"].mean(), "late": aims(8, learn)["aim"].mean(), "times": late}


# --- parity -------------------------------------------------------------------------------------------------


@cache
def parity(bits=BITS, seeds=3):
    """A net that learns parity from half of all strings, one a seed: seen, fresh (shares right on these and on the
    others). steps: of a net that learns from four cases to update one bit, and does so along every string."""
    from sklearn.neural_network import MLPClassifier  # a second to import, for one exercise

    strings = np.arange(2**bits)[:, None] >> np.arange(bits) & 1
    odd, half, cases = strings.sum(axis=1) % 2, 2 ** (bits - 1), np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    found = {"seen": [], "fresh": [], "steps": []}
    for seed in range(seeds):
        order = np.random.default_rng(seed).permutation(len(strings))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says that it could be trained longer; so it could
            whole = MLPClassifier(HIDDEN_UNITS, max_iter=200, random_state=seed)
            whole.fit(strings[order[:half]], odd[order[:half]])
        step = MLPClassifier(HIDDEN_UNITS, solver="lbfgs", random_state=seed).fit(cases, cases.sum(axis=1) % 2)
        so_far = np.zeros(len(strings), int)
        for column in strings.T:
            so_far = step.predict(np.stack([so_far, column], axis=1))
        found["seen"].append(whole.score(strings[order[:half]], odd[order[:half]]))
        found["fresh"].append(whole.score(strings[order[half:]], odd[order[half:]]))
        found["steps"].append(np.mean(so_far == odd))
    return {name: np.array(values) for name, values in found.items()} | {"bits": bits}
