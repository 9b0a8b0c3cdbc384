"""The six things of chapter 1 as its picture takes them: every run that a reader can ask for, worked out beforehand."""

import numpy as np

from .tell_an_optimizer import CAP, FRAMES, HEIGHTS, LIQUIDS, MAZE, RULES, SURFACE, THINGS, probed, watched

REST = 8  # frames of a thing that rests: time to see that it does


def _frames(states):
    """At most FRAMES + 1 of them, up to REST of a thing that comes to rest; rounded, as the page plays them."""
    away = max((k for k, state in enumerate(states) if not _same(state, states[-1])), default=0)
    states = states[: away + REST]
    picked = np.unique(np.linspace(0, len(states) - 1, min(len(states), FRAMES + 1)).round().astype(int))
    return [states[k] if isinstance(states[k], tuple) else round(float(states[k]), 3) for k in picked]


def _same(one, other):
    return one == other if isinstance(one, tuple) else abs(one - other) < 5e-4


def _text(thing, probe, stop):
    """A stop as the dial says it."""
    if isinstance(thing.start, tuple):
        return f"row {stop[0] + 1}, column {stop[1] + 1}"
    if probe == "world" and thing.name != "thermostat":
        named = LIQUIDS if thing.name == "bottle cap" else HEIGHTS
        return next(name for name, value in named.items() if value == stop)
    if thing.name == "thermostat":
        return f"{stop:.0f} °C".replace("-", "−")
    if thing.name == "gradient descent":
        return f"{stop:.1f}"
    return f"{100 * stop:.0f} {'cm' if thing.name == 'bottle cap' else 'm'}"


SCENES = {
    "bottle cap": {"kind": "tank", "surface": SURFACE, "cap": CAP, "world": "water"},
    "thermostat": {"kind": "room"},
    "raindrop": {"kind": "hill", "mark": "drop", "axis": "height of the ground", "top": 0.6},
    "gradient descent": {"kind": "hill", "mark": "ball", "axis": "loss, over the number that is tuned", "top": 0.7},
    "walker by heart": {"kind": "maze", "walls": MAZE},
    "walker with a plan": {"kind": "maze", "walls": MAZE},
}
FINE = np.linspace(0, 1, 61)  # where a hill is drawn


def _curve(name, rules, wanted, world):
    """{"curve": heights} of what goes downhill, nothing of other things."""
    if name not in ("raindrop", "gradient descent"):
        return {}
    hill = rules.ground(FINE, world) if name == "raindrop" else rules.loss(FINE, wanted, world)
    return {"curve": np.round(hill[0], 3).tolist()}


def drawn(rules=RULES):
    """All that a reader can ask for, as the picture takes it: {thing: {scene, usual, low, high, runs}}."""
    found = {}
    for name, thing in THINGS.items():
        runs = {
            probe: [
                {
                    "stop": stop,
                    "text": _text(thing, probe, stop),
                    "states": _frames(seen["states"]),
                    "near": seen["near"],
                    **(_curve(name, rules, *probed(name, probe, stop)[1:]) if probe != "push" else {}),
                }
                for stop in stops
                for seen in [watched(name, probe, stop, rules)]
            ]
            for probe, stops in thing.stops.items()
        }
        found[name] = {
            "scene": SCENES[name] | _curve(name, rules, thing.wanted, thing.world),
            "usual": {"start": thing.start, "wanted": thing.wanted, "world": thing.world},
            "low": thing.low,
            "high": thing.high,
            "runs": runs,
        }
    return found
