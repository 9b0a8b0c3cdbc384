"""Chapter 8, Ask whether it is an optimizer: what the machines of train_on_luck do, and what can be read and written in
them.

Everything here is exact: all histories of a game, each with its chance. Arrays over seeds follow SEEDS. Shares are of
1: of the way from pulling blindly to the best play.
"""

from functools import cache
from itertools import product

import numpy as np

from third_optimizer import theory
from third_optimizer.mesa.coin_predictor import surprise
from third_optimizer.theory import next_chance
from third_optimizer.world import Bandits, tosses

from .train_on_luck import LONG, OTHER_PULLS, PLAYER, PREDICTOR, PULLS, SEEDS, TOSSES, judge, stores

PICTURED = 0  # seed of the machine in the picture


def player(seed=PICTURED):
    """A stored bandit player's parameters. ValueError names a seed that is not stored."""
    return stores()["bandits.npz"].at(seed=seed)["weights"].astype(float)


def predictor(seed=PICTURED):
    """A stored coin predictor's parameters. ValueError names a seed that is not stored."""
    return stores()["coins.npz"].at(seed=seed)["weights"].astype(float)


# --- what a bandit player is worth ------------------------------------------------------------------------


def laplace(paid, failed):
    """The chance of one more success after these, if any chance was as likely."""
    return (paid + 1) / (paid + failed + 2)


def curious(paid, failed, other_paid, other_failed):
    """The chance of the other lever: pull what looks better now; of two that look alike, the one you know less."""
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
NAMES = ("five machines", "better-looking, else by lot", "better-looking, else the newer")


def machines(games):
    """Columns of train_on_luck.judge for the five machines that were trained for these games."""
    return judged() if GAMES[games] == PULLS else long_games()[games == "twenty, after a warm-up"]


def shares(games, best, curious=curious):
    """{one of NAMES: share of the way from pulling blindly to `best`}, one or one a seed, in one of GAMES."""
    pulls = GAMES[games]
    top = best((0, 0, 0, 0), pulls)
    rules = [way(theory.play_worth(pulls, rule), pulls, top) for rule in (theory.myopic, curious)]
    own = way(machines(games)["worth"], pulls, top)
    return dict(zip(NAMES, (own, *(np.array([rule]) for rule in rules)), strict=True))


def missing(games, best, curious=curious):
    """{one of NAMES: per cent of that way still missing}."""
    return {who: 100 * (1 - share) for who, share in shares(games, best, curious).items()}


def beaten(games, best, curious=curious):
    """How many of the five machines come nearer to the best than the second rule, and than the first."""
    own, lot, newer = shares(games, best, curious).values()
    return {"newer": int((own > newer).sum()), "lot": int((own > lot).sum())}


def worths(best):
    """Rewards of a game, exactly, to compare with what a reader gets."""
    return {
        "pulling blindly": PULLS / 2,
        "this machine": judged()["worth"][PICTURED],
        "the best there is": best((0, 0, 0, 0), PULLS),
    }


def daring(best, curious=curious):
    """What the page says of them: games in which the best play gives up the better-looking lever once (every), and how
    often the machines do so there, at PULLS (dares) and at LONG after a warm-up (long_dares); shares at LONG."""
    ten, warm, plain = (machines(games) for games in GAMES)
    long, rules = shares("twenty, after a warm-up", best, curious), {}
    for name, who in zip(("lot", "newer"), NAMES[1:], strict=True):
        rules[name] = long[who][0]
    return rules | {
        "every": 1 / ten["against"].mean(),
        "dares": ten["dares"],
        "long_dares": warm["dares"],
        "long_often": warm["against"].mean(),
        "warm": warm["share"],
        "plain": plain["share"],
        "histories": 2**PULLS,
    }


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
    """Columns for the figure: what Laplace's rule says after so many tosses (x) and what each machine says (y), over
    all rows of tosses and machines; and the line where both agree."""
    x, y = [np.array([0, 100])], [np.array([0, 100])]
    for seed in SEEDS:
        *_, ahead = PREDICTOR.histories(predictor(seed), tosses + 1)
        x.append(100 * laplace(*ahead["counts"].T))
        y.append(100 / (1 + np.exp(-ahead["odds"].astype(float))))
    series = ["Laplace’s rule"] * 2 + ["machines"] * (sum(map(len, x)) - 2)
    return {"x": np.concatenate(x), "y": np.concatenate(y), "series": series}


def answered(tosses, laplace=laplace):
    """rows: how many there are; counts: how many different counts; away: per cent by which an answer is at most off."""
    columns = answers(tosses, laplace)
    return {"rows": 2**tosses, "counts": tosses + 1, "away": float(np.abs(columns["x"] - columns["y"]).max())}


def foretold():
    """What the page says of the predictors, in nats a row of TOSSES: excess (seeds,), the rule's own cost, and that of
    even odds; drawn_rows."""
    told = {"cost": theory.coin_surprise(TOSSES), "even": TOSSES * np.log(2), "tosses": TOSSES, "every": 2**TOSSES}
    return told | {"excess": excess(TOSSES)} | drawn_rows()


# --- reading and writing -------------------------------------------------------------------------------------

WAYS = ("the probe’s direction", "the state’s own way", "random, as long")
AT, LATER = 6, (0, 1, 2, 4)  # tosses seen when something is written; tosses after which one looks
PULLED = 7  # pulls done when something is written
DRAWS = 20  # of a random direction


def write(state, more, direction):
    """The state, with so much more of an estimate written into it."""
    return state + more @ direction


def fit(x, y):
    """Weights of a straight fit, the last row its constant."""
    return np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]


def explained(x, y, fitted):
    """Share of y's variance that the fit explains on the half that it has not seen. fitted: bool, which it has."""
    weights = fit(x[fitted], y[fitted])
    left = y[~fitted] - np.c_[x, np.ones(len(x))][~fitted] @ weights
    return 1 - (left**2).sum() / ((y[~fitted] - y[~fitted].mean(axis=0)) ** 2).sum()


def seen(net, parameters, least, most):
    """(states (n, units), counts (n, ...)) of all histories of `least` to `most` tosses or pulls."""
    kept = [ahead for ahead in net.histories(parameters, most + 1) if ahead["counts"][0].sum() >= least]
    states, counts = zip(*((one["state"].T.astype(float), one["counts"]) for one in kept), strict=True)
    return np.concatenate(states), np.concatenate(counts)


@cache
def probed():
    """Shares of the variance of the estimate that a straight fit reads, on held-out histories, (seeds,) each: trained,
    from the state; untrained, from that of the net before training; counts, from the counts alone."""
    found = {"trained": [], "untrained": [], "counts": []}
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        states, counts = seen(PREDICTOR, predictor(seed), 2, TOSSES - 1)
        before, _ = seen(PREDICTOR, PREDICTOR.init(np.random.default_rng(seed)), 2, TOSSES - 1)
        estimate, half = next_chance(*counts.T), rng.random(len(counts)) < 0.5
        for name, x in (("trained", states), ("untrained", before), ("counts", counts)):
            found[name].append(explained(x, estimate, half))
    return {name: np.array(values) for name, values in found.items()}


def directions(states, estimates, rng):
    """{one of WAYS: directions, (estimates, units) each}: what to add to a state for one more of an estimate.

    The probe's: the least change that makes it read so. The state's own: how states differ whose estimates do, a
    straight fit the other way round (Haufe et al. 2014, doi:10.1016/j.neuroimage.2013.10.067). Random: DRAWS of them,
    as long as the state's own.
    """
    probe, own = fit(states, estimates)[:-1], fit(estimates, states)[:-1]
    random = rng.normal(size=(DRAWS, *own.shape))
    random *= np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(random, axis=2, keepdims=True)
    return dict(zip(WAYS, ([np.linalg.pinv(probe)], [own], random), strict=True))


def written(later=0, write=write):
    """{one of WAYS: per cent, (seeds,)}: the estimate of one row of AT tosses is written into the state of another.

    How much of the change that Laplace's rule would make then comes, `later` tosses on, whatever they are: 100 less the
    squared error of the answers' change in per cent of the rule's squared change. 0: as if nothing had moved.
    """
    found = {name: [] for name in WAYS}
    for seed in SEEDS:
        rng, parts = np.random.default_rng(seed), PREDICTOR.unpack(predictor(seed))
        states, counts = seen(PREDICTOR, predictor(seed), AT, AT)
        estimate, donor = next_chance(*counts.T)[:, None], rng.permutation(len(counts))

        def on(state, row, parts=parts):
            for toss in row:
                sight = PREDICTOR.sight(state.shape[1], np.full(state.shape[1], toss))
                state = PREDICTOR.step(parts, state, sight)[0]
            return 1 / (1 + np.exp(-PREDICTOR.say(parts, state)[0].astype(float)))

        for name, several in directions(states, estimate, rng).items():
            left = []
            for direction in several:
                changed = write(states, estimate[donor] - estimate, direction)
                off = whole = 0.0
                for row in product((True, False), repeat=later):
                    plain, moved = (on(state.T.astype("f4"), row) for state in (states, changed))
                    now, then = (
                        next_chance(*(c.T + [[sum(row)], [later - sum(row)]])) for c in (counts, counts[donor])
                    )
                    off += (((moved - plain) - (then - now)) ** 2).sum()
                    whole += ((then - now) ** 2).sum()
                left.append(off / whole)
            found[name].append(100 * (1 - np.mean(left)))
    return {name: np.array(values) for name, values in found.items()}


def swayed(write=write):
    """The same of the bandit players, after PULLED pulls: both estimates of one game are written into the state of
    another. {one of WAYS: per cent, (seeds,)} of the pairs whose next pulls differ in which it takes the other's lever.
    """
    found = {name: [] for name in WAYS}
    for seed in SEEDS:
        rng, parts = np.random.default_rng(seed), PLAYER.unpack(player(seed))
        ahead = next(ahead for ahead in PLAYER.histories(player(seed), PULLS) if ahead["counts"][0].sum() == PULLED)
        states, counts, lever = ahead["state"].T.astype(float), ahead["counts"], ahead["lever"]
        estimates = np.stack([next_chance(*counts[:, :2].T), next_chance(*counts[:, 2:].T)], axis=1)
        donor = rng.permutation(len(counts))
        differs = lever[donor] != lever
        for name, several in directions(states, estimates, rng).items():
            took = []
            for direction in several:
                told = PLAYER.say(parts, write(states, estimates[donor] - estimates, direction).T.astype("f4"))
                took.append(((told[1] > told[0]) == lever[donor])[differs].mean())
            found[name].append(100 * np.mean(took))
    return {name: np.array(values) for name, values in found.items()}


def wrote(later=0, write=write):
    """What the page says of writing, (seeds,) each: probe, own, random: of the answers; and of the next pulls."""
    names = ("probe", "own", "random")
    pulls = dict(zip([f"{name}_pulls" for name in names], swayed(write).values(), strict=True))
    return dict(zip(names, written(later, write).values(), strict=True)) | pulls


# --- cards, questions and exercises ----------------------------------------------------------------------


def predictions(best, curious=curious):
    """The numbers of the page's guesses, {id: {name: number}}."""
    own, lot, newer = (100 * share for share in shares("ten pulls", best, curious).values())
    told = wrote()
    return {
        "nearest": {"low": own.min(), "high": own.max(), "lot": lot[0], "newer": newer[0]},
        "write": {"probe": told["probe"].max(), "own": told["own"].min()},
    }


def claims(best, curious=curious):
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
    }


@cache
def luck(count=20_000, seed=3):
    """Standard deviations of the difference between two players of a game: apart, if each plays games of its own;
    paired, if they play the same. The machine in the picture, and the rule without foresight."""
    games, rng = Bandits(PULLS).draw(np.random.default_rng(seed), count), np.random.default_rng(seed)
    ours = PLAYER.play(player(), games)[1].sum(axis=0)
    every, pulled, won = np.arange(count), np.zeros((count, 2), int), np.zeros((count, 2), int)
    for _ in range(PULLS):
        second = theory.myopic(won[:, 0], pulled[:, 0] - won[:, 0], won[:, 1], pulled[:, 1] - won[:, 1])
        lever = (rng.random(count) < second).astype(int)
        won[every, lever] += games.pull(lever, pulled)
        pulled[every, lever] += 1
    rule = won.sum(axis=1)
    return {"apart": float((ours.var() + rule.var()) ** 0.5), "paired": float((ours - rule).std())}


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    sure, new = next_chance(1, 1), next_chance(0, 0)
    tried = new * (1 + max(sure, next_chance(1, 0))) + (1 - new) * max(sure, next_chance(0, 1))
    kept = sure * (1 + next_chance(2, 1)) + (1 - sure) * max(next_chance(1, 2), new)
    gap, apart, paired = 0.02, round(luck()["apart"], 1), round(luck()["paired"], 1)
    return {
        "try_it": {"tried": tried, "kept": kept, "gain": tried - kept, "no_news": sure + new, "at_most": 1 + new},
        "how_many": {
            "gap": gap,
            "apart": apart,
            "paired": paired,
            "needed": (2 * apart / gap) ** 2,
            "one_deviation": (apart / gap) ** 2,
            "no_square": 2 * apart / gap,
            "with_pairs": (2 * paired / gap) ** 2,
            "histories": 2**PULLS,
        },
    }
