"""Run a design: train the machine it describes and measure it, on problems it practised and on new ones."""

from dataclasses import dataclass, replace

import numpy as np

from third_optimizer.base import adam, clip, momentum
from third_optimizer.mesa import MLP, LinearAttention, LookupTable, follows, run_longer
from third_optimizer.theory import best_single_step, single_step_error
from third_optimizer.world import Prompts, Regression, error

from .recipe import Stage, train_in_stages

WORLD = Regression(dimension=8, examples=16)
BATCH = 64
CURVE = 12  # points at which a run is looked at
SCALES = {"attention": {"small": 0.02, "large": 0.2}, "mlp": {"small": 0.5, "large": 1.0}}
LOOK, EXAM, ASKED = 500, 20_000, 4_000  # prompts of a look on the way, of the examination, of its further questions
NUDGE, STABLE = 1e-12, 1e-4  # a start moved by the first changes no score by more than the second, if a run is stable
NEAR = 1.05  # within five per cent two scores are called the same, and par is called reached
MOST = 200.0  # per cent of guessing zero: beyond it a score is only called large, and counts as this


def par(world=WORLD):
    """The best that one gradient step from zero can do in `world`, per cent of guessing zero (closed form)."""
    moments = (world.examples, world.dimension, *world.moments)
    return 100 * single_step_error(
        best_single_step(*moments, noise=world.noise / world.rule), *moments, noise=world.noise / world.rule
    )


@dataclass(frozen=True)
class Outcome:
    """What a run came to. Errors are in per cent of guessing zero (100: learned nothing), inf after a blow-up.

    practice, fresh: at the end, on problems from the practice pool and on new ones. steps, practice_curve,
    fresh_curve: at CURVE moments from the start to the end. diverged_at: the step of the blow-up, or None.
    longer, blown: error and share of prompts blown up when run on for 2, 4 and 8 times its passes (mesa.run_longer);
    empty for a machine without passes. follows: how far answers follow other labels (mesa.follows). tripled: error on
    rules three times as large.
    """

    practice: float
    fresh: float
    steps: tuple
    practice_curve: tuple
    fresh_curve: tuple
    diverged_at: int | None
    longer: tuple = ()
    blown: tuple = ()
    follows: float = -np.inf
    tripled: float = np.inf


def build(design, world=WORLD):
    """(model, initial scale) of a design."""
    if design.architecture == "mlp":
        model = MLP(world.dimension, world.examples)
    else:
        model = LinearAttention(world.dimension, design.passes)
    scale = SCALES[design.architecture][design.initial_scale]
    if design.table:
        model = LookupTable(model, design.problems)
    return model, scale


def stages(design):
    """[(passes, steps)]: without warm-up one stage; with it the first half of the time goes to fewer passes."""
    if not design.warm_up:
        return [(design.passes, design.practice_time)]
    early = [int(part) for part in np.diff(np.linspace(0, design.practice_time // 2, design.passes).astype(int))]
    return [*enumerate(early, start=1), (design.passes, design.practice_time - sum(early))]


def looks(practice_time):
    """The steps at which a run that does not blow up is looked at, CURVE of them from the start to the end."""
    return tuple(round(x) for x in np.linspace(0, practice_time, CURVE))


def practise(design, seed, world=WORLD, look=None, nudge=0.0):
    """Train `design` with `seed`: (model, parameters, pool, step of the blow-up or None).

    The seed draws the pool, the start and the practice. look(step, model, parameters, pool) is called on the way at
    CURVE moments, the end not among them. nudge: added to every number of the start. ValueError for a seed that is no
    whole number from 0.
    """
    if not (isinstance(seed, int | np.integer) and seed >= 0):
        raise ValueError(f"seed must be a whole number, at least 0, got {seed!r}")
    design = design.plain()
    rng, pool = np.random.default_rng([seed, 0]), None
    if design.problems is not None:
        pool = world.pool(np.random.default_rng([seed, 1]), design.problems)
    moments = set(looks(design.practice_time)) - {design.practice_time} if look else set()
    rule = adam(design.step_length) if design.step_rule == "adaptive" else momentum(design.step_length, 0.9)
    rule = clip(rule, 1.0) if design.brake else rule
    plan = [Stage(build(replace(design, passes=passes), world)[0], rule, steps) for passes, steps in stages(design)]
    before = np.cumsum([0, *(stage.steps for stage in plan)])

    def callback(stage, step, values, loss):
        if step < plan[stage].steps and before[stage] + step in moments:  # a stage's last step is the next one's first
            look(int(before[stage]) + step, plan[stage].model, values, pool)

    start = plan[0].model.init(rng, build(design, world)[1]) + nudge
    *earlier, last = train_in_stages(plan, start, world, rng, batch=BATCH, pool=pool, callback=callback)
    diverged_at = int(before[len(earlier)]) + last.diverged_at if last.diverged else None
    return plan[len(earlier)].model, last.parameters, pool, diverged_at


def run(design, seed, world=WORLD, confirm=False, progress=None):
    """Train `design` with `seed` (0, 1, ...) and measure it; an Outcome. The same seed gives the same numbers.

    The prompts on which designs are examined are the same for all; confirm: others, for reporting what the first ones
    helped to choose. progress(fraction, practice, fresh) is told at each look.
    """
    design, seen, glance = design.plain(), [], []

    def look(step, model, parameters, pool):
        if not glance:
            glance.extend(examination(design, world, pool, 1, LOOK))
        seen.append((step, *scores(model, parameters, glance)))
        if progress:
            progress(step / design.practice_time, *seen[-1][1:])

    model, parameters, pool, diverged_at = practise(design, seed, world, look)
    if diverged_at is None:
        tests = final(design, world, pool, confirm)
        seen.append((design.practice_time, *scores(model, parameters, tests)))
        further = questions(
            model,
            parameters,
            Prompts(*(part[:ASKED] for part in tests[1])),
            world,
            loops=design.architecture == "attention",
        )
    else:
        seen.append((diverged_at, np.inf, np.inf))
        further = {}
    if progress:
        progress(1.0, *seen[-1][1:])
    steps, practice_curve, fresh_curve = zip(*seen, strict=True)
    return Outcome(practice_curve[-1], fresh_curve[-1], steps, practice_curve, fresh_curve, diverged_at, **further)


def questions(model, parameters, prompts, world, loops):
    """The examination's further questions, on fresh prompts: the fields of an Outcome after `diverged_at`. loops: the
    model has passes to run on."""

    def answer(asked):
        return model.answer(parameters, asked)

    larger = prompts._replace(labels=3 * prompts.labels, answer=3 * prompts.answer)
    longer, blown = run_longer(model, parameters, prompts) if loops else ((), ())
    return {
        "longer": tuple(longer),
        "blown": tuple(blown),
        "tripled": error(answer(larger), larger),
        "follows": follows(answer, prompts, world.relabel(prompts, np.random.default_rng([4, 0, 20]))),
    }


def stable(design, seed, outcome, world=WORLD, confirm=False):
    """Whether the run does not hang on the last digits: a start nudged by NUDGE comes to the same scores, or blows up
    at the same step.

    What is not stable comes out otherwise on another processor, whose sums round differently.
    """
    model, parameters, pool, diverged_at = practise(design, seed, world, nudge=NUDGE)
    if diverged_at is not None or outcome.diverged_at is not None:
        return diverged_at == outcome.diverged_at
    nudged = scores(model, parameters, final(design, world, pool, confirm))
    return bool(np.allclose(nudged, (outcome.practice, outcome.fresh), rtol=STABLE, atol=1e-9))


def scores(model, parameters, tests):
    """Errors on practised and on new problems, per cent of guessing zero."""
    return [error(model.answer(parameters, test), test) for test in tests]


def final(design, world, pool, confirm):
    """The prompts of the examination at the end; confirm: those that never helped to choose."""
    return examination(design, world, pool, 3 if confirm else 2, EXAM)


def examination(design, world, pool, number, count):
    """(prompts on the practised problems, prompts on new ones), the same for every design that shares a pool.

    number: which examination; count: of prompts. No seed of a run leads to these keys: they have a third part.
    """
    numbers = design.problems if design.table else None
    return (
        world.prompts(np.random.default_rng([number, 0, 20]), count, pool),
        world.prompts(np.random.default_rng([number, 1, 20]), count, numbers=numbers),
    )
