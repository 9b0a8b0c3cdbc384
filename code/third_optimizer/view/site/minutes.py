"""Minutes to read, counted on the written pages: what stands there for a reader who has just arrived.

Counted are the words of prose, cards, a figure's title and caption, a question's prompt and options; a formula is a
word.
Not counted are code, what is folded, controls, what a chart, a map or a game draws, and links that only lead on.
"""

import json
import re
from pathlib import Path

from bs4 import BeautifulSoup

from ..component import to_json
from ..questions.chapter import MINUTES
from ..questions.listing import TITLES, titles
from .spine import SPINE, stops

WORDS_A_MINUTE = 200  # of technical prose; code cells are counted in the minutes to do
WORD = re.compile(r"\w+(?:['’.-]\w+)*")
UNREAD = "script, style, svg, details, pre, .headerlink, .t3-tour, .t3-spine"
FORMULA = ".math, math"


def at_the_start(kind, spec):
    """The HTML a component shows before its reader has touched it, less controls and drawings."""
    if kind == "ask":
        options = [option["html"] for option in spec["input"].get("options", [])]
        return " <br> ".join([spec["label"], spec["prompt"], *options])
    if kind == "figure":
        return f"{spec['frame']['title']} {spec['frame'].get('caption', '')}"
    if kind in ("battery", "learner", "levers", "longer", "maze", "probes", "rain", "sky"):
        return f"{spec['title']} {spec.get('note', '')}"
    if kind == "explore":
        at = 0
        for dial in spec["dials"]:  # frames run through the dials' stops with the last dial fastest
            at = at * len(dial["stops"]) + dial["start"]
        return " ".join(said[at if len(said) > 1 else 0] for said in (spec["titles"], spec.get("captions", [""])))
    return ""


def count_words(page):
    """Words a reader finds on a built page, given its HTML."""
    soup = BeautifulSoup(page, "html.parser")
    article = soup.find("article") or soup
    for component in article.select("[data-t3]"):
        drawn = at_the_start(component["data-t3"], json.loads(component.script.string))
        component.replace_with(BeautifulSoup(f"<div>{drawn}</div>", "html.parser"))
    for formula in article.select(FORMULA):
        formula.replace_with(" x ")
    for unread in article.select(UNREAD):
        unread.decompose()
    return len(WORD.findall(article.get_text(" ")))


def minutes_to_read(page):
    """Whole minutes, rounded up."""
    return -(-count_words(page) // WORDS_A_MINUTE)


def fill(out, source):
    """Write the minutes into the heads of the chapters below the folder `out`, the line of chapters where a page shows
    it and the pages' titles where one lists them; `source` is the folder with the pages' own files. What one page says
    of others comes from no run."""
    pages = {file: file.read_text("utf8") for file in Path(out).rglob("*.html")}
    minutes = {file: minutes_to_read(text) for file, text in pages.items() if MINUTES in text}
    for file, text in pages.items():
        folder = Path(source) / file.parent.relative_to(out)
        if file in minutes:
            file.write_text(text.replace(MINUTES, str(minutes[file])), "utf8")
        elif SPINE in text:
            here = {chapter.stem: number for chapter, number in minutes.items() if chapter.parent == file.parent}
            file.write_text(text.replace(SPINE, stops(folder, here)), "utf8")
        elif to_json(TITLES) in text:
            file.write_text(text.replace(to_json(TITLES), to_json(titles(folder))), "utf8")
