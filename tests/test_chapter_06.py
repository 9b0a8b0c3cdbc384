"""Chapter 6: its cards, its open cells, what its page says, and its stores against another training."""

import numpy as np
import pytest

from tests.notebooks import BOOK, frames_of, open_function, shown_by
from third_optimizer import theory
from third_optimizer.experiments import ask_transformers as asking
from third_optimizer.experiments import tell_digits, train_racers
from third_optimizer.experiments import watch_memory_and_learning_race as race
from third_optimizer.experiments.train_racers import LOOKS, MACHINES, PACES, PROBLEMS, SEEDS, TASKS, noisy_exam
from third_optimizer.world import Regression, error

NAME = "06_watch_memory_and_learning_race"


def stored(file):
    with np.load(BOOK / f"data/{file}.npz") as kept:
        return {name: kept[name] for name in kept.files if name != "about"}


def test_claim_c2(numbers=None):
    numbers = race.claims()["C2"] if numbers is None else numbers
    kept = stored("racers")
    few, many = list(PROBLEMS).index(16), list(PROBLEMS).index(1024)
    assert (numbers["few"], numbers["many"], numbers["short"], numbers["long"]) == (16, 1024, 500, 8000)
    assert LOOKS[3] == 500 and LOOKS[-1] == 8000 and PACES == (1.0, 0.1, 0.01) and len(SEEDS) == 5
    for name, problems, pace, look, column in (
        ("fast", few, 0, -1, "fresh"),
        ("fast_practice", few, 0, -1, "practice"),
        ("slow", few, 2, -1, "fresh"),
        ("slow_practice", few, 2, -1, "practice"),
        ("early", many, 0, 3, "fresh"),
        ("late", many, 0, -1, "fresh"),
    ):
        assert np.array_equal(numbers[name], kept[column][problems, pace, :, look]), name
    assert numbers["fast"].min() > 150 and numbers["slow"].max() < 60 and numbers["fast_practice"].max() < 1
    assert numbers["early"].max() < 40 and numbers["late"].min() > 120
    assert kept["fresh"][few, 1, :, -1].min() > kept["fresh"][few, 1].min(axis=1).max()  # a tenth: it comes back


def test_claim_f1d(numbers=None):
    numbers = race.claims()["F1d"] if numbers is None else numbers
    learned = stored("racers")["fresh"][..., -1] < 50
    problems, paces, seeds = learned.shape
    assert numbers["designs"] == problems * paces and numbers["seeds"] == seeds and numbers["half"] == 0.5
    assert list(numbers["learn"]) == pytest.approx([learned[..., seed].sum() / 15 for seed in range(seeds)])
    assert numbers["fast"] == learned[:, 0].sum() / 25 == 0
    assert numbers["slow"] == learned[:, 2].sum() / 25 > 0.9


# --- stores ----------------------------------------------------------------------------------------------


def test_racers_come_out_again():
    """At each rate of the table: each leaves its mark."""
    rng = np.random.default_rng()
    short = LOOKS[:5]  # what comes later was trained by the same call
    for pace in PACES:
        point = {"problems": int(rng.choice(PROBLEMS[:3])), "pace": pace, "seed": int(rng.choice(SEEDS))}
        again, kept = train_racers.race(**point, looks=short), train_racers.racers().at(**point)
        for name, values in again.items():
            assert values == pytest.approx(kept[name][: len(short)], rel=0.02, abs=0.05), (point, name)


def test_a_transformer_begins_as_it_did():
    """The rule of the step fades with the whole length, but is whole for half of it: a run of the same length cut off."""
    rng = np.random.default_rng()
    tasks, seed = TASKS[rng.integers(len(TASKS))], int(rng.choice(MACHINES))
    kept, looks = train_racers.transformers().at(tasks=tasks, seed=seed), (0, 250)
    again = train_racers.train_transformer(tasks, seed, glances=looks, stop=looks[-1])
    for name in ("practice", "fresh"):
        assert again[name] == pytest.approx(kept[name][:2], rel=0.03), (tasks, seed, name)


def test_transformers_end_where_their_answers_say():
    kept = train_racers.transformers()
    for tasks in TASKS:
        for seed in MACHINES:
            row, exam = kept.at(tasks=tasks, seed=seed), noisy_exam(tasks, seed)
            for kind, name in ((0, "practice"), (1, "fresh")):
                prompts = type(exam[name])(*(part[:500] for part in exam[name]))
                assert error(row["answers"][kind][:500].astype(float), prompts) == pytest.approx(
                    row[name][-1], rel=0.02, abs=0.02
                )


def test_nets_come_out_again():
    scale, seed = 1.0, int(np.random.default_rng().choice(tell_digits.SEEDS))
    again, kept = tell_digits.train_net(scale, seed), tell_digits.nets().at(scale=scale, seed=seed)
    assert abs(again["steps"] - kept["steps"]) <= 200 and again["right"] == pytest.approx(kept["right"], abs=0.02)


def test_nets_practised_to_the_same_loss():
    kept = stored("digits")
    assert kept["loss"].max() <= tell_digits.ENOUGH and kept["loss"].min() > 0.8 * tell_digits.ENOUGH
    assert (kept["right"][..., 0] == 1).all() and kept["steps"].max() < tell_digits.MOST


def test_the_digits_gradient_is_that_of_finite_differences():
    rng = np.random.default_rng(0)
    pictures, wanted = rng.random((5, 64)), np.eye(10)[rng.integers(10, size=5)]
    parameters = tell_digits.start(rng, 1.0)
    _, gradient = tell_digits.loss(parameters, pictures, wanted)
    for place in rng.integers(parameters.size, size=40):
        nudge = np.zeros_like(parameters)
        nudge[place] = 1e-6
        up, down = (tell_digits.loss(parameters + sign * nudge, pictures, wanted)[0] for sign in (1, -1))
        assert gradient[place] == pytest.approx((up - down) / 2e-6, rel=1e-4, abs=1e-8)


# --- open cells ------------------------------------------------------------------------------------------


def page_function(name):
    names = {}
    exec("import numpy as np", names)
    exec(open_function(NAME, name), names)
    return names[name]


def test_open_functions_are_the_package_s():
    prompts, pool = (
        Regression(3, 6, noise=0.5).prompts(np.random.default_rng(0), 20),
        np.random.default_rng(1).normal(size=(7, 3)),
    )
    bayes = page_function("discrete_bayes")
    ours = theory.discrete_bayes_rules(prompts.inputs, prompts.labels, pool, 0.5)
    assert np.allclose(bayes(prompts.inputs, prompts.labels, pool, 0.5), ours)
    practice = race.candidates()["practice"]
    assert page_function("choose")(practice) == race.lowest(practice) == practice.argmin()
    assert page_function("visits")(1000, 256) == race.exercises()["visits"]["met"] == 250
    assert page_function("answer")(1.5, -0.25) == 1.25


def test_an_edit_of_an_open_cell_is_seen():
    """Notes left out, visits counted twice, another choice, a list that believes in all its rules alike."""
    edits = [
        ("return read + noted", "return read"),
        ("return batch * steps / problems", "return 2 * batch * steps / problems"),
        ("return int(np.argmin(practice))", "return int(np.argmax(practice))"),
        ("weights = np.exp(-misses", "weights = np.exp(0 * misses"),
    ]
    frames = list(frames_of(shown_by(NAME, edits)))
    titles = " ".join(frame["title"] for frame in frames)
    assert "leaves 189" not in titles
    plain = {frame["title"]: frame for frame in frames}
    visits = plain["Neither visits nor steps alone say when memory is back"]["columns"]
    assert visits["x"][0] == pytest.approx(2 * 64 * LOOKS[2] / PROBLEMS[0])
    (flat,) = [frame for title, frame in plain.items() if "64 rules by heart" in title]
    assert "64 rules by heart, 10" in flat["title"] or "64 rules by heart, 9" in flat["title"]
    drawn = plain["One problem, two machines: watch them train"]["text"]
    kept = race.paneled(200, "a new one", (4, 4096), lambda read, noted: read)
    assert f"answers {kept['left']:.2f}".replace("-", "−") in drawn.replace("-", "−")


# --- what the page says ------------------------------------------------------------------------------------


def test_the_picture_shows_what_is_said_of_it():
    add = page_function("answer")
    few, many = (race.slopes(race.watched(problems), "a new one", add) for problems in (4, 4096))
    rule, noted = (
        race.paneled(0, "a new one", (4, 4096), add)["rule"],
        race.paneled(2000, "one it practised", (4, 4096), add)["rule"],
    )
    assert few[0] == pytest.approx(0, abs=0.02) and few.min() < -0.2 and few[-1] == pytest.approx(noted, abs=0.2)
    assert many[-1] == pytest.approx(rule, abs=0.3) and rule < -0.9 and noted > 0.7
    drawn = race.panels(2000, "another", (4, 4096), add)
    last = {name: float(drawn["y"][drawn["series"] == name][-1]) for name in set(drawn["series"])}  # where x is 1
    other = race.paneled(2000, "another", (4, 4096), add)["rule"]
    assert last["rule 0"] == last["rule 1"] == other and last["old 0"] == last["old 1"] == noted
    assert abs(last["answer 0"] - noted) < abs(last["answer 0"] - other)
    assert abs(last["answer 1"] - other) < abs(last["answer 1"] - noted)


def test_what_the_page_says_in_words():
    fresh, alone = (np.median(race.raced(name), axis=2) for name in ("fresh", "alone"))
    assert alone[:3, 0, -1].min() > 95  # training has turned attention off
    assert (fresh[:, 0, -1] > fresh[:, 0].min(axis=-1) + 30).all()  # and memory is back at every number of problems
    trap = race.trap()
    assert trap["rank"] > 0.9 * trap["count"] and trap["best_practice"] > 20
    gone = [np.median(race.over(problems)) for problems in PROBLEMS]
    assert gone == sorted(gone)
    lean = asking.leaning()
    assert (
        lean["few_bayes"] < lean["few_ridge"] / 3
        and abs(lean["mid_bayes"] - lean["mid_ridge"]) < 15
        and lean["many_ridge"] < 10
    )
    assert lean["tripled"] > 2 * lean["tripled_ridge"]
    listed = asking.enough()
    assert listed["low"] < listed["step_low"] and listed["high"] > listed["step_high"]


def test_new_memories_meet_the_formula():
    """A table that knows its rules by heart leaves 200 per cent on new rules: the exercise's answer, counted."""
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(2, 200_000))
    assert 100 * np.mean((new - old) ** 2) / np.mean(new**2) == pytest.approx(
        race.exercises()["notes"]["wrong"], rel=0.01
    )
