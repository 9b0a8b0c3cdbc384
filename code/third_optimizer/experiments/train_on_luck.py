"""What chapter 8 trains, and its stores: machines that play bandits, and machines that foretell a coin.

bandits: machines that play games of ten pulls, as their weights. long_bandits: games of twenty, with a warm-up over
shorter ones and without, as what they are worth. coins: coin predictors, as their weights.
"""

import numpy as np

from third_optimizer.base import adam, clip, fade, train
from third_optimizer.mesa import BanditPlayer, CoinPredictor, practise_pulling, practise_watching
from third_optimizer.theory import best_play, next_chance
from third_optimizer.world import Bandits

PULLS, LONG, TOSSES = 10, 20, 10
SEEDS = tuple(range(5))
PLAYER, PREDICTOR = BanditPlayer(), CoinPredictor()
STEPS = {"pulls": 6000, "long": 4000, "tosses": 1500}  # of Adam
SHORTEST, STAGES = 5, 20
FIRST = 40  # updates whose rewards are kept


def learn_to_pull(pulls=PULLS, seed=0, *, warm_up=False, steps=STEPS["pulls"], batch=256, rate=0.01, calm=0.05):
    """Train PLAYER on sampled reward, in STAGES: (parameters, mean reward of a game in each update).

    calm: of mesa.practise_pulling in the first stage; it falls to nothing in the last. warm_up: games begin with
    SHORTEST pulls, and have all of them from three fifths of the training on. rate: Adam's, in its first half.
    """
    from threadpoolctl import threadpool_limits

    rng, optimizer = np.random.default_rng(seed), clip(fade(adam(rate), steps), 1)
    parameters, state, rewards = PLAYER.init(rng), None, []
    with threadpool_limits(1):  # small matrices: more threads would wait for each other
        for stage in range(STAGES):
            grown = min(1, stage / STAGES / 0.6) if warm_up else 1
            bandits = Bandits(SHORTEST + int((pulls - SHORTEST) * grown))
            practice = practise_pulling(PLAYER, bandits, batch=batch, calm=calm * (1 - stage / (STAGES - 1)))
            run = train(practice, parameters, optimizer, steps // STAGES, rng=rng, state=state)
            parameters, state = run.parameters, run.state
            rewards.append(-run.losses)
    return parameters, np.concatenate(rewards)


def learn_to_foretell(seed=0, *, tosses=TOSSES, steps=STEPS["tosses"], batch=256, rate=0.03):
    """Train PREDICTOR on rows of so many tosses: the Run of base.train, its losses in nats a row."""
    rng, optimizer = np.random.default_rng(seed), clip(fade(adam(rate), steps), 1)
    return train(practise_watching(PREDICTOR, tosses, batch), PREDICTOR.init(rng), optimizer, steps, rng=rng)


def judge(parameters, pulls, beta=(1, 1)):
    """What a machine that plays is worth, over all its histories, each with its chance. The levers' chances come from
    this beta distribution, and so does the optimum.

    worth: reward of a game. share: of the way from chance to the optimum. agrees: share of its pulls that are the
    optimum's, even ones counted. against: pulls a game at which the optimum takes the lever that is less likely to pay
    now; dares: in what share of these it does so, too (NaN if there are none).
    """
    best, worths = best_play(pulls, beta)
    found = dict.fromkeys(("worth", "agrees", "against", "dared"), 0.0)
    for ahead in PLAYER.histories(parameters, pulls, beta):
        counts, lever, chance = ahead["counts"].T, ahead["lever"], ahead["chance"]
        every = np.arange(len(lever))
        now, then = np.array([next_chance(*counts[:2], beta), next_chance(*counts[2:], beta)]), worths[:, *counts]
        against = (np.abs(now[0] - now[1]) > 1e-9) & (np.abs(then[0] - then[1]) > 1e-9)
        against &= now.argmax(axis=0) != then.argmax(axis=0)
        found["worth"] += (chance * now[lever, every]).sum()
        found["agrees"] += (chance * (then[lever, every] > then.max(axis=0) - 1e-9)).sum() / pulls
        found["against"] += (chance * against).sum()
        found["dared"] += (chance * against * (lever == then.argmax(axis=0))).sum()
    guessing = pulls * beta[0] / sum(beta)
    dared = found.pop("dared")
    return found | {
        "share": (found["worth"] - guessing) / (best - guessing),
        "dares": dared / found["against"] if found["against"] else np.nan,
    }
