"""The engineer's log: every try that was acknowledged is on the disk, whatever happens to the process.

A log is an Optuna study. By default it lives in one SQLite file; with the address of a database a class can
share it. Each try is written in one transaction, so a process killed half way leaves it whole or not at all.
"""

import itertools
import json
import random
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import quote

from .design import DIALS, LIMITS, NEVER, Design, design_from
from .running import Outcome

PATIENCE, LOOKS = 30, 10  # seconds, and looks at least, that a log is waited for which others write at the same moment
DRIVER = '.venv/bin/python -m pip install -e "./code[class]"'
TAKEN = ("42P07", "40P01", "53300")  # PostgreSQL: a table is there by now, a deadlock, no connection is left
# what SQLite says, and what PostgreSQL says before there is a state: to all, to a role, to whoever is no superuser
CROWDED = ("already exists", "is locked", "too many clients", "too many connections", "connection slots are reserved")
FIELDS = {field.name for field in fields(Outcome)}


@dataclass(frozen=True)
class Entry:
    """A try in the log: its number from 0, the design, the seed, the outcome; the reader's bet and name if any.

    stood: the design as the dials stood, where that says more than design does of dials that make no difference.
    """

    number: int
    design: Design
    seed: int
    outcome: Outcome
    bet: str | None = None
    reader: str | None = None
    stood: Design | None = None


class Log:
    """The tries of one game. where: a file, or a database address ("postgresql://..."). name: of the study.

    ImportError if the address needs a driver that is not installed.
    """

    def __init__(self, where, name="tries"):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.address = _address(str(where))
        scheme = self.address.partition(":")[0]
        waits = {"sqlite": {"timeout": PATIENCE}, "postgresql+psycopg": {"connect_timeout": PATIENCE // 3}}
        options = {"connect_args": waits.get(scheme, {}), "poolclass": _one_connection()}
        try:
            storage = _together(lambda: optuna.storages.RDBStorage(self.address, engine_kwargs=options))
        except ImportError as problem:
            raise ImportError(
                f"a log at {scheme}:// needs a driver; for PostgreSQL run, in the course's folder, {DRIVER}"
            ) from problem
        self.study = _together(
            lambda: optuna.create_study(storage=storage, study_name=name, direction="minimize", load_if_exists=True)
        )

    def add(self, design, seed, outcome, bet=None, reader=None, stood=None):
        """Write a try; once this returns, the try is kept. reader: whose it is, where several share a database."""
        import optuna

        trial = optuna.trial.create_trial(
            value=min(outcome.fresh, 1e12),  # Optuna takes no infinity; a blow-up is kept in the outcome
            params={name: _param(name, getattr(design, name)) for name in DIALS},
            distributions=_distributions(),
            user_attrs={
                "design": asdict(design),
                "seed": int(seed),
                "bet": bet,
                "reader": reader,
                "stood": stood and asdict(stood),
                "outcome": json.dumps(asdict(outcome)),
            },
        )
        _together(lambda: self.study.add_trial(trial))

    def entries(self, reader=None):
        """Every try so far, in order; of one reader alone, if they are named. Rows that this edition cannot read, of a
        later one or of another program, are passed over and stay in the log."""
        kept = [_entry(trial) for trial in _together(lambda: self.study.get_trials(deepcopy=False))]
        return [entry for entry in kept if entry and reader in (None, entry.reader)]


def _address(where):
    """The database's address as Optuna takes it."""
    scheme, separator, rest = where.partition("://")
    if not separator:
        # a file is quoted as in a URI: ? ends an address for SQLAlchemy, and Optuna fills in {names}
        return f"sqlite:///{quote(str(Path(where).resolve()))}"
    # which driver a bare scheme means hangs on the edition of SQLAlchemy, and it knows no "postgres"
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else where


def _together(do):
    """What `do()` gives. Where a whole class opens a fresh log, one makes its tables and the others collide: they look
    again, LOOKS times and until PATIENCE is over: on a machine that is busy the first look alone may take as long."""
    end = time.monotonic() + PATIENCE
    for look in itertools.count(1):
        try:
            return do()
        except Exception as problem:
            if not _collided(problem) or (look >= LOOKS and time.monotonic() > end):
                raise (problem.__cause__ or problem) from None  # what lies beneath says it in a line
        time.sleep(random.uniform(0.05, 0.5))


def _collided(problem):
    """Whether a problem is that others were faster: what a moment later may work."""
    from sqlalchemy.exc import DBAPIError

    for met in (problem, problem.__cause__):  # Optuna wraps some
        met = met.orig if isinstance(met, DBAPIError) else met  # what the driver says
        state = getattr(met, "sqlstate", None)  # PostgreSQL's, whatever language it speaks
        if state in TAKEN or type(met).__name__ == "IntegrityError" or any(word in str(met) for word in CROWDED):
            return True
    return False


def _one_connection():
    """The class of connection pools for a log: a thread has one connection at most, closed once it is given back, for
    a server has a hundred for all. Optuna asks for a second one while it holds the first, to read, and gets the same:
    who waits for a server that is full then holds nothing that others wait for."""
    from sqlalchemy.pool import SingletonThreadPool

    class OneConnection(SingletonThreadPool):
        def __init__(self, creator, **options):
            close = (lambda connection, record: record.invalidate(), "checkin")
            super().__init__(lambda: _together(creator), **options | {"events": [close]})

    return OneConnection


def _entry(trial):
    """The Entry of a row, None if it is none that this edition can read."""
    values = trial.user_attrs
    try:
        outcome = {name: tuple(v) if isinstance(v, list) else v for name, v in json.loads(values["outcome"]).items()}
        outcome = Outcome(**{name: value for name, value in outcome.items() if name in FIELDS})
        design = design_from(values["design"])
        stood = values.get("stood") and design_from(values["stood"])
        return Entry(trial.number, design, values["seed"], outcome, values.get("bet"), values.get("reader"), stood)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _param(name, value):
    return 0 if value is NEVER and name == "problems" else value


def _distributions():
    """The dials as Optuna knows them, the same for every try of a study; 0 practice problems: they never repeat."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    kinds = {}
    for name, dial in DIALS.items():
        low, high = LIMITS.get(name, (None, None))
        if low is None:
            kinds[name] = CategoricalDistribution(dial.stops)
        elif isinstance(low, int):
            kinds[name] = IntDistribution(0 if name == "problems" else low, high)
        else:
            kinds[name] = FloatDistribution(low, high, log=True)
    return kinds
