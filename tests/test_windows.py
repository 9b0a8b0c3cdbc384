"""Two windows of one book, whatever pages they show, never lose each other's data; and a store that fails loses none."""

import json
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.codes import GameCode, encode
from tests.games import (  # noqa: F401 (fixtures)
    GRID,
    ID,
    OTHER,
    QUICK,
    VIEW,
    answered,
    board_,
    kept,
    log_rows,
    notebook_,
    one_try,
    put,
    spec_,
    train,
    turn,
)
from third_optimizer.meta import ATLAS_SPACE
from third_optimizer.view.component import BUNDLES, SCRIPTS, STYLES, Component
from third_optimizer.view.game.board import board as class_board
from third_optimizer.view.game.runs import payload
from third_optimizer.view.questions import answers

DEAF = "addEventListener('storage', (event) => event.stopImmediatePropagation(), true);"
CODES = {
    name: f"{name}: {encode(GameCode(3, 0, ((design, 1),)), len(ATLAS_SPACE.designs), GRID.fingerprint)}"
    for name, design in (("Ada", 1000), ("Bob", 2000), ("Cem", 20))
}


def option(html, right):
    return {"html": html, "right": right, "feedback": html + "."}


def ask(id, kind="choose", **more):
    given = {
        "choose": {"options": [option("up", True), option("down", False)], "order": [1, 0]},
        "number": {"truth": 2, "tolerance": 0.1, "right": "Yes.", "other": "No.", "misconceptions": []},
        "place": {"low": 1, "high": 100, "scale": "log", "start": 5, "truth": 10, "digits": 2, "unit": ""},
    }[kind]
    spec = {"id": id, "label": "Check yourself", "question": "Which way?", "prompt": "Which way?", "after": ""}
    return Component("ask", spec | {"predicting": kind == "place", "input": {"kind": kind} | given} | more)


@pytest.fixture
def window(browser, tmp_path, spec):
    """window(*components) -> a page of one context that shows them, drawn by the scripts as they are in the package."""
    context = browser.new_context(offline=True, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    opened = []
    parts = {
        "game": Component("game", spec | {"runs": payload(GRID)}),
        "board": class_board(GRID),
        "answers": Component("answers", {"where": "Here."}),
        "ask": ask("page/quiz/way"),
    }

    def begin(*names, deaf=False, before=""):
        styles = "".join(f'<link rel="stylesheet" href="{(VIEW / name).as_uri()}">' for name in STYLES)
        files = (*(f"vendor/{file}" for bundle in BUNDLES.values() for file in bundle), *SCRIPTS)
        scripts = "".join(f'<script src="{(VIEW / name).as_uri()}"></script>' for name in files)
        drawn = "".join((parts[name] if isinstance(name, str) else name).html() for name in names)
        address = tmp_path / f"{len(opened)}.html"
        address.write_text(
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Window</title>{styles}</head>'
            f"<body><main>{drawn}</main>{scripts}</body></html>",
            "utf8",
        )
        page = context.new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        if before or deaf:
            page.add_init_script(before + (DEAF if deaf else ""))
        page.goto(address.as_uri())
        page.wait_for_selector("html[data-t3-ready]", state="attached")
        for name, there in (("game", ".t3-game-chart svg"), ("board", ".t3-board textarea")):
            if name in names:
                page.wait_for_selector(there)
        opened.append((page, errors))
        return page

    yield begin
    for _, errors in opened:
        assert errors == []
    context.close()


def delete_all(page):
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Yes, delete them").click()


def choose(page, name):
    page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Check").click()


@pytest.mark.parametrize("deaf", [False, True])
def test_what_is_deleted_stays_deleted_beside_an_open_game(window, board, deaf):
    """deaf: the browser is late in telling the window of the game."""
    page, mine = window("game", deaf=deaf), window("answers")
    game = page.locator(".t3-game")
    put(game, QUICK, board)
    train(game)
    expect(mine.locator(".t3-answers li")).to_have_count(1)
    delete_all(mine)
    turn(game, "brake", 0)
    page.wait_for_timeout(600)
    assert "1 of 12 tries" not in mine.locator(".t3-answers").inner_text()
    assert all(answer["value"]["tries"] == [] for answer in kept(page).values())
    expect(log_rows(game)).to_have_count(1)
    put(game, OTHER, board)
    train(game)
    assert [one["place"] for one in kept(page)[ID]["value"]["tries"]] == [board.place(OTHER)]


def test_a_late_window_does_not_write_over_the_tries_of_another(window, board):
    late, other = window("game", deaf=True), window("game")
    put(other.locator(".t3-game"), QUICK, board)
    train(other.locator(".t3-game"))
    expect(log_rows(other.locator(".t3-game"))).to_have_count(2)
    train(late.locator(".t3-game"))
    expect(late.locator(".t3-game-sentence")).to_contain_text("played on meanwhile")
    expect(log_rows(late.locator(".t3-game"))).to_have_count(2)
    train(late.locator(".t3-game"))
    places = [one["place"] for one in kept(late)[ID]["value"]["tries"]]
    assert len(places) == 2 and board.design(places[0]) == QUICK


def test_a_rule_of_thumb_is_not_lost_to_a_dial_of_another_window(window, board):
    first, second = window("game"), window("game", deaf=True)
    turn(first.locator(".t3-game"), "brake", 1)
    first.wait_for_timeout(500)
    first.evaluate(
        """(id) => { const { store } = ThirdOptimizer, kept = store.get(id);
          store.set(id, {...kept, value: {...kept.value, rule: 'one dial at a time'}}); }""",
        ID,
    )
    turn(second.locator(".t3-game"), "problems", 0)
    second.wait_for_timeout(500)
    assert kept(second)[ID]["value"]["rule"] == "one dial at a time" and kept(second)[ID]["value"]["place"][0] == 0


@pytest.mark.parametrize("deaf", [False, True])
def test_two_windows_paste_on_the_class_board(window, deaf):
    first, second = window("board"), window("board", deaf=deaf)
    for page, names in ((first, ["Ada"]), (second, ["Bob"]), (first, ["Cem"])):
        field = page.get_by_label("Paste codes here")
        field.press_sequentially(CODES[names[0]])
        field.blur()
        page.wait_for_timeout(500)
    assert sorted(line[:3] for line in kept(first)["board"]["value"]["text"].split("\n")) == ["Ada", "Bob", "Cem"]
    expect(first.locator(".t3-board-games tbody tr")).to_have_count(3)
    if not deaf:
        expect(second.locator(".t3-board-games tbody tr")).to_have_count(3)
    # what is cleared in one is gone in the other, and does not come back
    first.get_by_role("button", name="Clear the board").click()
    first.get_by_role("button", name="Yes, clear it").click()
    field = second.get_by_label("Paste codes here")
    field.press_sequentially("Dan: 1")
    field.blur()
    second.wait_for_timeout(500)
    assert kept(first)["board"]["value"]["text"].strip() == "Dan: 1"


def test_a_question_follows_its_other_window(window):
    first, second = window("ask"), window("ask", "answers")
    choose(first, "down")
    expect(second.locator(".t3-feedback")).to_contain_text("Not yet.")
    assert second.get_by_label("down", exact=True).is_checked()
    choose(second, "up")
    expect(first.locator(".t3-feedback")).to_contain_text("Right.")
    delete_all(second)
    expect(first.locator(".t3-feedback")).to_be_hidden()


def test_a_typed_fraction_stands_as_it_was_typed(window):
    page = window(ask("page/exercises/n", "number"))
    page.get_by_label("Your number").fill("4/2")
    page.get_by_role("button", name="Check").click()
    assert page.get_by_label("Your number").input_value() == "4/2" and kept(page)["page/exercises/n"]["value"] == 2


# --- a store that fails ------------------------------------------------------------------------------------

FULL = """globalThis.full = false; const set = Storage.prototype.setItem;
Storage.prototype.setItem = function (...given) {
  if (full) throw new DOMException('full', 'QuotaExceededError'); return set.apply(this, given); };"""


def test_a_full_disk_is_said_and_what_it_did_not_take_follows(window):
    page = window(ask("a"), ask("b"), before=FULL)
    forms = page.locator("form.t3-ask")

    def answer(i, name):
        forms.nth(i).get_by_label(name, exact=True).check()
        forms.nth(i).get_by_role("button", name="Check").click()

    answer(0, "down")
    page.evaluate("full = true")
    answer(1, "up")
    answer(0, "up")
    assert page.locator(".t3-blocked").count() == 1 and kept(page)["a"]["value"] == 1 and "b" not in kept(page)
    assert page.evaluate("ThirdOptimizer.store.all().b.value") == 0
    other = window(ask("c"))
    choose(other, "up")  # meanwhile, and not lost when the first window writes again
    page.evaluate("full = false")
    answer(1, "down")
    assert {id: one["value"] for id, one in kept(page).items()} == {"a": 0, "b": 1, "c": 0}
    assert page.locator(".t3-blocked").count() == 0


@pytest.mark.parametrize("record", ['{"version": 1, "answers": []}', '{"answers": 7}', "[]", "{"])
def test_a_record_that_is_none_is_set_aside_and_takes_no_answer_with_it(window, record):
    page = window(
        "ask",
        before=f"localStorage.getItem('third-optimizer') || localStorage.setItem('third-optimizer', {json.dumps(record)});",
    )
    choose(page, "up")
    assert kept(page)["page/quiz/way"]["value"] == 0
    assert page.evaluate("localStorage.getItem('third-optimizer.damaged')") == record


@pytest.mark.parametrize(
    ("kind", "valid"),
    [("choose", []), ("number", [99, -1, 0.5]), ("place", [99, 0.5])],
    ids=["choose", "number", "place"],
)
def test_an_answer_that_cannot_be_one_leaves_the_page_whole(window, kind, valid):
    """Of an edition with other options, or damaged; the rows beside it are none at all."""
    page = window(ask("page/quiz/way", kind), ask("other"), "answers")
    rows = {"x": None, "y": 7, "z": {"at": 3, "label": {}, "answer": []}}
    for value in (99, -1, 0.5, "up", None, [1], {"a": 1}, True):
        record = {"version": 1, "answers": rows | {"page/quiz/way": {"value": value, "verdict": "right"}}}
        page.evaluate("(text) => localStorage.setItem('third-optimizer', text)", json.dumps(record))
        page.reload()
        page.wait_for_selector("html[data-t3-ready]", state="attached")
        assert page.locator("form.t3-ask").count() == 2 and page.locator(".t3-answers li").count() == 2
        said = page.locator("form.t3-ask .t3-feedback").first.is_visible()
        assert said == (value in valid and value is not True), value


# --- a notebook and its kernel ---------------------------------------------------------------------------


def test_what_is_deleted_in_another_kernel_stays_deleted(notebook, board):
    """My answers is another notebook, with a kernel of its own."""
    one = one_try(notebook, board)
    answers.path().write_text(json.dumps({"version": 1, "answers": {}}), "utf8")
    turn(one.board, "brake", 0)
    one.carry(lambda: log_rows(one.board).count() == 1)
    one.page.wait_for_timeout(500)
    one.carry()
    assert "1 of 12" not in json.dumps(answers.load()) and len(board.trainer.log(1).entries()) == 1
    put(one.board, OTHER, board)
    train(one.board)
    one.carry(lambda: log_rows(one.board).count() == 2)
    assert answers.load()["answers"][ID]["value"]["number"] == 2
    assert [len(board.trainer.log(number).entries()) for number in (1, 2)] == [1, 1]


def test_a_later_game_of_another_kernel_is_followed_and_not_written_over(notebook, board):
    one = one_try(notebook, board)
    kept_ = answers.load()["answers"][ID]
    del kept_["at"]
    answers.put(ID, kept_ | {"value": kept_["value"] | {"number": 2}, "answer": "0 of 12 tries"})
    turn(one.board, "brake", 0)
    one.page.wait_for_timeout(500)
    one.carry(lambda: log_rows(one.board).count() == 1)
    assert answers.load()["answers"][ID]["value"]["number"] == 2


def test_a_kernel_restarted_under_a_try_is_said(notebook, board):
    one = notebook(board)
    one.carry(lambda: answered(one))
    put(one.board, QUICK, board)
    train(one.board)
    one.page.wait_for_function("model.outbox.some((message) => message.type === 'train')")
    one.page.evaluate("model.outbox.splice(0)")  # it never arrives
    assert one.board.locator(".t3-game-train").inner_text() == "Training…"
    one.restart_kernel()
    expect(one.board.locator(".t3-game-train")).to_have_text("Train this")
    said = one.board.locator(".t3-game-sentence").inner_text()
    assert "the kernel was restarted" in said and "run this cell again" in said
    train(one.board)
    expect(one.board.locator(".t3-game-train")).to_have_text("Train this")
    assert one.errors == []


def question():
    return SimpleNamespace(component=lambda live: ask("page/quiz/way"))


def test_an_answer_that_a_restarted_kernel_does_not_keep_is_not_called_kept(notebook):
    one = notebook(question(), ready="form.t3-ask")
    choose(one.page, "down")
    one.carry(lambda: "kept" in one.told)
    note = one.page.locator(".t3-blocked")
    assert note.count() == 0 and answers.load()["answers"]["page/quiz/way"]["value"] == 1
    one.restart_kernel()
    choose(one.page, "up")
    expect(note).to_have_count(1)
    assert note.inner_text().startswith("The kernel was restarted, and this was not kept: run this cell again")
    assert "Right." in one.page.locator(".t3-feedback").inner_text() and one.errors == []


def test_a_kernel_that_is_silent_is_said_until_it_answers(notebook):
    """Busy or gone: another front end than JupyterLab's does not tell which."""
    one = notebook(question(), ready="form.t3-ask")
    one.page.clock.install()
    choose(one.page, "up")
    note = one.page.locator(".t3-blocked")
    one.page.clock.fast_forward(9000)
    assert note.count() == 0
    one.page.clock.fast_forward(2000)
    assert "has not answered" in note.inner_text() and "run this cell again" in note.inner_text()
    one.carry(lambda: "kept" in one.told)
    assert note.count() == 0 and "page/quiz/way" in answers.load()["answers"]


def test_one_notice_says_that_a_kernel_has_answers_in_memory_alone(notebook, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("THIRD_OPTIMIZER_ANSWERS", str(tmp_path / "file" / "answers.json"))
    one = notebook(question(), ready="form.t3-ask")
    for name in ("down", "up"):
        choose(one.page, name)
        one.carry(lambda: "kept" in one.told)
    note = one.page.locator(".t3-blocked")
    assert note.count() == 1 and "THIRD_OPTIMIZER_ANSWERS" in note.inner_text() and "memory" in note.inner_text()
    assert one.widget.answers["page/quiz/way"]["value"] == 0
