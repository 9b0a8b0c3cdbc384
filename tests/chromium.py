"""Find Chromium for the browser tests; run as a script, say what to install when it is missing."""

import shutil
import sys
from contextlib import contextmanager

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


def executable():
    """Path of Debian's `chromium` (or what other systems call it); SystemExit naming the package if there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise SystemExit("The tests need Chromium and found none. On Debian: apt-get install chromium")


@contextmanager
def chromium():
    """A running browser, as Playwright drives it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


if __name__ == "__main__":
    print("browser for the tests:", executable(), file=sys.stderr)
