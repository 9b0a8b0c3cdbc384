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
    kept = ("t3-skip", "t3-probes-cell", "t3-battery-cell")  # names of games, and the cells of a profile, are read
    assert [one for one in page.evaluate(SEEN, FOLDED) if not any(name in one for name in kept)] == []
    text = page.locator("article").inner_text()
    assert "say(" not in text and "chapter.exercise(" not in text and len(text) > 200


def test_one_switch_shows_all_code_and_what_is_shown_is_printed(open_page):
    page = ready(open_page, "book/02_walk_downhill")
    folds = page.locator("div.cell > details.hide")
    assert folds.count() > 5 and not any(fold.is_visible() for fold in folds.all())
    page.emulate_media(media="print")
    assert not folds.locator("pre").first.is_visible()
    page.emulate_media(media="screen")
    for shown in (True, False):
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("button", name="Show the code").click()
        assert [fold.locator("pre").is_visible() for fold in folds.all()] == [shown] * folds.count()
        assert page.locator("[data-t3-code]").get_attribute("aria-pressed") == str(shown).lower()
        assert not any(summary.is_visible() for summary in folds.locator("summary").all())
        page.emulate_media(media="print")
        assert folds.locator("pre").first.is_visible() == shown
        page.emulate_media(media="screen")


def test_without_scripts_each_fold_opens_by_itself(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "book/02_walk_downhill.html").as_uri())
    fold = page.locator("div.cell > details.hide").first
    assert fold.locator("summary").inner_text() == "Code" and not fold.locator("pre").is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible() and fold.locator("summary").inner_text() == "Hide code"
    context.close()


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
    assert "What share of the error" in printed[0] and "answer = 100 * (1 - a) ** 2" in printed[0]
    assert not page.locator(".t3-solutions").is_visible() and not page.locator("#t3-menu-get").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".t3-solutions pre").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".t3-solutions").count() == 0
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Get").click()
    page.get_by_role("button", name="On paper", exact=False).first.click()
    assert page.evaluate("printed") == []


def test_what_is_veiled_keeps_its_width_when_the_window_changes(open_page):
    """Paper has no veil, and a printer does not wait for a chart to be drawn again."""
    page = open_page("book/12_change_the_odds", veiled=True).page
    page.wait_for_selector("#bits svg.marks", state="attached")
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_timeout(500)
    page.emulate_media(media="print")
    assert not any(note.is_visible() for note in page.locator(".t3-veil").all()), "nobody can guess on paper"
    widths = page.evaluate(
        "[...document.querySelectorAll('.t3-veiled svg.marks')].map((one) => Number(one.getAttribute('width')))"
    )
    assert len(widths) >= 3 and min(widths) > 300, widths
