"""Figures, the reader's figure, questions and the reader's answers, without a browser."""

import json
import math
import re

import altair as alt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notebooks import BOOK, ROOT
from third_optimizer.view import Choice, Slider, component, explore, figure, html, lines, power, spine, strands
from third_optimizer.view.component import Component
from third_optimizer.view.figures.charts import log_axis
from third_optimizer.view.figures.explore import Live
from third_optimizer.view.figures.figure import pack, places_seen, specification
from third_optimizer.view.figures.saying import say
from third_optimizer.view.questions import answers
from third_optimizer.view.questions.chapter import Chapter
from third_optimizer.view.questions.claims import claim_card
from third_optimizer.view.questions.texts import render
from third_optimizer.view.site.minutes import count_words, fill

CHART = alt.Chart().mark_line(color="$base").encode(x="x:Q", y="y:Q")


def curve(slope, side="up"):
    x = np.arange(5)
    return {"x": x, "y": x * slope * (1 if side == "up" else -1)}


def describe(columns, slope, side="up"):
    return f"It ends at {columns['y'][-1]:g}"


def make(**options):
    settings = dict(
        title="Steeper means higher", slope=Slider("Slope", [1, 2, 3], 2), side=Choice("Side", ["up", "down"], "up")
    )
    return explore(curve, CHART, describe, **settings | options)


# --- no figure without words -----------------------------------------------------------------


@pytest.mark.parametrize("alternative", ["", "   ", None, 3])
def test_figure_refuses_to_be_drawn_without_a_text_alternative(alternative):
    with pytest.raises(ValueError, match="text alternative"):
        figure(CHART, curve(1), title="A line", alt=alternative)
    with pytest.raises(ValueError, match="text alternative"):
        figure(CHART, curve(1), title=alternative, alt="A rising line.")


def test_explore_refuses_to_be_drawn_without_a_text_alternative(static):
    with pytest.raises(ValueError, match="text alternative"):
        explore(curve, CHART, None, title="T", slope=Slider("Slope", [1, 2], 1))
    silent = explore(curve, CHART, lambda columns, slope: " ", title="T", slope=Slider("Slope", [1, 2], 1))
    with pytest.raises(ValueError, match="text alternative"):
        silent._repr_mimebundle_()


# --- the slices of a built page ----------------------------------------------------------------


def test_page_holds_every_combination_of_stops():
    spec = make().page().spec
    assert len(spec["slices"]) == len(spec["texts"]) == 6
    assert spec["shared"] == {"x": [0, 1, 2, 3, 4]}
    # the last dial runs fastest: slice 1 is slope 1, side down
    for index, (slope, side) in enumerate((s, d) for s in (1, 2, 3) for d in ("up", "down")):
        assert spec["slices"][index]["y"] == curve(slope, side)["y"].tolist()
        assert f"Slope {slope}, Side {side}. It ends at" in spec["texts"][index]
    assert [dial["start"] for dial in spec["dials"]] == [1, 0]


def test_text_changes_with_every_dial():
    texts = make().page().spec["texts"]
    assert len(set(texts)) == len(texts)


def test_static_output_is_html_and_live_output_a_widget(monkeypatch, static):
    assert set(make()._repr_mimebundle_()) == {"text/html", "text/plain"}
    monkeypatch.delenv("THIRD_OPTIMIZER_STATIC")
    bundle = make()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in str(bundle)


def test_specification_cannot_end_its_script_element(static):
    page = make(title="</script><b>")._repr_mimebundle_()["text/html"]
    assert page.count("</script>") == 1
    inside = re.search(r'<script type="application/json">(.*?)</script>', page, re.S).group(1)
    assert json.loads(inside)["titles"] == ["</script><b>"]


def test_a_page_has_a_limit():
    many = Slider("Slope", list(range(1, 3000)), 1)
    with pytest.raises(ValueError, match="2999 combinations; a page holds at most 2000"):
        explore(curve, CHART, describe, title="T", slope=many).page()


@pytest.mark.parametrize(
    ("make_dial", "message"),
    [
        (lambda: Slider("η", [1], 1), "two or more rising numbers"),
        (lambda: Slider("η", [2, 1], 1), "rising numbers, got"),
        (lambda: Slider("η", [1, 2], 3), "start 3 is not one of its stops"),
        (lambda: Slider("η", [0, 2], 2, log=True), "stops above 0, got 0"),
        (lambda: Slider("η", [0.001, 0.002], 0.001, "{:.1f}"), "two stops read alike"),
        (lambda: Choice("rule", ["a"], "a"), "two or more different options"),
        (lambda: Choice("rule", ["a", "b"], "c"), "start 'c' is not one of"),
        (lambda: explore(curve, CHART, describe, title="T"), "one dial or more, got none"),
        (lambda: explore(curve, CHART, describe, title="T", slope=3), "must be a Slider or a Choice, got 3"),
    ],
)
def test_bad_dials_are_refused(make_dial, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make_dial()


# --- charts ------------------------------------------------------------------------------------


def test_pack_rounds_and_drops_what_is_not_finite():
    packed = pack({"x": np.array([1.0, np.nan, np.inf, 1 / 3]), "who": "you", "n": np.arange(4)})
    assert packed == {"x": [1, None, None, 0.3333], "who": ["you"] * 4, "n": [0, 1, 2, 3]}


def test_pack_refuses_ragged_columns():
    with pytest.raises(ValueError, match="one length, got {'x': 2, 'y': 3}"):
        pack({"x": [1, 2], "y": [1, 2, 3]})


@given(st.lists(st.floats(-1e12, 1e12), min_size=2, max_size=20))
def test_pack_keeps_four_digits(values):
    assert np.allclose(pack({"x": values})["x"], values, rtol=5.1e-4, atol=0)  # half a unit of the fourth digit


def test_only_what_cannot_be_seen_is_dropped():
    """Of linear axes of fixed domain, and of no column that is drawn in another way too."""
    one = lines("x", "y", {"a": "$base"}, x_domain=(0, 60), y_domain=(-1.6, 1.6))
    assert places_seen(specification(one)) == {"x": 2, "y": 3}
    assert places_seen(
        specification(lines("x", "y", {"a": "$base"}, x_domain=(0, 60), y_domain=(1e-9, 1), log_y=True))
    ) == {"x": 2}
    assert places_seen(specification(one + alt.Chart().mark_text().encode(text="y:Q"))) == {"x": 2}
    assert places_seen(specification(alt.Chart().mark_line().encode(x="x:Q", y="y:Q"))) == {}  # the data set the axes
    assert pack({"x": [1 / 3, 4e-5], "y": [1 / 3, 4e-5]}, places={"x": 2}) == {"x": [0.33, 0], "y": [0.3333, 4e-05]}
    drawn = {"x": [0, 1 / 3], "y": [1, 1e-7], "series": "a"}
    assert figure(one, drawn, title="T", alt="A").spec["frame"]["columns"]["y"] == [1, 0]
    moved = explore(lambda w: drawn, one, lambda columns, w: "A", title="T", w=Slider("w", [0, 1], 0))
    assert moved.frame({"w": 0})["columns"]["x"] == [0, 0.33]


def test_unknown_colour_is_refused():
    with pytest.raises(ValueError, match=r"colour \$red is not one of \$paper"):
        specification(alt.Chart().mark_line(color="$red").encode(x="x:Q"))


def test_a_short_logarithmic_axis_has_more_than_powers_of_ten():
    assert log_axis(1, 32).to_dict()["values"] == [1, 2, 5, 10, 20]
    assert log_axis(0.1, 5).to_dict()["values"] == pytest.approx([0.1, 0.2, 0.5, 1, 2, 5])
    assert log_axis(0.01, 1.5).to_dict()["values"] == pytest.approx([0.01, 0.1, 1]), "room for three powers and no more"


def test_no_colour_is_typed_in_a_chart():
    spec = specification(lines("x", "y", {"a": "$base"}, x_domain=(0, 1), y_domain=(1e-6, 1), log_y=True))
    assert "#" not in json.dumps(spec) and "config" not in spec


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.02, "0.02"),
        (8.1e-16, "8\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}10⁻¹⁶"),
        (1e-7, "10⁻⁷"),
        (1, "1"),
        (0.0001, "10⁻⁴"),
        (450, "450"),
    ],
)
def test_power(value, text):
    assert power(value) == text


# --- in a kernel -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slider",
    [
        Slider("η", [0.001, 0.005, 0.04], 0.005, log=True),
        Slider("η", [1e-3, 1], 1e-3, log=True),
        Slider("β", [0, 0.1, 0.7, 0.9], 0.7),
        Slider("β", [0, 0.5, 0.9], 0),
    ],
    ids=str,
)
def test_a_live_slider_can_stand_where_it_starts(slider):
    control = slider.control()
    position = math.log10(slider.start) if slider.log else slider.start
    steps = (position - control.min) / control.step
    assert steps == pytest.approx(round(steps), abs=1e-6) and 130 < (control.max - control.min) / control.step < 300


def test_live_slider_moves_rows_and_text():
    live = Live(make())
    before = live.component.frame
    live.controls["slope"].value = 3
    assert live.component.frame["columns"]["y"] == [0, 3, 6, 9, 12]
    assert "Slope 3" in live.component.frame["text"] != before["text"]


def test_live_error_is_shown_and_goes_away():
    def fragile(slope):
        if slope == 2:
            raise ValueError("slope must not be 2, got 2")
        return {"x": [0, 1], "y": [0, slope]}

    live = Live(
        explore(fragile, CHART, lambda columns, slope: "A line", title="T", slope=Slider("Slope", [1, 2, 3], 1))
    )
    live.controls["slope"].value = 2
    assert live.component.busy == live.error == "ValueError: slope must not be 2, got 2"
    live.controls["slope"].value = 3
    assert live.error == live.component.busy == ""
    assert live.component.frame["columns"]["y"] == [0, 3]


def test_slow_figure_shows_only_the_latest_value():
    """Turned through ten settings in a tenth of a second, a slow figure computes the last of them, and
    perhaps one it had begun; it never shows a setting older than the last one asked for."""
    import threading
    import time

    computed, seen = [], []
    release = threading.Event()

    def slow(n, progress=None):
        computed.append(n)
        if progress:
            progress(0.5)
            release.wait(5)
        return {"x": [0], "y": [n]}

    live = Live(
        explore(slow, CHART, lambda columns, n: "A dot", title="T", n=Slider("n", list(range(1, 30)), 1)), slow=True
    )
    shown = []
    live.component.observe(lambda change: seen.append(change["new"]), "busy")
    live.component.observe(lambda change: shown.append(change["new"]["columns"]["y"]), "frame")
    live.controls["n"].value = 2
    deadline = time.time() + 5
    while computed != [1, 2] and time.time() < deadline:
        time.sleep(0.01)
    for n in range(3, 12):  # while 2 is still being computed
        live.controls["n"].value = n
    release.set()
    live.worker and live.worker.join(10)
    assert shown == [[11]]
    assert computed == [1, 2, 11]
    assert "Computing… 50%" in seen and live.component.busy == ""


# --- the reader's answers ------------------------------------------------------------------------


def test_answers_survive_and_merge():
    answers.put("a", {"answer": "1"})
    answers.put("b", {"answer": "2"})
    assert set(answers.load()["answers"]) == {"a", "b"}
    assert answers.clear()["answers"] == answers.load()["answers"] == {}


def test_two_processes_writing_at_once_lose_nothing(tmp_path):
    import subprocess
    import sys

    code = "import sys; from third_optimizer.view.questions import answers\nfor i in range(40): answers.put(sys.argv[1] + str(i), {})"
    writers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(answers.load()["answers"]) == 80


@pytest.mark.parametrize("damage", ["{", "[]", '{"answers": 3}', "\udcff"])
def test_a_damaged_file_is_set_aside_not_lost(damage):
    answers.path().write_bytes(damage.encode("utf8", "surrogateescape"))
    answers.put("a", {"answer": "1"})
    assert set(answers.load()["answers"]) == {"a"}
    (aside,) = answers.path().parent.glob("*.damaged-*")
    assert aside.read_bytes() == damage.encode("utf8", "surrogateescape")


# --- chapters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<h2>Two words<a class='headerlink'>#</a></h2><p>three more words</p>", 5),
        ("<p>A <em>step</em> of <code>0.5</code>, the reader's</p>", 6),
        ("<pre>x = 1</pre><details><summary>Hint</summary>Look up.</details><p>seen</p>", 1),
        ("<p>slope <span class='math'>\\(a b c\\)</span> and <math><mi>a</mi><mi>b</mi></math></p>", 4),
        ("<p class='t3-tour'>Next: come in</p><svg><text>axis</text></svg>", 0),
    ],
)
def test_words_are_those_a_reader_finds(markup, words):
    assert count_words(f"<nav>not this</nav><article>{markup}</article>") == words


def test_words_of_components_are_those_at_the_start(static):
    frames = {"dials": [{"stops": "ab", "start": 1}, {"stops": "abc", "start": 0}], "titles": ["One title"]}
    texts = ["a"] * 3 + ["four words stand here"] + ["b"] * 2
    ask = {"label": "Predict", "prompt": "Which <em>way</em>?", "after": "said later"}
    for kind, spec, words in (
        ("explore", frames | {"captions": texts}, 6),
        ("explore", frames | {"texts": texts, "befores": ["x"] * 6}, 2),
        ("figure", {"frame": {"title": "One title", "text": "two words"}}, 2),
        ("figure", {"frame": {"title": "One title", "text": "two words", "caption": "three more words"}}, 5),
        ("ask", ask | {"input": {"options": [{"html": "up", "feedback": "no no"}, {"html": "down"}]}}, 5),
        ("ask", ask | {"input": {"kind": "place"}}, 3),
        ("game", {"title": "Not read"}, 0),
    ):
        shown = Component(kind, spec, "<p>for readers without scripts</p>").html()
        assert count_words(f"<article>{shown}</article>") == words, kind


def test_minutes_stand_on_the_built_page_and_not_in_a_notebook(tmp_path, monkeypatch):
    """A head and the line of chapters leave a place on the page, which is filled once all pages are written."""
    chapter = Chapter("02_walk_downhill", BOOK)
    live_head, live_line = chapter.head().html(), spine(BOOK).html()
    assert "minutes to read" not in live_head and f"{chapter.data['minutes_to_do']} minutes to do" in live_head
    assert "min to read" not in live_line and f"{chapter.data['minutes_to_do']} min to do" in live_line
    monkeypatch.setenv("THIRD_OPTIMIZER_STATIC", "1")
    (tmp_path / "book").mkdir()
    for page in BOOK.glob("[0-9]*.md"):
        head = Chapter(page.stem, BOOK).head().html()
        (tmp_path / f"book/{page.stem}.html").write_text(f"<article>{head}{'word ' * 1000}</article>", "utf8")
    (tmp_path / "book/index.html").write_text(f"<article>{spine(BOOK).html()}</article>", "utf8")
    fill(tmp_path, ROOT)
    do = chapter.data["minutes_to_do"]
    assert (
        f"<span>6 minutes to read</span> · <span>{do} to do</span>"
        in (tmp_path / "book/02_walk_downhill.html").read_text()
    )
    assert f"6 min to read, {do} to do" in (tmp_path / "book/index.html").read_text("utf8")


def test_the_line_of_chapters_is_that_of_the_contents(tmp_path):
    """A draft that nobody has put into them is not on it; pages alone, without contents, are all on it."""
    pages = tmp_path / "pages"
    pages.mkdir()
    for number, aside in ((2, ""), (5, " (side road)"), (7, "")):
        (pages / f"0{number}_x.yml").write_text("level: base\nminutes_to_do: 3\n")
        (pages / f"0{number}_x.md").write_text(f"# 0{number} · A <title>{aside}\n", "utf8")
    (pages / "05_x.md").write_text("nothing yet", "utf8")  # a draft has no title
    contents = tmp_path / "_toc.yml"
    contents.write_text("format: jb-book\nroot: pages/index\nchapters: [{file: pages/02_x}, {file: pages/07_x.md}]\n")
    assert re.findall(r"<a href=\"(\w+)\.html\">(.*?)</a>", spine(pages).html()) == [
        ("02_x", "02 A &lt;title&gt;"),
        ("07_x", "07 A &lt;title&gt;"),
    ]
    contents.unlink()
    with pytest.raises(ValueError, match="no title of a chapter: write # 05 · Title"):
        spine(pages)
    (pages / "05_x.md").write_text("# 05 · A way round (side road)", "utf8")
    assert spine(pages).html().count("<a ") == 3 and spine(pages).html().count("data-side") == 1


def test_the_core_travels_once_and_not_with_every_widget():
    """What 19 widgets of a notebook send: their stub each, and the core to the one that asks."""
    widgets = [html(f"<p>{i}</p>").widget() for i in range(19)]
    sent = sum(len(str(value).encode()) for widget in widgets for value in widget.get_state().values())
    _, code, style = component.core()
    assert sent < 19 * 5_000 and len(code) > 50_000
    assert all(widget._esm == widgets[0]._esm and not hasattr(widget, "_css") for widget in widgets)
    answers = []
    widgets[3].send = answers.append
    widgets[3]._receive(widgets[3], {"type": "core"}, [])
    assert answers == [{"type": "core", "code": code, "style": style}]


WIDGETS = """async ([stub, replies]) => {
  const asked = [], address = URL.createObjectURL(new Blob([stub], {type: 'text/javascript'}));
  const model = (name, alive) => { const hearers = new Set(); return {
    get: (key) => ({kind: 'html', spec: {html: `<p>${name}</p>`}})[key],
    on: (type, hear) => hearers.add(hear), off: (type, hear) => hearers.delete(hear),
    send: ({type}) => { asked.push(name); if (alive) setTimeout(() => [...hearers].forEach((hear) => hear(replies)), 50); } }; };
  const draw = async (name, alive) => {  // as anywidget does: a module of its own for each widget
    const el = document.body.appendChild(document.createElement('div'));
    const module = await import(URL.createObjectURL(new Blob([stub], {type: 'text/javascript'})));
    await module.default.render({model: model(name, alive), el});
    return el.textContent; };
  void draw('gone', false);  // the first one asks, and its kernel never answers
  await new Promise((resolve) => setTimeout(resolve, 100));
  const drawn = await Promise.all(['a', 'b', 'c'].map((name) => draw(name, true)));
  return [drawn, asked, await draw('later', true), asked.length, document.querySelectorAll('style').length];
}"""


def test_a_page_of_widgets_asks_for_the_core_once_and_again_if_the_asker_is_gone(browser):
    _, code, style = component.core()
    page = browser.new_page()
    stub = html("").widget()._esm.replace("PATIENCE = 10000", "PATIENCE = 400")
    drawn, asked, later, count, styles = page.evaluate(WIDGETS, [stub, {"type": "core", "code": code, "style": style}])
    page.close()
    assert drawn == ["a", "b", "c"] and later == "later"
    assert asked[0] == "gone" and len(asked) == count == 2  # one of those who wait asks again; who comes later need not
    assert styles == 1


@pytest.mark.parametrize("right", [0, 2, 3])
def test_a_question_has_exactly_one_right_option(tmp_path, right):
    options = [{"text": "So.", "feedback": "Thus.", "right": number < right} for number in range(3)]
    page = {"level": "base", "quiz": {"q": {"prompt": "How?", "options": options}}}
    (tmp_path / "01_page.yml").write_text(json.dumps(page), "utf8")  # JSON is YAML
    with pytest.raises(ValueError, match=re.escape("01_page.yml: exactly one option must be right in 'How?'")):
        Chapter("01_page", tmp_path).quiz()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Chapter("99_nothing", BOOK), "no file 99_nothing.yml"),
        (
            lambda: Chapter("02_walk_downhill", BOOK).predict("nothing"),
            "has no 'nothing' under predict; there: best_step",
        ),
        (lambda: Chapter("02_walk_downhill", BOOK).exercise("nothing"), "has no 'nothing' under exercises"),
        (lambda: Chapter("02_walk_downhill", BOOK).exercise("new_bowl"), "no number 'new_best' was given"),
        (lambda: Chapter("02_walk_downhill", BOOK).claim("Z9"), "claim 'Z9' is not in 02_walk_downhill.yml"),
        (lambda: claim_card("B1", BOOK / "02_walk_downhill.yml"), "was given for"),
        (lambda: say("It took {n} steps."), "no number 'n' was given"),
    ],
)
def test_what_is_missing_is_named(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


# --- texts that say numbers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("{x:.1f}", {"x": -1.25}, "−1.2"),
        ("{x:.0f}", {"x": np.float64(-0.2)}, "0"),  # no minus before a zero
        ("{x:,}", {"x": 1234}, "1,234"),
        ("{x:.1f}", {"x": np.array([2.0, -1.5, 0])}, "−1.5 to 2.0"),
        ("{x:.0%}", {"x": [0.101, 0.099]}, "10%"),  # what reads alike is said once
        ("{x:each .1f}", {"x": (3, 1, 2)}, "3.0, 1.0, 2.0"),
        ("{x}", {"x": "as it is"}, "as it is"),
        (r"$\frac{1}{2}$ of {x}", {"x": 3}, r"$\frac{1}{2}$ of 3"),
        ("$$x_{t+1}$$ {x} $a_{x}$", {"x": 3}, "$$x_{t+1}$$ 3 $a_{x}$"),
        (r"a price of \$3 and {x}", {"x": 4}, r"a price of \$3 and 4"),
    ],
)
def test_a_text_says_its_numbers(text, numbers, expected):
    assert say(text, **numbers).data == expected


def test_a_gap_in_a_text_is_named():
    with pytest.raises(ValueError, match="no number 'y' was given"):
        say("{x} {y}", x=1)
    with pytest.raises(ValueError, match="between needs one or more numbers, got none"):
        say("{x:.1f}", x=[])


def test_formulas_in_questions_are_mathematics():
    """As MathML, which a browser draws by itself: no script of the page looks into a component."""
    markup = render(r"Half, $\frac{1}{2}$, of {x}.", {"x": 3})
    assert "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>" in markup and markup.endswith("of 3.")
    assert "$" not in markup


def test_strands_are_one_line_a_seed():
    drawn = strands([0, 1], {"a": [[1, 2], [3, 4]], "b": [[5, 6]]})
    assert {name: column.tolist() for name, column in drawn.items()} == {
        "x": [0, 1] * 3,
        "y": [1, 2, 3, 4, 5, 6],
        "series": [*"aaaabb"],
        "seed": [0, 0, 1, 1, 0, 0],
    }


def test_texts_of_a_figure_may_be_filled():
    made = explore(
        lambda n: {"x": [n]},
        alt.Chart().mark_point().encode(x="x:Q"),
        "Twice is {twice}.",
        title="{n} doubled",
        numbers=lambda n: {"twice": 2 * n},
        n=Slider("n", [1, 2], 1),
        id="twice",
    )
    frame = made.frame({"n": 2})
    assert frame["title"] == "2 doubled" and frame["text"] == "n 2. Twice is 4."


# --- what stands below a figure ------------------------------------------------------------------


def test_a_figures_caption_is_for_the_eye_and_its_words_for_the_ear():
    plain = figure(CHART, curve(1), title="T", alt="A rising line.")
    said = figure(CHART, curve(1), title="T", alt="A rising line.", caption="  A strand\n is one seed. ")
    assert "caption" not in plain.spec["frame"] and said.spec["frame"]["caption"] == "A strand is one seed."
    for one in (plain, said):  # without scripts, and in a terminal, the words stand, and not the caption
        assert one.spec["frame"]["text"] == one.text == "A rising line."
        assert "A rising line." in one.fallback and "strand" not in one.fallback


@pytest.mark.parametrize("caption", ["", "  ", 3])
def test_an_empty_caption_is_refused(caption):
    with pytest.raises(ValueError, match=r"caption must be a sentence .* got"):
        figure(CHART, curve(1), title="T", alt="A rising line.", caption=caption)


@pytest.mark.parametrize("caption", [" ", lambda columns, **values: "", lambda columns, **values: 3])
def test_an_empty_caption_of_a_setting_is_refused(caption):
    with pytest.raises(ValueError, match="caption must be a sentence"):
        make(caption=caption).page()


def test_a_figure_with_dials_has_the_caption_it_is_given():
    """None, one text for all settings, the described text without the dials' values, a function, a text with numbers."""
    frame = {"slope": 3, "side": "down"}
    assert "caption" not in make().frame(frame) and "captions" not in make().page().spec
    assert make(caption="A strand is one seed.").page().spec["captions"] == ["A strand is one seed."]
    own = make(caption=True)
    assert own.frame(frame)["caption"] == "It ends at -12" and "It ends" in own.frame(frame)["text"]
    captions, texts = (own.page().spec[name] for name in ("captions", "texts"))
    assert len(captions) == len(texts) == 6 and len(set(captions)) == 6
    assert all(text.endswith(f". {caption}") for caption, text in zip(captions, texts, strict=True))
    called = make(caption=lambda columns, slope, side: f"{slope} {side}, {len(columns['x'])} points")
    assert called.frame(frame)["caption"] == "3 down, 5 points"
    counted = make(caption="Twice is {twice}.", numbers=lambda slope, side: {"twice": 2 * slope})
    assert counted.frame(frame)["caption"] == "Twice is 6."


def test_a_caption_says_nothing_that_waits_for_a_guess():
    late = dict(describe=lambda columns, **values: ("It ends high", "It goes on"), after="page/predict/end")
    dials = dict(slope=Slider("Slope", [1, 2], 1), side=Choice("Side", ["up", "down"], "up"))
    shown = explore(curve, CHART, title="T", caption="A strand is one seed.", **late, **dials).frame(
        {"slope": 1, "side": "up"}
    )
    assert shown["caption"] == "A strand is one seed." and "It goes on" in shown["before"]
    with pytest.raises(ValueError, match="caption=True would say before the answer to page/predict/end what follows"):
        explore(curve, CHART, title="T", caption=True, **late, **dials)


# --- a dial that runs by itself ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["side", "slopes"])
def test_only_a_slider_is_played(name):
    with pytest.raises(ValueError, match=f"play must name one of the figure's sliders, got '{name}'"):
        make(play=name)


def test_a_kernel_turns_the_dial_that_is_played_and_a_hand_stops_it():
    figure = make(play="slope", slope=Slider("Slope", [1, 4, 9], 4))
    live, sent = Live(figure), []
    assert live.component.spec["play"] == {"dial": "slope", "label": "Slope", "stops": 3} == figure.page().spec["play"]
    live.component.send = sent.append
    live.component._receive(None, {"type": "turn", "at": 2}, [])
    assert live.controls["slope"].value == 9 and live.component.frame["columns"]["y"][-1] == 36 and sent == []
    live.controls["side"].value = "down"  # another dial may be turned under way
    assert sent == []
    live.controls["slope"].value = 6  # between two stops
    assert sent == [{"type": "halt", "at": 1}]
    assert "play" not in Live(make()).component.spec and "play" not in make().page().spec
