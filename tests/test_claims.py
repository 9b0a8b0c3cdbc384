"""The claims registry: every claim has its fields, its card on a page, and a test that exists."""

import importlib
import re

import numpy as np
import pytest
import yaml

from tests.notebooks import BOOK, experiments_of
from third_optimizer.view.questions.claims import CLAIM_FIELDS, read_claims

CLAIMS = read_claims(BOOK)
MEASURED = [card for card in CLAIMS if CLAIMS[card]["status"] == "M"]


def words(card):
    """A card's name in a report: its chapter and its claim."""
    return "-".join(card)


@pytest.mark.parametrize("card", CLAIMS, ids=words)
def test_claim_is_shown_on_its_page(card):
    chapter, id = card
    assert re.search(rf'claim(?:_card)?\("{id}"', (BOOK / f"{chapter}.md").read_text("utf8"))


def test_a_claim_may_stand_in_several_chapters(tmp_path):
    """Each chapter has its own card of it; the registry keeps both."""
    first = CLAIMS["02_walk_downhill", "B1"]
    for chapter in ("90_one", "91_two"):
        card = first | {"measured": f"In {chapter} {{share}}."}
        (tmp_path / f"{chapter}.yml").write_text(yaml.safe_dump({"claims": {"B1": card}}), "utf8")
    found = read_claims(tmp_path)
    assert list(found) == [("90_one", "B1"), ("91_two", "B1")]
    assert found["91_two", "B1"]["measured"] == "In 91_two {share}."


def named_test(card):
    """The function that the claim names as its test."""
    file, name = CLAIMS[card]["test"].split("::")
    return getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)


@pytest.mark.parametrize("card", CLAIMS, ids=words)
def test_claim_names_a_test_that_exists(card):
    assert callable(named_test(card))


def altered(value):
    """Another number, or other words: half as much again, and one more where that changes nothing."""
    if isinstance(value, str):
        return f"{value}, and more"
    if isinstance(value, list | tuple) and isinstance(value[0], str):
        return [*value, "and more"]
    more = np.asarray(value) * 1.5
    return (more if np.any(more != value) else more + 1)[()]


def numbers_of(card):
    """The numbers on a claim's card, from its chapter's experiments."""
    chapter, id = card
    return experiments_of(chapter).claims()[id]


@pytest.mark.parametrize("card", MEASURED, ids=words)
def test_a_claims_test_fails_for_each_number_altered(card):
    """The named test takes the card's numbers: it passes with them, and with none of them changed."""
    numbers, test = numbers_of(card), named_test(card)
    shown = set(re.findall(r"\{(\w+)", " ".join(str(text) for text in CLAIMS[card].values())))
    assert shown and shown == set(numbers), f"on the card {sorted(shown)}, measured {sorted(numbers)}"
    test(numbers)
    for name in shown:
        with pytest.raises(AssertionError):
            test(numbers | {name: altered(numbers[name])})
            pytest.fail(f"{CLAIMS[card]['test']} passes with another {name}", pytrace=False)


@pytest.mark.parametrize("card", MEASURED, ids=words)
def test_measured_claims_are_computed(card):
    """A measured claim types no figure: its numbers are placeholders."""
    measured = CLAIMS[card]["measured"]
    assert re.search(r"\{\w+", measured)
    assert not re.search(r"\d+(?:\.\d+)?\s*(?:%|per cent|steps)", re.sub(r"\{[^}]*\}", "", measured))


@pytest.mark.parametrize("field", CLAIM_FIELDS)
def test_a_claim_without_a_field_is_refused(tmp_path, field):
    broken = {"B1": {key: value for key, value in CLAIMS["02_walk_downhill", "B1"].items() if key != field}}
    (tmp_path / "90_one.yml").write_text(yaml.safe_dump({"claims": broken}), "utf8")
    with pytest.raises(ValueError, match=f"B1 lacks {field}"):
        read_claims(tmp_path)


def test_an_unknown_status_is_refused(tmp_path):
    (tmp_path / "90_one.yml").write_text(
        yaml.safe_dump({"claims": {"B1": CLAIMS["02_walk_downhill", "B1"] | {"status": "Q"}}}), "utf8"
    )
    with pytest.raises(ValueError, match="'Q' is not one of T, M, A"):
        read_claims(tmp_path)


# From E. Hubinger et al., "Risks from Learned Optimization", the sequence version of arXiv:1906.01820, part 1,
# as the essay that this course grew from quotes it.
HUBINGER = (
    "Specifically, we will think of a meta-optimizer as any system whose task is optimization. For example, we might design a "
    "meta-learning system to help tune our gradient descent process. Though the model found by meta-optimization can be thought "
    "of as a kind of learned optimizer, it is not the form of learned optimization that we are interested in for this sequence. "
    "Rather, we are concerned with a different form of learned optimization which we call mesa-optimization."
)


def test_quotations():
    """C1 quotes its source word for word."""
    quoted = re.findall("“([^”]+)”", CLAIMS["index", "C1"]["measured"] + CLAIMS["index", "C1"]["rival"])
    assert len(quoted) == 2
    assert all(quote in HUBINGER for quote in quoted)
