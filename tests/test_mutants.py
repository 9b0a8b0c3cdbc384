"""The table of mutants cannot rot: each finds its text once, breaks something, and names a test that exists.

`make mutants` runs them; this runs none.
"""

import ast

import pytest

from tests.mutants import MUTANTS, ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_finds_its_text_exactly_once(mutant):
    text = (ROOT / mutant.file).read_text("utf8")
    assert text.count(mutant.old) == 1
    broken = text.replace(mutant.old, mutant.new)
    assert broken != text
    if mutant.file.endswith(".py"):
        ast.parse(broken)  # what Python cannot read is killed by any test


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_names_a_test_that_exists(mutant):
    file, name = mutant.test.split("::")
    defined = [
        node.name for node in ast.parse((ROOT / file).read_text("utf8")).body if isinstance(node, ast.FunctionDef)
    ]
    assert name in defined


def test_names_differ():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
