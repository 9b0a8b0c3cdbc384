"""Figures in a kernel: they are widgets, and what goes wrong under a slider is found (tests/drive.py)."""

import subprocess
import sys

import altair as alt
import pytest

from tests.drive import drive, drive_all
from third_optimizer.view import Choice, Slider, explore

CHART = alt.Chart().mark_line().encode(x="x:Q", y="y:Q")


def figure(bad, dial):
    """A figure that goes wrong where its dial stands at `bad`."""

    def line(at):
        if at == bad:
            raise ZeroDivisionError
        return {"x": [0, 1], "y": [0, 1]}

    return explore(line, CHART, lambda columns, at: f"A line to {at}.", title="T", at=dial)


def test_every_live_output_is_a_widget(kernel_environment):
    """A page opened with a kernel must not be drawn as a static one."""
    code = "from third_optimizer.view.component import is_static; print(is_static())"
    out = subprocess.run(
        [sys.executable, "-c", code], env=kernel_environment, capture_output=True, text=True, check=True
    ).stdout
    assert out.strip() == "False"


@pytest.mark.parametrize(
    ("dial", "bad"),
    [
        (Slider("Slope", [1, 2, 3], 2), 1),
        (Slider("Slope", [1, 2, 3], 2), 3),
        (Slider("Slope", [1, 2, 3], 1), 2),
        (Choice("Slope", ["a", "b", "c"], "a"), "c"),
    ],
)
def test_where_a_figure_goes_wrong_is_found_and_named(dial, bad):
    drive(figure(None, dial))
    with pytest.raises(AssertionError, match=rf"\[{bad!r}\].*ZeroDivisionError"):
        drive(figure(bad, dial))


def test_a_figure_that_is_not_there_is_missed():
    made = figure(None, Slider("Slope", [1, 2, 3], 1))
    with pytest.raises(AssertionError, match="the page makes 1000 figures"):
        drive_all(1000)
    assert made
