"""The game in a kernel: trained there, the log its record; a notebook's page and its kernel."""

import json
import re
import sqlite3
import threading

import numpy as np
import pytest

from tests.codes import decode
from tests.conftest import ROOT
from tests.games import (  # noqa: F401 (fixtures)
    BOSS,
    GRID,
    ID,
    LEAK,
    MEMORY,
    OTHER,
    QUICK,
    Ear,
    answered,
    board_,
    everything_said,
    log_rows,
    new_game,
    notebook_,
    one_try,
    put,
    spec_,
    to_screen,
    train,
    turn,
    until,
)
from third_optimizer.meta import ATLAS_SPACE, Design, Log, run
from third_optimizer.meta.running import MOST, STABLE
from third_optimizer.view import play as game
from third_optimizer.view.game.rules import shown
from third_optimizer.view.game.training import Trainer, tries_path
from third_optimizer.view.questions import answers

# --- in a kernel ---------------------------------------------------------------------------------------


def asked(board, type, **more):
    """What a board hears when it asks its kernel something, in order; the last is the answer."""
    ear = Ear()
    board.trainer.answer(ear, {"type": type, "number": 7, "game": 1} | more)
    assert {message["number"] for message in ear.sent} == {7}
    return ear.sent


def test_live_scores_are_the_stored_ones(board, spec):
    """The message handler of the live board, driven by hand: stable designs agree to the digits shown."""
    designs = [
        Design(step_length=0.003),
        Design(problems=64, step_length=0.01),
        Design(problems=4, architecture="mlp", table=True, step_length=0.01),
    ]
    for count, design in enumerate(designs, 1):
        *progress, answer = asked(board, "train", place=board.place(design), seed=2, bet="same")
        assert [m["type"] for m in progress] == ["progress"] * 12 and progress[-1]["share"] == 1
        assert (answer["type"], len(answer["tries"])) == ("tries", count)
        result, stored = answer["tries"][-1], GRID.outcome(design, 2)
        assert (result["place"], result["seed"], result["bet"], result["at"]) == (board.place(design), 2, "same", None)
        assert (result["practice"], result["fresh"]) == pytest.approx(
            (stored.practice, stored.fresh), rel=STABLE + 1e-3, abs=1e-3
        )
        assert result["fresh_curve"] == pytest.approx(np.minimum(stored.fresh_curve, MOST), rel=5e-3)
    entries = board.trainer.log(1).entries()
    assert [e.seed for e in entries] == [2, 2, 2] and [e.bet for e in entries] == ["same"] * 3
    assert entries[0].outcome == run(Design(step_length=0.003), 2)
    assert tries_path().is_file()


def test_what_cannot_be_trained_is_said_and_not_logged(board):
    sent = asked(board, "train", place=board.spec(True)["start"], seed=-1, bet=None)
    assert [m["type"] for m in sent] == ["failed"] and "seed must be" in sent[0]["says"]
    assert board.trainer.log(1).entries() == []


def test_a_live_board_is_a_widget_that_hears(board, monkeypatch):
    widget = board.component(live=True).widget()
    assert widget.kind == "game" and widget.spec["live"] is True and widget.spec["chart"]
    heard = []
    monkeypatch.setattr(widget, "hear", lambda w, message: heard.append(message["type"]))
    widget._receive(widget, {"type": "train"}, [])
    widget._receive(widget, {"type": "answer", "id": ID, "answer": {"value": 1}}, [])
    assert heard == ["train"] and widget.answers[ID]["value"] == 1


def test_games_are_kept_apart(board):
    for number in (1, 2):
        board.trainer.log(number).add(Design(), 1, GRID.outcome(Design(), 1))
    assert len(board.trainer.log(1).entries()) == len(Log(tries_path(), f"{ID}/2").entries()) == 1


def test_a_class_can_share_a_database_and_everybody_reads_their_own_tries(board, tmp_path, monkeypatch):
    """Its address is taken as it stands. A try without a name, of an earlier edition, is nobody's there."""
    monkeypatch.setenv("THIRD_OPTIMIZER_TRIES", f"sqlite:///{tmp_path / 'class.db'}")
    board.trainer.log(1).add(OTHER, 1, GRID.outcome(OTHER, 1))
    assert asked(board, "tries")[-1]["tries"] == []
    mine = asked(board, "train", place=board.place(QUICK), seed=1, bet=None)[-1]["tries"]
    assert [one["place"] for one in mine] == [board.place(QUICK)] and asked(board, "tries")[-1]["tries"] == mine
    monkeypatch.setenv("THIRD_OPTIMIZER_ANSWERS", str(tmp_path / "somebody_else.json"))
    assert asked(board, "tries")[-1]["tries"] == []
    entries = Log(tmp_path / "class.db", f"{ID}/1").entries()
    assert [e.design for e in entries] == [OTHER, QUICK] and entries[0].reader is None


def test_in_a_file_of_ones_own_every_try_is_ones_own(board, tmp_path, monkeypatch):
    board.trainer.log(1).add(OTHER, 1, GRID.outcome(OTHER, 1))  # as an earlier edition wrote it
    asked(board, "train", place=board.place(QUICK), seed=1, bet=None)
    monkeypatch.setenv("THIRD_OPTIMIZER_ANSWERS", str(tmp_path / "deleted.json"))
    assert [one["place"] for one in asked(board, "tries")[-1]["tries"]] == [board.place(OTHER), board.place(QUICK)]


def test_the_readers_name_stays_when_the_answers_go():
    name = answers.reader()
    answers.put("a", {"value": 1})
    assert answers.clear() == {"version": 1, "answers": {}, "reader": name} and answers.reader() == name


def test_what_was_logged_is_told_to_a_board_that_missed_it(board):
    deaf, ear = Ear(), Ear()

    def train_(number, design, seed, bet):
        message = {"type": "train", "number": number, "place": board.place(design), "seed": seed, "bet": bet, "game": 3}
        board.trainer.hear(deaf, message)

    def answers_of(listener):
        return [m for m in listener.sent if m["type"] == "tries"]

    for count, seed in enumerate((1, 2), 1):
        train_(count, QUICK, seed, "better")
        until(lambda count=count: len(answers_of(deaf)) == count)
    train_(3, OTHER, 1, None)
    board.trainer.hear(ear, {"type": "tries", "number": "a", "game": 3})  # while the third is under way
    board.trainer.hear(ear, {"type": "tries", "number": "b", "game": 4})
    until(lambda: len(ear.sent) == 2)
    told = {m["number"]: m["tries"] for m in answers_of(ear)}
    assert told["b"] == [] and told["a"] == answers_of(deaf)[-1]["tries"]
    wanted = [(QUICK, 1, "better"), (QUICK, 2, "better"), (OTHER, 1, None)]
    assert [(one["place"], one["seed"], one["bet"]) for one in told["a"]] == [
        (board.place(design), seed, bet) for design, seed, bet in wanted
    ]


def test_asking_for_a_log_that_is_not_there_makes_none(board):
    assert asked(board, "tries")[-1]["tries"] == [] and not tries_path().exists()


def test_tries_off_the_boards_stops_hide_no_others_and_stay_in_the_log(board):
    for design in (QUICK, Design(step_length=0.002), OTHER):
        board.trainer.log(1).add(design, 1, GRID.outcome(QUICK, 1))
    (answer,) = asked(board, "tries")
    assert [one["place"] for one in answer["tries"]] == [board.place(QUICK), board.place(OTHER)]
    assert answer["says"] == "" and len(board.trainer.log(1).entries()) == 3


def test_rows_of_a_later_edition_hide_no_others_and_stay_in_the_log(board):
    """A dial more, a field more in the outcome (which is read), an attribute less; and a row of another program."""
    log = board.trainer.log(1)
    for design in (QUICK, OTHER, QUICK, OTHER):
        log.add(design, 1, GRID.outcome(design, 1))
    rows = sqlite3.connect(tries_path())

    def change(number, key, value):
        rows.execute(
            "UPDATE trial_user_attributes SET value_json = ? WHERE key = ? AND trial_id = ?",
            (json.dumps(value), key, number + 1),
        )

    newer = json.loads(rows.execute("SELECT value_json FROM trial_user_attributes WHERE key = 'design'").fetchone()[0])
    change(0, "design", newer | {"colour": "red"})
    outcome = rows.execute("SELECT value_json FROM trial_user_attributes WHERE key = 'outcome' AND trial_id = 2")
    change(1, "outcome", json.dumps(json.loads(json.loads(outcome.fetchone()[0])) | {"thinks": 3}))
    rows.execute("DELETE FROM trial_user_attributes WHERE key = 'seed' AND trial_id = 3")
    rows.commit()
    log.study.ask()
    assert [(e.number, e.design) for e in log.entries()] == [(1, OTHER), (3, OTHER)]
    assert [one["place"] for one in asked(board, "tries")[-1]["tries"]] == [board.place(OTHER)] * 2
    assert len(log.study.get_trials()) == 5


# --- a notebook's page and its kernel --------------------------------------------------------------------


def test_a_try_that_ended_while_the_page_was_closed_is_taken_in_once(notebook, board):
    first = one_try(notebook, board)
    put(first.board, OTHER, board)
    train(first.board)
    assert [message["type"] for message in first.ask()][-1] == "train"
    first.close()  # in the middle
    second = notebook(board)
    second.carry(lambda: log_rows(second.board).count() == 3)
    said = second.board.locator(".t3-game-sentence").inner_text()
    assert (
        said.startswith("One try was finished while this page was closed. Fresh ")
        and second.board.locator(":scope > .t3-announce").inner_text() == said
    )
    assert "10 tries left" in second.board.inner_text() and "trained here, seed 1" in second.board.inner_text()
    second.close()
    third = notebook(board)
    third.carry(lambda: answered(third))
    assert log_rows(third.board).count() == 3 and "while this page was closed" not in third.board.inner_text()
    assert [e.seed for e in board.trainer.log(1).entries()] == [1, 1] and third.board.locator(
        ".t3-game-sentence"
    ).inner_text() == said.split("closed. ")[1]


def test_a_try_begun_before_the_kernel_has_answered_comes_after_what_it_had_finished(notebook, board, request):
    first = notebook(board)
    first.carry(lambda: answered(first))
    put(first.board, QUICK, board)
    first.page.wait_for_timeout(500)  # these dials are on their way to the kernel, which has not confirmed them
    turn(first.board, "brake", 0)
    turn(first.board, "brake", 1)
    train(first.board)  # of a first game that was never kept before
    assert [message["type"] for message in first.ask()][-1] == "train"
    first.close()
    gate = threading.Event()
    request.addfinalizer(gate.set)
    slow = threading.Thread(target=gate.wait)
    slow.start()
    Trainer.under_way.append(slow)  # so long the kernel does not answer
    second = notebook(board)
    train(second.board)  # the same dials: now the second seed
    second.ask()
    assert "train" not in second.asked and second.board.locator(".t3-game-train").inner_text() == "Training…"
    gate.set()
    second.carry(lambda: log_rows(second.board).count() == 3)
    assert [e.seed for e in board.trainer.log(1).entries()] == [
        1,
        2,
    ] and "seed 2: only chance differs" in second.board.locator(".t3-game-sentence").inner_text()


def test_the_log_is_the_record_and_the_answers_keep_no_tries(notebook, board):
    """Whatever the answers say came out, the board shows what the log holds."""
    first = one_try(notebook, board)
    value = first.widget.answers[ID]["value"]
    assert sorted(value) == ["mode", "number", "past", "place", "rule", "start", "version"]
    assert first.widget.answers[ID]["answer"].startswith("1 of 12 tries; best fresh error")
    first.close()
    tries_path().unlink()
    for design in (OTHER, QUICK):
        board.trainer.log(1).add(design, 1, GRID.outcome(design, 1))
    second = notebook(board)
    second.carry(lambda: answered(second) and log_rows(second.board).count() == 3)
    assert "10 tries left" in second.board.inner_text()
    scores = [row.locator("td").nth(2).inner_text() for row in log_rows(second.board).all()][::-1]
    assert scores[1:] == [shown(GRID.outcome(design, 1).fresh) for design in (OTHER, QUICK)]


def test_another_window_of_the_kernel_follows(notebook, board):
    """Two displays of one board, one kernel: what is trained in one is soon in the other."""
    first, second = notebook(board), notebook(board)
    for one in (first, second):
        one.carry(lambda one=one: answered(one))
    put(first.board, QUICK, board)
    train(first.board)
    first.carry(lambda: log_rows(first.board).count() == 2)
    second.carry(lambda: log_rows(second.board).count() == 2)
    put(second.board, OTHER, board)
    train(second.board)
    second.carry(lambda: log_rows(second.board).count() == 3)
    first.carry(lambda: log_rows(first.board).count() == 3)
    assert len(board.trainer.log(1).entries()) == 2
    new_game(first.board, "the usual start, all dials free")
    first.carry(lambda: log_rows(first.board).count() == 1)
    second.carry(lambda: log_rows(second.board).count() == 1)


EARLIER = json.loads((ROOT / "tests/data/answers_of_an_earlier_edition.json").read_text("utf8"))["live"]


@pytest.mark.parametrize("logged", [0, 1, 2])
def test_a_game_kept_by_an_earlier_edition_goes_on(notebook, board, logged):
    """Its answers file holds the tries themselves. They are shown as they stand there, and the log adds the rest."""
    answers.path().write_text(json.dumps(EARLIER["file"]), "utf8")
    for one in EARLIER["file"]["answers"][ID]["value"]["tries"][2 - logged :]:
        design = board.design(one["place"])
        board.trainer.log(1).add(design, one["seed"], GRID.outcome(design, one["seed"]), one["bet"])
    one = notebook(board)
    one.carry(lambda: answered(one))

    def rows():
        return [[cell.inner_text() for cell in row.locator("td").all()][:-1] for row in log_rows(one.board).all()]

    assert rows() == EARLIER["rows"] and one.board.locator(".t3-game-sentence").inner_text() == EARLIER["said"]
    put(one.board, Design(step_length=0.01), board)
    train(one.board)
    one.carry(lambda: log_rows(one.board).count() == 4)
    assert rows()[1:] == EARLIER["rows"] and "9 tries left" in one.board.inner_text()
    kept = one.widget.answers[ID]
    assert kept["answer"].startswith("3 of 12 tries") and len(kept["value"]["tries"]) == 2
    one.close()
    again = notebook(board)
    again.carry(lambda: answered(again))
    assert log_rows(again.board).count() == 4


def test_a_deleted_game_does_not_come_back_from_its_log(notebook, board):
    for number in (1, 2):
        board.trainer.log(number).add(QUICK, 1, GRID.outcome(QUICK, 1))
    one = notebook(board)
    one.carry(lambda: one.told.count("tries") == 3)
    assert log_rows(one.board).count() == 1 and "12 tries left" in one.board.inner_text()
    put(one.board, OTHER, board)
    train(one.board)
    one.carry(lambda: log_rows(one.board).count() == 2)
    assert [len(board.trainer.log(number).entries()) for number in (1, 2, 3)] == [1, 1, 1]


def test_a_new_game_begun_during_a_try_has_a_log_of_its_own(notebook, board):
    one = notebook(board)
    one.carry(lambda: answered(one))
    put(one.board, QUICK, board)
    train(one.board)
    one.board.get_by_role("button", name="New game").click()
    one.board.get_by_role("button", name="Yes, a new game").click()
    one.carry(lambda: one.board.locator(".t3-game-train").inner_text() == "Train this")
    assert log_rows(one.board).count() == 1 and one.widget.answers[ID]["value"]["number"] == 2


def test_a_live_boss_sees_no_fresh_error_while_a_try_trains(notebook, board):
    one = notebook(board)
    one.carry(lambda: answered(one))
    new_game(one.board, BOSS)
    put(one.board, MEMORY, board)
    train(one.board)
    leaks, labels = [], []

    def look():
        labels.append(one.board.locator(".t3-game-run").inner_text())
        leaks.extend(re.findall(LEAK, everything_said(one.board)))

    one.carry(lambda: log_rows(one.board).count() == 2, look)
    assert leaks == [] and any("trained here, seed 1: " in label for label in labels)
    assert one.board.locator(".t3-game-sentence").inner_text().startswith("Practice 0")


def test_a_live_game_ends_with_a_qr_code_that_is_sent_for_once(notebook):
    short = game(GRID, budget=2, id="short")
    one = notebook(short)
    one.carry(lambda: answered(one))
    for design in (QUICK, OTHER):
        put(one.board, design, short)
        train(one.board)
        one.carry(lambda: one.board.locator(".t3-game-train").inner_text() == "Train this")
    to_screen(one.board, 5)
    assert one.page.evaluate("globalThis.qrcode === undefined") and "qr" not in one.asked
    one.board.get_by_text("Show as a QR code").click()
    one.carry(lambda: one.board.get_by_role("img", name="QR code of the game's code").is_visible())
    one.board.get_by_role("button", name="Back").click()
    to_screen(one.board, 2)
    one.board.get_by_text("Show as a QR code").click()
    one.carry(lambda: one.board.get_by_role("img", name="QR code of the game's code").is_visible())
    assert one.asked.count("qr") == 1 and one.asked.count("vega") == 1
    code = one.board.get_by_label("Your game as a code").input_value()
    assert decode(code, len(ATLAS_SPACE.designs), GRID.fingerprint).tries == tuple(
        (GRID.space.index[d], 1) for d in (QUICK, OTHER)
    )
