"""The planner: its gradient against autograd and finite differences, its reward against walks one by one, and that it learns."""

import re

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad

from third_optimizer.base import adam, clip, fade, train
from third_optimizer.mesa import Planner, practise_walking
from third_optimizer.mesa.reward import WAYS, chances, entropy, exact, sampled
from third_optimizer.world import Mazes, RandomMazes, earned, optimum, snake

pytestmark = pytest.mark.filterwarnings("error")

WORLD = RandomMazes(4, (1, 2))
PRECISE = Planner(3, np.float64)


def loud(planner, seed):
    """Random parameters with a readout as loud as the rest, so that every part of the gradient can be seen."""
    parameters = planner.init(np.random.default_rng(seed))
    parameters[planner.ends[1] :] = np.random.default_rng(seed + 100).normal(size=planner.size - planner.ends[1]) / 2
    return parameters


# --- the machine once more, on the whole map with its walls, in autograd's numpy ------------------------------


def patches(maps):
    """(B, R, C, n) to (B, R, C, 9n), zeros outside."""
    rows, columns = maps.shape[1:3]
    padded = anp.pad(maps, [(0, 0), (1, 1), (1, 1), (0, 0)], mode="constant")
    return anp.concatenate([padded[:, r : r + rows, c : c + columns] for r in range(3) for c in range(3)], axis=3)


def on_the_map(parameters, mazes, sweeps, before=0, channels=3):
    """(logits (B, R, C, 4), last state (B, R, C, channels)); the first `before` sweeps are taken as given."""
    shapes, at, parts = [(27, channels), (9 * channels, channels), (9 * channels, 4), (4,)], 0, []
    for shape in shapes:
        parts.append(anp.reshape(parameters[at : at + int(np.prod(shape))], shape))
        at += int(np.prod(shape))
    drive, repeat, read, bias = parts
    free = ~mazes.walls[..., None]
    push = anp.dot(patches(np.stack([mazes.worths, mazes.worths > 0, ~mazes.walls], axis=3) * 1.0), drive)
    h = np.zeros((*mazes.walls.shape, channels))
    for k in range(before + sweeps):
        h = anp.maximum(anp.dot(patches(h), repeat) + push, 0) * free
        if k < before:
            h = getattr(h, "_value", h)  # no slope flows back through it
    return anp.dot(patches(h), read) + bias, h


def loss_on_the_map(parameters, mazes, sweeps, before, discount, calm, price):
    logits, h = on_the_map(parameters, mazes, sweeps, before)
    free, goal = ~mazes.walls, mazes.worths > 0
    ask = free & ~goal
    log = logits - anp.log(anp.sum(anp.exp(logits - anp.max(logits)), axis=3, keepdims=True)) - anp.max(logits)
    p, open_ = anp.exp(log), np.pad(free, [(0, 0), (1, 1), (1, 1)])
    rows, columns = free.shape[1:]
    value = mazes.worths
    for _ in range(2 * rows):
        padded, after = anp.pad(value, [(0, 0), (1, 1), (1, 1)], mode="constant"), 0
        for move, (r, c) in enumerate([(0, 1), (2, 1), (1, 0), (1, 2)]):
            there = open_[:, r : r + rows, c : c + columns]
            ends = padded[:, r : r + rows, c : c + columns] * there + value * ~there
            after = after + p[..., move] * ends
        value = mazes.worths + discount * after * ask
    spread = -anp.sum(p * log, axis=3)
    return -(anp.sum(value * ask) + calm * anp.sum(spread * ask)) / ask.sum() + price * anp.sum(h**2) / free.sum()


@pytest.mark.parametrize(("sweeps", "before", "price"), [(1, 0, 0.0), (2, 0, 0.1), (5, 0, 0.1), (3, 4, 0.1)], ids=str)
def test_the_gradient_by_hand_is_autograds_and_that_of_finite_differences(sweeps, before, price):
    mazes, parameters = WORLD.draw(np.random.default_rng(sweeps), 5), loud(PRECISE, sweeps)
    horizon, discount, calm = 8, 0.8, 0.2
    logits, states = PRECISE.think(parameters, mazes, before + sweeps, keep=sweeps)
    assert len(states) == sweeps + 1 and not any(state[-1].any() for state in states)
    assert np.allclose(logits, on_the_map(parameters, mazes, sweeps + before)[0][~mazes.walls], rtol=1e-9, atol=1e-12)

    class Fixed:
        def draw(self, rng, count):
            return mazes

    objective = practise_walking(
        PRECISE, Fixed(), batch=5, sweeps=sweeps, progressive=False, discount=discount, calm=calm, price=price
    )
    if before:  # the objective draws its head start at random; here the same parts are put together by hand
        slope = -exact(logits, mazes, horizon, discount)[1] - calm * entropy(logits, mazes)[1]
        gradient = PRECISE.back(parameters, mazes, states, slope, price)[0]
    else:
        loss, gradient = objective(parameters, None)
        assert loss == pytest.approx(loss_on_the_map(parameters, mazes, sweeps, 0, discount, calm, price))
    settings = (mazes, sweeps, before, discount, calm, price)
    wanted = grad(loss_on_the_map)(parameters, *settings)
    assert np.abs(wanted).max() > 1e-3 and np.allclose(gradient, wanted, rtol=1e-8, atol=1e-11)
    if not before:
        rng = np.random.default_rng(0)
        for _ in range(5):  # a step of 1e-6 would meet the kink of a ReLU now and then
            way = rng.normal(size=PRECISE.size)
            up, down = (objective(parameters + sign * 1e-8 * way, None)[0] for sign in (1, -1))
            assert (up - down) / 2e-8 == pytest.approx(gradient @ way, rel=1e-4, abs=1e-6)


def on_layers(parameters, planner, mazes, sweeps):
    """Logits of a machine of several layers, by machines of one layer, a sweep each, in autograd's numpy."""
    drive, repeat, read, bias = np.split(np.arange(planner.size), planner.ends[:-1])
    free, h = ~mazes.walls[..., None], np.zeros((*mazes.walls.shape, planner.channels))
    push = patches(np.stack([mazes.worths, mazes.worths > 0, ~mazes.walls], axis=3) * 1.0)
    push = anp.dot(push, parameters[drive].reshape(27, -1))
    for sweep in range(sweeps):
        layer = np.split(repeat, planner.layers)[sweep % planner.layers]
        h = anp.maximum(anp.dot(patches(h), parameters[layer].reshape(-1, planner.channels)) + push, 0) * free
    return (anp.dot(patches(h), parameters[read].reshape(-1, 4)) + parameters[bias])[~mazes.walls]


@pytest.mark.parametrize("begun", [0, 2])
def test_layers_that_are_not_shared_come_in_turn_and_have_their_own_slopes(begun):
    planner, mazes = Planner(3, np.float64, layers=3), WORLD.draw(np.random.default_rng(4), 3)
    parameters, slope = loud(planner, 4), np.random.default_rng(5).normal(size=(mazes.count, 4))
    logits, states = planner.think(parameters, mazes, 5, keep=5 - begun)
    assert planner.size == PRECISE.size + 2 * 27 * 3
    assert np.allclose(logits, on_layers(parameters, planner, mazes, 5))
    ours, _ = planner.back(parameters, mazes, states, slope, begun=begun)
    if not begun:
        wanted = grad(lambda p: anp.sum(on_layers(p, planner, mazes, 5) * slope))(parameters)
        assert np.abs(wanted).max() > 1e-3 and np.allclose(ours, wanted)
    else:  # three sweeps kept of five: the third layer, the first, the second
        at = np.split(np.arange(planner.size), planner.ends[:-1])[1].reshape(3, -1)
        turned = parameters.copy()
        turned[at] = parameters[at[[2, 0, 1]]]
        again = planner.think(turned, mazes, 3, state=states[0])
        assert np.allclose(again[0], logits)
        other, _ = planner.back(turned, mazes, again[1], slope)
        assert np.allclose(ours[at[[2, 0, 1]]], other[at])


def test_shuffled_worths_are_seen_and_the_own_ones_paid(monkeypatch):
    seen, think, start = [], Planner.think, PRECISE.init(np.random.default_rng(0))

    def told(self, parameters, mazes, sweeps, **options):
        seen.append((mazes, options["worth"]))
        return think(self, parameters, mazes, sweeps, **options)

    monkeypatch.setattr(Planner, "think", told)
    losses = [
        practise_walking(PRECISE, WORLD, calm=0, price=0, progressive=False, shuffled=shuffled)(
            start, np.random.default_rng(1)
        )
        for shuffled in (False, True)
    ]
    (plain, own), (mazes, other) = seen
    assert np.array_equal(own, plain.worth) and np.array_equal(mazes.worth, plain.worth)
    assert (other[mazes.goal] != own[mazes.goal]).mean() > 0.8 and not other[~mazes.goal].any()
    assert np.array_equal(np.sort(other), np.sort(own))
    # before it has learnt anything it earns about as much: paid is what is there
    assert losses[1][0] == pytest.approx(losses[0][0], rel=0.05) and not np.allclose(losses[0][1], losses[1][1])


def test_every_part_of_the_gradient_is_there():
    mazes, parameters = WORLD.draw(np.random.default_rng(0), 5), loud(PRECISE, 0)
    _, gradient = practise_walking(PRECISE, WORLD)(parameters, np.random.default_rng(0))
    assert [np.abs(part).max() > 1e-4 for part in np.split(gradient, PRECISE.ends[:-1])] == [True] * 4
    assert PRECISE.size == sum(part.size for part in PRECISE.unpack(parameters)) and Planner().size == 3316
    assert mazes.count  # the list is not empty


def test_half_the_digits_give_the_same_gradient_but_for_them():
    rng, world = np.random.default_rng(3), RandomMazes()
    double, single = Planner(16, np.float64), Planner(16)
    parameters = double.init(rng)
    (loss, gradient), (rough, other) = (
        practise_walking(planner, world)(parameters, np.random.default_rng(5)) for planner in (double, single)
    )
    assert other.dtype == np.float32 and rough == pytest.approx(loss, rel=1e-5)
    assert np.linalg.norm(other - gradient) < 1e-4 * np.linalg.norm(gradient)


def test_a_start_is_small_and_its_readout_smaller():
    planner = Planner()
    drive, repeat, read, bias = planner.unpack(planner.init(np.random.default_rng(0)))
    for part, bound in ((drive, 27**-0.5), (repeat, 144**-0.5), (read, 0.1 * 144**-0.5)):
        assert 0.95 * bound < np.abs(part).max() <= bound * (1 + 1e-6) and abs(part.mean()) < 0.1 * bound
    assert not bias.any()


# --- thinking ---------------------------------------------------------------------------------------------


def test_it_goes_on_from_where_it_was():
    mazes, parameters = WORLD.draw(np.random.default_rng(1), 3), loud(PRECISE, 1)
    whole, states = PRECISE.think(parameters, mazes, 7)
    _, first = PRECISE.think(parameters, mazes, 3, keep=0)
    rest, _ = PRECISE.think(parameters, mazes, 4, state=first[-1])
    assert len(states) == 8 and len(first) == 1 and np.array_equal(first[0], states[3]) and np.array_equal(whole, rest)
    assert np.array_equal(PRECISE.moves(parameters, mazes, 7), whole.argmax(axis=1))


def test_mazes_of_a_batch_never_meet_and_news_spreads_a_cell_a_sweep():
    mazes, parameters = RandomMazes(7).draw(np.random.default_rng(2), 4), loud(PRECISE, 2)
    together = PRECISE.think(parameters, mazes, 9)[0]
    alone = [PRECISE.think(parameters, mazes.pick([number]), 9)[0] for number in range(4)]
    assert np.allclose(together, np.concatenate(alone), rtol=0, atol=1e-12)
    # two goals trade places: what is k sweeps away in king's moves is untouched by fewer
    cell = int(np.flatnonzero(mazes.maze == 1)[0])
    far = np.maximum(abs(mazes.row - mazes.row[cell]), abs(mazes.column - mazes.column[cell]))
    seen = mazes.worth.copy()
    seen[cell] += 0.5
    for sweeps in (1, 2, 3):
        moved = PRECISE.think(parameters, mazes, sweeps)[0] != PRECISE.think(parameters, mazes, sweeps, worth=seen)[0]
        reached = (mazes.maze == 1) & (far <= sweeps + 1)  # the drive and the readout look a cell far too
        assert moved.any() and not moved[~reached].any()


def test_what_is_written_stands_and_what_is_added_is_seen():
    maze = snake(5)
    parameters, cells, vectors = loud(PRECISE, 3), np.array([2, 9]), np.array([[1.0, 2, 3], [0, 0, 5]])
    _, states = PRECISE.think(parameters, maze, 4, written=(cells, vectors))
    assert all(np.array_equal(state[cells], vectors) for state in states[1:])
    hidden = np.zeros(maze.count)
    logits = PRECISE.think(parameters, maze, 4, worth=hidden)[0]
    goal = np.flatnonzero(maze.goal)
    blank = Mazes(maze.walls, np.zeros_like(maze.worths))
    assert np.array_equal(logits, PRECISE.think(parameters, blank, 4)[0])
    # a goal is nothing but what its cell and its neighbours are pushed by
    push = (PRECISE.seen(maze) - PRECISE.seen(maze, hidden)) @ PRECISE.unpack(parameters)[0]
    told = np.flatnonzero(push.any(axis=1))
    assert goal[0] in told and len(told) < 4
    same = PRECISE.think(parameters, maze, 4, worth=hidden, added=(told, push[told]))[0]
    assert np.allclose(same, PRECISE.think(parameters, maze, 4)[0], rtol=0, atol=1e-12)


# --- reward ------------------------------------------------------------------------------------------------


def test_a_policy_without_doubt_earns_what_its_walks_earn():
    mazes, rng = RandomMazes(6).draw(np.random.default_rng(6), 20), np.random.default_rng(7)
    moves = rng.integers(4, size=mazes.count)
    logits = np.where(np.arange(4) == moves[:, None], 60.0, 0)
    for worth, _ in (exact(logits, mazes, 40, 0.9), sampled(logits, mazes, 40, 0.9, rng, 2)):
        assert worth == pytest.approx(earned(mazes, moves, 0.9)[~mazes.goal].mean(), rel=1e-9)


def test_the_mean_of_the_samples_is_the_exact_slope_of_the_first_move():
    """And cell by cell that of the whole walk, once it is divided by how often walks come by: summed over the steps,
    discounted, from every cell's start."""
    mazes, horizon, discount = RandomMazes(3, (1,)).draw(np.random.default_rng(1), 3), 60, 0.7
    logits = np.random.default_rng(8).normal(size=(mazes.count, 4))
    (worth, slope), ask = exact(logits, mazes, horizon, discount), ~mazes.goal
    p = chances(logits)[0]
    step = np.zeros((mazes.count, mazes.count))
    for move in range(4):
        np.add.at(step, (np.arange(mazes.count), mazes.target[move]), p[move] * ask)
    value = np.linalg.solve(np.eye(mazes.count) - discount * step, mazes.worth)
    assert worth == pytest.approx(value[ask].mean(), rel=1e-6)
    ahead = discount * value[mazes.target]
    first = (p * (ahead - (p * ahead).sum(axis=0)) * ask).T / ask.sum()
    visits = np.linalg.solve(np.eye(mazes.count) - discount * step.T, ask * 1.0)
    assert np.allclose(slope, first * visits[:, None], rtol=1e-6, atol=1e-9) and (visits[ask] >= 1).all()

    rng, rounds = np.random.default_rng(9), 4000
    estimates = np.array([sampled(logits, mazes, horizon, discount, rng)[1] for _ in range(rounds)])
    off = (estimates.mean(axis=0) - first)[ask] / (estimates.std(axis=0)[ask] / np.sqrt(rounds) + 1e-12)
    assert abs(off).max() < 4.5 and not estimates[:, ~ask].any()
    assert np.corrcoef(estimates.mean(axis=0).ravel(), first.ravel())[0, 1] > 0.98


def test_the_samples_mean_worth_is_the_exact_one():
    mazes, rng = RandomMazes(5).draw(np.random.default_rng(3), 50), np.random.default_rng(4)
    logits = rng.normal(size=(mazes.count, 4))
    means = [sampled(logits, mazes, 10, 0.9, rng)[0] for _ in range(200)]
    wanted = exact(logits, mazes, 10, 0.9)[0]
    assert abs(np.mean(means) - wanted) < 4 * np.std(means) / np.sqrt(200)


# --- it learns -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_it_learns_from_reward_alone(way):
    """A small one, briefly, on small mazes; the chapter's are held by what is stored of them."""
    world, planner, rng, steps = RandomMazes(4, (1, 2)), Planner(8), np.random.default_rng(0), 150
    objective = practise_walking(planner, world, way=way, sweeps=6, head_start=4, batch=16)
    run = train(objective, planner.init(rng), clip(fade(adam(0.02), steps), 1), steps, rng=rng)
    mazes = world.draw(np.random.default_rng(1), 300)
    best = optimum(mazes, 0.9)
    ask = ~mazes.goal & (best > 0)

    def share(parameters):
        return earned(mazes, planner.moves(parameters, mazes, 6), 0.9)[ask].sum() / best[ask].sum()

    assert share(run.parameters) > 0.95 > 0.6 > share(planner.init(np.random.default_rng(0)))


def test_practice_is_what_was_asked_for(monkeypatch):
    world, planner, asked = RandomMazes(3), Planner(2), []
    think = Planner.think

    def told(self, parameters, mazes, sweeps, **options):
        asked.append((len(mazes), sweeps, options["keep"]))
        return think(self, parameters, mazes, sweeps, **options)

    monkeypatch.setattr(Planner, "think", told)
    start, rng = planner.init(np.random.default_rng(0)), np.random.default_rng(1)
    for _ in range(400):
        practise_walking(planner, world, batch=2, sweeps=7, head_start=5)(start, rng)
    count, sweeps, kept = np.array(asked).T
    assert set(count) == {2} and set(kept) == {4, 5, 6, 7} and set(sweeps - kept) == set(range(6))
    # no head start at all: two batches in five, and a sixth of the rest
    assert abs((sweeps == kept).mean() - (0.4 + 0.6 / 6)) < 4 * 0.5 / np.sqrt(400)
    asked.clear()
    practise_walking(planner, world, batch=2, sweeps=7, progressive=False)(start, rng)
    assert asked == [(2, 7, 7)]
    # practice mazes are met again, new ones never
    pool = world.draw(np.random.default_rng(2), 3)
    drawn = []
    monkeypatch.setattr(
        Mazes,
        "pick",
        lambda self, numbers: (drawn.extend(numbers), Mazes(self.walls[numbers], self.worths[numbers]))[1],
    )
    for _ in range(20):
        practise_walking(planner, world, batch=2, pool=pool)(start, rng)
    assert len(drawn) == 40 and set(drawn) == {0, 1, 2}


@pytest.mark.parametrize(
    ("call", "arguments", "said"),
    [
        (Planner, dict(channels=0), "channels must be a whole number, at least 1, got 0"),
        (Planner, dict(layers=0), "layers must be a whole number, at least 1, got 0"),
        (PRECISE.unpack, dict(parameters=np.zeros(7)), "parameters must be 274 numbers, got shape (7,)"),
        (
            practise_walking,
            dict(planner=PRECISE, world=WORLD, way="by heart"),
            "way must be one of exact, sampled, got 'by heart'",
        ),
        (
            practise_walking,
            dict(planner=PRECISE, world=WORLD, batch=0),
            "batch must be a whole number, at least 1, got 0",
        ),
        (
            practise_walking,
            dict(planner=PRECISE, world=WORLD, sweeps=0),
            "sweeps must be a whole number, at least 1, got 0",
        ),
        (
            practise_walking,
            dict(planner=PRECISE, world=WORLD, head_start=-1),
            "head_start must be a whole number, at least 0, got -1",
        ),
        (
            practise_walking,
            dict(planner=PRECISE, world=WORLD, calm=-1),
            "calm must be a finite number, at least 0, got -1",
        ),
        (
            practise_walking,
            dict(planner=PRECISE, world=WORLD, price=np.nan),
            "price must be a finite number, at least 0, got nan",
        ),
        (
            sampled,
            dict(logits=np.zeros((13, 4)), mazes=snake(3), horizon=3, discount=1, rng=None, walks=1),
            "walks must be a whole number, at least 2, got 1",
        ),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(call, arguments, said):
    with pytest.raises(ValueError, match="^" + re.escape(said)):
        call(**arguments)
