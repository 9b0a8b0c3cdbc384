"""What a page shows: charts, the reader's figure, predictions, quizzes, checkers, the map, the site.

Chapters import from here; no other room does.
"""

from .board import board
from .chapter import Chapter, claim_card, my_answers, say
from .charts import axis, lines, power, rule_at
from .component import html
from .explore import Choice, Slider, explore
from .figure import figure
from .free import free
from .game import game
from .map import draw_map
from .spine import next_screen, spine

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
    "game",
    "html",
    "lines",
    "my_answers",
    "next_screen",
    "power",
    "rule_at",
    "say",
    "spine",
]
