"""Exercises and quizzes: the solution passes, each named misconception fails with its own message, dots are "not tried yet".

The number rule stands in Python and in the page's script; both must give the same verdicts on the
same vectors, made from the exercises themselves.
"""

import itertools
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.notebooks import BOOK, ROOT, chapters, code_cells, experiments_of
from third_optimizer.view.component import SCRIPTS
from third_optimizer.view.figures.numbers import read_number
from third_optimizer.view.questions import forms
from third_optimizer.view.questions.chapter import Chapter, shuffled
from third_optimizer.view.questions.exercises import NOT_TRIED, judge_code, judge_number, load_checks

EXERCISES = [
    (page.stem, id, entry)
    for page in chapters()
    for id, entry in yaml.safe_load(page.with_suffix(".yml").read_text("utf8"))["exercises"].items()
]
CODE = [
    pytest.param(chapter, id, entry, id=f"{chapter}-{id}")
    for chapter, id, entry in EXERCISES
    if entry["kind"] == "code"
]
NUMBER = [
    pytest.param(chapter, id, entry, id=f"{chapter}-{id}")
    for chapter, id, entry in EXERCISES
    if entry["kind"] == "number"
]


def answer_of(code, name):
    names = {}
    exec(code, names)
    return names[name]


def checker(chapter, id):
    return getattr(load_checks(BOOK / "checks" / f"{chapter}.py"), id)


@pytest.mark.parametrize(("chapter", "id", "entry"), CODE)
def test_solution_passes(chapter, id, entry):
    verdict = judge_code(answer_of(entry["solution"], entry["defines"]), checker(chapter, id))
    assert verdict.right, verdict


@pytest.mark.parametrize(("chapter", "id", "entry"), CODE)
def test_misconceptions_fail_each_with_its_own_message(chapter, id, entry):
    assert len(entry["misconceptions"]) >= 2
    said = []
    for slip in entry["misconceptions"]:
        verdict = judge_code(answer_of(slip["code"], entry["defines"]), checker(chapter, id))
        assert verdict.right is False, slip["name"]
        assert slip["says"] in verdict.says, (slip["name"], verdict.says)
        said.append(verdict.says)
    assert len(set(said)) == len(said)


@pytest.mark.parametrize(("chapter", "id", "entry"), CODE)
def test_unanswered_is_not_tried_yet(chapter, id, entry):
    assert judge_code(..., checker(chapter, id)).says == NOT_TRIED
    if "def " in entry["solution"]:
        for nothing in (lambda *_: ..., lambda *_: None):
            assert judge_code(nothing, checker(chapter, id)).says == NOT_TRIED


@pytest.mark.parametrize(("chapter", "id", "entry"), CODE)
def test_code_that_raises_is_a_wrong_answer(chapter, id, entry):
    def broken(*_):
        raise ZeroDivisionError("division by zero")

    verdict = judge_code(broken, checker(chapter, id))
    assert verdict.right is False and "raised" in verdict.says


@pytest.mark.parametrize("truth", [0.02, -3, 4000])
def test_a_number_is_right_within_its_tolerance_and_no_further(truth):
    spec = {
        "truth": truth,
        "tolerance": 0.01,
        "right": "Yes.",
        "other": "No.",
        "misconceptions": [{"value": 2 * truth, "tolerance": 0.01, "says": "Twice."}],
    }
    said = [
        judge_number(truth * share, spec).says
        for share in (0.989, 0.991, 1, 1.009, 1.011, 1.979, 1.981, 2.019, 2.021, -1, 0)
    ]
    assert said == ["No.", "Yes.", "Yes.", "Yes.", "No.", "No.", "Twice.", "Twice.", "No.", "No.", "No."]


@pytest.fixture(scope="module")
def number_specs():
    """(spec, solution) of every number exercise, with the numbers that its chapter's experiments give the page."""
    specs = {}
    for name, id, entry in EXERCISES:
        if entry["kind"] == "number":
            specs[name, id] = (Chapter(name, BOOK)._number_spec(id, experiments_of(name).exercises()[id]), entry)
    return specs


def vectors(specs):
    """Numbers to judge: the truth, every slip, and what lies just inside, just outside and far away."""
    for spec, _ in specs.values():
        targets = [(spec["truth"], spec["tolerance"])] + [
            (slip["value"], slip["tolerance"]) for slip in spec["misconceptions"]
        ]
        for value, tolerance in targets:
            yield from ((spec, value * (1 + shift * tolerance)) for shift in (-1.01, -0.99, 0, 0.99, 1.01))
        yield from ((spec, far) for far in (0.0, -spec["truth"], 1e9))


def test_number_exercises(number_specs):
    assert number_specs
    for (chapter, id), (spec, entry) in number_specs.items():
        assert judge_number(answer_of(entry["solution"], "answer"), spec).right, (chapter, id)
        assert judge_number(..., spec).right is None
        assert judge_number(float("nan"), spec).right is False
        said = [judge_number(slip["value"], spec) for slip in spec["misconceptions"]]
        assert len(said) >= 2 and not any(verdict.right for verdict in said)
        assert len({verdict.says for verdict in said}) == len(said)
        # no slip is so near the truth that rounding decides
        for one, other in itertools.combinations(
            [spec["truth"], *(slip["value"] for slip in spec["misconceptions"])], 2
        ):
            assert abs(one - other) > 3 * spec["tolerance"] * max(abs(one), abs(other))


@pytest.fixture(scope="module")
def script(browser):
    """The page's scripts, without a page."""
    page = browser.new_page()
    page.add_script_tag(content="globalThis.ThirdOptimizerInNotebook = true;")
    for name in SCRIPTS:
        page.add_script_tag(path=ROOT / "code/third_optimizer/view" / name)
    yield page
    page.close()


def test_page_and_kernel_judge_alike(number_specs, script):
    pairs = list(vectors(number_specs))
    judged = script.evaluate(
        "pairs => pairs.map(([spec, value]) => ThirdOptimizer.judgeNumber(value, spec))", [list(p) for p in pairs]
    )
    for (spec, value), (verdict, says) in zip(pairs, judged, strict=True):
        ours = judge_number(value, spec)
        assert (verdict == "right", says) == (ours.right, ours.says), value


# --- code, asked for on a page that has no kernel ---------------------------------------------------------

FORMS = [param for param in CODE if "page" in param.values[2]]


def slips_of(entry):
    return [slip["code"] for slip in entry["misconceptions"]]


@pytest.mark.parametrize(("chapter", "id", "entry"), FORMS)
def test_a_form_on_the_page_judges_as_the_checker_does(chapter, id, entry, script, monkeypatch):
    """The solution, every mistake, or every stop of a dial: right or wrong as in a kernel, and a mistake in its words."""
    monkeypatch.setenv("THIRD_OPTIMIZER_STATIC", "1")
    spec = Chapter(chapter, BOOK).exercise(id).parts[0].spec
    kind, codes = spec["input"]["kind"], [entry["solution"], *slips_of(entry)]
    if kind == "dial":
        values = [stop["value"] for stop in spec["input"]["stops"]]
        answers = values
    else:
        answers = [answer_of(code, entry["defines"]) for code in codes]
        values = [forms.value_of(code, entry) for code in codes] if kind == "number" else list(range(len(codes)))
    judged = script.evaluate(
        """([spec, values]) => {
          const host = document.body.appendChild(document.createElement("div"));
          const { input } = new ThirdOptimizer.Ask(host, spec, new ThirdOptimizer.BrowserStore(() => ({ getItem: () => null })));
          return values.map((value) => { input.write(value); return [input.takes(value), ...input.judge(input.read())]; });
        }""",
        [spec, values],
    )
    mistakes = set()
    for (taken, verdict, says), answer in zip(judged, answers, strict=True):
        ours = judge_code(answer, checker(chapter, id))
        assert taken and (verdict == "right") == ours.right, (answer, says)
        if not ours.right:
            mistakes.add(says)
            assert says == forms.render(ours.says, {})
    assert len(mistakes) >= 2


@pytest.mark.parametrize(("chapter", "id", "entry"), FORMS)
def test_a_form_tells_its_mistakes_apart(chapter, id, entry):
    if entry["page"]["kind"] == "number":
        values = [forms.value_of(code, entry) for code in (entry["solution"], *slips_of(entry))]
        for one, other in itertools.combinations(values, 2):
            assert abs(one - other) > 3 * entry["page"]["tolerance"] * max(abs(one), abs(other))


def test_an_exercise_without_a_form_says_on_the_page_that_it_belongs_in_a_notebook(tmp_path, monkeypatch):
    (tmp_path / "01_page.yml").write_text(
        "level: base\nexercises: {one: {kind: code, minutes: 3, rating: easy, prompt: 'How?', hint: '', first_line: '', solution: ''}}"
    )
    asked = Chapter("01_page", tmp_path).exercise("one")
    assert "in a notebook" not in asked.html()
    monkeypatch.setenv("THIRD_OPTIMIZER_STATIC", "1")
    asked = Chapter("01_page", tmp_path).exercise("one")
    assert "Exercise · 3 min · easy · in a notebook" in asked.html() and "<form" not in asked.html()


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.stem)
def test_no_page_tells_to_run_a_cell(page, site):
    built = (site / "book" / f"{page.stem}.html").read_text("utf8")
    assert "run the cell" not in built and "chapter.check" not in built
    assert all("remove-cell" in cell.metadata.tags for cell in code_cells(page) if "chapter.check(" in cell.source)
    assert built.count('"label":"Exercise') >= 2  # asked, and judged, on the page


# --- options ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def choices():
    """(the order in which options are shown, the right one's place in the file, the options' lengths) of each question."""
    found = []
    for file in sorted(BOOK.glob("*.yml")):
        chapter = Chapter(file.stem, BOOK)
        for section in ("predict", "quiz"):
            for id, entry in (chapter.data.get(section) or {}).items():
                if "options" in entry:
                    ids = f"{file.stem}/{section}/{id}"
                    places = [i for i, option in enumerate(entry["options"]) if option.get("right")]
                    found.append(
                        (shuffled(ids, len(entry["options"])), *places, [len(o["text"]) for o in entry["options"]])
                    )
    return found


def test_neither_place_nor_length_gives_the_right_option_away(choices):
    assert len(choices) >= 18
    longest = [lengths[right] == max(lengths) for _, right, lengths in choices]
    assert 0.2 <= sum(longest) / len(longest) <= 0.4
    shown = [order.index(right) for order, right, lengths in choices if len(lengths) == 3]
    assert all(0.2 <= shown.count(place) / len(shown) <= 0.45 for place in range(3)), shown


def test_ashuffled_option_keeps_its_number(script):
    """What was answered before options were shuffled is still that answer: kept is the place in the file."""
    options = [{"html": text, "right": text == "b", "feedback": text + "!"} for text in "abc"]
    spec = {"id": "p/quiz/q", "label": "", "question": "?", "prompt": "?", "after": "", "predicting": False}
    spec["input"] = {"kind": "choose", "options": options, "order": [2, 0, 1]}
    shown, feedback, kept = script.evaluate(
        """(spec) => {
          const kept = JSON.stringify({ answers: { [spec.id]: { value: 1, verdict: "right" } } });
          const written = [], storage = { getItem: () => kept, setItem: (key, text) => written.push(JSON.parse(text)) };
          const host = document.body.appendChild(document.createElement("div"));
          new ThirdOptimizer.Ask(host, spec, new ThirdOptimizer.BrowserStore(() => storage));
          const feedback = host.querySelector(".t3-feedback").innerText;
          host.querySelector("input").click();
          host.querySelector("form").requestSubmit();
          return [[...host.querySelectorAll("label")].map((one) => one.innerText.trim()), feedback, written[0].answers[spec.id]];
        }""",
        spec,
    )
    assert shown == ["c", "a", "b"] and feedback.endswith("b!")
    assert (kept["value"], kept["answer"], kept["verdict"]) == (2, "c", "wrong")


def test_how_far_a_guess_was_is_said_in_points_where_both_are_per_cent(script):
    said = script.evaluate(
        """["per cent", "bits", ""].map((unit) => ThirdOptimizer.nameGap(10, 95, { scale: "linear", low: 0, high: 100, unit }))"""
    )
    assert said == ["85 points too low", "85 bits too low", "85 too low"]


# --- numbers as they are typed ---------------------------------------------------------------------------

UNREAD = "“{}” is not read as a number here: type one such as 0.5, 1/2, 10^-3, √2 or 27%."
TYPED = [
    *((text, 0.5) for text in ("0.5", "0,5", " .5 ", ",5", "1/2", "½", "1 / 2", "1⁄2", "1÷2", "=0.5", "≈ 0.5", "5e-1")),
    *((text, -3) for text in ("-3", "−3", "–3", "- 3", "－3", "-3.", "－３")),
    *(
        (text, 1024)
        for text in ("1024", "1 024", "1\u202f024", "1\u00a0024", "1'024", "1’024", "1_024", "1,024.0", "2^10", "2**10")
    ),
    *((text, 1234567.5) for text in ("1,234,567.5", "1.234.567,5", "1 234 567.5", "1'234'567.5", "1234567,5")),
    *((text, 1234567) for text in ("1,234,567", "1.234.567")),
    *((text, 1.024) for text in ("1.024", "1,0240")),
    *((text, 0.027) for text in ("0,027", "2.7%", "2,7 %", "2.7 per cent", "2.7 Percent", "2.7％")),
    *(
        (text, 1e-3)
        for text in (
            "1e-3",
            "1E−3",
            "10^-3",
            "10⁻³",
            "10^−3",
            "10^(-3)",
            "10**-3",
            "1×10⁻³",
            "1 · 10^-3",
            "1*10^-3",
            "1 x 10^-3",
        )
    ),
    *((text, -1e-3) for text in ("−1e−3", "-10^-3", "−10⁻³", "-1/1000")),
    *((text, math.sqrt(2)) for text in ("√2", "√(2)", "sqrt(2)", "sqrt 2", "2^0.5", "2^(1/2)", "2/√2")),
    *((text, 1.5) for text in ("1½", "1 1/2", "3/2", "(1/2)*3", "1 ½")),
    ("2√3", 2 * math.sqrt(3)),
    ("π/2", math.pi / 2),
    ("2 pi", 2 * math.pi),
    ("2/52", 2 / 52),
    ("12,5", 12.5),
    ("0,5/2", 0.25),
    ("-2^2", -4),
    *((text, "Type a number first, such as 0.5 or 1/2.") for text in ("", "  ", "%")),
    ("1,024", "1,024 is 1024 to some and 1.024 to others: type 1024 or 1.024."),
    ("−12,000%", "12,000 is 12000 to some and 12.000 to others: type 12000 or 12.000."),
    ("3/1,024", "1,024 is 1024 to some and 1.024 to others: type 1024 or 1.024."),
    *(
        (text, UNREAD.format(text.strip()))
        for text in (
            *(
                "x",
                "three",
                "1/2/3",
                "1/2*3",
                "1/2π",
                "1 2",
                "0x10",
                "--1",
                "1/0",
                "√-1",
                "(-1)^0.5",
                "0^-1",
                "9^9^9",
                "1e999",
            ),
            *(
                "1.2.3",
                "1,2,3",
                "1,02,4",
                "(1",
                "1)",
                "2 *",
                "e",
                "inf",
                "nan",
                "0,0,",
                ".",
                ",",
                "<b>",
                "٣",
                "9" * 61,
                "1e5,5",
            ),
        )
    ),
]


def read_here(text, percent=False):
    try:
        return read_number(text, percent)
    except ValueError as unread:
        return str(unread)


@pytest.mark.parametrize(("text", "value"), TYPED)
def test_numbers_are_read_as_people_type_them(text, value):
    assert read_here(text) == (value if isinstance(value, str) else pytest.approx(value, rel=1e-15))


def test_the_page_reads_what_python_reads(script):
    texts = [text for text, _ in TYPED] * 2
    percents = [i >= len(TYPED) for i in range(len(texts))]
    read = script.evaluate(
        """cases => cases.map(([text, percent]) => {
          try { return ThirdOptimizer.readNumber(text, percent); } catch (unread) { return unread.message; } })""",
        list(zip(texts, percents, strict=True)),
    )
    for text, percent, value in zip(texts, percents, read, strict=True):
        here = read_here(text, percent)
        assert value == (here if isinstance(here, str) else pytest.approx(here, rel=1e-15)), text
    assert [read_here(text, True) for text in ("27%", "27", "0.27")] == [27, 27, 0.27]


@given(st.text(alphabet="0123456789.,'/^-−√π()e% ½²", max_size=12))
def test_any_text_is_a_number_or_asked_for_again(text):
    assert isinstance(read_here(text), float | str)


def test_a_text_that_is_no_number_is_asked_for_again_and_not_judged():
    spec = {"truth": 1024, "tolerance": 0.001, "percent": False, "right": "Yes.", "other": "No.", "misconceptions": []}
    assert judge_number("1,024", spec).right is None and "type 1024 or 1.024" in judge_number("1,024", spec).says
    assert judge_number("three", spec).right is None and judge_number("2^10", spec).right
    assert judge_number("0.27", spec).right is False and judge_number([], spec).right is False
