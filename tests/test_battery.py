"""The battery: its thresholds, its measures against closed forms, its controls, machines that are broken on purpose, and
what is stored of all machines of the book."""

from dataclasses import replace

import numpy as np
import pytest

from third_optimizer import theory
from third_optimizer.experiments import DATA, examine, examine_players, examine_walkers, score_machines
from third_optimizer.experiments.examine import Machine, judge
from third_optimizer.experiments.line_up import MACHINES, SEEDS, by_number, drawn_to, installed, known, solving
from third_optimizer.experiments.score_machines import LIBRARY, TESTS
from third_optimizer.mesa import LinearAttention, TokenAttention, verdicts
from third_optimizer.mesa.battery import MOST, recovered
from third_optimizer.mesa.library import KINDS, Spectrum, fit_descent
from third_optimizer.mesa.verdicts import FAILED, NOT_ASKED, PASSED, THRESHOLDS
from third_optimizer.meta import ATLAS_SPACE
from third_optimizer.meta import machines as kept_machines
from third_optimizer.meta.machines import machine_store, shove, shove_store
from third_optimizer.world import Regression, optimum

WORLD = Regression(5, 10)
LIVE = 11  # a seed whose prompts no stored profile has


def prompts(count=300, seed=1, world=WORLD):
    return world.prompts(np.random.default_rng(seed), count)


# --- the verdicts ----------------------------------------------------------------------------------------


def ladder(best, other):
    """Distances of two rules of different kinds, the same in every shift."""
    return [[best] * 3, [other] * 3], 0, ["one", "two"]


SIDES = [
    (verdicts.follows_the_task, (0.41,), (0.39,)),
    (verdicts.goes_on, ([20, 9, 7, 4.9], 0.0009, 30), ([20, 9, 7, 5.1], 0.0009, 30)),
    (verdicts.goes_on, ([20, 9, 7, 4.9], 0.001, 30), ([20, 9, 7, 4.9], 0.0011, 30)),
    (verdicts.goes_on, ([80, 9, 7, 14], 0, 30), ([80, 9, 7, 16], 0, 30)),
    (verdicts.computes_a_known_rule, ladder(0.04, 0.2), ladder(0.06, 0.9)),
    (verdicts.computes_a_known_rule, ladder(0.04, 0.17), ladder(0.04, 0.15)),
    (verdicts.recovers, ([1, 0.09], PASSED, PASSED), ([1, 0.11], PASSED, PASSED)),
    (verdicts.recovers, ([1, 0.01], PASSED, PASSED), ([1, 0.01], FAILED, PASSED)),
    (verdicts.recovers, ([1, 0.01], PASSED, PASSED), ([1, 0.01], PASSED, FAILED)),
    (verdicts.has_a_readable_goal, (0.51, 0.009), (0.49, 0.009)),
    (verdicts.has_a_readable_goal, (0.51, 0.009), (0.51, 0.011)),
    (verdicts.has_a_readable_goal, (0.9, 0.009, 0.49), (0.9, 0.009, 0.51)),
    (verdicts.works_on_new_tasks, (10, 19, 30), (10, 21, 30)),
    (verdicts.works_on_new_tasks, (40, 59, 60), (60, 61, 60)),
    (verdicts.works_on_new_tasks, (10, 10, 19), (10, 10, 21)),
    (verdicts.works_on_new_tasks, (0, 4.9, 0), (0, 5.1, 0)),
]


@pytest.mark.parametrize("test, passes, fails", SIDES)
def test_a_verdict_turns_at_its_threshold(test, passes, fails):
    assert test(*passes) == PASSED
    assert test(*fails) == FAILED


@pytest.mark.parametrize("test, passes, _", SIDES)
def test_what_was_not_asked_is_not_applicable(test, passes, _):
    nothing = np.full(np.shape(passes[0]), np.nan)
    assert test(nothing, *passes[1:]) == NOT_ASKED


def test_every_threshold_decides_something_and_says_why():
    """Each is moved beyond one of the cases above; a verdict changes."""
    for name, threshold in THRESHOLDS.items():
        assert len(threshold.why.split()) > 5
        turned = []
        for factor in (1e-3, 1e3):
            verdicts.THRESHOLDS[name] = threshold._replace(value=threshold.value * factor)
            turned += [
                test(*case) == wanted
                for test, *cases in SIDES
                for case, wanted in zip(cases, (PASSED, FAILED), strict=True)
            ]
            verdicts.THRESHOLDS[name] = threshold
        assert not all(turned), name


def test_rules_of_one_kind_are_no_rivals():
    """Plain descent is GD++ with nothing to even out: it lies as near, and that is no fault."""
    apart = np.array([[0.01] * 3, [0.011] * 3, [0.2] * 3])
    assert verdicts.nearest(apart) == 0
    assert verdicts.beside(apart, 0, ["descent", "descent", "solves"]) == (0.01, 0.2)
    assert verdicts.computes_a_known_rule(apart, 0, ["descent", "descent", "solves"]) == PASSED
    assert verdicts.computes_a_known_rule(apart, 0, ["descent", "other", "solves"]) == FAILED


# --- the measures against closed forms -----------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0, 0.5])
def test_gd_plus_plus_is_the_layer_with_two_numbers(noise):
    asked = prompts(world=Regression(5, 10, noise=noise))
    model, spectrum = LinearAttention(5, 4), Spectrum(asked)
    layer = model.answers(model.descent(1.3, 0.4), asked)
    assert np.allclose(spectrum.descent(1.3, 0.4, 4), layer)
    plain = theory.descent_rules(asked.inputs, asked.labels, 1.3, 4)
    assert np.allclose(spectrum.descent(1.3, 0, 4), (plain * asked.query).sum(axis=2))


def test_where_a_prompt_shows_nothing_factors_stay_finite():
    factors = theory.preconditioned_factors(np.array([0, 0.5]), 1.0, 0.2, 3)
    assert [one[0] for one in factors] == [0, 1, 2, 3]
    assert np.allclose(theory.preconditioned_factors(np.array([0.5]), 1.0, 0, 3)[-1], (1 - 0.5**3) / 0.5)


@pytest.mark.parametrize("world", [WORLD, Regression(5, 3)], ids=["many examples", "few"])
@pytest.mark.parametrize("penalty", [0, 0.3])
def test_ridge_along_the_axes_is_ridge(world, penalty):
    asked = prompts(world=world)
    rules = theory.ridge_rules(asked.inputs, asked.labels, penalty)
    assert np.allclose(Spectrum(asked).ridge(penalty), (rules * asked.query).sum(axis=1), atol=1e-6)


@pytest.mark.parametrize("truth", [(1.1, 0.0, 2), (2.4, 0.35, 4), (0.5, 0.0, 8)])
def test_the_fit_finds_the_numbers_of_a_descent(truth):
    asked = prompts(200)
    found = fit_descent(Spectrum(asked).descent(*truth)[-1], Spectrum(asked), (0.0, 0.1, 0.2))
    assert found[2] == truth[2]
    assert np.allclose(found[:2], truth[:2], atol=0.02)


@pytest.mark.parametrize("make", [LinearAttention, TokenAttention])
def test_a_pushed_descent_goes_on_from_there(make):
    """The push is in all that it goes on with: what is left of it dies as descent forgets its start, (1 − ηS)ⁿ u."""
    if make is TokenAttention:
        make = lambda d, k: TokenAttention(d, k, rereads=False)  # noqa: E731
    asked, push = prompts(), np.random.default_rng(5).normal(size=(300, 5))
    model = make(5, 2)
    parameters = model.descent(0.9)
    off = model.answers(parameters, asked, 6, (2, push)) - model.answers(parameters, asked, 6)
    assert np.allclose(off[:2], 0)
    forget = np.eye(5) - 0.9 * asked.inputs.transpose(0, 2, 1) @ asked.inputs / 10
    left = push[:, :, None]
    for done in range(2, 7):
        assert np.allclose(off[done], (left[:, :, 0] * asked.query).sum(axis=1))
        left = forget @ left


def test_what_is_left_of_a_push_begins_at_one_and_is_bounded():
    asked, push = prompts(), np.random.default_rng(5).normal(size=(300, 5))
    model = LinearAttention(5, 2)
    for step in (1.0, 20.0):
        left = recovered(lambda p, n, off, s=step: model.answers(model.descent(s), p, n, off), asked, push, 2)
        assert left[0] == pytest.approx(1, abs=0.1)
        assert left[-1] < 0.4 if step == 1 else left[-1] == pytest.approx(MOST, rel=0.05)


def test_value_iteration_can_go_on_from_a_state():
    mazes, others = examine_walkers.drawn(examine_walkers.NEW, (8, 3), LIVE, 20)
    assert np.array_equal(optimum(mazes, 0.9, 9), optimum(mazes, 0.9, 5, optimum(mazes, 0.9, 4)))
    assert np.array_equal(mazes.walls, others.walls)
    assert sorted(mazes.worth) == sorted(others.worth) and not np.array_equal(mazes.worth, others.worth)


# --- three lots of prompts -----------------------------------------------------------------------------------


def test_no_prompt_is_asked_twice():
    machine, seen = Machine(None, WORLD), []
    for seed in (0, 1):
        for key in (examine.FIT, examine.CHOOSE, examine.REPORT):
            seen.append(examine.fresh(machine, key, seed, 50).query)
        for key in (examine.CHOOSE, examine.REPORT):
            seen += [examine.shifted(machine, shift, key, seed, 50).query for shift in examine.SHIFTS]
    assert len({tuple(row) for part in seen for row in part}) == 50 * len(seen)


@pytest.mark.parametrize("shift", examine.SHIFTS)
def test_a_shifted_world_is_the_old_one_but_for_one_thing(shift):
    machine = Machine(None, WORLD)
    asked = examine.shifted(machine, shift, examine.REPORT, 0, 4000)
    # labels are a rule's, which least squares finds where it can
    if asked.labels.shape[1] >= 10:
        rules = theory.ridge_rules(asked.inputs, asked.labels, 0)
        assert np.allclose((rules * asked.query).sum(axis=1), asked.answer)
        size = np.mean((rules**2).sum(axis=1))
        assert size == pytest.approx(
            45 if shift == "rules tripled" else 5 if "correlated" not in shift else size, rel=0.1
        )
        if shift == "rules sparse":
            assert np.all((np.abs(rules) > 1e-6).sum(axis=1) == 1)
    spread = {"inputs halved": 0.25, "inputs up a quarter": 1.5625}.get(shift, 1) / 3
    assert np.allclose(asked.query.var(axis=0), spread, rtol=0.1)
    examples = {"few examples": 6, "twice as many": 20, "four times": 40}.get(shift, 10)
    assert asked.labels.shape[1] == examples


# --- controls, and machines that are broken on purpose ----------------------------------------------------


NEEDS = {
    "T1": (examine.ask_follows,),
    "T2": (examine.ask_longer,),
    "T3": (examine.ask_rules,),
    "T4": (examine.ask_pushed, examine.ask_follows, examine.ask_new),
    "T6": (examine.ask_new,),
}
NOTHING = {"follows": np.nan, "errors": np.full(7, np.nan), "blown": np.nan, "single": np.nan, "nearest": 0}
NOTHING |= {"apart": np.full((6, 9), np.nan), "left": [np.nan], "goal": [np.nan] * 3, "new": [np.nan] * 3}


def verdict(machine, test):
    """One test of a machine that reads prompts, measured now."""
    with np.errstate(all="ignore"):
        found = {name: value for ask in NEEDS[test] for name, value in ask(machine, LIVE).items()}
    return judge(NOTHING | found, KINDS.values(), machine.passes)[test]


def loop(parameters, passes=4):
    return replace(installed(parameters), passes=passes)


POOL = known(LIVE)
DESCENT = LinearAttention(5).descent
SAFE = loop(DESCENT(1.2))
EXACT = solving(lambda p: theory.ridge_rules(p.inputs, p.labels, 1e-6))
TABLE = Machine(by_number(POOL), WORLD, pool=POOL, numbered=True)
BAYES = solving(lambda p: theory.discrete_bayes_rules(p.inputs, p.labels, POOL, 0.1), pool=POOL)


def step(prompts):
    rules = theory.descent_rules(prompts.inputs, prompts.labels, 1.8)[-1]
    return (rules * prompts.query).sum(axis=1)


GOOD = {}  # (test, machine): verdict; a control is asked once


def good(test, machine):
    key = test, id(machine)
    GOOD[key] = GOOD.get(key) or verdict(machine, test)
    return GOOD[key]


@pytest.mark.parametrize(
    "test, passes, fails, why",
    [
        ("T1", EXACT, TABLE, "reads no labels"),
        ("T1", EXACT, Machine(lambda p: p.query[:, 0] + p.inputs[:, 0, 0], WORLD), "looks at the inputs only"),
        ("T1", EXACT, Machine(lambda p: np.full(len(p.query), np.nan), WORLD), "answers with no number"),
        ("T2", SAFE, drawn_to(step), "relaxes to the one-step answer"),
        ("T2", SAFE, loop(DESCENT(7.0)), "flies off when run on"),
        ("T2", SAFE, loop(DESCENT(0.01)), "creeps"),
        ("T3", SAFE, Machine(lambda p: 2 * np.tanh(EXACT.answer(p) / 2), WORLD), "bends what it solves"),
        ("T3", BAYES, Machine(lambda p: BAYES.answer(p) / 2 + EXACT.answer(p) / 2, WORLD, pool=POOL), "half of each"),
        ("T4", SAFE, drawn_to(by_number(POOL), pool=POOL, numbered=True), "drawn to a table"),
        ("T4", SAFE, loop(DESCENT(0.05)), "hardly moves"),
        ("T4", SAFE, loop(DESCENT(7.0)), "flies off"),
        ("T6", EXACT, BAYES, "knows the rules of practice alone"),
        ("T6", EXACT, TABLE, "has them by heart"),
        ("T6", EXACT, Machine(lambda p: np.clip(EXACT.answer(p), -1.5, 1.5), WORLD), "is used to small answers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_controls_part_and_a_broken_machine_is_caught(test, passes, fails, why):
    assert good(test, passes) == PASSED
    assert verdict(fails, test) == FAILED, why


def test_a_machine_of_one_pass_is_shown_and_not_judged():
    layer = replace(installed(DESCENT(1.5)), passes=1)
    raw = examine.examine(layer, LIVE)
    found = judge(raw, KINDS.values(), 1)
    assert np.isfinite(raw["errors"]).all() and found["T2"] == found["T4"] == NOT_ASKED
    assert found["T5"] == NOT_ASKED


def walks(walker, seed=LIVE):
    return judge(examine_walkers.examine(walker, seed), LIBRARY["walker"].values(), walker.sweeps)


def test_a_planner_written_by_hand_passes_and_a_reflex_fails():
    exact = walks(examine_walkers.value_iteration())
    assert set(exact.values()) == {PASSED}
    nearest = walks(MACHINES["a walker to the nearest goal"].build(0))
    assert nearest["T1"] == nearest["T5"] == FAILED
    assert nearest["T2"] == nearest["T4"] == NOT_ASKED


def test_a_handle_must_be_small_and_set_the_goal():
    exact = examine_walkers.value_iteration()
    deaf = replace(exact, written=lambda mazes, worth, how: exact.written(mazes, np.where(worth > 0, 1.0, 0), how))
    loud = replace(exact, share=0.01)  # whatever is written sets the goal: random vectors do, too
    for walker, wanted in ((exact, PASSED), (deaf, FAILED), (replace(exact, share=0.02), FAILED), (loud, FAILED)):
        assert verdicts.has_a_readable_goal(*examine_walkers.ask_goal(walker, LIVE, 0.9)["goal"]) == wanted
    assert np.isnan(examine_walkers.ask_goal(exact, LIVE, 0.9)["goal"][2])


def test_running_longer_is_one_curve():
    """Every point on the same prompts: what has settled stays where it is."""
    settled = examine.ask_longer(drawn_to(step), LIVE)["errors"]
    assert settled[3:] == pytest.approx(settled[3], rel=1e-3)
    still = replace(
        examine_walkers.value_iteration(), on=lambda mazes, state, more: (examine_walkers.walkers.nearest(mazes), 0)
    )
    found = examine_walkers.ask_longer(still, LIVE, 0.9)
    assert found["errors"] == pytest.approx(found["single"])


def test_lines_that_were_moved_can_be_put_back():
    with verdicts.as_first_drawn():
        assert verdicts.follows_the_task(0.45) == FAILED and verdicts.works_on_new_tasks(55, 55, 55) == FAILED
    assert verdicts.follows_the_task(0.45) == PASSED and verdicts.works_on_new_tasks(55, 55, 55) == PASSED
    assert {name for name, line in THRESHOLDS.items() if line.was is not None} == {"follows", "learned"}


def test_a_walker_that_cannot_forget_fails_the_push():
    exact = examine_walkers.value_iteration()
    stubborn = replace(exact, on=lambda mazes, state, more: exact.on(mazes, state, 0))
    for walker, wanted in ((exact, PASSED), (stubborn, FAILED)):
        assert verdicts.recovers(examine_walkers.ask_pushed(walker, LIVE)["left"], PASSED, PASSED) == wanted


def test_players_and_predictors_by_rule():
    for name in ("the best bandit player", "a player without foresight", "Laplace’s rule"):
        entry = MACHINES[name]
        found = judge(
            score_machines.EXAMINE[entry.kind](entry.build(0), LIVE), LIBRARY[entry.kind].values(), entry.passes
        )
        assert [found[test] for test in ("T1", "T3", "T6")] == 3 * [PASSED], name
        assert [found[test] for test in ("T2", "T4", "T5")] == 3 * [NOT_ASKED], name
    deaf = examine_players.Predictor(lambda rows: np.full(len(rows), 0.5))
    found = judge(examine_players.examine_predictor(deaf, LIVE), LIBRARY["predictor"].values())
    assert found["T1"] == found["T6"] == FAILED


# --- what is stored ----------------------------------------------------------------------------------------


def quick():
    """Stored rows that are scored again: some of those whose machine is there at once, drawn anew every time."""
    names = [name for name, entry in MACHINES.items() if not entry.slow and entry.chapter in (None, 5, 8)]
    rng = np.random.default_rng()
    return [(str(rng.choice(names)), int(rng.choice(SEEDS))) for _ in range(4)] + [
        ("a planner", int(rng.choice(SEEDS)))
    ]


def test_random_rows_come_out_again():
    for name, seed in quick():
        now, stored = score_machines.score(name, seed), score_machines.raw(name, seed)
        for column in stored:
            assert np.allclose(now[column], stored[column], rtol=2e-3, atol=2e-3, equal_nan=True), (name, seed, column)
        assert score_machines.verdict(name, now) == score_machines.verdict(name, stored), (name, seed)


def test_every_machine_has_five_verdicts_in_every_test():
    for name in MACHINES:
        profile = score_machines.profile(name)
        assert list(profile) == list(TESTS)
        for test, said in profile.items():
            assert len(said) == 5 and set(said) <= {PASSED, FAILED, NOT_ASKED}
            assert NOT_ASKED not in said or set(said) == {NOT_ASKED}, (name, test)


def test_machines_of_the_atlas_are_pushed_again():
    """And none of them is an exact ridge layer: that column is for the one that chapter 14 installs."""
    machines, store = machine_store(DATA / "machines.npz"), shove_store(DATA)
    rng = np.random.default_rng()
    for design in rng.choice(len(store.axes["design"]), 6, replace=False):
        design, seed = store.axes["design"][design], int(rng.choice(store.axes["seed"]))
        now, stored = shove(design, seed, machines), store.at(design=design, seed=seed)
        for name in stored:
            assert now[name] == pytest.approx(stored[name], rel=2e-3, abs=1e-4, nan_ok=True), (design, seed, name)
    single = np.array([design.passes == 1 for design in store.axes["design"]])
    assert np.array_equal(np.isnan(store.columns["left"]), np.repeat(single[:, None], 3, axis=1))
    assert np.nanmin(store.columns["ridge"]) > 100 * kept_machines.EXACT
    assert set(store.axes["design"]) == {one for one in ATLAS_SPACE.designs if one.architecture == "attention"}


@pytest.mark.parametrize("kind", LIBRARY)
def test_the_controls_of_the_table_part(kind):
    for test, controls in score_machines.CONTROLS[kind].items():
        for name, wanted in zip(controls, (PASSED, FAILED), strict=False):
            assert score_machines.profile(name)[test] == 5 * [wanted], (kind, test, name)
