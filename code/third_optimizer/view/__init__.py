"""What a page shows. Chapters import from here; no other room does.

figures    charts, the reader's figure, the map, sentences with computed numbers
questions  heads, predictions, exercises, quizzes, claim cards, the reader's answers
game       the board and its rules, free mode, the class board
site       the Sphinx extension, templates, the look of the book

Questions and game stand on figures, site on all three; `component` lies below them all. Scripts and styles stand beside
the Python they belong to.
"""

from .component import html
from .figures.charts import axis, lines, power, rule_at
from .figures.explore import Choice, Slider, explore
from .figures.figure import figure
from .figures.map import draw_map
from .game.board import board
from .game.free import free
from .game.game import play
from .questions.chapter import Chapter, claim_card, my_answers, say
from .site.spine import next_screen, spine

__all__ = [
    "Chapter",
    "Choice",
    "Slider",
    "axis",
    "board",
    "claim_card",
    "draw_map",
    "explore",
    "figure",
    "free",
    "html",
    "lines",
    "my_answers",
    "next_screen",
    "play",
    "power",
    "rule_at",
    "say",
    "spine",
]
