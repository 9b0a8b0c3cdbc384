"""One module a chapter, named by what it does: everything its page measures, as plain functions that return numbers.

Training is apart from evaluating. What a page's cards, questions and sentences print comes from cached functions
(`claims()`, `exercises()`, ...), so that the page, the tests and the ledger get the same numbers from one call. What an
open cell of the page defines is a parameter of whatever uses it.
"""

from pathlib import Path

DATA = Path(__file__).parents[3] / "book" / "data"  # stored results; `make data` makes them


def unedited(function, original):
    """Whether a page's open cell still defines what the package has: the same code, wherever it stands.

    What was stored was made by the package's function, and stands for a page's only as long as they agree.
    """

    def code(one):
        consts = [code(inner) if hasattr(inner, "co_code") else inner for inner in one.co_consts]
        return one.co_code, one.co_names, one.co_varnames, consts

    return function is original or (code(function.__code__), function.__defaults__) == (
        code(original.__code__),
        original.__defaults__,
    )
