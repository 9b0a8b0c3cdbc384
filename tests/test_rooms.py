"""The house: who may import whom, as the book's own page says it, and that nothing shadows Python's own modules."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.notebooks import BOOK, ROOT

PACKAGE = ROOT / "code" / "third_optimizer"
HOUSE = (BOOK / "house.md").read_text("utf8")


def table(number):
    """{room: what its row lets it import} of the page's first or second table."""
    rows = re.findall(r"^\|[^\n]*\|$", HOUSE.split("| room | holds |")[number + 1], re.M)[1:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {
        room.strip("`"): {name.strip(" `") for name in allowed.split(",") if name.strip()} for room, _, allowed in cells
    }


ROOMS, INSIDE_VIEW = table(0), table(1)


def imports(file, package=PACKAGE):
    """What a file imports, as dotted names; what is ours begins with "third_optimizer", however it is written."""
    here = ("third_optimizer", *file.relative_to(package).parts[:-1])
    for node in ast.walk(ast.parse(file.read_text("utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = here[: len(here) - node.level + 1] if node.level else ()
            yield from (".".join((*start, *filter(None, [node.module]), alias.name)) for alias in node.names)


def files(folder):
    return sorted((PACKAGE / folder).rglob("*.py"))


def rooms(folder=PACKAGE):
    return sorted(inner.name for inner in folder.iterdir() if (inner / "__init__.py").is_file())


def test_the_page_lists_the_rooms_there_are():
    assert rooms() == sorted(ROOMS) and rooms(PACKAGE / "view") == sorted(INSIDE_VIEW)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_follow_the_table(room):
    for file in files(room):
        for name in imports(file):
            top, *inner = name.split(".")
            if top == "third_optimizer":
                assert inner[0] in ROOMS[room] | {room}, f"{file.name} in {room}/ imports {name}"
            else:
                assert top in ROOMS[room] | sys.stdlib_module_names, f"{file.name} in {room}/ imports {name}"


@pytest.mark.parametrize("room", INSIDE_VIEW)
def test_the_rooms_of_view_stand_on_one_another(room):
    for file in files(f"view/{room}"):
        for name in imports(file):
            if name.startswith("third_optimizer.view."):
                assert name.split(".")[2] in INSIDE_VIEW[room] | {room, "component"}, f"{file.name} imports {name}"


def test_a_component_stands_below_all_rooms_of_view():
    assert not [name for name in imports(PACKAGE / "view/component.py") if name.startswith("third_optimizer")]


def test_no_row_allows_what_nobody_imports():
    for room, allowed in ROOMS.items():
        used = {part for file in files(room) for name in imports(file) for part in name.split(".")[:2]}
        assert allowed <= used, f"{room} does not import {sorted(allowed - used)}"


def test_every_place_on_the_page_exists():
    """`folder/file.py` is a file of the package, and the names that follow it in the sentence are in it."""
    found = re.findall(r"`([a-z]+/[\w/]+\.(?:py|js))`((?: `\w+`|,? (?:and )?`\w+`)*)", HOUSE)
    assert len(found) > 5
    for path, names in found:
        source = (PACKAGE / path).read_text("utf8")
        for name in re.findall(r"`(\w+)`", names):
            assert re.search(rf"\b{name}\b", source), f"{path} has no {name}"


def test_nothing_shadows_the_standard_library():
    assert not (ROOT / "code" / "__init__.py").exists()


def test_the_package_used_is_this_one():
    import third_optimizer

    assert Path(third_optimizer.__file__).parent == PACKAGE
