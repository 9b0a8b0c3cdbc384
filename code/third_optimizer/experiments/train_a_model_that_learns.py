"""Chapter 4, Train a model that learns: one learned number, one layer of attention, and what both turn out to do.

Errors are in per cent of guessing zero. `train_layers` trains, this module evaluates. What the page's open cells define
(`one_number`, `learn`) is a parameter of everything that uses it.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.base import gradient_descent, train
from third_optimizer.mesa import LinearAttention, beside_one_step, least_squares, one_step_rules, profile
from third_optimizer.world import Regression, error

from . import train_layers, unedited
from .train_layers import ARRIVED, RIVAL, TRIED, best_step, learn, stores
from .train_layers import DIALS as DIALS  # the page names its stops

DOTS = Regression(1, 3)
WORLD, LAYER, SEEDS = Regression(10, 10), LinearAttention(10), range(5)
GAUSS, SIZE = Regression(10, 10, inputs="gaussian"), 2 * 11**2  # numbers in A and P
STEPS = np.geomspace(0.03, 30, 37)  # step lengths of the formula's curve
LOOKS = [*range(0, 200, 10), 200, 250, 300, 400, 600, 800, 1000]  # training steps
STRETCH, STRETCHES = np.geomspace(0.1, 4, 65), (0.25, 0.5, 0.75, 1, 1.5, 2, 3)
LENGTHS = (5, 10, 20, 30, 50, 100, 150, 200)


def left_by(step, world, **shift):
    """What one gradient step leaves, in closed form."""
    return 100 * theory.single_step_error(step, world.examples, world.dimension, *world.moments, world.noise, **shift)


@cache
def judging(count=20_000, seed=4000):
    """Prompts of WORLD on which trained models are judged."""
    return train_layers.judging(WORLD, count, seed)


# --- one learned number ------------------------------------------------------------------------------


def guess(prompt, step):
    """Columns x, y, series: the hidden line, the line that one step guesses, and the dots."""
    p = DOTS.prompts(np.random.default_rng(12 + prompt), 1)
    x, y = p.inputs[0, :, 0], p.labels[0]
    slopes = [y[0] / x[0], step * np.mean(x * y)]
    series = ["the line", "the line", "the guess", "the guess", *3 * ["dots"]]
    return {"x": np.r_[-1, 1, -1, 1, x], "y": np.r_[-slopes[0], slopes[0], -slopes[1], slopes[1], y], "series": series}


def guessed(prompt, step):
    """line, guess: both slopes; left: what this step length leaves over all lines."""
    y = guess(prompt, step)["y"]
    return {"line": y[1], "guess": y[3], "left": left_by(step, DOTS)}


def one_number(eta, rng):
    """Half the mean squared error on 64 new prompts, and its slope in η."""
    p = DOTS.prompts(rng, 64)
    direction = np.mean(p.inputs[:, :, 0] * p.labels, axis=1) * p.query[:, 0]
    wrong = eta * direction - p.answer
    return 0.5 * np.mean(wrong**2), np.array([np.mean(wrong * direction)])


@cache
def tuned(one_number=one_number, seeds=5):
    """Runs that learn the one number."""
    return [
        train(one_number, [0.0], gradient_descent(2), 200, rng=np.random.default_rng(seed), keep_path=True)
        for seed in range(seeds)
    ]


def settled(runs):
    """Where they settle: late (one a run), mean, best (by formula)."""
    late = [run.path[100:].mean() for run in runs]
    return {"late": late, "mean": np.mean(late), "best": best_step(DOTS)}


# --- one layer of attention ----------------------------------------------------------------------------


@cache
def layer_runs(seed, learn=learn):
    """The two Runs of a layer at d = N = 10, with their paths."""
    return learn(LAYER, WORLD, seed, keep_path=True)


def parameters_at(seed, step, learn=learn):
    """A layer's parameters after so many steps of training, or at its end if it was shorter."""
    first, *later = (run.path for run in layer_runs(seed, learn))
    path = np.concatenate([first, *(one[1:] for one in later)])  # a stage begins where the last one ended
    return path[min(step, len(path) - 1)]


@cache
def found(learn=learn):
    """The trained layers beside the best step: step, raw (half squared error), least, left (one a layer), worst (per
    cent of the formula), judged ([beside_one_step])."""
    best, least = best_step(WORLD), left_by(best_step(WORLD), WORLD)
    judged = [beside_one_step(LAYER, layer_runs(s, learn)[-1].parameters, WORLD, judging()) for s in SEEDS]
    excess = np.array([one["excess"] for one in judged])
    return {
        "step": best,
        "raw": least / 100 * WORLD.answer_variance / 2,
        "least": least,
        "left": least * (1 + excess),
        "worst": 100 * np.abs(excess).max(),
        "judged": judged,
    }


@cache
def curves(learn=learn):
    """(seeds, LOOKS) errors along training, shifted by what luck with the prompts does to the best step's own error."""
    few, best = judging(2000, 4001), best_step(WORLD)
    luck = error((one_step_rules(few, best) * few.query).sum(axis=1), few) - left_by(best, WORLD)
    return np.array([[error(LAYER.answer(parameters_at(s, k, learn), few), few) - luck for k in LOOKS] for s in SEEDS])


def halfway(learn=learn):
    """The steps at which the curves are half way down."""
    return [LOOKS[i] for i in np.argmax(curves(learn) < (100 + found(learn)["least"]) / 2, axis=1)]


# --- the numbers the answer uses --------------------------------------------------------------------------

_ROWS, _COLUMNS = np.mgrid[:11, :12]
_USED = (_COLUMNS < 11) & (_ROWS < 10) | (_COLUMNS == 11)


def squares(parameters, shift=0):
    """Columns x, y, size, sign: A's ten rows and P's last column, a square for each number that the answer uses."""
    values = np.column_stack([parameters[0], parameters[1][:, -1]])[_USED]
    return {
        "x": (_COLUMNS + (_COLUMNS == 11))[_USED] + shift,
        "y": _ROWS[_USED],
        "size": np.abs(values).round(2),
        "sign": np.where(values < 0, "negative", "positive"),
    }


def scaled(step, learn=learn):
    """The first layer's A and P after so many steps. A times s and P over s are the same layer: s makes A's diagonal
    1 at the end, on average."""
    factor = 10 / np.trace(layer_runs(0, learn)[-1].parameters[0][:-1, :-1])
    a, p = parameters_at(0, step, learn)
    return np.stack([a * factor, p / factor])


def read_off(step, learn=learn):
    """diagonal (of A), corner (of P), count and largest of the others, wanted (the corner of a gradient step)."""
    a, p = scaled(step, learn)
    rest = np.r_[a[:10][~np.eye(10, 11, dtype=bool)], p[:10, -1]]
    return {
        "diagonal": np.diag(a)[:10],
        "corner": p[10, -1],
        "count": rest.size,
        "largest": np.abs(rest).max(),
        "wanted": -best_step(WORLD),
    }


# --- what it does, and the rival -----------------------------------------------------------------------------


@cache
def rivals(dimension):
    """The stored MLPs at this dimension, {column: (seeds,)}."""
    place = stores()["rivals.npz"].axes["dimension"].index(dimension)
    return {name: column[place] for name, column in stores()["rivals.npz"].columns.items()}


@cache
def learners(learn=learn):
    """{learner: {"error", "step", "exact", "follows": (one a seed)}}; errors in per cent, the others shares of 1."""
    some = type(judging())(*(part[:5000] for part in judging()))

    def profiles(*rules):
        found = [profile(lambda p, r=r: (r(p) * p.query).sum(axis=1), r, some) for r in rules]
        return {name: np.array([one[name] for one in found]) for name in found[0]}

    def layers(step):
        return [lambda p, s=s: LAYER.sensitivity(parameters_at(s, step, learn), p) for s in SEEDS]

    return {
        "untrained layer": profiles(*layers(0)),
        "trained layer": profiles(*layers(10**6)),  # at the end
        "trained MLP": {name: rivals(10)[name] for name in ("error", "step", "exact", "follows")},
        "one gradient step": profiles(lambda p: one_step_rules(p, best_step(WORLD))),
        "least squares": profiles(least_squares),
    }


def asked(kind, learn=learn):
    """{learner: one number a seed, in per cent}; kind as in `learners`."""
    return {name: profile[kind] * (1 if kind == "error" else 100) for name, profile in learners(learn).items()}


@cache
def compared(learn=learn):
    """The numbers of the paragraph on layers and MLPs."""
    ours, mlps, small = learners(learn), rivals(10), rivals(5)
    return {
        "cos": ours["trained layer"]["step"].mean(),
        "raw": abs(ours["untrained layer"]["step"].mean()),
        "exact": ours["trained layer"]["exact"].mean(),
        "numbers": int(mlps["parameters"][0]),
        "times": RIVAL["steps"] * 2 / 1000,
        "mlp": mlps["error"],
        "mlpstep": mlps["step"].mean(),
        "explained": 100 * (1 - mlps["unlike_nearest_ridge"]),
        "order": 100 * np.sqrt(mlps["moved_by_order"]),
        "small": small["error"],
        "smallstep": left_by(best_step(Regression(5, 10)), Regression(5, 10)),
        "smalllow": 100 * (1 - small["unlike_nearest_ridge"].max()),
    }


# --- every dial -----------------------------------------------------------------------------------------------


@cache
def trained_at(d, n, noise, scale, seed, learn=learn):
    """A layer beside the best step there: stored at the page's stops as long as `learn` is what trained them, else
    trained now."""
    point = {"dimension": d, "examples": n, "noise": noise, "scale": scale, "seed": seed}
    if unedited(learn, train_layers.learn):
        return stores()["layers.npz"].get(**point)
    return train_layers.train_layer(**point, learn=learn)


def setting(d, n, noise, scale, learn=learn, progress=lambda share: None):
    """Layers trained at a setting: best (step), least (what it leaves), step, left, arrived (each one a seed)."""
    world, models = Regression(d, n, noise=noise, scale=scale), []
    for seed in TRIED:
        models.append(trained_at(d, n, noise, scale, seed, learn))
        progress((seed + 1) / len(TRIED))
    excess = np.array([model["excess"] for model in models])
    least = left_by(best_step(world), world)
    return {
        "best": best_step(world),
        "least": least,
        "step": np.array([model["step"] for model in models]),
        "left": least * (1 + excess),
        "arrived": excess < ARRIVED,
    }


def settings(d, n, noise, scale, learn=learn, progress=lambda share: None):
    """Columns x, y, series: what a step of each length leaves; and step, left: the trained layers."""
    y, made = left_by(STEPS, Regression(d, n, noise=noise, scale=scale)), setting(d, n, noise, scale, learn, progress)
    empty = np.full(len(STEPS) - len(TRIED), np.nan)
    return {
        "x": STEPS,
        "y": np.where(y <= 600, y, np.nan),
        "series": "one gradient step",
        "step": np.r_[made["step"], empty],
        "left": np.r_[made["left"], empty],
    }


@cache
def arrivals():
    """What the stored runs say: wide and worst (runs at d of 10 and more, and their largest excess in per cent), lost
    {(d, N): starts that did not arrive}, freed of all by longer training, times (the largest error, in best steps)."""
    layers, starts = stores()["layers.npz"], stores()["starts.npz"]
    excess = layers.columns["excess"][np.array(layers.axes["dimension"]) >= 10]
    first, longer = starts.columns["excess"], starts.columns["longer"]
    lost = (first >= ARRIVED).sum(axis=2)
    again = longer[~np.isnan(longer)]
    return {
        "wide": excess.size,
        "worst": 100 * excess.max(),
        "lost": {
            (d, n): int(lost[i, j])
            for i, d in enumerate(starts.axes["dimension"])
            for j, n in enumerate(starts.axes["examples"])
        },
        "freed": int((again < ARRIVED).sum()),
        "all": again.size,
        "times": 1 + first.max(),
    }


def valleys():
    """The numbers of the paragraph on the other valley."""
    lost = arrivals()["lost"]
    names = {"two": (2, 10), "three": (3, 10), "twolong": (2, 40), "threelong": (3, 40), "fourlong": (4, 40)}
    return arrivals() | {name: lost[at] for name, at in names.items()} | {"none": sum(lost[d, 40] for d in (5, 7, 10))}


# --- another world after training -------------------------------------------------------------------------------


@cache
def gauss_layer(d, seed, learn=learn):
    """Parameters of a layer trained on Gaussian inputs, N = 10."""
    return learn(LinearAttention(d), Regression(d, 10, inputs="gaussian"), seed, batch=128, steps=400)[-1].parameters


@cache
def measured_on(d, n, seed, scales=(1,), learn=learn):
    """Errors of that layer on prompts of n examples, everything in them stretched by each scale.

    The layer only multiplies three tokens, so stretching them c-fold stretches its answer c³-fold; a test holds this.
    """
    count = int(np.clip(50000 // n, 2000, 6000))
    p = Regression(d, n, inputs="gaussian").prompts(np.random.default_rng(5000 + seed), count)
    answers = LinearAttention(d).answer(gauss_layer(d, seed, learn), p)
    return [error(c**3 * answers, p._replace(answer=c * p.answer)) for c in scales]


def frozen(d=10):
    """The step length that training on Gaussian inputs, N = 10, freezes."""
    return best_step(Regression(d, 10, inputs="gaussian"))


def stretched(d, n, learn=learn):
    """Columns x, y, series, zero, name: a frozen step under stretched inputs, by formula; c, left: trained layers."""
    there = Regression(d, n, inputs="gaussian")
    points = [(c, e) for s in TRIED for c, e in zip(STRETCHES, measured_on(d, n, s, STRETCHES, learn), strict=True)]
    c, left = np.r_[np.array(points), np.full((len(STRETCH) - len(points), 2), np.nan)].T
    y = [left_by(frozen(d), there, scale=c) for c in STRETCH]
    return {"x": STRETCH, "y": y, "series": "frozen step", "c": c, "left": left, "zero": 100, "name": "guessing zero"}


def stretching(d, n, learn=learn):
    """One- and threefold inputs by formula (one, three) and measured (ones, threes: one a layer); even: where a layer
    is no better than guessing zero."""
    there = Regression(d, n, inputs="gaussian")
    rows = np.array([measured_on(d, n, seed, STRETCHES, learn) for seed in TRIED])
    return {
        "one": left_by(frozen(d), there),
        "three": left_by(frozen(d), there, scale=3),
        "ones": rows[:, STRETCHES.index(1)],
        "threes": rows[:, STRETCHES.index(3)],
        "even": theory.break_even_scale(frozen(d), n, d, 1, 3),
    }


@cache
def longer(learn=learn):
    """Longer prompts, each (LENGTHS,): kept (a frozen step) and anew (a step chosen for the length), by formula;
    measured (seeds, LENGTHS); floor."""
    worlds = [Regression(10, n, inputs="gaussian") for n in LENGTHS]
    return {
        "kept": np.array([left_by(frozen(), world) for world in worlds]),
        "anew": np.array([left_by(best_step(world), world) for world in worlds]),
        "measured": np.array([[measured_on(10, n, seed, (1,), learn)[0] for n in LENGTHS] for seed in TRIED]),
        "floor": 100 * (1 - frozen()) ** 2,
    }


# --- what the page asks and claims --------------------------------------------------------------------------------


def predictions(learn=learn):
    """The numbers of the page's predictions, {id: {name: number}}."""
    return {
        "found": {"size": SIZE},
        "stretched": {"at_home": left_by(frozen(), GAUSS), "stretched": left_by(frozen(), GAUSS, scale=3)},
        "longer": {"home": 10, "measured": (LENGTHS, longer(learn)["measured"].mean(axis=0))},
    }


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    a, other, million = (
        frozen(),
        best_step(Regression(3, 40, inputs="gaussian")),
        Regression(10, 10**6, inputs="gaussian"),
    )
    fresh = left_by(best_step(million), million)
    return {
        "endless": {"endless": left_by(a, million), "fresh": fresh, "at_home": left_by(a, GAUSS), "found": 100 * a**2},
        "limit": {"limit": theory.break_even_scale(other, 40, 3, 1, 3), "squared": 2, "with_a": np.sqrt(2 / other)},
    }


def claims(learn=learn):
    """The numbers on the page's card, {claim: {name: number, or one a seed}}."""
    trained, runs = found(learn), learners(learn)
    return {
        "C10": {
            "seeds": len(SEEDS),
            "left": trained["left"],
            "least": trained["least"],
            "cos": runs["trained layer"]["step"],
            "raw": runs["untrained layer"]["step"],
            "follow": 100 * runs["trained layer"]["follows"],
            "wide": arrivals()["wide"],
            "worst": arrivals()["worst"],
            "lost": arrivals()["lost"][2, 10],
            "mlp": rivals(10)["error"],
        }
    }
