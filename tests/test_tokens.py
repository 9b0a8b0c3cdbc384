"""Attention that writes its estimate as a token and reads it back: against the layer token by token, and descent."""

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from third_optimizer import theory
from third_optimizer.mesa import TokenAttention
from third_optimizer.world import Regression

WORLD = Regression(3, 6, inputs="gaussian")


def written_out(parameters, prompts, passes, rereads):
    """One sequence of whole tokens a prompt, one layer of attention over all of it: answers (B,). What a thought must
    not look at is left out of the sum."""
    d = prompts.query.shape[1]
    a, p = parameters[: d + 1], parameters[d + 1 :].T
    answers = []
    for x, y, query in zip(prompts.inputs, prompts.labels, prompts.query, strict=True):
        n = len(y)
        tokens = [anp.concatenate([one, anp.array([label]), anp.zeros(d + 1)]) for one, label in zip(x, y, strict=True)]
        thought = anp.array([0.0] * d + [1.0])
        for _ in range(passes):
            tokens = [*tokens, anp.concatenate([anp.zeros(d + 1), thought])]
            seen = tokens if rereads else tokens[:n]
            gathered = sum(anp.dot(anp.dot(thought, a), token) * token for token in seen) / n
            thought = thought + anp.concatenate([anp.dot(gathered, p), anp.zeros(1)])
        answers.append(anp.dot(thought[:-1], query))
    return anp.array(answers)


@pytest.mark.parametrize("rereads", [True, False])
@pytest.mark.parametrize("passes", [1, 2, 4])
def test_the_gradient_is_that_of_the_written_sequence(passes, rereads):
    rng, model = np.random.default_rng(passes), TokenAttention(3, passes, rereads)
    parameters, prompts = model.init(rng, 0.3), WORLD.prompts(rng, 5)

    def loss(parameters):
        return 0.5 * anp.mean((written_out(parameters, prompts, passes, rereads) - prompts.answer) ** 2)

    errors, gradient = model.errors(parameters, prompts)
    assert np.allclose(errors, written_out(parameters, prompts, passes, rereads) - prompts.answer, rtol=1e-9)
    assert np.allclose(gradient, grad(loss)(parameters), rtol=1e-8, atol=1e-9)
    assert np.allclose(model.answer(parameters, prompts), errors + prompts.answer)
    assert np.allclose(model.answers(parameters, prompts, 6)[passes], model.answer(parameters, prompts))


def test_a_thought_can_be_a_step_of_descent():
    prompts = WORLD.prompts(np.random.default_rng(1), 7)
    for model in (TokenAttention(3, 4), TokenAttention(3, 4, rereads=False)):
        rules = model.rules(model.descent(0.3), prompts)
        assert np.allclose(rules, theory.descent_rules(prompts.inputs, prompts.labels, 0.3, 4), rtol=1e-12)
        assert np.array_equal(model.sensitivity(model.descent(0.3), prompts), rules[-1])


def test_thoughts_that_are_reread_matter():
    rng = np.random.default_rng(0)
    parameters, prompts = TokenAttention(3).init(rng, 0.3), WORLD.prompts(rng, 5)
    both = [TokenAttention(3, 3, rereads).answers(parameters, prompts) for rereads in (True, False)]
    assert not np.allclose(both[0][1], both[1][1])


def test_written_on_it_may_blow_up_in_silence():
    prompts = WORLD.prompts(np.random.default_rng(0), 5)
    assert not np.isfinite(TokenAttention(3).answers(TokenAttention(3).descent(50.0), prompts, 400)[-1]).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((0,), "dimension must be a whole number, at least 1, got 0"), ((3, 1.5), "passes must be .* got 1.5")],
)
def test_what_is_out_of_range_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        TokenAttention(*arguments)
    with pytest.raises(ValueError, match="scale must be a finite number, at least 0, got -1"):
        TokenAttention(3).init(np.random.default_rng(0), -1)
