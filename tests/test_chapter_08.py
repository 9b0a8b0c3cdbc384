"""Chapter 8 without its battery: the card of the bandit player, the stores, the open cells, what the page says."""

import inspect
from functools import cache

import numpy as np
import pytest

from tests.notebooks import BOOK, frames_of, open_function, shown_by
from third_optimizer import theory
from third_optimizer.experiments import ask_whether_it_is_an_optimizer as asking
from third_optimizer.experiments import train_on_luck as training
from third_optimizer.experiments import write_in_its_mind as writing
from third_optimizer.world import Bandits

NAME = "08_ask_whether_it_is_an_optimizer"


def page_function(name):
    names = {}
    exec("import numpy as np\nfrom functools import cache", names)
    exec(open_function(NAME, "laplace"), names)
    exec(open_function(NAME, name), names)
    names[name] = cache(names[name]) if name == "best" else names[name]  # the decorator is not part of the source
    return names[name]


@cache
def best():
    return page_function("best")


# --- the card ----------------------------------------------------------------------------------------------


def worth_of_a_rule(rule, pulls):
    """Reward of a game under rule(counts, left) -> chance of the second lever, over distinct counts, forwards."""
    now, total = {(0, 0, 0, 0): 1.0}, 0.0
    for left in range(pulls, 0, -1):
        then = {}
        for counts, chance in now.items():
            second = float(rule(counts, left))
            for lever, share in ((0, 1 - second), (1, second)):
                if share:
                    paid, failed = counts[2 * lever : 2 * lever + 2]
                    pays = (paid + 1) / (paid + failed + 2)
                    total += chance * share * pays
                    for place, likely in ((2 * lever, pays), (2 * lever + 1, 1 - pays)):
                        after = tuple(count + (k == place) for k, count in enumerate(counts))
                        then[after] = then.get(after, 0) + chance * share * likely
        now = then
    return total


@cache
def found_again():
    """The rules forwards, by counts; one machine's worth from games that are played; the rest as it lies in its file."""
    curious, found = page_function("curious"), {}
    for pulls, name in ((10, "rule"), (20, "rule_long")):
        optimum = theory.best_play(pulls)[0]
        worth = worth_of_a_rule(lambda counts, left: curious(*counts), pulls)
        found[name] = (worth - pulls / 2) / (optimum - pulls / 2)
    games = Bandits(10).draw(np.random.default_rng(11), 60_000)
    _, paid, _ = training.PLAYER.play(training.player(2), games)
    found["played"] = (paid.sum(axis=0).mean() - 5) / (theory.best_play(10)[0] - 5)
    found["ten"] = [training.judge(training.player(seed), 10)["share"] for seed in training.SEEDS]
    with np.load(BOOK / "data/long_bandits.npz") as stored, np.load(BOOK / "data/bandits.npz") as ten:
        found |= {"plain": stored["share"][0], "long": stored["share"][1]}
        found["eight"] = ten["other"][:, training.OTHER_PULLS.index(8)]
    _, worths = theory.best_play(10)

    def by_heart(counts, left):  # as many pulls in, whatever is left
        return worths[1][counts] > worths[0][counts]

    found["table"] = (worth_of_a_rule(by_heart, 8) - 4) / (theory.best_play(8)[0] - 4)
    found["entries"] = len([1 for counts in np.ndindex(10, 10, 10, 10) if sum(counts) < 10])
    return found


def test_claim_c13(numbers=None):
    numbers, again = asking.claims(best())["C13"] if numbers is None else numbers, found_again()
    assert abs(numbers["ten"][2] - again["played"]) < 0.05  # four standard errors
    for name in ("ten", "rule", "long", "rule_long", "plain", "eight", "table", "entries"):
        assert np.allclose(numbers[name], again[name], rtol=0, atol=1e-9), name
    assert numbers["ten"].min() >= 0.99 and numbers["rule"] > numbers["ten"].max() and len(numbers["ten"]) == 5
    assert numbers["long"].min() > numbers["rule_long"] > numbers["plain"].max()


# --- the stores --------------------------------------------------------------------------------------------


def test_a_random_coin_predictor_is_trained_again():
    seed = int(np.random.default_rng().choice(training.SEEDS))
    again = training.train_predictor(seed)["weights"]
    assert np.allclose(again, training.predictor(seed), atol=1e-3), seed


@pytest.mark.parametrize("which", ["ten", "warm", "plain"])
def test_the_beginning_of_a_random_training_of_bandit_players_comes_again(which):
    seed = int(np.random.default_rng().choice(training.SEEDS))
    if which == "ten":
        stored, options = training.stores()["bandits.npz"].at(seed=seed), {"pulls": 10}
    else:
        stored = training.stores()["long_bandits.npz"].at(seed=seed, warm_up=which == "warm")
        options = {"pulls": 20, "warm_up": which == "warm", "batch": training.LONG_BATCH}
    _, rewards = training.learn_to_pull(seed=seed, stages=1, **options)
    assert np.allclose(rewards[: training.FIRST], stored["first"], atol=0.02), seed  # a rounding may flip a pull
    assert rewards[:20].mean() < rewards[-50:].mean()


def test_the_stored_machines_are_as_good_in_other_games_as_the_file_says():
    seed = int(np.random.default_rng().choice(training.SEEDS))
    for pulls in (2, 5, 12):
        share = training.judge(training.player(seed), pulls)["share"]
        assert asking.other_lengths()[pulls]["machines"][seed] == pytest.approx(share, abs=1e-6)


def test_judge_knows_the_best_play_and_one_that_always_pulls_one_lever(monkeypatch):
    class Stubborn:
        def histories(self, parameters, pulls, beta):
            for done in range(pulls):
                paid = np.arange(done + 1)
                counts = np.stack([paid, done - paid, 0 * paid, 0 * paid], axis=1)
                chance = np.full(done + 1, 1 / (done + 1))  # any number of heads is as likely
                yield {"counts": counts, "chance": chance, "lever": 0 * paid}

    monkeypatch.setattr(training, "PLAYER", Stubborn())
    found = training.judge(None, 10)
    assert found["worth"] == pytest.approx(5) and found["share"] == pytest.approx(0) and found["agrees"] < 0.8
    assert found["dares"] < 1


# --- open cells --------------------------------------------------------------------------------------------


def test_the_open_cells_are_the_package_s():
    for name, ours in (
        ("laplace", asking.laplace),
        ("best", asking.best),
        ("curious", asking.curious),
        ("write", writing.write),
    ):
        assert open_function(NAME, name).strip() == inspect.getsource(ours).strip().removeprefix("@cache\n")
    for pulls in (1, 4, 10):
        assert best()((0, 0, 0, 0), pulls) == pytest.approx(theory.best_play(pulls)[0], abs=1e-12)


def test_an_edit_of_an_open_cell_is_seen():
    """A rule that goes to the lever it knows more, no foresight in the best play, and writing that does nothing."""
    edits = [("(1 + newer) / 2", "(1 - newer) / 2"), ("return state + more @ direction", "return state")]
    pictures = {frame["title"]: frame for frame in frames_of(shown_by(NAME, edits))}
    ten = next(frame for title, frame in pictures.items() if "nearer to the best" in title)
    rows = dict(zip(np.array(ten["columns"]["row"])[::-1], np.array(ten["columns"]["value"])[::-1], strict=True))
    assert rows["rule B"] > 2 > rows["rule A"] > 1.5
    wrote = next(frame for title, frame in pictures.items() if "where one must write" in title)
    assert np.allclose(wrote["columns"]["value"], 0, atol=1e-9)


# --- what the page says ------------------------------------------------------------------------------------


def test_ties_are_what_rule_b_is_about():
    assert asking.curious(2, 1, 0, 0) == 0 and asking.curious(0, 1, 0, 0) == 1  # the better-looking one
    assert asking.curious(1, 1, 0, 0) == 1 and asking.curious(0, 0, 2, 2) == 0 and asking.curious(0, 0, 0, 0) == 0.5
    shares = asking.shares("ten pulls", best())
    assert shares["rule A"][0] == pytest.approx(0.9844, abs=1e-4) and len(shares["five machines"]) == 5


def test_coin_predictors_come_within_a_few_thousandths_of_a_nat():
    """The excess once more from rows: every one of 1,024, weighted by its chance."""
    rows = (np.arange(1024)[:, None] >> np.arange(10) & 1).astype(bool)
    heads = rows.sum(axis=1)
    chance = np.array([1 / 11 / np.prod([(10 - k) / (k + 1) for k in range(h)]) for h in heads])
    odds = training.PREDICTOR.watch(training.predictor(1), rows)[0].astype(float)
    cost = np.log1p(np.exp(np.where(rows.T, -odds, odds))).sum(axis=0)
    assert chance.sum() == pytest.approx(1)
    assert asking.excess(10)[1] == pytest.approx(chance @ cost - theory.coin_surprise(10), abs=1e-6)
    assert 0 < asking.excess(10).min() and asking.excess(10).max() < 0.004
    told = asking.foretold()
    assert abs(told["paired"]) < 4 * told["paired_deviation"] < told["deviation"]


def test_answers_are_off_by_what_the_figure_says():
    for tosses in (2, 9):
        told, columns = asking.answered(tosses), asking.answers(tosses)
        assert len(set(columns["x"])) == tosses + 1 and told["away"] == np.abs(columns["y"]).max() < 3
    shifted = asking.answers(3, lambda heads, tails: 0 * heads + 0.5)
    assert set(shifted["x"]) == {50} and np.abs(shifted["y"]).max() > 25


def test_reading_is_easy_and_writing_is_another_thing():
    read = writing.probed()
    assert read["trained"].min() > 0.99 and read["untrained"].min() > 0.85 and read["counts"].min() > 0.95
    for later in writing.LATER:
        probe, own, random = writing.written(later).values()
        assert own.min() > 95 > 20 > probe.max() and random.max() < 20, later
    probe, own, random = writing.swayed().values()
    assert own.min() > 80 > 20 > max(probe.max(), random.max())


def test_the_whole_state_written_would_be_the_other_game(monkeypatch):
    """What `written` measures: 100 if a state answers as the other row's, and what a shift of all answers gives."""

    def whole(state, more, direction):
        order = np.random.default_rng(0)  # the donors of the first machine
        return state[order.permutation(len(state))]

    monkeypatch.setattr(writing, "SEEDS", (0,))
    assert writing.written(0, whole)[writing.WAYS[1]][0] > 99.5
    still = writing.written(2, lambda state, more, direction: state)
    assert all(abs(values[0]) < 1e-9 for values in still.values())


def test_the_exercise_has_the_answer_of_a_count():
    try_it = asking.exercises()["try_it"]
    _, table = theory.best_play(4)  # two pulls done, two left
    assert try_it["tried"] == pytest.approx(table[1, 1, 1, 0, 0]) and try_it["kept"] == pytest.approx(
        table[0, 1, 1, 0, 0]
    )
