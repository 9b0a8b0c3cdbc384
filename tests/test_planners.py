"""Chapter 7's measures: each against walkers of which the answer is known, and the stores against another training."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from third_optimizer.experiments import ask_planners as ask
from third_optimizer.experiments import count_planners as count
from third_optimizer.experiments import judge_planners as judge
from third_optimizer.experiments import open_a_planner as inside
from third_optimizer.experiments import train_planners as training
from third_optimizer.experiments import watch_sgd_find_a_planner as watch
from third_optimizer.mesa import walkers
from third_optimizer.world import Mazes, RandomMazes, distances, earned, optimum

SMALL = judge.exam(count=150, seed=1)


def test_the_optimum_is_all_there_is_and_the_rules_fall_each_for_its_conflict():
    def of(moves):
        return judge.scores(SMALL, moves, 0.9)

    assert of(walkers.value_iteration(SMALL, 200, 0.9)) == pytest.approx({"share": 1, "a": 1, "b": 1})
    near, worthy = of(walkers.nearest(SMALL)), of(walkers.worthiest(SMALL))
    assert (near["a"], near["b"], worthy["a"], worthy["b"]) == (0, 1, 1, 0)
    assert 0.85 < near["share"] < 0.97 and 0.85 < worthy["share"] < 0.97
    best, ask, a, b = judge.known(SMALL, 0.9)
    assert not (a & b).any() and (a | b)[~ask].sum() == 0 and np.array_equal(ask, ~SMALL.goal & (best > 0))
    share = earned(SMALL, walkers.nearest(SMALL), 0.9)[ask].sum() / best[ask].sum()
    assert near["share"] == pytest.approx(share)


@pytest.mark.parametrize("discount", [0.7, 0.8, 0.9, 0.95])
def test_the_optimum_of_a_discount_implies_it(discount):
    mazes = judge.exam(count=800, seed=2)
    chosen = judge.choices(mazes, walkers.value_iteration(mazes, 200, discount))
    found = judge.implied(chosen)
    assert found["discount"] == pytest.approx(discount, abs=0.006) and found["agreement"] > 0.99
    assert judge.agreement(chosen, discount) > 0.995 and chosen["arrives"] == 1
    assert judge.agreement(chosen, discount - 0.15) < 0.97


def test_walkers_of_one_idea_imply_what_they_go_by():
    mazes = judge.exam(count=400, seed=2)
    near = judge.implied(judge.choices(mazes, walkers.nearest(mazes)))
    worthy = judge.implied(judge.choices(mazes, walkers.worthiest(mazes)))
    assert near["discount"] < 0.2 or np.isnan(near["discount"])
    assert worthy["discount"] == pytest.approx(1, abs=0.01)


def test_an_uncertain_chooser_is_fitted_as_scipy_would():
    rng = np.random.default_rng(0)
    ratio, farther = rng.normal(size=4000), rng.integers(-8, 9, 4000)
    first = rng.random(4000) < 1 / (1 + np.exp(-5 * (ratio + np.log(0.85) * farther)))
    found = judge.implied({"first": first, "ratio": ratio, "farther": farther})
    x, sign = np.stack([ratio, farther], axis=1), np.where(first, 1, -1)
    weights = minimize(lambda w: np.logaddexp(0, -sign * (x @ w)).sum() + w @ w / 2e3, [1, 0], tol=1e-10).x
    assert found["sharpness"] == pytest.approx(weights[0], rel=1e-3)
    assert (
        found["discount"] == pytest.approx(np.exp(weights[1] / weights[0]), rel=1e-4) == pytest.approx(0.85, abs=0.01)
    )
    nothing = {"first": np.ones(3, bool), "ratio": ratio[:3], "farther": farther[:3]}
    assert all(np.isnan(value) for value in judge.implied(nothing).values())


def test_a_choice_hangs_on_ways_that_do_not_pass_the_other_goal():
    worths = np.zeros((1, 1, 6))
    worths[0, 0, [1, 5]] = 0.5, 1.0
    corridor = Mazes(np.zeros((1, 1, 6), bool), worths)
    known = judge.between(corridor)
    assert known["both"].tolist() == [False, False, True, True, True, False]
    assert known["farther"][2:5].tolist() == [-2, 0, 2] == known["crow"][2:5].tolist()
    assert np.allclose(known["ratio"], np.log(0.5))
    chosen = judge.choices(corridor, np.array([3, 0, 2, 0, 3, 0]))  # the fourth stands against the edge
    assert chosen["cell"].tolist() == [2, 4] and chosen["first"].tolist() == [True, False]
    assert chosen["arrives"] == pytest.approx(2 / 3)


@pytest.mark.parametrize("goals", [(1,), (3,)])
def test_a_choice_is_between_two(goals):
    with pytest.raises(ValueError, match="every maze must have two goals"):
        judge.between(RandomMazes(5, goals).draw(np.random.default_rng(0), 4))


def test_a_side_has_one_worth():
    mazes = RandomMazes(5, (3,)).draw(np.random.default_rng(0), 1)
    with pytest.raises(ValueError, match="goals of one worth on either side"):
        judge.sides(mazes, np.arange(mazes.count) == np.flatnonzero(mazes.goal)[0])


def test_a_planner_counts_twins_once_and_a_sum_counts_them_twice():
    planner = judge.twin_counts(lambda mazes: walkers.value_iteration(mazes, 200, 0.9))
    adding = judge.twin_counts(lambda mazes: walkers.summing(mazes, 0.9))
    assert abs(planner) < 0.01 and adding == pytest.approx(np.log(2), abs=0.12)
    (plain, _), (twinned, known) = judge.twins()
    assert (twinned.worths > 0).sum() == (plain.worths > 0).sum() + len(plain)
    marked = twinned.goal & known["first"]
    assert np.array_equal(np.bincount(twinned.maze[marked]), np.full(len(twinned), 2))
    assert np.array_equal(distances(twinned, marked)[marked], np.zeros(marked.sum()))


# --- machines: one trained here, briefly ------------------------------------------------------------------


@pytest.fixture(scope="module")
def machine():
    return training.learn(steps=250)


def test_training_is_what_its_settings_say(machine):
    planner, run, pool = machine
    assert pool is None and planner.size == run.parameters.size == 3316 and len(run.losses) == 251
    told = []
    again = training.learn(steps=3, callback=lambda step, parameters, loss: told.append((step, loss)))[1]
    assert [step for step, _ in told] == [0, 1, 2, 3] and [loss for _, loss in told] == again.losses.tolist()
    assert np.allclose(again.losses[:1], run.losses[:1])
    assert len(training.learn(steps=0, mazes=5)[2]) == 5
    with pytest.raises(ValueError, match="way must be one of exact, sampled, got 'both'"):
        training.learn("both", steps=1)


def test_the_columns_of_a_machine(machine):
    planner, run, _ = machine
    found = training.judge(planner, run.parameters, 14, 0.9)
    assert found.keys() == training.JUDGED.keys()
    assert 0.9 < found["fresh"] <= 1 and 0.9 < found["practice"] <= 1 and found["exploded"] == 0
    moves = planner.moves(run.parameters, judge.exam(), 14)
    assert found["a"] == pytest.approx(judge.scores(judge.exam(), moves, 0.9)["a"], rel=1e-4)
    loud = training.judge(planner, 50 * run.parameters, 14, 0.9)
    assert loud["exploded"] == 1 and loud["activity"] > 1e4
    pool = RandomMazes(7, (1, 2)).draw(np.random.default_rng(0), 4)
    own = judge.scores(pool, planner.moves(run.parameters, pool, 14), 0.9)["share"]
    assert training.judge(planner, run.parameters, 14, 0.9, pool)["practice"] == pytest.approx(own, rel=1e-4)


def test_value_is_read_off_a_state_that_holds_it(machine, monkeypatch):
    planner, run, _ = machine
    trained, start = inside.value_in_patch(run.parameters), inside.value_in_patch(inside.untrained())
    assert trained["r2"] > start["r2"] + 0.15 and trained["rank"] > start["rank"]
    assert trained["r2"] > inside.value_in_patch(run.parameters, patch=False)["r2"]

    class Knows:
        def think(self, parameters, mazes, sweeps, keep):
            best = optimum(mazes, 0.9)
            state = np.log(np.where(best > 0, best, 1))[:, None]
            return None, [np.vstack([state, [[0.0]]])]

    told = inside.value_in_patch(None, planner=Knows(), patch=False)
    assert told["r2"] > 0.9999 and told["rank"] > 0.9999


def test_ranks_are_scipys():
    values = np.random.default_rng(0).integers(0, 30, (2, 200))
    assert np.corrcoef(*map(inside.ranks, values))[0, 1] == pytest.approx(spearmanr(*values).statistic)


def test_what_is_written_draws_and_what_is_erased_does_not(machine):
    parameters = machine[1].parameters
    fitted, ignored, nothing = (
        inside.written(parameters, how) for how in ("fitted in worth", "worth ignored", "zeros")
    )
    assert fitted["share"] > ignored["share"] and fitted["arrives"] > 0.8 > nothing["arrives"]
    found = inside.erased(parameters)
    assert found["erased"] < found["seen"] - 0.2
    assert inside.nothing_written(parameters) < 0.8
    weights, mean = inside.goal_vectors(parameters)
    worth = np.array([0.3, 0.9])
    for how in ("random, its length by worth", "random, worth ignored"):
        lengths = np.linalg.norm(inside.vectors(how, worth, parameters, seed=3), axis=1)
        wanted = np.linalg.norm(np.maximum(weights[0] + worth[:, None] * weights[1], 0), axis=1)
        assert np.allclose(lengths, wanted if "by worth" in how else np.linalg.norm(mean))
    with pytest.raises(ValueError, match="how must be one of fitted in worth, .*, got 'loud'"):
        inside.vectors("loud", worth, parameters)


def test_an_old_plan_is_given_up(machine):
    found = inside.replans(machine[1].parameters)
    assert found["on"][0] < found["anew"][0] < found["anew"][-1] and found["on"][-1] > 0.8


# --- what is stored ------------------------------------------------------------------------------------------


def test_a_stored_machine_comes_out_again():
    """Not to the last digit: another processor adds in another order, and a training of a thousand steps makes it grow."""
    stored = watch.machine("exact", 0.9, 3)
    with threadpool_limits(1):  # as it was made
        again = training.train_machine("exact", 0.9, 3)["weights"]
    mazes = judge.exam()
    was, now = (judge.scores(mazes, training.PLANNER.moves(one, mazes, 14), 0.9) for one in (stored, again))
    assert was["share"] > 0.99 and now["share"] == pytest.approx(was["share"], abs=0.003)


def test_the_stored_machines_imply_the_discount_they_were_trained_with():
    for way in training.STEPS:
        found = watch.implied_discounts(way)
        assert found["machines"].shape == (3, 5)
        assert np.abs(found["machines"] - np.array(training.TRAINED_AT)[:, None]).max() < 0.02
        # each agrees more with the optimum of its own discount than with any other's
        assert (found["agrees"].argmax(axis=2) == np.arange(3)[:, None]).all()


def test_a_discount_that_is_not_stored_is_named():
    with pytest.raises(ValueError, match="discount must be one of 0.8, 0.9, 0.95, got 0.5"):
        watch.machine("exact", 0.5)


def test_answers_are_what_the_machines_say_and_hang_on_them(monkeypatch):
    """A machine drawn at random is asked again for some; other machines would not have these answers."""
    rng = np.random.default_rng()
    way, discount, seed = rng.choice(list(training.STEPS)), float(rng.choice(training.TRAINED_AT)), int(rng.integers(5))
    stored, machines = ask.answers(way, discount), training.stores()["planners.npz"]
    walk = ask.thinking(machines.at(way=str(way), discount=discount, seed=seed)["weights"])
    close = dict(rtol=1e-3, atol=2e-3, equal_nan=True)  # another processor adds in another order, and some cells tip
    for sweeps, moves in zip(ask.PATIENCE, walk(judge.exam(), ask.PATIENCE), strict=True):
        now = judge.scores(judge.exam(), moves, discount)
        assert np.allclose(stored["shares"][seed, watch.after(sweeps)], [now[name] for name in watch.SCORES], **close)
    (moves,) = walk(judge.choosing(), (ask.THOUGHT,))
    chosen = judge.choices(judge.choosing(), moves)
    fit, at = judge.implied(chosen), watch.after(ask.THOUGHT)
    assert stored["implied"][seed, at] == pytest.approx(fit["discount"], abs=1e-3)
    assert stored["sharpness"][seed, at] == pytest.approx(fit["sharpness"], rel=0.03)
    assert np.allclose(stored["agrees"][seed], [judge.agreement(chosen, one) for one in training.TRAINED_AT], **close)
    assert np.isnan(stored["twins"][seed]) == (discount != 0.9)

    parameters = watch.machine(str(way), 0.9, seed)
    inner, (what, sweeps) = watch.values(str(way)), ask.READ[0]
    now = inside.value_in_patch(parameters, sweeps)
    assert [inner[what, sweeps][name][seed] for name in ("r2", "rank")] == pytest.approx([*now.values()], abs=5e-3)
    now, said = inside.written(parameters, "fitted in worth"), watch.writings(str(way))["fitted in worth"]
    assert [said[name][seed] for name in ask.WRITTEN] == pytest.approx([now[name] for name in ask.WRITTEN], abs=5e-3)
    assert watch.lumps(str(way))["beside"][seed] == pytest.approx(inside.beside_a_goal(parameters), abs=5e-3)

    monkeypatch.setitem(machines.columns, "weights", machines.columns["weights"] + 1)
    ask.stores.cache_clear()
    with pytest.raises(ValueError, match="planner_answers.npz was made with other settings"):
        ask.answers()
    monkeypatch.undo()
    ask.stores.cache_clear()


def test_a_rule_is_asked_as_a_machine_is():
    found = ask.rule_answers("optimum")
    assert np.allclose(found["shares"], 1) and np.allclose(found["implied"], 0.9, atol=1e-3)
    assert found["follows"] == 1 and abs(found["twins"]) < 1e-3 and np.allclose(found["outside"], 0.9, atol=2e-3)
    assert found["forms"].argmax() == 0 and found["snake"].tolist() == [48] * 5
    points = watch.indifference()["theory"] - found["indifference"]
    assert np.nanmax(abs(points)) < 0.04 and np.isfinite(points).all()
    assert ask.rule_answers("adding")["twins"] > 0.5
    assert ask.rule_answers("value iteration")["snake"].tolist() == [8, 17, 37, 48, 48]


def test_a_point_of_indifference_lies_among_the_ratios_there_are():
    """A chooser in some doubt, who would want 0.51 of log worth a step; ratios end at 1.6."""
    rng = np.random.default_rng(0)
    ratio, farther = rng.uniform(-1.6, 1.6, 60_000), rng.integers(-12, 13, 60_000)
    first = rng.random(60_000) < 1 / (1 + np.exp(-3 * (ratio + np.log(0.6) * farther)))
    points = judge.indifference_points({"first": first, "ratio": ratio, "farther": farther})
    assert np.allclose(points[:3], -np.log(0.6) * np.arange(3), atol=0.06) and np.isnan(points[4:]).all()
    few = judge.indifference_points({"first": first[:3000], "ratio": ratio[:3000], "farther": farther[:3000]})
    assert np.isnan(few[0])  # fewer than ENOUGH


def test_the_chapters_functions_have_all_seeds():
    for way in training.STEPS:
        patience = watch.patience(way)
        at = watch.after(training.SWEEPS)
        for name, values in watch.shares(way).items():
            assert values.shape == (5,) and np.array_equal(patience[name][at], values)
        assert np.array_equal(
            watch.implied_discounts(way)["machines"][1], patience["implied"][watch.after(ask.THOUGHT)]
        )
        assert patience["planner"][-1] == pytest.approx(0.9, abs=1e-3)
        assert watch.snake_reach(way).shape == (5, 5) and watch.indifference(way)["ratio"].shape == (5, 13)
        assert [*watch.forms(way)] == list(judge.FORMS) and watch.twins_count(way)["machines"].shape == (5,)
        assert watch.by_the_way(way)["follows"].shape == (5,) and [*watch.outside(way)] == list(ask.OUTSIDE)
        assert all(one["share"].shape == (5,) for one in watch.writings(way).values())
        assert watch.replanning(way)["on"].shape == (5, 5)
    assert watch.rule_shares()["nearest"]["a"] == 0 and watch.rule_shares()["worthiest"]["b"] == 0
    with pytest.raises(ValueError, match="sweeps must be one of 2, 4, .*, got 5"):
        watch.shares(sweeps=5)


def test_rows_of_the_dial_and_of_the_second_atlas_come_out_again():
    """One of each, drawn at random. Trained where sums are added in another order it ends elsewhere, about as good; a
    machine without a price on activity may then explode or not, and is not asked."""
    rng = np.random.default_rng()
    rows = {"planner_dial.npz": training.train_on, "planner_atlas.npz": training.train_design}
    for name, train in rows.items():
        store = training.stores()[name]
        point = {axis: stops[rng.integers(len(stops))] for axis, stops in store.axes.items()}
        if "price" in point:
            point["price"] = training.DIALS["price"][0]
        with threadpool_limits(1):
            again, stored = train(**point), store.at(**point)
        assert again["exploded"] == stored["exploded"] == 0, point
        assert again["practice"] == pytest.approx(stored["practice"], abs=0.03), point
        assert again["fresh"] == pytest.approx(stored["fresh"], abs=0.06), point


def test_the_second_atlas_is_counted(monkeypatch):
    stops = [len(one) for one in training.DIALS.values()]
    good, rng = {"fresh": 1, "a": 1, "b": 1, "implied": 0.9, "longer": 1}, np.random.default_rng(0)
    columns = {name: np.full((*stops, 3), value, float) for name, value in good.items()}
    columns["implied"][0, 0, 0, 0, 0, 0] = np.nan, 0.93, 0.885  # no planner, none, one
    columns["a"][1] = 0.89
    columns["longer"][2] = 0.97
    columns["fresh"][3, 0] = 0.98
    columns |= {"practice": np.ones((*stops, 3)), "exploded": rng.random((*stops, 3)) < 0.1}
    columns["seconds"] = columns["practice"]
    monkeypatch.setattr(count, "columns", lambda: columns)
    for one in (count.kinds, count.atlas_facts):
        one.cache_clear()
    facts = count.atlas_facts()
    assert facts["designs"] == 160 and facts["seeds"] == 3 and facts["seconds"] == 480
    assert np.allclose(facts["planner"]["share"] * 160, [160 - 32 - 16 - 1, 160 - 32 - 16 - 1, 160 - 32 - 16])
    assert np.allclose(facts["stays"]["share"], facts["planner"]["share"] - 32 / 160)
    assert facts["planner"]["ever"] == 112 and facts["planner"]["always"] == 111
    assert np.allclose(facts["planner"]["dials"]["mazes"][1:, 0], [0, 1, 0.5, 1])
    assert np.allclose(facts["by_heart"], 16 / 160)
    assert np.allclose(count.share(mazes=(64, 16), sweeps=(14,)), 0.5)
    assert np.isinf(count.bits(mazes=(1024,))).all() and np.allclose(count.bits(mazes=(64,)), 1)
    assert np.allclose(count.found_by(2, mazes=(64,)), [0.5, 1 - 16 * 15 / (32 * 31)])
    with pytest.raises(ValueError, match="dial must be one of mazes, .*, got 'size'"):
        count.share(size=(3,))
    with pytest.raises(ValueError, match="sweeps must be one of 14, 7, got 3"):
        count.share(sweeps=(3,))
    monkeypatch.undo()
    for one in (count.kinds, count.atlas_facts):
        one.cache_clear()


def test_controls_change_one_thing_each():
    found = watch.controls()
    assert [*found] == [*training.CONTROLS]
    usual = found["as it is"]
    exact = [watch.shares("exact")[name] for name in ("share", "a", "b")]
    assert np.allclose([usual["fresh"], usual["a"], usual["b"]], exact, atol=1e-3)  # the stored machines, trained again
    assert (found["worth shuffled in practice"]["a"] < 0.4).all() and (
        found["single goals in practice"]["a"] < 0.8
    ).all()
    sizes = {name: set(one["size"].tolist()) for name, one in found.items()}
    assert sizes["a layer a sweep, as many numbers"] == {3469} and sizes["a layer a sweep, as many channels"] == {33268}
    assert sizes["as it is"] == {3316} and found["no price on activity"]["exploded"].all()
