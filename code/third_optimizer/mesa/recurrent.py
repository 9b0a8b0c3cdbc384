"""A recurrent net: a state of a few numbers, renewed from itself and from what is seen, gradient by hand.

    r, z = σ(W x + U h)             what of the old state to read, and how much of it to keep
    n    = tanh(W x + r · U h)
    h    ← n + z · (h − n)
    said = R h + bias

The gated unit of Cho et al. 2014 (arXiv:1406.1078), with r applied to U h. One of
the numbers seen must be a one, which stands in for biases. Arrays hold a game a column: (numbers, games).
"""

import numpy as np


class GRU:
    """`units` numbers of state, `seen` in and `said` out. Parameters: a flat array of `size` numbers, used in `dtype`.

    ValueError names what is out of range.
    """

    def __init__(self, units, seen, said, dtype=np.float32):
        for name, value in (("units", units), ("seen", seen), ("said", said)):
            if not (isinstance(value, int | np.integer) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        self.units, self.seen, self.said, self.dtype = units, seen, said, np.dtype(dtype)
        self.shapes = ((3 * units, seen), (3 * units, units), (said, units), (said, 1))
        self.ends = np.cumsum([np.prod(shape) for shape in self.shapes])
        self.size = int(self.ends[-1])

    def init(self, rng):
        """Uniform within ±1/√units, for the readout a tenth of that; its bias 0."""
        parts = [
            scale * rng.uniform(-1, 1, shape).ravel() / np.sqrt(self.units)
            for shape, scale in zip(self.shapes, (1, 1, 0.1, 0), strict=True)
        ]
        return np.concatenate(parts)

    def unpack(self, parameters):
        """W (3 units, seen), U (3 units, units), R (said, units), bias (said, 1). ValueError for another length."""
        if np.shape(parameters) != (self.size,):
            raise ValueError(f"parameters must be {self.size} numbers, got shape {np.shape(parameters)}")
        parts = np.split(np.asarray(parameters, self.dtype), self.ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def start(self, games):
        """The state before anything is seen: zeros, (units, games)."""
        return np.zeros((self.units, games), self.dtype)

    def step(self, parts, state, seen):
        """The next state, and what `back` needs of this step. parts: of `unpack`; seen: (seen, games)."""
        from_seen, from_state, _, _ = parts
        units = self.units
        old = from_state @ state
        new = from_seen @ seen
        gates = new[: 2 * units]
        gates += old[: 2 * units]
        gates *= 0.5  # σ(a) = ½ + ½ tanh(a/2), which cannot overflow
        np.tanh(gates, out=gates)
        gates += 1
        gates *= 0.5
        reset, keep = gates[:units], gates[units:]
        fresh = np.tanh(new[2 * units :] + reset * old[2 * units :])
        return fresh + keep * (state - fresh), (state, seen, gates, fresh, old[2 * units :])

    def say(self, parts, state):
        """(said, games)."""
        return parts[2] @ state + parts[3]

    def back(self, parts, states, kept, slopes):
        """The gradient of a loss in the parameters, flat, from its slopes in what was said.

        states: after each step, a list of (units, games); kept: what `step` gave for each; slopes: (said, games) each.
        """
        _, from_state, read, _ = parts
        units, steps, games = self.units, len(states), states[0].shape[1]
        of_new = np.empty((steps, 3 * units, games), self.dtype)  # slopes in W x
        of_old = np.empty_like(of_new)  # and in U h
        of_state = 0
        for t in range(steps - 1, -1, -1):
            state, _, gates, fresh, old = kept[t]
            of_state = of_state + read.T @ slopes[t]
            reset, keep = gates[:units], gates[units:]
            of_new[t, 2 * units :] = of_state * (1 - keep) * (1 - fresh**2)
            np.multiply(of_new[t, 2 * units :], old, out=of_new[t, :units])
            np.multiply(of_state, state - fresh, out=of_new[t, units : 2 * units])
            of_new[t, : 2 * units] *= gates * (1 - gates)
            of_old[t, : 2 * units] = of_new[t, : 2 * units]
            np.multiply(of_new[t, 2 * units :], reset, out=of_old[t, 2 * units :])
            of_state = of_state * keep + from_state.T @ of_old[t]
        parts = (
            sum(of_new[t] @ kept[t][1].T for t in range(steps)),
            sum(of_old[t] @ kept[t][0].T for t in range(steps)),
            sum(slopes[t] @ states[t].T for t in range(steps)),
            sum(slopes[t].sum(axis=1, keepdims=True) for t in range(steps)),
        )
        return np.concatenate([part.ravel() for part in parts]).astype(float)
