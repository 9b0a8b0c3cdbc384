"""The game board: turn the dials, train, read one sentence, log it, compare with simulated players.

`play(grid)` shows it. On a built page a try looks a stored run up; in a kernel it trains for real (training.py). The
board itself is drawn by `game.js`, here and there the same; its rules stand in rules.py, its ways to play in modes.py.
"""

import itertools
from dataclasses import replace
from functools import cached_property

from third_optimizer.meta import DIALS, Design, par
from third_optimizer.meta.codes import DAY
from third_optimizer.meta.grid import BLOWN
from third_optimizer.meta.running import MOST, NEAR, looks

from ..component import Component, fallback_text, is_static
from ..figures.saying import listed
from .charts import best_chart, run_chart
from .modes import modes
from .rules import shown
from .runs import source
from .training import Trainer

NO_PLAYERS = {"searchers": [], "odds": None}
MEANS = {
    "dice": "draw at random",
    "climbing": "turns one dial, keeps what helps",
    "halving": "many short runs, the best half again",
    "Gaussian process": "bends a smooth sheet to its tries, goes where it hopes most",
    "TPE": "asks what its better tries had in common",
}  # of meta.SEARCHES, in a few words


class Game:
    """What :func:`play` returns; display it as a cell's last line."""

    def __init__(self, grid, space, budget, id, tournament=None, then=None, folder="."):
        if not (isinstance(budget, int) and budget >= 1):
            raise ValueError(f"budget must be a whole number, at least 1, got {budget!r}")
        missing = [design for design in space.designs if design not in grid.space.index]
        if missing:
            first = f"the first: {missing[0].words()}"
            raise ValueError(f"the grid holds no run of {len(missing)} of the space's designs; {first}")
        if grid.start() not in space.index:
            raise ValueError(f"the start, {grid.start().words()}, is not in the space")
        self.grid, self.space, self.budget, self.id, self.then = grid, space, budget, id, then
        self.tournament = tournament if tournament and tournament["budget"] == budget else NO_PLAYERS
        self.fields = list(space.stops)
        self.trainer = Trainer(id, self.standing, self.place, folder)

    @cached_property
    def places(self):
        """Every position of the dials, the last dial fastest: tuples of indices of stops."""
        return list(itertools.product(*(range(len(stops)) for stops in self.space.stops.values())))

    def standing(self, place):
        """The design as the dials stand at a position."""
        stops = {name: self.space.stops[name][at] for name, at in zip(self.fields, place, strict=True)}
        return replace(self.space.base, **stops)

    def design(self, place):
        """The design at a position of the dials; redundant dials stand where they make no difference."""
        return self.standing(place).plain()

    def place(self, design):
        return [self.space.stops[name].index(getattr(design, name)) for name in self.fields]

    # --- what the script is told ---------------------------------------------------------------------

    def dial(self, name):
        stops, dial = self.space.stops[name], DIALS[name]
        names = [dial.name(stop) for stop in stops]
        told = {"field": name, "label": dial.label, "term": dial.term, "about": dial.about, "names": names}
        return told | {"switch": stops == (False, True)}

    def others(self):
        """The players of other starts and modes, where this board has them."""
        found = [(one, self.grid.space.designs[one["start"]]) for one in self.tournament.get("others", [])]
        return [
            {"mode": one["mode"], "place": self.place(design), "searchers": one["searchers"]}
            for one, design in found
            if design in self.space.index
        ]

    def counter(self):
        """Where the boss begins: attention and problems that never repeat, or None if the space has no such design."""
        start = {name: getattr(self.grid.start(), name) for name in DIALS}
        design = Design(**start | {"problems": None, "architecture": "attention"}).plain()
        return self.place(design) if design in self.space.index else None

    def spec(self, live):
        """What the script is told, plain JSON. live: a kernel trains the tries."""
        grid, space = self.grid, self.space
        times = sorted({design.practice_time for design in grid.space.designs})
        low = 0.1 if min(grid.scores(seed).min() for seed in grid.seeds) < 1 else 1.0
        fixed = [name for name in DIALS if name not in self.fields]
        start, others, counter = self.place(grid.start()), self.others(), self.counter()
        days = [one["place"] for one in others if one["mode"] == DAY]
        return {
            "id": self.id,
            "live": live,
            "budget": self.budget,
            "par": par(),
            "near": NEAR,
            "blown": BLOWN,
            "most": MOST,
            "low": low,
            "dials": [self.dial(name) for name in self.fields],
            "modes": [mode.told(self.budget) for mode in modes(self.fields, start, days, counter)],
            "tames": listed([DIALS[name].tames for name in self.fields if DIALS[name].tames], last=" or "),
            "fixed": space.base.words(fixed) if fixed else "",
            "designs": len(grid.space.designs),
            "index": [grid.space.index[self.design(place)] for place in self.places],
            "start": start,
            "seeds": list(grid.seeds),
            "confirm": list(grid.confirm),
            "looks": [looks(time) for time in times],
            "look": [times.index(design.practice_time) for design in grid.space.designs],
            "runs": source(grid, live),
            "then": self.then and {"name": self.then[0], "page": self.then[1]},
            "searchers": self.tournament["searchers"],
            "others": others,
            "means": MEANS,
            "odds": self.tournament["odds"],
            "fingerprint": grid.fingerprint,
            "counter": counter and {"place": counter},
            "chart": best_chart(self.budget, low),
            "curve": run_chart(low),
        }

    def component(self, live):
        start = self.grid.outcome(self.grid.start(), self.grid.seeds[0])
        goal = f"The game: {self.budget} tries to make a model that does well on problems it has never met."
        text = (
            f"{goal} The start: {self.grid.start().words(self.fields)}; practice error {shown(start.practice)}, "
            f"fresh error {shown(start.fresh)} per cent of guessing zero. Par is {shown(par())}."
        )
        fallback = fallback_text(text)
        return Component("game", self.spec(live), fallback, text, hear=self.trainer.hear)

    def _repr_mimebundle_(self, **options):
        return self.component(live=not is_static())._repr_mimebundle_(**options)


def play(grid, space=None, budget=12, id="game", tournament=None, then=None):
    """The board of a game over `space` (by default all the grid's designs).

    grid: a meta.Grid; on a built page its runs are the tries. tournament: what meta.tournament.load gives, the searches
    of the comparison; without them, or on another budget than theirs, there is no comparison. then: (name, page) of the
    chapter a short game leads to, in place of its end on five screens. budget: tries. id: under which the game is kept
    among the reader's answers. ValueError for a space or a budget that the grid cannot serve.
    """
    return Game(grid, space or grid.space, budget, id, tournament, then)
