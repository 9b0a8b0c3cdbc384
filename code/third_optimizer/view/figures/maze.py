"""The living maze: a stored planner thinks sweep by sweep about a maze that the reader builds (planner.js, maze.js)."""

import base64
import threading

import numpy as np

from ..component import Component, fallback_text
from .figure import demand_text


class Stopped(Exception):
    """The reader has stopped a training."""


def maze(machines, mazes, *, title, id, note, discount, sweeps=40, start=14, train=None):
    """A component in which machines walk.

    machines: {name: {"weights": (size,) of a Planner, "lumps": (2, channels)}}; lumps: what is written into the state
    of a goal's cell, the first row and worth times the second, no less than 0. mazes: {name: Mazes of one maze}, those
    on offer; the first is shown. discount: by which walks are valued. sweeps: the most the dial offers; start: where it
    stands. title, note: sentences above and below. train(told): in a kernel, trains another machine and returns it; it
    may call told(done, weights), done a fraction, which raises Stopped when the reader does not want to wait.
    Raises ValueError for what does not fit.
    """
    if not 0 <= start <= sweeps:
        raise ValueError(f"start must be from 0 to {sweeps}, the most sweeps, got {start}")
    if not (machines and mazes):
        raise ValueError(f"there must be a machine and a maze, got {len(machines)} and {len(mazes)}")
    if not 0 < discount <= 1:
        raise ValueError(f"discount must be above 0 and at most 1, got {discount}")
    for name, one in mazes.items():
        if len(one) != 1:
            raise ValueError(f"{name} must be one maze, got {len(one)}")
    spec = {
        "id": id,
        "title": demand_text(title, "title"),
        "note": demand_text(note, "note"),
        "machines": [{"name": name, **_packed(one)} for name, one in machines.items()],
        "mazes": [_drawn(name, one) for name, one in mazes.items()],
        "discount": discount,
        "sweeps": sweeps,
        "start": start,
    }
    words = f"{title} {note}"
    return Component("maze", spec, fallback_text(words), words, hear=train and Teacher(train).hear)


def marked_maze(machines, mazes, *, title, id, note, loud, parted, first, after=None, sweeps=40, start=20):
    """A component in which machines walk that have been trained where a coin and a flag stand on one cell.

    machines: {name: {"weights": (size,) of a Planner, 16-bit floats, "loudness": of the flag}}, once along the dial and
    then once more with the switch on. mazes: {name: {"maze": MarkedMazes of one maze, "walker": its cell}}. loud: what
    the dial's stops are called. parted: words of the switch. first: number of the machine at the start. after: ids
    of the two questions that are answered before the dial and the switch are on offer. Raises ValueError for what does
    not fit.
    """
    if not 0 <= start <= sweeps:
        raise ValueError(f"start must be from 0 to {sweeps}, the most sweeps, got {start}")
    if len(machines) != 2 * len(loud) or not 0 <= first < len(machines):
        raise ValueError(f"there must be {2 * len(loud)} machines, the first one of them, got {len(machines)}, {first}")
    for name, one in mazes.items():
        if len(one["maze"]) != 1:
            raise ValueError(f"{name} must be one maze, got {len(one['maze'])}")
    channels = 16
    spec = {
        "id": id,
        "title": demand_text(title, "title"),
        "note": demand_text(note, "note"),
        "machines": [
            {"name": name, "loudness": one["loudness"], "bits": 16, **_numbers(one["weights"], channels, "<f2")}
            for name, one in machines.items()
        ],
        "mazes": [
            _drawn(name, one["maze"]) | {"coin": coin, "flag": flag, "walker": one["walker"]}
            for name, one in mazes.items()
            for coin, flag in [[int(cells[0]) for cells in one["maze"].cells]]
        ],
        **{"sweeps": sweeps, "start": start, "loud": list(loud), "parted": parted, "first": first, "after": after},
    }
    words = f"{title} {note}"
    return Component("maze", spec, fallback_text(words), words)


def _drawn(name, one):
    """A maze as JSON."""
    return {
        "name": name,
        "rows": one.walls.shape[1],
        "columns": one.walls.shape[2],
        "wall": one.walls.ravel().astype(int).tolist(),
        "worth": [float(f"{worth:.3g}") for worth in one.worths.ravel()],
    }


def _packed(machine):
    """A machine as JSON."""
    lumps = np.asarray(machine["lumps"], float)
    if lumps.ndim != 2 or len(lumps) != 2:
        raise ValueError(f"lumps must be two rows of numbers, got shape {lumps.shape}")
    base, slope = ([float(f"{number:.5g}") for number in row] for row in lumps)
    return _numbers(machine["weights"], lumps.shape[1], "<f4") | {"lumps": {"base": base, "slope": slope}}


def _numbers(weights, channels, kind):
    """Weights as JSON: floats of a numpy kind in base64."""
    weights = np.asarray(weights, kind)
    if weights.size != (size := 9 * channels * (channels + 7) + 4):  # drive, repeat, read and bias of mesa.Planner
        raise ValueError(f"weights must be {size} numbers for {channels} channels, got {weights.size}")
    return {"weights": base64.b64encode(weights.tobytes()).decode(), "channels": channels}


class Teacher:
    """Trains in a thread when the page asks for it, and stops when the page asks for that."""

    def __init__(self, train):
        self.train, self.stopped = train, threading.Event()

    def hear(self, widget, message):
        """{"type": "learn", "number"} asks for a machine, {"type": "stop"} for an end."""
        if message["type"] == "stop":
            self.stopped.set()
        elif message["type"] == "learn":
            self.stopped.clear()
            threading.Thread(target=self.answer, args=(widget, message["number"]), daemon=True).start()

    def answer(self, widget, number):
        def told(done, weights):
            if self.stopped.is_set():
                raise Stopped
            packed = base64.b64encode(np.asarray(weights, "<f4").tobytes()).decode()
            widget.send({"type": "progress", "number": number, "done": done, "weights": packed})

        try:
            answer = {"type": "learned"} | _packed(self.train(told))
        except Stopped:
            answer = {"type": "failed", "says": "stopped"}
        except Exception as problem:  # the reader asked and must be told
            answer = {"type": "failed", "says": f"{type(problem).__name__}: {problem}"}
        widget.send(answer | {"number": number})
