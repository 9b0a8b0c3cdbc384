"""A pytest plugin: every chapter, a MyST Markdown notebook, runs cell by cell under nbval.

Also what other tests need to know of the notebooks: which there are, and their code.
"""

import ast
import importlib
import linecache
from pathlib import Path

import jupytext
import nbformat
import pytest
import yaml
from nbval.plugin import IPyNbFile

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"


def pages():
    """Every page of _toc.yml, as paths, in the reader's order."""

    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in {"root", "file"}:
                    yield ROOT / f"{value}.md"
                else:
                    yield from walk(value)
        elif isinstance(node, list):
            for item in node:
                yield from walk(item)

    return list(walk(yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))))


def read(page):
    """The page as a notebook (nbformat 4)."""
    return jupytext.read(page)


def code_cells(page):
    return [cell for cell in read(page).cells if cell.cell_type == "code"]


def notebooks():
    """The pages that hold code."""
    return [page for page in pages() if code_cells(page)]


def chapters():
    """The numbered chapters among the notebooks."""
    return [page for page in notebooks() if page.name[0].isdigit()]


def experiments_of(chapter):
    """The module of experiments of a chapter ("02_walk_downhill")."""
    return importlib.import_module(f"third_optimizer.experiments.{chapter.split('_', 1)[1]}")


def calls(page, *names):
    """How often the page's code calls one of these functions, however the call is written."""
    return sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
        for cell in code_cells(page)
        for node in ast.walk(ast.parse(cell.source))
    )


def kept(source):
    """A file name to compile `source` under, by which Python finds it again: a kernel keeps its cells so."""
    file = f"<cell {hash(source)}>"
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    return file


def shown_by(page, edits=()):
    """What each code cell of the page book/`page`.md displays, run in this process as the build does: [value or None].

    edits: (old, new) pairs of text; each `old` stands once in the page's code and is replaced before it runs, as a
    reader of a live notebook would edit an open cell.
    """
    names, shown, left = {"__name__": "__main__"}, [], list(edits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THIRD_OPTIMIZER_STATIC", "1")
        patch.chdir(BOOK)
        for cell in code_cells(BOOK / f"{page}.md"):
            source = cell.source
            for edit in [edit for edit in left if edit[0] in source]:
                assert "hide-input" not in cell.metadata.get("tags", []), "a reader edits open cells"
                source = source.replace(*edit)
                left.remove(edit)
            tree = ast.parse(source)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            file = kept(source)
            exec(compile(tree, file, "exec"), names)
            shown.append(eval(compile(ast.Expression(last.value), file, "eval"), names) if last else None)
    assert not left, f"no cell holds {left}"
    return shown


def frames_of(shown):
    """What the figures among them show at their start: [{"title", "text", "columns"}]."""
    for value in shown:
        if hasattr(value, "frame"):  # with dials
            yield value.frame(value.start())
        elif getattr(value, "kind", "") == "figure":
            yield value.spec["frame"]


def texts_of(shown):
    """The words of what cells display: sentences, and each figure's title and text alternative."""
    for value in shown:
        if hasattr(value, "data"):  # a sentence
            yield value.data
        yield from (f"{frame['title']} {frame['text']}" for frame in frames_of([value]))


def cards_of(shown):
    """The markup of the claim cards that cells display."""
    return [v.spec["html"] for v in shown if getattr(v, "kind", "") == "html" and "t3-claim" in v.spec["html"]]


def open_function(page, name):
    """The source of the function `name` as an open cell of book/`page`.md defines it."""
    for cell in code_cells(BOOK / f"{page}.md"):
        if "hide-input" not in cell.metadata.get("tags", []):
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef) and node.name == name:
                    return ast.get_source_segment(cell.source, node)
    raise AssertionError(f"no open cell of {page} defines {name}")


def open_cell(page, words):
    """The source of the one open cell of book/`page`.md that holds these words."""
    cells = [cell for cell in code_cells(BOOK / f"{page}.md") if "hide-input" not in cell.metadata.get("tags", [])]
    (source,) = [cell.source for cell in cells if words in cell.source]
    return source


def to_run(page):
    """The page as nbval runs it: as its reader does, and then every dial is turned (tests/drive.py)."""
    notebook, figures = read(page), calls(page, "explore")
    if figures:
        turned = f"import sys\nsys.path.append({str(ROOT)!r})\nfrom tests.drive import drive_all\ndrive_all({figures})"
        notebook.cells.append(nbformat.v4.new_code_cell(turned))
    return notebook


class MystNotebook(IPyNbFile):
    """nbval's collector, reading through jupytext: nbval itself knows only .ipynb."""

    def collect(self):
        as_json = nbformat.writes(to_run(self.path))
        original = nbformat.read
        nbformat.read = lambda *_, **__: nbformat.reads(as_json, as_version=4)
        try:
            yield from list(super().collect())
        finally:
            nbformat.read = original


@pytest.hookimpl
def pytest_collect_file(file_path, parent):
    if file_path.suffix == ".md" and file_path in notebooks():
        return MystNotebook.from_parent(parent, path=file_path)
    return None
