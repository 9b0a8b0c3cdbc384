"""Linear self-attention that reads a prompt, one pass or several through the same layer.

A prompt's tokens are the rows z = (x, y); the query's is (x, 0). One pass moves every token by

    z  ←  z + z A G P,      G = (1/N) Σ zᵢᵀ zᵢ over the N examples,

which is softmax-free self-attention with A for queries and keys and P for values and output (von Oswald
et al. 2022, arXiv:2212.07677, section 2). After the last pass the answer is minus the query's last number.

The tokens never have to be written down. With M = I + A G P a pass is z ← z M for every token at once,
so G ← Mᵀ G M: everything a pass needs is a (d+1) × (d+1) matrix, whatever the prompt's length.
"""

import numpy as np


def second_moments(prompts):
    """G of every prompt, (B, d+1, d+1): averages of products of a token's numbers."""
    tokens = np.concatenate([prompts.inputs, prompts.labels[:, :, None]], axis=2)
    # of two arrays, not of one with itself: for that NumPy takes a routine that is slow on small matrices
    return tokens.transpose(0, 2, 1) @ (tokens / tokens.shape[1])


class LinearAttention:
    """One layer of linear self-attention, used `passes` times. Parameters: A and P, (2, d+1, d+1).

    dimension: d, from 1. passes: K, from 1; a trained layer can be run for any number of them.
    """

    def __init__(self, dimension, passes=1):
        for name, value in (("dimension", dimension), ("passes", passes)):
            if not (isinstance(value, int | np.integer) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        self.dimension, self.passes = int(dimension), int(passes)

    def init(self, rng, scale=0.02):
        """Independent normal numbers of standard deviation `scale`."""
        if not 0 <= scale < np.inf:
            raise ValueError(f"scale must be a finite number, at least 0, got {scale}")
        return scale * rng.normal(size=(2, self.dimension + 1, self.dimension + 1))

    def descent(self, step, shrink=0.0):
        """The parameters with which each pass is exactly one step of gradient descent of length `step` on
        the prompt's half mean squared error (von Oswald et al. 2022, proposition 1).

        shrink: γ of GD++ (there, section 3): each pass also takes x to x − γ S x, S the mean of xxᵀ, which evens out
        the curvatures that the next pass meets.
        """
        a, p = np.zeros((2, self.dimension + 1, self.dimension + 1))
        a[:-1, :-1] = np.eye(self.dimension)
        p[-1, -1] = -step
        p[:-1, :-1] = -shrink * np.eye(self.dimension)
        return np.stack([a, p])

    def rules(self, parameters, prompts, passes=None):
        """The rule the model has inferred after 0, 1, ... passes, (passes+1, B, d): answers are rule · query.

        The answer is linear in the query, because the query is only ever multiplied by Ms.
        """
        (a, p), g = parameters, second_moments(prompts)
        eye = np.eye(self.dimension + 1)
        product = np.broadcast_to(eye, g.shape)
        rules = [-product[:, :-1, -1]]
        with np.errstate(over="ignore", invalid="ignore"):  # a layer run on may blow up: that is a result
            for _ in range(self.passes if passes is None else passes):
                m = eye + a @ g @ p
                product, g = product @ m, m.transpose(0, 2, 1) @ g @ m
                rules.append(-product[:, :-1, -1])
        return np.array(rules)

    def answers(self, parameters, prompts, passes=None, push=None):
        """Answers to the queries after 0, 1, ... passes, (passes+1, B): `rules` times the query, at half the price.

        push: (n, rules (B, d)): after n passes the inferred rule is moved by these, for all tokens alike: each token's
        last number by −rule · x, the query's too. What is answered after n passes is then the pushed answer.
        """
        (a, p), g = parameters, second_moments(prompts)
        size, passes = len(a), self.passes if passes is None else passes
        q = np.concatenate([prompts.query, np.zeros((len(g), 1))], axis=1)
        answers = []
        with np.errstate(over="ignore", invalid="ignore"):
            for done in range(passes + 1):
                if done:
                    q = q + (((q @ a)[:, None] @ g)[:, 0] @ p)
                    if done < passes:
                        m = np.eye(size) + ((a @ g).reshape(-1, size) @ p).reshape(g.shape)
                        g = m.transpose(0, 2, 1) @ (g @ m)
                if push is not None and done == push[0]:
                    m = np.zeros((len(g), size, size)) + np.eye(size)
                    m[:, :-1, -1] = -push[1]
                    q, g = (q[:, None] @ m)[:, 0], m.transpose(0, 2, 1) @ (g @ m)
                answers.append(-q[:, -1])
        return np.array(answers)

    def answer(self, parameters, prompts, passes=None):
        """Answers to the queries, (B,); `passes` runs the layer more or less often than it was built for."""
        return self.answers(parameters, prompts, passes)[-1]

    def sensitivity(self, parameters, prompts):
        """How the answer changes with the query, ∂ŷ/∂x, (B, d): here the inferred rule itself."""
        return self.rules(parameters, prompts)[-1]

    def errors(self, parameters, prompts):
        """(answers less the truth (B,), gradient of half the mean squared error (2, d+1, d+1)), derived by hand.

        The last pass needs only the query's last number, so it never builds an M.
        """
        a, p = parameters
        g = second_moments(prompts)
        count, size = g.shape[:2]
        q = np.concatenate([prompts.query, np.zeros((count, 1))], axis=1)
        eye, kept = np.eye(size), []
        for _ in range(self.passes - 1):
            ag = a @ g
            m = eye + (ag.reshape(-1, size) @ p).reshape(g.shape)
            gm = g @ m
            kept.append((g, ag, m, gm, q))
            q, g = (q[:, None] @ m)[:, 0], m.transpose(0, 2, 1) @ gm
        u, v = q @ a, p[:, -1]
        gv = g @ v
        error = -(q[:, -1] + (u * gv).sum(axis=1)) - prompts.answer

        # backwards: d_x is the derivative of the loss by x
        d_out = -error / count
        d_u = d_out[:, None] * u
        d_a = (q * d_out[:, None]).T @ gv
        d_p = np.zeros_like(p)
        d_p[:, -1] = d_u.ravel() @ g.reshape(-1, size)
        if kept:
            d_q = d_out[:, None] * (gv @ a.T)
            d_q[:, -1] += d_out
            d_g = d_u[:, :, None] * v
        for depth, (g, ag, m, gm, q) in reversed(list(enumerate(kept))):
            d_m = gm @ (d_g + d_g.transpose(0, 2, 1))
            d_m += np.einsum("bi,bj->bij", q, d_q)
            d_mp = (d_m.reshape(-1, size) @ p.T).reshape(g.shape)
            d_a += d_mp.transpose(1, 0, 2).reshape(size, -1) @ g.reshape(-1, size)
            d_p += ag.reshape(-1, size).T @ d_m.reshape(-1, size)
            if depth:
                d_q = np.einsum("bij,bj->bi", m, d_q)
                d_g = m @ d_g @ m.transpose(0, 2, 1) + a.T @ d_mp
        return error, np.stack([d_a, d_p])
