"""The class board: what comes in as text and files, and the board itself in Chromium over a small made-up atlas."""

import base64
import gzip
import json
import math
import re
import struct
import zlib
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.codes import GameCode, encode
from tests.conftest import ROOT, Page
from tests.games import GRID as BOOKS
from tests.games import PLAYERS as SEARCHES
from tests.games import RULES, VIEW
from third_optimizer.meta import DIALS, Design, Grid, Space, par
from third_optimizer.meta.grid import COLUMNS
from third_optimizer.view.component import BUNDLES, SCRIPTS, STYLES, to_json
from third_optimizer.view.game.board import board

AXE = (ROOT / "tests/vendor/axe.min.js").read_text("utf8")
SPACE = Space(
    Design(), **{name: DIALS[name].stops for name in ("problems", "architecture", "table", "passes", "warm_up")}
)
COUNT, PAR = len(SPACE.designs), par()


def made_up(design, seed):
    """A run of the made-up atlas: some explode, some are not finite, one seed of all is far off."""
    rng = np.random.default_rng([design, seed])
    if design == 7:
        return {"practice": 0.01, "fresh": 186.0, "at": None}  # the start
    if rng.random() < 0.1:
        return {"practice": None, "fresh": None, "at": int(rng.integers(1, 500))}
    if rng.random() < 0.05:
        return {"practice": 3.0, "fresh": None, "at": None}
    return {
        "practice": float(f"{10 ** rng.uniform(-1, 2):.3g}"),
        "fresh": float(f"{10 ** rng.uniform(0.6, 2.8):.3g}"),
        "at": None,
    }


ATLAS = [[made_up(design, seed) for seed in (1, 2, 3)] for design in range(COUNT)]


def grid():
    """The made-up atlas as a Grid; every third design goes on when it is run longer."""
    columns = {name: np.full((COUNT, 3, *shape), math.nan) for name, (shape, _) in COLUMNS.items()}
    for name, missing in (("practice", math.inf), ("fresh", math.inf), ("at", -1)):
        columns[name] = np.array([[missing if run[name] is None else run[name] for run in row] for row in ATLAS])
    columns["longer"][::3] = columns["fresh"][::3, :, None] / 5
    columns["blown"][::3] = 0
    return Grid(SPACE, (1, 2, 3), (), columns)


GRID = grid()
MARK = GRID.fingerprint


def dice(height):
    """How dice that nobody threw fell: median, low and high of 12 tries."""
    median = [float(v) for v in np.linspace(186, height, 13)]
    lines = {"median": median, "low": [v / 2 for v in median], "high": [v * 1.1 for v in median]}
    return [{"name": "dice", "count": 1000, **lines}, {"name": "climbing", "count": 1000, **lines}]


PLAYERS = {
    "budget": 12,
    "searchers": dice(30),
    "others": [{"mode": 1, "start": 9, "searchers": dice(50)}],
    "odds": None,
}
BOARD = board(GRID, tournament=PLAYERS)


def score(design, seed):
    run = ATLAS[design][seed - 1]
    return math.inf if run["at"] is not None or run["fresh"] is None else run["fresh"]


def game_of(number, tries=12, start=7, mode=0):
    rng = np.random.default_rng(number)
    return GameCode(
        start,
        mode,
        tuple(
            (int(d), int(s))
            for d, s in zip(rng.integers(COUNT, size=tries), rng.integers(1, 4, size=tries), strict=True)
        ),
    )


def code(game):
    return encode(game, COUNT, MARK)


def best_so_far(game):
    return np.minimum.accumulate([score(game.start, 1), *(score(*one) for one in game.tries)])


# --- a page with nothing but the board -------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A page of its own, with the book's styles and scripts and the made-up atlas."""
    styles = "".join(f'<link rel="stylesheet" href="{(VIEW / name).as_uri()}">' for name in STYLES)
    scripts = "".join(
        f'<script src="{(VIEW / name).as_uri()}"></script>'
        for name in (*(f"vendor/{file}" for file in BUNDLES["vega"]), *(name for name in SCRIPTS if name != "page.js"))
    )
    # what page.js does, for this board alone
    begin = """const host = document.querySelector("[data-t3=board]"), spec = JSON.parse(host.querySelector("script").textContent);
      window.board = new ThirdOptimizer.Board(host, spec, ThirdOptimizer.runs.load(spec.runs), ThirdOptimizer.store);
      board.ready.then(() => (document.documentElement.dataset.t3Ready = "true"));"""
    page = tmp_path_factory.mktemp("board") / "board.html"
    page.write_text(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Board</title>{styles}
      <style>html {{ background: var(--t3-paper); }} main {{ max-width: 50rem; margin: auto; padding: 1rem; }} h1 {{ color: var(--t3-ink); }}</style>
      <script>document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";</script></head>
      <body><main><h1>The class board</h1>{BOARD.html()}</main>{scripts}<script>{begin}</script></body></html>""",
        "utf8",
    )
    return page.as_uri()


@pytest.fixture
def open_board(browser, address):
    opened = []

    def begin(text=None, lifted=True, **options):
        opened.append(Page(browser, address, **options))
        opened[-1].page.set_default_timeout(8_000)
        if text is not None:
            paste(opened[-1].page, text)
            if lifted and opened[-1].page.get_by_label(VEIL).is_visible():
                opened[-1].page.get_by_label(VEIL).check()
        return opened[-1], opened[-1].page.locator(".t3-board")

    yield begin
    for page in opened:
        assert page.errors == [] and page.outside() == []
        page.close()


VEIL = "Show the names"


def paste(page, text):
    """Lay a text on the board, and nothing else."""
    page.evaluate("board.change('')")
    page.get_by_label("Paste codes here").fill(text)
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_function("board.text !== ''")


def file(name, data, kind=""):
    return {"name": name, "kind": kind, "data": base64.b64encode(data).decode()}


def drop(page, files, at=".t3-board textarea"):
    page.evaluate(
        """([files, at]) => { const brought = new DataTransfer();
          for (const { name, kind, data } of files)
            brought.items.add(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], name, { type: kind }));
          document.querySelector(at).dispatchEvent(new DragEvent("drop", { dataTransfer: brought, bubbles: true, cancelable: true })); }""",
        [files, at],
    )


def cells(shown):
    return [row.split("\t") for row in shown.locator(".t3-board-games tbody").inner_text().split("\n")]


CLASS = [
    ("Ada", game_of(1)),
    ("Bob", game_of(2)),
    ("Chidi", game_of(3, tries=5)),
    ("", game_of(4)),
    ("Eve", game_of(5, tries=60)),
]
PASTED = "\n".join(f"{name}: {code(game)}" if name else code(game) for name, game in CLASS)


# --- what Python says ------------------------------------------------------------------------------------


def test_the_board_says_what_it_is_without_scripts():
    assert BOARD.kind == "board" and BOARD.spec["designs"] == COUNT == 42
    assert "data-t3-chart" in BOARD.html() and "a script did not run" in BOARD.html() and BOARD.text in BOARD.html()


def test_the_dice_of_every_start_are_told():
    start = GRID.space.index[GRID.start()]
    assert [(one["mode"], one["start"], one["median"]) for one in BOARD.spec["dice"]] == [
        (0, start, dice(30)[0]["median"]),
        (1, 9, dice(50)[0]["median"]),
    ]
    assert start == 7 and board(GRID).spec["dice"] == []


def test_a_board_out_of_range_is_refused():
    with pytest.raises(ValueError, match="low must be above 0 and below 200, got 0"):
        board(GRID, low=0)


# --- a class ---------------------------------------------------------------------------------------------


def test_codes_made_on_a_page_rebuild_the_games_on_the_board(open_board):
    opened, shown = open_board()
    page = opened.page
    made = page.evaluate(
        """([games, designs, mark]) => games.map((game) => ThirdOptimizer.codes.encode(game, designs, mark))""",
        [[{"start": g.start, "mode": g.mode, "tries": g.tries} for _, g in CLASS], COUNT, MARK],
    )
    paste(page, "\n".join(made))
    logs = page.evaluate(
        "board.games.map(({ start, mode, tries, scores, best }) => [start, mode, tries, scores.map(String), best.map(String)])"
    )
    for (_, game), (start, mode, tries, scores, best) in zip(CLASS, logs, strict=True):
        assert (start, mode, tries) == (game.start, game.mode, [list(one) for one in game.tries])
        assert [float(s.replace("Infinity", "inf")) for s in scores] == [
            score(start, 1),
            *(score(*one) for one in game.tries),
        ]
        assert [float(s.replace("Infinity", "inf")) for s in best] == list(best_so_far(game))


def dials_turned(game):
    """The dials turned for each try, counted from the designs themselves: a dial that makes no difference stays where it was."""
    from dataclasses import asdict, replace

    numbers, moves = [game.start, *(design for design, _ in game.tries)], []
    stands = {}
    for number in numbers:
        design = SPACE.designs[number]
        live = [
            name
            for name, stops in SPACE.stops.items()
            if any(replace(design, **{name: s}).plain() != design for s in stops)
        ]
        moves.append([name for name in live if name in stands and stands[name] != asdict(design)[name]])
        stands |= {name: asdict(design)[name] for name in live}
    return moves[1:]


def test_the_table_says_tries_best_dials_and_par(open_board):
    _, shown = open_board(PASTED)
    assert shown.locator(".t3-board-apart").count() == 0
    assert shown.locator(".t3-board-games thead th").all_inner_texts() == [
        "Game",
        "Tries",
        "Best",
        "Dials a try",
        "Par at try",
    ]
    for (name, game), row in zip(CLASS, cells(shown), strict=True):
        best = best_so_far(game)
        at = next((n for n, value in enumerate(best) if value <= 1.05 * PAR), None)
        assert row[:2] == [name or "game 4", str(len(game.tries))]
        assert float(row[2]) == pytest.approx(best[-1], abs=0.051 if best[-1] < 9.95 else 0.51)
        assert float(row[3]) == pytest.approx(np.mean([len(moved) for moved in dials_turned(game)]), abs=0.051)
        assert row[4] == {None: "–", 0: "start"}.get(at, str(at))


def test_a_dial_out_of_use_stays_where_it_was(open_board):
    opened, _ = open_board()
    four = Design(architecture="attention", passes=4, problems=64)
    there_and_back = [
        SPACE.index[d.plain()]
        for d in (
            four,
            Design(architecture="mlp", passes=4, problems=64),
            four,
            Design(architecture="attention", passes=2, problems=64),
        )
    ]
    moved = opened.page.evaluate("designs => ThirdOptimizer.pasted.turned(designs, board.spec)", there_and_back)
    names = [[BOARD.spec["dials"][i]["field"] for i in one] for one in moved]
    assert names == [["architecture"], ["architecture"], ["passes"]]


def test_the_summary_counts_the_class_and_what_nobody_tried(open_board):
    _, shown = open_board(PASTED)
    tried = {d for _, game in CLASS for d in (game.start, *(design for design, _ in game.tries))}
    text = shown.locator(".t3-board-summary").first.inner_text()
    assert text.startswith("5 games: the best lie between")
    assert len(tried) < COUNT and f"Nobody tried {COUNT - len(tried)} of the {COUNT} designs." in text
    finals = [best_so_far(game)[-1] for _, game in CLASS]
    name, game = CLASS[int(np.argmin(finals))]
    at = int(np.argmin([score(game.start, 1), *(score(*one) for one in game.tries)]))
    assert f"The lowest error came from {name or 'game 4'}, try {at}: " in text
    design = SPACE.designs[game.tries[at - 1][0]]
    assert f"{DIALS['architecture'].label.lower()} {DIALS['architecture'].name(design.architecture)}" in text


def test_the_picture_is_told_in_words_with_names_and_bests(open_board):
    opened, shown = open_board(PASTED)
    label = shown.locator(".t3-chart").get_attribute("aria-label")
    assert "over 60 tries; par is 33. 5 lines. Their median goes from" in label
    for (name, _), row in zip(CLASS, cells(shown), strict=True):
        assert f"{name or 'game 4'}: {row[2]}" in label
    lines = shown.locator(".t3-chart svg path[aria-roledescription], .t3-chart svg .mark-line path")
    assert lines.count() == len(CLASS) + 3  # their median, the dice and par
    at_end = opened.page.evaluate("board.results.chart.rows.filter((row) => row.kind === 'median').map((row) => row.y)")
    padded = [np.minimum(np.pad(best_so_far(g), (0, 60 - len(g.tries)), mode="edge"), 200) for _, g in CLASS]
    assert at_end == pytest.approx(np.median(padded, axis=0))


def test_a_game_is_drawn_apart_by_its_name(open_board):
    opened, shown = open_board(PASTED)
    choice = shown.get_by_label("Show apart")
    choice.focus()
    opened.page.keyboard.type("Chidi")
    assert shown.locator(".t3-chart svg text", has_text="Chidi").count() == 1
    assert "Drawn apart: Chidi." in shown.locator(".t3-chart").get_attribute("aria-label")
    assert shown.locator(".t3-sky-lit text").all_text_contents() == ["S", "1", "2", "3", "4", "5"]
    choice.select_option(index=1)
    assert shown.locator(".t3-chart svg text", has_text="Chidi").count() == 0
    choice.select_option(index=0)
    assert opened.page.evaluate("board.results.chart.rows.some((row) => row.kind === 'chosen')") is False
    assert shown.locator(".t3-sky-lit text").count() == 0


# --- the dice, the dials, the sky ----------------------------------------------------------------------------


def test_the_dice_of_the_class_start_are_drawn_and_said(open_board):
    opened, shown = open_board("\n".join(code(game_of(n)) for n in (1, 2)))
    rows = opened.page.evaluate("board.results.chart.rows.filter((row) => ['dice', 'band'].includes(row.kind))")
    line = dice(30)[0]
    assert [r["y"] for r in rows if r["kind"] == "dice"] == line["median"]
    assert [(r["y"], r["y2"]) for r in rows if r["kind"] == "band"] == [
        (low, min(high, 200)) for low, high in zip(line["low"], line["high"], strict=True)
    ]
    said = "1,000 players threw dice from the same start: after 12 tries half of them are below 30, eight in ten between 15 and 33."
    assert said in shown.locator(".t3-board-summary").first.inner_text()
    assert "In grey the middle of the dice, to 30." in shown.locator(".t3-chart").get_attribute("aria-label")
    assert shown.locator(".t3-chart svg text", has_text="dice 30").count() == 1


@pytest.mark.parametrize(
    ("games", "says"),
    [
        ([game_of(1, start=3)], "No dice were thrown from here, so there is no line of theirs."),
        ([game_of(1, mode=3)], "No dice were thrown from here, so there is no line of theirs."),  # a locked dial
        ([game_of(1), game_of(2, start=9, mode=1)], "Of the dice from these starts, half end below 30 and 50."),
        ([game_of(1), game_of(2, start=3)], "No dice were thrown from 1 other start, so there is no line of theirs."),
        ([game_of(1, mode=2)], "The dice were thrown for the error on fresh problems: they have no line here."),
    ],
)
def test_where_there_are_no_dice_the_board_says_so(open_board, games, says):
    _, shown = open_board("\n".join(map(code, games)))
    assert says in shown.locator(".t3-board-summary").first.inner_text()


def test_every_dial_says_how_many_turned_it(open_board):
    _, shown = open_board(PASTED)
    fields = list(SPACE.stops)
    counts = dict.fromkeys(fields, 0)
    for _, game in CLASS:
        for name in fields:
            counts[name] += any(name in moved for moved in dials_turned(game))
    rows = [
        (row.locator("th").inner_text(), row.locator("td").inner_text())
        for row in shown.locator(".t3-board-dials tbody tr").all()
    ]
    assert dict(rows) == {DIALS[name].label: str(count) for name, count in counts.items()}
    assert [int(count) for _, count in rows] == sorted(counts.values(), reverse=True) and max(counts.values()) == 5
    said = shown.locator(".t3-board-summary").nth(1).inner_text()
    for name, count in counts.items():
        assert (DIALS[name].label.lower() in said.split(".")[0]) == (count == 5)
    widths = [bar.bounding_box()["width"] for bar in shown.locator(".t3-board-bar i").all()]
    assert widths == pytest.approx([widths[0] * int(count) / 5 for _, count in rows], abs=1)


def test_a_dial_that_nobody_turned_is_said(open_board):
    still = GameCode(7, 0, ((7, 2), (7, 3)))
    _, shown = open_board(code(still))
    assert "Turned in none: practice problems, machine" in shown.locator(".t3-board-summary").nth(1).inner_text()


def test_the_tries_of_the_class_lie_in_one_sky(open_board):
    _, shown = open_board(PASTED, reduced_motion="reduce")
    sky = shown.locator(".t3-sky")
    tries = sum(len(game.tries) for _, game in CLASS)
    assert sky.locator(".t3-figure-title").inner_text() == f"{tries} tries of the class among all designs"
    runs = {one for _, game in CLASS for one in ((game.start, 1), *game.tries)}
    reach = sum(score(*one) <= 1.05 * PAR for one in runs)
    goes = sum(bool(GRID.iterates(seed)[design]) for design, seed in runs)
    assert goes and sky.locator(".t3-reading").inner_text() == (
        f"{len(runs)} different runs, with the start: {reach} at par or below; {goes} of them iterate."
    )
    assert sky.locator(".t3-sky-lit").count() == len(runs)
    sky.locator("summary").click()
    heads = sky.locator("tbody th").all_inner_texts()
    assert len(heads) == min(100, len(runs)) and heads[0] == "5 games"  # the start, of all
    alone = [f"{name or 'game 4'}, try {i}" for name, game in CLASS for i in range(1, len(game.tries) + 1)]
    assert any(head in alone for head in heads)


def test_starts_and_ways_to_play_are_told_apart_when_they_differ(open_board):
    _, shown = open_board(
        "\n".join(code(g) for g in (game_of(1), game_of(2, start=9, mode=1), game_of(3, mode=5), game_of(4, mode=15)))
    )
    other = shown.page.evaluate(f"score => {RULES}.shown(score)", min(score(9, 1), 1e9))
    assert shown.locator(".t3-board-apart").all_inner_texts() == [
        "started at 186, plain game",
        f"started at {other}, start of the day",
        "started at 186, Machine locked",
        "started at 186, mode 15",
    ]
    assert "4 games from 2 starts" in shown.locator(".t3-board-summary").first.inner_text()


def handed_over(game):
    """Of a game for practice error: the fresh error of what had the lowest practice error by then."""
    practice, led = [], []
    for design, seed in ((game.start, 1), *game.tries):
        run = ATLAS[design][seed - 1]
        practice.append(math.inf if run["at"] is not None or run["practice"] is None else run["practice"])
        led.append(score(*((game.start, 1), *game.tries)[int(np.argmin(practice))]))
    return led


def test_games_for_practice_error_show_what_they_chose_and_are_counted_apart(open_board):
    plain, bosses = [game_of(1), game_of(2)], [game_of(3, start=5, mode=2), game_of(4, mode=2)]
    opened, shown = open_board("\n".join(code(g) for g in (*plain, *bosses)))
    drawn = [handed_over(game) for game in bosses]
    assert any(b > a for line in drawn for a, b in zip(line, line[1:], strict=False))  # what is hidden may rise
    bests = opened.page.evaluate("board.games.map((game) => game.best.map(String))")
    assert [[float(v.replace("Infinity", "inf")) for v in line] for line in bests] == [
        *(list(best_so_far(g)) for g in plain),
        *drawn,
    ]
    says = shown.locator(".t3-board-apart").all_inner_texts()
    assert all(
        text.endswith("boss of practice error, here the fresh error of what had the lowest practice error")
        for text in says[2:]
    ) and "boss" not in "".join(says[:2])
    assert shown.locator(".t3-board-games tbody td:last-child").all_inner_texts()[2:] == ["–", "–"]
    read = opened.page.evaluate(f"values => values.map({RULES}.shown)", sorted(min(line[-1], 1e9) for line in drawn))
    summary = shown.locator(".t3-board-summary").first.inner_text()
    assert summary.startswith("2 games: the best lie between")
    assert (
        f"2 games were played for practice error, dashed here; what they chose leaves between {read[0]} and {read[1]} on fresh problems."
        in summary
    )
    median = opened.page.evaluate("board.results.chart.rows.filter((row) => row.kind === 'median').map((row) => row.y)")
    assert median == pytest.approx(np.median([np.minimum(best_so_far(g), 200) for g in plain], axis=0))
    assert "2 are dashed: played for practice error" in shown.locator(".t3-chart").get_attribute("aria-label")
    assert (
        opened.page.evaluate(
            "new Set(board.results.chart.rows.filter((row) => row.kind === 'boss').map((row) => row.game)).size"
        )
        == 2
    )


def test_a_class_of_bosses_has_no_best(open_board):
    _, shown = open_board("\n".join(code(game_of(n, mode=2)) for n in (3, 4)))
    assert shown.locator(".t3-figure-title").first.inner_text() == "2 games: the choice so far, try by try"
    summary = shown.locator(".t3-board-summary").first.inner_text()
    assert "par" not in summary and "lowest error" not in summary


def test_one_game_and_a_game_without_tries(open_board):
    opened, shown = open_board("Ada: " + code(GameCode(7, 0, ())))
    said = shown.locator(".t3-board-summary").first
    assert cells(shown)[0][0::3] == ["Ada", "–"] and "One game" in said.inner_text()
    assert "over 0 tries" in shown.locator(".t3-chart").get_attribute("aria-label")
    paste(opened.page, code(game_of(1, tries=1)))
    assert cells(shown)[0][:2] == ["game 1", "1"]
    assert "over 1 try;" in shown.locator(".t3-chart").get_attribute("aria-label")


# --- the veil -----------------------------------------------------------------------------------------------


SECRET = ["Ada Lovelace", "Grace Hopper", "Katherine Johnson"]


def everything(page):
    """All that is seen or read out: text, attributes, what stands in fields and lists."""
    return page.evaluate(
        """() => [document.body.innerText, ...[...document.querySelectorAll("body *:not(script)")].flatMap((one) =>
          [one.textContent, one.value || "", ...[...one.attributes].map((mark) => mark.value)])].join("\\n")"""
    )


def test_no_name_is_told_before_the_veil_is_lifted(open_board):
    text = "\n".join(f"{name}: {code(game_of(i))}" for i, name in enumerate(SECRET))
    opened, shown = open_board(f"{text}\n{SECRET[0]}: {code(game_of(9))[:-1]}", lifted=False)
    page = opened.page
    drop(page, [file("Emmy Noether.txt", code(game_of(5)).encode())])
    expect(shown.locator(".t3-board-games tbody tr")).to_have_count(4)
    shown.get_by_label("Show apart").select_option(index=2)
    field = shown.locator(".t3-sky-field")
    field.focus()
    for key in ("Home", "ArrowUp", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    shown.locator(".t3-sky summary").click()
    page.wait_for_timeout(900)  # what is read out comes late
    words = [*" ".join(SECRET).split(), "Emmy", "Noether"]
    assert [word for word in words if word in everything(page)] == []
    assert [row[0] for row in cells(shown)] == ["game 1", "game 2", "game 3", "game 4"]
    assert "Drawn apart: game 2." in shown.locator(".t3-chart").get_attribute("aria-label")
    page.get_by_role("switch", name=VEIL).press("Space")
    told = everything(page)
    assert [word for word in words if word not in told] == []
    assert [row[0] for row in cells(shown)] == [*SECRET, "Emmy Noether"]
    assert "Drawn apart: Grace Hopper." in shown.locator(".t3-chart").get_attribute("aria-label")
    assert "Grace Hopper, try 1" in shown.locator(".t3-sky tbody").inner_text()
    # and under it again, at once or with the next visit
    page.get_by_role("switch", name=VEIL).press("Space")
    page.wait_for_timeout(900)
    assert [word for word in words if word in everything(page)] == []
    page.get_by_role("switch", name=VEIL).press("Space")
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    expect(shown.locator(".t3-board-games tbody tr")).to_have_count(4)
    assert [word for word in words if word in everything(page)] == []


# --- files --------------------------------------------------------------------------------------------------


def png(text, keyword=b"Game code", header=b""):
    """A PNG of nothing, with a text chunk as the specification has it."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    said = chunk(b"tEXt", keyword + b"\0" + text.encode()) if text else b""
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + said + chunk(b"IEND", b"")
    )


def log(game, end="\r\n", between=","):
    """The rows of a game's exported log, as far as a board reads them."""
    rows = [("try", "seed", "Practice problems", "fresh", "code")]
    rows += [(str(i), "1", "64", "33.1", code(game)) for i in range(len(game.tries) + 1)]
    return end.join(between.join(row) for row in rows) + end


def test_twenty_five_files_come_in_at_once(open_board):
    """A class's files, of every kind, dropped without a network: two minutes are far more than it takes."""
    opened, shown = open_board(lifted=False)
    games = [game_of(200 + i) for i in range(25)]
    kinds = [
        lambda i, game: file(f"pupil{i}.csv", log(game).encode(), "text/csv"),
        lambda i, game: file(f"pupil{i}.png", png(code(game)), "image/png"),
        lambda i, game: file(f"pupil{i}.txt", f"Here is my code:\n{code(game)}\n".encode(), "text/plain"),
        lambda i, game: file(f"pupil{i}.csv", log(game, "\n", ";").encode("utf-8-sig")),
        lambda i, game: file(f"pupil{i}.txt", log(game, between="\t").encode("utf-16")),
    ]
    drop(opened.page, [kinds[i % 5](i, game) for i, game in enumerate(games)])
    expect(shown.locator(".t3-board-games tbody tr")).to_have_count(25, timeout=120_000)
    assert shown.locator(".t3-board-desk + p").inner_text() == "25 games came in; 25 on the board."
    assert not shown.locator(".t3-board-problems").is_visible()
    shown.get_by_label(VEIL).check()
    for i, (game, row) in enumerate(zip(games, cells(shown), strict=True)):
        assert row[:2] == [f"pupil{i}", "12"]
        assert float(row[2]) == pytest.approx(best_so_far(game)[-1], abs=0.51)


def test_a_file_that_is_of_no_use_is_named_and_stops_no_other(open_board):
    opened, shown = open_board(lifted=False)
    good, hurt = code(game_of(1)), code(game_of(2))[:-1] + "!"
    first = next(c for c in "ABCDEFGH" if c != hurt[8])
    hurt = hurt[:8] + first + hurt[9:-1] + "0"
    files = [
        file("photo.jpg", b"\xff\xd8\xff\xe0" + b"x" * 40, "image/jpeg"),
        file("holiday.png", png("")),
        file("cut.png", png(good)[:40]),
        file("all.zip", b"PK\x03\x04" + bytes(30)),
        file("page.pdf", b"%PDF-1.7"),
        file("notes.txt", b"nothing here"),
        file("old.csv", b"try,seed,fresh\n0,1,99\n1,1,33\n"),
        file("hurt.txt", hurt.encode()),
        file("raw.bin", bytes(range(256))),
        file("other.txt", encode(game_of(1), COUNT, MARK ^ 1).encode()),
        file("<b>big</b>.txt", b"x" * 10_000_001),
        file("third-optimizer-game (3).csv", log(game_of(1)).encode()),
        file("mixed.txt", f"Ada: {code(game_of(3))}\nBob: {hurt}\nCem: {code(game_of(4))}".encode()),
    ]
    drop(opened.page, files, at="h1")  # beside the field: the page stays
    expect(shown.locator(".t3-board-games tbody tr")).to_have_count(3)
    told = shown.locator(".t3-board-problems li").all_inner_texts()
    wanted = {
        "photo.jpg": "a JPEG, and only the PNG",
        "holiday.png": "a picture without a code",
        "cut.png": "a picture without a code",
        "all.zip": "unpack it",
        "page.pdf": "a PDF",
        "notes.txt": "holds no code",
        "old.csv": "a log without its code: export it again",
        "hurt.txt": "damaged: a character is wrong",
        "raw.bin": "neither a text nor a picture",
        "other.txt": "made with another atlas",
        "<b>big</b>.txt": "larger than 10 MB",
        "mixed.txt": "damaged: a character is wrong",
    }
    assert len(told) == len(wanted) and all(
        line.startswith(f"{name}: {says}") or (line.startswith(f"{name}: ") and says in line)
        for line, (name, says) in zip(told, wanted.items(), strict=True)
    ), told
    assert shown.locator(".t3-board-problems b").count() == 0
    shown.get_by_label(VEIL).check()
    assert [row[0] for row in cells(shown)] == ["game 1", "Ada", "Cem"]  # the game's own name for its file is no name


def test_files_are_chosen_by_keyboard_too(open_board):
    opened, shown = open_board(lifted=False)
    button = shown.get_by_role("button", name="Choose files")
    with opened.page.expect_file_chooser() as chooser:
        button.press("Enter")
    ada = {"name": "ada.txt", "mimeType": "text/plain", "buffer": code(game_of(1)).encode()}
    chooser.value.set_files([ada, ada | {"name": "bob.txt", "buffer": code(game_of(2)).encode()}])
    expect(shown.locator(".t3-board-games tbody tr")).to_have_count(2)
    assert "ada" not in everything(opened.page)
    # the same file again is the same game
    with opened.page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files([ada])
    expect(shown.locator(".t3-board-desk + p")).to_have_text("No new game came in; 2 on the board.")
    assert not shown.locator(".t3-board-problems").is_visible()


def test_what_is_pasted_comes_in_at_once(open_board):
    opened, shown = open_board(lifted=False)
    page = opened.page
    shown.locator("textarea").first.focus()
    page.evaluate(
        """text => { const brought = new DataTransfer(); brought.setData("text/plain", text);
          const field = document.querySelector(".t3-board textarea"); field.value = text;
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: brought, bubbles: true })); }""",
        f"Ada: {code(game_of(1))}",
    )
    expect(shown.locator(".t3-board-games tbody tr")).to_have_count(1)
    assert shown.locator("textarea").first.input_value() == ""


# --- texts ---------------------------------------------------------------------------------------------------


def test_wrong_lines_are_listed_and_the_others_count(open_board):
    good = code(game_of(1))
    damaged = good[:20] + ("A" if good[20] != "A" else "B") + good[21:]
    lines = [
        f"Ada: {good}",
        "Bob: hello there",
        f"Carl: {damaged}",
        "Dora:",
        f"Edo: {encode(game_of(1), COUNT, MARK ^ 1)}",
        good.lower().replace("-", " "),
        f"Flo: {code(game_of(2))}",
        "12",
    ]
    opened, shown = open_board("\r\n".join(lines))
    assert [row[0] for row in cells(shown)] == ["Ada", "Flo"]
    assert shown.locator(".t3-board-problems p").all_inner_texts() == [
        "3 things do not count:",
        "3 lines hold no code: 2, 4, 8.",
    ]
    told = [
        "Line 3 (Carl): damaged: a character is wrong, missing, or in the place of another.",
        f"Line 5 (Edo): made with another atlas: the code's is {MARK ^ 1:04X}, this page's {MARK:04X}.",
        "Line 6: the same game as line 1, counted once.",
    ]
    assert shown.locator(".t3-board-problems li").all_inner_texts() == told
    assert shown.locator(".t3-board-summary").first.inner_text().startswith("2 games")
    shown.get_by_label(VEIL).uncheck()
    assert shown.locator(".t3-board-problems li").all_inner_texts() == [re.sub(r" \(\w+\)", "", one) for one in told]
    shown.get_by_role("button", name="Take these lines out").click()
    assert not shown.locator(".t3-board-problems").is_visible() and len(cells(shown)) == 2
    assert opened.page.evaluate("board.text") == f"{lines[0]}\n{lines[6]}"


def test_only_wrong_lines_leave_no_results(open_board):
    opened, shown = open_board("nothing of use\n2ABCD-EFGH")
    assert not shown.locator(".t3-board-games").is_visible()
    opened.page.wait_for_timeout(700)
    assert shown.locator("> .t3-announce").inner_text().startswith("No new game came in; 0 on the board.")


def test_what_came_in_can_be_mended(open_board):
    opened, shown = open_board(PASTED)
    shown.get_by_text("All that came in").click()
    field = shown.get_by_label("One game a line")
    assert field.input_value() == PASTED
    field.fill(PASTED.replace("Chidi", "Ching").replace("Bob: ", ""))
    field.blur()
    assert [row[0] for row in cells(shown)] == ["Ada", "game 2", "Ching", "game 4", "Eve"]


NAMES = [
    ("Ada: {}", "Ada"),
    ("{}", ""),
    (": {}", ""),
    ("Team 3: Ada: {}", "Team 3: Ada"),
    ("https://a.example/x.html#g={}", ""),
    ("Ada: https://a.example:80/x#g={}", "Ada"),
    ("Ada https://a.example/x#g={}", "Ada"),
    ("Ada:http://a.example/x#g={}", "Ada"),
    ("  Ada  :{}", "Ada"),
    ("\u202eevil\u202c\u2066x\u2069: {}", "evilx"),
    ("A\u0000\u0007\tB\u200e\u200f\u061c: {}", "AB"),
    ("\u200b\u2060: {}", ""),
    ("\ud83d\ude00: {}", "\ud83d\ude00"),
    ("x" * 10_000 + ": {}", "x" * 40 + "…"),
    ("\U0001f600" * 41 + ": {}", "\U0001f600" * 40 + "…"),
    ("سارة: {}", "سارة"),
    ("[27.11.26, 10:42:13] Ada: {}", "Ada"),  # chats
    ("27/11/2026, 10:42 - Ada: {}", "Ada"),
    ("[10:42 a.m., 27/11/2026] Ada: {}", "Ada"),
]


@pytest.mark.parametrize(("line", "name"), NAMES, ids=range(len(NAMES)))
@pytest.mark.parametrize("whole", [True, False])
def test_a_line_is_a_name_and_a_code(open_board, line, name, whole):
    opened, _ = open_board()
    one = code(game_of(1)) if whole else "2BEEF-1WYQA-BA"  # damaged: not taken for a part of it
    name = name.encode("utf-16", "surrogatepass").decode("utf-16")
    found = opened.page.evaluate(
        "line => ThirdOptimizer.received.codes(line).found.map(({ name, code }) => [name, code])",
        line.format(one).encode("utf-16", "surrogatepass").decode("utf-16"),
    )
    seen = [[name, re.sub("[\u200b\u2060]", "", code)] for name, code in found]
    assert seen == [[name, one]] or (not whole and "27" in line)  # a damaged line keeps its stamp


def found(page, text):
    return page.evaluate(
        "text => ThirdOptimizer.received.codes(text).found.map(({ line, name, code }) => [line, name, code])", text
    )


def test_several_codes_in_one_text(open_board):
    page = open_board()[0].page
    a, b, c = (code(game_of(n)) for n in (1, 2, 3))
    assert found(page, f"Ada: {a}, Bob: {b} Cem {c}") == [[1, "Ada", a], [1, "Bob", b], [1, "Cem", c]]
    assert found(page, f"{a} (Ada), {b} (Bob)") == [[1, "Ada", a], [1, "Bob", b]]
    assert found(
        page, f"Dear all,\n\nAda {a}\nhttps://x.example/10.html#g={b} https://x.example/10.html#g={c}\nBye"
    ) == [[3, "Ada", a], [4, "", b], [4, "", c]]
    many = [code(game_of(n)) for n in range(40)]
    assert [one for _, _, one in found(page, json.dumps({"codes": many}))] == many  # in one line


def test_a_code_that_mail_has_broken_is_whole_again(open_board):
    page = open_board()[0].page
    one, other = code(game_of(1, tries=60)), code(game_of(2))
    lines = [one[i : i + 60] for i in range(0, len(one), 60)]
    assert len(lines) > 2
    text = "\n> ".join(["> Ada: " + lines[0], *lines[1:]]) + f"\nBob: {other}"
    assert [(name, got.replace(" ", "")) for _, name, got in found(page, text)] == [("Ada", one), ("Bob", other)]
    # a damaged one takes nothing of what follows
    assert [name for _, name, _ in found(page, f"Ada: {other[:-1]}\nBob: {other}")] == ["Ada", "Bob"]


def test_a_log_that_is_pasted_is_one_game(open_board):
    opened, shown = open_board("\n".join([log(game_of(1), "\n", "\t"), log(game_of(2), "\n", ";")]))
    assert [row[0] for row in cells(shown)] == ["game 1", "game 2"]
    assert shown.locator(".t3-board-problems li").count() == 0


def test_a_long_line_without_a_code_does_not_hold_the_page(open_board):
    page = open_board()[0].page
    assert found(page, "x" * 150_000) == [] and found(page, "lil0 " * 30_000) == []


SAFE = "https://eur01.safelinks.protection.outlook.com/?url="
ADDRESS = "https://class.example/book/10_be_the_meta_optimizer.html"
ARRIVED = [
    *(
        (text, "")
        for text in (
            "{}",
            "{}.",
            "{},",
            "{}!",
            "‹{}›",
            "<{}>",
            "({}).",
            "“{}”",
            "«{}»",
            "'{}'",
            "`{}`",
            "**{}**",
            "> {}",
            "- {}",
        )
    ),
    *((text, "") for text in ("_{}_", "~{}~", "[{}]", "{};", "…{}…", "\u200b{}\ufeff", "* {}", "= {}")),
    *(
        (text, "Ada")
        for text in (
            "Ada: {}",
            "Ada {}",
            "Ada:{}",
            "Ada – {}",
            "Ada - {}.",
            "Ada, {}",
            "Ada = {}",
            "Ada: ‹{}›",
            "Ada (“{}”)",
        )
    ),
    *(
        (text, "Ada")
        for text in (
            "> Ada: {}",
            "- Ada: {}.",
            "• Ada {}",
            "**Ada**: {}",
            "**Ada:** `{}`",
            "{} – Ada",
            "{}, Ada",
            "{} (Ada)",
        )
    ),
    *((text, "Ada B. O'Neill") for text in ("Ada B. O'Neill {}", "Ada B. O'Neill: {}", "Ada B. O'Neill, {}.")),
    ("Team 1: Ada: {}", "Team 1: Ada"),
    ("Bob 2 {}", "Bob 2"),
    ("1. Ada {}", "1. Ada"),
    ("2nd table {}", "2nd table"),
    *(
        (text, "")
        for text in (
            ADDRESS + "#g={}",
            ADDRESS + "#g={}.",
            "<" + ADDRESS + "#g={}>",
            "(" + ADDRESS + "#g={}),",
            "class.example/10#g={}",
        )
    ),
    *(
        (text, "")
        for text in (
            ADDRESS + "%23g={}",
            ADDRESS + "%23g%3D{}",
            ADDRESS + "#g={}&utm_source=mail",
            ADDRESS + "%2523g%253D{}",
        )
    ),
    (f"[{ADDRESS}#g={{}}]({ADDRESS}#g={{}})", ""),
    (f"[Ada]({ADDRESS}#g={{}})", "Ada"),
    (f"Ada <{ADDRESS}#g={{}}>", "Ada"),
    (
        f"Ada: {SAFE}{quote(ADDRESS, safe='')}%23g%3D{{}}&data=05%7C02%7Cada%40class.example%7C08dc&sdata=x%2By%3D&reserved=0",
        "Ada",
    ),
    (f"{SAFE}{quote(ADDRESS, safe='')}%23g%3D{{}}&amp;data=05%7C02", ""),
    (f"https://www.google.com/url?q={ADDRESS}%23g%3D{{}}&sa=D&source=x", ""),
    (f"https://urldefense.com/v3/__{ADDRESS}*g={{}}__;Iw!!Abc!xyz$", ""),
]


def proofpoint(text):
    """As its second version writes an address into its own."""
    return "https://urldefense.proofpoint.com/v2/url?u=" + "".join(
        sign if sign.isalnum() or sign == "." else "_" if sign == "/" else f"-{ord(sign):02X}" for sign in text
    )


def test_a_code_is_found_as_it_arrives(open_board):
    """By mail, in a chat, out of a link that Outlook has wrapped; in small letters, too; with a name, or without."""
    opened, _ = open_board()
    one, cases = code(game_of(1)), []
    for around, name in ARRIVED:
        cases.append((around.format(one, one), name))
        if "g=" not in around and "g%" not in around:  # addresses have neither spaces nor what is not seen
            others = one.lower(), one.replace("-", " "), one.lower().replace("-", "-\u200b"), one.replace("-", "\\-")
            cases += [(around.format(other), name) for other in others]
    read = opened.page.evaluate(
        """lines => lines.map((line) => { const { games, problems } = ThirdOptimizer.pasted.read(line, board.spec, board.atlas);
          return [problems, games.map((game) => [game.name, game.tries])]; })""",
        [line for line, _ in cases],
    )
    tries = [list(a) for a in game_of(1).tries]
    for (line, name), (problems, games) in zip(cases, read, strict=True):
        assert problems == [] and games == [[name, tries]], line


def test_a_code_that_mail_has_wrapped_is_one_line(open_board):
    """After any of its letters; quoted, in quoted-printable, in a link, over three lines. The lines around it stay."""
    opened, _ = open_board()
    one, other = code(game_of(1)), code(game_of(2))
    link = f"{ADDRESS}#g={one}"
    texts = [
        f"Ada: {one[:n]}{end}\n{start}{one[n:]}"
        for n in (1, 6, 30)
        for end, start in (("", ""), ("=", ""), (" ", "> "))
    ]
    texts += [f"Ada: {one[:20]}\r\n{one[20:40]}\r\n{one[40:]}", f"Ada: {link[:-9]}\n{link[-9:]}"]
    texts += [
        f"Ada: {proofpoint(link)}&d=DwMFaQ&c=x-2D",
        f"Ada <{proofpoint(link)}>",
        f"Ada: {one[:9]}\n{one[9:]}\nBob\n2MZ1G-\n\nCem: {other}",
    ]
    read = opened.page.evaluate(
        """texts => texts.map((text) => { const { games, problems } = ThirdOptimizer.pasted.read(text, board.spec, board.atlas);
          return [games.map((game) => [game.line, game.name, game.tries]), problems.map((one) => one.line)]; })""",
        texts,
    )
    first, second = ([list(a) for a in game_of(n).tries] for n in (1, 2))
    *alone, (games, problems) = read
    for text, found in zip(texts, alone, strict=False):
        assert found == [[[1, "Ada", first]], []], text
    assert games == [[1, "Ada", first], [6, "Cem", second]] and problems == []  # these lines hold no code


WRAPPED_LINKS = [
    ADDRESS,
    f"{ADDRESS}#g={{}}",
    proofpoint(ADDRESS) + "&d=DwMFaQ",
    f"{SAFE}{quote(ADDRESS, safe='')}&data=05%7C02%7Cada%40class.example&sdata=x%2By%3D",
    f"{SAFE}{quote(ADDRESS, safe='')}%23g%3D{{}}&data=05%7C02%7Cada%40class.example",
    f"https://www.google.com/url?q={ADDRESS}%23g%3D{{}}&sa=D",
    f"https://urldefense.com/v3/__{ADDRESS}*g={{}}__;Iw!!Abc!xyz$",
]


def test_a_link_beside_a_code_is_no_name_and_hides_none(open_board):
    """Whole or wrapped by a mail program, with the game in it or without: Ada's name stands before it."""
    page = open_board()[0].page
    one, other = code(game_of(1)), code(game_of(2))
    around = ["Ada: {} {}", "Ada {} {}", "Ada: <{}> {}", "Ada ({}): {}", "Ada: {}, {}", "{} Ada {}", "{} Ada: {}"]
    around += ["[Ada]({}) {}", "{} {} Ada", "Ada: {} - {}"]
    texts = []
    for link in (link.format(one) for link in WRAPPED_LINKS):
        texts += [text.format(link, one) for text in around]
        for at in range(45, min(len(link) - 8, 80), 7):
            texts += [f"Ada: {link[:at]}{wrap}{link[at:]} {one}" for wrap in ("\n", "=\n", "\n> ")]
    for text in texts:
        assert {(line, name) for line, name, _ in found(page, text)} == {(1, "Ada")}, text
    # whoever stands below a link is nobody's rest
    apart = f"The board is at {ADDRESS}\nBob: {other}\n{ADDRESS}#g={one}\nCem.D: {one}"
    assert [(line, name) for line, name, _ in found(page, apart)] == [(2, "Bob"), (3, ""), (4, "Cem.D")]


NASTY = [
    "<script>document.title = 'caught'</script>",
    "<img src=x onerror=\"document.title='caught'\">",
    "<b>bold</b>",
    "${7*7} {{7*7}}",
    "\u202egnp.exe\u202c",
    "x" * 10_000,
    "__proto__",
    "סבתא",
    "&lt;i&gt;",
    "datum.y = 1",
]


def test_names_are_text(open_board):
    text = "\n".join(f"{name}: {code(game_of(50 + i))}" for i, name in enumerate(NASTY)) + f"\n{NASTY[1]}: broken"
    opened, shown = open_board(text, width=390)
    page = opened.page
    expected = [name.translate(dict.fromkeys((0x202E, 0x202C))) for name in NASTY]
    expected = [name if len(name) <= 40 else name[:40] + "…" for name in expected]
    assert [row[0] for row in cells(shown)] == expected
    for i in range(len(NASTY)):
        shown.get_by_label("Show apart").select_option(index=i + 1)
        assert shown.locator(".t3-chart svg text", has_text=expected[i][:7]).count() == 1
    assert shown.locator("img, b, i:not([style]), script").count() == 0 and page.title() == "Board"
    assert not re.search(
        "[\u202a-\u202e\u200e\u200f]",
        shown.evaluate(
            "(board) => [...board.querySelectorAll('*')].filter((e) => !e.matches('textarea')).map((e) => e.textContent + (e.getAttribute('aria-label') || '')).join('')"
        ),
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_five_hundred_lines(open_board):
    lines = [f"Player {i}: {code(game_of(100 + i))}" for i in range(400)] + [
        f"{PASTED[5:30]}-{i:05}" for i in range(100)
    ]
    _, shown = open_board("\n".join(lines))
    assert shown.locator(".t3-board-games tbody tr").count() == 400
    assert shown.locator(".t3-board-problems li").count() == 100
    assert shown.locator(".t3-board-problems").bounding_box()["height"] < 350
    assert "360 more in the table" in shown.locator(".t3-chart").get_attribute("aria-label")


# --- what is kept ------------------------------------------------------------------------------------------


def again(page):
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")


def test_what_came_in_survives_reload_and_goes_when_cleared(open_board):
    opened, shown = open_board(PASTED)
    page, rows = opened.page, shown.locator(".t3-board-games tbody")
    before = rows.inner_text()
    again(page)
    shown.get_by_label(VEIL).check()
    assert rows.inner_text() == before
    kept = page.evaluate("ThirdOptimizer.store.get('board')")
    assert kept["value"] == {"version": 1, "text": PASTED} and kept["answer"].startswith("5 games")
    shown.get_by_role("button", name="Clear the board").click()
    shown.get_by_role("button", name="Keep it").click()
    assert rows.locator("tr").count() == 5
    shown.get_by_role("button", name="Clear the board").click()
    shown.get_by_role("button", name="Yes, clear it").click()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA" and not rows.is_visible()
    again(page)
    assert page.evaluate("board.text") == "" and not shown.get_by_role("button", name="Clear the board").is_visible()


def test_typing_is_kept_when_the_field_is_left(open_board):
    opened, shown = open_board()
    field = shown.get_by_label("Paste codes here")
    field.press_sequentially("Ada: 2ABCD-EFGHJ")
    field.blur()
    again(opened.page)
    assert field.input_value() == "" and opened.page.evaluate("board.text") == "Ada: 2ABCD-EFGHJ"
    assert (
        shown.locator(".t3-board-problems li").inner_text()
        == "Line 1: too short: 10 characters, a code has 12 or more."
    )


def test_too_much_is_not_taken_and_not_lost(open_board):
    opened, shown = open_board("Ada: " + code(game_of(1)))
    field = shown.get_by_label("Paste codes here")
    field.fill("x" * 200_000)
    shown.get_by_role("button", name="Add", exact=True).click()
    assert "Nothing was added." in shown.locator(".t3-board-desk + p").inner_text()
    assert len(field.input_value()) == 200_000 and len(cells(shown)) == 1


@pytest.mark.parametrize("damage", ["7", '{"text": 7}', "null", '{"version": 1}'])
def test_a_damaged_store_is_no_error(open_board, damage):
    opened, shown = open_board()
    opened.page.evaluate(
        "value => localStorage.setItem('third-optimizer', JSON.stringify({version: 1, answers: {board: {value: JSON.parse(value)}}}))",
        damage,
    )
    opened.page.reload()
    opened.page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert opened.page.evaluate("board.text") == ""


def test_runs_that_are_missing_are_said(open_board):
    opened, _ = open_board()
    opened.page.evaluate("""async () => { const host = document.querySelector('[data-t3=board]'); host.replaceChildren();
      await new ThirdOptimizer.Board(host, {id: 'board'}, Promise.reject(new Error('the recorded runs are missing beside this page'))).ready; }""")
    assert (
        opened.page.get_by_role("alert").inner_text()
        == "This board cannot be drawn: the recorded runs are missing beside this page."
    )


# --- every view --------------------------------------------------------------------------------------------


def test_a_change_is_said_once(open_board):
    opened, shown = open_board()
    opened.page.evaluate("""() => { window.told = []; const voice = document.querySelector('.t3-board > .t3-announce');
      new MutationObserver(() => told.push(voice.textContent)).observe(voice, {childList: true}); }""")
    paste(opened.page, PASTED)
    opened.page.wait_for_timeout(900)
    told = opened.page.evaluate("told")
    assert len(told) == 1 and told[0].startswith("5 games came in; 5 on the board. 5 games: the best lie")


@pytest.mark.parametrize(
    ("width", "theme"), [(1280, "light"), (1280, "dark"), (768, "light"), (390, "light"), (390, "dark"), (320, "light")]
)
def test_the_board_is_whole_in_every_view(open_board, width, theme):
    more = "\n".join(f"{'W' * 30} {i}: {code(game_of(20 + i, start=8 + i % 2, mode=i % 4))}" for i in range(6))
    opened, shown = open_board(f"{PASTED}\n{more}\nBob: 12\n{PASTED.splitlines()[0]}", width=width, theme=theme)
    page = opened.page
    shown.get_by_label("Show apart").select_option(index=6)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate("""() => { const box = document.querySelector('.t3-board').getBoundingClientRect();
      return [...document.querySelectorAll('.t3-board *')].filter((e) => e.getClientRects().length && !e.closest('.t3-announce, .t3-sky-table') && !e.matches('svg :not(text)') && e.getBoundingClientRect().right > box.right + 1.5)
        .map((e) => e.outerHTML.slice(0, 80)); }""")
    assert outside == []
    small = page.evaluate(
        "[...document.querySelectorAll('.t3-board :is(button, select, summary, .t3-board-veil label)')].filter((e) => e.getClientRects().length).map((e) => e.getBoundingClientRect()).filter((b) => b.height < 44 || b.width < 44).length"
    )
    assert small == 0
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('main'), {resultTypes: ['violations'], preload: false})")[
        "violations"
    ]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []


def test_the_board_of_the_book_is_light():
    spec = board(BOOKS, tournament=SEARCHES, low=1.0).spec
    assert len(gzip.compress(to_json({**spec, "runs": None}).encode())) < 25_000
