"""Chapter 1, Tell an optimizer from an optimized thing: six things that get somewhere, and a probe.

A probe pushes a thing, moves its goal or changes its world, and then watches. Every range has PLACES places, and
the maze has as many open cells, so that one count of bits fits all. What the page's open cells define (`Rules`) is a
parameter of everything that uses it. Heights and positions are shares of the picture, temperatures are in °C.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from third_optimizer.base import gradient_descent, train
from third_optimizer.mesa.walkers import uphill
from third_optimizer.world import Mazes, distances, optimum

PLACES = 32
LAST = 10  # steps at the end over which a thing that never rests is averaged
FRAMES = 30  # of a run, as the page plays it
PROBES = ("push", "goal", "world")

# --- the rules: what the page's open cells show --------------------------------------------------------------

CAP, SURFACE = 0.9, 0.7  # density of a cap, as a multiple of water's; height of the surface
STAY = -1  # a walker's move at the end of its way; the others are numbered as in world.MOVES


def cap(height, liquid):
    """Its next height: down in air, up in what is denser than itself."""
    if height > SURFACE:
        return max(SURFACE, height - 0.05)
    return np.clip(height + 0.3 * (liquid - CAP), 0, SURFACE)


def thermostat(reading, wanted):
    """Heater on or off."""
    return reading < wanted


def bump(x, where, width, height):
    """(height, slope) at x of a rounded bump."""
    here = height * np.exp(-(((x - where) / width) ** 2))
    return here, -2 * (x - where) / width**2 * here


def ground(x, bank):
    """Height and slope of a hillside with a bank on the way down."""
    hump, hump_slope = bump(x, 0.84, 0.06, 0.15)
    bank, bank_slope = bump(x, 0.28, 0.05, bank)
    slope = 2.8 * (x - 0.62) + hump_slope + bank_slope
    return 1.4 * (x - 0.62) ** 2 + hump + bank, slope


def loss(x, wanted, ridge):
    """What descent is to make small, and its slope."""
    ridge, ridge_slope = bump(x, 0.45, 0.05, ridge)
    return (x - wanted) ** 2 + ridge, 2 * (x - wanted) + ridge_slope


def by_heart(maze, learnt):
    """The move that was right here, where it was learnt."""
    return learnt[maze.row, maze.column]


def plan(maze, learnt):
    """The best of four moves, by what can still be had from there."""
    best = uphill(maze, optimum(maze, discount=0.9))
    return np.where(maze.goal, STAY, best)


def bits(distance, distances):
    """Halvings from all places down to those that are as near."""
    return np.log2(len(distances) / np.sum(distances <= distance))


class Rules(NamedTuple):
    """What a reader may edit; `bits` is the measure."""

    cap: Callable = cap
    thermostat: Callable = thermostat
    ground: Callable = ground
    loss: Callable = loss
    by_heart: Callable = by_heart
    plan: Callable = plan
    bits: Callable = bits


RULES = Rules()

# --- the worlds they move in -----------------------------------------------------------------------------------

LEAK, POWER = 0.04, 1.2  # of a room: share of the difference to outside that it loses a step, degrees that heating adds
PACE = 0.01  # of whatever goes downhill

HOLLOW = 0.62  # where the ground is lowest

MAZE = (
    ".......",
    ".#.###.",
    ".#...#.",
    ".###.#.",
    "...#.#.",
    ".#.###.",
    ".#.....",
)  # fmt: skip
WALLS = np.array([list(row) for row in MAZE]) == "#"
CELLS = [(int(row), int(column)) for row, column in zip(*np.nonzero(~WALLS), strict=True)]
START, GOAL = (2, 0), (6, 6)


def maze(goal, shut=None):
    """The maze with its goal at a cell (row, column), one cell perhaps walled up."""
    walls, worths = WALLS.copy(), np.zeros(WALLS.shape)
    if shut:
        walls[shut] = True
    worths[goal] = 1
    return Mazes(walls[None], worths[None])


@cache
def learnt():
    """(rows, columns) moves that were right in the maze as it was: somebody searched for them once."""
    usual = maze(GOAL)
    return usual.grid(plan(usual, None), empty=0)[0]


def walk(walker, start, goal, shut, steps=FRAMES):
    """Cells (row, column) of a walk, the start's first, until the walker stays; one that never does bumps on."""
    here = maze(goal, shut)
    number = {(int(r), int(c)): k for k, (r, c) in enumerate(zip(here.row, here.column, strict=True))}
    cells, moves = list(number), walker(here, learnt())
    way = [start]
    while len(way) <= steps and (move := moves[at := number[way[-1]]]) != STAY:
        way.append(cells[here.target[move, at]])
    return way


@cache
def usual_way():
    """The cells that a walk takes in the maze as it was."""
    return walk(plan, START, GOAL, None)


# --- the things ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Thing:
    """run(rules, start, wanted, world) -> its states, one a step. start, wanted, world: as they are when nobody probes;
    low, high: its range. stops: {probe: what may be chosen}, none where there is nothing to take hold of."""

    name: str
    run: Callable
    start: Any
    wanted: Any
    world: Any
    low: float
    high: float
    stops: dict


def _cap(rules, start, wanted, liquid):
    states = [start]
    for _ in range(130):
        states.append(rules.cap(states[-1], liquid))
    return states


def _room(rules, start, wanted, outside):
    states = [start]
    for _ in range(110):  # no multiple of FRAMES: on and off are both seen
        states.append(states[-1] + LEAK * (outside - states[-1]) + POWER * rules.thermostat(states[-1], wanted))
    return states


def _downhill(hill, start):
    """Descent by `base` on hill(x) -> (height, slope)."""

    def objective(x, rng):
        height, slope = hill(x[0])
        return height, np.array([slope])

    return train(objective, [start], gradient_descent(PACE), 300, keep_path=True).path[:, 0]


def _drop(rules, start, wanted, bank):
    return _downhill(lambda x: rules.ground(x, bank), start)


def _descent(rules, start, wanted, ridge):
    return _downhill(lambda x: rules.loss(x, wanted, ridge), start)


def _heart(rules, start, goal, shut):
    return walk(rules.by_heart, start, goal, shut)


def _planner(rules, start, goal, shut):
    return walk(rules.plan, start, goal, shut)


def _even(low, high):
    return tuple(np.round(np.linspace(low, high, 11), 3).tolist())


LIQUIDS = {"brine": 1.2, "water": 1.0, "olive oil": 0.92, "alcohol": 0.79, "petrol": 0.74}  # densities, water's is 1
HEIGHTS = {"none": 0.0, "low": 0.02, "small": 0.05, "middling": 0.1, "high": 0.2, "very high": 0.3}  # bank and ridge
WEATHER = (-30, -20, -10, 0, 5, 10, 15, 20, 25)
IN_MAZE = {
    "push": tuple(cell for cell in CELLS if cell != GOAL),
    "goal": tuple(cell for cell in CELLS if cell != START),
    "world": tuple(usual_way()[1:-1]),
}
THINGS = {
    thing.name: thing
    for thing in (
        Thing("bottle cap", _cap, 0.0, SURFACE, 1.0, 0, 1, {"push": _even(0, 1), "world": tuple(LIQUIDS.values())}),
        Thing(
            "thermostat", _room, 5.0, 20.0, 5.0, -10, 40,
            {"push": _even(-10, 40), "goal": _even(-10, 40), "world": WEATHER},
        ),
        Thing(
            "raindrop", _drop, 0.05, HOLLOW, 0.0, 0, 1,
            {"push": _even(0, 1), "world": tuple(HEIGHTS.values())},
        ),
        Thing(
            "gradient descent", _descent, 0.1, 0.8, 0.0, 0, 1,
            {"push": _even(0, 1), "goal": _even(0, 1), "world": tuple(HEIGHTS.values())},
        ),
        Thing("walker by heart", _heart, START, GOAL, None, 0, 1, IN_MAZE),
        Thing("walker with a plan", _planner, START, GOAL, None, 0, 1, IN_MAZE),
    )
}  # fmt: skip


def place(thing, value):
    """The number of the place, 0 ... PLACES − 1, in which a value of this thing's range lies."""
    return int(np.clip((value - thing.low) / (thing.high - thing.low) * PLACES, 0, PLACES - 1))


def probed(name, probe, stop):
    """(start, wanted, world) of a run: as nobody probes it but for the one that the probe sets."""
    if name not in THINGS:
        raise ValueError(f"name must be one of {', '.join(THINGS)}, got {name!r}")
    if probe not in PROBES:
        raise ValueError(f"probe must be one of {', '.join(PROBES)}, got {probe!r}")
    thing = THINGS[name]
    usual = {"push": thing.start, "goal": thing.wanted, "world": thing.world}
    return tuple((usual | {probe: stop}).values())


@cache
def watched(name, probe, stop, rules=RULES):
    """What follows: states (one a step), wanted, distance (in places or steps, of the end from what is wanted),
    distances (of all places), near (whether it is at most one place off; a walker must be there)."""
    thing, (start, wanted, world) = THINGS[name], probed(name, probe, stop)
    states = thing.run(rules, start, wanted, world)
    if isinstance(start, tuple):
        here, end = maze(wanted, world), states[-1]
        away = here.grid(distances(here, here.goal))[0]
        every, distance, near = away[~here.walls[0]], away[end], end == wanted
    else:
        end = float(np.mean(states[-LAST:]))
        every = np.abs(np.arange(PLACES) - place(thing, wanted))
        distance = abs(place(thing, end) - place(thing, wanted))
        near = distance <= 1
    return {"states": states, "wanted": wanted, "distance": distance, "distances": every, "near": bool(near)}


# --- the profile ----------------------------------------------------------------------------------------------


@cache
def profile(rules=RULES):
    """{thing: {probe: (how often it gets there, of how many stops)}}; None where there is nothing to take hold of."""
    found = {}
    for name, thing in THINGS.items():
        near = {
            probe: [watched(name, probe, stop, rules)["near"] for stop in stops] for probe, stops in thing.stops.items()
        }
        found[name] = {probe: (sum(near[probe]), len(near[probe])) if probe in near else None for probe in PROBES}
    return found


# --- bits -------------------------------------------------------------------------------------------------------

ASKED = ("left alone", "its goal moved", "its world changed")
BLIND = "blind throw"


def _asked(thing, asked):
    """[(probe, stop)] of a question: from every place; every place wanted; every change of its world."""
    if asked == "its world changed":
        return [("world", stop) for stop in thing.stops["world"]]
    probe = "push" if asked == "left alone" else "goal"
    if isinstance(thing.start, tuple):
        return [(probe, stop) for stop in thing.stops[probe]]
    middles = thing.low + (np.arange(PLACES) + 0.5) / PLACES * (thing.high - thing.low)
    return [(probe, float(value)) for value in middles]


@cache
def scored(asked, rules=RULES):
    """{thing: bits of each run}, and those of a blind throw: each place hit once, another wanted each time."""
    if asked not in ASKED:
        raise ValueError(f"asked must be one of {', '.join(ASKED)}, got {asked!r}")
    found = {}
    for name, thing in THINGS.items():
        seen = [watched(name, *one, rules) for one in _asked(thing, asked)]
        found[name] = np.array([rules.bits(one["distance"], one["distances"]) for one in seen])
    away = np.abs(np.subtract.outer(np.arange(PLACES), np.arange(PLACES)))  # wanted, hit
    return found | {BLIND: thrown(away, rules)}


def thrown(away, rules=RULES):
    """(wanted,) mean bits of a blind throw. away: (wanted, hit) distances."""
    return np.array([np.mean([rules.bits(distance, row) for distance in row]) for row in away])


@cache
def in_maze():
    """(wanted, hit) steps between the maze's open cells."""
    mazes = [maze(goal) for goal in CELLS]
    return np.array([here.grid(distances(here, here.goal))[0][~WALLS] for here in mazes])


@cache
def means(asked, rules=RULES):
    """{thing: mean bits}."""
    return {name: float(np.mean(values)) for name, values in scored(asked, rules).items()}


def said(asked, rules=RULES):
    """The mean bits under names that a sentence can hold."""
    return {name.replace(" ", "_"): value for name, value in means(asked, rules).items()} | {"most": np.log2(PLACES)}


# --- what the page asks and claims ------------------------------------------------------------------------------


def predictions(rules=RULES):
    """The numbers of the page's predictions, {id: {name: number}}."""
    return {"most": said("left alone", rules)}


def exercises(rules=RULES):
    """The numbers of the page's exercises, {id: {name: number}}."""
    good, every = 4, 64
    cells = len(CELLS)
    return {
        "as_good": {
            "good": good,
            "all": every,
            "one_in": every / good,
            "bits": np.log2(every / good),
            "whole": np.log2(every),
            "of_good": np.log2(good),
        },
        "long_list": {"cells": cells, "others": cells - 1, "moves": cells * (cells - 1), "square": cells**2},
    }


def claims(rules=RULES):
    """The numbers on the page's cards, {claim: {name: number}}."""
    alone, moved = means("left alone", rules), means("its goal moved", rules)
    short = {"cap": "bottle cap", "heart": "walker by heart", "plan": "walker with a plan"}
    return {
        "B2": {"places": PLACES, "blind": alone[BLIND], "blind_maze": float(np.mean(thrown(in_maze(), rules)))}
        | {name: alone[thing] for name, thing in short.items()}
        | {f"{name}_moved": moved[thing] for name, thing in short.items()}
    }
