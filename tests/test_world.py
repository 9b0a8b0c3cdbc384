"""World: landscapes against autograd and against geometry, and the noise on their slopes."""

import math
import re

import autograd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from third_optimizer.world import bowl, needle, noisy, valley, volcano

pytestmark = pytest.mark.filterwarnings("error")

places = st.floats(-10, 10)
curvatures = st.floats(0.01, 100)
angles = st.floats(-7, 7)


@settings(deadline=None)  # on a busy machine an example may take long
@given(x=places, y=places, low=curvatures, high=curvatures, angle=angles)
def test_gradients_are_what_autograd_makes_of_the_values(x, y, low, high, angle):
    at = np.array([x, y])
    for landscape, steepest in ((bowl((low, high)), 1e3), (bowl((low, high), angle), 1e3), (valley(), 4e5)):
        # both sum the same few terms, of at most `steepest`, in another order
        assert np.allclose(
            landscape.gradient(at), autograd.grad(landscape.value)(at), rtol=1e-12, atol=1e-15 * steepest * 10
        )


@given(x=places, y=places, low=curvatures, high=curvatures, angle=angles)
def test_a_turned_bowl_is_the_bowl_over_turned_axes(x, y, low, high, angle):
    """The first axis points `angle` to the left of east; along an axis at distance d the height is ½ λ d²."""
    along, across = x * math.cos(angle) + y * math.sin(angle), y * math.cos(angle) - x * math.sin(angle)
    height = bowl((low, high), angle).value(np.array([x, y]))
    assert height == pytest.approx(
        (low * along**2 + high * across**2) / 2, rel=1e-9, abs=1e-11
    )  # of terms up to 10,000


@given(st.lists(curvatures, min_size=1, max_size=6), st.data())
def test_a_straight_bowl_adds_half_the_curvature_times_the_square(shape, data):
    x = data.draw(st.lists(places, min_size=len(shape), max_size=len(shape)))
    assert bowl(shape).value(np.array(x)) == pytest.approx(
        math.fsum(c * v * v / 2 for c, v in zip(shape, x, strict=True)), rel=1e-12
    )
    assert np.allclose(
        bowl(shape).gradient(np.array(x)), [c * v for c, v in zip(shape, x, strict=True)], rtol=1e-12, atol=0
    )


@given(x=places, y=places)
def test_nowhere_is_lower_than_the_minimum(x, y):
    for landscape in (bowl(), bowl((3, 7), 1), valley()):
        lowest = landscape.value(landscape.minimum)
        assert lowest == 0 and not landscape.gradient(landscape.minimum).any()
        assert landscape.value(np.array([x, y])) >= lowest


def test_the_valley_is_rosenbrocks():
    """Height 24.2 at the usual start; along the floor y = x² only (1 − x)² is left."""
    assert valley().value(np.array([-1.2, 1.0])) == pytest.approx(24.2)
    assert [valley().value(np.array([x, x * x])) for x in (-2.0, 0.0, 3.0)] == [9, 1, 4]


@given(st.lists(places, min_size=1, max_size=5))
def test_a_volcano_is_round_and_its_slope_is_the_height_s(x):
    """By differences along the line through the middle; across it nothing changes. Its crater is the lowest place."""
    hill, at = volcano(1, 4, 12), np.array(x)
    away = float(np.linalg.norm(at))
    assert hill.value(at) == pytest.approx(hill.value(np.array([away])), rel=1e-12, abs=1e-12)
    assert hill.value(at) >= hill.value(np.zeros(len(x))) == -1.5
    if away > 1e-3 and abs(away - 1) > 1e-3:
        along, h = at / away, 1e-5
        rise = (hill.value((away + h) * along) - hill.value((away - h) * along)) / (2 * h)
        assert np.allclose(hill.gradient(at), rise * along, rtol=1e-5, atol=1e-5)


def test_a_volcano_s_pieces_meet_at_the_rim_and_many_places_are_asked_at_once():
    hill = volcano(0.5, 2, 30)
    below, above = hill.value(np.array([[0.5 - 1e-9], [0.5 + 1e-9]]))
    assert below == pytest.approx(above, abs=1e-6) and above == pytest.approx(1.5**2 / 2, abs=1e-6)
    several = np.random.default_rng(0).normal(size=(3, 4, 2))
    assert hill.value(several).shape == (3, 4) and hill.gradient(several).shape == (3, 4, 2)
    assert hill.gradient(several)[1, 2] == pytest.approx(hill.gradient(several[1, 2]))


def test_a_needle_has_no_slope():
    pin, at = needle(0.1), np.array([[0.05, 0.05], [0.2, 0.0]])
    assert pin.value(at).tolist() == [-1, 0] and not pin.gradient(at).any()


def test_a_bowl_is_the_hundredfold_one_unless_told_otherwise():
    assert bowl().gradient(np.array([1.0, 1.0])).tolist() == [1, 100]
    assert bowl(3).gradient(np.array([2.0])).tolist() == [6]


def test_noise_has_mean_zero_the_deviation_asked_for_and_no_memory():
    sigma, draws, at = 2.5, 20_000, np.array([1.0, -2.0])
    rng = np.random.default_rng(3)
    noise = np.array([noisy(valley(), sigma).objective(at, rng)[1] for _ in range(draws)]) - valley().gradient(at)
    # four standard errors: a mean's is σ/√n, a variance's σ²√(2/n), a correlation's 1/√n
    assert np.abs(noise.mean(axis=0)).max() < 4 * sigma / math.sqrt(draws)
    assert np.allclose(noise.var(axis=0), sigma**2, rtol=4 * math.sqrt(2 / draws))
    kurtosis = np.mean((noise / sigma) ** 4, axis=0)
    assert np.allclose(kurtosis, 3, atol=4 * math.sqrt(96 / draws))  # normal: E z⁸ − 9 = 96
    pairs = noise[:, 0], noise[:, 1], np.roll(noise[:, 0], 1)
    assert all(abs(np.corrcoef(pairs[0], other)[0, 1]) < 4 / math.sqrt(draws) for other in pairs[1:])


def test_noise_comes_from_the_generator_given_and_from_nowhere_else():
    landscape, at = noisy(bowl(), 1), np.ones(2)
    hidden = repr(np.random.get_state())
    once, again, other = (landscape.objective(at, np.random.default_rng(seed))[1] for seed in (4, 4, 5))
    assert np.array_equal(once, again) and not np.isclose(once, other).any()
    assert repr(np.random.get_state()) == hidden


def test_noise_is_on_the_slope_only_and_stays_out_of_the_landscape_below():
    below, at = bowl((2, 3), 0.4), np.array([1.0, 2.0])
    above = noisy(below, 7)
    assert above.objective(at, np.random.default_rng(0))[0] == below.value(at) == above.value(at)
    assert np.array_equal(above.gradient(at), below.gradient(at)) and np.array_equal(above.minimum, below.minimum)
    assert below.noise == 0 and np.array_equal(below.objective(at)[1], below.gradient(at))


def test_without_noise_no_number_is_drawn():
    rng = np.random.default_rng(6)
    before = repr(rng.bit_generator.state)
    noisy(bowl(), 0).objective(np.ones(2), rng)
    assert repr(rng.bit_generator.state) == before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda bad=bad: bowl(bad),
            f"curvatures must be one or more finite numbers above 0, got {np.atleast_1d(np.asarray(bad, float))}",
        )
        for bad in ([], [0, 1], [-1], [1, np.nan], [np.inf], [[1, 2]])
    ]
    + [
        (lambda bad=bad: bowl((1, 2), bad), f"angle must be a finite number of radians, got {bad}")
        for bad in (np.nan, np.inf)
    ]
    + [
        (lambda: volcano(4, 4), "rim must be above 0 and below moat = 4, got 4"),
        (lambda: volcano(1, 4, 9), "curvature must be finite and above 9, got 9"),
        (lambda: needle(0), "radius must be a finite number above 0, got 0"),
    ]
    + [(lambda: bowl((1, 2, 3), 0.5), "angle must be 0 unless there are two curvatures, got 0.5 with 3")]
    + [
        (lambda bad=bad: noisy(bowl(), bad), f"sigma must be a finite number, at least 0, got {bad}")
        for bad in (-1, np.nan, np.inf)
    ]
    + [
        (
            lambda: noisy(valley(), 1).objective(np.ones(2)),
            "noisy Rosenbrock's valley has noisy gradients and needs rng, a numpy.random.Generator; got None",
        )
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
