"""Where answers or tries cannot be written: verdicts come, nothing is lost while the kernel lives, one notice says so."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.games import GRID, OTHER, QUICK, Ear, board_  # noqa: F401 (a fixture)
from tests.notebooks import BOOK
from third_optimizer.view import Chapter, free
from third_optimizer.view.component import html
from third_optimizer.view.game.training import tries_path
from third_optimizer.view.questions import answers
from third_optimizer.view.questions.listing import my_answers

VARIABLES = ("THIRD_OPTIMIZER_ANSWERS", "THIRD_OPTIMIZER_TRIES")
EXERCISE = "halve_once"


def nowhere(tmp_path):
    """A file in the place of the folder: no account may write there, root's neither."""
    (tmp_path / "file").write_text("")
    return tmp_path / "file"


def unreadable(tmp_path):
    """A folder in the place of each file."""
    for name in ("answers.json", "tries.db"):
        (tmp_path / "folders" / name).mkdir(parents=True)
    return tmp_path / "folders"


@pytest.fixture(params=[nowhere, unreadable])
def bad_place(request, tmp_path, monkeypatch):
    place = request.param(tmp_path)
    for variable, name in zip(VARIABLES, ("answers.json", "tries.db"), strict=True):
        monkeypatch.setenv(variable, str(place / name))


@pytest.fixture
def page(tmp_path):
    """A chapter of one exercise."""
    (tmp_path / "checks").mkdir()
    (tmp_path / "01_page.yml").write_text(
        "level: base\nexercises:\n  one:\n    kind: code\n    prompt: 'One?'\n  two:\n    kind: code\n    prompt: 'Two?'\n"
    )
    (tmp_path / "checks/01_page.py").write_text(
        "from third_optimizer.view.questions.exercises import right, wrong\n"
        "def one(answer):\n    return right('One it is.') if answer == 1 else wrong('It is one.')\n"
        "two = one\n"
    )
    return Chapter("01_page", tmp_path)


def told_once(text):
    return all(text.count(variable) == 1 for variable in VARIABLES) and "memory" in text


def test_a_verdict_comes_and_the_notice_once(bad_place, page):
    first, second = page.check("one", 1), page.check("two", 2)
    assert (first.right, first.says, second.right, second.says) == (True, "One it is.", False, "It is one.")
    assert told_once(first._repr_markdown_()) and first._repr_markdown_().startswith("✓ **Right.** One it is.\n\n")
    assert second.notice == "" and {"01_page/exercises/one", "01_page/exercises/two"} == set(answers.load()["answers"])


def test_what_is_kept_has_no_notice(page):
    assert page.check("one", 1).notice == "" and answers.notice() == ""


def test_every_component_is_drawn_and_hears_of_an_answer(bad_place):
    """The figure that waits for a question is another component of the same kernel."""
    asks, waits = html("<p>asks</p>").widget(), html("<p>waits</p>").widget()
    sent = []
    asks.send = sent.append
    for number, id in enumerate("ab"):
        asks._receive(asks, {"type": "answer", "id": id, "answer": {"value": number}, "number": number}, [])
    assert {id: answer["value"] for id, answer in waits.answers.items()} == {"a": 0, "b": 1}
    assert html("<p>later</p>").widget().answers == waits.answers
    assert [(message["type"], message["number"], message["kept"]) for message in sent] == [
        ("kept", 0, True),
        ("kept", 1, True),
    ]
    assert all(told_once(message["says"]) for message in sent)
    assert told_once(my_answers().spec["where"])
    asks._receive(asks, {"type": "forget", "number": 2}, [])
    assert waits.answers == {} and answers.load()["answers"] == {}


def test_a_try_is_trained_once_and_stays(bad_place, board):
    ear = Ear()
    for number, design in enumerate((QUICK, OTHER)):
        message = {"type": "train", "number": number, "place": board.place(design), "seed": 1, "bet": None, "game": 1}
        board.trainer.answer(ear, message)
    board.trainer.answer(ear, {"type": "tries", "number": 2, "game": 1})
    told = [message for message in ear.sent if message["type"] != "progress"]
    assert [message["type"] for message in told] == ["tries"] * 3 and all(told_once(m["says"]) for m in told)
    assert [one["place"] for one in told[-1]["tries"]] == [board.place(QUICK), board.place(OTHER)]
    assert told[-1]["tries"] == told[1]["tries"] and answers.reader() == answers.reader()


def test_free_mode_keeps_its_tries(bad_place):
    one = free(id="unkept/free")
    one._repr_mimebundle_()
    for count in (1, 2):
        one.panel.numbers["practice_time"].show(49 + count)
        one.panel.train()
        one.panel.worker.join(60)
        assert len(one.panel.entries) == count and told_once(one.panel.message.value)
        assert "Trained in" in one.panel.message.value
    one._repr_mimebundle_()  # shown again
    assert [entry.design.practice_time for entry in one.panel.entries] == [50, 51]
    assert [entry.number for entry in one.panel.entries] == [0, 1]


def test_what_was_in_memory_follows_when_it_can(bad_place, board, tmp_path, monkeypatch):
    answers.put("a", {"value": 1})
    board.trainer.kept(1).add(QUICK, 1, GRID.outcome(QUICK, 1))
    name = answers.reader()
    for variable, file in zip(VARIABLES, ("mine.json", "mine.db"), strict=True):
        monkeypatch.setenv(variable, str(tmp_path / file))
    answers.put("b", {"value": 2})
    kept = board.trainer.kept(1)
    kept.add(OTHER, 1, GRID.outcome(OTHER, 1))
    assert answers.notice() == kept.notice() == "" and answers.unwritten == kept.unwritten[kept.name] == []
    assert set(answers._read()["answers"]) == {"a", "b"} and answers.reader() == name
    assert [(e.number, e.design, e.reader) for e in kept.log().entries()] == [(0, QUICK, name), (1, OTHER, name)]
    assert kept.entries() == kept.log().entries() and tries_path() == tmp_path / "mine.db"


def test_a_full_disk_leaves_the_old_file(monkeypatch):
    answers.put("a", {"value": 1})
    before = answers.path().read_bytes()
    full = OSError(28, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(answers.os, "fsync", lambda file: (_ for _ in ()).throw(full))
        assert set(answers.put("b", {"value": 2})["answers"]) == {"a", "b"} and "No space left" in answers.notice()
        assert answers.path().read_bytes() == before
    assert sorted(file.name for file in answers.path().parent.glob("answers*")) == ["answers.json", "answers.json.lock"]
    answers.put("c", {"value": 3})
    assert set(answers._read()["answers"]) == {"a", "b", "c"}


HUB = """
import os
from third_optimizer.view import Chapter, free
from third_optimizer.view.questions import answers
from third_optimizer.view.component import html
from tests.games import Ear, GRID, QUICK, game
try:
    open("a", "w")
except PermissionError:
    pass
else:
    raise SystemExit("this folder can be written")
chapter = Chapter("02_walk_downhill")
id = next(id for id, entry in chapter.data["exercises"].items() if entry["kind"] == "code")
verdict = chapter.check(id, lambda *_: 17)
assert verdict.right is False and "THIRD_OPTIMIZER_ANSWERS" in verdict.notice, verdict
widget = html("<p></p>").widget()
widget._receive(widget, {"type": "answer", "id": "b", "answer": {"value": 1}}, [])
assert len(widget.answers) == 2
ear, board = Ear(), game(GRID, id="hub")
board.trainer.answer(ear, {"type": "train", "number": 1, "place": board.place(QUICK), "seed": 1, "bet": None, "game": 1})
assert len(ear.sent[-1]["tries"]) == 1 and "THIRD_OPTIMIZER_TRIES" in ear.sent[-1]["says"], ear.sent[-1]
print("whole")
"""


def test_a_course_folder_that_may_only_be_read(tmp_path):
    """As a hub shares it. Root may write anywhere, and is therefore asked to do without."""
    folder = tmp_path / "book"
    shutil.copytree(BOOK, folder, ignore=shutil.ignore_patterns(".*", "data"))
    without = []
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may write anywhere, and setpriv is not here to prevent it")
        without = [
            "setpriv",
            "--bounding-set",
            "-dac_override,-dac_read_search",
            "--inh-caps",
            "-dac_override,-dac_read_search",
        ]
    environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    environment["PYTHONPATH"] = str(BOOK.parent)
    folder.chmod(0o555)
    try:
        done = subprocess.run(
            [*without, sys.executable, "-c", HUB],
            cwd=folder,
            env=environment,
            timeout=120,
            capture_output=True,
            text=True,
        )
    finally:
        folder.chmod(0o755)
    assert done.stdout.strip() == "whole", done.stderr[-3000:]
