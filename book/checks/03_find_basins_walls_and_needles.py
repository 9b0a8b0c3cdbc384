"""Checkers of chapter 3: one function an exercise. Each names the mistake it sees."""

from third_optimizer.experiments.let_it_rain import RIM, widest
from third_optimizer.theory import chance_within
from third_optimizer.view.questions.exercises import right, wrong


def spread(answer):
    answer, best = float(answer), widest(5, 2)
    if not 0 < answer < float("inf"):
        return wrong(f"A spread is a number above 0, got {answer:g}.")
    chance = 100 * chance_within(RIM, 5, answer, 2)
    said = f"Of a thousand starts {10 * chance:.2g} land. "
    if chance >= 0.9 * best["chance"]:
        return right(said + "Nothing in descent told you where to look.")
    if answer < best["best"]:
        return wrong(said + "Too narrow: nearly all of them fall where their middle lies.")
    return wrong(said + "Too wide: there is too much room for them to fall elsewhere.")
