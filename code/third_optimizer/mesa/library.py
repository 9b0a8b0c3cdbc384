"""The library of test T3: rules from the literature that a machine might have come to compute, each fitted to it.

A rule has at most two free numbers, and they are found where the machine was trained; whether it is that rule shows
elsewhere.
"""

import numpy as np

from third_optimizer import theory

from .battery import disagreement

COUNTS = (1, 2, 4, 8)  # steps of descent that are tried
KINDS = {
    "guessing zero": "reads nothing",
    "its own table": "reads nothing",
    "gradient descent": "descent",
    "GD++": "descent",
    "ridge": "solves",
    "discrete Bayes": "knows",
}  # rules of one kind contain one another
STEPS = np.geomspace(0.1, 4, 22)  # and shrinks, in units of one over an input's variance
SHRINKS = np.linspace(0, 0.8, 11)
PENALTIES = (0.0, *np.logspace(-3, 2, 21))
NOISES = (0.03, 0.1, 0.3, 0.5, 1.0)


class Spectrum:
    """What prompts look like along the main axes of their examples: curvatures (B, d), and by how much each axis
    answers, (B, d), so that a rule which multiplies each axis by a factor answers with `said(factor)`."""

    def __init__(self, prompts):
        examples = prompts.inputs.shape[1]
        self.prompts, self.examples = prompts, examples
        self.curvatures, axes = np.linalg.eigh(prompts.inputs.transpose(0, 2, 1) @ prompts.inputs / examples)
        pull = np.einsum("bni,bn->bi", prompts.inputs, prompts.labels) / examples
        self.parts = np.einsum("bij,bi->bj", axes, pull) * np.einsum("bij,bi->bj", axes, prompts.query)

    def said(self, factors):
        """Answers (B,): the sum over axes."""
        return (self.parts * factors).sum(axis=1)

    def descent(self, step, shrink, steps):
        """[answers (B,) after 0, 1, ... steps] of theory.preconditioned_factors."""
        return [self.said(one) for one in theory.preconditioned_factors(self.curvatures, step, shrink, steps)]

    def ridge(self, penalty):
        """Answers (B,) of ridge regression, of least squares for penalty 0."""
        whole = np.maximum(self.curvatures, 0) + penalty / self.examples
        return self.said(np.where(whole > 1e-9, 1 / np.maximum(whole, 1e-9), 0))


def _nearest(answers, prompts, candidates):
    """The (distance, candidate) of the nearest; candidates: pairs (name, answers (B,))."""
    found = ((disagreement(answers, said, prompts), name) for name, said in candidates)
    return min(found, key=lambda pair: pair[0])


def fit_descent(answers, spectrum, shrinks=(0.0,)):
    """(step, shrink, count) of the descent whose answers are nearest to these: one grid for all counts, refined around
    the best of each."""
    unit, prompts = 1 / np.mean(spectrum.curvatures), spectrum.prompts
    found = dict.fromkeys(COUNTS, (np.inf, None))

    def look(step, shrink, counts):
        said = spectrum.descent(step, shrink, counts[-1])
        for count in counts:
            found[count] = min(found[count], (disagreement(answers, said[count], prompts), (step, shrink, count)))

    for step in unit * STEPS:
        for shrink in unit * np.asarray(shrinks):
            look(step, shrink, COUNTS)
    for width in (0.05, 0.012, 0.003):
        for count in COUNTS:
            step, shrink, _ = found[count][1]
            for finer in step * (1 + width * np.arange(-2, 3)):
                for evener in [0.0] if len(shrinks) == 1 else shrink + width * unit * np.arange(-2, 3):
                    look(finer, max(evener, 0.0), (count,))
    return min(found.values())[1]


def fit(answer, prompts, pool=None):
    """{name of KINDS: its answer(prompts, spectrum)}, fitted to what `answer` says to these prompts. pool: the rules
    that it practised; without them there is no table and no discrete Bayes. A table needs prompts with numbers."""
    said, spectrum = answer(prompts), Spectrum(prompts)
    plain, evened = fit_descent(said, spectrum), fit_descent(said, spectrum, SHRINKS)
    penalty = _nearest(said, prompts, ((one, spectrum.ridge(one)) for one in PENALTIES))[1]
    known = {
        "guessing zero": lambda p, s: np.zeros(len(p.query)),
        "gradient descent": lambda p, s: s.descent(*plain)[-1],
        "GD++": lambda p, s: s.descent(*evened)[-1],
        "ridge": lambda p, s: s.ridge(penalty),
    }
    if pool is not None:

        def bayes(noise, p):
            return (theory.discrete_bayes_rules(p.inputs, p.labels, pool, noise) * p.query).sum(axis=1)

        noise = _nearest(said, prompts, ((one, bayes(one, prompts)) for one in NOISES))[1]
        known["discrete Bayes"] = lambda p, s: bayes(noise, p)
        if (prompts.task >= 0).all():
            known["its own table"] = lambda p, s: (pool[p.task] * p.query).sum(axis=1)
    return known
