"""A log that a whole class writes to: SQLite, and PostgreSQL where its server is installed."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tests.test_meta import OUTCOME
from third_optimizer.meta import Design, Log

READERS = 40
CONNECTIONS = 4  # that the server has for all of them
NOBODY = 65534 if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root

# One process imports; its forty children begin at one moment, each with the log still to be opened.
CLASS = """
import os, sys, time
import alembic.migration, optuna, sqlalchemy
from tests.test_class_log import READERS
from tests.test_meta import OUTCOME
from third_optimizer.meta import Design, Log

begin, children = time.time() + 1, []
for reader in range(READERS):
    child = os.fork()
    if child == 0:
        time.sleep(max(0, begin - time.time()))
        Log(sys.argv[1], "game/1").add(Design(), reader + 1, OUTCOME, reader=str(reader))
        os._exit(0)
    children.append(child)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


def server_programs():
    """The folder of PostgreSQL's own programs, or None."""
    found = [Path(initdb).parent for initdb in (shutil.which("initdb"),) if initdb]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return found[-1] if found else None


@pytest.fixture(scope="module")
def postgresql():
    """The address of a server of this test's own, "host:port": it lives in a fresh folder and ends with the tests."""
    pytest.importorskip("psycopg", reason='no driver: pip install -e "./code[class]"')
    programs = server_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server here; on Debian: apt-get install postgresql")
    home = Path(tempfile.mkdtemp())
    if NOBODY:
        shutil.chown(home, NOBODY)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(name, *options):
        subprocess.run(
            [programs / name, "-D", home / "data", *options], cwd=home, user=NOBODY, check=True, capture_output=True
        )

    run("initdb", "-U", "teacher", "-A", "trust", "-E", "UTF8")
    few = f"-c max_connections={CONNECTIONS} -c superuser_reserved_connections=0"
    run("pg_ctl", "-w", "-l", home / "log", "-o", f"-p {port} -h 127.0.0.1 -k {home} -F {few}", "start")
    yield f"127.0.0.1:{port}"
    run("pg_ctl", "-w", "-m", "immediate", "stop")
    shutil.rmtree(home)


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request, tmp_path):
    """The address of a database that has no tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'class.db'}"
    place = request.getfixturevalue("postgresql")
    name = f"class{time.time_ns()}"
    import psycopg

    with psycopg.connect(f"postgresql://teacher@{place}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://teacher@{place}/{name}"


@pytest.mark.parametrize("round", range(2))
def test_forty_who_open_a_fresh_log_at_once_lose_nothing(fresh, round):
    done = subprocess.run([sys.executable, "-c", CLASS, fresh], timeout=280, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    entries = Log(fresh, "game/1").entries()
    assert sorted(int(entry.reader) for entry in entries) == list(range(READERS))
    assert [entry.number for entry in entries] == list(range(READERS))
    assert all(entry.outcome == OUTCOME and entry.seed == int(entry.reader) + 1 for entry in entries)


def test_a_postgresql_address_may_be_spelt_either_way(postgresql):
    for scheme in ("postgres", "postgresql"):
        Log(f"{scheme}://teacher@{postgresql}/postgres", "both").add(Design(), 1, OUTCOME)
    assert len(Log(f"postgresql+psycopg://teacher@{postgresql}/postgres", "both").entries()) == 2


def test_logs_that_are_open_take_no_connection_from_others(postgresql):
    address = f"postgresql://teacher@{postgresql}/postgres"
    logs = [Log(address, f"open/{i}") for i in range(2 * CONNECTIONS)]
    for log in logs:
        log.add(Design(), 1, OUTCOME)
    assert [len(log.entries()) for log in logs] == [1] * len(logs)


def test_a_server_that_is_full_is_waited_for(postgresql):
    import psycopg

    address = f"postgresql://teacher@{postgresql}/postgres"
    others = [psycopg.connect(address) for _ in range(CONNECTIONS)]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    leaving = threading.Timer(1, lambda: [other.close() for other in others])
    leaving.start()
    Log(address, "waited").add(Design(), 1, OUTCOME)
    leaving.join()
    assert len(Log(address, "waited").entries()) == 1


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_without_a_driver_the_command_that_brings_it_is_named(scheme, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as if it were not installed
    with pytest.raises(ImportError, match=r'python -m pip install -e "./code\[class\]"') as said:
        Log(f"{scheme}://teacher:secret@127.0.0.1/class")
    assert "secret" not in str(said.value)
