"""What a model is trained on: fresh batches of a world's prompts, as the objective `base.train` wants."""

import numpy as np


def practice(model, world, batch=64, pool=None):
    """objective(parameters, rng) -> (half the mean squared error on `batch` new prompts, its gradient).

    model: anything with `errors`. pool: the rules to practise on, (M, d); None: rules never repeat.
    """
    if not (isinstance(batch, int | np.integer) and batch >= 1):
        raise ValueError(f"batch must be a whole number, at least 1, got {batch!r}")

    def objective(parameters, rng):
        errors, gradient = model.errors(parameters, world.prompts(rng, batch, pool))
        return 0.5 * np.mean(errors**2), gradient

    return objective
