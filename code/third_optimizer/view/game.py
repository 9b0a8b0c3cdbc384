"""The game board: turn the dials, train, read one sentence, log it, compare with the machines.

`game(grid)` shows it. On a built page a try looks a stored run up; in a kernel it trains for real and keeps
every try in an Optuna study beside the notebook. The board itself is drawn by `assets/js/game.js`, here and
there the same. The rules that turn results into sentences (`shown`, `sentence`, `ending`) stand here and in
that file; both pass the same test vectors.
"""

import itertools
import math
import os
import threading
from functools import cached_property
from pathlib import Path

import numpy as np

from third_optimizer.meta import DIALS, Design, Log, climb, par, random_search
from third_optimizer.meta.grid import run_alone

from .component import Component, fallback_text, is_static
from .figure import specification

MOST = 200.0  # per cent of guessing zero: beyond it a score is only called large
NEAR = 1.05  # within five per cent two scores are called the same, and par is called reached
PLAYERS = 1000  # simulated players behind each of the comparison's lines
TRIES_FILE = ".third_optimizer_tries.db"


# --- the rules; the same as in game.js --------------------------------------------------------------


def shown(value):
    """A score as the board shows it, in per cent: "0", "3.1", "33", "over 200"."""
    if not value <= MOST:
        return f"over {MOST:.0f}"
    if value >= 9.95:
        return str(math.floor(value + 0.5))
    text = f"{math.floor(value * 10 + 0.5) / 10:.1f}"
    return "0" if text == "0.0" else text


def compare(now, before):
    """"better", "same" or "worse": two scores, the lower the better; what reads alike or differs by less than NEAR is the same."""
    now, before = min(now, MOST), min(before, MOST)
    if shown(now) == shown(before) or before / NEAR <= now <= before * NEAR:
        return "same"
    return "better" if now < before else "worse"


def sentence(now, last, best, par, *, seed=1, again=False, moved=1, bet=None):
    """What the board says of a try, without praise.

    now, last: {"practice", "fresh", "at"} of this try and the one before; at: the step at which it exploded, or None.
    best: lowest fresh error before this try. again: the dials are those of an earlier try, with another seed.
    moved: dials moved since the last try. bet: "better", "same", "worse" or None.
    """
    said = []
    if now["at"] is not None:
        said.append(f"Exploded at step {now['at']:,}. Costs a try.")
    else:
        fresh, before = shown(now["fresh"]), shown(last["fresh"])
        practice, earlier = shown(now["practice"]), shown(last["practice"])
        if last["at"] is not None:
            said.append(f"Fresh {fresh}; the run before exploded. Practice {practice}.")
        else:
            said.append(f"Fresh {fresh}, as before." if fresh == before else f"Fresh {fresh}, was {before}.")
            how = compare(now["practice"], last["practice"])
            if practice == earlier:
                said.append(f"Practice stayed at {practice}.")
            elif how == "same":
                said.append(f"Practice hardly moved ({earlier} to {practice}).")
            else:
                said.append(f"Practice got {how} ({earlier} to {practice}).")
    reached = now["at"] is None and best > NEAR * par >= now["fresh"]
    if again:
        said.append(f"The same dials with seed {seed}: only chance differs.")
    elif reached and now["fresh"] < par / NEAR:
        said.append("That is below par: better than any single gradient step.")
    elif reached:
        said.append("That is par: as good as the best single gradient step.")
    elif now["at"] is None and now["fresh"] > MOST >= now["practice"]:
        said.append("It holds on its practice problems and runs away on fresh ones.")
    elif moved > 1:
        said.append(f"{moved} dials moved at once: this cannot say which one did it.")
    if bet:
        came = compare(_score(now), _score(last))
        said.append(f"Your bet was {bet}; it came out {came}.")
    return " ".join(said)


def _score(run):
    return math.inf if run["at"] is not None else run["fresh"]


def ending(best, low, median, high, tries):
    """How a finished game compares with dice: the 10th, 50th and 90th per cent of random players after as many tries."""
    yours = f"Your best after {tries} tries is {shown(best)}; a random player's is {shown(median)} in the middle, and eight in ten end between {shown(low)} and {shown(high)}."
    if best < low:
        return f"You did better than nine in ten of the dice. {yours}"
    if best > high:
        return f"Nine in ten of the dice did better. {yours}"
    return f"You are among the dice: from the result alone nobody could tell you from a random draw. {yours}"


# --- the machines, on the same grid and budget ------------------------------------------------------


def players(grid, budget=12, seed=1, count=PLAYERS, space=None):
    """Best fresh error so far of `count` random players and `count` climbers over `space`, from the grid's start.

    Two arrays (count, budget + 1); column 0 is the start. Like a reader's, a machine's first look at a design is
    its run with `seed`. A player with no design left to try keeps what it has.
    """
    space = space or grid.space
    start, scores = grid.start(), {design: grid.outcome(design, seed).fresh for design in space.designs}
    evaluate = scores.__getitem__

    def line(errors):
        return np.pad(np.minimum.accumulate(errors), (0, budget + 1 - len(errors)), mode="edge")

    blind, climbing = np.empty((count, budget + 1)), np.empty((count, budget + 1))
    for i in range(count):
        drawn = random_search(space, evaluate, budget, np.random.default_rng([i, 0]))
        blind[i] = line([evaluate(start), *(t.score for t in drawn)])
        climbing[i] = line([t.score for t in climb(space, evaluate, budget + 1, np.random.default_rng([i, 1]), start)])
    return blind, climbing


def _short(value):
    """A number as the page keeps it: three significant digits, None for what is not finite."""
    value = float(f"{value:.3g}") if math.isfinite(value) else None
    return int(value) if value is not None and value.is_integer() and value < 1e15 else value


def _curve(values):
    return [_short(min(value, MOST)) for value in values]


def _charts(budget, low):
    """(big chart, curve) as Vega-Lite: the best so far by try, and one run as it trained."""
    import altair as alt

    ticks = [v for v in (0.1, 0.3, 1, 3, 10, 30, 100) if low <= v]
    y = alt.Y("y:Q", title="error on fresh problems, %", scale=alt.Scale(type="log", domain=[low, MOST], nice=False),
              axis=alt.Axis(values=ticks, format="~g"))
    x = alt.X("x:Q", title="try", scale=alt.Scale(domain=[0, budget], nice=False),
              axis=alt.Axis(values=list(range(0, budget + 1, 2)), labelExpr="datum.value == 0 ? 'start' : datum.label"))

    def rows(kind):
        return alt.Chart().transform_filter(alt.datum.kind == kind)

    def names(kind, colour):
        return rows(kind).mark_text(align="left", dx=7, fontWeight=600, color=colour)

    best = (
        rows("band").mark_area(color="$world", opacity=0.28, clip=True).encode(x=x, y=y, y2="y2:Q")
        + rows("par").mark_rule(color="$ink", strokeDash=[5, 4], strokeWidth=1.5).encode(y=y)
        + rows("par").mark_text(align="right", dx=-2, dy=10).encode(x=alt.value("width"), y=y, text="text:N")
        + rows("dice").mark_line(color="$world", strokeWidth=2, clip=True).encode(x=x, y=y, order="x:Q")
        + rows("climb").mark_line(color="$ink", strokeWidth=1.5, strokeDash=[2, 4], clip=True).encode(x=x, y=y, order="x:Q")
        + rows("best").mark_line(color="$meta", interpolate="step-after", clip=True).encode(x=x, y=y, order="x:Q")
        + rows("try").mark_circle(color="$meta", size=45, opacity=0.75).encode(x=x, y=y)
        + rows("cross").mark_text(color="$meta", fontSize=18, fontWeight=600, dy=5).encode(x=x, y=y, text=alt.value("×"))
        + names("label", "$ink").encode(x=x, y=y, text="text:N")
    )
    steps = alt.X("x:Q", title="step of practice", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=5))
    y_both = alt.Y("y:Q", title="error, %", scale=alt.Scale(type="log", domain=[low, MOST], nice=False),
                   axis=alt.Axis(values=[v for v in ticks if v in (0.1, 1, 10, 100)], format="~g"))
    curve = (
        # keeps the axis and the room for the names while a run is being drawn
        rows("frame").mark_text(opacity=0, align="left", dx=7, fontWeight=600).encode(x=steps, y=y_both, text="text:N")
        + rows("practice").mark_line(color="$base", clip=True, strokeDash=[6, 3]).encode(x=steps, y=y_both, order="x:Q")
        + rows("fresh").mark_line(color="$mesa", clip=True).encode(x=steps, y=y_both, order="x:Q")
        + rows("cross").mark_text(color="$mesa", fontSize=18, fontWeight=600, dy=5).encode(x=steps, y=y_both, text=alt.value("×"))
        + names("name-practice", "$base").encode(x=steps, y=y_both, text="text:N")
        + names("name-fresh", "$mesa").encode(x=steps, y=y_both, text="text:N")
    )
    best, curve = specification(best, 210), specification(curve, 130)
    best["autosize"]["resize"] = curve["autosize"]["resize"] = True  # names that appear later need room
    return best, curve


class Game:
    """What :func:`game` returns; display it as a cell's last line."""

    def __init__(self, grid, space, budget, id, folder="."):
        if not (isinstance(budget, int) and budget >= 1):
            raise ValueError(f"budget must be a whole number, at least 1, got {budget!r}")
        missing = [design for design in space.designs if design not in grid.space.index]
        if missing:
            raise ValueError(f"the grid holds no run of {len(missing)} of the space's designs; the first: {missing[0].words()}")
        if grid.start() not in space.index:
            raise ValueError(f"the start, {grid.start().words()}, is not in the space")
        self.grid, self.space, self.budget, self.id, self.folder = grid, space, budget, id, Path(folder)
        self.fields = list(space.stops)

    # --- what the script is told ---------------------------------------------------------------------

    @cached_property
    def places(self):
        """Every position of the dials, the last dial fastest: tuples of indices of stops."""
        return list(itertools.product(*(range(len(stops)) for stops in self.space.stops.values())))

    def design(self, place):
        """The design at a position of the dials; redundant dials stand where they make no difference."""
        from dataclasses import replace

        stops = {name: self.space.stops[name][at] for name, at in zip(self.fields, place, strict=True)}
        return replace(self.space.base, **stops).plain()

    def place(self, design):
        return [self.space.stops[name].index(getattr(design, name)) for name in self.fields]

    def spec(self, live):
        grid, space = self.grid, self.space
        runs = [[grid.outcome(design, seed) for seed in grid.seeds] for design in space.designs]
        looks = list(dict.fromkeys(outcome.steps for row in runs for outcome in row if outcome.diverged_at is None))
        look = [next(i for i, steps in enumerate(looks) if steps[-1] == design.practice_time) for design in space.designs]
        for row, at in zip(runs, look, strict=True):
            for outcome in row:
                expected = looks[at] if outcome.diverged_at is None else (*looks[at][: len(outcome.steps) - 1], outcome.diverged_at)
                assert outcome.steps == expected, outcome.steps  # the page rebuilds the steps from these
        blind, climbing = (np.minimum(lines, MOST) for lines in players(grid, self.budget, grid.seeds[0], space=space))
        counter = Design(**{f: getattr(grid.start(), f) for f in DIALS} | {"problems": None, "machine": "attends"}).plain()
        lowest = min(outcome.fresh for row in runs for outcome in row)
        floor = 0.1 if lowest < 1 else 1.0
        big, curve = _charts(self.budget, floor)
        flat = [outcome for row in runs for outcome in row]
        fixed = [name for name in DIALS if name not in self.fields]
        return {
            "id": self.id, "live": live, "budget": self.budget, "par": par(), "near": NEAR, "most": MOST, "low": floor,
            "dials": [{"field": name, "label": DIALS[name].label, "term": DIALS[name].term,
                       "names": [DIALS[name].name(stop) for stop in space.stops[name]],
                       "switch": space.stops[name] == (False, True)} for name in self.fields],
            "fixed": space.base.words(fixed),
            "index": [space.index[self.design(place)] for place in self.places],
            "start": self.place(grid.start()), "seeds": list(grid.seeds),
            "looks": [list(steps) for steps in looks], "look": look,
            "runs": {
                "practice": [_short(o.practice) for o in flat], "fresh": [_short(o.fresh) for o in flat],
                "at": [o.diverged_at for o in flat],
                "practice_curve": [_curve(o.practice_curve) for o in flat], "fresh_curve": [_curve(o.fresh_curve) for o in flat],
            },
            "dice": {name: [_short(v) for v in np.percentile(blind, q, axis=0)] for name, q in (("low", 10), ("median", 50), ("high", 90))},
            "climb": [_short(v) for v in np.percentile(climbing, 50, axis=0)], "players": PLAYERS,
            "counter": {"place": self.place(counter)} if counter in space.index else None,
            "chart": big, "curve": curve,
        }

    def component(self, live):
        start = self.grid.outcome(self.grid.start(), self.grid.seeds[0])
        goal = f"The game: {self.budget} tries to make a model that does well on problems it has never met."
        text = (f"{goal} The start: {self.grid.start().words(self.fields)}; practice error {shown(start.practice)}, "
                f"fresh error {shown(start.fresh)} per cent of guessing zero. Par is {shown(par())}.")
        return Component("game", self.spec(live), fallback_text(f"{text} The board needs scripts."), text, hear=self.hear)

    def _repr_mimebundle_(self, **options):
        return self.component(live=not is_static())._repr_mimebundle_(**options)

    # --- training in a kernel ------------------------------------------------------------------------

    def hear(self, widget, message):
        """A message of the board: {"type": "train", "number", "place", "seed", "bet", "game"}."""
        if message["type"] == "train":
            threading.Thread(target=self.train, args=(widget, message), daemon=True).start()

    def train(self, widget, message):
        """Train, tell the board of the progress, write the try down, then tell the result."""
        number = message["number"]
        try:
            design, seed = self.design(message["place"]), message["seed"]

            def progress(share, practice, fresh):
                widget.send({"type": "progress", "number": number, "share": share, "practice": _short(practice), "fresh": _short(fresh)})

            outcome = run_alone(design, seed, progress=progress)
            self.log(message["game"]).add(design, seed, outcome, message["bet"])
        except Exception as problem:  # the reader asked for this try and must be told what is wrong with it
            widget.send({"type": "failed", "number": number, "says": f"{type(problem).__name__}: {problem}"})
            return
        widget.send({"type": "trained", "number": number, "practice": _short(outcome.practice), "fresh": _short(outcome.fresh),
                     "at": outcome.diverged_at, "practice_curve": _curve(outcome.practice_curve), "fresh_curve": _curve(outcome.fresh_curve)})

    def log(self, number=1):
        """The Log of the reader's game number `number` (their first is 1)."""
        return Log(tries_path(self.folder), f"{self.id}/{number}")


def tries_path(folder="."):
    """Where a kernel's tries are kept: `THIRD_OPTIMIZER_TRIES`, or a git-ignored file beside the notebook."""
    return Path(os.environ.get("THIRD_OPTIMIZER_TRIES", Path(folder) / TRIES_FILE))


def game(grid, space=None, budget=12, id="game"):
    """The board of a game over `space` (by default all the grid's designs).

    grid: a meta.Grid; on a built page its runs are the tries, and the machines of the comparison play on it.
    budget: tries. id: under which the game is kept among the reader's answers. ValueError for a space or a
    budget that the grid cannot serve.
    """
    return Game(grid, space or grid.space, budget, id)
