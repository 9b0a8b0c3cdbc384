"""A machine for mazes: one small convolution, used again and again on its own output.

    h  ←  max(0, around(h) @ repeat + around(input) @ drive)        a sweep
    around(h) @ read + bias                                         logits of the four moves, after the last one

`around` lays a cell's 3×3 patch side by side; walls and the outside hold zeros. The input is a goal's worth, a mark on
goals and a one. Nothing in it names a value, a discount, a maximum or a search.

Only open cells are stored. A patch is symmetric (j is i's neighbour k exactly if i is j's neighbour 8 − k), so the
backward pass gathers just as the forward pass does, and nothing is ever scattered.
"""

import numpy as np

SEEN = 3  # numbers a cell shows: worth, mark of a goal, one


class Planner:
    """The machine with so many channels, computing in `dtype`. Parameters: one flat array of `size` numbers.

    32-bit floats are twice as fast; parameters and what an optimizer keeps may still be 64-bit. layers: of `repeat`,
    used one after the other and then over again; the course's machine has one, and uses it in every sweep.
    """

    def __init__(self, channels=16, dtype=np.float32, layers=1):
        for name, value in (("channels", channels), ("layers", layers)):
            if not (isinstance(value, int | np.integer) and value >= 1):
                raise ValueError(f"{name} must be a whole number, at least 1, got {value!r}")
        self.channels, self.dtype, self.layers = int(channels), np.dtype(dtype), int(layers)
        self.shapes = ((9 * SEEN, channels), (layers * 9 * channels, channels), (9 * channels, 4), (4,))
        self.ends = np.cumsum([np.prod(shape) for shape in self.shapes])
        self.size = int(self.ends[-1])

    def init(self, rng):
        """Uniform within ±1/√(numbers read), for the readout a tenth of that; bias 0."""
        reads = 9 * SEEN, 9 * self.channels, 9 * self.channels, 1
        parts = [
            rng.uniform(-scale, scale, shape).ravel() / np.sqrt(read)
            for shape, read, scale in zip(self.shapes, reads, (1, 1, 0.1, 0), strict=True)
        ]
        return np.concatenate(parts)

    def unpack(self, parameters):
        """drive (27, C), repeat (layers · 9C, C), read (9C, 4), bias (4,) of the flat array. ValueError for another
        length."""
        if np.shape(parameters) != (self.size,):
            raise ValueError(f"parameters must be {self.size} numbers, got shape {np.shape(parameters)}")
        parts = np.split(np.asarray(parameters, self.dtype), self.ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self.shapes, strict=True)]

    def seen(self, mazes, worth=None):
        """What the machine is shown, (27 a cell): the patch of worths, marks and ones. worth: (count,), instead of the
        mazes' own; zeros take the goals out of the input. Or (count, 3): all that the cells show."""
        worth = mazes.worth if worth is None else np.asarray(worth)
        shown = np.zeros((mazes.count + 1, SEEN), self.dtype)
        if worth.ndim == 2:
            shown[:-1] = worth
        else:
            shown[:-1, 0], shown[:-1, 1], shown[:-1, 2] = worth, worth > 0, 1
        return around(shown, mazes.near)

    def think(self, parameters, mazes, sweeps, *, keep=None, state=None, worth=None, written=None, added=None):
        """(logits (count, 4), states of the last `keep` sweeps and the one before them, a list of (count + 1, C)).

        keep: all sweeps, if None; 0 keeps only the last state. A state's last row is nowhere, and zero.
        state: to go on from, instead of zeros, with the first layer. worth: seen instead of the mazes' own (`seen`).
        written: (cells, vectors), put in the place of these cells' states after every sweep, to any of which the
        machine then goes on. added: (cells, vectors), added to what these cells see.
        """
        drive, repeat, read, bias = self.unpack(parameters)
        layers = self._layers(repeat)
        push = self.seen(mazes, worth) @ drive
        if added is not None:
            push[added[0]] += np.asarray(added[1], self.dtype)
        if state is None:
            state = np.zeros((mazes.count + 1, self.channels), self.dtype)
        keep, states, patches = sweeps if keep is None else keep, [state], None
        for done in range(1, sweeps + 1):
            patches = around(state, mazes.near, patches)
            state = np.empty_like(state)
            inner = state[:-1]
            np.matmul(patches, layers[(done - 1) % self.layers], out=inner)
            inner += push
            np.maximum(inner, 0, out=inner)
            state[-1] = 0
            if written is not None:
                state[written[0]] = written[1]
            states = [*states, state] if sweeps - done < keep else [state]
        return around(state, mazes.near, patches) @ read + bias, states

    def moves(self, parameters, mazes, sweeps, **ways):
        """The move it prefers in every cell, (count,); ways: of `think`."""
        return self.think(parameters, mazes, sweeps, keep=0, **ways)[0].argmax(axis=1)

    def _layers(self, repeat):
        return repeat.reshape(self.layers, 9 * self.channels, self.channels)

    def back(self, parameters, mazes, states, slope, price=0.0, worth=None, begun=0):
        """From the slope of a loss in the logits, (count, 4), to its gradient in the parameters, flat, through the kept
        states of `think`; also the slope in what each cell is pushed by, (count, C).

        price: on activity, of the mean over cells of the last state's squared length; its slope is added. worth: that
        was seen instead of the mazes' own. begun: sweeps before the kept ones, which says at what layer they began.
        """
        _, repeat, read, _ = self.unpack(parameters)
        near, last = mazes.near, states[-1]
        slope = np.ascontiguousarray(slope, self.dtype)
        of_state, of_read = _pull(slope, last, read, near)
        if price:
            of_state += self.dtype.type(2 * price / mazes.count) * last[:-1]
        of_repeat, of_push = np.zeros_like(repeat), np.zeros_like(of_state)
        layers, of_layers = self._layers(repeat), self._layers(of_repeat)
        mirrors = [_mirror(layer) for layer in layers]
        for done in range(len(states) - 1, 0, -1):
            before, state, at = states[done - 1], states[done], (begun + done - 1) % self.layers
            of_state *= state[:-1] > 0
            of_push += of_state
            of_state, change = _pull(of_state, before, layers[at], near, mirrors[at])
            of_layers[at] += change
        of_drive = self.seen(mazes, worth).T @ of_push
        return np.concatenate([part.ravel() for part in (of_drive, of_repeat, of_read, slope.sum(axis=0))]), of_push


def around(cells, near, out=None):
    """The 3×3 patches of cells, (count + 1, C) to (count, 9C); the last row is nowhere and must hold zeros."""
    if out is not None:
        out = out.reshape(len(near), 9, -1)
    return np.take(cells, near, axis=0, mode="clip", out=out).reshape(len(near), -1)


def _mirror(weight):
    """The weights as a neighbour sees them on the way back: (9 C_in, C_out) to (9 C_out, C_in)."""
    outputs = weight.shape[1]
    return weight.reshape(9, -1, outputs)[::-1].transpose(0, 2, 1).reshape(9 * outputs, -1)


def _pull(slope, state, weight, near, mirror=None):
    """Back through around(state) @ weight: the slopes in the state's cells and in the weight."""
    inputs, outputs = state.shape[1], weight.shape[1]
    patches = around(np.concatenate([slope, np.zeros_like(slope[:1])]), near)
    of_weight = (state[:-1].T @ patches).reshape(inputs, 9, outputs)[:, ::-1].transpose(1, 0, 2)
    return patches @ (_mirror(weight) if mirror is None else mirror), of_weight.reshape(9 * inputs, outputs)
