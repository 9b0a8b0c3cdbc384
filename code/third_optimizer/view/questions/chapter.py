"""The parts every chapter shares, drawn from the files beside it.

`Chapter("02_walk_downhill")` reads `02_walk_downhill.yml` (head,
predictions, claims, exercises, quiz) and `checks/02_walk_downhill.py` (checkers), all in the folder
the notebook runs in. Texts in the YAML are Markdown; `{name}` in them is filled with the
numbers the notebook passes, so that no number is typed there.
"""

from dataclasses import replace
from functools import cached_property
from html import escape
from pathlib import Path

import numpy as np
import yaml

from ..component import Component, html, is_static
from ..figures.figure import pack, specification
from ..figures.map import draw_map
from ..figures.saying import signed
from . import forms
from .claims import claim_card
from .exercises import Verdict, judge_code, judge_number, load_checks
from .texts import plain, render

MINUTES = "<!-- minutes to read -->"  # on a built page, until site/minutes.py has counted the words of the whole page
LEVELS = ("base", "mesa", "meta", "world")
SHUFFLED = 8  # seed of the order in which options are shown: the same for every reader


class Chapter:
    """One chapter's head, questions, exercises and claim cards. name: its file's name without ending."""

    def __init__(self, name, folder="."):
        self.name, self.folder = name, Path(folder)
        file = self.folder / f"{name}.yml"
        if not file.is_file():
            known = sorted(f.stem for f in self.folder.glob("[0-9]*.yml"))
            raise ValueError(
                f"no file {file.name} in {self.folder.resolve().name}/; chapters there: {', '.join(known) or 'none'}"
            )
        self.data = yaml.safe_load(file.read_text("utf8"))
        if self.data["level"] not in LEVELS:
            raise ValueError(f"{file.name}: level {self.data['level']!r} is not one of {', '.join(LEVELS)}")

    def _entry(self, section, id):
        entries = self.data.get(section, {})
        if id not in entries:
            raise ValueError(f"{self.name}.yml has no {id!r} under {section}; there: {', '.join(entries) or 'none'}")
        return entries[id]

    # --- head and cards: plain HTML -------------------------------------------------------------

    def head(self):
        """The map with this chapter's level lit, its question, what the reader will do, the time; in a kernel without
        the minutes to read, which are counted on the built page."""
        d = self.data
        do = int(d["minutes_to_do"])
        time = f"<span>{MINUTES} minutes to read</span> · <span>{do} to do</span>"
        if not is_static():
            time = f"<span>{do} minutes to do</span>"
        will = "".join(f"<li>{render(text, {})}</li>" for text in d["you_will"])
        return html(
            f'<header class="t3-head"><div class="t3-map">{draw_map(d["level"], small=True)}</div>'
            f'<p class="t3-question">{render(d["question"], {})}</p>'
            f'<p class="t3-will-title">You will</p><ul class="t3-will">{will}</ul>'
            f'<p class="t3-meta-line">{time} · <span>needs {render(d["needs"], {})}</span></p></header>',
            text=plain(d["question"]),
        )

    def claim(self, id, **numbers):
        """The claim card of `id`, its measured numbers filled in by this page."""
        return claim_card(id, self.folder / f"{self.name}.yml", **numbers)

    # --- questions ------------------------------------------------------------------------------

    def _ask(self, section, id, entry, label, input, numbers, predicting=False):
        prompt = render(entry["prompt"], numbers)
        after = render(entry.get("after", ""), numbers)
        if input["kind"] == "choose":
            input |= {"order": shuffled(f"{self.name}/{section}/{id}", len(input["options"]))}
        spec = {
            "id": f"{self.name}/{section}/{id}",
            "label": label,
            "prompt": prompt,
            "question": plain(prompt),
            "input": input,
            "after": after,
            "predicting": predicting,
            **({"veils": [self._place(name) for name in entry.get("veils", [])]} if predicting else {}),
        }
        # Without scripts the question can still be read and its answer folded out.
        answer = self._answer_words(input) + (f" {after}" if after else "")
        fallback = (
            f'<div class="t3-ask"><p class="t3-ask-kind">{escape(label)}</p><p>{prompt}</p>'
            f"<details><summary>Answer</summary><p>{answer}</p></details></div>"
        )
        return Component("ask", spec, fallback, spec["question"])

    def _place(self, name):
        """Where on the page something stands that a guess veils: a question by its section and name, else an anchor."""
        section, _, id = name.partition("/")
        if not id:
            return name
        self._entry(section, id)
        return f"ask-{self.name}-{section}-{id}"  # as ask.js names it

    @staticmethod
    def _answer_words(input):
        if input["kind"] == "choose":
            return " ".join(f"{o['html']}: {o['feedback']}" for o in input["options"] if o["right"])
        if input["kind"] == "dial":
            return ", ".join(stop["text"] for stop in input["stops"] if stop["right"]) + "."
        if input["kind"] == "draw":
            return "; ".join(f"{h['label']}: {h['truth']:g}" for h in input["handles"])
        return f"{input['truth']:.4g}."

    def _options(self, entry, numbers):
        options = [
            {
                "html": render(o["text"], numbers),
                "right": bool(o.get("right")),
                "feedback": render(o["feedback"], numbers),
            }
            for o in entry["options"]
        ]
        if sum(o["right"] for o in options) != 1:
            raise ValueError(f"{self.name}.yml: exactly one option must be right in {entry['prompt']!r}")
        return options

    def predict(self, id, **numbers):
        """A prediction, made before the result is shown and kept beside it. Kinds: choose, place, draw."""
        entry = self._entry("predict", id)
        kind = entry["kind"]
        if kind == "choose":
            input = {"options": self._options(entry, numbers)}
        elif kind == "place":
            input = {k: entry[k] for k in ("low", "high", "scale", "start")}
            input |= {
                "truth": _number(numbers, entry["truth"]),
                "digits": entry.get("digits", 2),
                "unit": entry.get("unit", ""),
            }
        elif kind == "draw":
            input = self._line_to_draw(entry, numbers)
        else:
            raise ValueError(f"{self.name}.yml: predict kind {kind!r} is not one of choose, place, draw")
        return self._ask("predict", id, entry, "Predict", {"kind": kind, **input}, numbers, predicting=True)

    def _line_to_draw(self, entry, numbers):
        """Handles at the YAML's x, the measured line from numbers[truth] = (x, y)."""
        import altair as alt

        from ..figures.charts import axis

        x, y = (np.asarray(values, float) for values in numbers[entry["truth"]])
        base = alt.Chart().encode(
            x=axis("x", entry["x_title"], (0, float(x.max()))),
            y=axis("y", entry["y_title"], (entry["low"], entry["high"]), log=entry["scale"] == "log"),
        )
        guess = base.transform_filter("datum.who == 'guess'")
        truth = base.transform_filter("datum.who == 'measured'")
        chart = (
            truth.mark_line(clip=True, color=f"${self.data['level']}")
            + guess.mark_line(color="$ink", strokeDash=[6, 5], strokeWidth=2)
            + guess.mark_point(color="$ink", filled=True, size=70)
        )
        measured = np.interp(entry["handles"], x, y)
        handles = [
            {"label": entry["handle_label"].format(x=h), "x": h, "start": entry["start"], "truth": float(m)}
            for h, m in zip(entry["handles"], measured, strict=True)
        ]
        return {
            "low": entry["low"],
            "high": entry["high"],
            "scale": entry["scale"],
            "digits": entry.get("digits", 2),
            "unit": entry.get("unit", ""),
            "handles": handles,
            "truth": pack({"x": x, "y": y}),
            "chart": specification(chart, 220),
        }

    def quiz(self, **numbers):
        """ "Check yourself": every question of the chapter, every option with its own feedback."""
        return Stack(
            *(
                self._ask(
                    "quiz",
                    id,
                    entry,
                    "Check yourself",
                    {"kind": "choose", "options": self._options(entry, numbers)},
                    numbers,
                )
                for id, entry in self.data["quiz"].items()
            )
        )

    # --- exercises ------------------------------------------------------------------------------

    def _number_spec(self, id, numbers):
        entry = self._entry("exercises", id)
        tolerance = entry["tolerance"]
        return {
            "truth": _number(numbers, entry["truth"]),
            "tolerance": tolerance,
            "percent": entry.get("percent", False),
            "right": render(entry["right"], numbers),
            "other": render(entry["other"], numbers),
            "misconceptions": [
                {
                    "value": _number(numbers, slip["value"]),
                    "tolerance": tolerance,
                    "says": render(slip["says"], numbers),
                }
                for slip in entry["misconceptions"]
            ],
        }

    def exercise(self, id, **numbers):
        """An exercise: what to do, a hint, a first line and the solution to fold out; where the answer is a number,
        also the field that checks it. One that asks for code does so in a kernel, where a cell below it is judged; on a
        built page it has the form that its entry gives under `page`, or says that it belongs in a notebook."""
        entry = self._entry("exercises", id)
        label = f"Exercise · {entry['minutes']} min · {entry['rating']}"
        hint = ("Hint", f"<p>{render(entry['hint'], numbers)}</p>")
        first = _code(entry["first_line"])
        solution, why = _code(entry["solution"]), render(entry.get("why", ""), numbers)
        if entry["kind"] == "number":
            ask = self._ask(
                "exercises", id, entry, label, {"kind": "number", **self._number_spec(id, numbers)}, numbers
            )
            return Stack(ask, _folds(hint, ("First line", first), ("Solution", f"{solution}<p>{why}</p>")))
        asked = render(entry["prompt"], numbers, inline=False)
        if is_static() and "page" in entry:
            input = forms.input_of(entry, getattr(self.checks, id))
            ask = self._ask("exercises", id, entry["page"], label, input, entry["page"].get("case", {}))
            here = f"Here it gives {signed(input['truth'], '.4g')}. " if input["kind"] == "number" else ""
            return Stack(
                ask, _folds(hint, ("Solution", f"{solution}<p>{here}{why}</p>"), ("In a notebook", asked + first))
            )
        if is_static():
            label += " · in a notebook"
        return html(
            f'<div class="t3-ask"><p class="t3-ask-kind">{escape(label)}</p>{asked}</div>'
            + _folds(hint, ("First line", first), ("Solution", f"{solution}<p>{why}</p>")).html(),
            text=plain(asked),
        )

    @cached_property
    def checks(self):
        """The chapter's checkers, one function an exercise."""
        return load_checks(self.folder / "checks" / f"{self.name}.py")

    def check(self, id, answer, **numbers) -> Verdict:
        """Judge an answer to exercise `id`; kept among the reader's answers when a kernel runs."""
        entry = self._entry("exercises", id)
        if entry["kind"] == "number":
            verdict = judge_number(answer, self._number_spec(id, numbers))
        else:
            verdict = judge_code(answer, getattr(self.checks, id))
        if verdict.right is not None and not is_static():
            from . import answers

            question = plain(render(entry["prompt"], numbers))
            said = f"{answer:g}" if isinstance(answer, int | float) else answer if isinstance(answer, str) else "code"
            answers.put(
                f"{self.name}/exercises/{id}",
                {
                    "label": "Exercise",
                    "question": question,
                    "value": None,
                    "answer": said,
                    "verdict": "right" if verdict.right else "wrong",
                },
            )
            verdict = replace(verdict, notice=answers.news())
        return verdict


class Stack:
    """Components one under the other: one cell, one display."""

    def __init__(self, *parts):
        self.parts = parts

    def _repr_mimebundle_(self, **options):
        if is_static():
            return {"text/html": "".join(part.html() for part in self.parts), "text/plain": self.parts[0].text}
        import ipywidgets as widgets

        return widgets.VBox([part.widget() for part in self.parts])._repr_mimebundle_(**options)


def shuffled(id, count):
    """The order in which a question's options are shown. Answers are kept by their places in the YAML file."""
    return np.random.default_rng([SHUFFLED, *id.encode()]).permutation(count).tolist()


def _folds(*parts):
    """Pairs of a name and HTML, each to fold out."""
    details = "".join(f"<details><summary>{name}</summary>{body}</details>" for name, body in parts)
    return html(f'<div class="t3-folds">{details}</div>')


def _number(numbers, name):
    """numbers[name] as a float; a ValueError names what is missing."""
    if name not in numbers:
        raise ValueError(f"no number {name!r} was given; given: {', '.join(sorted(numbers)) or 'none'}")
    return float(numbers[name])


def _code(source):
    """Highlighted Python, in the classes of the book's code blocks."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return f'<div class="highlight-ipython3 notranslate">{highlight(source, PythonLexer(), HtmlFormatter())}</div>'
