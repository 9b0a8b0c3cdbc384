"""The reader's figure: one call, alive under a slider with a kernel and without one.

On a built page every stop of every slider is computed beforehand and the page's script swaps the
rows. In a kernel ipywidgets sliders run over every value in between.
"""

import bisect
import inspect
import itertools
import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..component import Component, fallback_text, is_static
from .figure import demand_text, pack, places_seen, slug, specification
from .saying import fill

MOST_SLICES = 2000
SLOW = 0.05  # seconds: a dearer figure is computed beside the kernel's main thread
REST = 0.15  # seconds a slider must rest before a slow figure is computed


@dataclass(frozen=True)
class Slider:
    """A dial over numbers. label: what the reader sees. stops: rising values, those the built page
    offers. start: one of them. format: how a value reads. log: in a kernel, even steps of the logarithm.
    names: what the stops are called, where a number does not say it; such a dial has no values in between.
    """

    label: str
    stops: Sequence[float]
    start: float
    format: str = "{:g}"
    log: bool = False
    names: Sequence[str] = ()

    def __post_init__(self):
        object.__setattr__(self, "stops", tuple(_number(stop) for stop in self.stops))
        if len(self.stops) < 2 or any(b <= a for a, b in itertools.pairwise(self.stops)):
            raise ValueError(f"slider {self.label!r}: stops must be two or more rising numbers, got {self.stops}")
        if self.start not in self.stops:
            raise ValueError(f"slider {self.label!r}: start {self.start} is not one of its stops {self.stops}")
        if self.log and self.stops[0] <= 0:
            raise ValueError(f"slider {self.label!r}: a log slider needs stops above 0, got {self.stops[0]}")
        if self.names and len(self.names) != len(self.stops):
            raise ValueError(
                f"slider {self.label!r}: {len(self.stops)} stops need as many names, got {len(self.names)}"
            )
        texts = [self.say(stop) for stop in self.stops]
        if len(set(texts)) < len(texts):
            raise ValueError(f"slider {self.label!r}: format {self.format!r} makes two stops read alike: {texts}")

    def say(self, value):
        return self.names[self.stops.index(value)] if self.names else self.format.format(value)

    def control(self):
        """The ipywidgets slider: every value between the first stop and the last."""
        import ipywidgets as widgets

        low, high = self.stops[0], self.stops[-1]
        common = dict(
            value=self.start,
            description=self.label,
            continuous_update=True,
            style={"description_width": "initial"},
            layout={"width": "100%"},
        )
        if self.names:
            return widgets.SelectionSlider(options=list(zip(self.names, self.stops, strict=True)), **common)
        if all(isinstance(stop, int) for stop in self.stops):
            return widgets.IntSlider(min=low, max=high, **common)
        # d3 reads Python's formats, but its "g" keeps trailing zeros; without a letter it drops them
        readout = {"g": ".4"}.get(self.format[2:-1], self.format[2:-1])
        if self.log:
            common["value"] = float(self.start)
            low, start, high = (math.log10(value) for value in (low, self.start, high))
            return widgets.FloatLogSlider(
                base=10, min=low, max=high, step=_even_step(low, start, high), readout_format=readout, **common
            )
        return widgets.FloatSlider(
            min=low, max=high, step=_even_step(low, self.start, high), readout_format=readout, **common
        )


def _even_step(low, start, high):
    """About a 200th of the way from `low` to `high`; the start is a whole number of steps from `low`."""
    steps = round(200 * (start - low) / (high - low))
    return (start - low) / steps if steps else (high - low) / 200


@dataclass(frozen=True)
class Choice:
    """A dial over names. options: two or more texts. start: one of them."""

    label: str
    options: Sequence[str]
    start: str

    def __post_init__(self):
        object.__setattr__(self, "options", tuple(self.options))
        if len(self.options) < 2 or len(set(self.options)) < len(self.options):
            raise ValueError(f"choice {self.label!r}: needs two or more different options, got {self.options}")
        if self.start not in self.options:
            raise ValueError(f"choice {self.label!r}: start {self.start!r} is not one of {self.options}")

    @property
    def stops(self):
        return self.options

    def say(self, value):
        return value

    def control(self):
        import ipywidgets as widgets

        return widgets.ToggleButtons(
            options=self.options,
            value=self.start,
            description=self.label,
            style={"description_width": "initial", "button_width": "auto"},
        )


def _number(value):
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, int) else float(value)


class Explore:
    """What :func:`explore` returns; display it as a cell's last line."""

    def __init__(
        self, compute, chart, describe, title, dials, id, height, after=None, numbers=None, caption=None, play=None
    ):
        if not (callable(describe) or (numbers and isinstance(describe, str) and describe.strip())):
            raise ValueError(
                "describe must be a function that returns the figure's text alternative, or a text that numbers fill; "
                f"got {describe!r}"
            )
        if not dials:
            raise ValueError("explore needs one dial or more, got none")
        for name, dial in dials.items():
            if not isinstance(dial, Slider | Choice):
                raise ValueError(f"dial {name!r} must be a Slider or a Choice, got {dial!r}")
        if play is not None and not isinstance(dials.get(play), Slider):
            raise ValueError(f"play must name one of the figure's sliders, got {play!r}")
        if after and caption is True:
            raise ValueError(f"caption=True would say before the answer to {after} what follows it: give it a text")
        self.compute, self.dials, self.numbers = compute, dials, numbers
        self.describe, self.title = self.said(describe), self.said(title)
        self.caption = self.said(caption) if isinstance(caption, str) else caption
        self.chart = specification(chart, height)
        self.places = places_seen(self.chart)
        self.after, self.play = after, play
        self.id = id or slug(title if isinstance(title, str) else compute.__name__)

    def said(self, text):
        """A text, or a function that returns one, as such a function; a text is filled with what `numbers` returns."""
        if callable(text):
            return text
        return lambda columns, **values: fill(text, values | self.numbers(**values)) if self.numbers else text

    def columns(self, values, progress=None):
        """The rows for one setting: `compute(**values)`, told of `progress` if it asks for it."""
        if progress and "progress" in inspect.signature(self.compute).parameters:
            return self.compute(**values, progress=progress)
        return self.compute(**values)

    def frame(self, values, progress=None):
        """What one setting shows: packed columns, a text that holds the dials' values, a title."""
        columns = self.columns(values, progress)
        said = self.describe(columns, **values)
        said, before = said if self.after else (said, None)
        said = demand_text(said, "what describe returns")
        settings = ", ".join(f"{dial.label} {dial.say(values[name])}" for name, dial in self.dials.items())
        title = demand_text(self.title(columns, **values), "title")
        frame = {"columns": pack(columns, places=self.places), "text": f"{settings}. {said}", "title": title}
        if self.caption:
            shown = said if self.caption is True else self.caption(columns, **values)
            frame["caption"] = demand_text(shown, "caption")
        if self.after:
            frame["before"] = f"{settings}. {demand_text(before, 'the second text of describe')}"
        return frame

    def player(self):
        """What a figure's specification says of its button "Play"."""
        dial = self.dials.get(self.play)
        return {"play": {"dial": self.play, "label": dial.label, "stops": len(dial.stops)}} if dial else {}

    def start(self):
        return {name: dial.start for name, dial in self.dials.items()}

    def page(self):
        """The figure of a built page: one slice for every combination of stops."""
        size = math.prod(len(dial.stops) for dial in self.dials.values())
        if size > MOST_SLICES:
            raise ValueError(f"the sliders' stops make {size} combinations; a page holds at most {MOST_SLICES}")
        grid = list(itertools.product(*(dial.stops for dial in self.dials.values())))
        frames = [self.frame(dict(zip(self.dials, stops, strict=True))) for stops in grid]
        start = frames[grid.index(tuple(self.start().values()))]
        first = frames[0]["columns"]
        shared = {name for name in first if all(frame["columns"].get(name) == first[name] for frame in frames)}
        titles = [frame["title"] for frame in frames]
        spec = {
            "id": self.id,
            "chart": self.chart,
            "dials": [
                {
                    "name": name,
                    "label": dial.label,
                    "kind": "choice" if isinstance(dial, Choice) else "slider",
                    "stops": [dial.say(stop) for stop in dial.stops],
                    "start": dial.stops.index(dial.start),
                }
                for name, dial in self.dials.items()
            ],
            "shared": {name: first[name] for name in shared},
            "slices": [{n: v for n, v in frame["columns"].items() if n not in shared} for frame in frames],
            "texts": [frame["text"] for frame in frames],
            "titles": titles if len(set(titles)) > 1 else titles[:1],
        } | self.player()
        if self.caption:
            captions = [frame["caption"] for frame in frames]
            spec["captions"] = captions if len(set(captions)) > 1 else captions[:1]
        if self.after:
            spec |= {"after": self.after, "befores": [frame["before"] for frame in frames]}
        return Component("explore", spec, fallback_text(f"{start['title']}. {start['text']}"), start["text"])

    def _repr_mimebundle_(self, **options):
        if is_static():
            return self.page()._repr_mimebundle_(**options)
        self.live = Live(self)
        return self.live.box._repr_mimebundle_(**options)


class Live:
    """A figure in a kernel: sliders, and the component they drive.

    A setting that takes longer than SLOW seconds is computed in a thread, after the sliders have
    rested for REST seconds, and shown only if no later setting has been asked for: the latest
    value wins. `error` holds what the last setting raised, or ""; the figure says it in words.
    """

    def __init__(self, explore, slow=None):
        import ipywidgets as widgets

        self.explore, self.error = explore, ""
        self.controls = {name: dial.control() for name, dial in explore.dials.items()}
        # `figure` alone among the kinds has frames sent to it.
        spec = {"id": explore.id, "chart": explore.chart} | ({"after": explore.after} if explore.after else {})
        self.component = Component("figure", spec | explore.player(), hear=self.hear).widget()
        self.playing = False  # while a stop that the button "Play" asks for is set
        self.box = widgets.VBox([self.component, *self.controls.values()])
        self.wanted = 0
        self.changed = threading.Condition()
        self.worker = None
        began = time.perf_counter()
        self.show(explore.start(), 0)
        self.slow = time.perf_counter() - began > SLOW if slow is None else slow
        for control in self.controls.values():
            control.observe(self.turned, "value")

    def values(self):
        return {name: control.value for name, control in self.controls.items()}

    def hear(self, _, message):
        """The page's button "Play" asks for a stop of its dial."""
        if message["type"] == "turn":
            self.playing = True
            self.controls[self.explore.play].value = self.explore.dials[self.explore.play].stops[message["at"]]
            self.playing = False

    def turned(self, change):
        if self.explore.play and change["owner"] is self.controls[self.explore.play] and not self.playing:
            stops = self.explore.dials[self.explore.play].stops
            self.component.send({"type": "halt", "at": bisect.bisect_right(stops, change["new"]) - 1})
        with self.changed:
            self.wanted += 1
            self.changed.notify()
        if not self.slow:
            self.show(self.values(), self.wanted)
        elif self.worker is None or not self.worker.is_alive():
            self.worker = threading.Thread(target=self.work, daemon=True)
            self.worker.start()

    def work(self):
        """Compute the newest setting; begin again if a newer one came meanwhile."""
        shown = None
        while True:
            with self.changed:
                while self.changed.wait(REST):  # True: turned again before it came to rest
                    pass
                if shown == self.wanted:
                    self.worker = None  # inside the lock: a later turn starts a new thread
                    return
                wanted, values = self.wanted, self.values()
            self.component.busy = "Computing…"
            self.show(values, wanted, lambda done: setattr(self.component, "busy", f"Computing… {done:.0%}"))
            shown = wanted

    def show(self, values, wanted, progress=None):
        frame, error = {}, ""
        try:
            frame = self.explore.frame(values, progress)
        except Exception as problem:  # the reader asked for this setting and must be told what is wrong with it
            error = f"{type(problem).__name__}: {problem}"
        if wanted != self.wanted:
            return  # a later setting has been asked for meanwhile
        self.error = self.component.busy = error
        if frame:
            self.component.frame = frame


def explore(
    compute: Callable,
    chart,
    describe,
    *,
    title,
    caption=None,
    id=None,
    height=260,
    after=None,
    numbers=None,
    play=None,
    **dials,
):
    """A figure whose sliders call `compute`.

    compute(**values) -> columns: dict of name -> array, the rows of the chart (arrays of one length,
        or scalars). If it has a parameter `progress`, it may call progress(fraction) while it works.
    chart: an Altair chart without data, encodings with types; colours "$base", "$ink", ...
    describe(columns, **values) -> str: the text alternative, for those who hear the figure. The dials' values are put
        before it. Or a text whose {placeholders} `numbers` fills (figures.saying).
    title: a sentence, the figure's message, or a function like `describe` that returns it, or such a text.
    caption: what stands below for all to read: one useful thing that the picture does not say; as title, or
        True for the described text itself (not with `after`), or None.
    numbers(**values) -> dict: what fills the texts, beside the dials' values.
    id: the figure's name in the page's address. height: pixels.
    after: id of a question of the page ("index/predict/fresh"). Until the reader has answered or skipped it, rows
        whose column "later" is true are not shown; describe then returns two texts, with and without them.
    play: name of a slider that a button runs through its stops, or None.
    dials: name=Slider(...) or name=Choice(...), one for each parameter of `compute`.

    Raises ValueError without a text alternative, title or dial, and for ragged columns.
    """
    return Explore(compute, chart, describe, title, dials, id, height, after, numbers, caption, play)
