"""A chapter opened and run in JupyterLab reads right: no raw directive, no empty number, figures alive."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import pytest
import yaml
from playwright.sync_api import expect

from tests.codes import GameCode, encode
from tests.notebooks import BOOK, calls, chapters, pages
from third_optimizer.meta import Grid
from third_optimizer.view.game.rules import shown


@contextmanager
def jupyterlab(home):
    """A JupyterLab over a copy of book/ in the folder `home`, with settings of its own; yields its address."""
    shutil.copytree(BOOK, home / "book", ignore=shutil.ignore_patterns(".*"))
    environment = {key: value for key, value in os.environ.items() if key != "THIRD_OPTIMIZER_STATIC"}
    for name in (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
    ):
        environment[name] = str(home / name)
    environment["THIRD_OPTIMIZER_ANSWERS"] = str(home / "answers.json")
    environment["THIRD_OPTIMIZER_TRIES"] = str(home / "tries.db")
    subprocess.run(
        [sys.executable, "-m", "jupytext_config", "set-default-viewer", "markdown", "myst"], env=environment, check=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (home / "log.txt").open("w")
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyter",
            "lab",
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--IdentityProvider.token=",
            "--ServerApp.password=",
            "--expose-app-in-browser",
        ],
        cwd=home / "book",
        env=environment,
        stdout=log,
        stderr=log,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api")
            break
        except OSError:
            assert server.poll() is None, (home / "log.txt").read_text()
            time.sleep(0.5)
    try:
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:  # asked to end while it starts a kernel, it does not; kernels end with it
            server.kill()
            server.wait()
        log.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(home):
    with jupyterlab(home) as address:
        yield address


def opened(browser, lab, page):
    """(tab, its errors) of a page opened in JupyterLab, once its kernel is there."""
    # A window as tall as the chapter: JupyterLab draws only cells that are in sight.
    tab = browser.new_context(viewport={"width": 1280, "height": 12000}).new_page()
    errors = []
    tab.on("pageerror", lambda error: errors.append(f"{error}\n{error.stack}"))
    # a workspace of its own: in a shared one the chapters opened before are still there, hidden
    tab.goto(f"{lab}/lab/workspaces/{page.stem}/tree/{page.name}")
    tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    # "idle" is also what Lab says before there is a kernel, and then it runs nothing
    tab.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
    )
    return tab, errors


def run_all(browser, lab, page, last):
    """(tab, its errors) of a page opened in JupyterLab with all its cells run, when what the selector `last` names is there."""
    tab, errors = opened(browser, lab, page)
    # void: the command's promise may never settle, and an evaluation knows no time limit
    tab.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    tab.wait_for_selector(last, timeout=120_000)
    return tab, errors


def close(tab):
    """Ends the tab's kernel and closes it: twenty idle kernels would take memory and time from the tests after them."""
    tab.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.shutdown().catch(() => {})")
    tab.context.close()


def saved(tab, copy):
    """The text of the file `copy` after JupyterLab has saved the page that is open in the tab."""
    before = copy.stat().st_mtime_ns
    tab.evaluate("void window.jupyterapp.commands.execute('docmanager:save')")
    for _ in range(100):
        changed = copy.stat().st_mtime_ns
        tab.wait_for_timeout(300)  # the file is emptied before it is written
        if before != changed == copy.stat().st_mtime_ns:
            return copy.read_text("utf8")
    pytest.fail(f"{copy.name} was not saved")


def ours(errors):
    """JupyterLab's own scripts throw now and then ("_markdownOverlapsToolbar"); ours arrive as blobs."""
    return [error for error in errors if "/static/lab/" not in error or "blob:" in error]


def test_the_class_board_reads_codes_in_jupyterlab(lab, browser):
    atlas = Grid.load(BOOK / "data/atlas.npz")
    tab, errors = run_all(browser, lab, BOOK / "board.md", ".t3-board textarea")
    games = {"Ada": GameCode(3, 0, ((1000, 1), (20, 3))), "Bob": GameCode(3, 2, ((2000, 2),))}
    tab.get_by_label("Paste codes here").fill(
        "\n".join(f"{name}: {encode(one, len(atlas.space.designs), atlas.fingerprint)}" for name, one in games.items())
    )
    tab.get_by_role("button", name="Add", exact=True).click()
    tab.wait_for_selector(".t3-board .t3-chart svg path")
    tab.wait_for_selector(".t3-board-games tbody tr")
    bests = tab.evaluate(
        "[...document.querySelectorAll('.t3-board-games tbody tr')].map((row) => row.cells[2].textContent)"
    )
    ada = min(atlas.outcome(atlas.space.designs[d], s).fresh for d, s in ((3, 1), *games["Ada"].tries))
    bob = min(
        (atlas.outcome(atlas.space.designs[d], s) for d, s in ((3, 1), *games["Bob"].tries)), key=lambda o: o.practice
    ).fresh
    assert (
        bests == [shown(ada), shown(bob)]
        and "boss of practice error" in tab.locator(".t3-board-games tbody").inner_text()
    )
    assert ours(errors) == []
    close(tab)


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.stem)
def test_chapter_reads_right_in_jupyterlab(lab, home, browser, page):
    tab, errors = run_all(browser, lab, page, "form.t3-ask[id*=quiz]")  # the last cell's output
    tab.wait_for_timeout(2500)

    text = tab.locator(".jp-Notebook").inner_text()
    assert not re.search(r"\{[a-z-]+\}`|^:::|^```", text, re.M), "a raw directive"
    assert (
        "Traceback" not in text
        and "Error" not in tab.locator(".jp-Notebook .jp-OutputArea-output[data-mime-type*=error]").all_inner_texts()
    )
    assert not re.search(r"\{\w+(:[^}]*)?\}", "\n".join(tab.locator(".jp-OutputArea-output").all_inner_texts())), (
        "an unfilled number"
    )
    assert (
        "⚠" not in text and tab.locator(".jp-Notebook .myst-warning, .jp-Notebook [class*=warning-icon]").count() == 0
    )

    figures = tab.locator("figure.t3-figure:not(.t3-free *)")  # free mode has a test of its own
    data = yaml.safe_load(page.with_suffix(".yml").read_text("utf8"))
    asked = (
        len(data["predict"]),
        len(data["quiz"]),
        sum(exercise["kind"] == "number" for exercise in data["exercises"].values()),
    )
    assert figures.count() == calls(
        page,
        "battery",
        "explore",
        "figure",
        "learner",
        "levers",
        "longer",
        "marked_maze",
        "maze",
        "probes",
        "rain",
        "sky",
    )
    for figure in figures.all():
        assert figure.locator("svg :is(path, line, circle)").count() > 2
        said = ".t3-reading, .t3-longer-said, .t3-maze-said, .t3-probes-said, .t3-battery-said"
        assert figure.locator(said).first.inner_text()
    # folded cells are folded, solutions are closed, questions stand
    assert tab.locator(".jp-CodeCell .jp-InputArea-editor:visible").count() <= 6
    assert tab.locator("form.t3-ask").count() == sum(asked)
    assert tab.locator(".t3-folds details[open]").count() == 0

    # the reader's figure is alive: press a key on the first slider, or take another of the first choices, and the text
    # follows
    sliders = tab.locator(".jupyter-widgets.widget-slider:not(.t3-free *) .noUi-handle")  # one of names has no handle
    choices = tab.locator(".widget-toggle-buttons button:not(.mod-active)")
    control = sliders.first if sliders.count() else choices.first
    box = control.locator("xpath=ancestor::*[contains(@class, 'widget-vbox')][1]")
    reading = box.locator(".t3-reading").first.element_handle()
    before = reading.text_content()
    if sliders.count():
        control.focus()
        control.press("ArrowRight")
    else:
        control.click()
    tab.wait_for_function("([one, before]) => one.textContent !== before", arg=[reading, before], timeout=10_000)

    # an answer is kept by the kernel and survives a new page
    quiz = tab.locator("form.t3-ask[id*=quiz]").first
    quiz.locator("input").nth(1).check()
    quiz.get_by_role("button", name="Check").click()
    assert quiz.locator(".t3-feedback").is_visible()
    # JupyterLab hides the page while it changes its theme; the charts are all there again afterwards
    before, other = tab.evaluate(
        "document.body.dataset.jpThemeLight === 'true' ? ['true', 'Dark'] : ['false', 'Light']"
    )
    tab.evaluate(
        "(theme) => void window.jupyterapp.commands.execute('apputils:change-theme', {theme})", f"JupyterLab {other}"
    )
    tab.wait_for_function("(before) => document.body.dataset.jpThemeLight !== before", arg=before)
    tab.wait_for_timeout(1000)
    assert tab.locator(".t3-chart svg").evaluate_all("drawn => drawn.every((svg) => svg.clientWidth > 200)")
    assert saved(tab, home / "book" / page.name) == page.read_text("utf8"), "a run leaves no trace in the page"
    assert ours(errors) == []
    close(tab)


# chapters are saved, and compared, after their run
@pytest.mark.parametrize("page", sorted(set(pages()) - set(chapters())), ids=lambda page: page.stem)
def test_a_page_that_is_opened_and_saved_stays_as_it_is(lab, home, browser, page):
    """Whoever mends a word in JupyterLab changes that word: no header, no cell is written in another way."""
    tab, errors = opened(browser, lab, page)
    assert saved(tab, home / "book" / page.name) == page.read_text("utf8")
    assert ours(errors) == []
    close(tab)


def test_a_kernel_restarted_in_jupyterlab_is_said(lab, browser):
    """What it did not keep is not called kept; a try that it is at, or is asked for, ends, and says why."""
    tab, errors = run_all(browser, lab, BOOK / "10_be_the_meta_optimizer.md", "form.t3-ask[id*=quiz]")
    tab.wait_for_selector(".t3-game .t3-game-chart svg")
    train, restarted = tab.locator(".t3-game-train").first, "the kernel was restarted"
    tab.locator(".t3-game").first.get_by_label("Practice time").press("End")
    train.click()
    expect(train).to_have_text("Training…")
    tab.evaluate("void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(tab.locator(".t3-game-sentence").first).to_contain_text(restarted)
    expect(train).to_have_text("Train this")
    quiz = tab.locator("form.t3-ask[id*=quiz]").first
    quiz.locator("input").first.check()
    quiz.get_by_role("button", name="Check").click()
    note = tab.locator(".jp-OutputArea-output .t3-blocked").first
    note.wait_for()
    assert note.inner_text().startswith("The kernel was restarted, and this was not kept: run this cell again")
    tab.locator(".t3-game").first.get_by_label("Practice time").press("Home")  # another sentence
    expect(tab.locator(".t3-game-sentence").first).not_to_contain_text(restarted)
    train.click()
    expect(tab.locator(".t3-game-sentence").first).to_contain_text(restarted)
    assert train.inner_text() == "Train this" and ours(errors) == []
    # a kernel that is still starting cannot be ended
    tab.wait_for_function("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'")
    close(tab)
