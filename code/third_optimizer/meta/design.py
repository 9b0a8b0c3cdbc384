"""A design: one setting of every dial the engineer holds."""

import itertools
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

NEVER = None  # as a number of practice problems: they never repeat


@dataclass(frozen=True)
class Dial:
    """One dial. field: of Design. label, names: plain words for it and for its stops. term: the field's word. about: a
    sentence on what it does. tames: words for the turn that makes explosions rarer, where there is one."""

    field: str
    label: str
    stops: tuple
    names: tuple
    term: str
    about: str
    tames: str = ""

    def name(self, value):
        """A value in plain words; between the stops a number as it is."""
        return (
            self.names[self.stops.index(value)]
            if value in self.stops
            else f"{value:,}"
            if isinstance(value, int)
            else f"{value:g}"
        )


DIALS = {
    dial.field: dial
    for dial in (
        Dial(
            "problems",
            "Practice problems",
            (4, 64, 1024, NEVER),
            ("4", "64", "1,024", "never repeats"),
            "task diversity",
            "How many different problems it practises before they come again.",
        ),
        Dial(
            "architecture",
            "Machine",
            ("mlp", "attention"),
            ("reads it as one list", "attends to it"),
            "MLP or linear attention",
            "Does it read examples and question as one list of numbers, or hold the question against each example?",
        ),
        Dial(
            "table",
            "Lookup table",
            (False, True),
            ("off", "on"),
            "indexed by task",
            "A line of its own for each practice problem, to be looked up when that problem comes again.",
        ),
        Dial(
            "passes",
            "Thinking passes",
            (1, 2, 4),
            ("1", "2", "4"),
            "loops",
            "How often the same layer goes over the problem before it answers.",
            "fewer passes",
        ),
        Dial(
            "warm_up",
            "Warm-up",
            (False, True),
            ("off", "on"),
            "curriculum over loops",
            "It practises with one pass first, then with more.",
        ),
        Dial(
            "step_length",
            "Step length",
            (0.001, 0.003, 0.01, 0.03),
            ("0.001", "0.003", "0.01", "0.03"),
            "learning rate",
            "How far training moves the machine’s numbers at each step.",
            "a shorter step",
        ),
        Dial(
            "step_rule",
            "Step rule",
            ("plain", "adaptive"),
            ("plain", "adaptive"),
            "SGD with momentum 0.9, or Adam",
            "Plain: one step length for all numbers. Adaptive: each has its own, by how large its slopes were.",
            "the adaptive step rule",
        ),
        Dial(
            "brake",
            "Brake",
            (False, True),
            ("off", "on"),
            "gradient clipping at norm 1",
            "A gradient that is too long is cut before the step is taken.",
            "the brake",
        ),
        Dial(
            "initial_scale",
            "Starting scale",
            ("small", "large"),
            ("small", "large"),
            "initial scale",
            "How large the random numbers are with which it begins.",
        ),
        Dial(
            "practice_time",
            "Practice time",
            (500, 2000),
            ("500", "2,000"),
            "steps of training",
            "How many steps training takes, each on a new batch of problems.",
        ),
    )
}
LIMITS = {"problems": (1, 100_000), "passes": (1, 8), "step_length": (1e-6, 10.0), "practice_time": (1, 100_000)}


@dataclass(frozen=True)
class Design:
    """A setting of the dials; every value is checked, and a ValueError names the dial, the value and what it may be.

    A free number may lie between a dial's stops, within LIMITS; a dial of names or switches takes its stops only.
    """

    problems: int | None = NEVER
    architecture: str = "attention"
    table: bool = False
    passes: int = 1
    warm_up: bool = False
    step_length: float = 0.003
    step_rule: str = "adaptive"
    brake: bool = True
    initial_scale: str = "small"
    practice_time: int = 500

    def __post_init__(self):
        for name, dial in DIALS.items():
            value = getattr(self, name)
            if name in LIMITS:
                low, high = LIMITS[name]
                whole = isinstance(low, int)
                right = isinstance(value, int | np.integer if whole else int | float | np.number) and not isinstance(
                    value, bool
                )
                if not (right and low <= value <= high or name == "problems" and value is NEVER):
                    raise ValueError(
                        f"{name} must be a {'whole ' if whole else ''}number from {low} to {high}, got {value!r}"
                    )
            elif not any(type(value) is type(stop) and value == stop for stop in dial.stops):
                raise ValueError(f"{name} must be one of {', '.join(map(repr, dial.stops))}, got {value!r}")

    def plain(self):
        """This design without what makes no difference: a machine that reads a list has no passes, one pass needs
        no warm-up, and a lookup table is of no use where no problem comes twice."""
        changes = {}
        if self.architecture == "mlp" and self.passes != 1:
            changes["passes"] = 1
        if (self.passes == 1 or self.architecture == "mlp") and self.warm_up:
            changes["warm_up"] = False
        if self.problems is NEVER and self.table:
            changes["table"] = False
        return replace(self, **changes) if changes else self

    def differences(self, other):
        """{field: value here} for the dials that stand differently in `other`."""
        mine, theirs = asdict(self), asdict(other)
        return {name: mine[name] for name in mine if mine[name] != theirs[name]}

    def words(self, names=None):
        """The dials in plain words, "Machine attends to it, ..."; `names`: only these fields."""
        return ", ".join(
            f"{DIALS[f.name].label} {DIALS[f.name].name(getattr(self, f.name))}"
            for f in fields(self)
            if names is None or f.name in names
        )


# Names of an earlier edition: readers' logs and stored files made then say these.
RENAMED = {"machine": "architecture", "notebook": "table", "start": "initial_scale"}
REVALUED = {"attends": "attention", "list": "mlp"}


def design_from(values):
    """The Design that a log or a stored file holds as a dict, under today's names or the earlier ones.

    ValueError or TypeError if it is none of today's designs.
    """
    values = {RENAMED.get(name, name): value for name, value in values.items()}
    if "architecture" in values:
        values["architecture"] = REVALUED.get(values["architecture"], values["architecture"])
    return Design(**values)


class Space:
    """The designs a search may try: values of each dial that may turn (a Design checks them); dials not named stand
    where `base` has them.

    Space(step_length=(0.001, 0.01), passes=(1, 4)). `designs` lists each different design once, in a fixed order.
    """

    def __init__(self, base=None, **stops):
        self.base = base or Design()
        for name, values in stops.items():
            if name not in DIALS:
                raise ValueError(f"{name!r} is no dial; there are {', '.join(DIALS)}")
            if len(values) < 2:
                raise ValueError(f"{name} must have two or more stops, got {values}")
        self.stops = {name: tuple(stops[name]) for name in DIALS if name in stops}
        settings = (dict(zip(self.stops, values, strict=True)) for values in itertools.product(*self.stops.values()))
        self.designs = list(dict.fromkeys(replace(self.base, **setting).plain() for setting in settings))
        self.index = {design: i for i, design in enumerate(self.designs)}
        self._near = {}

    def neighbours(self, design):
        """The different designs of the space one dial away, in the order of the dials."""
        if design not in self._near:
            found = (
                replace(design, **{name: value}).plain() for name, values in self.stops.items() for value in values
            )
            self._near[design] = tuple(
                other for other in dict.fromkeys(found) if other != design and other in self.index
            )
        return list(self._near[design])
