"""Chapter 8's table: every machine of the book through the battery, five seeds each, and the store of what came out.

profiles: the raw numbers and curves (examine.examine), from which verdicts are read anew each time, so that a threshold
may be moved and nothing is measured again.
"""

from functools import cache

import numpy as np

from third_optimizer.mesa import verdicts
from third_optimizer.mesa.library import KINDS as RULES
from third_optimizer.meta import Maker, Store
from third_optimizer.meta.machines import made_by

from . import DATA, examine, examine_players, examine_walkers, train_loops, train_on_luck, train_planners
from .examine import AFTER, SHIFTS, TIMES
from .line_up import MACHINES, SEEDS

TESTS = ("T1", "T2", "T3", "T4", "T5", "T6")
EXAMINE = {
    "prompts": examine.examine,
    "walker": examine_walkers.examine,
    "player": examine_players.examine_player,
    "predictor": examine_players.examine_predictor,
}
LIBRARY = {
    "prompts": RULES,
    "walker": examine_walkers.KINDS,
    "player": examine_players.KINDS,
    "predictor": examine_players.COIN_KINDS,
}  # {rule: its kind} of the rules of T3
COLUMNS = {
    "follows": ((), "f4"),
    "errors": ((len(TIMES),), "f4"),
    "blown": ((), "f4"),
    "single": ((), "f4"),
    "apart": ((len(RULES), len(SHIFTS)), "f4"),
    "nearest": ((), "f4"),
    "left": ((len(AFTER),), "f4"),
    "goal": ((3,), "f4"),
    "new": ((3,), "f4"),
}


def score(machine, seed, built=None):
    """COLUMNS of one of MACHINES, trained or read now; built: what it was built to, if it is there already."""
    entry = MACHINES[machine]
    found = EXAMINE[entry.kind](entry.build(seed) if built is None else built, seed)
    apart = np.full((len(RULES), len(SHIFTS)), np.nan)
    apart[: len(found["apart"]), : len(found["apart"][0])] = found["apart"]
    return {name: np.clip(value, -1e6, 1e6) for name, value in (found | {"apart": apart}).items()}


@cache
def stores():
    """{file: Store} of the profiles; the stores of what is scored must be there."""
    about = {"times": TIMES, "after": AFTER, "rules": RULES, "shifts": SHIFTS}
    about |= {"prompts": examine.COUNTS, "mazes": examine_walkers.COUNTS, "games": examine_players.COUNT}
    kept = train_loops.stores() | train_planners.stores() | train_on_luck.stores()
    about["made of"] = {
        name: made_by(kept[f"{name}.npz"]) for name in ("loops", "tokens", "planners", "bandits", "coins")
    }
    axes = {"machine": tuple(MACHINES), "seed": SEEDS}
    return {"profiles.npz": Store(DATA / "profiles.npz", axes, [Maker(score, COLUMNS, about)])}


def raw(machine, seed):
    """The stored COLUMNS of one machine."""
    found = stores()["profiles.npz"].at(machine=machine, seed=seed)
    return {name: np.asarray(value, float) for name, value in found.items()}


def verdict(machine, columns):
    """{test: verdict} of a machine's raw numbers."""
    entry = MACHINES[machine]
    return examine.judge(columns, LIBRARY[entry.kind].values(), entry.passes)


@cache
def profile(machine):
    """{test: [verdict of each seed]}."""
    each = [verdict(machine, raw(machine, seed)) for seed in SEEDS]
    return {test: [one[test] for one in each] for test in TESTS}


def passed(machine, test):
    """How many seeds pass; None where the test is not applicable."""
    said = profile(machine)[test]
    return None if verdicts.NOT_ASKED in said else said.count(verdicts.PASSED)


# --- the table as a page shows it --------------------------------------------------------------------------

CONTROLS = {
    "prompts": {
        "T1": ("least squares", "a table"),
        "T2": ("gradient descent", "a loop drawn to one step"),
        "T3": ("least squares", "an MLP"),
        "T4": ("gradient descent", "a loop drawn to a table"),
        "T5": (),
        "T6": ("least squares", "discrete Bayes"),
    },
    "walker": {
        "T1": ("value iteration", "a walker to the nearest goal"),
        "T2": ("value iteration", "a planner of 2 sweeps"),
        "T3": ("value iteration", "a planner, 16 mazes practised"),
        "T4": ("value iteration", "a planner of 2 sweeps"),
        "T5": ("value iteration", "a walker to the nearest goal"),
        "T6": ("value iteration", "a planner, 16 mazes practised"),
    },
    "player": {test: ("the best bandit player",) if test in ("T1", "T3", "T6") else () for test in TESTS},
    "predictor": {test: ("Laplace’s rule",) if test in ("T1", "T3", "T6") else () for test in TESTS},
}  # {kind: {test: (what passes, what fails)}}
ASKED = {
    "prompts": ("practised", "new", "thrice as large"),
    "walker": ("practised", "new, larger", "thrice the worth"),
    "player": ("practised", "seldom pays", "longer games"),
    "predictor": ("practised", "mostly heads", "longer rows"),
}  # by T6


def frames(reasons):
    """{kind: {test: how its raw numbers are drawn}}, as view.battery takes them. reasons: {kind: {test: why it is not
    applicable}}."""
    found = {}
    for kind, rules in LIBRARY.items():
        drawn = {
            "T1": (("followed",), "linear", -0.25, 1.05, False),
            "T2": ([f"{time}\u00a0K" for time in TIMES], "log", 0.01, 1000, True),
            "T3": (list(rules), "log", 0.0001, 4, False),
            "T4": ([f"{time}\u00a0K" for time in AFTER], "log", 0.001, 10, True),
            "T5": (("handle", "random one"), "linear", -0.25, 1.05, False),
            "T6": (ASKED[kind], "log", 0.01, 1000, False),
        }
        names = ("at", "scale", "low", "high", "joined")
        found[kind] = {
            test: dict(zip(names, values, strict=True))
            | {"controls": CONTROLS[kind][test], "reason": reasons[kind].get(test, "")}
            for test, values in drawn.items()
        }
    return found


def _values(test, kind, columns):
    """What a test has measured on one seed, at the places of `frames`."""
    if test == "T3":
        apart = columns["apart"][: len(LIBRARY[kind])]
        return [float(np.nanmedian(one)) if np.isfinite(one).any() else np.nan for one in apart]
    names = {"T1": "follows", "T2": "errors", "T4": "left", "T5": "goal", "T6": "new"}
    values = np.atleast_1d(columns[names[test]])
    return [float(value) for value in (values[[0, 2]] if test == "T5" else values)]


def _lines(test, each):
    """[(height, what it is, the place it is for)] of the lines that must be kept."""
    limit = {name: threshold.value for name, threshold in verdicts.THRESHOLDS.items()}
    if test == "T2":
        start = float(np.median([one["errors"][0] for one in each]))
        if not np.isfinite(start):
            return []
        most = min(limit["gains"] * start, limit["beyond one step"] * each[0]["single"])
        return [(most, "at most", 3)]
    return {
        "T1": [(limit["follows"], "at least", None)],
        "T3": [(limit["same rule"], "one of them at most", None)],
        "T4": [(limit["forgets a push"], "at most", len(AFTER) - 1)],
        "T5": [(limit["moved by hand"], "at least", 0), (limit["moved by hand"], "less than", 1)],
        "T6": [(limit["learned"], "at most", 1)],
    }[test]


def _said(test, kind, each, found):
    """A sentence on the raw numbers of all seeds. found: the verdicts of each."""

    def middle(values):
        value = float(np.median(values))
        value = 0.0 if abs(value) < 1e-4 else value  # what rounding leaves
        return "over 1,000" if value > 1000 else f"{value:.3g}".replace("-", "−")

    if test == "T1":
        return f"It follows by {middle([one['follows'] for one in each])} (median of the seeds)."
    if test == "T2":
        first, last = (middle([one["errors"][k] for one in each]) for k in (0, 3))
        return f"Its error goes from {first} to {last} per cent when it runs on eight times as long."
    if test == "T3":
        rules = LIBRARY[kind]
        names = [list(rules)[int(one["nearest"])] for one in each]
        which = max(set(names), key=names.count)
        near = [verdicts.beside(one["apart"][: len(rules)], one["nearest"], list(rules.values())) for one in each]
        best, other = (middle(values) for values in zip(*near, strict=True))
        both = sum(verdicts.too_near_to_tell(*one) for one in near)
        more = f" With {both} of {len(each)} both are too near to say which it is." if both else ""
        return f"Nearest to it: {which}, {best} away; the next of another kind, {other}.{more}"
    if test == "T4":
        left, line = [one["left"][-1] for one in each], verdicts.THRESHOLDS["forgets a push"].value
        idle = sum(one <= line and said["T4"] == verdicts.FAILED for one, said in zip(left, found, strict=True))
        more = f" With {idle} of {len(each)} that does not count, as T1 or T6 fails." if idle else ""
        return f"After four times its passes {middle(left)} of the push’s square is left.{more}"
    if test == "T5":
        moved, random = (middle([one["goal"][k] for one in each]) for k in (0, 2))
        beside = "" if random == "nan" else f", random vectors of the same lengths by {random}"
        return f"The handle moves it by {moved} of the way{beside}."
    practised, fresh, larger = (middle([one["new"][k] for one in each]) for k in range(3))
    return f"Errors in per cent: {practised} practised, {fresh} new, {larger} beyond practice."


def row(name, each, entry=None):
    """A row of the table from the raw numbers of each seed."""
    entry = MACHINES[name] if entry is None else entry
    found = [examine.judge(one, LIBRARY[entry.kind].values(), entry.passes) for one in each]
    cells = {}
    for test in TESTS:
        said = [one[test] for one in found]
        asked = verdicts.NOT_ASKED not in said
        cells[test] = {
            "verdicts": said,
            "values": [_values(test, entry.kind, one) for one in each],
            "lines": _lines(test, each) if asked else [],
            "said": _said(test, entry.kind, each, found) if asked else "",
        }
    trained = entry.chapter is not None
    return {
        "name": name,
        "about": f"{entry.chapter or '·'} " if trained else "",
        "group": "Trained, by chapter" if trained else "Written by hand, for comparison",
        "kind": entry.kind,
        "trained": trained,
        "cells": cells,
    }


@cache
def rows():
    """The whole table."""
    return [row(name, [raw(name, seed) for seed in SEEDS]) for name in MACHINES]
