"""The store of computed results: what it lacks is made, once; a new maker costs its own work only; a file is guarded."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import pytest

from tests.notebooks import BOOK
from third_optimizer.meta import Maker, Store
from third_optimizer.meta.store import read


@dataclass(frozen=True)
class Dish:
    name: str
    spoons: int = 1


MADE = []


def cook(dish, seed):
    MADE.append(("cook", dish, seed))
    return {"weight": dish.spoons + seed / 10, "twice": [seed, 2 * seed]}


def taste(dish, seed):
    MADE.append(("taste", dish, seed))
    return {"salt": dish.spoons * seed}


COOK = Maker(cook, {"weight": ((), "f8"), "twice": ((2,), "i4")})
TASTE = Maker(taste, {"salt": ((), "f4")}, {"tongue": 1}, lambda dish, seed: seed != 2)
SOUP, CAKE = Dish("soup"), Dish("cake", 3)


@pytest.fixture
def file(tmp_path):
    MADE.clear()
    return tmp_path / "dishes.npz"


def dishes(file, dishes=(SOUP, CAKE), seeds=(1, 2), makers=(COOK,)):
    return Store(file, {"dish": dishes, "seed": seeds}, makers, "make dinner")


def test_made_once_and_read_again(file):
    store = dishes(file).make(jobs=1)
    assert len(MADE) == 4 and not file.with_name("dishes.npz.journal").exists()
    again = dishes(file)
    assert again.at(dish=CAKE, seed=2)["weight"] == 3.2 and again.at(dish=SOUP, seed=1)["twice"].tolist() == [1, 2]
    assert all(np.array_equal(again.columns[name], store.columns[name]) for name in ("weight", "twice"))
    before = file.read_bytes()
    dishes(file).make(jobs=1)
    assert len(MADE) == 4 and file.read_bytes() == before


def test_stored_at_these_stops_and_computed_in_between(file):
    dishes(file).make(jobs=1)
    MADE.clear()
    assert dishes(file).get(dish=CAKE, seed=2)["weight"] == 3.2 and MADE == []
    assert dishes(file).get(dish=CAKE, seed=7)["weight"] == pytest.approx(3.7) and len(MADE) == 1


def test_a_new_maker_costs_its_own_work_only_and_where_it_is_wanted(file):
    dishes(file).make(jobs=1)
    MADE.clear()
    store = dishes(file, makers=(COOK, TASTE)).make(jobs=1)
    assert MADE == [("taste", SOUP, 1), ("taste", CAKE, 1)]
    assert np.array_equal(store.columns["salt"], [[1, np.nan], [3, np.nan]], equal_nan=True)
    assert store.at(dish=CAKE, seed=2)["weight"] == 3.2


def test_more_stops_cost_their_points_only_and_may_come_in_any_order(file):
    dishes(file).make(jobs=1)
    MADE.clear()
    store = dishes(file, (Dish("tea", 0), CAKE, SOUP), (2, 1)).make(jobs=1)
    assert sorted(seed for _, dish, seed in MADE) == [1, 2] and {dish.name for _, dish, _ in MADE} == {"tea"}
    assert store.columns["weight"].tolist() == [[0.2, 0.1], [3.2, 3.1], [1.2, 1.1]]


def test_other_settings_make_it_anew(file):
    dishes(file, makers=(TASTE,)).make(jobs=1)
    MADE.clear()
    other = Maker(taste, TASTE.columns, {"tongue": 2}, TASTE.wanted)
    with pytest.raises(ValueError, match=r"was made with other settings of .*taste: make it anew with `make dinner`"):
        _ = dishes(file, makers=(other,)).columns
    dishes(file, makers=(other,)).make(jobs=1)
    assert len(MADE) == 2


def test_what_a_file_cannot_give_is_said(file):
    with pytest.raises(FileNotFoundError):
        _ = dishes(file).columns
    dishes(file).make(jobs=1)
    with pytest.raises(
        ValueError, match="dishes.npz holds another seed than is asked for: make it anew with `make dinner`"
    ):
        _ = dishes(file, seeds=(1, 3)).columns
    with pytest.raises(ValueError, match="lacks salt: make it anew"):
        _ = dishes(file, makers=(COOK, TASTE)).columns
    with pytest.raises(ValueError, match="seed must be one of 1, 2, got 5"):
        dishes(file).at(dish=SOUP, seed=5)
    with pytest.raises(ValueError, match="a point of dishes.npz has dish, seed, got seed"):
        dishes(file).at(seed=5)


def test_a_file_says_what_made_it(file):
    store = dishes(file, makers=(COOK, TASTE))
    store.notes = {"from": "grandmother"}
    store.make(jobs=1)
    about, _ = read(file)
    assert about["makers"] == {
        "tests.test_store.cook": {"columns": ["weight", "twice"], "settings": {}},
        "tests.test_store.taste": {"columns": ["salt"], "settings": {"tongue": 1}},
    }
    assert about["axes"]["dish"][1] == {"name": "cake", "spoons": 3} and about["made_with"]["numpy"] == np.__version__
    assert (
        about["notes"]
        == {"from": "grandmother"}
        == read(dishes(file, seeds=(1, 2, 3), makers=(COOK, TASTE)).make(1).file)[0]["notes"]
    )


def test_the_numbers_are_those_of_the_first_edition():
    """A digest of every column as it was before the files had this form: a new form, or more columns, changes none."""
    first = json.loads((BOOK.parent / "tests/first_edition.json").read_text("utf8"))
    for name, columns in first.items():
        _, arrays = read(BOOK / "data" / name)
        for column, sha in columns.items():
            assert hashlib.sha256(np.ascontiguousarray(arrays[column]).tobytes()).hexdigest() == sha, (name, column)
