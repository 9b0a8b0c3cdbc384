"""The machines that were kept, what they answer when they think longer, and the picture of it."""

import json
import re

import numpy as np
import pytest

from tests.notebooks import BOOK
from third_optimizer.experiments import let_it_think_longer as thinking
from third_optimizer.mesa import LookupTable, run_longer
from third_optimizer.mesa.battery import MOST
from third_optimizer.meta import SEEDS, Design, Grid
from third_optimizer.meta.machines import (
    FRESH,
    PASSES,
    TIMES,
    answers,
    floor_store,
    machine_store,
    problem,
    thought_store,
    train_machine,
)
from third_optimizer.meta.running import ASKED, WORLD, build, examination, practise
from third_optimizer.view import longer

GRID = Grid.load(BOOK / "data/atlas.npz")
MACHINES = machine_store(BOOK / "data/machines.npz")
LOOPS = MACHINES.axes["design"]
PAGE = "book/12_change_the_odds"


def test_a_random_machine_is_what_training_leaves():
    """Another one every time, of those that are stable, with the first seed; to the digits of a float32."""
    stable = GRID.columns["stable"][:, 0] == 1
    rng = np.random.default_rng()
    design = LOOPS[rng.choice([i for i, one in enumerate(LOOPS) if stable[GRID.space.index[one]]])]
    print(design)
    kept, now = MACHINES.at(design=design, seed=1), train_machine(design, 1)
    for name in ("weights", "row"):
        assert np.allclose(kept[name], now[name], rtol=1e-4, atol=1e-5, equal_nan=True)


def test_a_kept_machine_answers_as_the_trained_one_does():
    """With and without a lookup table, the table's row of number 0 included."""
    prompts = WORLD.prompts(np.random.default_rng(2), 50, numbers=1)
    for design in (
        Design(problems=64, table=True, passes=2, warm_up=True, practice_time=500),
        Design(passes=4, warm_up=True, practice_time=500),
    ):
        model, parameters, *_ = practise(design, 1)
        assert isinstance(model, LookupTable) == design.table
        if not design.table:
            prompts = prompts._replace(task=np.full(50, -1))
        said = answers(train_machine(design, 1), prompts, 8)
        assert np.allclose(said, model.answers(parameters, prompts, 8), rtol=1e-12)


def test_a_machine_that_exploded_is_none():
    """Of all stable runs; of those near chaos few came out otherwise."""
    index = [GRID.space.index[design] for design in LOOPS]
    exploded, stable = GRID.columns["at"][index, 0] >= 0, GRID.columns["stable"][index, 0] == 1
    none = np.isnan(MACHINES.columns["weights"][:, 0]).all(axis=(1, 2, 3))
    assert exploded[stable].any() and np.array_equal(exploded[stable], none[stable])
    assert np.mean(exploded != none) < 0.02


def test_kept_machines_have_the_errors_of_the_atlas():
    """The columns `longer` of the three of the picture, from the kept weights, on the prompts of the examination."""
    plain = {fate: design for fate, design in thinking.three().items() if not design.table}
    assert len(plain) >= 2  # of a table one row is kept
    for fate, design in plain.items():
        model, _ = build(design)
        fresh = examination(design, WORLD, None, 2, 20_000)[1]
        asked = type(fresh)(*(part[:ASKED] for part in fresh))
        errors, blown = run_longer(model, MACHINES.at(design=design, seed=1)["weights"].astype(float), asked)
        assert errors == pytest.approx(GRID.outcome(design, 1).longer, rel=2e-2), fate
        assert blown == pytest.approx(GRID.outcome(design, 1).blown, abs=0.01), fate


def test_thoughts_are_what_the_machines_answer():
    thoughts, rng = thought_store(BOOK / "data"), np.random.default_rng()
    for design in rng.choice(np.array(LOOPS, dtype=object), 20, replace=False):
        now = answers(MACHINES.at(design=design, seed=2), problem(), 32)[list(PASSES), 0]
        now = np.where(np.isfinite(now), np.clip(now, -1e6, 1e6), np.nan)
        assert np.allclose(thoughts.at(design=design, seed=2)["answers"], now, rtol=1e-5, equal_nan=True)


@pytest.mark.parametrize("name", ["weights", "row"])
def test_what_machines_said_hangs_on_them(monkeypatch, name):
    """With other machines, what is stored of their thoughts and floors is refused."""
    stores = {"thoughts": lambda: thought_store(BOOK / "data"), "floors": lambda: floor_store(BOOK / "data", GRID)}
    assert all(store().columns for store in stores.values())
    monkeypatch.setattr("third_optimizer.meta.machines.machine_store", lambda file: MACHINES)
    monkeypatch.setitem(MACHINES.columns, name, MACHINES.columns[name] + 1)
    for file, store in stores.items():
        with pytest.raises(ValueError, match=f"{file}.npz was made with other settings"):
            _ = store().columns


# --- the floor -------------------------------------------------------------------------------------------


def by_hand(kept, prompts, passes):
    """Answers after 0, 1, ... passes, every token moved in turn as section 2 of von Oswald et al. says, and the row added."""
    (a, p), row = kept["weights"].astype(float), kept["row"].astype(float)
    tokens = np.concatenate([prompts.inputs, prompts.labels[:, :, None]], axis=2)
    asked = np.concatenate([prompts.query, np.zeros((len(prompts.query), 1))], axis=1)[:, None]
    said = []
    for _ in range(passes + 1):
        said.append(-asked[:, 0, -1] + prompts.query @ row)
        g = np.einsum("bni,bnj->bij", tokens, tokens) / tokens.shape[1]
        tokens, asked = tokens + tokens @ a @ g @ p, asked + asked @ a @ g @ p
    return np.array(said)


def test_a_floor_is_what_a_machine_leaves_when_it_runs_on():
    """Another machine that iterates every time, one of several passes among them."""
    floors, rng = floor_store(BOOK / "data", GRID), np.random.default_rng()
    prompts = WORLD.prompts(np.random.default_rng(FRESH), 2000)
    seed = int(rng.choice(SEEDS))
    goes_on = [d for d in floors.axes["design"] if GRID.iterates(seed)[GRID.space.index[d]]]
    for passes in sorted({design.passes for design in goes_on}):
        some = [design for design in goes_on if design.passes == passes]
        design = some[rng.integers(len(some))]
        print(design, seed)
        said = by_hand(MACHINES.at(design=design, seed=seed), prompts, TIMES[-1] * passes)
        missed = (said[np.array(TIMES) * passes] - prompts.answer) ** 2 / np.mean(prompts.answer**2)
        missed = np.where(missed <= MOST, missed, MOST)  # a prompt that flies off ends as no number at all
        kept = floors.at(design=design, seed=seed)["errors"]
        assert kept == pytest.approx(100 * missed.mean(axis=1), rel=1e-3, abs=1e-6)
    assert TIMES[0] == 1 and TIMES[-1] == 64


def test_the_floors_are_those_of_the_machines_that_iterate():
    """The middle machine of each seed, and by how much it gains when it runs `turn` times as long."""
    floors, store = thinking.floors(), floor_store(BOOK / "data", GRID)
    gains = []
    for k, seed in enumerate(SEEDS):
        goes_on = GRID.iterates(seed)
        errors = np.array(
            [store.at(design=d, seed=seed)["errors"] for i, d in enumerate(GRID.space.designs) if goes_on[i]]
        )
        assert np.array_equal(floors["each"][seed], errors.astype(float)) and len(errors) == goes_on.sum() > 10
        middle = np.median(errors, axis=0)
        assert floors["median"][k] == pytest.approx(middle)
        gains.append(middle[0] / middle[floors["times"].index(floors["turn"])])
    assert floors["gain"] == pytest.approx(np.mean(gains)) and floors["gain"] > 2


def test_the_three_are_what_they_are_called():
    """One halves its miss and more, one keeps it, one leaves: on the problem, and over all problems in the atlas."""
    three, miss = thinking.three(), {}
    for fate, design in three.items():
        miss[fate] = np.abs(thinking.answers(design) - thinking.hidden())
        assert GRID.outcome(design, 1).fresh <= 1.05 * 32.78 and design.passes > 1
    at = PASSES.index(three["goes on"].passes)
    assert miss["goes on"][-1] < miss["goes on"][at] / 2 and GRID.outcome(three["goes on"], 1).longer[2] < 0.1
    at = PASSES.index(three["stalls"].passes)
    assert 2 / 3 < miss["stalls"][-1] / miss["stalls"][at] < 1.5
    assert not miss["flies off"][-1] < 1e3 and GRID.outcome(three["flies off"], 1).blown[2] > 0.9


# --- the picture -----------------------------------------------------------------------------------------


@pytest.fixture
def picture(open_page):
    def open(**options):
        opened = open_page(PAGE, **options)
        return opened, opened.page.locator("#longer")

    return open


def test_it_says_what_the_numbers_say(picture, site):
    opened, shown = picture(reduced_motion="reduce")
    assert "passes 1.2" not in shown.inner_text() and "after 32" not in shown.inner_text()
    shown.get_by_role("button", name="Run them longer").click()
    for name, (fate, design) in zip("ABC", thinking.three().items(), strict=True):
        line = next(text for text in shown.locator("li").all_inner_texts() if text.startswith(f"{name}: "))
        trained = thinking.answers(design)[PASSES.index(design.passes)]
        assert f"trained with {design.passes} passes, it answers {trained:.2f}" in line
        assert line.endswith(f"It {fate}.")
    label = shown.locator("svg").get_attribute("aria-label")
    assert label.startswith(f"The hidden number is {thinking.hidden():.2f}.")
    text = (site / f"{PAGE}.html").read_text("utf8")
    spec = json.loads(re.search(r'data-t3="longer"[^>]*><script type="application/json">(.*?)</script>', text)[1])
    assert spec["steps"] == list(PASSES) and opened.errors == []


def test_it_moves_pass_by_pass(picture):
    opened, shown = picture()
    shown.get_by_role("button", name="Run them longer").click()
    marks = "document.querySelectorAll('#longer circle').length"
    first = opened.page.evaluate(marks)
    opened.page.wait_for_function(f"{marks} > {first + 4}")
    opened.page.wait_for_function("document.querySelector('#longer').innerText.includes('after 32 passes')")
    assert shown.get_by_role("button", name="Again").is_visible() and opened.errors == []


def test_a_name_stands_beside_its_machine(picture):
    """Before they run: each within a line of its own dot, or of the one it gives way to."""
    opened, shown = picture()
    dots = {dot["x"]: dot for dot in map(lambda one: one.bounding_box(), shown.locator("circle").all())}
    for name in shown.locator(".t3-longer-name").all():
        box = name.bounding_box()
        near = [abs(box["y"] - dot["y"]) for x, dot in dots.items() if 0 < box["x"] - x < 60]
        assert near and min(near) < 1.4 * box["height"], name.text_content()
    assert opened.errors == []


def test_on_paper_they_have_run(picture):
    opened, shown = picture()
    assert "after 32 passes" not in shown.inner_text()
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown.inner_text().count("after 32 passes") == 3


@pytest.mark.parametrize(
    ("passes", "said", "fate"),
    [
        (4, [3, 2, 1.5, 1.2, 1.1, 1.05], "goes on"),
        (4, [3, 2, 1.5, 1.5, 1.4, 1.6], "stalls"),
        (4, [3, 2, 1.5, 1.6, 1.7, 1.8], "drifts away"),
        (2, [3, 1.5, 4, 100, None, None], "flies off"),
    ],
)
def test_what_became_of_a_machine(open_page, passes, said, fate):
    page = open_page(PAGE).page
    call = "([one, of]) => ThirdOptimizer.Longer.fate(one, of)"
    assert page.evaluate(call, [{"passes": passes, "answers": said}, {"truth": 1, "steps": list(PASSES)}]) == fate


def test_the_page_has_the_thoughts_of_every_machine(open_page):
    """As Python has them, to the step in which they are packed; a list reader has none."""
    opened = open_page(PAGE)
    opened.page.wait_for_selector("#sky .t3-sky-par", state="attached")
    kept, rng = thought_store(BOOK / "data"), np.random.default_rng(5)
    picked = [LOOPS[i] for i in rng.choice(len(LOOPS), 60, replace=False)]
    numbers = [GRID.space.index[design] for design in picked]
    none = GRID.space.index[Design(architecture="mlp", step_length=0.001)]
    found = opened.page.evaluate(
        """async ([numbers, none, script]) => {
            const runs = await ThirdOptimizer.runs.load({ script });
            return [numbers.map((number) => runs.thought(number, 3)), runs.thought(none, 3), runs.truth, runs.passes];
        }""",
        [numbers, none, next((BOOK.parent / "_build/html/_static").rglob("runs-*.js")).name],
    )
    all_of_them, nothing, truth, passes = found
    assert nothing is None and truth == pytest.approx(thinking.hidden()) and passes == list(PASSES)
    for design, said in zip(picked, all_of_them, strict=True):
        right = kept.at(design=design, seed=3)["answers"]
        inside = (right >= -2 * truth) & (right <= 3 * truth)
        if said is None:
            assert not inside.any()
            continue
        assert [one is not None for one in said] == inside.tolist()
        for one, other in zip(said, right, strict=True):
            assert one is None or one == pytest.approx(other, abs=1e-4 * truth)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answers": [1, 2]}, r"answers of M must be 6 numbers, got \[1, 2\]"),
        ({"passes": 3}, "passes of M must be one of 1, 2, 4, 8, 16, 32, got 3"),
        ({"role": "ink"}, "role of M must be one of mesa, world, got 'ink'"),
    ],
)
def test_what_does_not_fit_is_named(change, message):
    one = {"name": "M", "passes": 4, "answers": [1] * 6, "role": "mesa"}
    with pytest.raises(ValueError, match=message):
        longer([one | change], 1.0, PASSES, title="A title.", id="x")
    with pytest.raises(ValueError, match="truth must be a finite number other than 0, got 0"):
        longer([one], 0, PASSES, title="A title.", id="x")
