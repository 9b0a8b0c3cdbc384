"""The living maze: the page thinks as Python does, and does what a reader's finger, pointer and keys ask."""

import base64
import re
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.alone import opening, page_of
from tests.games import AXE, Notebook, until
from third_optimizer.experiments import train_planners as training
from third_optimizer.mesa import Planner
from third_optimizer.view.figures.maze import Teacher, maze
from third_optimizer.world import Mazes, RandomMazes
from third_optimizer.world.mazes import follow, optimum, snake

PLANNER = Planner(16)
STORE = training.stores()["planners.npz"]
WEIGHTS = STORE.at(way="exact", discount=0.9, seed=0)["weights"]
LUMPS = np.random.default_rng(3).normal(0, 1, (2, 16))
DISCOUNT = 0.9
TITLE, NOTE = "It plans as far as it thinks.", "A note."


def field(*rows):
    """One maze: # a wall, . an open cell, a digit a goal of so many tenths, * one of worth 1."""
    cells = np.array([list(row) for row in rows])
    worth = np.array([[1.0 if c == "*" else int(c) / 10 if c.isdigit() else 0.0 for c in row] for row in cells])
    return Mazes((cells == "#")[None], worth[None])


#     the walker begins where the way to a goal is longest
SMALL = field("..#..", "..#.8", ".....", "#.#.#", "5....")
OPEN = field("...", "...", "..*")


def component(**options):
    machines = {
        "exact": {"weights": WEIGHTS, "lumps": LUMPS},
        "sampled": {"weights": STORE.at(way="sampled", discount=0.9, seed=1)["weights"], "lumps": LUMPS},
    }
    given = dict(
        machines=machines, mazes={"small": SMALL, "open": OPEN, "snake": snake(9)}, title=TITLE, note=NOTE, id="maze",
        discount=DISCOUNT,
    )  # fmt: skip
    return maze(**given | options)


# --- a page with nothing but the maze ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    begin = """window.maze = new ThirdOptimizer.Maze(host, spec);"""
    return page_of(tmp_path_factory.mktemp("maze"), component(), begin)


@pytest.fixture
def living(browser, address):
    """living(width=390, ...) -> (Playwright's page, the figure); with less motion, unless asked for."""
    with opening(browser, address, ".t3-maze") as begin:
        yield begin


def as_page(one):
    """One maze as planner.js has it."""
    return {
        "rows": one.walls.shape[1],
        "columns": one.walls.shape[2],
        "wall": one.walls.ravel().tolist(),
        "worth": one.worths.ravel().tolist(),
    }


def now(page):
    """The maze as it stands on the page: (Mazes, the walker's cell, the goal that is held, sweeps)."""
    found = page.evaluate("[maze.maze, maze.walker, maze.held, maze.sweeps]")
    shape = (1, found[0]["rows"], found[0]["columns"])
    return Mazes(np.reshape(found[0]["wall"], shape), np.reshape(found[0]["worth"], shape)), *found[1:]


def cell(shown, row, column, of=SMALL):
    return shown.locator(f"[data-cell='{row * of.walls.shape[2] + column}']")


def tool(shown, name):
    shown.locator("label", has=shown.page.get_by_role("radio", name=name, exact=True)).click()


def middle(one):
    box = one.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, *stops):
    page.mouse.move(*middle(start))
    page.mouse.down()
    for stop in stops:
        page.mouse.move(*middle(stop), steps=4)
    page.mouse.up()


def slide(shown, dial, value):
    shown.locator(f"#maze-{dial}").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
    )


# --- the page and Python -------------------------------------------------------------------------------------

THINK = """({ weights, channels, lumps, mazes, sweeps }) => {
  const P = ThirdOptimizer.planner, machine = P.unpack(weights, channels);
  return mazes.map((maze) => {
    const thought = new P.Thought(machine, maze, lumps);
    return sweeps.map((n) => ({ moves: thought.moves(n), loud: thought.loud(n), ends: P.ends(maze, thought.moves(n)) }));
  });
}"""
SWEEPS = (1, 5, 14, 40)


def random_mazes():
    """A hundred of several sizes, some oblong."""
    rng = np.random.default_rng()
    for size, goals, count in ((7, (1, 2), 50), (10, (1, 2, 3), 30), (3, (1,), 10)):
        batch = RandomMazes(size, goals).draw(rng, count)
        yield from (batch.pick([k]) for k in range(count))
    for _ in range(10):
        walls = rng.random((1, 5, 9)) < 0.3
        yield Mazes(walls, np.where(walls, 0, (rng.random(walls.shape) < 0.05) * rng.uniform(0.2, 1, walls.shape)))


@pytest.mark.parametrize("written", [False, True], ids=["goals shown", "lumps written"])
def test_the_page_thinks_as_python_does(living, written):
    """A hundred mazes, others every time: each cell's move, but where two are all but equal; and how loud it is."""
    page, _ = living()
    mazes = list(random_mazes())
    ones = component().spec["machines"][0]
    told = {"weights": ones["weights"], "channels": 16, "lumps": ones["lumps"] if written else None}
    found = page.evaluate(THINK, told | {"mazes": [as_page(one) for one in mazes], "sweeps": SWEEPS})
    base, slope = (np.array(ones["lumps"][name]) for name in ("base", "slope"))
    judged = near = 0
    for one, thoughts in zip(mazes, found, strict=True):
        goals = np.flatnonzero(one.goal)
        ways = {"worth": np.zeros(one.count), "written": (goals, np.maximum(0, base + one.worth[goals, None] * slope))}
        ways = ways if written else {}
        for sweeps, thought in zip(SWEEPS, thoughts, strict=True):
            logits, states = PLANNER.think(WEIGHTS, one, sweeps, keep=0, **ways)
            best = np.sort(logits, axis=1)
            clear = best[:, -1] - best[:, -2] > 1e-3
            moves = np.array(thought["moves"])[one.open.ravel()]
            right = PLANNER.moves(WEIGHTS, one, sweeps, **ways)
            assert np.array_equal(moves[clear], right[clear]), (one.walls, one.worths, sweeps)
            assert set(np.array(thought["moves"])[one.walls.ravel()]) <= {0}
            loud = np.linalg.norm(states[-1][:-1], axis=1)
            assert np.array(thought["loud"])[one.open.ravel()] == pytest.approx(loud, rel=1e-3, abs=1e-3)
            judged, near = judged + clear.size, near + (~clear).sum()
    assert judged > 10_000 and near < 0.05 * judged


def test_walks_and_the_optimum_are_pythons(living):
    """Whatever the moves: where each walk ends and after how many steps; and the worth of the best."""
    page, _ = living()
    rng, mazes = np.random.default_rng(), list(random_mazes())
    moves = [rng.integers(4, size=one.walls.size) for one in mazes]
    found = page.evaluate(
        """([mazes, moves, discount]) => mazes.map((maze, k) => [ThirdOptimizer.planner.ends(maze, moves[k]),
          ThirdOptimizer.planner.optimum(maze, discount)])""",
        [[as_page(one) for one in mazes], [one.tolist() for one in moves], DISCOUNT],
    )
    met = 0
    for one, made, (ends, values) in zip(mazes, moves, found, strict=True):
        inside = np.flatnonzero(one.open.ravel())  # the list of open cells, as numbers of all cells
        end, steps = follow(one, made[inside])
        said = [ends[i] for i in inside]
        reach = np.isfinite(steps)
        assert [e["end"] for e in said] == np.where(reach, inside[end], -1).tolist()
        assert [e["steps"] for e in said] == np.where(reach, steps, 0).tolist()
        assert np.array(values)[inside] == pytest.approx(optimum(one, DISCOUNT), rel=1e-12)
        met += reach.sum()
    assert met > 100


# --- what the figure says ------------------------------------------------------------------------------------


def said(one, walker, sweeps, moves=None):
    """What it ought to say of a maze, by Python's own walks: two sentences."""
    moves = PLANNER.moves(WEIGHTS, one, sweeps) if moves is None else moves
    number = np.full(one.walls.size, -1)
    number[one.open.ravel()] = np.arange(one.count)
    end, steps = follow(one, moves)
    got = np.where(np.isfinite(steps), one.worth[end] * DISCOUNT ** np.where(np.isfinite(steps), steps, 0), 0)
    best = optimum(one, DISCOUNT)
    asked = (best > 0) & ~one.goal
    w = number[walker]
    name = 1 + np.flatnonzero(one.goal).tolist().index(end[w]) if got[w] else None
    fine = "no walk is clearly better." if got[w] > 0.97 * best[w] else "another walk is worth more."
    own = (
        f"From the walker it goes to goal {name} in {steps[w]:.0f} steps; {fine}"
        if name
        else "From the walker its moves lead to no goal."
    )
    return f"{own} In {(got > 0.97 * best)[asked].sum()} of {asked.sum()} cells its walk is as good as the best."


def test_it_says_what_pythons_walks_say(living):
    page, shown = living()
    expect(shown.locator(".t3-figure-title")).to_have_text(TITLE)
    expect(shown.locator(".t3-caption")).to_have_text(NOTE)
    for sweeps in (14, 0, 3, 40):
        slide(shown, "sweeps", sweeps)
        one, walker, _, at = now(page)
        assert at == sweeps and shown.locator(".t3-maze-said").inner_text() == said(one, walker, sweeps)
        label = shown.locator(".t3-maze-picture").get_attribute("aria-label")
        assert label == (
            f"A maze of 5 by 5 cells, goals: 1 worth 0.80, 2 worth 0.50. After {sweeps} sweeps: "
            + shown.locator(".t3-maze-said").inner_text()
        )
    expect(shown.locator(".t3-announce")).to_have_text(label)  # once the reader has come to rest


def test_each_cell_says_what_it_is(living):
    page, shown = living()
    one, walker, *_ = now(page)
    moves = PLANNER.moves(WEIGHTS, one, 14)
    words = [part.get_attribute("aria-label") for part in shown.locator(".t3-maze-cell").all()]
    assert words[2] == "row 1, column 3: wall" and words[9] == "row 2, column 5: goal 1, worth 0.80"
    assert words[20] == "row 5, column 1: goal 2, worth 0.50"
    end, steps = follow(one, moves)
    for k, i in enumerate(np.flatnonzero(one.open.ravel())):
        if one.goal[k]:
            continue
        to = f"to goal {1 + int(one.worth[end[k]] != 0.8)}" if np.isfinite(steps[k]) else "to no goal"
        own = "the walker; " if i == walker else ""
        assert (
            words[i] == f"row {i // 5 + 1}, column {i % 5 + 1}: {own}{('up', 'down', 'left', 'right')[moves[k]]}, {to}"
        )


def test_it_thinks_before_ones_eyes_sweep_by_sweep(living):
    page, shown = living(motion="no-preference")
    page.evaluate(
        "() => { window.seen = []; const draw = maze.draw; maze.draw = function () { seen.push(this.sweeps); draw.call(this); }; }"
    )
    shown.get_by_role("button", name="Let it think").click()
    page.wait_for_function("seen.length && seen[seen.length - 1] === 14")
    assert page.evaluate("seen") == list(range(15))
    shown.get_by_role("button", name="Let it think").click()
    page.wait_for_function("seen[seen.length - 1] === 2")
    slide(shown, "sweeps", 9)  # the reader takes the dial: it stays there
    page.wait_for_timeout(500)
    assert now(page)[3] == 9


def test_with_less_motion_it_has_thought_at_once(living):
    page, shown = living()
    slide(shown, "sweeps", 2)
    shown.get_by_role("button", name="Let it think").click()
    assert now(page)[3] == 14


# --- what a reader does --------------------------------------------------------------------------------------


@pytest.mark.parametrize("touch", [False, True])
def test_a_tap_sets_walls(living, touch):
    page, shown = living(width=390, has_touch=touch)
    tool(shown, "walls")
    for wall in (True, False):
        spot = cell(shown, 0, 3)
        spot.tap() if touch else spot.click()
        assert now(page)[0].walls[0, 0, 3] == wall and spot.get_attribute("aria-label").endswith("wall") == wall
    before = now(page)[1]
    cell(shown, 4, 0).click()  # a goal is not built over: it is held
    one, walker, held, _ = now(page)
    assert not one.walls[0, 4, 0] and one.goal.sum() == 2 and held == 20
    cell(shown, walker // 5, walker % 5).click()  # and where the walker stood, it goes elsewhere
    one, after, *_ = now(page)
    assert one.walls[0, walker // 5, walker % 5] and after != walker and one.open.ravel()[after]
    assert before in range(25)


def test_a_tap_sets_goals_and_holds_them_and_a_button_takes_them_away(living):
    page, shown = living()
    name, gone = shown.locator(".t3-dial-name").nth(1), shown.get_by_role("button", name="Remove goal")
    expect(name).to_have_text("Worth of goal 1")
    tool(shown, "goals")
    cell(shown, 2, 2).click()
    one, _, held, _ = now(page)
    assert one.worths[0, 2, 2] == 0.6 and held == 12
    expect(name).to_have_text("Worth of goal 3")
    drag(page, cell(shown, 2, 2), cell(shown, 2, 3))  # a goal keeps its name
    expect(name).to_have_text("Worth of goal 3")
    for _ in range(2):  # a tap never takes a goal away
        cell(shown, 1, 4).click()
        assert now(page)[2] == 9 and now(page)[0].worths[0, 1, 4] == 0.8
    gone.click()
    assert now(page)[0].worths[0, 1, 4] == 0 and now(page)[0].goal.sum() == 2
    cell(shown, 0, 2).click()  # in a wall: that opens, and the free name is taken
    one, _, held, _ = now(page)
    assert one.worths[0, 0, 2] == 0.6 and not one.walls[0, 0, 2] and held == 2
    expect(name).to_have_text("Worth of goal 1")
    for left in (2, 1, 0):
        gone.click()
        assert now(page)[0].goal.sum() == left
    assert now(page)[2] == -1 and not shown.locator("#maze-worth").is_visible() and not gone.is_visible()
    assert shown.locator(".t3-maze-said").inner_text() == "No goal can be reached from where the walker stands."
    assert "goals: none" in shown.locator(".t3-maze-picture").get_attribute("aria-label")
    shown.get_by_role("button", name="Back to start").click()
    one, *_ = now(page)
    assert np.array_equal(one.walls, SMALL.walls) and np.array_equal(one.worths, SMALL.worths)


def test_there_are_as_many_goals_as_digits(living):
    page, shown = living()
    shown.locator("#maze-maze").select_option(label="snake")
    page.evaluate("() => { for (let i = 0; i < 40; i++) if (!maze.maze.worth[i]) maze.apply(i, 'goal'); }")
    assert now(page)[0].goal.sum() == 9


@pytest.mark.parametrize("touch", [False, True])
def test_a_goal_goes_with_the_finger(living, touch):
    """Past walls and other goals it does not go; it keeps its worth, and is held."""
    page, shown = living(width=390, has_touch=touch)
    page.evaluate("document.body.style.paddingBottom = '200vh'")  # so that a finger could scroll the page
    way = [cell(shown, 1, 3), cell(shown, 2, 3), cell(shown, 2, 2), cell(shown, 1, 2)]  # the last is a wall
    if touch:
        finger = page.context.new_cdp_session(page)
        points = [dict(zip("xy", middle(one), strict=True)) for one in (cell(shown, 1, 4), *way)]
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        drag(page, cell(shown, 1, 4), *way)
    one, _, held, _ = now(page)
    assert one.worths[0, 2, 2] == 0.8 and one.worths[0, 1, 4] == 0 and held == 12 and one.goal.sum() == 2
    assert one.walls[0, 1, 2] and page.evaluate("scrollY") == 0
    if not touch:
        drag(page, cell(shown, 2, 2), cell(shown, 2, 1), cell(shown, 4, 1), cell(shown, 4, 0))
        one = now(page)[0]
        assert one.worths[0, 4, 0] == 0.5 and one.worths[0, 4, 1] == 0.8
        page.mouse.move(*middle(cell(shown, 0, 0)))  # nothing is held any longer
        assert now(page)[0].worths[0, 4, 1] == 0.8


def test_the_walker_is_set_and_dragged(living):
    page, shown = living()
    tool(shown, "the walker")
    cell(shown, 4, 3).click()
    assert now(page)[1] == 23
    cell(shown, 0, 2).click()  # a wall: it stays
    assert now(page)[1] == 23
    tool(shown, "goals")
    drag(page, cell(shown, 4, 3), cell(shown, 3, 3), cell(shown, 3, 2))
    one, walker, *_ = now(page)
    assert walker == 18 and one.goal.sum() == 2
    assert shown.locator(".t3-maze-said").inner_text() == said(one, walker, 14)
    drag(page, cell(shown, 3, 3), cell(shown, 2, 3), cell(shown, 2, 4), cell(shown, 1, 4))
    assert shown.locator(".t3-maze-said").inner_text().startswith("The walker stands on a goal. In ")


def test_the_dial_sets_what_a_goal_is_worth(living):
    page, shown = living()
    slide(shown, "worth", 4)
    one, walker, held, _ = now(page)
    assert held == 9 and one.worths[0, 1, 4] == pytest.approx(0.3) and one.worths[0, 4, 0] == 0.5
    assert shown.locator(".t3-dial-value").nth(1).inner_text() == "0.30"
    assert shown.locator(".t3-maze-said").inner_text() == said(one, walker, 14)
    cell(shown, 4, 0).click()
    assert shown.locator("#maze-worth").input_value() == "8"


def test_all_of_it_by_keyboard(living):
    """One cell is in the order of the Tab key; arrows go from cell to cell and stay inside."""
    page, shown = living()
    tool(shown, "goals")
    here = "document.activeElement.dataset.cell"
    assert shown.locator(".t3-maze-cell[tabindex='0']").count() == 1
    shown.locator(".t3-maze-cell[tabindex='0']").focus()
    for key, at in (("ArrowUp", 0), ("ArrowLeft", 0), ("ArrowRight", 1), ("ArrowDown", 6)):
        page.keyboard.press(key)
        assert page.evaluate(here) == str(at)
    page.keyboard.press("Enter")
    assert now(page)[0].worths[0, 1, 1] == 0.6
    for key, worth in (("+", 0.65), ("+", 0.7), ("-", 0.65)):
        page.keyboard.press(key)
        assert now(page)[0].worths[0, 1, 1] == pytest.approx(worth)
    for key, worth in (("+", 1), ("-", 0.1)):
        for _ in range(25):
            page.keyboard.press(key)
        assert now(page)[0].worths[0, 1, 1] == pytest.approx(worth)
    page.keyboard.press("Space")  # it is held already
    assert now(page)[0].goal.sum() == 3 and page.evaluate("scrollY") == 0
    page.keyboard.press("Delete")
    assert now(page)[0].worths[0, 1, 1] == 0 and page.evaluate(here) == "6"
    page.keyboard.press("+")  # no goal here: nothing
    assert now(page)[0].goal.sum() == 2
    tool(shown, "walls")
    shown.locator(".t3-maze-cell[tabindex='0']").focus()
    page.keyboard.press("Enter")
    assert now(page)[0].walls[0, 1, 1] and page.evaluate(here) == "6"
    for _ in range(6):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
    assert page.evaluate(here) == "24" and shown.locator(".t3-maze-cell[tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "maze-sweeps"


def test_lumps_in_its_head_instead_of_goals(living):
    page, shown = living()
    lumps = component().spec["machines"][0]["lumps"]
    shown.get_by_role("switch").check()
    one, walker, *_ = now(page)
    goals = np.flatnonzero(one.goal)
    written = (goals, np.maximum(0, np.array(lumps["base"]) + one.worth[goals, None] * np.array(lumps["slope"])))
    moves = PLANNER.moves(WEIGHTS, one, 14, worth=np.zeros(one.count), written=written)
    assert shown.locator(".t3-maze-said").inner_text() == said(one, walker, 14, moves)
    expect(shown.locator(".t3-dial-name").nth(1)).to_have_text("Height of lump 1")
    assert shown.locator("circle.t3-maze-lump").count() == 2
    shown.get_by_role("switch").uncheck()
    assert shown.locator(".t3-maze-said").inner_text() == said(one, walker, 14)


def test_another_maze_comes_as_it_was_and_another_machine_thinks(living):
    page, shown = living()
    tool(shown, "walls")
    cell(shown, 0, 0).click()
    shown.locator("#maze-maze").select_option(label="open")
    one, *_ = now(page)
    assert np.array_equal(one.walls, OPEN.walls) and np.array_equal(one.worths, OPEN.worths)
    shown.locator("#maze-maze").select_option(label="small")
    one, walker, *_ = now(page)
    assert np.array_equal(one.walls, SMALL.walls) and np.array_equal(one.worths, SMALL.worths)
    slide(shown, "sweeps", 2)
    shown.locator("#maze-machine").select_option(label="sampled")
    other = STORE.at(way="sampled", discount=0.9, seed=1)["weights"]
    assert shown.locator(".t3-maze-said").inner_text() == said(one, walker, 2, PLANNER.moves(other, one, 2))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_it_is_whole_in_every_view(living, width, theme):
    page, shown = living(width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = shown.locator(".t3-maze-picture").bounding_box()
    assert box["width"] == pytest.approx(box["height"], rel=0.02) and box["width"] >= 300
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.t3-maze'), {resultTypes: ['violations'], preload: false})")[
        "violations"
    ]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []


def test_forced_colours_leave_walls_goals_and_arrows(living):
    page, shown = living(forced_colors="active")
    fill = "(part) => getComputedStyle(part).fill"
    wall, ground = (cell(shown, *at).locator("rect").first.evaluate(fill) for at in ((0, 2), (0, 0)))
    assert wall != ground and shown.locator(".t3-maze-goal").first.evaluate(fill) not in (wall, ground)
    assert page.evaluate("document.querySelectorAll('.t3-maze-arrow').length") == 25


# --- what does not fit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 41}, "start must be from 0 to 40, the most sweeps, got 41"),
        ({"start": -1}, "start must be from 0 to 40, the most sweeps, got -1"),
        ({"sweeps": 10}, "start must be from 0 to 10, the most sweeps, got 14"),
        ({"title": " "}, "title must be a sentence"),
        ({"note": ""}, "note must be a sentence"),
        ({"mazes": {"two": RandomMazes(4).draw(np.random.default_rng(0), 2)}}, "two must be one maze, got 2"),
        ({"mazes": {}}, "there must be a machine and a maze, got 2 and 0"),
        ({"machines": {}}, "there must be a machine and a maze, got 0 and 3"),
        ({"discount": 0}, "discount must be above 0 and at most 1, got 0"),
        ({"discount": 1.1}, "discount must be above 0 and at most 1, got 1.1"),
        ({"machines": {"m": {"weights": WEIGHTS, "lumps": LUMPS[0]}}}, r"lumps must be two rows of numbers, got shape \(16,\)"),
        ({"machines": {"m": {"weights": WEIGHTS, "lumps": LUMPS[:, :8]}}}, "weights must be 1084 numbers for 8 channels, got 3316"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        component(**options)


def test_without_scripts_its_words_stand(static):
    page = component()._repr_mimebundle_()["text/html"]
    assert f"{TITLE} {NOTE}" in page and "a script did not run" in page and 'data-t3="maze"' in page


# --- in a kernel ---------------------------------------------------------------------------------------------


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4")


def in_a_hurry(told):
    """A real training of few steps, and what is told of it."""
    steps = 6
    planner, run, _ = training.learn(steps=steps, callback=lambda step, now, loss: told(step / steps, now))
    return {"weights": run.parameters, "lumps": np.zeros((2, planner.channels))}


def test_a_teacher_tells_how_far_it_is_and_what_it_made():
    sent = []
    Teacher(in_a_hurry).answer(SimpleNamespace(send=sent.append), "7")
    again = training.learn(steps=6)[1].parameters
    assert [message["type"] for message in sent] == ["progress"] * 7 + ["learned"]
    assert {message["number"] for message in sent} == {"7"}
    assert [message["done"] for message in sent[:-1]] == pytest.approx(np.arange(7) / 6)
    assert floats(sent[-1]["weights"]) == pytest.approx(again, rel=1e-6) and sent[-1]["channels"] == 16
    assert floats(sent[-2]["weights"]) == pytest.approx(again, rel=1e-6)
    assert not np.allclose(floats(sent[0]["weights"]), again)


def test_a_teacher_stops_when_it_is_told_to_and_begins_again():
    sent, began = [], threading.Event()

    def slowly(told):
        for step in range(100_000):
            told(step / 100_000, WEIGHTS)
            began.set()
        return {"weights": WEIGHTS, "lumps": LUMPS}

    teacher, widget = Teacher(slowly), SimpleNamespace(send=sent.append)
    for number in ("1", "2"):
        began.clear()
        teacher.hear(widget, {"type": "learn", "number": number})
        assert began.wait(10)
        teacher.hear(widget, {"type": "stop"})
        until(lambda: sent[-1]["type"] == "failed", 10)
        assert sent[-1] == {"type": "failed", "says": "stopped", "number": number}
        assert 0 < len(sent) < 100_000
        sent[:] = [{"type": "none"}]


def test_a_training_that_fails_says_why():
    def broken(told):
        raise ValueError("steps must be a whole number, got -1")

    sent = []
    Teacher(broken).answer(SimpleNamespace(send=sent.append), "3")
    assert sent == [{"type": "failed", "says": "ValueError: steps must be a whole number, got -1", "number": "3"}]


@pytest.fixture
def in_notebook(browser):
    opened = []

    def begin(train):
        made = component(train=train)
        opened.append(Notebook(browser, SimpleNamespace(component=lambda live: made), ready=".t3-maze"))
        return opened[-1], opened[-1].page.locator(".t3-maze")

    yield begin
    for one in opened:
        one.close()


def test_in_a_notebook_a_machine_is_trained_and_walks(in_notebook):
    notebook, shown = in_notebook(in_a_hurry)
    shown.get_by_role("button", name="Train one here").click()
    seen, status = [], shown.locator(".t3-busy")
    notebook.carry(
        lambda: status.inner_text().startswith("Trained."), seen=lambda: seen.append(status.inner_text())
    )  # fmt: skip
    assert any(re.fullmatch(r"Training… \d+ %", text) for text in seen)
    assert status.inner_text() == "Trained. It is the machine that walks now."
    picked = shown.locator("#maze-machine")
    assert picked.evaluate("(s) => s.options[s.selectedIndex].text") == "trained here 1"
    weights, walker = training.learn(steps=6)[1].parameters, shown.locator(".t3-maze-walker")
    moves = PLANNER.moves(weights, SMALL, 14)
    at = int(walker.evaluate("(w) => w.closest('[data-cell]').dataset.cell"))
    assert shown.locator(".t3-maze-said").inner_text() == said(SMALL, at, 14, moves)
    picked.select_option(label="exact")
    assert shown.locator(".t3-maze-said").inner_text() == said(SMALL, at, 14)
    assert shown.get_by_role("button", name="Train one here").is_visible()


def test_in_a_notebook_a_reader_need_not_wait(in_notebook):
    going = threading.Event()

    def slowly(told):
        for step in range(100_000):
            told(step / 100_000, WEIGHTS)
            going.wait(0.01)
        return {"weights": WEIGHTS, "lumps": LUMPS}

    notebook, shown = in_notebook(slowly)
    before = shown.locator(".t3-maze-said").inner_text()
    shown.get_by_role("button", name="Train one here").click()
    notebook.ask()
    until(lambda: notebook.sent)
    shown.get_by_role("button", name="Stop").click()
    notebook.carry(lambda: "No machine was made" in shown.locator(".t3-busy").inner_text())
    assert shown.locator(".t3-busy").inner_text() == "No machine was made: stopped."
    assert shown.locator(".t3-maze-said").inner_text() == before
    assert shown.locator("#maze-machine option").all_inner_texts() == ["exact", "sampled"]
    assert shown.get_by_role("button", name="Train one here").is_visible()


def test_a_page_offers_no_training(living):
    _, shown = living()
    assert shown.get_by_role("button", name="Train one here").count() == 0
