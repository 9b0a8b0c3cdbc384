"""The page "My answers": everything the book keeps of its reader, to see, take away and delete (answers.js)."""

import json
import re
from pathlib import Path

from ..component import Component, fallback_text, is_static
from . import answers

TITLES = "the titles of the book's pages"  # on a built page, until all are written (site/minutes.py)
HEADING = re.compile(r"^# (?:(\d+) \W )?(.+)$", re.M)


def source(page):
    """The text of a page's own file, Markdown or .ipynb."""
    text = page.read_text("utf8")
    if page.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return text


def titles(folder):
    """{name of a page: its title} of the pages in `folder` that have one, chapters first, in their order."""
    pages = sorted(page for page in Path(folder).iterdir() if page.suffix in {".md", ".ipynb"})
    found = {page.stem: HEADING.search(source(page)) for page in pages}
    return {
        name: f"Chapter {heading[1]}: {heading[2]}" if heading[1] else heading[2]
        for name, heading in found.items()
        if heading
    }


def my_answers():
    """Everything kept of the reader. A built page leaves a place for the titles, so that it hangs on no other."""
    if is_static():
        where = "Your answers are kept in this browser, on this computer, under one key, and are sent nowhere."
    else:
        answers.load()
        where = answers.notice() or (
            f"Your answers are kept in the file {answers.path().name} on this machine and are sent nowhere."
        )
    pages = TITLES if is_static() else titles(".")
    return Component("answers", {"where": where, "pages": pages}, fallback_text(where), where)
