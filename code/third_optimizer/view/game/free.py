"""Free mode: in a kernel every dial takes any value a Design may have, and each try trains for real.

`free(id=...)` shows the panel. The atlas has runs at its stops only; what lies between them is trained here. Tries are
kept in an Optuna study of their own, beside the games' and never among them. A page without a kernel says where to find one.
"""

import math
import threading
import time
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

import altair as alt
import numpy as np

from third_optimizer.meta import DIALS, Design, Log, par
from third_optimizer.meta.design import LIMITS, NEVER
from third_optimizer.meta.grid import run_alone
from third_optimizer.meta.running import practise

from ..component import Component, html, is_static
from ..figures.charts import axis, lines
from ..figures.explore import REST, Choice, Slider
from ..figures.figure import demand_text, pack, specification
from .game import MOST, sentence, shown, tries_path

ELSEWHERE = (
    '<p class="t3-fallback">With a kernel there is a panel here whose dials take every value in between, and every try trains for real. '
    '<a href="index.html#run">Run it on your machine</a>: <code>make lab</code>, then open this chapter.</p>'
)
LEAST = 0.1  # per cent: the chart's lower edge
# What the sliders run over; the field before a slider takes all of RANGES.
WINDOWS = {"problems": (1, 100_000), "passes": (1, 8), "step_length": (1e-4, 1.0), "practice_time": (50, 10_000)}
RANGES = LIMITS | {"seed": (0, 999_999)}
# Why a dial is idle, in the cases of Design.plain.
IDLE = {
    "passes": "a machine that reads one list has no passes",
    "warm_up": "there is no second pass to warm up for",
    "table": "no problem comes twice",
}
NAMES = "7.5rem"  # width of the dials' names
PROBE = 44  # steps of practice timed to know the price of all


class Stopped(Exception):
    """Raised inside a run by its reader."""


def idle(design, name):
    """Why turning the dial `name` makes no difference to `design`, or ""."""
    turned = {replace(design, **{name: stop}).plain() for stop in DIALS[name].stops}
    return IDLE[name] if len(turned) == 1 else ""


def told(name, value):
    """A number as a field says it, every digit of it: "0.003", "1,024"."""
    return f"{value:,}" if isinstance(RANGES[name][0], int) else np.format_float_positional(value, trim="-")


def number(name, text):
    """The number that `text` says for dial `name` (or "seed"); ValueError in the panel's words."""
    low, high = RANGES[name]
    whole = isinstance(low, int)
    try:
        value = float(text.replace(",", "").strip())
    except ValueError:
        value = np.nan
    if not low <= value <= high or whole and not value.is_integer():
        label = DIALS[name].label if name in DIALS else "Seed"
        raise ValueError(
            f"{label} must be a {'whole ' * whole}number from {told(name, low)} to {told(name, high)}, not “{text.strip()}”."
        )
    return int(value) if whole else value


@cache
def _step_seconds(design):
    from threadpoolctl import threadpool_limits

    stamps = []
    with threadpool_limits(1):  # as a try is trained
        practise(design, 0, look=lambda step, *_: stamps.append((step, time.perf_counter())))
    (first, began), (last, ended) = stamps[0], stamps[-1]
    return (ended - began) / (last - first)


def step_seconds(design):
    """Seconds that a step of practice takes here and now, timed on PROBE steps. What makes none slower is left out, so that few designs are timed."""
    return _step_seconds(
        replace(
            design,
            problems=design.problems if design.table else NEVER,
            step_length=LIMITS["step_length"][0],
            practice_time=PROBE,
        )
    )


def price(design):
    """What training `design` takes on this processor, in words."""
    seconds = step_seconds(design.plain()) * design.practice_time
    how = (
        "less than a second"
        if seconds < 1
        else f"about {seconds:.0f} s"
        if seconds < 100
        else f"about {seconds / 60:.0f} minutes"
    )
    return f"Practice takes {how} on this processor."


def said(entry, before, best):
    """The board's sentence on a try. entry, before: Entries, this try and the one before it or None; best: lowest fresh error before it."""
    outcome = entry.outcome
    now = {"practice": outcome.practice, "fresh": outcome.fresh, "at": outcome.diverged_at}
    if before is None and outcome.diverged_at is None:
        return f"Fresh {shown(outcome.fresh)}. Practice {shown(outcome.practice)}."
    last = (
        now
        if before is None
        else {"practice": before.outcome.practice, "fresh": before.outcome.fresh, "at": before.outcome.diverged_at}
    )
    moved, reseeded = (
        (len(entry.design.differences(before.design)), entry.seed != before.seed) if before else (0, False)
    )
    text = sentence(
        now,
        last,
        best,
        par(),
        seed=entry.seed,
        again="last" if reseeded and not moved else None,
        moved=moved + reseeded,
    )
    return text.replace(" That cost a try.", "")  # here nobody counts


class Number:
    """A field that takes any number of the dial's range, and a slider over a window of it."""

    def __init__(self, name, label, value, window=None):
        import ipywidgets as widgets

        self.name, self.window = name, window
        # the name is the field's, because a screen reader finds none on the handle of an ipywidgets slider
        self.field = widgets.Text(
            value=told(name, value),
            description=label,
            continuous_update=False,
            style={"description_width": NAMES},
            layout={"width": "13.5rem"},
        )
        self.parts = [self.field]
        if not window:
            return
        low, high = window
        start, log = min(max(value, low), high), high / low > 100
        stops = sorted({low, start, high})
        self.slider = Slider(label, [float(stop) for stop in stops] if log else stops, start, log=log).control()
        self.slider.description, self.slider.tooltip, self.slider.readout = "", label, False
        self.slider.layout = {"flex": "1 1 6rem", "width": "auto"}
        self.parts.append(self.slider)
        self.slider.observe(self.slid, "value")
        self.field.observe(self.typed, "value")

    def place(self):
        """Where the slider stands when the field speaks; None if that is no number."""
        try:
            return min(max(number(self.name, self.field.value), self.window[0]), self.window[1])
        except ValueError:
            return None

    def slid(self, _):
        if math.isclose(self.slider.value, self.place() or math.nan, rel_tol=1e-6):
            return  # it follows the field, which may say more digits, or a number outside the window
        value = float(f"{self.slider.value:.3g}")
        self.field.value = told(self.name, round(value) if isinstance(self.window[0], int) else value)

    def typed(self, _):
        if self.place() is not None:
            self.slider.value = self.place()

    def read(self):
        return number(self.name, self.field.value)

    def show(self, value):
        self.field.value = told(self.name, value)


class Free:
    """What :func:`free` returns; display it as a cell's last line."""

    def __init__(self, space, id, folder):
        self.base, self.fields = (space.base, list(space.stops)) if space else (Design(), list(DIALS))
        self.id, self.folder = id, Path(folder)

    def log(self):
        """The Log of these tries."""
        return Log(tries_path(self.folder), self.id)

    def _repr_mimebundle_(self, **options):
        if is_static():
            return html(
                ELSEWHERE, "With a kernel there is a panel here whose dials take every value in between: make lab."
            )._repr_mimebundle_(**options)
        self.panel = Panel(self)
        return self.panel.box._repr_mimebundle_(**options)


class Panel:
    """One display of free mode in a kernel. entries: the tries so far. worker: the thread that trains, or None."""

    def __init__(self, free):
        import ipywidgets as widgets

        self.free, self.worker, self.stopping, self.wanted = free, None, False, None
        self.entries, trouble = [], ""
        try:
            kept = tries_path(free.folder)
            if isinstance(kept, str) or kept.is_file():  # looking leaves no file behind
                self.entries = free.log().entries()
        except Exception as problem:  # the reader must be told, and may train all the same
            trouble = f"The earlier tries cannot be read ({type(problem).__name__}: {problem})."
        begin = self.entries[-1] if self.entries else None
        self.design, self.notes, rows = begin.design if begin else free.base, {}, []
        self.numbers, self.choices = {}, {}
        for name in free.fields:
            dial, value = DIALS[name], getattr(self.design, name)
            if name in LIMITS:
                self.numbers[name] = Number(name, dial.label, 1024 if value is NEVER else value, WINDOWS[name])
                parts = self.numbers[name].parts
                if name == "problems":
                    self.never = widgets.Checkbox(
                        value=value is NEVER, description=dial.name(NEVER), indent=False, layout={"width": "auto"}
                    )
                    parts = [*parts, self.never]
            else:
                self.choices[name] = Choice(dial.label, dial.names, dial.name(value)).control()
                self.choices[name].add_class("widget-inline-hbox")  # the name beside the buttons, as with the fields
                self.choices[name].style.description_width = NAMES
                parts = [self.choices[name]]
            if name in IDLE:
                self.notes[name] = widgets.HTML()
                parts = [*parts, self.notes[name]]
            rows.append(widgets.HBox(parts, layout={"flex_flow": "row wrap", "align_items": "center"}))
        self.numbers["seed"] = Number("seed", "Seed", begin.seed if begin else 1)
        rows.append(widgets.HBox(self.numbers["seed"].parts))

        self.train_button = widgets.Button(description="Train this", layout={"width": "auto", "height": "44px"})
        self.stop_button = widgets.Button(description="Stop", disabled=True, layout={"width": "auto", "height": "44px"})
        self.bar = widgets.FloatProgress(
            max=1.0, layout={"width": "8rem", "display": "none"}, style={"bar_color": "var(--t3-meta)"}
        )
        self.cost, self.message, self.table = widgets.HTML(), widgets.HTML(), widgets.HTML()
        for button, press in ((self.train_button, self.train), (self.stop_button, self.stop)):
            button.add_class("t3-button")
            button.on_click(press)
        self.train_button.add_class("t3-primary")
        self.figure = Component("figure", {"id": f"{free.id.replace('/', '-')}-run", "chart": chart()}).widget()
        go = widgets.HBox(
            [self.train_button, self.stop_button, self.bar, self.cost],
            layout={"flex_flow": "row wrap", "align_items": "center", "grid_gap": "0.25rem 0.75rem"},
        )
        fixed = [name for name in DIALS if name not in free.fields]
        words = [widgets.HTML(paragraph(f"Fixed here: {free.base.words(fixed)}."))] if fixed else []
        self.box = widgets.VBox(
            [*rows, *words, go, self.message, self.figure, self.table],
            layout={"max_width": "44rem", "grid_gap": "0.25rem"},
        )
        self.box.add_class("t3-free")
        for control in [
            *self.choices.values(),
            *([self.never] if "problems" in free.fields else []),
            *(one.field for one in self.numbers.values()),
        ]:
            control.observe(self.turned, "value")
        self.turned()
        self.show()
        if trouble:
            self.say(trouble, wrong=True)

    # --- the dials ---------------------------------------------------------------------------------

    def setting(self):
        """(Design, seed) as the dials stand; ValueError in the panel's words. An idle dial stands where it makes no difference."""
        values = {name: dial_stop(name, control.value) for name, control in self.choices.items()}
        if "problems" in self.numbers and self.never.value:
            values["problems"] = NEVER
        idle_here = {name for name in self.notes if name in self.numbers and self.numbers[name].field.disabled}
        for name, one in self.numbers.items():
            if name not in values and name not in idle_here:
                values[name] = one.read()
        seed = values.pop("seed")
        return replace(self.free.base, **values).plain(), seed

    def turned(self, _=None):
        """A dial has moved: which are idle, what is wrong, what it would cost."""
        kinds = {name: dial_stop(name, control.value) for name, control in self.choices.items()}
        if "problems" in self.numbers:
            kinds["problems"] = NEVER if self.never.value else 1
            for part in self.numbers["problems"].parts:
                part.disabled = self.never.value
        if "passes" in self.numbers:
            kinds["passes"] = self.numbers["passes"].place() or 1
        here = replace(self.free.base, **kinds)
        for name, note in self.notes.items():
            why = idle(here, name)
            note.value = paragraph(f"No difference here: {why}.") if why else ""
            for part in self.numbers[name].parts if name in self.numbers else [self.choices[name]]:
                part.disabled = bool(why)
        try:
            self.design, _ = self.setting()
        except ValueError as problem:
            self.wanted, self.cost.value = None, ""
            self.say(str(problem), wrong=True)
            return
        self.say("")
        self.wanted, self.cost.value = self.design, ""
        timer = threading.Timer(REST, self.tell_price, [self.design])
        timer.daemon = True
        timer.start()

    def tell_price(self, design):
        if (
            self.worker is None and design and design == self.wanted
        ):  # no later turn, and nothing that would slow the timing
            words = price(design)
            if design == self.wanted:
                self.cost.value = paragraph(words)

    # --- training ----------------------------------------------------------------------------------

    def train(self, _=None):
        """Train as the dials stand, in a thread: the kernel stays free."""
        if self.worker is not None:
            return
        try:
            design, seed = self.setting()
        except ValueError as problem:
            self.say(str(problem), wrong=True)
            return
        self.stopping, self.train_button.disabled, self.stop_button.disabled = False, True, False
        self.bar.value, self.bar.layout.display = 0.0, None
        self.say("Training.")
        self.worker = threading.Thread(target=self.work, args=(design, seed), daemon=True)
        self.worker.start()

    def stop(self, _=None):
        self.stopping = True
        self.say("It stops at its next look.")

    def work(self, design, seed):
        """Train, tell of the progress, write the try down, show it."""
        began, seen = time.perf_counter(), []

        def progress(share, practice, fresh):
            if self.stopping and share < 1:
                raise Stopped
            seen.append((share * design.practice_time, practice, fresh))
            self.bar.value = share
            step = f"step {seen[-1][0]:,.0f} of {design.practice_time:,}"
            self.draw(
                seen,
                design,
                None,
                f"Training: {step}",
                f"{design.words()}, seed {seed}: at {step} practice error {shown(practice)}, fresh error {shown(fresh)}.",
            )

        message, wrong = "", False
        try:
            outcome = run_alone(design, seed, progress=progress)
            log = self.free.log()
            log.add(design, seed, outcome)
            self.entries = log.entries()
            message = f"Trained in {time.perf_counter() - began:.1f} s."
        except Stopped:
            message = "Stopped. A run that did not end has no score, so it is not in the log."
        except Exception as problem:  # the reader asked for this try and must be told what is wrong with it
            message, wrong = f"This try was not kept ({type(problem).__name__}: {problem}).", True
        self.bar.layout.display = "none"
        self.show()
        self.say(message, wrong)
        self.worker, self.train_button.disabled, self.stop_button.disabled = None, False, True
        self.tell_price(self.wanted)

    # --- what is shown -----------------------------------------------------------------------------

    def say(self, text, wrong=False):
        self.message.value = paragraph(text, "alert" if wrong else "status") if text else ""

    def draw(self, looks, design, at, title, text):
        """Show a run's curves. looks: [(step, practice, fresh)]; at: the step at which it exploded, or None."""
        steps, *errors = np.array(looks, float).reshape(-1, 3).T
        x, y = 100 * np.tile(steps, 2) / design.practice_time, np.maximum(np.concatenate(errors), LEAST)
        series = ["practice"] * len(steps) + ["fresh"] * len(steps)
        if at is not None:
            x, y, series = [*x, 100 * at / design.practice_time], [*y, MOST], [*series, "exploded"]
        self.figure.frame = {
            "columns": pack({"x": x, "y": y, "series": series}),
            "title": demand_text(title, "title"),
            "text": demand_text(text, "text"),
        }

    def show(self):
        """The last try's curves and sentence, and the log."""
        if not self.entries:
            self.draw(
                [],
                self.design,
                None,
                "No try yet",
                "Turn the dials and train: practice error and fresh error over the practice time will be drawn here.",
            )
            self.table.value = ""
            return
        *earlier, entry = self.entries
        outcome, at = entry.outcome, entry.outcome.diverged_at
        looks = list(zip(outcome.steps, outcome.practice_curve, outcome.fresh_curve, strict=True))
        last = looks[-1 if at is None or len(looks) == 1 else -2]
        when = "at the end" if at is None else f"at the last look; it exploded at step {at:,}"
        text = (
            f"Try {len(self.entries)}, seed {entry.seed}: {entry.design.words()}. Practice error {shown(looks[0][1])} at first, {shown(last[1])} {when}; "
            f"fresh error {shown(looks[0][2])} at first, {shown(last[2])} {when}."
        )
        best = min((one.outcome.fresh for one in earlier), default=np.inf)
        self.draw(
            looks,
            entry.design,
            at,
            f"Try {len(self.entries)}. {said(entry, earlier[-1] if earlier else None, best)}",
            text,
        )
        self.table.value = table(self.entries)


def dial_stop(name, text):
    """The stop that a dial of names calls `text`."""
    return DIALS[name].stops[DIALS[name].names.index(text)]


def paragraph(text, role=None):
    return f'<p class="t3-progress"{f" role={role}" if role else ""} style="margin: 0{"; color: var(--t3-ink)" if role == "alert" else ""}">{escape(text)}</p>'


def chart():
    """A run's two curves over its practice time."""
    x, y, ends = "practice time, %", "error, % of guessing zero", ((0, 100), (LEAST, MOST))
    exploded = (
        alt.Chart()
        .transform_filter("datum.series == 'exploded'")
        .mark_text(color="$mesa", fontSize=18, fontWeight=600, dy=5)
    )
    drawn = specification(
        lines(
            x,
            y,
            {"practice": "$base", "fresh": "$mesa"},
            x_domain=ends[0],
            y_domain=ends[1],
            log_y=True,
            labels={"fresh": -8, "practice": 8},
        )
        + exploded.encode(x=axis("x", x, ends[0]), y=axis("y", y, ends[1], log=True), text=alt.value("×")),
        200,
    )
    drawn["autosize"]["resize"] = True  # the names at the lines' ends come later and need room
    return drawn


def table(entries):
    """The log as HTML, newest first: what differs from the try before, seed, scores."""
    rows = []
    for i, entry in enumerate(entries):
        names = entry.design.differences(entries[i - 1].design) if i else None
        scores = (
            [shown(entry.outcome.practice), shown(entry.outcome.fresh)]
            if entry.outcome.diverged_at is None
            else ["×", f"× step {entry.outcome.diverged_at:,}"]
        )
        cells = "".join(f'<td class="t3-game-score">{cell}</td>' for cell in (f"{entry.seed:,}", *scores))
        rows.append(
            f"<tr><td>{i + 1}</td><td>{escape('the same dials' if names == {} else entry.design.words(names))}</td>{cells}</tr>"
        )
    return (
        '<div class="t3-game" role="region" aria-label="Free tries" tabindex="0" style="max-height: 24rem; overflow-y: auto"><table><caption>Free tries, newest first: the dials that differ from the try before. None of them counts in the game.</caption>'
        '<thead><tr><th scope="col">Try</th><th scope="col">Dials</th><th scope="col">Seed</th><th scope="col">Practice</th><th scope="col">Fresh</th></tr></thead>'
        f"<tbody>{''.join(reversed(rows))}</tbody></table></div>"
    )


def free(space=None, *, id="free", folder="."):
    """Free mode: sliders over every value between the stops, each try trained in this kernel; on a built page a sentence that says so.

    space: a meta.Space whose dials are offered, over all of their range; the others stand where its base has them. None: all dials.
    id: of the study in which the tries are kept, apart from any game's. folder: where the tries' file is.
    """
    return Free(space, id, folder)
