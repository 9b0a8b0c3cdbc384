"""Searches over designs: one interface, budgets kept to the fraction, no design paid twice, and models that beat dice."""

import logging
import re
from dataclasses import replace
from math import comb

import numpy as np
import pytest

from third_optimizer.meta import (
    SEARCHES,
    Design,
    Space,
    Try,
    bayesian,
    best_by_try,
    best_so_far,
    climb,
    halve,
    players,
    random_search,
    spent,
    tpe,
)
from third_optimizer.meta import design as design_module
from third_optimizer.meta import search as module
from third_optimizer.meta.search import expected_improvement, features

pytestmark = pytest.mark.filterwarnings("error")  # a search that warns would do so in the middle of a page

SPACE = Space(problems=(4, 64, 1024, None), step_length=(0.001, 0.003, 0.01, 0.03), passes=(1, 2, 4))
# 36 designs; a machine that reads a list has one pass, which is no stop here
MIXED = Space(
    problems=(4, None),
    architecture=("mlp", "attention"),
    table=(False, True),
    passes=(2, 4),
    step_length=(0.001, 0.01),
    practice_time=(500, 2000),
)
WIDE = Space(
    problems=(4, 64, 1024, None),
    passes=(1, 2, 3, 4),
    step_length=(0.001, 0.002, 0.004, 0.008, 0.016, 0.032),
    practice_time=(500, 2000),
)
every_search = pytest.mark.parametrize("search", SEARCHES.values(), ids=SEARCHES)


def rng(*key):
    return np.random.default_rng(key)


def score(design):
    """A smooth hill over three dials: a climber cannot get stuck on it."""
    return (
        abs((design.problems or 4096) - 1024) / 1000 + abs(np.log(design.step_length / 0.01)) + abs(design.passes - 2)
    )


def noise(space, key=0, blown=0.2):
    """{design: score} without rhyme or reason, a share of them inf."""
    r = rng(key, 99)
    return {design: float(np.inf if r.random() < blown else np.exp(r.normal(3, 1))) for design in space.designs}


# --- one interface -----------------------------------------------------------------------------


@every_search
def test_a_table_and_a_function_are_searched_alike_and_again(search):
    table = noise(MIXED)
    tries = search(MIXED, table.__getitem__, 8, rng(1))
    assert tries == search(MIXED, lambda design: table[replace(design)], 8, rng(1))
    assert all(t.score == table[t.design] for t in tries)
    assert tries != search(MIXED, table.__getitem__, 8, rng(2))


@every_search
@pytest.mark.parametrize("start", [None, MIXED.designs[7], Design(problems=77, practice_time=900)])
def test_no_search_repeats_or_exceeds_its_budget_and_a_start_comes_first(search, start):
    """Also from a start outside the space."""
    paid = []

    def evaluate(design):
        paid.append(design)
        return noise(MIXED).get(design, 50.0)

    for seed in range(3):
        paid.clear()
        tries = search(MIXED, evaluate, 10, rng(seed), start)
        assert [t.design for t in tries] == paid and len(set(paid)) == len(paid)
        assert 9 < spent(tries)[-1] <= 10 or search is climb
        assert all(design in MIXED.index for design in paid[start is not None :])
        if start:
            assert tries[0] == Try(start, evaluate(start))


@every_search
def test_a_start_counts_as_what_it_really_is(search):
    """One pass needs no warm-up: the same design without it is not paid again."""
    space = Space(warm_up=(False, True), passes=(1, 2), practice_time=(500, 2000))
    tries = search(space, lambda design: 1.0, 20, rng(0), Design(passes=1, warm_up=True))
    assert tries[0].design == Design() and len({t.design for t in tries}) == len(tries)


@every_search
def test_a_search_ends_where_nothing_is_left(search):
    tries = search(MIXED, noise(MIXED).__getitem__, 100, rng(3))
    assert len(tries) == len({t.design for t in tries}) <= len(MIXED.designs)
    assert set(MIXED.index) == {t.design for t in tries} or search is climb  # which may get stuck before
    assert best_by_try(tries, 100)[-1] == min(t.score for t in tries)


@every_search
@pytest.mark.parametrize("blown", [0.6, 1])
def test_blow_ups_are_digested(search, blown):
    table = noise(MIXED, blown=blown)
    tries = search(MIXED, table.__getitem__, 12, rng(4))
    assert sum(t.score == np.inf for t in tries) >= 3 and spent(tries)[-1] > 11 or search is climb


@every_search
@pytest.mark.parametrize("bad", [0, -1, 2.5, None])
def test_a_bad_budget_is_refused_before_anything_is_paid(search, bad):
    with pytest.raises(ValueError, match=f"budget must be a whole number, at least 1, got {bad}"):
        search(MIXED, lambda design: pytest.fail("paid"), bad, rng(0), MIXED.designs[0])


# --- dice and climbing ----------------------------------------------------------------------------


def test_random_search_never_repeats_and_every_design_is_as_likely():
    counts = np.zeros(len(SPACE.designs))
    for seed in range(3000):
        tries = random_search(SPACE, lambda design: 0.0, 6, np.random.default_rng(seed))
        assert len({t.design for t in tries}) == 6
        for t in tries:
            counts[SPACE.index[t.design]] += 1
    # binomial counts of mean 3000·6/48 = 375, deviation 18: five of them
    assert np.abs(counts - 375).max() < 5 * np.sqrt(375 * (1 - 6 / 48))


def test_random_search_finds_what_the_odds_say():
    """The chance that 12 of 48 designs hold the best one is 12/48."""
    best = min(map(score, SPACE.designs))
    found = np.mean(
        [min(t.score for t in random_search(SPACE, score, 12, np.random.default_rng(s))) == best for s in range(2000)]
    )
    assert found == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / 2000))


def test_dice_are_the_head_of_one_permutation():
    """A start is left out of it: what other code draws with the same generator stays the same."""
    order = [SPACE.designs[i] for i in rng(5).permutation(48)]
    assert [t.design for t in random_search(SPACE, score, 7, rng(5))] == order[:7]
    assert [t.design for t in random_search(SPACE, score, 7, rng(5), order[2])] == [order[2], *order[:2], *order[3:7]]


def test_a_climber_turns_one_dial_keeps_what_improves_and_never_repeats():
    start = SPACE.designs[0]
    for seed in range(50):
        tries = climb(SPACE, score, 40, np.random.default_rng(seed), start)
        assert tries[0].design == start and len({t.design for t in tries}) == len(tries)
        here = tries[0]
        for t in tries[1:]:
            assert len(t.design.differences(here.design)) == 1
            here = t if t.score < here.score else here
        assert min(t.score for t in tries) == min(map(score, SPACE.designs))  # on this hill it gets to the top
        assert (np.diff(best_so_far(tries)) <= 0).all()


def test_a_climber_without_a_start_begins_anywhere():
    assert (
        len({climb(SPACE, score, 1, rng(seed))[0].design for seed in range(300)}) == 48
    )  # 48·(47/48)^300 = 0.09 missing, seeds fixed


def test_a_budget_is_not_exceeded():
    calls = []
    climb(SPACE, lambda design: calls.append(design) or 1.0, 5, np.random.default_rng(0), SPACE.designs[0])
    assert len(calls) == 5
    assert len(random_search(SPACE, score, 1000, np.random.default_rng(0))) == len(SPACE.designs)


# --- halving -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [1, 2, 3, 5, 12, 24, 40])
def test_halving_spends_its_budget_exactly_and_sends_the_best_half_on(budget):
    """A long run's score has nothing to do with the short one's here: only the short ones may decide."""
    for seed in range(10):
        table = noise(WIDE, seed)
        tries = halve(WIDE, table.__getitem__, budget, rng(seed))
        first = [t for t in tries if t.design.practice_time == 500]
        second = tries[len(first) :]
        assert spent(tries)[-1] == sum(t.cost for t in tries) == budget
        assert {t.cost for t in first} == {0.25} and {t.cost for t in second} <= {1.0}
        assert 2 * len(second) <= len(first) <= 2 * len(second) + 5
        ranked = sorted(first, key=lambda t: t.score)
        assert [t.design for t in second] == [replace(t.design, practice_time=2000) for t in ranked[: len(second)]]


@pytest.mark.parametrize("stops", [(500, 3000), (3000, 1000), (700, 800, 2000)])
def test_halving_wastes_less_than_a_short_run_at_any_ratio(stops):
    space = Space(
        problems=(4, 64, 1024, None),
        passes=(1, 2, 3, 4),
        step_length=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
        practice_time=stops,
    )
    for budget in range(1, 21):
        tries = halve(space, noise(space).__getitem__, budget, rng(budget))
        assert budget - min(stops) / max(stops) + 1e-9 < spent(tries)[-1] <= budget + 1e-9
        assert {t.design.practice_time for t in tries} <= {min(stops), max(stops)}


def test_a_short_start_may_go_on_and_costs_one():
    start = MIXED.designs[0]
    assert start.practice_time == 500
    tries = halve(MIXED, lambda design: 1.0 if design == start else 2.0, 5, rng(0), start)
    assert tries[0].cost == 1 and spent(tries)[-1] == 5
    assert next(t.design for t in tries if t.design.practice_time == 2000) == replace(start, practice_time=2000)


def test_halving_needs_two_practice_times():
    with pytest.raises(
        ValueError, match=re.escape("two or more stops of practice_time, got the dials problems, passes, step_length")
    ):
        halve(SPACE, score, 12, rng(0))


# --- Gaussian process and TPE -------------------------------------------------------------------------


def bowl():
    """{design: logarithm of its score}: a bowl over four dials of WIDE, from 0 at one design to 6."""
    centre, steepness = np.array([1 / 3, 2 / 3, 0.6, 1]), np.array([4, 4, 4, 1])
    return dict(zip(WIDE.designs, ((features(WIDE) - centre) ** 2 @ steepness).tolist(), strict=True))


def dice_expect(values, tries):
    """The mean of the lowest of `tries` values drawn without repeating (closed form)."""
    total = len(values)
    odds = [
        comb(total - 1 - rank, tries - 1) / comb(total, tries) for rank in range(total)
    ]  # that the lowest drawn has this rank
    assert sum(odds) == pytest.approx(1)
    return float(np.dot(odds, sorted(values)))


def test_dice_do_what_the_closed_form_says():
    reached = players(WIDE, bowl().__getitem__, random_search, 24, 2000)[:, -1]
    assert reached.mean() == pytest.approx(dice_expect(bowl().values(), 24), abs=4 * reached.std() / np.sqrt(2000))


@pytest.mark.parametrize("search", [bayesian, tpe])
def test_models_beat_dice_on_a_smooth_score(search):
    """24 tries of 192 designs, the mean log score of 20 players. Dice: 0.43 in closed form, 0.06 the deviation of a mean of
    20; half of 0.43 is 3.4 deviations below. The Gaussian process reaches 0.00 and TPE 0.10 with a deviation of 0.03,
    four of which lie below the bound, should another version of either draw other tries."""
    logs = bowl()
    dice = dice_expect(logs.values(), 24)
    reached = players(WIDE, lambda design: np.exp(logs[design]), search, 24, 20)[:, -1]
    assert dice == pytest.approx(0.43, abs=0.01)
    assert np.mean(np.log(reached)) < dice / 2


def test_models_begin_as_dice_do():
    for search in (bayesian, tpe):
        assert search(WIDE, bowl().__getitem__, 4, rng(8)) == random_search(WIDE, bowl().__getitem__, 4, rng(8))


def test_expected_improvement_is_the_mean_of_what_lies_below():
    """Against the sum over a fine grid of the normal density."""
    mean, deviation, best = np.array([0.0, 1.0, -2.0, 3.0]), np.array([1.0, 0.5, 2.0, 0.7]), 0.4
    z = np.linspace(-10, 10, 200_001)
    weight = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    summed = [np.sum(weight * np.maximum(best - (m + s * z), 0)) for m, s in zip(mean, deviation, strict=True)]
    assert expected_improvement(mean, deviation, best) == pytest.approx(summed, abs=1e-8)


def test_features_are_positions_and_switches():
    space = Space(problems=(4, 64, None), architecture=("mlp", "attention"), step_length=(0.001, 0.01))
    at = features(space)
    assert at.shape == (12, 4)
    assert at[space.index[Design(problems=64, architecture="mlp", step_length=0.01)]].tolist() == [0.5, 1, 0, 1]
    assert at[space.index[Design(problems=None, architecture="attention", step_length=0.001)]].tolist() == [1, 0, 1, 0]
    # the one pass of a list lies below the stops 2 and 4
    passes = features(Space(architecture=("mlp", "attention"), passes=(2, 4)))[:, -1]
    assert sorted(passes.tolist()) == [0, 0.5, 1]
    assert features(Space()).shape == (1, 0)


def test_tpe_is_told_what_it_asks_for_again_then_an_untried_design_is_drawn(monkeypatch):
    """In a space of four designs it soon names an old one; with no second question a design is drawn at once."""
    space = Space(passes=(1, 2), step_length=(0.001, 0.003, 0.01))
    for again in (0, 10):
        monkeypatch.setattr(module, "AGAIN", again)
        for seed in range(5):
            assert len({t.design for t in tpe(space, lambda design: float(design.passes), 9, rng(seed))}) == 6


def test_tpe_keeps_optuna_quiet():
    import optuna

    heard = []
    handler = logging.Handler()
    handler.emit = heard.append
    optuna.logging.set_verbosity(optuna.logging.INFO)
    logging.getLogger("optuna").addHandler(handler)
    try:
        tpe(MIXED, noise(MIXED).__getitem__, 8, rng(0))
    finally:
        logging.getLogger("optuna").removeHandler(handler)
    assert heard == []


# --- reading tries, and many players --------------------------------------------------------------------


def test_the_best_is_read_against_what_is_spent():
    design = Design()
    tries = [
        Try(design, 9.0, 0.25),
        Try(design, 7.0, 0.25),
        Try(design, 8.0, 0.5),
        Try(design, 5.0),
        Try(design, 6.0, 0.25),
        Try(design, 4.0, 0.5),
    ]
    assert spent(tries).tolist() == [0.25, 0.5, 1, 2, 2.25, 2.75]
    assert best_so_far(tries).tolist() == [9, 7, 7, 5, 5, 4]
    assert best_by_try(tries, 5).tolist() == [7, 5, 4, 4, 4]
    assert best_by_try(tries, 1).tolist() == [7]
    assert best_by_try([], 2).tolist() == best_by_try([Try(design, 1.0, 2.5)], 2).tolist() == [np.inf, np.inf]
    assert best_by_try([Try(design, 3.0 - i, 1 / 3) for i in range(3)], 1).tolist() == [1]  # thirds make a whole
    with pytest.raises(ValueError, match="budget must be a whole number, at least 1, got 0"):
        best_by_try(tries, 0)


@every_search
def test_players_are_searches_one_by_one(search):
    table = noise(MIXED)
    start = max((d for d in table if table[d] < np.inf), key=table.get)
    blind, given = (players(MIXED, table.__getitem__, search, 5, 3, start=s, seed=6) for s in (None, start))
    assert blind.shape == given.shape == (3, 6)
    assert (blind[:, 0] == np.inf).all() and (given[:, 0] == table[start]).all()
    for i in range(3):
        assert blind[i, 1:].tolist() == best_by_try(search(MIXED, table.__getitem__, 5, rng(6, i)), 5).tolist()
        assert given[i].tolist() == best_by_try(search(MIXED, table.__getitem__, 6, rng(6, i), start), 6).tolist()
    for lines in (blind[:, 1:], given):
        assert (lines[:, 1:] <= lines[:, :-1]).all()
    assert (blind != players(MIXED, table.__getitem__, search, 5, 3, seed=7)).any()


def test_players_are_counted_in_whole_ones():
    for budget, count, named in ((0, 3, "budget"), (3, 0, "count"), (3, 1.5, "count")):
        with pytest.raises(ValueError, match=f"{named} must be a whole number, at least 1"):
            players(SPACE, score, random_search, budget, count)


def test_players_share_what_a_space_knows(monkeypatch):
    """A thousand players take seconds because a design's neighbours are built once, not at each player's every step."""
    space, built, replaced = Space(**WIDE.stops), [], design_module.replace
    monkeypatch.setattr(design_module, "replace", lambda *args, **values: built.append(1) or replaced(*args, **values))
    for design in space.designs:
        space.neighbours(design)
    assert len(built) >= len(space.designs)
    built.clear()
    for search in (random_search, climb, halve):
        assert players(space, noise(space).__getitem__, search, 12, 50, space.designs[0]).shape == (50, 13)
    assert built == []
