"""The battery's part of chapter 8: its card, its open cells, what it says of the table, and its exercise."""

import numpy as np
import pytest

from tests.notebooks import BOOK, open_function
from third_optimizer.experiments import examine, read_the_battery, score_machines
from third_optimizer.experiments.line_up import MACHINES
from third_optimizer.mesa import battery
from third_optimizer.world import Regression

NAME = "08_ask_whether_it_is_an_optimizer"


def opened(name):
    """The function that an open cell of the page defines."""
    names = {"np": np}
    exec(open_function(NAME, name), names)
    return names[name]


def stored():
    with np.load(BOOK / "data/profiles.npz") as kept:
        return {name: kept[name].astype(float) for name in kept.files if name != "about"}


def test_claim_c10(numbers=None):
    """Counted again from the raw numbers, with the thresholds typed here."""
    numbers = read_the_battery.claims()["C10"] if numbers is None else numbers
    kept, names = stored(), list(MACHINES)
    practised, fresh, larger = np.moveaxis(kept["new"], -1, 0)
    follow = (kept["follows"] >= 0.4) & (fresh <= 60) & (fresh <= 1.5 * practised + 5) & (larger <= 1.5 * fresh + 5)
    every = follow.all(axis=1)
    trained = np.array([MACHINES[name].chapter is not None for name in names])
    assert (numbers["trained"], numbers["of"]) == (trained.sum(), (~trained).sum())
    assert (numbers["weak"], numbers["hand"]) == (every[trained].sum(), every[~trained].sum())
    near = (kept["follows"] >= 0.4) & (fresh <= 60) & (fresh <= 1.5 * practised + 5)
    assert numbers["near"] == near.all(axis=1)[trained].sum() > numbers["weak"]
    assert every[names.index("least squares")] and not every[names.index("a table")]
    assert not every[names.index("discrete Bayes")]
    goal = kept["goal"][names.index("a planner")]
    assert np.allclose(numbers["goal"], goal[:, 0]) and np.allclose(numbers["random"], goal[:, 2])
    assert goal[:, 0].min() >= 0.5 > np.median(goal[:, 2])
    for name in ("a planner, 16 mazes practised", "a layer beside a fast table", "the game’s start"):  # memorisers
        assert not follow[names.index(name)].any()


def test_open_cells_are_what_the_package_uses():
    shown = opened("follows")
    asked = Regression(5, 10).prompts(np.random.default_rng(1), 200)
    others = Regression(5, 10).relabel(asked, np.random.default_rng(2))
    for answer in (lambda p: p.labels[:, 0], lambda p: 0.3 * p.answer, lambda p: p.answer):
        assert shown(answer, asked, others) == pytest.approx(battery.follows(answer, asked, others))


def test_a_readers_machine_is_judged():
    """By its own answers, by the page's own measure; and it must give one answer a prompt."""
    mine = opened("mine")
    said = read_the_battery.said_of(mine)
    assert (said["T1"], said["T6"], said["T3"]) == ("passes", "passes", "fails")
    row = read_the_battery.row_of(mine)
    assert row["cells"]["T1"]["verdicts"] == ["passed"] and row["cells"]["T2"]["verdicts"] == ["not applicable"]

    def solved(inputs, labels, query):
        rules = np.linalg.solve(inputs.transpose(0, 2, 1) @ inputs, (inputs * labels[..., None]).sum(axis=1)[..., None])
        return (rules[..., 0] * query).sum(axis=1)

    assert {read_the_battery.said_of(solved)[test] for test in ("T1", "T3", "T6")} == {"passes"}
    assert read_the_battery.said_of(mine, lambda *_: 0.0)["T1"] == "fails"
    with pytest.raises(ValueError, match="one answer a prompt"):
        read_the_battery.said_of(lambda inputs, labels, query: labels)


def test_what_is_pushed_comes_back_right_or_wrong():
    right, step, table = (read_the_battery.pushed(which) for which in read_the_battery.PUSHED)
    for one in (right, step, table):
        assert abs(one["end"] - one["alone"]) < 0.1 < 1 < abs(one["off"] - one["alone"])
        assert one["right"] == right["right"]
    assert abs(right["end"] - right["right"]) < 0.1
    assert min(abs(step["end"] - right["right"]), abs(table["end"] - right["right"])) > 0.5
    columns = read_the_battery.push("gradient descent")
    off = columns["y"][columns["series"] == "pushed"]
    assert np.isnan(off[:3]).all() and off[4] == pytest.approx(right["off"])


def test_what_the_page_says_of_the_table():
    found = read_the_battery.found()
    count = {name: score_machines.profile(name) for name in MACHINES}
    assert found["loop_new"] == count["a loop of 4, warmed up"]["T6"].count("passed") < found["loop_longer"] == 5
    assert found["planner_pushed"] == 5 and found["planner_longer"] <= 1
    assert found["random_too"] == 5 - count["a planner"]["T5"].count("passed") == 2
    assert "a coin predictor" in found["all"]  # right in the guess; the other options are wrong
    assert not {"a planner", "a loop of 4, warmed up"} & set(found["all"])
    assert {"a layer", "a planner", "a bandit player", "a coin predictor"} <= set(found["names"])


def test_the_line_of_the_first_test_and_the_best_step():
    """At a half it would cut through the seeds of the machine whose value is known; where it is, it does not."""
    follows, told = read_the_battery.layer_follows(), read_the_battery.by_the_old_lines()
    assert follows.min() < 0.5 < follows.max()
    fresh = stored()["new"][list(MACHINES).index("a layer"), :, 1]
    assert told["layers"] == ((follows >= 0.5) & (fresh <= 50)).sum() and told["others"] == "no other row"
    assert score_machines.passed("a layer", "T1") == 5
    assert follows.min() > 0.45 and np.allclose(follows, 1 - examine.par(Regression(10, 10)) / 100, atol=0.06)


def test_the_exercise():
    numbers = read_the_battery.exercises()["half"]
    rng = np.random.default_rng(1)
    right = rng.normal(size=1000)
    assert battery.followed(0.5 * right, right) == pytest.approx(numbers["right"]) == 0.75
    assert battery.followed(numbers["least"] * right, right) == pytest.approx(numbers["line"])


def test_a_cell_says_why_what_looks_like_a_pass_is_none():
    """Near a rule, but near another kind as well; back from a push, but deaf to the task. And no dust of rounding."""
    cells = {row["name"]: row["cells"] for row in score_machines.rows()}
    assert "With 5 of 5 both are too near" in cells["the game’s best"]["T3"]["said"]
    assert "With 5 of 5 that does not count" in cells["a loop drawn to a table"]["T4"]["said"]
    assert "random vectors of the same lengths" in cells["a planner"]["T5"]["said"]
    said = [cell["said"] for row in cells.values() for cell in row.values()]
    assert not any("e−" in one or "nan" in one for one in said)
    for name, test in (("gradient descent", "T3"), ("gradient descent", "T4"), ("value iteration", "T5")):
        assert "With" not in cells[name][test]["said"] and "random" not in cells[name][test]["said"]
