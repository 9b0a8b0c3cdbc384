"""What chapter 12 says, held: its own functions, run here, against the atlas's columns, closed forms and draws."""

import numpy as np
import pytest

from tests.notebooks import page_fixture
from third_optimizer.meta import chance_of_a_newcomer, par, random_search

chapter = page_fixture("12_change_the_odds")


def test_the_best_class_is_what_the_page_says_it_is(chapter):
    """From the columns themselves, not through the Grid's methods."""
    atlas = chapter["atlas"]
    for place, seed in enumerate(atlas.seeds):
        fresh, longer = atlas.columns["fresh"][:, place], atlas.columns["longer"][:, place, 2]
        with np.errstate(invalid="ignore"):
            counted = (fresh <= par() / 2) & (longer <= fresh / 4)
        assert (counted == chapter["good"][seed]).all()
        assert chapter["share"][place] == counted.mean() and chapter["reach"][place] == (fresh <= 1.05 * par()).mean()
    assert 0 < chapter["share"].min() and chapter["share"].max() < chapter["reach"].min()  # iterating is the rarer one
    assert chapter["always"].sum() <= min(good.sum() for good in chapter["good"].values()) <= chapter["ever"].sum()


def test_the_odds_of_dice_are_what_playing_gives(chapter):
    good, designs = chapter["good"][1], chapter["designs"]
    table = dict(zip(designs, good, strict=True))
    games = [
        [t.score for t in random_search(chapter["atlas"].space, table.get, 60, np.random.default_rng([i, 3]))]
        for i in range(1000)
    ]
    for n in (1, 12, 60):
        chance = chapter["blind"][1][n - 1]
        assert np.mean([any(game[:n]) for game in games]) == pytest.approx(
            chance, abs=4 * np.sqrt(chance * (1 - chance) / 1000) + 1e-9
        )


def test_the_odds_only_grow_and_climbers_get_stuck(chapter):
    for seed in chapter["SEEDS"]:
        for table in (chapter["blind"][seed], chapter["met"][seed]):
            assert (np.diff(table) >= -1e-12).all() and table[-1] <= 1
        met, spent = chapter["climbed"][seed]
        assert (spent <= chapter["TRIES"]).all() and (met[np.isfinite(met)] <= spent[np.isfinite(met)]).all()
        assert (spent < chapter["TRIES"]).mean() > 0.5  # as the page says of half of them
        # "a bad neighbourhood": a smaller share of the start and what is one dial away iterates than of all designs
        table, start = dict(zip(chapter["designs"], chapter["good"][seed], strict=True)), chapter["atlas"].start()
        assert (
            np.mean([table[design] for design in (start, *chapter["atlas"].space.neighbours(start))])
            < chapter["good"][seed].mean()
        )


def test_bits(chapter):
    """The bits of a space and the share in it are one number; and two spaces are empty because of what iterating means."""
    bits, designs = chapter["bits"], chapter["designs"]
    for seed in chapter["SEEDS"]:
        good = chapter["good"][seed]
        assert 2 ** -bits(seed) == pytest.approx(good.mean())
        inside = np.array([design.brake and design.architecture == "attention" for design in designs])
        assert 2 ** -bits(seed, brake=(True,), architecture=("attention",)) == pytest.approx(good[inside].mean())
        assert bits(seed, architecture=("mlp",)) == np.inf  # it has no passes to run on
        assert bits(seed, passes=(1,)) == np.inf  # one pass does not get to half of par
        # what is in two halves of a space is in the whole: the shares average, weighted by the halves' sizes
        halves = [
            (np.mean([design.architecture == kind for design in designs]), 2 ** -bits(seed, architecture=(kind,)))
            for kind in ("list", "attention")
        ]
        assert sum(size * share for size, share in halves) == pytest.approx(good.mean())


def test_who_wins_when_practice_error_chooses(chapter):
    """The closed form beside players who draw; equals are rare enough not to matter to players who take the first."""
    atlas, rng = chapter["atlas"], np.random.default_rng(4)
    draws = np.array([rng.permutation(len(chapter["designs"]))[:30] for _ in range(4000)])
    for what in ("practice", "fresh"):
        scores, fresh = atlas.scores(1, what), atlas.scores(1)
        won = fresh[draws[np.arange(4000), np.argmin(scores[draws], axis=1)]]
        assert won.mean() == pytest.approx(
            chapter["winner"](1, what, fresh, 30), abs=4 * won.std() / np.sqrt(4000) + 1e-9
        )
    for seed in chapter["SEEDS"]:
        # one try chooses nothing; the more tries fresh error chooses from, the lower it gets
        one = [chapter["winner"](seed, what, atlas.scores(seed), 1) for what in ("practice", "fresh")]
        assert one == pytest.approx([atlas.scores(seed).mean()] * 2)
    assert (np.diff(chapter["kept"]["fresh"], axis=1) < 0).all()
    assert (chapter["at60"]["practice"] > 2 * chapter["at60"]["fresh"]).all()
    assert (chapter["wins"]["practice"] < chapter["wins"]["fresh"] / 2).all()


def test_learners_find_the_needle_no_sooner(chapter):
    worth = [chapter["worth"](trials) for trials in (1, 10, 100, 1000, 10_000)]
    assert worth[0] == pytest.approx(1) and (np.diff(worth) < 0).all()
    chance = 1 - (1 - chance_of_a_newcomer(1000)) ** 1000
    share = np.mean(chapter["firsts"] <= 1e6)
    # a hit within a million looks belongs to the first generation, or just to the next
    assert share == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / len(chapter["firsts"])))
    rows = chapter["alleles"]("half of them open", 1000)
    assert min(chapter["at_the_end"](rows, "right")) > 60 and max(chapter["at_the_end"](rows, "wrong")) < 1


def test_luck_is_that_of_normal_numbers(chapter):
    """The deviation of an exam, and the best of n exams within a third of a deviation of the formula up to 300."""
    assert chapter["exams"].std() == pytest.approx(chapter["noise"], rel=0.03)
    assert chapter["squares"].mean() == pytest.approx(par(), rel=0.02)
    assert np.abs(chapter["luck"] - chapter["normal"]).max() < chapter["noise"] / 3
    assert (np.diff(chapter["luck"]) < 0).all()


def test_claim_c16(chapter):
    """Tries multiply the odds with every seed; without a slope nothing spreads."""
    for place, seed in enumerate(chapter["SEEDS"]):
        assert chapter["blind"][seed][0] == pytest.approx(chapter["share"][place])
        assert chapter["blind"][seed][59] > 10 * chapter["share"][place]
        assert chapter["blind"][seed][299] > 0.95
    for herd in chapter["rigid"]:
        if not herd.hits.any():
            assert abs(herd.right[-1] - 0.5) < 0.1


def test_claim_c17(chapter):
    """No budget of tries beats n times one try's chance, and the good choices are worth bits with every seed."""
    n = np.arange(1, chapter["TRIES"] + 1)
    for place, seed in enumerate(chapter["SEEDS"]):
        assert (chapter["blind"][seed] <= n * chapter["share"][place] + 1e-12).all()
    assert (chapter["given"] > 1).all()
    assert {"no attention", "one pass only"} <= set(chapter["empty"])
