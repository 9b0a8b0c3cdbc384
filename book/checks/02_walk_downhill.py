"""Checkers of chapter 2: one function an exercise. Each names the mistake it sees."""

import numpy as np

from third_optimizer.base import momentum
from third_optimizer.experiments.walk_downhill import race
from third_optimizer.theory import largest_stable_heavy_ball_step
from third_optimizer.view.questions.exercises import right, tried, wrong


def heavy_ball(answer):
    eta, beta = 0.03, 0.6
    rule = momentum(eta, beta)
    rng = np.random.default_rng(2)
    velocity = rng.normal(size=3)
    gradient = rng.normal(size=3)
    expected, _ = rule.update(gradient, velocity)
    given = np.asarray(tried(answer(gradient.copy(), velocity.copy(), eta, beta)), float)
    if given.shape != expected.shape:
        return wrong(
            f"The new velocity should have the shape of the old one, {expected.shape}; yours has {given.shape}."
        )
    if np.allclose(given, expected):
        return right("Your update and ours agree on a random slope and velocity.")
    if np.allclose(given, beta * velocity + eta * gradient):
        return wrong("That push goes uphill: the gradient points up, so it enters with a minus.")
    if np.allclose(given, beta * velocity - (1 - beta) * eta * gradient):
        return wrong(
            "That is a running average of slopes: it shrinks the push by 1 − β. The heavy ball gets the whole push."
        )
    if np.allclose(given, -eta * gradient):
        return wrong("That is plain descent: it forgets the velocity. Keep the share β of it.")
    return wrong(
        f"For slope {gradient.round(2)}, velocity {velocity.round(2)}, η = {eta}, β = {beta} we expected "
        f"{expected.round(4)}, got {given.round(4)}."
    )


def longest_step(answer):
    curvatures, beta = (1.0, 7.0, 40.0), 0.5
    expected = largest_stable_heavy_ball_step(max(curvatures), beta)
    given = float(tried(answer(curvatures, beta)))
    if np.isclose(given, expected):
        return right("A run a hair below your limit comes to rest, a hair above it blows up.")
    if np.isclose(given, 2 / max(curvatures)):
        return wrong(
            "That is the limit without momentum; with β = 0.5 the ball stands longer steps. "
            "Try it in [the figure of what a step leaves](#rates)."
        )
    if np.isclose(given, 2 * (1 + beta) / min(curvatures)):
        return wrong("The steepest direction blows up first, so its curvature sets the limit, not the smallest.")
    if np.isclose(given, 2 * (1 - beta) / max(curvatures)):
        return wrong("Momentum allows longer steps, not shorter ones: look at the sign in front of β.")
    return wrong(f"For curvatures {curvatures} and β = {beta} the limit is {expected:.4g}, you gave {given:.4g}.")


def be_the_third(answer):
    runs = [race("Adam", 45, float(answer), seed, 150) for seed in range(5)]
    reached, most = [run.min() <= 1e-6 for run in runs], 100 * max(run[-1] for run in runs)
    if all(reached):
        return right("All five runs got there within 150 steps. How many tries did it take you?")
    said = f"{sum(reached)} of 5 got there. "
    if answer < 1:
        return wrong(said + f"These steps are too short: the worst run still had {most:.2g} per cent of its loss.")
    return wrong(said + "These steps are too long: the ball leaps over the bottom again and again.")
