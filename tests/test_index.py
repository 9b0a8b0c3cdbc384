"""The landing page: the dial is in sight at once, answers, and keeps its second bar until a guess is made."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from tests.codes import GameCode, encode
from tests.notebooks import BOOK, chapters
from third_optimizer.experiments import turn_the_first_dial as first
from third_optimizer.mesa import LinearAttention
from third_optimizer.meta import DIAL_SEEDS, DIAL_SPACE, Design, Grid, par, run
from third_optimizer.meta.grid import rounded
from third_optimizer.view import Slider, learner
from third_optimizer.world import Regression

DIAL = "#dial input[data-dial=problems]"


@pytest.fixture(scope="module")
def stored():
    return Grid.load(BOOK / "data/first_dial.npz", DIAL_SPACE)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_title_map_and_dial_are_above_the_fold(open_page, width, height):
    page = open_page("book/index", width=width).page
    page.set_viewport_size({"width": width, "height": height})
    for part in ("h1", "svg.t3-map-whole", "#dial .t3-learner-picture", DIAL):
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= height, part


def bars(page):
    return page.locator("#dial .t3-learner-row:visible").count()


def words(page):
    return page.locator("#dial .t3-learner-picture").get_attribute("aria-label")


@pytest.mark.parametrize("button", ["Commit", "Skip"])
def test_what_it_never_met_appears_with_the_guess_and_stays(open_page, button):
    opened = open_page("book/index", reduced_motion="reduce")
    page = opened.page
    assert page.locator("#dial [data-dot]").count() == 0, "dots that it never met would give the answer away"
    assert bars(page) == 1 and "never met" not in words(page) and "The dots lie" in words(page)
    page.locator(DIAL).press("End")
    assert "never the same twice" in words(page) and bars(page) == 1
    page.locator(DIAL).press("Home")
    ask = page.locator("form.t3-ask[id*=fresh]")
    ask.get_by_label("It gets worse there too.").check()
    ask.get_by_role("button", name=button).click()
    assert "never the same twice" in words(page), "the figure moved"
    assert "On problems it never met the error is 33 per cent." in words(page) and bars(page) == 2
    box = page.locator("#dial").bounding_box()
    assert 0 <= box["y"] < 200, "the page went to the figure"
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert "On problems it never met" in words(page) and opened.errors == []


def test_after_the_guess_the_dial_turns_by_itself_until_the_reader_takes_it(open_page):
    opened = open_page("book/index")
    page, dial = opened.page, opened.page.locator(DIAL)
    page.get_by_role("button", name="Skip").first.click()
    page.wait_for_function("document.querySelector('#dial input[data-dial]').valueAsNumber >= 3")
    dial.press("Home")
    page.wait_for_timeout(900)
    assert dial.input_value() == "0" and opened.errors == []


def test_the_page_answers_as_the_machine_does(open_page):
    """Three numbers stand for a machine of one input: the page's slopes are those of the model, whatever the dots."""
    rng, model = np.random.default_rng(3), LinearAttention(1)
    machines = model.init(rng, 1.0)[None] + rng.normal(size=(100, 2, 2, 2))
    prompts = [first.LINE.prompts(rng, 1) for _ in machines]
    given = [
        {"machine": first.slope_from(one).tolist(), "x": p.inputs[0, :, 0].tolist(), "y": p.labels[0].tolist()}
        for one, p in zip(machines, prompts, strict=True)
    ]
    slopes = open_page("book/index").page.evaluate(
        "(all) => all.map((one) => ThirdOptimizer.Learner.inferred(one.machine, one))", given
    )
    right = [model.rules(one, p)[-1, 0, 0] for one, p in zip(machines, prompts, strict=True)]
    assert slopes == pytest.approx(right, rel=1e-12)


def test_machines_that_know_one_rule_keep_to_it_and_those_that_met_many_follow_the_dots():
    """What the picture says: at one end the slopes hardly follow new rules, at the other they agree and do."""
    prompts = first.problems()["fresh"]
    x, y = prompts.inputs[:, :, 0], prompts.labels
    moments = np.array([(x * x).mean(axis=1), (x * y).mean(axis=1), (y * y).mean(axis=1)])
    slopes = first.learners().columns["slope"] @ moments  # (stops, seeds, problems)
    spread = slopes.std(axis=1).mean(axis=1)
    assert spread[0] > 0.2 > 10 * spread[-1]
    signs = np.sign(prompts.answer / prompts.query[:, 0])
    assert (np.sign(slopes[-1]) == signs).all() and not (np.sign(slopes[0]) == signs).all()
    # "its line rises, or falls, as that one did", whatever the rule behind the dots
    for seed, machine in zip(DIAL_SEEDS, first.learners().columns["slope"][0], strict=True):
        only = first.LINE.pool(np.random.default_rng([seed, 1]), 1)[0, 0]
        rules = np.linspace(-2, 2, 41)
        lines = machine @ np.array([np.ones(41), rules, rules**2]) / 3
        assert (np.sign(only) * lines > -0.01).all()
    fresh = np.median(first.learners().columns["fresh"], axis=1)
    assert fresh[0] > 60 and fresh[-1] < 20


def test_a_random_learner_is_what_training_gives():
    rng = np.random.default_rng()
    stop, seed = int(rng.integers(len(first.STOPS))), int(rng.choice(DIAL_SEEDS))
    print(stop, seed)
    now, kept = (
        first.train_learner(first.STOPS[stop].problems, seed),
        first.learners().at(problems=first.STOPS[stop].problems, seed=seed),
    )
    assert all(np.allclose(now[name], kept[name], rtol=1e-6, atol=1e-9) for name in now)


def test_in_a_kernel_the_first_machine_is_trained_anew():
    """What the widget hears and answers; the numbers are those that are stored."""
    heard = []
    dial = Slider("Problems", list(first.STOPS), 0)
    shown = learner(
        dial,
        first.learners().columns["slope"],
        {row: first.problems()[what] for what, row in first.ROWS.items()},
        {row: first.errors()[what] for what, row in first.ROWS.items()},
        title="A title.",
        note="A note.",
        id="dial",
        train=first.learned,
    )
    shown.hear(SimpleNamespace(send=heard.append), {"type": "learn", "stop": 2, "number": "7"})
    kept = first.learners().columns["slope"][2, 0]
    assert heard[0]["number"] == "7" and heard[0]["slope"] == pytest.approx(kept, rel=1e-6)
    assert heard[0]["errors"] == pytest.approx(
        {row: first.errors()[what][2, 0] for what, row in first.ROWS.items()}, rel=1e-3
    )


def test_a_learner_must_be_of_one_input_and_of_one_set_of_names():
    wide = Regression(2, 4).prompts(np.random.default_rng(0), 1)
    common = dict(title="A title.", note="A note.", id="x")
    with pytest.raises(ValueError, match="only prompts of one input can be drawn, got 2 inputs"):
        learner(Slider("P", [1, 2], 1), [], {"a": wide}, {"a": []}, **common)
    with pytest.raises(ValueError, match=r"must have the same names, got \['a'\] and \['b'\]"):
        learner(Slider("P", [1, 2], 1), [], {"a": wide}, {"b": []}, **common)


@pytest.mark.parametrize("touch", [False, True])
def test_a_dot_is_dragged_and_the_line_follows(open_page, touch):
    """By pointer and by key; the dots go back where they were."""
    opened = open_page("book/index", width=390, has_touch=touch, reduced_motion="reduce")
    page = opened.page
    page.get_by_role("button", name="Skip").first.click()
    before = words(page)
    dot = page.locator("#dial [data-dot='1']")
    box = dot.bounding_box()
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    if touch:
        for kind, up in (("pointerdown", 0), ("pointermove", 40), ("pointerup", 40)):
            dot.dispatch_event(kind, {"clientX": at[0], "clientY": at[1] - up, "pointerType": "touch"})
    else:
        page.mouse.move(*at)
        page.mouse.down()
        page.mouse.move(at[0], at[1] - 40, steps=3)
        page.mouse.up()
    dragged = words(page)
    assert dragged != before
    dot.press("ArrowDown")
    assert words(page) != dragged and page.evaluate("document.activeElement.dataset.dot") == "1"
    page.get_by_role("button", name="Put the dots back").click()
    assert words(page) == before and opened.errors == []


def test_worse_at_practice_and_better_at_the_exam(stored):
    """The page's message, for every seed; and at the far end one step of gradient descent is reached within 5 per cent."""
    one, never = DIAL_SPACE.designs[0], DIAL_SPACE.designs[-1]
    for seed in DIAL_SEEDS:
        assert stored.outcome(one, seed).practice < stored.outcome(never, seed).practice
        assert stored.outcome(one, seed).fresh > 100 > stored.outcome(never, seed).fresh
        assert stored.outcome(never, seed).fresh < 1.05 * par()
    # 20,000 prompts: what is practised and what is new differ only by chance where nothing repeats
    assert stored.mean(never, "practice") == pytest.approx(stored.mean(never), rel=0.03)


def test_a_random_stop_is_what_training_gives(stored):
    """Another one every time; one pass of attention is nowhere near chaos, so the digits stored must agree."""
    rng = np.random.default_rng()
    design, seed = DIAL_SPACE.designs[rng.integers(len(DIAL_SPACE.designs))], int(rng.choice(DIAL_SEEDS))
    print(design, seed)
    ours, kept = run(design, seed), stored.outcome(design, seed)
    assert (rounded(ours.practice), rounded(ours.fresh)) == pytest.approx((kept.practice, kept.fresh), rel=1.1e-3)


def test_the_spine_lists_the_chapters_that_stand(site):
    text = (site / "book/index.html").read_text("utf8")
    spine = text[text.index('<ol class="t3-spine">') :].split("</ol>")[0]
    pages = sorted(page.stem for page in chapters())
    assert re.findall(r'href="(\w+)\.html"', spine) == pages
    assert len(re.findall(r"\d+ min to read, \d+ to do", spine)) == len(pages)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_sky_stands_under_the_thesis(open_page, width):
    """Each design of the whole game, and sixty dice: of twenty throws most meet one that iterates, as its title says."""
    opened = open_page("book/index", width=width, reduced_motion="reduce")
    page, sky, atlas = opened.page, opened.page.locator("#stars"), Grid.load(BOOK / "data/atlas.npz")
    page.wait_for_selector("#stars .t3-sky-par", state="attached")
    assert "seldom lands on orange" in sky.locator(".t3-figure-title").inner_text()
    thesis = page.locator(".t3-thesis").bounding_box()
    assert sky.bounding_box()["y"] >= thesis["y"] + thesis["height"]
    goes, all_of_them = atlas.iterates(1).sum(), len(atlas.space.designs)
    said = sky.locator(".t3-sky-field").get_attribute("aria-label")
    assert f"{all_of_them:,} designs" in said and f"{goes} of them iterate." in said
    assert sky.locator("select").count() == 0, "there is one space, so nothing to choose from"
    dice = sky.get_by_role("button", name="Let 60 dice fall")
    met = 0
    for _ in range(20):
        dice.click()
        found = re.match(r"60 dice: the best fresh error is [\d.]+; (none|\d+) of them iterate", words_of(sky))
        met += found[1] != "none"
    share = 1 - np.prod(1 - goes / (all_of_them - np.arange(60)))
    assert goes / all_of_them < 0.05 < 0.5 < share and met > 20 * (share - 0.35)
    assert page.evaluate("document.documentElement.scrollWidth") <= width and opened.errors == []


def words_of(sky):
    return sky.locator(".t3-reading").inner_text()


def test_three_blind_tries_lead_to_the_game(open_page):
    """The tour's second screen on a phone: the real game with few dials, three tries, and where it goes on."""
    opened = open_page("book/index", width=390, reduced_motion="reduce")
    page, board = opened.page, opened.page.locator(".t3-game")
    page.wait_for_selector(".t3-game-chart svg")
    assert "3 tries left" in board.inner_text() and board.locator("[data-dial]").count() == 5
    for stop in (3, 2, 1):
        board.locator("[data-dial=problems]").evaluate(
            "(input, stop) => { input.value = stop; input.dispatchEvent(new Event('input')); }", stop
        )
        board.get_by_role("button", name="Train this").click()
    end = board.locator(".t3-game-end")
    assert "Your 3 blind tries" in end.inner_text() and "Best fresh error" in end.inner_text()
    end.get_by_role("link", name="chapter 10").click()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert page.url.endswith("10_be_the_meta_optimizer.html") and opened.errors == []


def test_the_tour_leads_from_screen_to_screen(open_page):
    page = open_page("book/index").page
    tour = page.locator(".t3-tour a")
    headings = [heading.inner_text().strip("#") for heading in page.locator("article h2").all()]
    nexts = [link.inner_text() for link in tour.all() if link.inner_text().startswith("Next: ")]
    assert [text.removeprefix("Next: ") for text in nexts] == [
        heading.lower() for heading in headings[: len(nexts)]
    ] and len(nexts) >= 4
    for link in tour.all():
        assert page.locator(link.get_attribute("href")).count() == 1


def test_a_code_of_another_board_is_refused_by_name(open_page):
    """The landing page offers few of the dials: a game of chapter 10 with others cannot be laid on it."""
    atlas = Grid.load(BOOK / "data/atlas.npz")
    start, other = (
        atlas.space.index[design]
        for design in (atlas.start(), Design(problems=None, step_length=0.003, brake=True, practice_time=500))
    )
    opened = open_page(
        "book/index#g=" + encode(GameCode(start, 0, ((other, 1),)), len(atlas.space.designs), atlas.fingerprint)
    )
    opened.page.wait_for_selector(".t3-game-chart svg")
    assert (
        "could not be read (one of its designs is not on this board)"
        in opened.page.locator(".t3-game-sentence").inner_text()
    )
    assert opened.errors == []
