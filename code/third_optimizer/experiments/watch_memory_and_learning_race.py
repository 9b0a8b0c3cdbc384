"""Chapter 6, Watch memory and learning race: what its page measures on machines of `train_racers` and `tell_digits`."""

from functools import cache

import numpy as np

from third_optimizer.meta import DIAL_SEEDS, DIAL_SPACE, WORLD, par

from . import tell_digits, train_racers, turn_the_first_dial
from .train_racers import BATCH, LOOKS, PACES, PROBLEMS, SEEDS
from .turn_the_first_dial import LINE, slope_from

HALF = 50.0  # per cent of guessing zero: a machine below it on new problems is said to learn

# --- two machines that are drawn -------------------------------------------------------------------------

MOMENTS = (0, 50, 100, 150, 200, 250, 300, 400, 600, 800, 1000, 1500, 2000)  # steps of training shown
DRAWN = 29  # seed of both; chosen so that the rule of problem 0 is steep enough to be seen
KEYS = (872, 149)  # of the new problems


@cache
def watched(problems, seed=DRAWN, moments=MOMENTS):
    """A racer of one input, trained now: read (moments, 3), how it reads a slope off the dots (turn_the_first_dial);
    noted (moments,), what its table holds for problem 0; practice, fresh (moments,), errors."""
    seen = []
    found = train_racers.race(
        problems, 1.0, seed, moments, LINE, lambda step, inner, table: seen.append((slope_from(inner), table[0, 0]))
    )
    read, noted = zip(*seen, strict=True)
    return {"read": np.array(read), "noted": np.array(noted)} | found


@cache
def shown():
    """{"a new one", "another", "one it practised": Prompts of one input that come under number 0}."""
    pool = LINE.pool(np.random.default_rng([DRAWN, 1]), 1)
    new = [LINE.prompts(np.random.default_rng([6, key]), 1, numbers=1) for key in KEYS]
    return {
        "a new one": new[0],
        "another": new[1],
        "one it practised": LINE.prompts(np.random.default_rng([6, 2]), 1, pool),
    }


def slopes(made, which, answer):
    """Slopes of the lines with which a watched machine answers a problem of `shown`, (moments,). answer(read, noted):
    what it makes of the slope that attention reads and the one that is noted."""
    prompts = shown()[which]
    x, y = prompts.inputs[0, :, 0], prompts.labels[0]
    read = made["read"] @ np.array([np.mean(x * x), np.mean(x * y), np.mean(y * y)])
    return np.array([answer(one, noted) for one, noted in zip(read, made["noted"], strict=True)])


def slope_of(which):
    """The slope of the hidden line of a problem of `shown`."""
    prompts = shown()[which]
    return prompts.answer[0] / prompts.query[0, 0]


def moment(step, problems):
    """(what `watched` tells of a machine, where in it this step is): one that is not among MOMENTS is looked at too."""
    moments = tuple(sorted({*MOMENTS, step}))
    return watched(problems, moments=moments), moments.index(step)


def panels(step, which, problems, answer):
    """Columns x, y, series for the picture: dots, the hidden line, that of the old problem with the same number, and
    the answer of two machines. problems: what they practised, (left, right)."""
    prompts = shown()[which]
    x, y = prompts.inputs[0, :, 0], prompts.labels[0]
    ends, parts = np.array([-1.0, 1.0]), []
    for side, many in enumerate(problems):
        made, place = moment(step, many)
        answered = slopes(made, which, answer)[place]
        for name, slope in (("rule", slope_of(which)), ("old", slope_of("one it practised")), ("answer", answered)):
            parts.append((ends + 2.5 * side, slope * ends, f"{name} {side}"))
        parts.append((x + 2.5 * side, y, "dots"))
    return {
        "x": np.concatenate([across for across, *_ in parts]),
        "y": np.concatenate([up for _, up, _ in parts]),
        "series": np.repeat([name for *_, name in parts], [len(up) for _, up, _ in parts]),
    }


def paneled(step, which, problems, answer):
    """Slopes: rule, old (of the practised problem with the same number), left, right; fresh errors of both machines at
    that time: left_new, right_new; few, many: what they practised."""
    made = [moment(step, many) for many in problems]
    left, right = (slopes(one, which, answer)[place] for one, place in made)
    new = [one["fresh"][place] for one, place in made]
    return {
        "rule": slope_of(which),
        "old": slope_of("one it practised"),
        "left": left,
        "right": right,
        "left_new": new[0],
        "right_new": new[1],
        "few": problems[0],
        "many": problems[1],
    }


# --- attention alone -------------------------------------------------------------------------------------


def alone():
    """The recorded machines of the first page by M/d: ratio (stops,), practice, fresh (stops, seeds); without those
    that never met a problem twice."""
    many = [design.problems for design in DIAL_SPACE.designs if design.problems]
    errors = turn_the_first_dial.errors()
    return {"ratio": np.array(many) / WORLD.dimension} | {name: errors[name][: len(many)] for name in errors}


@cache
def crossing():
    """Medians of attention alone: at practice and on new problems with one problem (one, one_new), with M = d (same,
    same_new) and with eight times as many (more, more_new)."""
    found = alone()
    told = {"par": par(), "d": WORLD.dimension, "seeds": len(DIAL_SEEDS)}
    for name, ratio in (("one", 1 / WORLD.dimension), ("same", 1), ("more", 8)):
        at = int(np.argmin(abs(found["ratio"] - ratio)))
        told |= {name: np.median(found["practice"][at]), f"{name}_new": np.median(found["fresh"][at])}
    return told


# --- the race --------------------------------------------------------------------------------------------


def settings():
    """batch, rate, cut, scale: of the racers' training."""
    return {"batch": BATCH, "rate": train_racers.RATE, "cut": train_racers.CUT, "scale": train_racers.SCALE}


def raced(name):
    """practice, fresh or alone of all racers, (problems, paces, seeds, looks)."""
    return train_racers.racers().columns[name]


WHO = {"practice": "practised", "fresh": "new", "alone": "new, attention alone"}


def curves(problems, pace):
    """{series: [(looks,) a seed]} of a setting, for `strands`, without the start."""
    at = PROBLEMS.index(problems), PACES.index(pace)
    return {words: list(raced(name)[at][:, 1:]) for name, words in WHO.items()}


def course(problems, pace):
    """Medians of a setting: practice, fresh, at the end; best, least error on new problems on the way, and when, the
    step."""
    at = PROBLEMS.index(problems), PACES.index(pace)
    fresh = np.median(raced("fresh")[at], axis=0)
    return {
        "practice": np.median(raced("practice")[at][:, -1]),
        "fresh": fresh[-1],
        "best": fresh.min(),
        "when": LOOKS[int(fresh.argmin())],
        "end": LOOKS[-1],
    }


def verdict(problems, pace):
    """A title: who has won at the end, and whether it was so before."""
    made = course(problems, pace)
    if made["fresh"] < HALF:
        return f"It still learns: new problems, {made['fresh']:.0f} per cent at the end"
    if made["best"] < HALF:
        return f"Learning led after {made['when']:,} steps. Then memory came back"
    return "Memory wins: new problems are answered with old notes"


def by_visits(visits):
    """Columns for `lines`: median error on new problems against how often each was met, by `visits(steps, problems)`;
    table at full pace."""
    rows = [
        (visits(step, many), value, f"{many:,}")
        for m, many in enumerate(PROBLEMS)
        for step, value in zip(LOOKS[2:], np.median(raced("fresh")[m, 0], axis=0)[2:], strict=True)
    ]
    x, y, series = zip(*rows, strict=True)
    return {"x": np.array(x, float), "y": np.array(y), "series": np.array(series)}


@cache
def over(problems, pace=1.0, seed=None):
    """Steps at which new problems are answered worse than by guessing zero, (seeds,), between looks by a straight line
    in the logarithm of the steps; inf if it does not come to that after the first 500."""
    values = raced("fresh")[PROBLEMS.index(problems), PACES.index(pace)]
    found = []
    for run in values:
        after = [k for k in range(4, len(LOOKS)) if run[k] > 100 and run[k - 1] <= 100]
        if run[-1] <= 100:
            found.append(np.inf)
        elif not after:
            found.append(float(LOOKS[3]))
        else:
            k = after[-1]
            share = (100 - run[k - 1]) / (run[k] - run[k - 1])
            found.append(float(LOOKS[k - 1] * (LOOKS[k] / LOOKS[k - 1]) ** share))
    return np.array(found)


def waits(few=16, many=1024):
    """How memory's day is put off: steps, met: median step at which new problems are worse than guessing zero, and how
    often each problem had then been met, with few and many problems; times: as many problems; later: steps."""
    a, b = np.median(over(few)), np.median(over(many))
    return {
        "few": few,
        "many": many,
        "times": many / few,
        "later": b / a,
        "met_few": BATCH * a / few,
        "met_many": BATCH * b / many,
    }


def predictions():
    """The numbers of the page's predictions, {id: {name: number}}."""
    fresh = np.median(raced("fresh")[PROBLEMS.index(1024), 0], axis=0)
    at = dict(zip(LOOKS, fresh, strict=True))
    place = trap()
    return {
        "longer": {"many": 1024, "early": at[500], "late": at[8000], "short": 500, "long": 8000},
        "trap": {"rank": place["rank"], "count": place["count"], "new": place["new"]},
    }


# --- the trap --------------------------------------------------------------------------------------------

FROM = LOOKS.index(500)  # machines younger than that have learned nothing worth choosing


def candidates():
    """All racers at all looks from 500 steps on: practice, fresh, pace (machines,)."""
    practice, fresh = (raced(name)[..., FROM:].ravel() for name in ("practice", "fresh"))
    paces = np.broadcast_to(np.array(PACES)[None, :, None, None], raced("fresh")[..., FROM:].shape).ravel()
    return {"practice": practice.astype(float), "fresh": fresh.astype(float), "pace": paces}


def lowest(practice):
    """The number of the machine with the lowest error at practice."""
    return int(np.argmin(practice))


def scatter(choose=lowest):
    """Columns practice, fresh, series for the picture of all candidates; chosen: the one that `choose` takes."""
    every = candidates()
    names = {1.0: "as fast", 0.1: "a tenth", 0.01: "a hundredth"}
    taken = np.arange(len(every["fresh"])) == choose(every["practice"])
    series = np.where(taken, "chosen", [names[pace] for pace in every["pace"]])
    return {"x": every["practice"], "y": np.minimum(every["fresh"], 300), "series": series}


def trap(choose=lowest):
    """What choosing by practice comes to: practice, new: errors of the chosen machine; rank: its place on new problems
    among `count`; best: least error on new problems; best_practice: that machine's at practice; learn: how many are
    below HALF."""
    every = candidates()
    at, best = choose(every["practice"]), int(np.argmin(every["fresh"]))
    return {
        "practice": every["practice"][at],
        "new": every["fresh"][at],
        "rank": int(1 + np.sum(every["fresh"] < every["fresh"][at])),
        "count": len(every["fresh"]),
        "best": every["fresh"][best],
        "best_practice": every["practice"][best],
        "learn": int(np.sum(every["fresh"] < HALF)),
    }


# --- digits ----------------------------------------------------------------------------------------------


def named(asked):
    """{starting scale in words: per cent named right (seeds,)} of one of tell_digits.ASKED."""
    right = tell_digits.nets().columns["right"][..., tell_digits.ASKED.index(asked)]
    return {f"start × {scale:g}": 100 * one for scale, one in zip(tell_digits.SCALES, right, strict=True)}


@cache
def digits():
    """new_small, new_large, smudged_small, smudged_large: median shares named right, from the smallest and the largest
    start; practised: pictures; right: least share of these named right; longer: times the steps."""
    found = tell_digits.nets().columns
    middle = np.median(found["right"], axis=1)
    new, smudged = (tell_digits.ASKED.index(name) for name in ("new", "smudged"))
    return {
        "practised": tell_digits.PRACTISED,
        "right": found["right"][..., 0].min(),
        "new_small": middle[0, new],
        "new_large": middle[-1, new],
        "smudged_small": middle[0, smudged],
        "smudged_large": middle[-1, smudged],
        "longer": np.median(found["steps"][-1]) / np.median(found["steps"][0]),
    }


# --- cards and exercises ---------------------------------------------------------------------------------


@cache
def claims():
    """The numbers on the page's cards, {claim: {name: number, or one a machine}}."""
    fresh, practice = raced("fresh"), raced("practice")
    few, many, now, then = PROBLEMS.index(16), PROBLEMS.index(1024), LOOKS.index(500), -1
    return {
        "C2": {
            "few": PROBLEMS[few],
            "many": PROBLEMS[many],
            "short": LOOKS[now],
            "long": LOOKS[then],
            "fast": fresh[few, 0, :, then],
            "fast_practice": practice[few, 0, :, then],
            "slow": fresh[few, -1, :, then],
            "slow_practice": practice[few, -1, :, then],
            "early": fresh[many, 0, :, now],
            "late": fresh[many, 0, :, then],
        },
        "F1d": {
            "designs": len(PROBLEMS) * len(PACES),
            "seeds": len(SEEDS),
            "half": HALF / 100,
            "learn": np.mean(fresh[..., then] < HALF, axis=(0, 1)),
            "fast": np.mean(fresh[:, 0, :, then] < HALF),
            "slow": np.mean(fresh[:, -1, :, then] < HALF),
        },
    }


def exercises(steps=1000, problems=256, examples=(1.0, 2.0)):
    """The numbers of the page's exercises, {id: {name: number}}.

    visits: how often each problem is met. notes: a table that knows its rules by heart is asked new ones: 200 per cent.
    """
    met = BATCH * steps / problems
    return {
        "visits": {
            "steps": steps,
            "problems": problems,
            "batch": BATCH,
            "met": met,
            "no_batch": steps / problems,
            "all": BATCH * steps,
        },
        "notes": {"wrong": 200, "zero": 100, "four": 400},
    }
