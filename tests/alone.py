"""A page with nothing on it but one figure: how it is written, and how a test opens it."""

from contextlib import contextmanager

from tests.conftest import Page
from tests.games import VIEW
from third_optimizer.view.component import SCRIPTS, STYLES

STORE = """const kept = {}, heard = [];
  window.store = { get: (id) => kept[id], put: (id) => { kept[id] = {}; heard.forEach((f) => f()); }, listen: (f) => heard.push(f) };"""


def page_of(folder, component, begin):
    """The address of a page in `folder` that holds the component. begin: what page.js does for it, in JavaScript, with
    `host`, its element, and `spec`."""
    styles = "".join(f'<link rel="stylesheet" href="{(VIEW / name).as_uri()}">' for name in STYLES)
    scripts = "".join(f'<script src="{(VIEW / name).as_uri()}"></script>' for name in SCRIPTS if name != "page.js")
    page = folder / "alone.html"
    page.write_text(
        f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Alone</title>{styles}
      <style>html {{ background: var(--t3-paper); color: var(--t3-ink); }} main {{ max-width: 50rem; margin: auto; padding: 1rem; }}</style>
      <script>document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";</script></head>
      <body><main><h1>Alone</h1>{component.html()}</main>{scripts}<script>
      const host = document.querySelector("[data-t3]"), spec = JSON.parse(host.querySelector("script").textContent);
      {begin}
      document.documentElement.dataset.t3Ready = "true";</script></body></html>""",
        "utf8",
    )
    return page.as_uri()


@contextmanager
def opening(browser, address, figure):
    """begin(width=390, ...) -> (Playwright's page, what the selector `figure` names), with less motion unless asked for.
    In the end no page has thrown, and none has asked for anything from elsewhere."""
    opened = []

    def begin(motion="reduce", hash="", **options):
        opened.append(Page(browser, address + hash, reduced_motion=motion, **options))
        opened[-1].page.set_default_timeout(8_000)
        return opened[-1].page, opened[-1].page.locator(figure)

    yield begin
    for page in opened:
        assert page.errors == [] and page.outside() == []
        page.close()
