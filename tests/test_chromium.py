"""How the tests come by a browser, on machines made up of a few small programs."""

import sys

import pytest

from tests import chromium

WORKS, FAILS = "#!/bin/sh\nexit 0\n", "#!/bin/sh\nexit 1\n"


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """machine(system, root=..., **programs): a PATH with these programs only, what is run is listed in `log`."""
    folder, log = tmp_path / "bin", tmp_path / "log"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("OS_RELEASE", str(tmp_path / "os-release"))
    monkeypatch.setattr(chromium, "downloaded", lambda: str(folder / "own") if (folder / "own").is_file() else None)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))

    def program(name, text):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)

    def begin(system, root, like="", **programs):
        (tmp_path / "os-release").write_text(f'NAME="x"\nID={system}\n' + (f'ID_LIKE="{like}"\n' if like else ""))
        monkeypatch.setattr(chromium.os, "geteuid", lambda: 0 if root else 1000)
        for name, text in programs.items():
            program(name.replace("_", "-"), text)

    begin.log, begin.folder = log, folder
    begin.makes = lambda name: (
        f'#!/bin/sh\necho "$0 $@" >> {log}\nprintf "#!/bin/sh\\n" > {folder}/{name}\n/bin/chmod 755 {folder}/{name}\n'
    )
    begin.ran = lambda: (
        [line.removeprefix(f"{folder}/") for line in log.read_text().splitlines()] if log.is_file() else []
    )
    return begin


def test_what_is_there_is_taken_and_nothing_is_run(machine):
    machine("debian", True, google_chrome=WORKS, apt_get=FAILS)
    assert chromium.bring() == str(machine.folder / "google-chrome") and machine.ran() == []


def test_a_name_that_does_not_start_is_passed_over(machine):
    """As Ubuntu's package of that name, without the snap it asks for."""
    machine("ubuntu", True, chromium=FAILS, own=WORKS)
    assert chromium.found() == str(machine.folder / "own")


def test_debian_brings_its_package(machine):
    machine("debian", True, env='#!/bin/sh\nshift\nexec "$@"\n', apt_get=machine.makes("chromium"), python=FAILS)
    assert chromium.bring() == str(machine.folder / "chromium")
    assert machine.ran()[0] == "apt-get update"


def test_sudo_without_a_password_is_used_and_one_with_is_not(machine):
    machine(
        "debian",
        False,
        sudo='#!/bin/sh\nshift\nexec "$@"\n',
        true=WORKS,
        env='#!/bin/sh\nshift\nexec "$@"\n',
        apt_get=machine.makes("chromium"),
    )
    assert chromium.bring() == str(machine.folder / "chromium") and "apt-get update" in machine.ran()[0]
    machine("debian", False, sudo=FAILS)
    assert chromium.rights() is None


def test_ubuntu_and_others_take_playwrights_download(machine):
    machine("ubuntu", True, python=machine.makes("own"), apt_get=FAILS)
    assert chromium.bring() == str(machine.folder / "own")
    assert machine.ran() == ["python -m playwright install --with-deps chromium"]
    (machine.folder / "own").unlink()
    machine("arch", False)
    assert chromium.bring() == str(machine.folder / "own")
    assert machine.ran()[1:] == ["python -m playwright install chromium"]


@pytest.mark.parametrize(
    ("system", "like"), [("raspbian", "debian"), ("linuxmint", "ubuntu debian"), ("pop", "ubuntu debian")]
)
def test_what_is_made_from_debian_brings_its_package(machine, system, like):
    machine(system, True, like, env='#!/bin/sh\nshift\nexec "$@"\n', apt_get=machine.makes("chromium"), python=FAILS)
    assert chromium.bring() == str(machine.folder / "chromium")
    assert machine.ran()[0] == "apt-get update"


def test_what_is_made_from_ubuntu_may_have_its_wrapper(machine):
    """The package is there and does not start: Playwright's download, with the libraries."""
    wrapper = f"#!/bin/sh\necho apt-get >> LOG\nprintf '{FAILS}' > BIN/chromium\n/bin/chmod 755 BIN/chromium\n"
    wrapper = wrapper.replace("LOG", str(machine.log)).replace("BIN", str(machine.folder))
    environment = '#!/bin/sh\nshift\nexec "$@"\n'
    machine("neon", True, "ubuntu debian", env=environment, apt_get=wrapper, python=machine.makes("own"))
    assert chromium.bring() == str(machine.folder / "own")
    assert machine.ran() == ["apt-get", "apt-get", "python -m playwright install --with-deps chromium"]


@pytest.mark.parametrize("programs", [{}, {"sudo": FAILS}], ids=["no sudo", "a sudo that asks"])
@pytest.mark.parametrize("system", ["debian", "ubuntu", "fedora"])
def test_without_rights_playwrights_download_is_the_way(machine, system, programs):
    machine(system, False, python=machine.makes("own"), **programs)
    assert chromium.bring() == str(machine.folder / "own")
    assert machine.ran() == ["python -m playwright install chromium"]


@pytest.mark.parametrize("root", [True, False])
def test_a_program_that_is_not_there_is_no_end(machine, root):
    """Neither apt-get nor even this Python: a sentence, and no trace of where it failed."""
    machine("debian", root)
    with pytest.raises(SystemExit, match="The tests need Chromium and found none"):
        chromium.bring()


def test_where_nothing_helps_one_sentence_says_what_to_do(machine):
    machine("debian", False, python=FAILS)
    with pytest.raises(
        SystemExit, match="apt-get install chromium; elsewhere: .*python -m playwright install chromium"
    ):
        chromium.bring()
