"""Push and watch: the picture shows what Python found, does what a reader's hand asks, and its profile fills up."""

import re

import numpy as np
import pytest
import yaml
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from tests.games import AXE
from tests.notebooks import BOOK
from third_optimizer.experiments import tell_an_optimizer as telling
from third_optimizer.experiments.draw_six_things import drawn
from third_optimizer.view.figures.probes import INSIDE, PROBES, probes

PAGE = "book/01_tell_an_optimizer"
WORDS = yaml.safe_load((BOOK / "01_tell_an_optimizer.yml").read_text("utf8"))["things"]
NAMES, COLUMNS = list(telling.THINGS), [*PROBES, *INSIDE]
TITLE, NOTE = "It follows, or not.", "A note."


def component(**options):
    given = dict(things=drawn(), words=WORDS, title=TITLE, id="probes", kept="page/figure/probes", note=NOTE)
    return probes(**given | options)


@pytest.fixture
def shown(open_page):
    """shown(width=390, ...) -> the picture on its page; with less motion, unless asked for."""
    opened = []

    def begin(motion="reduce", **options):
        opened.append(open_page(PAGE, reduced_motion=motion, **options))
        opened[-1].page.set_default_timeout(8_000)
        return opened[-1].page.locator(".t3-probes")

    yield begin
    for page in opened:
        assert page.errors == [] and page.outside() == []


def cell(picture, name, column):
    return picture.locator("tbody tr").nth(NAMES.index(name)).locator("button").nth(COLUMNS.index(column))


def dial(picture, at):
    picture.locator("input[type=range]").evaluate(
        "(input, at) => { input.value = at; input.dispatchEvent(new Event('input')); }", at
    )


def guess(picture, words):
    picture.get_by_role("button", name=words, exact=True).click()


def said(picture):
    return picture.locator(".t3-probes-said").inner_text()


def stands(picture):
    return int(picture.locator("input[type=range]").input_value())


def spot(picture, x, y):
    """Where a point of the drawing, 360 wide, is on the page."""
    drawing = picture.locator(".t3-probes-picture")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    return box["x"] + x * box["width"] / 360, box["y"] + y * box["width"] / 360


# --- what is shown is what was found ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_it_ends_as_python_says(shown, name):
    """Each probe at three stops, others every time, each guessed right and wrong; a cell then counts all stops."""
    picture, rng, profile = shown(), np.random.default_rng(), telling.profile()[name]
    for probe in PROBES:
        cell(picture, name, probe).click()
        if profile[probe] is None:
            assert said(picture) == WORDS[name][probe]["none"]
            assert cell(picture, name, probe).inner_text() == "none"
            continue
        assert cell(picture, name, probe).inner_text() == "?"
        stops = telling.THINGS[name].stops[probe]
        for at in rng.choice(len(stops), 3, replace=False):
            near = telling.watched(name, probe, stops[at])["near"]
            for words, right in (("It will", near), ("It will not", not near)):
                dial(picture, int(at))
                assert said(picture) == WORDS[name][probe]["ask"]
                guess(picture, words)
                verdict = "✓ As you guessed." if right else "✗ Not as you guessed."
                assert said(picture) == f"{verdict} {WORDS[name][probe]['yes' if near else 'no']}"
        assert cell(picture, name, probe).inner_text() == "{} of {}".format(*profile[probe])
    told = re.findall(r"\d+", picture.locator(".t3-probes-tally").inner_text())
    assert int(told[1]) == 2 * int(told[0]) == 6 * sum(row is not None for row in profile.values())


def test_all_states_are_those_of_the_run():
    """Rounded, from the first until it rests; a walk is whole; nothing stands still for long before the verdict."""
    for name, thing in drawn().items():
        for probe, runs in thing["runs"].items():
            for run in runs:
                states = telling.watched(name, probe, run["stop"])["states"]
                assert len(run["states"]) <= telling.FRAMES + 1
                if thing["scene"]["kind"] == "maze":
                    assert run["states"] == states[: len(run["states"])] and run["states"][-1] == states[-1]
                else:
                    assert np.allclose([run["states"][0], run["states"][-1]], [states[0], states[-1]], atol=1e-3)
                    if name == "bottle cap":  # which comes to rest wholly, soon or late
                        assert run["states"].count(run["states"][-1]) <= 8, (probe, run["text"])


def test_fill_in_the_rest(shown):
    picture = shown()
    picture.get_by_role("button", name="Fill in the rest").click()
    rows = picture.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    )
    without = BeautifulSoup(component().html(), "html.parser").select("tbody tr")
    assert rows == [[one.get_text() for one in row.select("th, td")] for row in without]
    assert rows[-1] == ["walker with a plan", "31 of 31", "31 of 31", "9 of 9", "a goal", "4 a cell"]
    assert picture.get_by_role("button", name="Fill in the rest").count() == 0


def test_it_leads_through_the_whole_profile(shown):
    """Column by column, the next cell that has not been tried; then no more."""
    picture, seen = shown(), []
    for _ in range(len(NAMES) * len(COLUMNS)):
        seen.append(picture.locator(".t3-probes-name").inner_text())
        if picture.get_by_role("button", name="It will", exact=True).count():
            guess(picture, "It will")
        following = picture.get_by_role("button", name=re.compile("^Next: "))
        if not following.count():
            break
        following.click()
    wanted = [f"{name}: {PROBES[probe]}" for probe in PROBES for name in NAMES] + [
        f"{name}: look inside" for name in NAMES
    ]
    assert seen == wanted
    assert picture.locator(".t3-probes-known").count() == len(NAMES) * len(COLUMNS)


# --- what is kept ----------------------------------------------------------------------------------------------


def test_the_profile_is_kept_until_the_reader_deletes_it(shown):
    """Over a reload; listed under My answers with a way back; gone after Delete all, in a window left open, too."""
    picture = shown()
    page = picture.page
    dial(picture, 10)
    guess(picture, "It will")
    cell(picture, "raindrop", "holds").click()
    page.reload()
    known = picture.locator(".t3-probes-known")
    expect(known).to_have_count(3)
    assert cell(picture, "bottle cap", "push").inner_text() == "{} of {}".format(
        *telling.profile()["bottle cap"]["push"]
    )
    assert cell(picture, "raindrop", "compares").inner_text() == "none"
    tally = picture.locator(".t3-probes-tally").inner_text()
    assert tally == "You guessed right 1 of 1 time."
    answers = page.context.new_page()
    answers.goto(page.url.replace("01_tell_an_optimizer", "my_answers"))
    row = answers.locator(".t3-answers li")
    expect(row.locator("dd")).to_have_text(f"3 of 30 cells. {tally}")
    assert row.locator("a").get_attribute("href") == "01_tell_an_optimizer.html#probes"
    answers.get_by_role("button", name="Delete all").click()
    answers.get_by_role("button", name="Yes, delete them").click()
    expect(known).to_have_count(0)
    assert picture.locator(".t3-probes-tally").inner_text() == ""


@pytest.mark.parametrize("value", ["null", "7", '{"tried": 3}', '{"tried": ["stone/push", 4], "guesses": "many"}'])
def test_what_was_kept_and_fits_no_longer_is_passed_over(shown, value):
    picture = shown()
    text = f'{{"version": 1, "answers": {{"01_tell_an_optimizer/figure/probes": {{"value": {value}}}}}}}'
    picture.page.evaluate("text => localStorage.setItem('third-optimizer', text)", text)
    picture.page.reload()
    guess(picture, "It will")
    expect(picture.locator(".t3-probes-known")).to_have_count(1)
    assert picture.locator(".t3-probes-tally").inner_text() == "You guessed right 1 of 1 time."


# --- the hand --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("touch", [False, True])
def test_a_thing_is_dragged(shown, touch):
    """To the nearest stop; the page does not scroll away under a finger that holds it."""
    picture = shown(width=390, has_touch=touch)
    page, (start, end) = picture.page, (spot(picture, 180, 120), spot(picture, 180, 16 + 208 * 0.19))
    before = page.evaluate("scrollY")
    if touch:
        finger = page.context.new_cdp_session(page)
        for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
            finger.send(
                "Input.dispatchTouchEvent",
                {"type": kind, "touchPoints": [dict(zip("xy", point, strict=True)) for point in points]},
            )
    else:
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=3)
        page.mouse.up()
        page.mouse.move(*start)
    assert stands(picture) == 8 and page.evaluate("scrollY") == before
    assert picture.locator(".t3-dial-value").inner_text() == "80 cm"


@pytest.mark.parametrize(
    ("name", "probe", "point", "text"),
    [
        ("thermostat", "goal", (330, 224 - 208 * 0.68), "25 °C"),
        ("raindrop", "push", (16 + 328 * 0.91, 20), "90 m"),
        ("gradient descent", "goal", (16 + 328 * 0.32, 200), "0.3"),
        ("walker by heart", "goal", (68 + 32 * 6.4, 8 + 32 * 0.6), "row 1, column 7"),
        ("walker with a plan", "world", (68 + 32 * 0.5, 8 + 32 * 4.5), "row 5, column 1"),
    ],
)
def test_a_tap_takes_the_nearest(shown, name, probe, point, text):
    picture = shown()
    cell(picture, name, probe).click()
    picture.page.mouse.click(*spot(picture, *point))
    assert picture.locator(".t3-dial-value").inner_text() == text


def test_a_walker_by_heart_leans_on_the_new_wall(shown):
    """Seven of a cell's 32 from its middle; it stood in the middle when it was let go."""
    picture = shown()
    cell(picture, "walker by heart", "world").click()
    dial(picture, 8)  # of the goal's row the last but one: it comes from the left
    guess(picture, "It will not")
    (row, column), thing = telling.IN_MAZE["world"][7], picture.locator("circle.t3-probes-thing")
    assert telling.IN_MAZE["world"][8] == (row, column + 1)
    middle = [(360 - 7 * 32) / 2 + (column + 0.5) * 32, (240 - 7 * 32) / 2 + (row + 0.5) * 32]
    assert [float(thing.get_attribute(one)) for one in ("cx", "cy")] == [middle[0] + 7, middle[1]]


def test_where_only_the_dial_sets_it_a_tap_does_nothing(shown):
    picture = shown()
    cell(picture, "bottle cap", "world").click()
    at = stands(picture)
    picture.page.mouse.click(*spot(picture, 180, 30))
    assert stands(picture) == at == list(telling.LIQUIDS).index("water")


def test_all_of_it_by_keyboard(shown):
    picture = shown()
    keys = picture.page.keyboard
    cell(picture, "raindrop", "push").focus()
    keys.press("Enter")
    picture.locator("input[type=range]").focus()
    keys.press("End")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")  # it will not
    assert said(picture) == f"✓ As you guessed. {WORDS['raindrop']['push']['no']}"
    assert picture.page.evaluate("document.activeElement.textContent") == "Again"
    keys.press("Enter")
    assert said(picture) == WORDS["raindrop"]["push"]["ask"] and stands(picture) == 10
    assert picture.page.evaluate("document.activeElement.textContent") == "It will"
    expect(picture.locator(".t3-announce")).to_contain_text("It lies behind the hump")


def test_it_moves_and_comes_to_an_end(shown):
    picture = shown(motion="no-preference")
    guess(picture, "It will")
    picture.page.wait_for_function("document.querySelectorAll('.t3-probes-trace').length > 3")
    assert said(picture) == ""
    expect(picture.locator(".t3-probes-said")).to_have_text(f"✓ As you guessed. {WORDS['bottle cap']['push']['yes']}")
    cell(picture, "thermostat", "push").click()
    guess(picture, "It will")
    cell(picture, "raindrop", "push").click()  # leaves the room, which ends its run
    picture.page.wait_for_timeout(2500)
    assert said(picture) == WORDS["raindrop"]["push"]["ask"]
    assert cell(picture, "thermostat", "push").inner_text() == "?"


def test_a_cell_that_is_far_below_brings_the_picture_back(shown):
    picture = shown(width=390)
    button = cell(picture, "walker with a plan", "goal")
    button.evaluate("one => one.scrollIntoView({block: 'start'})")
    button.click()
    top = picture.locator(".t3-probes-picture").bounding_box()["y"]
    assert 0 <= top < 300


# --- how it looks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_it_is_whole_in_every_view(shown, width, theme):
    picture = shown(width=width, theme=theme)
    picture.get_by_role("button", name="Fill in the rest").click()
    page = picture.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    widths = picture.locator("thead th").evaluate_all("cells => cells.map(cell => cell.clientWidth)")
    assert max(widths) - min(widths) <= 1
    lines = picture.locator("thead th").evaluate_all(  # one a word at most: none is broken
        """cells => cells.map(cell => {
            const words = document.createRange();
            words.selectNodeContents(cell);
            return new Set([...words.getClientRects()].map(box => Math.round(box.y))).size;
        })"""
    )
    heads = [*PROBES.values(), *INSIDE.values()]
    assert all(count <= len(head.split()) for count, head in zip(lines, heads, strict=True)), lines
    assert picture.locator(".t3-probes-cell").evaluate_all(
        "all => all.every(one => one.scrollWidth <= one.clientWidth + 1)"
    )
    page.evaluate(AXE)
    for name in NAMES:
        cell(picture, name, "world").click()
        found = page.evaluate(
            "axe.run(document.querySelector('.t3-probes'), {resultTypes: ['violations'], preload: false})"
        )
        assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found["violations"]] == []


def test_forced_colours_tell_walls_floor_and_thing_apart(shown):
    picture = shown(forced_colors="active")
    cell(picture, "walker by heart", "world").click()
    fill = "one => getComputedStyle(one).fill"
    fills = [picture.locator(f".t3-probes-{part}").first.evaluate(fill) for part in ("block", "floor", "thing")]
    assert len(set(fills)) == 3


# --- what does not fit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"title": " "}, "title must be a sentence"),
        ({"note": ""}, "note must be a sentence"),
        ({"words": {"raindrop": WORDS["raindrop"]}}, "words must be of bottle cap, .*, got raindrop"),
        (
            {"words": WORDS | {"raindrop": WORDS["raindrop"] | {"goal": {}}}},
            "words of raindrop under goal must have none",
        ),
        (
            {"words": WORDS | {"raindrop": WORDS["raindrop"] | {"push": {"ask": "?"}}}},
            "under push must have label, no, yes",
        ),
        (
            {"things": drawn() | {"raindrop": drawn()["raindrop"] | {"scene": {"kind": "sea"}}}},
            "the scene of raindrop must be one of tank, room, hill, maze, got 'sea'",
        ),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        component(**options)


def test_without_scripts_its_words_and_the_whole_profile_stand(static):
    page = component()._repr_mimebundle_()["text/html"]
    assert f"{TITLE} {NOTE}" in page and "a script did not run" in page and page.count("<tr>") == 1 + len(NAMES)
