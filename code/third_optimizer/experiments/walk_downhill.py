"""Chapter 2, Walk downhill: how fast descent gets down a bowl, and how much hangs on numbers it does not choose.

The bowl is f(x) = ½ (λ₁x₁² + λ₂x₂²). Distances are from its bottom, losses are shares of a run's first, angles are in
degrees. What the page's open cells define (`roll`, `race`) is a parameter of everything that uses it.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.base import adam, gradient_descent, momentum, train
from third_optimizer.world import bowl, noisy

LOW, HIGH = 1, 100  # curvatures
HILL, START = bowl((LOW, HIGH)), np.array([1.0, 1.0])
LONG = 2000  # steps of a run that is compared with a formula
MILLIONTH = 1e-6  # of the distance, or of the loss, at which a run has arrived
FRAME = 1.6  # half the width of the picture of the plane

RULES = {"plain descent": gradient_descent, "momentum": momentum, "Adam": adam}
GRID = np.logspace(-4, 1, 41)  # learning rates to try
SEEDS, BUDGET = range(5), 300  # starts of a race, and its steps
TURNED = 45


# --- one ball ------------------------------------------------------------------------------------


def roll(eta, beta, steps=60):
    rule = momentum(eta, beta) if beta else gradient_descent(eta)
    return train(HILL.objective, START, rule, steps, keep_path=True)


def path(eta, beta, roll=roll):
    """Columns t, x, y of a run's path; of one that leaves for good, up to where it first leaves the picture."""
    walked = roll(eta, beta).path
    inside = (np.abs(walked) <= FRAME).all(axis=1)
    seen = int(np.argmin(inside)) if reached(eta, beta, roll)["gone"] and not inside.all() else len(walked)
    return {"t": np.arange(seen), "x": walked[:seen, 0], "y": walked[:seen, 1]}


def reached(eta, beta, roll=roll):
    """Where a run came to: gone (it left for good), steps, flat and steep (distances at the end, shares of the
    start), furthest."""
    run = roll(eta, beta)
    flat, steep = np.abs(run.path[-1]) / np.abs(START)
    return {
        "gone": run.diverged or max(flat, steep) > 10,
        "steps": len(run.path) - 1,
        "flat": flat,
        "steep": steep,
        "furthest": np.linalg.norm(run.path, axis=1).max(),
    }


def contours():
    """The bowl's level lines as rows for a chart: ellipses ten times as wide as high."""
    turn = np.linspace(0, 2 * np.pi, 181)
    return [
        {"level": level, "t": int(t), "x": round(10 * height * np.cos(a), 3), "y": round(height * np.sin(a), 4)}
        for level, height in enumerate([0.05, 0.1, 0.15, 0.3, 0.6, 0.9, 1.2, 1.5])
        for t, a in enumerate(turn)
    ]


# --- each direction is alone -----------------------------------------------------------------------


@cache
def alone(roll=roll):
    """The run at the best step beside the formula: slip (largest difference), best, edge, rate, needed."""
    best = theory.best_step(LOW, HIGH)
    rate = theory.contraction((LOW, HIGH), best)
    formula, walked = theory.descent_path(START, (LOW, HIGH), best, LONG), roll(best, 0, LONG).path
    return {
        "slip": np.abs(walked - formula[: len(walked)]).max(),
        "steps": LONG,
        "low": LOW,
        "high": HIGH,
        "best": best,
        "edge": theory.largest_stable_step(HIGH),
        "rate": rate,
        "needed": theory.steps_to(rate, MILLIONTH),
    }


def rates(kappa, beta):
    """What a step leaves of the flat and of the steep direction in the long run; columns x (η in units of 1/λ of the
    steep one), y, series."""
    eta = np.linspace(0.04, 4, 100)
    flat, steep = ([theory.spectral_radius(curvature, e, beta) for e in eta] for curvature in (1 / kappa, 1))
    return {"x": np.tile(eta, 2), "y": np.concatenate([flat, steep]), "series": np.repeat(["flat", "steep"], len(eta))}


def best_rate(kappa, beta):
    """Where the slower direction keeps least: eta and edge (in units of 1/λ), worst (share kept a step), needed (steps
    to a millionth)."""
    eta = theory.best_step(1 / kappa, 1, beta)
    worst = max(theory.spectral_radius(curvature, eta, beta) for curvature in (1 / kappa, 1))
    return {
        "eta": eta,
        "worst": worst,
        "edge": theory.largest_stable_heavy_ball_step(1, beta),
        "needed": theory.steps_to(worst, MILLIONTH),
    }


# --- weight ------------------------------------------------------------------------------------------


def whole(values, length):
    """A run's values at `length` moments; where it was stopped before, as a reader's edit may do, they are infinite."""
    return np.concatenate([values, np.full(max(0, length - len(values)), np.inf)])[:length]


def distance(run):
    """(LONG + 1,) distances from the bottom."""
    return whole(np.linalg.norm(run.path, axis=1), LONG + 1)


def steps_until(run, share=MILLIONTH):
    """Steps until the distance is `share` of the first; infinite if it never is."""
    below = distance(run) <= share * distance(run)[0]
    return int(np.argmax(below)) if below.any() else np.inf


@cache
def weight(roll=roll):
    """Plain descent and the heavy ball, both at their best numbers: distances, steps promised and needed."""
    eta, beta, rate = theory.best_heavy_ball(LOW, HIGH)
    plain, heavy = roll(theory.best_step(LOW, HIGH), 0, LONG), roll(eta, beta, LONG)
    return {
        "distances": {"plain descent": distance(plain), "heavy ball": distance(heavy)},
        "rate": rate,
        "promised": theory.steps_to(rate, MILLIONTH),
        "needed": steps_until(heavy),
        "plain": steps_until(plain),
        "peak": distance(heavy).max() / distance(heavy)[0],
        "peak_at": int(distance(heavy).argmax()),
    }


# --- a race of rules -----------------------------------------------------------------------------------


def race(rule, angle, eta, seed, steps=300):
    """Losses over the first; bowl and start turned by `angle` degrees."""
    a, start = np.radians(angle), np.random.default_rng(seed).normal(size=2)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    start = turn @ start / np.linalg.norm(start)
    hill = bowl((1, 100), a).objective
    losses = train(hill, start, RULES[rule](eta), steps).losses
    return losses / losses[0]


@cache
def steps_needed(rule, angle, eta, seed, race=race, within=BUDGET):
    """Steps until the loss is a millionth of its start; infinite if `within` steps do not get there."""
    below = race(rule, angle, eta, seed, within) <= MILLIONTH
    return int(np.argmax(below)) if below.any() else np.inf


@cache
def tuned(rule, angle, race=race):
    """(learning rate of GRID with the fewest steps in the median over the starts, these steps)."""
    if rule != "Adam":
        angle = 0  # turning the bowl changes nothing for the other two, and a test holds that
    best, fewest = GRID[-1], np.inf
    for eta in reversed(GRID):  # the long steps first: what is slower than the best is not run to its end
        within = int(min(fewest, BUDGET))
        median = np.median([steps_needed(rule, angle, eta, seed, race, within) for seed in SEEDS])
        if median <= fewest:
            best, fewest = eta, median
    return best, fewest


def racing(angle, race=race):
    """{rule: lowest loss so far every fifth step up to 150, one line a start}, each rule at its best learning rate."""
    return {
        rule: [
            np.minimum.accumulate(whole(race(rule, angle, tuned(rule, angle, race)[0], seed, 150), 151))[::5]
            for seed in SEEDS
        ]
        for rule in RULES
    }


@cache
def turning(race=race):
    """What a turn of the bowl by TURNED degrees does to Adam: steps straight and turned, how much longer its best rate
    is then, and the steps kept at the straight bowl's rate."""
    (straight_eta, straight), (turned_eta, turned) = tuned("Adam", 0, race), tuned("Adam", TURNED, race)
    kept = np.median([steps_needed("Adam", TURNED, straight_eta, seed, race) for seed in SEEDS])
    return {"straight": straight, "turned": turned, "longer": turned_eta / straight_eta, "kept": kept}


@cache
def shares(race=race):
    """{(rule, angle): share of GRID that arrives within BUDGET steps, for each start}."""
    return {
        (rule, angle): np.array(
            [np.mean([steps_needed(rule, angle, eta, seed, race) < np.inf for eta in GRID]) for seed in SEEDS]
        )
        for angle in (0, TURNED)
        for rule in RULES
    }


# --- noise -----------------------------------------------------------------------------------------------


@cache
def jitter(eta, steps=400, seeds=5):
    """(seeds, steps + 1) distances of noisy runs in a bowl of curvature 1, noise of deviation 1, from 3."""
    hill = noisy(bowl([1]), 1)
    runs = [
        train(hill.objective, [3.0], gradient_descent(eta), steps, rng=np.random.default_rng(seed), keep_path=True)
        for seed in range(seeds)
    ]
    return np.abs([run.path[:, 0] for run in runs])


def resting(eta):
    """Root mean square distance over the second half, of every fourth step: late (one a run), mean, floor (by the
    formula)."""
    late = np.sqrt(np.mean(jitter(eta)[:, 200::4] ** 2, axis=1))
    return {"late": late, "mean": late.mean(), "floor": np.sqrt(theory.noise_floor(1, eta, 1))}


# --- what the page asks and claims ---------------------------------------------------------------------------


def predictions(roll=roll):
    """The numbers of the page's predictions, {id: {name: number}}."""
    measured = weight(roll)
    heavy = measured["distances"]["heavy ball"]
    return {
        "best_step": {"best": theory.best_step(LOW, HIGH), "edge": theory.largest_stable_step(HIGH)},
        "overshoot": {"heavy": (np.arange(61), heavy[:61]), "peak": measured["peak"], "start_distance": heavy[0]},
    }


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    best = theory.best_step(2, 50)
    return {
        "new_bowl": {
            "new_best": best,
            "new_steep": 1 / 50,
            "new_edge": theory.largest_stable_step(50),
            "new_flat": 1 / 2,
            "new_rate": theory.contraction((2, 50), best),
        }
    }


def claims(race=race):
    """The numbers on the page's cards, {claim: {name: number, or one a start}}."""
    counted = shares(race)
    return {
        "B1": {
            "tried": len(GRID),
            "low": GRID[0],
            "high": GRID[-1],
            "budget": BUDGET,
            "seeds": len(SEEDS),
            "plain": counted["plain descent", 0],
            "heavy": counted["momentum", 0],
            "adam": counted["Adam", 0],
            "adam_turned": counted["Adam", TURNED],
        }
    }
