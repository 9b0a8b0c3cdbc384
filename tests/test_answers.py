"""My answers: by page, each with a way back to its question, a guess beside the truth; older records read."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.conftest import SITE
from tests.notebooks import BOOK
from third_optimizer.view.questions.listing import titles

PAGE = "book/my_answers"


@pytest.fixture
def listed(open_page):
    """listed({id: answer}) -> the page with these kept."""

    def open(answers, **options):
        opened = open_page(PAGE, **options)
        record = json.dumps({"version": 1, "answers": answers})
        # set by the new document itself: what the old one wrote last may come too late for it
        opened.page.add_init_script(
            "if (!sessionStorage.getItem('given')) { sessionStorage.setItem('given', 'yes');"
            f"localStorage.setItem('third-optimizer', {json.dumps(record)}); }}"
        )
        opened.page.reload()
        opened.page.wait_for_selector("html[data-t3-ready]", state="attached")
        return opened, opened.page.locator(".t3-answers")

    return open


def pairs(item):
    return dict(zip(item.locator("dt").all_inner_texts(), item.locator("dd").all_inner_texts(), strict=True))


def test_pages_have_their_titles_and_the_books_order():
    found = titles(BOOK)
    assert found["02_walk_downhill"] == "Chapter 2: Walk downhill" and found["board"] == "Class board"
    chapters = [title for title in found.values() if title.startswith("Chapter")]
    assert chapters == list(found.values())[: len(chapters)] and len(chapters) >= 4
    assert set(found) == {page.stem for page in BOOK.glob("*.md")}


def answer(at, **more):
    return {"label": "Check yourself", "question": "Which way?", "answer": "up", "verdict": "right", "at": at} | more


def test_answers_stand_under_their_page_the_oldest_first(listed):
    kept = {
        "board": answer("2026-01-09", label="Class board", verdict=None, answer="3 games"),
        "12_change_the_odds/quiz/bits": answer("2026-01-01"),
        "02_walk_downhill/quiz/floor": answer("2026-01-08", verdict="wrong"),
        "02_walk_downhill/quiz/edge": answer("2026-01-07"),
        "gone/quiz/x": answer("2026-01-02"),
    }
    opened, shown = listed(kept)
    assert shown.locator("h2").all_inner_texts() == [
        "Chapter 2: Walk downhill",
        "Chapter 12: Change the odds",
        "Class board",
        "gone",
    ]
    first = shown.locator("section").first.locator("li")
    assert [re.search(r"[\d-]{10}", text)[0] for text in first.locator(".t3-answers-about").all_inner_texts()] == [
        "2026-01-07",
        "2026-01-08",
    ]
    assert [pairs(item) for item in first.all()] == [
        {"You said": "up", "Result": "✓ right"},
        {"You said": "up", "Result": "✗ not yet"},
    ]
    assert shown.locator("section").last.get_by_role("link").count() == 0  # what the book has no longer
    assert ".md" not in shown.inner_text() and "02_walk" not in shown.inner_text() and opened.errors == []


@pytest.mark.parametrize(
    ("kept", "beside"),
    [
        ({"answer": "0.1", "verdict": "committed", "truth": "0.02"}, {"You guessed": "0.1", "It was": "0.02"}),
        ({"answer": "up", "verdict": "wrong", "truth": "down"}, {"You guessed": "up", "It was": "down"}),
        ({"answer": "skipped", "verdict": "skipped", "truth": "down"}, {"You guessed": "nothing, you skipped it", "It was": "down"}),
        # as earlier editions kept them, without the truth
        ({"answer": "0.1", "verdict": "committed"}, {"You guessed": "0.1", "It was": "what the page shows"}),
        ({"answer": "up", "verdict": "right"}, {"You guessed": "up", "It was": "up"}),
        ({"answer": "up", "verdict": "wrong"}, {"You guessed": "up", "It was": "something else; the page shows it"}),
        ({"answer": "skipped", "verdict": "skipped"}, {"You guessed": "nothing, you skipped it", "It was": "what the page shows"}),
    ],
)  # fmt: skip
def test_a_guess_is_listed_with_the_truth(listed, kept, beside):
    _, shown = listed(
        {"02_walk_downhill/predict/best_step": {"label": "Predict", "question": "Which?", "at": "2026-01-01"} | kept}
    )
    assert pairs(shown.locator("li")) == beside and "not yet" not in shown.inner_text()


def test_what_is_guessed_on_a_page_is_kept_with_the_truth(open_page):
    """Every kind of prediction, committed or skipped: what is listed is what the question's own feedback says."""
    page = open_page("book/02_walk_downhill").page
    page.locator("form.t3-ask[id*=best_step]").get_by_role("button", name="Skip").click()
    said = page.locator("form.t3-ask[id*=best_step] .t3-feedback").inner_text()
    page.locator("form.t3-ask[id*=overshoot]").get_by_role("button", name="Commit").click()
    image = page.locator("form.t3-ask[id*=overshoot] .t3-chart").get_attribute("aria-label")
    kept = json.loads(page.evaluate("localStorage['third-optimizer']"))["answers"]
    assert f"Measured: {kept['02_walk_downhill/predict/best_step']['truth']}." in said
    drawn = kept["02_walk_downhill/predict/overshoot"]["truth"].split(", ")
    assert len(drawn) == 4 and all(one in image.split("Measured")[1] for one in drawn)
    page.goto(page.url.replace("02_walk_downhill", "04_train_a_model_that_learns"))
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    choice = page.locator("form.t3-ask[id*=predict-found]")
    right = page.evaluate(
        """() => JSON.parse(document.querySelector('[data-t3-id*="predict/found"]')?.querySelector("script")?.textContent || "null")"""
    )
    choice.get_by_role("radio").first.check()
    choice.get_by_role("button", name="Commit").click()
    kept = json.loads(page.evaluate("localStorage['third-optimizer']"))["answers"]
    truth = kept["04_train_a_model_that_learns/predict/found"]["truth"]
    assert truth in choice.locator("label").all_inner_texts() and "gradient descent" in truth and right is None
    assert not any("truth" in row for id, row in kept.items() if "/predict/" not in id)


@pytest.mark.parametrize(
    ("id", "target"),
    [
        ("02_walk_downhill/predict/overshoot", "form.t3-ask[id*=overshoot]"),
        ("12_change_the_odds/quiz/noise", "form.t3-ask[id*=noise]"),
        ("10_be_the_meta_optimizer/game/2", "section.t3-game"),
        ("index/tries", "section.t3-game"),
        ("board", "section.t3-board"),
    ],
)
def test_a_link_leads_back_to_the_question(listed, id, target):
    """The page opens there, behind a veil too."""
    opened, shown = listed({id: answer("2026-01-01")}, veiled=True, reduced_motion="reduce")
    page = opened.page
    shown.locator("li").get_by_role("link").click()
    page.wait_for_selector(target)
    page.wait_for_function(
        "target => { const { top } = document.querySelector(target).getBoundingClientRect(); return top >= 0 && top < innerHeight; }",
        arg=target,
    )
    assert opened.errors == []


def many():
    page = {
        f"02_walk_downhill/quiz/{i}": answer(f"2026-01-{i + 1:02}", question="Why? " * 30, answer="x" * 300)
        for i in range(15)
    }
    return page | {f"12_change_the_odds/quiz/{i}": answer("2026-02-01") for i in range(15)}


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_many_answers_are_folded_and_nothing_stands_out(listed, width):
    opened, shown = listed(many(), width=width)
    page = opened.page
    expect(shown.locator("summary")).to_have_text(["15 answers"] * 2)
    assert shown.locator("li:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollHeight") < 2200
    shown.locator("summary").first.click()
    assert shown.locator("li:visible").count() == 15
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # what is open stays so when something else is answered, at once too, before the fold's own event has come
    page.evaluate(
        """() => {
            const fold = [...document.querySelectorAll(".t3-answers summary")].at(-1);
            fold.click();
            ThirdOptimizer.store.set("12_change_the_odds/quiz/new", { question: "q", answer: "a" });
        }"""
    )
    assert shown.locator("li:visible").count() == 31 and shown.locator("summary").last.inner_text() == "16 answers"
    shown.locator("summary").first.click()
    assert shown.locator("li:visible").count() == 16


def test_paper_has_no_folds(listed):
    opened, shown = listed(many())
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert shown.locator("li:visible").count() == 30 and shown.locator("summary:visible").count() == 0
    assert not shown.get_by_role("button", name="Delete all").is_visible()


def test_answers_are_text(listed):
    nasty = "<img src=x onerror=\"document.title='caught'\">"
    opened, shown = listed({f"{nasty}/quiz/x": answer(nasty, label=nasty, question=nasty, answer=nasty, verdict=nasty)})
    assert shown.locator("img").count() == 0 and opened.page.title() != "caught" and nasty in shown.inner_text()
    assert opened.errors == [] and SITE.is_dir()
