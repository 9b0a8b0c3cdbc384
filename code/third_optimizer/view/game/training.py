"""A board's tries in a kernel: trained in a thread, written into the log, told to the page as the log holds them.

The log is the record of a live game. The reader's answers keep which game is played and how the dials stand, no tries.
"""

import math
import os
import threading
from pathlib import Path

from third_optimizer.meta import Log
from third_optimizer.meta.grid import rounded, run_alone
from third_optimizer.meta.running import MOST

from .. import component

TRIES_FILE = ".third_optimizer_tries.db"


def tries_path(folder="."):
    """Where a kernel's tries are kept: what `THIRD_OPTIMIZER_TRIES` names, a file or the address of a database (then a
    str), or a git-ignored file beside the notebook."""
    place = os.environ.get("THIRD_OPTIMIZER_TRIES") or Path(folder) / TRIES_FILE
    return place if "://" in str(place) else Path(place)


def whose(folder="."):
    """Whose tries are to be read: a file holds one reader's, so None, all; a database holds those of a class."""
    return None if isinstance(tries_path(folder), Path) else component.record.reader()


def plain(value):
    """A score as the page takes it: rounded like a stored one, None for what is not finite."""
    value = rounded(float(value))
    return (int(value) if value.is_integer() else value) if math.isfinite(value) else None


def curve(values):
    return [plain(min(value, MOST)) for value in values]


def told(outcome):
    """An Outcome as the board takes it."""
    return {
        "practice": plain(outcome.practice),
        "fresh": plain(outcome.fresh),
        "at": outcome.diverged_at,
        "practice_curve": curve(outcome.practice_curve),
        "fresh_curve": curve(outcome.fresh_curve),
        "longer": [plain(v) for v in outcome.longer] or None,
        "follows": max(outcome.follows, -1.0),
        "tripled": plain(outcome.tripled),
    }


class Trainer:
    """What a board of the game `id` may ask of its kernel.

    design(place), place(design): between positions of the dials and Designs as they stand. folder: of the tries' file.
    """

    under_way = []  # threads that train a try, for whichever board

    def __init__(self, id, design, place, folder="."):
        self.id, self.design, self.place, self.folder = id, design, place, folder
        self.asked = {"train": self.train, "tries": self.tell}

    def log(self, number=1):
        """The Log of game number `number` (a reader's first is 1)."""
        return Log(tries_path(self.folder), f"{self.id}/{number}")

    def hear(self, widget, message):
        """A message of the board: {"type": "train", "number", "place", "seed", "bet", "game"} asks for a try,
        {"type": "tries", "number", "game"} for what the log holds of a game; number: of the question."""
        if message["type"] not in self.asked:
            return
        thread = threading.Thread(target=self.answer, args=(widget, message), daemon=True)
        if message["type"] == "train":
            Trainer.under_way = [one for one in Trainer.under_way if one.is_alive()] + [thread]
        thread.start()

    def answer(self, widget, message):
        """Answer a question with the tries of its game, or with what went wrong."""
        number = message["number"]
        try:
            tries = self.asked[message["type"]](widget, message)
        except Exception as problem:  # the reader asked and must be told
            widget.send({"type": "failed", "number": number, "says": f"{type(problem).__name__}: {problem}"})
            return
        widget.send({"type": "tries", "number": number, "tries": tries})

    def train(self, widget, message):
        """Train, tell the board of the progress, write the try down; gives the tries of this game."""
        stood, seed = self.design(message["place"]), message["seed"]
        design = stood.plain()

        def progress(share, practice, fresh):
            errors = {"practice": plain(practice), "fresh": plain(fresh)}
            widget.send({"type": "progress", "number": message["number"], "share": share} | errors)

        outcome = run_alone(design, seed, progress=progress)
        self.log(message["game"]).add(design, seed, outcome, message["bet"], component.record.reader(), stood)
        return self.tries(message["game"])

    def tell(self, _, message):
        """The tries of a game when those under way have ended: a page that was closed meanwhile never heard of them."""
        for thread in Trainer.under_way:
            thread.join()
        return self.tries(message["game"])

    def tries(self, number):
        """What the log holds of this reader's game."""
        kept = tries_path(self.folder)
        if isinstance(kept, Path) and not kept.is_file():
            return []  # looking leaves no file behind
        entries = self.log(number).entries(whose(self.folder))
        return [
            {"place": self.place(e.stood or e.design), "seed": e.seed, "bet": e.bet} | told(e.outcome) for e in entries
        ]
