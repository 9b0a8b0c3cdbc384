"""A network of one hidden layer that sorts rows of signs into two kinds."""

import numpy as np


def hinge(answers, labels):
    """Losses of answers, and their slopes: right by one is right enough."""
    short = 1 - labels * answers
    return short * (short > 0), -labels * (short > 0)


class SignNet:
    """ReLU network: `bits` numbers in, `width` hidden units, one answer out, whose sign is the kind it says.

    Parameters: one flat array of (bits + 2) width + 1 numbers. ValueError unless both are whole numbers, at least 1.
    """

    def __init__(self, bits, width=200):
        for name, value in (("bits", bits), ("width", width)):
            if not (isinstance(value, int | np.integer) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        self.bits, self.width = int(bits), int(width)

    def init(self, rng):
        """Uniform between ±1/√(inputs of the layer), biases too: what PyTorch begins with."""
        first, second = 1 / np.sqrt(self.bits), 1 / np.sqrt(self.width)
        hidden = rng.uniform(-first, first, size=(self.bits + 1) * self.width)
        return np.concatenate([hidden, rng.uniform(-second, second, size=self.width + 1)])

    def unpack(self, parameters):
        """weights (bits, width), biases (width,), readout (width,), bias: views of the flat array."""
        size = self.bits * self.width
        weights, biases, readout = np.split(parameters[:-1], [size, size + self.width])
        return weights.reshape(self.bits, self.width), biases, readout, parameters[-1]

    def answer(self, parameters, signs):
        """Answers to rows of signs (B, bits): (B,)."""
        weights, biases, readout, bias = self.unpack(parameters)
        return np.maximum(signs @ weights + biases, 0) @ readout + bias

    def slope(self, parameters, signs, labels, loss=hinge):
        """(mean loss of the answers to these rows, its gradient): the loss to walk down."""
        weights, biases, readout, bias = self.unpack(parameters)
        active = np.maximum(signs @ weights + biases, 0)
        losses, d_out = loss(active @ readout + bias, labels)
        d_out = d_out / len(labels)
        d_active = np.outer(d_out, readout) * (active > 0)
        gradient = [(signs.T @ d_active).ravel(), d_active.sum(axis=0), d_out @ active, [d_out.sum()]]
        return losses.mean(), np.concatenate(gradient)
