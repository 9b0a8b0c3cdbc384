"""Chapter 8, Ask whether it is an optimizer: what the machines of train_on_luck do, and what can be read and written in
them.

Everything here is exact: all histories of a game, each with its chance. Arrays over seeds follow SEEDS. Shares are of 1:
of the way from pulling blindly to the best play.
"""

from functools import cache

import numpy as np

from third_optimizer import theory
from third_optimizer.mesa.coin_predictor import surprise
from third_optimizer.theory import next_chance

from .train_on_luck import LONG, OTHER_PULLS, PLAYER, PREDICTOR, PULLS, SEEDS, TOSSES, judge, stores

PICTURED = 0  # seed of the machine in the picture


def player(seed=PICTURED):
    """A stored bandit player's parameters. ValueError names a seed that is not stored."""
    return stores()["bandits.npz"].at(seed=seed)["weights"].astype(float)


def predictor(seed=PICTURED):
    """A stored coin predictor's parameters. ValueError names a seed that is not stored."""
    return stores()["coins.npz"].at(seed=seed)["weights"].astype(float)


# --- what a bandit player is worth ------------------------------------------------------------------------


def way(worth, pulls=PULLS, best=None):
    """How far this reward is on the way from pulling blindly to `best`; None: the best there is."""
    best = theory.best_play(pulls)[0] if best is None else best
    return (worth - pulls / 2) / (best - pulls / 2)


@cache
def judged(beta=(1, 1)):
    """Columns of train_on_luck.judge for the machines, (seeds,) each, in games of PULLS."""
    found = [judge(player(seed), PULLS, beta) for seed in SEEDS]
    return {name: np.array([one[name] for one in found]) for name in found[0]}


def myopic(paid, failed, other_paid, other_failed):
    """The chance of the other lever, of a player who pulls whichever looks more likely to pay now."""
    gap = next_chance(other_paid, other_failed) - next_chance(paid, failed)
    return np.where(abs(gap) < 1e-9, 0.5, gap > 0)


def by_heart(*counts):
    """The best play of a game of PULLS as a table of counts, in games of any length: it cannot know how many pulls are
    left. Where the table ends it goes on without foresight."""
    _, worths = theory.best_play(PULLS)
    inside = tuple(np.minimum(count, PULLS) for count in counts)
    told = (worths[1][inside] > worths[0][inside]).astype(float)
    return np.where(sum(counts) < PULLS, told, theory.myopic(*counts))


def worths(best, myopic=myopic):
    """Rewards of a game: the machine in the picture, and beside it `best(counts, left)` and the rule `myopic`."""
    return {
        "pulling blindly": PULLS / 2,
        "without foresight": theory.play_worth(PULLS, myopic),
        "this machine": judged()["worth"][PICTURED],
        "the best there is": best((0, 0, 0, 0), PULLS),
    }


def shares(best, myopic=myopic):
    """{who: per cent of the way from pulling blindly to `best`}, one or one a seed."""
    top = best((0, 0, 0, 0), PULLS)
    rules = {"Thompson sampling": theory.thompson, "without foresight": myopic}
    found = {name: [100 * way(theory.play_worth(PULLS, rule), best=top)] for name, rule in rules.items()}
    return found | {"five machines": 100 * way(judged()["worth"], best=top), "the best there is": [100.0]}


def played(best, myopic=myopic):
    """What the page says of them: per cent of the way of the rule without foresight and of the machines, (seeds,);
    daring: per cent of the pulls at which the optimum gives up the better-looking lever and the machine does so, too;
    often: such pulls in a game; agrees: per cent of pulls that the optimum might make."""
    found, row = judged(), shares(best, myopic)
    return {
        "myopic": row["without foresight"][0],
        "thompson": row["Thompson sampling"][0],
        "machines": row["five machines"],
        "dares": found["dares"],
        "often": found["against"],
        "agrees": found["agrees"],
        "histories": 2**PULLS,
    }


# --- longer games, and games that it was not trained for ---------------------------------------------------


@cache
def long_games():
    """{warm_up: columns of train_on_luck.judge, (seeds,) each} in games of LONG pulls."""
    columns = stores()["long_bandits.npz"].columns
    return {warm: {name: columns[name][k] for name in columns} for k, warm in enumerate((False, True))}


def warmed(warm_up, myopic=myopic):
    """{who: per cent of the way} in games of LONG pulls."""
    row = {"without foresight": [100 * way(theory.play_worth(LONG, myopic), LONG)]}
    return {"five machines": 100 * long_games()[warm_up]["share"]} | row


def long_play(myopic=myopic):
    """What the page says of long games: shares of five machines each, with a warm-up and without; failed: how many of
    the latter are left behind the rule without foresight; dares of those with."""
    plain, warm = (long_games()[one] for one in (False, True))
    rule = way(theory.play_worth(LONG, myopic), LONG)
    return {
        "plain": plain["share"],
        "warm": warm["share"],
        "rule": rule,
        "failed": int((plain["share"] < rule).sum()),
        "passed": int((warm["share"] > rule).sum()),
        "dares": warm["dares"],
        "against": warm["against"],
        "long": LONG,
    }


@cache
def other_lengths():
    """Per cent of the way in games of other lengths: pulls (n,), machines (seeds, n), and rules (n,): myopic, table."""
    pulls = np.array(sorted((*OTHER_PULLS, PULLS)))
    stored = stores()["bandits.npz"].columns["other"]
    own = {length: stored[:, k] for k, length in enumerate(OTHER_PULLS)} | {PULLS: judged()["share"]}
    rules = {"myopic": theory.myopic, "table": by_heart}
    return {
        "pulls": pulls,
        "machines": 100 * np.array([own[length] for length in pulls]).T,
        **{
            name: np.array([100 * way(theory.play_worth(length, rule), length) for length in map(int, pulls)])
            for name, rule in rules.items()
        },
    }


# --- the coin predictor --------------------------------------------------------------------------------------


def laplace(heads, tails):
    """The chance of heads after these tosses, if any coin was as likely."""
    return (heads + 1) / (heads + tails + 2)


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
    """What one sample would say of the first machine: its mean cost of random rows less that of Laplace's rule on *other*
    rows (gap, deviation), and on the same ones (paired, paired_deviation): standard errors with each."""
    rng = np.random.default_rng(seed)
    from third_optimizer.world import tosses

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
    all rows of tosses and machines."""
    x, y = [], []
    for seed in SEEDS:
        *_, ahead = PREDICTOR.histories(predictor(seed), tosses + 1)
        x.append(100 * laplace(*ahead["counts"].T))
        y.append(100 / (1 + np.exp(-ahead["odds"].astype(float))))
    return {"x": np.concatenate(x), "y": np.concatenate(y)}


def answered(tosses, laplace=laplace):
    """rows: how many there are; counts: how many different counts; away: per cent by which an answer is at most off."""
    columns = answers(tosses, laplace)
    return {"rows": 2**tosses, "counts": tosses + 1, "away": float(np.abs(columns["x"] - columns["y"]).max())}


def foretold():
    """What the page says of the predictors: excess (seeds,) in nats at TOSSES and at LONG; the rule's own cost."""
    return {
        "cost": theory.coin_surprise(TOSSES),
        "even": TOSSES * np.log(2),
        "excess": excess(TOSSES),
        "longer": excess(16),
        "tosses": TOSSES,
        "long": 16,
    } | drawn_rows()


# --- reading and writing -------------------------------------------------------------------------------------

WAYS = ("the probe’s direction", "the way the state itself goes", "a random direction, as long")
AT, LATER = 6, (0, 1, 2, 4)  # tosses seen when something is written; tosses after which one looks


def fit(x, y):
    """Weights of a straight fit, the last row its constant."""
    return np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]


def explained(x, y, fitted):
    """Share of y's variance that the fit explains on the half that it has not seen. fitted: bool, which it has."""
    weights = fit(x[fitted], y[fitted])
    left = y[~fitted] - np.c_[x, np.ones(len(x))][~fitted] @ weights
    return 1 - (left**2).sum() / ((y[~fitted] - y[~fitted].mean(axis=0)) ** 2).sum()


def seen(net, parameters, least, most):
    """(states (n, units), counts (n, ...)) of all histories after `least` to `most` tosses or pulls."""
    kept = [ahead for ahead in net.histories(parameters, most + 1) if ahead["counts"][0].sum() >= least]
    return np.concatenate([one["state"].T.astype(float) for one in kept]), np.concatenate(
        [one["counts"] for one in kept]
    )


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
    """{one of WAYS: (estimates, units)}: what to add to a state for one more of an estimate.

    The probe's: the least change that makes it read so. The state's own way: how states differ, on average, whose
    estimates do (a straight fit the other way round; Haufe et al. 2014). Random: as long as that.
    """
    probe, own = fit(states, estimates)[:-1], fit(estimates, states)[:-1]
    random = rng.normal(size=own.shape)
    random *= np.linalg.norm(own, axis=1, keepdims=True) / np.linalg.norm(random, axis=1, keepdims=True)
    return dict(zip(WAYS, (np.linalg.pinv(probe), own, random), strict=True))


@cache
def written(later=0):
    """{one of WAYS: per cent, (seeds,)}: the estimate of one row of AT tosses is written into the state of another. How
    much of what Laplace's rule would change in the answer then comes, `later` tosses on: 100 less the squared error of
    the change in per cent of the change's square; 0 if nothing moves, less if the wrong does."""
    found = {name: [] for name in WAYS}
    for seed in SEEDS:
        rng, parts = np.random.default_rng(seed), PREDICTOR.unpack(predictor(seed))
        states, counts = seen(PREDICTOR, predictor(seed), AT, AT)
        estimate, donor = next_chance(*counts.T)[:, None], rng.permutation(len(counts))

        def go_on(state, toss, parts=parts):
            return PREDICTOR.step(parts, state, PREDICTOR.sight(state.shape[1], np.full(state.shape[1], toss)))[0]

        for name, way in directions(states, estimate, rng).items():
            off = whole = 0.0
            changed = states + (estimate[donor] - estimate) @ way
            for row in range(2**later):
                pair = [one.T.astype("f4") for one in (states, changed)]
                heads = bin(row).count("1")
                for k in range(later):
                    pair = [go_on(state, bool(row >> k & 1)) for state in pair]
                plain, moved = (1 / (1 + np.exp(-PREDICTOR.say(parts, state)[0].astype(float))) for state in pair)
                now, then = (next_chance(*(c.T + [[heads], [later - heads]])) for c in (counts, counts[donor]))
                off += (((moved - plain) - (then - now)) ** 2).sum()
                whole += ((then - now) ** 2).sum()
            found[name].append(100 * (1 - off / whole))
    return {name: np.array(values) for name, values in found.items()}


@cache
def swayed(pulled=7):
    """The same of the bandit players: both estimates of one game are written into the state of another after `pulled`
    pulls. {one of WAYS: per cent, (seeds,)} of the pairs whose next pulls differ in which it takes the other's lever."""
    found = {name: [] for name in WAYS}
    for seed in SEEDS:
        rng, parts = np.random.default_rng(seed), PLAYER.unpack(player(seed))
        *_, ahead = zip(range(pulled + 1), PLAYER.histories(player(seed), PULLS), strict=False)
        states, counts, lever = ahead[1]["state"].T.astype(float), ahead[1]["counts"], ahead[1]["lever"]
        estimates = np.stack([next_chance(*counts[:, :2].T), next_chance(*counts[:, 2:].T)], axis=1)
        donor = rng.permutation(len(counts))
        differs = lever[donor] != lever
        for name, way in directions(states, estimates, rng).items():
            told = PLAYER.say(parts, (states + (estimates[donor] - estimates) @ way).T.astype("f4"))
            found[name].append(100 * ((told[1] > told[0]) == lever[donor])[differs].mean())
    return {name: np.array(values) for name, values in found.items()}


def wrote(later=0):
    """What the page says of writing, (seeds,) each: the three WAYS, of the answers and of the next pulls."""
    names = ("probe", "own", "random")
    answers = dict(zip(names, written(later).values(), strict=True))
    return answers | {f"{name}_pulls": values for name, values in zip(names, swayed().values(), strict=True)}


# --- cards, questions and exercises ----------------------------------------------------------------------


def predictions(best, myopic=myopic):
    """The numbers of the page's guesses, {id: {name: number}}."""
    found, wrote_ = played(best, myopic), wrote()
    return {
        "worth": {"rule": found["myopic"], "low": found["machines"].min(), "high": found["machines"].max()},
        "write": {"read": 100 * probed()["trained"].min(), **{name: wrote_[name] for name in ("probe", "own")}},
    }


def claims(best, myopic=myopic):
    """The numbers of the page's cards, {id: {name: number}}."""
    found, other = played(best, myopic), other_lengths()
    eight, twenty = (list(other["pulls"]).index(length) for length in (8, LONG))
    return {
        "C13": {
            "machines": found["machines"],
            "myopic": found["myopic"],
            "daring": found["dares"],
            "eight": other["machines"][:, eight],
            "table_eight": other["table"][eight],
            "twenty": other["machines"][:, twenty],
            "table_twenty": other["table"][twenty],
        }
    }


@cache
def luck(pulls=PULLS, count=20_000, seed=3):
    """Standard deviations of what a game brings: apart, of two players' difference if each plays its own games; paired,
    if they play the same ones. The machine in the picture, and the rule without foresight."""
    from third_optimizer.world import Bandits

    games = Bandits(pulls).draw(np.random.default_rng(seed), count)
    _, paid, _ = PLAYER.play(player(), games)
    pulled, every, rule = np.zeros((count, 2), int), np.arange(count), np.zeros(count)
    won = np.zeros((count, 2), int)
    rng = np.random.default_rng(seed)
    for _ in range(pulls):
        second = theory.myopic(won[:, 0], pulled[:, 0] - won[:, 0], won[:, 1], pulled[:, 1] - won[:, 1])
        lever = (rng.random(count) < second).astype(int)
        brings = games.pull(lever, pulled)
        pulled[every, lever] += 1
        won[every, lever] += brings
        rule += brings
    ours = paid.sum(axis=0)
    return {"apart": float((ours.var() + rule.var()) ** 0.5), "paired": float((ours - rule).std())}


def exercises():
    """The numbers of the page's exercises, {id: {name: number}}."""
    chance = next_chance
    sure, new = chance(1, 1), chance(0, 0)
    tried = new * (1 + max(sure, chance(1, 0))) + (1 - new) * max(sure, chance(0, 1))
    kept = sure * (1 + chance(2, 1)) + (1 - sure) * max(chance(1, 2), new)
    gap, apart, paired = 0.02, round(luck()["apart"], 1), round(luck()["paired"], 1)
    return {
        "try_it": {"tried": tried, "kept": kept, "gain": tried - kept, "blind": 2 * sure, "no_news": sure + new},
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
