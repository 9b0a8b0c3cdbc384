"""The rain: the page runs downhill as Python does, counts what lands, and does what a reader's hand asks."""

import re

import numpy as np
import pytest

from tests.alone import STORE, opening, page_of
from tests.games import AXE
from third_optimizer import theory
from third_optimizer.base import gradient_descent, train
from third_optimizer.experiments import let_it_rain as raining
from third_optimizer.view import Slider, rain
from third_optimizer.world import volcano

DIALS = {
    "dimensions": Slider("Dimensions", (1, 2, 5, 10), 2),
    "spread": Slider("Spread", (0.3, 1), 1),
    "away": Slider("Away", (0, 2), 0),
    "rate": Slider("Learning rate", (0.05, 0.1, 0.2), 0.1),
}
CHANCES = [[[100 * theory.chance_within(1, n, s, a) for a in (0, 2)] for s in (0.3, 1)] for n in (1, 2, 5, 10)]
HILL = {"rim": 1.0, "moat": 4.0, "curvature": 12.0}
TITLE, NOTE, ASKED = "It rains.", "A note.", "x/predict/ten"


def component(**options):
    given = dict(dials=DIALS, chances=CHANCES, title=TITLE, note=NOTE, id="rain", **HILL)
    return rain(**given | options)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    begin = (
        STORE
        + """
      if (location.hash === "#asked") spec.after = "x/predict/ten";
      window.rain = new ThirdOptimizer.Rain(host, spec, store);"""
    )
    return page_of(tmp_path_factory.mktemp("rain"), component(), begin)


@pytest.fixture
def living(browser, address):
    """living(width=390, ...) -> (Playwright's page, the figure); with less motion, unless asked for."""
    with opening(browser, address, ".t3-rain") as begin:
        yield begin


def turn(shown, name, at):
    shown.locator(f"#rain-{name}").evaluate(
        "(input, at) => { input.value = at; input.dispatchEvent(new Event('input', {bubbles: true})); }", at
    )


def landed(shown):
    """The count that the page says."""
    said = shown.locator(".t3-said").inner_text()
    return int(re.search(r"([\d,]+) of 1,000 starts end in the crater", said)[1].replace(",", "")), said


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.16, 0.17, 0.5])
def test_the_page_runs_downhill_as_python_does(living, rate):
    """Two hundred starts in three dimensions: where each is after thirty steps, and whether it has landed."""
    page, _ = living()
    hill = volcano(**HILL)
    starts = np.random.default_rng(5).normal(0, 1.5, (200, 3))

    def objective(x, rng):
        return hill.value(x).sum(), hill.gradient(x)

    ends = train(objective, starts, gradient_descent(rate), 30).parameters
    call = "([rs, rate, hill]) => rs.map((r) => ThirdOptimizer.Rain.settle(r, rate, hill))"
    found = np.array(page.evaluate(call, [np.linalg.norm(starts, axis=1).tolist(), rate, HILL]))
    assert np.allclose(np.abs(found), np.linalg.norm(ends, axis=1), rtol=1e-6, atol=1e-9)
    height = page.evaluate("([rs, hill]) => rs.map((r) => ThirdOptimizer.Rain.height(r, hill))", [found.tolist(), HILL])
    assert np.allclose(height, hill.value(ends), rtol=1e-6, atol=1e-9)
    assert page.evaluate("[ThirdOptimizer.Rain.DEEP, ThirdOptimizer.Rain.STEPS]") == [-0.5, 30]


def test_its_numbers_are_normal(living):
    """Four standard errors each: of a mean, of a variance, of neighbours' correlation."""
    page, _ = living()
    drawn = np.array(page.evaluate("Array.from(ThirdOptimizer.Rain.normals(20000, 3))"))
    assert abs(drawn.mean()) < 4 / np.sqrt(20000) and abs(drawn.var() - 1) < 4 * np.sqrt(2 / 20000)
    assert abs(np.corrcoef(drawn[1:], drawn[:-1])[0, 1]) < 4 / np.sqrt(20000)
    assert abs(np.mean(drawn**4) - 3) < 4 * np.sqrt(96 / 20000)
    assert page.evaluate("ThirdOptimizer.Rain.normals(5, 3)[2] === ThirdOptimizer.Rain.normals(5, 4)[2]") is False


def test_it_counts_what_the_formula_expects_at_every_stop(living):
    """Four deviations of a share of a thousand."""
    _, shown = living()
    for i, n in enumerate((1, 2, 5, 10)):
        for j, spread in enumerate((0.3, 1)):
            for k, away in enumerate((0, 2)):
                for name, at in zip(("dimensions", "spread", "away"), (i, j, k), strict=True):
                    turn(shown, name, at)
                p = theory.chance_within(1, n, spread, away)
                count, said = landed(shown)
                assert abs(count - 1000 * p) < 4 * np.sqrt(1000 * p * (1 - p)) + 1, (n, spread, away)
                assert said.startswith("On a line" if n == 1 else f"In {n} dimensions")
    assert "By formula it is one in " in said


def test_a_long_step_lands_nowhere_and_is_told_why(living):
    page, shown = living()
    assert landed(shown)[0] > 300
    turn(shown, "rate", 2)
    count, said = landed(shown)
    assert count == 0 and "the crater lets go" in said
    label = shown.locator("svg").get_attribute("aria-label")
    assert "Learning rate 0.2" in label and said in label
    assert page.evaluate("document.querySelectorAll('.t3-rain-in')[1].getAttribute('d')") == ""


def test_each_drop_is_drawn_at_its_distance(living):
    """From above, with one unit as many pixels as the rim's radius has; those beyond the picture at its edge."""
    page, shown = living()
    turn(shown, "dimensions", 3)
    dots, circle, starts = page.evaluate("""() => {
        const paths = [...document.querySelectorAll('.t3-rain-drops')],
          basin = document.querySelector('.t3-rain-basin');
        return [[paths[1], paths[3]].map((p) => p.getAttribute('d')).join(''),
                ['cx', 'cy', 'r'].map((name) => Number(basin.getAttribute(name))), rain.starts().map(({ r }) => r)];
    }""")
    places = np.array(re.findall(r"M(\S+) (\S+)h0", dots), float)
    away = np.linalg.norm(places - circle[:2], axis=1) / circle[2]
    assert len(away) == 1000 and np.allclose(np.sort(away), np.sort(np.minimum(starts, 7.4)), atol=0.01)


def test_another_rain_falls_runs_and_is_counted(living):
    page, shown = living(motion="no-preference")
    before = landed(shown)[0]
    drops = "[...document.querySelectorAll('.t3-rain-drops')].map((p) => p.getAttribute('d')).join()"
    seen = page.evaluate(drops)
    shown.get_by_role("button", name="Let it rain").click()
    page.wait_for_function(f"{drops} !== {seen!r}")
    page.wait_for_function("document.querySelector('.t3-said').innerText.includes('of 1,000')")
    assert landed(shown)[0] != before
    first, end = page.evaluate(
        "[rain.starts().length, document.querySelectorAll('.t3-rain-drops')[3].getAttribute('d')]"
    )
    inside = np.array(re.findall(r"M(\S+) (\S+)h0", end), float)
    assert first == 1000 and np.ptp(inside, axis=0).max() < 2  # all who landed lie in the middle of the crater


def test_before_the_guess_the_dimensions_stay(living):
    page, shown = living(hash="#asked")
    dial = shown.locator(".t3-dial").first
    assert dial.is_hidden() and shown.locator(".t3-dial").count() == 4
    page.evaluate("store.put('x/predict/ten')")
    assert dial.is_visible() and page.evaluate("rain.value('dimensions')") == 10
    assert landed(shown)[0] <= 3


def test_a_turn_takes_less_than_a_frame_s_work(living):
    """Not by the clock: no more elements are made, four paths are written anew."""
    page, shown = living()
    count = "document.querySelectorAll('.t3-rain *').length"
    before = page.evaluate(count)
    for at in range(4):
        turn(shown, "dimensions", at)
    assert page.evaluate(count) == before


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_it_is_whole_in_every_view(living, width, theme):
    page, shown = living(width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.locator(".t3-rain-picture").bounding_box()["width"] >= 300
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document.querySelector('.t3-rain'), {resultTypes: ['violations'], preload: false})")
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found["violations"]] == []


def test_forced_colours_tell_who_landed(living):
    page, shown = living(forced_colors="active")
    stroke = "(part) => getComputedStyle(part).stroke"
    assert shown.locator(".t3-rain-in").first.evaluate(stroke) != shown.locator(".t3-rain-off").first.evaluate(stroke)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"dials": {"dimensions": DIALS["dimensions"]}},
            "dials must be dimensions, spread, away, rate, got dimensions",
        ),
        ({"chances": CHANCES[1:]}, r"chances must have the shape \(4, 2, 2\) of the dials' stops, got \(3, 2, 2\)"),
        ({"title": " "}, "title must be a sentence"),
        ({"note": ""}, "note must be a sentence"),
    ],
)
def test_what_does_not_fit_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        component(**options)


def test_without_scripts_its_words_stand(static):
    page = component()._repr_mimebundle_()["text/html"]
    assert f"{TITLE} {NOTE}" in page and "a script did not run" in page and 'data-t3="rain"' in page


def test_the_chapter_s_chances_are_the_formula_s():
    chances = np.array(raining.chances())
    assert chances.shape == (len(raining.MANY), len(raining.SPREADS), len(raining.PLACES))
    assert chances[1, 4, 0] == pytest.approx(100 * (1 - np.exp(-0.5)), rel=1e-12)
