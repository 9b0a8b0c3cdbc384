"""The map: well-formed, described, one level lit, and no colour but the book's tokens."""

import re
from xml.etree import ElementTree

import pytest

from third_optimizer.view.figures.map import LEVELS, draw_map

SVG = "{http://www.w3.org/2000/svg}"
ALL = [(level, small) for level in (None, *LEVELS) for small in (False, True)]


def parse(level, small):
    return ElementTree.fromstring(draw_map(level, small))


@pytest.mark.parametrize("level, small", ALL)
def test_is_an_image_with_a_title_and_a_description(level, small):
    svg = parse(level, small)
    assert svg.get("role") == "img"
    named = {e.get("id"): e.text for e in svg.iter() if e.get("id")}
    labels = svg.get("aria-labelledby").split()
    assert len(labels) == 2 and all(named[label] for label in labels)
    assert "tries again" in named[labels[1]]


@pytest.mark.parametrize("level, small", ALL)
def test_lights_the_level_and_no_other(level, small):
    glyphs = [g for g in parse(level, small).iter(f"{SVG}g") if g.get("data-level")]
    assert [g.get("data-level") for g in glyphs] == list(LEVELS)
    lit = {g.get("data-level") for g in glyphs if g.get("data-filled") == "true"}
    assert lit == (set(LEVELS) if level is None else {level})
    for glyph in glyphs:  # what the attribute says is what is drawn
        outlined = "fill:none" in glyph.find(f"{SVG}g").get("style")
        assert outlined == (glyph.get("data-filled") == "false")


def test_the_whole_map_has_every_word_and_the_small_one_only_letters():
    words = lambda small: [t.text for t in parse("base", small).iter(f"{SVG}text")]  # noqa: E731
    assert {"engineer", "SGD", "model", "world", "tweaks", "trains", "acts on", "measures, tries again"} < set(
        words(False)
    )
    assert words(True) == ["H", "B", "M", "W"]


@pytest.mark.parametrize("level, small", ALL)
def test_colours_are_tokens(level, small):
    text = draw_map(level, small)
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl", text)
    colours = set(re.findall(r"(?:fill|stroke):([^;\"]+)", text))
    assert colours <= {
        "none",
        "currentColor",
        "var(--t3-paper, Canvas)",
        "var(--t3-muted, currentColor)",
        *(f"var(--t3-{name}, currentColor)" for name in LEVELS),
    }


def test_ids_differ_between_maps_on_one_page():
    ids = [i for level, small in ALL for i in re.findall(r' id="([^"]+)"', draw_map(level, small))]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("level", ["Base", "", "human", 0])
def test_another_level_is_refused_by_name_value_and_range(level):
    with pytest.raises(ValueError, match="level.*base.*mesa.*meta.*world.*None") as error:
        draw_map(level)
    assert repr(level) in str(error.value)
