"""The rules that turn scores into sentences. `rules.js` does the same on a page; both pass the same vectors.

A run is {"practice", "fresh", "at"}: errors in per cent of guessing zero; at: the step at which it exploded, or None.
"""

import math

from third_optimizer.meta.running import MOST, NEAR

ERRORS = ("practice", "fresh")
LEVELS = [
    "",
    "That is par: as good as the best single gradient step.",
    "That is below par: better than any single gradient step.",
]
# why a machine that reads one list stays at 100
UNREAD = " Read as one list, problems take far more practice."


def shown(value):
    """A score as the board shows it, in per cent: "0", "3.1", "33", "over 200"."""
    if not value <= MOST:
        return f"over {MOST:.0f}"
    if value >= 9.95:
        return str(math.floor(value + 0.5))
    text = f"{math.floor(value * 10 + 0.5) / 10:.1f}"
    return "0" if text == "0.0" else text


def compare(now, before):
    """ "better", "same" or "worse": two scores, the lower the better.

    What reads alike or differs by less than the factor NEAR is the same.
    """
    now, before = min(now, MOST), min(before, MOST)
    if shown(now) == shown(before) or before / NEAR <= now <= before * NEAR:
        return "same"
    return "better" if now < before else "worse"


def score(run, goal):
    """The error of a run that `goal` names; what exploded has none."""
    return math.inf if run["at"] is not None else run[goal]


def level(fresh, par):
    """0: above par, 1: par, 2: clearly below it."""
    return (fresh <= NEAR * par) + (fresh < par / NEAR)


def went(kind, now, last):
    """How an error moved from the last run to this one."""
    name, value, earlier = kind.capitalize(), shown(now[kind]), shown(last[kind])
    how = compare(now[kind], last[kind])
    if value == earlier:
        return f"{name} stayed at {value}."
    return (
        f"{name} hardly moved ({earlier} to {value})." if how == "same" else f"{name} got {how} ({earlier} to {value})."
    )


def sentence(
    now, last, best, par, *, seed=1, again=None, moved=1, bet=None, goal="fresh", covers=(), tames="", listed=False
):
    """What the board says of a try, without praise.

    now, last: this run and the one before it. best: the lowest score before this try. again: "last" if the dials are
    those of the try before, with another seed; the number of an earlier try (0: the start) if that one's; else None.
    moved: dials moved since the last try. bet: "better", "same", "worse" or None. goal: the error that is played for.
    covers: errors of which nothing is said. tames: words for what makes explosions rarer on this board. listed: the
    machine reads its problem as one list.
    """
    said, gone = [], now["at"] is not None
    told = [kind for kind in ERRORS if kind not in covers]
    others = [kind for kind in told if kind != goal]
    if gone:
        said.append(f"It exploded at step {now['at']:,}. That cost a try.")
        if last["at"] is not None and tames:
            said.append(f"Two in a row: explosions are rarer with {tames}.")
    elif last["at"] is not None:
        said.append(f"{goal.capitalize()} {shown(now[goal])}; the run before exploded.")
        said += [f"{kind.capitalize()} {shown(now[kind])}." for kind in others]
    else:
        name, value, before = goal.capitalize(), shown(now[goal]), shown(last[goal])
        said.append(f"{name} {value}, as before." if value == before else f"{name} {value}, was {before}.")
        said += [went(kind, now, last) for kind in others]
    reached = level(now["fresh"], par) if goal == "fresh" and not gone else 0  # par is about fresh problems
    if crossed := reached > level(best, par):  # said once of each
        said.append(LEVELS[reached])
    whose = f"try {again}" if again else "the start"
    if again == "last":
        said.append(f"The same dials with seed {seed}: only chance differs.")
    elif again is not None:
        said.append(f"The dials of {whose} again, with seed {seed}: between these two only chance differs.")
    elif len(told) > 1 and not gone and all(compare(now[kind], 100) == "same" for kind in told):
        said.append("It has learned nothing, not even what it practised." + (UNREAD if listed else ""))
    elif len(told) > 1 and not gone and now["fresh"] > MOST and now["practice"] <= MOST / 4:
        said.append("It holds on its practice problems and runs away on fresh ones.")
    elif moved > 1 and not crossed:
        alike = all(compare(now[kind], last[kind]) == "same" for kind in told)
        still = not gone and last["at"] is None and alike
        what = ", and no error moved with them" if still else ": this cannot say which one did it"
        said.append(f"{moved} dials moved at once{what}.")
    if bet:
        said.append(f"You bet on “{bet}”; it came out “{compare(score(now, goal), score(last, goal))}”.")
    return " ".join(said)
