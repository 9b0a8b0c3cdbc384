"""Chapter 9, the wish inside: what must be written into a machine's state to draw it, and which numbers to turn so that
it goes elsewhere. Every measure takes a machine's parameters and the loudness it was trained with, and has its control.

wish_answers: what the stored machines of train_wishes answer; it hangs on a digest of their weights.
"""

from functools import cache, partial

import numpy as np

from third_optimizer.meta import Maker, Store
from third_optimizer.meta.machines import made_by
from third_optimizer.world import CoinAndFlag

from . import DATA
from .judge_planners import exam
from .train_wishes import KEPT, LOUDNESS, PLANNER, SEEDS, SPLIT, THOUGHT, apart, goes_to, practised, show
from .train_wishes import stores as trained

MARKS = ("coin", "flag")
LEARNT = CoinAndFlag(9), 500, 45  # mazes in which a mark alone is shown, to learn what then stands at its cell
RATIOS = (0.0625, 0.125, 0.25, 0.5, 0.707, 1.0, 1.414, 2.0, 4.0, 8.0, 16.0)  # of lengths, the flag's lump to the coin's
DIRECTIONS = tuple(range(3))  # random ones
TIMES = (1, 2, 4, 8, 16, 32)  # by which numbers are turned
PLANES = {"flag": 0, "coin": 1, "one": 2}  # what a cell shows, in this order


def lumps(parameters, loudness, planner=PLANNER):
    """What stands at a mark's cell, on average, when that mark alone is shown: of the coin and of the flag, (2, C)."""
    mazes, found = exam(*LEARNT), []
    for mark in MARKS:
        shown = show(mazes, loudness)
        shown[:, 1 - PLANES[mark]] = 0
        state = planner.think(parameters, mazes, THOUGHT, keep=0, worth=shown)[1][-1]
        found.append(state[:-1][mazes.flag].astype(float).mean(axis=0))
    return np.array(found)


def written(parameters, pair, planner=PLANNER):
    """`goes_to` when no mark is shown, and the pair (2, C) is kept written where the coin and the flag would be."""
    mazes = apart()[0]
    (cells,) = np.nonzero(mazes.goal)
    nothing = np.stack([np.zeros(mazes.count), np.zeros(mazes.count), np.ones(mazes.count)], axis=1)
    put = (cells, np.asarray(pair)[mazes.flag[cells].astype(int)])
    return goes_to(planner.moves(parameters, mazes, THOUGHT, worth=nothing, written=put))


def scaled(pair, ratio, length):
    """The pair's directions with lengths in this ratio, flag to coin, the longer one as long as `length`."""
    sizes = np.array([1.0, ratio]) / max(1.0, ratio) * length
    return pair / np.linalg.norm(pair, axis=1, keepdims=True) * sizes[:, None]


def even_ratio(shares, ratios=RATIOS):
    """The ratio at which half of the choices go to the flag, between the stops along the logarithm; NaN if none."""
    shares, logs = np.asarray(shares), np.log(ratios)
    (after,) = np.nonzero((shares[:-1] < 0.5) & (shares[1:] >= 0.5))
    if not len(after):
        return np.nan
    k = after[0]
    return float(np.exp(np.interp(0.5, shares[k : k + 2], logs[k : k + 2])))


def turned(parameters, mark, times):
    """The parameters with the sixteen numbers by which a cell hears of its own `mark` (coin, flag, or the one that all
    cells show) multiplied by `times`."""
    parameters = np.array(parameters, float)
    drive = parameters[: PLANNER.ends[0]].reshape(9, 3, PLANNER.channels)  # a view
    drive[4, PLANES[mark]] *= times
    return parameters


def answer(parameters, loudness):
    """A machine's columns.

    lengths: of `lumps`; own: share of the choices that go to the flag's when both are written so, and arrives, of the
    walks; random: the same two, of random directions as long; written: for each of RATIOS the share, the longer one
    twice as long as the longer of the two; written_arrives: of their walks; even: `even_ratio`. turned: for each of
    TIMES, the share that goes to the mark it went to less, whose numbers are turned; practice: what it then earns in
    mazes as in practice; control: the share when the numbers beside them are turned, which hear of nothing but a cell.
    """
    mazes, pair = apart()[0], lumps(parameters, loudness)
    lengths = np.linalg.norm(pair, axis=1)
    seen = show(mazes, loudness)

    def went(machine):
        return goes_to(PLANNER.moves(machine, mazes, THOUGHT, worth=seen))["flag"]

    rarer = "flag" if went(parameters) < 0.5 else "coin"
    to = (lambda share: share) if rarer == "flag" else (lambda share: 1 - share)
    ways = [np.abs(np.random.default_rng(way).normal(size=PLANNER.channels)) for way in DIRECTIONS]
    own = written(parameters, pair)
    pairs = [written(parameters, scaled(pair, ratio, 2 * lengths.max())) for ratio in RATIOS]
    shares = [one["flag"] for one in pairs]
    random = [written(parameters, way / np.linalg.norm(way) * lengths[:, None]) for way in ways]
    told = {
        "lengths": lengths,
        "own": [own["flag"], own["arrives"]],
        "random": [np.mean([one[name] for one in random]) for name in ("flag", "arrives")],
        "written": shares,
        "written_arrives": [one["arrives"] for one in pairs],
        "even": even_ratio(shares),
        "flag_rarer": int(rarer == "flag"),
        "turned": [to(went(turned(parameters, rarer, times))) for times in TIMES],
        "practice": [practised(turned(parameters, rarer, times), loudness) for times in TIMES],
        "control": [to(went(turned(parameters, "one", times))) for times in TIMES],
    }
    return {name: np.round(value, 5) for name, value in told.items()}


ANSWERS = {
    "lengths": ((2,), "f4"),
    "own": ((2,), "f4"),
    "random": ((2,), "f4"),
    "written": ((len(RATIOS),), "f4"),
    "written_arrives": ((len(RATIOS),), "f4"),
    "even": ((), "f4"),
    "flag_rarer": ((), "i1"),
    "turned": ((len(TIMES),), "f4"),
    "practice": ((len(TIMES),), "f4"),
    "control": ((len(TIMES),), "f4"),
}


def ask(loudness, split, seed, machines):
    """`answer` of a stored machine."""
    return answer(machines.at(loudness=loudness, split=split, seed=seed)["weights"].astype(float), loudness)


def kept(loudness, split, seed):
    """Whether a machine's weights are kept."""
    return (loudness, split) in KEPT


@cache
def stores():
    """{file: Store}; wishes.npz must be there."""
    machines = trained()["wishes.npz"]
    told = {"ratios": RATIOS, "times": TIMES, "ways": DIRECTIONS, "learnt": LEARNT[1:], "machines": made_by(machines)}
    axes = {
        "loudness": tuple(stop for stop in LOUDNESS if any(stop == one for one, _ in KEPT)),
        "split": tuple(stop for stop in SPLIT if any(stop == one for _, one in KEPT)),
        "seed": SEEDS,
    }
    return {
        "wish_answers.npz": Store(
            DATA / "wish_answers.npz", axes, [Maker(partial(ask, machines=machines), ANSWERS, told, kept)]
        )
    }
