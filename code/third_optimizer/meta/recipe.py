"""The one recipe by which every model of the book is trained: in stages, each going on where the last one ended."""

from typing import NamedTuple

from third_optimizer.base import Optimizer, train
from third_optimizer.mesa import practice


class Stage(NamedTuple):
    """`steps` steps of `optimizer` on `model`; the parameters of all models of a training have one shape."""

    model: object
    optimizer: Optimizer
    steps: int


def train_in_stages(stages, parameters, world, rng, *, batch, pool=None, callback=None, **options):
    """The Runs of the stages (base.training), one after the other.

    Each stage begins with the parameters and the optimizer's state at which the one before it ended, and all draw from
    one stream, `rng`. A run that diverges ends the training. parameters: the start. batch, pool: of the prompts
    practised on (mesa.practice). callback(stage, step, parameters, loss): called at each stage's start and after each
    of its steps; stage and step count from 0 in the stage. options: of base.train.
    """
    runs, state = [], None
    for number, stage in enumerate(stages):

        def told(step, values, loss, number=number):
            callback(number, step, values, loss)

        task = practice(stage.model, world, batch, pool)
        run = train(
            task,
            parameters,
            stage.optimizer,
            stage.steps,
            rng=rng,
            state=state,
            callback=told if callback else None,
            **options,
        )
        runs.append(run)
        parameters, state = run.parameters, run.state
        if run.diverged:
            break
    return runs
