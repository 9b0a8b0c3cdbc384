"""Base: every optimizer against something that is not its own code, and the loop that runs them."""

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from third_optimizer import theory
from third_optimizer.base import adam, clip, fade, gradient_descent, momentum, train, weighted
from third_optimizer.world import bowl, noisy, valley

pytestmark = pytest.mark.filterwarnings("error")  # a run that diverges must not warn either

RULES = {
    "descent": gradient_descent(0.3),
    "momentum": momentum(0.3, 0.7),
    "adam": adam(0.3, 0.8, 0.9),
    "clipped momentum": clip(momentum(0.3, 0.7), 0.5),
    "clipped adam": clip(adam(0.3), 0.5),
    "fading adam": fade(adam(0.3), 40),
}
rates, shares = st.floats(1e-4, 10), st.floats(0, 0.95)
slopes = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30)


def steps_of(rule, gradients):
    """The steps a rule takes on a list of gradients that do not depend on where it is."""
    state, steps = rule.init(np.zeros_like(gradients[0])), []
    for gradient in gradients:
        step, state = rule.update(gradient, state)
        steps.append(step)
    return np.array(steps)


# --- the rules -----------------------------------------------------------------------------------


@given(rates, slopes)
def test_descent_steps_against_the_slope_by_the_learning_rate(rate, gradients):
    assert steps_of(gradient_descent(rate), np.array(gradients)).tolist() == [-(rate * g) for g in gradients]


@settings(deadline=None)  # on a busy machine an example may take long
@given(curvatures=st.lists(st.floats(0.1, 10), min_size=1, max_size=4), beta=shares, length=st.floats(0.05, 0.95))
def test_descent_and_heavy_ball_walk_their_closed_forms(curvatures, beta, length):
    hill, start = bowl(curvatures), np.linspace(1, 2, len(curvatures))
    plain = length * theory.largest_stable_step(max(curvatures))
    heavy = length * theory.largest_stable_heavy_ball_step(max(curvatures), beta)
    # 60 roundings of 1e-16, each grown at most 100-fold before the stable rule shrinks it
    close = dict(rtol=0, atol=1e-11)
    run = train(hill.objective, start, gradient_descent(plain), 60, keep_path=True)
    assert np.allclose(run.path, theory.descent_path(start, curvatures, plain, 60), **close)
    run = train(hill.objective, start, momentum(heavy, beta), 60, keep_path=True)
    assert np.allclose(run.path, theory.heavy_ball_path(start, curvatures, heavy, beta, 60), **close)


@given(rates, shares, slopes)
def test_a_heavy_balls_step_is_the_fading_sum_of_all_slopes(rate, beta, gradients):
    wanted = [-rate * math.fsum(beta ** (t - i) * gradients[i] for i in range(t + 1)) for t in range(len(gradients))]
    # slopes may cancel, so the error goes by their size, 1,000, of which at most 1/(1 − β) = 20 pile up
    assert np.allclose(steps_of(momentum(rate, beta), np.array(gradients)), wanted, rtol=0, atol=rate * 20_000 * 1e-14)


def adam_by_weighted_means(gradients, rate, b1, b2, eps):
    """Bias correction makes of Adam's running averages the weighted means with weights βᵃᵍᵉ; here they are summed anew at each step."""
    for t in range(1, len(gradients) + 1):
        first, second = ([b ** (t - 1 - i) for i in range(t)] for b in (b1, b2))
        mean = math.fsum(w * g for w, g in zip(first, gradients, strict=False)) / math.fsum(first)
        square = math.fsum(w * g * g for w, g in zip(second, gradients, strict=False)) / math.fsum(second)
        yield -rate * mean / (math.sqrt(square) + eps)


@given(rates, st.floats(0, 0.99), st.floats(0, 0.999), st.floats(1e-8, 1), slopes)
def test_adam_is_adam(rate, b1, b2, eps, gradients):
    assume(b1**2 <= b2)  # else |m̂|/√v̂ has no bound, and rounding of a long gone slope shows
    wanted = list(adam_by_weighted_means(gradients, rate, b1, b2, eps))
    # 1 − β₂ᵗ cancels at most to 0.001: three digits lost of sixteen, and thirty steps gather the rest
    assert np.allclose(steps_of(adam(rate, b1, b2, eps), np.array(gradients)), wanted, rtol=1e-9, atol=1e-9 * rate)


def test_adams_defaults_are_those_of_the_paper():
    gradients = np.random.default_rng(0).normal(size=50)
    assert np.allclose(
        steps_of(adam(0.001), gradients), list(adam_by_weighted_means(gradients, 0.001, 0.9, 0.999, 1e-8)), rtol=1e-9
    )


@given(rates, slopes)
def test_adams_first_step_is_the_learning_rate_in_every_direction(rate, gradient):
    (step,) = steps_of(adam(rate), np.array([gradient]))
    assert np.allclose(step, theory.adam_first_step(gradient, rate), rtol=1e-9)  # 1 − 0.999 has lost three digits


@given(slopes, st.floats(0.01, 1e3))
def test_clip_shortens_what_is_too_long_and_turns_nothing(gradient, most):
    (step,) = steps_of(clip(gradient_descent(1), most), np.array([gradient]))
    length = math.hypot(*gradient)
    shrink = min(1, most / length) if length else 1
    assert np.allclose(step, [-g * shrink for g in gradient], rtol=1e-12, atol=0)
    assert math.hypot(*step) <= most * (1 + 1e-12)


def test_clip_takes_the_norm_of_the_whole_array_whatever_its_shape():
    gradient = np.full((2, 3, 4), 5.0)
    step, _ = clip(gradient_descent(1), 1).update(gradient, None)
    assert np.allclose(step, -1 / math.sqrt(24))


def test_clip_feeds_the_rule_inside_and_keeps_its_state():
    gradients = np.random.default_rng(1).normal(size=(20, 3))
    short = np.array([g * min(1, 0.5 / math.hypot(*g)) for g in gradients])
    assert np.allclose(steps_of(RULES["clipped momentum"], gradients), steps_of(RULES["momentum"], short))


def test_fade_keeps_steps_whole_for_half_the_way_then_takes_them_down_a_line_to_zero():
    gradients = np.random.default_rng(3).normal(size=(12, 3))
    shares = [1, 1, 1, 1, 1, 1, 4 / 5, 3 / 5, 2 / 5, 1 / 5, 0, 0]  # and it stays at rest
    assert np.allclose(
        steps_of(fade(adam(0.3), 10), gradients), np.array(shares)[:, None] * steps_of(adam(0.3), gradients)
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_update_changes_neither_its_arguments_nor_anything_hidden(rule, shape):
    rng = np.random.default_rng(2)
    state = rule.init(np.ones(shape))
    for _ in range(3):
        gradient = rng.normal(size=shape)
        before = repr((gradient, state))
        step, following = rule.update(gradient, state)
        steps_of(rule, rng.normal(size=(2, *shape)))  # another run between
        assert repr((gradient, state)) == before
        assert repr(rule.update(gradient, state)) == repr((step, following)) and np.shape(step) == shape
        state = following


# --- the loop ------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 1, 7, np.int64(3)])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_train_counts_steps_losses_path_and_calls(steps, shape):
    asked, told = [], []

    def objective(x, rng):
        asked.append(x)
        return np.sum(x**2), 2 * x

    run = train(objective, np.ones(shape), RULES["adam"], steps, keep_path=True, callback=lambda *now: told.append(now))
    assert len(asked) == steps + 1 and [step for step, _, _ in told] == list(range(steps + 1))
    assert run.losses.shape == (steps + 1,) and run.path.shape == (steps + 1, *shape)
    assert np.array_equal([x for _, x, _ in told], run.path) and [loss for _, _, loss in told] == run.losses.tolist()
    assert np.array_equal(run.losses, [np.sum(x**2) for x in run.path])
    assert np.array_equal(run.path[0], np.ones(shape)) and np.array_equal(run.path[-1], run.parameters)
    assert (run.diverged, run.diverged_at) == (False, None)


def test_the_start_stays_the_callers_own_and_no_path_is_kept_unasked():
    start = np.ones(2)
    run = train(bowl().objective, start, gradient_descent(0.01), 0)
    run.parameters[:] = 5
    assert start.tolist() == [1, 1] and run.path is None


def test_every_rule_gets_down_the_valley():
    for rule, steps in ((gradient_descent(0.001), 30_000), (momentum(0.001), 5000), (adam(0.05), 5000)):
        run = train(valley().objective, [-1.2, 1.0], rule, steps)
        assert np.allclose(run.parameters, valley().minimum, atol=1e-3)


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    def run(seed):
        return train(
            noisy(bowl(), 1).objective, [1, 1], momentum(0.01), 50, rng=np.random.default_rng(seed), keep_path=True
        ).path

    assert np.array_equal(run(1), run(1))
    assert not np.isclose(run(1)[1:], run(2)[1:]).all(axis=1).any()


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_run_in_two_parts_is_the_run_in_one(rule):
    hill = bowl((1, 3), 0.4)
    whole, first = (train(hill.objective, [1, 1], rule, steps, keep_path=True) for steps in (30, 12))
    second = train(hill.objective, first.parameters, rule, 18, state=first.state, keep_path=True)
    assert np.array_equal(np.vstack([first.path, second.path[1:]]), whole.path)


@pytest.mark.parametrize("eta", [0.021, 0.03, 1.0])
def test_divergence_is_a_result(eta):
    start, told = [1.0, 1.0], []
    run = train(
        bowl((1, 100)).objective,
        start,
        gradient_descent(eta),
        10_000,
        keep_path=True,
        callback=lambda step, *_: told.append(step),
    )
    path = theory.descent_path(start, (1, 100), eta, 2000 if eta < 0.022 else 60)
    at = int(np.argmax((path**2 @ (1, 100)) / 2 > 1e12))
    assert run.diverged and run.diverged_at == at > 0
    assert run.losses.shape == (at + 1,) and run.path.shape == (at + 1, 2) and told == list(range(at))
    assert np.array_equal(run.parameters, run.path[at - 1]) and np.allclose(run.parameters, path[at - 1])


@pytest.mark.parametrize("limit", [1e12, 1e308, np.inf])
@pytest.mark.parametrize(
    "objective",
    [
        lambda x, rng: (x**2, 2e200 * x**3),  # overflows
        lambda x, rng: (np.log(x) - 1 / (x - x), 1.0),  # divides by zero at once
        lambda x, rng: (0.0, x * np.nan),  # a slope that is no number
        lambda x, rng: (0.0, np.inf),
        lambda x, rng: (-(x**2), -(x**2) * 1e30),  # downwards without end
        lambda x, rng: (1.0 if x > 0.5 else np.nan, 1.0),
    ],
)
def test_whatever_is_not_finite_ends_the_run_in_silence(objective, limit):
    run = train(objective, 1.0, gradient_descent(0.9), 100, diverged_above=limit)
    assert run.diverged and run.diverged_at == len(run.losses) - 1 <= 12
    assert np.isfinite(run.parameters) and abs(run.parameters) <= limit


def test_a_run_may_diverge_before_its_first_step():
    run = train(bowl().objective, [1e9, 1e9], gradient_descent(0.01), 5)
    assert run.diverged_at == 0 and run.parameters.tolist() == [1e9, 1e9] and len(run.losses) == 1


LEARNING_RATE = [
    (rule, dict(learning_rate=bad), "a finite number above 0")
    for rule in (gradient_descent, momentum, adam)
    for bad in (0, -1, np.nan, np.inf)
]
SHARE = [
    (rule, {"learning_rate": 1, name: bad}, "at least 0 and below 1")
    for rule, name in ((momentum, "momentum"), (adam, "b1"), (adam, "b2"))
    for bad in (-0.1, 1, np.nan)
]
TRAIN = dict(objective=bowl().objective, parameters=[1, 1], optimizer=gradient_descent(0.01))


@pytest.mark.parametrize(
    ("call", "arguments", "allowed"),
    LEARNING_RATE
    + SHARE
    + [(adam, dict(learning_rate=1, eps=bad), "a finite number above 0") for bad in (0, np.inf)]
    + [(clip, dict(optimizer=adam(1), max_norm=bad), "a finite number above 0") for bad in (0, -1, np.nan)]
    + [(fade, dict(optimizer=adam(1), steps=bad), "a whole number, at least 1") for bad in (0, 2.5)]
    + [(train, TRAIN | dict(steps=bad), "a whole number, at least 0") for bad in (-1, 2.5, "3", None)]
    + [(train, TRAIN | dict(steps=1, diverged_above=bad), "above 0") for bad in (0, -1, np.nan)],
)
def test_a_bad_value_is_named_with_what_is_allowed(call, arguments, allowed):
    name, bad = list(arguments.items())[-1]
    with pytest.raises(
        ValueError, match=f"^{name} must be {allowed}, got {re.escape(repr(bad) if name == 'steps' else str(bad))}$"
    ):
        call(**arguments)


@pytest.mark.parametrize("start", [[1.0, np.nan], [np.inf, 1.0]])
def test_a_start_that_is_not_finite_is_named(start):
    with pytest.raises(ValueError, match=r"^parameters must be finite at the start, got \[.*(nan|inf).*\]$"):
        train(**TRAIN | dict(parameters=start, steps=1))


def test_weights_scale_each_numbers_steps_and_nothing_else():
    gradients, weights = [np.array([3.0, -1.0]), np.array([0.5, 2.0])], np.array([1.0, 0.01])
    plain, own = (
        steps_of(RULES["clipped adam"], gradients),
        steps_of(weighted(RULES["clipped adam"], weights), gradients),
    )
    assert np.allclose(own, np.asarray(plain) * weights)
    with pytest.raises(ValueError, match="weights must be finite and at least 0"):
        weighted(adam(0.1), [1, -1])
