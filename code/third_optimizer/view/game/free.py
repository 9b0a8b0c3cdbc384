"""Free mode: in a kernel every dial takes any value a Design may have, and each try trains for real.

`free(id=...)` shows the panel. The atlas has runs at its stops only; what lies between them is trained here. Tries are
kept in an Optuna study of their own, beside the games' and never among them. A page without a kernel says where to find
one.
"""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from third_optimizer.meta import DIALS, Design
from third_optimizer.meta.design import LIMITS, NEVER
from third_optimizer.meta.grid import run_alone
from third_optimizer.meta.running import MOST

from ..component import Component, html, is_static
from ..figures.explore import REST, Choice
from ..figures.figure import demand_text, pack
from .free_dials import IDLE, NAMES, WINDOWS, Number, dial_stop, idle, price
from .free_texts import LEAST, chart, paragraph, said, table
from .rules import shown
from .training import Tries

ELSEWHERE = (
    '<p class="t3-fallback">With a kernel there is a panel here whose dials take every value in between, and every try '
    "trains for real. "
    '<a href="index.html#run">Run it on your computer</a>: <code>make lab</code>, then open this chapter.</p>'
)


class Stopped(Exception):
    """Raised inside a run by its reader."""


class Free:
    """What :func:`free` returns; display it as a cell's last line."""

    def __init__(self, space, id, folder):
        self.base, self.fields = (space.base, list(space.stops)) if space else (Design(), list(DIALS))
        self.id, self.tries = id, Tries(id, Path(folder))

    def log(self):
        """The Log of these tries."""
        return self.tries.log()

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
        self.entries = free.tries.entries()
        trouble = free.tries.notice()
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
        """(Design, seed) as the dials stand; ValueError in the panel's words.

        An idle dial stands where it makes no difference.
        """
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
            errors = f"practice error {shown(practice)}, fresh error {shown(fresh)}"
            text = f"{design.words()}, seed {seed}: at {step} {errors}."
            self.draw(seen, design, None, f"Training: {step}", text)

        message, wrong = "", False
        try:
            outcome = run_alone(design, seed, progress=progress)
            took = time.perf_counter() - began
            self.free.tries.add(design, seed, outcome)
            self.entries = self.free.tries.entries()
            wrong = bool(self.free.tries.trouble)
            message = f"Trained in {took:.1f} s. {self.free.tries.notice()}".strip()
        except Stopped:
            message = "Stopped. A run that did not end has no score, so it is not in the log."
        except Exception as problem:  # the reader asked for this try and must be told what is wrong with it
            message, wrong = f"This could not be trained ({type(problem).__name__}: {problem}).", True
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
            f"Try {len(self.entries)}, seed {entry.seed}: {entry.design.words()}. "
            f"Practice error {shown(looks[0][1])} at first, {shown(last[1])} {when}; "
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


def free(space=None, *, id="free", folder="."):
    """Free mode: sliders over every value between the stops, each try trained in this kernel; on a built page a
    sentence that says so.

    space: a meta.Space whose dials are offered, over all of their range; the others stand where its base has them.
    None: all dials. id: of the study in which the tries are kept, apart from any game's. folder: where the tries'
    file is.
    """
    return Free(space, id, folder)
