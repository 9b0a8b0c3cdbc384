"""What chapter 8 trains, and its stores: machines that play bandits, and machines that foretell a coin.

bandits: machines that play games of ten pulls, as their weights, and what they are worth in games of other lengths.
long_bandits: games of twenty pulls, with a warm-up over shorter ones and without, as what the machines are worth.
coins: coin predictors, as their weights.
"""

from functools import cache

import numpy as np

from third_optimizer.base import adam, clip, fade, train
from third_optimizer.mesa import BanditPlayer, CoinPredictor, practise_pulling, practise_watching
from third_optimizer.meta import Maker, Store
from third_optimizer.theory import best_play, next_chance
from third_optimizer.world import Bandits

from . import DATA

PULLS, LONG, TOSSES = 10, 20, 10
SEEDS = tuple(range(5))
PLAYER, PREDICTOR = BanditPlayer(), CoinPredictor()
STEPS = {PULLS: 5000, LONG: 4000, "tosses": 1500}  # of Adam
LONG_BATCH = 256  # games in an update, where they are long
SHORTEST, STAGES = 5, 20
PICTURED = 0  # seed of the machine in the picture
FIRST = 40  # updates whose rewards are kept, so that a test can train the beginning again
OTHER_PULLS = (2, 3, 5, 8, 12, 15, 20)  # lengths that machines of PULLS were not trained for


def learn_to_pull(pulls=PULLS, seed=0, *, warm_up=False, steps=None, batch=384, rate=0.01, calm=0.05, stages=STAGES):
    """Train PLAYER on sampled reward, in STAGES: (parameters, mean reward of a game in each update).

    calm: of mesa.practise_pulling in the first stage; it falls to nothing in the last. warm_up: games begin with
    SHORTEST pulls, and have all of them from three fifths of the training on. steps: of Adam; None: STEPS. rate:
    Adam's, in its first half. stages: how many of STAGES are run.
    """
    from threadpoolctl import threadpool_limits

    steps = STEPS[pulls] if steps is None else steps
    rng, optimizer = np.random.default_rng(seed), clip(fade(adam(rate), steps), 1)
    parameters, state, rewards = PLAYER.init(rng), None, []
    with threadpool_limits(1):  # small matrices: more threads would wait for each other
        for stage in range(stages):
            grown = min(1, stage / STAGES / 0.6) if warm_up else 1
            bandits = Bandits(SHORTEST + int((pulls - SHORTEST) * grown))
            practice = practise_pulling(PLAYER, bandits, batch=batch, calm=calm * (1 - stage / (STAGES - 1)))
            run = train(practice, parameters, optimizer, steps // STAGES, rng=rng, state=state)
            parameters, state = run.parameters, run.state
            rewards.append(-run.losses)
    return parameters, np.concatenate(rewards)


def learn_to_foretell(seed=0, *, tosses=TOSSES, steps=STEPS["tosses"], batch=256, rate=0.03):
    """Train PREDICTOR on rows of so many tosses: the Run of base.train, its losses in nats a row."""
    from threadpoolctl import threadpool_limits

    rng, optimizer = np.random.default_rng(seed), clip(fade(adam(rate), steps), 1)
    with threadpool_limits(1):
        return train(practise_watching(PREDICTOR, tosses, batch), PREDICTOR.init(rng), optimizer, steps, rng=rng)


def judge(parameters, pulls, beta=(1, 1)):
    """What a machine that plays is worth, over all its histories, each with its chance. The levers' chances come from
    this beta distribution, and so does the optimum.

    worth: reward of a game. share: of the way from chance to the optimum. agrees: share of its pulls that are the
    optimum's, even ones counted. against: pulls a game at which the optimum takes the lever that is less likely to pay
    now; dares: in what share of these it does so, too (0 if there are none).
    """
    best, worths = best_play(pulls, beta)
    found = dict.fromkeys(("worth", "agrees", "against", "dares"), 0.0)
    for ahead in PLAYER.histories(parameters, pulls, beta):
        counts, lever, chance = ahead["counts"].T, ahead["lever"], ahead["chance"]
        every = np.arange(len(lever))
        now, then = np.array([next_chance(*counts[:2], beta), next_chance(*counts[2:], beta)]), worths[:, *counts]
        against = (np.abs(now[0] - now[1]) > 1e-9) & (np.abs(then[0] - then[1]) > 1e-9)
        against &= now.argmax(axis=0) != then.argmax(axis=0)
        found["worth"] += (chance * now[lever, every]).sum()
        found["agrees"] += (chance * (then[lever, every] > then.max(axis=0) - 1e-9)).sum() / pulls
        found["against"] += (chance * against).sum()
        found["dares"] += (chance * against * (lever == then.argmax(axis=0))).sum()
    guessing = pulls * beta[0] / sum(beta)
    found["dares"] /= max(found["against"], 1e-300)
    return found | {"share": (found["worth"] - guessing) / (best - guessing)}


JUDGED = {name: ((), "f8") for name in ("worth", "agrees", "against", "dares", "share")}


def train_player(seed):
    """weights; first: rewards of the FIRST updates; other: share of the way to the optimum in games of OTHER_PULLS."""
    parameters, rewards = learn_to_pull(PULLS, seed)
    parameters = parameters.astype("f4").astype(float)  # as they are stored
    other = [judge(parameters, pulls)["share"] for pulls in OTHER_PULLS]
    return {"weights": parameters, "first": rewards[:FIRST], "other": other}


def train_long(warm_up, seed):
    """Columns of `judge` in games of LONG pulls; first: rewards of the FIRST updates."""
    parameters, rewards = learn_to_pull(LONG, seed, warm_up=warm_up, batch=LONG_BATCH)
    return judge(parameters, LONG) | {"first": rewards[:FIRST]}


def train_predictor(seed):
    """weights of a coin predictor."""
    return {"weights": learn_to_foretell(seed).parameters}


@cache
def stores():
    """{file: Store} of everything above."""
    told, first = {"steps": {str(what): steps for what, steps in STEPS.items()}}, ((FIRST,), "f8")
    player = {"weights": ((PLAYER.size,), "f4"), "first": first, "other": ((len(OTHER_PULLS),), "f8")}
    made = {
        "bandits": ({"seed": SEEDS}, Maker(train_player, player, told)),
        "long_bandits": (
            {"warm_up": (False, True), "seed": SEEDS},
            Maker(train_long, JUDGED | {"first": first}, told | {"batch": LONG_BATCH}),
        ),
        "coins": ({"seed": SEEDS}, Maker(train_predictor, {"weights": ((PREDICTOR.size,), "f4")}, told)),
    }
    return {f"{name}.npz": Store(DATA / f"{name}.npz", axes, [maker]) for name, (axes, maker) in made.items()}


def player(seed=PICTURED):
    """A stored bandit player's parameters. ValueError names a seed that is not stored."""
    return stores()["bandits.npz"].at(seed=seed)["weights"].astype(float)


def predictor(seed=PICTURED):
    """A stored coin predictor's parameters. ValueError names a seed that is not stored."""
    return stores()["coins.npz"].at(seed=seed)["weights"].astype(float)
