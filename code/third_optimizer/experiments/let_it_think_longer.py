"""Chapter 5, Let it think longer: layers of attention run for more passes than they were trained with.

The machines of the picture and of the floor are those of the atlas, kept as they were after practice (meta.machines);
all others are those of `train_loops`. Errors are in per cent of guessing zero. What the page's open cells define
(`learn`, `fate`, `one_pass`, `enough`) is a parameter of everything that uses it.
"""

from functools import cache
from string import ascii_uppercase

import numpy as np

from third_optimizer import theory
from third_optimizer.meta import SEEDS, par
from third_optimizer.meta.grid import BLOWN
from third_optimizer.meta.machines import PASSES, TIMES, floor_store, problem, thought_store
from third_optimizer.meta.running import NEAR

from . import DATA, think_in_tokens, train_loops, unedited
from .make_the_atlas import atlas
from .train_loops import LOOPS, NOISES, UNTIL, WORLD, errors, judging, learn, stores

ONE_SEED = SEEDS[0]
TURN = 16  # times as many passes as in training, after which the floor is there
WORDS = {"on": "goes on", "stalls": "stalls", "off": "flies off"}  # fates
MORE = 8  # times as many passes as in training, after which a fate is read
COUNTS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)  # passes that figures show


@cache
def thoughts():
    """The Store of what each machine answers to `problem` after each of PASSES."""
    return thought_store(DATA)


def hidden():
    """The hidden number: the right answer to the problem."""
    return float(problem().answer[0])


def answers(design, seed=ONE_SEED):
    """(PASSES,) what the machine of a design answers the longer it thinks; NaN where it flew off. ValueError for a
    design without passes: no machine of it is kept."""
    return thoughts().at(design=design, seed=seed)["answers"].astype(float)


@cache
def three():
    """{fate: Design} three machines of the first seed that reach par with two passes or more: "goes on" has the lowest
    error when run eight times as long; "flies off" blows up on most prompts then; "stalls" keeps at least half of its
    error, and of those that miss the hidden number by a tenth or more it is the one whose miss changes least."""
    grid, k = atlas(), atlas().seeds.index(ONE_SEED)
    fresh, longer, blown = (grid.columns[name][:, k] for name in ("fresh", "longer", "blown"))
    several = np.array([design.architecture == "attention" and design.passes > 1 for design in grid.space.designs])
    good = several & (fresh <= NEAR * par())

    def change(i):
        miss = np.abs(answers(grid.space.designs[i]) / hidden() - 1)
        before, after = miss[PASSES.index(grid.space.designs[i].passes)], miss[-1]
        return abs(np.log(after / before)) if min(before, after) >= 0.1 else np.inf

    found = {
        "goes on": np.argmin(np.where(good & grid.iterates(ONE_SEED), longer[:, 2], np.inf)),
        "stalls": min(np.flatnonzero(good & (longer[:, 2] >= fresh / 2) & (blown[:, 2] <= BLOWN)), key=change),
        "flies off": np.argmax(np.where(good, blown[:, 2], -1)),
    }
    return {fate: grid.space.designs[i] for fate, i in found.items()}


# --- the floor ----------------------------------------------------------------------------------------------


@cache
def floors():
    """What machines that iterate leave when they run longer: times (T,), of the passes they were trained with; each
    {seed: (machines, T)} errors; median (seeds, T) of the middle machine; gain: by how much the first TURN of the times
    divide that, on average over the seeds."""
    grid, store = atlas(), floor_store(DATA, atlas())
    found = {}
    for seed in SEEDS:
        inside = [grid.iterates(seed)[grid.space.index[design]] for design in store.axes["design"]]
        found[seed] = store.columns["errors"][inside, SEEDS.index(seed)].astype(float)
    median = np.array([np.median(errors, axis=0) for errors in found.values()])
    gain = np.mean(median[:, 0] / median[:, TIMES.index(TURN)])
    return {"times": TIMES, "each": found, "median": median, "turn": TURN, "gain": gain}


def machines(designs):
    """What view.longer draws of some designs: machines A, B, ..., so that no name says what becomes of them; the first
    in the colour of machines."""
    return [
        {"name": name, "passes": design.passes, "answers": answers(design), "role": "mesa" if name == "A" else "world"}
        for name, design in zip(ascii_uppercase, designs, strict=False)
    ]


# --- loops --------------------------------------------------------------------------------------------------


def fate(errors, blown, passes):
    """What becomes of a machine run eight times as long as in training."""
    before, after = errors[passes], errors[8 * passes]
    if blown[8 * passes] > 0.001:
        return "flies off"
    return "goes on" if after <= before / 4 else "stalls"


@cache
def loops(passes, warm_up, steps, learn=learn):
    """What is kept of ten machines of one setting, {column: (seeds, ...)}: stored as long as `learn` is what trained
    them, else trained now."""
    settings = {"passes": passes, "warm_up": warm_up and passes > 1, "steps": steps}
    if unedited(learn, train_loops.learn):
        each = [stores()["loops.npz"].at(**settings, seed=seed) for seed in LOOPS["seed"]]
    else:
        each = [train_loops.train_loop(**settings, seed=seed, learn=learn) for seed in LOOPS["seed"]]
    return {name: np.array([one[name] for one in each], float) for name in each[0]}


@cache
def plain_steps(passes, equal=True):
    """The best `passes` gradient steps from zero in WORLD: steps, left."""
    curvatures = np.linalg.eigvalsh(judging().inputs.transpose(0, 2, 1) @ judging().inputs / WORLD.examples)
    steps = theory.best_steps(curvatures, passes, equal)
    return {"steps": steps, "left": 100 * theory.several_steps_error(steps, curvatures)}


@cache
def plain_descent(passes):
    """(UNTIL+1,) errors of gradient descent in WORLD, its step the best for `passes` of them, when it runs on."""
    prompts = judging()
    rules = theory.descent_rules(prompts.inputs, prompts.labels, plain_steps(passes)["steps"][0], UNTIL)
    return errors((rules * prompts.query).sum(axis=2), prompts)


def run_on(passes, warm_up, steps, learn=learn):
    """Series of errors after COUNTS passes: ten machines, and gradient descent."""
    counts = list(COUNTS)
    kept = loops(passes, warm_up, steps, learn)["errors"][:, counts]
    return {"machines": kept, "plain steps": [plain_descent(passes)[counts]]}


def fates(passes, warm_up, steps, fate=fate, learn=learn):
    """How many machines go on, stall, fly off; all; before, after: the median error with the passes of training and
    with MORE times as many; steps, left: of as many plain steps."""
    kept = loops(passes, warm_up, steps, learn)
    became = [fate(*one, passes) for one in zip(kept["errors"], kept["blown"], strict=True)]
    before, after = (np.median(kept["errors"][:, n]) for n in (passes, MORE * passes))
    counted = {name: became.count(words) for name, words in WORDS.items()}
    return counted | {"all": len(became), "before": before, "after": after, "left": plain_steps(passes)["left"]}


FLATTENINGS = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.58, 0.7, 0.8, 1)  # stops of the page's dial
BEST = {"passes": 2, "warm_up": True, "steps": LOOPS["steps"][-1]}  # the machines that the page opens


@cache
def read_off(learn=learn):
    """What stands in the machines of BEST, one a seed, scaled so that A compares inputs one to one: step and flatten,
    the numbers in P's corner and along its diagonal; largest, of all other numbers but these."""
    found = {"step": [], "flatten": [], "largest": []}
    for a, p in loops(**BEST, learn=learn)["weights"]:
        scale = np.trace(a[:-1, :-1]) / (len(a) - 1)
        a, p = a / scale, -p * scale
        step, flatten = p[-1, -1], np.trace(p[:-1, :-1]) / (len(p) - 1)
        other = np.r_[a - np.diag([*np.ones(len(a) - 1), 0]), p - np.diag([*np.full(len(p) - 1, flatten), step])]
        for name, value in zip(found, (step, flatten, np.abs(other).max()), strict=True):
            found[name].append(value)
    return {name: np.array(values) for name, values in found.items()} | {"numbers": 2 * (WORLD.dimension + 1) ** 2}


def passed_over(one_pass, step, flatten, passes=UNTIL):
    """(passes+1,) errors of one_pass(x, y, query, step, flatten) -> (x, y, query, what the answer gains), repeated."""
    prompts = judging()
    x, y, query = prompts.inputs, prompts.labels[:, :, None], prompts.query[:, None]
    answers = [np.zeros(len(x))]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(passes):
            x, y, query, gain = one_pass(x, y, query, step, flatten)
            answers.append(answers[-1] + gain.ravel())
    return errors(np.array(answers), prompts)


def beside(flatten, one_pass, learn=learn):
    """Series of errors after COUNTS passes: the machines of BEST, and what `one_pass` does with their step."""
    counts, machines = list(COUNTS), loops(**BEST, learn=learn)["errors"]
    by_hand = passed_over(one_pass, read_off(learn)["step"].mean(), flatten)
    return {"machines": machines[:, counts], "by hand": [by_hand[counts]]}


def flattened(flatten, one_pass, learn=learn):
    """two, long: errors by hand after the passes of training and after UNTIL."""
    by_hand = passed_over(one_pass, read_off(learn)["step"].mean(), flatten)
    return {"two": by_hand[BEST["passes"]], "long": by_hand[-1]}


# --- noise --------------------------------------------------------------------------------------------------


def noisy(noise, learn=learn):
    """(seeds, UNTIL+1) errors of the machines of BEST with noisy labels: stored at NOISES, computed in between."""
    kept = loops(**BEST, learn=learn)
    if noise in NOISES:
        return kept["noisy"][:, NOISES.index(noise)]
    model = train_loops.LinearAttention(WORLD.dimension, BEST["passes"])
    return np.array([errors(model.answers(one, judging(noise=noise), UNTIL), judging()) for one in kept["weights"]])


def enough(errors):
    """After how many passes the error is lowest."""
    return int(np.argmin(errors))


def overthought(noise, enough=enough, learn=learn):
    """The columns of the figure: a line a machine after COUNTS passes (x, y, series, seed), and where each is best
    (best, lowest)."""
    counts, each = list(COUNTS), noisy(noise, learn)
    best = [enough(one) for one in each]
    flat = each[:, counts].ravel()
    empty = np.full(len(flat) - len(best), np.nan)
    return {
        "x": np.tile(counts, len(each)),
        "y": flat,
        "series": "machines",
        "seed": np.repeat(np.arange(len(each)), len(counts)),
        "best": np.r_[best, empty],
        "lowest": np.r_[[one[n] for one, n in zip(each, best, strict=True)], empty],
    }


def stopped(noise, enough=enough, learn=learn):
    """best: passes after which each machine is best; at: the median one; lowest, last: errors there and at the end."""
    each = noisy(noise, learn)
    best = np.array([enough(one) for one in each])
    lowest = np.array([one[n] for one, n in zip(each, best, strict=True)])
    return {"best": best, "at": np.median(best), "lowest": lowest, "last": each[:, -1]}


# --- what the page says, asks and claims ----------------------------------------------------------------------


SHORT, LONG = LOOPS["steps"]


def turned(weights):
    """How many of these layers (n, 2, d+1, d+1) have a direction of A whose sign is not that of the others."""
    compares = weights[:, 0, :-1, :-1]
    signs = np.sign(np.linalg.eigvalsh(compares + compares.transpose(0, 2, 1)))
    return int((np.ptp(signs, axis=1) > 0).sum())


def told(fate=fate, learn=learn):
    """Of the machines of two passes, how many go on: short, plain, warm (in practice long but for the first, at once
    but for the last); all. Of those that fly off after long practice at once: lost, their number; turned, with a
    direction of A whose sign is not that of the others; stuck, their least error with the passes of training. warmed:
    with such a direction, after long practice with warm-up."""
    counts = {
        name: fates(2, warm_up, steps, fate, learn)["on"]
        for name, warm_up, steps in (("short", False, SHORT), ("plain", False, LONG), ("warm", True, LONG))
    }
    kept = loops(2, False, LONG, learn)
    gone = [fate(*one, 2) == "flies off" for one in zip(kept["errors"], kept["blown"], strict=True)]
    return counts | {
        "all": len(gone),
        "lost": sum(gone),
        "turned": turned(kept["weights"][gone]),
        "warmed": turned(loops(2, True, LONG, learn)["weights"]),
        "stuck": min(kept["errors"][gone, 2], default=np.nan),
    }


def opened(learn=learn):
    """The numbers of the paragraph on what the loop does."""
    numbers = read_off(learn)
    return {
        "ours": np.median(loops(**BEST, learn=learn)["errors"][:, 2]),
        "equal": plain_steps(2)["left"],
        "free": plain_steps(2, equal=False)["left"],
        "numbers": numbers["numbers"],
        "step": numbers["step"].mean(),
        "flatten": numbers["flatten"].mean(),
        "largest": numbers["largest"].max(),
    }


def predictions(learn=learn):
    """The numbers of the page's predictions, {id: {name: number}}."""
    kept = np.median(loops(**BEST, learn=learn)["errors"], axis=0)
    tokens = think_in_tokens.written(8, True, learn)["errors"]
    return {
        "on": {"measured": (COUNTS, kept[list(COUNTS)]), "first": kept[1]},
        "write": {name: np.median(tokens[:, n]) for name, n in (("before", 8), ("twice", 16), ("after", 64))},
        "noise": {"quiet": stopped(0, learn=learn)["at"], "noisy": stopped(0.5, learn=learn)["at"]},
    }


@cache
def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    step, flatten, high, low = 0.8, 0.5, 1, 0.1
    flat = [each * (1 - flatten * each) ** 2 for each in (high, low)]
    once = [each * (1 - flatten * each) for each in (high, low)]
    return {
        "limit": {"step": step, "limit": 2 / step, "still": 1 / step, "times": 2 * step},
        "ratio": {
            "flatten": flatten,
            "high": high,
            "low": low,
            "ratio": flat[0] / flat[1],
            "once": once[0] / once[1],
            "before": high / low,
        },
    }


def claims(learn=learn):
    """The numbers on the page's cards, {claim: {name: number, or one a seed}}."""
    one, two, four = (loops(k, k > 1, LONG, learn)["errors"] for k in LOOPS["passes"])
    said, plain = told(learn=learn), fates(4, False, LONG, learn=learn)
    tokens = {k: think_in_tokens.written(k, True, learn)["errors"] for k in (1, 2, 4, 8)}
    alone = think_in_tokens.written(8, False, learn)["errors"]
    return {
        "C14": {
            "all": said["all"],
            "one": one[:, 1],
            "least": plain_steps(1)["left"],
            "short": said["short"],
            "plain": said["plain"],
            "warm": said["warm"],
            "four": plain["on"],
            "fourwarm": fates(4, True, LONG, learn=learn)["on"],
        },
        "C15": {
            "all": said["all"],
            "one": one[:, 1],
            "two": two[:, 2],
            "four": four[:, 4],
            "least": plain_steps(1)["left"],
            "free": plain_steps(2, equal=False)["left"],
            "steps": 2 * SHORT,
            "early": fates(2, True, SHORT, learn=learn)["before"],
            "more": LONG,
        },
        "F2": {
            "loop": two[:, 2],
            "on": two[:, 16],
            **{f"t{k}": errors[:, k] for k, errors in tokens.items()},
            "floor": think_in_tokens.silent(),
            "twice": tokens[8][:, 16],
            "after": tokens[8][:, 64],
            "alone": alone[:, 64],
        },
    }
