"""Sliders in a kernel: every figure of every page, over random positions, corners included, without an error."""

import os
import subprocess
import sys

import pytest

from tests.notebooks import BOOK, calls, notebooks, read

# Runs inside the kernel after the page: finds the live figures and drives their sliders.
DRIVE = """
import gc, itertools, json, numpy as np
from third_optimizer.view.figures.explore import Explore, Live

def stops(control):
    return [stop[1] if isinstance(stop, tuple) else stop for stop in control.options]

def somewhere(control, rng):
    if hasattr(control, "options"):
        return stops(control)[rng.integers(len(control.options))]
    if hasattr(control, "base"):
        return 10 ** rng.uniform(control.min, control.max)
    return type(control.value)(rng.uniform(control.min, control.max))

def ends(control):
    if hasattr(control, "options"):
        return stops(control)[0], stops(control)[-1]
    return (10 ** control.min, 10 ** control.max) if hasattr(control, "base") else (control.min, control.max)

rng, seen = np.random.default_rng(20), {}
for figure in [thing for thing in gc.get_objects() if isinstance(thing, Explore)]:
    live = Live(figure, slow=False)
    places = list(itertools.product(*(ends(control) for control in live.controls.values())))
    places = [places[i] for i in rng.permutation(len(places))[:3]]
    places += [tuple(somewhere(control, rng) for control in live.controls.values()) for _ in range(4)]
    texts = []
    for place in places:
        for control, value in zip(live.controls.values(), place):
            control.value = value
            assert live.error == "", (figure.id, place, live.error)
        texts.append(live.component.frame["text"])
    settings = np.prod([len(c.options) if hasattr(c, "options") else 3 for c in live.controls.values()])
    seen[figure.id] = [len(set(texts)), int(min(3, settings))]  # texts seen, and at least to be seen
print("DRIVEN", json.dumps(seen))
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
