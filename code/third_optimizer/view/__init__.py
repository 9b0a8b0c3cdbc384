"""What a page shows. Chapters import from here; no other room does.

figures    charts, the reader's figure, the map, sentences with computed numbers
questions  heads, predictions, exercises, quizzes, claim cards, the reader's answers
game       the board and its rules, free mode, the class board
site       the Sphinx extension, templates, the look of the book

Questions and game stand on figures, site on all three; `component` lies below them all. Scripts and styles stand beside
the Python they belong to. The game stands on all of `meta`, so it is imported by the pages that show one: the build
runs a page again when a module it imports has changed.
"""

import importlib

from .component import html
from .figures.battery import battery
from .figures.charts import axis, by_row, dots_by_row, lines, marks, notes, rule_at, side_by_side, squares, strands
from .figures.explore import Choice, Slider, explore
from .figures.figure import figure
from .figures.learner import learner
from .figures.levers import levers
from .figures.longer import longer
from .figures.map import draw_map
from .figures.maze import marked_maze, maze
from .figures.probes import probes
from .figures.rain import rain
from .figures.saying import between, listed, power, say, signed
from .questions.chapter import Chapter
from .questions.claims import claim_card
from .questions.listing import my_answers
from .site.spine import next_screen, spine

GAME = {"board": "board", "free": "free", "play": "game", "sky": "sky"}  # name -> module of the room


def __getattr__(name):
    if name not in GAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".game.{GAME[name]}", __name__), name)


__all__ = [
    "Chapter",
    "Choice",
    "Slider",
    "axis",
    "battery",
    "between",
    "by_row",
    "board",
    "claim_card",
    "dots_by_row",
    "draw_map",
    "explore",
    "figure",
    "free",
    "html",
    "learner",
    "levers",
    "lines",
    "listed",
    "longer",
    "marked_maze",
    "marks",
    "maze",
    "my_answers",
    "next_screen",
    "notes",
    "play",
    "power",
    "probes",
    "rain",
    "rule_at",
    "say",
    "side_by_side",
    "signed",
    "sky",
    "spine",
    "squares",
    "strands",
]
