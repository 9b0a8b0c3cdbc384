"""Predict, veil, reveal: what follows a guess is not to be seen before it, and then is, also after a reload."""

import json

import pytest
from bs4 import BeautifulSoup

from tests.notebooks import pages

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


def test_what_a_guess_names_and_is_not_there_leaves_the_other_veils(open_page):
    """A section under another heading, or what could not be drawn."""
    opened = open_page(PAGE, veiled=True)
    page = opened.page
    named = page.evaluate("[...document.querySelectorAll('.t3-veil')].length")
    page.add_init_script(
        """document.addEventListener("readystatechange", () => {
            const section = document.getElementById("keep-trying");
            if (section) section.id = "again";
        });"""
    )
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    page.wait_for_selector("#sky", state="attached")
    assert page.evaluate("document.querySelectorAll('.t3-veil').length") == named - 1
    assert hidden(page, "sky") and opened.errors == []


def test_two_guesses_over_one_paragraph(open_page):
    """In chapter 4 the second guess of a section stands behind the first, and what follows it behind both."""
    page = open_page("book/04_train_a_model_that_learns", veiled=True, reduced_motion="reduce").page
    second, last = "form.t3-ask[id*=longer]", "#claim-C10"
    page.locator("form.t3-ask[id*=found]").get_by_role("button", name="Skip").click()
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


def test_a_question_or_a_card_that_gives_a_guess_away_waits_for_it(open_page):
    page = open_page("book/10_be_the_meta_optimizer", veiled=True, reduced_motion="reduce").page
    dice, other, exercise = (
        f"[id=ask-10_be_the_meta_optimizer-{id}]" for id in ("quiz-dice", "quiz-start", "exercises-enough")
    )
    folds = page.locator(f".cell:has({exercise}) .t3-folds")
    assert page.locator(other).is_visible() and not folds.is_visible()
    assert not any(page.locator(one).is_visible() for one in (dice, exercise, "#claim-C8"))
    notes = page.locator(".t3-veil:visible", has_text="This gives a guess away.")
    before = notes.count()
    page.locator(f".t3-veil:has(+ .cell {exercise})").get_by_role("link", name="Guess, or skip.").click()
    blind = page.locator("form.t3-ask[id*=predict-blind]")
    assert blind.evaluate("one => one.getBoundingClientRect().top") < 844 and not page.locator(exercise).is_visible()
    blind.get_by_role("button", name="Skip").click()
    assert page.locator(dice).is_visible() and page.locator(exercise).is_visible() and folds.is_visible()
    assert notes.count() < before and not page.locator("#claim-C8").is_visible()  # it follows the other guess
    page.locator("form.t3-ask[id*=predict-curse]").get_by_role("button", name="Skip").click()
    assert page.locator("#claim-C8").is_visible() and notes.count() == 0


@pytest.mark.parametrize("size", [(1366, 650), (390, 844)], ids=["laptop", "phone"])
def test_after_a_guess_what_is_said_of_it_and_the_figure_are_seen_together(open_page, size):
    page = open_page("book/10_be_the_meta_optimizer", width=size[0], veiled=True, reduced_motion="reduce").page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    ask = page.locator("form.t3-ask[id*=predict-curse]")
    ask.get_by_role("button", name="Commit").click()
    page.wait_for_timeout(300)
    said, title = (one.bounding_box() for one in (ask.locator(".t3-feedback"), page.locator("#curse .t3-figure-title")))
    assert 0 <= said["y"] and title["y"] + title["height"] <= size[1], (said, title)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_what_a_guess_veils_comes_after_it(page, site):
    """On the built page: a section, a card or a question, further down."""
    soup = BeautifulSoup((site / f"book/{page.stem}.html").read_text("utf8"), "html.parser")
    hosts = {
        "ask-" + spec["id"].replace("/", "-"): (spec, host)
        for host in soup.select('[data-t3="ask"]')
        for spec in [json.loads(host.script.string)]
    }
    order = {id(one): at for at, one in enumerate(soup.find_all(True))}
    for spec, host in hosts.values():
        for name in spec.get("veils", []):
            veiled = hosts[name][1] if name in hosts else soup.find(id=name)
            assert veiled is not None, f"{spec['id']} veils {name}, which is not there"
            assert order[id(veiled)] > order[id(host)], f"{name} stands before the guess {spec['id']}"


def test_paper_has_no_veil(open_page):
    page = open_page(PAGE, veiled=True).page
    page.wait_for_selector("#sky", state="attached")
    page.emulate_media(media="print")
    assert not hidden(page, "sky") and "What comes next" not in page.locator("article").inner_text()
    stars = page.locator("#sky .t3-sky-star").all()
    assert sum(star.get_attribute("d").count("M") for star in stars) > 2000, "drawn though nobody has seen it"
