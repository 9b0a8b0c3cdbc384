"""The ways to play: one table that boards are told and that the class board names. A second score is one more mode.

Errors are "practice" and "fresh", the error on practice problems and on fresh ones.
"""

from dataclasses import asdict, dataclass, field

from third_optimizer.meta import DIALS
from third_optimizer.meta.codes import BOSS, DAY, LOCKED

PLAYERS = {"kind": "players", "title": "You among the searchers"}
UNCOVERED = {"kind": "uncovered", "title": "What the practice error chose"}


@dataclass(frozen=True)
class Mode:
    """A way to play.

    number: in a game's code. name: on the class board. option: in the list of new games. starts: places to begin at,
    one a day in turn; none: drawn from the date. locked: index of the dial that cannot be turned, or None. goal: the
    error that is played for. covers: errors not seen until the end. The rest is what a board says: its aim for My
    answers, its title, the caption of the log beyond what it always says, the column of the best in an export, how the
    reading of the chart begins, what its axis counts while something is covered and afterwards, what follows the last
    try, and the first screen of the end.
    """

    number: int
    name: str
    option: str
    starts: tuple = ()
    locked: int | None = None
    goal: str = "fresh"
    covers: tuple = ()
    aim: str = "to make a model that does well on problems it has never met"
    title: str = "Make a model that does well on problems it has never met."
    caption: str = ""
    column: str = "best so far"
    reading: str = "Best"
    axis: tuple = ("", "error on fresh problems, %")
    follows: str = "comparison"
    end: dict = field(default_factory=lambda: PLAYERS)

    def told(self, budget):
        """The mode as a board of `budget` tries is told of it, plain JSON."""
        tries = f"{budget:,} tries"
        return asdict(self) | {"aim": f"{tries} {self.aim}", "title": f"{tries}. {self.title}"}


def modes(fields, start=(), days=(), counter=()):
    """Every Mode of a board with the dials `fields`, the usual one first.

    start: the usual start, as a place of the dials. days: the starts of the day. counter: the boss's start; without one
    there is no boss.
    """
    boss = Mode(
        BOSS,
        "boss of practice error",
        "boss of practice error: another start; the practice error is the score, and all you see",
        (counter,),
        goal="practice",
        covers=("fresh",),
        aim="to get the error on practice problems down, the other one covered",
        title="Get the error on practice problems as low as you can; the error on fresh ones is covered until the end.",
        caption="; best: the lowest practice error so far",
        column="best practice so far",
        reading="Lowest practice error",
        axis=("error on practice problems, %", "error, %"),
        follows="covered error",
        end=UNCOVERED,
    )
    labels = [DIALS[name].label for name in fields]
    return [
        Mode(0, "plain game", "the usual start, all dials free", (start,)),
        Mode(DAY, "start of the day", "the start of the day, another one every day", tuple(days)),
        *([boss] if counter is not None else []),
        *(
            Mode(LOCKED + i, f"{label} locked", f"the usual start, with {label.lower()} locked", (start,), locked=i)
            for i, label in enumerate(labels)
        ),
    ]
