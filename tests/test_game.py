"""The game on a page: what the page is told, its weight, and whole games played in Chromium."""

import csv
import datetime
import gzip
import json
import math
import re
import zlib

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.codes import GameCode, decode, encode
from tests.conftest import ROOT
from tests.games import (  # noqa: F401 (fixtures)
    AXE,
    BOSS,
    GRID,
    ID,
    LEAK,
    MEMORY,
    OTHER,
    PAGE,
    PLAYERS,
    QUICK,
    board_,
    everything_said,
    finish,
    kept,
    log_rows,
    new_game,
    page_script_,
    play_,
    put,
    spec_,
    stage_,
    state,
    state_of,
    to_screen,
    train,
    turn,
    uncovered,
    until,
)
from third_optimizer.meta import ATLAS_SPACE, SEEDS, Design, Space
from third_optimizer.view import play as game
from third_optimizer.view.component import to_json
from third_optimizer.view.game.board import board as class_board
from third_optimizer.view.game.rules import compare, shown
from third_optimizer.view.game.runs import payload, script

# --- what the page is told ---------------------------------------------------------------------------


def test_the_board_and_the_atlas_are_light(spec):
    assert len(gzip.compress(to_json(spec).encode())) <= 30_000
    name, text = script(GRID)
    assert spec["runs"] == {"script": name} and len(gzip.compress(text.encode())) <= 400_000


def test_every_position_leads_to_its_design(board, spec):
    assert len(spec["index"]) == len(board.places) == math.prod(len(stops) for stops in ATLAS_SPACE.stops.values())
    for place, number in zip(board.places, spec["index"], strict=True):
        assert ATLAS_SPACE.designs[number] == board.design(place)
    assert board.design(spec["start"]) == GRID.start()


def test_the_page_reads_the_very_numbers_that_are_stored(page_script):
    """Every run of the atlas, unpacked by the page's script: scores equal to the last bit, curves to half a pixel."""
    unpacked = page_script.evaluate(
        """packed => { const runs = new ThirdOptimizer.Runs(packed);
      return [...runs.seeds, ...runs.confirm].map((seed) => Array.from({length: runs.designs}, (_, design) => runs.run(design, seed))); }""",
        payload(GRID),
    )
    for k, column in enumerate(unpacked):
        for what in ("practice", "fresh"):
            ours = np.array([np.inf if run_[what] is None else run_[what] for run_ in column])
            assert (ours == GRID.columns[what][:, k]).all()
        assert ([-1 if run_["at"] is None else run_["at"] for run_ in column] == GRID.columns["at"][:, k]).all()
        if k >= len(GRID.seeds):
            continue
        for i, run_ in enumerate(column):
            kept = GRID.outcome(ATLAS_SPACE.designs[i], GRID.seeds[k])
            assert (kept.longer, kept.blown) == (tuple(run_["longer"] or ()), tuple(run_["blown"] or ()))
            assert run_["follows"] == pytest.approx(max(kept.follows, -1), abs=1e-9)
            assert (math.inf if run_["tripled"] is None else run_["tripled"]) == kept.tripled
            assert run_["fresh_curve"] == pytest.approx(np.clip(kept.fresh_curve, 0.01, 200), rel=0.021)


def test_the_start_is_the_lowest_practice_error_and_the_counter_start_is_what_it_says(board, spec):
    counter = board.design(spec["counter"]["place"])
    assert (counter.problems, counter.architecture) == (
        None,
        "attention",
    ) and counter.step_length == GRID.start().step_length


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"budget": 0}, "budget must be a whole number, at least 1, got 0"),
        ({"budget": 2.5}, "budget must be a whole number"),
        ({"space": Space(Design(), step_length=(0.002, 0.02))}, "the grid holds no run of 2 of the space's designs"),
        ({"space": Space(passes=(1, 4))}, "is not in the space"),
    ],
)
def test_a_game_that_the_grid_cannot_serve_is_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        game(GRID, **options)


# --- on the page -----------------------------------------------------------------------------------------


def play_by_keyboard(page, board):
    """Twelve tries with the keyboard alone: all that was announced, and how often the button was pressed."""
    page.evaluate("""() => { window.told = []; new MutationObserver(() => { const text = document.querySelector('.t3-game > .t3-announce').textContent;
      if (text) told.push(text); }).observe(document.querySelector('.t3-game > .t3-announce'), {childList: true}); }""")
    board.locator("[data-dial=problems]").focus()
    rng = np.random.default_rng(1)
    presses = 0
    while log_rows(board).count() < 13:
        # go through the dials by Tab, turn some with the arrows or the space bar, press Enter on the button
        for _ in range(40):
            here = page.evaluate(
                "[document.activeElement.dataset.dial || '', document.activeElement.type, document.activeElement.className]"
            )
            if here[0] and rng.random() < 0.4:
                page.keyboard.press("Space" if here[1] == "checkbox" else ["ArrowRight", "ArrowLeft"][rng.integers(2)])
            if "t3-game-train" in here[2]:
                page.keyboard.press("Enter")
                presses += 1
                break
            page.keyboard.press("Tab")
        if log_rows(board).count() < 13:
            for _ in range(40):  # and back to the first dial
                page.keyboard.press("Shift+Tab")
                if page.evaluate("document.activeElement.dataset.dial") == "problems":
                    break
    return page.evaluate("told"), presses


def to_next_screen(page, heading):
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("Next: "):
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == heading


def test_a_whole_game_by_keyboard_alone(play):
    opened, board = play(accept_downloads=True)
    page = opened.page
    told, presses = play_by_keyboard(page, board)
    assert page.evaluate("document.activeElement.className") == "t3-game-end"  # the comparison, read at once
    assert len([text for text in told if text.startswith("Try ")]) == 12 and presses >= 12
    assert len([text for text in told if text.startswith("Try 7.")]) == 1
    assert (
        board.locator(".t3-game-end").is_visible() and not board.get_by_role("button", name="Train this").is_visible()
    )
    text = board.locator(".t3-game-end").inner_text()
    assert re.search("You are among the dice|Nine in ten of the dice did better|You did better than nine in ten", text)
    for one in ("dice", "climbing", "halving", "Gaussian process", "TPE", "you"):
        assert one in text
    assert board.locator(".t3-game-chart svg .mark-area path").count() >= 1  # the band
    reading = board.locator(".t3-game-readings").inner_text()
    assert "1,000 players of dice" in reading
    for heading in ("Find your tries in the sky", "What did you build?", "Keep trying", "What this does not show"):
        to_next_screen(page, heading)
    assert "nothing here searches by a goal of its own" in board.locator(".t3-game-end").inner_text()
    assert board.locator(".t3-game-chart").get_attribute("aria-label") in reading
    with page.expect_download() as download:
        board.get_by_role("button", name="Export the log").click()
    rows = list(csv.reader(open(download.value.path(), encoding="utf8", newline="")))
    assert len(rows) == 14 and rows[0][:3] == ["try", "seed", "Practice problems"] and rows[1][0] == "0"
    shown_fresh = [row.locator("td").nth(2).inner_text() for row in log_rows(board).all()][::-1]
    column = rows[0].index("fresh")
    assert [shown(float(row[column])) if row[column] else "×" for row in rows[1:]] == [
        re.sub("×.*", "×", text) for text in shown_fresh
    ]
    assert opened.errors == [] and opened.outside() == []
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.t3-game'), {resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []


def test_the_boss_by_keyboard_alone_hears_no_fresh_error_until_the_end(play):
    opened, board = play()
    page = opened.page
    board.get_by_role("button", name="New game").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("boss")  # finds the option by its first letters
    assert page.evaluate("document.activeElement.value") == "2"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className").endswith("t3-game-train")
    told, _ = play_by_keyboard(page, board)
    tries = [text for text in told if text.startswith("Try ")]
    assert (
        len(tries) == 12
        and not re.search(LEAK, " ".join(tries))
        and tries[-1].endswith("That was the last try. The covered error follows.")
    )
    assert page.evaluate("document.activeElement.className") == "t3-game-end"
    end = board.locator(".t3-game-end")
    assert "What the practice error chose" in end.inner_text() and "On fresh problems" in end.inner_text()
    for heading in ("Find your tries in the sky", "What did you build?", "Keep trying", "What this does not show"):
        to_next_screen(page, heading)
    assert board.get_by_label("Your game as a code").is_visible() and opened.errors == [] and opened.outside() == []
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.t3-game'), {resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []


def test_a_game_by_touch_on_a_phone_survives_a_reload(play, board):
    opened, shown_board = play(width=390, has_touch=True, is_mobile=True)
    page = opened.page
    designs = [
        Design(step_length=0.003),
        Design(problems=64, passes=4, step_length=0.01),
        Design(problems=64, architecture="mlp", step_length=0.001),
    ]
    for design in designs:
        put(shown_board, design, board)
        shown_board.get_by_role("button", name="Train this").tap()
    page.wait_for_timeout(400)
    before, sentence_before = (
        log_rows(shown_board).locator("..").first.inner_text(),
        shown_board.locator(".t3-game-sentence").inner_text(),
    )
    # charts and button stay in sight while the dials are turned
    shown_board.locator("[data-dial=step_length]").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('[data-dial=step_length]').scrollIntoView({block: 'center'})")
    for part in (".t3-game-chart", ".t3-game-curve", ".t3-game-train"):
        box = shown_board.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 844, part
    page.reload()
    page.wait_for_selector(".t3-game-chart svg")
    assert log_rows(shown_board).locator("..").first.inner_text() == before
    assert shown_board.locator(".t3-game-sentence").inner_text() == sentence_before
    assert "9 tries left" in shown_board.inner_text()
    assert "Step length" in before and len(kept(page)[ID]["value"]["tries"]) == 3
    small = page.evaluate("""() => [...document.querySelectorAll('.t3-game button, .t3-game input[type=range], .t3-game label')]
      .filter((e) => e.offsetParent && !e.parentElement.matches('.t3-dial:not(.t3-dial-switch)') || e.type === 'range').map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([, h]) => h < 44)""")
    assert small == []
    rng, places = np.random.default_rng(6), set()
    while log_rows(shown_board).count() < 13:  # now the dials too by finger
        for field in rng.permutation(board.fields)[:3]:
            dial = shown_board.locator(f"[data-dial={field}]")
            if dial.is_enabled():
                box = dial.bounding_box()
                dial.tap(position={"x": box["width"] * rng.uniform(0.1, 0.9), "y": box["height"] / 2})
        shown_board.get_by_role("button", name="Train this").tap()
        places.add(tuple(kept(page)[ID]["value"]["place"]))
    assert len(places) >= 6  # a finger does turn them
    end = shown_board.locator(".t3-game-end")
    assert end.is_visible()
    for heading in ("Find your tries in the sky", "What did you build?", "Keep trying", "What this does not show"):
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        end.get_by_role("button", name="Next: ").tap()
        assert end.locator("h3").inner_text() == heading
    tries = kept(page)[ID]["value"]["tries"]
    assert decode(
        shown_board.get_by_label("Your game as a code").input_value(), len(ATLAS_SPACE.designs), GRID.fingerprint
    ).tries == tuple((GRID.space.index[board.design(one["place"])], one["seed"]) for one in tries)
    shown_board.get_by_text("Show as a QR code").tap()
    shown_board.get_by_role("img", name="QR code").wait_for()
    assert (
        page.evaluate("document.documentElement.scrollWidth") <= 390 and opened.errors == [] and opened.outside() == []
    )


def test_two_windows_play_one_game(stage, board):
    opened, first = stage()
    second_page = opened.page.context.new_page()
    second_page.goto(opened.page.url)
    second_page.wait_for_selector(".t3-game-chart svg")
    second = second_page.locator(".t3-game")
    for number, (window, design) in enumerate(
        [(first, QUICK), (second, OTHER), (first, Design(step_length=0.01)), (second, Design(step_length=0.03))], 1
    ):
        put(window, design, board)
        window.get_by_role("button", name="Train this").click()
        for shown_board in (first, second):
            expect(log_rows(shown_board)).to_have_count(number + 1)
    assert [one["place"] for one in kept(opened.page)[ID]["value"]["tries"]][1] == board.place(OTHER)
    # a try under way is not written over what the other window did meanwhile
    first.page.emulate_media(reduced_motion="no-preference")
    put(second, QUICK, board)  # before: a try takes a second and a half to draw
    first.get_by_role("button", name="Train this").click()
    second.get_by_role("button", name="Train this").click()
    expect(first.locator(".t3-game-sentence")).to_contain_text(
        "Another window of this book has played on meanwhile", timeout=10_000
    )
    expect(log_rows(first)).to_have_count(6)
    assert len(kept(opened.page)[ID]["value"]["tries"]) == 5


def test_a_repeat_is_the_next_seed_and_a_fourth_is_refused(play, board):
    _, shown_board = play()
    page = shown_board.page
    put(shown_board, Design(step_length=0.003), board)
    for seed in (1, 2, 3):
        train(shown_board)
        assert f"recorded run, seed {seed}" in shown_board.locator(".t3-game-run").inner_text()
    assert "same dials, seed 3" in log_rows(shown_board).first.inner_text()
    expected = [shown(GRID.outcome(Design(step_length=0.003), seed).fresh) for seed in (3, 2, 1)]
    assert [row.locator("td").nth(2).inner_text() for row in log_rows(shown_board).all()][:3] == expected
    train(shown_board)
    assert (
        "run with all 3 seeds" in shown_board.locator(".t3-game-sentence").inner_text()
        and "This cost nothing" in page.locator(".t3-game > .t3-announce").inner_text()
    )
    assert "9 tries left" in shown_board.inner_text() and log_rows(shown_board).count() == 4
    # the start has been seen with its first seed
    shown_board.get_by_role("button", name="Use the dials of the start again").click()
    assert shown_board.locator(".t3-game-sentence").inner_text() == "The dials stand as at the start."
    turn(shown_board, "brake", 1)
    assert "stand as" not in shown_board.locator(".t3-game-sentence").inner_text()  # they no longer do
    shown_board.get_by_role("button", name="Undo a dial").click()
    train(shown_board)
    assert "the dials of the start, seed 2" in log_rows(shown_board).first.inner_text()
    assert "The dials of the start again, with seed 2" in shown_board.locator(".t3-game-sentence").inner_text()


@pytest.mark.parametrize("width", [1280, 390])
def test_a_row_of_the_log_opens_by_keyboard(stage, board, width):
    opened, shown_board = stage(width=width)
    page = opened.page
    designs = [Design(step_length=0.003), Design(problems=64, passes=4, step_length=0.01), MEMORY]
    said = []
    for design in designs:
        put(shown_board, design, board)
        train(shown_board)
        said.append(shown_board.locator(".t3-game-sentence").inner_text())
    run_label, curve = shown_board.locator(".t3-game-run"), shown_board.locator(".t3-game-curve")
    latest = run_label.inner_text(), curve.get_attribute("aria-label")
    detail = shown_board.locator(".t3-game-opened")

    def press(i):
        shown_board.get_by_role("button", name=f"Try {i}", exact=True).focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == f"Try {i}"

    def states():
        return [button.get_attribute("aria-expanded") for button in log_rows(shown_board).locator("th button").all()][
            ::-1
        ]

    press(2)
    assert states() == ["false", "false", "true", "false"] and run_label.inner_text() == "try 2: recorded run, seed 1"
    outcome, looked = GRID.outcome(designs[1], 1), curve.get_attribute("aria-label")
    assert (
        re.search(rf"fresh error \d+ at first, {shown(outcome.fresh)} at the end", looked)
        and looked in shown_board.locator(".t3-game-readings").inner_text()
    )
    assert detail.count() == 1 and detail.locator("p").all_inner_texts() == [
        said[1],
        f"{looked} The small chart shows it.",
    ]
    assert detail.evaluate("(row) => row.previousElementSibling.querySelector('button').ariaLabel") == "Try 2"
    words = detail.locator("li").all_inner_texts()
    assert [text.split(": ")[0] for text in words] == [dial["label"] for dial in board.spec(False)["dials"]]
    assert "Thinking passes: 4 (changed)" in words and "Machine: attends to it" in words
    press(3)
    assert (
        states() == ["false", "false", "false", "true"]
        and detail.count() == 1
        and "Thinking passes: makes no difference here" in detail.inner_text()
    )
    press(0)
    assert (
        run_label.inner_text() == "the start: recorded run, seed 1"
        and detail.locator("p").first.inner_text().startswith("You take over a finished design.")
        and "(changed)" not in detail.inner_text()
    )
    press(0)
    assert (
        states() == ["false"] * 4
        and detail.count() == 0
        and (run_label.inner_text(), curve.get_attribute("aria-label")) == latest
    )
    press(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "[...document.querySelectorAll('.t3-game-log button')].map((e) => e.getBoundingClientRect()).filter((b) => b.width < 44 || b.height < 44).length"
    )
    assert small == 0
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.t3-game'), {resultTypes: ['violations'], preload: false})")[
        "violations"
    ]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []
    train(shown_board)  # a new try shows the latest again
    assert states() == ["false"] * 5 and detail.count() == 0 and run_label.inner_text() == "recorded run, seed 2"


def test_an_explosion_is_a_result(play, board):
    design, seed = next(
        (d, s) for d in ATLAS_SPACE.designs for s in SEEDS if GRID.outcome(d, s).diverged_at is not None and s == 1
    )
    opened, shown_board = play()
    put(shown_board, design, board)
    train(shown_board)
    step = GRID.outcome(design, seed).diverged_at
    assert (
        shown_board.locator(".t3-game-sentence")
        .inner_text()
        .startswith(f"It exploded at step {step:,}. That cost a try.")
    )
    assert f"× step {step:,}" in log_rows(shown_board).first.inner_text()
    crosses = shown_board.locator(".t3-game-chart svg text", has_text="×")
    assert crosses.count() == 1
    top = shown_board.locator(".t3-game-chart").bounding_box()["y"]
    assert crosses.bounding_box()["y"] - top < 40
    assert (
        "11 tries left" in shown_board.inner_text()
        and "One try lies above the top edge" in shown_board.inner_text()
        and opened.errors == []
    )


def test_redundant_dials_say_so_and_undo_gives_back_no_tries(play):
    _, board = play()
    for field in ("passes", "warm_up"):
        assert board.locator(f"[data-dial={field}]").is_disabled()
    assert board.locator("[data-dial=passes]").get_attribute("aria-valuetext") == "makes no difference here"
    assert "Thinking passes makes no difference here" in board.inner_text()
    turn(board, "architecture", 1)
    assert (
        board.locator("[data-dial=passes]").is_enabled()
        and board.locator("[data-dial=architecture]").get_attribute("aria-valuetext") == "attends to it"
    )
    train(board)
    board.get_by_role("button", name="Undo a dial").click()
    assert (
        board.locator("[data-dial=passes]").is_disabled()
        and board.locator("[data-dial=architecture]").get_attribute("aria-valuetext") == "reads it as one list"
    )
    assert "11 tries left" in board.inner_text()
    assert not board.get_by_role("button", name="Undo a dial").is_enabled()


def test_the_chart_shows_the_players_that_are_chosen(play, board):
    _, shown_board = play()
    finish(shown_board, board)
    seen = set()
    for one in PLAYERS["searchers"]:
        shown_board.get_by_role("radio", name=one["name"]).check()
        reading = shown_board.locator(".t3-game-chart").get_attribute("aria-label")
        assert f"{one['count']:,} players of {one['name']}: the middle one gets {shown(one['median'][12])}" in reading
        seen.add(shown_board.locator(".t3-game-chart svg .mark-area").first.inner_html())
    assert len(seen) == len(PLAYERS["searchers"])


def test_what_was_built_is_told_in_the_stored_numbers(play, board):
    _, shown_board = play()
    finish(shown_board, board)
    to_screen(shown_board, 3)
    cells = [
        [cell.inner_text() for cell in row.locator("td").all()]
        for row in shown_board.locator(".t3-game-end tbody tr").all()
    ]
    tries = kept(shown_board.page)[ID]["value"]["tries"]
    for row, one in zip(cells[1:], tries, strict=True):
        outcome = GRID.outcome(board.design(one["place"]), one["seed"])
        if outcome.diverged_at is not None:
            assert row == ["–"] * 4
            continue
        assert row[0] == (
            "−100 or less" if outcome.follows <= -1 else str(math.floor(100 * outcome.follows + 0.5)).replace("-", "−")
        )
        assert row[1].removesuffix(" *") == (" · ".join(map(shown, outcome.longer)) or "–")
        assert row[3] == shown(outcome.tripled)


def test_the_odds_of_more_tries(play, board):
    _, shown_board = play()
    finish(shown_board, board)
    to_screen(shown_board, 4)
    slider = shown_board.locator(".t3-game-end input[type=range]")
    for k, tries in enumerate((12, 60, 300)):
        assert slider.get_attribute("aria-valuetext") == f"{tries} tries"
        text = shown_board.locator(".t3-game-end").inner_text()
        assert f"With {tries} tries, dice meet" in text and "bits" not in text  # chapter 12 asks for them
        numbers = [
            float(n)
            for n in re.search(r"iterates in (.*?) of all games", text)[1]
            .replace("more than ", "")
            .replace("less than ", "")
            .removesuffix(" %")
            .split(" to ")
        ]
        assert numbers[0] == pytest.approx(100 * min(row[k] for row in PLAYERS["odds"]["dice"]), abs=1)
        slider.press("ArrowRight")


@pytest.mark.parametrize("size", [(1366, 650), (390, 844)], ids=["laptop", "phone"])
def test_each_screen_begins_at_its_title_and_the_code_is_seen_whole(play, board, size):
    opened, shown_board = play(width=size[0])
    opened.page.set_viewport_size({"width": size[0], "height": size[1]})
    finish(shown_board, board)
    for _ in range(4):
        shown_board.locator(".t3-game-end").get_by_role("button", name="Next").click()
        top = shown_board.locator(".t3-game-end h3").evaluate("one => one.getBoundingClientRect().top")
        assert 0 <= top <= 150, f"the title of a screen lies at {top:.0f} px"
    code = shown_board.get_by_label("Your game as a code")
    assert code.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight + 1")


def test_a_code_a_link_and_a_picture_of_the_game(play, board):
    opened, shown_board = play(accept_downloads=True)
    page = opened.page
    finish(shown_board, board)
    to_screen(shown_board, 5)
    code = shown_board.get_by_label("Your game as a code").input_value()
    tries = kept(page)[ID]["value"]["tries"]
    expected = tuple((GRID.space.index[board.design(one["place"])], one["seed"]) for one in tries)
    made = decode(code, len(ATLAS_SPACE.designs), GRID.fingerprint)
    assert (made.tries, made.mode, made.start) == (expected, 0, GRID.space.index[GRID.start()])
    shown_board.get_by_text("Show as a QR code").click()
    shown_board.get_by_role("img", name="QR code").wait_for()  # drawn when it is opened
    with page.expect_download() as download:
        shown_board.get_by_role("button", name="Save a picture").click()
    picture = open(download.value.path(), "rb").read()
    assert (
        picture[:8] == b"\x89PNG\r\n\x1a\n"
        and (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (1200, 630)
        and len(picture) > 10_000
    )
    chunks, rest = [], picture[8:]
    while rest:
        size = int.from_bytes(rest[:4])
        assert int.from_bytes(rest[8 + size : 12 + size]) == zlib.crc32(rest[4 : 8 + size])
        chunks.append((rest[4:8], rest[8 : 8 + size]))
        rest = rest[12 + size :]
    assert [data for kind, data in chunks if kind == b"tEXt"] == [b"Game code\0" + code.encode()]
    assert chunks[0][0] == b"IHDR" and chunks[-1][0] == b"IEND"
    with page.expect_download() as saved:
        shown_board.get_by_role("button", name="Export the log").click()
    exported = open(saved.value.path(), encoding="utf8", newline="").read()
    assert [row["code"] for row in csv.DictReader(exported.splitlines())] == [code] * (len(tries) + 1)
    # laid on the class board, both are this game
    names = {"ada.png": picture, "bea.csv": exported.encode()}
    page.goto(page.url.replace(PAGE.split("/")[1], "board"))
    page.wait_for_selector(".t3-board textarea")
    for name, data in names.items():
        page.locator(".t3-board input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": data})
        page.wait_for_selector(".t3-board-games tbody tr")
    page.get_by_text("No new game came in; 1 on the board.").wait_for()
    assert page.evaluate("ThirdOptimizer.store.get('board').value.text") == f"ada: {code}\nbea: {code}"
    page.go_back()
    page.wait_for_selector(".t3-game-chart svg")
    to_screen(shown_board, 5)
    assert (
        shown_board.get_by_role("button", name="Copy a link").count() == 0
    )  # a page from a disk has no address to pass on
    # a friend opens the page with the code: the same start, the line dashed
    page.evaluate("localStorage.clear()")
    page.goto(page.url.split("#")[0] + "#g=" + code)
    page.reload()
    page.wait_for_selector(".t3-game-chart svg")
    best = min(GRID.outcome(board.design(one["place"]), one["seed"]).fresh for one in tries)
    assert (
        f"A friend’s line, dashed, ends at {shown(min(best, GRID.outcome(GRID.start(), 1).fresh))}"
        in shown_board.locator(".t3-game-chart").get_attribute("aria-label")
    )
    # without a reload: the next address is read where the page is open
    sentence, damaged = shown_board.locator(".t3-game-sentence"), code[:-1] + ("2" if code[-1] != "2" else "3")
    page.goto(page.url.split("#")[0] + "#g=" + damaged)
    expect(sentence).to_contain_text("could not be read (damaged")
    page.goto(page.url.split("#")[0] + "#g=" + code)
    expect(sentence).to_contain_text("A friend’s line is dashed: they began here too.")
    page.goto(page.url.split("#")[0] + "#elsewhere")
    page.wait_for_timeout(100)
    assert "A friend’s line" in sentence.inner_text() and "could not" not in sentence.inner_text()
    page.goto(page.url.split("#")[0] + "#g=" + damaged)
    page.reload()
    page.wait_for_selector(".t3-game-chart svg")
    assert "could not be read (damaged" in sentence.inner_text() and opened.errors == []


def test_what_came_with_the_address_is_said_in_the_middle_of_a_game_too(play, board):
    opened, shown_board = play()
    train(shown_board)
    expect(log_rows(shown_board)).to_have_count(2)
    page, sentence = opened.page, shown_board.locator(".t3-game-sentence")
    tried, address = kept(page)[ID]["value"]["tries"], page.url.split("#")[0]
    code = encode(GameCode(0, 0, ((1000, 1),)), len(ATLAS_SPACE.designs), GRID.fingerprint)
    damaged = code[:-1] + ("2" if code[-1] != "2" else "3")
    refused, welcome = "could not be read (damaged", "A friend’s line is dashed; they began elsewhere."
    for ending, said in ((damaged, refused), (code, welcome), (damaged, refused)):
        page.goto(f"{address}#g={ending}")
        expect(sentence).to_contain_text(said)
        expect(shown_board.locator("> .t3-announce")).to_contain_text(said)
    for ending, said in ((f"#g={damaged}", refused), (f"#g%3D{code}", welcome)):  # as a chat may write it
        page.goto(address + ending)
        expect(sentence).to_contain_text(said)  # a page is not left while it writes
        page.reload()
        page.wait_for_selector(".t3-game-chart svg")
        expect(sentence).to_contain_text(said)
    assert kept(page)[ID]["value"]["tries"] == tried and opened.errors == []


def test_a_dial_can_be_locked_and_the_day_has_its_own_start(play, board):
    opened, shown_board = play()
    page = opened.page
    shown_board.get_by_role("button", name="New game").click()
    shown_board.get_by_label("A new game with").select_option(label="the usual start, with machine locked")
    shown_board.get_by_role("button", name="Yes, a new game").click()
    dial = shown_board.locator("[data-dial=architecture]")
    assert dial.is_disabled() and "locked in this game" in shown_board.inner_text()
    page.reload()
    page.wait_for_selector(".t3-game-chart svg")
    assert dial.is_disabled()
    finish(shown_board, board, skip=("architecture",))
    (dice,) = [
        one["searchers"][0] for one in PLAYERS["others"] if one["mode"] == 4 + board.fields.index("architecture")
    ]
    assert f"{dice['count']:,} players of dice: the middle one gets {shown(dice['median'][12])}" in shown_board.locator(
        ".t3-game-chart"
    ).get_attribute("aria-label")
    shown_board.get_by_role("button", name="New game").click()
    shown_board.get_by_label("A new game with").select_option(label="the start of the day, another one every day")
    shown_board.get_by_role("button", name="Yes, a new game").click()
    value = kept(page)[ID]["value"]
    assert value["mode"] == 1 and value["start"] == value["place"] and value["number"] == 2
    assert (
        GRID.space.index[board.design(value["start"])]
        in [one["start"] for one in PLAYERS["others"] if one["mode"] == 1]
        and opened.errors == []
    )


def test_the_boss_of_training_error_sees_no_fresh_error_until_the_end(stage, board):
    opened, shown_board = stage(accept_downloads=True)
    page = opened.page
    shown_board.get_by_role("button", name="New game").click()
    page.set_viewport_size({"width": 390, "height": 844})
    box = shown_board.get_by_label("A new game with").bounding_box()
    assert box["x"] + box["width"] <= 390 - 16  # its longest words are cut, not the page
    page.set_viewport_size({"width": 1280, "height": 844})
    shown_board.get_by_role("button", name="Go on with this one").click()
    new_game(shown_board, BOSS)
    counter = board.spec(False)["counter"]["place"]
    value = kept(page)[ID]["value"]
    assert (value["mode"], value["start"]) == (2, counter)
    assert "covered until the end" in shown_board.locator(".t3-figure-title").inner_text()
    assert not re.search(LEAK, everything_said(shown_board))

    def headings():
        return shown_board.locator(":scope > .t3-game-log thead th").all_inner_texts()[:-1]

    def rows_of_export():
        with page.expect_download() as download:
            shown_board.get_by_role("button", name="Export the log").click()
        return list(csv.DictReader(open(download.value.path(), encoding="utf8", newline="")))

    # runs whose fresh error reads like nothing else on the board
    rng, outcomes, designs = np.random.default_rng(8), [], [MEMORY]
    while len(designs) < 12:
        design = ATLAS_SPACE.designs[rng.integers(len(ATLAS_SPACE.designs))]
        outcome = GRID.outcome(design, 1)
        if (
            outcome.diverged_at is None
            and 45 < outcome.fresh < 200
            and design not in designs
            and shown(outcome.fresh) != shown(outcome.practice)
        ):
            designs.append(design)
    bests = [GRID.outcome(board.design(counter), 1).practice]
    for i, design in enumerate(designs):
        put(shown_board, design, board)
        if i == 3:
            shown_board.get_by_role("radio", name="better").check()
        train(shown_board)
        outcomes.append(GRID.outcome(design, 1))
        bests.append(min(bests[-1], outcomes[-1].practice))
        if i == 11:
            break
        sentence_ = shown_board.locator(".t3-game-sentence").inner_text()
        assert sentence_.startswith(f"Practice {shown(outcomes[-1].practice)}, ")
        assert log_rows(shown_board).first.locator(".t3-game-score").all_inner_texts() == [
            shown(outcomes[-1].practice),
            shown(bests[-1]),
        ]
        said = everything_said(shown_board)
        assert not re.search(rf"(?<![\d.]){shown(outcomes[-1].fresh)}(?![\d.])", said) and not re.search(LEAK, said)
        if i == 5:
            shown_board.get_by_role("button", name="Try 5", exact=True).click()
            assert shown_board.locator(".t3-game-opened").count() == 1 and not re.search(
                LEAK, everything_said(shown_board)
            )
        if i == 3:
            came = compare(outcomes[3].practice, outcomes[2].practice)
            assert f"You bet on “better”; it came out “{came}”." in sentence_
        # before the last try: headings, chart, reading, export and My answers
        if i == 10:
            assert headings() == ["Try", "Changed dials", "Practice", "Best"]
            assert shown_board.locator(".t3-game-chart svg text", has_text="error on practice problems").count() == 1
            assert shown_board.locator(".t3-game-chart svg text", has_text="par").count() == 0
            exported = rows_of_export()
            assert (
                "fresh" not in exported[0]
                and float(exported[-1]["best practice so far"]) == bests[-1]
                and len(exported) == 12
            )
            page.wait_for_timeout(400)
            assert (
                kept(page)[ID]["answer"]
                == f"11 of 12 tries; best practice error {shown(bests[-1])} at try {1 + int(np.argmin([o.practice for o in outcomes]))}"
            )
    # uncovered
    winner = outcomes[int(np.argmin([o.practice for o in outcomes]))]
    told_ = shown_board.locator(".t3-game-end").inner_text()
    assert (
        "What the practice error chose" in told_
        and "The simulated players have played for the error on fresh problems only" in told_
    )
    start = GRID.outcome(board.design(counter), 1)
    assert uncovered(state_of(start), state_of(winner)) in told_ and "your winner leaves" in told_
    assert headings() == ["Try", "Changed dials", "Practice", "Fresh", "Best"]
    assert [row.locator("td").nth(2).inner_text() for row in log_rows(shown_board).all()][::-1] == [
        shown(o.fresh) for o in (start, *outcomes)
    ]
    assert "fresh" in rows_of_export()[0]
    chart = shown_board.locator(".t3-game-chart")
    assert (
        f"The second line is the fresh error of what led by then: {shown(start.fresh)} at the start, {shown(winner.fresh)} at the end"
        in chart.get_attribute("aria-label")
    )
    assert (
        chart.locator("svg text", has_text=f"fresh {shown(winner.fresh)}").count() == 1
        and chart.locator("svg text", has_text="error, %").count() == 1
    )
    assert shown_board.locator(".t3-game-chart svg .mark-area path").count() == 0  # no band
    assert (
        kept(page)[ID]["answer"].endswith(f", which leaves {shown(winner.fresh)} on fresh problems")
        and "covered" in kept(page)[ID]["question"]
    )
    to_screen(shown_board, 5)
    code = shown_board.get_by_label("Your game as a code").input_value()
    assert decode(code, len(ATLAS_SPACE.designs), GRID.fingerprint).mode == 2
    with page.expect_download() as download:
        shown_board.get_by_role("button", name="Save a picture").click()
    assert open(download.value.path(), "rb").read()[:4] == b"\x89PNG" and opened.errors == []
    # and a friend's page: the same mode, the line by practice error, nothing uncovered
    page.evaluate("localStorage.clear()")
    page.goto(page.url.split("#")[0] + "#g=" + code)
    page.reload()
    page.wait_for_selector(".t3-game-chart svg")
    assert (
        headings() == ["Try", "Changed dials", "Practice", "Best"]
        and "they began here too" in shown_board.locator(".t3-game-sentence").inner_text()
    )
    assert f"A friend’s line, dashed, ends at {shown(winner.practice)}." in shown_board.locator(
        ".t3-game-chart"
    ).get_attribute("aria-label")
    assert opened.errors == []


def invented(number):
    """Machines as nobody has played them, told apart by their numbers."""
    return [
        {
            "name": name,
            "count": 10 + number,
            "low": [5.0 + number] * 13,
            "median": [20.0 + number] * 13,
            "high": [60.0 + number] * 13,
        }
        for name in ("dice", "climbing")
    ]


STARTS = [11, 500, 2000]
PLAYED = PLAYERS | {
    "others": [{"mode": 1, "start": start, "searchers": invented(k)} for k, start in enumerate(STARTS)]
    + [{"mode": 5, "start": GRID.space.index[GRID.start()], "searchers": invented(7)}]
}


def test_machines_of_other_starts_reach_the_page(board, spec):
    others = game(GRID, id=ID, tournament=PLAYED).spec(live=False)["others"]
    assert [(one["mode"], board.design(one["place"]), one["searchers"]) for one in others] == [
        (one["mode"], ATLAS_SPACE.designs[one["start"]], one["searchers"]) for one in PLAYED["others"]
    ]
    without = {key: value for key, value in PLAYERS.items() if key != "others"}
    assert [game(GRID, tournament=m).spec(live=False)["others"] for m in (None, without)] == [[], []]
    assert game(GRID, tournament=PLAYED, budget=3).spec(live=False)["others"] == []


def test_the_start_of_the_day_is_one_that_machines_have_played(stage, board):
    told = game(GRID, id=ID, tournament=PLAYED).spec(live=False)
    changes = {name: told[name] for name in ("others", "modes")}
    opened, shown_board = stage(changes=changes, timezone_id="Pacific/Auckland", accept_downloads=True)
    page = opened.page
    seen = []
    for hour in ("10:30", "11:30"):  # the last of February and the first of March there
        page.clock.set_fixed_time(datetime.datetime.fromisoformat(f"2026-02-28T{hour}+00:00"))
        new_game(shown_board, "the start of the day, another one every day")
        seen.append(kept(page)[ID]["value"]["start"])
    days = (datetime.date(2026, 2, 28) - datetime.date(1970, 1, 1)).days
    assert [board.design(place) for place in seen] == [ATLAS_SPACE.designs[STARTS[day % 3]] for day in (days, days + 1)]
    finish(shown_board, board)
    k = (days + 1) % 3
    label = shown_board.locator(".t3-game-chart").get_attribute("aria-label")
    assert (
        f"{10 + k} players of dice: the middle one gets {20 + k}, eight in ten of them between {shown(5.0 + k)} and {60 + k}."
        in label
    )
    end = shown_board.locator(".t3-game-end")
    assert (
        f"the middle one of the random players gets {20 + k}" in end.inner_text()
        and "The start was a rule" not in end.inner_text()
    )
    assert end.locator("tbody tr").count() == 3
    shown_board.get_by_role("radio", name="climbing").check()
    assert f"{10 + k} players of climbing" in shown_board.locator(".t3-game-chart").get_attribute("aria-label")
    assert shown_board.locator(".t3-game-chart svg .mark-area path").count() >= 1


@pytest.mark.parametrize(
    ("dial", "field", "played"), [("machine", "architecture", True), ("step rule", "step_rule", False)]
)
def test_a_locked_dial_has_the_machines_that_played_it_or_none(stage, board, dial, field, played):
    others = game(GRID, id=ID, tournament=PLAYED).spec(live=False)["others"]
    _, shown_board = stage(changes={"others": others})
    new_game(shown_board, f"the usual start, with {dial} locked")
    finish(shown_board, board, skip=(field,))
    assert (
        "17 players of dice: the middle one gets 27"
        in shown_board.locator(".t3-game-chart").get_attribute("aria-label")
    ) is played
    assert (
        "No simulated player has played from this start under these rules"
        in shown_board.locator(".t3-game-end").inner_text()
    ) is not played


def test_a_rule_of_thumb_is_text_and_a_new_game_keeps_the_old_one(play, board):
    opened, shown_board = play()
    page = opened.page
    finish(shown_board, board)
    to_screen(shown_board, 5)
    nasty = "<img src=x onerror=\"document.title='caught'\"> & <b>bold</b>"
    shown_board.get_by_label("Write your rule of thumb").fill(nasty)
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector(".t3-game-chart svg")
    to_screen(shown_board, 5)
    assert shown_board.get_by_label("Write your rule of thumb").input_value() == nasty
    shown_board.get_by_role("button", name="New game").click()
    shown_board.get_by_role("button", name="Go on with this one").click()
    assert log_rows(shown_board).count() == 13
    shown_board.get_by_role("button", name="New game").click()
    shown_board.get_by_role("button", name="Yes, a new game").click()
    assert log_rows(shown_board).count() == 1 and "12 tries left" in shown_board.inner_text()
    answers = kept(page)
    assert (
        len(answers[f"{ID}/1"]["value"]["tries"]) == 12
        and answers[ID]["value"]["tries"] == []
        and answers[ID]["value"]["number"] == 2
    )
    page.goto(page.url.replace(PAGE.split("/")[1], "my_answers"))
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    row = page.locator(".t3-answers li", has_text="Game 1")
    assert (
        nasty in row.inner_text()
        and "12 of 12 tries; best fresh error" in row.inner_text()
        and "Played" in row.inner_text()
    )
    assert page.locator(".t3-answers h2").inner_text() == "Chapter 10: Be the meta-optimizer"
    assert row.get_by_role("link").get_attribute("href").endswith("#game-10_be_the_meta_optimizer-game")
    assert (
        page.locator(".t3-answers img, .t3-answers b").count() == 0 and page.title() != "caught" and opened.errors == []
    )


@pytest.mark.parametrize(
    "damage",
    [
        '{"version": 1, "tries": 3}',
        '{"version": 1, "number": 4, "place": [9], "past": [], "tries": []}',
        "7",
        '{"version": 2}',
        '{"version": 1, "place": null, "tries": [null]}',
    ],
)
def test_a_game_that_does_not_fit_the_board_is_no_error(play, damage):
    opened, board = play()
    opened.page.evaluate(
        """([id, value]) => localStorage.setItem('third-optimizer', JSON.stringify({version: 1, answers: {[id]: {value: JSON.parse(value)}}}))""",
        [ID, damage],
    )
    opened.page.reload()
    opened.page.wait_for_selector(".t3-game-chart svg")
    assert "12 tries left" in board.inner_text() and opened.errors == []


def test_a_curve_takes_its_time_and_a_second_press_costs_nothing(play, board):
    opened, shown_board = play(motion="no-preference")
    put(shown_board, Design(step_length=0.003), board)
    train(shown_board)
    button = shown_board.locator(".t3-game-train")
    assert button.get_attribute("aria-disabled") == "true" and log_rows(shown_board).count() == 1
    button.evaluate("(button) => { button.click(); button.click(); }")
    log_rows(shown_board).nth(1).wait_for()
    opened.page.wait_for_timeout(300)
    assert log_rows(shown_board).count() == 2 and "11 tries left" in shown_board.inner_text()


@pytest.mark.parametrize(
    ("width", "theme"), [(1280, "light"), (1280, "dark"), (768, "light"), (390, "light"), (390, "dark"), (320, "light")]
)
def test_a_finished_board_is_whole_in_every_view(play, board, width, theme):
    opened, shown_board = play(width=width, theme=theme)
    finish(shown_board, board)
    page = opened.page
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate("""() => { const box = document.querySelector('.t3-game').getBoundingClientRect();
      return [...document.querySelectorAll('.t3-game *')].filter((e) => e.getClientRects().length && !e.closest('.t3-announce') && !e.matches('svg :not(text)') && e.getBoundingClientRect().right > box.right + 1.5)
        .map((e) => e.outerHTML.slice(0, 80)); }""")
    assert outside == []
    assert opened.errors == [] and opened.outside() == []
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.t3-game'), {resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []


EARLIER = json.loads((ROOT / "tests/data/answers_of_an_earlier_edition.json").read_text("utf8"))


@pytest.mark.parametrize("kind", ["plain", "boss", "locked"])
def test_a_game_kept_by_an_earlier_edition_goes_on(stage, kind):
    """Answers as an earlier edition wrote them: the same rows, sentence and game in its code, and the class board reads the old one."""
    opened, shown_board = stage()
    page, game_ = opened.page, EARLIER[kind]
    page.evaluate(
        "([id, answer]) => localStorage.setItem('third-optimizer', JSON.stringify({version: 1, answers: {[id]: answer}}))",
        [ID, game_["answer"]],
    )
    page.reload()
    page.wait_for_selector(".t3-game-chart svg")
    rows = [[cell.inner_text() for cell in row.locator("td").all()][:-1] for row in log_rows(shown_board).all()]
    assert rows == game_["rows"] and shown_board.locator(".t3-game-sentence").inner_text() == game_["said"]
    if kind == "locked":
        to_screen(shown_board, 5)
        made, held = shown_board.get_by_label("Your game as a code").input_value(), game_["code"]
        assert (made[0], held[0]) == ("2", "1")  # which write the same game
        assert decode(made, len(ATLAS_SPACE.designs), GRID.fingerprint) == decode(
            held, len(ATLAS_SPACE.designs), GRID.fingerprint
        )
        read = page.evaluate(
            "([text, spec, packed]) => ThirdOptimizer.pasted.read(text, spec, new ThirdOptimizer.Runs(packed))",
            [game_["code"], class_board(GRID).spec, payload(GRID)],
        )
        assert read["problems"] == [] and len(read["games"][0]["tries"]) == 12 and read["games"][0]["mode"] >= 4
        return
    before = game_["answer"]["value"]
    train(shown_board)
    page.wait_for_timeout(400)
    value = kept(page)[ID]["value"]
    assert value["tries"][:-1] == before["tries"] and len(value["tries"]) == len(before["tries"]) + 1
    assert (value["mode"], value["number"], value["start"]) == (before["mode"], before["number"], before["start"])
