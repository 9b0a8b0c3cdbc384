"""The dials of free mode: the values they take, which are idle, what a try would cost, fields that take any number."""

import math
import re
import time
from dataclasses import replace
from functools import cache

import numpy as np

from third_optimizer.meta import DIALS
from third_optimizer.meta.design import LIMITS, NEVER
from third_optimizer.meta.running import practise

from ..figures.explore import Slider
from ..figures.numbers import read_number

# What the sliders run over; the field before a slider takes all of RANGES.
WINDOWS = {"problems": (1, 100_000), "passes": (1, 8), "step_length": (1e-4, 1.0), "practice_time": (50, 10_000)}
RANGES = LIMITS | {"seed": (0, 999_999)}
# Why a dial is idle, in the cases of Design.plain.
IDLE = {
    "passes": "a machine that reads one list has no passes",
    "warm_up": "there is no second pass to warm up for",
    "table": "no problem comes twice",
}
THOUSANDS = re.compile(r"\s*[1-9][0-9]{0,2}([,.][0-9]{3})+\s*")  # where only whole numbers are asked for
NAMES = "7.5rem"  # width of the dials' names
PROBE = 44  # steps of practice timed to know the price of all


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
        value = read_number(re.sub("[,.]", "", text) if whole and THOUSANDS.fullmatch(text) else text)
    except ValueError:
        value = np.nan
    if not low <= value <= high or whole and not value.is_integer():
        label = DIALS[name].label if name in DIALS else "Seed"
        range_ = f"from {told(name, low)} to {told(name, high)}"
        raise ValueError(f"{label} must be a {'whole ' * whole}number {range_}, not “{text.strip()}”.")
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
    """Seconds that a step of practice takes here and now, timed on PROBE steps.

    What makes none slower is left out, so that few designs are timed; what may blow up at once too, or nothing was.
    """
    return _step_seconds(
        replace(
            design,
            problems=design.problems if design.table else NEVER,
            step_length=LIMITS["step_length"][0],
            initial_scale="small",
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


def dial_stop(name, text):
    """The stop that a dial of names calls `text`."""
    return DIALS[name].stops[DIALS[name].names.index(text)]
