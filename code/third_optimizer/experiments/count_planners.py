"""The engineer's dials of chapter 7: what more practice mazes do; and the second atlas, counted: which settings make a
planner, how often, and what tries find.

For chapters 7, 12 and 14. A design is one stop of each of train_planners.DIALS; arrays over seeds follow DIAL_SEEDS.
"""

from functools import cache

import numpy as np

from third_optimizer.theory import blind_chance

from .train_planners import DIAL, DIAL_SEEDS, DIALS, DISCOUNT, stores

SHARE, CONFLICT, NEAR, STAYS = 0.99, 0.9, 0.02, 0.98
"""A run is a planner if on new, larger mazes it reaches SHARE of the optimum, takes the best in CONFLICT of conflicts A
and of B, and chooses by a discount within NEAR of the one it was trained with. It stays one if after four times the
sweeps it still reaches STAYS of the optimum."""
KINDS = ("planner", "stays")


def columns():
    """Columns of planner_atlas.npz, each over the stops of DIALS, then the seeds."""
    return stores()["planner_atlas.npz"].columns


def weighs():
    """Which are right in both conflicts, by the discount of training: mask over the stops of DIALS, then the seeds."""
    found = columns()
    return (np.minimum(found["a"], found["b"]) >= CONFLICT) & (abs(found["implied"] - DISCOUNT) <= NEAR)  # NaN is not


@cache
def kinds():
    """{one of KINDS: mask over the stops of DIALS, then the seeds}; those that stay are planners too."""
    found = columns()
    planner = (found["fresh"] >= SHARE) & weighs()
    return {"planner": planner, "stays": planner & (found["longer"] >= STAYS)}


def inside(offered):
    """Where each dial has one of the stops offered for it, all stops where nothing is said: a mask over DIALS.
    ValueError names a dial or stop that there is not."""
    mask = np.ones([len(stops) for stops in DIALS.values()], bool)
    for dial, some in offered.items():
        if dial not in DIALS:
            raise ValueError(f"dial must be one of {', '.join(DIALS)}, got {dial!r}")
        for stop in some:
            if stop not in DIALS[dial]:
                raise ValueError(f"{dial} must be one of {', '.join(map(str, DIALS[dial]))}, got {stop!r}")
        along = [-1 if name == dial else 1 for name in DIALS]
        mask = mask & np.reshape([stop in some for stop in DIALS[dial]], along)
    return mask


def share(kind="planner", **offered):
    """Share of the designs with these stops that are of a kind, (seeds,)."""
    return kinds()[kind][inside(offered)].mean(axis=0)


def bits(kind="planner", **offered):
    """Bits that a blind draw among the designs with these stops lacks, (seeds,); inf where none is of the kind."""
    with np.errstate(divide="ignore"):
        return -np.log2(share(kind, **offered))


def found_by(tries, kind="planner", **offered):
    """Chance that some of the first 1, 2, ... blind tries, none twice, is of the kind, (seeds, tries)."""
    chosen = kinds()[kind][inside(offered)]
    return np.array([blind_chance(int(good), len(chosen), tries) for good in chosen.sum(axis=0)])


@cache
def atlas_facts():
    """designs; seeds; seconds, processor time of all runs. For each of KINDS: share (seeds,); bits (seeds,); ever,
    always: designs that are so with one seed or more, with every seed; dials: {dial: (stops, seeds) share}.

    by_heart: (seeds,) share of the designs that reach SHARE of the optimum where they practised and not on new mazes.
    exploded: (seeds,) share.
    """
    found = columns()
    every = tuple(range(len(DIALS)))
    facts = {
        "designs": int(inside({}).sum()),
        "seeds": len(DIAL_SEEDS),
        "seconds": float(found["seconds"].sum()),
        "by_heart": ((found["practice"] >= SHARE) & (found["fresh"] < SHARE)).mean(axis=every),
        "exploded": (found["exploded"] == 1).mean(axis=every),
    }
    for kind, mask in kinds().items():
        facts[kind] = {
            "share": share(kind),
            "bits": bits(kind),
            "ever": int(mask.any(axis=-1).sum()),
            "always": int(mask.all(axis=-1).sum()),
            "dials": {
                dial: np.array([share(kind, **{dial: (stop,)}) for stop in stops]) for dial, stops in DIALS.items()
            },
        }
    return facts


def practice_dial():
    """By the number of practice mazes DIAL, on sampled reward: the columns of train_planners.judge, (stops, seeds)."""
    return {"mazes": DIAL} | stores()["planner_dial.npz"].columns


@cache
def capable(best=5, more=20):
    """Do the designs that earn most weigh (weighs)? top, rest: share of the `best` by what they earn in new mazes, and
    of all others, that do. near_best: how many of the first `more` do not; earned: the least that these earn. All but
    best: (seeds,)."""
    told, flat = [], (-1, len(DIAL_SEEDS))
    for fresh, right in zip(columns()["fresh"].reshape(flat).T, weighs().reshape(flat).T, strict=True):
        order = np.argsort(-np.nan_to_num(fresh, nan=-1.0))
        misses = order[:more][~right[order[:more]]]
        told.append((right[order[:best]].mean(), right[order[best:]].mean(), len(misses), fresh[misses].min()))
    return dict(zip(("top", "rest", "near_best", "earned"), np.array(told).T, strict=True)) | {"best": best}


# --- what pages draw and say ---------------------------------------------------------------------------------

ROWS = {
    "practice mazes, share of the best": "$base",
    "new mazes, share of the best": "$mesa",
    "conflict A": "$meta",
    "conflict B": "$meta",
    "four times the sweeps": "$ink",
}
ROW_COLUMNS = dict(zip(ROWS, ("practice", "fresh", "a", "b", "longer"), strict=True))


def at_dials(**dials):
    """The columns of the atlas at a stop of each dial, by its number or its name, and KINDS: {name: (seeds,)}."""
    place = tuple(at if isinstance(at := dials[name], int) else named(name).index(at) for name in DIALS)
    return {name: np.asarray(column[place], float) for name, column in (columns() | kinds()).items()}


def rows(**dials):
    """Rows and values of a setting, per cent: three machines each."""
    found = at_dials(**dials)
    return {
        "row": np.repeat(list(ROW_COLUMNS), len(found["fresh"])),
        "value": 100 * np.concatenate([found[name] for name in ROW_COLUMNS.values()]),
    }


def numbers(**dials):
    """Medians of a setting: practice, fresh, a, b, longer in per cent, implied; planners: how many of its machines."""
    found = at_dials(**dials)
    middle = {name: 100 * np.median(found[name]) for name in ROW_COLUMNS.values()}
    return middle | {"implied": np.median(found["implied"]), "planners": int(found["planner"].sum())}


def named(dial):
    """The stops of a dial of the atlas in words."""

    def say(stop):
        if stop is None:
            return "never the same"
        if isinstance(stop, bool):
            return "on" if stop else "off"
        return f"{stop:,}" if stop else "none"

    return [say(stop) for stop in DIALS[dial]]


def counted(tries=12, few=(64, 16)):
    """How common planners are in the second atlas: designs; share, dozen (chance that one of `tries` blind draws makes
    one), bits, stays (those that still walk well after four times the sweeps), each (seeds,); few: share among the
    designs with so few practice mazes, scarce or fewer; least, right, near: what makes a planner."""
    return {
        "designs": atlas_facts()["designs"],
        "share": share(),
        "dozen": found_by(tries)[:, -1],
        "bits": bits(),
        "stays": share("stays"),
        "few": share(mazes=few),
        "scarce": max(few),
        "least": SHARE,
        "right": CONFLICT,
        "near": NEAR,
    }


STOPS = ["never the same" if stop is None else f"{stop:,}" for stop in DIAL]


def practised(mazes):
    """Rows and values of a stop of the dial, per cent: three machines each."""
    columns = practice_dial()
    names = ("practice mazes, share of the best", "new mazes, share of the best", "new mazes, conflict A")
    values = [columns[name][mazes] for name in ("practice", "fresh", "a")]
    return {"row": np.repeat(names, len(values[0])), "value": 100 * np.concatenate(values)}


def practising(mazes):
    """Medians at a stop of the dial: practice, fresh, a in per cent, implied; named: the stop in words."""
    columns = practice_dial()
    middle = {name: float(np.median(columns[name][mazes])) for name in ("practice", "fresh", "a", "implied")}
    named = "mazes that never repeat" if DIAL[mazes] is None else f"{DIAL[mazes]:,} mazes"
    return {name: value if name == "implied" else 100 * value for name, value in middle.items()} | {"named": named}
