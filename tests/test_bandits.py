"""Bandits and coins: the exact optimum against brute force and known values; the recurrent nets' gradients against
finite differences and autograd; what they are worth, exactly, against games that are played."""

import itertools
from functools import cache

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from scipy.special import betaln

from third_optimizer import theory
from third_optimizer.base import adam, clip, train
from third_optimizer.mesa import GRU, BanditPlayer, CoinPredictor, practise_pulling, practise_watching
from third_optimizer.mesa.coin_predictor import surprise
from third_optimizer.world import Bandits, Games, tosses

pytestmark = pytest.mark.filterwarnings("error")


# --- the world ------------------------------------------------------------------------------------------------


def test_luck_is_paired_the_kth_pull_of_a_lever_brings_the_same_to_whoever_pulls():
    games = Bandits(3).draw(np.random.default_rng(0), 50)
    pulled, every = np.zeros((50, 2), int), np.arange(50)
    for k, lever in enumerate((0, 1, 1, 0)):  # the second pull of a lever, whatever was pulled between
        at = pulled[:, lever].copy()
        assert np.array_equal(games.pull(np.full(50, lever), pulled), games.pays[every, lever, at]), k
        pulled[:, lever] += 1
    assert pulled.tolist() == [[2, 2]] * 50


def test_levers_pay_as_often_as_their_chances_say():
    games = Bandits(2000, 2).draw(np.random.default_rng(1), 60)
    assert games.pays.shape == (60, 2, 2000)
    assert np.abs(games.pays.mean(axis=2) - games.chances).max() < 0.05  # four deviations
    even = Bandits().draw(np.random.default_rng(2), 4000).chances
    near = Bandits(beta=(20.0, 20.0)).draw(np.random.default_rng(2), 4000).chances
    assert even.std() == pytest.approx(12**-0.5, rel=0.03) and near.std() == pytest.approx(0.5 / 41**0.5, rel=0.03)
    rows = tosses(np.random.default_rng(3), 3000, 4)
    assert rows.shape == (3000, 4) and np.bincount(rows.sum(axis=1)) / 3000 == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (dict(pulls=0), "pulls must be a whole number, at least 1, got 0"),
        (dict(levers=1.5), "levers must be a whole number, at least 1, got 1.5"),
        (dict(beta=(0, 1)), "beta must be two finite numbers above 0"),
    ],
)
def test_worlds_that_cannot_be_are_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        Bandits(**bad)


# --- theory ---------------------------------------------------------------------------------------------------


@cache
def best_by_fractions(counts, left):
    """The optimum once more: recursion over counts with integrals over chances in the place of Laplace's rule."""
    if not left:
        return 0.0
    worths = []
    for lever in (0, 1):
        paid, failed = counts[2 * lever : 2 * lever + 2]
        chance = np.exp(betaln(paid + 2, failed + 1) - betaln(paid + 1, failed + 1))
        after = [list(counts), list(counts)]
        after[0][2 * lever] += 1
        after[1][2 * lever + 1] += 1
        won, lost = (best_by_fractions(tuple(one), left - 1) for one in after)
        worths.append(chance * (1 + won) + (1 - chance) * lost)
    return max(worths)


def worth_of_a_rule(rule, pulls, grid=200):
    """Of a rule from history to lever: every row of luck, averaged over chances of both levers on a fine grid."""
    at = (np.arange(grid) + 0.5) / grid
    first, second = np.meshgrid(at, at)
    total = 0.0
    for outcomes in itertools.product((1, 0), repeat=pulls):
        likely, history = np.ones_like(first), []
        for paid in outcomes:
            lever = rule(tuple(history))
            chance = second if lever else first
            likely = likely * (chance if paid else 1 - chance)
            history.append((lever, paid))
        total += sum(outcomes) * likely.mean()
    return total


def every_rule(pulls):
    """All rules of a game of two or three pulls, from history to lever."""

    def histories(length):
        if not length:
            return [()]
        return [(*h, (lever, paid)) for h in histories(length - 1) for lever in (0, 1) for paid in (0, 1)]

    known = [h for length in range(pulls) for h in histories(length)]
    for choice in itertools.product((0, 1), repeat=len(known)):
        yield dict(zip(known, choice, strict=True))


def test_no_rule_at_all_beats_the_optimum():
    best = max(worth_of_a_rule(rule.get, 2, grid=400) for rule in every_rule(2))
    assert theory.best_play(2)[0] == pytest.approx(best, abs=1e-5) == pytest.approx(13 / 12, abs=1e-5)


@pytest.mark.parametrize("pulls", [1, 3, 6, 10])
def test_the_optimum_by_another_recursion(pulls):
    assert theory.best_play(pulls)[0] == pytest.approx(best_by_fractions((0, 0, 0, 0), pulls), abs=1e-12)


def test_known_worths():
    worth, table = theory.best_play(10)
    assert worth == pytest.approx(6.0218, abs=5e-5)  # also by brute force, above
    share = (theory.play_worth(10, theory.myopic) - 5) / (worth - 5)
    assert share == pytest.approx(0.984, abs=5e-4)
    assert theory.play_worth(10, lambda *counts: np.full(len(counts[0]), 0.5)) == pytest.approx(5)
    assert theory.play_worth(10, lambda *counts: np.ones(len(counts[0]))) == pytest.approx(5)
    assert worth == pytest.approx(np.nanmax(table[:, 0, 0, 0, 0])) and np.isnan(table[0, 10, 0, 0, 0])
    better = theory.play_worth(10, lambda *counts: (table[1][counts] > table[0][counts]).astype(float))
    assert better == pytest.approx(worth, abs=1e-12)


def test_foresight_pays_for_what_is_unknown():
    """Gittins' (1979) and Bellman's (1956) point: of two levers as likely to pay now, the less known is worth more."""
    _, table = theory.best_play(10)
    known, unknown = table[:, 2, 2, 1, 1]
    assert unknown > known + 0.001
    _, one = theory.best_play(5)
    assert one[0, 1, 1, 1, 1] == pytest.approx(one[1, 1, 1, 1, 1])
    assert one[1, 2, 2, 0, 0] == pytest.approx(one[0, 2, 2, 0, 0]) == 0.5  # with one pull left nothing can be learned


def test_laplaces_rule_costs_what_the_formula_says():
    assert theory.coin_surprise(10) == pytest.approx(5.8540, abs=5e-5)
    assert theory.coin_surprise(20) == pytest.approx(11.1472, abs=5e-5)
    rows = np.array(list(itertools.product((0, 1), repeat=6)))
    heads = np.cumsum(rows, axis=1) - rows
    chance = theory.next_chance(heads, np.arange(6) - heads)
    each = np.where(rows, chance, 1 - chance)
    assert -(np.log(each).sum(axis=1) * each.prod(axis=1)).sum() == pytest.approx(theory.coin_surprise(6), abs=1e-12)


@pytest.mark.parametrize("ask", [theory.best_play, theory.coin_surprise])
def test_no_game_of_less_than_no_pulls(ask):
    with pytest.raises(ValueError, match="must be a whole number, at least 0, got -1"):
        ask(-1)


# --- the net --------------------------------------------------------------------------------------------------


def gru_by_the_book(parameters, units, seen, inputs):
    """What the net says after each input, in autograd's numpy; inputs: (seen, games) each. Gates one by one."""
    at, parts = 0, []
    shapes = [(units, seen)] * 3 + [(units, units)] * 3
    said = (len(parameters) - 3 * units * (seen + units)) // (units + 1)
    for shape in [*shapes, (said, units), (said, 1)]:
        parts.append(anp.reshape(parameters[at : at + shape[0] * shape[1]], shape))
        at += shape[0] * shape[1]
    w_r, w_z, w_n, u_r, u_z, u_n, read, bias = parts

    def sigmoid(a):
        return 1 / (1 + anp.exp(-a))

    h, told = np.zeros((units, inputs[0].shape[1])), []
    for x in inputs:
        r = sigmoid(anp.dot(w_r, x) + anp.dot(u_r, h))
        z = sigmoid(anp.dot(w_z, x) + anp.dot(u_z, h))
        n = anp.tanh(anp.dot(w_n, x) + r * anp.dot(u_n, h))
        h = (1 - z) * n + z * h
        told.append(anp.dot(read, h) + bias)
    return told


def loud(net, seed):
    """Random parameters, all as loud, so that every part of the gradient can be seen."""
    return np.random.default_rng(seed).normal(0, 0.7, net.size)


def test_the_gradient_by_hand_is_autograds():
    net, rng = GRU(4, 3, 2, np.float64), np.random.default_rng(0)
    parameters, inputs = loud(net, 1), [rng.normal(size=(3, 5)) for _ in range(6)]
    weights = [rng.normal(size=(2, 5)) for _ in range(6)]

    def loss(parameters):
        return sum(anp.sum(w * s) for w, s in zip(weights, gru_by_the_book(parameters, 4, 3, inputs), strict=True))

    parts, state, states, kept = net.unpack(parameters), net.start(5), [], []
    for seen, wanted in zip(inputs, gru_by_the_book(parameters, 4, 3, inputs), strict=True):
        state, cache = net.step(parts, state, seen)
        assert np.allclose(net.say(parts, state), wanted, rtol=1e-12)
        states.append(state)
        kept.append(cache)
    assert np.allclose(net.back(parts, states, kept, weights), grad(loss)(parameters), rtol=1e-9, atol=1e-11)


def test_the_coin_predictors_gradient_is_that_of_finite_differences():
    net = CoinPredictor(3, np.float64)
    parameters, objective = loud(net, 2), practise_watching(net, 7, 20)
    _, gradient = objective(parameters, np.random.default_rng(5))
    for k in range(3):
        way = np.random.default_rng(k).normal(size=net.size)
        up, down = (objective(parameters + sign * 1e-5 * way, np.random.default_rng(5))[0] for sign in (1, -1))
        assert (up - down) / 2e-5 == pytest.approx(gradient @ way, rel=1e-6)


def test_the_bandit_players_gradient_is_that_of_the_loss_of_its_games():
    """The games are played once; their loss, with what came held, has the slope of autograd."""
    player, bandits, calm, foretell = BanditPlayer(3, np.float64), Bandits(5), 0.3, 0.4
    parameters = loud(player, 3)
    objective = practise_pulling(player, bandits, batch=8, calm=calm, foretell=foretell)
    loss, gradient = objective(parameters, np.random.default_rng(7))
    rng = np.random.default_rng(7)
    games = bandits.draw(rng, 8)
    levers, paid, (_, _, kept, said) = player.play(parameters, games, rng)
    assert loss == -paid.sum() / 8
    inputs, to_come = [cache[1] for cache in kept], np.cumsum(paid[::-1], axis=0)[::-1]
    foretold = [told[2] for told in said]

    def of_games(parameters):
        total = 0
        for lever, more, held, told in zip(
            levers, to_come, foretold, gru_by_the_book(parameters, 3, 6, inputs), strict=True
        ):
            log = told[:2] - anp.log(anp.sum(anp.exp(told[:2]), axis=0))
            spread = -anp.sum(anp.exp(log) * log, axis=0)
            taken = log[1] * lever + log[0] * (1 - lever)
            total += anp.mean(-(more - held) * taken + foretell * (more - told[2]) ** 2 - calm * spread)
        return total / len(levers)

    assert np.allclose(gradient, grad(of_games)(parameters), rtol=1e-8, atol=1e-11)
    assert np.abs(gradient).min() > 0


def test_what_a_bandit_player_sees_is_its_own_last_pull():
    player, games = BanditPlayer(4), Bandits(3).draw(np.random.default_rng(1), 40)
    levers, paid, (_, _, kept, _) = player.play(loud(player, 4), games, np.random.default_rng(2))
    first, second, third = (cache[1] for cache in kept)
    assert not first[:4].any() and (first[4] == np.float32(0.3)).all() and (first[5] == 1).all()
    for seen, lever, won in ((second, levers[0], paid[0]), (third, levers[1], paid[1])):
        place = np.select([(lever == 0) & won, (lever == 0) & ~won, (lever == 1) & won], [0, 1, 2], 3)
        assert np.array_equal(seen[:4].argmax(axis=0), place) and (seen[:4].sum(axis=0) == 1).all()
    assert {0, 1, 2, 3} == set(second[:4].argmax(axis=0).tolist())
    assert np.array_equal(paid[0], games.pays[np.arange(40), levers[0], 0])


def test_the_exact_worth_is_that_of_games_played():
    player = BanditPlayer(6)
    parameters = loud(player, 8)
    exact = 0.0
    for ahead in player.histories(parameters, 6):
        counts, lever, every = ahead["counts"], ahead["lever"], np.arange(len(ahead["lever"]))
        exact += (ahead["chance"] * theory.next_chance(*counts[every][:, :2].T) * (lever == 0)).sum()
        exact += (ahead["chance"] * theory.next_chance(*counts[every][:, 2:].T) * (lever == 1)).sum()
        assert ahead["chance"].sum() == pytest.approx(1) and len(lever) == 2 ** counts[0].sum()
    games = Bandits(6).draw(np.random.default_rng(9), 60_000)
    reward = player.play(parameters, games)[1].sum(axis=0)
    assert reward.mean() == pytest.approx(exact, abs=5 * reward.std() / len(games) ** 0.5)


def test_the_exact_cost_of_a_predictor_is_that_of_all_its_rows():
    net = CoinPredictor(3)
    parameters = loud(net, 6)
    rows = np.array(list(itertools.product((True, False), repeat=7)))
    heads = rows.sum(axis=1)
    likely = np.exp(
        [-np.log(8) - np.log(np.prod(np.arange(8 - k, 8)) / max(1, np.prod(np.arange(1, k + 1)))) for k in heads]
    )
    odds, _ = net.watch(parameters, rows)
    wanted = (surprise(odds.astype(float), rows.T).sum(axis=0) * likely).sum()
    found = 0.0
    for ahead in net.histories(parameters, 7):
        chance = theory.next_chance(*ahead["counts"].T)
        told = ahead["odds"].astype(float)
        found += (ahead["chance"] * (chance * surprise(told, True) + (1 - chance) * surprise(told, False))).sum()
    assert likely.sum() == pytest.approx(1) and found == pytest.approx(wanted, rel=1e-6)


def test_a_short_training_brings_more_reward_and_less_surprise():
    player, rng = BanditPlayer(8), np.random.default_rng(0)
    run = train(practise_pulling(player, Bandits(4)), player.init(rng), clip(adam(0.01), 1), 300, rng=rng)
    assert -run.losses[:20].mean() == pytest.approx(2, abs=0.1) and -run.losses[-100:].mean() > 2.2
    net = CoinPredictor(4)
    run = train(practise_watching(net, 6), net.init(rng), clip(adam(0.02), 1), 200, rng=rng)
    assert run.losses[0] == pytest.approx(6 * np.log(2), rel=0.02)
    assert run.losses[-50:].mean() == pytest.approx(theory.coin_surprise(6), abs=0.05)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: GRU(0, 3, 1), "units must be a whole number, at least 1, got 0"),
        (lambda: GRU(2, 3, 1.0), "said must be a whole number, at least 1, got 1.0"),
        (lambda: CoinPredictor().unpack(np.zeros(3)), "parameters must be 273 numbers, got shape"),
    ],
)
def test_nets_that_cannot_be_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_games_are_counted():
    assert len(Games(np.zeros((3, 2)), np.zeros((3, 2, 1), bool))) == 3
