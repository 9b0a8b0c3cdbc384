"""Chapter 7, Watch SGD find a planner: what the machines of train_planners do in mazes they have never seen.

What they were asked stands in ask_planners, and is read here; a machine trained a moment ago is asked by the same
functions of its moves (judge_planners) or of its parameters (open_a_planner). One machine a way of training, a discount
and a seed; arrays over seeds follow SEEDS. Shares are of 1.
"""

from functools import cache

import numpy as np

from third_optimizer.mesa import walkers
from third_optimizer.mesa.planner import around
from third_optimizer.world import Mazes, RandomMazes, follow, snake

from .ask_planners import ADDED, EXACT, OUTSIDE, PATIENCE, READ, SNAKED, THOUGHT, WRITTEN, answers, rule_answers
from .count_planners import capable, practice_dial
from .judge_planners import FARTHEST, FORMS, exam, scores
from .open_a_planner import REPLANS, WRITINGS, goal_vectors
from .train_planners import DIAL, DISCOUNT, PLANNER, SEEDS, STEPS, SWEEPS, TRAINED_AT, learn, stores

SCORES = ("share", "a", "b")
SHOWN = ("nearest", "worthiest", "diffusion", "value iteration")  # rules beside which machines are shown


def machine(way="sampled", discount=DISCOUNT, seed=0):
    """A stored machine's parameters, (3,316,). ValueError names a way, discount or seed that is not stored."""
    return stores()["planners.npz"].at(way=way, discount=discount, seed=seed)["weights"].astype(float)


def after(sweeps):
    """Where in PATIENCE these sweeps are; ValueError if they are not."""
    if sweeps not in PATIENCE:
        raise ValueError(f"sweeps must be one of {', '.join(map(str, PATIENCE))}, got {sweeps!r}")
    return PATIENCE.index(sweeps)


# --- both conflicts ------------------------------------------------------------------------------------


def shares(way="sampled", sweeps=SWEEPS, discount=DISCOUNT):
    """share, a, b of the machines on new mazes (judge_planners.scores), each (seeds,)."""
    return dict(zip(SCORES, answers(way, discount)["shares"][:, after(sweeps)].T, strict=True))


def rule_shares(sweeps=SWEEPS, discount=DISCOUNT):
    """{rule: {share, a, b}} of the rules; diffusion and value iteration take as many sweeps as the machine."""
    asked = {rule: rule_answers(rule, discount)["shares"][after(sweeps)] for rule in SHOWN}
    return {rule: dict(zip(SCORES, map(float, found), strict=True)) for rule, found in asked.items()}


# --- the discount that choices imply -----------------------------------------------------------------------


def implied_discounts(way="sampled", sweeps=THOUGHT):
    """What machines trained at each of TRAINED_AT choose by, beside the exact optimum measured alike.

    machines, sharpness: (discounts, seeds); optimum: (discounts,). agrees: (discounts, seeds, discounts), share of the
    choices after THOUGHT that the optimum of each discount makes too.
    """
    own = [answers(way, discount) for discount in TRAINED_AT]
    best = [rule_answers("optimum", discount)["implied"][0] for discount in TRAINED_AT]
    return {
        "machines": np.array([one["implied"][:, after(sweeps)] for one in own]),
        "sharpness": np.array([one["sharpness"][:, after(sweeps)] for one in own]),
        "optimum": np.array(best),
        "agrees": np.array([one["agrees"] for one in own]),
    }


def indifference(way="sampled", discount=DISCOUNT):
    """How much more the farther goal must be worth to be chosen as often as the nearer one, after THOUGHT.

    farther (n,): by so many steps; ratio (seeds, n): log of the worths' ratio (judge_planners.indifference_points), NaN
    where it cannot be told; theory (n,): −farther · log discount.
    """
    farther = np.arange(FARTHEST + 1)
    return {"farther": farther, "ratio": answers(way, discount)["indifference"], "theory": -farther * np.log(discount)}


def forms(way="sampled", discount=DISCOUNT):
    """{way to weigh worth against distance: log likelihood a choice, (seeds,)} (judge_planners.likelihoods)."""
    return dict(zip(FORMS, answers(way, discount)["forms"].T, strict=True))


def by_the_way(way="sampled"):
    """Where the walking distance and the crow's would choose differently, both clearly: follows (seeds,), share of the
    choices by walking distance; cells (seeds,). Machines of DISCOUNT, as all below."""
    return {name: answers(way)[name] for name in ("follows", "cells")}


def outside(way="sampled"):
    """{worths of OUTSIDE, lowest and highest: implied discount (seeds,)}, which practice never had."""
    return dict(zip(OUTSIDE, answers(way)["outside"].T, strict=True))


# --- longer thought ----------------------------------------------------------------------------------------


def patience(way="sampled", discount=DISCOUNT):
    """By sweeps: implied, share, a, b, arrives (sweeps, seeds) of the machines, and planner (sweeps,): implied discount
    of value iteration with the same number of sweeps."""
    own = answers(way, discount)
    return {
        "sweeps": np.array(PATIENCE),
        "implied": own["implied"].T,
        "planner": rule_answers("value iteration", discount)["implied"],
        **dict(zip(SCORES, own["shares"].T, strict=True)),
        "arrives": own["arrives"].T,
    }


def snake_reach(way="sampled"):
    """By sweeps of SNAKED, (sweeps, seeds): from how many steps away in the snake, and from everywhere nearer, it
    arrives."""
    return answers(way)["snake"].T.astype(int)


# --- a maximum or a sum ------------------------------------------------------------------------------------


def twins_count(way="sampled"):
    """What a goal beside a goal, as worthy, adds in log worth (judge_planners.twin_counts): of the machines, (seeds,),
    of an exact planner and of a walker that adds."""
    rules = {name: float(rule_answers(rule)["twins"]) for name, rule in (("planner", "optimum"), ("adding", "adding"))}
    return {"machines": answers(way)["twins"]} | rules


# --- inside ------------------------------------------------------------------------------------------------


def values(way="sampled"):
    """{what value is read off, of READ: {r2, rank}, each (seeds,)} (open_a_planner.value_in_patch)."""
    found = answers(way)["value"]
    return {what: dict(zip(("r2", "rank"), found[:, k].T, strict=True)) for k, what in enumerate(READ)}


def writings(way="sampled"):
    """{one of WRITINGS: {share, a, implied, arrives}, each (seeds,)} (open_a_planner.written)."""
    found = answers(way)["written"]
    return {how: dict(zip(WRITTEN, found[:, k].T, strict=True)) for k, how in enumerate(WRITINGS)}


def additions(way="sampled"):
    """{one of ADDED: {share, a, implied, arrives}, each (seeds,)}: vectors added to what two cells see, in every sweep
    (open_a_planner.written_best)."""
    found = answers(way)["added"]
    return {how: dict(zip(WRITTEN, found[:, k].T, strict=True)) for k, how in enumerate(ADDED)}


def lumps(way="sampled"):
    """unwritten, beside, seen, erased: (seeds,) each (open_a_planner.nothing_written, beside_a_goal, erased); best: a
    of the best of `additions`."""
    found = answers(way)
    seen, erased = found["erased"].T
    told = {"unwritten": found["unwritten"], "beside": found["beside"], "seen": seen, "erased": erased}
    return told | {"best": additions(way)["trained"]["a"]}


def replanning(way="sampled"):
    """on, anew: (sweeps, seeds) share of the new optimum after both goals moved (open_a_planner.replans)."""
    on, anew = answers(way)["replans"].T
    return {"sweeps": np.array(REPLANS), "on": on, "anew": anew}


# --- something amiss -------------------------------------------------------------------------------------


def controls():
    """{one of CONTROLS: the columns of train_planners.judge, and size, each (seeds,)}; trained on exact reward."""
    store = stores()["planner_controls.npz"]
    return {
        control: {name: column[k] for name, column in store.columns.items()}
        for k, control in enumerate(store.axes["control"])
    }


# --- what the page draws and says ----------------------------------------------------------------------------

PICTURED, DRAWN_FROM = 0, 5  # seeds of the machine in the picture and of its mazes
AMISS = {
    "single": "single goals in practice",
    "shuffled": "worth shuffled in practice",
    "untied": "a layer a sweep, as many numbers",
    "free": "no price on activity",
}  # what claim C10 names
WHO = dict.fromkeys(("five machines", *SHOWN), "$ink") | {"five machines": "$mesa"}  # {walker: colour}


def pictured(parameters):
    """A machine as view.maze takes it; lumps (2, channels): in a goal's cell stands the first row plus worth times the
    second."""
    return {"weights": parameters, "lumps": goal_vectors(parameters)[0]}


def drawn():
    """The machines of the picture, as view.maze takes them."""
    return {f"paid by {way} reward": pictured(machine(way, seed=PICTURED)) for way in ("sampled", "exact")}


def another(told, seed=None):
    """Train one more machine in a kernel, on exact reward; told(done, weights) is called every twenty steps."""
    seed = int(np.random.default_rng().integers(1 << 32)) if seed is None else seed

    def look(step, parameters, loss):
        if step % 20 == 0:
            told(step / STEPS["exact"], parameters)

    return pictured(learn("exact", seed=seed, callback=look)[1].parameters)


def contested(goals, count=200):
    """Of `count` mazes with so many goals, and walls on a fifth of the cells or more, the one in which the best walks
    are most evenly shared between them."""
    mazes = RandomMazes(9, (goals,)).draw(np.random.default_rng(DRAWN_FROM), count)
    end, steps = follow(mazes, walkers.value_iteration(mazes, EXACT, DISCOUNT))
    cells = np.zeros(mazes.count)
    np.add.at(cells, end[np.isfinite(steps)], 1)  # whose walks end at this goal
    least = np.full(count, np.inf)
    np.minimum.at(least, mazes.maze[mazes.goal], cells[mazes.goal])
    least[mazes.walls.mean(axis=(1, 2)) < 0.2] = 0
    return mazes.pick([least.argmax()])


def offered():
    """{name: Mazes of one}: three and two goals that are worth a quarrel, a room without walls, the snake."""
    room = np.zeros((1, 9, 9))
    room[0, 4, 2], room[0, 4, 8] = 0.4, 0.9
    empty = Mazes(np.zeros(room.shape, bool), room)
    return {"three goals": contested(3), "two goals": contested(2), "an empty room": empty, "the snake": snake(9)}


@cache
def both_ways():
    """Shares of the best of the machines, by the way they were trained, (seeds,) each."""
    return {way: shares(way)["share"] for way in STEPS}


def conflict(asked, nearest=walkers.nearest):
    """{walker: per cent}, one or one a seed: a or b, how often it takes the best in that conflict; share: of it."""
    rules = rule_shares() | {"nearest": scores(exam(), nearest(exam()), DISCOUNT)}
    own = {"five machines": 100 * shares()[asked]}
    return own | {name: np.array([100 * rule[asked]]) for name, rule in rules.items()}


def indifferent(as_good):
    """Columns for the figure of indifference: a line by `as_good(steps, discount)` for each discount, and a mark for
    each machine at each difference of distance where its choices are even."""
    steps, points = np.linspace(0, FARTHEST, 49), [indifference(discount=each) for each in TRAINED_AT]
    found = {f"{each:.2f}": (steps, as_good(steps, each)) for each in TRAINED_AT}
    x = np.concatenate([np.tile(one["farther"], len(one["ratio"])) for one in points])
    y = np.exp(np.concatenate([one["ratio"].ravel() for one in points]))
    found["machines"] = (x[np.isfinite(y)], y[np.isfinite(y)])
    return {
        "x": np.concatenate([x for x, _ in found.values()]),
        "y": np.concatenate([y for _, y in found.values()]),
        "series": np.repeat(list(found), [len(x) for x, _ in found.values()]),
    }


def weighing():
    """What the machines' choices agree with: own, others (machines,): with the exact planner of their own discount, and
    of the two others; walked (seeds,): with the walking distance, where the crow's says otherwise; twin: what a second
    goal beside the first adds in the median, as a share of what it adds to a walker that sums."""
    agrees = implied_discounts()["agrees"].transpose(0, 2, 1)
    own, twins = np.eye(len(TRAINED_AT), dtype=bool), twins_count()
    return {
        "own": agrees[own].ravel(),
        "others": agrees[~own].ravel(),
        "walked": by_the_way()["follows"],
        "twin": np.median(twins["machines"]) / twins["adding"],
    }


def thinking_on(long=40, short=14, longer=56, early=2):
    """What becomes of conflict B and of the snake with more sweeps: before, after: median shares after SWEEPS and
    `long` sweeps; near, far (seeds,) steps away after `short` and `longer`. And when all goals move (replanning):
    on_early, anew_early, on (seeds,), after `early` and `short` sweeps."""
    reach = dict(zip(SNAKED, snake_reach(), strict=True))
    before, after = (np.median(shares(sweeps=sweeps)["b"]) for sweeps in (SWEEPS, long))
    told = {"before": before, "after": after, "near": reach[short], "far": reach[longer]}
    told |= {"long": long, "short": short, "longer": longer, "early": early}
    moved = replanning()
    at, end = (list(moved["sweeps"]).index(sweeps) for sweeps in (early, short))
    return told | {"on_early": moved["on"][at], "anew_early": moved["anew"][at], "on": moved["on"][end]}


@cache
def settling(sweep, most=20, count=120):
    """How thought spreads, with `sweep(state, push, repeat, near)` in the place of the machines' own. steps (12,): to
    the goal that is chosen; settled (seeds, 12): median sweep from which the moves of cells so far away stay."""
    mazes, steps, rows = exam(count=count), np.arange(1, 13), []
    for seed in SEEDS:
        drive, repeat, read, bias = PLANNER.unpack(machine(seed=seed))
        push = PLANNER.seen(mazes) @ drive
        state, moves = np.zeros((mazes.count + 1, PLANNER.channels), np.float32), []
        for _ in range(most):
            state[:-1] = sweep(state, push, repeat, mazes.near)
            moves.append((around(state, mazes.near) @ read + bias).argmax(axis=1))
        away = follow(mazes, moves[-1])[1]
        settled = most - np.cumprod((np.array(moves) == moves[-1])[::-1], axis=0).sum(axis=0) + 1
        rows.append([np.median(settled[away == k]) if (away == k).any() else np.nan for k in steps])
    return {"steps": steps, "settled": np.array(rows)}


def read_off():
    """Shares of the variance of log V* that a straight fit explains, (seeds,): patch, from the patch after SWEEPS;
    early, after two sweeps; start, of the machines before training."""
    found = values()
    keys = {"patch": ("patch", SWEEPS), "early": ("patch", 2), "start": ("start", SWEEPS)}
    return {name: found[key]["r2"] for name, key in keys.items()}


def written_rows(measure):
    """{how: (seeds,)} share, a or arrives, in per cent, of the ways to write goals."""
    return {how: 100 * found[measure] for how, found in writings().items() if how != "zeros"}


def predictions():
    """The numbers of the page's predictions, {id: {name: number}}."""
    fitted = implied_discounts()
    return {
        "discount": {
            "low": np.median(fitted["machines"][0]),
            "middle": np.median(fitted["machines"][1]),
            "high": np.median(fitted["machines"][2]),
        },
        "written": {"arrives": written_rows("arrives")["random, worth ignored"].min()},
    }


@cache
def claims():
    """The numbers on the page's cards, {claim: {name: number, or one a machine}}; shares as they are."""
    dial, at = practice_dial(), DIAL.index
    own, rules, amiss = shares(), rule_shares(), controls()
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
        "C10": {
            "implied": implied_discounts()["machines"][TRAINED_AT.index(DISCOUNT)],
            "trained": DISCOUNT,
            "a": own["a"],
        }
        | {name: amiss[control]["a"] for name, control in AMISS.items()},
        "C13": capable(),
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
