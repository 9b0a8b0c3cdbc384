"""How fast, how heavy: `make bench` measures and prints a table; it asserts nothing.

    .venv/bin/python tests/bench.py [--only static live build weight memory]

A row is one measured thing: how many times it was measured, the median, the 95th percentile (below
20 measurements: lowest to highest), the target and whether it is met. A target is held against the
95th percentile, or the highest value. Units: 1 KB is 1,000 bytes. A missed target is printed and is
no failure. The table goes to stdout, progress to stderr. Run it while nothing else runs.
"""

import argparse
import gzip
import io
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, Python looks beside this file only

import nbformat
import numpy as np
from jupyter_cache import get_cache
from nbclient import NotebookClient
from tqdm import tqdm

from tests.chromium import chromium
from tests.conftest import ROOT, SITE, Page
from tests.notebooks import BOOK, chapters, notebooks, pages, read
from tests.test_contributing import copy_project
from tests.test_lab import jupyterlab
from third_optimizer.view.figures.explore import REST
from third_optimizer.view.site.execution import KERNEL_ENVIRONMENT

POSITIONS = 60  # of the dials of a built figure
PRESSES = 15  # of an arrow key, up and again down, on each live slider
REBUILDS = 3


def built(source):
    """The built page of a page's source."""
    return (SITE / source.relative_to(ROOT)).with_suffix(".html")


def settled(browser, source):
    """The built page of a page's source, opened from file:// and at rest: mathematics set, fonts there."""
    opened = Page(browser, built(source).as_uri())
    opened.page.wait_for_load_state("networkidle")
    opened.page.evaluate(
        "async () => { if (window.MathJax) await MathJax.startup.promise; await document.fonts.ready; }"
    )
    opened.page.wait_for_timeout(500)
    return opened


@dataclass
class Row:
    """One line of the table."""

    what: str
    values: list
    unit: str
    target: float | None = None

    def cells(self):
        values, n = np.asarray(self.values, float), len(self.values)
        high = np.percentile(values, 95) if n >= 20 else values.max()
        spread = f"{high:,.1f}" if n >= 20 else f"{values.min():,.1f} to {high:,.1f}" if n > 1 else ""
        judged = ("", "") if self.target is None else (f"{self.target:g}", "met" if high <= self.target else "MISSED")
        return (self.what, str(n), f"{np.median(values):,.1f}", spread, self.unit, *judged)


def table(part, rows):
    """Print the rows of one part under its name, in columns."""
    lines = [(part, "n", "median", "95% or range", "unit", "target", ""), *(row.cells() for row in rows)]
    width = max(len(line[0]) for line in lines)
    for what, n, median, spread, unit, target, met in lines:
        print(f"{what:<{width}}{n:>5}{median:>9}{spread:>20}  {unit:<4}{target:>7}  {met}".rstrip())
    print(flush=True)


# --- static: a dial of a built page -----------------------------------------------------------------

DIALS = "input[type=range], input[type=radio][data-dial]"

# JavaScript: a promise of the moments when the next frame begins and when it is painted (a message is handled after that).
PAINTED = """new Promise((resolve) => requestAnimationFrame((_, framed = performance.now()) => {
  const {port1, port2} = new MessageChannel();
  port1.onmessage = () => resolve([framed, performance.now()]);
  port2.postMessage(null);
}))"""

# Sent to a figure: turn dial number `dial` to `at`, wait for the picture, say what took how long.
TURN = """async (figure, [selector, dial, at]) => {
  const input = figure.querySelectorAll(selector)[dial], image = figure.querySelector('.t3-chart, svg');
  const chart = [...(ThirdOptimizer.charts ?? [])].find((chart) => chart.element === image), before = image.innerHTML;
  await new Promise((resolve) => setTimeout(resolve, 20 + 20 * Math.random()));  // any moment between two frames
  const began = performance.now();
  if (input.type === 'radio') input.click();
  else {
    input.value = at;
    input.dispatchEvent(new Event('input', {bubbles: true}));
  }
  await chart?.view.runAsync();  // returns when the run that the dial began has drawn; our own pictures draw at once
  const scripted = performance.now(), [framed, painted] = await PAINTED;
  return {script: scripted - began, work: scripted - began + painted - framed, picture: painted - began,
          moved: image.innerHTML !== before};
}""".replace("PAINTED", PAINTED)


def static():
    """A dial of a built page at rest, from file://, network cut: ms from its input event, at random positions.

    scripting: until our script and Vega have changed the page's elements (`set` until the run ended).
    work: scripting, and in the next frame the browser's style, layout and paint. What the GPU process does
    with the painted frame is not included. The target of 16 ms, one frame at 60 Hz, is for this row, of
    every figure: work that fits keeps up with a moving hand.
    picture: from the event to the end of that frame's paint; nothing subtracted. It includes the wait for
    the frame to begin, up to 16.7 ms however little there is to do, so it has no target of its own.
    Positions that show the same picture as the one before are left out; the first ones, cold, are not.
    """
    rows, rng = [], random.Random(20)
    with chromium() as browser:
        for source in pages():
            opened = settled(browser, source)
            for figure in opened.page.locator(f".t3-figure:has({DIALS}), .t3-ask:has(.t3-chart)").all():
                figure.scroll_into_view_if_needed()
                name = f"{source.stem} {figure.get_attribute('id').removeprefix(f'ask-{source.stem}-')}"
                ends = figure.evaluate(
                    "(figure, dials) => [...figure.querySelectorAll(dials)].map((d) => Number(d.max) || 0)", DIALS
                )
                turns = []
                for _ in tqdm(range(POSITIONS), name, leave=False):
                    dial = rng.randrange(len(ends))
                    turns.append(figure.evaluate(TURN, [DIALS, dial, rng.randint(0, ends[dial])]))
                turns = [turn for turn in turns if turn["moved"]]
                for key, what, target in (
                    ("script", "scripting", None),
                    ("work", "work: scripting and rendering", 16),
                    ("picture", "picture, with the wait for a frame", None),
                ):
                    rows.append(Row(f"{name}: {what}", [turn[key] for turn in turns], "ms", target))
            opened.close()
    return rows


# --- live: a slider in JupyterLab -------------------------------------------------------------------

# In the kernel: sum up the seconds that each figure's own functions take; print which figures are slow.
TIMED = """
import functools as _functools, gc as _gc, json as _json, time as _time
from third_optimizer.view.figures.explore import Explore as _Explore
_spent = {}
def _timed(id, function):
    @_functools.wraps(function)
    def run(*values, **named):
        began = _time.perf_counter()
        try:
            return function(*values, **named)
        finally:
            _spent[id] = _spent.get(id, 0) + _time.perf_counter() - began
    return run
_figures = [thing for thing in _gc.get_objects() if isinstance(thing, _Explore) and hasattr(thing, "live")]
for _figure in _figures:
    for _name in ("compute", "describe", "title"):
        setattr(_figure, _name, _timed(_figure.id, getattr(_figure, _name)))
print(_json.dumps({figure.id: figure.live.slow for figure in _figures}))
"""
SPENT = "print(_json.dumps(_spent)); _spent.clear()"

# Run code in the open notebook's kernel; its printed text.
IN_KERNEL = """async (code) => {
  const future = jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code, store_history: false});
  let printed = '';
  future.onIOPub = (message) => { if (message.header.msg_type === 'stream') printed += message.content.text; };
  await future.done;
  return printed;
}"""

# Before a key press: promise the ms from the key event's own time to the new text and to the painted frame after it.
ARM = """(reading) => {
  window.pressed = new Promise((resolve) => {
    let began;
    document.addEventListener('keydown', (event) => { began = event.timeStamp; }, {capture: true, once: true});
    const observer = new MutationObserver(async () => {
      observer.disconnect();
      const text = performance.now() - began, [, painted] = await PAINTED;
      resolve({text, picture: painted - began});
    });
    observer.observe(reading, {childList: true, characterData: true, subtree: true});
  });
}""".replace("PAINTED", PAINTED)


def with_all_cells(home):
    """`home`, with settings by which JupyterLab keeps cells in the page that are out of sight."""
    settings = home / "JUPYTERLAB_SETTINGS_DIR/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}')
    return home


def live():
    """A slider of each live figure of the first chapter in JupyterLab: ms from a press of an arrow key,
    each after the last one has been answered.

    text: until the figure's text has changed; the way through the widget, the kernel and back, and most of
    the drawing. computing: what the page's own functions (compute, describe, title) took for that very
    setting, timed in the kernel. The target of 50 ms is for the difference, press by press. A figure whose
    computing takes long waits for the slider to rest, on purpose: its wait is subtracted too, and said so.
    picture: until the frame with the new picture is painted, computing and waiting included.
    """
    chapter = chapters()[0]
    rows = []
    with tempfile.TemporaryDirectory() as home, jupyterlab(with_all_cells(Path(home))) as lab, chromium() as browser:
        tab = browser.new_context(viewport={"width": 1280, "height": 844}).new_page()
        tab.goto(f"{lab}/lab/workspaces/{chapter.stem}/tree/{chapter.name}")
        tab.wait_for_function(
            "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=60_000
        )
        tab.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
        tab.wait_for_selector("form.t3-ask[id*=quiz]", timeout=120_000)  # the last cell's output
        tab.wait_for_timeout(3000)
        for id, slow in json.loads(tab.evaluate(IN_KERNEL, TIMED)).items():
            output = tab.locator(f".jp-OutputArea-output:has(figure#{id})")
            presses, computing = [], []
            for slider in output.locator(".widget-slider .noUi-handle").all():
                slider.focus()
                for key in tqdm(
                    ["ArrowRight"] * PRESSES + ["ArrowLeft"] * PRESSES, f"{chapter.stem} {id}", leave=False
                ):
                    output.locator(".t3-reading").evaluate(ARM)
                    tab.keyboard.press(key)
                    presses.append(tab.evaluate("pressed"))
                    computing.append(1000 * json.loads(tab.evaluate(IN_KERNEL, SPENT))[id])
                    tab.wait_for_timeout(100)  # else the question asked here delays the next press's answer
            name, text = f"{chapter.stem} {id}", [press["text"] for press in presses]
            waited, said = (1000 * REST, f" and the wait of {1000 * REST:.0f}") if slow else (0, "")
            rows += [
                Row(f"{name}: text", text, "ms"),
                Row(f"{name}: computing", computing, "ms"),
                Row(f"{name}: text, without computing{said}", np.subtract(text, computing) - waited, "ms", 50),
                Row(f"{name}: picture", [press["picture"] for press in presses], "ms"),
            ]
    return rows


# --- build ------------------------------------------------------------------------------------------


def build():
    """`make book` in a fresh copy of the project (tracked and new files): seconds.

    from nothing: making the virtual environment, pip install without pip's cache (so the network counts),
    then executing and building everything with an empty cache; the two are also given apart. again: with
    the environment and the cache of before, nothing changed, or something added to one page's text, to its YAML file
    or to a style sheet. executing: of
    each page, as the first build ran them: a kernel on one core each, its start included.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")} | {
        "PIP_NO_CACHE_DIR": "1"
    }
    with tempfile.TemporaryDirectory() as folder, tqdm(total=2 + 4 * REBUILDS, desc="building") as bar:
        project = Path(folder) / "project"
        copy_project(project)

        def make(target):
            began = time.perf_counter()
            done = subprocess.run(
                ["make", f"PYTHON={sys.executable}", target],
                cwd=project,
                env=environment,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise SystemExit(
                    f"make {target} failed in a fresh copy of the project:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
                )
            bar.update()
            return time.perf_counter() - began

        install, first = make(".venv/.ready"), make("book")
        records = sorted(
            get_cache(project / "_build/.jupyter_cache").list_cache_records(), key=lambda record: record.uri
        )
        unchanged = [make("book") for _ in range(REBUILDS)]
        page = project / chapters()[0].relative_to(ROOT)
        additions = {
            page: "\nOne more sentence.\n",
            page.with_suffix(".yml"): "\n# a word\n",
            project / "code/third_optimizer/view/component.css": "\n.t3-figure { color: #123456; }\n",
        }
        changed = {file: [] for file in additions}
        for file, text in additions.items():
            for _ in range(REBUILDS):
                file.write_text(file.read_text("utf8") + text, "utf8")
                changed[file].append(make("book"))
    rows = [
        ("from nothing", [install + first], 120),
        ("from nothing: virtual environment", [install]),
        ("from nothing: the book", [first]),
        ("again, nothing changed", unchanged),
        *(
            (f"again, {file.name} changed", seconds, 8 if file.suffix == ".css" else 15)
            for file, seconds in changed.items()
        ),
    ]
    return [
        *(Row(f"make book {what}", seconds, "s", *target) for what, seconds, *target in rows),
        *(Row(f"executing {Path(record.uri).stem}", [record.data["execution_seconds"]], "s") for record in records),
    ]


# --- weight -----------------------------------------------------------------------------------------


def weight():
    """What each page makes the browser load: KB, every file gzip-compressed (fonts as they are).

    first visit: HTML, styles, scripts, fonts, MathJax and Vega where used; nothing in the browser's cache.
    further visit: only the files that no other page loads, which is what a page adds for a reader whose
    cache holds what pages share. That counts a library shared by several pages for none of them, so the
    rows below give what each page adds in the contents' order: the first page with mathematics or a figure
    then brings MathJax or Vega.
    """
    with chromium() as browser:
        loaded = {page: files_of(browser, page) for page in tqdm(pages(), "loading pages")}
    sizes = {file: packed(file) / 1000 for files in loaded.values() for file in files}
    first, further, in_order, seen = [], [], [], set()
    for page, files in loaded.items():
        others = set().union(*(loaded[other] for other in loaded if other != page))

        def size(chosen):
            return [sum(sizes[file] for file in chosen)]

        first.append(Row(f"{page.stem}: first visit", size(files), "KB", 1200))
        further.append(Row(f"{page.stem}: further visit, shared files in the cache", size(files - others), "KB", 150))
        in_order.append(
            Row(f"{page.stem}: in the contents' order, after the pages before it", size(files - seen), "KB")
        )
        seen |= files
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as site:
        for file in SITE.rglob("*"):
            site.write(file, file.relative_to(SITE))
    return [*first, *further, *in_order, Row("the whole site, zipped", [archive.tell() / 1000], "KB")]


def files_of(browser, source):
    """The files that the built page of `source` loads, late ones too (MathJax's fonts)."""
    opened = settled(browser, source)
    files = {Path(unquote(urlsplit(url).path)) for url in opened.requests if url.startswith("file:")}
    opened.close()
    return files


def packed(file):
    """Bytes that a server sends: gzip as most have it set, unless the file is packed already."""
    content = file.read_bytes()
    return min(len(content), len(gzip.compress(content, 6)))


# --- memory -----------------------------------------------------------------------------------------

# In the kernel, last. On Linux getrusage would also count the process that started the kernel.
PEAK = """
import re, resource, sys
try:
    print("PEAK", int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024)
except FileNotFoundError:
    print("PEAK", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def memory():
    """The most memory (resident set, MB) that a page's kernel ever held, run from top to bottom, one page at a
    time: as the build runs it, all positions of all dials computed, and live, with widgets. The browser, the
    server and Sphinx are not included.
    """
    rows = []
    for page in tqdm(notebooks(), "executing pages"):
        for way, environment in (
            ("for the built page", KERNEL_ENVIRONMENT),
            ("live", KERNEL_ENVIRONMENT | {"THIRD_OPTIMIZER_STATIC": ""}),
        ):
            with tempfile.TemporaryDirectory() as store:
                notebook = read(page)
                notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
                client = NotebookClient(
                    notebook,
                    timeout=300,
                    resources={"metadata": {"path": str(BOOK)}},
                    extra_arguments=["--log-level=40"],
                )
                client.execute(
                    env=os.environ | environment | {"THIRD_OPTIMIZER_ANSWERS": str(Path(store) / "answers.json")}
                )
            peak = int(notebook.cells[-1].outputs[0].text.split()[1])
            rows.append(Row(f"{page.stem}: {way}", [peak / 1e6], "MB", 1000))
    return rows


# --- the bench --------------------------------------------------------------------------------------

PARTS = {part.__name__: part for part in (static, live, build, weight, memory)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=f"of {', '.join(PARTS)}"
    )
    chosen = parser.parse_args().only
    missing = [built(page).name for page in pages() if not built(page).is_file()]
    if missing and {"static", "weight"} & set(chosen):
        raise SystemExit(
            f"There is no built site to measure (no {', '.join(missing)} in {SITE.relative_to(ROOT)}): run `make book` first."
        )
    os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")  # as the Makefile does
    load = os.getloadavg()[0]
    print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"load at the start {load:.1f}{' (something else is running)' if load > 0.5 else ''}\n",
        flush=True,
    )
    for name in chosen:
        table(name, PARTS[name]())


if __name__ == "__main__":
    main()
