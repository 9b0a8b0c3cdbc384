"""The claims registry: every claim has its fields, its card on a page, and a test that exists."""

import ast
import re

import pytest
import yaml

from tests.notebooks import BOOK, ROOT
from third_optimizer.view.questions.claims import CLAIM_FIELDS, read_claims

CLAIMS = read_claims(BOOK)


@pytest.mark.parametrize("id", CLAIMS)
def test_claim_is_shown_on_its_page(id):
    page = BOOK / f"{CLAIMS[id]['chapter']}.md"
    assert re.search(rf'claim(?:_card)?\("{id}"', page.read_text("utf8"))


@pytest.mark.parametrize("id", CLAIMS)
def test_claim_names_a_test_that_exists(id):
    file, name = CLAIMS[id]["test"].split("::")
    functions = [
        node.name for node in ast.walk(ast.parse((ROOT / file).read_text("utf8"))) if isinstance(node, ast.FunctionDef)
    ]
    assert name in functions


@pytest.mark.parametrize("id", [id for id in CLAIMS if CLAIMS[id]["status"] == "M"])
def test_measured_claims_are_computed(id):
    """A measured claim types no figure: its numbers are placeholders."""
    measured = CLAIMS[id]["measured"]
    assert re.search(r"\{\w+", measured)
    assert not re.search(r"\d+(?:\.\d+)?\s*(?:%|per cent|steps)", re.sub(r"\{[^}]*\}", "", measured))


@pytest.mark.parametrize("field", CLAIM_FIELDS)
def test_a_claim_without_a_field_is_refused(tmp_path, field):
    broken = {"B1": {key: value for key, value in CLAIMS["B1"].items() if key != field}}
    (tmp_path / "90_one.yml").write_text(yaml.safe_dump({"claims": broken}), "utf8")
    with pytest.raises(ValueError, match=f"B1 lacks {field}"):
        read_claims(tmp_path)


def test_an_unknown_status_is_refused(tmp_path):
    (tmp_path / "90_one.yml").write_text(yaml.safe_dump({"claims": {"B1": CLAIMS["B1"] | {"status": "Q"}}}), "utf8")
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
    quoted = re.findall("“([^”]+)”", CLAIMS["C1"]["measured"] + CLAIMS["C1"]["rival"])
    assert len(quoted) == 2
    assert all(quote in HUBINGER for quote in quoted)
