"""Run a design: train the machine it describes and measure it, on problems it practised and on new ones."""

from dataclasses import dataclass, replace

import numpy as np

from third_optimizer.base import adam, clip, momentum, train
from third_optimizer.mesa import MLP, LinearAttention, Notebook, practice
from third_optimizer.theory import best_single_step, single_step_error
from third_optimizer.world import Regression, error

WORLD = Regression(dimension=8, examples=16)
BATCH = 64
CURVE = 12  # points at which a run is looked at
SCALES = {"attends": {"small": 0.02, "large": 0.2}, "list": {"small": 0.5, "large": 1.0}}
LOOK, EXAM = 500, 20_000  # prompts of a look on the way, and of the examination at the end


def par(world=WORLD):
    """The best that one gradient step from zero can do in `world`, per cent of guessing zero (closed form)."""
    moments = (world.examples, world.dimension, *world.moments)
    return 100 * single_step_error(best_single_step(*moments, noise=world.noise / world.rule), *moments, noise=world.noise / world.rule)


@dataclass(frozen=True)
class Outcome:
    """What a run came to. Errors are in per cent of guessing zero (100: learned nothing), inf after a blow-up.

    practice, fresh: at the end, on problems from the practice pool and on new ones. steps, practice_curve,
    fresh_curve: at CURVE moments from the start to the end. diverged_at: the step of the blow-up, or None.
    """

    practice: float
    fresh: float
    steps: tuple
    practice_curve: tuple
    fresh_curve: tuple
    diverged_at: int | None


def machine(design, world=WORLD):
    """(model, initial scale) of a design."""
    if design.machine == "list":
        model = MLP(world.dimension, world.examples)
    else:
        model = LinearAttention(world.dimension, design.passes)
    scale = SCALES[design.machine][design.start]
    if design.notebook:
        model = Notebook(model, design.problems)
    return model, scale


def stages(design):
    """[(passes, steps)]: without warm-up one stage; with it the first half of the time goes to fewer passes."""
    if not design.warm_up:
        return [(design.passes, design.practice_time)]
    early = [int(part) for part in np.diff(np.linspace(0, design.practice_time // 2, design.passes).astype(int))]
    return [*enumerate(early, start=1), (design.passes, design.practice_time - sum(early))]


def run(design, seed, world=WORLD, progress=None):
    """Train `design` with `seed` (0, 1, ...) and measure it; an Outcome. The same seed gives the same numbers.

    The seed draws the pool, the start and the practice; the prompts on which designs are examined are the same
    for all. progress(fraction, practice, fresh) is told at each look.
    """
    if not (isinstance(seed, int | np.integer) and seed >= 0):
        raise ValueError(f"seed must be a whole number, at least 0, got {seed!r}")
    design = design.plain()
    rng, pool = np.random.default_rng([seed, 0]), None
    if design.problems is not None:
        pool = world.pool(np.random.default_rng([seed, 1]), design.problems)
    looks = {round(x) for x in np.linspace(0, design.practice_time, CURVE)} - {design.practice_time}
    glance = examination(design, world, pool, 1, LOOK)
    seen = []

    def look(step, model, parameters, tests):
        seen.append((step, *(error(model.answer(parameters, test), test) for test in tests)))
        if progress:
            progress(step / design.practice_time, *seen[-1][1:])

    rule = adam(design.step_length) if design.step_rule == "adaptive" else momentum(design.step_length, 0.9)
    rule = clip(rule, 1.0) if design.brake else rule
    parameters, state, done = None, None, 0
    for passes, steps in stages(design):
        model, scale = machine(replace(design, passes=passes), world)
        parameters = model.init(rng, scale) if parameters is None else parameters

        def callback(step, values, loss, model=model, done=done, steps=steps):
            if step < steps and done + step in looks:  # a stage's last step is the next one's first
                look(done + step, model, values, glance)

        stage = train(practice(model, world, BATCH, pool), parameters, rule, steps, rng=rng, state=state, callback=callback)
        parameters, state = stage.parameters, stage.state
        if stage.diverged:
            seen.append((done + stage.diverged_at, np.inf, np.inf))
            break
        done += steps
    else:
        look(done, model, parameters, examination(design, world, pool, 2, EXAM))
    steps, practice_curve, fresh_curve = zip(*seen, strict=True)
    return Outcome(practice_curve[-1], fresh_curve[-1], steps, practice_curve, fresh_curve, steps[-1] if stage.diverged else None)


def examination(design, world, pool, number, count):
    """(prompts on the practised problems, prompts on new ones), the same for every design that shares a pool.

    number: which examination; count: of prompts.
    """
    numbers = design.problems if design.notebook else None
    return (world.prompts(np.random.default_rng([20, number]), count, pool),
            world.prompts(np.random.default_rng([21, number]), count, numbers=numbers))
