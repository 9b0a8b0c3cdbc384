"""The class board: what is read from pasted lines, and the board itself in Chromium over a small made-up atlas."""

import json
import math
import re
from urllib.parse import quote

import numpy as np
import pytest

from tests.codes import GameCode, encode
from tests.conftest import ROOT, Page
from tests.games import RULES
from third_optimizer.meta import DIALS, Design, Space
from third_optimizer.view.component import BUNDLES, SCRIPTS, STYLES, to_json
from third_optimizer.view.game.board import board, places

VIEW = ROOT / "code/third_optimizer/view"
AXE = (ROOT / "tests/vendor/axe.min.js").read_text("utf8")
SPACE = Space(
    Design(), **{name: DIALS[name].stops for name in ("problems", "architecture", "table", "passes", "warm_up")}
)
COUNT, MARK, PAR = len(SPACE.designs), 0xBEEF, 32.8
BOARD = board(SPACE, MARK, par=PAR)


def made_up(design, seed):
    """A run of the made-up atlas: some explode, some are not finite, one seed of all is far off."""
    rng = np.random.default_rng([design, seed])
    if (design, seed) == (7, 1):
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
    # what page.js does, for this board alone and an atlas of our own
    begin = f"""const host = document.querySelector("[data-t3=board]"), runs = {json.dumps(ATLAS)};
      const atlas = {{ run: (design, seed) => runs[design][seed - 1] }};
      window.board = new ThirdOptimizer.Board(host, JSON.parse(host.querySelector("script").textContent), Promise.resolve(atlas), ThirdOptimizer.store);
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

    def begin(text=None, **options):
        opened.append(Page(browser, address, **options))
        opened[-1].page.set_default_timeout(8_000)
        if text is not None:
            paste(opened[-1].page, text)
        return opened[-1], opened[-1].page.locator(".t3-board")

    yield begin
    for page in opened:
        assert page.errors == [] and page.outside() == []
        page.close()


def paste(page, text):
    page.get_by_label("Codes, one a line").fill(text)
    page.wait_for_function("board.text === board.input.value")


def cells(shown):
    return [row.split("\t") for row in shown.locator("tbody").inner_text().split("\n")]


CLASS = [
    ("Ada", game_of(1)),
    ("Bob", game_of(2)),
    ("Chidi", game_of(3, tries=5)),
    ("", game_of(4)),
    ("Eve", game_of(5, tries=60)),
]
PASTED = "\n".join(f"{name}: {code(game)}" if name else code(game) for name, game in CLASS)


# --- what Python says ------------------------------------------------------------------------------------


def test_places_say_what_makes_a_difference():
    for design, place in zip(SPACE.designs, places(SPACE), strict=True):
        for (name, stops), stop in zip(SPACE.stops.items(), place, strict=True):
            assert stop is None or stops[stop] == getattr(design, name)
        architecture, table, passes, warm_up = place[1:]
        assert (table is None) == (design.problems is None) and (passes is None) == (design.architecture == "mlp")
        assert (warm_up is None) == (design.architecture == "mlp" or design.passes == 1) and architecture is not None


def test_the_board_says_what_it_is_without_scripts():
    assert BOARD.kind == "board" and BOARD.spec["designs"] == COUNT == 42
    assert "data-t3-chart" in BOARD.html() and "a script did not run" in BOARD.html() and BOARD.text in BOARD.html()
    assert board(SPACE, 0, par=PAR, runs={"script": "runs.js"}).spec["runs"] == {"script": "runs.js"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fingerprint": 65536}, "fingerprint must be a whole number from 0 to 65535, got 65536"),
        ({"fingerprint": "BEEF"}, "fingerprint must be a whole number from 0 to 65535, got 'BEEF'"),
        ({"low": 0}, "low must be above 0 and below 200, got 0"),
    ],
)
def test_a_board_out_of_range_is_refused(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        board(SPACE, **{"fingerprint": MARK, "par": PAR} | options)


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


def turned(game):
    """Dials turned for each try, counted from the designs themselves: a dial that makes no difference stays where it was."""
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
        moves.append(sum(name in stands and stands[name] != asdict(design)[name] for name in live))
        stands |= {name: asdict(design)[name] for name in live}
    return moves[1:]


def test_the_table_says_tries_best_dials_and_par(open_board):
    _, shown = open_board(PASTED)
    assert shown.locator(".t3-board-apart").count() == 0
    assert shown.locator("thead th").all_inner_texts() == ["Game", "Tries", "Best", "Dials a try", "Par at try"]
    for (name, game), row in zip(CLASS, cells(shown), strict=True):
        best = best_so_far(game)
        at = next((n for n, value in enumerate(best) if value <= 1.05 * PAR), None)
        assert row[:2] == [name or "line 4", str(len(game.tries))]
        assert float(row[2]) == pytest.approx(best[-1], abs=0.051 if best[-1] < 9.95 else 0.51)
        assert float(row[3]) == pytest.approx(np.mean(turned(game)), abs=0.051)
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
    assert opened.page.evaluate(
        "([designs, places]) => ThirdOptimizer.pasted.turned(designs, places)", [there_and_back, places(SPACE)]
    ) == [1, 1, 1]


def test_the_summary_counts_the_class_and_what_nobody_tried(open_board):
    _, shown = open_board(PASTED)
    tried = {d for _, game in CLASS for d in (game.start, *(design for design, _ in game.tries))}
    text = shown.locator(".t3-board-summary").inner_text()
    assert text.startswith("5 games: the best of each lies between")
    left = COUNT - len(tried)
    assert (
        left
        and f"{left} of {COUNT} designs ({math.floor(1000 * left / COUNT) / 10:g} per cent) were tried by nobody."
        in text
    )
    finals = [best_so_far(game)[-1] for _, game in CLASS]
    name, game = CLASS[int(np.argmin(finals))]
    at = int(np.argmin([score(game.start, 1), *(score(*one) for one in game.tries)]))
    assert f"The lowest error came from {name or 'line 4'}, try {at}: " in text
    design = SPACE.designs[game.tries[at - 1][0]]
    assert f"{DIALS['architecture'].label} {DIALS['architecture'].name(design.architecture)}" in text


def test_the_picture_is_told_in_words_with_names_and_bests(open_board):
    opened, shown = open_board(PASTED)
    label = shown.get_by_role("img").get_attribute("aria-label")
    assert label == shown.locator(".t3-reading").inner_text()
    assert "over 60 tries; par is 33. 5 lines. Their median goes from" in label
    for (name, _), row in zip(CLASS, cells(shown), strict=True):
        assert f"{name or 'line 4'}: {row[2]}" in label
    lines = shown.locator(".t3-chart svg path[aria-roledescription], .t3-chart svg .mark-line path")
    assert lines.count() == len(CLASS) + 2  # their median and par
    at_end = opened.page.evaluate("board.chart.rows.filter((row) => row.kind === 'median').map((row) => row.y)")
    padded = [np.minimum(np.pad(best_so_far(g), (0, 60 - len(g.tries)), mode="edge"), 200) for _, g in CLASS]
    assert at_end == pytest.approx(np.median(padded, axis=0))


def test_a_game_is_drawn_apart_by_its_button(open_board):
    opened, shown = open_board(PASTED)
    button = shown.get_by_role("button", name="Chidi")
    button.focus()
    opened.page.keyboard.press("Enter")
    assert (
        button.get_attribute("aria-pressed") == "true"
        and shown.locator(".t3-chart svg text", has_text="Chidi").count() == 1
    )
    assert "Drawn apart: Chidi." in shown.get_by_role("img").get_attribute("aria-label")
    shown.get_by_role("button", name="Ada").click()
    assert (
        button.get_attribute("aria-pressed") == "false"
        and shown.locator(".t3-chart svg text", has_text="Chidi").count() == 0
    )
    shown.get_by_role("button", name="Ada").click()
    assert (
        shown.locator("[aria-pressed=true]").count() == 0
        and opened.page.evaluate("board.chart.rows.some((row) => row.kind === 'chosen')") is False
    )


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
    assert "4 games from 2 starts" in shown.locator(".t3-board-summary").inner_text()


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
    assert shown.locator("tbody td:last-child").all_inner_texts()[2:] == ["–", "–"]
    read = opened.page.evaluate(f"values => values.map({RULES}.shown)", sorted(min(line[-1], 1e9) for line in drawn))
    summary = shown.locator(".t3-board-summary").inner_text()
    assert summary.startswith("2 games: the best of each lies between")
    assert (
        f"2 games were played for practice error, dashed here; what they chose leaves between {read[0]} and {read[1]} on fresh problems."
        in summary
    )
    median = opened.page.evaluate("board.chart.rows.filter((row) => row.kind === 'median').map((row) => row.y)")
    assert median == pytest.approx(np.median([np.minimum(best_so_far(g), 200) for g in plain], axis=0))
    assert "2 are dashed: played for practice error" in shown.get_by_role("img").get_attribute("aria-label")
    assert (
        opened.page.evaluate(
            "new Set(board.chart.rows.filter((row) => row.kind === 'boss').map((row) => row.game)).size"
        )
        == 2
    )


def test_a_class_of_bosses_has_no_best(open_board):
    _, shown = open_board("\n".join(code(game_of(n, mode=2)) for n in (3, 4)))
    assert shown.locator(".t3-figure-title").inner_text() == "2 games: the choice so far, try by try"
    assert (
        "par" not in shown.locator(".t3-board-summary").inner_text()
        and "lowest error" not in shown.locator(".t3-board-summary").inner_text()
    )


def test_one_game_and_a_game_without_tries(open_board):
    opened, shown = open_board("Ada: " + code(GameCode(7, 0, ())))
    assert cells(shown)[0][0::3] == ["Ada", "–"] and "One game" in shown.locator(".t3-board-summary").inner_text()
    assert "over 0 tries" in shown.get_by_role("img").get_attribute("aria-label")
    paste(opened.page, code(game_of(1, tries=1)))
    assert cells(shown)[0][:2] == ["line 1", "1"] and "over 1 try;" in shown.get_by_role("img").get_attribute(
        "aria-label"
    )


# --- lines that do not count -------------------------------------------------------------------------------


def test_wrong_lines_are_listed_and_the_others_count(open_board):
    good = code(game_of(1))
    damaged = good[:20] + ("A" if good[20] != "A" else "B") + good[21:]
    lines = [
        f"Ada: {good}",
        "",
        "Bob: hello there",
        f"Carl: {damaged}",
        "Dora:",
        f"Edo: {encode(game_of(1), COUNT, 1)}",
        good.lower().replace("-", " "),
        f"Flo: {code(game_of(2))}",
        "12",
    ]
    _, shown = open_board("\r\n".join(lines))
    assert [row[0] for row in cells(shown)] == ["Ada", "Flo"]
    assert shown.locator(".t3-board-problems p").inner_text() == "6 lines do not count:"
    assert shown.locator(".t3-board-problems li").all_inner_texts() == [
        "Line 3 (Bob): too short: 10 characters, a code has 12 or more.",
        "Line 4 (Carl): damaged: a character is wrong, missing, or in the place of another.",
        "Line 5 (Dora): empty: there is no code here.",
        "Line 6 (Edo): made with another atlas: the code's is 0001, this page's BEEF.",
        "Line 7: the same game as line 1, counted once.",
        "Line 9: too short: 2 characters, a code has 12 or more.",
    ]
    assert shown.locator(".t3-board-summary").inner_text().startswith("2 games")


def test_only_wrong_lines_leave_no_results(open_board):
    opened, shown = open_board("nothing of use\nU")
    assert shown.locator(".t3-board-problems li").count() == 2 and not shown.locator("table").is_visible()
    opened.page.wait_for_timeout(700)
    assert shown.locator(".t3-announce").inner_text() == "No games. 2 lines do not count."


@pytest.mark.parametrize(
    ("line", "name", "rest"),
    [
        ("Ada: 123", "Ada", "123"),
        ("123", "", "123"),
        (": 123", "", "123"),
        ("Team 3: Ada: 123", "Team 3: Ada", "123"),
        ("https://a.example/x.html#g=123", "", "123"),
        ("Ada: https://a.example:80/x#g=123-4", "Ada", "123-4"),
        ("Ada https://a.example/x#g=1", "Ada", "1"),
        ("Ada:http://a.example/x#g=1", "Ada", "1"),
        ("  Ada  :1", "Ada", "1"),
        ("\u202eevil\u202c\u2066x\u2069: 1", "evilx", "1"),
        ("A\u0000\u0007\tB\u200e\u200f\u061c: 1", "AB", "1"),
        ("\u200b\u2060: 1", "", "1"),
        ("\ud83d\ude00: 1", "\ud83d\ude00", "1"),
        ("x" * 10_000 + ": 1", "x" * 40 + "…", "1"),
        ("\U0001f600" * 41 + ": 1", "\U0001f600" * 40 + "…", "1"),
        ("سارة: 1", "سارة", "1"),
        ("Ada 2BEEF-1WYQA-BA", "Ada", "2BEEF-1WYQA-BA"),  # damaged: not taken for a part of it
    ],
)
def test_a_line_is_a_name_and_a_code(open_board, line, name, rest):
    opened, _ = open_board()
    name = name.encode("utf-16", "surrogatepass").decode("utf-16")
    assert opened.page.evaluate(
        "line => ThirdOptimizer.pasted.split(line)", line.encode("utf-16", "surrogatepass").decode("utf-16")
    ) == [name, rest]


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
        assert problems == [] and games == [[name or "line 1", tries]], line


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
    assert games == [[1, "Ada", first], [6, "Cem", second]] and problems == [3, 4]


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
        shown.locator("tbody button").nth(i).click()
        assert shown.locator(".t3-chart svg text", has_text=expected[i][:7]).count() == 1
    assert shown.locator("img, b, i, script").count() == 0 and page.title() == "Board"
    assert not re.search(
        "[\u202a-\u202e\u200e\u200f]",
        shown.evaluate(
            "(board) => [...board.querySelectorAll('*')].filter((e) => !e.matches('textarea')).map((e) => e.textContent + (e.getAttribute('aria-label') || '')).join('')"
        ),
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_five_hundred_lines(open_board):
    lines = [f"Player {i}: {code(game_of(100 + i))}" for i in range(400)] + ["no code"] * 100
    opened, shown = open_board("\n".join(lines))
    assert shown.locator("tbody tr").count() == 400 and shown.locator(".t3-board-problems li").count() == 100
    assert shown.locator(".t3-board-problems").bounding_box()["height"] < 300
    assert "360 more in the table" in shown.get_by_role("img").get_attribute("aria-label")
    seconds = opened.page.evaluate(
        "() => { const began = performance.now(); board.show(); return (performance.now() - began) / 1000; }"
    )
    assert seconds < 3


# --- what is kept ------------------------------------------------------------------------------------------


def test_what_is_pasted_survives_reload_and_goes_when_cleared(open_board):
    opened, shown = open_board(PASTED)
    page = opened.page
    before = shown.locator("tbody").inner_text()

    def again():
        page.reload()
        page.wait_for_selector("html[data-t3-ready]", state="attached")

    again()
    assert shown.locator("tbody").inner_text() == before and shown.locator("textarea").input_value() == PASTED
    kept = page.evaluate("ThirdOptimizer.store.get('board')")
    assert kept["value"] == {"version": 1, "text": PASTED} and kept["answer"].startswith("5 games")
    shown.get_by_role("button", name="Clear").click()
    shown.get_by_role("button", name="Keep it").click()
    assert shown.locator("tbody tr").count() == 5
    shown.get_by_role("button", name="Clear").click()
    shown.get_by_role("button", name="Yes, clear it").click()
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA" and not shown.locator("table").is_visible()
    again()
    assert shown.locator("textarea").input_value() == "" and not shown.get_by_role("button", name="Clear").is_visible()


def test_typing_is_kept_when_the_field_is_left(open_board):
    opened, shown = open_board()
    shown.locator("textarea").press_sequentially("Ada: 12")
    shown.locator("textarea").blur()
    opened.page.reload()
    opened.page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert (
        shown.locator("textarea").input_value() == "Ada: 12"
        and shown.locator("li").inner_text() == "Line 1 (Ada): too short: 2 characters, a code has 12 or more."
    )


@pytest.mark.parametrize("damage", ["7", '{"text": 7}', "null", '{"version": 1}'])
def test_a_damaged_store_is_no_error(open_board, damage):
    opened, shown = open_board()
    opened.page.evaluate(
        "value => localStorage.setItem('third-optimizer', JSON.stringify({version: 1, answers: {board: {value: JSON.parse(value)}}}))",
        damage,
    )
    opened.page.reload()
    opened.page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert shown.locator("textarea").input_value() == ""


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
    opened.page.evaluate("""() => { window.told = []; new MutationObserver(() => told.push(document.querySelector('.t3-announce').textContent))
      .observe(document.querySelector('.t3-announce'), {childList: true}); }""")
    paste(opened.page, PASTED)
    opened.page.wait_for_timeout(900)
    told = opened.page.evaluate("told")
    assert len(told) == 1 and told[0].startswith("5 games: the best of each lies between")


@pytest.mark.parametrize(
    ("width", "theme"), [(1280, "light"), (1280, "dark"), (768, "light"), (390, "light"), (390, "dark"), (320, "light")]
)
def test_the_board_is_whole_in_every_view(open_board, width, theme):
    more = "\n".join(f"{'W' * 30} {i}: {code(game_of(20 + i, start=8 + i % 2, mode=i % 4))}" for i in range(6))
    opened, shown = open_board(f"{PASTED}\n{more}\nBob: 12\n{PASTED.splitlines()[0]}", width=width, theme=theme)
    page = opened.page
    shown.locator("tbody button").nth(5).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate("""() => { const box = document.querySelector('.t3-board').getBoundingClientRect();
      return [...document.querySelectorAll('.t3-board *')].filter((e) => e.getClientRects().length && !e.closest('.t3-announce') && !e.matches('svg :not(text)') && e.getBoundingClientRect().right > box.right + 1.5)
        .map((e) => e.outerHTML.slice(0, 80)); }""")
    assert outside == []
    small = page.evaluate(
        "[...document.querySelectorAll('.t3-board button')].filter((e) => e.getClientRects().length).map((e) => e.getBoundingClientRect()).filter((b) => b.height < 44 || b.width < 44).length"
    )
    assert small == 0
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('main'), {resultTypes: ['violations'], preload: false})")[
        "violations"
    ]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []


def test_the_board_of_the_book_is_light():
    assert len(to_json(BOARD.spec)) < 12_000
