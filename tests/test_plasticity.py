"""Hinton and Nowlan's model against its closed forms, and its control: as many looks at the needle, spent blindly."""

import numpy as np
import pytest

from third_optimizer.meta.plasticity import (
    OPEN,
    PLASTIC,
    RIGHT,
    RIGID,
    WRONG,
    chance_of_a_hit,
    chance_of_a_newcomer,
    children,
    evolve,
    fitness,
    trials_needed,
)


def within(share, chance, count):
    """Four standard errors of a share of `count`."""
    return share == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / count) + 1e-12)


@pytest.mark.parametrize("open_loci", [0, 1, 5, 10, 15])
@pytest.mark.parametrize("trials", [1, 30, 1000])
def test_an_individual_hits_as_often_as_the_closed_form_says(open_loci, trials):
    genomes = np.full((20_000, 20), RIGHT)
    genomes[:, :open_loci] = OPEN
    chance = 1 - (1 - 2.0**-open_loci) ** trials
    assert chance_of_a_hit(open_loci, trials) == pytest.approx(chance, rel=1e-9)
    assert within(np.mean(trials_needed(genomes, np.random.default_rng(open_loci)) <= trials), chance, 20_000)


def test_a_wrong_allele_is_never_learned_away():
    genomes = np.full((50, 20), OPEN)
    genomes[:, 7] = WRONG
    assert np.isinf(trials_needed(genomes, np.random.default_rng(0))).all()


def test_a_newcomer_hits_as_often_as_drawn_ones_do():
    rng = np.random.default_rng(1)
    genomes = rng.choice(3, size=(200_000, 6), p=PLASTIC)
    for trials in (1, 10, 200):
        assert within(np.mean(trials_needed(genomes, rng) <= trials), chance_of_a_newcomer(trials, loci=6), 200_000)


def test_equal_evaluations():
    """One trial of a learner is worth one blind draw, exactly; a thousand trials of one learner are worth less than a thousand draws."""
    assert chance_of_a_newcomer(1) == pytest.approx(2.0**-20, rel=1e-12)
    assert chance_of_a_newcomer(1, RIGID) == pytest.approx(2.0**-20, rel=1e-12)
    worth = [chance_of_a_newcomer(trials) / (1 - (1 - 2.0**-20) ** trials) for trials in (1, 10, 100, 1000, 10_000)]
    assert (np.diff(worth) < 0).all() and worth[3] < 0.6


def test_the_papers_fitness():
    assert fitness(np.array([1.0, 500.0, 1000.0, np.inf]), 1000) == pytest.approx([1 + 19 * 0.999, 10.5, 1, 1])


def test_children_come_from_the_fit_and_are_cut_at_one_point():
    genomes = np.array([[RIGHT] * 8, [OPEN] * 8, [WRONG] * 8])
    born = np.concatenate([children(genomes, np.array([1.0, 1.0, 0.0]), np.random.default_rng(s)) for s in range(200)])
    assert not (born == WRONG).any()
    assert (np.abs(np.diff(born, axis=1)) > 0).sum(axis=1).max() == 1
    alone = children(genomes, np.array([0.0, 1.0, 0.0]), np.random.default_rng(0))
    assert (alone == OPEN).all()


def test_children_are_drawn_in_proportion_to_fitness():
    genomes = np.repeat([[RIGHT], [OPEN]], [500, 500], axis=0)
    weights = np.repeat([3.0, 1.0], 500)
    born = np.concatenate([children(genomes, weights, np.random.default_rng(s)) for s in range(20)])
    assert within(np.mean(born == RIGHT), 0.75, len(born))


def test_the_first_hit_comes_when_the_closed_form_says():
    """A generation of newcomers: no hit among n of them has chance (1 - q)^n."""
    runs = [
        evolve(np.random.default_rng([s, 9]), generations=1, trials=100, individuals=60, loci=12) for s in range(1500)
    ]
    q = chance_of_a_newcomer(100, loci=12)
    assert within(np.mean([np.isfinite(run.first) for run in runs]), 1 - (1 - q) ** 60, 1500)
    for run in runs:
        assert np.isfinite(run.first) == (run.hits[0] > 0)
        assert run.first <= run.evaluations[0] or run.hits[0] == 0
        assert run.evaluations[0] <= 60 * 100


def test_with_learning_right_alleles_spread_and_without_nothing_moves():
    for seed in range(3):
        learning = evolve(np.random.default_rng(seed))
        assert learning.wrong[-1] < 0.01 and learning.right[-1] > 0.6 and learning.hits[-1] > 950
        assert learning.wrong + learning.right + learning.open == pytest.approx(np.ones(50))
        rigid = evolve(np.random.default_rng(seed), shares=RIGID, trials=1)
        assert rigid.evaluations[-1] == 50 * 1000
        if (
            rigid.hits.sum() == 0
        ):  # drift alone: a random walk of 50 generations, at each of 20 loci a deviation of 0.11
            assert abs(rigid.right[-1] - 0.5) < 4 * 0.11 / np.sqrt(20)


def test_the_same_seed_gives_the_same_history_and_a_run_can_end_at_its_first_hit():
    one, other = (evolve(np.random.default_rng(3), generations=4) for _ in range(2))
    assert (one.right == other.right).all() and one.first == other.first
    ended = evolve(np.random.default_rng(3), generations=40, until_hit=True)
    assert ended.hits[-1] > 0 and (ended.hits[:-1] == 0).all()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ({"trials": 0}, "trials must be a whole number"),
        ({"individuals": 2.5}, "individuals must be"),
        ({"shares": (0.5, 0.6, 0.1)}, "shares must be three numbers"),
    ],
)
def test_what_is_out_of_range_is_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        evolve(np.random.default_rng(0), **bad)
