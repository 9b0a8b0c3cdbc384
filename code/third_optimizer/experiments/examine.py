"""The battery put to a machine that reads prompts: raw numbers and curves for the six tests of mesa.verdicts.

Three lots of prompts never meet: on the first, rules are fitted; on the second, the nearest is chosen; on the third,
all that is reported is measured. Errors are in per cent of guessing zero. NaN: not asked of such a machine.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from third_optimizer.mesa import verdicts
from third_optimizer.mesa.battery import disagreement, follows, recovered, run_longer
from third_optimizer.mesa.library import KINDS, Spectrum, fit
from third_optimizer.meta import par
from third_optimizer.world import Regression, error

FIT, CHOOSE, REPORT, OTHERS, PUSH = (8, 1), (8, 2), (8, 3), (8, 4), (8, 5)  # keys of prompts; no training has two parts
COUNTS = {"fit": 200, "choose": 500, "report": 2000, "pushed": 500}  # prompts
TIMES = (1, 2, 4, 8, 16, 32, 64)  # of the passes, that a loop runs
AFTER = (0, 1, 2, 3, 4)  # times the passes, after a push
SHIFTS = ("as practised", "few examples", "twice as many", "four times", "inputs halved", "inputs up a quarter")
SHIFTS += ("rules tripled", "inputs correlated", "rules sparse")


@dataclass(frozen=True)
class Machine:
    """What the battery needs to know of a machine that reads prompts.

    answer(prompts) -> (B,). world: where it was trained. passes: K, of a loop; None: it has none. answers(prompts,
    passes, push) -> (passes+1, B), of a loop (mesa.battery.recovered). pool: the rules that it practised (M, d), None
    if these never repeated. numbered: its prompts carry numbers, 0 to M − 1. fixed: it reads no other number of
    examples.
    """

    answer: Callable
    world: Regression
    passes: int | None = None
    answers: Callable | None = None
    pool: np.ndarray | None = None
    numbered: bool = False
    fixed: bool = False

    @property
    def numbers(self):
        return len(self.pool) if self.numbered else None


def rng_of(key, seed):
    """The generator of a lot of prompts. No part is 0: a key would be the same as one without it."""
    return np.random.default_rng([*key, 1 + seed])


def fresh(machine, key, seed, count):
    """New tasks, under old numbers where prompts carry any."""
    return machine.world.prompts(rng_of(key, seed), count, numbers=machine.numbers)


def shifted(machine, shift, key, seed, count):
    """New tasks in a world that differs in one thing, one of SHIFTS, from its practice; None if the machine cannot read
    them."""
    world, rng = machine.world, rng_of((*key, 1 + SHIFTS.index(shift)), seed)
    d, examples = world.dimension, {"few examples": 0.6, "twice as many": 2, "four times": 4}
    if shift in examples:
        if machine.fixed:
            return None
        world = replace(world, examples=round(examples[shift] * world.examples))
    scale = {"inputs halved": 0.5, "inputs up a quarter": 1.25}.get(shift, 1) * world.scale
    world = replace(world, scale=scale, rule=world.rule * (3 if shift == "rules tripled" else 1))
    rules, mix = world.rule * rng.normal(size=(count, d)), None
    if shift == "rules sparse":  # one number in four, at least one, and as long on average
        kept = max(1, d // 4)
        rules *= np.sqrt(d / kept) * (rng.random(rules.shape).argsort(axis=1) < kept)
    if shift == "inputs correlated":  # neighbours by 0.6, each as large as before
        mix = np.linalg.cholesky(0.6 ** np.abs(np.subtract.outer(np.arange(d), np.arange(d)))).T
    prompts = world.prompts(rng, count, rules if mix is None else rules @ mix.T)
    if mix is not None:
        prompts = prompts._replace(inputs=prompts.inputs @ mix, query=prompts.query @ mix)
    task = np.full(count, -1) if machine.numbers is None else rng.integers(machine.numbers, size=count)
    return prompts._replace(task=task)


def ask_follows(machine, seed=0):
    """T1: {"follows"}."""
    prompts = fresh(machine, REPORT, seed, COUNTS["report"])
    others = machine.world.relabel(prompts, rng_of(OTHERS, seed))
    return {"follows": follows(machine.answer, prompts, others)}


def ask_longer(machine, seed=0):
    """T2: errors after TIMES its passes, blown up after eight times, single: of the best single step. NaN without a
    loop; of a loop of one pass it is measured, though no verdict is given."""
    found = {"errors": np.full(len(TIMES), np.nan), "blown": np.nan, "single": par(machine.world)}
    if machine.passes:
        prompts = fresh(machine, REPORT, seed, COUNTS["report"])
        errors, blown = run_longer(_Loop(machine), None, prompts, TIMES)
        found["errors"], found["blown"] = np.array(errors), blown[TIMES.index(8)]
    return found


class _Loop:
    """A machine as mesa.run_longer wants it."""

    def __init__(self, machine):
        self.passes, self.answers = machine.passes, lambda _, prompts, passes: machine.answers(prompts, passes, None)


def ask_rules(machine, seed=0):
    """T3: {"apart": (rules, shifts)}, distances to the fitted rules, in the order of KINDS and SHIFTS; "nearest": the
    number of the rule that was nearest on prompts for choosing."""
    known = fit(machine.answer, fresh(machine, FIT, seed, COUNTS["fit"]), machine.pool)
    lots = np.full((2, len(KINDS), len(SHIFTS)), np.nan)
    for apart, key in zip(lots, (CHOOSE, REPORT), strict=True):
        for s, shift in enumerate(SHIFTS):
            prompts = shifted(machine, shift, key, seed, COUNTS["choose"])
            if prompts is None:
                continue
            said, spectrum = machine.answer(prompts), Spectrum(prompts)
            for r, rule in enumerate(KINDS):
                if rule in known:
                    apart[r, s] = disagreement(said, known[rule](prompts, spectrum), prompts)
    return {"apart": lots[1], "nearest": verdicts.nearest(lots[0])}


def ask_pushed(machine, seed=0):
    """T4: {"left": (AFTER,)}, what is left of a push (mesa.battery.recovered); NaN without a loop of two or more."""
    if not machine.passes or machine.passes < 2:
        return {"left": np.full(len(AFTER), np.nan)}
    prompts = fresh(machine, REPORT, seed, COUNTS["pushed"])
    push = machine.world.rule * rng_of(PUSH, seed).normal(size=prompts.query.shape)
    return {"left": recovered(machine.answers, prompts, push, machine.passes, AFTER)}


def ask_new(machine, seed=0):
    """T6: {"new": (practised, fresh, tripled)} errors."""
    count, larger = COUNTS["report"], replace(machine.world, rule=3 * machine.world.rule)
    asked = (
        machine.world.prompts(rng_of(CHOOSE, seed), count, machine.pool),
        fresh(machine, REPORT, seed, count),
        larger.prompts(rng_of(REPORT, seed), count, numbers=machine.numbers),
    )
    return {"new": np.array([error(machine.answer(prompts), prompts) for prompts in asked])}


def examine(machine, seed=0):
    """The raw numbers of all tests, {column: value}. T5 is not asked: such a machine is told its goal, the task, and
    has no other."""
    found = {"goal": np.full(3, np.nan)}
    with np.errstate(over="ignore", invalid="ignore"):
        for ask in (ask_follows, ask_longer, ask_rules, ask_pushed, ask_new):
            found |= ask(machine, seed)
    return found


def judge(raw, kinds, passes=None):
    """{"T1" ... "T6": verdict} of raw numbers. kinds: of the rules that it was compared with; passes: K, of a loop."""
    first = verdicts.follows_the_task(raw["follows"])
    sixth = verdicts.works_on_new_tasks(*raw["new"])
    errors = raw["errors"] if passes and passes > 1 else np.full(len(TIMES), np.nan)
    return {
        "T1": first,
        "T2": verdicts.goes_on(errors, raw["blown"], raw["single"]),
        "T3": verdicts.computes_a_known_rule(raw["apart"][: len(kinds)], raw["nearest"], list(kinds)),
        "T4": verdicts.recovers(raw["left"], first, sixth),
        "T5": verdicts.has_a_readable_goal(*raw["goal"]),
        "T6": sixth,
    }
