"""What chapter 12 says, held: its experiments against the atlas's columns, closed forms and draws; its open cells are live."""

import inspect
from functools import cache
from math import comb, log2

import numpy as np
import pytest

from tests.notebooks import cards_of, open_cell, open_function, shown_by, texts_of
from third_optimizer.experiments import change_the_odds as odds
from third_optimizer.experiments.make_the_atlas import atlas
from third_optimizer.meta import RIGID, SEEDS, chance_of_a_newcomer, climb, evolve, par, random_search
from third_optimizer.theory import blind_chance

NAME = "12_change_the_odds"


@cache
def iterating():
    """(seeds, designs) of bool, which designs iterate: from the columns themselves, not through the Grid's methods."""
    fresh, longer, blown = (atlas().columns[name][:, :3].T for name in ("fresh", "longer", "blown"))
    with np.errstate(invalid="ignore"):
        return (fresh <= par() / 2) & (longer[2] <= fresh / 4) & (blown[2] <= 1e-3)


def four_errors(share, count):
    """Four standard errors of a share of `count`."""
    return 4 * np.sqrt(share * (1 - share) / count) + 1e-9


def chance_of_a_draw(good, designs, draws):
    """That one of so many blind draws is good, none drawn twice: the hypergeometric distribution, in whole numbers."""
    return 1 - comb(designs - good, draws) / comb(designs, draws)


def test_the_best_class_is_what_the_page_says_it_is():
    good = iterating()
    counted, reach = odds.shares(), atlas().columns["fresh"][:, :3] <= 1.05 * par()
    assert counted["designs"] == good.shape[1] == len(reach)
    assert counted["share"] == pytest.approx(100 * good.mean(axis=1))
    assert counted["reach"] == pytest.approx(100 * reach.mean(axis=0))
    assert odds.one_in()["share"] == pytest.approx(100 / counted["share"].mean())
    assert odds.one_in()["reach"] == pytest.approx(100 / counted["reach"].mean())
    assert counted["times"] == pytest.approx(counted["reach"] / counted["share"])
    assert 0 < counted["share"].min() and counted["share"].max() < counted["reach"].min()  # iterating is the rarer one
    assert counted["always"] == sum(good.sum(axis=0) == 3) <= good.sum(axis=1).min()
    assert counted["ever"] == sum(good.sum(axis=0) > 0) >= good.sum(axis=1).max()


def test_the_odds_of_dice_are_what_playing_gives():
    good = iterating()
    table = dict(zip(atlas().space.designs, good[0], strict=True))
    games = [
        [t.score for t in random_search(atlas().space, table.get, 60, np.random.default_rng([i, 3]))]
        for i in range(1000)
    ]
    for n in (1, 12, 60):
        chance = odds.blind_odds()[1][n - 1]
        share = np.mean([any(game[:n]) for game in games])
        assert share == pytest.approx(chance, abs=four_errors(chance, 1000))


def test_the_odds_only_grow_and_climbers_get_stuck():
    good = iterating()
    for table in odds.tables().values():
        assert (np.diff(table, axis=1) >= -1e-9).all() and (table[:, -1] <= 100).all()
    for place, seed in enumerate(SEEDS):
        met, spent = odds.climbed(seed)
        assert (spent <= odds.TRIES).all() and (met[np.isfinite(met)] <= spent[np.isfinite(met)]).all()
        assert np.mean(spent <= odds.growth()["stuck"]) >= 0.5 and odds.growth()["stuck"] < odds.TRIES / 2
        # "a bad neighbourhood": a smaller share of the start and what is one dial away iterates than of all designs
        table, start = dict(zip(atlas().space.designs, good[place], strict=True)), atlas().start()
        near = [table[design] for design in (start, *atlas().space.neighbours(start))]
        assert np.mean(near) < good[place].mean()


def test_with_how_many_seeds_climbers_do_worse():
    last = {kind: table[:, 59] for kind, table in odds.tables().items()}
    assert odds.growth()["worse"] == sum(last["climbers"] < last["dice"]) == 2 and odds.growth()["seeds"] == 3


def test_what_is_drawn_is_what_is_said():
    x, drawn = odds.odds(60)
    assert x[0] == 1 and x[-1] == 60 and (np.diff(x) > 0).all() and set(odds.STOPS[:7]) <= set(x)
    for kind, lines in drawn.items():
        assert np.array_equal(lines[:, -1], odds.after(60)[kind]) and lines[:, -1].mean() == odds.means(60)[kind]


def test_bits():
    """The bits of a space and the share in it are one number; and two spaces are empty because of what iterating means."""
    good = iterating()
    designs = atlas().space.designs
    for place, seed in enumerate(SEEDS):
        share = good[place].mean()
        assert 2 ** -odds.bits(seed) == pytest.approx(share)
        inside = np.array([design.brake and design.architecture == "attention" for design in designs])
        lacking = odds.bits(seed, brake=(True,), architecture=("attention",))
        assert 2**-lacking == pytest.approx(good[place][inside].mean())
        assert odds.bits(seed, architecture=("mlp",)) == np.inf  # it has no passes to run on
        assert odds.bits(seed, passes=(1,)) == np.inf  # one pass does not get to half of par
        assert odds.bits(seed, passes=(5,)) == np.inf  # nor does what nobody trained
        # what is in two halves of a space is in the whole: the shares average, weighted by the halves' sizes
        halves = [
            (np.mean([design.architecture == kind for design in designs]), 2 ** -odds.bits(seed, architecture=(kind,)))
            for kind in ("mlp", "attention")
        ]
        assert sum(size * part for size, part in halves) == pytest.approx(share)


def test_what_the_page_says_of_the_spaces():
    for tries in (1, 60, 1000):
        for group in odds.SPACES:
            said, dots = odds.selected(group, tries), odds.spaces(group, tries)
            assert said["most"] == log2(tries) == dots["most"] and said["spaces"] == len(odds.SPACES[group])
            means = [np.mean(odds.lacking()[name]) for name in odds.SPACES[group]]
            assert said["enough"] == sum(2**mean <= tries for mean in means)
            assert len(dots["row"]) == 3 * said["spaces"] and max(dots["x"]) <= odds.EDGE
    given = odds.credit()
    # "here the tries suffice", and without a brake they fall short with most seeds
    assert given["all"].max() < given["sixty"] < np.median(given["dear"])
    assert given["short"] == sum(1 / share > 60 for share in 2 ** -given["dear"]) and given["seeds"] == 3
    assert given["dearer"] == "no brake" and given["times"] == pytest.approx(2 ** given["all"] / 2 ** given["left"])
    assert (given["dear"] == odds.lacking()["no brake"]).all() and given["dear"].min() > given["all"].max()


def test_who_wins_when_practice_error_chooses():
    """The closed form beside players who draw; equals are rare enough not to matter to players who take the first."""
    rng = np.random.default_rng(4)
    draws = np.array([rng.permutation(odds.shares()["designs"])[:30] for _ in range(4000)])
    at = odds.BUDGETS.index(30)
    for name, what in odds.MEASURES.items():
        scores, fresh = atlas().scores(1, what), atlas().scores(1)
        won = fresh[draws[np.arange(4000), np.argmin(scores[draws], axis=1)]]
        assert won.mean() == pytest.approx(odds.kept()[name][0, at], abs=4 * won.std() / np.sqrt(4000) + 1e-9)
        # one try chooses nothing
        assert odds.kept()[name][:, 0] == pytest.approx([atlas().scores(seed).mean() for seed in SEEDS])
        assert odds.kept_at([1, 30])[name] == pytest.approx(odds.kept()[name].mean(axis=0)[[0, at]])
    practice, fresh = odds.kept().values()
    at = odds.BUDGETS.index(60)
    assert (np.diff(fresh, axis=1) < 0).all()  # the more tries fresh error chooses from, the lower it gets
    assert (practice[:, at] > 2 * fresh[:, at]).all() and (odds.wins()["practice"] < odds.wins()["fresh"] / 2).all()


def test_learners_find_the_needle_no_sooner():
    worth = [odds.worth(trials)["worth"] for trials in (1, 10, 100, 1000, 10_000)]
    assert worth[0] == pytest.approx(1) and (np.diff(worth) < 0).all()
    said, chance = odds.within_a_million(), 1 - (1 - chance_of_a_newcomer(1000)) ** 1000
    # a hit within a million looks belongs to the first generation, or just to the next
    assert said["herds"] == 200 and said["learners"] == pytest.approx(100 * chance)
    assert said["simulated"] == pytest.approx(said["learners"], abs=100 * four_errors(chance, 200))
    assert said["blind"] == pytest.approx(100 * (1 - (1 - 2.0**-20) ** 1_000_000))


def test_with_open_genes_right_ones_spread_and_without_they_drift():
    ends = odds.last_genes("half of them open", 1000)
    assert ends["right"].min() > 60 and ends["wrong"].max() < 1 and ends["first"] == 25
    assert ends["right"] + ends["wrong"] + ends["open"] == pytest.approx(np.full(5, 100))
    x, shares = odds.alleles("half of them open", 1000)
    assert x[0] == 0 and x[-1] == 49 and np.array_equal(shares["right"][:, -1], ends["right"])
    assert set(odds.alleles("none of them open", 1)[1]) == {"right", "wrong"}


def test_luck_is_that_of_normal_numbers():
    """The deviation of an exam, and the best of n exams within a third of a deviation of the formula up to 300."""
    luck = odds.luck()
    best = np.array(list(luck["best"].values()))
    assert odds.exams().std() == pytest.approx(luck["noise"], rel=0.03)
    assert [odds.squares().mean(), luck["again"]] == pytest.approx([par(), par()], rel=0.02)
    assert np.abs(best - luck["normal"]).max() < luck["noise"] / 3
    assert (np.diff(best) < 0).all()


# --- the cards -----------------------------------------------------------------------------------------


@pytest.fixture
def numbers(request):
    """Of the claim that the test names."""
    return odds.claims()[request.function.__name__.removeprefix("test_claim_").upper()]


@cache
def climbers_who_meet(tries):
    """(seeds,) games in a hundred, played anew, in which a climber meets a machine that iterates."""
    designs, start, met = atlas().space.designs, atlas().start(), []
    for place in range(3):
        table = dict(zip(designs, atlas().columns["fresh"][:, place], strict=True))
        good = dict(zip(designs, iterating()[place], strict=True))
        games = [
            climb(atlas().space, table.__getitem__, tries + 1, np.random.default_rng([i, 3]), start) for i in range(300)
        ]
        met.append(100 * np.mean([any(good[one.design] for one in game) for game in games]))
    return np.array(met)


@cache
def winners_that_iterate(what, tries):
    """(seeds,) games in a hundred: each error is the lowest of the draws as often as all draws lie at or above it but not
    all above it, in whole numbers; of equals as many win as iterate."""
    found = []
    for place in range(3):
        errors, good = np.minimum(atlas().columns[what][:, place], 200), iterating()[place]
        every, share = comb(len(errors), tries), 0
        for error in np.unique(errors[good]):
            least = comb(int(sum(errors >= error)), tries) - comb(int(sum(errors > error)), tries)
            share += least / every * good[errors == error].mean()
        found.append(100 * share)
    return np.array(found)


@cache
def herds_that_do_not_learn():
    return [evolve(np.random.default_rng([herd, 13]), 50, RIGID, 1) for herd in range(5)]


def test_claim_c16(numbers):
    """Tries multiply the odds with every seed; without a slope nothing spreads, and exams of one machine fall by luck.

    Odds are counted again in whole numbers, climbers climb and populations live anew; the luck of sixty exams is that of
    the largest of sixty normal numbers, 2.32 deviations, within a third of one.
    """
    good = iterating()
    designs = good.shape[1]
    chance = {n: 100 * np.array([chance_of_a_draw(int(one.sum()), designs, n) for one in good]) for n in (1, 60, 300)}
    assert numbers["designs"] == designs and numbers["seeds"] == len(good)
    assert numbers["one"] == pytest.approx(chance[1])
    assert numbers["sixty"] == pytest.approx(chance[60]) and (numbers["sixty"] > 10 * numbers["one"]).all()
    assert numbers["most"] == int(numbers["most"]) and 95 < numbers["most"] < chance[300].min() <= numbers["most"] + 1
    assert numbers["climb60"] == pytest.approx(climbers_who_meet(60))
    assert (
        numbers["practice"] == pytest.approx(winners_that_iterate("practice", 60)) and max(numbers["practice"]) < 0.01
    )
    herds = herds_that_do_not_learn()
    assert numbers["herds"] == len(herds) and numbers["lives"] == 50 * 1000
    assert numbers["hits"] == sum(herd.hits.sum() for herd in herds)
    assert all(abs(herd.right[-1] - 0.5) < 0.1 for herd in herds if not herd.hits.any())
    assert numbers["par"] == pytest.approx(odds.squares().mean(), rel=0.02)
    deviation = odds.exams().std()
    assert numbers["luck"] == pytest.approx(par() - 2.32 * deviation, abs=deviation / 3)


def test_claim_c17(numbers):
    """No budget of tries beats n times one try's chance, and the good choices are worth bits with every seed.

    Spaces are counted again, design by design.
    """
    good, designs = iterating(), atlas().space.designs

    def lacking(inside):
        shares = good[:, [inside(design) for design in designs]].mean(axis=1)
        return np.array([-log2(share) if share else np.inf for share in shares])

    away = {
        "no attention": lambda design: design.architecture != "attention",
        "one pass only": lambda design: design.passes == 1,
        "4 problems only": lambda design: design.problems == 4,
        "no adaptive rule": lambda design: design.step_rule != "adaptive",
        "no brake": lambda design: not design.brake,
        "no warm-up": lambda design: not design.warm_up,
    }
    best = {
        "only attention": lambda design: design.architecture == "attention",
        "2 or 4 passes": lambda design: design.passes > 1,
        "no lookup table": lambda design: not design.table,
        "no repeats": lambda design: design.problems is None,
        "adaptive with brake": lambda design: design.step_rule == "adaptive" and design.brake,
    }
    assert numbers["designs"] == len(designs) and numbers["seeds"] == len(good)
    assert numbers["most"] == pytest.approx(log2(60))
    assert numbers["all"] == pytest.approx(lacking(lambda design: True))
    assert list(numbers["empty"]) == [name for name, inside in away.items() if np.isinf(lacking(inside)).all()]
    assert list(numbers["best"]) == list(best)
    left = lacking(lambda design: all(inside(design) for inside in best.values()))
    assert numbers["left"] == pytest.approx(left)
    assert numbers["given"] == pytest.approx(lacking(lambda design: True) - left) and numbers["given"].min() > 1
    n = np.arange(1, odds.TRIES + 1)
    for place, seed in enumerate(SEEDS):
        assert (odds.blind_odds()[seed] <= n * good[place].mean() + 1e-12).all()


# --- the page -------------------------------------------------------------------------------------------


def test_the_open_cells_and_the_package_say_the_same():
    assert open_function(NAME, "bits") == inspect.getsource(odds.bits).strip()
    names = {"SEEDS": SEEDS, "TRIES": odds.TRIES, "atlas": atlas, "blind_chance": blind_chance}
    exec(open_cell(NAME, "blind = {"), names)
    assert all(np.array_equal(names["blind"][seed], odds.blind_odds()[seed]) for seed in SEEDS)


def test_an_edit_of_an_open_cell_is_seen():
    """Twice as many good designs in the hat, and bits to the base e: the figures, sentences and cards below tell."""
    before = shown_by(NAME)
    for edit, expected, cards in (
        (("good[seed].sum(), len", "2 * good[seed].sum(), len"), ["After 60 tri", "A single bli"], {"C16"}),
        (("-np.log2(good", "-np.log(good"), ["60 tries sel", "With the dia"], {"C17"}),
    ):
        after = shown_by(NAME, [edit])
        pairs = zip(texts_of(before), texts_of(after), strict=True)
        assert [one[:12] for one, other in pairs if one != other] == expected
        frames = [
            [value.frame(value.start())["columns"] for value in shown if hasattr(value, "frame")]
            for shown in (before, after)
        ]
        assert sum(one != other for one, other in zip(*frames, strict=True)) == 1
        changed = [one != other for one, other in zip(cards_of(before), cards_of(after), strict=True)]
        assert changed == [id in cards for id in ("C17", "C16")]
