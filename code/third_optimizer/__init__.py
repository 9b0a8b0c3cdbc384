"""The Third Optimizer: a house that mirrors its picture.

world        what a model faces
theory       closed forms and reference predictors from the literature
base         the base optimizer: update rules and one training loop
mesa         models that learn from a prompt, and how they answer
meta         the engineer: designs, running them, searching over them, the log, the store
experiments  one module a chapter: everything its page measures
view         what a page shows: figures, questions, the game, the site

Who may import whom is a table in tests/test_rooms.py.
"""

import numpy as _numpy

# Linux's allocator (glibc) hands freed memory back to the system, and fetches it again for the next array, until a
# program has once freed a large block. A training step on small arrays otherwise spends half its time on that.
_numpy.empty(4_000_000)  # 32 MB, freed at once and never written to
