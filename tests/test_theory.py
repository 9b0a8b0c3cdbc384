"""Theory: the closed forms against linear algebra, against search, and against long runs."""

import itertools
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_discrete_lyapunov

from third_optimizer import theory
from third_optimizer.base import gradient_descent, momentum, train
from third_optimizer.world import bowl, noisy

pytestmark = pytest.mark.filterwarnings("error")

lows, ratios, shares = st.floats(0.01, 10), st.floats(1, 1000), st.floats(0, 0.99)
DOUBLE = 1e-7  # a double eigenvalue moves by the root of a rounding, 1e-8


def radius(low, high, eta, beta):
    """What heavy ball leaves of the worst direction between two curvatures, from numpy's eigenvalues."""
    matrices = [theory.heavy_ball_matrix(curvature, eta, beta) for curvature in np.linspace(low, high, 9)]
    return np.abs(np.linalg.eigvals(matrices)).max()


def test_the_numbers_of_chapter_2():
    assert theory.best_step(1, 100) == pytest.approx(0.0198020, abs=5e-8)
    assert theory.contraction((1, 100), theory.best_step(1, 100)) == pytest.approx(0.980198, abs=5e-7)
    eta, beta, rate = theory.best_heavy_ball(1, 100)
    assert (
        rate == pytest.approx(0.818182, abs=5e-7)
        and beta == pytest.approx(0.669421, abs=5e-7)
        and eta == pytest.approx(4 / 121)
    )
    for curvature in (1, 50, 100):
        assert theory.spectral_radius(curvature, eta, beta) == pytest.approx(0.818182, abs=DOUBLE + 5e-7)


def test_the_best_heavy_ball_comes_down_at_its_rate_in_the_long_run():
    eta, beta, rate = theory.best_heavy_ball(1, 100)
    path = train(bowl((1, 100)).objective, [1.0, 1.0], momentum(eta, beta), 1500, keep_path=True).path
    distance = np.linalg.norm(path, axis=1)
    seen = (distance[1500] / distance[1000]) ** (1 / 500)
    # a double eigenvalue leaves (a + b t) rᵗ, so the rate seen is a little above r, by the root of 1500/1000 at most
    assert rate - DOUBLE <= seen <= rate * 1.5 ** (1 / 500) + DOUBLE


@given(lows, ratios, st.floats(-2, 2))
def test_no_learning_rate_beats_the_best_step(low, ratio, power):
    high = low * ratio
    best = theory.best_step(low, high)
    least = theory.contraction((low, high), best)
    assert least == pytest.approx((ratio - 1) / (ratio + 1), abs=1e-12)
    assert theory.contraction((low, high), best * 10**power) >= least - 1e-12
    assert theory.contraction(np.linspace(low, high, 9), best) == pytest.approx(
        least, abs=1e-12
    )  # the ends are the worst


@settings(deadline=None)
@given(lows, ratios, st.floats(-2, 2), shares)
def test_with_momentum_too_no_learning_rate_beats_the_best_step(low, ratio, power, beta):
    high = low * ratio
    best = theory.best_step(low, high, beta)
    assert radius(low, high, best, beta) <= radius(low, high, best * 10**power, beta) + DOUBLE


@settings(deadline=None)  # on a busy machine an example may take long
@given(lows, ratios, st.floats(-2, 2), shares)
def test_no_pair_of_numbers_beats_the_best_heavy_ball(low, ratio, power, beta):
    high = low * ratio
    best_eta, best_beta, rate = theory.best_heavy_ball(low, high)
    assert radius(low, high, best_eta, best_beta) == pytest.approx(rate, abs=10 * DOUBLE)
    others = [(best_eta * 10**power, beta), (best_eta * 10**power, best_beta), (best_eta, beta)]
    others += [(best_eta * a, best_beta * b) for a in (0.99, 1, 1.01) for b in (0.99, 1, 1.01)]  # the neighbours
    assert min(radius(low, high, *other) for other in others) >= rate - 10 * DOUBLE


@given(st.floats(0.01, 100), st.floats(0, 0.2), st.floats(0, 1.2))
def test_spectral_radius_is_the_largest_eigenvalue(curvature, eta, beta):
    wanted = np.abs(np.linalg.eigvals(theory.heavy_ball_matrix(curvature, eta, beta))).max()
    assert theory.spectral_radius(curvature, eta, beta) == pytest.approx(wanted, rel=DOUBLE, abs=DOUBLE)


@given(st.floats(0.01, 100), shares)
def test_the_edges_of_stability_are_where_shrinking_ends(curvature, beta):
    plain, heavy = theory.largest_stable_step(curvature), theory.largest_stable_heavy_ball_step(curvature, beta)
    assert theory.contraction(curvature, plain * 0.999) < 1 < theory.contraction(curvature, plain * 1.001)
    assert (
        theory.spectral_radius(curvature, heavy * 0.999, beta)
        < 1
        < theory.spectral_radius(curvature, heavy * 1.001, beta)
    )


def test_paths_begin_with_rest_and_follow_the_recurrence():
    start, curvatures, eta, beta = np.array([1.0, -2.0]), np.array([1.0, 7.0]), 0.1, 0.6
    plain, heavy = (
        theory.descent_path(start, curvatures, eta, 20),
        theory.heavy_ball_path(start, curvatures, eta, beta, 20),
    )
    assert plain.shape == heavy.shape == (21, 2)
    for path, kept in ((plain, 0), (heavy, beta)):
        before = np.vstack([start, path[:-2]])  # at rest: the place before the first is the first
        assert np.allclose(
            path[1:], path[:-1] - eta * curvatures * path[:-1] + kept * (path[:-1] - before), rtol=1e-12, atol=1e-14
        )
    assert (
        theory.descent_path(start, curvatures, eta, 0).tolist()
        == theory.heavy_ball_path(start, curvatures, eta, beta, 0).tolist()
        == [[1, -2]]
    )


@given(st.floats(0.01, 0.999), st.floats(1e-9, 0.99))
def test_steps_to_counts(rate, factor):
    count = theory.steps_to(rate, factor)
    assert rate**count <= factor * (1 + 1e-9) and rate ** (count - 1) > factor * (1 - 1e-9)  # a tie may fall either way


def test_steps_to_does_not_take_one_too_many_when_it_comes_out_even():
    for rate, steps in itertools.product((0.5, 0.1, 0.9, 0.7), range(1, 12)):
        assert theory.steps_to(rate, rate**steps) == steps


@settings(deadline=None)
@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=2), st.floats(-4, 4), st.floats(0.01, 0.99), st.floats(0, 5))
def test_noise_floor_solves_the_lyapunov_equation(curvatures, angle, length, sigma):
    """On a turned bowl: Σ = A Σ Aᵀ + η² σ² 1, A = 1 − η H, has the floors as its eigenvalues."""
    eta = length * theory.largest_stable_step(max(curvatures))
    hessian = np.array([bowl(curvatures, angle).gradient(e) for e in np.eye(2)])
    covariance = solve_discrete_lyapunov(np.eye(2) - eta * hessian, (eta * sigma) ** 2 * np.eye(2))
    floors = [theory.noise_floor(curvature, eta, sigma) for curvature in curvatures]
    assert np.allclose(np.linalg.eigvalsh(covariance), sorted(floors), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("curvature", "eta", "sigma"), [(1, 0.1, 1), (3, 0.3, 2), (2, 0.95, 0.5)])
def test_a_long_noisy_run_settles_on_the_noise_floor(curvature, eta, sigma):
    chains, steps, kept = 50, 3000, abs(1 - eta * curvature)
    start = np.zeros(chains)
    run = train(
        noisy(bowl(np.full(chains, curvature)), sigma).objective,
        start,
        gradient_descent(eta),
        steps,
        rng=np.random.default_rng(7),
        keep_path=True,
    )
    late = run.path[500:]  # 0.9⁵⁰⁰ = 1e-23 of the start is left
    # squares of neighbours correlate by ρ², so n of them count as n (1 − ρ²)/(1 + ρ²); four standard errors of a variance
    counted = late.size * (1 - kept**2) / (1 + kept**2)
    assert np.mean(late**2) == pytest.approx(theory.noise_floor(curvature, eta, sigma), rel=4 * math.sqrt(2 / counted))


POSITIVE, SHARE, OPEN = "a finite number above 0", "at least 0 and below 1", "above 0 and below 1"


@pytest.mark.parametrize(
    ("call", "arguments", "allowed"),
    [(theory.largest_stable_step, dict(high=bad), POSITIVE) for bad in (0, -1, np.nan, np.inf)]
    + [
        (call, dict(high=1, low=bad), POSITIVE)
        for call in (theory.best_step, theory.best_heavy_ball)
        for bad in (0, -2, np.nan)
    ]
    + [
        (call, dict(low=2, high=bad), "a finite number, at least low = 2")
        for call in (theory.best_step, theory.best_heavy_ball)
        for bad in (1, np.nan, np.inf)
    ]
    + [(theory.largest_stable_heavy_ball_step, dict(momentum=0.5, high=bad), POSITIVE) for bad in (0, np.nan)]
    + [(theory.largest_stable_heavy_ball_step, dict(high=1, momentum=bad), SHARE) for bad in (-0.1, 1, np.nan)]
    + [(theory.best_step, dict(low=1, high=2, momentum=bad), SHARE) for bad in (-0.1, 1, np.nan)]
    + [(theory.steps_to, dict(factor=0.5, rate=bad), OPEN) for bad in (0, 1, np.nan)]
    + [(theory.steps_to, dict(rate=0.5, factor=bad), OPEN) for bad in (0, 1, np.nan)]
    + [(theory.noise_floor, dict(learning_rate=1, sigma=1, curvature=bad), POSITIVE) for bad in (0, -1, np.inf)]
    + [
        (theory.noise_floor, dict(curvature=1, learning_rate=1, sigma=bad), "a finite number, at least 0")
        for bad in (-1, np.nan, np.inf)
    ]
    + [
        (theory.noise_floor, dict(curvature=4, sigma=1, learning_rate=bad), "above 0 and below 2/curvature = 0.5")
        for bad in (0, 0.5, np.nan)
    ]
    + [
        (theory.descent_path, dict(start=1, curvatures=1, learning_rate=1, steps=bad), "a whole number, at least 0")
        for bad in (-1, 1.5)
    ]
    + [
        (
            theory.heavy_ball_path,
            dict(start=1, curvatures=1, learning_rate=1, momentum=0, steps=bad),
            "a whole number, at least 0",
        )
        for bad in (-1, 1.5)
    ]
    + [(theory.adam_first_step, dict(gradient=1, learning_rate=bad), POSITIVE) for bad in (0, np.nan)]
    + [(theory.adam_first_step, dict(gradient=1, learning_rate=1, eps=bad), POSITIVE) for bad in (0, np.inf)],
)
def test_a_bad_value_is_named_with_what_is_allowed(call, arguments, allowed):
    name, bad = list(arguments.items())[-1]
    with pytest.raises(ValueError, match=f"^{name} must be {re.escape(allowed)}, got {bad}$"):
        call(**arguments)
