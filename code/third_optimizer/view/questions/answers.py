"""The reader's answers when a kernel runs: one JSON file of theirs, beside the notebook.

The same record as the browser keeps on a page without kernel (`store.js`):
`{"version": 1, "answers": {id: {question, answer, verdict, value, at, label}}}`, and once a try was trained "reader",
a random name by which its log in a shared database knows whose it is.
"""

import json
import os
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from .. import component

NAME = ".third_optimizer.json"


def path():
    """Where the answers are kept: `THIRD_OPTIMIZER_ANSWERS`, or a git-ignored file here."""
    return Path(os.environ.get("THIRD_OPTIMIZER_ANSWERS", NAME))


def load():
    """All answers. A file that cannot be read is set aside under another name, never overwritten."""
    file = path()
    try:
        record = json.loads(file.read_text("utf8"))
        if isinstance(record["answers"], dict):
            return record
    except FileNotFoundError:
        return {"version": 1, "answers": {}}
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        pass
    file.replace(file.with_name(f"{file.name}.damaged-{datetime.now():%Y%m%d-%H%M%S-%f}"))
    return {"version": 1, "answers": {}}


def put(id, answer):
    """Keep one answer (a dict); returns all of them. Two notebooks may write at once."""
    with FileLock(f"{path()}.lock"):
        record = load()
        record["answers"][id] = {**answer, "at": datetime.now(UTC).isoformat()}
        _write(record)
    return record


def reader():
    """The reader's random name, made when it is first asked for."""
    with FileLock(f"{path()}.lock"):
        record = load()
        if "reader" not in record:
            record["reader"] = uuid.uuid4().hex
            _write(record)
    return record["reader"]


def clear():
    """Delete every answer; returns the empty record. The random name stays: games under way go on."""
    with FileLock(f"{path()}.lock"):
        record = {**load(), "answers": {}}
        _write(record)
    return record


def _write(record):
    # A kernel killed half way must leave the old file or the new one, never half of either.
    temporary = path().with_name(f"{path().name}.{os.getpid()}.tmp")
    temporary.write_text(json.dumps(record, indent=1), "utf8")
    os.replace(temporary, path())


component.record = sys.modules[__name__]
