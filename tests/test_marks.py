"""Mazes with a coin and a flag, the planner that sees them, and the two machines whose wish has nowhere to hide."""

import numpy as np
import pytest

from third_optimizer.base import adam, gradient_descent, momentum, train
from third_optimizer.experiments.train_wishes import decaying
from third_optimizer.mesa import Planner
from third_optimizer.mesa.planner import around
from third_optimizer.mesa.wishers import OpenPlanner, Reflex, practise_both, smells
from third_optimizer.world import CoinAndFlag, MarkedMazes, Mazes, distances, follow, optimum


@pytest.fixture(scope="module")
def parted():
    return CoinAndFlag(7, split=1.0).draw(np.random.default_rng(0), 40)


@pytest.fixture(scope="module")
def whole():
    return CoinAndFlag(7).draw(np.random.default_rng(1), 40)


def test_each_maze_has_one_coin_and_one_flag(parted, whole):
    for mazes in (parted, whole):
        for mark, cells in zip((mazes.coin, mazes.flag), mazes.cells, strict=True):
            assert mark.sum() == len(mazes) and np.array_equal(mazes.maze[mark], np.arange(len(mazes)))
            assert np.array_equal(mazes.row[mark] * 7 + mazes.column[mark], cells)
        assert np.array_equal(mazes.goal, mazes.coin | mazes.flag)
        assert np.array_equal(mazes.worth, mazes.flag.astype(float))  # only the flag pays
    assert not (parted.coin & parted.flag).any() and np.array_equal(whole.coin, whole.flag)


def test_a_walk_ends_at_the_coin_too_and_earns_nothing(parted):
    """Straight into a coin: the walk is over, though it pays nothing."""
    corridor = MarkedMazes(np.zeros((1, 1, 5), bool), [1], [4])
    end, steps = follow(corridor, np.full(5, 3))  # always right
    assert end.tolist() == [1, 1, 4, 4, 4] and steps.tolist() == [1, 0, 2, 1, 0]
    assert optimum(corridor, 0.5).tolist() == [0, 0, 0.25, 0.5, 1]
    both = MarkedMazes(np.zeros((1, 1, 5), bool), [1], [4], pays=(1.0, 1.0))
    assert both.worth.tolist() == [0, 1, 0, 0, 1]


def test_so_many_are_split_as_are_asked_for():
    for split in (0.0, 0.1, 0.5, 1.0):
        mazes = CoinAndFlag(5, split=split).draw(np.random.default_rng(3), 4000)
        assert np.mean(mazes.cells[0] != mazes.cells[1]) == pytest.approx(split, abs=0.03)
        assert 0 < mazes.walls.mean() < 0.42
    few = CoinAndFlag(5, split=1.0, pays=(1.0, 1.0)).draw(np.random.default_rng(3), 6).pick([4, 4, 1])
    assert len(few) == 3 and few.pays == (1.0, 1.0) and np.array_equal(few.cells[:, 0], few.cells[:, 1])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: CoinAndFlag(1), "size must be a whole number, at least 2, got 1"),
        (lambda: CoinAndFlag(5, split=1.5), "split must be a chance from 0 to 1, got 1.5"),
        (lambda: MarkedMazes(np.zeros((1, 3, 3)), [9], [0]), "coin must be a cell from 0 to 8 for each maze"),
        (lambda: MarkedMazes(np.zeros((1, 3, 3)), [1], [-1]), "flag must be a cell from 0 to 8 for each maze"),
        (lambda: MarkedMazes(np.eye(3)[None], [1], [4]), "the flag must stand on an open cell, got 1 inside walls"),
        (lambda: practise_both(Reflex(), None, None, 2), "split must be from 0 to 1, got 2"),
    ],
)
def test_what_does_not_fit_is_named(call, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        call()


def test_a_planner_may_be_shown_anything(parted):
    planner = Planner(4, np.float64)
    parameters = planner.init(np.random.default_rng(0))
    planes = np.stack([3 * parted.flag, parted.coin, np.ones(parted.count)], axis=1)
    seen = planner.seen(parted, planes)
    assert np.array_equal(seen, around(np.vstack([planes, [[0, 0, 0]]]), parted.near))
    usual = np.stack([parted.worth, parted.worth > 0, np.ones(parted.count)], axis=1)
    own, told = (planner.think(parameters, parted, 5, worth=worth)[0] for worth in (None, usual))
    assert np.array_equal(own, told) and not np.allclose(own, planner.think(parameters, parted, 5, worth=planes)[0])


# --- machines whose wish can be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "machine", [OpenPlanner(3.0), OpenPlanner(0.3), Reflex(2.0)], ids=["louder", "fainter", "reflex"]
)
def test_slopes_are_those_of_finite_differences(machine, parted, whole):
    weights = np.random.default_rng(5).uniform(0.1, 0.6, machine.size)
    objective = practise_both(machine, whole, parted, 0.3)
    slope, step = objective(weights, None)[1], 1e-6
    found = [
        (objective(weights + step * way, None)[0] - objective(weights - step * way, None)[0]) / (2 * step)
        for way in np.eye(machine.size)
    ]
    assert np.allclose(slope, found, atol=1e-8) and np.abs(slope).max() > 1e-3


def test_the_open_planner_is_exact(parted, whole):
    """Its values are the optimum's of mazes that pay what it would be paid by its own wish."""
    weights, planner = np.array([0.4, 0.2]), OpenPlanner(3.0)
    coin, flag = planner.rewards(weights)
    assert (coin, flag) == pytest.approx((0.4, 0.6))
    for mazes in (parted, whole):
        pays = mazes.grid(coin * mazes.coin + flag * mazes.flag, 0.0)
        assert np.allclose(planner.values(weights, mazes)[0], optimum(Mazes(mazes.walls, pays), 0.9))


@pytest.mark.parametrize("loudness", [0.5, 1.0, 3.0])
def test_what_an_optimizer_makes_of_two_that_are_always_together(loudness, whole):
    """Descent, with momentum or without: the flag's number is loudness times the coin's. Adam: as large."""
    objective = practise_both(OpenPlanner(loudness), whole, whole, 0.0)
    for rule, times in ((gradient_descent(0.3), loudness), (momentum(0.05), loudness), (adam(0.02), 1.0)):
        coin, flag = train(objective, np.zeros(2), rule, 40).parameters
        assert coin > 0.1 and flag / coin == pytest.approx(times, rel=1e-5)


@pytest.mark.parametrize("rule", [gradient_descent(0.5), adam(0.05)], ids=["descent", "Adam"])
def test_a_price_on_the_numbers_comes_to_rest_at_the_square(rule, whole):
    """With either rule the flag's number is loudness times the coin's, its reward the square."""
    planner = OpenPlanner(2.0)
    objective = decaying(practise_both(planner, whole, whole, 0.0), 0.02)
    weights = train(objective, np.array([0.5, 0.1]), rule, 400).parameters
    assert np.abs(objective(weights, None)[1]).max() < 1e-3  # at rest
    assert np.divide(*planner.rewards(weights)[::-1]) == pytest.approx(4.0, rel=0.05)


def test_together_only_the_sum_counts(whole):
    planner = OpenPlanner(2.0)
    objective = practise_both(planner, whole, whole, 0.0)
    losses = [objective(np.array(weights), None)[0] for weights in ([0.6, 0.0], [0.0, 0.3], [0.2, 0.2])]
    assert np.allclose(losses, losses[0]) and losses[0] < objective(np.array([0.3, 0.0]), None)[0] - 0.01


def test_smells_point_at_their_marks_and_fade(parted):
    found = smells(parted)
    for mark, cells in zip(found, (parted.coin, parted.flag), strict=True):
        (at,) = np.nonzero(cells)
        down, right = parted.row[at][parted.maze] - parted.row, parted.column[at][parted.maze] - parted.column
        away = np.hypot(down, right)
        assert np.allclose(mark * away**2, [down, right]) and np.allclose(np.hypot(*mark) * away, away > 0)
    assert np.isfinite(distances(parted, parted.coin)).any()
