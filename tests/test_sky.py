"""The sky: its stars are the grid's runs, told to pointer, finger and keys; what is left out is dark; tries are lit."""

import json
import re

import numpy as np
import pytest

from tests.notebooks import BOOK
from third_optimizer.experiments.change_the_odds import AWAY
from third_optimizer.meta import Grid
from third_optimizer.meta.grid import BLOWN

GRID = Grid.load(BOOK / "data/atlas.npz")
PAGE = "book/12_change_the_odds"


@pytest.fixture
def sky(open_page):
    def open(**options):
        opened = open_page(PAGE, **options)
        opened.page.wait_for_selector("#sky .t3-sky-par", state="attached")
        return opened, opened.page.locator("#sky")

    return open


def words(sky):
    return sky.locator(".t3-sky-field").get_attribute("aria-label")


def test_its_words_are_the_grids_counts(sky):
    _, shown = sky()
    reach, goes = GRID.reaches(1).sum(), GRID.iterates(1).sum()
    assert f"{len(GRID.space.designs):,} designs" in words(shown)
    assert f"{reach} reach par, and {goes} of them iterate." in words(shown)


@pytest.mark.parametrize("name", [name for name in AWAY if AWAY[name]])
def test_what_the_engineer_takes_away_is_left_out(sky, name):
    _, shown = sky()
    inside = np.array(
        [all(getattr(d, dial) in stops for dial, stops in AWAY[name].items()) for d in GRID.space.designs]
    )
    shown.locator("select").select_option(name)
    goes = int((GRID.iterates(1) & inside).sum())
    said = f"{goes} of them iterate" if goes else "none of them iterates"
    assert shown.locator(".t3-reading").inner_text().startswith(f"{inside.sum():,} designs, run with seed 1; {said}")
    assert f"{inside.sum():,} of {len(inside):,} designs" in words(shown)


def test_a_machine_that_flies_off_on_some_prompts_does_not_iterate(open_page, site):
    """The page tells stars apart as Grid.iterates does, with every seed."""
    opened, text = open_page(PAGE), (site / f"{PAGE}.html").read_text("utf8")
    spec = json.loads(re.search(r'data-t3="sky"[^>]*><script type="application/json">(.*?)</script>', text)[1])
    opened.page.wait_for_selector("#sky .t3-sky-par", state="attached")
    for seed in GRID.seeds:
        found = opened.page.evaluate(
            """async ([spec, seed]) => {
                const stars = new ThirdOptimizer.Stars(await ThirdOptimizer.runs.load(spec.runs), spec, seed);
                return stars.all.map((star) => star.rank);
            }""",
            [spec, seed],
        )
        assert np.array_equal(np.array(found) == 2, GRID.iterates(seed))
        assert np.array_equal(np.array(found) >= 1, GRID.reaches(seed))
    blown = GRID.columns["blown"][:, GRID.seeds.index(2), 2]
    fresh, longer = GRID.scores(2), GRID.columns["longer"][:, GRID.seeds.index(2), 2]
    but_for_blowing_up = (fresh < 17) & (longer <= fresh / 4)
    assert (but_for_blowing_up & (blown > BLOWN)).any(), "the limit decides something"


@pytest.mark.parametrize("width", [390, 1280])
def test_a_star_tells_its_dials_to_keys_and_pointer(sky, width):
    opened, shown = sky(width=width)
    page, field, tip = opened.page, shown.locator(".t3-sky-field"), shown.locator(".t3-sky-tip")
    best = GRID.scores(1).argmin()
    field.focus()
    page.keyboard.press("Home")
    assert f"fresh {GRID.scores(1)[best]:.1f}; iterates." in tip.inner_text()
    design = GRID.space.designs[best]
    assert f"thinking passes {design.passes}," in tip.inner_text() and "warm-up on" in tip.inner_text()
    before = tip.inner_text()
    page.keyboard.press("ArrowUp")
    assert tip.inner_text() != before
    page.keyboard.press("Escape")
    assert tip.is_hidden()
    box = field.bounding_box()
    assert box["height"] < 480
    told = set()
    for x in np.linspace(0.55, 0.9, 8):  # where the diagonal rises
        for y in (0.3, 0.45, 0.6):
            field.hover(position={"x": x * box["width"], "y": y * box["height"]})
            told.add(tip.inner_text() if tip.is_visible() else "")
    assert len(told) >= 6 and "" in told
    assert page.evaluate("document.documentElement.scrollWidth") <= width and opened.errors == []


def test_another_space_stops_the_dice(sky):
    opened, shown = sky()
    shown.get_by_role("button", name="Let 60 dice fall").click()
    opened.page.wait_for_function("document.querySelectorAll('#sky .t3-sky-lit').length > 5")
    shown.locator("select").select_option("no attention")
    opened.page.wait_for_timeout(3500)  # sixty dice take less
    assert shown.locator(".t3-sky-lit").count() == 0
    assert shown.locator(".t3-reading").inner_text() == "448 designs, run with seed 1; none of them iterates."


def test_dice_fall_where_they_may_and_are_listed(sky):
    opened, shown = sky(reduced_motion="reduce")
    shown.get_by_role("button", name="Let 60 dice fall").click()
    said = shown.locator(".t3-reading").inner_text()
    assert re.match(r"60 dice: the best fresh error is [\d.]+; (none|\d+) of them iterate", said)
    shown.get_by_text("What is lit").click()
    rows = shown.locator("tbody tr")
    assert rows.count() == 60 and len({row.inner_text().split("\t", 1)[1] for row in rows.all()}) > 50
    fresh = [row.locator("td").nth(1).inner_text() for row in rows.all()]
    best = min(float(text) for text in fresh if not text.startswith(("over", "×")))
    assert float(re.search(r"error is ([\d.]+)", said)[1]) == best
    assert opened.errors == []
