"""A small softmax transformer that reads a prompt: the machine of the large experiments, at the size of a laptop.

A token is an example (x, y, 0) or a question (x, 0, 1). Every token attends to all the examples and to no question, so
several questions about one prompt are answered at once, each as if it were alone. There are no positions: a prompt is
a set. A layer is attention and then a network of two layers, each added to what was there and each fed numbers brought
to the same size (RMSNorm; Zhang and Sennrich 2019, arXiv:1910.07467); else as in Vaswani et al. 2017, arXiv:1706.03762.
"""

import autograd.numpy as np
from autograd import grad
from autograd.tracer import getval


def _even(state):
    return state / np.sqrt(np.mean(state**2, axis=-1, keepdims=True) + 1e-6)


class Transformer:
    """`layers` layers of `width` numbers a token, in `heads` heads. Parameters: one flat array; its sums are taken in
    single precision. It has no `passes` to run longer.

    dimension d, layers, width, heads: whole numbers from 1; examples N: prompts that show more, as in training, have
    the rest of their examples asked as further questions. ValueError names what is out of range.
    """

    passes = 1

    def __init__(self, dimension, examples, layers=2, width=32, heads=4):
        values = {"dimension": dimension, "examples": examples, "layers": layers, "width": width, "heads": heads}
        for name, value in values.items():
            if not (isinstance(value, int) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        if width % heads:
            raise ValueError(f"width must be a multiple of heads, {heads}, got {width}")
        self.dimension, self.examples, self.layers, self.width, self.heads = values.values()
        square = (width, width)
        block = [square, square, square, square, (width, 4 * width), (1, 4 * width), (4 * width, width), (1, width)]
        self.shapes = [(dimension + 2, width), *(layers * block), (width, 1)]

    def init(self, rng, scale=1.0):
        """Normal weights of variance scale² over the inputs of their matrix, smaller where a layer adds to what was
        there; biases and the readout 0."""
        if not 0 <= scale < np.inf:
            raise ValueError(f"scale must be a finite number, at least 0, got {scale}")
        parts = []
        for n, m in self.shapes:
            zero = n == 1 or m == 1
            adds = m == self.width and n != self.dimension + 2
            deviation = scale / n**0.5 / ((2 * self.layers) ** 0.5 if adds else 1)
            parts.append(np.zeros(n * m) if zero else deviation * rng.normal(size=n * m))
        return np.concatenate(parts)

    def unpack(self, parameters):
        """The matrices in the order of `shapes`."""
        parts, at = [], 0
        for n, m in self.shapes:
            parts.append(parameters[at : at + n * m].reshape((n, m)))
            at += n * m
        return parts

    def _read(self, parts, examples, questions):
        """Answers (B, Q) to questions (B, Q, d+2) about examples (B, N, d+2), with the matrices of `unpack`."""
        count, shown, numbers = examples.shape
        wide = self.width // self.heads

        def heads(state, matrix, axes=(0, 2, 1, 3)):
            return np.transpose((state @ matrix).reshape((count, -1, self.heads, wide)), axes)

        first, *blocks, last = parts
        # rows of all prompts one below another: one product of two matrices is faster than one a prompt
        known, asked = (tokens.reshape((-1, numbers)) @ first for tokens in (examples, questions))
        for layer in range(self.layers):
            to_query, to_key, to_value, out, up, up_bias, down, down_bias = blocks[8 * layer : 8 * layer + 8]
            even = _even(known)
            key, value = heads(even, to_key, (0, 2, 3, 1)), heads(even, to_value)

            def onward(state, key=key, value=value, matrices=(to_query, out, up, up_bias, down, down_bias)):
                to_query, out, up, up_bias, down, down_bias = matrices
                weight = np.exp(heads(_even(state), to_query) @ key * (wide**-0.5))
                read = (weight @ value) / np.sum(weight, axis=-1, keepdims=True)
                state = state + np.transpose(read, (0, 2, 1, 3)).reshape(state.shape) @ out
                return state + np.maximum(_even(state) @ up + up_bias, 0) @ down + down_bias

            asked = onward(asked)
            known = onward(known) if layer + 1 < self.layers else None  # nobody reads it after the last layer
        return (_even(asked) @ last).reshape((count, -1))

    def _tokens(self, prompts):
        """(examples (B, N, d+2), questions (B, Q, d+2), true answers (B, Q)); the prompts' own query comes last."""
        inputs, labels, n = prompts.inputs, prompts.labels, self.examples
        if inputs.shape[1] < n or inputs.shape[2] != self.dimension:
            raise ValueError(
                f"this machine reads {n} examples or more in {self.dimension} dimensions, "
                f"got {inputs.shape[1]} in {inputs.shape[2]}"
            )
        asked = np.concatenate([inputs[:, n:], prompts.query[:, None]], axis=1)
        right = np.concatenate([labels[:, n:], prompts.answer[:, None]], axis=1)
        zero, one = np.zeros((*asked.shape[:2], 1)), np.ones((*asked.shape[:2], 1))
        examples = np.concatenate([inputs[:, :n], labels[:, :n, None], 0 * labels[:, :n, None]], axis=2)
        questions = np.concatenate([asked, zero, one], axis=2)
        return [part.astype(np.float32) for part in (examples, questions, right)]

    def answer(self, parameters, prompts, passes=None):
        """Answers to the queries, (B,); `passes` must be 1 or None."""
        if passes not in (None, 1):
            raise ValueError(f"passes must be 1 or None for a machine without loops, got {passes}")
        examples, questions, _ = self._tokens(prompts)
        return self._read(self.unpack(np.asarray(parameters, np.float32)), examples, questions)[:, -1].astype(float)

    def errors(self, parameters, prompts):
        """(answers less the truth (B·Q,), gradient of half their mean square, flat)."""
        examples, questions, right = self._tokens(prompts)
        kept = []

        def loss(parts):
            error = self._read(parts, examples, questions) - right
            kept.append(getval(error))
            return 0.5 * np.mean(error**2)

        gradient = grad(loss)(self.unpack(np.asarray(parameters, np.float32)))
        return kept[0].ravel().astype(float), np.concatenate([one.ravel() for one in gradient]).astype(float)
