"""Reward: the discounted worth that a policy reaches in mazes, its slope in the policy's logits by two ways, and the
objective that trains a planner on nothing else.

*Exact*: every walk at once, weighted by its chance, through the known world. *Sampled*: walks are taken, and each first
move is made likelier or less so by what its walk brought; no derivative of the world is ever asked for.
"""

import numpy as np

WAYS = ("exact", "sampled")
BACK = [1, 0, 3, 2]  # the move that undoes each


def chances(logits):
    """(p, log p) of the moves, each (4, count), from logits (count, 4)."""
    logits = np.ascontiguousarray(logits.T)
    log = logits - logits.max(axis=0)
    log -= np.log(np.exp(log).sum(axis=0))
    return np.exp(log), log


def exact(logits, mazes, horizon, discount):
    """(mean worth reached from the open cells that are no goals, its slope in the logits (count, 4)).

    Walks end after `horizon` steps, with nothing.
    """
    p, _ = chances(logits)
    kind, ask = p.dtype, ~mazes.goal
    going = (discount * ask).astype(kind)  # a goal ends the walk
    step, worth = p * going, mazes.worth.astype(kind)
    value = np.empty((horizon + 1, mazes.count), kind)  # with so many steps left
    value[0] = worth
    for left in range(horizon):
        np.einsum("ac,ac->c", step, value[left][mazes.target], out=value[left + 1])
        value[left + 1] += worth
    # backwards: visit[t] is the slope of the result in value[t]; it flows in from the neighbours that step here
    visit = np.zeros((horizon + 1, mazes.count + 1), kind)
    visit[-1, :-1] = ask / ask.sum()
    from_there = np.concatenate([step, np.zeros_like(step[:, :1])], axis=1)
    arrive = np.stack([from_there[BACK[move]][mazes.toward[move]] for move in range(4)])
    stay = (step * mazes.blocked).sum(axis=0)
    for left in range(horizon, 1, -1):
        np.einsum("ac,ac->c", arrive, visit[left][mazes.toward], out=visit[left - 1, :-1])
        visit[left - 1, :-1] += stay * visit[left, :-1]
    of_p = np.zeros_like(p)
    for left in range(horizon):
        of_p += visit[left + 1, :-1] * value[left][mazes.target]
    of_p *= going
    return float(value[-1][ask].mean()), (p * (of_p - (p * of_p).sum(axis=0))).T


def sampled(logits, mazes, horizon, discount, rng, walks=4):
    """(mean worth that `walks` walks from each open cell but the goals reached, an estimate of a slope in the logits).

    The estimate is the score function's (Williams 1992) on the first move of each walk, the other walks from the same
    cell being the baseline. Its mean is the slope of the first move with the rest of the policy held. Cell by cell that
    has, where walks may be long, the direction of the exact slope; only the factor is missing by which a cell counts
    more that walks from elsewhere pass through.
    """
    if not (isinstance(walks, int | np.integer) and walks >= 2):
        raise ValueError(f"walks must be a whole number, at least 2, got {walks!r}")
    p, _ = chances(logits)
    bounds = np.cumsum(p, axis=0)[:3]
    (start,) = np.nonzero(~mazes.goal)
    here = np.tile(start, walks)
    going, got = np.arange(len(here)), np.zeros(len(here))
    for step in range(horizon):
        dice = rng.random(len(here), dtype=np.float32)
        move = (dice > bounds[:, here]).sum(axis=0)
        if step == 0:
            first = move
        here = mazes.target[move, here]
        met = mazes.goal[here]
        got[going[met]] = discount ** (step + 1) * mazes.worth[here[met]]
        here, going = here[~met], going[~met]
        if not len(here):
            break
    got = got.reshape(walks, -1)
    better = ((got - got.mean(axis=0)) * (walks / (walks - 1))).ravel() / got.size
    slope = np.zeros((mazes.count, 4))
    for move in range(4):  # the slope of log p(first) is one at the first move, less p
        taken = (better * (first == move)).reshape(walks, -1).sum(axis=0)
        slope[start, move] = taken
    slope -= slope.sum(axis=1, keepdims=True) * p.T
    return float(got.mean()), slope


def entropy(logits, mazes):
    """(mean entropy of the moves at the open cells that are no goals, in nats, its slope in the logits)."""
    p, log = chances(logits)
    ask = ~mazes.goal
    surprise = -(p * log).sum(axis=0)
    return float(surprise[ask].mean()), (-p * (log + surprise) * (ask / ask.sum())).T


def practise_walking(
    planner,
    world,
    *,
    way="exact",
    batch=32,
    pool=None,
    sweeps=14,
    progressive=True,
    head_start=30,
    share=0.6,
    discount=0.9,
    calm=0.01,
    price=0.0005,
    walks=4,
    shuffled=False,
    show=None,
):
    """objective(parameters, rng) for base.train: minus the worth that the planner's policy reaches in random mazes.

    way: "exact" or "sampled". pool: Mazes to practise on; None: mazes of `world` never repeat. progressive: a random
    number of sweeps from half of `sweeps` up, in a share of the batches after up to `head_start` more through which no
    gradient flows (Bansal et al. 2022, arXiv:2202.05826); otherwise always `sweeps`, from nothing. calm: what a nat of
    entropy is worth. price: of activity. shuffled: the machine sees the batch's goals with one another's worths, so
    that what it sees says nothing of what is paid. show(mazes): what the cells show instead (Planner.seen). Walks may
    be twice as long as the maze is wide.
    """
    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}, got {way!r}")
    for name, value, least in (("batch", batch, 1), ("sweeps", sweeps, 1), ("head_start", head_start, 0)):
        if not (isinstance(value, int | np.integer) and value >= least):
            raise ValueError(f"{name} must be a whole number, at least {least}, got {value!r}")
    for name, value in (("calm", calm), ("price", price)):
        if not 0 <= value < np.inf:
            raise ValueError(f"{name} must be a finite number, at least 0, got {value}")

    def objective(parameters, rng):
        mazes = world.draw(rng, batch) if pool is None else pool.pick(rng.integers(len(pool), size=batch))
        keep, more = sweeps, 0
        if progressive:
            keep = int(rng.integers((sweeps + 1) // 2, sweeps + 1))
            more = int(rng.integers(head_start + 1)) if rng.random() < share else 0
        shown = mazes.worth if show is None else show(mazes)
        if shuffled:
            shown = np.zeros(mazes.count)
            shown[mazes.goal] = rng.permutation(mazes.worth[mazes.goal])
        logits, states = planner.think(parameters, mazes, more + keep, keep=keep, worth=shown)
        horizon = 2 * mazes.walls.shape[1]
        if way == "exact":
            worth, of_worth = exact(logits, mazes, horizon, discount)
        else:
            worth, of_worth = sampled(logits, mazes, horizon, discount, rng, walks)
        spread, of_spread = entropy(logits, mazes)
        loss = -worth - calm * spread
        if price:
            loss += price * float((states[-1] ** 2).sum()) / mazes.count
        slope = -of_worth - calm * of_spread
        return loss, planner.back(parameters, mazes, states, slope, price, worth=shown, begun=more)[0]

    return objective
