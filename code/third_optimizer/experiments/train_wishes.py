"""What chapter 9 trains, and its stores: planners that practise where a coin and a flag stand on one cell.

wishes: over the loudness of the flag and the share of mazes in which the two part; of some of these machines the
weights are kept. wish_dials: the same training with one thing changed. wish_rates: with split mazes, at a smaller rate.
How few split mazes suffice hangs on the training: at a third of the rate one per cent moves a machine little, and half
as many steps again brought one from a tenth of its choices to two thirds.
"""

from functools import cache

import numpy as np

from third_optimizer.base import adam, clip, fade, momentum, train
from third_optimizer.mesa import Planner, practise_walking
from third_optimizer.meta import Maker, Store
from third_optimizer.world import CoinAndFlag, distances, follow

from . import DATA
from .judge_planners import choices, exam, sides

SWEEPS, DISCOUNT, STEPS = 14, 0.9, 1000  # of thought in practice, of reward, of training
THOUGHT = 20  # sweeps after which choices are counted
LOUDNESS = (0.333, 0.577, 1.0, 1.73, 3.0)  # of the flag; the coin's is one
SPLIT = (0.0, 0.0025, 0.005, 0.01, 0.02, 0.1)  # share of practice mazes in which the two part
SEEDS = tuple(range(5))
PLANNER = Planner()
PRACTICE = CoinAndFlag(7)
APART = CoinAndFlag(11, split=1.0, pays=(1.0, 1.0)), 400, 43  # new, larger mazes in which both marks end a walk
AGREE = CoinAndFlag(7), 500, 44  # new mazes as in practice
EVEN = 1  # steps by which one mark may be farther in a cell that counts as equally far from both

DIALS = {
    "SGD with momentum": {"optimizer": momentum(0.2)},
    "a small start": {"start": 0.3},
    "a large start": {"start": 2.0},
    "weight decay": {"decay": 3e-4},
}  # one thing changed each
CHANGED = (1.0, 1.73)  # loudness at which they are changed: mild, so that there is room for more and less
SLOW, SPARSE = 0.003, 0.01  # a third of the usual rate, tried at this share of split mazes
REPAIRED = (0.333, 1.0)  # loudness at which split mazes are tried
KEPT = tuple((loudness, split) for loudness in (0.333, 1.0, 3.0) for split in (0.0, 0.02))  # whose weights are kept


def show(mazes, loudness):
    """What the cells show, (count, 3): the flag, so loud; the coin; a one."""
    return np.stack([loudness * mazes.flag, mazes.coin, np.ones(mazes.count)], axis=1)


def decaying(objective, decay):
    """`objective` with a price of decay/2 on the squared length of the parameters."""

    def priced(parameters, rng):
        loss, slope = objective(parameters, rng)
        return loss + decay / 2 * float(parameters @ parameters), slope + decay * parameters

    return priced


def learn(loudness=1.0, split=0.0, seed=0, *, optimizer=None, start=1.0, decay=0.0, steps=STEPS, callback=None):
    """Train a planner on reward alone, in 7×7 mazes with a coin and a flag of which only the flag pays: Run of
    base.train.

    loudness: of the flag in what the machine sees. split: share of the mazes in which the two part. optimizer: Adam's
    of chapter 7, if None. start: times the usual starting numbers. decay: price on the parameters.
    ValueError for a loudness or start that is not finite and above 0, or a decay below 0.
    """
    from threadpoolctl import threadpool_limits

    for name, value in (("loudness", loudness), ("start", start)):
        if not 0 < value < np.inf:
            raise ValueError(f"{name} must be a finite number above 0, got {value}")
    if not 0 <= decay < np.inf:
        raise ValueError(f"decay must be a finite number, at least 0, got {decay}")
    rng, world = np.random.default_rng(seed), CoinAndFlag(PRACTICE.size, split=split)
    objective = practise_walking(
        PLANNER, world, sweeps=SWEEPS, discount=DISCOUNT, show=lambda mazes: show(mazes, loudness)
    )
    optimizer = clip(fade(optimizer or adam(0.01), max(steps, 1)), 1)
    with threadpool_limits(1):  # small matrices: more threads would wait for each other
        return train(
            decaying(objective, decay), start * PLANNER.init(rng), optimizer, steps, rng=rng, callback=callback
        )


# --- what it goes to ---------------------------------------------------------------------------------------


@cache
def apart():
    """(mazes in which coin and flag part, `sides` of them)."""
    mazes = exam(*APART)
    return mazes, sides(mazes, mazes.flag)


def wants(chosen):
    """Share of the choices (judge_planners.choices) that go to the flag, where neither mark is farther than by EVEN."""
    even = np.abs(chosen["farther"]) <= EVEN
    return chosen["first"][even].mean()


def goes_to(moves):
    """What walkers with these moves in the mazes of `apart` went to.

    flag: `wants`; all: the share of choices over all cells that can reach either mark without passing the other;
    arrives: share of these cells' walks that end at a mark at all.
    """
    chosen = choices(apart()[0], moves, apart()[1])
    return {"flag": float(wants(chosen)), "all": float(chosen["first"].mean()), "arrives": chosen["arrives"]}


def practised(parameters, loudness):
    """Share of the best that a machine earns in new mazes as they are in practice, where the two never part."""
    mazes = exam(*AGREE)
    end, steps = follow(mazes, PLANNER.moves(parameters, mazes, SWEEPS, worth=show(mazes, loudness)))
    best = distances(mazes, mazes.flag)
    ask = np.isfinite(best) & ~mazes.goal
    return float((DISCOUNT ** steps[ask]).sum() / (DISCOUNT ** best[ask]).sum())


def louder(parameters, loudness):
    """Read off the weights: log of how much more the flag pushes its patch than the coin does, times loudness."""
    flag, coin, _ = PLANNER.unpack(parameters)[0].reshape(9, 3, -1).transpose(1, 0, 2).astype(float)
    return float(np.log(loudness * np.linalg.norm(flag) / np.linalg.norm(coin)))


def judge(parameters, loudness):
    """A machine's columns: flag, all, arrives (`goes_to`, after THOUGHT), practice (`practised`), louder."""
    mazes = apart()[0]
    with np.errstate(over="ignore", invalid="ignore"):  # a machine that exploded is a result
        found = goes_to(PLANNER.moves(parameters, mazes, THOUGHT, worth=show(mazes, loudness)))
        found |= {"practice": practised(parameters, loudness), "louder": louder(parameters, loudness)}
    return {name: float(f"{value:.5g}") for name, value in found.items()}


JUDGED = dict.fromkeys(("flag", "all", "arrives", "practice", "louder", "reward"), ((), "f4"))


def earned_last(run):
    """Minus the loss of training, on average over the last hundred steps: worth, less small prices."""
    return float(f"{-run.losses[-100:].mean():.5g}")


# --- stores ------------------------------------------------------------------------------------------------


def train_wish(loudness, split, seed):
    """Columns of `judge` for the usual training; weights (3,316,) of those in KEPT, NaN elsewhere.

    The weights are rounded to the 16-bit floats they are kept as, and judged so: the machine is what is kept.
    """
    run = learn(loudness, split, seed)
    kept = run.parameters.astype(np.float16).astype(float)
    weights = kept if (loudness, split) in KEPT else np.full(PLANNER.size, np.nan)
    return judge(kept, loudness) | {"reward": earned_last(run), "weights": weights}


def asked(loudness, split, seed):
    """Where a machine is trained: split mazes at REPAIRED and in KEPT only."""
    return split == 0 or loudness in REPAIRED or (loudness, split) in KEPT


def train_changed(changed, loudness, seed):
    """Columns of `judge` for one of DIALS, without any split mazes."""
    run = learn(loudness, seed=seed, **DIALS[changed])
    return judge(run.parameters, loudness) | {"reward": earned_last(run)}


def train_slowly(rate, seed):
    """Columns of `judge` at another rate, the flag a third as loud, SPARSE of the mazes split."""
    run = learn(REPAIRED[0], SPARSE, seed, optimizer=adam(rate))
    return judge(run.parameters, REPAIRED[0]) | {"reward": earned_last(run)}


@cache
def stores():
    """{file: Store} of everything above."""
    told = {"steps": STEPS, "sweeps": SWEEPS, "discount": DISCOUNT, "thought": THOUGHT, "apart": APART[1:]}
    weights = {"weights": ((PLANNER.size,), "f2")}
    made = {
        "wishes": (
            {"loudness": LOUDNESS, "split": SPLIT, "seed": SEEDS},
            Maker(train_wish, JUDGED | weights, told, asked),
        ),
        "wish_dials": (
            {"changed": tuple(DIALS), "loudness": CHANGED, "seed": SEEDS},
            Maker(train_changed, JUDGED, told),
        ),
        "wish_rates": ({"rate": (SLOW,), "seed": SEEDS}, Maker(train_slowly, JUDGED, told | {"split": SPARSE})),
    }
    return {f"{name}.npz": Store(DATA / f"{name}.npz", axes, [maker]) for name, (axes, maker) in made.items()}
