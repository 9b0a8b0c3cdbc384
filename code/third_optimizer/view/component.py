"""One thing on the page that our script draws: alive in a kernel, alive on a page without one.

A component is a kind (`page.js` knows which there are; "html" is markup alone) and a specification of plain JSON. On a
built page it is a `div` that holds the specification and a fallback for readers without scripts. In a notebook it is an
anywidget running the same script.
"""

import hashlib
import json
import os
import weakref
from functools import cache
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
BUNDLES = {
    "vega": ("vega/vega.min.js", "vega/vega-lite.min.js", "vega/vega-interpreter.min.js"),
    "qr": ("qrcode/qrcode.js",),
}  # what a notebook's page asks for when it needs it
# What draws components, in the order in which a page loads it. Each file stands beside the Python it belongs to.
STYLES = (
    "component.css",
    "figures/figures.css",
    "figures/battery.css",
    "figures/levers.css",
    "figures/longer.css",
    "figures/maze.css",
    "figures/probes.css",
    "figures/rain.css",
    "questions/questions.css",
    "site/landing.css",
    "game/dials.css",
    "game/game.css",
    "game/board.css",
    "game/sky.css",
)
SCRIPTS = (
    "dom.js",
    "questions/store.js",
    "figures/chart.js",
    "figures/parts.js",
    "figures/explore.js",
    "figures/battery.js",
    "figures/learner.js",
    "figures/bandit.js",
    "figures/levers.js",
    "figures/longer.js",
    "figures/numbers.js",
    "figures/planner.js",
    "figures/ground.js",
    "figures/maze.js",
    "figures/marked.js",
    "figures/scenes.js",
    "figures/probes.js",
    "figures/rain.js",
    "questions/ask.js",
    "questions/veil.js",
    "questions/answers.js",
    "game/rules.js",
    "game/codes.js",
    "game/received.js",
    "game/runs.js",
    "game/state.js",
    "game/charts.js",
    "game/log.js",
    "game/screens.js",
    "game/sharing.js",
    "game/sky.js",
    "game/skies.js",
    "game/reveal.js",
    "game/png.js",
    "game/picture.js",
    "game/dials.js",
    "game/record.js",
    "game/game.js",
    "game/pasted.js",
    "game/files.js",
    "game/class_parts.js",
    "game/class.js",
    "game/board.js",
    "page.js",
)


# The record of the reader's answers, for widgets: questions/answers.py names itself here: this module stands below.
# It has load(), put(id, answer, over) and clear(), and each returns {"answers": {id: answer}}; and notice().
record = None


# Under the words of each component, until it is drawn: with no scripts, and where one is blocked or missing.
NOT_DRAWN = (
    '<p class="t3-fallback t3-not-drawn">Here only words stand: a script did not run. Reload the page, or allow it '
    "its scripts.</p>"
)


def unkept(what, problem):
    """What a reader is told whose answers or tries ("answers", "tries") cannot be kept. problem: the exception."""
    why = (str(problem).splitlines() or [""])[0]
    return (
        f"This kernel cannot read or write your {what} ({type(problem).__name__}: {why}). New ones stay in its memory "
        "until it ends. To keep them, set THIRD_OPTIMIZER_ANSWERS and THIRD_OPTIMIZER_TRIES to files that you may "
        "write, before the kernel starts or with %env in a cell; what is in memory follows with the next one."
    )


def is_static():
    """True while the book is being built: outputs are drawn for readers without a kernel."""
    return os.environ.get("THIRD_OPTIMIZER_STATIC") == "1"


def to_json(value):
    """JSON that may stand inside a `<script>` element."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("</", "<\\/")


class Component:
    """Something to display in a notebook cell.

    kind: which drawer of `page.js` is used. spec: its JSON-serialisable specification.
    fallback: HTML for readers without scripts. text: plain text, for terminals. hear(widget, message): in a
    kernel, what to do with a message that only this component knows.
    """

    def __init__(self, kind, spec, fallback="", text="", hear=None):
        self.kind, self.spec, self.fallback, self.text, self.hear = kind, spec, fallback, text, hear

    def html(self):
        """The component as it stands on a built page."""
        if self.kind == "html":
            return self.spec["html"]
        chart = " data-t3-chart" if "chart" in self.spec or "chart" in self.spec.get("input", {}) else ""
        return (
            f'<div data-t3="{self.kind}"{chart}>'
            f'<script type="application/json">{to_json(self.spec)}</script>{self.fallback}{NOT_DRAWN}</div>'
        )

    def widget(self):
        """The component as a live anywidget (made anew for each display)."""
        widget = _widget_class()(kind=self.kind, spec=self.spec)
        widget.hear = self.hear
        return widget

    def _repr_mimebundle_(self, **_):
        if is_static():
            return {"text/html": self.html(), "text/plain": self.text}
        return self.widget()._repr_mimebundle_()


def html(markup, text=""):
    """A component that is nothing but markup of our own."""
    return Component("html", {"html": markup}, text=text)


def fallback_text(text):
    """What a reader without scripts sees in place of a component."""
    return f'<p class="t3-fallback">{escape(text)}</p>'


@cache
def core():
    """(digest, code, style): what draws every component, as an ES module and a style sheet."""
    code = "\n".join(
        ["globalThis.ThirdOptimizerInNotebook = true;"]
        + [(HERE / name).read_text("utf8") for name in (*SCRIPTS, "notebook.js")]
    )
    style = "\n".join((HERE / name).read_text("utf8") for name in STYLES)
    return hashlib.sha256((code + style).encode()).hexdigest()[:16], code, style


@cache
def _widget_class():
    """The anywidget class, made on first use: on a built page nobody pays for importing it."""
    import anywidget
    import traitlets

    class LiveComponent(anywidget.AnyWidget):
        """`kind` and `spec` as in Component; `frame` is what a figure shows now.

        A question's answer travels through `answers` (all of the reader's answers), which the
        kernel keeps in a file. A widget carries a stub; the core, and Vega, two hundred times the size of a figure, and
        what draws a QR code are sent once, when a page first asks for them.
        """

        _esm = f'const CORE = "{core()[0]}";\n' + (HERE / "widget.js").read_text("utf8")
        kind = traitlets.Unicode().tag(sync=True)
        spec = traitlets.Dict().tag(sync=True)
        frame = traitlets.Dict().tag(sync=True)
        busy = traitlets.Unicode().tag(sync=True)
        hear = None
        answers = traitlets.Dict().tag(sync=True)

        alive = weakref.WeakSet()  # a figure may wait for another component's answer

        def __init__(self, **values):
            super().__init__(answers=record.load()["answers"], **values)
            self.alive.add(self)
            self.on_msg(self._receive)

        def _receive(self, _, content, buffers):
            if content["type"] == "core":
                _, code, style = core()
                self.send({"type": "core", "code": code, "style": style})
            elif content["type"] in BUNDLES:
                self.send(
                    {
                        "type": content["type"],
                        "code": [(HERE / "vendor" / name).read_text("utf8") for name in BUNDLES[content["type"]]],
                    }
                )
            elif content["type"] == "answer":
                over = {"over": content["over"]} if "over" in content else {}
                kept = record.put(content["id"], content["answer"], **over)["answers"]
                there = kept.get(content["id"]) or {}
                self._tell(kept)
                self._confirm(content, at=there.get("at"), kept={**there, **content["answer"]} == there)
            elif content["type"] == "forget":
                self._tell(record.clear()["answers"])
                self._confirm(content)
            elif self.hear and content["type"] != "here":  # by which a page learns whether its line is open
                self.hear(self, content)

        def _confirm(self, content, **more):
            """The page learns that its message has arrived, and what of it could not be kept."""
            self.send({"type": "kept", "number": content.get("number"), "says": record.notice()} | more)

        def _tell(self, kept):
            for component in list(self.alive):
                component.answers = kept

    return LiveComponent
