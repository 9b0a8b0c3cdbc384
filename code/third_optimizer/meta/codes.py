"""The ways to play that a game's code tells apart: numbers below MODES, the same for ever. 0 is the usual game.

What a code holds is described in view/game/codes.js, which makes and reads them; the ways, in view/game/modes.py.
"""

DAY, BOSS, LOCKED = 1, 2, 4  # the start of the day; played for practice error; LOCKED + i: dial i locked
MODES = 16
