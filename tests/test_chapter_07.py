"""Chapter 7: its cards, its open cells, and what its page says of the machines."""

import inspect

import numpy as np
import pytest

from tests.notebooks import BOOK, frames_of, open_cell, open_function, shown_by
from third_optimizer.experiments import count_planners
from third_optimizer.experiments import watch_sgd_find_a_planner as walking
from third_optimizer.experiments.ask_planners import THOUGHT
from third_optimizer.experiments.judge_planners import choices, choosing, exam, implied
from third_optimizer.experiments.train_planners import CONTROLS, DIAL, DISCOUNT, PLANNER, SEEDS
from third_optimizer.mesa import walkers
from third_optimizer.world import Mazes, distances

NAME = "07_watch_sgd_find_a_planner"
STEP = {0: (-1, 0), 1: (1, 0), 2: (0, -1), 3: (0, 1)}


def walked(mazes, moves, discount):
    """Worth of the walk from every open cell, cell by cell and step by step, in maps: (B, rows, columns)."""
    move, worth = mazes.grid(moves, -1), np.zeros(mazes.walls.shape)
    rows, columns = mazes.walls.shape[1:]
    for maze, row, column in zip(*np.nonzero(mazes.open), strict=True):
        at, steps = (row, column), 0
        while mazes.worths[(maze, *at)] == 0 and steps < rows * columns:
            down, right = STEP[int(move[(maze, *at)])]
            to = at[0] + down, at[1] + right
            if 0 <= to[0] < rows and 0 <= to[1] < columns and mazes.open[(maze, *to)]:
                at = to
            steps += 1
        worth[maze, row, column] = mazes.worths[(maze, *at)] * discount**steps
    return worth


def best_there_is(mazes, discount):
    """The optimum by plain sweeps over maps."""
    values = mazes.worths.copy()
    for _ in range(mazes.walls[0].size):
        padded = np.pad(values, ((0, 0), (1, 1), (1, 1)))
        around = [padded[:, :-2, 1:-1], padded[:, 2:, 1:-1], padded[:, 1:-1, :-2], padded[:, 1:-1, 2:]]
        values = np.where(mazes.worths > 0, mazes.worths, np.where(mazes.walls, 0, discount * np.max(around, axis=0)))
    return values


def test_claim_c2(numbers=None):
    numbers = walking.claims()["C2"] if numbers is None else numbers
    with np.load(BOOK / "data/planner_dial.npz") as stored:
        dial = {name: stored[name] for name in ("practice", "a", "implied")}
    few, new = 1, len(DIAL) - 1
    assert DIAL[new] is None and numbers["few"] == DIAL[few] == 16 and numbers["trained"] == DISCOUNT == 0.9
    for which, place in (("few", few), ("new", new)):
        for name, column in dial.items():
            assert np.array_equal(numbers[f"{name}_{which}"], column[place]), (name, which)
    assert numbers["practice_few"].min() > 0.99 and numbers["practice_new"].min() > 0.99
    assert numbers["a_few"].max() < 0.6 and numbers["a_new"].min() > 0.9
    assert numbers["implied_few"].max() < 0.8 and abs(numbers["implied_new"] - 0.9).max() < 0.02


def test_claim_c3(numbers=None):
    """Shares of the best by walks and values of our own, on the first forty mazes of the examination for one machine; on
    all of them for the rules."""
    numbers = walking.claims()["C3"] if numbers is None else numbers
    mazes = exam()
    best = best_there_is(mazes, DISCOUNT)
    ask = mazes.open & (mazes.worths == 0) & (best > 0)
    earned = {}
    for name, moves in (
        ("nearest", walkers.nearest(mazes)),
        ("worthiest", walkers.worthiest(mazes)),
        ("machine", PLANNER.moves(walking.machine(seed=SEEDS[0]), mazes, 14)),
    ):
        earned[name] = walked(mazes, moves, DISCOUNT)
    for name in ("nearest", "worthiest"):
        assert numbers[name] == pytest.approx(earned[name][ask].sum() / best[ask].sum(), rel=1e-6)
    assert numbers["share"][0] == pytest.approx(earned["machine"][ask].sum() / best[ask].sum(), rel=1e-6)
    conflicts = {"a": earned["nearest"], "b": earned["worthiest"]}
    for name, rule in conflicts.items():
        where = ask & (rule < 0.93 * best)
        assert numbers[name][0] == pytest.approx((earned["machine"] > 0.97 * best)[where].mean(), rel=1e-6)
    assert len(numbers["share"]) == len(SEEDS) == 5
    assert 0.99 < numbers["share"].min() and numbers["share"].max() <= 1
    assert 0.9 < min(numbers["a"].min(), numbers["b"].min()) and max(numbers["a"].max(), numbers["b"].max()) <= 1
    with np.load(BOOK / "data/planner_dial.npz") as stored:
        assert np.array_equal(numbers["a_few"], stored["a"][1])


def test_claim_c10(numbers=None):
    """The stored controls as they lie in their file; the implied discount fitted again for one machine."""
    numbers = walking.claims()["C10"] if numbers is None else numbers
    amiss = {"single": 1, "shuffled": 2, "untied": 4, "free": 6}
    assert [list(CONTROLS)[place] for place in amiss.values()] == list(walking.AMISS.values())
    with np.load(BOOK / "data/planner_controls.npz") as stored:
        for name, place in amiss.items():
            assert np.array_equal(numbers[name], stored["a"][place]), name
            assert numbers[name].max() < 0.8 < numbers["a"].min()
        assert stored["exploded"][amiss["free"]].all()
    assert numbers["trained"] == DISCOUNT == 0.9
    assert np.abs(numbers["implied"] - DISCOUNT).max() < 0.01
    assert np.array_equal(numbers["a"], walking.shares()["a"])
    moves = PLANNER.moves(walking.machine(seed=0), choosing(), THOUGHT)
    assert numbers["implied"][0] == pytest.approx(implied(choices(choosing(), moves))["discount"], abs=1e-4)


def test_claim_c13(numbers=None):
    """Counted again, design by design, from the atlas as it lies in its file."""
    numbers = walking.claims()["C13"] if numbers is None else numbers
    with np.load(BOOK / "data/planner_atlas.npz") as stored:
        fresh, a, b, chosen = (stored[name].reshape(-1, 3) for name in ("fresh", "a", "b", "implied"))
    for seed in range(3):
        rows = sorted(
            zip(fresh[:, seed], a[:, seed], b[:, seed], chosen[:, seed], strict=True), key=lambda row: -row[0]
        )
        right = [bool(row[1] >= 0.9 and row[2] >= 0.9 and 0.88 <= row[3] <= 0.92) for row in rows]
        assert numbers["top"][seed] == sum(right[:5]) / numbers["best"]
        assert numbers["rest"][seed] == sum(right[5:]) / (len(rows) - 5)
        others = [row[0] for row, weighs in zip(rows[:20], right[:20], strict=True) if not weighs]
        assert numbers["near_best"][seed] == len(others) and numbers["earned"][seed] == min(others)
    assert numbers["top"].min() > 10 * numbers["rest"].max()


# --- open cells ------------------------------------------------------------------------------------------


def page_function(name):
    names = {}
    exec("import numpy as np\nfrom third_optimizer.mesa.planner import around", names)
    exec(open_function(NAME, name), names)
    return names[name]


def test_a_sweep_is_what_the_machine_does():
    mazes, sweep = exam(count=20), page_function("sweep")
    parameters = walking.machine()
    drive, repeat, *_ = PLANNER.unpack(parameters)
    push, state = PLANNER.seen(mazes) @ drive, np.zeros((mazes.count + 1, 16), np.float32)
    for _ in range(14):
        state[:-1] = sweep(state, push, repeat, mazes.near)
    _, states = PLANNER.think(parameters, mazes, 14)
    assert np.allclose(state, states[-1], rtol=1e-5, atol=1e-5) and state.max() > 1


def test_the_rival_is_the_package_s():
    source = inspect.getsource(walkers.nearest).strip()
    assert open_function(NAME, "nearest").replace(", whatever it is worth", "") == source.replace(
        ", whatever it is worth", ""
    )


def test_as_good_is_even():
    as_good = page_function("as_good")
    assert np.allclose(as_good([0, 1, 6], 0.9) * 0.9 ** np.array([0, 1, 6]), 1)


def test_the_page_trains_what_it_shows():
    source = open_cell(NAME, "learn(")
    assert 'learn("exact", discount=DISCOUNT' in source and "callback=look" in source


def test_an_edit_of_an_open_cell_is_seen():
    """A sweep that forgets, a rule that goes to the worthiest, other lines of theory, a training cut short."""
    edits = [
        ("near) @ repeat + push, 0)", "near) @ (0.5 * repeat) + push, 0)"),
        ("return uphill(mazes, -distances(mazes, mazes.goal))", "return uphill(mazes, mazes.worth)"),
        ("return discount ** -np", "return 1.2 ** np"),
        ("seed=11, callback", "seed=11, steps=200, callback"),
    ]
    pictures = {frame["title"]: frame for frame in frames_of(shown_by(NAME, edits))}
    titles = " ".join(pictures)
    wave = next(frame for title, frame in pictures.items() if "a cell a sweep" in title)
    kept = walking.settling(page_function("sweep"))
    assert not np.allclose(wave["columns"]["y"][: len(kept["steps"])], kept["settled"][0], equal_nan=True)
    training = next(frame for title, frame in pictures.items() if "A few seconds of training" in title)
    assert max(training["columns"]["x"]) == 200
    paid = next(frame for title, frame in pictures.items() if "they choose by" in title)
    lines = np.array(paid["columns"]["y"])[np.array(paid["columns"]["series"]) == "0.90"]
    assert lines[-1] == pytest.approx(1.2**12, rel=1e-3), titles


# --- the picture's mazes ---------------------------------------------------------------------------------


def test_the_mazes_on_offer_can_be_walked():
    for name, one in walking.offered().items():
        assert isinstance(one, Mazes) and len(one) == 1, name
        assert np.isfinite(distances(one, one.goal)).sum() > 20, name


def test_another_machine_is_trained_as_it_is_told(monkeypatch):
    monkeypatch.setitem(walking.STEPS, "exact", 40)
    told = []
    made = walking.another(lambda done, weights: told.append((done, weights.shape)), seed=3)
    assert [round(done, 2) for done, _ in told] == [0, 0.5, 1.0] and {shape for _, shape in told} == {(3316,)}
    assert made["weights"].shape == (3316,) and made["lumps"].shape == (2, 16)


def test_exercises_have_the_answers_of_a_count():
    how_far, prefer = (walking.exercises()[name] for name in ("how_far", "prefer"))
    far = how_far["worth"] * 0.9 ** how_far["steps"]
    assert [how_far["other"] * 0.9**d > far for d in (how_far["most"], how_far["rounded"])] == [True, False]
    x = np.linspace(0, prefer["bound"], 100_001)
    gained = (prefer["P"] - prefer["c"] * x**2) / prefer["N"] + x
    assert x[gained.argmax()] == pytest.approx(prefer["best"], abs=1e-4)


# --- sentences without numbers -----------------------------------------------------------------------------


def test_what_the_page_says_in_words():
    """A straight fit reads more after training, length more than direction, little practice makes no planner."""
    for way in ("sampled", "exact"):
        forms = walking.forms(way)
        assert all((forms["exponential"] > other).all() for name, other in forms.items() if name != "exponential")
    written = walking.written_rows("a")
    assert min(written["random, its length by worth"]) > 1.5 * max(written["random, worth ignored"])
    assert count_planners.counted()["few"].max() == 0
    assert all(abs(found - DISCOUNT).min() > 0.005 for found in walking.outside().values())  # it drifts
    patient = walking.patience()
    assert (np.diff(patient["implied"][:5], axis=0) > 0).all() and patient["implied"][-1].min() > 0.9
