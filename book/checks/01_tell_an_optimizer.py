"""Checkers of chapter 1: one function an exercise. Each names the mistake it sees."""

from third_optimizer.view.questions.exercises import right, tried, wrong


def both_ways(answer):
    cold, warm, just = (tried(answer(reading, 20)) for reading in (12, 27, 20))
    if cold == 1 and warm == 0:
        return wrong("It only heats, as before: what does it return when the room is too warm?")
    if cold == -1 or warm == 1:
        return wrong("It goes away from what is wanted: heat when the reading is below, cool when it is above.")
    if (cold, warm) != (1, -1):
        return wrong(f"Too cold should give 1 and too warm −1; yours gives {cold} and {warm}.")
    if just != 0:
        return wrong(f"When the reading is just what is wanted, it should rest and return 0; yours returns {just}.")
    return right("Too cold, too warm and just right: all three are as they should be.")
