"""The battery's table: every verdict stands in it, a cell opens what it rests on, by hand, by key and for the ear."""

import json

import numpy as np
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from tests.alone import opening, page_of
from tests.games import AXE
from third_optimizer.view import battery

WORDS = {
    "T1": {"name": "follows", "short": "swapped", "group": "task", "says": "How far do answers follow?"},
    "T2": {"name": "goes on", "short": "longer", "group": "loop", "says": "Its error, run on."},
}
FRAMES = {
    "prompts": {
        "T1": {
            "at": ["followed"],
            "scale": "linear",
            "low": -0.25,
            "high": 1.05,
            "joined": False,
            "controls": ["good"],
            "reason": "",
        },
        "T2": {
            "at": ["1 K", "8 K"],
            "scale": "log",
            "low": 0.01,
            "high": 1000,
            "joined": True,
            "controls": ["good", "bad"],
            "reason": "It has no loop.",
        },
    }
}


def row(name, trained, first, second):
    """A row; first, second: a mark a seed, p, f or n."""
    marks = {"p": "passed", "f": "failed", "n": "not applicable"}
    values = {"p": (0.9, [10, 0.5]), "f": (0.1, [10, 5000]), "n": (np.nan, [np.nan, np.nan])}
    cells = {
        "T1": {"values": [[values[mark][0]] for mark in first], "lines": [(0.4, "at least", None)], "verdicts": first},
        "T2": {"values": [values[mark][1] for mark in second], "lines": [(2.5, "at most", 1)], "verdicts": second},
    }
    for cell in cells.values():
        cell["verdicts"] = [marks[mark] for mark in cell["verdicts"]]
        cell["said"] = "" if "not applicable" in cell["verdicts"] else f"Said of {name}."
    group = "Trained" if trained else "By hand"
    return {"name": name, "about": "4", "group": group, "kind": "prompts", "trained": trained, "cells": cells}


ROWS = [row("a loop", True, "ppppf", "ppfpp"), row("a layer", True, "ppppp", "nnnnn")]
ROWS += [row("good", False, "ppppp", "ppppp"), row("bad", False, "fffff", "fffff")]


def component(**options):
    given = dict(rows=ROWS, frames=FRAMES, words=WORDS, title="All of them.", id="battery", note="A note.")
    return battery(**given | options)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    begin = """new ThirdOptimizer.Battery(host, spec);"""
    return page_of(tmp_path_factory.mktemp("battery"), component(start=["a loop", "T2"]), begin)


@pytest.fixture
def shown(browser, address):
    """shown(width=390, ...) -> (Playwright's page, the figure)."""
    with opening(browser, address, ".t3-battery") as begin:
        yield begin


def cell(figure, name, test):
    lines = figure.locator("tbody tr:has(button)")
    return lines.nth([row["name"] for row in ROWS].index(name)).locator("button").nth(list(WORDS).index(test))


def test_a_mark_for_every_seed(shown):
    _, figure = shown()
    assert [cell(figure, "a loop", "T1").locator(f".t3-battery-{mark}").count() for mark in "pf"] == [4, 1]
    assert [cell(figure, "bad", "T2").locator(f".t3-battery-{mark}").count() for mark in "pf"] == [0, 5]
    assert cell(figure, "a layer", "T2").inner_text() == "–"
    assert cell(figure, "a loop", "T1").get_attribute("aria-label") == "a loop, follows: 4 of 5 pass"
    assert cell(figure, "a layer", "T2").get_attribute("aria-label") == "a layer, goes on: not applicable"


def test_a_cell_opens_below_its_row_and_closes(shown):
    _, figure = shown()
    detail = figure.locator(".t3-battery-detail")
    assert "Said of a loop." in detail.inner_text() and "Its error, run on." in detail.inner_text()
    assert detail.locator(".t3-battery-dot").count() == 10 and detail.locator(".t3-battery-way").count() == 5 + 2
    assert detail.locator(".t3-battery-chart .t3-battery-control").count() == 4
    assert "8 K: 0.50, 0.50, 5,000, 0.50, 0.50" in detail.locator("svg[role=img]").get_attribute("aria-label")
    cell(figure, "a layer", "T1").click()
    assert detail.count() == 1 and "Said of a layer." in detail.inner_text()
    assert detail.evaluate("(d) => d.previousElementSibling.textContent.includes('a layer')")
    assert cell(figure, "a layer", "T1").get_attribute("aria-expanded") == "true"
    assert cell(figure, "a loop", "T2").get_attribute("aria-expanded") == "false"
    cell(figure, "a layer", "T2").click()  # nothing was measured: words alone
    assert detail.locator("svg[role=img]").count() == 0 and "not applicable. It has no loop." in detail.inner_text()
    cell(figure, "a layer", "T2").click()
    assert detail.count() == 0 and figure.locator("[aria-expanded=true]").count() == 0


def test_what_is_drawn_stands_where_its_number_is(shown):
    """On a scale of logarithms 10 lies higher than 0.5, what is off the scale at its edge, the line at its number."""
    _, figure = shown()
    heights = figure.locator(".t3-battery-dot").evaluate_all(
        "(all) => all.map((one) => Number(one.getAttribute('cy')))"
    )
    tick = dict(
        figure.locator(".t3-battery-grid").evaluate_all(
            "(all) => all.map((one) => [one.nextElementSibling.textContent, Number(one.getAttribute('y1'))])"
        )
    )
    assert heights[0] == pytest.approx(tick["10"]) and heights[5] == pytest.approx(tick["1,000"])
    half = tick["0.10"] + (tick["1.0"] - tick["0.10"]) * np.log10(5)
    assert heights[1] == pytest.approx(half, abs=0.5)
    line = figure.locator(".t3-battery-limit")
    assert line.count() == 1
    assert tick["10"] < float(line.get_attribute("y1")) < tick["1.0"]


def test_arrows_lead_through_the_table_and_tab_finds_one_cell(shown):
    page, figure = shown()
    assert figure.locator("button[tabindex='0']").count() == 1
    cell(figure, "a loop", "T2").focus()
    page.keyboard.press("ArrowDown")
    expect(cell(figure, "a layer", "T2")).to_be_focused()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    expect(cell(figure, "good", "T1")).to_be_focused()
    page.keyboard.press("Enter")
    assert "Said of good." in figure.locator(".t3-battery-detail").inner_text()
    expect(figure.locator(".t3-announce")).to_contain_text("good: 5 of 5 pass")
    assert figure.locator("button[tabindex='0']").count() == 1


@pytest.mark.parametrize(
    "options", [{}, {"width": 390, "theme": "dark"}, {"width": 320}], ids=["wide", "phone", "narrow"]
)
def test_it_fits_and_can_be_read(shown, options):
    page, figure = shown(**options)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if options:
        assert min(box["height"] for box in map(lambda b: b.bounding_box(), figure.locator("button").all())) >= 44
    page.add_script_tag(content=AXE)
    found = page.evaluate(
        "axe.run(document.querySelector('.t3-battery'), {resultTypes: ['violations'], preload: false})"
    )
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_marks_differ_in_shape_where_colours_are_the_readers(shown):
    _, figure = shown(forced_colors="active")
    full, empty = (
        figure.locator(f".t3-battery-{mark}").first.evaluate("(one) => getComputedStyle(one).fill") for mark in "pf"
    )
    assert full != "none" and empty == "none"


def test_on_paper_the_whole_table_stands_and_nothing_is_open(shown):
    page, figure = shown()
    page.emulate_media(media="print")
    assert not figure.locator(".t3-battery-detail").is_visible()
    assert figure.locator("tbody tr:visible").count() == 2 + len(ROWS)


def test_without_a_script_all_verdicts_are_told():
    table = BeautifulSoup(component().html(), "html.parser").find("table")
    rows = [[one.get_text() for one in line.find_all(["th", "td"])] for line in table.find_all("tr")]
    assert rows[0] == ["", "follows", "goes on"]
    assert rows[1:3] == [["a loop", "4 of 5", "4 of 5"], ["a layer", "5 of 5", "not applicable"]]


def test_what_does_not_fit_is_refused():
    twice = [ROWS[0], ROWS[0]]
    short = json.loads(json.dumps(FRAMES))
    short["prompts"]["T2"]["at"] = ["1 K"]
    odd = json.loads(json.dumps(FRAMES))
    odd["prompts"]["T1"]["scale"] = "square"
    for options, words in (
        ({"rows": twice}, "a name of its own"),
        ({"frames": short}, "values of a loop in T2 must be 1 numbers"),
        ({"frames": odd}, "'square'"),
        ({"start": ["nobody", "T1"]}, "start must be a row and a test"),
    ):
        with pytest.raises(ValueError, match=words):
            component(**options)
