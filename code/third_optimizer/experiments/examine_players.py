"""The battery put to what plays bandits and what foretells coins: what each test means where the task is a hidden
chance and the prompt is what has happened so far.

A player's answer is the lever that it pulls next, 1 the second, 0 the first; the right one is the optimum's, ½ where
both are as good. A predictor's answer is its chance of heads, the right one Laplace's. T1 and T3 are then the formulas
for machines that read prompts; errors (T6) are what is missing of the way from chance to the best, per cent of it.
T2 and T4 are not asked: it passes once over what it sees, and a push it must keep, as nothing that follows tells it
from something seen. Nor is T5: what it is paid stands in what it is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from third_optimizer.mesa import verdicts
from third_optimizer.mesa.battery import followed
from third_optimizer.mesa.coin_predictor import surprise
from third_optimizer.theory import best_play, myopic, next_chance, play_worth
from third_optimizer.world import Bandits, tosses

from .examine import AFTER, CHOOSE, REPORT, TIMES, rng_of
from .train_on_luck import PLAYER, PREDICTOR, PULLS, TOSSES, judge

COUNT = 1000  # games, rows of tosses
SHIFTS = {
    "as practised": (PULLS, (1, 1)),
    "games of 5": (5, (1, 1)),
    "games of 15": (15, (1, 1)),
    "seldom pays": (PULLS, (1, 3)),
    "often pays": (PULLS, (3, 1)),
    "all or nothing": (PULLS, (0.3, 0.3)),
    "much alike": (PULLS, (5, 5)),
}  # pulls, distribution of the chances
KINDS = {
    "either lever": "reads nothing",
    "win stay, lose shift": "reads the last",
    "likelier lever": "counts",
    "the optimum": "counts ahead",
}
COIN_SHIFTS = {
    "as practised": (TOSSES, (1, 1)),
    "rows of 5": (5, (1, 1)),
    "rows of 20": (20, (1, 1)),
    "mostly heads": (TOSSES, (3, 1)),
    "all or nothing": (TOSSES, (0.3, 0.3)),
    "nearly even": (TOSSES, (5, 5)),
}  # tosses, distribution of the chances
COIN_KINDS = {
    "always even": "reads nothing",
    "the last toss": "reads the last",
    "share so far": "counts",
    "Laplace’s rule": "counts and doubts",
}


@dataclass(frozen=True)
class Player:
    """pull(levers, paid, pulls) -> (B,) what it pulls next, after these (B, t), in a game of `pulls`. share(pulls,
    beta): of the way from chance to the optimum, exactly."""

    pull: Callable
    share: Callable


@dataclass(frozen=True)
class Predictor:
    """heads(rows) -> (B,) its chance of heads after these tosses (B, t)."""

    heads: Callable


def player(parameters):
    """The Player of a trained machine."""

    def pull(levers, paid, pulls):
        parts, count = PLAYER.unpack(parameters), len(levers)
        state, seen = PLAYER.start(count), PLAYER.sight(pulls, count)
        for done, (lever, won) in enumerate(zip(levers.T, paid.T, strict=True), start=1):
            state, _ = PLAYER.step(parts, state, seen)
            seen = PLAYER.sight(pulls - done, count, lever, won.astype(int))
        state, _ = PLAYER.step(parts, state, seen)
        told = PLAYER.say(parts, state)
        return (told[1] > told[0]).astype(float)

    return Player(pull, lambda pulls, beta: judge(parameters, pulls, beta)["share"])


def counts(levers, paid):
    """(4, B): paid and not of the first lever, paid and not of the second."""
    return np.array([((levers == lever) & (paid == won)).sum(axis=1) for lever in (0, 1) for won in (True, False)])


def optimal(levers, paid, pulls):
    """What the optimum pulls next, ½ where both are as good."""
    first, second = best_play(pulls)[1][:, *counts(levers, paid)]
    return np.where(abs(first - second) < 1e-9, 0.5, second > first)


def _share(second):
    """share(pulls, beta) of a player by counts: second(pulls) -> its chance of the second lever by counts."""

    def share(pulls, beta):
        guessing = pulls * beta[0] / sum(beta)
        return (play_worth(pulls, second(pulls), beta) - guessing) / (best_play(pulls, beta)[0] - guessing)

    return share


def _best(pulls):
    table = best_play(pulls)[1]
    return lambda *seen: (table[1][seen] > table[0][seen]).astype(float)


RULES = {
    "the optimum": Player(optimal, _share(_best)),
    "likelier lever": Player(lambda levers, paid, pulls: myopic(*counts(levers, paid)), _share(lambda pulls: myopic)),
}


def games(pulls, beta, key, seed, count=COUNT):
    """What may have happened so far in games of `pulls`, pulled at random: [(levers, paid) (B, t), ...], t from 1."""
    rng = rng_of(key, seed)
    drawn, levers = Bandits(pulls, 2, beta).draw(rng, count), rng.integers(2, size=(count, pulls - 1))
    paid = rng.random(levers.shape) < np.take_along_axis(drawn.chances, levers, axis=1)
    return [(levers[:, :t], paid[:, :t]) for t in range(1, pulls)]


def played(one, pulls, beta, key, seed, count=COUNT):
    """As `games`, pulled by `one` itself: what it may really meet."""
    rng = rng_of(key, seed)
    drawn, lots = Bandits(pulls, 2, beta).draw(rng, count), []
    levers, paid = np.zeros((count, 0), int), np.zeros((count, 0), bool)
    for _ in range(pulls - 1):
        lever = (rng.random(count) < one.pull(levers, paid, pulls)).astype(int)
        won = rng.random(count) < drawn.chances[np.arange(count), lever]
        levers, paid = np.column_stack([levers, lever]), np.column_stack([paid, won])
        lots.append((levers, paid))
    return lots


def _compared(distances, shifts):
    """T3, as examine.ask_rules: distances(amount, beta, key) -> one a rule, in every shift."""
    lots = [np.array([distances(*where, key) for where in shifts.values()]).T for key in (CHOOSE, REPORT)]
    return {"apart": lots[1], "nearest": verdicts.nearest(lots[0])}


def ask_player(one, seed):
    """T1: all that was paid becomes not paid and the other way round. T3, T6."""
    pulls = SHIFTS["as practised"][0]
    lots = games(*SHIFTS["as practised"], REPORT, seed)
    moved, best = (
        np.concatenate([who(levers, ~paid, pulls) - who(levers, paid, pulls) for levers, paid in lots])
        for who in (one.pull, optimal)
    )

    def distances(many, beta, key):
        lots = played(one, many, beta, key, seed)
        said, *rules = (
            np.concatenate([who(levers, paid, many) for levers, paid in lots])
            for who in (
                one.pull,
                lambda levers, paid, _: np.full(len(levers), 0.5),
                lambda levers, paid, _: np.where(paid[:, -1], levers[:, -1], 1 - levers[:, -1]),
                RULES["likelier lever"].pull,
                optimal,
            )
        )
        return [4 * np.mean((said - rule) ** 2) for rule in rules]

    asked = (SHIFTS["as practised"], SHIFTS["seldom pays"], SHIFTS["games of 15"])
    return {
        "follows": followed(moved, best),
        **_compared(distances, SHIFTS),
        "new": np.array([100 * (1 - one.share(*where)) for where in asked]),
    }


def predictor(parameters):
    """The Predictor of a trained machine."""

    def heads(rows):  # what stands last is not seen
        more = np.concatenate([rows, np.zeros((len(rows), 1), bool)], axis=1)
        return 1 / (1 + np.exp(-PREDICTOR.watch(parameters, more)[0][-1].astype(float)))

    return Predictor(heads)


def laplace(rows):
    """Laplace's rule of succession."""
    return next_chance(rows.sum(axis=1), (~rows).sum(axis=1))


def ask_predictor(one, seed):
    """T1: heads become tails. T3, T6."""

    def lots(where, key):
        many, beta = where
        if beta == (1, 1):
            rows = tosses(rng_of(key, seed), COUNT, many)
        else:
            rows = Bandits(many, 1, beta).draw(rng_of(key, seed), COUNT).pays[:, 0]
        return [(rows[:, :t], rows[:, t]) for t in range(1, many)]

    def missing(where):
        cost = np.zeros(3)
        for seen, then in lots(where, REPORT):
            for k, who in enumerate((one.heads, laplace, lambda rows: np.full(len(rows), 0.5))):
                chance = np.clip(who(seen), 1e-6, 1 - 1e-6)
                cost[k] += surprise(np.log(chance / (1 - chance)), then).mean()
        return 100 * (cost[0] - cost[1]) / (cost[2] - cost[1])

    report = lots(COIN_SHIFTS["as practised"], REPORT)
    moved, best = (np.concatenate([who(~seen) - who(seen) for seen, _ in report]) for who in (one.heads, laplace))

    def distances(many, beta, key):
        said, *rules = (
            np.concatenate([who(seen) for seen, _ in lots((many, beta), key)])
            for who in (
                one.heads,
                lambda rows: np.full(len(rows), 0.5),
                lambda rows: rows[:, -1].astype(float),
                lambda rows: rows.mean(axis=1),
                laplace,
            )
        )
        return [np.mean((said - rule) ** 2) / np.mean((rules[-1] - 0.5) ** 2) for rule in rules]

    asked = (COIN_SHIFTS[where] for where in ("as practised", "mostly heads", "rows of 20"))
    return {
        "follows": followed(moved, best),
        **_compared(distances, COIN_SHIFTS),
        "new": np.array([missing(where) for where in asked]),
    }


def _examine(ask):
    def examine(one, seed=0):
        nothing = {"blown": np.nan, "single": np.nan, "goal": np.full(3, np.nan)}
        nothing |= {"errors": np.full(len(TIMES), np.nan), "left": np.full(len(AFTER), np.nan)}
        return nothing | ask(one, seed)

    return examine


examine_player, examine_predictor = _examine(ask_player), _examine(ask_predictor)
