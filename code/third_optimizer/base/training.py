"""One training loop for every model of the book."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Run:
    """What a training run left behind.

    parameters: the last finite ones. losses: (taken + 1,), the start's first. path: the parameters
    before each step and at the end, (taken + 1, *shape), or None unless asked for. diverged: the run
    left the numbers that make sense and was stopped; diverged_at: after how many steps, or None.
    """

    parameters: np.ndarray
    losses: np.ndarray
    path: np.ndarray | None
    diverged: bool
    diverged_at: int | None
    state: object = None  # the optimizer's, from which another call may go on


def train(
    objective,
    parameters,
    optimizer,
    steps,
    *,
    rng=None,
    state=None,
    keep_path=False,
    callback=None,
    diverged_above=1e12,
):
    """Take `steps` steps of `optimizer` on `objective` and return a Run.

    objective(parameters, rng) -> (loss, gradient of the parameters' shape); `rng`, a
        numpy.random.Generator or None, is handed through: the same seed gives the same run.
    parameters: the start, an array of any shape (a model of several arrays packs them into one).
    state: the optimizer's, from an earlier Run that this one continues; None: `optimizer.init`.
    callback(step, parameters, loss): called at the start (step 0) and after each step.
    diverged_above: a loss or a parameter beyond it, or one that is not finite, ends the run as
        diverged. That is a result: nothing is raised and nothing warned.

    Raises ValueError for a negative or fractional number of steps, or a start that is not finite.
    """
    if not (isinstance(steps, int | np.integer) and steps >= 0):
        raise ValueError(f"steps must be a whole number, at least 0, got {steps!r}")
    parameters = np.array(parameters, dtype=float)
    if not np.isfinite(parameters).all():
        raise ValueError(f"parameters must be finite at the start, got {parameters}")
    if not diverged_above > 0:
        raise ValueError(f"diverged_above must be above 0, got {diverged_above}")

    state = optimizer.init(parameters) if state is None else state
    limit = min(diverged_above, np.finfo(float).max)  # infinity is beyond any limit
    losses, path, last = [], [], parameters
    with np.errstate(
        over="ignore", invalid="ignore", divide="ignore"
    ):  # numbers beyond range are caught below, as a result
        for step in range(steps + 1):
            loss, gradient = objective(parameters, rng)
            losses.append(loss)
            if keep_path:
                path.append(parameters)
            # abs(nan) > x is False, hence "not <=" rather than ">"
            if not (abs(loss) <= limit and np.abs(parameters).max(initial=0) <= limit):
                return _run(last, losses, path, keep_path, step, state)
            last = parameters
            if callback:
                callback(step, parameters, loss)
            if step < steps:
                change, state = optimizer.update(gradient, state)
                parameters = parameters + change
    return _run(last, losses, path, keep_path, None, state)


def _run(parameters, losses, path, keep_path, diverged_at, state):
    return Run(
        parameters,
        np.array(losses),
        np.array(path) if keep_path else None,
        diverged=diverged_at is not None,
        diverged_at=diverged_at,
        state=state,
    )
