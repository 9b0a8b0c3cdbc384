"""Chromium for the browser tests. Run as a script it is found, or brought where that can be done, or one sentence says how.

It is looked for on the PATH, then among Playwright's own downloads. Missing, it is brought by the packages of Debian and
of what is made from it (as root, or with a sudo that asks for no password), else by Playwright's download, to which root
adds the libraries. Ubuntu's own package is a wrapper for a snap, which a test cannot drive.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A quiet browser: without the last four, it looks up hosts of its own at every start.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HELP = "The tests need Chromium and found none. On Debian: apt-get install chromium; elsewhere: {} -m playwright install chromium"


def runs(path):
    """Whether what stands at `path` is a browser that starts: Ubuntu's `chromium` may be a note that there is a snap."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def downloaded():
    """Where Playwright would have put its own Chromium, or None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def found():
    """Path of a Chromium that starts, or None."""
    paths = [*map(shutil.which, NAMES), downloaded()]
    return next((path for path in paths if path and runs(path)), None)


def executable():
    """Path of Chromium; SystemExit with the command that brings it if there is none."""
    return found() or sys.exit(HELP.format(sys.executable))


def system():
    """What the system is, as /etc/os-release has it: its ID, then what it is like: ["linuxmint", "ubuntu", "debian"], ..."""
    release = Path(os.environ.get("OS_RELEASE", "/etc/os-release"))
    lines = release.read_text("utf8").splitlines() if release.is_file() else []
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    return [name for key in ("ID", "ID_LIKE") for name in said.get(key, "").strip("\"'").split()]


def rights():
    """What stands before a command that needs root: nothing as root, a sudo that asks for nothing, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def ways():
    """Commands that may bring Chromium here, the best first; a way is a list of commands."""
    root, names, playwright = rights(), system(), [sys.executable, "-m", "playwright", "install"]
    if root is not None and "debian" in names and names[0] != "ubuntu":
        install = [
            *root,
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "install",
            "-y",
            "--no-install-recommends",
        ]
        yield [[*root, "apt-get", "update"], [*install, "chromium"]]
    if root is not None and {"debian", "ubuntu"} & set(names):
        yield [[*playwright, "--with-deps", "chromium"]]
    yield [[*playwright, "chromium"]]


def bring():
    """Path of Chromium, brought if it was not there; SystemExit with the command if it cannot be."""
    if path := found():
        return path
    for way in ways():
        for command in way:
            print("no Chromium yet:", " ".join(command), file=sys.stderr)
            try:
                if subprocess.run(command).returncode:
                    break
            except OSError:  # no such program here
                break
        if path := found():
            return path
    return executable()


@contextmanager
def chromium():
    """A running browser, as Playwright drives it."""
    from playwright.sync_api import sync_playwright

    path = executable()  # before Playwright runs: it does so once at a time
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


if __name__ == "__main__":
    print("browser for the tests:", bring(), file=sys.stderr)
