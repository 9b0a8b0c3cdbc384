"""The rival: a multilayer perceptron that reads the prompt as one long list of numbers."""

import numpy as np


class MLP:
    """ReLU network on (x₁, y₁, ..., x_N, y_N, x): N(d+1) + d numbers in, one answer out.

    widths: of the hidden layers. Parameters: one flat array. It has no `passes` to run longer, and can only
    read prompts of the length it was built for (ValueError otherwise).
    """

    passes = 1

    def __init__(self, dimension, examples, widths=(64, 64)):
        for name, values in (("dimension", [dimension]), ("examples", [examples]), ("widths", widths)):
            for value in values:
                if not (isinstance(value, int | np.integer) and value >= 1):
                    raise ValueError(f"{name} must be whole numbers, at least 1, got {value!r}")
        self.dimension, self.examples = int(dimension), int(examples)
        sizes = (examples * (dimension + 1) + dimension, *widths, 1)
        self.layers = list(zip(sizes[:-1], sizes[1:], strict=True))

    def init(self, rng, scale=1.0):
        """Normal weights of variance scale²·2/(inputs of the layer) (He et al. 2015), biases 0."""
        if not 0 <= scale < np.inf:
            raise ValueError(f"scale must be a finite number, at least 0, got {scale}")
        return np.concatenate(
            [np.concatenate([scale * np.sqrt(2 / n) * rng.normal(size=n * m), np.zeros(m)]) for n, m in self.layers]
        )

    def unpack(self, parameters):
        """[(weights (n, m), biases (m,)), ...] as views of the flat array."""
        parts, at = [], 0
        for n, m in self.layers:
            parts.append((parameters[at : at + n * m].reshape(n, m), parameters[at + n * m : at + (n + 1) * m]))
            at += (n + 1) * m
        return parts

    def flatten(self, prompts):
        """The prompt as the network reads it, (B, N(d+1) + d)."""
        count, examples, dimension = prompts.inputs.shape
        if (examples, dimension) != (self.examples, self.dimension):
            raise ValueError(
                f"this network reads {self.examples} examples in {self.dimension} dimensions, "
                f"got {examples} in {dimension}"
            )
        tokens = np.concatenate([prompts.inputs, prompts.labels[:, :, None]], axis=2)
        return np.concatenate([tokens.reshape(count, -1), prompts.query], axis=1)

    def _forward(self, parameters, prompts):
        parts, activity = self.unpack(parameters), [self.flatten(prompts)]
        with np.errstate(over="ignore", invalid="ignore"):
            for weights, biases in parts[:-1]:
                activity.append(np.maximum(activity[-1] @ weights + biases, 0))
            weights, biases = parts[-1]
            return parts, activity, (activity[-1] @ weights + biases)[:, 0]

    def answer(self, parameters, prompts, passes=None):
        """Answers to the queries, (B,); `passes` must be 1 or None: there is nothing to run again."""
        if passes not in (None, 1):
            raise ValueError(f"passes must be 1 or None for a network without loops, got {passes}")
        return self._forward(parameters, prompts)[2]

    def _backward(self, parts, activity, d_out):
        """Derivatives by every parameter (flat) and by the list of numbers read."""
        gradient, d = [], d_out[:, None]
        for (weights, _), seen in zip(reversed(parts), reversed(activity), strict=True):
            gradient.append(np.concatenate([(seen.T @ d).ravel(), d.sum(axis=0)]))
            d = d @ weights.T
            if seen is not activity[0]:
                d = d * (seen > 0)
        return np.concatenate(gradient[::-1]), d

    def errors(self, parameters, prompts):
        """(answers less the truth (B,), gradient of half the mean squared error, flat)."""
        parts, activity, out = self._forward(parameters, prompts)
        error = out - prompts.answer
        return error, self._backward(parts, activity, error / len(error))[0]

    def sensitivity(self, parameters, prompts):
        """How the answer changes with the query, ∂ŷ/∂x, (B, d)."""
        parts, activity, out = self._forward(parameters, prompts)
        return self._backward(parts, activity, np.ones_like(out))[1][:, -self.dimension :]
