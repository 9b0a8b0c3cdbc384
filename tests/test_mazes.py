"""Mazes: neighbours against a look at the map, distances against scipy's graphs, values and walks against plain loops."""

import re

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from third_optimizer.mesa import walkers
from third_optimizer.world import MOVES, Mazes, RandomMazes, crow_flies, distances, earned, follow, optimum, snake

pytestmark = pytest.mark.filterwarnings("error")

STEPS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
SIZES = {"usual": RandomMazes(), "three goals": RandomMazes(6, (3,), 0.6), "tiny": RandomMazes(2, (1,))}


@pytest.fixture(params=SIZES.values(), ids=SIZES)
def mazes(request):
    return request.param.draw(np.random.default_rng(1), 12)


def places(mazes):
    """Every open cell as (maze, row, column), in the order of the list."""
    return [tuple(map(int, at)) for at in np.argwhere(~mazes.walls)]


def end(mazes, at, move):
    """Where a move ends, by a look at the map."""
    maze, row, column = at[0], at[1] + STEPS[move][0], at[2] + STEPS[move][1]
    inside = 0 <= row < mazes.walls.shape[1] and 0 <= column < mazes.walls.shape[2]
    return (maze, row, column) if inside and not mazes.walls[maze, row, column] else at


def test_the_list_is_the_map(mazes):
    cells = places(mazes)
    assert mazes.count == len(cells) and len(mazes) == 12
    assert cells == list(zip(mazes.maze, mazes.row, mazes.column, strict=True))
    assert mazes.worth.tolist() == [mazes.worths[at] for at in cells] and mazes.goal.tolist() == [
        mazes.worths[at] > 0 for at in cells
    ]
    for number, at in enumerate(cells):
        for move, name in enumerate(MOVES):
            ends = end(mazes, at, name)
            assert cells[mazes.target[move, number]] == ends and mazes.blocked[move, number] == (ends == at)
        patch = [(at[0], at[1] + down, at[2] + right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
        assert mazes.near[number].tolist() == [cells.index(near) if near in cells else mazes.count for near in patch]


def test_a_map_of_what_cells_have(mazes):
    (map_,) = mazes.grid(np.arange(mazes.count)[None], -1)
    assert [map_[at] for at in places(mazes)] == list(range(mazes.count)) and (map_[mazes.walls] == -1).all()
    assert np.isnan(mazes.grid(mazes.worth)[mazes.walls]).all()


def test_picked_mazes_are_those_of_the_numbers(mazes):
    again = mazes.pick([3, 0, 3])
    assert np.array_equal(again.worths, mazes.worths[[3, 0, 3]]) and np.array_equal(again.walls, mazes.walls[[3, 0, 3]])


def graph(mazes, shut):
    """Steps between all cells by scipy; no way leads on from a cell that is shut."""
    froms, moves = np.nonzero((~mazes.blocked & ~shut).T)
    return dijkstra(csr_matrix((np.ones(len(froms)), (froms, mazes.target[moves, froms])), [mazes.count] * 2))


def test_distances_are_scipys_shortest_ways(mazes):
    assert np.array_equal(distances(mazes, mazes.goal), graph(mazes, False)[:, mazes.goal].min(axis=1))
    shut = np.random.default_rng(0).random(mazes.count) < 0.2
    ends = mazes.goal & ~shut
    wanted = graph(mazes, shut)[:, ends].min(axis=1, initial=np.inf)
    wanted[shut] = np.inf
    assert np.array_equal(distances(mazes, ends, shut), wanted)


@pytest.mark.parametrize("discount", [0.5, 0.9, 1])
def test_the_optimum_is_the_best_goals_by_its_shortest_way(mazes, discount):
    steps = graph(mazes, mazes.goal)[:, mazes.goal]
    wanted = np.max(
        np.where(np.isfinite(steps), discount ** np.where(np.isfinite(steps), steps, 0), 0) * mazes.worth[mazes.goal],
        axis=1,
    )
    assert np.allclose(optimum(mazes, discount), wanted, rtol=1e-12, atol=0)


@pytest.mark.parametrize("sweeps", [0, 1, 3, None])
def test_value_iteration_is_that_of_a_plain_loop(mazes, sweeps):
    cells = places(mazes)
    values = {at: mazes.worths[at] for at in cells}
    for _ in range(100 if sweeps is None else sweeps):
        values = {at: mazes.worths[at] or 0.9 * max(values[end(mazes, at, move)] for move in MOVES) for at in cells}
    assert np.allclose(optimum(mazes, 0.9, sweeps), [values[at] for at in cells], rtol=1e-12, atol=0)


def test_walks_are_followed_to_their_end(mazes):
    cells, moves = places(mazes), np.random.default_rng(4).integers(4, size=mazes.count)
    ends, steps = follow(mazes, moves)
    worth = earned(mazes, moves, 0.9)
    for number, at in enumerate(cells):
        taken = 0
        while not mazes.worths[at] and taken < mazes.count:
            at, taken = end(mazes, at, MOVES[moves[cells.index(at)]]), taken + 1
        if mazes.worths[at]:
            assert cells[ends[number]] == at and steps[number] == taken
            assert worth[number] == pytest.approx(mazes.worths[at] * 0.9**taken)
        else:
            assert steps[number] == np.inf and worth[number] == 0


def test_the_longest_walk_is_followed_too():
    maze = snake(31)
    _, steps = follow(maze, walkers.nearest(maze))
    assert steps.max() == steps[0] == (31**2 + 2 * 31 - 3) / 2


@pytest.mark.parametrize("size", [3, 5, 7, 9])
def test_a_snake_is_one_corridor(size):
    maze = snake(size)
    ways = (~maze.blocked).sum(axis=0)
    assert sorted(ways)[:2] == [1, 1] and (sorted(ways)[2:] == np.full(maze.count - 2, 2)).all()
    assert distances(maze, maze.goal)[0] == maze.count - 1 == (size**2 + 2 * size - 3) / 2
    assert size != 9 or maze.count == 49


def test_crow_flies_over_walls():
    maze = snake(9)
    goal = np.argwhere(maze.worths[0] > 0)[0]
    assert crow_flies(maze, maze.goal).tolist() == [abs(goal - at[1:]).sum() for at in np.argwhere(~maze.walls)]


def test_random_mazes_are_what_was_asked_for():
    world = RandomMazes(8, (1, 3), 0.4, (0.5, 0.7))
    mazes = world.draw(np.random.default_rng(0), 4000)
    goals = (mazes.worths > 0).sum(axis=(1, 2))
    assert set(goals) == {1, 3} and abs((goals == 1).mean() - 0.5) < 4 * 0.5 / np.sqrt(4000)
    assert 0.5 <= mazes.worth[mazes.goal].min() and mazes.worth[mazes.goal].max() < 0.7
    # a maze's share of walls is uniform up to 0.4: of mean 0.2 and deviation 0.4/√12; goals, 2 of 64 cells, stand free
    assert mazes.walls.mean() == pytest.approx(0.2 * (1 - 2 / 64), abs=4 * 0.4 / np.sqrt(12 * 4000))
    where = (mazes.worths > 0).mean(axis=0)
    assert abs(where - 2 / 64).max() < 5 * np.sqrt(2 / 64 / 4000)
    assert np.array_equal(world.draw(np.random.default_rng(0), 4000).worths, mazes.worths)


WALLS, WORTHS = np.zeros((1, 2, 2), bool), np.ones((1, 2, 2))


@pytest.mark.parametrize(
    ("call", "arguments", "said"),
    [
        (RandomMazes, dict(size=1), "size must be a whole number, at least 2, got 1"),
        (RandomMazes, dict(size=7.0), "size must be a whole number, at least 2, got 7.0"),
        (RandomMazes, dict(goals=(0,)), "goals must be a whole number, at least 1, got 0"),
        (RandomMazes, dict(goals=()), "goals must be one number or more, at most 49 each, got ()"),
        (RandomMazes, dict(size=2, goals=(5,)), "goals must be one number or more, at most 4 each, got (5,)"),
        (RandomMazes, dict(walls=1.0), "walls must be at least 0 and below 1, got 1.0"),
        (RandomMazes, dict(worths=(0, 1)), "worths must be finite, above 0, the lower first, got (0, 1)"),
        (RandomMazes, dict(worths=(2, 1)), "worths must be finite, above 0, the lower first, got (2, 1)"),
        (RandomMazes().draw, dict(rng=None, count=0), "count must be a whole number, at least 1, got 0"),
        (snake, dict(size=8), "size must be odd, got 8"),
        (snake, dict(size=1), "size must be a whole number, at least 3, got 1"),
        (Mazes, dict(walls=WALLS, worths=WORTHS[0]), "walls and worths must have one shape"),
        (Mazes, dict(walls=~WALLS, worths=WORTHS), "a goal must stand on an open cell, got 4 inside walls"),
        (Mazes, dict(walls=WALLS, worths=-WORTHS), "worths must be finite numbers, at least 0, got -1.0 to -1.0"),
        (Mazes, dict(walls=WALLS, worths=np.nan * WORTHS), "worths must be finite numbers, at least 0"),
        (optimum, dict(mazes=snake(), discount=0), "discount must be above 0 and at most 1, got 0"),
        (earned, dict(mazes=snake(), moves=None, discount=1.1), "discount must be above 0 and at most 1, got 1.1"),
        (crow_flies, dict(mazes=snake(), ends=[True] * 49), "ends must be one cell of each of 1 mazes, got 49 cells"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(call, arguments, said):
    with pytest.raises(ValueError, match="^" + re.escape(said)):
        call(**arguments)


# --- walkers by rule ---------------------------------------------------------------------------------------


def two_goals(far, near=0.4):
    """A corridor: a goal of worth `near` 2 steps to the left of the third cell, one of worth `far` 4 to its right."""
    worths = np.zeros((1, 1, 7))
    worths[0, 0, [0, 6]] = near, far
    return Mazes(np.zeros((1, 1, 7), bool), worths)


def test_each_rule_goes_by_its_own():
    maze, left, right = two_goals(far=0.45), 2, 3  # 0.4 · 0.9² against 0.45 · 0.9⁴
    assert walkers.nearest(maze)[2] == left and walkers.worthiest(maze)[2] == right
    assert walkers.value_iteration(maze, 20, 0.9)[2] == left and walkers.value_iteration(maze, 20, 0.99)[2] == right
    assert walkers.value_iteration(two_goals(far=0.6), 20, 0.9)[2] == right
    assert walkers.diffusion(two_goals(far=0.6), 60)[2] == left


def test_the_rules_reach_what_they_go_for(mazes):
    steps, best = distances(mazes, mazes.goal), optimum(mazes, 1.0)
    _, walked = follow(mazes, walkers.nearest(mazes))
    assert np.array_equal(walked, steps)
    assert np.allclose(earned(mazes, walkers.worthiest(mazes), 1.0), best)
    end, walked = follow(mazes, walkers.worthiest(mazes))
    met = best > 0
    wanted = graph(mazes, mazes.goal)[:, mazes.goal][met]
    wanted[mazes.worth[mazes.goal] != best[met][:, None]] = np.inf
    assert np.array_equal(walked[met], wanted.min(axis=1)) and not np.isfinite(walked[~met]).any()
    assert np.allclose(earned(mazes, walkers.value_iteration(mazes, 60, 0.9), 0.9), optimum(mazes, 0.9))


def test_a_walker_that_knows_nothing_stands_against_no_wall(mazes):
    moves = walkers.uphill(mazes, np.zeros(mazes.count))
    stuck = mazes.blocked.all(axis=0)
    assert not mazes.blocked[moves, np.arange(mazes.count)][~stuck].any()


def test_diffusion_adds_what_comes_from_several_sides():
    """Two goals of worth ½ on one side feed the field as one of worth 1 would."""
    worths = np.zeros((1, 3, 5))
    worths[0, 0, 1] = worths[0, 2, 1] = 0.5
    worths[0, 1, 4] = 0.6
    maze = Mazes(np.zeros((1, 3, 5), bool), worths)
    middle = places(maze).index((0, 1, 2))
    assert walkers.diffusion(maze, 60)[middle] == 2
    assert walkers.value_iteration(maze, 60, 0.9)[middle] == 3
