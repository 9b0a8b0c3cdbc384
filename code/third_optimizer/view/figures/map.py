"""The map of the course as SVG text: engineer, SGD, model, world, and the way back.

Whole on the landing page, small in the head of every chapter with its level lit. Colours are the
book's CSS variables, so the drawing follows the reader's theme; sizes of letters in the whole map
are set by `figures.css`, larger on a phone where the drawing is scaled down.
"""

import itertools
from xml.sax.saxutils import escape

# In the order of the picture.
LEVELS = ("meta", "base", "mesa", "world")
LETTERS = {"meta": "H", "base": "B", "mesa": "M", "world": "W"}
NAMES = {"meta": "engineer", "base": "SGD", "mesa": "model", "world": "world"}
ARROWS = ("tweaks", "trains", "acts on")
RETURN = "measures, tries again"

DESCRIPTION = (
    "An engineer (the meta-optimizer, a circle) tweaks SGD (the base optimizer, a square), which trains a "
    "model (perhaps a mesa-optimizer, a diamond), which acts on the world (a triangle). A thin arrow leads "
    "back from the world to the engineer, who measures and tries again."
)


def draw_map(level=None, small=False):
    """Draw the map; returns one `<svg>` element as text.

    `level` is the one to light, in "base", "mesa", "meta", "world": it is filled, the others are
    outlined. With None the map stands for the whole course and all four are filled. `small` leaves
    out the words. Raises ValueError for another level.
    """
    if level is not None and level not in LEVELS:
        raise ValueError(f"level: {level!r} is not one of {', '.join(map(repr, sorted(LEVELS)))} or None")
    return _small(level) if small else _whole(level)


def _whole(level):
    radius, middle, centres = 19, 26, (32, 128, 224, 320)
    parts = [_glyph(name, x, middle, radius, level, 16) for name, x in zip(LEVELS, centres, strict=True)]
    for word, x, following in zip(ARROWS, centres[:-1], centres[1:], strict=True):
        parts.append(_arrow(x + radius + 5, following - radius - 5, middle, 5))
        parts.append(_word(word, (x + following) / 2, middle - 8, "t3-map-verb"))
    for name, x in zip(LEVELS, centres, strict=True):
        parts.append(_word(NAMES[name], x, 67, "t3-map-name"))
        if name != "world":  # it is no optimizer
            parts.append(_word(name, x, 84, "t3-map-level", f"var(--t3-{name}, currentColor)"))
    left, right = centres[0], centres[-1]
    parts.append(_line(f"M{right} 76V101a6 6 0 0 1-6 6H256M96 107H{left + 6}a6 6 0 0 1-6-6V96"))
    parts.append(_head(left, 92, 4, "up"))
    parts.append(_word(RETURN, (left + right) / 2, 112, "t3-map-verb"))
    return _svg(parts, 352, 118, "whole", level)


def _small(level):
    radius, middle, centres = 12, 15, (16, 68, 120, 172)
    parts = [_glyph(name, x, middle, radius, level, 12) for name, x in zip(LEVELS, centres, strict=True)]
    for x, following in itertools.pairwise(centres):
        parts.append(_arrow(x + radius + 4, following - radius - 4, middle, 4))
    left, right = centres[0], centres[-1]
    parts.append(_line(f"M{right} 32V36a5 5 0 0 1-5 5H{left + 5}a5 5 0 0 1-5-5V35.5"))
    parts.append(_head(left, 32, 3, "up"))
    return _svg(parts, 188, 44, "small", level)


def _svg(parts, width, height, form, level):
    identity = f"t3-map-{form}-{level or 'all'}"
    lit = "the whole course" if level is None else f"the {level} level lit"
    return (
        f'<svg class="t3-map t3-map-{form}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="{identity}-title {identity}-desc">'
        f'<title id="{identity}-title">Map: {lit}</title>'
        f'<desc id="{identity}-desc">{escape(DESCRIPTION)}</desc>{"".join(parts)}</svg>'
    )


def _glyph(name, x, y, radius, level, size):
    """A level's shape with its letter, centred on (x, y); shapes look equally large, not measure so."""
    r = radius
    shape = {
        "meta": f'<circle cx="{x}" cy="{y}" r="{r - 1}"/>',
        "base": f'<rect x="{x - 0.86 * r:g}" y="{y - 0.86 * r:g}" width="{1.72 * r:g}" height="{1.72 * r:g}" rx="1"/>',
        "mesa": f'<path d="M{x} {y - 1.12 * r:g}L{x + 1.12 * r:g} {y}L{x} {y + 1.12 * r:g}L{x - 1.12 * r:g} {y}Z"/>',
        "world": f'<path d="M{x} {y - 1.05 * r:g}L{x + 1.15 * r:g} {y + 0.86 * r:g}H{x - 1.15 * r:g}Z"/>',
    }[name]
    colour = f"var(--t3-{name}, currentColor)"
    filled = level in (None, name)
    fill, letter = (colour, "var(--t3-paper, Canvas)") if filled else ("none", colour)
    if name == "world" and not filled:
        letter = "currentColor"  # the world's grey is for surfaces; letters need more contrast
    if name == "world":  # its letter sits where a triangle is wide, and is smaller
        y, size = y + 0.3 * r, 0.8 * size
    return (
        f'<g data-level="{name}" data-filled="{str(filled).lower()}">'
        f'<g style="fill:{fill};stroke:{colour};stroke-width:1.75;stroke-linejoin:round">{shape}</g>'
        f'<text x="{x}" y="{y + 0.36 * size:g}" text-anchor="middle" font-size="{size:g}" '
        f'font-weight="600" style="fill:{letter}">{LETTERS[name]}</text></g>'
    )


def _arrow(start, end, y, head):
    """A horizontal arrow from x = `start` to the point at x = `end`."""
    return _line(f"M{start} {y}H{end - head}", 1.75) + _head(end, y, head, "right")


def _line(path, width=1.1):
    return f'<path d="{path}" style="fill:none;stroke:var(--t3-muted, currentColor);stroke-width:{width}"/>'


def _head(x, y, size, towards):
    """An arrow head whose point is at (x, y)."""
    path = {
        "right": f"M{x} {y}l{-1.6 * size:g} {-0.85 * size:g}v{1.7 * size:g}z",
        "up": f"M{x} {y}l{-0.85 * size:g} {1.6 * size:g}h{1.7 * size:g}z",
    }[towards]
    return f'<path d="{path}" style="fill:var(--t3-muted, currentColor)"/>'


def _word(text, x, y, kind, colour="currentColor"):
    return (
        f'<text class="{kind}" x="{x:g}" y="{y}" text-anchor="middle" font-size="15" '
        f'style="fill:{colour}">{escape(text)}</text>'
    )
