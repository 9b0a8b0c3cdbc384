"""How the code is laid out: ruff has nothing to say, no file is long, no line is wide, nothing imports a shadow."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import third_optimizer
from tests.notebooks import ROOT

LONGEST, WIDEST = 400, 120
PACKAGE = ROOT / "code/third_optimizer"
OURS = sorted(file for kind in ("py", "js", "css") for file in PACKAGE.rglob(f"*.{kind}") if "vendor" not in file.parts)


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(command):
    done = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr}\nmake format mends the layout"


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_no_file_is_long_and_no_line_is_wide(file):
    lines = file.read_text("utf8").splitlines()
    assert len(lines) <= LONGEST, f"{len(lines)} lines"
    assert [number for number, line in enumerate(lines, 1) if len(line) > WIDEST] == []


def test_every_module_is_what_its_name_says():
    """`import third_optimizer.a.b as b` gives the module, never a function of the same name."""
    for found in pkgutil.walk_packages(third_optimizer.__path__, "third_optimizer."):
        if found.name.endswith(".site.extension"):
            continue  # Sphinx's
        module = importlib.import_module(found.name)
        parent, _, name = found.name.rpartition(".")
        assert getattr(sys.modules[parent], name) is module, found.name
