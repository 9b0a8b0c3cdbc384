"""One module a chapter, named by what it does: everything its page measures, as plain functions that return numbers.

Training is apart from evaluating. What a page's cards, questions and sentences print comes from cached functions
(`claims()`, `exercises()`, ...), so that the page, the tests and the ledger get the same numbers from one call. What an
open cell of the page defines is a parameter of whatever uses it.
"""

import builtins
from pathlib import Path
from types import FunctionType

DATA = Path(__file__).parents[3] / "book" / "data"  # stored results; `make data` makes them


def unedited(function, original):
    """Whether a page's open cell still defines what the package has: the same code of the same parts.

    What was stored was made by the package's function, and stands for a page's only as long as they agree.
    """
    if function is original:
        return True
    if not (isinstance(function, FunctionType) and isinstance(original, FunctionType)):
        return False

    def code(one):
        consts = [code(inner) if hasattr(inner, "co_code") else repr(inner) for inner in one.co_consts]
        counts = one.co_flags, one.co_argcount, one.co_posonlyargcount, one.co_kwonlyargcount
        return one.co_code, one.co_names, one.co_varnames, one.co_freevars, counts, consts

    def names(one):  # a comprehension may hold some
        inner = [const for const in one.co_consts if hasattr(const, "co_code")]
        return {*one.co_names, *(name for const in inner for name in names(const))}

    def part(name, one):
        return one.__globals__.get(name, getattr(builtins, name, None))

    same = all(
        (mine := part(name, function)) is (theirs := part(name, original)) or unedited(mine, theirs)
        for name in names(original.__code__)
    )
    defaults = [repr((one.__defaults__, one.__kwdefaults__)) for one in (function, original)]
    return same and code(function.__code__) == code(original.__code__) and defaults[0] == defaults[1]
