"""The game board: turn the dials, train, read one sentence, log it, compare with simulated players.

`play(grid)` shows it. On a built page a try looks a stored run up; in a kernel it trains for real and keeps
every try in an Optuna study beside the notebook. The board itself is drawn by `game.js`, here and
there the same. The rules that turn results into sentences (`shown`, `sentence`, `ending`, `uncovered`) stand here and in
that file; both pass the same test vectors.
"""

import itertools
import math
import os
import threading
from functools import cached_property
from pathlib import Path

from third_optimizer.meta import DIALS, Design, Log, par
from third_optimizer.meta.grid import rounded, run_alone
from third_optimizer.meta.running import MOST, NEAR, looks

from ..component import Component, fallback_text, is_static
from ..figures.figure import specification
from .runs import source

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
    """ "better", "same" or "worse": two scores, the lower the better; what reads alike or differs by less than NEAR is the same."""
    now, before = min(now, MOST), min(before, MOST)
    if shown(now) == shown(before) or before / NEAR <= now <= before * NEAR:
        return "same"
    return "better" if now < before else "worse"


def sentence(now, last, best, par, *, seed=1, again=None, moved=1, bet=None, goal="fresh"):
    """What the board says of a try, without praise.

    now, last: {"practice", "fresh", "at"} of this try and the one before; at: the step at which it exploded, or None.
    best: lowest fresh error before this try. again: "last" if the dials are those of the try before, with another seed; the
    number of an earlier try (0: the start) if they are that one's; else None.
    moved: dials moved since the last try. bet: "better", "same", "worse" or None. goal: the error that is played for;
    with "practice" nothing is said of the other, which is hidden then.
    """
    said, both, gone = [], goal == "fresh", now["at"] is not None
    if gone:
        said.append(f"It exploded at step {now['at']:,}. That cost a try.")
    else:
        name, value, before = goal.capitalize(), shown(now[goal]), shown(last[goal])
        if last["at"] is not None:
            said.append(
                f"{name} {value}; the run before exploded." + (f" Practice {shown(now['practice'])}." if both else "")
            )
        else:
            said.append(f"{name} {value}, as before." if value == before else f"{name} {value}, was {before}.")
            if both:
                said.append(_practised(now, last))
    level = _level(now["fresh"], par) if both and not gone else 0
    if crossed := level > _level(best, par):  # said once of each
        said.append(LEVELS[level])
    if again == "last":
        said.append(f"The same dials with seed {seed}: only chance differs.")
    elif again is not None:
        said.append(
            f"The dials of {f'try {again}' if again else 'the start'} again, with seed {seed}: between these two only chance differs."
        )
    elif both and not gone and now["fresh"] > MOST and now["practice"] <= MOST / 4:
        said.append("It holds on its practice problems and runs away on fresh ones.")
    elif moved > 1 and not crossed:
        still = (
            not gone
            and last["at"] is None
            and all(compare(now[what], last[what]) == "same" for what in (("practice", "fresh") if both else (goal,)))
        )
        said.append(
            f"{moved} dials moved at once{', and no error moved with them' if still else ': this cannot say which one did it'}."
        )
    if bet:
        said.append(f"You bet on “{bet}”; it came out “{compare(_score(now, goal), _score(last, goal))}”.")
    return " ".join(said)


LEVELS = [
    "",
    "That is par: as good as the best single gradient step.",
    "That is below par: better than any single gradient step.",
]


def _level(fresh, par):
    """0: above par, 1: par, 2: clearly below it."""
    return (fresh <= NEAR * par) + (fresh < par / NEAR)


def _practised(now, last):
    practice, earlier, how = shown(now["practice"]), shown(last["practice"]), compare(now["practice"], last["practice"])
    if practice == earlier:
        return f"Practice stayed at {practice}."
    return (
        f"Practice hardly moved ({earlier} to {practice})."
        if how == "same"
        else f"Practice got {how} ({earlier} to {practice})."
    )


def _score(run, goal):
    return math.inf if run["at"] is not None else run[goal]


def uncovered(start, winner):
    """What a game played for practice error chose, told when the fresh error is uncovered. winner: the run with the lowest practice error, or None if no try went below the start's."""
    if winner is None:
        return f"No try took practice below the {shown(start['practice'])} of the start. On fresh problems the start leaves {shown(start['fresh'])}."
    took = (
        f"You took practice from {shown(start['practice'])} to {shown(winner['practice'])}."
        if compare(winner["practice"], start["practice"]) == "better"
        else _practised(winner, start)
    )
    hidden = {"worse": "rose", "same": "hardly moved", "better": "fell"}[compare(winner["fresh"], start["fresh"])]
    return f"{took} On fresh problems your winner leaves {shown(winner['fresh'])}, where the start left {shown(start['fresh'])}: the error you did not see {hidden}."


def ending(best, low, median, high, tries):
    """How a finished game compares with dice: the 10th, 50th and 90th per cent of random players after as many tries."""
    if shown(best) == shown(low) == shown(high):
        return f"Your best after {tries} tries is {shown(best)}, and so is that of eight in ten of the dice: there was nothing here for a search to find."
    yours = f"Your best after {tries} tries is {shown(best)}; a random player's is {shown(median)} in the middle, and eight in ten end between {shown(low)} and {shown(high)}."
    if best < low:
        return f"You did better than nine in ten of the dice. {yours}"
    if best > high:
        return f"Nine in ten of the dice did better. {yours}"
    return f"You are among the dice: from the result alone nobody could tell you from a random draw. {yours}"


def _plain(value):
    """A score as the page keeps it: rounded like a stored one, None for what is not finite."""
    value = rounded(float(value))
    return (int(value) if value.is_integer() else value) if math.isfinite(value) else None


def _curve(values):
    return [_plain(min(value, MOST)) for value in values]


def _told(outcome):
    """An Outcome as the board keeps it."""
    return {
        "practice": _plain(outcome.practice),
        "fresh": _plain(outcome.fresh),
        "at": outcome.diverged_at,
        "practice_curve": _curve(outcome.practice_curve),
        "fresh_curve": _curve(outcome.fresh_curve),
        "longer": [_plain(v) for v in outcome.longer] or None,
        "follows": max(outcome.follows, -1.0),
        "tripled": _plain(outcome.tripled),
    }


def score_axis(low, title="error on fresh problems, %", most_ticks=(0.1, 0.3, 1, 3, 10, 30, 100)):
    """The vertical axis of scores, column "y" from `low` per cent to MOST on a log scale."""
    import altair as alt

    return alt.Y(
        "y:Q",
        title=title,
        scale=alt.Scale(type="log", domain=[low, MOST], nice=False),
        axis=alt.Axis(values=[v for v in most_ticks if low <= v], format="~g"),
    )


def _charts(budget, low):
    """(big chart, curve) as Vega-Lite: the best so far by try, and one run as it trained."""
    import altair as alt

    y = score_axis(low, "{axis}")  # which error is played for is known when it is drawn
    x = alt.X(
        "x:Q",
        title="try",
        scale=alt.Scale(domain=[0, budget], nice=False),
        axis=alt.Axis(
            values=list(range(0, budget + 1, 2 if budget > 6 else 1)),
            format="d",
            labelExpr="datum.value == 0 ? 'start' : datum.label",
        ),
    )

    def rows(kind):
        return alt.Chart().transform_filter(alt.datum.kind == kind)

    def names(kind, colour):
        return rows(kind).mark_text(align="left", dx=7, fontWeight=600, color=colour)

    best = (
        rows("band").mark_area(color="$world", opacity=0.28, clip=True).encode(x=x, y=y, y2="y2:Q")
        + rows("par").mark_rule(color="$ink", strokeDash=[5, 4], strokeWidth=1.5).encode(y=y)
        + rows("par").mark_text(align="right", dx=-2, dy=10).encode(x=alt.value("width"), y=y, text="text:N")
        + rows("rival").mark_line(color="$world", strokeWidth=2, clip=True).encode(x=x, y=y, order="x:Q")
        + rows("friend")
        .mark_line(color="$ink", strokeDash=[4, 4], strokeWidth=1.5, interpolate="step-after", clip=True)
        .encode(x=x, y=y, order="x:Q")
        + rows("uncovered").mark_line(color="$mesa", interpolate="step-after", clip=True).encode(x=x, y=y, order="x:Q")
        + rows("best").mark_line(color="$meta", interpolate="step-after", clip=True).encode(x=x, y=y, order="x:Q")
        + rows("try").mark_circle(color="$meta", size=45, opacity=0.75).encode(x=x, y=y)
        + rows("cross")
        .mark_text(color="$meta", fontSize=18, fontWeight=600, dy=5)
        .encode(x=x, y=y, text=alt.value("×"))
        + names("label", "$ink").encode(x=x, y=y, text="text:N")
    )
    steps = alt.X("x:Q", title="step of practice", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=5))
    y_both = score_axis(low, "error, %", (0.1, 1, 10, 100))
    curve = (
        # keeps the axis and the room for the names while a run is being drawn
        rows("frame").mark_text(opacity=0, align="left", dx=7, fontWeight=600).encode(x=steps, y=y_both, text="text:N")
        + rows("practice").mark_line(color="$base", clip=True, strokeDash=[6, 3]).encode(x=steps, y=y_both, order="x:Q")
        + rows("fresh").mark_line(color="$mesa", clip=True).encode(x=steps, y=y_both, order="x:Q")
        + rows("cross")
        .mark_text(color="$mesa", fontSize=18, fontWeight=600, dy=5)
        .encode(x=steps, y=y_both, text=alt.value("×"))
        + names("name-practice", "$base").encode(x=steps, y=y_both, text="text:N")
        + names("name-fresh", "$mesa").encode(x=steps, y=y_both, text="text:N")
    )
    best, curve = specification(best, 210), specification(curve, 130)
    best["autosize"]["resize"] = curve["autosize"]["resize"] = True  # names that appear later need room
    return best, curve


class Game:
    """What :func:`play` returns; display it as a cell's last line."""

    def __init__(self, grid, space, budget, id, tournament=None, then=None, folder="."):
        if not (isinstance(budget, int) and budget >= 1):
            raise ValueError(f"budget must be a whole number, at least 1, got {budget!r}")
        missing = [design for design in space.designs if design not in grid.space.index]
        if missing:
            raise ValueError(
                f"the grid holds no run of {len(missing)} of the space's designs; the first: {missing[0].words()}"
            )
        if grid.start() not in space.index:
            raise ValueError(f"the start, {grid.start().words()}, is not in the space")
        self.grid, self.space, self.budget, self.id, self.tournament, self.then, self.folder = (
            grid,
            space,
            budget,
            id,
            tournament,
            then,
            Path(folder),
        )
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
        times = sorted({design.practice_time for design in grid.space.designs})
        tournament = (
            self.tournament
            if self.tournament and self.tournament["budget"] == self.budget
            else {"searchers": [], "odds": None}
        )
        others = [(one, grid.space.designs[one["start"]]) for one in tournament.get("others", [])]
        counter = Design(
            **{f: getattr(grid.start(), f) for f in DIALS} | {"problems": None, "architecture": "attention"}
        ).plain()
        floor = 0.1 if min(grid.scores(seed).min() for seed in grid.seeds) < 1 else 1.0
        big, curve = _charts(self.budget, floor)
        fixed = [name for name in DIALS if name not in self.fields]
        return {
            "id": self.id,
            "live": live,
            "budget": self.budget,
            "par": par(),
            "near": NEAR,
            "most": MOST,
            "low": floor,
            "dials": [
                {
                    "field": name,
                    "label": DIALS[name].label,
                    "term": DIALS[name].term,
                    "names": [DIALS[name].name(stop) for stop in space.stops[name]],
                    "switch": space.stops[name] == (False, True),
                }
                for name in self.fields
            ],
            "fixed": space.base.words(fixed) if fixed else "",
            "index": [grid.space.index[self.design(place)] for place in self.places],
            "start": self.place(grid.start()),
            "seeds": list(grid.seeds),
            "confirm": list(grid.confirm),
            "looks": [looks(time) for time in times],
            "look": [times.index(design.practice_time) for design in grid.space.designs],
            "runs": source(grid, live),
            "then": self.then and {"name": self.then[0], "page": self.then[1]},
            "searchers": tournament["searchers"],
            "others": [
                {"mode": one["mode"], "place": self.place(design), "searchers": one["searchers"]}
                for one, design in others
                if design in space.index
            ],
            "odds": tournament["odds"],
            "fingerprint": grid.fingerprint,
            "counter": {"place": self.place(counter)} if counter in space.index else None,
            "chart": big,
            "curve": curve,
        }

    def component(self, live):
        start = self.grid.outcome(self.grid.start(), self.grid.seeds[0])
        goal = f"The game: {self.budget} tries to make a model that does well on problems it has never met."
        text = (
            f"{goal} The start: {self.grid.start().words(self.fields)}; practice error {shown(start.practice)}, "
            f"fresh error {shown(start.fresh)} per cent of guessing zero. Par is {shown(par())}."
        )
        return Component(
            "game", self.spec(live), fallback_text(f"{text} The board needs scripts."), text, hear=self.hear
        )

    def _repr_mimebundle_(self, **options):
        return self.component(live=not is_static())._repr_mimebundle_(**options)

    training = []  # threads that train a try, for whichever board

    # --- training in a kernel ------------------------------------------------------------------------

    def hear(self, widget, message):
        """A message of the board: {"type": "train", "number", "place", "seed", "bet", "game"}, or {"type": "logged", "number", "game"}."""
        if message["type"] not in {"train", "logged"}:
            return
        thread = threading.Thread(target=getattr(self, message["type"]), args=(widget, message), daemon=True)
        if message["type"] == "train":
            Game.training = [one for one in Game.training if one.is_alive()] + [thread]
        thread.start()

    def train(self, widget, message):
        """Train, tell the board of the progress, write the try down, then tell the result."""
        number = message["number"]
        try:
            design, seed = self.design(message["place"]), message["seed"]

            def progress(share, practice, fresh):
                widget.send(
                    {
                        "type": "progress",
                        "number": number,
                        "share": share,
                        "practice": _plain(practice),
                        "fresh": _plain(fresh),
                    }
                )

            outcome = run_alone(design, seed, progress=progress)
            self.log(message["game"]).add(design, seed, outcome, message["bet"])
        except Exception as problem:  # the reader asked for this try and must be told what is wrong with it
            widget.send({"type": "failed", "number": number, "says": f"{type(problem).__name__}: {problem}"})
            return
        widget.send({"type": "trained", "number": number} | _told(outcome))

    def logged(self, widget, message):
        """Tell the board which tries its game's log holds, when those under way have ended: a page that was closed in the middle of one never heard of it."""
        for thread in Game.training:
            thread.join()
        try:
            kept = tries_path(
                self.folder
            )  # in a database that a class shares, the tries of this name are not all this reader's
            entries = self.log(message["game"]).entries() if isinstance(kept, Path) and kept.is_file() else []
            tries = [{"place": self.place(e.design), "seed": e.seed, "bet": e.bet} | _told(e.outcome) for e in entries]
        except Exception as problem:  # a log of another board, or none that can be read: the board does without
            widget.send({"type": "failed", "number": message["number"], "says": f"{type(problem).__name__}: {problem}"})
            return
        widget.send({"type": "logged", "number": message["number"], "tries": tries})

    def log(self, number=1):
        """The Log of the reader's game number `number` (their first is 1)."""
        return Log(tries_path(self.folder), f"{self.id}/{number}")


def tries_path(folder="."):
    """Where a kernel's tries are kept: what `THIRD_OPTIMIZER_TRIES` names, a file or the address of a database (then a str), or a
    git-ignored file beside the notebook."""
    place = os.environ.get("THIRD_OPTIMIZER_TRIES") or Path(folder) / TRIES_FILE
    return place if "://" in str(place) else Path(place)


def play(grid, space=None, budget=12, id="game", tournament=None, then=None):
    """The board of a game over `space` (by default all the grid's designs).

    grid: a meta.Grid; on a built page its runs are the tries. tournament: what meta.tournament.load gives, the searches of the
    comparison; without them, or on another budget than theirs, there is no comparison. then: (name, page) of the chapter a
    short game leads to, in place of its end on four screens. budget: tries. id: under which the game is kept among the reader's answers. ValueError for a space or a
    budget that the grid cannot serve.
    """
    return Game(grid, space or grid.space, budget, id, tournament, then)
