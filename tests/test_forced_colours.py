"""High contrast: where the system imposes its colours, all that can be pressed or turned is still to be seen."""

import base64

import pytest

# Of a picture: the share of its pixels that stand out from its corner.
APART = """async (data) => {
  const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height), context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const p = context.getImageData(0, 0, image.width, image.height).data;
  let apart = 0;
  for (let i = 0; i < p.length; i += 4)
    if (Math.abs(p[i] - p[0]) + Math.abs(p[i + 1] - p[1]) + Math.abs(p[i + 2] - p[2]) > 150) apart++;
  return apart / (p.length / 4);
}"""


def apart(page, element):
    element.evaluate("(one) => scrollBy(0, one.getBoundingClientRect().top - 560)")  # below what stays above on a phone
    page.wait_for_timeout(100)
    return page.evaluate(APART, base64.b64encode(element.screenshot()).decode())


VIEWS = [(width, theme) for width in (1280, 390) for theme in ("light", "dark")]


@pytest.mark.parametrize(("width", "theme"), VIEWS)
def test_icons_sliders_and_switches_are_seen(open_page, width, theme):
    page = open_page("book/10_be_the_meta_optimizer", width=width, theme=theme, forced_colors="active").page
    page.locator(".t3-game").wait_for()
    page.wait_for_timeout(500)
    icons = [one for one in page.locator(".t3-bar-button .t3-icon").all() if one.is_visible()]
    assert len(icons) >= (2 if width == 1280 else 3)  # a phone has the menu, too
    for icon in icons:
        assert apart(page, icon) > 0.05, icon.get_attribute("class")
    sliders = page.locator(".t3-game input[type=range]").all()
    switches = page.locator(".t3-game input[role=switch]").all()
    assert len(sliders) > 3 and len(switches) == 3
    for slider in sliders:
        assert apart(page, slider) > 0.06, slider.get_attribute("data-dial")  # the track alone is a tenth of the field
    for switch in switches:
        before = switch.screenshot()
        assert apart(page, switch) > 0.3
        switch.evaluate("(one) => (one.checked = !one.checked)")
        assert switch.screenshot() != before
    # the system would lay its own ground under the button's words, in their colour
    told = page.locator(".t3-game-train").evaluate(
        "(one) => { const style = getComputedStyle(one); return [style.color, style.backgroundColor, style.forcedColorAdjust]; }"
    )
    assert told[0] != told[1] and told[2] == "none"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_are_seen(open_page, theme):
    page = open_page("book/02_walk_downhill", theme=theme, forced_colors="active").page
    page.wait_for_timeout(500)
    assert apart(page, page.locator("#path .t3-chart")) > 0.003
    assert apart(page, page.locator("#path input[type=range]").first) > 0.06
    # the system draws an edge around a button that has none, which is not to touch its words
    paddings = page.eval_on_selector_all(
        "article .t3-button", "(all) => all.map((one) => parseFloat(getComputedStyle(one).paddingLeft))"
    )
    assert len(paddings) > 3 and min(paddings) >= 6
