"""What several tests share: the built site, a browser that cannot reach the network, a fresh store."""

import os
import signal
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from tests.chromium import chromium
from third_optimizer.view.game import training
from third_optimizer.view.questions import answers

ROOT = Path(__file__).parents[1]
SITE = ROOT / "_build" / "html"


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """As what is stored was made; threads that wait for a busy processor take twenty times as long."""
    import scipy.linalg  # noqa: F401 (its own BLAS must be there to be limited)

    with threadpool_limits(1):
        yield


@pytest.fixture(autouse=True, scope="session")
def interrupts():
    """A shell that starts the suite in the background lets it, and all that it starts, ignore Ctrl-C: not here."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def reader_of_this_test(tmp_path, monkeypatch):
    """No test writes into a reader's answers or tries, and none finds what another could not write."""
    answers.unwritten.clear()
    answers.said = ""
    training.Tries.unwritten.clear()
    monkeypatch.setenv("THIRD_OPTIMIZER_ANSWERS", str(tmp_path / "answers.json"))
    monkeypatch.setenv("THIRD_OPTIMIZER_TRIES", str(tmp_path / "tries.db"))
    for name, value in (("unwritten", []), ("trouble", None), ("said", "")):
        monkeypatch.setattr(answers, name, value)


@pytest.fixture
def static(monkeypatch):
    """Outputs as on a built page."""
    monkeypatch.setenv("THIRD_OPTIMIZER_STATIC", "1")


@pytest.fixture(scope="session")
def site():
    """The built site's folder; `make test` builds it first."""
    if not (SITE / "index.html").is_file():
        pytest.fail("no built site: run `make book` first (`make test` does)")
    return SITE


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


UNVEIL = """addEventListener("DOMContentLoaded", () => {
  const style = document.createElement("style");
  style.textContent = ".t3-veil { display: none !important } .t3-veiled { display: block !important }";
  document.head.append(style);
});"""


WRITTEN = 200  # ms between what a document does last and its end


def waiting(leave, page):
    """`leave` (reload, goto, go_back), but not sooner than a hand could: Chromium brings what a document writes from its
    process to the next one's in its own time, on a busy processor after the next one has begun to read."""

    def begin(*at, **options):
        page.wait_for_timeout(WRITTEN)
        return leave(*at, **options)

    return begin


class Page:
    """A page of the site opened from file:// with the network cut; keeps what went wrong on it. What a guess comes before
    is shown, but with veiled=True."""

    def __init__(self, browser, address, width=1280, theme="light", veiled=False, **context):
        self.context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=theme, offline=True, **context
        )
        self.page = self.context.new_page()
        self.errors, self.requests = [], []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if not veiled:
            self.page.add_init_script(UNVEIL)
        self.page.goto(address)
        self.page.wait_for_selector("html[data-t3-ready]", state="attached")
        for name in ("reload", "goto", "go_back"):
            setattr(self.page, name, waiting(getattr(self.page, name), self.page))

    def outside(self):
        """Requests to anything but files, data and blobs."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]

    def close(self):
        self.context.close()


@pytest.fixture
def open_page(browser, site):
    """open_page("book/index", width=390, theme="dark") -> Page."""
    opened = []

    def open(name, **options):
        fragment = ""
        if "#" in name:
            name, fragment = name.split("#", 1)
            fragment = "#" + fragment
        opened.append(Page(browser, f"{(site / name).as_uri()}.html{fragment}", **options))
        return opened[-1]

    yield open
    for page in opened:
        page.close()


@pytest.fixture
def kernel_environment(tmp_path):
    """Environment of a live kernel (no static drawing), with a store of its own."""
    environment = {key: value for key, value in os.environ.items() if key != "THIRD_OPTIMIZER_STATIC"}
    return environment | {
        "THIRD_OPTIMIZER_ANSWERS": str(tmp_path / "answers.json"),
        "THIRD_OPTIMIZER_TRIES": str(tmp_path / "tries.db"),
    }
