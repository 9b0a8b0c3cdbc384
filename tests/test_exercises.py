"""Exercises: the solution passes, each named misconception fails with its own message, dots are "not tried yet".

The number rule stands in Python and in the page's script; both must give the same verdicts on the
same vectors, made from the exercises themselves.
"""

import itertools

import pytest
import yaml

from tests.notebooks import BOOK, ROOT, chapters, experiments_of
from third_optimizer.view.component import SCRIPTS
from third_optimizer.view.questions.chapter import Chapter
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
        assert judge_number("three", spec).right is False
        assert judge_number(float("nan"), spec).right is False
        said = [judge_number(slip["value"], spec) for slip in spec["misconceptions"]]
        assert len(said) >= 2 and not any(verdict.right for verdict in said)
        assert len({verdict.says for verdict in said}) == len(said)
        # no slip is so near the truth that rounding decides
        for one, other in itertools.combinations(
            [spec["truth"], *(slip["value"] for slip in spec["misconceptions"])], 2
        ):
            assert abs(one - other) > 3 * spec["tolerance"] * max(abs(one), abs(other))


def test_page_and_kernel_judge_alike(number_specs, browser):
    pairs = list(vectors(number_specs))
    page = browser.new_page()
    page.add_script_tag(content="globalThis.ThirdOptimizerInNotebook = true;")
    for name in SCRIPTS:
        page.add_script_tag(path=ROOT / "code/third_optimizer/view" / name)
    judged = page.evaluate(
        "pairs => pairs.map(([spec, value]) => ThirdOptimizer.judgeNumber(value, spec))", [list(p) for p in pairs]
    )
    for (spec, value), (verdict, says) in zip(pairs, judged, strict=True):
        ours = judge_number(value, spec)
        assert (verdict == "right", says) == (ours.right, ours.says), value
    read = page.evaluate(
        "texts => texts.map(text => { const n = ThirdOptimizer.parseNumber(text); return Number.isNaN(n) ? null : n; })",
        ["0.5", "0,5", " 2/52 ", "1e-3", "-3", "−3", ".5", "5.", "", "x", "1/2/3", "1 2", "0x10", "--1"],
    )
    assert read == [0.5, 0.5, 2 / 52, 1e-3, -3, -3, 0.5, 5, None, None, None, None, None, None]
    page.close()
