"""Stored runs: trained, resumed after a kill, trained on a cluster, guarded, and what training gives; and the atlas itself."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace

import numpy as np
import pytest

from tests.notebooks import BOOK
from third_optimizer.meta import ATLAS_SPACE, CONFIRM, SEEDS, Design, Grid, Space, run, running, train_grid
from third_optimizer.meta import grid as module
from third_optimizer.meta.grid import COLUMNS, edition, grid_store, pack, rounded
from third_optimizer.meta.running import CURVE, STABLE, stable

SHORT = Design(practice_time=30)
SMALL = Space(SHORT, problems=(4, None), step_length=(0.001, 0.01))


def same(one, other):
    return all(np.array_equal(one.columns[name], other.columns[name], equal_nan=True) for name in COLUMNS)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    file = tmp_path_factory.mktemp("grid") / "grid.npz"
    return file, train_grid(file, SMALL, (1, 2), (4,), jobs=1)


def test_what_is_stored_is_what_was_trained(small):
    file, grid = small
    assert same(Grid.load(file, SMALL), grid) and not file.with_name("grid.npz.journal").exists()
    for design in SMALL.designs:
        for seed in (1, 2, 4):
            trained, kept = run(design, seed, confirm=seed == 4), grid.outcome(design, seed)
            assert (kept.practice, kept.fresh, kept.tripled) == tuple(
                map(rounded, (trained.practice, trained.fresh, trained.tripled))
            )
            assert kept.longer == tuple(map(rounded, trained.longer)) and kept.blown == pytest.approx(
                trained.blown, abs=1e-12
            )
            assert kept.follows == pytest.approx(trained.follows, abs=5.1e-4)
            assert (kept.steps, kept.diverged_at) == (trained.steps, None)
            assert kept.fresh_curve == pytest.approx(trained.fresh_curve, rel=1e-3)
    assert (grid.columns["stable"] == [[1, -1, -1]] * len(SMALL.designs)).all()  # only the first seed is asked


def test_a_confirming_seed_is_examined_on_other_prompts():
    design = SMALL.designs[0]
    assert run(design, 4).fresh != run(design, 4, confirm=True).fresh


def test_a_blow_up_is_stored_with_its_step(tmp_path):
    wild = Space(
        Design(passes=4, step_rule="plain", step_length=10.0, brake=False, initial_scale="large", practice_time=60),
        problems=(4, None),
    )
    grid = train_grid(tmp_path / "wild.npz", wild, (1,), (), jobs=1)
    for design in wild.designs:
        trained, kept = run(design, 1), grid.outcome(design, 1)
        assert (
            kept.diverged_at == trained.diverged_at
            and kept.steps == trained.steps
            and kept.fresh == np.inf
            and kept.longer == ()
        )
    assert grid.mean(wild.designs[0]) == 200


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (0.00098, 0.0),
        (0.0012345, 0.001234),
        (33.335, 33.34),
        (9999.4, 9999.0),
        (1e30, 9999.0),
        (np.inf, np.inf),
        (0, 0),
    ],
)
def test_errors_keep_four_digits(value, kept):
    assert rounded(value) == kept


# --- stopped and gone on with --------------------------------------------------------------------------


@pytest.fixture
def trained(monkeypatch):
    """The runs that are trained, as (design, seed, confirm)."""
    seen, one = [], running.run

    def told(design, seed, confirm=False, **options):
        seen.append((design, seed, confirm))
        return one(design, seed, confirm=confirm, **options)

    monkeypatch.setattr(running, "run", told)
    return seen


def test_only_what_is_missing_is_trained(small, tmp_path, trained):
    file, grid = small
    other, maker = tmp_path / "other.npz", grid_store(file, SMALL, (1, 2), (4,)).makers[0]
    notes = [
        {
            "maker": maker.name,
            "as": maker.about(),
            "at": {"design": asdict(SMALL.designs[i]), "run": {"seed": seed, "confirm": seed == 4}},
            "values": {column: grid.columns[column][i, k].tolist() for column in COLUMNS},
        }
        for i, seed, k in [(0, 1, 0), (0, 2, 1), (1, 4, 2)]
    ]
    stale = notes[0] | {"at": {"design": asdict(Design()), "run": {"seed": 1, "confirm": False}}}  # of another time
    other.with_name("other.npz.journal").write_text("\n".join(map(json.dumps, [*notes, stale])) + '\n{"maker": "prob')
    assert same(train_grid(other, SMALL, (1, 2), (4,), jobs=1), grid)
    assert len(trained) == len(set(trained)) == 3 * len(SMALL.designs) - 3
    assert other.read_bytes() == file.read_bytes()
    assert same(train_grid(other, SMALL, (1, 2), (4,), jobs=1), grid) and len(trained) == 9


def test_a_larger_space_keeps_the_runs_there_are(small, tmp_path, trained):
    file, grid = small
    other = tmp_path / "larger.npz"
    other.write_bytes(file.read_bytes())
    larger = Space(
        SMALL.base, **{name: (*stops, 64) if name == "problems" else stops for name, stops in SMALL.stops.items()}
    )
    grown = train_grid(other, larger, (1, 2, 4), (), jobs=1)  # seed 4 was for confirming and is not now: trained anew
    assert len(trained) == len(set(trained))
    assert {(design, seed) for design, seed, _ in trained} == {
        (design, seed) for design in larger.designs for seed in (1, 2, 4) if design not in SMALL.index or seed == 4
    }
    for design in SMALL.designs:
        for seed in (1, 2):
            assert grown.outcome(design, seed) == grid.outcome(design, seed)


TRAIN = """
import sys
from third_optimizer.meta import Design, Space, train_grid
train_grid(sys.argv[1], Space(Design(practice_time=200), problems=(4, 8, None), step_length=(0.001, 0.003, 0.01)), (1, 2), (4,), jobs=2)
"""


def whole_notes(journal):
    """Where its runs were made; a line that a kill cut short is none."""
    notes = []
    for line in journal.read_bytes().splitlines() if journal.exists() else ():
        with contextlib.suppress(ValueError):
            notes.append(json.dumps(json.loads(line)["at"]))
    return notes


def test_kills_lose_nothing_and_repeat_nothing(tmp_path):
    """Killed, workers and all, again and again: what the journal held stays, and no run is written twice."""
    file, journal = tmp_path / "grid.npz", tmp_path / "grid.npz.journal"
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    held, kills = 0, 0
    while not file.exists():
        process = subprocess.Popen(
            [sys.executable, "-c", TRAIN, str(file)], env=environment, start_new_session=True, stderr=subprocess.DEVNULL
        )
        began = time.monotonic()
        while process.poll() is None and kills < 4:
            lines = len(whole_notes(journal))
            if lines >= held + 3:
                os.killpg(process.pid, signal.SIGKILL)
                held, kills = lines, kills + 1
                break
            assert time.monotonic() - began < 120
            time.sleep(0.005)
        process.wait()
        notes = whole_notes(journal)
        assert len(notes) == len(set(notes)) and (file.exists() or len(notes) >= held)
    assert kills >= 3
    space = Space(Design(practice_time=200), problems=(4, 8, None), step_length=(0.001, 0.003, 0.01))
    assert same(Grid.load(file, space), train_grid(tmp_path / "whole.npz", space, (1, 2), (4,), jobs=2))


def test_a_dask_cluster_trains_the_same(small, tmp_path):
    from dask.distributed import Client, LocalCluster
    from joblib import parallel_config

    _, grid = small
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        with parallel_config(backend="dask", wait_for_workers_timeout=60):
            there = train_grid(tmp_path / "cluster.npz", SMALL, (1, 2), (4,))
    assert same(there, grid)


# --- guarded --------------------------------------------------------------------------------------------


def test_a_damaged_or_older_grid_gets_a_clear_error(small, tmp_path):
    file, grid = small
    bad = tmp_path / "grid.npz"

    def told(message, space=SMALL):
        with pytest.raises(ValueError, match=message) as error:
            Grid.load(bad, space)
        assert "make it anew with `make atlas`" in str(error.value)

    for damage in (file.read_bytes()[:-10], b"", b"{}", b"PK\x03\x04" + bytes(100)):
        bad.write_bytes(damage)
        told("grid.npz cannot be read")
    with np.load(file) as stored:
        parts = {name: stored[name] for name in stored.files}
    changed = parts | {"fresh": parts["fresh"] + 1e-3}
    np.savez_compressed(bad, **changed)
    told("is damaged \\(its checksum")
    about = json.loads(parts["about"].tobytes())
    for change, message in (({"version": 0}, "version 0, this code reads"), ({"notes": {"a": 1}}, "is damaged")):
        np.savez_compressed(bad, **parts | {"about": np.frombuffer(json.dumps(about | change).encode(), np.uint8)})
        told(message)
    bad.write_bytes(file.read_bytes())
    told("holds another design than is asked for", Space(SHORT, passes=(1, 2)))
    with pytest.raises(ValueError, match="holds no run of: Practice problems 64"):
        grid.outcome(Design(problems=64), 1)
    with pytest.raises(ValueError, match="seed must be one of 1, 2, 4, got 7"):
        grid.outcome(SMALL.designs[0], 7)


# --- the atlas ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def atlas():
    return Grid.load(BOOK / "data/atlas.npz")


def test_the_atlas_holds_every_design_and_seed(atlas):
    assert (atlas.seeds, atlas.confirm) == (SEEDS, CONFIRM)
    for name, (shape, kind) in COLUMNS.items():
        assert (
            atlas.columns[name].shape == (len(ATLAS_SPACE.designs), 5, *shape) and atlas.columns[name].dtype == kind
        ), name
    exploded = atlas.columns["at"] >= 0
    assert (np.isinf(atlas.columns["fresh"]) >= exploded).all() and (atlas.columns["at"] <= 2000).all()
    loops = np.array([design.architecture == "attention" for design in ATLAS_SPACE.designs])
    assert (np.isnan(atlas.columns["longer"]).all(axis=2) == (exploded | ~loops[:, None])).all()
    blown = atlas.columns["blown"][~np.isnan(atlas.columns["blown"])]
    assert ((0 <= blown) & (blown <= 1)).all()
    assert not np.isnan(atlas.columns["fresh"]).any() and atlas.columns["fresh_curve"].shape[2] == CURVE


@pytest.mark.parametrize("draw", range(6))
def test_random_rows_are_what_training_gives(atlas, draw):
    """Other rows every time. A stable run agrees to what a nudge of its start may change and the fourth digit stored. One
    that is not stable is passed over: on another processor it may end anywhere, and nothing is promised of it."""
    rng = np.random.default_rng()
    short = [design for design in ATLAS_SPACE.designs if design.practice_time == 500]
    while True:
        design, seed = short[rng.integers(len(short))], 1 if draw < 4 else int(rng.choice(SEEDS + CONFIRM))
        confirm = seed in CONFIRM
        stored, trained = atlas.outcome(design, seed), run(design, seed, confirm=confirm)
        mark = atlas.columns["stable"][atlas.place(design, seed)]
        if mark == 1 or mark == -1 and stable(design, seed, trained, confirm=confirm):
            break
    print(design, seed)
    assert trained.diverged_at == stored.diverged_at
    for what in ("practice", "fresh"):
        assert rounded(getattr(trained, what)) == pytest.approx(getattr(stored, what), rel=STABLE + 1e-3, abs=1e-3)


def test_the_start_by_rule_looks_perfect_and_is_useless(atlas):
    start = atlas.start()
    assert atlas.means("practice").round(3).min() == round(atlas.mean(start, "practice"), 3)
    assert atlas.mean(start, "practice") < 1 and min(atlas.outcome(start, seed).fresh for seed in SEEDS) > 90


def test_a_readers_code_outlives_the_files_form(small, tmp_path, monkeypatch):
    """The fingerprint that codes hold hangs on the designs' numbers and scores alone: it stays with another column, and
    when a file is made anew; another score is another grid."""
    file, grid = small
    first = Grid.load(BOOK / "data/atlas.npz")
    assert first.fingerprint == 0x8817  # as the first readers' codes have it
    assert Grid(first.space, first.seeds, first.confirm, first.columns).fingerprint == 0x8817  # whatever its file says
    store = grid_store(tmp_path / "grid.npz", SMALL, (1, 2), (4,))
    store.file.write_bytes(file.read_bytes())
    monkeypatch.setitem(module.FIRST, edition(SMALL, (1, 2), (4,), store.columns), 77)
    assert Grid.load(store.file, SMALL).fingerprint == 77 != grid.fingerprint
    store.columns["tripled"][0] += 1
    store.save()
    assert Grid.load(store.file, SMALL).fingerprint == 77
    store.columns["fresh"][0] += 1
    store.save()
    assert Grid.load(store.file, SMALL).fingerprint not in (77, grid.fingerprint)


def test_packing_needs_a_finished_curve():
    values = pack(run(replace(SHORT, problems=4), 1), True)
    assert (
        values.keys() == COLUMNS.keys()
        and len(values["fresh_curve"]) == CURVE
        and not np.isnan(values["fresh_curve"]).any()
    )
