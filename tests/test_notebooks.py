"""Every page of the contents exists, runs under nbval, and keeps the chapter pattern."""

import json
import re
import subprocess
import sys

import jupytext
import pytest
import yaml
from bs4 import BeautifulSoup
from jupytext.config import load_jupytext_configuration_file

from tests.notebooks import BOOK, ROOT, calls, chapters, code_cells, notebooks, pages, read
from third_optimizer.view.site.minutes import count_words

OPEN_CELLS, OPEN_WIDTH, FOLDED_LINES, FIGURES, WORDS = (4, 8), 79, 100, 8, (1200, 2200)

# Bare decimals that prose may hold: none so far. A setting is named by the cell that uses it.
ALLOWED_DECIMALS = {"4.0", "3.11"}  # the licence CC BY 4.0, Python 3.11


def prose(page):
    """The Markdown of a page without links' addresses, formulas and inline code."""
    text = "\n\n".join(cell.source for cell in read(page).cells if cell.cell_type == "markdown")
    text = re.sub(r"```.*?```", " ", text, flags=re.S)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"`[^`]*`", " ", text)


def texts(value):
    """Every text of a YAML tree, less code."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"solution", "first_line", "code", "format", "id"}:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def test_contents_list_only_pages_that_exist():
    assert pages() and all(page.is_file() for page in pages())


def test_no_page_is_left_out_of_the_contents():
    assert sorted(BOOK.glob("*.md")) == sorted(pages())


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_is_written_as_jupytext_writes_it(page):
    """Or JupyterLab rewrites it when somebody mends a word there. In book/: jupytext --to md:myst PAGE.md"""
    config = load_jupytext_configuration_file(str(BOOK / "jupytext.toml"))
    text = page.read_text("utf8")
    notebook = jupytext.reads(text, fmt="md:myst", config=config)
    assert jupytext.writes(notebook, fmt="md:myst", config=config) == text
    standard = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    assert notebook.metadata.kernelspec == standard


def test_nbval_collects_every_notebook():
    """A plugin that collects nothing collects it in silence; so count."""
    out = subprocess.run(
        [sys.executable, "-m", "pytest", "book", "--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for page in notebooks():
        name = page.relative_to(ROOT).as_posix()
        cells = len(code_cells(page)) + bool(calls(page, "explore"))  # the last turns the dials
        assert len(re.findall(rf"^{re.escape(name)}::", out, re.M)) == cells, name


@pytest.mark.parametrize("page", notebooks(), ids=lambda page: page.stem)
def test_folded_cells_are_folded_everywhere(page):
    """A cell folded on the page is folded in JupyterLab too, and the other way round."""
    for cell in code_cells(page):
        folded = "hide-input" in cell.metadata.get("tags", [])
        assert folded == cell.metadata.get("jupyter", {}).get("source_hidden", False), cell.source[:60]


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.stem)
def test_chapter_keeps_its_measure_of_code(page):
    folded = [cell for cell in code_cells(page) if "hide-input" in cell.metadata.get("tags", [])]
    assert OPEN_CELLS[0] <= len(code_cells(page)) - len(folded) <= OPEN_CELLS[1]
    shown = [cell for cell in code_cells(page) if not {"hide-input", "remove-cell"} & {*cell.metadata.get("tags", [])}]
    wide = [line for cell in shown for line in cell.source.splitlines() if len(line) > OPEN_WIDTH]
    assert not wide, "wider than an open cell on a laptop"
    assert sum(bool(line.strip()) for cell in folded for line in cell.source.splitlines()) <= FOLDED_LINES


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.stem)
def test_chapter_keeps_its_measure_of_reading(page, site):
    """What a reader finds on the built page."""
    built = (site / "book" / f"{page.stem}.html").read_text("utf8")
    words = count_words(built)
    assert WORDS[0] <= words <= WORDS[1], words
    assert (
        sum(
            built.count(f'data-t3="{kind}"')
            for kind in ("battery", "figure", "explore", "learner", "levers", "longer", "rain", "sky")
        )
        <= FIGURES
    )
    assert f"<span>{-(-words // 200)} minutes to read</span>" in built


@pytest.mark.parametrize("page", chapters(), ids=lambda page: page.stem)
def test_chapter_has_every_part(page):
    source, data = page.read_text("utf8"), yaml.safe_load(page.with_suffix(".yml").read_text("utf8"))
    number = page.stem[:2].lstrip("0")
    title = re.search(r"^# (.*)$", source, re.M).group(1)
    assert re.match(rf"{number} · \w", title), title
    for call in (".head()", ".predict(", "explore(", ".claim(", ".exercise(", ".quiz("):
        assert call in source, call
    for heading in ("## Exercises", "## Check yourself", "## Take-away", "## Sources"):
        assert heading in source, heading
    assert len(data["you_will"]) == 3
    assert 3 <= len(data["quiz"]) <= 5
    assert len(data["exercises"]) >= 3
    assert any(exercise["kind"] == "number" for exercise in data["exercises"].values())  # one works without a kernel
    for id in [*data["predict"], *data["exercises"]]:
        assert f'"{id}"' in source, f"{id} is in the YAML and not on the page"
    takeaway = source.split("## Take-away")[1].split("##")[0]
    assert len(re.findall(r"[.!?](?:\s|$)", takeaway)) == 3


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_no_bare_decimal_in_prose(page):
    formulas = re.sub(r"\$.*?\$", " ", prose(page), flags=re.S)
    sources = formulas.split("## Sources")[0]
    assert set(re.findall(r"\d+[.,]\d+", sources)) <= ALLOWED_DECIMALS


@pytest.mark.parametrize("file", sorted(BOOK.glob("*.yml")), ids=lambda file: file.stem)
def test_no_bare_decimal_in_yaml_texts(file):
    for text in texts(yaml.safe_load(file.read_text("utf8"))):
        numbers = set(re.findall(r"\d+\.\d+", re.sub(r"\{[^}]*\}", "", text)))
        assert not numbers, f"{numbers} typed in {text!r}"


# --- English -----------------------------------------------------------------------------------------------

# Word for word from another tongue: at random; the median; on average; what training made; what share; another run;
# next to nothing; none of them twice; a while ago.
CLUMSY = re.compile(
    r"by chance\b|per cent in the middle|in the mean\b|a training made|how many per cent|a run more|"
    r"as good as (nothing|exact)|never one twice|are long ago|at the end stands",
    re.I,
)
WRITTEN = sorted(
    file
    for folder in ("book", "book/checks", "code/third_optimizer/experiments", "code/third_optimizer/view/questions")
    for file in (ROOT / folder).iterdir()
    if file.suffix in {".md", ".yml", ".py", ".js"}
)


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_no_clumsy_phrase(file):
    assert not (found := CLUMSY.search(" ".join(file.read_text("utf8").split()))), found


@pytest.mark.parametrize("file", sorted(BOOK.glob("*.yml")), ids=lambda file: file.stem)
def test_questions_and_cards_write_numbers_as_prose_does(file):
    """ "Per cent" and not a sign, a true minus, a comma between thousands."""
    for text in texts(yaml.safe_load(file.read_text("utf8"))):
        typed = re.sub(r"`[^`]*`|\{[^}]*\}|\]\([^)]*\)", "", text)
        assert not re.search(r"%", typed) and not re.search(r"%\}", text), text
        assert not re.search(r"(?<![\w*-])-\d", typed), text
        assert not re.search(r"(?<![\w.])(?!(?:19|20)\d\d\b)\d{4,}", typed), text


def set_texts(value, key=""):
    """Every text that a component shows: less its chart, its data and what is named for machines."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in {"chart", "slices", "shared", "id", "columns", "runs", "tournament", "frame"}:
                yield from set_texts(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from set_texts(inner, key)
    elif isinstance(value, str):
        yield value


def shown_texts(page):
    """What a built page says: its prose, and the words of its components; no code and no formula."""
    soup = BeautifulSoup(page, "html.parser").find("article")
    for script in soup.select("[data-t3] > script"):
        for text in set_texts(json.loads(script.string)):
            inner = BeautifulSoup(f"<p>{text}</p>", "html.parser")
            for code in inner.select("code, math"):
                code.replace_with("x")
            yield inner.get_text()
    for unread in soup.select("pre, code, script, style, svg, .math, math"):
        unread.replace_with("x")
    yield from (block.get_text() for block in soup.select("p, li, dd, dt, td, h1, h2, h3, legend, figcaption"))


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_pages_are_set_with_care(page, site):
    """Curly apostrophes, and no line break within "η = 1.5"."""
    for text in shown_texts((site / "book" / f"{page.stem}.html").read_text("utf8")):
        assert not re.search(r"\w'\w", text), text
        assert not re.search(r"(?<!\w)\w [=≈<>≤≥] [−+]?\d", text), text


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_links_in_questions_lead_somewhere(page, site):
    """To a figure, which names itself in its component, or to a place of the page."""
    built = (site / "book" / f"{page.stem}.html").read_text("utf8")
    soup = BeautifulSoup(built, "html.parser")
    specs = [json.loads(script.string) for script in soup.select("[data-t3] > script")]
    there = {spec.get("id") for spec in specs} | {one["id"] for one in soup.select("[id]")}
    assert {
        name for spec in specs for text in set_texts(spec) for name in re.findall(r'href="#([^"]+)"', text)
    } <= there


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_only_syntax_that_jupyterlab_renders(page):
    """Directives and roles beyond these show as raw text, a key or a warning sign in JupyterLab."""
    source = re.sub(r"^```\{code-cell\}.*?^```$", "", page.read_text("utf8"), flags=re.S | re.M)
    assert not re.findall(r"^(?:```|:::+)\{[^}]*\}", source, re.M)
    assert not re.findall(r"\{[a-z:-]+\}`", source)
