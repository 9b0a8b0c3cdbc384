"""The built site as a reader meets it: Chromium, file://, network cut, two widths, two themes."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from tests.conftest import ROOT, SITE
from tests.notebooks import calls, notebooks, pages
from third_optimizer.experiments.watch_memory_and_learning_race import MOMENTS
from third_optimizer.view.component import BUNDLES, HERE, SCRIPTS
from third_optimizer.view.site.minutes import count_words

NAMES = [page.relative_to(ROOT).with_suffix("").as_posix() for page in pages()]
AXE = (ROOT / "tests/vendor/axe.min.js").read_text("utf8")
FIGURES = [page.relative_to(ROOT).with_suffix("").as_posix() for page in notebooks() if calls(page, "explore")]
VIEWS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


# --- every page in every view --------------------------------------------------------------------


@pytest.mark.parametrize(("width", "theme"), VIEWS)
@pytest.mark.parametrize("name", [*NAMES, "search", "genindex"])
def test_page_is_whole(open_page, name, width, theme):
    """No error, no request to another host, no sideways scrolling, nothing that axe-core objects to."""
    opened = open_page(name, width=width, theme=theme)
    page = opened.page
    page.wait_for_timeout(300)
    assert opened.errors == []
    assert opened.outside() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_sideways_scrolling_on_a_small_phone(open_page, name):
    page = open_page(name, width=320).page
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_no_page_names_a_content_network():
    for file in SITE.rglob("*.html"):
        loaded = re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(https?://[^"]+)"', file.read_text("utf8"))
        assert loaded == [], file.name


def test_a_machine_is_a_trained_model_and_the_reader_has_a_computer():
    texts = {file.name: file.read_text("utf8") for file in [*SITE.rglob("*.html"), *HERE.glob("*/*.js")]}
    named = [
        (name, re.findall(r".{20}\b(?:on|of|in) (?:this|your|my|our) machine\b", text)) for name, text in texts.items()
    ]
    assert [one for one in named if one[1]] == []


def test_of_a_kind_that_no_population_has_there_are_none(site):
    """Chapter 12: not "0 per cent of the genes open"."""
    text = (site / "book/12_change_the_odds.html").read_text("utf8")
    assert "none of the genes open" in text and "none of the genes wrong" in text
    assert not re.search(r"\b0 per cent of the genes", text)


def test_only_pages_with_a_chart_load_vega():
    for file in SITE.rglob("*.html"):
        text = file.read_text("utf8")
        assert ("vega.min.js" in text) == ("data-t3-chart" in text), file.name


# --- minutes ---------------------------------------------------------------------------------------

# What stands on the page before its reader has touched it, less what minutes.py does not count; a formula is a word.
SEEN = """() => {
  const article = document.querySelector('article');
  for (const formula of article.querySelectorAll('.math, math')) if (!formula.closest('svg')) formula.replaceWith(' x ');
  for (const other of article.querySelectorAll(`svg, details, pre, button, .headerlink, .t3-tour, .t3-spine, .t3-chart,
      .t3-reading[aria-hidden], .t3-dials, .t3-dial, .t3-learner-bars, .t3-learner-tabs, .t3-learner-reading, .t3-sky-key, .t3-sky .t3-reading, .t3-longer-said, .t3-maze-side, .t3-maze .t3-figure-tools, .t3-probes-side, .t3-probes-table, .t3-battery-table, .t3-battery-key, .t3-probes .t3-figure-tools, .t3-announce, .t3-number, .t3-game, .t3-board, [data-t3=answers]`)) other.remove();
  return article.innerText.match(/[\\p{L}\\p{N}_]+(?:['’.-][\\p{L}\\p{N}_]+)*/gu).length;
}"""


@pytest.mark.parametrize("name", NAMES)
def test_words_counted_are_words_seen(open_page, name):
    """The minutes' count against Chromium's own text, within three per cent and a few words on short pages."""
    page = open_page(name).page
    counted = count_words((SITE / f"{name}.html").read_text("utf8"))
    assert counted == pytest.approx(page.evaluate(SEEN), rel=0.03, abs=5)


# --- links -----------------------------------------------------------------------------------------


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links = []
        self.ids = set(re.findall(r'"id":"([\w-]+)"', text))  # of what scripts draw
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if attributes.get("id"):
            self.ids.add(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])


def test_internal_links_and_anchors_lead_somewhere():
    parsed = {file: Links(file.read_text("utf8")) for file in SITE.rglob("*.html")}
    assert sum(len(p.links) for p in parsed.values()) > 50
    for file, page in parsed.items():
        # links that scripts draw stand in the specifications
        drawn = re.findall(r'href=\\?"([^"\\]+)', file.read_text("utf8"))
        for link in page.links + drawn:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                assert parts.scheme in {"https", "mailto"}, f"{file.name}: {link}"
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            assert target.is_file(), f"{file.name}: {link}"
            if parts.fragment and target.suffix == ".html":
                assert parts.fragment in parsed[target].ids, f"{file.name}: {link}"


# --- figures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.stem)
def test_every_figure_of_the_code_is_on_the_page(page, site):
    """So that no test of figures passes a page by."""
    text = (site / "book" / f"{page.stem}.html").read_text("utf8")
    for kind in ("battery", "explore", "figure", "learner", "levers", "longer", "rain", "sky"):
        assert text.count(f'data-t3="{kind}"') == calls(page, kind)


def figures(page):
    return page.locator("figure.t3-figure:has([data-dial])").all()


@pytest.mark.parametrize("name", FIGURES)
def test_every_slider_moves_its_figure_and_its_text(open_page, name):
    opened = open_page(name)
    page = opened.page
    found = figures(page)
    assert found
    for figure in found:
        for slider in figure.locator("input[type=range][data-dial]").all():
            label = slider.get_attribute("data-dial")
            seen = set()
            for position in (
                slider.get_attribute("min"),
                slider.get_attribute("max"),
                str(int(slider.get_attribute("max")) // 2),
            ):
                slider.evaluate(
                    "(input, at) => { input.value = at; input.dispatchEvent(new Event('input', {bubbles: true})); }",
                    position,
                )
                text = figure.locator(".t3-reading").inner_text()
                said = slider.get_attribute("aria-valuetext")
                assert said in text, f"{label}: the text does not hold {said!r}"
                assert figure.locator(".t3-chart").get_attribute("aria-label").endswith(text)
                seen.add((figure.locator(".t3-chart svg").inner_html(), text))
            assert len({picture for picture, _ in seen}) == 3, f"{label} does not move its figure"
            assert len({text for _, text in seen}) == 3, f"{label} does not change its text"
    assert opened.errors == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_dial_moves_the_page_below(open_page, name):
    for figure in figures(open_page(name, width=390).page):
        heights = set()
        for dial in figure.locator("[data-dial]").all():
            heights |= set(
                dial.evaluate("""(input) => {
              const figure = input.closest('figure'), heights = [];
              for (let at = 0; at <= (input.type === 'range' ? input.max : 0); at++) {
                if (input.type === 'radio') input.click();
                else { input.value = at; input.dispatchEvent(new Event('input', {bubbles: true})); }
                heights.push(figure.offsetHeight);
              }
              return heights; }""")
            )
        assert len(heights) == 1, f"{figure.get_attribute('id')}: {sorted(heights)} px"


def test_arrow_keys_turn_a_dial(open_page):
    page = open_page("book/02_walk_downhill").page
    slider = page.locator("#path-eta")
    slider.focus()
    before = slider.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") != before
    assert slider.get_attribute("aria-valuetext") in page.locator("#path .t3-reading").inner_text()


def test_the_address_holds_the_dials(open_page):
    opened = open_page("book/02_walk_downhill#path~eta=0.0202~beta=0.5")
    page = opened.page
    assert "Learning rate η 0.0202, Momentum β 0.5" in page.locator("#path .t3-reading").inner_text()
    page.locator("#path-beta").evaluate("(input) => { input.value = 0; input.dispatchEvent(new Event('input')); }")
    page.locator("#path").get_by_role("button", name="Copy this view").click()
    assert page.url.endswith("#path~eta=0.0202~beta=0")
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert "Learning rate η 0.0202, Momentum β 0." in page.locator("#path .t3-reading").inner_text()
    page.locator("#path").get_by_role("button", name="Back to start").click()
    assert "Learning rate η 0.005, Momentum β 0." in page.locator("#path .t3-reading").inner_text()


RACE = "book/06_watch_memory_and_learning_race"
BEAT = 450  # milliseconds from stop to stop (explore.js)


@pytest.fixture
def race(open_page):
    """(page, dial, button, wait): the figure that plays, with a clock that stands still but for wait(stops)."""

    def open(motion):
        page = open_page(RACE, reduced_motion=motion).page
        page.clock.install()
        page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
        return (
            page,
            page.locator("#race-step"),
            page.locator("#race .t3-primary"),
            lambda n: page.clock.run_for(n * BEAT),
        )

    return open


@pytest.mark.parametrize("key", ["Enter", "Space", None])
def test_a_dial_plays_through_its_stops_and_stands_at_the_last(race, key):
    page, dial, button, wait = race("no-preference")
    assert button.inner_text() == "Play" and button.get_attribute("aria-label") == "Play: Steps of training"
    button.press(key) if key else button.click()
    assert button.inner_text() == "Stop" and button.get_attribute("aria-label") == "Stop: Steps of training"
    told = page.locator("#race .t3-dial-value")
    for step in MOMENTS:
        assert told.inner_text() == f"{step:,}"
        if step == 400:
            page.locator("#race input[type=radio]").last.check(force=True)  # another problem, under way
        wait(1)
    wait(3)
    assert dial.input_value() == dial.get_attribute("max") and button.inner_text() == "Play"
    assert "it practised" in page.locator("#race .t3-reading").text_content()


def test_a_dial_that_plays_can_be_stopped_and_goes_on(race):
    page, dial, button, wait = race("no-preference")
    last = dial.get_attribute("max")
    button.click()
    wait(2)
    button.click()
    wait(3)
    assert dial.input_value() == "2" and button.inner_text() == "Play"
    button.click()
    wait(1)
    assert dial.input_value() == "4"
    dial.press("End")  # the reader's own hand
    wait(3)
    assert dial.input_value() == last and button.inner_text() == "Play"
    button.click()
    assert dial.input_value() == "0"  # after the last stop comes the first
    page.locator("#race").get_by_role("button", name="Back to start").click()
    wait(3)
    assert dial.input_value() == str(MOMENTS.index(200)) and button.inner_text() == "Play"


def test_where_nothing_may_move_each_press_goes_one_stop_on(race):
    page, dial, button, wait = race("reduce")
    for stop in ("0", "1", "2"):
        assert button.inner_text() == "Next"
        button.click()
        wait(3)
        assert dial.input_value() == stop
    page.emulate_media(media="print")
    assert not button.is_visible()


@pytest.mark.parametrize("fragment", ["#path~eta=7", "#path~eta", "#path~=%", "#nothing~eta=1", "#%E0%A4%A"])
def test_a_wrong_address_is_no_error(open_page, fragment):
    opened = open_page("book/02_walk_downhill" + fragment)
    assert opened.errors == []
    assert "Learning rate η 0.005" in opened.page.locator("#path .t3-reading").inner_text()


# WCAG's relative luminance and contrast, on colours as the browser computed them
CONTRAST = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (c) => { const [r, g, b] = numbers(c).map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const paper = light(getComputedStyle(document.body).backgroundColor);
  const ratio = (c) => { const l = light(c); return (Math.max(l, paper) + 0.05) / (Math.min(l, paper) + 0.05); };
  const visible = (e) => getComputedStyle(e).opacity !== '0' && e.textContent.trim();
  const texts = [...document.querySelectorAll('.t3-chart svg text')].filter(visible);
  const lines = [...document.querySelectorAll('.t3-chart svg :is(.mark-line path, .mark-rule:not([class*=role-axis]) line)')].filter((e) => /\\d/.test(getComputedStyle(e).stroke));
  return {texts: texts.map((e) => [e.textContent, ratio(getComputedStyle(e).fill), parseFloat(getComputedStyle(e).fontSize)]),
          lines: lines.map((e) => ratio(getComputedStyle(e).stroke))};
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", FIGURES)
def test_charts_are_legible(open_page, name, theme):
    page = open_page(name, theme=theme).page
    page.wait_for_timeout(300)
    measured = page.evaluate(CONTRAST)
    assert len(measured["texts"]) > 5 and measured["lines"]
    for text, ratio, size in measured["texts"]:
        assert ratio >= 4.5 and size >= 12, (text, ratio, size)
    assert min(measured["lines"]) >= 3  # graphics


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chart_pixels_differ_from_the_paper(open_page, theme):
    """Drawn is not seen: count the pixels of a chart that stand out from its background."""
    page = open_page("book/02_walk_downhill", theme=theme).page
    chart = page.locator("#path .t3-chart")
    chart.scroll_into_view_if_needed()
    picture = chart.screenshot()
    share = page.evaluate(
        """async (data) => {
          const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
          const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');
          context.drawImage(image, 0, 0);
          const p = context.getImageData(0, 0, image.width, image.height).data;
          let apart = 0;
          for (let i = 0; i < p.length; i += 4) if (Math.abs(p[i] - p[0]) + Math.abs(p[i + 1] - p[1]) + Math.abs(p[i + 2] - p[2]) > 150) apart++;
          return apart / (p.length / 4);
        }""",
        __import__("base64").b64encode(picture).decode(),
    )
    assert 0.003 < share < 0.5


@pytest.mark.parametrize("name", FIGURES)
def test_every_chart_has_its_own_text_alternative(open_page, name):
    """At once, and after a change of theme, which draws anew: what a screen reader hears of a chart is ours, not Vega's."""
    page = open_page(name).page
    for theme in ("dark", "light"):
        page.evaluate("(theme) => document.documentElement.dataset.theme = theme", theme)
        page.wait_for_timeout(200)
        for chart in page.locator(".t3-figure > .t3-chart").all():
            assert chart.get_attribute("role") == "img"
            label, figure = chart.get_attribute("aria-label"), chart.locator("..")
            assert (
                label
                == f"{figure.locator('.t3-figure-title').text_content()}. {figure.locator('.t3-reading').text_content()}"
            )
            assert chart.locator("> [aria-hidden=true] svg").count() == 1


def test_a_change_of_theme_changes_the_colours_of_a_chart(open_page):
    page = open_page("book/02_walk_downhill", theme="light").page
    line = page.locator("#path .t3-chart svg .mark-line path").first
    colour = "(line) => getComputedStyle(line).stroke"
    before = line.evaluate(colour)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert line.evaluate(colour) != before


def test_targets_are_large_enough_for_a_finger(open_page):
    page = open_page("book/02_walk_downhill", width=390, has_touch=True, is_mobile=True).page
    small = page.evaluate("""() => [...document.querySelectorAll('.t3-figure input, .t3-ask input[type=range], .t3-ask button, .t3-options label, .t3-figure button')]
      .filter((e) => e.offsetParent && e.type !== 'radio').map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect().height]).filter(([, h]) => h < 44)""")
    assert small == []


def test_reduced_motion_means_none(open_page):
    page = open_page("book/02_walk_downhill", reduced_motion="reduce").page
    moving = page.evaluate("""() => [...document.querySelectorAll('article *')].filter((e) => {
      const s = getComputedStyle(e);
      return s.animationName !== 'none' || s.transitionDuration.split(',').some((d) => parseFloat(d) > 0.01); }).map((e) => e.outerHTML.slice(0, 80))""")
    assert moving == []


# --- the reader's data -----------------------------------------------------------------------------------


def kept(page):
    return json.loads(page.evaluate("localStorage.getItem('third-optimizer') || '{\"answers\": {}}'"))["answers"]


def test_answers_survive_a_reload_and_can_be_deleted(open_page):
    opened = open_page("book/02_walk_downhill")
    page = opened.page
    quiz = page.locator("form.t3-ask[id*=quiz-edge]")
    quiz.get_by_label("The ball gets down a tenth faster.").check()
    quiz.get_by_role("button", name="Check").click()
    assert "Not yet." in quiz.locator(".t3-feedback").inner_text()
    quiz.get_by_label("The run blows up.").check()
    quiz.get_by_role("button", name="Check").click()
    assert "Right." in quiz.locator(".t3-feedback").inner_text()

    place = page.locator("form.t3-ask[id*=best_step]")
    place.locator("input[type=range]").evaluate(
        "(input) => { input.value = 120; input.dispatchEvent(new Event('input')); }"
    )
    place.get_by_role("button", name="Commit").click()
    said = place.locator(".t3-feedback").inner_text()
    assert "You said 0.032; measured: 0.02." in said and "times too high" in said

    draw = page.locator("form.t3-ask[id*=overshoot]")
    lines = draw.locator(".t3-chart svg .mark-line path").count
    before = lines()
    draw.locator(".t3-chart").scroll_into_view_if_needed()
    box, dials = draw.locator(".t3-chart svg").bounding_box(), draw.locator("input[type=range]")
    values = lambda: [dial.input_value() for dial in dials.all()]  # noqa: E731
    still = values()
    page.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + 0.5 * box["height"])  # the last point is nearest
    page.mouse.down()
    page.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.up()
    assert values()[:3] == still[:3] and int(values()[3]) > int(still[3])
    draw.get_by_role("button", name="Commit").click()
    assert lines() == before + 1  # the measured line beside the guess
    assert "times too" in draw.locator(".t3-feedback").inner_text()

    number = page.locator("form.t3-ask[id*=new_bowl]")
    number.get_by_label("Your number").fill("2/52")
    number.get_by_role("button", name="Check").click()
    assert "Right." in number.locator(".t3-feedback").inner_text()
    number.get_by_label("Your number").fill("0.02")
    page.keyboard.press("Enter")
    assert "forgets the flat one" in number.locator(".t3-feedback").inner_text()

    assert page.evaluate("Object.keys(localStorage)") == ["third-optimizer"] or set(
        page.evaluate("Object.keys(localStorage)")
    ) <= {"third-optimizer", "mode", "theme"}  # the theme keeps the reader's choice of light or dark
    assert len(kept(page)) == 4
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert "Right." in quiz.locator(".t3-feedback").inner_text()
    assert place.locator(".t3-feedback").inner_text() == said
    assert "forgets the flat one" in number.locator(".t3-feedback").inner_text()

    page.goto((SITE / "book/my_answers.html").as_uri())
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert page.locator(".t3-answers li").count() == 4
    assert page.locator(".t3-answers h2").inner_text() == "Chapter 2: Walk downhill"
    guesses = page.locator(".t3-answers li", has_text="Predict")
    # a guess is neither right nor wrong: the truth stands beside it
    assert [one.locator("dt").all_inner_texts() for one in guesses.all()] == [["You guessed", "It was"]] * 2
    assert guesses.first.locator("dd").all_inner_texts() == ["0.032", "0.02"]
    assert len(guesses.nth(1).locator("dd").nth(1).inner_text().split(", ")) == 4
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert len(json.loads(open(download.value.path(), encoding="utf8").read())["answers"]) == 4
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Keep them").click()
    assert len(kept(page)) == 4
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Yes, delete them").click()
    assert kept(page) == {} and "Nothing yet" in page.locator(".t3-answers").inner_text()
    assert opened.errors == []


@pytest.mark.parametrize(
    ("zone", "dates"),
    [
        ("America/Los_Angeles", ["2026-05-17", "", "2026-05-18", ""]),
        ("Europe/Berlin", ["2026-05-18", "", "2026-05-18", ""]),
        ("Pacific/Kiritimati", ["2026-05-18", "", "2026-05-19", ""]),
    ],
)
def test_an_answer_has_the_date_where_its_reader_is(open_page, zone, dates):
    page = open_page("book/my_answers", timezone_id=zone).page
    moments = ["2026-05-18T05:30:00.000Z", "yesterday", "2026-05-18T12:00:00.123456+00:00", None]
    page.evaluate(
        """(moments) => { const answers = Object.fromEntries(moments.map((at, i) => ['page/' + i, {question: 'q', at}]));
          localStorage.setItem('third-optimizer', JSON.stringify({version: 1, answers})); }""",
        moments,
    )
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    page.locator(".t3-answers li").nth(3).wait_for()
    assert sorted(page.locator(".t3-answers-about").all_inner_texts()) == sorted(dates)


def test_a_skipped_prediction_shows_the_truth(open_page):
    page = open_page("book/02_walk_downhill").page
    place = page.locator("form.t3-ask[id*=best_step]")
    place.get_by_role("button", name="Skip").click()
    assert "blow up" in place.locator(".t3-feedback").inner_text()
    assert place.locator(".t3-mark-truth").is_visible() and place.locator(".t3-mark-guess").count() == 0
    # the number is said, not only drawn; and no guess is shown that nobody made
    assert (
        "Measured: " in place.locator(".t3-feedback").inner_text() and not place.get_by_text("Your guess").is_visible()
    )
    place.get_by_role("button", name="Answer again").click()
    assert place.get_by_text("Your guess").is_visible()


def test_a_prediction_is_not_shown_before_it_is_made(open_page):
    place = open_page("book/02_walk_downhill").page.locator("form.t3-ask[id*=best_step]")
    assert not place.locator(".t3-feedback").is_visible() and not place.locator(".t3-scale").is_visible()


def test_an_arrow_key_chooses_and_does_not_submit(open_page):
    page = open_page("book/02_walk_downhill").page
    quiz = page.locator("form.t3-ask[id*=quiz-edge]")
    quiz.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    assert quiz.locator("input").nth(1).is_checked()
    assert not quiz.locator(".t3-feedback").is_visible()


def test_an_empty_answer_is_asked_for(open_page):
    page = open_page("book/02_walk_downhill").page
    quiz = page.locator("form.t3-ask[id*=quiz-edge]")
    quiz.get_by_role("button", name="Check").click()
    assert "Choose one first." in quiz.locator(".t3-feedback").inner_text() and kept(page) == {}


@pytest.mark.parametrize("damage", ["{", "3", '{"answers": null}', "null"])
def test_damaged_storage_is_set_aside(open_page, damage):
    opened = open_page("book/02_walk_downhill")
    page = opened.page
    page.evaluate("(text) => localStorage.setItem('third-optimizer', text)", damage)
    page.reload()
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    assert opened.errors == []
    assert page.evaluate("localStorage.getItem('third-optimizer.damaged')") == damage


def test_blocked_storage_is_said_once_and_answers_are_kept_in_memory(open_page, browser):
    context = browser.new_context(offline=True)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('blocked', 'SecurityError'); }});"
    )
    page = context.new_page()
    page.goto((SITE / "book/02_walk_downhill.html").as_uri())
    page.wait_for_selector("html[data-t3-ready]", state="attached")
    quiz = page.locator("form.t3-ask[id*=quiz-turned]")
    for answer in ("That of each of the three.", "Adam’s."):
        quiz.get_by_label(answer).check()
        quiz.get_by_role("button", name="Check").click()
    assert page.locator(".t3-blocked").count() == 1
    assert "Right." in quiz.locator(".t3-feedback").inner_text()
    context.close()


def test_without_scripts_questions_and_figures_can_be_read(browser):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((SITE / "book/02_walk_downhill.html").as_uri())
    assert page.locator("details summary", has_text="Answer").count() >= 7
    assert (
        "After 60 steps 0.74 of the flat way is left"
        in page.locator(".t3-fallback:not(.t3-not-drawn)").first.inner_text()
    )
    assert page.locator(".t3-not-drawn").count() == page.locator("[data-t3]").count()
    context.close()


# --- a script that may not run, or is not there -----------------------------------------------------------

# Each component of a page: whether it is drawn, its words, whether it says that it is not drawn, its pictures.
STANDING = """() => [...document.querySelectorAll('[data-t3]')].map((host) => ({
  kind: host.dataset.t3, drawn: !host.querySelector('.t3-not-drawn'), words: host.innerText.length,
  said: host.innerText.includes('a script did not run'),
  chart: Boolean(host.querySelector('.t3-chart')), svg: Boolean(host.querySelector('.t3-chart svg')) }))"""


@pytest.fixture
def served(browser):
    """served(name, policy, missing) -> a page of the site as from a server, with a content policy and without a file."""
    contexts = []

    def open(name, policy="", missing=None):
        contexts.append(browser.new_context())
        page = contexts[-1].new_page()

        def answer(route):
            file = SITE / unquote(urlsplit(route.request.url).path).lstrip("/")
            if not file.is_file() or (missing and file.as_posix().endswith(missing)):
                return route.fulfill(status=404)
            headers = {"content-security-policy": policy} if policy and file.suffix == ".html" else {}
            return route.fulfill(path=file, headers=headers)

        page.route("http://book.example/**", answer)
        page.add_init_script(
            "globalThis.blocked = []; addEventListener('securitypolicyviolation', (one) => blocked.push(one.blockedURI));"
        )
        page.goto(f"http://book.example/{name}.html")
        return page

    yield open
    for context in contexts:
        context.close()


@pytest.mark.parametrize("policy", ["script-src 'self' 'unsafe-inline'", "script-src 'self'"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_policy_without_eval_leaves_every_component_drawn(served, name, policy):
    """Vega reads its expressions with its interpreter there, and draws the same picture."""
    page, free = served(name, policy), served(name)
    marks = "() => [...document.querySelectorAll('.t3-chart svg')].map((svg) => svg.querySelectorAll('path, text, line').length)"
    for one in (page, free):
        one.wait_for_selector("html[data-t3-ready]", state="attached")
        one.wait_for_timeout(300)
    assert "eval" in page.evaluate("blocked") and free.evaluate("blocked") == []
    standing = page.evaluate(STANDING)
    assert len(standing) >= 3 and all(one["drawn"] and not one["said"] for one in standing), standing
    assert page.evaluate(marks) == free.evaluate(marks) and max(page.evaluate(marks)) > 10


CHAPTER = "book/04_train_a_model_that_learns"
LACKING = [*SCRIPTS, *(f"vendor/{file}" for file in BUNDLES["vega"][:2])]


@pytest.mark.parametrize("missing", LACKING)
def test_without_one_script_each_component_stands_in_words_that_say_so(served, missing):
    page = served(CHAPTER, missing="_static/" + missing)
    page.wait_for_load_state("load")
    # what would see that page.js is missing? so its sentence waits for a script that may only be slow
    page.wait_for_timeout(3_500 if missing == "page.js" else 300)
    standing = page.evaluate(STANDING)
    assert len(standing) == (SITE / f"{CHAPTER}.html").read_text("utf8").count("data-t3=") > 10
    for one in standing:
        whole = one["drawn"] and (one["svg"] or not one["chart"])
        assert one["words"] > 40 and one["said"] != whole, (missing, one)
    if missing.startswith("game/"):
        assert all(one["drawn"] and not one["said"] for one in standing)  # that page plays no game
    if missing == "figures/numbers.js":  # nobody can type a number: those questions and nothing else
        assert {one["kind"] for one in standing if one["said"]} == {"ask"}
        assert page.locator(".t3-number-field").count() == 0 and page.locator("form.t3-ask input[type=radio]").count()
    if missing.startswith("vendor/"):
        assert all(one["drawn"] for one in standing)  # dials, words and questions are there, the pictures are not


def test_without_one_of_its_scripts_the_game_and_the_board_say_so(served):
    for name, missing in (
        ("book/10_be_the_meta_optimizer", "game/charts.js"),
        ("book/10_be_the_meta_optimizer", "game/state.js"),
        ("book/board", "figures/chart.js"),
    ):
        page = served(name, missing="_static/" + missing)
        page.wait_for_selector("html[data-t3-ready]", state="attached")
        page.wait_for_timeout(500)
        (one,) = [one for one in page.evaluate(STANDING) if one["kind"] in ("game", "board")][:1]
        assert not one["drawn"] and one["said"] and one["words"] > 100, (missing, one)
