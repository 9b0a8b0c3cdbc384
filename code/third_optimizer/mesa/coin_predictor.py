"""A machine that watches a coin: a recurrent net that says, before each toss, how likely heads are."""

import numpy as np

from third_optimizer.theory import next_chance
from third_optimizer.world import tosses

from .recurrent import GRU


class CoinPredictor(GRU):
    """A GRU that sees the last toss (heads, tails, one) and says the log odds of heads."""

    def __init__(self, units=8, dtype=np.float32):
        super().__init__(units, 3, 1, dtype)

    def sight(self, count, heads=None):
        """(3, count): what it sees after a toss, heads (count,) bool, or before the first."""
        seen = np.zeros((3, count), self.dtype)
        if heads is not None:
            seen[0], seen[1] = heads, ~heads
        seen[2] = 1
        return seen

    def watch(self, parameters, rows):
        """(log odds of heads before each toss (tosses, count), what `back` needs) for rows (count, tosses), bool."""
        parts, rows = self.unpack(parameters), np.asarray(rows, bool)
        seen, states, kept, odds = self.sight(len(rows)), [], [], []
        now = self.start(len(rows))
        for toss in rows.T:
            now, cache = self.step(parts, now, seen)
            seen = self.sight(len(rows), toss)
            for one, each in zip((states, kept, odds), (now, cache, self.say(parts, now)[0]), strict=True):
                one.append(each)
        return np.array(odds), (parts, states, kept)

    def histories(self, parameters, length):
        """Every row of tosses, toss by toss: {counts: (n, 2) heads and tails so far; chance (n,): of the row so far,
        any coin being as likely; odds (n,): its log odds of heads next; state (units, n)}; n doubles with a toss."""
        parts = self.unpack(parameters)
        counts, chance, state, seen = np.zeros((1, 2), int), np.ones(1), self.start(1), self.sight(1)
        for _ in range(length):
            state, _ = self.step(parts, state, seen)
            yield {"counts": counts, "chance": chance, "odds": self.say(parts, state)[0], "state": state}
            heads, likely = np.repeat([True, False], len(chance)), next_chance(counts[:, 0], counts[:, 1])
            counts = np.concatenate([counts + [1, 0], counts + [0, 1]])
            chance = np.concatenate([chance * likely, chance * (1 - likely)])
            state, seen = np.tile(state, 2), self.sight(len(heads), heads)


def surprise(odds, heads):
    """Nats that a toss costs who gave these log odds of heads."""
    return np.logaddexp(0, np.where(heads, -odds, odds))


def practise_watching(predictor, length=10, batch=256):
    """objective(parameters, rng) for base.train: mean nats a row costs of tosses of random coins, and its gradient."""

    def objective(parameters, rng):
        rows = tosses(rng, batch, length)
        odds, (parts, states, kept) = predictor.watch(parameters, rows)
        slopes = (1 / (1 + np.exp(-odds)) - rows.T).astype(predictor.dtype) / predictor.dtype.type(batch)
        loss = surprise(odds, rows.T).sum() / batch
        return float(loss), predictor.back(parts, states, kept, slopes[:, None])

    return objective
