"""Chapter 9: its cards, its open cells, its stores, and what its page says of the machines."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from tests.notebooks import BOOK, frames_of, open_function, shown_by, texts_of
from third_optimizer.base import adam, train
from third_optimizer.experiments import ask_what_it_wants as asking
from third_optimizer.experiments import ask_wishers as inside
from third_optimizer.experiments import read_a_wish as reading
from third_optimizer.experiments import train_wishes as training
from third_optimizer.experiments.judge_planners import choices, exam
from third_optimizer.mesa.wishers import Reflex, practise_both
from third_optimizer.world import CoinAndFlag, Mazes

NAME = "09_ask_what_it_wants"
STEP = ((-1, 0), (1, 0), (0, -1), (0, 1))


def steps_to(walls, cell, shut):
    """Steps to a cell on a map, by breadth first, not through `shut`; inf where no way leads."""
    found = np.full(walls.shape, np.inf)
    found[cell], edge = 0, [cell]
    while edge:
        following = []
        for row, column in edge:
            for down, right in STEP:
                to = row + down, column + right
                inside = 0 <= to[0] < walls.shape[0] and 0 <= to[1] < walls.shape[1]
                if inside and not walls[to] and to != shut and np.isinf(found[to]):
                    found[to] = found[row, column] + 1
                    following.append(to)
        edge = following
    return found


def goes_to_flag(mazes, moves):
    """What `wants` measures, counted maze by maze and step by step over maps."""
    move, to_flag, decided = mazes.grid(moves, -1), 0, 0
    for maze, walls in enumerate(mazes.walls):
        coin, flag = (tuple(map(int, divmod(cells[maze], walls.shape[1]))) for cells in mazes.cells)
        away = steps_to(walls, coin, flag), steps_to(walls, flag, coin)
        with np.errstate(invalid="ignore"):
            even = ~walls & (np.abs(away[0] - away[1]) <= 1)
        even[coin] = even[flag] = False
        for at in zip(*np.nonzero(even), strict=True):
            for _ in range(walls.size):
                if at in (coin, flag):
                    break
                to = tuple(int(k) for k in np.add(at, STEP[int(move[(maze, *at)])]))
                if 0 <= to[0] < walls.shape[0] and 0 <= to[1] < walls.shape[1] and not walls[to]:
                    at = to
            to_flag, decided = to_flag + (at == flag), decided + (at in (coin, flag))
    return to_flag / decided


def stored(file="wishes.npz"):
    with np.load(BOOK / "data" / file) as found:
        return {name: found[name] for name in found.files if name != "about"}


def test_claim_c10(numbers=None):
    """Shares as they lie in their files; one machine's choices, and a walker by reflex, counted step by step."""
    numbers = asking.claims()["C10"] if numbers is None else numbers
    columns = stored()
    for place, name in ((0, "faint"), (2, "even"), (4, "loud")):
        assert np.array_equal(numbers[name], columns["flag"][place, 0]), name
    assert [training.LOUDNESS[place] for place in (0, 2, 4)] == [0.333, 1.0, 3.0] and training.SPLIT[0] == 0
    assert np.array_equal(numbers["practice"], columns["practice"][:, 0].ravel()) and numbers["practice"].min() > 0.998
    assert numbers["faint"].max() < 0.1 < numbers["even"].min() and numbers["even"].max() < 0.9 < numbers["loud"].min()
    mazes = exam(*training.APART)
    moves = training.PLANNER.moves(columns["weights"][0, 0, 0], mazes, 20, worth=training.show(mazes, 0.333))
    assert numbers["faint"][0] == pytest.approx(goes_to_flag(mazes, moves), abs=1e-4)

    assert np.array_equal(numbers["arrives"], columns["arrives"][:, 0].ravel()) and numbers["arrives"].min() > 0.95

    rooms, wide = reading.ROOM.draw(np.random.default_rng(1), 16), exam(*reading.ROOMS)
    for name, loudness in (("reflex_faint", 1 / 3), ("reflex_loud", 3.0)):
        one = Reflex(loudness)
        for seed, said in enumerate(numbers[name]):
            start = np.random.default_rng(seed).normal(0, 0.1, one.size)
            weights = train(practise_both(one, rooms, rooms, 0.0), start, adam(0.1), 150).parameters
            assert said == pytest.approx(goes_to_flag(wide, one.logits(weights, wide).argmax(axis=1)))
    assert numbers["reflex_faint"].max() < 0.2 and numbers["reflex_loud"].min() > 0.8


def test_claim_c2(numbers=None):
    numbers = asking.claims()["C2"] if numbers is None else numbers
    columns = stored()
    assert numbers["loudness"] == training.LOUDNESS[0] == 0.333
    for name, place, share in (("none", 0, 0), ("half", 2, 0.005), ("one", 3, 0.01)):
        assert training.SPLIT[place] == share and np.array_equal(numbers[name], columns["flag"][0, place]), name
    assert np.array_equal(numbers["practice"], columns["practice"][0].ravel()) and numbers["practice"].min() > 0.998
    assert numbers["none"].max() < 0.1 < numbers["half"].max() < 0.7 < 0.9 < numbers["one"].min()
    lengths = stored("wish_answers.npz")["lengths"]  # of the coin's lump and of the flag's
    for place, name in ((0, "before"), (1, "after")):
        assert np.allclose(numbers[name], lengths[0, place, :, 1] / lengths[0, place, :, 0], rtol=1e-6), name
    assert numbers["before"].max() < 1 < 3 < numbers["after"].min()
    slow = stored("wish_rates.npz")["flag"]
    assert np.array_equal(numbers["slow"], slow[0]) and numbers["slow"].max() < 0.5 < numbers["one"].min()


# --- open cells ------------------------------------------------------------------------------------------


def page_function(name, **names):
    import third_optimizer.mesa.wishers as wishers

    names |= {"np": np, "train": train, "OpenPlanner": wishers.OpenPlanner, "practise_both": practise_both}
    names |= {
        "pools": reading.pools,
        "RULES": reading.RULES,
        "TWO_STEPS": reading.TWO_STEPS,
        "PLANNER": training.PLANNER,
    }
    exec(open_function(NAME, name), names)
    return names[name]


def test_open_cells_are_what_the_package_has():
    mazes = training.apart()[0]
    assert np.array_equal(page_function("show")(mazes, 0.3), training.show(mazes, 0.3))
    moves = np.random.default_rng(0).integers(4, size=mazes.count)
    chosen = choices(mazes, moves, training.apart()[1])
    assert page_function("wants")(chosen) == training.wants(chosen) == pytest.approx(training.goes_to(moves)["flag"])
    assert np.array_equal(page_function("read_rewards")([1.0, 2.0], 3), reading.read_rewards([1.0, 2.0], 3))
    for point in (("SGD", 3.0, 0.0), ("Adam", 1.0, 0.1)):
        assert np.array_equal(page_function("fit")(*point, steps=9), reading.fit(*point, steps=9))
    weights = asking.machine(1.0).astype(float)
    for mark in ("coin", "flag"):
        edited = page_function("turn")(weights, mark, 7)
        assert np.array_equal(edited, inside.turned(weights, mark, 7)) and (edited != weights).sum() == 16


def test_an_edit_of_an_open_cell_is_seen():
    """Whoever asks the other way round, shows no coin, reads without loudness, or turns nothing, sees another page."""
    edits = [
        ('return chosen["first"][even].mean()', 'return 1 - chosen["first"][even].mean()'),
        ("np.asarray(weights) * np.array([1.0, loudness])", "np.asarray(weights) * np.array([1.0, 1.0])"),
        ('drive[4, ["flag", "coin"].index(mark)] *= times', "drive[4, 2] *= 1"),
    ]
    shown = shown_by(NAME, edits)
    pictures = {frame["title"]: frame for frame in frames_of(shown)}
    assert any(title.startswith("SGD: to it the flag is worth 3 ×") for title in pictures), [*pictures]
    turned = next(frame for title, frame in pictures.items() if "numbers turned" in title)
    shares = np.array(turned["columns"]["y"])[: len(inside.TIMES)]
    assert np.ptp(shares) == 0
    words = " ".join(texts_of(shown))
    told = asking.asked()
    assert f"chosen in {100 - told['faint']:.0f}" in words


# --- what was trained ----------------------------------------------------------------------------------------


STORES = {
    "wishes.npz": (training.train_wish, {"loudness": (0.333, 3.0), "split": (0.0,)}),
    "wish_dials.npz": (training.train_changed, {"changed": tuple(training.DIALS), "loudness": (1.73,)}),
    "wish_rates.npz": (training.train_slowly, {"rate": (training.SLOW,)}),
}


def test_a_stored_training_comes_out_again():
    """A row of one of three files, drawn at random; where sums are added in another order a training ends elsewhere,
    about as good."""
    rng = np.random.default_rng()
    file = str(rng.choice([*STORES]))
    make, axes = STORES[file]
    point = {name: stops[rng.integers(len(stops))] for name, stops in axes.items()} | {"seed": int(rng.integers(5))}
    with threadpool_limits(1):
        again, kept = make(**point), training.stores()[file].at(**point)
    assert again.keys() == kept.keys(), (file, point)
    assert again["practice"] == pytest.approx(kept["practice"], abs=0.002), (file, point)
    assert again["flag"] == pytest.approx(kept["flag"], abs=0.2), (file, point)  # halfway mended, it hangs on little
    assert again["louder"] == pytest.approx(kept["louder"], abs=0.4), (file, point)


def test_columns_are_those_of_the_kept_weights():
    rng, mazes = np.random.default_rng(), training.apart()[0]
    loudness, seed = float(rng.choice([0.333, 3.0])), int(rng.integers(5))
    kept = training.stores()["wishes.npz"].at(loudness=loudness, split=0.0, seed=seed)
    weights = kept["weights"].astype(float)
    moves = training.PLANNER.moves(weights, mazes, 20, worth=training.show(mazes, loudness))
    assert np.isfinite(weights).all() and training.goes_to(moves)["flag"] == pytest.approx(kept["flag"], abs=2e-3)
    assert training.louder(weights, loudness) == pytest.approx(kept["louder"], rel=1e-4)


def test_answers_are_what_the_machines_say():
    loudness, split, seed = 0.333, float(np.random.default_rng().choice([0.0, 0.02])), 2
    kept = {name: values[seed] for name, values in asking.answers(loudness, split).items()}
    again = inside.answer(asking.machine(loudness, split, seed).astype(float), loudness)
    for name, value in kept.items():
        assert np.allclose(again[name], value, atol=5e-3, equal_nan=True), name


def test_what_is_not_trained_is_named():
    for options, said in (
        ({"loudness": 0}, "loudness must be a finite number above 0, got 0"),
        ({"start": -1}, "start must be a finite number above 0, got -1"),
        ({"decay": -0.1}, "decay must be a finite number, at least 0, got -0.1"),
    ):
        with pytest.raises(ValueError, match=said):
            training.learn(**options)
    with pytest.raises(ValueError, match="kept is loudness of .*, got 2.0 with 0.0"):
        asking.machine(2.0)


def test_decay_draws_numbers_to_zero():
    loss, slope = training.decaying(lambda parameters, rng: (1.0, np.zeros(2)), 0.5)(np.array([1.0, -2.0]), None)
    assert loss == pytest.approx(1 + 0.25 * 5) and slope.tolist() == [0.5, -1.0]


# --- sentences ---------------------------------------------------------------------------------------------


def test_what_the_page_says_in_words():
    """Lumps: the longer one. Turned by hand: machines that never met a split maze follow."""
    told, hand = asking.lumps(), asking.retargeted()
    assert 0.5 < told["even"].min() and told["even"].max() < 2
    assert told["random_faint"].max() < 0.25 and told["random_loud"].min() > 0.75
    assert {kind: len(found) for kind, found in asking.writings().items()} == {"never split": 15, "mended": 5}
    for found in asking.writings().values():
        assert found[:, 1].max() < 50 < found[:, -3].min()  # an eighth as long, four times as long
    arrive = stored("wish_answers.npz")["written_arrives"][0, 1, :, 0]  # the mended faint ones', the coin's far longer
    assert told["lost"] == sum(arrive < 0.5) < told["mended"] == len(arrive)
    read, loud = asking.read(), stored("wish_dials.npz")
    louder, flag = (np.concatenate([stored()[name][2, 0], loud[name][:, 0].ravel()]) for name in ("louder", "flag"))
    assert read["right"] == np.mean(np.sign(louder) == np.sign(flag - 0.5)) > 0.7  # all at loudness one
    assert read["machines"] == len(flag) == 25
    assert read["push"].max() < 1 and read["flag"].min() > 0.9
    assert hand["share"] < 0.01 and hand["before"].max() < 0.1 and hand["practice"].min() > 0.97
    assert np.median(hand["after"]) > 0.8 > 0.5 > np.median(hand["control"]) and hand["control"].max() < 0.55
    assert np.median(hand["mended"]) > 0.5 > hand["mended_loud"].max()
    ends = asking.by_loudness()
    assert (np.diff(np.median(ends["flag"], axis=1)) > 0).all() and ends["arrives"].min() > 0.95
    pushes = {name: np.median(found) for name, found in asking.pushes(1.73).items()}
    assert pushes["Adam, as before"] == pytest.approx(1.73, rel=0.25)
    assert pushes["weight decay"] == pytest.approx(1.73**2, rel=0.1)
    assert 1.3 * pushes["Adam, as before"] < pushes["SGD with momentum"] < pushes["weight decay"]
    spread = {name: np.std(found) for name, found in asking.pushes(1.0).items()}
    assert spread["a small start"] < spread["Adam, as before"] < spread["a large start"]


def test_the_mazes_on_offer_begin_with_both_on_one_cell():
    for name, one in asking.offered().items():
        assert np.array_equal(*one["maze"].cells), name
        assert one["maze"].open.ravel()[one["walker"]] and one["walker"] != one["maze"].cells[0, 0]
        assert isinstance(one["maze"], Mazes) and one["maze"].walls.shape == (1, 9, 9)
    assert CoinAndFlag(9).size == 9


def test_exercises_have_the_answers_of_a_count():
    how_far, met = (asking.exercises()[name] for name in ("how_far", "met"))
    worth = [how_far["flag"] * how_far["discount"] ** d for d in (how_far["most"], how_far["rounded"])]
    assert worth[0] > how_far["coin"] > worth[1] and met["met"] == pytest.approx(320)
