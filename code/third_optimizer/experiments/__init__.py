"""One module a chapter, named by what it does: everything its page measures, as plain functions that return numbers.

Training is apart from evaluating. What a page's cards, questions and sentences print comes from cached functions
(`claims()`, `exercises()`, ...), so that the page, the tests and the ledger get the same numbers from one call. What an
open cell of the page defines is a parameter of whatever uses it.
"""

import ast
import builtins
import dis
import inspect
import textwrap
from pathlib import Path
from types import FunctionType

DATA = Path(__file__).parents[3] / "book" / "data"  # stored results; `make data` makes them


def unedited(function, original):
    """Whether a page's open cell still defines what the package has: the same words of the same parts.

    What was stored was made by the package's function, and stands for a page's only as long as they agree. Sources are
    compared, without comments and docstring: the same words are compiled in another way where a module is imported in
    another cell. A function whose source is not kept counts as edited.
    """
    if function is original:
        return True
    if not (isinstance(function, FunctionType) and isinstance(original, FunctionType)):
        return False

    def names(code):  # what it takes from outside; a comprehension may, too
        inner = [const for const in code.co_consts if hasattr(const, "co_code")]
        outer = {one.argval for one in dis.get_instructions(code) if one.opname == "LOAD_GLOBAL"}
        return outer.union(*map(names, inner))

    def part(name, one):
        return one.__globals__.get(name, getattr(builtins, name, None))

    theirs = words(original)
    defaults = [repr((one.__defaults__, one.__kwdefaults__)) for one in (function, original)]
    return (
        theirs is not None
        and words(function) == theirs
        and defaults[0] == defaults[1]
        and all(
            part(name, function) is part(name, original) or unedited(part(name, function), part(name, original))
            for name in names(original.__code__)
        )
    )


def words(function):
    """What the source of a function says to the machine, as text; None where it is not kept, or is no definition."""
    try:
        (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    if not isinstance(node, ast.FunctionDef) or function.__closure__:
        return None
    return ast.dump(ast.Module(node.body[1:] if ast.get_docstring(node) else node.body, [])) + ast.dump(node.args)
