"""The engineer's log: every try that was acknowledged is on the disk, whatever happens to the process.

A log is an Optuna study. By default it lives in one SQLite file; with the address of a database a class can
share it. Each try is written in one transaction, so a process killed half way leaves it whole or not at all.
"""

import json
import weakref
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from .design import DIALS, LIMITS, NEVER, Design, design_from
from .running import Outcome


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
    """The tries of one game. where: a file, or a database address ("postgresql://..."). name: of the study."""

    def __init__(self, where, name="tries"):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        # a second process that writes at the same moment waits for the first
        options = {} if "://" in str(where) else {"connect_args": {"timeout": 30}}
        # a file is quoted as in a URI: ? ends an address for SQLAlchemy, and Optuna fills in {names}
        self.address = str(where) if "://" in str(where) else f"sqlite:///{quote(str(Path(where).resolve()))}"
        storage = optuna.storages.RDBStorage(self.address, engine_kwargs=options)
        weakref.finalize(self, storage.engine.dispose)  # or its connections stay open for as long as the process lives
        self.study = optuna.create_study(storage=storage, study_name=name, direction="minimize", load_if_exists=True)

    def add(self, design, seed, outcome, bet=None, reader=None, stood=None):
        """Write a try; once this returns, the try is kept. reader: whose it is, where several share a database."""
        import optuna

        self.study.add_trial(
            optuna.trial.create_trial(
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
        )

    def entries(self, reader=None):
        """Every try so far, in order; of one reader alone, if they are named."""
        kept = [_entry(trial) for trial in self.study.get_trials(deepcopy=False)]
        return [entry for entry in kept if reader is None or entry.reader == reader]


def _entry(trial):
    values = trial.user_attrs
    outcome = {name: tuple(v) if isinstance(v, list) else v for name, v in json.loads(values["outcome"]).items()}
    design = design_from(values["design"])
    stood = values.get("stood") and design_from(values["stood"])
    return Entry(trial.number, design, values["seed"], Outcome(**outcome), values["bet"], values.get("reader"), stood)


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
