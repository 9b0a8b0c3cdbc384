"""The page's side of the book: a Sphinx extension that executes the notebooks and dresses the pages.

It does seven things, and the built site depends on each:

1. **Execution.** Before Sphinx reads a page, every notebook of `_toc.yml` is executed into
   jupyter-cache, several at once, unless the cache already holds it *for exactly what it depends on*
   (`execution.py`). MyST-NB then finds every page in the cache.
2. **Assets.** Our styles and scripts, and the vendored bundles, are copied from the package.
3. **Weight.** Vega is asked for only by pages that hold a chart.
4. **Setting.** No line breaks within "η = 1.5".
5. **Minutes.** What is said of a page as a whole is filled in when all are written (`minutes.py`).
6. **Silence.** Nothing on any page asks another host for anything.
7. **Tidiness.** What is no longer in the book, a page or a script, leaves the built site too.
"""

import re
import shutil
from functools import partial
from pathlib import Path

from docutils import nodes

from .. import component
from ..figures.saying import typeset
from .execution import Runs
from .minutes import fill
from .repository import repository_links

HERE = Path(__file__).parent
VIEW = HERE.parent

# --- the page ----------------------------------------------------------------------------------

DRESS = ("fonts", "theme", "prose", "cells", "bar", "sidebar", "search", "paper")
STYLES = [*component.STYLES, *(f"site/{name}.css" for name in DRESS)]  # in the order of the cascade
BOOK = "site/book.css"  # all of them, as a page loads them; beside site/fonts/, which they name
SCRIPTS = [*component.SCRIPTS, "site/code.js", "site/print.js"]
ASSETS = [*SCRIPTS, "site/favicon.svg", "site/fonts", "vendor"]  # below view/, and below _static/ on the site
BUNDLES = {name: [f"vendor/{file}" for file in files] for name, files in component.BUNDLES.items()}
THEME = {
    "use_download_button": False,  # the bar above a page is ours: templates/sections/header-article.html
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# The theme's icon font (half a megabyte of script for seven icons); bar.css draws those we need.
UNWANTED = re.compile(r'\s*<script src="[^"]*fontawesome\.js[^"]*"></script>')


def gathered(folder):
    """`folder`, made anew with a copy of the ASSETS, which stand beside their Python, and the STYLES in one file."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ASSETS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (VIEW / name).is_dir() else shutil.copy)(VIEW / name, folder / name)
    (folder / BOOK).write_text("\n".join((VIEW / name).read_text("utf8") for name in STYLES), "utf8")
    return folder


def configure(app, config):
    """Point Sphinx at the package's assets and keep the network out of every page."""
    config.html_static_path.append(str(gathered(Path(app.srcdir) / "_build" / ".static")))
    config.templates_path.insert(0, str(HERE / "templates"))
    config.mathjax_path = "vendor/mathjax/tex-chtml.js"
    config.nb_ipywidgets_js = {}
    # Here and not in _config.yml: given there they would replace what Jupyter Book sets, the repository's address too.
    config.html_theme_options |= THEME
    # Keyed by content: see execution.py. Outside _build/html, so a clean site keeps its cache.
    config.nb_execution_cache_path = str(Path(app.srcdir) / "_build" / ".jupyter_cache")


def dress_page(app, pagename, templatename, context, doctree):
    """Give a page the scripts it needs, no others, and the links its menu may show."""
    if "data-t3-chart" in context.get("body", ""):
        for script in BUNDLES["vega"]:
            app.add_js_file(script, priority=400, loading_method="defer")
    if 'data-t3="game"' in context.get("body", ""):
        for script in BUNDLES["qr"]:  # for pages with a game
            app.add_js_file(script, priority=400, loading_method="defer")
    source = app.env.doc2path(pagename, False) if pagename in app.env.found_docs else None
    context["t3_links"] = repository_links(app.config, source) if source else {}


def set_prose(app, doctree):
    """Set a page's own prose as the texts of its components are set."""
    for text in list(doctree.findall(nodes.Text)):
        code = isinstance(text.parent, nodes.literal | nodes.FixedTextElement | nodes.math | nodes.raw | nodes.comment)
        if not code and (better := typeset(text)) != text:
            text.parent.replace(text, nodes.Text(better))


def clear(app, env):
    """Before the first page is written: what a build from nothing copies or makes anew must not stand there already."""
    if app.builder.format == "html" and app.fresh_env_used:
        shutil.rmtree(Path(app.outdir) / "_static", ignore_errors=True)
        (Path(app.outdir) / "index.html").unlink(missing_ok=True)  # leads to the first page, which may be another now


def drop_gone(app, exception, written):
    """Remove the pages, and their sources, that the book had once and has no longer; `written`: this build's pages."""
    if exception or app.builder.format != "html":
        return
    out, kept = Path(app.outdir), app.env.found_docs | written | {"index"}
    for page in out.rglob("*.html"):
        if "_static" not in page.parts and page.relative_to(out).with_suffix("").as_posix() not in kept:
            page.unlink()
    for source in (out / "_sources").rglob("*.*"):
        if source.is_file() and app.env.path2doc(str(source.relative_to(out / "_sources"))) not in app.env.found_docs:
            source.unlink()


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


def fill_minutes(app, exception):
    """Once every page is written: what is said of the pages as a whole."""
    if not exception and app.builder.format == "html":
        fill(app.outdir, app.srcdir)


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
    runs = Runs()
    app.connect("builder-inited", runs.execute_pages, priority=900)
    app.connect("source-read", runs.sign, priority=900)
    app.connect("html-page-context", dress_page)
    app.connect("doctree-read", set_prose)
    app.connect("env-updated", clear)
    written = set()
    app.connect("html-page-context", lambda app, name, *rest: written.add(name))
    app.connect("build-finished", partial(drop_gone, written=written))
    app.connect("build-finished", write_runs)
    app.connect("build-finished", drop_unwanted)
    app.connect("build-finished", fill_minutes)
    app.add_css_file(BOOK, priority=900)
    for script in SCRIPTS:
        app.add_js_file(script, priority=600, loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
