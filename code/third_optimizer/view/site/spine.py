"""The spine of the course as a line with stops: the chapters that stand, in order, with their minutes."""

import re
from html import escape
from pathlib import Path

from ..component import html, is_static
from ..figures.map import LETTERS
from ..questions.chapter import Chapter
from ..questions.listing import source

SPINE = "<!-- the chapters that stand -->"  # on a built page, until minutes.py fills it in
HEADING = re.compile(r"^# (\d+) · (.*?)( \(side road\))?$", re.M)


def heading(page):
    """(number, title, whether it is a side road) of a numbered chapter, the file `page`. ValueError if its title does
    not say them."""
    found = HEADING.search(source(page))
    if not found:
        raise ValueError(f"it has no title of a chapter: write # {page.stem[:2]} · Title")
    number, title, side = found.groups()
    return number, title, bool(side)


def chapters(folder):
    """The numbered chapters in `folder`, as files in their order: those of the contents, which stand beside the folder;
    all where there are no contents, as in a copy of the pages alone."""
    from sphinx_external_toc.parsing import parse_toc_yaml

    folder = Path(folder).resolve()
    found = sorted(page for page in folder.glob("[0-9]*") if page.suffix in {".md", ".ipynb"})
    contents = folder.parent / "_toc.yml"
    if not contents.is_file():
        return found
    named = set(parse_toc_yaml(contents))  # with their endings or without
    return [page for page in found if {f"{folder.name}/{page.stem}", f"{folder.name}/{page.name}"} & named]


def stops(folder, minutes):
    """HTML: the numbered chapters in `folder` in order, each a stop with its level's letter and its minutes to read
    (where `minutes` has its name) and to do; side roads are marked. It lists what exists."""
    items = []
    for page in chapters(folder):
        data = Chapter(page.stem, folder).data
        number, title, aside = heading(page)
        level, side = data["level"], " data-side" if aside else ""
        read, do = f"{minutes.get(page.stem)} min to read, ", int(data["minutes_to_do"])
        items.append(
            f'<li data-level="{level}"{side}><span class="t3-stop" aria-hidden="true">{LETTERS[level]}</span>'
            f'<a href="{page.stem}.html">{number} {escape(title)}</a>'
            f'<span class="t3-stop-minutes">{read if page.stem in minutes else ""}{do}{"" if minutes else " min"} to do'
            "</span></li>"
        )
    return f'<ol class="t3-spine">{"".join(items)}</ol>'


def spine(folder="."):
    """The line of chapters. A built page leaves a place for it, so that its outputs hang on no other page's text; in a
    kernel it is read from the files now, without the minutes to read, which are counted on built pages."""
    return html(SPINE if is_static() else stops(folder, {}), text="the chapters, in order")


def next_screen(heading, last="Come in"):
    """The landing page's tour: a link to the next screen, named by its heading, and one past all of them to `last`."""

    from docutils.nodes import make_id  # as Sphinx names the headings

    def link(to, words):
        return f'<a href="#{make_id(to)}">{escape(words)}</a>'

    skip = "" if heading == last else link(last, f"Skip to “{last}”")
    return html(
        f'<p class="t3-tour">{link(heading, f"Next: {heading.lower()}")}{skip}</p>', text=f"Next: {heading.lower()}"
    )
