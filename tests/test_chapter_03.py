"""Chapter 3: its cards, its open cells, what it stores, and what its page says of basins, walls and needles."""

import inspect

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import ncx2

from tests.notebooks import BOOK, cards_of, frames_of, open_function, shown_by, texts_of
from third_optimizer import theory
from third_optimizer.base import adam, clip, train
from third_optimizer.experiments import find_basins_walls_and_needles as finding
from third_optimizer.experiments import let_it_rain as raining
from third_optimizer.experiments import meet_walls
from third_optimizer.experiments.meet_walls import Exact, exact
from third_optimizer.mesa import LinearAttention, SignNet, practice
from third_optimizer.world import Parity, Regression, error

NAME = "03_find_basins_walls_and_needles"


def stored(name):
    with np.load(BOOK / f"data/{name}.npz") as file:
        return {key: file[key] for key in file.files if key != "about"}


def inside(dimension, spread, seed):
    """Share of the page's starts that begin within the rim: small steps do not take them out of it, nor others in."""
    drops = spread * np.random.default_rng(seed).normal(size=(1000, dimension))
    return np.mean((drops**2).sum(axis=1) < 1)


def best_left(d, n=40):
    """What the best step leaves, in per cent of guessing zero: uniform inputs have variance 1/3, fourth moment 1/5."""
    step = (1 / 3) / ((1 / 5 + (n + d - 2) / 9) / n)
    return 100 * (1 - step / 3)


def test_claim_c16(numbers=None):
    numbers = finding.claims()["C16"] if numbers is None else numbers
    assert numbers["two"] == pytest.approx([inside(2, 1, seed) for seed in range(5)])
    assert numbers["two"] == pytest.approx(1 - np.exp(-0.5), abs=4 * 0.0155)
    assert numbers["many"] == 10 and numbers["count"] == 5 * 1000
    assert numbers["found"] == round(1000 * sum(inside(10, 1, seed) for seed in range(5))) <= 5
    assert numbers["odds"] == pytest.approx(1 / ncx2.cdf(1, 10, 1e-12), rel=1e-6)
    assert (
        numbers["narrow"] == pytest.approx([inside(10, 0.3, seed) for seed in range(5)])
        and min(numbers["narrow"]) > 0.6
    )
    valleys = stored("valleys")
    adam_usual, plain_small = valleys["exact"][0, 1], valleys["exact"][1, 0]  # (dimensions, seeds)
    lost = np.array([best_left(d) * 1.2 for d in (2, 3, 4, 5)])[:, None]
    assert numbers["starts"] == adam_usual.shape[1] == 20
    assert numbers["adam"] == (adam_usual >= lost)[0].sum() and numbers["plain"] == (plain_small >= lost)[0].sum()
    assert numbers["stay"] == (adam_usual >= lost).sum() and numbers["late"] == (valleys["left"][0, 1] >= lost).sum()
    assert numbers["adam"] > 5 > numbers["plain"] + 1
    right = stored("parities")["right"][2] > 0.99  # at a learning rate of a hundredth
    at = 250 * right.argmax(axis=1)
    assert right.any(axis=1).all() and np.array_equal(numbers["solved_at"], at) and at.max() < 12_000
    assert (
        numbers["budget"] == 4000
        and numbers["slow_solved"] == (at <= 4000).sum() == 0
        and numbers["seeds"] == len(at) == 5
    )


def test_claim_f1(numbers=None):
    numbers = finding.claims()["F1"] if numbers is None else numbers
    assert numbers["deeper"] == 12 / 2 - 3**2 / 2  # the bowl's rise to the rim, less the flank's
    assert numbers["many"] == 10 and numbers["odds"] == pytest.approx(1 / ncx2.cdf(1, 10, 1e-12), rel=1e-6)
    assert numbers["half"] == next(k for k in range(1, 30) if np.float16(1) + np.float16(2.0**-k) == 1) == 11
    assert numbers["off"] == pytest.approx([1 - inside(10, 1, seed) for seed in range(5)])
    roads = stored("roads")["error"]  # (dimensions, seeds, places)
    for name, i in (("wall", 0), ("low_wall", 2)):
        out = roads[i][~np.isnan(roads[i, :, 0])]
        assert numbers[name] == pytest.approx(out.max(axis=1) - out[:, 0], abs=1e-4)
    assert numbers["wall"].min() > 5 > 1 > numbers["low_wall"].max() > 0
    drops = [np.random.default_rng(seed).normal(size=(1000, 2)) for seed in range(5)]
    assert numbers["needle"] == pytest.approx([np.mean((one**2).sum(axis=1) < 0.1**2) for one in drops])


# --- the rain --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dimension", "spread", "away"), [(2, 1, 0), (3, 0.7, 1), (5, 0.7, 2), (8, 0.3, 0)])
def test_what_lands_is_what_the_formula_says(dimension, spread, away):
    """Five thousand starts: four deviations."""
    p = ncx2.cdf(1 / spread**2, dimension, max(away / spread, 1e-9) ** 2)
    got = raining.landed(dimension, spread, away).mean()
    assert abs(got - p) < 4 * np.sqrt(p * (1 - p) / 5000)
    assert theory.chance_within(1, dimension, spread, away) == pytest.approx(p, rel=1e-6)


def test_no_learning_rate_finds_the_needle_and_a_long_one_loses_the_crater():
    rated = raining.rated()
    for line in rated["needle"]:
        assert len(set(line)) == 1 and line[0] < 2
    short = raining.TRIED < 2 / 12
    for line in np.array(rated["crater"]):
        assert len(set(line[short])) == 1 and line[short][0] > 30 and not line[~short].any()


# --- the other valley --------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_exact_error_is_the_layer_s_on_these_prompts(d):
    """Its value and its slope, for layers of random numbers, on the very prompts."""
    ours, model = Exact(d, 7, prompts=3000, seed=5), LinearAttention(d)
    prompts = Regression(d, 7).prompts(np.random.default_rng(5), 3000)
    rng = np.random.default_rng(d)
    several = [0.5 * rng.normal(size=(2, d + 1, d + 1)) for _ in range(3)]
    values = np.array([ours.of_layer(one) for one in several])
    errors, slopes = ours(values)
    for parameters, value, slope in zip(several, errors, slopes, strict=True):
        missed, gradient = model.errors(parameters, prompts)
        zero = np.mean(prompts.answer**2)
        assert value == pytest.approx(100 * np.mean(missed**2) / zero, rel=1e-9)
        assert value == pytest.approx(error(model.answer(parameters, prompts), prompts), rel=1e-9)
        assert slope == pytest.approx(200 * ours.of_layer(gradient) / zero, rel=1e-8, abs=1e-9)


def test_another_valley_is_a_true_local_minimum():
    """By a minimiser of scipy's own, from the trained layer: it stays as well; and the curvatures from differences of
    the error alone: one is zero, for A may grow as P shrinks, and all others are above it."""
    found = exact(2)
    start = next(seed for seed in range(20) if finding.elsewhere("Adam", 0.02, 2)[seed])
    there = found.of_layer(meet_walls.learn("Adam", 0.02, 2, start))
    after = minimize(found, there, jac=True, method="BFGS", options={"gtol": 1e-8})
    kept = finding.ended("Adam", 0.02, 2)
    assert after.fun == pytest.approx(kept["exact"][start], rel=1e-4) and after.fun > 3 * meet_walls.least(2)
    size, h = len(there), 1e-3
    eye = h * np.eye(size)
    four = [
        [found(after.x + s * eye[i] + t * eye[j])[0] for s in (1, -1) for t in (1, -1)]
        for i in range(size)
        for j in range(size)
    ]
    hessian = np.array([(a - b - c + d) / (4 * h * h) for a, b, c, d in four]).reshape(size, size)
    flat, lowest, *_ = np.linalg.eigvalsh(hessian)
    assert abs(flat) < 1e-2 and lowest == pytest.approx(kept["lowest"][start], rel=0.02)
    free = np.concatenate([after.x[:6], -after.x[6:]])  # the direction of the factor
    assert abs(free @ hessian @ free) / (free @ free) < 1e-2


def test_every_stored_wall_is_one():
    """All starts that stay: no slope is left, one direction is flat, and every other curves up."""
    for rule in meet_walls.RULES:
        for scale in meet_walls.SCALES:
            for d in meet_walls.DIMENSIONS:
                there, kept = finding.elsewhere(rule, scale, d), finding.ended(rule, scale, d)
                home = kept["exact"][~there]
                assert home == pytest.approx(np.full(len(home), best_left(d)), rel=0.02), (rule, scale, d)
                if rule == "Adam" and scale == meet_walls.USUAL:
                    assert (
                        kept["slope"][there].max(initial=0) < 1e-6 and np.abs(kept["flat"][there]).max(initial=0) < 1e-6
                    )
                    assert kept["lowest"][there].min(initial=1) > 0.05


def test_more_training_never_leaves_the_valley():
    """A thousand more noisy steps of the first stage, and of the second: the error stays."""
    start = next(seed for seed in range(20) if finding.elsewhere("Adam", 0.02, 2)[seed])
    there, model, world = meet_walls.learn("Adam", 0.02, 2, start), LinearAttention(2), Regression(2, 40)
    for rate in (0.01, 0.001):
        longer = train(
            practice(model, world, 256), there, clip(adam(rate), 1), 1000, rng=np.random.default_rng(1)
        ).parameters
        assert exact(2)(exact(2).of_layer(longer))[0] == pytest.approx(
            finding.ended("Adam", 0.02, 2)["exact"][start], rel=0.05
        )


def test_a_road_begins_and_ends_at_a_bottom():
    for d in (2, 3, 4):
        for road in finding.roads(d):
            assert road[0] > 1.2 * best_left(d) and road[-1] == pytest.approx(best_left(d), rel=0.02)
    walls = [np.median(finding.climb(d)["wall"]) for d in (2, 3, 4)]
    assert walls[0] > 2 * walls[1] > 4 * walls[2] > 0
    assert [finding.climb(d)["roads"] for d in (2, 3, 4)] == [
        finding.elsewhere("Adam", 0.02, d).sum() for d in (2, 3, 4)
    ]


def test_what_the_page_says_of_starts_is_so():
    walls = finding.walls()
    assert walls["five"] == 0 and walls["wide"] == 0 and walls["widely"] == 60
    assert walls["large"] >= walls["two"] > 3 * walls["plain"] and walls["large3"] > walls["three"] > walls["plain3"]


# --- parity ------------------------------------------------------------------------------------------------


def test_a_parity_s_label_is_a_product_and_its_signs_are_even():
    signs, labels = Parity(6, 2).draw(np.random.default_rng(0), 20_000)
    assert set(np.unique(signs)) == {-1, 1} and np.array_equal(labels, signs[:, 0] * signs[:, 1])
    assert np.abs(signs.mean(axis=0)).max() < 4 / np.sqrt(20_000) and abs(labels.mean()) < 4 / np.sqrt(20_000)
    for bad in (0, 7, 2.0):
        with pytest.raises(ValueError, match=f"relevant must be from 1 to bits = 6, got {bad}"):
            Parity(6, bad)


def test_the_net_s_slope_is_what_differences_say():
    net, rng = SignNet(4, 5), np.random.default_rng(2)
    signs, labels = Parity(4, 2).draw(rng, 50)
    at, h = net.init(rng), 1e-6
    _, slope = net.slope(at, signs, labels)
    eye = h * np.eye(len(at))
    by_hand = [(net.slope(at + e, signs, labels)[0] - net.slope(at - e, signs, labels)[0]) / (2 * h) for e in eye]
    assert slope == pytest.approx(by_hand, abs=1e-6) and np.abs(slope).max() > 0.01
    weights, biases, readout, bias = net.unpack(at)
    one = sum(readout[k] * max(0, signs[0] @ weights[:, k] + biases[k]) for k in range(5)) + bias
    assert net.answer(at, signs)[0] == pytest.approx(one)
    assert np.abs(weights).max() <= 0.5 and np.abs(readout).max() <= 5**-0.5 and len(at) == 6 * 5 + 1
    for bad in (0, 1.5):
        with pytest.raises(ValueError, match=f"width must be a whole number, at least 1, got {bad}"):
            SignNet(4, bad)


# --- the catapult and the grain ------------------------------------------------------------------------------


@pytest.mark.parametrize(("ratio", "low", "high"), [(1, 0.95, 1), (2.5, 0.3, 0.7), (3, 0, 0.2), (3.9, 0, 0.99)])
def test_a_run_follows_the_two_equations(ratio, low, high):
    for run in finding.leapt(ratio):
        start = run.path[0]
        f, curvature = start[0] @ start[1] / np.sqrt(200), (start**2).sum() / 200
        path = theory.catapult_path(f, curvature, ratio / curvature, 200, 20)
        assert run.losses[:21] == pytest.approx(path[:, 0] ** 2 / 2, rel=1e-6)
        assert [(uv**2).sum() / 200 for uv in run.path[:21]] == pytest.approx(path[:, 1], rel=1e-6)
    left = finding.flattened(ratio)["left"]
    assert len(left) == 5 and low <= left.min() and left.max() <= high


def test_beyond_four_it_is_gone_and_below_two_it_never_leaps():
    assert finding.flattened(4.1)["gone"] == 5 and "flies" in finding.flattened(4.1)["fate"]
    assert "leaps" in finding.flattened(2.5)["fate"] and "runs down" in finding.flattened(1.9)["fate"]
    with pytest.raises(ValueError, match="steps must be a whole number, at least 0, got -1"):
        theory.catapult_path(1, 1, 1, 1, -1)


def test_what_a_float_loses():
    for kind in (np.float16, np.float32, np.float64):
        edge = theory.largest_lost(kind)
        assert kind(1) + kind(edge) == 1 < kind(1) + kind(edge * 1.001)
    assert theory.largest_lost(np.float16) == 2**-11 and theory.largest_lost(np.float32) == 2**-24
    assert finding.grain() == {"half": 11, "single": 24}


# --- what was stored -------------------------------------------------------------------------------------------


def test_a_random_net_comes_out_again():
    """Its first 4,000 steps, before chance has grown; another one every time."""
    rng = np.random.default_rng()
    rate, seed = meet_walls.RATES[rng.integers(5)], int(rng.integers(5))
    print(rate, seed)
    kept = meet_walls.stores()["parities.npz"].at(rate=rate, seed=seed)["right"][:17]
    assert meet_walls.seek(rate, seed, 4000)["right"] == pytest.approx(kept, abs=0.01)


def test_a_random_start_ends_where_it_did():
    """Another one every time; at d = 2 and 3 by a rule and from numbers that keep to one valley. A start near the border
    of two may fall the other way on another processor, so it is enough that two of three come out again."""
    rng, store = np.random.default_rng(), meet_walls.stores()["valleys.npz"]
    again = 0
    for _ in range(3):
        at = {
            "rule": str(rng.choice(list(meet_walls.RULES))),
            "scale": float(rng.choice(meet_walls.SCALES)),
            "dimension": int(rng.choice((2, 3))),
            "seed": int(rng.integers(20)),
        }
        print(at)
        again += meet_walls.end(**at)["exact"] == pytest.approx(store.at(**at)["exact"], rel=0.02)
    assert again >= 2


def test_a_stored_road_comes_out_again():
    seed = next(s for s in range(20) if np.isfinite(stored("roads")["error"][0, s, 0]))
    assert meet_walls.road(2, seed)["error"] == pytest.approx(stored("roads")["error"][0, seed], rel=0.02)


# --- open cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["land", "two_layers", "hinge", "lost"])
def test_an_open_cell_is_the_package_s(name):
    from third_optimizer.mesa import signs

    ours = inspect.getsource(getattr({"hinge": signs, "land": raining}.get(name, finding), name)).strip()
    assert open_function(NAME, name) == ours


def test_an_edit_of_an_open_cell_is_seen():
    """Starts that take no step; a loss that asks for nothing; a net whose height is another; another kind of number."""
    before = shown_by(NAME)
    frames = {frame["title"]: frame for frame in frames_of(before)}
    assert any("Even odds" in title for title in frames)
    edits = [
        ("gradient_descent(eta), steps)", "gradient_descent(eta), 0)"),
        ("return kind(1) + kind(x) == kind(1)", "return kind(4) + kind(x) == kind(4)"),
        ("return f**2 / 2, f *", "return f**2, 2 * f *"),
    ]
    after = shown_by(NAME, edits)
    said = " ".join(texts_of(after))
    assert "up to 2 to the minus 9" in said and "up to 2 to the minus 11" in " ".join(texts_of(before))

    # a steeper height: what ran down at 1 over the curvature is now at the cliff
    def runs(shown):
        return next(
            np.array(f["columns"]["y"], float)
            for f in frames_of(shown)
            if f["text"].startswith("Learning rate, in units")
        )

    assert not np.allclose(runs(before)[:20], runs(after)[:20], equal_nan=True)
    assert cards_of(before) != cards_of(after)  # without a step only those land that begin deep in the crater


def test_an_edited_loss_trains_anew():
    """For as long as the question's budget; the stored runs stand only for the loss that made them."""

    def square(answers, labels):
        return (answers - labels) ** 2 / 2, answers - labels

    some = meet_walls.seek(0.1, 0, 500, square)["right"]
    assert len(some) == 3 and not np.allclose(some, stored("parities")["right"][4, 0, :3])


def test_a_bad_chance_is_named():
    for call, message in (
        (lambda: theory.chance_within(0, 2, 1), "radius must be a finite number above 0, got 0"),
        (lambda: theory.chance_within(1, 2.5, 1), "dimension must be a whole number, at least 0, got 2.5"),
        (lambda: theory.chance_within(1, 2, 0), "spread must be a finite number above 0, got 0"),
        (lambda: theory.chance_within(1, 2, 1, -1), "away must be a finite number, at least 0, got -1"),
        (lambda: theory.draws_for(0), "chance must be above 0 and below 1, got 0"),
        (lambda: theory.draws_for(0.5, 1), "surely must be above 0 and below 1, got 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert theory.draws_for(0.5) == pytest.approx(1) and theory.draws_for(1e-3) == pytest.approx(692.8, abs=0.1)
