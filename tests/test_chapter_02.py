"""What chapter 2 says, held: its experiments against theory and against themselves; its open cells are live."""

import inspect

import numpy as np
import pytest

from tests.notebooks import frames_of, open_function, shown_by, texts_of
from third_optimizer import theory
from third_optimizer.experiments import walk_downhill as downhill

NAME = "02_walk_downhill"


def test_the_run_is_the_formula():
    # 2,000 products of factors near 1 gather at most 2,000 roundings of 1.1e-16, on distances up to 1
    assert downhill.alone()["slip"] < 2000 * 1.2e-16


def test_steps_of_both_rules():
    measured = downhill.weight()
    assert measured["plain"] == theory.steps_to(99 / 101, 1e-6) == downhill.alone()["needed"]
    assert measured["needed"] > measured["promised"] == theory.steps_to(9 / 11, 1e-6)
    assert measured["peak"] > 2  # it overshoots first


def test_the_cliff_is_where_the_page_says():
    below, above = (np.abs(downhill.roll(eta, 0, 2000).path[-1]).max() for eta in (0.0199, 0.0201))
    assert below < 1e-6 < 1 < above
    assert downhill.alone()["edge"] == 0.02


def test_a_run_that_leaves_is_told_from_one_that_stays():
    assert downhill.reached(0.039, 0)["gone"] and not downhill.reached(0.0198, 0)["gone"]
    assert len(downhill.path(0.039, 0)["t"]) < 10 < len(downhill.path(0.0198, 0)["t"]) == 61
    stayed = downhill.reached(0.005, 0)
    assert stayed["flat"] == pytest.approx(0.995**60) and stayed["steep"] == pytest.approx(0.5**60)


def test_turning_the_bowl_changes_nothing_for_two_rules_and_something_for_adam():
    for rule, same in (("plain descent", True), ("momentum", True), ("Adam", False)):
        straight, turned = (downhill.race(rule, angle, 0.01, 0) for angle in (0, 45))
        # rounding of a rotation, carried through 300 contracting steps, relative to the start
        assert np.allclose(straight, turned, rtol=0, atol=1e-12) == same, rule


def test_the_jitter_settles_where_the_formula_says():
    """Root mean square over 200 late steps of five runs; neighbouring steps at η = 0.5 correlate by 0.5, so
    about 5 · 200/3 independent squares: 8 per cent relative error of the mean square, three of them allowed."""
    late = downhill.resting(0.5)["late"]
    assert np.mean(late**2) == pytest.approx(theory.noise_floor(1, 0.5, 1), rel=3 * np.sqrt(2 / (5 * 50)))


def test_same_seed_same_numbers():
    assert np.array_equal(downhill.jitter(0.1), downhill.jitter.__wrapped__(0.1))


# --- the card ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def numbers():
    return downhill.claims()["B1"]


def arrives(rule, angle, eta, seed):
    """Without the chapter's helpers: does the loss get to a millionth within 300 steps?"""
    return (downhill.race(rule, angle, eta, seed, 300) <= 1e-6).any()


def test_claim_b1(numbers):
    """Most learning rates fail; Adam forgives more than momentum, momentum more than plain descent; a turned bowl takes
    some of Adam's forgiveness. For every start, each share counted again one run at a time."""
    assert numbers["low"] == 1e-4 and numbers["high"] == 10 and numbers["tried"] == 41  # eight for each power of ten
    assert numbers["budget"] == 300 and numbers["seeds"] == 5 == len(numbers["plain"])
    grid = np.geomspace(numbers["low"], numbers["high"], numbers["tried"])
    for name, rule, angle in (
        ("plain", "plain descent", 0),
        ("heavy", "momentum", 0),
        ("adam", "Adam", 0),
        ("adam_turned", "Adam", 45),
    ):
        again = [np.mean([arrives(rule, angle, eta, seed) for eta in grid]) for seed in range(5)]
        assert np.array_equal(numbers[name], again), name
    assert (numbers["plain"] < numbers["heavy"]).all() and (numbers["heavy"] < numbers["adam"]).all()
    assert (numbers["adam"] < 2 / 3).all() and (numbers["adam_turned"] < numbers["adam"]).all()


def test_the_other_rules_lose_nothing_by_the_turn():
    shares = downhill.shares()
    for rule in ("plain descent", "momentum"):
        assert np.array_equal(shares[rule, 0], shares[rule, 45])


# --- the page -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [downhill.roll, downhill.race])
def test_an_open_cell_and_the_package_say_the_same(function):
    assert open_function(NAME, function.__name__) == inspect.getsource(function).strip()


@pytest.mark.parametrize(
    ("edit", "said", "drawn"),
    [
        # a ball rolled at half the learning rate
        (
            ("gradient_descent(eta)", "gradient_descent(eta / 2)"),
            ["A longer ste", "Our run agre", "Weight takes"],
            [0, 2],
        ),
        # every rule raced at half of it
        (("RULES[rule](eta)", "RULES[rule](eta / 2)"), ["Two rules do", "Tuned anew a", "Most learnin"], [3, 5]),
    ],
)
def test_an_edit_of_an_open_cell_is_seen(edit, said, drawn):
    """The figures, in picture and words, and the sentences below it are of what the cell now says; the others stay."""
    before, after = shown_by(NAME), shown_by(NAME, [edit])
    words = zip(texts_of(before), texts_of(after), strict=True)
    assert [one[:12] for one, other in words if one != other] == said
    pictures = zip(frames_of(before), frames_of(after), strict=True)
    assert [i for i, (one, other) in enumerate(pictures) if one["columns"] != other["columns"]] == drawn
