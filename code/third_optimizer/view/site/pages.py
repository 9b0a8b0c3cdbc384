"""What must be right of a page before it can run. What is not is a sentence: which page, what is wrong, what to do."""

import ast
import json
import re
from pathlib import Path

import yaml

from .spine import heading

NOTEBOOK = "jupytext: {text_representation: {extension: .md, format_name: myst}}"
KERNEL = "kernelspec: {name: python3, display_name: Python 3}"
HEADER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*\n", re.S | re.M)
CELL = re.compile(r"^(`{3,}|:{3,})\{code-cell\}", re.M)


def unreadable(error):
    """A YAMLError in half a line: where, and what."""
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return where + (getattr(error, "problem", None) or str(error))


def located(root, document, suffixes):
    """The file of a document of the contents, which may name it with its ending or without; None: there is none."""
    names = [document] if document.endswith(tuple(suffixes)) else [document + suffix for suffix in suffixes]
    return next((file for name in names if (file := Path(root) / name).is_file()), None)


def header(text):
    """(data, lines, rest) of a page's text: its YAML header, on how many lines it stands, what follows it.

    A text without a header has the data {}; ValueError if the header cannot be read."""
    found = HEADER.match(text)
    if not found:
        return {}, 0, text
    try:
        data = yaml.safe_load(found[1]) or {}
    except yaml.YAMLError as error:
        raise ValueError(f"its header is no YAML ({unreadable(error)}): mend it between the two lines ---") from None
    if not isinstance(data, dict):
        raise ValueError(f"its header holds no names: write {KERNEL}, a name and a value a line")
    return data, found[1].count("\n"), text[found.end() :]


def signed(text, key):
    """A page's text, Markdown or .ipynb, with `key` as its kernel's display name; what follows keeps its lines."""
    if text.lstrip().startswith("{"):
        notebook = json.loads(text)
        notebook["metadata"]["kernelspec"]["display_name"] = key
        return json.dumps(notebook)
    data, lines, rest = header(text)
    if not isinstance(data.get("kernelspec"), dict):
        raise ValueError(f"its header names no kernel: write {KERNEL}")
    data["kernelspec"]["display_name"] = key
    line = yaml.safe_dump(data, default_flow_style=True, width=float("inf"), allow_unicode=True)
    return "---\n" + line + "\n" * (lines - line.count("\n")) + "---\n" + rest


def calls_of_chapter(notebook):
    """The names that a page's code gives to Chapter(...); a cell that does not parse fails when it runs."""
    for cell in notebook.cells:
        try:
            tree = ast.parse(cell.source if cell.cell_type == "code" else "")
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Chapter" and node.args:
                if isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value


def faults_beside(page):
    """What is wrong with a page's title or with the YAML file beside it, as sentences."""
    if page.stem[:1].isdigit():
        try:
            heading(page)
        except ValueError as fault:
            yield str(fault)
    beside = page.with_suffix(".yml")
    if beside.is_file():
        try:
            yaml.safe_load(beside.read_text("utf8"))
        except yaml.YAMLError as error:
            yield f"{beside.name} beside it is no YAML ({unreadable(error)}): texts with a colon belong in quotes"


def faults_of(page, notebook, kernels):
    """What keeps a notebook from running as this page, as sentences. kernels: the names of those installed."""
    name = notebook.metadata.get("kernelspec", {}).get("name")
    if name is None:
        yield f"its header names no kernel: write {KERNEL}"
    elif name not in kernels:
        there = ", ".join(sorted(kernels)) or "none"
        yield f"its header names the kernel {name!r}, which is not installed; there: {there}: write {KERNEL}"
    for other in calls_of_chapter(notebook):
        if other != page.stem:
            yield (
                f"its code reads the questions of another page, Chapter({other!r}): write Chapter({page.stem!r}), "
                f"and give it a file {page.stem}.yml"
            )


def looked_at(page, text, reader, kernels):
    """(notebook, faults) of a page: what is to run, None if the page is none; what is wrong with it, as sentences.

    reader: MyST-NB's for this page, or None."""
    faults, notebook = list(faults_beside(page)), None
    try:
        if page.suffix == ".md":
            header(text)
        if reader:
            notebook = reader.read(text)
        elif page.suffix == ".md" and CELL.search(text):
            faults.append(f"it has code cells, but its header makes it no notebook: write {NOTEBOOK} and {KERNEL}")
    except Exception as problem:  # whatever a reader of notebooks throws at a page that is none
        faults.append(f"it cannot be read: {problem}" if reader else str(problem))
    if notebook is not None:
        faults += faults_of(page, notebook, kernels)
    return notebook, faults
