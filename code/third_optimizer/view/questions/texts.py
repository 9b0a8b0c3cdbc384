"""Texts of the YAML files as HTML: Markdown, computed numbers, formulas."""

import re
from functools import cache
from html import unescape

from ..figures.saying import fill


def _formula(tex, options):
    from latex2mathml.converter import convert

    # MathML, because a component is drawn by a script, on a page and in a notebook alike, where no MathJax looks at it
    return convert(tex, display="block" if options["display_mode"] else "inline")


@cache
def _markdown():
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    return MarkdownIt("commonmark").use(dollarmath_plugin, renderer=_formula)


def render(text, numbers, inline=True):
    """Markdown with `{name}` placeholders and $formulas$ as HTML. ValueError as in figures.saying.fill."""
    filled = fill(text, numbers)
    return _markdown().renderInline(filled) if inline else _markdown().render(filled)


def plain(markup):
    """The words of a piece of HTML."""
    return unescape(re.sub(r"<[^>]+>", "", markup)).strip()
