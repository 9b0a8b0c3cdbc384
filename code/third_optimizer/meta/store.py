"""One store of computed results: what takes too long for a page is computed once and kept with where it came from.

A store is a table over axes. At each point of their product a maker gives values for its columns. The file holds the
columns, the axes, what made them and a digest. `make` computes what the file lacks, point by point: a killed run goes
on where it was, a new value on an axis costs its points only, and a new maker adds its columns at no cost of others.

    layers = Store("layers.npz", {"dimension": (2, 3), "seed": (0, 1)}, [Maker(train, {"error": ((), "f8")})])
    layers.make()                        # over all cores; inside joblib.parallel_config(backend="dask") on a cluster
    layers.at(dimension=2, seed=0)       # {"error": 0.1}
    layers.get(dimension=4, seed=0)      # is no stop: computed now
"""

import contextlib
import hashlib
import itertools
import json
import os
import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

VERSION = 4


@dataclass(frozen=True)
class Maker:
    """What computes some columns. make(**point) -> {column: value}: a function of the point, or a partial of one.

    columns: name -> (shape, numpy type). settings: what the numbers hang on beside the point (JSON); what a partial is
    given belongs to them where JSON can say it. With other settings, columns or function than the file's, all is
    computed anew. wanted(**point): where there is anything to compute; elsewhere a column holds NaN, or −1 among whole
    numbers.
    """

    make: Callable
    columns: dict
    settings: dict = field(default_factory=dict)
    wanted: Callable | None = None

    def __post_init__(self):
        given = {name: value for name, value in getattr(self.make, "keywords", {}).items() if _is_json(value)}
        object.__setattr__(self, "settings", json.loads(json.dumps(given | self.settings)))  # as a file gives them back
        if "<" in self.name:
            raise ValueError(f"a maker must be a function that a file can name, got {self.name}")

    @property
    def name(self):
        """Module and name of the function, as the file says it."""
        function = getattr(self.make, "func", self.make)  # of a partial
        return f"{function.__module__}.{function.__qualname__}"

    def about(self):
        """What the file says of it: its columns with shape and type, its settings."""
        kinds = {name: [list(shape), np.dtype(kind).str] for name, (shape, kind) in self.columns.items()}
        return {"columns": kinds, "settings": self.settings}

    def fault(self, values):
        """What keeps these values from being its columns', in words; None if nothing does."""
        if values.keys() != self.columns.keys():
            return f"gives {', '.join(values)} instead of {', '.join(self.columns)}"
        for name, (shape, kind) in self.columns.items():
            with contextlib.suppress(ValueError):  # rows of different lengths
                value, kind = np.asarray(values[name]), np.dtype(kind)
                if value.shape == tuple(shape) and value.dtype.kind in "biuf" and _held(value, kind):
                    continue
            return (
                f"gives {name} = {values[name]!r}, which must be numbers of shape {tuple(shape)} that {kind} can hold"
            )
        return None


class Store:
    """axes: name -> values (numbers, texts, dataclasses, dicts of these). command: what makes the file, for errors."""

    def __init__(self, file, axes, makers, command="make data"):
        self.file, self.makers, self.command = Path(file), list(makers), command
        self.axes = {name: tuple(values) for name, values in axes.items()}
        self.plain = {name: [_plain(value) for value in values] for name, values in self.axes.items()}
        self.notes = {}  # whatever else the file is to say, JSON
        names = [maker.name for maker in self.makers]
        if len(set(names)) < len(names):
            raise ValueError(f"the makers of {self.file.name} must be different functions, got {', '.join(names)}")

    @property
    def shape(self):
        return tuple(len(values) for values in self.axes.values())

    # --- reading -----------------------------------------------------------------------------------

    @cached_property
    def columns(self):
        """name -> array over the axes, then the column's own shape, read from the file.

        ValueError, saying what to do, if the file is damaged, older, of other axes, or lacks anything.
        """
        return self.accept(*read(self.file, self.command)).columns

    def accept(self, about, arrays):
        """Take what a file says and holds (`read`) as this store's; ValueError as for `columns`. Returns self."""
        if list(about["axes"].items()) != list(self.plain.items()):  # their order too: the columns have it
            other = [
                name for name in {**self.plain, **about["axes"]} if about["axes"].get(name) != self.plain.get(name)
            ]
            raise ValueError(f"{self.file.name} holds another {(*other, 'order')[0]} than is asked for: {self.again}")
        for maker in self.makers:
            lacking = [name for name in maker.columns if name not in arrays]
            if lacking or about["makers"].get(maker.name) != maker.about():
                what = f"lacks {', '.join(lacking)}" if lacking else f"was made with other settings of {maker.name}"
                raise ValueError(f"{self.file.name} {what}: {self.again}")
        self.notes = about["notes"]
        self.__dict__["columns"] = {name: arrays[name] for maker in self.makers for name in maker.columns}
        return self

    @property
    def again(self):
        return f"make it anew with `{self.command}`"

    def place(self, **point):
        """The point's index on every axis; ValueError names a value that is no stop."""
        if point.keys() != self.axes.keys():
            raise ValueError(f"a point of {self.file.name} has {', '.join(self.axes)}, got {', '.join(point)}")
        found = []
        for name, value in point.items():
            if _plain(value) not in self.plain[name]:
                raise ValueError(f"{name} must be one of {', '.join(map(str, self.axes[name]))}, got {value!r}")
            found.append((name, self.plain[name].index(_plain(value))))
        return tuple(dict(found)[name] for name in self.axes)

    def at(self, **point):
        """The stored values at a point, {column: value}."""
        place = self.place(**point)
        return {name: column[place] for name, column in self.columns.items()}

    def get(self, **point):
        """Stored at the stops, computed in between: any number where all stops of an axis are numbers."""
        try:
            place = self.place(**point)
        except ValueError:
            off = [name for name in point if _plain(point[name]) not in self.plain.get(name, ())]
            if point.keys() != self.axes.keys() or not all(_numbers(point[name], *self.axes[name]) for name in off):
                raise
            return {name: value for maker in self.makers for name, value in maker.make(**point).items()}
        return {name: column[place] for name, column in self.columns.items()}

    # --- making --------------------------------------------------------------------------------------

    def make(self, jobs=-1):
        """Compute what the file and its journal lack, over `jobs` joblib workers, and write the file; returns self.

        Every result is appended to the journal when it is there, so a kill loses at most what was under way.
        """
        from joblib import Parallel, delayed
        from tqdm import tqdm

        kept = self._kept()
        missing = [
            (maker, place)
            for maker in self.makers
            for place in itertools.product(*map(range, self.shape))
            if (maker.name, place) not in kept and (not maker.wanted or maker.wanted(**self._point(place)))
        ]
        if not missing and self._whole():
            return self
        results = Parallel(n_jobs=jobs, return_as="generator_unordered")(
            delayed(_made)(maker, place, self._point(place)) for maker, place in missing
        )
        self.file.parent.mkdir(parents=True, exist_ok=True)
        settings = {maker.name: maker.about() for maker in self.makers}
        with self._journal.open("a", encoding="utf8") as notes:
            notes.write("\n")  # a kill may have cut the last line short
            for name, place, values in tqdm(results, f"making {self.file.stem}", len(missing), unit="point"):
                at = {axis: self.plain[axis][i] for axis, i in zip(self.axes, place, strict=True)}
                notes.write(json.dumps({"maker": name, "as": settings[name], "at": at, "values": values}) + "\n")
                notes.flush()
                kept[name, place] = values
        self.__dict__["columns"] = {
            name: self._column(
                name, *kind, {place: row[name] for (made, place), row in kept.items() if made == maker.name}
            )
            for maker in self.makers
            for name, kind in maker.columns.items()
        }
        self.save()
        self._journal.unlink(missing_ok=True)
        return self

    def save(self):
        """Write the columns as they stand."""
        about = {
            "version": VERSION,
            "axes": self.plain,
            "makers": {maker.name: maker.about() for maker in self.makers},
            "made_with": {"python": platform.python_version(), "numpy": np.__version__},
            "notes": self.notes,
        }
        about["sha256"] = digest(about, self.columns)
        temporary = self.file.with_name(f"{self.file.name}.{os.getpid()}.tmp")
        with temporary.open("wb") as out:
            np.savez_compressed(out, about=np.frombuffer(json.dumps(about).encode(), np.uint8), **self.columns)
        os.replace(temporary, self.file)

    @property
    def _journal(self):
        return Path(f"{self.file}.journal")

    def _whole(self):
        """Whether the file needs no writing."""
        with contextlib.suppress(ValueError, FileNotFoundError):
            return bool(self.columns)
        return False

    def _point(self, place):
        return {name: self.axes[name][i] for name, i in zip(self.axes, place, strict=True)}

    def _kept(self):
        """{(maker, place): {column: value}} of what file and journal hold and these axes and makers still want."""
        index = {
            name: {json.dumps(value, sort_keys=True): i for i, value in enumerate(values)}
            for name, values in self.plain.items()
        }
        makers, kept = {maker.name: maker for maker in self.makers}, {}

        def keep(name, made, at, values):
            with contextlib.suppress(KeyError):  # of another time: such a point or maker is no more
                place = tuple(index[axis][json.dumps(at[axis], sort_keys=True)] for axis in self.axes)
                if made == makers[name].about() and at.keys() == self.axes.keys() and not makers[name].fault(values):
                    kept[name, place] = values

        with contextlib.suppress(ValueError, FileNotFoundError):  # damaged or older: computed anew
            about, arrays = read(self.file, self.command)
            self.notes = about["notes"]
            for name, made in about["makers"].items():
                if name in makers and set(made["columns"]) <= set(arrays):
                    for place in itertools.product(*(range(len(values)) for values in about["axes"].values())):
                        at = {axis: values[i] for (axis, values), i in zip(about["axes"].items(), place, strict=True)}
                        keep(name, made, at, {column: arrays[column][place] for column in made["columns"]})
        if self._journal.is_file():
            for line in self._journal.read_text("utf8", errors="replace").splitlines():
                with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # the line a kill cut short
                    note = json.loads(line)
                    keep(note["maker"], note["as"], note["at"], note["values"])
        return {key: values for key, values in kept.items() if self._wanted(makers[key[0]], key[1])}

    def _wanted(self, maker, place):
        return not maker.wanted or maker.wanted(**self._point(place))

    def _column(self, name, shape, kind, values):
        array = np.full((*self.shape, *shape), -1 if np.dtype(kind).kind == "i" else np.nan, dtype=kind)
        for place, value in values.items():
            array[place] = value
        return array


def _made(maker, place, point):
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # the same sums in the same order wherever it runs, and as fast
        values = maker.make(**point)
    if fault := maker.fault(values):
        raise ValueError(f"{maker.name} {fault}")
    return maker.name, place, {name: np.asarray(value).tolist() for name, value in values.items()}


def _held(value, kind):
    """Whether a column of this type keeps the value: whole numbers in its range; all others only lose digits."""
    if kind.kind == "f":
        return True
    with np.errstate(invalid="ignore"):
        return bool(np.isfinite(value).all() and (value.astype(kind) == value).all())


def _is_json(value):
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


def _numbers(*values):
    return all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in values)


def _plain(value):
    """A value of an axis as JSON."""
    return json.loads(json.dumps(asdict(value) if is_dataclass(value) else getattr(value, "item", lambda: value)()))


def read(file, command="make data"):
    """(what a store's file says of itself, its columns). ValueError, saying what to do, if it is damaged or older."""
    file, again = Path(file), f"make it anew with `{command}`"
    try:
        with np.load(file) as stored:
            about = json.loads(stored["about"].tobytes())
            _ = about["version"], about["axes"], about["makers"], about["notes"]  # or it is none of ours
            columns = {column: stored[column] for column in stored.files if column != "about"}
    except FileNotFoundError:
        raise
    except Exception as problem:  # a file of another kind can fail in many ways
        raise ValueError(f"{file.name} cannot be read ({problem}): {again}") from None
    if about.get("version") != VERSION:
        raise ValueError(f"{file.name} has version {about.get('version')!r}, this code reads {VERSION}: {again}")
    if digest(about, columns) != about.get("sha256"):
        raise ValueError(f"{file.name} is damaged (its checksum does not fit): {again}")
    return about, columns


def digest(about, columns):
    """Hex digest of what a file says, but the digest itself."""
    sha = hashlib.sha256(json.dumps({k: v for k, v in about.items() if k != "sha256"}, sort_keys=True).encode())
    for name in sorted(columns):
        sha.update(name.encode() + np.ascontiguousarray(columns[name]).tobytes())
    return sha.hexdigest()
