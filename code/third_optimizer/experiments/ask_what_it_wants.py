"""Chapter 9, Ask what it wants: machines that practised where a coin and a flag stood on one cell, once the two part.

"Wants" is shorthand: of two marks equally far it goes to this one more often (train_wishes.wants). Arrays over seeds
follow SEEDS; shares are of 1. What was trained stands in train_wishes, what the machines answered in ask_wishers; the
small machines beside them, in read_a_wish, are trained as the page is made.
"""

from functools import cache

import numpy as np

from third_optimizer.world import CoinAndFlag, distances

from .ask_wishers import TIMES, turned
from .ask_wishers import stores as answered
from .judge_planners import choices
from .read_a_wish import unplanned
from .train_wishes import (
    AGREE,
    APART,
    CHANGED,
    DIALS,
    DISCOUNT,
    EVEN,
    LOUDNESS,
    PLANNER,
    REPAIRED,
    SEEDS,
    SLOW,
    SPLIT,
    STEPS,
    THOUGHT,
    apart,
    practised,
    wants,
)
from .train_wishes import show as shown
from .train_wishes import stores as trained

NAMED = ("a third as loud", "as loud", "three times as loud")  # as the coin: the machines that are kept
KEPT_LOUD, FEW = (LOUDNESS[0], 1.0, LOUDNESS[-1]), 0.02  # their loudness; their share of split mazes, if any
BATCH = 32  # mazes a step of training


def column(name, **point):
    """A column of wishes.npz, (seeds,), at a loudness and a share of split mazes."""
    store = trained()["wishes.npz"]
    return store.columns[name][store.place(seed=SEEDS[0], **point)[:-1]].astype(float)


def machine(loudness, split=0.0, seed=0):
    """A kept machine's parameters, (3,316,), 16-bit floats. ValueError names what is not kept."""
    if (loudness, split) not in [(one, other) for one in KEPT_LOUD for other in (0.0, FEW)]:
        raise ValueError(f"kept is loudness of {KEPT_LOUD} with split of 0 or {FEW}, got {loudness} with {split}")
    return trained()["wishes.npz"].at(loudness=loudness, split=split, seed=seed)["weights"]


# --- the picture -------------------------------------------------------------------------------------------


def drawn():
    """{name: {weights, loudness}} as view.marked_maze takes them: by loudness, and once more with split mazes."""
    return {
        f"flag {name}{', a few mazes split' if split else ''}": {
            "weights": machine(loudness, split),
            "loudness": loudness,
        }
        for split in (0.0, FEW)
        for name, loudness in zip(NAMED, KEPT_LOUD, strict=True)
    }


def farthest(mazes, ends):
    """The cell from which the way to the mask `ends` is longest, as a number of all cells of one maze, row by row."""
    steps = distances(mazes, ends)
    at = np.where(np.isfinite(steps), steps, -1).argmax()
    return int(mazes.row[at] * mazes.walls.shape[2] + mazes.column[at])


def offered(seed=6, count=60):
    """{name: {maze, walker}} of mazes in which the two stand together, and one in which they stand apart."""
    mazes = CoinAndFlag(9).draw(np.random.default_rng(seed), count)
    near = distances(mazes, mazes.goal)
    reached = np.bincount(mazes.maze[np.isfinite(near)], minlength=count) / 81
    walls = mazes.walls.mean(axis=(1, 2))
    order = np.argsort(np.where(walls > 0.2, -reached, 0))
    found = {name: mazes.pick([k]) for name, k in zip(("a maze", "another maze"), order, strict=False)}
    found["an empty room"] = CoinAndFlag(9, walls=0).draw(np.random.default_rng(seed), 1)
    return {name: {"maze": one, "walker": farthest(one, one.goal)} for name, one in found.items()}


# --- what it wants -----------------------------------------------------------------------------------------


@cache
def walked(show=shown):
    """Choices (judge_planners.choices) of the kept machines of the first seed that never met a split maze, in the mazes
    where the two part: {loudness: chosen}."""
    mazes, known = apart()
    return {
        loudness: choices(mazes, PLANNER.moves(machine(loudness), mazes, THOUGHT, worth=show(mazes, loudness)), known)
        for loudness in KEPT_LOUD
    }


def asked(show=shown, wants=wants):
    """By `wants`, what each of `walked` wants, in per cent: faint, even, loud; cells: choices there are; mazes."""
    found = walked(show)
    shares = dict(zip(("faint", "even", "loud"), (100 * wants(one) for one in found.values()), strict=True))
    cells = int((np.abs(next(iter(found.values()))["farther"]) <= EVEN).sum())
    return shares | {"cells": cells, "mazes": APART[1], "size": APART[0].size}


def by_loudness():
    """By loudness, (stops, seeds): flag, practice, louder, arrives; loudness (stops,). No split mazes."""
    found = {name: np.array([column(name, loudness=one, split=0.0) for one in LOUDNESS])
             for name in ("flag", "practice", "louder", "arrives")}  # fmt: skip
    return {"loudness": np.array(LOUDNESS)} | found


def repaired(split, loudness):
    """{what: per cent (seeds,)} of machines in whose practice the two parted in a share of the mazes."""
    point = {"loudness": loudness, "split": split}
    return {
        "new mazes, goes to the flag": 100 * column("flag", **point),
        "practice, of the best": 100 * column("practice", **point),
    }


def slow():
    """What machines want that were trained at SLOW, a third of the usual rate, with SPARSE split mazes, the flag a
    third as loud, (seeds,)."""
    store = trained()["wish_rates.npz"]
    return store.columns["flag"][store.place(rate=SLOW, seed=SEEDS[0])[:-1]].astype(float)


def repairing(split, loudness):
    """flag, practice, medians in per cent; met: how many mazes of the whole practice were split."""
    flag, practice = repaired(split, loudness).values()
    return {"flag": np.median(flag), "practice": np.median(practice), "met": split * BATCH * STEPS}


def by_change(measure, loudness):
    """{what was changed: (seeds,)} of wish_dials and of the usual machines at a loudness of CHANGED."""
    store = trained()["wish_dials.npz"]
    usual = {"Adam, as before": column(measure, loudness=loudness, split=0.0)}
    return usual | {
        name: store.columns[measure][store.place(changed=name, loudness=loudness, seed=SEEDS[0])[:-1]].astype(float)
        for name in DIALS
    }


def pushes(loudness):
    """`by_change` of how many times as hard as the coin the flag pushes, read off the weights."""
    return {name: np.exp(found) for name, found in by_change("louder", loudness).items()}


def chosen_after(loudness):
    """`by_change` of what the machines go to, in per cent."""
    return {name: 100 * found for name, found in by_change("flag", loudness).items()}


def read():
    """How well what is read off the weights tells what is chosen. Of all machines at loudness one, where the dial tells
    nothing, that never met a split maze, right: share in which the louder mark is the one it goes to more; machines:
    how many. Of those with FEW split mazes at the lowest loudness, flag: what they go to, push: what is read."""
    louder, flag = (np.concatenate([*by_change(name, CHANGED[0]).values()]) for name in ("louder", "flag"))
    split = {"loudness": KEPT_LOUD[0], "split": FEW}
    return {
        "right": float(np.mean((louder > 0) == (flag > 0.5))),
        "machines": len(flag),
        "few": FEW,
        "flag": column("flag", **split),
        "push": np.exp(column("louder", **split)),
    }


# --- inside ------------------------------------------------------------------------------------------------


def answers(loudness, split=0.0):
    """{column: (seeds, ...)} of wish_answers.npz."""
    store = answered()["wish_answers.npz"]
    place = store.place(loudness=loudness, split=split, seed=SEEDS[0])[:-1]
    return {name: values[place] for name, values in store.columns.items()}


def writings():
    """{kind: per cent (machines, RATIOS)} of the walks to either lump that end where the flag's is written, by how many
    times as long as the coin's it is: of the machines without split mazes, and of the faint ones with."""
    kinds = {"never split": [answers(loudness) for loudness in KEPT_LOUD], "mended": [answers(KEPT_LOUD[0], FEW)]}
    return {kind: 100 * np.concatenate([one["written"] for one in found]) for kind, found in kinds.items()}


def own_lengths(loudness, split=0.0):
    """How many times as long as the coin's lump the flag's is, as they stand in a machine, (seeds,)."""
    return np.divide(*answers(loudness, split)["lengths"].T[::-1])


def lumps():
    """even, mended_even: ratio of lengths at which both written lumps are taken as often, over the machines without
    split mazes and of the faint ones with; random: in random directions, as long as the marks' own, where those of the
    faint's and the loud's walks go that arrive; own: lengths of the faint ones, without and with split mazes; lost: of
    how many of the latter fewer than half of the walks arrive while the coin's lump is the longest; mended: how many
    there are."""
    never, mended = [answers(loudness) for loudness in KEPT_LOUD], answers(KEPT_LOUD[0], FEW)
    return {
        "even": np.concatenate([one["even"] for one in never]),
        "mended_even": mended["even"],
        "random_faint": never[0]["random"][:, 0], "random_loud": never[-1]["random"][:, 0],
        "own_faint": own_lengths(KEPT_LOUD[0]), "own_mended": own_lengths(KEPT_LOUD[0], FEW),
        "lost": int(np.sum(mended["written_arrives"][:, 0] < 0.5)), "mended": len(SEEDS),
    }  # fmt: skip


def turning(loudness, turn=turned, times=TIMES):
    """With the rarer mark's numbers multiplied by each of `times`, of the first machine: rarer, share that goes to that
    mark, and practice, of the best, in per cent (times,); control: the share when other sixteen are multiplied.
    turn(parameters, mark, times) returns the edited parameters."""
    mazes, known = apart()
    mark, rarer, practice = ("coin" if loudness > 1 else "flag"), [], []
    for many in times:
        edited = turn(machine(loudness).astype(float), mark, many)
        moves = PLANNER.moves(edited, mazes, THOUGHT, worth=shown(mazes, loudness))
        to_flag = wants(choices(mazes, moves, known))
        rarer.append(100 * (to_flag if mark == "flag" else 1 - to_flag))
        practice.append(100 * practised(edited, loudness))
    control = 100 * answers(loudness)["control"][0]
    return {"times": np.array(times), "rarer": np.array(rarer), "practice": np.array(practice), "control": control}


def retargeted(times=16):
    """before, after, practice, control: shares that go to the mark a machine went to less, over the faint and the loud
    ones, without split mazes; mended, mended_loud: of those with, faint and loud; numbers: how many were turned."""
    at = TIMES.index(times)
    never = [answers(loudness) for loudness in (KEPT_LOUD[0], KEPT_LOUD[-1])]
    told = {name: np.concatenate([one[name][:, at] for one in never]) for name in ("turned", "practice", "control")}
    return {
        "before": np.concatenate([one["turned"][:, 0] for one in never]),
        "after": told["turned"], "practice": told["practice"], "control": told["control"],
        "mended": answers(KEPT_LOUD[0], FEW)["turned"][:, at],
        "mended_loud": answers(KEPT_LOUD[-1], FEW)["turned"][:, at],
        "times": times, "numbers": PLANNER.channels, "share": PLANNER.channels / PLANNER.size,
    }  # fmt: skip


# --- what the page says ------------------------------------------------------------------------------------


def at_ends():
    """faint, even, loud: what machines want without split mazes, (seeds,); practice: of the best, all of them."""
    found = by_loudness()
    flag = found["flag"]
    return {
        "faint": flag[0],
        "even": flag[LOUDNESS.index(1.0)],
        "loud": flag[-1],
        "practice": found["practice"].ravel(),
    }


def predictions():
    """The numbers of the page's predictions, {id: {name: number}}."""
    one, told = 0.01, lumps()
    return {
        "parted": {name: 100 * np.median(at_ends()[name]) for name in ("faint", "loud")},
        "repair": {
            "share": 100 * one,
            "met": one * BATCH * STEPS,
            "flag": 100 * np.median(column("flag", loudness=REPAIRED[0], split=one)),
            "without": 100 * np.median(at_ends()["faint"]),
        },
        "lump": {"even": np.median(told["even"]), "mended": np.median(told["mended_even"])},
    }


@cache
def claims():
    """The numbers on the page's cards, {claim: {name: number, or one a machine}}; shares as they are."""
    ends, plain = at_ends(), unplanned()
    return {
        "C10": ends | {
            "arrives": by_loudness()["arrives"].ravel(), "reflex_faint": plain["faint"], "reflex_loud": plain["loud"],
        },
        "C2": {
            "loudness": REPAIRED[0],
            "none": column("flag", loudness=REPAIRED[0], split=0.0),
            "half": column("flag", loudness=REPAIRED[0], split=0.005),
            "one": column("flag", loudness=REPAIRED[0], split=0.01),
            "practice": np.concatenate([column("practice", loudness=REPAIRED[0], split=one) for one in SPLIT]),
            "before": lumps()["own_faint"],
            "after": lumps()["own_mended"],
            "slow": slow(),
        },
    }  # fmt: skip


def exercises(coin=1.0, flag=3.0, share=0.01, practices=AGREE[1]):
    """The numbers of the page's exercises, {id: {name: number}}.

    how_far: a planner's rewards; most: steps by which the flag may be farther and still be chosen. met: how many of the
    mazes of practice were split.
    """
    exact = np.log(flag / coin) / -np.log(DISCOUNT)
    return {
        "how_far": {
            "coin": coin, "flag": flag, "discount": DISCOUNT, "most": int(np.floor(exact)),
            "rounded": int(np.ceil(exact)), "times": round(flag / coin),
            "shares": round((1 - coin / flag) / (1 - DISCOUNT)),
        },
        "met": {
            "share": 100 * share, "steps": STEPS, "batch": BATCH, "met": share * STEPS * BATCH,
            "of_steps": share * STEPS, "all": STEPS * BATCH,
        },
    }  # fmt: skip
