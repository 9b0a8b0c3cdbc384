"""Sentences that say computed numbers: how a number reads, and how it gets into a text.

In a text `{name:.2f}` stands for a number of that name. Numbers that stand for one another (over seeds, over runs) are
passed as an array: `{name:.2f}` then says the lowest and the highest, `{name:each .2f}` says all. `{name:.0p}` says a
share of 1 in per cent. Formulas between dollar signs are left alone, so their braces are TeX's.
"""

import re
import string

import numpy as np

# as in MyST: no space inside the dollars, no digit after the last
FORMULA = re.compile(r"(?<!\\)(\$\$.+?\$\$|\$(?=\S)[^$]*[^\s$]\$(?!\d))", re.S)
CODE = re.compile(r"(`[^`]*`)")
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def signed(value, spec=""):
    """A number as a reader writes it: with a true minus, and none before a zero. spec: as in `format`."""
    text = format(value, spec)
    if isinstance(value, str) or not text.startswith("-"):
        return text
    return ("−" if re.search("[1-9]|inf", text) else "") + text[1:]


def between(values, spec=""):
    """Lowest to highest: "1.1 to 1.3", said once where they read alike. values: one or more numbers."""
    values = np.asarray(values)
    if not values.size:
        raise ValueError("between needs one or more numbers, got none")
    low, high = (signed(value, spec) for value in (values.min().item(), values.max().item()))
    return low if low == high else f"{low} to {high}"


def listed(values, spec="", last=", "):
    """All of them in their order: "32, 33, 40". last: what stands before the last one."""
    said = [signed(value.item() if hasattr(value, "item") else value, spec) for value in values]
    return last.join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def power(value):
    """A positive number as a reader writes it: 0.02, 45, or 8 × 10⁻¹⁶."""
    mantissa, exponent = f"{value:.0e}".split("e")
    exponent = int(exponent)
    if -4 < exponent < 4:
        return f"{value:.2g}" if exponent < 2 else f"{value:,.0f}"
    ten = "10" + str(exponent).translate(SUPERSCRIPT)
    return ten if mantissa == "1" else f"{mantissa}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{ten}"


def typeset(text):
    """Prose as it is set: a curly apostrophe within a word, and no line break within "η = 1.5". Code stays."""
    parts = CODE.split(text)  # every second part is code
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"(?<=\w)'(?=\w)|(?<=s)'(?= )", "’", parts[i])
        parts[i] = re.sub(r"(?<!\w)(\w) ([=≈<>≤≥]) (?=[−+]?\d)", "\\1\N{NO-BREAK SPACE}\\2\N{NO-BREAK SPACE}", parts[i])
    return "".join(parts)


class _Filler(string.Formatter):
    def format_field(self, value, spec):
        if spec.endswith("p"):
            return self.format_field(100 * np.asarray(value), spec[:-1] + "f") + " per cent"
        if isinstance(value, list | tuple | np.ndarray) and np.ndim(value):
            return listed(value, spec.removeprefix("each").strip()) if spec.startswith("each") else between(value, spec)
        return signed(value.item() if hasattr(value, "item") else value, spec)


def fill(text, numbers):
    """`text` with its placeholders filled. ValueError names a placeholder without a number, and a text that YAML
    read as something else (`no` is False there)."""
    if not isinstance(text, str):
        raise ValueError(f"expected a text, got {text!r}: put it in quotes")
    parts = FORMULA.split(text)  # every second part is a formula
    try:
        parts[::2] = [typeset(_Filler().vformat(part, (), numbers)) for part in parts[::2]]
    except (KeyError, IndexError) as gap:
        raise ValueError(f"no number {gap} was given for {text!r}; given: {sorted(numbers)}") from None
    return "".join(parts)


def say(text, **numbers):
    """A sentence whose numbers are computed: `say("It took {n} steps.", n=n)`, shown as prose."""
    from IPython.display import Markdown

    return Markdown(fill(text, numbers))
