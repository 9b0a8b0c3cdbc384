"""What free mode says of its tries: the board's sentence on each, the chart of one, the table of all."""

from html import escape

import altair as alt

from third_optimizer.meta import par
from third_optimizer.meta.running import MOST

from ..figures.charts import axis, lines
from ..figures.figure import specification
from .rules import sentence, shown

LEAST = 0.1  # per cent: the chart's lower edge


def run(entry):
    """An Entry as the rules take it."""
    outcome = entry.outcome
    return {"practice": outcome.practice, "fresh": outcome.fresh, "at": outcome.diverged_at}


def said(entry, before, best):
    """The board's sentence on a try.

    entry, before: Entries, this try and the one before it or None. best: the lowest fresh error before it.
    """
    now = run(entry)
    if before is None and now["at"] is None:
        return f"Fresh {shown(now['fresh'])}. Practice {shown(now['practice'])}."
    last = now if before is None else run(before)
    moved, reseeded = (
        (len(entry.design.differences(before.design)), entry.seed != before.seed) if before else (0, False)
    )
    text = sentence(
        now,
        last,
        best,
        par(),
        seed=entry.seed,
        again="last" if reseeded and not moved else None,
        moved=moved + reseeded,
    )
    return text.replace(" That cost a try.", "")  # here nobody counts


def paragraph(text, role=None):
    ink = "; color: var(--t3-ink)" if role == "alert" else ""
    return f'<p class="t3-progress"{f" role={role}" if role else ""} style="margin: 0{ink}">{escape(text)}</p>'


def chart():
    """A run's two curves over its practice time."""
    x, y, ends = "practice time, %", "error, % of guessing zero", ((0, 100), (LEAST, MOST))
    exploded = (
        alt.Chart()
        .transform_filter("datum.series == 'exploded'")
        .mark_text(color="$mesa", fontSize=18, fontWeight=600, dy=5)
    )
    drawn = specification(
        lines(
            x,
            y,
            {"practice": "$base", "fresh": "$mesa"},
            x_domain=ends[0],
            y_domain=ends[1],
            log_y=True,
            labels={"fresh": -8, "practice": 8},
        )
        + exploded.encode(x=axis("x", x, ends[0]), y=axis("y", y, ends[1], log=True), text=alt.value("×")),
        200,
    )
    drawn["autosize"]["resize"] = True  # the names at the lines' ends come later and need room
    return drawn


def table(entries):
    """The log as HTML, newest first: what differs from the try before, seed, scores."""
    rows = []
    for i, entry in enumerate(entries):
        names = entry.design.differences(entries[i - 1].design) if i else None
        now = run(entry)
        scores = [shown(now["practice"]), shown(now["fresh"])] if now["at"] is None else ["×", f"× step {now['at']:,}"]
        cells = "".join(f'<td class="t3-game-score">{cell}</td>' for cell in (f"{entry.seed:,}", *scores))
        dials = "the same dials" if names == {} else entry.design.words(names)
        rows.append(f"<tr><td>{i + 1}</td><td>{escape(dials)}</td>{cells}</tr>")
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Try", "Dials", "Seed", "Practice", "Fresh"))
    return (
        '<div class="t3-game" role="region" aria-label="Free tries" tabindex="0" '
        'style="max-height: 24rem; overflow-y: auto"><table>'
        "<caption>Free tries, newest first: the dials that differ from the try before. "
        "None of them counts in the game.</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(reversed(rows))}</tbody></table></div>"
    )
