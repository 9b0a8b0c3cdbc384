"""What tests of the game share: its atlas, its board and kernel, a notebook between the two, what a reader does on a page."""

import json
import time

import numpy as np
import pytest

from tests.conftest import ROOT, Page
from tests.notebooks import BOOK
from third_optimizer.meta import ATLAS_SPACE, Design, Grid, tournament
from third_optimizer.meta.running import MOST, NEAR
from third_optimizer.view import play as game
from third_optimizer.view.component import BUNDLES, SCRIPTS, STYLES, Component
from third_optimizer.view.game.rules import compare, shown, went
from third_optimizer.view.game.runs import payload

GRID = Grid.load(BOOK / "data/atlas.npz")
PLAYERS = tournament.load(BOOK / "data", GRID)
VIEW = ROOT / "code/third_optimizer/view"
AXE = (ROOT / "tests/vendor/axe.min.js").read_text("utf8")
PAGE = "book/10_be_the_meta_optimizer"
RULES = f"ThirdOptimizer.rules({{most: {MOST}, near: {NEAR}, par: 32.8}})"
ID = "10_be_the_meta_optimizer/game"
QUICK, OTHER = Design(step_length=0.003), Design(problems=64, step_length=0.01)
MEMORY = Design(problems=4, architecture="mlp", table=True, step_length=0.01)
BOSS = "boss of practice error: another start; the practice error is the score, and all you see"
LEAK = r"\bfresh (error )?\d|\bFresh\b"


@pytest.fixture(name="board", scope="module")
def board_():
    return game(GRID, id=ID, tournament=PLAYERS)


@pytest.fixture(name="spec", scope="module")
def spec_(board):
    return board.spec(live=False)


@pytest.fixture(name="page_script")
def page_script_(browser):
    """The page's script, without a page."""
    page = browser.new_page()
    page.add_script_tag(content="globalThis.ThirdOptimizerInNotebook = true;")
    for name in SCRIPTS:
        page.add_script_tag(path=VIEW / name)
    yield page
    page.close()


# --- runs and rules ------------------------------------------------------------------------------------


def state(practice, fresh, at=None):
    return {"practice": practice, "fresh": fresh, "at": at}


def state_of(outcome):
    return state(outcome.practice, outcome.fresh, outcome.diverged_at)


def uncovered(start, winner):
    """What rules.js says of a game for practice error, when the fresh error is uncovered."""
    if winner is None:
        return f"No try took practice below the {shown(start['practice'])} of the start. On fresh problems the start leaves {shown(start['fresh'])}."
    took = (
        f"You took practice from {shown(start['practice'])} to {shown(winner['practice'])}."
        if compare(winner["practice"], start["practice"]) == "better"
        else went("practice", winner, start)
    )
    hidden = {"worse": "rose", "same": "hardly moved", "better": "fell"}[compare(winner["fresh"], start["fresh"])]
    return f"{took} On fresh problems your winner leaves {shown(winner['fresh'])}, where the start left {shown(start['fresh'])}: the error you did not see {hidden}."


def ending(best, low, median, high, tries):
    """What rules.js says of a finished game beside dice."""
    mine = f"Your best after {tries} tries is {shown(best)}"
    if shown(best) == shown(low) == shown(high):
        return f"{mine}, and so is that of eight in ten of the dice: there was nothing here for a search to find."
    both = f"{mine}; the middle one of the random players gets {shown(median)}, and eight in ten end between {shown(low)} and {shown(high)}."
    if best < low:
        return f"You did better than nine in ten of the dice. {both}"
    if best > high:
        return f"Nine in ten of the dice did better. {both}"
    return f"You are among the dice: from the result alone nobody could tell you from a random draw. {both}"


# --- a kernel, and a notebook's page ---------------------------------------------------------------------


class Ear:
    """What a widget would send."""

    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message)


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this did not come about in time"
        time.sleep(0.01)


class Notebook:
    """A widget's own script in Chromium, the widget and its board in Python, and this between them, as a Jupyter server would be."""

    def __init__(self, browser, board, ready=".t3-game-chart svg"):
        self.widget, self.sent, self.asked, self.told = board.component(live=True).widget(), [], [], []
        self.widget.send = lambda message, buffers=None: self.sent.append(message)
        self.page = browser.new_page(viewport={"width": 1000, "height": 900}, reduced_motion="reduce")
        self.page.set_default_timeout(10_000)
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.set_content("<!doctype html><html lang='en'><body><div id='here'></div></body></html>")
        self.page.evaluate(
            """state => { const hearers = {}; globalThis.model = { state, hearers, outbox: [], get(name) { return this.state[name]; },
          on(name, hear) { (hearers[name] ||= new Set()).add(hear); }, off(name, hear) { hearers[name].delete(hear); }, send(message) { this.outbox.push(message); },
          tell(message) { for (const hear of [...(hearers["msg:custom"] || [])]) hear(message); }, set(name, value) { this.state[name] = value; for (const hear of [...(hearers["change:" + name] || [])]) hear(); } }; }""",
            {
                "kind": self.widget.kind,
                "spec": self.widget.spec,
                "answers": self.widget.answers,
                "frame": {},
                "busy": "",
            },
        )
        self.page.add_script_tag(
            type="module",
            content=f"{self.widget._esm}\nglobalThis.drawn = render({{model, el: document.querySelector('#here')}});",
        )
        self.board = self.page.locator(".t3-game")
        self.carry(lambda: self.page.locator(ready).count())

    def ask(self):
        """Carry what the page has to say to the kernel, and no answer."""
        asked = self.page.evaluate("model.outbox.splice(0)")
        self.asked += [message["type"] for message in asked]
        for message in asked:
            self.widget._receive(self.widget, message, [])
        return asked

    def carry(self, done=lambda: True, seen=lambda: None):
        """Carry messages both ways until `done()` and nothing is left to carry."""

        def once():
            asked = self.ask()
            said, self.sent[:] = self.sent[:], []
            if asked or said:  # what the kernel has told of the answers has come before what it says then
                self.page.evaluate("answers => model.set('answers', answers)", self.widget.answers)
            for message in said:
                self.page.evaluate("message => model.tell(message)", message)
                self.told.append(message["type"])
                seen()
            self.page.evaluate("answers => model.set('answers', answers)", self.widget.answers)
            return not asked and not said and done()

        until(once)
        assert self.errors == []

    def restart_kernel(self):
        """What JupyterLab does to the widgets of a kernel that is restarted. (It does not mark those of anywidget.)"""
        self.page.evaluate(
            """() => { model.send = () => { throw new Error('Cannot send'); };
          for (const hear of [...(model.hearers.comm_live_update || [])]) hear(); }"""
        )

    def close(self):
        self.page.close()


@pytest.fixture(name="notebook")
def notebook_(browser):
    opened = []

    def begin(board, **options):
        opened.append(Notebook(browser, board, **options))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def answered(one):
    """The kernel has said what its log holds, and the board has heard it."""
    return "tries" in one.told and log_rows(one.board).count()


def one_try(notebook, board):
    """A page on which one try was made and has ended."""
    first = notebook(board)
    first.carry(lambda: answered(first))
    put(first.board, QUICK, board)
    train(first.board)
    first.carry(lambda: log_rows(first.board).count() == 2)
    return first


# --- a reader on a page ----------------------------------------------------------------------------------


@pytest.fixture(name="play")
def play_(open_page):
    def begin(**options):
        opened = open_page(PAGE, reduced_motion=options.pop("motion", "reduce"), **options)
        opened.page.set_default_timeout(10_000)
        opened.page.wait_for_selector(".t3-game-chart svg")  # the recorded runs come after the page
        return opened, opened.page.locator(".t3-game")

    return begin


@pytest.fixture(name="stage")
def stage_(browser, tmp_path, spec):
    """A page with nothing but a board, drawn by the scripts as they are in the package; changes: to its specification."""
    opened = []

    def begin(fragment="", changes=(), **options):
        styles = "".join(f'<link rel="stylesheet" href="{(VIEW / name).as_uri()}">' for name in STYLES)
        scripts = "".join(
            f'<script src="{(VIEW / name).as_uri()}"></script>'
            for name in (*(f"vendor/{file}" for files in BUNDLES.values() for file in files), *SCRIPTS)
        )
        page = tmp_path / f"stage{len(opened)}.html"
        page.write_text(
            f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Board</title>{styles}
          <style>html {{ background: var(--t3-paper); }} main {{ max-width: 60rem; margin: auto; padding: 1rem; }}</style></head>
          <body><main>{Component("game", spec | {"runs": payload(GRID)} | dict(changes)).html()}</main>{scripts}</body></html>""",
            "utf8",
        )
        opened.append(Page(browser, page.as_uri() + fragment, reduced_motion="reduce", **options))
        opened[-1].page.set_default_timeout(10_000)
        opened[-1].page.wait_for_selector(".t3-game-chart svg")
        return opened[-1], opened[-1].page.locator(".t3-game")

    yield begin
    for page in opened:
        assert page.errors == []
        page.close()


def kept(page):
    return json.loads(page.evaluate("localStorage.getItem('third-optimizer') || '{\"answers\": {}}'"))["answers"]


def turn(board, field, stop):
    board.locator(f"[data-dial={field}]").evaluate(
        """(input, stop) => {
      if (input.type === 'checkbox') { if (input.checked !== Boolean(stop)) input.click(); return; }
      input.value = stop; input.dispatchEvent(new Event('input')); }""",
        stop,
    )


def put(board, design, spec_board, skip=()):
    for field, stop in zip(spec_board.fields, spec_board.place(design), strict=True):
        if field not in skip:
            turn(board, field, stop)


def log_rows(board):
    return board.locator(":scope > .t3-game-log tbody tr:not(.t3-game-opened)")


def train(board):
    board.get_by_role("button", name="Train this").click()


def finish(board, spec_board, skip=()):
    rng = np.random.default_rng(3)
    while log_rows(board).count() < 13:
        put(board, ATLAS_SPACE.designs[rng.integers(len(ATLAS_SPACE.designs))], spec_board, skip)
        train(board)


def to_screen(board, number):
    for _ in range(number - 1):
        board.locator(".t3-game-end").get_by_role("button", name="Next").click()


def new_game(board, label):
    board.get_by_role("button", name="New game").click()
    board.get_by_label("A new game with").select_option(label=label)
    board.get_by_role("button", name="Yes, a new game").click()


def everything_said(board):
    """All that can be read or heard of the board: its text, names and values, hidden regions and the drawn charts too."""
    return board.evaluate(
        "(board) => [...board.querySelectorAll('*')].flatMap((e) => [...e.attributes].filter((a) => a.name !== 'd').map((a) => a.value).concat(e.children.length ? [] : e.textContent)).join(' | ')"
    )
