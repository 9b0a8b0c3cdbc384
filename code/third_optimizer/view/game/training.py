"""A board's tries in a kernel: trained in a thread, written into the log, told to the page as the log holds them.

The log is the record of a live game. The reader's answers keep which game is played and how the dials stand, no tries.
"""

import math
import os
import threading
from pathlib import Path

from third_optimizer.meta import Entry, Log
from third_optimizer.meta.grid import rounded, run_alone
from third_optimizer.meta.running import MOST

from .. import component

TRIES_FILE = ".third_optimizer_tries.db"


def tries_path(folder="."):
    """Where a kernel's tries are kept: what `THIRD_OPTIMIZER_TRIES` names, a file or the address of a database (then a
    str), or a git-ignored file beside the notebook."""
    place = os.environ.get("THIRD_OPTIMIZER_TRIES") or Path(folder) / TRIES_FILE
    return place if "://" in str(place) else Path(place).expanduser()


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


class Tries:
    """The tries of one study: those of its log, then those that the log did not take. These stay in this kernel's
    memory and follow with the next one that it takes.

    name: of the study. folder: of the tries' file. trouble: what the last look or try met, an exception or None.
    """

    unwritten = {}  # {name: [what Log.add is given]}
    writing = threading.RLock()  # boards train in threads

    def __init__(self, name, folder="."):
        self.name, self.folder, self.trouble = name, folder, None

    def log(self):
        """The Log of these tries."""
        return Log(tries_path(self.folder), self.name)

    def add(self, design, seed, outcome, bet=None, stood=None):
        """Keep a try of this reader; it does not raise, see notice."""
        with self.writing:
            waiting = self.unwritten.setdefault(self.name, [])
            waiting.append((design, seed, outcome, bet, component.record.reader(), stood))
            try:
                log = self.log()
                while waiting:
                    log.add(*waiting[0])
                    waiting.pop(0)
                self.trouble = None
            except Exception as problem:  # whatever a file or a database may say: the try is not lost
                self.trouble = problem

    def entries(self):
        """Every Entry of this reader, in order."""
        place = tries_path(self.folder)
        with self.writing:
            kept, waiting = [], self.unwritten.get(self.name, [])
            try:
                if isinstance(place, str) or place.exists() or waiting:  # looking leaves no file behind
                    kept = self.log().entries(whose(self.folder))
            except Exception as problem:
                self.trouble = problem
            first = kept[-1].number + 1 if kept else 0
            return kept + [Entry(first + i, *one) for i, one in enumerate(waiting)]

    def notice(self):
        """What the reader is to be told, or ""."""
        return component.unkept("tries", self.trouble) if self.trouble else ""


class Trainer:
    """What a board of the game `id` may ask of its kernel.

    design(place), place(design): between positions of the dials and Designs as they stand. folder: of the tries' file.
    """

    under_way = []  # threads that train a try, for whichever board

    def __init__(self, id, design, place, folder="."):
        self.id, self.design, self.place, self.folder = id, design, place, folder
        self.asked = {"train": self.train, "tries": self.wait}

    def log(self, number=1):
        """The Log of game number `number` (a reader's first is 1)."""
        return self.kept(number).log()

    def kept(self, number):
        """The Tries of game number `number`."""
        return Tries(f"{self.id}/{number}", self.folder)

    def hear(self, widget, message):
        """A message of the board: {"type": "train", "number", "place", "seed", "bet", "game"} asks for a try,
        {"type": "tries", "number", "game"} for what the log holds of a game; number: of the question."""
        if message["type"] not in self.asked:
            return
        thread = threading.Thread(target=self.answer, args=(widget, message), daemon=True)
        thread.start()  # before anybody may wait for its end
        if message["type"] == "train":
            Trainer.under_way = [one for one in Trainer.under_way if one.is_alive()] + [thread]

    def answer(self, widget, message):
        """Answer a question with the tries of its game, or with what went wrong."""
        number, kept = message["number"], self.kept(message["game"])
        try:
            self.asked[message["type"]](widget, message, kept)
            tries = self.tries(kept)
        except Exception as problem:  # the reader asked and must be told
            widget.send({"type": "failed", "number": number, "says": f"{type(problem).__name__}: {problem}"})
            return
        widget.send({"type": "tries", "number": number, "tries": tries, "says": kept.notice()})

    def train(self, widget, message, kept):
        """Train, tell the board of the progress, write the try down."""
        stood, seed = self.design(message["place"]), message["seed"]
        design = stood.plain()

        def progress(share, practice, fresh):
            errors = {"practice": plain(practice), "fresh": plain(fresh)}
            widget.send({"type": "progress", "number": message["number"], "share": share} | errors)

        outcome = run_alone(design, seed, progress=progress)
        kept.add(design, seed, outcome, message["bet"], stood)

    def wait(self, *_):
        """Until the tries under way have ended: a page that was closed meanwhile never heard of them."""
        for thread in Trainer.under_way:
            thread.join()

    def tries(self, kept):
        """A game's tries as the board takes them. Those at stops that this board does not have stay in the log."""
        found = [(self.placed(entry.stood or entry.design), entry) for entry in kept.entries()]
        return [
            {"place": place, "seed": e.seed, "bet": e.bet} | told(e.outcome) for place, e in found if place is not None
        ]

    def placed(self, design):
        try:
            return self.place(design)
        except ValueError:
            return None
