"""Chapter 8, Ask whether it is an optimizer: what the machines of train_on_luck do. What can be read and written in
them is asked in write_in_its_mind.

Everything here is exact: all histories of a game, each with its chance. Arrays over seeds follow SEEDS. Shares are of
1: of the way from pulling blindly to the best play.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.mesa.coin_predictor import surprise
from third_optimizer.theory import next_chance
from third_optimizer.world import tosses

from . import read_the_battery
from .train_on_luck import (
    LONG,
    OTHER_PULLS,
    PICTURED,
    PREDICTOR,
    PULLS,
    SEEDS,
    TOSSES,
    judge,
    player,
    predictor,
    stores,
)
from .write_in_its_mind import wrote

# --- what a bandit player is worth ------------------------------------------------------------------------


def laplace(paid, failed):
    """The chance of one more success, if any chance was as likely."""
    return (paid + 1) / (paid + failed + 2)


@cache
def best(counts, left):
    """What the best play brings. counts: paid and not, of each lever."""
    if not left:
        return 0.0

    def after(place):
        counted = tuple(n + (k == place) for k, n in enumerate(counts))
        return best(counted, left - 1)

    worths = []
    for lever in (0, 2):
        chance = laplace(counts[lever], counts[lever + 1])
        paid, failed = 1 + after(lever), after(lever + 1)
        worths.append(chance * paid + (1 - chance) * failed)
    return max(worths)


def curious(paid, failed, other_paid, other_failed):
    """The chance of the other lever: it takes what looks better now,
    of two that look alike the one that is known less."""
    gap = laplace(other_paid, other_failed) - laplace(paid, failed)
    newer = np.sign(paid + failed - other_paid - other_failed)
    return np.where(abs(gap) > 1e-9, gap > 0, (1 + newer) / 2)


def by_heart(*counts):
    """The best play of a game of PULLS as a table of counts, in games of any length: it does not know how many pulls
    are left. Where the table ends it goes on without foresight."""
    _, worths = theory.best_play(PULLS)
    inside = tuple(np.minimum(count, PULLS) for count in counts)
    told = (worths[1][inside] > worths[0][inside]).astype(float)
    return np.where(sum(counts) < PULLS, told, theory.myopic(*counts))


def way(worth, pulls=PULLS, best=None):
    """How far this reward is on the way from pulling blindly to `best`; None: the best there is."""
    best = theory.best_play(pulls)[0] if best is None else best
    return (worth - pulls / 2) / (best - pulls / 2)


@cache
def judged():
    """Columns of train_on_luck.judge for the machines, (seeds,) each, in games of PULLS."""
    found = [judge(player(seed), PULLS) for seed in SEEDS]
    return {name: np.array([one[name] for one in found]) for name in found[0]}


@cache
def long_games():
    """{warm_up: columns of train_on_luck.judge, (seeds,) each} in games of LONG pulls."""
    columns = stores()["long_bandits.npz"].columns
    return {warm: {name: columns[name][k] for name in columns} for k, warm in enumerate((False, True))}


@cache
def other_lengths():
    """{pulls: {machines (seeds,), myopic, table}}: shares in games of lengths that the machines did not practise."""
    stored = stores()["bandits.npz"].columns["other"]
    rules = {"myopic": theory.myopic, "table": by_heart}
    return {
        pulls: {"machines": stored[:, k]}
        | {name: way(theory.play_worth(pulls, rule), pulls) for name, rule in rules.items()}
        for k, pulls in enumerate(OTHER_PULLS)
    }


GAMES = {"ten pulls": PULLS, "twenty, after a warm-up": LONG, "twenty, at once": LONG}  # {asked: pulls}
NAMES = ("five machines", "rule A", "rule B")  # A: theory.myopic, B: curious


def machines(games):
    """Columns of train_on_luck.judge for the five machines that were trained for these games."""
    return judged() if GAMES[games] == PULLS else long_games()[games == "twenty, after a warm-up"]


def shares(games, best=best, curious=curious):
    """{one of NAMES: share of the way from pulling blindly to `best`}, one or one a seed, in one of GAMES."""
    pulls = GAMES[games]
    top = best((0, 0, 0, 0), pulls)
    rules = [way(theory.play_worth(pulls, rule), pulls, top) for rule in (theory.myopic, curious)]
    own = way(machines(games)["worth"], pulls, top)
    return dict(zip(NAMES, (own, *(np.array([rule]) for rule in rules)), strict=True))


def missing(games, best=best, curious=curious):
    """{one of NAMES: per cent of that way still missing}."""
    return {who: 100 * (1 - share) for who, share in shares(games, best, curious).items()}


def beaten(games, best=best, curious=curious):
    """How many of the five machines come nearer to the best than the second rule, and than the first."""
    own, lot, newer = shares(games, best, curious).values()
    return {"newer": int((own > newer).sum()), "lot": int((own > lot).sum())}


def verdict(games, best=best, curious=curious):
    """The message of the figure, in words that follow the count."""
    count = beaten(games, best, curious)["newer"]
    who = {0: "no machine comes", len(SEEDS): "all machines come"}.get(count, f"{count} of five machines come")
    return f"In games of {games}, {who} nearer to the best than rule B"


def worths():
    """Rewards of a game, exactly, to compare with what a reader gets."""
    return {
        "pulling blindly": PULLS / 2,
        "this machine": judged()["worth"][PICTURED],
        "the best there is": theory.best_play(PULLS)[0],
    }


def many(count):
    """How many of the five, in words."""
    return {0: "none", len(SEEDS): "all five"}.get(count, f"{count} of five")


def daring(best=best, curious=curious):
    """What the page says of them. every: games in which the best play gives up the better-looking lever once; dares:
    how often the machines do so there; ahead, behind: how many of the five at LONG pulls pass the second rule after a
    warm-up, and stay behind it without one."""
    warm, plain = (beaten(games, best, curious)["newer"] for games in list(GAMES)[1:])
    told = {"ahead": many(warm), "behind": many(len(SEEDS) - plain)}
    return told | {"every": 1 / judged()["against"].mean(), "dares": judged()["dares"]}


# --- the coin predictor --------------------------------------------------------------------------------------


@cache
def excess(length):
    """Nats a row of so many tosses that the machines cost more than Laplace's rule, exactly, (seeds,)."""
    cost = np.zeros(len(SEEDS))
    for seed in SEEDS:
        for ahead in PREDICTOR.histories(predictor(seed), length):
            right, odds = next_chance(*ahead["counts"].T), ahead["odds"].astype(float)
            each = right * surprise(odds, True) + (1 - right) * surprise(odds, False)
            cost[seed] += (ahead["chance"] * each).sum()
    return cost - theory.coin_surprise(length)


def drawn_rows(count=256, length=TOSSES, seed=1):
    """What a sample would say of the first machine: its mean cost of random rows less that of Laplace's rule on
    *other* rows (gap, deviation), and on the same ones (paired, paired_deviation): standard errors with each."""
    rng = np.random.default_rng(seed)
    ours, others = (tosses(rng, count, length) for _ in range(2))

    def cost(rows):
        heads = np.cumsum(rows, axis=1) - rows
        odds = np.log(heads + 1) - np.log(np.arange(length) - heads + 1)
        return surprise(odds, rows).sum(axis=1)

    machine = surprise(PREDICTOR.watch(predictor(), ours)[0].astype(float), ours.T).sum(axis=0)
    same, apart = machine - cost(ours), machine.mean() - cost(others).mean()
    return {
        "gap": apart,
        "deviation": ((machine.var() + cost(others).var()) / count) ** 0.5,
        "paired": same.mean(),
        "paired_deviation": same.std() / count**0.5,
        "rows": count,
    }


def answers(tosses, laplace=laplace):
    """Columns for the figure, all rows of so many tosses and all machines: x, what Laplace's rule says in per cent; y,
    what a machine says more, in points; to a twentieth of a point, each once."""
    found = set()
    for seed in SEEDS:
        *_, ahead = PREDICTOR.histories(predictor(seed), tosses + 1)
        rule = 100 * laplace(*ahead["counts"].T)
        more = 100 / (1 + np.exp(-ahead["odds"].astype(float))) - rule
        found |= set(zip(rule.round(3).tolist(), (np.round(20 * more) / 20).tolist(), strict=True))
    x, y = np.array(sorted(found)).T
    return {"x": x, "y": y}


def answered(tosses, laplace=laplace):
    """rows: how many there are; counts: how many different counts; away: points by which an answer is at most off."""
    away = np.abs(answers(tosses, laplace)["y"]).max()
    return {"rows": 2**tosses, "counts": tosses + 1, "away": float(away)}


def foretold():
    """What the page says of the predictors, in nats a row of TOSSES: excess (seeds,), the rule's own cost, and that of
    even odds; drawn_rows."""
    told = {"cost": theory.coin_surprise(TOSSES), "even": TOSSES * np.log(2), "tosses": TOSSES, "every": 2**TOSSES}
    return told | {"excess": excess(TOSSES)} | drawn_rows()


# --- cards, questions and exercises ----------------------------------------------------------------------


def predictions(best=best, curious=curious):
    """The numbers of the page's guesses, {id: {name: number}}."""
    own, lot, newer = (100 * share for share in shares("ten pulls", best, curious).values())
    told = wrote()
    return {
        "nearest": {"low": own.min(), "high": own.max(), "lot": lot[0], "newer": newer[0]},
        "write": {"probe": told["probe"].max(), "own": told["own"].min()},
        "profile": read_the_battery.found(),
    }


def claims(best=best, curious=curious):
    """The numbers of the page's cards, {id: {name: number}}."""
    ten, long = (shares(games, best, curious) for games in list(GAMES)[:2])
    other = other_lengths()
    return {
        "C13": {
            "ten": ten[NAMES[0]],
            "rule": ten[NAMES[2]][0],
            "long": long[NAMES[0]],
            "rule_long": long[NAMES[2]][0],
            "plain": machines("twenty, at once")["share"],
            "eight": other[8]["machines"],
            "table": other[8]["table"],
            "entries": int(np.isfinite(theory.best_play(PULLS)[1][0]).sum()),
        }
    } | read_the_battery.claims()


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    sure, new = next_chance(1, 1), next_chance(0, 0)
    tried = new * (1 + max(sure, next_chance(1, 0))) + (1 - new) * max(sure, next_chance(0, 1))
    kept = sure * (1 + next_chance(2, 1)) + (1 - sure) * max(next_chance(1, 2), new)
    return {
        "try_it": {"tried": tried, "kept": kept, "gain": tried - kept, "no_news": sure + new, "at_most": 1 + new}
    } | read_the_battery.exercises()
