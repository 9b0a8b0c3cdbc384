"""Sliders in a kernel: every figure of every page, to the ends of each slider and between, without an error."""

import os
import subprocess
import sys

import pytest

from tests.notebooks import BOOK, calls, notebooks, read

# Runs inside the kernel after the page: finds the live figures and drives their sliders.
DRIVE = """
def drive():  # in a function of its own: its names are none of the page's
    import gc, json, numpy as np
    from third_optimizer.view.figures.explore import Explore, Live

    def stops(control):
        return [stop[1] if isinstance(stop, tuple) else stop for stop in control.options]

    def ends(control):
        if hasattr(control, "options"):
            return list(dict.fromkeys([stops(control)[0], stops(control)[-1]]))
        return (10 ** control.min, 10 ** control.max) if hasattr(control, "base") else (control.min, control.max)

    def between(control, rng):
        if hasattr(control, "options") or isinstance(control.value, int):
            inner = stops(control)[1:-1] if hasattr(control, "options") else range(control.min + 1, control.max)
            return [inner[i] for i in rng.permutation(len(inner))[:2]]
        places = rng.uniform(control.min, control.max, 2)
        return [float(10**place if hasattr(control, "base") else place) for place in places]

    rng, seen = np.random.default_rng(20), {}
    for figure in [thing for thing in gc.get_objects() if isinstance(thing, Explore)]:
        live, texts = Live(figure, slow=False), set()
        for some in (ends, lambda control: between(control, rng)):  # first from corner to corner
            moves = [(control, value) for control in live.controls.values() for value in some(control)]
            for i in rng.permutation(len(moves)):
                control, value = moves[i]
                control.value = value
                assert live.error == "", (figure.id, [one.value for one in live.controls.values()], live.error)
                texts.add(live.component.frame["text"])
        stood = [len(c.options) if hasattr(c, "options") else 3 for c in live.controls.values()]
        seen[figure.id] = [len(texts), min(3, max(stood))]  # texts seen, and at least to be seen
    print("DRIVEN", json.dumps(seen))

drive()
"""


@pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.stem)
def test_sliders_never_raise(page, kernel_environment):
    import json

    import nbformat
    from nbclient import NotebookClient

    notebook = read(page)
    notebook.cells.append(nbformat.v4.new_code_cell(DRIVE))
    # the kernel inherits this process's environment; the fixture's is set around it
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(kernel_environment)
    try:
        NotebookClient(
            notebook, timeout=300, resources={"metadata": {"path": str(BOOK)}}, extra_arguments=["--log-level=40"]
        ).execute()
    finally:
        os.environ.clear()
        os.environ.update(saved)
    (line,) = [
        line
        for output in notebook.cells[-1].outputs
        for line in output.get("text", "").splitlines()
        if line.startswith("DRIVEN")
    ]
    driven = json.loads(line.removeprefix("DRIVEN "))
    assert len(driven) == calls(page, "explore")
    assert all(count >= least for count, least in driven.values()), driven


def test_every_live_output_is_a_widget(kernel_environment):
    """A page opened with a kernel must not be drawn as a static one."""
    code = "from third_optimizer.view.component import is_static; print(is_static())"
    out = subprocess.run(
        [sys.executable, "-c", code], env=kernel_environment, capture_output=True, text=True, check=True
    ).stdout
    assert out.strip() == "False"
