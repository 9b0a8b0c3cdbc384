"""Chapter 7, Watch SGD find a planner: what the machines of train_planners do in mazes they have never seen.

Each is asked from outside here; what is inside of it stands in open_a_planner. Machines come from the store, one a way
of training, a discount and a seed; arrays over seeds follow SEEDS. Shares are of 1.
"""

from functools import cache

import numpy as np

from third_optimizer.mesa import Planner, walkers
from third_optimizer.theory import blind_chance
from third_optimizer.world import Mazes, RandomMazes, distances, follow, snake

from .judge_planners import agreement, between, choices, exam, implied, logistic, scores, sides
from .train_planners import DIAL, DIAL_SEEDS, DIALS, DISCOUNT, SEEDS, STEPS, SWEEPS, TRAINED_AT, learn, stores

PLANNER = Planner()
THOUGHT = 20  # sweeps after which choices are fitted
PATIENCE = (2, 4, 6, 8, 10, 14, 20, 28, 40)
CHOOSING = {"count": 1500, "seed": 77}  # mazes in which choices are counted
ENOUGH = 150  # choices at one difference of distance, for a point of indifference
RULES = {
    "nearest": lambda mazes, sweeps, discount: walkers.nearest(mazes),
    "worthiest": lambda mazes, sweeps, discount: walkers.worthiest(mazes),
    "diffusion": lambda mazes, sweeps, discount: walkers.diffusion(mazes, sweeps),
    "value iteration": lambda mazes, sweeps, discount: walkers.value_iteration(mazes, sweeps, discount),
}
EXACT = 200  # sweeps of value iteration that are always enough


def machine(way="sampled", discount=DISCOUNT, seed=0):
    """A stored machine's parameters, (3,316,). ValueError names a way, discount or seed that is not stored."""
    return stores()["planners.npz"].at(way=way, discount=discount, seed=seed)["weights"].astype(float)


def choosing():
    """Mazes with two goals in which choices are counted."""
    return exam(**CHOOSING)


@cache
def moved(way, discount, seed, sweeps, mazes):
    """The moves of a stored machine."""
    return PLANNER.moves(machine(way, discount, seed), mazes, sweeps)


def each_seed(measure):
    """{name: (seeds,)} of a function of the seed that gives numbers by name."""
    rows = [measure(seed) for seed in SEEDS]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


# --- both conflicts ------------------------------------------------------------------------------------


def shares(way="sampled", sweeps=SWEEPS, discount=DISCOUNT):
    """share, a, b of the machines on new mazes (judge_planners.scores), each (seeds,)."""
    return each_seed(lambda seed: scores(exam(), moved(way, discount, seed, sweeps, exam()), discount))


def rule_shares(sweeps=SWEEPS, discount=DISCOUNT):
    """{rule: {share, a, b}} of the rules; diffusion and value iteration take as many sweeps as the machine."""
    return {name: scores(exam(), rule(exam(), sweeps, discount), discount) for name, rule in RULES.items()}


# --- the discount that choices imply -----------------------------------------------------------------------


def implied_discounts(way="sampled", sweeps=THOUGHT):
    """What machines trained at each of TRAINED_AT choose by, beside the exact optimum measured alike.

    machines, sharpness: (discounts, seeds); optimum: (discounts,); agrees: (discounts, seeds, discounts), share of the
    choices that the optimum of each discount makes too.
    """
    mazes, found = choosing(), {name: [] for name in ("machines", "sharpness", "optimum", "agrees")}
    for trained in TRAINED_AT:
        chosen = [choices(mazes, moved(way, trained, seed, sweeps, mazes)) for seed in SEEDS]
        fits = [implied(one) for one in chosen]
        found["machines"].append([fit["discount"] for fit in fits])
        found["sharpness"].append([fit["sharpness"] for fit in fits])
        found["agrees"].append([[agreement(one, discount) for discount in TRAINED_AT] for one in chosen])
        best = choices(mazes, walkers.value_iteration(mazes, EXACT, trained))
        found["optimum"].append(implied(best)["discount"])
    return {name: np.array(values) for name, values in found.items()}


def indifference(way="sampled", discount=DISCOUNT, seed=0, sweeps=THOUGHT, most=12):
    """How much more the farther goal must be worth to be chosen as often as the nearer one. farther (n,): by so many
    steps; ratio (n,): log of the worths' ratio; theory (n,): −farther · log discount. Only where there are ENOUGH."""
    chosen = choices(choosing(), moved(way, discount, seed, sweeps, choosing()))
    sign = np.where(chosen["farther"] < 0, -1, 1)  # mirrored, so that the first is the farther one
    first, ratio = np.where(sign > 0, chosen["first"], ~chosen["first"]), sign * chosen["ratio"]
    points = []
    for farther in range(most + 1):
        here = abs(chosen["farther"]) == farther
        if here.sum() >= ENOUGH and 0 < first[here].mean() < 1:
            slope, constant = logistic((ratio[here], np.ones(here.sum())), first[here])
            points.append((farther, -constant / slope, -farther * np.log(discount)))
    return dict(zip(("farther", "ratio", "theory"), np.array(points).T, strict=True))


def forms(way="sampled", discount=DISCOUNT, seed=0, sweeps=THOUGHT):
    """{way to weigh worth against distance: log likelihood a choice}, each fitted with two weights, hyperbolic with one
    weight and the best of nine constants."""
    mazes = choosing()
    chosen = choices(mazes, moved(way, discount, seed, sweeps, mazes))
    steps, first = between(mazes)["steps"][:, chosen["cell"]], chosen["first"]
    (goals,) = np.nonzero(mazes.goal)
    worths = mazes.worth[goals].reshape(-1, 2)[mazes.maze[chosen["cell"]]].T

    def likelihood(*columns):
        z = np.stack(columns, axis=1) @ logistic(columns, first)
        return float(-np.logaddexp(0, np.where(first, -z, z)).mean())

    def hyperbolic(k):
        return likelihood(chosen["ratio"] - np.log((1 + k * steps[0]) / (1 + k * steps[1])))

    return {
        "exponential": likelihood(chosen["ratio"], chosen["farther"]),
        "linear": likelihood(worths[0] - worths[1], chosen["farther"]),
        "power": likelihood(chosen["ratio"], np.log(steps[0] / steps[1])),
        "hyperbolic": max(map(hyperbolic, (0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2))),
    }


def by_the_way(way="sampled", discount=DISCOUNT, sweeps=THOUGHT, clear=0.1):
    """Where the walking distance and the crow's would choose differently, both clearly: follows (seeds,), share of the
    choices by walking distance; cells (seeds,)."""
    mazes = exam(RandomMazes(9, (2,), 0.63), 2500, 201)  # with more walls

    def one(seed):
        chosen = choices(mazes, moved(way, discount, seed, sweeps, mazes))
        walked, flown = (chosen["ratio"] + np.log(discount) * chosen[name] for name in ("farther", "crow"))
        apart = (walked * flown < 0) & (abs(walked) > clear) & (abs(flown) > clear)
        return {"follows": ((walked > 0) == chosen["first"])[apart].mean(), "cells": apart.sum()}

    return each_seed(one)


def outside(worths, way="sampled", discount=DISCOUNT, sweeps=THOUGHT):
    """Implied discount (seeds,) where worths lie between two others than in practice."""
    mazes = exam(RandomMazes(9, (2,), worths=tuple(worths)), 800, 78)
    return each_seed(lambda seed: implied(choices(mazes, moved(way, discount, seed, sweeps, mazes))))["discount"]


# --- longer thought ----------------------------------------------------------------------------------------


def patience(way="sampled", discount=DISCOUNT, sweeps=PATIENCE):
    """By sweeps: implied, share, a, b (sweeps, seeds) of the machines, and planner (sweeps,): implied discount of value
    iteration with the same number of sweeps."""
    found = {"implied": [], "planner": []}
    for k in sweeps:
        own = each_seed(lambda seed, k=k: implied(choices(choosing(), moved(way, discount, seed, k, choosing()))))
        found["implied"].append(own["discount"])
        rule = choices(choosing(), walkers.value_iteration(choosing(), k, discount))
        found["planner"].append(implied(rule)["discount"])
        for name, values in shares(way, k, discount).items():
            found.setdefault(name, []).append(values)
    return {"sweeps": np.array(sweeps)} | {name: np.array(values) for name, values in found.items()}


def snake_reach(way="sampled", discount=DISCOUNT, sweeps=(7, 14, 28, 56, 120), size=9):
    """By sweeps, (sweeps, seeds): from how many steps away in the snake, and from everywhere nearer, it arrives."""
    maze = snake(size)
    order = np.argsort(distances(maze, maze.goal))

    def reach(seed, k):
        arrives = np.isfinite(follow(maze, PLANNER.moves(machine(way, discount, seed), maze, k))[1])[order]
        return len(arrives) - 1 if arrives.all() else int(arrives.argmin()) - 1

    return np.array([[reach(seed, k) for seed in SEEDS] for k in sweeps])


# --- a maximum or a sum ------------------------------------------------------------------------------------


@cache
def twins(count=1500, seed=91):
    """Mazes with two goals, and the same with another goal beside the first, as worthy: (Mazes, sides) of both, only
    mazes where there is room for it."""
    mazes = exam(count=count, seed=seed)
    (goals,) = np.nonzero(mazes.goal)
    first = goals[::2]
    rooms = mazes.target[:, first]
    free = ~mazes.goal[rooms]
    room = free.any(axis=0)
    twin = rooms[free.argmax(axis=0), np.arange(len(first))][room]
    worth = mazes.worth.copy()
    worth[twin] = worth[first[room]]
    (kept,) = np.nonzero(room)
    made = []
    for values in (mazes.worth, worth):
        some = Mazes(mazes.walls, mazes.grid(values, 0.0)).pick(kept)
        mark = np.zeros(mazes.count, bool)
        mark[first] = True
        mark[twin] = values[twin] > 0
        made.append((some, sides(some, mark[np.isin(mazes.maze, kept)])))
    return made


def twin_counts(walk):
    """What another goal beside the first, as worthy, adds to it, in log worth: 0 for a maximum, log 2 for a sum.
    walk(mazes) -> moves."""
    chosen = [choices(mazes, walk(mazes), known_of) for mazes, known_of in twins()]
    first = np.concatenate([one["first"] for one in chosen])
    columns = [np.concatenate([one[name] for one in chosen]) for name in ("ratio", "farther")]
    twinned = np.repeat([0.0, 1.0], [len(one["first"]) for one in chosen])
    sharpness, _, more = logistic((*columns, twinned), first)
    return float(more / sharpness)


def twins_count(way="sampled", discount=DISCOUNT, sweeps=THOUGHT):
    """`twin_counts` of the machines, (seeds,), of an exact planner and of a walker that adds."""
    own = each_seed(lambda seed: {"more": twin_counts(lambda mazes: moved(way, discount, seed, sweeps, mazes))})
    planner = twin_counts(lambda mazes: walkers.value_iteration(mazes, EXACT, discount))
    adding = twin_counts(lambda mazes: walkers.summing(mazes, discount))
    return {"machines": own["more"], "planner": planner, "adding": adding}


# --- the engineer's dial -------------------------------------------------------------------------------------


def practice_dial():
    """By the number of practice mazes DIAL: the columns of train_planners.judge, each (stops, seeds)."""
    return {"mazes": DIAL} | stores()["planner_dial.npz"].columns


# --- what the page draws and says ----------------------------------------------------------------------------

SHOWN = 0  # seed of the machine in the picture
MIDDLE = 5  # seed of the mazes it comes from
WHO = dict.fromkeys(("five machines", *RULES), "$ink") | {"five machines": "$mesa"}  # {walker: colour}


def lumps(parameters):
    """(2, channels): what stands in a goal's cell, the first row plus worth times the second."""
    from .open_a_planner import goal_vectors  # stands on this module

    return goal_vectors(parameters)[0]


def drawn():
    """The machines of the picture, as view.maze takes them."""
    return {
        f"paid by {way} reward": {"weights": machine(way, seed=SHOWN), "lumps": lumps(machine(way, seed=SHOWN))}
        for way in ("sampled", "exact")
    }


def another(told, seed=None):
    """Train one more machine in a kernel, on exact reward; told(done, weights) is called every twenty steps."""
    seed = int(np.random.default_rng().integers(1 << 32)) if seed is None else seed

    def look(step, parameters, loss):
        if step % 20 == 0:
            told(step / STEPS["exact"], parameters)

    parameters = learn("exact", seed=seed, callback=look)[1].parameters
    return {"weights": parameters, "lumps": lumps(parameters)}


def contested(goals, count=200):
    """Of `count` mazes with so many goals, and walls on a fifth of the cells or more, the one in which the best walks
    are most evenly shared between them."""
    mazes = RandomMazes(9, (goals,)).draw(np.random.default_rng(MIDDLE), count)
    end, steps = follow(mazes, walkers.value_iteration(mazes, EXACT, DISCOUNT))
    cells = np.zeros(mazes.count)
    np.add.at(cells, end[np.isfinite(steps)], 1)  # whose walks end at this goal
    least = np.full(count, np.inf)
    np.minimum.at(least, mazes.maze[mazes.goal], cells[mazes.goal])
    least[mazes.walls.mean(axis=(1, 2)) < 0.2] = 0
    return mazes.pick([least.argmax()])


def offered():
    """{name: Mazes of one}: two and three goals that are worth a quarrel, a room without walls, the snake."""
    room = np.zeros((1, 9, 9))
    room[0, 4, 2], room[0, 4, 8] = 0.4, 0.9
    empty = Mazes(np.zeros(room.shape, bool), room)
    return {"two goals": contested(2), "three goals": contested(3), "an empty room": empty, "the snake": snake(9)}


@cache
def both_ways():
    """Shares of the best of the machines, by the way they were trained, (seeds,) each."""
    return {way: shares(way)["share"] for way in STEPS}


def conflict(asked, nearest=walkers.nearest):
    """{walker: per cent}, one or one a seed: a or b, how often it takes the best in that conflict; share: of it."""
    rules = rule_shares() | {"nearest": scores(exam(), nearest(exam()), DISCOUNT)}
    own = {"five machines": 100 * shares()[asked]}
    return own | {name: np.array([100 * rule[asked]]) for name, rule in rules.items()}


def indifferent(as_good, most=12):
    """Columns for the figure of indifference: a line by `as_good(steps, discount)` for each discount, and a mark for
    each machine at each difference of distance where its choices are even."""
    steps = np.linspace(0, most, 49)
    found = strands_of({f"{each:.2f}": (steps, as_good(steps, each)) for each in TRAINED_AT})
    points = [indifference(discount=each, seed=seed, most=most) for each in TRAINED_AT for seed in SEEDS]
    x = np.concatenate([one["farther"] for one in points])
    y = np.exp(np.concatenate([one["ratio"] for one in points]))
    marked = {"x": x, "y": y, "series": np.full(len(x), "machines")}
    return {name: np.concatenate([found[name], marked[name]]) for name in found}


def strands_of(named):
    """Columns x, y, series of {series: (x, y)}."""
    return {
        "x": np.concatenate([x for x, _ in named.values()]),
        "y": np.concatenate([y for _, y in named.values()]),
        "series": np.repeat(list(named), [len(x) for x, _ in named.values()]),
    }


@cache
def weighing():
    """What the machines' choices agree with: own, others (machines,): with the exact planner of their own discount, and
    of the two others; walked (seeds,): with the walking distance, where the crow's says otherwise; twin (seeds,): what
    a second goal beside the first adds, as a share of what it adds to a walker that sums."""
    agrees = implied_discounts()["agrees"]
    own = np.eye(len(TRAINED_AT), dtype=bool)
    summed = twin_counts(lambda mazes: walkers.summing(mazes, DISCOUNT))
    return {
        "own": agrees.transpose(0, 2, 1)[own].ravel(),
        "others": agrees.transpose(0, 2, 1)[~own].ravel(),
        "walked": by_the_way()["follows"],
        "twin": np.array([np.median(twins_count()["machines"]) / summed]),
    }


@cache
def thinking_on():
    """What becomes of conflict B and of the snake with more sweeps: before, after (seeds,) shares, long: sweeps; near,
    far (seeds,) steps away, short, longer: sweeps."""
    patient, reach = patience(), snake_reach(sweeps=(14, 56))
    at = list(patient["sweeps"]).index
    long = int(patient["sweeps"][-1])
    told = {"before": patient["b"][at(SWEEPS)], "after": patient["b"][at(long)], "long": long}
    return told | {"near": reach[0], "far": reach[1], "short": 14, "longer": 56}


STOPS = ["never the same" if stop is None else f"{stop:,}" for stop in DIAL]


def practised(mazes):
    """Rows and values of a stop of the dial, per cent: three machines each."""
    columns = practice_dial()
    rows = {
        "practice mazes, share of the best": "practice",
        "new mazes, share of the best": "fresh",
        "new mazes, conflict A": "a",
    }
    return {
        "row": np.repeat(list(rows), len(columns["fresh"][mazes])),
        "value": 100 * np.concatenate([columns[name][mazes] for name in rows.values()]),
    }


def practising(mazes):
    """Medians at a stop of the dial: practice, fresh, a in per cent, implied; named: the stop in words."""
    columns = practice_dial()
    middle = {name: float(np.median(columns[name][mazes])) for name in ("practice", "fresh", "a", "implied")}
    named = "mazes that never repeat" if DIAL[mazes] is None else f"{DIAL[mazes]:,} mazes"
    return {name: value if name == "implied" else 100 * value for name, value in middle.items()} | {"named": named}


def predictions():
    """The numbers of the page's prediction, {id: {name: number}}."""
    fitted = implied_discounts()
    return {
        "discount": {
            "low": np.median(fitted["machines"][0]),
            "middle": np.median(fitted["machines"][1]),
            "high": np.median(fitted["machines"][2]),
        }
    }


@cache
def claims():
    """The numbers on the page's cards, {claim: {name: number, or one a machine}}; shares as they are."""
    dial, at = practice_dial(), DIAL.index
    own, rules = shares(), rule_shares()
    return {
        "C2": {
            "few": DIAL[1],
            "practice_few": dial["practice"][1],
            "a_few": dial["a"][1],
            "practice_new": dial["practice"][at(None)],
            "a_new": dial["a"][at(None)],
            "implied_few": dial["implied"][1],
            "implied_new": dial["implied"][at(None)],
            "trained": DISCOUNT,
        },
        "C3": {
            "share": own["share"],
            "a": own["a"],
            "b": own["b"],
            "nearest": rules["nearest"]["share"],
            "worthiest": rules["worthiest"]["share"],
            "a_few": dial["a"][1],
        },
    }


def exercises(worth=0.9, steps=10, other=0.5, reward=18, items=10, cost=2):
    """The numbers of the page's exercises, {id: {name: number}}.

    how_far: a goal of `worth` lies so many `steps` away, another of worth `other` nearer; most: steps to the other up
    to which it is to be preferred. prefer: Hubinger and others' model of reward P, N items, cost f(x) = c x².
    """
    exact = np.log(worth * DISCOUNT**steps / other) / np.log(DISCOUNT)
    free, bound = items / (2 * cost), (reward / cost) ** 0.5
    return {
        "how_far": {
            "discount": DISCOUNT,
            "worth": worth,
            "steps": steps,
            "other": other,
            "most": int(np.floor(exact)),
            "rounded": int(np.ceil(exact)),
            "by_worth": round(steps * other / worth),
        },
        "prefer": {"P": reward, "N": items, "c": cost, "best": min(free, bound), "bound": bound, "whole": items / cost},
    }


# --- the second atlas ----------------------------------------------------------------------------------------

LEAST, OFF = {"fresh": 0.99, "a": 0.9, "b": 0.9}, 0.02  # what makes a machine of the atlas a planner here
ATLAS_ROWS = {
    "practice mazes, share of the best": "$base",
    "new mazes, share of the best": "$mesa",
    "conflict A": "$meta",
    "conflict B": "$meta",
    "four times the sweeps": "$ink",
}
ROW_COLUMNS = dict(zip(ATLAS_ROWS, ("practice", "fresh", "a", "b", "longer"), strict=True))


def planners():
    """Whether a training made a planner, (a stop of each of DIALS ..., seeds): at least LEAST in new mazes, and an
    implied discount within OFF of the training's."""
    columns = stores()["planner_atlas.npz"].columns
    enough = np.all([columns[name] >= least for name, least in LEAST.items()], axis=0)
    return enough & (abs(columns["implied"] - DISCOUNT) <= OFF)


def at_dials(**dials):
    """The columns of the atlas at a stop of each dial, by the stop's number: {name: (seeds,)}; planner too."""
    place = tuple(dials[name] for name in DIALS)
    columns = stores()["planner_atlas.npz"].columns | {"planner": planners()}
    return {name: np.asarray(column[place], float) for name, column in columns.items()}


def atlas_rows(**dials):
    """Rows and values of a setting, per cent: three machines each."""
    found = at_dials(**dials)
    return {
        "row": np.repeat(list(ROW_COLUMNS), len(found["fresh"])),
        "value": 100 * np.concatenate([found[name] for name in ROW_COLUMNS.values()]),
    }


def atlas_numbers(**dials):
    """Medians of a setting: practice, fresh, a, b, longer in per cent, implied; planners: how many of its machines."""
    found = at_dials(**dials)
    middle = {name: 100 * np.median(found[name]) for name in ROW_COLUMNS.values()}
    return middle | {"implied": np.median(found["implied"]), "planners": int(found["planner"].sum())}


def named(dial):
    """The stops of a dial of the atlas in words."""

    def say(stop):
        if stop is None:
            return "never the same"
        if isinstance(stop, bool):
            return "on" if stop else "off"
        return f"{stop:,}" if stop else "none"

    return [say(stop) for stop in DIALS[dial]]


@cache
def atlas_facts(tries=12, few=64):
    """How common planners are in the atlas: designs; share (seeds,); dozen (seeds,): chance that one of `tries` blind
    draws makes one; bits (seeds,) that a draw lacks; few: share among the settings with at most so many mazes."""
    made = planners().reshape(-1, len(DIAL_SEEDS))
    scarce = [mazes is not None and mazes <= few for mazes in DIALS["mazes"]]
    share = made.mean(axis=0)
    with np.errstate(divide="ignore"):
        return {
            "designs": len(made),
            "share": share,
            "dozen": np.array([blind_chance(int(n), len(made), tries)[-1] for n in made.sum(axis=0)]),
            "bits": -np.log2(share),
            "few": np.array([planners()[scarce].mean()]),
        }
