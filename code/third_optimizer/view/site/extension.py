"""The page's side of the book: a Sphinx extension that executes the notebooks and dresses the pages.

It does four things, and the built site depends on each:

1. **Execution.** Before Sphinx reads a page, every notebook of `_toc.yml` is executed into
   jupyter-cache, several at once, unless the cache already holds it *for exactly these sources*
   (see :func:`page_key`). MyST-NB then finds every page in the cache.
2. **Assets.** Our styles and scripts, and the vendored bundles, are copied from the package.
3. **Weight.** Vega is asked for only by pages that hold a chart.
4. **Silence.** Nothing on any page asks another host for anything.
"""

import hashlib
import os
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.errors import ExtensionError
from sphinx.util import logging

from .. import component

HERE = Path(__file__).parent
VIEW = HERE.parent
PACKAGE = HERE.parents[2]  # the folder with pyproject.toml
logger = logging.getLogger(__name__)

# What a kernel of the build sees: pages are drawn for readers without a kernel, and a page is
# executed on one core whatever the machine, so that its stated seconds mean something.
KERNEL_ENVIRONMENT = {
    "THIRD_OPTIMIZER_STATIC": "1",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


# --- execution ---------------------------------------------------------------------------------


def dependencies(root):
    """Every file under the project's `root` that any page may depend on, sorted.

    These are the package, everything in `book/` that is not itself a page (quiz files, claims,
    checkers, stored data) and the requirements. A page's own text is added by :func:`page_key`.
    """
    root = Path(root)
    files = [root / "requirements.txt", *PACKAGE.rglob("*"), *(root / "book").rglob("*")]
    return sorted(
        {
            f.resolve()
            for f in files
            if f.is_file()
            and f.suffix not in {".md", ".pyc"}
            and not any(part.startswith(".") or part.endswith(".egg-info") or part == "__pycache__" for part in f.parts)
        }
    )


def shared_fingerprint(root):
    """Hex digest of everything all pages depend on; see :func:`dependencies`."""
    digest = hashlib.sha256(os.sys.version.encode())
    for file in dependencies(root):
        digest.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def page_key(page, shared):
    """The key under which the outputs of `page` (a path) are valid: its own text and `shared`.

    jupyter-cache by itself looks only at a notebook's code cells. An output also depends on the
    package, on the data beside the page, and (reading minutes) on the page's prose.
    """
    return hashlib.sha256(shared.encode() + Path(page).read_bytes()).hexdigest()


def run(notebook, folder, timeout):
    """Execute `notebook` (in place) in `folder`, `timeout` seconds a cell; returns the seconds taken."""
    from nbclient import NotebookClient

    began = time.perf_counter()
    NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=notebook.metadata.kernelspec.name,
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        extra_arguments=["--log-level=40"],  # a kernel on this machine's loopback warns of eavesdroppers
    ).execute()
    return time.perf_counter() - began


def execute_pages(app):
    """Execute every notebook the cache does not hold under its current key, in parallel."""
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from myst_nb.core.read import create_nb_reader
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from tqdm import tqdm

    os.environ.update(KERNEL_ENVIRONMENT)
    config = app.env.mystnb_config
    cache = get_cache(config.execution_cache_path)
    shared = shared_fingerprint(app.srcdir)

    stale = []
    for document in app.config.external_site_map:
        page = Path(app.env.doc2path(document))
        reader = create_nb_reader(str(page), app.env.myst_config, config, page.read_text("utf8"))
        if reader is None:
            continue
        notebook, key = reader.read(page.read_text("utf8")), page_key(page, shared)
        try:
            fresh = cache.match_cache_notebook(notebook).data.get("key") == key
        except KeyError:
            fresh = False
        if not fresh:
            stale.append((page, notebook, key))
    if not stale:
        return

    failed = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # each kernel is a process of its own
        running = {
            pool.submit(run, notebook, page.parent, config.execution_timeout): (page, notebook, key)
            for page, notebook, key in stale
        }
        for done in tqdm(as_completed(running), "executing notebooks", len(running), unit="page"):
            page, notebook, key = running[done]
            try:
                seconds = done.result()
            except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
                failed.append(f"{page.name}: {type(problem).__name__}: {problem}")
                continue
            cache.cache_notebook_bundle(
                CacheBundleIn(notebook, str(page), data={"execution_seconds": seconds, "key": key}),
                check_validity=False,
                overwrite=True,
            )
    if failed:
        raise ExtensionError("a notebook failed:\n\n" + "\n\n".join(failed))


# --- the page ----------------------------------------------------------------------------------

STYLES = [*component.STYLES, "site/book.css"]
SCRIPTS = list(component.SCRIPTS)
ASSETS = [*STYLES, *SCRIPTS, "site/favicon.svg", "site/fonts", "vendor"]  # below view/, and below _static/ on the site
BUNDLES = {name: [f"vendor/{file}" for file in files] for name, files in component.BUNDLES.items()}
THEME = {
    "use_download_button": False,  # the bar above a page is ours: templates/sections/header-article.html
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# The theme's icon font (half a megabyte of script for seven icons); book.css draws those we need.
UNWANTED = re.compile(r'\s*<script src="[^"]*fontawesome\.js[^"]*"></script>')


def gathered(folder):
    """`folder`, made anew with a copy of the ASSETS: they stand beside their Python, which no page needs."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ASSETS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (VIEW / name).is_dir() else shutil.copy)(VIEW / name, folder / name)
    return folder


def configure(app, config):
    """Point Sphinx at the package's assets and keep the network out of every page."""
    config.html_static_path.append(str(gathered(Path(app.srcdir) / "_build" / ".static")))
    config.templates_path.insert(0, str(HERE / "templates"))
    config.mathjax_path = "vendor/mathjax/tex-chtml.js"
    config.nb_ipywidgets_js = {}
    # Here and not in _config.yml: given there they would replace what Jupyter Book sets, the repository's address too.
    config.html_theme_options |= THEME
    # Keyed by content: see execute_pages. Outside _build/html, so a clean site keeps its cache.
    config.nb_execution_cache_path = str(Path(app.srcdir) / "_build" / ".jupyter_cache")


def repository_links(config, page):
    """Addresses that exist only once `repository: url:` is set in `_config.yml`; else empty.

    Returns a dict: `repository`, `source` (the page on the host), `binder` (the page in Lab).
    """
    options = config.html_theme_options
    url, branch = options.get("repository_url", "").rstrip("/"), options.get("repository_branch") or "main"
    if not url:
        return {}
    owner_name = urlsplit(url).path.strip("/")
    return {
        "repository": url,
        "source": f"{url}/blob/{branch}/{page}",
        "binder": f"https://mybinder.org/v2/gh/{owner_name}/{branch}?urlpath=lab/tree/{page}",
    }


def dress_page(app, pagename, templatename, context, doctree):
    """Give a page the scripts it needs, no others, and the links its menu may show."""
    if "data-t3-chart" in context.get("body", ""):
        for script in BUNDLES["vega"]:
            app.add_js_file(script, priority=400, loading_method="defer")
    if 'data-t3="game"' in context.get("body", ""):
        for script in BUNDLES["qr"]:  # for pages with a game
            app.add_js_file(script, priority=400, loading_method="defer")
    context["t3_links"] = repository_links(app.config, f"{pagename}.md")


def write_runs(app, exception):
    """Put the atlas beside the page's scripts, if the book has one: pages opened from a disk may not fetch it."""
    atlas = Path(app.srcdir) / "book" / "data" / "atlas.npz"
    if exception or app.builder.format != "html" or not atlas.is_file():
        return
    from third_optimizer.meta import Grid

    from ..game.runs import script

    name, text = script(Grid.load(atlas))
    folder = Path(app.outdir) / "_static" / "game"
    for old in folder.glob("runs-*.js"):
        old.unlink()
    (folder / name).write_text(text, "utf8")


def drop_unwanted(app, exception):
    """Remove the theme's icon script from the written pages (its template has no switch for it)."""
    if exception or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for page in out.rglob("*.html"):
        text = page.read_text("utf8")
        page.write_text(UNWANTED.sub("", text), "utf8")
    for pattern in (
        "_static/scripts/fontawesome.js*",
        "_static/vendor/fontawesome/**/*",
        "_static/**/*.map",
        "_static/*macros.html",
    ):
        for leftover in out.glob(pattern):
            if leftover.is_file():
                leftover.unlink()


def setup(app):
    """Register with Sphinx; listed under `extensions` in `_config.yml`."""
    # After Jupyter Book's own handlers (500), which set what we correct.
    app.connect("config-inited", configure, priority=900)
    app.connect("builder-inited", execute_pages, priority=900)
    app.connect("html-page-context", dress_page)
    app.connect("build-finished", write_runs)
    app.connect("build-finished", drop_unwanted)
    for style in STYLES:
        app.add_css_file(style, priority=900)
    for script in SCRIPTS:
        app.add_js_file(script, priority=600, loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
