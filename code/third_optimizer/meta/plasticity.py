"""Learning as a guide of an outer search: the model of Hinton and Nowlan.

G. E. Hinton and S. J. Nowlan, "How Learning Can Guide Evolution", Complex Systems 1, 1987, 495-502.

A genome holds at each locus a right allele, a wrong one or an open one ("?"). The task is a needle: every locus right
is a hit, and anything else is as bad as anything else. An individual's trials fill its open loci at random until it
hits or its trials are over. What it learned is not inherited; but who hits early has more children. A trial is one look
at the needle: it is what everything here is counted in.
"""

from dataclasses import dataclass
from math import comb

import numpy as np

from .search import whole

WRONG, RIGHT, OPEN = 0, 1, 2
LOCI, INDIVIDUALS, TRIALS = 20, 1000, 1000  # the paper's
PLASTIC, RIGID = (0.25, 0.25, 0.5), (0.5, 0.5, 0.0)  # shares of wrong, right and open alleles at the beginning


def chance_of_a_hit(open_loci, trials):
    """Chance that an individual with `open_loci` open loci and no wrong one hits within `trials`: 1 - (1 - 2^-k)^T."""
    whole("trials", trials)
    with np.errstate(divide="ignore"):  # nothing open: a hit for certain
        return -np.expm1(trials * np.log1p(-(0.5 ** np.asarray(open_loci, dtype=float))))


def chance_of_a_newcomer(trials, shares=PLASTIC, loci=LOCI):
    """Chance that an individual drawn with `shares` of wrong, right and open alleles hits within `trials`.

    With one trial it is (right + open / 2)^loci: what a blind draw has, where half of the fixed alleles are right.
    """
    _, right, free = shares
    k = np.arange(loci + 1)
    weights = np.array([comb(loci, int(i)) for i in k], dtype=float) * right ** (loci - k) * free**k
    return float(weights @ chance_of_a_hit(k, trials))


def trials_needed(genomes, rng):
    """(individuals,) trials that each would need to hit; inf where an allele is wrong. genomes: (individuals, loci)."""
    needed = rng.geometric(0.5 ** (genomes == OPEN).sum(axis=1)).astype(float)
    return np.where((genomes == WRONG).any(axis=1), np.inf, needed)


def fitness(needed, trials=TRIALS):
    """1 + 19 n / trials with n trials left after the hit, 1 for who never hit: the paper's, with its 1,000 trials."""
    return 1 + 19 * np.maximum(trials - needed, 0) / trials


def children(genomes, weights, rng):
    """As many children as parents: two parents drawn in proportion to `weights`, crossed at one point. No mutation."""
    count, loci = genomes.shape
    first, second = rng.choice(count, size=(2, count), p=weights / weights.sum())
    from_first = np.arange(loci) < rng.integers(loci, size=(count, 1))
    return np.where(from_first, genomes[first], genomes[second])


@dataclass(frozen=True)
class History:
    """One population. wrong, right, open: share of each allele in every generation. hits: individuals that hit in it.
    evaluations: trials spent up to its end, all individuals together. first: trials spent when the first one hit, one
    individual after the other; inf if none did."""

    wrong: np.ndarray
    right: np.ndarray
    open: np.ndarray
    hits: np.ndarray
    evaluations: np.ndarray
    first: float


def evolve(rng, generations=50, shares=PLASTIC, trials=TRIALS, individuals=INDIVIDUALS, loci=LOCI, until_hit=False):
    """The History of a population that begins with `shares` of wrong, right and open alleles.

    A generation without a hit has parents drawn evenly. until_hit: end after the first generation with a hit.
    """
    for name, value in {"generations": generations, "trials": trials, "individuals": individuals, "loci": loci}.items():
        whole(name, value)
    if len(shares) != 3 or min(shares) < 0 or not np.isclose(sum(shares), 1):
        raise ValueError(f"shares must be three numbers from 0 that add up to 1, got {shares!r}")
    genomes = rng.choice(3, size=(individuals, loci), p=shares)
    rows, spent, first = [], 0.0, np.inf
    for _ in range(generations):
        needed = trials_needed(genomes, rng)
        used = np.minimum(needed, trials)
        hit = needed <= trials
        if hit.any() and first == np.inf:
            first = spent + float(used[: np.argmax(hit) + 1].sum())
        spent += float(used.sum())
        rows.append((*((genomes == allele).mean() for allele in (WRONG, RIGHT, OPEN)), hit.sum(), spent))
        if until_hit and hit.any():
            break
        genomes = children(genomes, fitness(needed, trials), rng)
    return History(*np.array(rows).T, first)
