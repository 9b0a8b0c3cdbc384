"""What chapter 2 says, held: its own functions, run here, against theory and against itself."""

import numpy as np
import pytest

from tests.notebooks import page_fixture
from third_optimizer import theory

chapter = page_fixture("02_walk_downhill")


def test_the_run_is_the_formula(chapter):
    # 2,000 products of factors near 1 gather at most 2,000 roundings of 1.1e-16, on distances up to 1
    assert chapter["slip"] < 2000 * 1.2e-16


def test_steps_of_both_rules(chapter):
    assert chapter["steps_until"](chapter["plain"]) == theory.steps_to(99 / 101, 1e-6)
    assert chapter["steps_until"](chapter["heavy"]) > theory.steps_to(chapter["heavy_rate"], 1e-6)
    assert chapter["peak"] > 2  # it overshoots first


def test_the_cliff_is_where_the_page_says(chapter):
    below, above = (np.abs(chapter["roll"](eta, 0, 2000).path[-1]).max() for eta in (0.0199, 0.0201))
    assert below < 1e-6 < 1 < above


def test_turning_the_bowl_changes_nothing_for_two_rules_and_something_for_adam(chapter):
    for rule, same in (("plain descent", True), ("momentum", True), ("Adam", False)):
        straight, turned = (chapter["race"](rule, angle, 0.01, 0) for angle in (0, 45))
        # rounding of a rotation, carried through 300 contracting steps, relative to the start
        assert np.allclose(straight, turned, rtol=0, atol=1e-12) == same, rule


def test_the_jitter_settles_where_the_formula_says(chapter):
    """Root mean square over 200 late steps of five runs; neighbouring steps at η = 0.5 correlate by 0.5, so
    about 5 · 200/3 independent squares: 8 per cent relative error of the mean square, three of them allowed."""
    run = chapter["jitter"](0.5)
    x, y = np.array(run["x"]), np.array(run["y"])
    assert np.mean(y[x >= 200] ** 2) == pytest.approx(theory.noise_floor(1, 0.5, 1), rel=3 * np.sqrt(2 / (5 * 50)))


def test_claim_b1(chapter):
    """Most learning rates fail; Adam forgives more than momentum, momentum more than plain descent; a turned
    bowl takes some of Adam's forgiveness and nothing of the others'. For every start."""
    shares = chapter["shares"]
    for seed in range(5):
        plain, heavy, adam = (shares[rule, 0][seed] for rule in ("plain descent", "momentum", "Adam"))
        assert plain < heavy < adam < 2 / 3
        assert shares["Adam", 45][seed] < adam
        assert shares["plain descent", 45][seed] == plain and shares["momentum", 45][seed] == heavy


def test_same_seed_same_numbers(chapter):
    for once, again in zip(chapter["jitter"](0.1)["y"], chapter["jitter"](0.1)["y"], strict=True):
        assert once == again
