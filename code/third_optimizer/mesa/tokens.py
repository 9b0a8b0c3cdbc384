"""Attention that thinks in tokens: one layer writes an estimate of the rule as the next token, reads it back, and
writes again.

A prompt's examples are tokens (x, y, 0, 0). A thought is (0, 0, w, 1), where w is an estimate of the rule; the first is
a rule of zeros. The last thought u = (w, 1) looks at every token there is, itself too, through one layer of linear
attention, and what it gathers makes the next one (Huang, Wang and Lee 2025, arXiv:2502.21212):

    w  ←  w + (u A) G P,      G = (1/N) Σ zᵀ z over N examples and all thoughts so far.

A has the rows that a thought meets, P the columns that write an estimate. With −1 and 1 in A, u A zᵀ is what w misses
of an example's label, and the layer takes a step of gradient descent. Nobody tells it the estimates on the way: it is
trained on the last one's answer, w · query.
"""

import numpy as np

from .attention import second_moments


class TokenAttention:
    """One layer of linear attention that writes `passes` thoughts. Parameters: A (d+1, 2d+2) above Pᵀ (d, 2d+2), one
    array (2d+1, 2d+2).

    dimension: d, from 1. passes: K, from 1; a trained layer can write any number of thoughts. rereads: a thought also
    looks at the thoughts so far, not at the examples only.
    """

    def __init__(self, dimension, passes=1, rereads=True):
        for name, value in (("dimension", dimension), ("passes", passes)):
            if not (isinstance(value, int | np.integer) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        self.dimension, self.passes, self.rereads = int(dimension), int(passes), bool(rereads)

    def init(self, rng, scale=0.05):
        """Independent normal numbers of standard deviation `scale`."""
        if not 0 <= scale < np.inf:
            raise ValueError(f"scale must be a finite number, at least 0, got {scale}")
        return scale * rng.normal(size=(2 * self.dimension + 1, 2 * self.dimension + 2))

    def descent(self, step):
        """The parameters with which each thought is one step of gradient descent of length `step` from the last one."""
        d, parameters = self.dimension, np.zeros((2 * self.dimension + 1, 2 * self.dimension + 2))
        parameters[:d, :d], parameters[d, d] = -np.eye(d), 1
        parameters[d + 1 :, :d] = step * np.eye(d)
        return parameters

    def _write(self, parameters, prompts, passes, push=None):
        """Thought after thought: (G of the examples, all u, what each looks for, what each has found, sums of uᵀu / N).
        The last u is the estimate in which it ends. push: (n, rules (B, d)), added to thought n as it is written."""
        size, a, p = self.dimension + 1, parameters[: self.dimension + 1], parameters[self.dimension + 1 :].T
        g = second_moments(prompts)
        u = np.zeros((len(g), size))
        u[:, -1] = 1
        own, us, looked, found, owns = np.zeros_like(g), [u], [], [], []
        for done in range(1, passes + 1):
            if self.rereads:
                own = own + u[:, :, None] * u[:, None] / prompts.inputs.shape[1]
            looked.append(u @ a)
            of_examples, of_thoughts = looked[-1][:, None, :size] @ g, looked[-1][:, None, size:] @ own
            found.append(np.concatenate([of_examples, of_thoughts], axis=2)[:, 0])
            owns.append(own)
            u = u.copy()
            u[:, :-1] += found[-1] @ p
            if push is not None and done == push[0]:
                u[:, :-1] += push[1]
            us.append(u)
        return g, us, looked, found, owns

    def rules(self, parameters, prompts, passes=None, push=None):
        """The estimates after 0, 1, ... thoughts, (passes+1, B, d). push: (n, rules (B, d)): n, from 1, is the thought
        that is written so much off."""
        with np.errstate(over="ignore", invalid="ignore"):  # written on and on it may blow up: that is a result
            us = self._write(parameters, prompts, self.passes if passes is None else passes, push)[1]
        return np.array(us)[:, :, :-1]

    def answers(self, parameters, prompts, passes=None, push=None):
        """Answers to the queries after 0, 1, ... thoughts, (passes+1, B); push: of `rules`."""
        with np.errstate(over="ignore", invalid="ignore"):
            return (self.rules(parameters, prompts, passes, push) * prompts.query).sum(axis=2)

    def answer(self, parameters, prompts, passes=None):
        """Answers to the queries after the last thought, (B,)."""
        return self.answers(parameters, prompts, passes)[-1]

    def sensitivity(self, parameters, prompts):
        """How the answer changes with the query, (B, d): the last estimate."""
        return self.rules(parameters, prompts)[-1]

    def errors(self, parameters, prompts):
        """(answers less the truth (B,), gradient of half the mean squared error, of the parameters' shape), by hand."""
        size, a, p = self.dimension + 1, parameters[: self.dimension + 1], parameters[self.dimension + 1 :].T
        g, us, looked, found, owns = self._write(parameters, prompts, self.passes)
        count, examples = prompts.labels.shape
        error = (us[-1][:, :-1] * prompts.query).sum(axis=1) - prompts.answer

        # backwards: d_x is the derivative of the loss by x
        d_w, d_own = error[:, None] * prompts.query / count, np.zeros_like(g)
        d_a, d_p = np.zeros_like(a), np.zeros_like(p)
        for u, look, find, own in zip(*(reversed(kept) for kept in (us[:-1], looked, found, owns)), strict=True):
            d_p += find.T @ d_w
            d_find = d_w @ p.T
            d_look = np.concatenate([d_find[:, None, :size] @ g, d_find[:, None, size:] @ own], axis=2)[:, 0]
            d_a += u.T @ d_look
            d_u = d_look @ a.T
            if self.rereads:
                d_own = d_own + look[:, size:, None] * d_find[:, None, size:]  # of every own since: u is in them all
                d_u = d_u + (u[:, None] @ (d_own + d_own.transpose(0, 2, 1)))[:, 0] / examples
            d_w = d_w + d_u[:, :-1]
        return error, np.concatenate([d_a, d_p.T])
