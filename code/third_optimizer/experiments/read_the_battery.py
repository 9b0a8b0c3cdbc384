"""Chapter 8, the battery's part of the page: one test seen to fail, a machine of the reader's own, and what the table
of all machines says.

`follows` and `mine` are the page's open cells: the measure of test T1, and a machine, mine(inputs, labels, query) ->
(B,).
"""

from functools import cache

import numpy as np

from third_optimizer.mesa import verdicts
from third_optimizer.mesa.battery import follows as usual_follows
from third_optimizer.world import Prompts

from . import examine, line_up, score_machines
from .examine import Machine
from .line_up import LOOPED, MACHINES, SEEDS
from .score_machines import TESTS
from .train_loops import WORLD

PUSHED = ("gradient descent", "a loop drawn to one step", "a loop drawn to a table")
LAST = 5 * LOOPED  # passes that are drawn
KEY, NUMBER = (8, 8, 3), 11  # of the prompt that is drawn and its number; so that right and wrong are well apart
FAR = 1.5  # by which the push moves the answer


# --- a push, seen ---------------------------------------------------------------------------------------------


@cache
def _pushed(which):
    """(answers left alone, answers pushed, (LAST + 1,) each; the right answer) of a loop written by hand."""
    machine = MACHINES[which].build(0)
    prompts = WORLD.prompts(np.random.default_rng(KEY), 1)._replace(task=np.array([NUMBER]))
    query = prompts.query[0]
    push = (LOOPED, (-FAR * query / (query @ query))[None])
    alone, moved = (machine.answers(prompts, LAST, how)[:, 0] for how in (None, push))
    return alone, moved, float(prompts.answer[0])


def push(which):
    """Columns x (passes), y, series: its answers to one prompt, left alone and pushed after LOOPED passes."""
    alone, moved, right = _pushed(which)
    x, names = np.arange(LAST + 1), ("left alone", "pushed", "right answer")
    return {
        "x": np.tile(x, 3).astype(float),
        "y": np.concatenate([alone, np.where(x >= LOOPED - 1, moved, np.nan), np.full(LAST + 1, right)]),
        "series": np.repeat(names, LAST + 1),
    }


def pushed(which):
    """end: where the pushed answer ends; alone: the one left alone; right: the right one; off: just after the push."""
    alone, moved, right = _pushed(which)
    return {"end": moved[-1], "alone": alone[-1], "right": right, "off": moved[LOOPED]}


# --- a machine of the reader's own ------------------------------------------------------------------------


def machine_of(mine):
    """The Machine of an open cell."""

    def answer(prompts: Prompts):
        said = np.asarray(mine(prompts.inputs, prompts.labels, prompts.query), float)
        if said.shape != prompts.answer.shape:
            raise ValueError(f"mine must give one answer a prompt, {prompts.answer.shape}, got {said.shape}")
        return said

    return Machine(answer, WORLD)


def yours(mine, follows=usual_follows):
    """Raw numbers of it on one seed, T1 by the page's measure."""
    machine = machine_of(mine)
    found = examine.examine(machine)
    prompts = examine.fresh(machine, examine.REPORT, 0, examine.COUNTS["report"])
    others = WORLD.relabel(prompts, examine.rng_of(examine.OTHERS, 0))
    return found | {"follows": follows(machine.answer, prompts, others)}


def row_of(mine, follows=usual_follows):
    """Its row in the table."""
    entry = line_up.Entry(None, None)
    row = score_machines.row("your machine", [yours(mine, follows)], entry)
    return row | {"group": "In the cell above", "trained": False}


def said_of(mine, follows=usual_follows):
    """T1's number of it and the verdicts on T1, T3, T6, in words."""
    raw = yours(mine, follows)
    found = examine.judge(raw, score_machines.RULES.values())
    words = {verdicts.PASSED: "passes", verdicts.FAILED: "fails"}
    return {
        "follows": raw["follows"],
        "new": raw["new"][1],
        **{test: words[found[test]] for test in ("T1", "T3", "T6")},
    }


# --- what the table says -------------------------------------------------------------------------------------


def trained():
    """Names of the machines that were trained."""
    return [name for name, entry in MACHINES.items() if entry.chapter is not None]


def passes(name, *tests):
    """Whether a machine passes all of these tests with every seed."""
    return all(score_machines.passed(name, test) == len(SEEDS) for test in tests)


def follows_in_range(name):
    """Whether a machine passes T1, and T6 but for tasks out of the range of practice, with every seed."""
    each = [score_machines.raw(name, seed)["new"] for seed in SEEDS]
    return passes(name, "T1") and all(verdicts.works_in_range(*new[:2]) for new in each)


@cache
def found():
    """What the page says. trained: how many kinds of trained machines there are; near: how many of them follow new
    tasks of the kind that they practised, with all seeds; weak: how many do so out of that range, too (T1 and T6), and
    names of these; all, longer: names of those that pass whatever is asked of them, and T2. The others: how many seeds
    of single machines pass; random_too: planners whose goal random vectors set as well.
    """
    names = trained()
    weak = [name for name in names if passes(name, "T1", "T6")]
    asked = {name: [test for test in TESTS if score_machines.passed(name, test) is not None] for name in names}
    counts = score_machines.passed
    return {
        "trained": len(names),
        "near": sum(follows_in_range(name) for name in names),
        "weak": len(weak),
        "names": weak,
        "all": [name for name in names if asked[name] and passes(name, *asked[name])],
        "longer": [name for name in names if passes(name, "T2")],
        "loop_longer": counts("a loop of 4, warmed up", "T2"),
        "loop_new": counts("a loop of 4, warmed up", "T6"),
        "planner_longer": counts("a planner", "T2"),
        "planner_pushed": counts("a planner", "T4"),
        "random_too": len(SEEDS) - counts("a planner", "T5"),
        "seeds": len(SEEDS),
    }


@cache
def by_the_old_lines():
    """By the lines as they stood before they were moved: layers, how many seeds of chapter 4's layer pass T1 and T6;
    others, in how many other rows of the table anything would change, in words."""
    with verdicts.as_first_drawn():
        then = {
            name: [score_machines.verdict(name, score_machines.raw(name, seed)) for seed in SEEDS] for name in MACHINES
        }
    changed = {
        name
        for name, each in then.items()
        if any([one[test] for one in each] != score_machines.profile(name)[test] for test in TESTS)
    }
    others = len(changed - {"a layer"})
    layers = sum(one["T1"] == one["T6"] == verdicts.PASSED for one in then["a layer"])
    return {"layers": layers, "seeds": len(SEEDS), "others": f"{others or 'no'} other row{'s' * (others > 1)}"}


def layer_follows():
    """T1's number of chapter 4's layer, one a seed."""
    return np.array([score_machines.raw("a layer", seed)["follows"] for seed in SEEDS])


def claims():
    """The numbers of the page's card, {id: {name: number}}."""
    said = found()
    hand = [name for name in MACHINES if name not in trained()]
    planner = [score_machines.raw("a planner", seed) for seed in SEEDS]
    return {
        "C10": {
            "trained": said["trained"],
            "near": said["near"],
            "weak": said["weak"],
            "goal": np.array([one["goal"][0] for one in planner]),
            "random": np.array([one["goal"][2] for one in planner]),
            "hand": sum(passes(name, "T1", "T6") for name in hand),
            "of": len(hand),
        }
    }


def exercises():
    """The numbers of the page's exercise, {id: {name: number}}."""
    half, line = 0.5, verdicts.THRESHOLDS["follows"].value
    least = 1 - (1 - line) ** 0.5  # of the way, always
    return {
        "half": {"right": 1 - (1 - half) ** 2, "linear": half, "missing": (1 - half) ** 2, "line": line, "least": least}
    }
