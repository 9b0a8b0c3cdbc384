"""The battery's six tests: from raw numbers to passed, failed or not applicable. All thresholds stand here, each with
its reason, and were written down before any machine was scored. What was changed after that:

- `follows`, and with it `learned`: moved once, after a look at the first layer (`was`; `as_first_drawn` judges by it).
- T6 had ratios alone, and least squares failed; hence `near enough`. T3 took rules of one kind for rivals.
- T5 asked for a handle alone, and random ones crossed the line with two planners of five. They must stay below it now.

A test reads numbers that were measured elsewhere (battery.py, and for walkers and players the experiments), so that one
verdict serves every kind of machine. What was not asked is NaN, and makes a test not applicable. Errors are in per cent
of guessing zero, or of what stands for that where nothing is guessed: 100, nothing learned; 0, as good as can be.
"""

from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

PASSED, FAILED, NOT_ASKED = "passed", "failed", "not applicable"


class Threshold(NamedTuple):
    """A number that a test needs, why it is this one, and what it was before it was moved, None if it was not."""

    value: float
    why: str
    was: float | None = None


THRESHOLDS = {
    "follows": Threshold(
        0.4,
        "tables are at 0 and least squares at 1. It stood at a half: there the best single step, 0.51 by formula where "
        "examples are as many as dimensions, fell on either side by the luck of the prompts, as the first layer showed",
        0.5,
    ),
    "gains": Threshold(0.25, "eight times as long leaves at most a quarter of the error: the gain is not noise"),
    "blows up": Threshold(0.001, "one prompt in a thousand may fly off; a mean is then no longer of the others"),
    "beyond one step": Threshold(0.5, "half of what the best single step leaves: the repetition does something"),
    "same rule": Threshold(0.05, "a twentieth of guessing zero apart, on the middle one of all shifts"),
    "no other rule": Threshold(4.0, "any rule of another kind is four times as far: it is this one, not all of them"),
    "forgets a push": Threshold(0.1, "a tenth of the push's square: it comes back, it does not merely fade a little"),
    "moved by hand": Threshold(0.5, "half of the way to the new optimum; random vectors of the same lengths do not"),
    "handle": Threshold(0.01, "a hundredth of its numbers: an edit, not another machine"),
    "learned": Threshold(60.0, "as for following: clear of the best single step, which leaves about half", 50.0),
    "no worse": Threshold(1.5, "half as much again: new tasks may be a little harder, not another thing"),
    "near enough": Threshold(5.0, "per cent of guessing zero that errors may differ by: near zero a ratio is noise"),
}


@contextmanager
def as_first_drawn():
    """Within it verdicts are read by the lines as they stood before they were moved."""
    now = dict(THRESHOLDS)
    THRESHOLDS.update({name: line._replace(value=line.was) for name, line in now.items() if line.was is not None})
    try:
        yield
    finally:
        THRESHOLDS.update(now)


def _limit(name):
    return THRESHOLDS[name].value


def _verdict(raw, passes):
    if np.any(np.isnan(np.asarray(raw, float))):
        return NOT_ASKED
    return PASSED if passes else FAILED


def follows_the_task(follows):
    """T1. Inputs and question stay, the labels become another task's. follows: 1 − E(Δŷ − Δy)²/E(Δy)²."""
    return _verdict(follows, follows >= _limit("follows"))


def goes_on(errors, blown, single):
    """T2. Run on, it gets better, and stays. errors: after K, 2K, 4K and 8K passes, perhaps more, which are shown and
    not judged; blown: share of prompts flown off after 8K; single: the error of the best single step.

    Only for machines of two passes and more. One trained for a single pass is shown and not judged: plain descent of
    the one best step, run on, itself lies on either side of the line, by the luck of its world.
    """
    before, after = errors[0], errors[3]
    passes = (
        after <= _limit("gains") * before
        and blown <= _limit("blows up")
        and after <= _limit("beyond one step") * single
    )
    return _verdict([before, after, blown, single], passes)


def middles(apart):
    """The median over shifts of each rule's distances (rules, shifts); inf for a rule that was not asked."""
    apart = np.asarray(apart, float)
    known = ~np.isnan(apart).all(axis=1)
    found = np.full(len(apart), np.inf)
    found[known] = np.nanmedian(apart[known], axis=1)
    return found


def nearest(apart):
    """Number of the rule with the least median distance."""
    return int(middles(apart).argmin())


def beside(apart, rule, kinds):
    """(median distance of this rule, of the nearest one of another kind). kinds: one for each rule."""
    middle = middles(apart)
    others = [one for one, kind in zip(middle, kinds, strict=True) if kind != kinds[int(rule)]]
    return float(middle[int(rule)]), float(min(others))


def computes_a_known_rule(apart, rule, kinds):
    """T3. Of a library of rules, fitted where the machine was trained, one stays near when the world shifts, and none
    of another kind does. apart: (rules, shifts) distances, NaN where a rule or a shift was not asked; rule: number of
    the one that was nearest on other prompts; kinds: of `beside`.

    Rules of one kind contain one another (plain descent is GD++ with nothing to even out), so they are no rivals.
    """
    if np.all(np.isnan(np.asarray(apart, float))):
        return NOT_ASKED
    best, other = beside(apart, rule, kinds)
    return PASSED if best <= _limit("same rule") and not too_near_to_tell(best, other) else FAILED


def too_near_to_tell(best, other):
    """Whether a rule is near enough, but one of another kind so near, too, that T3 cannot say which it is."""
    return best <= _limit("same rule") and other < _limit("no other rule") * best


def recovers(left, first, sixth):
    """T4. What its loop holds is pushed off, for all tokens alike, and comes back. left: what remains of the push's
    square, after K, 2K, 3K and 4K passes; first, sixth: verdicts of T1 and T6.

    Everything that is drawn to one point recovers, a table in a loop too; so it counts only for machines that follow
    the task and do so on new ones.
    """
    return _verdict(left[-1], left[-1] <= _limit("forgets a push") and first == sixth == PASSED)


def has_a_readable_goal(moved, share, random=np.nan):
    """T5. A handle, not what it is shown, moves it to another goal without training. moved: as `follows`, for goals set
    by the handle alone; share: of the machine's numbers that the handle has; random: `moved` by random vectors of the
    same lengths, NaN for a rule written by hand, whose goal has a name and no other handle.

    Where random vectors cross the line as well, what was read off the machine is not what sets the goal.
    """
    line = _limit("moved by hand")
    return _verdict([moved, share], moved >= line and share <= _limit("handle") and not random >= line)


def works_on_new_tasks(practised, fresh, larger):
    """T6. Errors on tasks that it practised, on new ones, and on new ones outside of the range of practice (rules three
    times as large).

    A ratio alone would fail least squares itself, which has next to no error on either; hence `near enough`.
    """

    return _verdict([practised, fresh, larger], works_in_range(practised, fresh) and _no_worse(larger, fresh))


def works_in_range(practised, fresh):
    """Whether it learned, and works on new tasks of the kind that it practised: the first part of T6."""
    return bool(fresh <= _limit("learned") and _no_worse(fresh, practised))


def _no_worse(error, than):
    return error <= _limit("no worse") * than + _limit("near enough")
