"""The players a reader is compared with: counted by hand on a small grid, and the stored quantiles played again."""

import numpy as np
import pytest

from tests.notebooks import BOOK
from third_optimizer.meta import SEEDS, Design, Grid, Space, par, random_search, tournament, train_grid
from third_optimizer.meta.codes import DAY, LOCKED, MODES
from third_optimizer.meta.search import best_by_try
from third_optimizer.meta.tournament import (
    BUDGET,
    DAYS,
    LONG,
    QUICK,
    days,
    lines,
    locked,
    locked_dial,
    odds,
    quantiles,
    stores,
    variants,
)

SMALL = Space(Design(practice_time=20), problems=(4, None), step_length=(0.001, 0.003, 0.01), practice_time=(10, 20))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return train_grid(tmp_path_factory.mktemp("grid") / "grid.npz", SMALL, (1,), (), jobs=1)


@pytest.fixture(scope="module")
def atlas():
    return Grid.load(BOOK / "data/atlas.npz")


@pytest.fixture(scope="module")
def stored(atlas):
    return tournament.load(BOOK / "data", atlas)


def test_a_line_is_that_of_a_player(small):
    found = lines(small, "dice", 30, jobs=1)
    assert found.shape == (30, BUDGET + 1) and (found[:, 0] == small.scores(1)[SMALL.index[small.start()]]).all()
    tries = random_search(
        SMALL, lambda design: small.outcome(design, 1).fresh, BUDGET + 1, np.random.default_rng([7, 0]), small.start()
    )
    assert found[7, 1:] == pytest.approx(np.minimum(best_by_try(tries, BUDGET + 1)[1:], 200))


def test_the_players_play_once(small, tmp_path, monkeypatch):
    few = {"dice": 20, "climbing": 20}
    for store in stores(tmp_path, small, few):
        store.make(jobs=1)
    record = tournament.load(tmp_path, small, few)
    assert [one["name"] for one in record["searchers"]] == list(few)
    # after so few steps every design fails, so there are fewer days than designs to begin with; each of three dials can be locked
    assert sorted((one["mode"], one["start"]) for one in record["others"]) == [
        *((DAY, i) for i in range(len(SMALL.designs))),
        *((LOCKED + i, SMALL.index[small.start()]) for i in range(3)),
    ]
    monkeypatch.setattr(tournament, "lines", None)  # a second time it must not be needed
    for store in stores(tmp_path, small, few):
        store.make(jobs=1)
    other = Grid(small.space, small.seeds, (), small.columns | {"fresh": small.columns["fresh"] + 1})
    with pytest.raises(ValueError, match="was made with other settings of .*: make it anew with `make atlas`"):
        tournament.load(tmp_path, other, few)


def test_the_stored_quantiles_are_what_players_get(atlas, stored):
    """The cheap searches again, all of them; of the dear ones a player must lie where the quantiles say they lie."""
    assert stored["budget"] == BUDGET and [one["name"] for one in stored["searchers"]] == list(tournament.COUNTS)
    for one in stored["searchers"]:
        assert one["count"] == tournament.COUNTS[one["name"]]
        assert (np.diff([one[key] for key in ("low", "median", "high")], axis=0) >= 0).all() and (
            np.diff(one["median"]) <= 0
        ).all()
        if one["count"] == 1000:
            low, median, high = np.percentile(lines(atlas, one["name"], 1000), (10, 50, 90), axis=0)
            for ours, kept in ((low, "low"), (median, "median"), (high, "high")):
                assert one[kept] == pytest.approx(ours, rel=1e-3)


def test_the_odds_are_those_of_the_atlas(atlas, stored):
    found = stored["odds"]
    for k, seed in enumerate(SEEDS):
        again = odds(seed, atlas)
        assert {name: found[name][k] for name in again} == again
        assert found["share"][k] == pytest.approx(np.mean(atlas.iterates(seed)), abs=1e-5)
        drawn = np.array(
            [np.random.default_rng([i, 9]).permutation(len(atlas.space.designs))[:60] for i in range(2000)]
        )
        share = np.mean(atlas.iterates(seed)[drawn].any(axis=1))
        assert found["dice"][k][LONG.index(60)] == pytest.approx(
            share, abs=4 * np.sqrt(0.25 / 2000)
        )  # four standard errors at most


def test_no_list_reader_and_no_single_pass_iterates(atlas):
    """As the end of a locked game says."""
    idle = np.array([design.architecture == "mlp" or design.passes == 1 for design in atlas.space.designs])
    assert idle.any() and not any(atlas.iterates(seed)[idle].any() for seed in SEEDS)


def test_every_day_of_a_month_begins_with_another_design_that_fails(atlas):
    starts = days(atlas)
    assert len(set(starts)) == DAYS and starts == days(atlas)
    fresh = [atlas.outcome(start, 1).fresh for start in starts]
    assert all(2 * par() < value < np.inf for value in fresh)


def test_a_locked_dial_never_turns(atlas):
    start = atlas.start()
    for name in atlas.space.stops:
        space = locked(atlas.space, start, name)
        # a dial that makes no difference in a design stands anywhere in it
        fits = {design for design in atlas.space.designs if getattr(design, name) == getattr(start, name)}
        assert (
            start in space.index and fits <= set(space.designs) <= set(atlas.space.designs) and name not in space.stops
        )
        assert all(
            getattr(design, name) == getattr(start, name)
            or design == design.__class__(**vars(design) | {name: getattr(start, name)}).plain()
            for design in space.designs
        )


def test_the_variants_of_the_game_were_played(atlas, stored):
    """Every one is there; three, drawn anew each time, are played again."""
    played = variants(atlas)[1:]  # the usual game comes first
    assert [{name: one[name] for name in ("mode", "start")} for one in stored["others"]] == played
    assert len(played) == DAYS + len(atlas.space.stops) and LOCKED + len(atlas.space.stops) <= MODES
    for one, variant in zip(stored["others"], played, strict=True):
        start, dial = atlas.space.designs[variant["start"]], locked_dial(variant, atlas)
        assert (dial is None) == (variant["mode"] == DAY)
        names = [name for name in QUICK if name != "halving" or dial != "practice_time"]
        assert [searcher["name"] for searcher in one["searchers"]] == names
        for searcher in one["searchers"]:
            first = min(atlas.outcome(start, 1).fresh, 200)
            assert searcher["low"][0] == searcher["high"][0] == pytest.approx(first, rel=1e-3)
    rng = np.random.default_rng()
    for i in rng.choice(len(played), 3, replace=False):
        searcher = rng.choice(stored["others"][i]["searchers"])
        again = quantiles(played[i], searcher["name"], atlas, tournament.COUNTS)
        for kind, row in again.items():
            assert searcher[kind] == pytest.approx(row, rel=1e-3), (i, searcher["name"])
