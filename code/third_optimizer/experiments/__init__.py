"""One module a chapter, named by what it does: everything its page measures, as plain functions that return numbers.

Training is apart from evaluating. What a page's cards, questions and sentences print comes from cached functions
(`claims()`, `exercises()`, ...), so that the page, the tests and the ledger get the same numbers from one call. What an
open cell of the page defines is a parameter of whatever uses it.
"""

from pathlib import Path

DATA = Path(__file__).parents[3] / "book" / "data"  # stored results; `make data` makes them
