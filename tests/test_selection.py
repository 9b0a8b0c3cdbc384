"""Choosing the best of blind draws, against counting by hand, against scipy, and against draws."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from third_optimizer.theory import blind_chance, expected_maximum, rank_chances


def test_the_chance_of_a_hit_is_what_counting_all_draws_gives():
    draws = list(combinations(range(7), 3))
    hits = np.mean([min(draw) < 2 for draw in draws])  # the two good ones are 0 and 1
    assert blind_chance(2, 7, 3)[-1] == pytest.approx(hits, abs=1e-12)
    assert blind_chance(2, 7, 7) == pytest.approx(1 - stats.hypergeom(7, 2, np.arange(1, 8)).pmf(0))
    assert (blind_chance(0, 7, 7) == 0).all() and (blind_chance(7, 7, 7) == 1).all()


def test_n_tries_hit_at_most_n_times_as_often_as_one():
    """The bound behind "at most log2 n bits"."""
    n = np.arange(1, 301)
    for good in (1, 30, 700):
        assert (blind_chance(good, 2688, 300) <= n * good / 2688 + 1e-12).all()


def test_the_rank_of_the_best_is_what_counting_all_draws_gives():
    draws = list(combinations(range(6), 3))
    counted = [np.mean([min(draw) == rank for draw in draws]) for rank in range(6)]
    assert rank_chances(6, 3) == pytest.approx(counted, abs=1e-12)
    assert rank_chances(2688, 1) == pytest.approx(np.full(2688, 1 / 2688))
    assert rank_chances(2688, 60).sum() == pytest.approx(1)
    # the best of n is among the g best exactly when one or more of these are drawn
    assert rank_chances(2688, 60)[:30].sum() == pytest.approx(blind_chance(30, 2688, 60)[-1])


def test_the_largest_of_normal_numbers():
    assert expected_maximum(1) == pytest.approx(0, abs=1e-9)
    assert expected_maximum(2) == pytest.approx(1 / np.sqrt(np.pi), rel=1e-6)
    assert expected_maximum(3) == pytest.approx(1.5 / np.sqrt(np.pi), rel=1e-6)
    drawn = np.random.default_rng(0).normal(size=(20_000, 60)).max(axis=1)
    assert expected_maximum(60) == pytest.approx(drawn.mean(), abs=4 * drawn.std() / np.sqrt(20_000))


@pytest.mark.parametrize(
    "call",
    [
        lambda: blind_chance(3, 10, 11),
        lambda: rank_chances(10, 11),
        lambda: blind_chance(11, 10, 3),
        lambda: blind_chance(3, 10, 0),
        lambda: expected_maximum(0),
        lambda: expected_maximum(2.5),
    ],
)
def test_what_is_out_of_range_is_refused(call):
    with pytest.raises(ValueError, match="got"):
        call()
