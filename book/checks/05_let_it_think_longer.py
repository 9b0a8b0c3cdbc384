"""Checkers of chapter 5: one function an exercise. Each names the mistake it sees."""

from third_optimizer.view.questions.exercises import right, tried, wrong

STRINGS = ((1, 1, 0, 1, 1), (1, 0, 0), (0, 1, 1, 1))


def parity(answer):
    for bits in STRINGS:
        so_far = 0
        for bit in bits:
            so_far = tried(answer(so_far, bit))
        if so_far == sum(bits) % 2:
            continue
        said = f"After {', '.join(map(str, bits))} "
        if so_far == sum(bits):
            return wrong(f"{said}yours says {so_far}: it counts the ones. Keep only whether their number is odd.")
        if so_far == max(bits):
            return wrong(f"{said}yours says {so_far}, whether there was a one at all. A second one must turn it back.")
        return wrong(f"{said}the parity is {sum(bits) % 2}, and yours says {so_far}.")
    return right("Three strings of different lengths come out right, by one step used again and again.")
