"""In-context linear regression: a prompt shows examples of one unknown linear rule and asks for one more answer.

The world of Garg et al. (2022), "What can transformers learn in-context?", and of all later chapters on
models that learn: every prompt draws a rule w, N inputs x and their labels y = w·x (+ noise), and a query.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

INPUTS = {  # name -> (variance, fourth moment) of one coordinate at scale 1
    "uniform": (1 / 3, 1 / 5),  # on (−1, 1)
    "gaussian": (1.0, 3.0),
}


class Prompts(NamedTuple):
    """A batch of B prompts of N examples in d dimensions.

    inputs (B, N, d), labels (B, N), query (B, d), answer (B,): the query's label without noise;
    task (B,): the number a prompt carries, that of its rule in the pool it was drawn from; -1: no number.
    """

    inputs: np.ndarray
    labels: np.ndarray
    query: np.ndarray
    answer: np.ndarray
    task: np.ndarray


@dataclass(frozen=True)
class Regression:
    """The distribution of prompts.

    dimension d, examples N: whole numbers from 1. inputs: "uniform" on (−scale, scale) or "gaussian" of
    standard deviation `scale`, each coordinate by itself. noise: standard deviation of the labels' noise.
    Rules are standard normal, of standard deviation `rule`. ValueError names what is out of range.
    """

    dimension: int = 8
    examples: int = 16
    inputs: str = "uniform"
    scale: float = 1.0
    noise: float = 0.0
    rule: float = 1.0

    def __post_init__(self):
        for name in ("dimension", "examples"):
            value = getattr(self, name)
            if not (isinstance(value, int | np.integer) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        if self.inputs not in INPUTS:
            raise ValueError(f"inputs must be one of {', '.join(INPUTS)}, got {self.inputs!r}")
        for name in ("scale", "rule"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be a finite number above 0, got {getattr(self, name)}")
        if not 0 <= self.noise < np.inf:
            raise ValueError(f"noise must be a finite number, at least 0, got {self.noise}")

    @property
    def moments(self):
        """(variance, fourth moment) of one coordinate of an input."""
        variance, fourth = INPUTS[self.inputs]
        return variance * self.scale**2, fourth * self.scale**4

    @property
    def answer_variance(self):
        """Variance of the answer, the squared error of always guessing zero: d σ² (rule)²."""
        return self.dimension * self.moments[0] * self.rule**2

    def pool(self, rng, count):
        """`count` rules to practise on, (count, d)."""
        if not (isinstance(count, int | np.integer) and count >= 1):
            raise ValueError(f"count must be a whole number, at least 1, got {count!r}")
        return self.rule * rng.normal(size=(count, self.dimension))

    def prompts(self, rng, count, pool=None, numbers=None):
        """`count` prompts. pool: rules (M, d) to draw from with equal chance; None: each rule is new.

        numbers: M; new rules that come under numbers 0 ... M−1 all the same, as a new problem would that is
        shown to a model with a table by task number.
        """
        if pool is None:
            rules = self.rule * rng.normal(size=(count, self.dimension))
            task = np.full(count, -1) if numbers is None else rng.integers(numbers, size=count)
        else:
            task = rng.integers(len(pool), size=count)
            rules = pool[task]
        shape = (count, self.examples + 1, self.dimension)
        if self.inputs == "uniform":
            x = rng.random(shape)
            x *= 2 * self.scale  # in place: half the time of rng.uniform, and the same numbers
            x -= self.scale
        else:
            x = self.scale * rng.normal(size=shape)
        y = (x @ rules[:, :, None])[:, :, 0]
        labels = y[:, :-1]
        if self.noise:
            labels = labels + self.noise * rng.normal(size=labels.shape)
        return Prompts(x[:, :-1], labels, x[:, -1], y[:, -1], task)

    def relabel(self, prompts, rng):
        """The same inputs, queries and task numbers under new rules: what only a reader of the labels can notice."""
        rules = self.rule * rng.normal(size=prompts.query.shape)
        labels = np.einsum("bnd,bd->bn", prompts.inputs, rules)
        if self.noise:
            labels = labels + self.noise * rng.normal(size=labels.shape)
        return prompts._replace(labels=labels, answer=(prompts.query * rules).sum(axis=1))


def error(answers, prompts):
    """Squared error on the same prompts, per cent of guessing zero (100: learned nothing); inf if one is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        value = 100 * np.mean((answers - prompts.answer) ** 2) / np.mean(prompts.answer**2)
    return float(value) if np.isfinite(value) else np.inf
