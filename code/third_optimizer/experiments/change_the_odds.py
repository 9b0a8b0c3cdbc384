"""Chapter 12, Change the odds: how often a design makes a machine that iterates, what tries can select, and what not.

Shares, odds and bits are counted on the atlas; arrays over seeds follow SEEDS. What the page's open cells define
(`blind`, `bits`) is a parameter of everything that uses it.
"""

from functools import cache

import numpy as np

from third_optimizer.mesa import LinearAttention
from third_optimizer.meta import PLASTIC, RIGID, SEEDS, WORLD, chance_of_a_newcomer, evolve, par, tournament
from third_optimizer.theory import best_single_step, blind_chance, expected_maximum, rank_chances

from .make_the_atlas import atlas

TRIES = 300
SIXTY = 60  # tries of a patient engineer
STOPS = [1, 3, 6, 12, 20, 30, 60, 100, 150, 200, 300]
SHOWN = np.unique([*np.geomspace(1, TRIES, 60).astype(int), *STOPS])  # tries at which the odds are drawn

START = "every dial as it is"
AWAY = {
    START: {},
    "no attention": {"architecture": ("mlp",)},
    "one pass only": {"passes": (1,)},
    "4 problems only": {"problems": (4,)},
    "no adaptive rule": {"step_rule": ("plain",)},
    "no brake": {"brake": (False,)},
    "no warm-up": {"warm_up": (False,)},
}
GOOD = {
    "only attention": {"architecture": ("attention",)},
    "… 2 or 4 passes": {"passes": (2, 4)},
    "… no lookup table": {"table": (False,)},
    "… no repeats": {"problems": (None,)},
    "… adaptive with brake": {"step_rule": ("adaptive",), "brake": (True,)},
}  # each on top of those before it
NARROW = {START: {}}
for _name, _offered in GOOD.items():
    NARROW[_name] = list(NARROW.values())[-1] | _offered
BEST = list(NARROW)[-1]
SPACES = {"one thing taken away": AWAY, "good choices, one by one": NARROW}
EDGE = 12.5  # bits at which a space without any such design is drawn

BUDGETS = [1, 2, 3, 4, 6, 8, 12, 20, 30, 45, 60, 100, 150, 200, 300]
MEASURES = {"kept by practice error": "practice", "kept by fresh error": "fresh"}

GENERATIONS, HERDS = 50, range(5)
GENES = {"half of them open": PLASTIC, "none of them open": RIGID}  # of the individuals at the start
ALLELES = ("right", "wrong", "open")
NEEDLE = 2.0**-20
MILLION = 1e6

EXAM, SEARCHES = 500, 400  # prompts of an exam, searches for the best of them
COUNTS = [1, 2, 3, 5, 8, 12, 20, 30, 60, 100, 200, 300]


# --- shares and odds -------------------------------------------------------------------------------


@cache
def shares():
    """share, reach: per cent of the designs that iterate, that reach par; times: how much rarer the first are; each
    (seeds,). ever, always: designs that iterate with one seed or more, with every seed; designs."""
    good = np.array([atlas().iterates(seed) for seed in SEEDS])
    share, reach = (100 * np.mean(one, axis=1) for one in (good, [atlas().reaches(seed) for seed in SEEDS]))
    return {
        "designs": good.shape[1],
        "share": share,
        "reach": reach,
        "times": reach / share,
        "ever": good.any(axis=0).sum(),
        "always": good.all(axis=0).sum(),
    }


def one_in():
    """How many designs there are to one that reaches a step (reach), that iterates (share): means of the seeds; ever,
    always as in `shares`."""
    found = shares()
    return {
        "reach": 100 / found["reach"].mean(),
        "share": 100 / found["share"].mean(),
        "ever": found["ever"],
        "always": found["always"],
    }


@cache
def blind_odds():
    """{seed: (TRIES,) chance that one of the first 1, 2, ... blind draws iterates}: the page's `blind`."""
    designs = len(atlas().space.designs)
    return {seed: blind_chance(atlas().iterates(seed).sum(), designs, TRIES) for seed in SEEDS}


@cache
def climbed(seed):
    """(the try at which each climber first met a machine that iterates, tries each could spend): tournament.seekers."""
    return tournament.seekers(atlas(), seed)


def tables(blind=None):
    """{kind: (seeds, TRIES) games in a hundred in which one of the first 1, 2, ... tries iterates}."""
    dice, tries = blind or blind_odds(), np.arange(1, TRIES + 1)
    climbers = [(climbed(seed)[0][:, None] <= tries).mean(axis=0) for seed in SEEDS]
    return {"dice": 100 * np.array([dice[seed] for seed in SEEDS]), "climbers": 100 * np.array(climbers)}


def odds(budget, blind=None):
    """(tries drawn, {kind: (seeds, tries) games in a hundred}), up to `budget`."""
    x = np.append(SHOWN[SHOWN < budget], budget)
    return x, {kind: table[:, x - 1] for kind, table in tables(blind).items()}


def after(budget, blind=None):
    """{kind: (seeds,) games in a hundred in which some of the first `budget` tries iterates}."""
    return {kind: table[:, budget - 1] for kind, table in tables(blind).items()}


def means(budget, blind=None):
    """{kind: games in a hundred as in `after`, averaged over the seeds}."""
    return {kind: games.mean() for kind, games in after(budget, blind).items()}


def growth(blind=None):
    """How the odds grow, in games of a hundred: one, sixty (by dice), climb60, each (seeds,); most: a whole number that
    dice exceed with TRIES. stuck: tries after which half of the climbers have no dial left, with every seed;
    worse: of the seeds, those with which climbers stand below dice after SIXTY."""
    found, ends = {tries: after(tries, blind) for tries in (1, SIXTY, TRIES)}, [climbed(seed) for seed in SEEDS]
    return {
        "one": found[1]["dice"],
        "sixty": found[SIXTY]["dice"],
        "most": np.ceil(found[TRIES]["dice"].min()) - 1,
        "climb60": found[SIXTY]["climbers"],
        "worse": int(np.sum(found[SIXTY]["climbers"] < found[SIXTY]["dice"])),
        "seeds": len(SEEDS),
        "stuck": max(np.median(spent) for _, spent in ends),
    }


# --- bits --------------------------------------------------------------------------------------------


def bits(seed, **offered):
    """Bits that a blind draw lacks if the dials have only these stops;
    inf where none of the designs iterates."""
    designs, good = atlas().space.designs, atlas().iterates(seed)
    inside = np.ones(len(designs), dtype=bool)
    for dial, stops in offered.items():
        inside &= [getattr(design, dial) in stops for design in designs]
    with np.errstate(divide="ignore"):
        return -np.log2(good[inside].sum() / max(1, inside.sum()))


@cache
def lacking(bits=bits):
    """{space: (seeds,) bits that a blind draw lacks in it, inf where no design iterates}."""
    spaces = {name: offered for group in SPACES.values() for name, offered in group.items()}
    return {name: np.array([bits(seed, **offered) for seed in SEEDS]) for name, offered in spaces.items()}


def spaces(space, tries, bits=bits):
    """Columns row, x (bits, EDGE where none iterates), kind, most, said: the spaces of a group, one dot a seed."""
    rows = [(name, value) for name in SPACES[space] for value in lacking(bits)[name]]
    return {
        "row": [name for name, _ in rows],
        "x": [min(value, EDGE) for _, value in rows],
        "kind": ["none" if value == np.inf else "some" for _, value in rows],
        "most": np.log2(tries),
        "said": f"log₂ {tries} = {np.log2(tries):.1f}",
    }


def selected(space, tries, bits=bits):
    """most: bits that the tries select at most; enough: how many of the group's `spaces` lack no more on average."""
    most, group = np.log2(tries), [lacking(bits)[name] for name in SPACES[space]]
    return {"most": most, "enough": sum(np.mean(lacks) <= most for lacks in group), "spaces": len(group)}


def credit(bits=bits):
    """What the choice of the space is worth, in bits, each (seeds,): all (lacking as the dials are), left (in the best
    space), given (the difference), times (as many times the tries), dear (lacking in `dearer`). empty: the spaces in
    which nothing iterates; dearer: of the others the one that lacks most. sixty: bits that so many
    tries select; short: of the seeds, those with which they are too few in `dearer`."""
    lacks = lacking(bits)
    some = [name for name in AWAY if np.isfinite(lacks[name]).all()]
    dearer = max(some, key=lambda name: lacks[name].mean(), default=START)
    given = lacks[START] - lacks[BEST]
    return {
        "all": lacks[START],
        "left": lacks[BEST],
        "given": given,
        "times": 2**given,
        "empty": tuple(name for name in AWAY if np.isinf(lacks[name]).all()),
        "dearer": dearer,
        "dear": lacks[dearer],
        "short": int(np.sum(lacks[dearer] > np.log2(SIXTY))),
        "seeds": len(SEEDS),
        "sixty": np.log2(SIXTY),
    }


# --- other measures ------------------------------------------------------------------------------------


def winner(seed, chosen_by, values, tries):
    """Mean of `values` over the designs that win `tries` blind draws; equals win by lot."""
    _, place, ties = np.unique(atlas().scores(seed, chosen_by), return_inverse=True, return_counts=True)
    mean = np.bincount(place, values) / ties
    return rank_chances(len(values), tries) @ np.repeat(mean, ties)


@cache
def kept():
    """{measure: (seeds, BUDGETS) mean fresh error of the design that wins when this measure decides}."""
    return {
        name: np.array([[winner(seed, what, atlas().scores(seed), n) for n in BUDGETS] for seed in SEEDS])
        for name, what in MEASURES.items()
    }


def kept_at(budgets):
    """{measure: (budgets,) the same, averaged over the seeds}; budgets: some of BUDGETS."""
    at = [BUDGETS.index(n) for n in budgets]
    return {name: errors.mean(axis=0)[at] for name, errors in kept().items()}


@cache
def wins(tries=SIXTY):
    """practice, fresh: (seeds,) games in a hundred in which the winner of `tries` draws by that error iterates."""
    good = {seed: atlas().iterates(seed).astype(float) for seed in SEEDS}
    return {
        what: 100 * np.array([winner(seed, what, good[seed], tries) for seed in SEEDS]) for what in MEASURES.values()
    }


# --- a needle --------------------------------------------------------------------------------------------


@cache
def lives(genes, trials, key=12):
    """The Histories of HERDS populations; genes: of GENES. Population i draws from default_rng([i, key])."""
    return [evolve(np.random.default_rng([herd, key]), GENERATIONS, GENES[genes], trials) for herd in HERDS]


def alleles(genes, trials):
    """(generations drawn, {allele: (herds, generations) share in per cent}); open ones only where there are some."""
    x = np.append(np.arange(0, GENERATIONS - 1, 2), GENERATIONS - 1)
    kinds = ALLELES if GENES[genes][2] else ALLELES[:2]
    return x, {kind: 100 * np.array([getattr(herd, kind)[x] for herd in lives(genes, trials)]) for kind in kinds}


def last_genes(genes, trials):
    """right, wrong, open: (herds,) shares of the genes in the last generation, in per cent; first: of right ones at the
    start; generations."""
    ends = {kind: 100 * np.array([getattr(herd, kind)[-1] for herd in lives(genes, trials)]) for kind in ALLELES}
    return ends | {"first": 100 * GENES[genes][1], "generations": GENERATIONS}


def learners_find(looks, trials):
    """Chance that newcomers with `trials` in a life have found the needle after `looks` (closed form)."""
    return -np.expm1(looks / trials * np.log1p(-chance_of_a_newcomer(trials)))


def blind_finds(looks):
    """Chance that a blind searcher has found the needle after `looks` (closed form)."""
    return -np.expm1(looks * np.log1p(-NEEDLE))


def worth(trials):
    """worth: looks of a blind searcher that have the same chance as one look of a learner; blind, learners: chance of
    either in per cent after a million looks."""
    return {
        "worth": np.log1p(-chance_of_a_newcomer(trials)) / (trials * np.log1p(-NEEDLE)),
        "blind": 100 * blind_finds(MILLION),
        "learners": 100 * learners_find(MILLION, trials),
    }


@cache
def first_hits(herds=200, trials=1000):
    """(herds,) looks until populations that live for two generations find the needle, inf: not at all."""
    runs = [evolve(np.random.default_rng([i, 5]), 2, trials=trials, until_hit=True) for i in range(herds)]
    return np.array([run.first for run in runs])


def within_a_million(trials=1000):
    """What `worth` says, and beside it simulated: per cent of `herds` populations that hit within a million looks."""
    hits = first_hits(trials=trials) <= MILLION
    return worth(trials) | {"herds": len(hits), "simulated": 100 * hits.mean()}


# --- nothing to find -----------------------------------------------------------------------------------------


@cache
def squares(prompts=100_000):
    """(prompts,) squared errors, in per cent of guessing zero, of one machine: the best single step, built by hand."""
    machine = LinearAttention(WORLD.dimension)
    step = machine.descent(best_single_step(WORLD.examples, WORLD.dimension, *WORLD.moments))
    asked = WORLD.prompts(np.random.default_rng([12, 1]), prompts)
    return 100 * (machine.answer(step, asked) - asked.answer) ** 2 / WORLD.answer_variance


@cache
def exams(count=40_000):
    """(count,) errors of exams of EXAM prompts."""
    return np.random.default_rng([12, 2]).choice(squares(), size=(count, EXAM)).mean(axis=1)


@cache
def luck():
    """The best of n exams of the same machine: best, {n: its mean over SEARCHES searches}, and normal, (COUNTS,) by
    the formula for the largest of n normal numbers; true: the machine's error; noise: deviation of an exam; again:
    another exam of the winner."""
    noise = squares().std() / np.sqrt(EXAM)
    drawn = {n: np.random.default_rng([12, n]).choice(exams(), size=(SEARCHES, n)).min(axis=1) for n in COUNTS}
    best = {n: errors.mean() for n, errors in drawn.items()}
    normal = np.array([squares().mean() - noise * expected_maximum(n) for n in COUNTS])
    return {
        "best": best,
        "normal": normal,
        "true": par(),
        "noise": noise,
        "again": np.random.default_rng([12, 3]).choice(squares(), size=(SEARCHES, EXAM)).mean(),
    }


def exams_drawn():
    """{series: [(COUNTS,) errors]} of the figure."""
    level = np.full(len(COUNTS), par())
    return {
        "luck, by formula": [luck()["normal"]],
        "its true error": [level],
        "best exam": [[*luck()["best"].values()]],
    }


# --- what the page asks and claims -----------------------------------------------------------------------------


def predictions(bits=bits):
    """The numbers of the page's predictions, {id: {name: number, or one a seed}}."""
    designs, each = shares()["designs"], shares()["share"]
    (practice,), (fresh,) = kept_at([SIXTY]).values()
    return {
        "measure": {"practice": practice, "fresh": fresh},
        "share": {"designs": designs, "share": each.mean(), "each": each, "seeds": len(SEEDS)},
        "sixty": {"most": np.log2(SIXTY), "lacks": lacking(bits)[START]},
    }


def exercises(lack=10):
    """The numbers of the page's exercises, {id: {name: number}}. lack: bits."""
    p = 2.0**-lack
    return {
        "even_odds": {
            "lack": lack,
            "even": np.ceil(np.log(0.5) / np.log1p(-p)),
            "all": 2**lack,
            "half": 2 ** (lack - 1),
            "surely": 100 * (1 - (1 - p) ** (2**lack)),
        }
    }


def claims(blind=None, bits=bits):
    """The numbers on the page's cards, {claim: {name: number, or one a seed}}; odds in games of a hundred."""
    designs, grown, space = shares()["designs"], growth(blind), credit(bits)
    rigid = lives("none of them open", 1, key=13)
    return {
        "C16": {
            "designs": designs,
            "seeds": len(SEEDS),
            **{name: grown[name] for name in ("one", "sixty", "most", "climb60")},
            "practice": wins()["practice"],
            "herds": len(rigid),
            "lives": rigid[0].evaluations[-1],
            "hits": int(sum(herd.hits.sum() for herd in rigid)),
            "luck": luck()["best"][SIXTY],
            "par": par(),
        },
        "C17": {
            "designs": designs,
            "seeds": len(SEEDS),
            "most": np.log2(SIXTY),
            "best": tuple(name.lstrip("… ") for name in GOOD),
            **{name: space[name] for name in ("all", "empty", "left", "given")},
        },
    }
