"""The reader's answers when a kernel runs: one JSON file of theirs, beside the notebook.

The same record as the browser keeps on a page without kernel (`store.js`):
`{"version": 1, "answers": {id: {question, answer, verdict, value, at, label}}}`, and once a try was trained "reader",
a random name by which its log in a shared database knows whose it is.

What cannot be written (a course folder that is shared to be read only, a full disk) stays in this kernel's memory and
follows with the next change that can. Nothing here raises for want of a file.
"""

import json
import os
import sys
import threading
import uuid
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock

from .. import component

NAME = ".third_optimizer.json"
PATIENCE = 10  # seconds that another kernel may hold the file

unwritten = []  # changes that are in no file yet, in their order: functions of a record
trouble = None  # why: what the last look or change met, or None
said = ""  # the last notice that a verdict carried
_here = threading.RLock()  # tries are trained in threads, and ask for the reader's name


def path():
    """Where the answers are kept: `THIRD_OPTIMIZER_ANSWERS`, or a git-ignored file here."""
    return Path(os.environ.get("THIRD_OPTIMIZER_ANSWERS") or NAME).expanduser()


def load():
    """All answers, with those that could not be written. Looking changes no file."""
    global trouble
    with _here:
        try:
            record = _read()
            trouble = trouble if unwritten else None
        except ValueError:
            record = _empty()  # the next change sets that file aside
        except OSError as problem:
            record, trouble = _empty(), problem
        return _changed(record)


def put(id, answer, over=...):
    """Keep one answer (a dict); returns all of them. Two notebooks may write at once.

    over: the "at" of the answer that this one replaces, None if there was none. Where another stands by now, or none
    does, it stays so: a notebook that was overtaken reads what it gets back. Without `over` the last one counts.
    """
    answer = {"at": datetime.now(UTC).isoformat(), **answer}  # a page stamps its own

    def change(record):
        there = record["answers"].get(id)
        if over is ... or (there.get("at") if isinstance(there, dict) else None) == over:
            record["answers"][id] = answer

    return _keep(change)


def reader():
    """The reader's random name, made when it is first asked for."""
    new = uuid.uuid4().hex
    return load().get("reader") or _keep(lambda record: record.setdefault("reader", new))["reader"]


def clear():
    """Delete every answer; returns the empty record. The random name stays: games under way go on."""
    return _keep(lambda record: record.update(answers={}))


def notice():
    """What the reader is to be told, or "": that answers cannot be read or written, and what to do."""
    return component.unkept("answers", trouble) if trouble else ""


def news():
    """The notice where it is new: beside every verdict it would be noise."""
    global said
    before, said = said, notice()
    return "" if said == before else said


def _empty():
    return {"version": 1, "answers": {}}


def _changed(record):
    for change in unwritten:
        change(record)
    return record


def _read():
    """The record on the disk. OSError if it cannot be read, ValueError if what is there is none."""
    try:
        record = json.loads(path().read_text("utf8"))
    except FileNotFoundError:
        return _empty()
    except RecursionError as problem:
        raise ValueError("nested too deep") from problem
    if not (isinstance(record, dict) and isinstance(record.get("answers"), dict)):
        raise ValueError("no record of answers")
    return record


def _keep(change):
    """Change the record on the disk, or in memory if that cannot be; returns it."""
    global trouble
    with _here:
        unwritten.append(change)
        try:
            with FileLock(f"{path()}.lock", timeout=PATIENCE):
                try:
                    record = _read()
                except ValueError:
                    record = _empty()
                    path().replace(_aside())
                _write(_changed(record))
        except (OSError, NotImplementedError) as problem:  # the second where a disk knows no locks
            record, trouble = load(), problem
            return record
        unwritten.clear()
        trouble = None
        return record


def _aside():
    """Where a file goes that cannot be read: it is never overwritten."""
    return path().with_name(f"{path().name}.damaged-{datetime.now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:4]}")


def _write(record):
    # A kernel killed half way, or a disk that is full, must leave the old file or the new one, never half of either.
    temporary = path().with_name(f"{path().name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf8") as file:
            json.dump(record, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path())
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


component.record = sys.modules[__name__]
