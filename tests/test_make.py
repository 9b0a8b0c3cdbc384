"""The Makefile and the scripts around it, with a Python that writes down what it is asked instead of doing it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.notebooks import ROOT
from third_optimizer.view.site.serve import server

# Makes an environment as `venv` does, runs scripts for real, and of the rest says what reached it.
PYTHON = """#!/bin/sh
case "$1 $2" in
"-m venv")
  test "$3" = --clear && rm -rf .venv
  mkdir -p .venv/bin && cp "$0" .venv/bin/python
  echo "command = $0 -m venv $(test "$3" = --clear && echo "--clear ")$(pwd -P)/.venv" > .venv/pyvenv.cfg
  echo "made $*" >> log ;;
"code/alone.py make"|"-c "*) exec {python} "$@" ;;
"-m pip") echo "installed" >> log ;;
"-m third_optimizer.view.site.build")
  echo "built in $(pwd -P) with ${{PYTHONPATH}}${{PYTHONSTARTUP}}${{JUPYTER_PATH}}${{PYTHONNOUSERSITE}}" >> log
  test -z "$SLOW" || {{ sleep 2; echo "done" >> log; }} ;;
*) echo "unknown $*" >> log; exit 1 ;;
esac
"""


@pytest.fixture
def folder(tmp_path):
    """A folder, with a character or two that shells know, as `make` sees the project in it."""
    folder = tmp_path / "it's (a) b"
    for name in ("Makefile", "requirements.txt", "tests/requirements.txt", "code/pyproject.toml", "code/alone.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    python = tmp_path / "python"
    python.write_text(PYTHON.format(python=sys.executable))
    python.chmod(0o755)
    return folder


def begin(folder, *what, **environment):
    """A `make` that has begun, with what it says in a pipe."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.Popen(
        ["make", f"PYTHON={folder.parent / 'python'}", *what],
        cwd=folder,
        env=given | environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def make(folder, *what, **environment):
    """What the fake Python was asked."""
    running = begin(folder, *what, **environment)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 0, said
    lines = (folder / "log").read_text().splitlines()
    (folder / "log").unlink()
    return lines


def test_an_environment_is_made_once(folder):
    assert [line.split()[0] for line in make(folder, "book")] == ["made", "installed", "built"]
    assert [line.split()[0] for line in make(folder, "book")] == ["built"]
    os.utime(folder / "requirements.txt")
    assert make(folder, "book")[0].startswith("made -m venv .venv"), "what is there is kept"


@pytest.mark.parametrize("how", [shutil.copytree, shutil.move], ids=["copied", "moved"])
def test_a_folder_that_was_copied_or_moved_gets_an_environment_of_its_own(folder, how):
    make(folder, "book")
    other = folder.parent / "other"
    how(folder, other)
    made, installed, built = make(other, "book")
    assert made.startswith("made -m venv --clear .venv") and built.startswith(f"built in {other.resolve()} ")
    assert len(make(other, "book")) == 1


def test_an_environment_whose_python_is_gone_is_made_anew(folder):
    make(folder, "book")
    (folder / ".venv/bin/python").unlink()
    (folder / ".venv/bin/python").symlink_to("/nowhere/python3")
    assert make(folder, "book")[0].startswith("made -m venv --clear .venv")


@pytest.mark.parametrize(("name", "fits"), [("{x}", False), ("a}", False), ("$HOME", False), ("5$ %", True)])
def test_a_folder_in_which_the_package_cannot_be_built_is_said(folder, name, fits):
    """setuptools takes {x} and $x in a path for its own variables."""
    other = folder.parent / name
    shutil.move(folder, other)
    running = begin(other, "book")
    said, _ = running.communicate(timeout=60)
    assert (running.returncode == 0) == fits == (other / "log").is_file()
    assert (f"The path of this folder, {other.resolve()}, holds a brace" in said) != fits and "Traceback" not in said


def test_nothing_of_the_readers_own_python_reaches_the_build(folder):
    own = {"PYTHONPATH": "mine", "PYTHONSTARTUP": "start.py", "JUPYTER_PATH": "kernels"}
    assert make(folder, "book", **own)[-1].endswith(" with 1")  # PYTHONNOUSERSITE alone
    install = subprocess.run(
        ["make", "-n", "-B", ".venv/.ready", "THIRD_OPTIMIZER_ALONE=1"], cwd=folder, capture_output=True, text=True
    )
    assert "pip install --no-user" in install.stdout  # whatever PIP_USER or a pip.conf says


def test_a_second_make_waits_for_the_first(folder):
    running = [begin(folder, "book", SLOW="1") for _ in range(2)]
    said = [one.communicate(timeout=60)[0] for one in running]
    assert [one.returncode for one in running] == [0, 0], said
    assert sum("waits until it is done" in words for words in said) == 1
    lines = [line.split()[0] for line in (folder / "log").read_text().splitlines()]
    assert lines == ["made", "installed", "built", "done", "built", "done"]


# --- make serve ------------------------------------------------------------------------------------------


def serve(folder, port):
    return subprocess.Popen(
        [sys.executable, "-m", "third_optimizer.view.site.serve", str(folder), str(port)],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_the_site_is_served_until_ctrl_c(tmp_path):
    (tmp_path / "index.html").write_text("the book")
    port = free_port()
    serving = serve(tmp_path, port)
    assert f"open http://localhost:{port}/" in serving.stdout.readline()
    assert urllib.request.urlopen(f"http://localhost:{port}/").read() == b"the book"
    serving.send_signal(signal.SIGINT)
    _, said = serving.communicate(timeout=20)
    assert serving.returncode == 0 and "Traceback" not in said


def test_a_port_in_use_is_said_and_no_address(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        serving = serve(tmp_path, port)
        shown, said = serving.communicate(timeout=60)
    assert serving.returncode == 1 and "http://" not in shown
    assert re.fullmatch(rf"Port {port} cannot be had \(.*in use\): make serve PORT=\d+, or end what uses it\n", said)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty", "８０"])
def test_a_port_that_is_none_is_named_with_the_range(tmp_path, port):
    with pytest.raises(SystemExit, match=rf"PORT is '{port}'; .* from 1 to 65535"):
        server(tmp_path, port)


# --- a clone ---------------------------------------------------------------------------------------------


def test_a_clone_with_line_ends_of_windows_keeps_its_scripts(tmp_path):
    """With core.autocrlf, git writes CRLF into whatever .gitattributes does not hold."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    for name in names.stdout.splitlines():
        if (ROOT / name).is_file() and not name.endswith(".npz"):
            (tmp_path / "a" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / "a" / name)

    def git(*command):
        quiet = ["git", "-c", "core.autocrlf=true", "-c", "user.name=x", "-c", "user.email=x@x", *command]
        subprocess.run(quiet, cwd=tmp_path / "a", check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "all")
    git("clone", ".", "../b")
    changed = [
        file
        for file in (tmp_path / "b").rglob("*")
        if file.is_file()
        and ".git" not in file.relative_to(tmp_path / "b").parts
        and file.read_bytes() != (tmp_path / "a" / file.relative_to(tmp_path / "b")).read_bytes()
    ]
    assert changed == []
