"""Chapter 7, Watch SGD find a planner: what the machines of train_planners do in mazes they have never seen.

What they were asked stands in ask_planners, and is read here; a machine trained a moment ago is asked by the same
functions of its moves (judge_planners) or of its parameters (open_a_planner). One machine a way of training, a discount
and a seed; arrays over seeds follow SEEDS. Shares are of 1.
"""

import numpy as np

from .ask_planners import ADDED, OUTSIDE, PATIENCE, READ, THOUGHT, WRITTEN, answers, rule_answers
from .judge_planners import FARTHEST, FORMS
from .open_a_planner import REPLANS, WRITINGS
from .train_planners import DIAL, DISCOUNT, SWEEPS, TRAINED_AT, stores

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
    """unwritten, beside, seen, erased: (seeds,) each (open_a_planner.nothing_written, beside_a_goal, erased)."""
    found = answers(way)
    seen, erased = found["erased"].T
    return {"unwritten": found["unwritten"], "beside": found["beside"], "seen": seen, "erased": erased}


def replanning(way="sampled"):
    """on, anew: (sweeps, seeds) share of the new optimum after both goals moved (open_a_planner.replans)."""
    on, anew = answers(way)["replans"].T
    return {"sweeps": np.array(REPLANS), "on": on, "anew": anew}


# --- the engineer's dial -------------------------------------------------------------------------------------


def practice_dial():
    """By the number of practice mazes DIAL: the columns of train_planners.judge, each (stops, seeds)."""
    return {"mazes": DIAL} | stores()["planner_dial.npz"].columns


def controls():
    """{one of CONTROLS: the columns of train_planners.judge, and size, each (seeds,)}; trained on exact reward."""
    store = stores()["planner_controls.npz"]
    return {
        control: {name: column[k] for name, column in store.columns.items()}
        for k, control in enumerate(store.axes["control"])
    }
