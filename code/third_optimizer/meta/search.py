"""Searching over designs: each search spends a budget of tries and returns them in order.

evaluate(design) -> score, the lower the better: live training or a table of stored runs, the search cannot tell.
"""

from dataclasses import dataclass

import numpy as np

from .design import Design


@dataclass(frozen=True)
class Try:
    """One try of a search: the design and the score it got."""

    design: Design
    score: float


def best_so_far(tries):
    """The lowest score after each try, an array."""
    return np.minimum.accumulate([t.score for t in tries])


def _budget(budget):
    if not (isinstance(budget, int | np.integer) and budget >= 1):
        raise ValueError(f"budget must be a whole number, at least 1, got {budget!r}")


def random_search(space, evaluate, budget, rng):
    """Designs drawn with equal chance, never one twice (Bergstra and Bengio 2012). Ends early if the space does."""
    _budget(budget)
    order = rng.permutation(len(space.designs))[:budget]
    return [Try(space.designs[i], evaluate(space.designs[i])) for i in order]


def climb(space, evaluate, budget, rng, start):
    """One dial at a time: turn a random dial to a random stop, keep the change if the score falls.

    No design is tried twice; where every neighbour has been tried the climber is stuck and the rest of the
    budget is not spent.
    """
    _budget(budget)
    tries = [Try(start, evaluate(start))]
    here, tried = tries[0], {start}
    while len(tries) < budget:
        new = [design for design in space.neighbours(here.design) if design not in tried]
        if not new:
            break
        design = new[rng.integers(len(new))]
        tried.add(design)
        tries.append(Try(design, evaluate(design)))
        if tries[-1].score < here.score:
            here = tries[-1]
    return tries
