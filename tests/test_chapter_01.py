"""What chapter 1 says, held: its six things, their profile and their bits; quotations word for word; live cells."""

import inspect
import re
from math import comb, log2

import numpy as np
import pytest

from tests.notebooks import BOOK, cards_of, frames_of, open_function, read, shown_by
from tests.test_claims import CLAIMS, HUBINGER
from third_optimizer.experiments import tell_an_optimizer as telling

NAME = "01_tell_an_optimizer"

# From E. Hubinger et al., "Risks from Learned Optimization", arXiv:1906.01820, section 1.
DEFINITION = (
    "a system is an optimizer if it is internally searching through a search space (consisting of possible outputs, policies, "
    "plans, strategies, or similar) looking for those elements that score high according to some objective function that is "
    "explicitly represented within the system."
)
INTERNAL = (
    "Whether a system is an optimizer is a property of its internal structure—what algorithm it is physically implementing—and "
    "not a property of its input-output behavior."
)

# Ibid., section 1.1.
MESA = (
    "Mesa-optimization occurs when a base optimizer (in searching for algorithms to solve some problem) finds a model that is "
    "itself an optimizer, which we will call a mesa-optimizer."
)

# Ibid., section 5, of Wang et al. 2016 and Duan et al. 2016.
CLOSEST = "This sort of meta-learning research seems the closest to producing mesa-optimizers of any existing machine learning research."

# --- the things ---------------------------------------------------------------------------------------------


def near(name, probe, stop):
    return telling.watched(name, probe, stop)["near"]


@pytest.mark.parametrize("liquid", telling.LIQUIDS.values())
@pytest.mark.parametrize("start", [0.0, 0.35, 0.7, 1.0])
def test_a_cap_floats_in_what_is_denser(liquid, start):
    end = telling._cap(telling.RULES, start, None, liquid)[-1]
    assert end == pytest.approx(telling.SURFACE if liquid > telling.CAP else 0)


def test_a_thermostat_holds_what_its_heater_can_reach():
    """Heating adds at most POWER/LEAK degrees to outside; below outside it cannot get."""
    reach = telling.POWER / telling.LEAK
    for outside in telling.WEATHER:
        assert near("thermostat", "world", outside) == (outside <= 20 <= outside + reach), outside
    # a room that warms for 110 steps is within two degrees of the most that it could reach
    for wanted in telling.THINGS["thermostat"].stops["goal"]:
        assert near("thermostat", "goal", wanted) == (5 <= wanted <= 5 + reach), wanted


@pytest.mark.parametrize(("hill", "wanted"), [(telling.ground, None), (lambda x, h: telling.loss(x, 0.8, h), 0.8)])
def test_a_slope_is_the_slope_of_its_hill(hill, wanted):
    x, e = np.linspace(0, 1, 101), 1e-6
    for height in (0.0, 0.1):
        slope = (hill(x + e, height)[0] - hill(x - e, height)[0]) / (2 * e)
        assert hill(x, height)[1] == pytest.approx(slope, abs=1e-6)


def test_what_goes_downhill_never_climbs():
    for name, hill in (("raindrop", telling.ground), ("gradient descent", lambda x, h: telling.loss(x, 0.8, h))):
        for height in telling.HEIGHTS.values():
            heights = hill(np.array(telling.watched(name, "world", height)["states"]), height)[0]
            assert np.diff(heights).max() < 1e-9, (name, height)


def test_the_walkers_take_the_same_steps_until_they_are_probed():
    for start in telling.IN_MAZE["push"]:
        one, other = (
            telling.watched(name, "push", start)["states"] for name in ("walker by heart", "walker with a plan")
        )
        assert one == other and one[-1] == telling.GOAL
    assert len(telling.usual_way()) == 11 and telling.usual_way()[0] == telling.START


def test_a_walker_with_a_plan_takes_a_shortest_way_to_wherever_the_goal_is():
    for goal in telling.IN_MAZE["goal"]:
        seen = telling.watched("walker with a plan", "goal", goal)
        here = telling.maze(goal)
        assert len(seen["states"]) - 1 == here.grid(telling.distances(here, here.goal))[0][telling.START]


def test_a_walker_by_heart_goes_where_the_goal_was_and_bumps_into_a_new_wall():
    for goal in telling.IN_MAZE["goal"]:
        assert telling.watched("walker by heart", "goal", goal)["states"] == list(telling.usual_way())
    for shut in telling.IN_MAZE["world"]:
        way = telling.watched("walker by heart", "world", shut)["states"]
        assert way[-1] == way[-2] == telling.usual_way()[telling.usual_way().index(shut) - 1]


def test_profile():
    """As the page speaks of it: each thing passes something; only the walker with a plan passes all."""
    profile = telling.profile()
    passed = {name: [found and found[0] / found[1] for found in row.values()] for name, row in profile.items()}
    assert passed["walker with a plan"] == [1, 1, 1]
    assert passed["walker by heart"] == [1, pytest.approx(1 / 31), 0]
    assert passed["gradient descent"][:2] == [1, 1] and passed["gradient descent"][2] < 1
    assert passed["bottle cap"][1] is None is passed["raindrop"][1]
    assert all(max(share or 0 for share in row) >= 0.8 for row in passed.values())


def test_the_maze_has_as_many_cells_as_a_range_has_places():
    assert len(telling.CELLS) == telling.PLACES == 32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: telling.probed("stone", "push", 0), "name must be one of bottle cap, .*, got 'stone'"),
        (lambda: telling.probed("raindrop", "pull", 0), "probe must be one of push, goal, world, got 'pull'"),
        (lambda: telling.scored("twice"), "asked must be one of left alone, .*, got 'twice'"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- bits -----------------------------------------------------------------------------------------------------


def test_bits_are_halvings():
    assert (
        telling.bits(0, np.arange(8)) == 3 and telling.bits(3, np.arange(8)) == 1 and telling.bits(7, np.arange(8)) == 0
    )
    assert telling.bits(1, np.array([1, 0, 1, 2])) == pytest.approx(log2(4 / 3))


def test_left_alone_bits_tell_nothing_apart():
    alone = telling.means("left alone")
    assert all(alone[name] == 5 for name in telling.THINGS if name != "raindrop")
    assert 4 < alone["raindrop"] < 5


def blind(places):
    """Mean bits of a blind throw, by counting how many places lie at most so far away."""
    total = 0.0
    for wanted in range(places):
        for hit in range(places):
            off = abs(hit - wanted)
            total -= log2((min(places - 1, wanted + off) - max(0, wanted - off) + 1) / places)
    return total / places**2


def test_without_a_goal_inside_a_moved_goal_is_met_as_a_blind_throw_meets_it():
    moved = telling.means("its goal moved")
    for name in ("bottle cap", "raindrop", "walker by heart"):
        assert moved[name] == pytest.approx(blind(32), abs=0.25), name
    assert moved["walker with a plan"] == moved["gradient descent"] == 5 > moved["thermostat"] > 3


# --- the cards ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def numbers():
    return telling.claims()["B2"]


def test_claim_b2(numbers):
    """The cap as many bits as both walkers, until the goal moves: counted again from ends alone."""
    assert numbers["places"] == 32 and numbers["blind"] == pytest.approx(blind(32))
    assert numbers["cap"] == numbers["heart"] == numbers["plan"] == log2(32)
    away = [abs(place - int(telling.SURFACE * 32)) for place in range(32)]
    met = [-log2(sum(abs(p - w) <= abs(int(telling.SURFACE * 32) - w) for p in range(32)) / 32) for w in range(32)]
    steps = np.full((32, 32), np.inf)  # between open cells, by Floyd and Warshall
    for one, (row, column) in enumerate(telling.CELLS):
        for other, cell in enumerate(telling.CELLS):
            if abs(row - cell[0]) + abs(column - cell[1]) <= 1:
                steps[one, other] = one != other
    for between in range(32):
        steps = np.minimum(steps, steps[:, [between]] + steps[[between]])
    blindly = [-log2((steps[:, wanted] <= steps[hit, wanted]).mean()) for wanted in range(32) for hit in range(32)]
    assert numbers["blind_maze"] == pytest.approx(np.mean(blindly))
    assert max(away) == 22 and numbers["cap_moved"] == pytest.approx(np.mean(met))
    heart = []
    for goal in telling.IN_MAZE["goal"]:
        here = telling.maze(goal)
        steps = here.grid(telling.distances(here, here.goal))[0]
        heart.append(log2(32 / (steps[~telling.WALLS] <= steps[telling.GOAL]).sum()))
    assert numbers["heart_moved"] == pytest.approx(np.mean(heart)) and numbers["plan_moved"] == log2(32)


def test_quotations():
    """C6 and the page quote their source word for word."""
    page = " ".join(cell.source for cell in read(BOOK / f"{NAME}.md").cells if cell.cell_type == "markdown")
    quoted = re.findall("“([^”]+)”", CLAIMS[NAME, "C6"]["measured"] + page.replace("*optimizer*", "optimizer"))
    assert {DEFINITION, INTERNAL, MESA} <= set(quoted)
    others = [quote for quote in quoted if quote not in (DEFINITION, INTERNAL, MESA)]
    assert len(others) == 4 and all(quote in HUBINGER or quote in CLOSEST for quote in others)


# --- the page -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", telling.RULES, ids=lambda function: function.__name__)
def test_an_open_cell_and_the_package_say_the_same(function):
    assert open_function(NAME, function.__name__) == inspect.getsource(function).strip()


@pytest.mark.parametrize(
    ("edit", "asked", "thing"),
    [
        (("return reading < wanted", "return reading < wanted + 10"), "left alone", "thermostat"),
        (("optimum(maze, discount=0.9)", "optimum(maze, discount=0.9, sweeps=3)"), "left alone", "walker with a plan"),
    ],
)
def test_an_edit_of_an_open_cell_is_seen(edit, asked, thing):
    """In the figure of bits, of that thing alone, in picture and words; and on the card, if it stands there."""
    before, after = shown_by(NAME), shown_by(NAME, [edit])
    (one,), (other,) = (list(frames_of(shown)) for shown in (before, after))
    rows = [np.array(frame["columns"]["row"]) for frame in (one, other)]
    assert np.array_equal(*rows) and one["text"] != other["text"]
    values = [np.array(frame["columns"]["value"], float) for frame in (one, other)]
    assert set(rows[0][values[0] != values[1]]) == {thing}
    assert (cards_of(before)[0] != cards_of(after)[0]) == (thing == "walker with a plan")


def test_a_list_for_every_goal():
    """The exercise: an ordered pair of cells for each move, counted in another way."""
    numbers = telling.exercises()["long_list"]
    assert numbers["moves"] == 2 * comb(numbers["cells"], 2)
