"""Predict, veil, reveal: what follows a guess is not to be seen before it, and then is, also after a reload."""

import pytest
import yaml

from tests.notebooks import BOOK

PAGE = "book/12_change_the_odds"


def hidden(page, id):
    return page.evaluate(
        "(id) => getComputedStyle(document.getElementById(id).closest('.cell')).display === 'none'", id
    )


@pytest.mark.parametrize("button", ["Commit", "Skip"])
def test_the_figure_that_answers_comes_with_the_guess(open_page, button):
    opened = open_page(PAGE, veiled=True, reduced_motion="reduce")
    page = opened.page
    page.wait_for_selector("#sky", state="attached")
    assert hidden(page, "sky") and hidden(page, "odds")  # the second in a section that the guess names
    assert page.get_by_role("heading", name="Keep trying").is_visible() and not hidden(page, "luck")
    assert "What comes next gives it away." in page.locator("article").inner_text()
    ask = page.locator("form.t3-ask[id*=share]")
    ask.get_by_role("button", name=button).click()
    assert not hidden(page, "sky")
    box = page.locator("#sky").bounding_box()
    assert box["y"] < 844 and box["y"] + box["height"] > 0, "the page went there"
    page.reload()
    page.wait_for_selector("#sky", state="attached")
    assert not hidden(page, "sky") and opened.errors == []


def test_two_guesses_over_one_paragraph(open_page):
    """In chapter 4 the second guess of a section stands behind the first, and what follows it behind both."""
    page = open_page("book/04_train_a_model_that_learns", veiled=True, reduced_motion="reduce").page
    second, last = "form.t3-ask[id*=longer]", "#claim-C10"
    assert page.locator(second).is_hidden() and page.locator(last).is_hidden()
    page.locator("form.t3-ask[id*=stretched]").get_by_role("button", name="Skip").click()
    assert page.locator(second).is_visible() and page.locator(last).is_hidden()
    page.locator(second).get_by_role("button", name="Skip").click()
    assert page.locator(last).is_visible()


def test_an_address_that_names_a_veiled_figure_shows_it(open_page):
    page = open_page(PAGE + "#sky", veiled=True).page
    page.wait_for_selector("#sky", state="attached")
    assert not hidden(page, "sky")


def test_an_address_called_later_lifts_the_veil(open_page):
    page = open_page(PAGE, veiled=True, reduced_motion="reduce").page
    page.wait_for_selector("#sky", state="attached")
    assert hidden(page, "sky")
    page.evaluate("location.hash = 'sky'")
    page.wait_for_function("getComputedStyle(document.getElementById('sky').closest('.cell')).display !== 'none'")


@pytest.mark.parametrize("file", sorted(BOOK.glob("*.yml")), ids=lambda file: file.stem)
def test_sections_that_a_guess_names_are_there(file, site):
    guesses = (yaml.safe_load(file.read_text("utf8")).get("predict") or {}).values()
    built = (site / f"book/{file.stem}.html").read_text("utf8")
    assert all(f'<section id="{id}"' in built for guess in guesses for id in guess.get("veils", []))


def test_paper_has_no_veil(open_page):
    page = open_page(PAGE, veiled=True).page
    page.wait_for_selector("#sky", state="attached")
    page.emulate_media(media="print")
    assert not hidden(page, "sky") and "What comes next" not in page.locator("article").inner_text()
    stars = page.locator("#sky .t3-sky-star").all()
    assert sum(star.get_attribute("d").count("M") for star in stars) > 2000, "drawn though nobody has seen it"
