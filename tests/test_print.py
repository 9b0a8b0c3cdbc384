"""A printed page: of every chapter, from either theme, by the browser's own key, by the page's menu, as a PDF."""

import re

import pytest

from tests.test_site import CONTRAST, FIGURES

PAGES = [*FIGURES, "book/board", "book/atlas", "book/my_answers"]
SHEETS = 10


def ready(open_page, name, **options):
    page = open_page(name, **options).page
    page.evaluate("async () => { if (window.MathJax) await MathJax.startup.promise; await document.fonts.ready; }")
    page.wait_for_timeout(500)
    return page


@pytest.mark.parametrize("view", [{}, {"theme": "dark"}, {"width": 390, "theme": "dark"}], ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_on_a_few_sheets(open_page, name, view):
    pdf = ready(open_page, name, **view).pdf(format="A4")
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) <= SHEETS


# What is printed and should not be: folded code, hints and solutions, controls, words for readers without scripts.
FOLDED = "details:not([open]) pre, .t3-folds, .t3-folds *, button, input[type=range], summary, .t3-not-drawn, textarea, select"
SEEN = """(selector) => [...document.querySelectorAll(selector)].filter((e) => e.closest('article') && e.checkVisibility() &&
  e.getClientRects().length && getComputedStyle(e).clipPath === 'none').map((e) => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("name", PAGES)
def test_what_is_folded_or_pressed_is_not_printed(open_page, name):
    page = ready(open_page, name)
    page.emulate_media(media="print")
    assert [
        one for one in page.evaluate(SEEN, FOLDED) if 'class="t3-button t3-skip"' not in one
    ] == []  # names of games
    text = page.locator("article").inner_text()
    assert "say(" not in text and "chapter.exercise(" not in text and len(text) > 200


def test_code_that_the_reader_unfolded_is_printed(open_page):
    page = ready(open_page, "book/02_walk_downhill")
    fold = page.locator("div.cell > details.hide").first
    page.emulate_media(media="print")
    assert not fold.locator("pre").is_visible()
    page.emulate_media(media="screen")
    fold.evaluate("(fold) => (fold.open = true)")
    page.emulate_media(media="print")
    assert fold.locator("pre").is_visible()


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_ink_on_white_from_a_dark_page_too(open_page, name):
    page = ready(open_page, name, theme="dark")
    page.emulate_media(media="print")
    for element in ("html", "body", "article"):
        ground = page.evaluate("(e) => getComputedStyle(document.querySelector(e)).backgroundColor", element)
        assert ground in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), element
    measured = page.evaluate(CONTRAST)
    assert len(measured["texts"]) > 3
    assert [text for text, ratio, _ in measured["texts"] if ratio < 4.5] == [] and min(measured["lines"]) >= 3
    assert page.evaluate("getComputedStyle(document.querySelector('article section > p')).color") == "rgb(0, 0, 0)"


def test_a_figure_prints_as_its_dials_stand(open_page):
    page = ready(open_page, "book/02_walk_downhill#path~eta=0.0202~beta=0.5")
    points = "(path) => path.getAttribute('d').split('L').length"
    drawn = page.locator("#path .t3-chart svg .mark-line path").first.evaluate(points)
    page.emulate_media(media="print")
    assert "Learning rate η 0.0202, Momentum β 0.5" in page.locator("#path .t3-reading").inner_text()
    assert page.locator("#path .t3-chart svg .mark-line path").first.evaluate(points) == drawn


def test_solutions_print_at_the_end_where_they_are_asked_for(open_page):
    page = ready(open_page, "book/04_train_a_model_that_learns")
    page.evaluate("""() => { window.print = () => { window.printed =
        [...document.querySelectorAll('article > .t3-solutions:last-child > div')].map((one) => one.textContent); }; }""")
    page.get_by_role("button", name="Get").click()
    page.get_by_role("button", name="On paper with the solutions").click()
    printed = page.evaluate("printed")
    assert len(printed) == page.locator(".t3-folds").count() >= 4
    assert "What per cent of the error" in printed[0] and "answer = 100 * (1 - a) ** 2" in printed[0]
    assert not page.locator(".t3-solutions").is_visible() and not page.locator("#t3-menu-get").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".t3-solutions pre").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".t3-solutions").count() == 0
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Get").click()
    page.get_by_role("button", name="On paper", exact=False).first.click()
    assert page.evaluate("printed") == []
