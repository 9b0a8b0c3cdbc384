"""A grid's stored runs as the page's script reads them (runs.js): a few bytes a run, the same scores to the last digit.

An error is a whole number of four digits and a power of ten, in two bytes; a curve, which is only drawn, is a byte a
point on a logarithmic scale. What Python and the page show is therefore one number and not two that nearly agree.
"""

import base64
import json

import numpy as np

from third_optimizer.meta.grid import ATLAS_SPACE, LEAST
from third_optimizer.meta.machines import PASSES, problem, thought_store

NOTHING = 65535  # not finite, or not there
THOUGHT, RANGE = 50_000, (-2, 3)  # parts of an answer's range, and the range in units of the right answer
CURVE_LEAST, CURVE_MOST = 0.01, 200.0  # per cent: what a board draws


def coded(values):
    """Errors of at most four digits (meta.grid.rounded) as uint16: 0, then 9,000 mantissas for each power of ten from
    LEAST."""
    values = np.asarray(values, float)
    finite = np.isfinite(values)
    safe = np.where(finite & (values > 0), values, 1.0)
    exponent = np.floor(np.log10(safe) + 1e-9).astype(int)
    mantissa = np.rint(safe / 10.0 ** (exponent - 3)).astype(int)
    code = 1 + (exponent - round(np.log10(LEAST))) * 9000 + mantissa - 1000
    return np.where(finite, np.where(values > 0, code, 0), NOTHING).astype("<u2")


def curve_bytes(values):
    """Curve points as bytes: 0 to 254 evenly over the logarithm from CURVE_LEAST to CURVE_MOST, 255: there is none."""
    values = np.asarray(values, float)
    share = np.log(np.clip(np.where(np.isnan(values), 1, values), CURVE_LEAST, CURVE_MOST) / CURVE_LEAST) / np.log(
        CURVE_MOST / CURVE_LEAST
    )
    return np.where(np.isnan(values), 255, np.rint(254 * share)).astype(np.uint8)


def shares(values, parts):
    """Shares from 0 to 1 as uint16 in `parts` parts."""
    values = np.asarray(values, float)
    return np.where(np.isnan(values), NOTHING, np.rint(np.where(np.isnan(values), 0, values) * parts)).astype("<u2")


def thoughts(grid):
    """What the grid's machines answer to one problem the longer they think: {"truth", "passes", "range", "parts",
    "thoughts": base64}, an answer in two bytes, evenly over the range in so many parts. {} where no machines are kept
    beside the grid."""
    if grid.file is None or not (grid.file.parent / "thoughts.npz").is_file():
        return {}
    kept, truth = thought_store(grid.file.parent), problem().answer[0]
    whole = np.full((len(grid.space.designs), len(grid.seeds), len(PASSES)), np.nan)
    for i, design in enumerate(kept.axes["design"]):
        whole[grid.space.index[design]] = kept.columns["answers"][i]
    low, high = (end * float(truth) for end in RANGE)
    share = (whole - low) / (high - low)
    data = shares(np.where((share >= 0) & (share <= 1), share, np.nan), THOUGHT)
    said = {"truth": float(truth), "passes": PASSES, "range": (low, high), "parts": THOUGHT}
    return said | {"thoughts": base64.b64encode(data.tobytes()).decode()}


def payload(grid):
    """{"designs", "seeds", "confirm", "data": base64 of the columns one by one, each over designs, then seeds}, and
    what `thoughts` gives."""
    tries, every = len(grid.seeds), grid.columns
    first = {name: column[:, :tries] for name, column in every.items()}
    parts = [
        coded(every["practice"]),
        coded(every["fresh"]),
        np.where(every["at"] < 0, NOTHING, every["at"]).astype("<u2"),
        coded(first["longer"]),
        shares(first["blown"], 4000),
        shares((1 + first["follows"]) / 2, 2000),
        coded(first["tripled"]),
        curve_bytes(first["practice_curve"]),
        curve_bytes(first["fresh_curve"]),
    ]
    return {
        "designs": len(grid.space.designs),
        "seeds": list(grid.seeds),
        "confirm": list(grid.confirm),
        "data": base64.b64encode(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).decode(),
    } | thoughts(grid)


def source(grid, live):
    """Where a board finds the runs of a grid: the atlas, on a page, in a script of its own (the site writes it);
    else in its specification."""
    return {"script": script(grid)[0]} if grid.space is ATLAS_SPACE and not live else payload(grid)


def script(grid):
    """(file name, text) of the classic script that hands a page its runs; pages opened from a disk may not fetch. The
    name follows the content."""
    import hashlib

    text = f"ThirdOptimizer.runs.receive({json.dumps(payload(grid), separators=(',', ':'))});\n"
    return f"runs-{hashlib.sha256(text.encode()).hexdigest()[:12]}.js", text
