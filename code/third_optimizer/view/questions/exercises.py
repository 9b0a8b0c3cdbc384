"""Checkers: what the book says of a reader's answer.

A chapter's exercises stand in its YAML file. One kind asks for a number and is judged by one rule
here and on the page (`judgeNumber` in `ask.js`; both pass the same test vectors). The other asks
for code and is judged by a function of the chapter's checker file, `book/checks/<chapter>.py`.
"""

import importlib.util
import math
from dataclasses import dataclass

from ..figures.numbers import read_number

NOT_TRIED = "Not tried yet: put your answer in place of the dots and run the cell again."


@dataclass(frozen=True)
class Verdict:
    """What a checker says: `right` True or False (None: not tried), and why in a sentence or two.

    notice: what is to be said beside it, of the place where answers are kept.
    """

    right: bool | None
    says: str
    notice: str = ""

    def _repr_markdown_(self):
        return {True: "✓ **Right.** ", False: "✗ **Not yet.** ", None: "→ "}[self.right] + self._said()

    def __repr__(self):
        return {True: "Right. ", False: "Not yet. ", None: ""}[self.right] + self._said()

    def _said(self):
        return "\n\n".join(text for text in (self.says, self.notice) if text)


def right(says):
    """A checker's answer to a correct solution."""
    return Verdict(True, says)


def wrong(says):
    """A checker's answer to a mistake: which one it is, and where to look."""
    return Verdict(False, says)


def judge_number(value, spec):
    """Judge a number against `spec`: truth, tolerance (relative), percent (whether it is asked for in per cent), right,
    other, misconceptions. value: a number, or a text that is read as on the page (read_number).

    Returns a Verdict; of a text that cannot be read, one that asks for another. The same rule as `judgeNumber` on the
    page.
    """
    if value is None or value is ...:
        return Verdict(None, NOT_TRIED)
    if isinstance(value, str):
        try:
            value = read_number(value, spec.get("percent", False))
        except ValueError as unread:
            return Verdict(None, str(unread))
    try:
        value = float(value)
    except (TypeError, ValueError):
        return wrong(f"The answer should be a number; {value!r} is none.")
    if not math.isfinite(value):
        return wrong(f"The answer should be a finite number; {value} is not.")

    def close(truth, tolerance):
        return abs(value - truth) <= tolerance * abs(truth)

    if close(spec["truth"], spec["tolerance"]):
        return right(spec["right"])
    for slip in spec["misconceptions"]:
        if close(slip["value"], slip["tolerance"]):
            return wrong(slip["says"])
    return wrong(spec["other"])


def judge_code(answer, checker):
    """Run `checker(answer)`; an answer that raises is a wrong answer that says what it raised."""
    if answer is None or answer is ...:
        return Verdict(None, NOT_TRIED)
    try:
        verdict = checker(answer)
    except NotTried:
        return Verdict(None, NOT_TRIED)
    except Exception as problem:
        return wrong(f"Your code raised {type(problem).__name__}: {problem}")
    return verdict


class NotTried(Exception):
    """Raised by a checker when the answer still holds the exercise's dots."""


def tried(value):
    """`value`, or NotTried if it is still the dots (or the None that a function of dots returns)."""
    if value is None or value is ...:
        raise NotTried
    return value


def load_checks(file):
    """The checker file of a chapter as a module; raises ValueError if there is none."""
    if not file.is_file():
        raise ValueError(f"no checker file {file.name} beside the chapter; looked in {file.parent}")
    spec = importlib.util.spec_from_file_location(f"checks_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
