"""The two levers: the page's machine plays as Python's does, and the figure does what a reader's hand asks."""

import base64
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.alone import STORE, opening, page_of
from tests.games import AXE
from third_optimizer import theory
from third_optimizer.experiments import train_on_luck as training
from third_optimizer.mesa import BanditPlayer
from third_optimizer.view import levers
from third_optimizer.world import Bandits, Games

WEIGHTS = training.stores()["bandits.npz"].at(seed=0)["weights"]
PLAYER = BanditPlayer()
TITLE, NOTE, ASKED = "Two levers.", "A note.", "x/predict/nearest"
WORTHS = {"pulling blindly": 5.0, "this machine": 6.019, "the best there is": 6.0218}


def component(**options):
    given = dict(weights=WEIGHTS, worths=WORTHS, pulls=10, title=TITLE, note=NOTE, id="levers")
    return levers(**given | options)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    begin = (
        STORE
        + """
      if (location.hash === "#asked") spec.after = "x/predict/nearest";
      window.levers = new ThirdOptimizer.Levers(host, spec, store);"""
    )
    return page_of(tmp_path_factory.mktemp("levers"), component(), begin)


@pytest.fixture
def living(browser, address):
    """living(width=390, ...) -> (Playwright's page, the figure); with less motion, unless asked for."""
    with opening(browser, address, ".t3-levers") as begin:
        yield begin


def dealt(page, chances, pays):
    """Deal these levers: chances (2), pays (2, 10) bool."""
    numbers = [*chances, *(0.0 if paid else 1.0 for row in pays for paid in row)]
    page.evaluate("(numbers) => { levers.random = () => numbers.shift(); levers.begin(); }", numbers)


PAYS = [[True, True, False, True, False, True, True, True, False, True], [False] * 10]


# --- the page and Python -------------------------------------------------------------------------------------

PLAY = """({ weights, games }) => {
  const B = ThirdOptimizer.bandit, machine = B.unpack(weights, 32);
  return games.map((pays) => {
    const hand = new B.Hand(machine, pays[0].length), pulled = [0, 0], row = [];
    while (row.length < pays[0].length) {
      const second = hand.second(), lever = second > 0 ? 1 : 0, paid = pays[lever][pulled[lever]++];
      row.push([lever, Number(paid), second]);
      hand.see(lever, paid);
    }
    return row;
  });
}"""


@pytest.mark.parametrize("pulls", [10, 4])
def test_the_page_plays_a_hundred_games_as_python_does(living, pulls):
    page, _ = living()
    games = Bandits(pulls).draw(np.random.default_rng(pulls), 100)
    packed = base64.b64encode(np.asarray(WEIGHTS, "<f4").tobytes()).decode()
    found = np.array(page.evaluate(PLAY, {"weights": packed, "games": games.pays.tolist()}))
    lever, paid, (_, _, _, said) = PLAYER.play(WEIGHTS.astype(float), games)
    second = np.array([told[1] - told[0] for told in said])
    assert np.abs(found[..., 2].T - second).max() < 1e-3 < np.abs(second).max()
    assert np.array_equal(found[..., 0].T, lever) and np.array_equal(found[..., 1].T, paid)
    assert 0.2 < lever.mean() < 0.8


def test_the_page_knows_the_best_play_and_what_other_play_gives_away(living):
    page, _ = living()
    _, table = theory.best_play(10)
    counts = [(0, 0, 0, 0), (1, 0, 0, 0), (2, 1, 0, 0), (2, 2, 1, 1), (0, 3, 2, 4), (4, 0, 0, 5)]
    found = page.evaluate("(all) => { const best = ThirdOptimizer.bandit.best(10); return all.map(best); }", counts)
    assert np.allclose(found, [table[(slice(None), *one)] for one in counts], atol=1e-12)
    row = [{"lever": 0, "paid": True}, {"lever": 1, "paid": False}, {"lever": 1, "paid": False}]
    marks = page.evaluate("(row) => ThirdOptimizer.bandit.judged(row, ThirdOptimizer.bandit.best(10))", row)
    lost = [0, table[0, 1, 0, 0, 0] - table[1, 1, 0, 0, 0], table[0, 1, 0, 0, 1] - table[1, 1, 0, 0, 1]]
    assert [mark["lost"] for mark in marks] == pytest.approx(lost, abs=1e-12) and lost[2] > lost[1] > 0
    assert [mark["against"] for mark in marks] == [False, True, True]
    assert [mark["other"] for mark in marks] == [False, True, True]


# --- what a reader does ---------------------------------------------------------------------------------------


def test_a_game_by_the_mouse_the_machine_is_covered_until_it_is_over(living):
    page, shown = living()
    dealt(page, (0.7, 0.1), PAYS)
    first, second = shown.locator(".t3-lever").all()
    assert shown.get_by_text("uncovered after your last pull").is_visible()
    assert "The machine’s pulls are covered" in shown.locator(".t3-levers-picture").get_attribute("aria-label")
    second.click()
    assert "lever 2 paid nothing. You have 0." in shown.locator(".t3-said").inner_text()
    assert shown.locator(".t3-levers-theirs[data-paid]").count() == 0 and "paid 0 of 1" in second.inner_text()
    for _ in range(9):
        first.click()
    mine = sum(PAYS[0][:9])
    games = Games(np.array([[0.7, 0.1]]), np.array([PAYS]))
    theirs = int(PLAYER.play(WEIGHTS.astype(float), games)[1].sum())
    said = shown.locator(".t3-said").inner_text()
    assert said.startswith(f"You got {mine}, the machine {theirs}.")
    assert "pays in 70 %" in first.inner_text() and "pays in 10 %" in second.inner_text()
    assert shown.locator(".t3-levers-pull.t3-levers-theirs").count() == 10
    first.evaluate("(button) => button.click()")  # it is over
    assert page.evaluate("levers.mine.length") == 10 and page.evaluate("levers.games.length") == 1
    shown.get_by_role("button", name="Next game").click()
    assert page.evaluate("[levers.mine.length, levers.shown]") == [0, 0]
    assert page.evaluate("document.activeElement.className").startswith("t3-lever")


def test_a_game_by_keys_and_the_score_over_games(living):
    page, shown = living()
    for game in range(3):
        dealt(page, (0.7, 0.1), PAYS)
        shown.locator(".t3-lever").first.focus()
        for key in ["1", "2", "ArrowLeft", "ArrowRight", "1", "1", "1", "1", "1", "1"]:
            page.keyboard.press(key)
        assert page.evaluate("levers.mine.map((pull) => pull.lever)") == [0, 1, 0, 1, *[0] * 6]
        assert page.evaluate("levers.games.length") == game + 1
    table = shown.locator(".t3-levers-score").inner_text()
    mine = sum(PAYS[0][:8])
    assert re.search(rf"you\s+{mine}\s+{mine:.2f}\s+0\.\d\d", table) and "mean of 3" in table
    assert "by about 0.00" in table  # three games alike
    page.keyboard.press("Control+1")
    assert page.evaluate("levers.games.length") == 3


def test_the_machine_is_uncovered_pull_by_pull(living):
    page, shown = living(motion="no-preference")
    dealt(page, (0.7, 0.1), PAYS)
    for _ in range(10):
        page.evaluate("levers.pull(0)")
    assert page.evaluate("levers.shown") < 3
    page.wait_for_function("levers.shown === 10")
    assert shown.locator(".t3-levers-pull.t3-levers-theirs").count() == 10


def test_exact_worths_wait_for_the_guess(living):
    page, shown = living(hash="#asked")
    exact = shown.locator(".t3-levers-exact")
    assert not exact.is_visible()
    page.evaluate("store.put('x/predict/nearest')")
    expect(exact).to_be_visible()
    assert exact.inner_text() == (
        "Over all games, exactly: pulling blindly 5.000, this machine 6.019, the best there is 6.022."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_and_can_be_read(living, scheme):
    page, shown = living(width=390, theme=scheme)
    dealt(page, (0.7, 0.1), PAYS)
    for _ in range(10):
        shown.locator(".t3-lever").nth(0).click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert min(box["height"] for box in (one.bounding_box() for one in shown.locator("button").all()) if box) >= 40
    page.add_script_tag(content=AXE)
    found = page.evaluate(
        "axe.run(document.querySelector('.t3-levers'), {resultTypes: ['violations'], preload: false})"
    )
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_without_scripts_words_stand():
    assert f"{TITLE} {NOTE}" in component().html() and 'data-t3="levers"' in component().html()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (dict(weights=WEIGHTS[:-1]), "weights must be those of a BanditPlayer"),
        (dict(pulls=0), "pulls must be a whole number, at least 1, got 0"),
        (dict(title=""), "title"),
    ],
)
def test_what_does_not_fit_is_refused(bad, says):
    with pytest.raises(ValueError, match=says):
        component(**bad)
