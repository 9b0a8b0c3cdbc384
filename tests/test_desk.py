"""The desk of a board: what a dial does is said where the board speaks, and the chart, the sentence and the button stay
in the window while dials are turned."""

import pytest
from playwright.sync_api import expect

from tests.games import PAGE, board_, log_rows, play_, spec_, stage_, train, turn  # noqa: F401 (fixtures)
from third_optimizer.meta import DIALS

ABOUT = "(dial) => document.getElementById(dial.getAttribute('aria-describedby')).textContent"


def sentence(board):
    return board.locator(".t3-game-sentence")


def said_of(spec, field):
    (dial,) = [dial for dial in spec["dials"] if dial["field"] == field]
    return f"{dial['label']}: {dial['about']}"


# --- what a dial does ------------------------------------------------------------------------------------


def test_each_dial_has_a_sentence_of_its_own(spec):
    told = {dial["field"]: dial["about"] for dial in spec["dials"]}
    assert told == {field: DIALS[field].about for field in told} and len(set(told.values())) == len(told) == 10
    assert all(about[-1] in ".?" and 20 < len(about) < 130 for about in told.values())


def test_a_dial_in_focus_is_told_and_the_last_try_comes_back(stage, spec):
    """By keyboard through all dials: to the eye where the board speaks, to the ear after the dial's own name."""
    opened, board = stage()
    page, verdict = opened.page, sentence(board).inner_text()
    assert not any(dial["about"] in verdict for dial in spec["dials"])
    board.locator("[data-dial=problems]").focus()
    fields = []
    for _ in spec["dials"]:
        field = page.evaluate("document.activeElement.dataset.dial")
        fields.append(field)
        expect(sentence(board)).to_have_text(said_of(spec, field))
        expect(sentence(board)).to_have_class("t3-game-sentence t3-game-about")
        assert f": {board.locator(f'[data-dial={field}]').evaluate(ABOUT)}" in said_of(spec, field)
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.disabled"):
            page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.dataset.dial"):
            break
    idle = [dial["field"] for dial in spec["dials"] if board.locator(f"[data-dial={dial['field']}]").is_disabled()]
    assert sorted(fields + idle) == sorted(dial["field"] for dial in spec["dials"]) and len(fields) > 6
    expect(sentence(board)).to_have_text(verdict)
    expect(sentence(board)).to_have_class("t3-game-sentence")


def test_a_dial_that_makes_no_difference_is_told_under_the_pointer(stage, spec):
    _, board = stage()
    turn(board, "architecture", 0)
    idle = [dial["field"] for dial in spec["dials"] if board.locator(f"[data-dial={dial['field']}]").is_disabled()]
    assert idle, "no dial is idle in a list reader"
    board.locator(f".t3-dial:has([data-dial={idle[0]}]) .t3-dial-name").hover()
    expect(sentence(board)).to_have_text(said_of(spec, idle[0]))


def test_a_dial_under_the_pointer_is_told_and_one_that_is_held_stays(stage, spec):
    opened, board = stage()
    verdict, dial = sentence(board).inner_text(), ".t3-dial:has([data-dial={}])"
    board.locator(dial.format("problems")).hover()
    expect(sentence(board)).to_have_text(said_of(spec, "problems"))
    board.locator(dial.format("step_length")).hover()
    expect(sentence(board)).to_have_text(said_of(spec, "step_length"))
    opened.page.mouse.move(2, 2)
    expect(sentence(board)).to_have_text(verdict)
    board.locator("[data-dial=problems]").press("ArrowRight")  # now it is held
    board.locator(dial.format("problems")).hover()
    opened.page.mouse.move(2, 2)
    expect(sentence(board)).to_have_text(said_of(spec, "problems"))


def test_a_dial_under_a_finger_is_told(stage, spec):
    """A slider while the finger is on it; a switch that is tapped until something else is."""
    opened, board = stage(width=390, has_touch=True)
    page, verdict = opened.page, sentence(board).inner_text()
    slider, touch = board.locator("[data-dial=problems]"), page.context.new_cdp_session(page)
    box = slider.bounding_box()
    spot = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})
    expect(sentence(board)).to_have_text(said_of(spec, "problems"))
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(sentence(board)).to_have_text(verdict)
    board.locator("[data-dial=brake]").tap()
    expect(sentence(board)).to_have_text(said_of(spec, "brake"))
    board.get_by_role("button", name="Train this").tap()
    expect(log_rows(board)).to_have_count(2)
    expect(sentence(board)).to_have_class("t3-game-sentence")
    assert sentence(board).inner_text() not in {verdict, *(said_of(spec, dial["field"]) for dial in spec["dials"])}


# --- in the window ---------------------------------------------------------------------------------------

IN_VIEW = """() => {
  const board = document.querySelector(".t3-game"), held = document.activeElement.getBoundingClientRect(),
    bar = parseFloat(getComputedStyle(board).getPropertyValue("--t3-bar")) || 0;
  const inside = (part) => { const { top, bottom, left, right, height } = board.querySelector(part).getBoundingClientRect();
    return height > 0 && top >= 0 && bottom <= innerHeight && left >= 0 && right <= innerWidth; };
  const covered = (part) => { const box = board.querySelector(part).getBoundingClientRect();
    return !board.querySelector(part).contains(document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2)); };
  const at = document.elementFromPoint((held.left + held.right) / 2, (held.top + held.bottom) / 2);
  return { chart: inside(".t3-game-chart svg"), sentence: inside(".t3-game-sentence"), button: inside(".t3-game-train"),
    covered: [".t3-game-chart", ".t3-game-sentence", ".t3-game-train"].filter(covered),
    held: Boolean(at) && at.closest(".t3-dial") === document.activeElement.closest(".t3-dial") };
}"""
WINDOWS = [(1366, 650), (1280, 800), (683, 325), (844, 390), (390, 844)]


def through_the_dials(opened, board):
    """What is in the window at each dial in turn, by Tab, from the first to the last that can be turned."""
    page, seen = opened.page, {}
    board.locator("[data-dial]:enabled").first.focus()
    while field := page.evaluate("document.activeElement.dataset.dial"):
        page.wait_for_timeout(50)
        seen[field] = page.evaluate(IN_VIEW)
        page.keyboard.press("Tab")
    return seen


@pytest.mark.parametrize(("width", "height"), WINDOWS)
@pytest.mark.parametrize("name", [PAGE, "book/index"])
def test_the_board_stays_in_the_window_while_dials_are_turned(open_page, name, width, height):
    opened = open_page(name, width=width, reduced_motion="reduce")
    page, board = opened.page, opened.page.locator(".t3-game")
    page.set_viewport_size({"width": width, "height": height})
    page.reload()  # how high the charts are is set when a page opens
    page.wait_for_selector(".t3-game-chart svg")
    train(board)
    expect(log_rows(board)).to_have_count(2)
    board.locator(".t3-game-board").evaluate("(board) => board.scrollIntoView()")
    seen = through_the_dials(opened, board)
    assert len(seen) >= 4
    good = {"chart": True, "sentence": True, "button": True, "covered": [], "held": True}
    last = list(seen)[-1]
    assert seen[last] == good, last
    assert {field: found for field, found in seen.items() if found != good} == {}
    assert opened.errors == []
