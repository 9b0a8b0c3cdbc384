"""Models that learn from a prompt: gradients against autograd and finite differences, passes against descent, rivals against scikit-learn."""

import re

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from third_optimizer import theory
from third_optimizer.base import adam, train
from third_optimizer.mesa import (
    MLP,
    LinearAttention,
    LookupTable,
    Transformer,
    follows,
    practice,
    run_longer,
    second_moments,
)
from third_optimizer.world import Regression, error

WORLD = Regression(dimension=3, examples=5)


def tokens_through_the_layer(parameters, prompts, passes):
    """The layer as the paper writes it, token by token, in autograd's numpy: an implementation that shares
    nothing with the one on second moments. Answers (B,)."""
    a, p = parameters[0], parameters[1]
    answers = []
    for x, y, query in zip(prompts.inputs, prompts.labels, prompts.query, strict=True):
        shown = anp.concatenate([x, y[:, None]], axis=1)
        asked = anp.concatenate([query, anp.zeros(1)])[None]
        for _ in range(passes):
            g = shown.T @ shown / len(shown)
            shown, asked = shown + shown @ a @ g @ p, asked + asked @ a @ g @ p
        answers.append(-asked[0, -1])
    return anp.array(answers)


def half_squared_error(parameters, prompts, passes):
    return 0.5 * anp.mean((tokens_through_the_layer(parameters, prompts, passes) - prompts.answer) ** 2)


@pytest.mark.parametrize("passes", [1, 2, 4])
@pytest.mark.parametrize(
    "world", [WORLD, Regression(2, 7, "gaussian", noise=0.5), Regression(1, 1)], ids=["3x5", "2x7 noisy", "1x1"]
)
def test_hand_derived_gradient_is_autograds(passes, world):
    rng = np.random.default_rng(passes)
    model = LinearAttention(world.dimension, passes)
    parameters, prompts = model.init(rng, 0.3), world.prompts(rng, 6)
    errors, gradient = model.errors(parameters, prompts)
    assert np.allclose(
        errors, tokens_through_the_layer(parameters, prompts, passes) - prompts.answer, rtol=1e-9, atol=1e-12
    )
    assert np.allclose(gradient, grad(half_squared_error)(parameters, prompts, passes), rtol=1e-8, atol=1e-10)
    assert np.allclose(model.answer(parameters, prompts), errors + prompts.answer)


MODELS = [
    (LinearAttention(3, 3), 0.3),
    (MLP(3, 5, (7, 6)), 1.0),
    (LookupTable(LinearAttention(3, 2), 4), 0.3),
    (LookupTable(MLP(3, 5, (4,)), 4), 1.0),
]


@pytest.mark.parametrize(("model", "scale"), MODELS, ids=["attention", "mlp", "notebook", "mlp with notebook"])
def test_gradient_and_sensitivity_are_finite_differences(model, scale):
    """Central differences of step h = 1e-6 err by h² and by rounding 1e-16/h: 1e-9 and less, relative to numbers near 1."""
    rng = np.random.default_rng(0)
    parameters, prompts = model.init(rng, scale), WORLD.prompts(rng, 8, WORLD.pool(rng, 4))
    parameters = parameters + 0.05 * rng.normal(size=parameters.shape)  # off the kinks and the empty table
    errors, gradient = model.errors(parameters, prompts)
    assert np.allclose(errors, model.answer(parameters, prompts) - prompts.answer)
    for place in rng.permutation(np.array(list(np.ndindex(*parameters.shape))))[:40]:
        nudge = np.zeros_like(parameters)
        nudge[tuple(place)] = 1e-6
        up, down = (0.5 * np.mean(model.errors(parameters + sign * nudge, prompts)[0] ** 2) for sign in (1, -1))
        assert gradient[tuple(place)] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-8)
    sensitivity = model.sensitivity(parameters, prompts)
    for axis in range(3):
        step = 1e-6 * np.eye(3)[axis]
        up, down = (model.answer(parameters, prompts._replace(query=prompts.query + sign * step)) for sign in (1, -1))
        assert np.allclose(sensitivity[:, axis], (up - down) / 2e-6, rtol=1e-5, atol=1e-8)


@given(step=st.floats(0.01, 1.5), passes=st.integers(1, 6), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_descent_parameters_make_every_pass_a_gradient_step(step, passes, seed):
    prompts = WORLD.prompts(np.random.default_rng(seed), 4)
    model = LinearAttention(3, passes)
    ours, known = (
        model.rules(model.descent(step), prompts),
        theory.descent_rules(prompts.inputs, prompts.labels, step, passes),
    )
    assert np.allclose(ours, known, rtol=1e-9, atol=1e-9 * np.abs(known).max())


def test_order_and_number_of_examples_do_not_matter():
    """Attention over a set: examples in another order, or all of them twice, give the same answer."""
    rng = np.random.default_rng(1)
    model, prompts = LinearAttention(3, 2), WORLD.prompts(rng, 5)
    parameters, order = model.init(rng, 0.3), rng.permutation(5)
    answers = model.answer(parameters, prompts)
    shuffled = prompts._replace(inputs=prompts.inputs[:, order], labels=prompts.labels[:, order])
    twice = prompts._replace(inputs=np.tile(prompts.inputs, (1, 2, 1)), labels=np.tile(prompts.labels, (1, 2)))
    assert np.allclose(model.answer(parameters, shuffled), answers)
    assert np.allclose(model.answer(parameters, twice), answers)
    assert np.allclose(second_moments(twice), second_moments(prompts))


def test_a_layer_run_on_may_blow_up_without_a_warning(recwarn):
    prompts = WORLD.prompts(np.random.default_rng(0), 3)
    model = LinearAttention(3)
    answers = model.answer(100 * model.descent(1.0), prompts, passes=400)
    assert error(answers, prompts) == np.inf and not recwarn.list


def test_mlp_answers_like_scikit_learns():
    from sklearn.neural_network import MLPRegressor

    rng = np.random.default_rng(3)
    model, prompts = MLP(3, 5, (7, 6)), WORLD.prompts(rng, 20)
    parameters = model.init(rng) + 0.1 * rng.normal(size=sum((n + 1) * m for n, m in model.layers))
    peer = MLPRegressor(hidden_layer_sizes=(7, 6), activation="relu", max_iter=1)
    peer.partial_fit(model.flatten(prompts), prompts.answer)
    peer.coefs_, peer.intercepts_ = (list(part) for part in zip(*model.unpack(parameters), strict=True))
    assert np.allclose(model.answer(parameters, prompts), peer.predict(model.flatten(prompts)))


def test_a_notebook_answers_from_its_row():
    world, rng = Regression(3, 5), np.random.default_rng(0)
    pool = world.pool(rng, 4)
    prompts = world.prompts(rng, 50, pool)
    notebook = LookupTable(LinearAttention(3), 4)
    parameters = np.concatenate([np.zeros(2 * 4 * 4), pool.ravel()])
    assert np.allclose(notebook.answer(parameters, prompts), prompts.answer)
    # a new rule under an old number is answered with the old one's notes: twice the error of guessing zero
    fresh = world.prompts(rng, 40_000, numbers=4)
    expected = 100 * (1 + np.mean(np.sum(pool**2, axis=1)) / 3)
    assert error(notebook.answer(parameters, fresh), fresh) == pytest.approx(expected, rel=0.03)
    with pytest.raises(ValueError, match=re.escape("task numbers must be 0 to 3 for a table of 4 rows, got -1 to -1")):
        notebook.answer(parameters, world.prompts(rng, 3))


def test_training_finds_the_single_step_within_one_per_cent():
    """d = N = 10, long steps and then short ones; model and optimum are examined on the same prompts, so their ratio is sharp."""
    world = Regression(10, 10)
    model, rng = LinearAttention(10), np.random.default_rng(0)
    objective = practice(model, world, 256)
    run = train(objective, model.init(rng, 0.05), adam(0.02), 200, rng=rng)
    run = train(objective, run.parameters, adam(0.003), 400, rng=rng)
    prompts = world.prompts(np.random.default_rng(99), 40_000)
    step = theory.best_single_step(10, 10, *world.moments)
    ours = error(model.answer(run.parameters, prompts), prompts)
    best = error(model.answer(model.descent(step), prompts), prompts)  # paired: the same prompts
    assert ours < 1.01 * best


# --- asked from outside -------------------------------------------------------------------------------


def test_answers_after_each_pass_are_the_rules_applied():
    rng = np.random.default_rng(3)
    model, prompts = LinearAttention(3, 2), WORLD.prompts(rng, 7, WORLD.pool(rng, 4))
    parameters = model.init(rng, 0.3)
    for passes in (None, 1, 6):
        assert np.allclose(
            model.answers(parameters, prompts, passes),
            (model.rules(parameters, prompts, passes) * prompts.query).sum(axis=2),
            rtol=1e-10,
            atol=1e-12,
        )
    notebook = LookupTable(model, 4)
    start = notebook.init(rng, 0.3) + 0.1
    assert np.allclose(notebook.answers(start, prompts)[-1], notebook.answer(start, prompts), rtol=1e-10, atol=1e-12)
    assert len(notebook.answers(start, prompts, 6)) == 7


def test_relabelled_prompts_change_only_the_rule():
    world, rng = Regression(4, 6, rule=2.0), np.random.default_rng(0)
    prompts = world.prompts(rng, 20000)
    others = world.relabel(prompts, np.random.default_rng(1))
    assert (others.inputs is prompts.inputs) and (others.query is prompts.query) and (others.task is prompts.task)
    rules = np.linalg.lstsq(others.inputs[5], others.labels[5], rcond=None)[0]  # six examples, four unknowns, no noise
    assert rules @ others.query[5] == pytest.approx(others.answer[5])
    assert np.corrcoef(prompts.answer, others.answer)[0, 1] == pytest.approx(0, abs=4 / np.sqrt(20000))
    assert np.mean(others.answer**2) == pytest.approx(world.answer_variance, rel=0.05)
    noisy = Regression(4, 6, noise=0.5)
    asked = noisy.relabel(noisy.prompts(np.random.default_rng(2), 5000), np.random.default_rng(3))
    left = [
        y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        for x, y in zip(asked.inputs[:2000], asked.labels[:2000], strict=True)
    ]
    assert np.mean(np.square(left)) == pytest.approx(
        0.25 * (6 - 4) / 6, rel=0.1
    )  # least squares leaves (N − d)/N of the noise


def test_following_other_labels_scores_what_it_should():
    world = Regression(4, 6)
    prompts = world.prompts(np.random.default_rng(0), 20000)
    others = world.relabel(prompts, np.random.default_rng(1))

    def score(answer):
        return follows(answer, prompts, others)

    assert score(lambda p: p.answer) == 1
    assert score(lambda p: p.query[:, 0]) == 0  # does not look at the labels
    assert score(lambda p: (theory.ridge_rules(p.inputs, p.labels, 1e-6) * p.query).sum(axis=1)) > 0.99
    assert score(lambda p: p.answer / 2) == pytest.approx(
        0.75, abs=1e-12
    )  # half the right answer is wrong by half of it
    assert score(lambda p: p.answer * np.inf) == -np.inf


def test_run_longer_is_descent_run_longer():
    """The layer built by hand as a step of descent: running it on is descent with more steps, which theory has in closed form."""
    world = Regression(3, 12)
    prompts, model = world.prompts(np.random.default_rng(5), 3000), LinearAttention(3, 2)
    errors, blown = run_longer(model, model.descent(1.0), prompts, (1, 3))
    rules = theory.descent_rules(prompts.inputs, prompts.labels, 1.0, 6)
    for found, share, steps in zip(errors, blown, (2, 6), strict=True):
        each = ((rules[steps] * prompts.query).sum(axis=1) - prompts.answer) ** 2 / np.mean(prompts.answer**2)
        assert (found, share) == pytest.approx((100 * np.minimum(each, 10).mean(), np.mean(each > 10)))
    assert errors[1] < errors[0]
    errors, blown = run_longer(
        model, model.descent(1000.0), prompts, (64,)
    )  # beyond any stable step: numbers leave the range
    assert errors == [1000] and blown == [1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LinearAttention(0), "dimension must be a whole number, at least 1, got 0"),
        (lambda: LinearAttention(3, 1.5), "passes must be a whole number, at least 1, got 1.5"),
        (
            lambda: LinearAttention(3).init(np.random.default_rng(0), -1),
            "scale must be a finite number, at least 0, got -1",
        ),
        (lambda: MLP(3, 0), "examples must be whole numbers, at least 1, got 0"),
        (lambda: MLP(3, 5, (4, 0)), "widths must be whole numbers, at least 1, got 0"),
        (
            lambda: MLP(3, 4).answer(
                MLP(3, 4).init(np.random.default_rng(0)), WORLD.prompts(np.random.default_rng(0), 2)
            ),
            "this network reads 4 examples in 3 dimensions, got 5 in 3",
        ),
        (lambda: MLP(3, 5).answer(None, None, passes=2), "passes must be 1 or None"),
        (lambda: LookupTable(LinearAttention(3), 0), "tasks must be a whole number, at least 1, got 0"),
        (lambda: practice(LinearAttention(3), WORLD, 0), "batch must be a whole number, at least 1, got 0"),
    ],
)
def test_bad_values_are_named(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


# --- the transformer -----------------------------------------------------------------------------------------


def answers_of_one(model, parameters, prompts, b):
    """A transformer's answer to one prompt, token by token and head by head, in double precision."""
    first, *blocks, last = model.unpack(parameters)
    tokens = [np.concatenate([x, [y, 0]]) @ first for x, y in zip(prompts.inputs[b], prompts.labels[b], strict=True)]
    tokens = [*tokens, np.concatenate([prompts.query[b], [0, 1]]) @ first]  # the question stands last
    wide = model.width // model.heads

    def even(token):
        return token / np.sqrt(np.mean(token**2) + 1e-6)

    for layer in range(model.layers):
        query, key, value, out, up, up_bias, down, down_bias = blocks[8 * layer : 8 * layer + 8]
        after = []
        for token in tokens:
            read = []
            for h in range(model.heads):
                part = slice(h * wide, (h + 1) * wide)
                scores = (
                    np.array([(even(token) @ query)[part] @ (even(one) @ key)[part] for one in tokens[:-1]]) / wide**0.5
                )
                weights = np.exp(scores) / np.exp(scores).sum()
                read.append(sum(w * (even(one) @ value)[part] for w, one in zip(weights, tokens[:-1], strict=True)))
            token = token + np.concatenate(read) @ out
            after.append(token + np.maximum(even(token) @ up + up_bias[0], 0) @ down + down_bias[0])
        tokens = after
    return (even(tokens[-1]) @ last)[0]


def shaken(model, rng):
    return model.init(rng) + 0.1 * rng.normal(size=model.init(rng).size)


def test_a_transformer_answers_as_its_tokens_one_by_one():
    rng = np.random.default_rng(0)
    model, prompts = Transformer(3, 5, layers=2, width=8, heads=2), WORLD.prompts(rng, 4)
    parameters = shaken(model, rng)
    one_by_one = [answers_of_one(model, parameters, prompts, b) for b in range(4)]
    assert np.allclose(model.answer(parameters, prompts), one_by_one, rtol=1e-4, atol=1e-5)
    assert not model.answer(model.init(rng), prompts).any()  # the readout starts at zero


def test_a_transformers_gradient_is_that_of_finite_differences():
    """In single precision a step of 1e-2 errs by a few thousandths of the largest slope."""
    rng = np.random.default_rng(1)
    model, prompts = Transformer(3, 5, layers=2, width=8, heads=2), Regression(3, 7).prompts(rng, 6)
    parameters = shaken(model, rng)
    errors, gradient = model.errors(parameters, prompts)
    assert errors.shape == (6 * 3,) and gradient.shape == parameters.shape  # two further questions and the query
    for place in rng.integers(parameters.size, size=40):
        nudge = np.zeros_like(parameters)
        nudge[place] = 1e-2
        up, down = (0.5 * np.mean(model.errors(parameters + sign * nudge, prompts)[0] ** 2) for sign in (1, -1))
        assert gradient[place] == pytest.approx((up - down) / 2e-2, rel=0.05, abs=0.01 * np.abs(gradient).max())


def test_questions_about_one_prompt_do_not_see_each_other():
    rng = np.random.default_rng(2)
    model, long = Transformer(3, 5, width=8, heads=2), Regression(3, 7).prompts(rng, 4)
    parameters = shaken(model, rng)
    alone = long._replace(inputs=long.inputs[:, :5], labels=long.labels[:, :5])
    assert np.allclose(model.answer(parameters, long), model.answer(parameters, alone), rtol=1e-4, atol=1e-6)
    order = rng.permutation(5)
    shuffled = alone._replace(inputs=alone.inputs[:, order], labels=alone.labels[:, order])
    assert np.allclose(model.answer(parameters, shuffled), model.answer(parameters, alone), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Transformer(0, 5), "dimension must be a whole number, at least 1, got 0"),
        (lambda: Transformer(3, 5, width=10, heads=4), "width must be a multiple of heads, 4, got 10"),
        (lambda: Transformer(3, 5).init(np.random.default_rng(0), -1), "scale must be a finite number, at least 0"),
        (
            lambda: Transformer(3, 6).answer(
                Transformer(3, 6).init(np.random.default_rng(0)), WORLD.prompts(np.random.default_rng(0), 2)
            ),
            "reads 6 examples or more in 3 dimensions, got 5 in 3",
        ),
    ],
)
def test_a_transformer_refuses_what_it_cannot_be_or_read(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()
