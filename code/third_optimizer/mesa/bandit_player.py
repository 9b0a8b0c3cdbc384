"""A machine that plays bandits: a recurrent net that sees its own last pull, what that brought, and how many are left.

It is trained on reward alone (Wang et al. 2016, arXiv:1611.05763; Duan et al. 2016, arXiv:1611.02779): games are
played, and a pull becomes likelier if more came after it than the net itself had foretold.
"""

import numpy as np

from third_optimizer.theory import next_chance

from .recurrent import GRU

SEEN = 6  # lever 1 paid, lever 1 did not, lever 2 paid, lever 2 did not, pulls left in tens, one


class BanditPlayer(GRU):
    """A GRU that says, before each pull, two logits and the reward that it expects from here on."""

    def __init__(self, units=32, dtype=np.float32):
        super().__init__(units, SEEN, 3, dtype)

    def sight(self, left, games, lever=None, paid=None):
        """(SEEN, games): what it sees with so many pulls left after a pull of `lever`, (games,), that `paid` or not."""
        seen = np.zeros((SEEN, games), self.dtype)
        if lever is not None:
            seen[2 * lever + (1 - paid), np.arange(games)] = 1
        seen[4], seen[5] = left / 10, 1
        return seen

    def play(self, parameters, games, rng=None):
        """Play Games: (levers (pulls, B), paid (pulls, B) bool, what `back` needs). rng: to draw levers by their
        chances; None: always the likelier one."""
        parts, pulls = self.unpack(parameters), games.pays.shape[2]
        state, pulled = self.start(len(games)), np.zeros((len(games), 2), int)
        seen = self.sight(pulls, len(games))
        levers, paid, states, kept, said = [], [], [], [], []
        for left in range(pulls - 1, -1, -1):
            state, cache = self.step(parts, state, seen)
            told = self.say(parts, state)
            second = told[1] - told[0]  # the logit of the second lever
            if rng is None:
                lever = (second > 0).astype(int)
            else:
                lever = (rng.random(len(games), dtype=np.float32) * (1 + np.exp(-second)) < 1).astype(int)
            won = games.pull(lever, pulled)
            pulled[np.arange(len(games)), lever] += 1
            seen = self.sight(left, len(games), lever, won.astype(int))
            for one, each in zip((levers, paid, states, kept, said), (lever, won, state, cache, told), strict=True):
                one.append(each)
        return np.array(levers), np.array(paid), (parts, states, kept, said)

    def histories(self, parameters, pulls, beta=(1, 1)):
        """Every history of a game of `pulls` pulls that it, always pulling the likelier lever, can meet.

        A generator over pulls of {counts: (n, 4) paid and not of the first lever and of the second; chance (n,): of the
        history; lever (n,): what it pulls; second (n,): its logit for the second lever; state (units, n)}; n doubles
        with every pull. beta: the distribution that the levers' chances come from.
        """
        parts = self.unpack(parameters)
        counts, chance, state, seen = np.zeros((1, 4), int), np.ones(1), self.start(1), self.sight(pulls, 1)
        for done in range(pulls):
            state, _ = self.step(parts, state, seen)
            told = self.say(parts, state)
            second = told[1] - told[0]
            lever = (second > 0).astype(int)
            yield {"counts": counts, "chance": chance, "lever": lever, "second": second, "state": state}
            if done == pulls - 1:
                return
            ahead = np.arange(len(lever))
            pays = next_chance(counts[ahead, 2 * lever], counts[ahead, 2 * lever + 1], beta)
            paid, lever = np.repeat([1, 0], len(lever)), np.tile(lever, 2)
            counts, state = np.tile(counts, (2, 1)), np.tile(state, 2)
            chance = np.concatenate([chance * pays, chance * (1 - pays)])
            counts[np.arange(len(lever)), 2 * lever + 1 - paid] += 1
            seen = self.sight(pulls - done - 1, len(lever), lever, paid)


def practise_pulling(player, bandits, *, batch=256, calm=0.02, foretell=0.25):
    """objective(parameters, rng) for base.train: minus the mean reward of a game, and its slope as sampled.

    A pull counts by what came after it less what the player foretold (A2C; Mnih et al. 2016, arXiv:1602.01783).
    calm: what a nat of entropy is worth; foretell: weight of the squared error of what it foretells.
    """

    def objective(parameters, rng):
        games = bandits.draw(rng, batch)
        levers, paid, (parts, states, kept, said) = player.play(parameters, games, rng)
        to_come = paid[::-1].cumsum(axis=0)[::-1].astype(player.dtype)
        slopes = []
        for lever, more, told in zip(levers, to_come, said, strict=True):
            second = 1 / (1 + np.exp(told[0] - told[1]))  # chance of the second lever
            better = more - told[2]
            of_logit = -better * (lever - second) + calm * second * (1 - second) * (told[1] - told[0])
            slopes.append(
                np.stack([-of_logit, of_logit, -2 * foretell * better]) / player.dtype.type(len(games) * len(levers))
            )
        return -float(paid.sum()) / len(games), player.back(parts, states, kept, slopes)

    return objective
