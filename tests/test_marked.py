"""The living maze with a coin and a flag: the page thinks as Python does, and the reader parts the two."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.alone import opening, page_of
from tests.games import AXE
from tests.test_maze import drag, middle, tool
from third_optimizer.mesa import Planner
from third_optimizer.view.figures.maze import marked_maze
from third_optimizer.world import CoinAndFlag, MarkedMazes, follow

PLANNER, RNG = Planner(16), np.random.default_rng(7)
# machines that nobody trained: with weights as large as these states stay of an ordinary size
WEIGHTS = [PLANNER.init(np.random.default_rng(seed)).astype(np.float16) for seed in range(4)]
LOUD = (0.5, 2.0)
ROOM = MarkedMazes(np.zeros((1, 5, 5), bool), [12], [12])
WALLED = MarkedMazes(np.arange(25).reshape(1, 5, 5) % 7 == 3, [0], [0])


def component(**options):
    machines = {
        f"{name} {split}": {"weights": WEIGHTS[k + 2 * split], "loudness": loudness}
        for split in (0, 1)
        for k, (name, loudness) in enumerate(zip(("faint", "loud"), LOUD, strict=True))
    }
    mazes = {"room": {"maze": ROOM, "walker": 20}, "walled": {"maze": WALLED, "walker": 23}}
    given = dict(
        machines=machines, mazes=mazes, title="Part them.", note="A note.", id="marked", loud=("faint", "loud"),
        parted="with split mazes", first=0, after=("q", "r"), start=5,
    )  # fmt: skip
    return marked_maze(**given | options)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    begin = """window.told = [], window.answers = {};
      window.maze = new ThirdOptimizer.MarkedMaze(host, spec, { get: (key) => answers[key], listen: (hear) => told.push(hear) });"""
    return page_of(tmp_path_factory.mktemp("marked"), component(), begin)


@pytest.fixture
def living(browser, address):
    """living(width=390, ...) -> (Playwright's page, the figure); with less motion, unless asked for."""
    with opening(browser, address, ".t3-maze") as begin:
        yield begin


def now(page):
    """(MarkedMazes of the one on the page, the walker's cell, the machine's number)."""
    maze, coin, flag, walker, number = page.evaluate("[maze.maze, maze.coin, maze.flag, maze.walker, maze.machine]")
    walls = np.reshape(maze["wall"], (1, maze["rows"], maze["columns"]))
    return MarkedMazes(walls, [coin], [flag], (1.0, 1.0)), walker, number


def said(one, walker, number, sweeps=5):
    """The sentences that the page should say, of Python's walks."""
    planes = np.stack([LOUD[number % 2] * one.flag, one.coin, np.ones(one.count)], axis=1)
    end, steps = follow(one, PLANNER.moves(WEIGHTS[number].astype(float), one, sweeps, worth=planes))
    met = np.isfinite(steps) & ~one.goal
    coin, flag = (int((met & mark[end]).sum()) for mark in (one.coin, one.flag))
    at = np.flatnonzero(one.open.ravel()).tolist().index(walker)
    whole = (one.coin & one.flag).any()
    to = "the coin and the flag" if whole else "the flag" if one.flag[end[at]] else "the coin"
    many = f"{steps[at]:.0f} step{'s' if steps[at] != 1 else ''}"
    own = (
        f"From the walker it goes to {to} in {many}."
        if np.isfinite(steps[at])
        else "From the walker it goes to neither."
    )
    cells = int((~one.goal).sum())
    return own + (
        f" {coin} of {cells} cells lead there." if whole
        else f" Of {cells} cells {coin} lead to the coin, {flag} to the flag."
    )  # fmt: skip


THINK = """([weights, mazes, sweeps]) => {
  const P = ThirdOptimizer.planner, machine = P.unpack(weights, 16, 16);
  return mazes.map(({ maze, coin, flag, loudness }) => {
    const show = (_, i) => [i === flag ? loudness : 0, i === coin ? 1 : 0];
    const thought = new P.Thought(machine, maze, null, show);
    return { moves: thought.moves(sweeps), loud: thought.loud(sweeps) };
  });
}"""


def test_the_page_thinks_as_python_does(living):
    """A hundred mazes, others every time, at several loudnesses; the numbers come as 16-bit floats."""
    page, _ = living()
    rng = np.random.default_rng()
    batches = [CoinAndFlag(size, split=0.7).draw(rng, count) for size, count in ((7, 50), (11, 40), (3, 10))]
    ones = [batch.pick([k]) for batch in batches for k in range(len(batch))]
    louds = [float(np.float32(rng.uniform(0.2, 4))) for _ in ones]
    told = [
        {
            "maze": {"rows": one.walls.shape[1], "columns": one.walls.shape[2], "wall": one.walls.ravel().tolist(),
                     "worth": one.goal.astype(int).tolist()},
            "coin": int(one.cells[0, 0]), "flag": int(one.cells[1, 0]), "loudness": loudness,
        }
        for one, loudness in zip(ones, louds, strict=True)
    ]  # fmt: skip
    found = page.evaluate(THINK, [component().spec["machines"][1]["weights"], told, 14])
    judged = near = 0
    for one, loudness, thought in zip(ones, louds, found, strict=True):
        planes = np.stack([loudness * one.flag, one.coin, np.ones(one.count)], axis=1)
        logits, states = PLANNER.think(WEIGHTS[1].astype(float), one, 14, keep=0, worth=planes)
        best = np.sort(logits, axis=1)
        clear = best[:, -1] - best[:, -2] > 1e-4
        moves = np.array(thought["moves"])[one.open.ravel()]
        assert np.array_equal(moves[clear], logits.argmax(axis=1)[clear])
        loud = np.linalg.norm(states[-1][:-1], axis=1)
        assert np.array(thought["loud"])[one.open.ravel()] == pytest.approx(loud, rel=1e-3, abs=1e-3)
        judged, near = judged + clear.size, near + (~clear).sum()
    assert judged > 4_000 and near < 0.05 * judged


def test_small_and_negative_numbers_come_as_they_are(living):
    page, _ = living()
    numbers = np.concatenate([RNG.normal(0, 10.0 ** RNG.integers(-7, 4, 3315)), [-0.0]]).astype("<f2")
    packed = component(machines=dict.fromkeys("abcd", {"weights": numbers, "loudness": 1.0})).spec["machines"][0]
    unpacked = page.evaluate(
        "(text) => { const m = ThirdOptimizer.planner.unpack(text, 16, 16); return [m.drive, m.repeat, m.read, m.bias].flatMap((part) => [...part]); }",
        packed["weights"],
    )
    assert np.array_equal(np.array(unpacked, "<f4"), numbers.astype("<f4"))


@pytest.mark.parametrize("touch", [False, True])
def test_the_flag_goes_with_the_finger_and_the_coin_stays(living, touch):
    page, shown = living(width=390, has_touch=touch)
    spot = lambda i: shown.locator(f"[data-cell='{i}']")  # noqa: E731
    assert shown.locator(".t3-maze-said").inner_text() == said(*now(page))
    if touch:
        finger = page.context.new_cdp_session(page)
        points = [dict(zip("xy", middle(spot(i)), strict=True)) for i in (12, 13, 14)]
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
        for point in points[1:]:
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        drag(page, spot(12), spot(13), spot(14))
    one, walker, number = now(page)
    assert one.cells.ravel().tolist() == [12, 14] and page.evaluate("scrollY") == 0
    assert shown.locator(".t3-maze-said").inner_text() == said(one, walker, number)
    assert spot(12).get_attribute("aria-label").endswith("the coin")
    assert spot(14).get_attribute("aria-label").endswith("the flag")
    assert shown.locator(".t3-maze-coin").count() == shown.locator(".t3-maze-flag").count() == 1
    if not touch:
        drag(page, spot(14), spot(12))
        drag(page, spot(20), spot(21))
        assert now(page)[0].cells.ravel().tolist() == [12, 12] and now(page)[1] == 21
        assert spot(12).get_attribute("aria-label").endswith("the coin and the flag")


def test_all_of_it_by_keyboard(living):
    page, shown = living()
    shown.locator("#marked-maze").select_option(label="walled")
    one, walker, _ = now(page)
    assert np.array_equal(one.walls, WALLED.walls) and walker == 23
    for name, key, at in (("the flag", "ArrowRight", 1), ("the walker", "ArrowRight", 2), ("walls", "ArrowDown", 7)):
        tool(shown, name)
        shown.locator(".t3-maze-cell[tabindex='0']").focus()
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.dataset.cell") == str(at)
    one, walker, _ = now(page)
    assert one.cells.ravel().tolist() == [0, 1] and walker == 2 and one.walls[0, 1, 2]
    for key in ("Delete", "+", "-"):  # keys of the other maze
        page.keyboard.press(key)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")  # no wall on a mark
    assert not now(page)[0].walls[0, 0, 1] and now(page)[0].cells.ravel().tolist() == [0, 1]
    shown.get_by_role("button", name="Back to start").click()
    assert np.array_equal(now(page)[0].walls, WALLED.walls) and now(page)[0].cells.ravel().tolist() == [0, 0]


def test_other_machines_wait_for_the_question(living):
    page, shown = living()
    dial, switch = shown.locator("#marked-loudness"), shown.get_by_role("switch")
    expect(dial).to_be_hidden()
    expect(switch).to_be_hidden()
    page.evaluate("answers.q = { choice: 1 }; told.forEach((hear) => hear())")
    expect(dial).to_be_visible()
    expect(switch).to_be_hidden()  # it would tell what a few split mazes do
    page.evaluate("answers.r = { choice: 1 }; told.forEach((hear) => hear())")
    expect(switch).to_be_visible()
    drag(page, shown.locator("[data-cell='12']"), shown.locator("[data-cell='14']"))
    dial.evaluate("(input) => { input.value = 1; input.dispatchEvent(new Event('input')); }")
    switch.check()
    assert now(page)[2] == 3 and shown.locator(".t3-maze-said").inner_text() == said(*now(page))
    assert "Machine: loud 1." in shown.locator(".t3-maze-picture").get_attribute("aria-label")
    page.evaluate("delete answers.r; told.forEach((hear) => hear())")
    expect(switch).to_be_hidden()
    assert now(page)[2] == 1
    page.evaluate("delete answers.q; told.forEach((hear) => hear())")
    expect(dial).to_be_hidden()
    assert now(page)[2] == 0


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_it_is_whole_in_every_view(living, width, theme):
    page, shown = living(width=width, theme=theme)
    page.evaluate("answers.q = answers.r = {}; told.forEach((hear) => hear())")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.t3-maze'), {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found["violations"]] == []


def test_forced_colours_leave_both_marks(living):
    page, shown = living(forced_colors="active")
    drag(page, shown.locator("[data-cell='12']"), shown.locator("[data-cell='14']"))
    fill = "(part) => getComputedStyle(part).fill"
    ground = shown.locator(".t3-maze-cell rect").first.evaluate(fill)
    for mark in ("coin", "flag"):
        assert shown.locator(f".t3-maze-{mark} .t3-maze-goal").evaluate(fill) != ground


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": 41}, "start must be from 0 to 40, the most sweeps, got 41"),
        ({"first": 4}, "there must be 4 machines, the first one of them, got 4, 4"),
        ({"loud": ("one",)}, "there must be 2 machines, the first one of them, got 4, 0"),
        ({"title": " "}, "title must be a sentence"),
        ({"mazes": {"two": {"maze": CoinAndFlag(3).draw(RNG, 2), "walker": 0}}}, "two must be one maze, got 2"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        component(**options)
