"""Free mode: what its controls can give, what it trains and keeps, what it says."""

import itertools
import json
import re
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.notebooks import BOOK
from third_optimizer.meta import DIALS, SEEDS, Design, Grid, Log, Space, run
from third_optimizer.meta.design import LIMITS, NEVER
from third_optimizer.meta.grid import run_alone
from third_optimizer.meta.running import STABLE, practise
from third_optimizer.view import free, play
from third_optimizer.view.game.free_dials import RANGES, WINDOWS, _step_seconds, number, price, step_seconds, told
from third_optimizer.view.game.rules import compare, shown
from third_optimizer.view.game.training import tries_path

GRID = Grid.load(BOOK / "data/atlas.npz")
ID = "chapter/free"


def shown_panel(space=None):
    """A panel as displaying the cell makes it."""
    one = free(space, id=ID)
    one._repr_mimebundle_()
    return one.panel


@pytest.fixture
def panel():
    return shown_panel()


def put(panel, design, seed=1):
    """Turn every dial as a reader would: numbers into fields, names by their buttons."""
    for name, control in panel.choices.items():
        control.value = DIALS[name].name(getattr(design, name))
    panel.never.value = design.problems is NEVER
    for name, one in panel.numbers.items():
        value = seed if name == "seed" else getattr(design, name)
        if value is not NEVER:
            one.show(value)


def train(panel):
    panel.train_button.click()
    if worker := panel.worker:
        worker.join(120)
    assert panel.worker is None and not panel.train_button.disabled and panel.stop_button.disabled


def words(widget):
    return re.sub(r"<[^>]+>", " ", widget.value).strip()


# --- the controls --------------------------------------------------------------------------------------


def test_there_is_a_control_for_every_dial_in_the_dials_words(panel):
    assert {*panel.numbers, *panel.choices} == {*DIALS, "seed"}
    for name, dial in DIALS.items():
        control = panel.numbers[name].field if name in panel.numbers else panel.choices[name]
        assert control.description == dial.label
        if name in panel.choices:
            assert tuple(control.options) == dial.names


@pytest.mark.parametrize("name", RANGES)
def test_a_field_takes_all_that_is_legal_and_nothing_else(panel, name):
    """Both ends, and the numbers next to them outside."""
    one, (low, high) = panel.numbers[name], RANGES[name]
    panel.never.value = False
    for value in (low, high):
        one.show(value)
        design, seed = panel.setting()
        assert one.read() == value == (seed if name == "seed" else getattr(design, name)) and words(panel.message) == ""
        assert number(name, told(name, value)) == value
    step = 1 if isinstance(low, int) else low / 10
    for text in (
        f"{low - step:.10g}",
        f"{high + step:.10g}",
        "",
        "many",
        "nan",
        "inf",
        "-1",
        *(["1.5"] if isinstance(low, int) else []),
    ):
        one.field.value = text
        label = DIALS[name].label if name in DIALS else "Seed"
        assert (
            words(panel.message)
            == f"{label} must be a {'whole ' if isinstance(low, int) else ''}number from {told(name, low)} to {told(name, high)}, not “{text}”."
        )
        train(panel)
        assert panel.entries == [] and "Traceback" not in panel.message.value and panel.cost.value == ""
    one.show(high)
    assert words(panel.message) == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("step_length", "0,003", 0.003),
        ("step_length", "3·10^-3", 0.003),
        ("step_length", "1/8", 0.125),
        ("step_length", " 2e−3 ", 0.002),
        ("practice_time", "1,024", 1024),
        ("practice_time", "1.024", 1024),
        ("practice_time", "1 024", 1024),
        ("practice_time", "10^4", 10_000),
        ("problems", "１２", 12),
        ("seed", "999’999", 999_999),
    ],
)
def test_a_field_reads_numbers_as_people_type_them(name, text, value):
    assert number(name, text) == value


@pytest.mark.parametrize(("name", "text"), [("step_length", "1,024"), ("practice_time", "1.02"), ("seed", "1,5")])
def test_a_field_asks_again_where_a_number_is_read_in_two_ways_or_is_not_whole(name, text):
    with pytest.raises(ValueError, match=f"not “{text}”"):
        number(name, text)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_slider_stays_within_the_legal_and_moves_its_field(panel, name):
    one, (low, high) = panel.numbers[name], WINDOWS[name]
    panel.never.value = False
    assert LIMITS[name][0] <= low < high <= LIMITS[name][1]
    base = getattr(one.slider, "base", None)
    ends = [base**one.slider.min, base**one.slider.max] if base else [one.slider.min, one.slider.max]
    assert ends == pytest.approx([low, high])
    said = set()
    for share in np.linspace(0, 1, 41):
        one.slider.value = (
            ends[0] * (ends[1] / ends[0]) ** share if base else round(ends[0] + share * (ends[1] - ends[0]))
        )
        assert (
            one.read()
            == getattr(panel.setting()[0], name)
            == pytest.approx(one.slider.value, rel=0.006, abs=0.51 if isinstance(low, int) else 0)
        )
        said.add(one.field.value)
    assert {told(name, low), told(name, high)} <= said and len(said) >= (8 if name == "passes" else 30)


def test_every_corner_of_the_panel_is_a_design(panel):
    """Both ends of every slider, every name of every dial: what comes out is valid, plain, and what was set."""
    ends = [[name, *RANGES[name]] for name in LIMITS]
    for corner in itertools.product((0, 1), repeat=len(DIALS) + 1):
        bits = dict(zip([*DIALS, "never"], corner, strict=True))
        for name, low, high in ends:
            panel.numbers[name].show((low, high)[bits[name]])
        for name, control in panel.choices.items():
            control.index = bits[name]
        panel.never.value = bool(bits["never"])
        wanted = {name: (low, high)[bits[name]] for name, low, high in ends} | {
            name: DIALS[name].stops[bits[name]] for name in panel.choices
        }
        wanted |= {"problems": NEVER} if bits["never"] else {}
        assert panel.setting() == (Design(**wanted).plain(), 1)


def test_a_number_beyond_the_slider_or_finer_than_it_is_not_changed_by_it(panel):
    panel.numbers["step_length"].field.value = "0.00123456"
    assert panel.setting()[0].step_length == 0.00123456 and panel.numbers["step_length"].slider.value == pytest.approx(
        0.00123456
    )
    panel.numbers["step_length"].field.value = "7"
    assert panel.setting()[0].step_length == 7 and panel.numbers["step_length"].slider.value == 1
    panel.numbers["practice_time"].field.value = "1e5"
    assert panel.setting()[0].practice_time == 100_000
    panel.numbers["practice_time"].slider.value = 10_000**0.999  # as a browser's own sums say it
    assert panel.setting()[0].practice_time == 9_910


def test_idle_dials_are_off_and_say_why(panel):
    def off():
        return {
            name
            for name in DIALS
            if (panel.numbers[name].field if name in panel.numbers else panel.choices[name]).disabled
        }

    assert off() == {"problems", "table", "warm_up"} and "no problem comes twice" in words(panel.notes["table"])
    assert "no second pass" in words(panel.notes["warm_up"]) and words(panel.notes["passes"]) == ""
    panel.numbers["passes"].field.value = "3"
    panel.never.value = False
    assert off() == set() and all(words(note) == "" for note in panel.notes.values())
    panel.numbers["passes"].field.value = "many"
    panel.choices["architecture"].value = "reads it as one list"
    assert off() == {"passes", "warm_up"} and "has no passes" in words(panel.notes["passes"])
    assert panel.setting()[0] == Design(problems=1024, architecture="mlp")  # what an idle field holds does not matter
    # off exactly where turning makes no difference, in every place of the atlas
    for design in GRID.space.designs[::37]:
        put(panel, design)
        for name in DIALS:
            if name != "problems":
                alike = (
                    len(
                        {GRID.space.index[Design(**{**vars(design), name: stop}).plain()] for stop in DIALS[name].stops}
                    )
                    == 1
                )
                assert (name in off()) == alike, (design, name)


# --- training ------------------------------------------------------------------------------------------


def test_a_try_at_the_stops_is_the_stored_one_and_is_kept(panel):
    for k, design in enumerate([Design(step_length=0.003), Design(problems=64, step_length=0.01)], 1):
        put(panel, design, seed=2)
        train(panel)
        stored, entry = GRID.outcome(design, 2), panel.entries[-1]
        assert (entry.design, entry.seed, len(panel.entries)) == (design, 2, k)
        assert (entry.outcome.practice, entry.outcome.fresh) == pytest.approx(
            (stored.practice, stored.fresh), rel=STABLE + 1e-3
        )
        assert (
            f"Try {k}." in panel.figure.frame["title"] and f"Fresh {shown(stored.fresh)}" in panel.figure.frame["title"]
        )
        columns = panel.figure.frame["columns"]
        assert (
            columns["series"] == ["practice"] * 12 + ["fresh"] * 12
            and columns["x"][:12] == columns["x"][12:]
            and columns["x"][11] == 100
        )
        assert columns["y"] == pytest.approx(entry.outcome.practice_curve + entry.outcome.fresh_curve, rel=1e-3)
    assert (
        panel.figure.frame["title"]
        == f"Try 2. Fresh {shown(GRID.outcome(design, 2).fresh)}, was {shown(GRID.outcome(Design(), 2).fresh)}. "
        + panel.figure.frame["title"].split(". ", 2)[2]
    )
    assert Log(tries_path(), ID).entries() == panel.entries


def test_values_between_the_stops_are_trained_and_logged(panel):
    design = Design(
        problems=90, table=True, passes=3, warm_up=True, step_length=0.0045, initial_scale="large", practice_time=77
    )
    put(panel, design, seed=999_999)
    train(panel)
    assert panel.entries[0].design == design and panel.entries[0].outcome == run(design, 999_999)
    assert "Practice problems 90" in words(panel.table) and "Step length 0.0045" in words(panel.table)


@pytest.mark.parametrize("end", [0, 1])
def test_the_log_takes_the_ends_of_every_range(end):
    ends = Design(**{name: RANGES[name][end] for name in LIMITS}, table=True)
    log = Log(tries_path(), ID)
    log.add(ends, 3, GRID.outcome(Design(), 1))
    assert [(entry.design, entry.seed, entry.outcome) for entry in log.entries()] == [
        (ends, 3, GRID.outcome(Design(), 1))
    ]


def test_a_panel_shown_again_reads_its_tries_back(panel):
    put(panel, Design(problems=90, step_length=0.0012345678, practice_time=50), seed=4)
    train(panel)
    panel.numbers["practice_time"].show(60)
    train(panel)
    again = shown_panel()
    assert (
        again.entries == panel.entries
        and again.table.value == panel.table.value
        and again.figure.frame == panel.figure.frame
    )
    assert again.setting() == (panel.entries[-1].design, 4)
    train(again)
    assert len(again.entries) == 3 and "the same dials" in words(again.table)


def test_a_killed_kernel_loses_no_try(tmp_path):
    """The process dies hard while a second try is under way: the first is there, and the panel works."""
    code = f"""
import os, time
from third_optimizer.view import free
one = free(id={ID!r}); one._repr_mimebundle_(); panel = one.panel
panel.numbers["practice_time"].show(50); panel.train(); panel.worker.join()
panel.numbers["practice_time"].show(100_000); panel.train()
while panel.bar.value == 0: time.sleep(0.01)
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 9
    panel = shown_panel()
    assert [entry.design.practice_time for entry in panel.entries] == [50]
    train(panel)
    assert len(panel.entries) == 2


def test_free_tries_count_in_no_game(panel):
    put(panel, Design(practice_time=50))
    train(panel)
    board = play(GRID, id="chapter/game")
    assert board.trainer.log(1).entries() == [] and ID != board.id


def test_looking_leaves_no_file(panel):
    assert not tries_path().exists()


def test_tries_that_cannot_be_read_are_no_traceback():
    tries_path().write_text("no database")
    panel = shown_panel()
    assert words(panel.message).startswith("This kernel cannot read or write your tries (DatabaseError: ")
    put(panel, Design(practice_time=50))
    train(panel)
    assert words(panel.message).startswith("Trained in") and tries_path().read_text() == "no database"
    assert len(panel.entries) == 1


def test_an_explosion_is_a_result(panel):
    put(panel, Design(practice_time=50))
    train(panel)
    put(panel, Design(passes=4, step_length=1.0, step_rule="plain", brake=False, practice_time=50))
    train(panel)
    at = panel.entries[-1].outcome.diverged_at
    assert (
        panel.figure.frame["title"].startswith(f"Try 2. It exploded at step {at}.")
        and "cost" not in panel.figure.frame["title"]
    )
    assert (
        panel.figure.frame["columns"]["series"][-1] == "exploded"
        and f"exploded at step {at}" in panel.figure.frame["text"]
    )
    assert f"× step {at}" in words(panel.table) and words(panel.message).startswith("Trained in")
    put(panel, Design(practice_time=50))
    train(panel)
    assert "the run before exploded" in panel.figure.frame["title"]


def test_what_a_try_is_compared_with(panel):
    """The try before it; another seed alone is chance, another seed and a dial are two things at once."""
    put(panel, Design(practice_time=200))
    titles = []
    for change in (
        lambda: None,
        lambda: panel.numbers["seed"].show(2),
        lambda: panel.numbers["passes"].show(2),
        lambda: (panel.numbers["passes"].show(1), panel.numbers["seed"].show(3)),
    ):
        change()
        train(panel)
        titles.append(panel.figure.frame["title"])
    assert re.fullmatch(r"Try 1\. Fresh [\d.]+\. Practice [\d.]+\.", titles[0])
    assert titles[1].endswith("The same dials with seed 2: only chance differs.")
    assert "dials moved" not in titles[2] and "only chance" not in titles[2]
    assert "2 dials moved at once" in titles[3]


def test_progress_moves_and_a_stopped_run_is_not_kept(panel):
    put(panel, Design(practice_time=100_000))
    seen = []
    panel.bar.observe(lambda change: seen.append(change["new"]), "value")
    panel.train_button.click()
    worker = panel.worker
    panel.train_button.click()  # one at a time
    assert (
        panel.worker is worker
        and panel.train_button.disabled
        and not panel.stop_button.disabled
        and panel.bar.layout.display is None
    )
    deadline = time.time() + 60
    while len(seen) < 2 and time.time() < deadline:
        time.sleep(0.01)
    assert panel.figure.frame["title"].startswith("Training: step ")
    panel.stop_button.click()
    worker.join(60)
    assert panel.worker is None and seen == sorted(seen) and 0 < seen[-1] < 1
    assert (
        words(panel.message).startswith("Stopped.")
        and panel.entries == []
        and panel.figure.frame["title"] == "No try yet"
    )
    put(panel, Design(practice_time=200))
    train(panel)
    assert len(panel.entries) == 1 and seen[-1] == 1


def test_what_blows_up_at_its_start_has_a_price():
    """No step of it can be timed: the steps of a start that does not blow up can."""
    design = Design(passes=8, initial_scale="large")
    *_, diverged_at = practise(design, 0)
    assert diverged_at == 0 and 0 < step_seconds(design) == step_seconds(replace(design, initial_scale="small"))


def test_the_price_is_honest(panel, monkeypatch):
    """Told before, within a factor of three of what practice then takes; and the panel tells it by itself.

    In processor time here: what a busy machine adds to the wall clock is not the price's fault.
    """
    _step_seconds.cache_clear()
    monkeypatch.setattr(time, "perf_counter", time.thread_time)
    for design in (
        Design(passes=4, practice_time=3000),
        Design(problems=20_000, table=True, architecture="mlp", practice_time=1000),
    ):
        expected = step_seconds(design) * design.practice_time
        began = time.thread_time()
        run_alone(design, 1)
        assert expected / 3 < time.thread_time() - began < 3 * expected + 1
    assert price(Design(practice_time=50)) == "Practice takes less than a second on this processor."
    assert re.fullmatch(
        r"Practice takes about \d+ minutes on this processor\.",
        price(Design(problems=100_000, table=True, practice_time=100_000)),
    )
    deadline = time.time() + 30
    while not panel.cost.value and time.time() < deadline:
        time.sleep(0.05)
    assert words(panel.cost) == price(Design())


def test_a_space_offers_its_dials_and_names_the_others():
    panel = shown_panel(Space(Design(passes=2, practice_time=50), step_length=(0.001, 0.01), brake=(False, True)))
    assert [*panel.numbers, *panel.choices] == ["step_length", "seed", "brake"]
    assert panel.setting() == (Design(passes=2, practice_time=50), 1)
    fixed = " ".join(
        words(child) for child in panel.box.children if hasattr(child, "value") and isinstance(child.value, str)
    )
    assert "Fixed here: " in fixed and "Thinking passes 2" in fixed and "Step length" not in fixed
    train(panel)
    assert panel.entries[0].design == Design(passes=2, practice_time=50)


# --- the page ------------------------------------------------------------------------------------------


def test_a_page_says_where_free_mode_is(static):
    bundle = free(id=ID)._repr_mimebundle_()
    assert (
        set(bundle) == {"text/html", "text/plain"}
        and "make lab" in bundle["text/html"]
        and "make lab" in bundle["text/plain"]
    )
    assert (
        "widget" not in json.dumps(bundle)
        and "<input" not in bundle["text/html"]
        and "<button" not in bundle["text/html"]
    )


def test_in_a_kernel_it_is_a_widget():
    assert "application/vnd.jupyter.widget-view+json" in str(free(id=ID)._repr_mimebundle_())


def test_the_built_chapter_has_a_sentence_and_its_link_leads_to_how_to_run(open_page):
    opened = open_page("book/10_be_the_meta_optimizer")
    link = opened.page.get_by_role("link", name="Run it on your computer")
    assert "take every value in between" in link.locator("..").inner_text()
    link.click()
    opened.page.wait_for_url("**/index.html#run")
    assert opened.page.locator("#run").count() == 1 and opened.errors == []


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_chapter_suggests_is_true(seed):
    """From few practice problems up, the errors come together, and they do so between the board's stops 64 and 1,024."""
    few, at_64, at_1024 = (
        (o.practice, o.fresh)
        for o in (run(Design(problems=8), seed), *(GRID.outcome(Design(problems=n), seed) for n in (64, 1024)))
    )
    assert few[0] < at_64[0] < at_1024[0] and few[1] > at_64[1] > at_1024[1]
    assert compare(at_64[1], at_64[0]) == "worse" and compare(at_1024[1], at_1024[0]) == "same"
