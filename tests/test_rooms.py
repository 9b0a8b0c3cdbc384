"""The house: who may import whom, and that nothing shadows Python's own modules."""

import ast
import sys
from pathlib import Path

import pytest

from tests.notebooks import ROOT

PACKAGE = ROOT / "code" / "third_optimizer"

# room -> what its files may import beside the standard library and the room itself
TABLE = {
    "world": {"numpy"},
    "theory": {"numpy", "scipy"},
    "base": {"numpy", "autograd"},
    "mesa": {"numpy", "autograd"},
    "meta": {"numpy", "joblib", "optuna", "sklearn", "threadpoolctl", "tqdm"},
    "experiments": {"numpy", "scipy", "sklearn"},
    "view": {
        "numpy",
        "altair",
        "ipywidgets",
        "anywidget",
        "traitlets",
        "yaml",
        "IPython",
        "filelock",
        "markdown_it",
        "mdit_py_plugins",
        "latex2mathml",
        "pygments",
        "sphinx",
        "myst_nb",
        "jupyter_cache",
        "nbclient",
        "threadpoolctl",
        "tqdm",
    },
}
ROOMS = {
    "mesa": {"world", "theory"},
    "meta": {"base", "mesa", "world", "theory"},
    "experiments": {"base", "mesa", "meta", "world", "theory"},
    "view": {"meta"},
}  # the other rooms a room may import


def imports(file):
    """What a file imports: top-level names, and rooms of ours as "third_optimizer.room"."""
    room = file.relative_to(PACKAGE).parts[0]
    for node in ast.walk(ast.parse(file.read_text("utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "third_optimizer":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
        elif isinstance(node, ast.ImportFrom):
            inside = file.relative_to(PACKAGE).parts[:-1]
            above = inside[: len(inside) - (node.level - 1)]
            assert above and above[0] == room, f"{file}: relative import leaves its room"


def rooms():
    return sorted(d.name for d in PACKAGE.iterdir() if d.is_dir() and d.name != "__pycache__")


def test_rooms_are_those_of_the_table():
    assert rooms() == sorted(TABLE)


@pytest.mark.parametrize("room", TABLE)
def test_imports_follow_the_table(room):
    for file in (PACKAGE / room).rglob("*.py"):
        for name in imports(file):
            top = name.split(".")[0]
            if top == "third_optimizer":
                assert name.split(".")[1] in ROOMS.get(room, set()) | {room}, f"{file.name} in {room}/ imports {name}"
            else:
                assert top in TABLE[room] | sys.stdlib_module_names, f"{file.name} in {room}/ imports {name}"


def test_nothing_shadows_the_standard_library():
    assert not (ROOT / "code" / "__init__.py").exists()


def test_the_package_used_is_this_one():
    import third_optimizer

    assert Path(third_optimizer.__file__).parent == PACKAGE
