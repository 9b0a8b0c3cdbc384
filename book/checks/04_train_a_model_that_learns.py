"""Checkers of chapter 4: one function an exercise. Each names the mistake it sees."""

import numpy as np

from third_optimizer.base import adam, clip, train
from third_optimizer.mesa import LinearAttention, practice
from third_optimizer.view.questions.exercises import right, tried, wrong
from third_optimizer.world import Regression


def one_step(answer):
    eta, layer = 0.7, LinearAttention(4)
    prompts = Regression(4, 6).prompts(np.random.default_rng(3), 1)
    inputs, labels, query = prompts.inputs[0], prompts.labels[0], prompts.query[0]
    expected = layer.answer(layer.descent(eta), prompts)[0]
    given = np.asarray(tried(answer(inputs.copy(), labels.copy(), query.copy(), eta)), float)
    if given.size != 1:
        return wrong("That is the rule. The answer to a query is one number: multiply the rule by the query.")
    given = given.item()
    if np.isclose(given, expected):
        return right("Your step and the attention layer with η put in by hand give the same answer.")
    if np.isclose(given, len(labels) * expected):
        return wrong("That is the sum over the examples. Divide by their number: the loss is a mean.")
    if np.isclose(given, -expected):
        return wrong(
            "That step goes uphill: the slope of the loss is minus the average of y x, "
            "and descent turns the sign again."
        )
    return wrong(f"On one prompt with d = 4, N = 6 and η = {eta} we expected {expected:.4f}, got {given:.4f}.")


def start(answer):
    world, layer = Regression(2, 10), LinearAttention(2)
    prompts = world.prompts(np.random.default_rng(1000), 4000)

    def loss(parameters):
        return np.mean((layer.answer(parameters, prompts) - prompts.answer) ** 2)

    reached, moved = 0, 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        begin = np.asarray(tried(answer(rng)), float)
        if begin.shape != (2, 3, 3):
            return wrong(f"A and P together have the shape (2, 3, 3); yours is {begin.shape}.")
        run = train(practice(layer, world, 64), begin, clip(adam(0.01), 1), 800, rng=rng)
        moved += not np.allclose(run.parameters, begin)
        # the best step's length at d = 2, N = 10: within a tenth of its error counts as there
        reached += loss(run.parameters) <= 1.1 * loss(layer.descent(2.5))
    if reached == 10:
        return right("All ten runs found the gradient step. You helped; the training is the same as before.")
    if not moved:
        return wrong("It never moves: with A and P at zero, both slopes are zero too.")
    said = f"{reached} of 10 runs got there. "
    size = np.sqrt(np.mean(begin**2))
    if size < 0.01:
        return wrong(
            said
            + "Making the start smaller changes when training leaves it, not where it goes. "
            + "Which signs should the numbers have?"
        )
    if size > 0.3:
        return wrong(
            said
            + "A larger random start is still random: some of its signs are wrong. Which signs should the numbers have?"
        )
    return wrong(said + "Give A and P the signs of a gradient step, and leave out the rest.")
