"""In-context regression: its prompts have the moments they claim, and the closed forms are what sampling gives."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from third_optimizer import theory
from third_optimizer.world import Regression, error

WORLDS = [
    Regression(10, 10),
    Regression(3, 7, "gaussian", noise=0.7),
    Regression(5, 4, scale=0.5, rule=2.0),
    Regression(1, 3),
]


@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_prompts_have_the_moments_the_world_states(world):
    """40,000 prompts; five standard errors of each mean."""
    prompts = world.prompts(np.random.default_rng(0), 40_000)
    variance, fourth = world.moments
    for power, expected in ((1, 0.0), (2, variance), (4, fourth)):
        sample = prompts.inputs**power
        assert abs(sample.mean() - expected) < 5 * sample.std() / np.sqrt(sample.size)
    squares = prompts.answer**2
    assert abs(squares.mean() - world.answer_variance) < 5 * squares.std() / np.sqrt(len(squares))
    assert prompts.inputs.shape == (40_000, world.examples, world.dimension) and (prompts.task == -1).all()


def test_labels_follow_the_rule_and_carry_the_noise():
    quiet, loud = Regression(3, 8), Regression(3, 8, noise=0.5)
    for world in (quiet, loud):
        prompts = world.prompts(np.random.default_rng(1), 4000)
        rules = theory.ridge_rules(prompts.inputs, prompts.labels, 0)
        left = prompts.labels - np.einsum("bnd,bd->bn", prompts.inputs, rules)
        # least squares leaves N − d of the noise's N squares
        assert np.mean(np.sum(left**2, axis=1)) == pytest.approx(world.noise**2 * (8 - 3), rel=0.05, abs=1e-12)


def test_a_pool_gives_its_rules_and_numbers():
    world, rng = Regression(4, 9), np.random.default_rng(2)
    pool = world.pool(rng, 5)
    prompts = world.prompts(rng, 300, pool)
    assert set(prompts.task) == set(range(5))
    assert np.allclose(theory.ridge_rules(prompts.inputs, prompts.labels, 0), pool[prompts.task])
    assert set(world.prompts(rng, 300, numbers=5).task) == set(range(5))


def test_same_seed_same_prompts():
    one, two = (Regression().prompts(np.random.default_rng(4), 5) for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"dimension": 0}, "dimension must be a whole number, at least 1, got 0"),
        ({"examples": 2.5}, "examples must be a whole number"),
        ({"inputs": "cauchy"}, "inputs must be one of uniform, gaussian, got 'cauchy'"),
        ({"scale": 0}, "scale must be a finite number above 0, got 0"),
        ({"rule": np.inf}, "rule must be a finite number above 0, got inf"),
        ({"noise": -1}, "noise must be a finite number, at least 0, got -1"),
    ],
)
def test_bad_worlds_are_refused(bad, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Regression(**bad)


# --- the single step in closed form ------------------------------------------------------------------


def setting(world):
    return (world.examples, world.dimension, *world.moments)


def test_the_figures_of_the_plan():
    for world, step, half_loss in (
        (Regression(10, 10), 1.51515, 0.82492),
        (Regression(10, 10, scale=0.5), 6.0606, 0.20623),
    ):
        best = theory.best_single_step(*setting(world))
        assert best == pytest.approx(step, rel=1e-5)
        assert theory.single_step_error(best, *setting(world)) * world.answer_variance / 2 == pytest.approx(
            half_loss, rel=1e-4
        )
    gaussian = setting(Regression(10, 10, "gaussian"))
    assert theory.single_step_error(theory.best_single_step(*gaussian), *gaussian, scale=3) == pytest.approx(31)


@pytest.mark.parametrize("world", WORLDS, ids=str)
@pytest.mark.parametrize("share", [0.4, 1.0, 1.7])
def test_single_step_error_is_what_sampling_gives(world, share):
    """60,000 prompts, four standard errors of the mean squared error."""
    noise = world.noise / world.rule
    step = share * theory.best_single_step(*setting(world), noise=noise)
    prompts = world.prompts(np.random.default_rng(5), 60_000)
    rule = theory.descent_rules(prompts.inputs, prompts.labels, step)[-1]
    squares = ((rule * prompts.query).sum(axis=1) - prompts.answer) ** 2 / world.answer_variance
    assert abs(
        squares.mean() - theory.single_step_error(step, *setting(world), noise=noise)
    ) < 4 * squares.std() / np.sqrt(len(squares))


def test_scale_stretches_the_whole_prompt():
    world = Regression(4, 6)
    step = theory.best_single_step(*setting(world))
    stretched = theory.single_step_error(step, *setting(Regression(4, 6, scale=2.5)))
    assert theory.single_step_error(step, *setting(world), scale=2.5) == pytest.approx(stretched, rel=1e-12)


@given(
    examples=st.integers(1, 200),
    dimension=st.integers(1, 60),
    variance=st.floats(0.01, 10),
    extra=st.floats(0, 5),
    noise=st.floats(0, 3),
)
@settings(deadline=None)
def test_no_other_step_does_better(examples, dimension, variance, extra, noise):
    known = (examples, dimension, variance, variance**2 * (1 + extra))
    best = theory.best_single_step(*known, noise=noise)
    least = theory.single_step_error(best, *known, noise=noise)
    assert -1e-12 < least < 1  # 0 at N large, d = 1, less rounding
    for share in (0.5, 0.9, 1.1, 2.0):
        assert theory.single_step_error(share * best, *known, noise=noise) > least


@given(examples=st.integers(1, 200), dimension=st.integers(1, 60))
@settings(deadline=None)
def test_gaussian_break_even_is_the_root_of_two_whatever_the_size(examples, dimension):
    known = setting(Regression(dimension, examples, "gaussian"))
    best = theory.best_single_step(*known)
    assert best == pytest.approx(examples / (examples + dimension + 1))
    edge = theory.break_even_scale(best, *known)
    assert edge == pytest.approx(np.sqrt(2))
    assert theory.single_step_error(best, *known, scale=edge) == pytest.approx(1)


def test_best_preconditioner_beats_its_neighbours_and_is_the_step_when_round():
    """On Gaussian inputs of covariance Λ, by the exact error of ŷ = xᵀΓ(1/N)Σxᵢyᵢ: tr(Λ) − 2 tr(ΛΓΛ) + tr(ΛΓ E[S²] Γ) with
    E[S²] = ((N+1)Λ² + tr(Λ)Λ)/N."""
    rng = np.random.default_rng(6)
    root = rng.normal(size=(4, 4))
    covariance, examples = root @ root.T, 7

    def exact(gamma):
        square = ((examples + 1) * covariance @ covariance + np.trace(covariance) * covariance) / examples
        return (
            np.trace(covariance)
            - 2 * np.trace(covariance @ gamma @ covariance)
            + np.trace(covariance @ gamma @ square @ gamma.T)
        )

    best = theory.best_preconditioner(covariance, examples)
    for _ in range(50):
        nudge = rng.normal(size=(4, 4)) * 0.02
        assert exact(best + nudge) > exact(best)
    assert theory.best_preconditioner(np.eye(10), 10) == pytest.approx(np.eye(10) * 10 / 21)


def test_ridge_is_the_best_guess():
    """The mean of the posterior for normal rules: no other penalty has a smaller error, on the same prompts."""
    world = Regression(4, 6, "gaussian", noise=0.8)
    prompts = world.prompts(np.random.default_rng(7), 30_000)

    def squared(penalty):
        rule = theory.ridge_rules(prompts.inputs, prompts.labels, penalty)
        return error((rule * prompts.query).sum(axis=1), prompts)

    assert squared(0.8**2) < min(squared(0.3), squared(1.2), squared(0.0))


def test_many_small_steps_become_least_squares():
    prompts = Regression(3, 9).prompts(np.random.default_rng(8), 20)
    rules = theory.descent_rules(prompts.inputs, prompts.labels, 1.0, 3000)
    assert np.allclose(rules[-1], theory.ridge_rules(prompts.inputs, prompts.labels, 0), atol=1e-6)
    assert rules.shape == (3001, 20, 3) and (rules[0] == 0).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.best_single_step(0, 3, 1, 3), "examples must be a finite number above 0, got 0"),
        (lambda: theory.best_single_step(3, 2.5, 1, 3), "dimension must be a whole number, at least 0, got 2.5"),
        (lambda: theory.best_single_step(3, 3, -1, 3), "variance must be a finite number above 0, got -1"),
        (lambda: theory.best_single_step(3, 3, 2, 3), "fourth_moment must be at least variance² = 4, got 3"),
        (
            lambda: theory.single_step_error(1, 3, 3, 1, 3, noise=-1),
            "noise must be a finite number, at least 0, got -1",
        ),
        (lambda: theory.single_step_error(1, 3, 3, 1, 3, scale=0), "scale must be a finite number above 0, got 0"),
        (lambda: theory.break_even_scale(0, 3, 3, 1, 3), "step must be a finite number above 0, got 0"),
        (lambda: theory.best_preconditioner([1, 2], 3), "covariance must be a square matrix, got shape (2,)"),
        (
            lambda: theory.ridge_rules(np.zeros((1, 2, 2)), np.zeros((1, 2)), -1),
            "penalty must be a finite number, at least 0, got -1",
        ),
    ],
)
def test_bad_values_are_named(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


# --- several steps -----------------------------------------------------------------------------------


def test_several_steps_leave_what_descent_leaves():
    """By curvatures alone, and by steps on prompts. 20,000 prompts' squared errors spread by about 2 times their mean;
    their average is known to 1.5 per cent, four of those."""
    world = Regression(5, 10)
    prompts = world.prompts(np.random.default_rng(3), 20_000)
    curvatures = np.linalg.eigvalsh(np.einsum("bni,bnj->bij", prompts.inputs, prompts.inputs) / world.examples)
    alone = theory.best_single_step(world.examples, world.dimension, *world.moments)
    assert theory.several_steps_error([alone], curvatures) == pytest.approx(
        theory.single_step_error(alone, world.examples, world.dimension, *world.moments), rel=0.02
    )
    for count in (1, 2, 4):
        for equal in (True, False):
            steps = theory.best_steps(curvatures, count, equal)
            assert len(steps) == count and (len(set(steps)) == 1) == (equal or count == 1)
            least = theory.several_steps_error(steps, curvatures)
            for push in np.eye(count) if not equal else [np.ones(count)]:
                for size in (-0.05, 0.05):
                    assert theory.several_steps_error(steps + size * push, curvatures) > least
        (step, *_), rule = theory.best_steps(curvatures, count), theory.descent_rules
        left = rule(prompts.inputs, prompts.labels, step, count)[-1]
        assert error((left * prompts.query).sum(axis=1), prompts) == pytest.approx(
            100 * theory.several_steps_error([step] * count, curvatures), rel=0.06
        )
    assert theory.best_steps(curvatures, 1)[0] == pytest.approx(alone, rel=0.01)
    with pytest.raises(ValueError, match="count must be"):
        theory.best_steps(curvatures, 0)


def test_discrete_bayes_weighs_each_rule_by_its_likelihood():
    """Rule by rule with scipy's normal densities; and with a list that is long enough it becomes ridge."""
    from scipy.stats import norm

    world = Regression(2, 5, noise=0.4)
    prompts, pool = world.prompts(np.random.default_rng(0), 6), world.pool(np.random.default_rng(1), 9)
    found = theory.discrete_bayes_rules(prompts.inputs, prompts.labels, pool, 0.4)
    for b in range(6):
        likely = [np.prod(norm.pdf(prompts.labels[b], prompts.inputs[b] @ rule, 0.4)) for rule in pool]
        assert found[b] == pytest.approx(np.average(pool, axis=0, weights=likely))
    long = theory.discrete_bayes_rules(
        prompts.inputs, prompts.labels, world.pool(np.random.default_rng(2), 300_000), 0.4
    )
    assert np.allclose(long, theory.ridge_rules(prompts.inputs, prompts.labels, 0.4**2), atol=0.05)
    with pytest.raises(ValueError, match="noise must be a finite number above 0, got 0"):
        theory.discrete_bayes_rules(prompts.inputs, prompts.labels, pool, 0)
