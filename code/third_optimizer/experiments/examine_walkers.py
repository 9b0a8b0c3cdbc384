"""The battery put to walkers in mazes: what each test means where the task is a maze and the answer a way.

A prompt is a cell from which either of two goals can be reached; the task is what the goals are worth; the answer is
the goal at which the walk ends: 1 the first, 0 the second, ½ none. The right answer is the optimum's. With that, T1,
T3, T4 and T5 are the same formulas as for machines that read prompts. Errors (T2, T6) are what is missing of the
optimum's worth, per cent of it. Seeds are apart as in `examine`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from third_optimizer.mesa import verdicts, walkers
from third_optimizer.mesa.battery import followed
from third_optimizer.world import Mazes, RandomMazes, follow, optimum

from .examine import AFTER, CHOOSE, FIT, REPORT, TIMES, rng_of
from .judge_planners import between, scores
from .open_a_planner import vectors
from .train_planners import DISCOUNT, PLANNER, SWEEPS, WORLD

NEW, WIDE = RandomMazes(9, (2,)), RandomMazes(21, (2,))
COUNTS = {"choices": 120, "wide": 15}  # mazes
SHIFTS = {
    "as practised": RandomMazes(7, (2,)),
    "larger": NEW,
    "larger again": RandomMazes(13, (2,)),
    "more walls": RandomMazes(9, (2,), 0.63),
    "no walls": RandomMazes(9, (2,), 0.0),
    "worths tripled": RandomMazes(9, (2,), worths=(0.6, 3.0)),
    "worths a quarter": RandomMazes(9, (2,), worths=(0.05, 0.25)),
}
DISCOUNTS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.875, 0.9, 0.925, 0.95, 0.97, 0.99)  # of value iteration, fitted
KINDS = {
    "nearest goal": "one thing",
    "worthiest goal": "one thing",
    "diffusion": "adds",
    "sum of goals": "adds",
    "value iteration": "compares",
}


HANDLES = ("fitted in worth", "random, its length by worth")  # of open_a_planner.WRITINGS; the second for comparison


@dataclass(frozen=True)
class Walker:
    """What the battery needs to know of a walker.

    moves(mazes, sweeps) -> (count,). sweeps: K, as it was trained; None: it thinks in no sweeps. begin(mazes, sweeps)
    -> its state, and on(mazes, state, sweeps) -> (moves, state) after so many more. written(mazes, worth, how) -> moves
    where no goal is seen and a handle sets goals of these worths (count,), with `share` of the machine's numbers, 0 for
    a rule whose goal has a name; how: one of HANDLES. None: there is nothing to take hold of. pool: Mazes that it
    practised on, None if these never repeated.
    """

    moves: Callable
    sweeps: int | None = None
    begin: Callable | None = None
    on: Callable | None = None
    written: Callable | None = None
    share: float = np.nan
    pool: Mazes | None = None


def machine(parameters, planner=PLANNER, sweeps=SWEEPS, pool=None):
    """The Walker that these parameters make of a planner."""

    def on(mazes, state, more):
        logits, (state,) = planner.think(parameters, mazes, more, keep=0, state=state)
        return logits.argmax(axis=1), state

    def written(mazes, worth, how):
        (cells,) = np.nonzero(mazes.goal)
        lumps = vectors(how, worth[cells], parameters, planner=planner)
        blind = np.zeros(mazes.count)
        return planner.moves(parameters, mazes, 2 * sweeps, worth=blind, written=(cells, lumps))

    return Walker(
        lambda mazes, many: planner.moves(parameters, mazes, many),
        sweeps,
        lambda mazes, many: on(mazes, None, many)[1],
        on,
        written,
        2 * planner.channels / planner.size,
        pool,
    )


def value_iteration(discount=DISCOUNT, sweeps=SWEEPS):
    """The exact planner, written by hand; its goals are named, and so are its handle."""

    def on(mazes, state, more):
        values = optimum(mazes, discount, more, state)
        return walkers.uphill(mazes, values), values

    return Walker(
        lambda mazes, many: walkers.value_iteration(mazes, many, discount),
        sweeps,
        lambda mazes, many: optimum(mazes, discount, many),
        on,
        lambda mazes, worth, how: walkers.uphill(mazes, optimum(mazes.paying(worth), discount)),
        0.0,
    )


@lru_cache(maxsize=64)
def drawn(world, key, seed, count):
    """Mazes, the same for all walkers: (Mazes, the same with the two goals' worths exchanged)."""
    mazes = world.draw(rng_of(key, seed), count)
    (goals,) = np.nonzero(mazes.goal)
    worth = mazes.worth.copy()
    worth[goals] = mazes.worth[goals.reshape(-1, 2)[:, ::-1].ravel()]
    return mazes, mazes.paying(worth)


def answers(mazes, moves):
    """The goal at which walks end that could have reached either, (k,): 1, 0 or ½ for none."""
    about = between(mazes)
    end, steps = follow(mazes, moves)
    said = np.where(np.isfinite(steps), about["first"][end], 0.5)
    return said[about["both"]].astype(float)


@lru_cache(maxsize=64)
def right(mazes, discount):
    """The optimum's answers; ½ where both goals are as good."""
    about = between(mazes)
    worth = about["ratio"] + np.log(discount) * np.nan_to_num(about["farther"])
    return np.where(abs(worth) < 1e-9, 0.5, worth > 0)[about["both"]].astype(float)


def apart(one, other):
    """E(one − other)² of two lists of answers, of which ½ for all has 1."""
    return 4 * float(np.mean((one - other) ** 2))


def _missing(mazes, moves, discount):
    return 100 * (1 - scores(mazes, moves, discount)["share"])


def ask_follows(walker, seed, discount):
    """T1: the goals' worths are exchanged."""
    here, there = drawn(NEW, REPORT, seed, COUNTS["choices"])
    sweeps = walker.sweeps or SWEEPS
    moved = answers(there, walker.moves(there, sweeps)) - answers(here, walker.moves(here, sweeps))
    return {"follows": followed(moved, right(there, discount) - right(here, discount))}


def ask_longer(walker, seed, discount):
    """T2: in mazes nine times as large as those of practice, whose ways are longer than K sweeps can see; single: what
    the walk to the nearest goal misses."""
    mazes, _ = drawn(WIDE, REPORT, seed, COUNTS["wide"])
    single = _missing(mazes, walkers.nearest(mazes), discount)
    errors = np.full(len(TIMES), np.nan)
    if walker.sweeps:
        state = None
        for t, times in enumerate(TIMES):
            moves, state = walker.on(mazes, state, walker.sweeps * (times - (TIMES[t - 1] if t else 0)))
            errors[t] = _missing(mazes, moves, discount)
    return {"errors": errors, "blown": 0.0 if walker.sweeps else np.nan, "single": single}


def ask_rules(walker, seed, discount):
    """T3, as examine.ask_rules; the discount of value iteration is fitted where it practised."""
    sweeps = walker.sweeps or SWEEPS

    def rules(mazes, fitted):
        return (
            walkers.nearest(mazes),
            walkers.worthiest(mazes),
            walkers.diffusion(mazes, sweeps),
            walkers.summing(mazes, fitted),
            walkers.value_iteration(mazes, sweeps, fitted),
        )

    mazes, _ = drawn(RandomMazes(WORLD.size, (2,)), FIT, seed, COUNTS["choices"])
    said = answers(mazes, walker.moves(mazes, sweeps))
    fitted = min(DISCOUNTS, key=lambda one: apart(said, answers(mazes, walkers.value_iteration(mazes, sweeps, one))))
    lots = []
    for key in (CHOOSE, REPORT):
        found = []
        for world in SHIFTS.values():
            mazes, _ = drawn(world, key, seed, COUNTS["choices"])
            said = answers(mazes, walker.moves(mazes, sweeps))
            found.append([apart(said, answers(mazes, moves)) for moves in rules(mazes, fitted)])
        lots.append(np.array(found).T)
    return {"apart": lots[1], "nearest": verdicts.nearest(lots[0])}


def ask_pushed(walker, seed):
    """T4: after K sweeps its state becomes what it thought of the same mazes with the goals' worths exchanged."""
    if not walker.sweeps:
        return {"left": np.full(len(AFTER), np.nan)}
    mazes, others = drawn(NEW, REPORT, seed, COUNTS["choices"])
    pushed, own = walker.begin(others, walker.sweeps), walker.begin(mazes, walker.sweeps)
    left = []
    for done in AFTER:
        here, there = (answers(mazes, walker.on(mazes, state, 0)[0]) for state in (own, pushed))
        left.append(apart(here, there))
        if done < AFTER[-1]:
            own, pushed = (walker.on(mazes, state, walker.sweeps)[1] for state in (own, pushed))
    return {"left": np.array(left) / max(left[0], 1e-9)}


def ask_goal(walker, seed, discount):
    """T5: no goal is seen; the handle sets two, and then the same two with their worths exchanged. {"goal": (moved,
    share, moved by a random handle, which a goal with a name does not have)}."""
    if walker.written is None:
        return {"goal": np.array([0.0, 0.0, 0.0])}
    here, there = drawn(NEW, REPORT, seed, COUNTS["choices"])
    best, moved = right(there, discount) - right(here, discount), []
    for how in HANDLES:
        said = [answers(mazes, walker.written(mazes, mazes.worth, how)) for mazes in (here, there)]
        moved.append(followed(said[1] - said[0], best))
    return {"goal": np.array([moved[0], walker.share, moved[1] if walker.share else np.nan])}


def ask_new(walker, seed, discount):
    """T6: what is missing on mazes of practice, on larger new ones, and on larger new ones of thrice the worth."""
    sweeps = walker.sweeps or SWEEPS
    practised = drawn(RandomMazes(WORLD.size, (2,)), CHOOSE, seed, COUNTS["choices"])[0]
    if walker.pool is not None:
        practised = walker.pool.pick(np.arange(min(len(walker.pool), COUNTS["choices"])))
    new = (drawn(SHIFTS[one], REPORT, seed, COUNTS["choices"])[0] for one in ("larger", "worths tripled"))
    asked = (practised, *new)
    return {"new": np.array([_missing(mazes, walker.moves(mazes, sweeps), discount) for mazes in asked])}


def examine(walker, seed=0, discount=DISCOUNT):
    """The raw numbers of all tests, {column: value}, as examine.examine has them, and goal."""
    with np.errstate(over="ignore", invalid="ignore"):
        found = ask_pushed(walker, seed)
        for ask in (ask_follows, ask_longer, ask_rules, ask_goal, ask_new):
            found |= ask(walker, seed, discount)
    return found
