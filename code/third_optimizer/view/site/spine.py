"""The spine of the course as a line with stops: the chapters that stand, in order, with their minutes."""

import re
from html import escape
from pathlib import Path

from ..component import html
from ..figures.map import LETTERS
from ..questions.chapter import Chapter


def spine(folder="."):
    """An ordered list of the numbered chapters in `folder`, each a stop with its level's letter and its minutes to read
    and to do; side roads (○ in the title) are marked. Made from the chapters' own files: it lists what exists."""
    stops = []
    for page in sorted(Path(folder).glob("[0-9]*.md")):
        chapter = Chapter(page.stem, folder)
        number, kind, title = re.search(r"^# (\d+) ([●○]) (.*)$", page.read_text("utf8"), re.M).groups()
        level, side = chapter.data["level"], " data-side" if kind == "○" else ""
        stops.append(
            f'<li data-level="{level}"{side}><span class="t3-stop" aria-hidden="true">{LETTERS[level]}</span>'
            f'<a href="{page.stem}.html">{number} {escape(title)}</a>'
            f'<span class="t3-stop-minutes">{chapter.minutes_to_read()} min to read, {int(chapter.data["minutes_to_do"])} to do</span></li>'
        )
    return html(f'<ol class="t3-spine">{"".join(stops)}</ol>', text=f"{len(stops)} chapters")


def next_screen(heading, last="Come in"):
    """The landing page's tour: a link to the next screen, named by its heading, and one past all of them to `last`."""

    def link(to, words):
        return f'<a href="#{re.sub("[^a-z]+", "-", to.lower()).strip("-")}">{escape(words)}</a>'

    skip = "" if heading == last else link(last, "Skip to the doors")
    return html(
        f'<p class="t3-tour">{link(heading, f"Next: {heading.lower()}")}{skip}</p>', text=f"Next: {heading.lower()}"
    )
