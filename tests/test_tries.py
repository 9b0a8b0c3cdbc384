"""A try in a kernel is the try on the page: random designs and seeds, others every time, trained as a live board trains them.

A file of its own, so that another worker can run it beside the rest: a hundred trainings take a minute and a half.
"""

import math
import secrets

import numpy as np
import pytest

from tests.games import GRID, Ear, page_script_  # noqa: F401 (a fixture)
from third_optimizer.meta import ATLAS_SPACE, SEEDS
from third_optimizer.meta.running import STABLE, run, stable
from third_optimizer.view import play
from third_optimizer.view.game.runs import payload

CHUNKS, EACH, LEAST = 5, 20, 12  # a hundred tries; sixty of them at least are compared


def agree(told, read):
    """To what a nudge of the start may change, and the fourth digit stored; None: not finite."""

    def number(value):
        return math.inf if value is None else value

    return told["at"] == read["at"] and all(
        number(told[what]) == pytest.approx(number(read[what]), rel=STABLE + 1e-3, abs=1e-3)
        for what in ("practice", "fresh")
    )


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_a_kernel_trains_is_what_the_page_reads(page_script, chunk):
    """Rows that hang on the last digits may end anywhere on another processor: they are passed over, and counted."""
    seed = secrets.randbits(32)
    rng, board, compared = np.random.default_rng(seed), play(GRID), 0
    drawn = [(int(rng.integers(len(ATLAS_SPACE.designs))), int(rng.choice(SEEDS))) for _ in range(EACH)]
    page_script.evaluate("packed => { globalThis.runs = new ThirdOptimizer.Runs(packed); }", payload(GRID))
    for number, (i, try_seed) in enumerate(drawn):
        design = ATLAS_SPACE.designs[i]
        mark = GRID.columns["stable"][GRID.place(design, try_seed)]  # 1 or 0; -1: nobody asked
        if mark == 0:
            continue
        read = page_script.evaluate("([design, seed]) => runs.run(design, seed)", [i, try_seed])
        ear = Ear()
        board.trainer.answer(
            ear,
            {
                "type": "train",
                "number": number,
                "place": board.place(design),
                "seed": try_seed,
                "bet": None,
                "game": number,
            },
        )
        assert ear.sent[-1]["type"] == "tries", ear.sent[-1]
        told = ear.sent[-1]["tries"][-1]
        if agree(told, read):
            compared += 1
        else:
            words = f"drawn with {seed}: {design}, seed {try_seed}: trained {told}, read {read}"
            assert mark == -1 and not stable(design, try_seed, run(design, try_seed)), words
    assert compared >= LEAST, f"drawn with {seed}: only {compared} of {EACH} could be compared"
