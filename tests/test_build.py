"""The build: what must fail it does, and no change can leave stale output."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_cache import get_cache
from myst_parser.config.main import MdParserConfig
from sphinx.errors import ExtensionError

from tests.notebooks import ROOT, notebooks
from third_optimizer.view.component import SCRIPTS, STYLES
from third_optimizer.view.site import execution
from third_optimizer.view.site.pages import header, signed

BUILD = [sys.executable, "-m", "third_optimizer.view.site.build"]
PAGE = """\
---
jupytext: {{text_representation: {{extension: .md, format_name: myst}}}}
kernelspec: {{name: python3, display_name: Python 3}}
---
# A page

{prose}

```{{code-cell}} ipython3
{code}
```
"""


@pytest.fixture
def project(tmp_path):
    """A small book of its own, built by the real package and the real configuration."""
    for name in ("_config.yml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/index\n")
    (tmp_path / "book").mkdir()
    write(tmp_path, "print(6 * 7)")
    return tmp_path


def write(project, code, prose="Some prose."):
    (project / "book/index.md").write_text(PAGE.format(code=textwrap.dedent(code).strip(), prose=prose), "utf8")


def build(project):
    """(exit code, log, the page's text)."""
    done = subprocess.run(BUILD, cwd=project, capture_output=True, text=True)
    page = project / "_build/html/book/index.html"
    return done.returncode, done.stdout + done.stderr, page.read_text("utf8") if page.exists() else ""


def test_a_good_page_builds_and_its_second_build_does_not_execute(project):
    code, log, page = build(project)
    assert code == 0, log
    assert "42" in page and "executing notebooks" in log
    code, log, page = build(project)
    assert code == 0 and "42" in page and "executing notebooks" not in log


@pytest.mark.parametrize(
    ("code", "prose", "said"),
    [
        ("1 / 0", "An exception.", "ZeroDivisionError"),
        ("import sys; print('trouble', file=sys.stderr)", "Something on stderr.", "stderr"),
        ("import warnings; warnings.warn('old')", "A Python warning.", "stderr"),
        ("1", "A link to [nowhere](nowhere.md).", "nowhere.md"),
        ("1", "```{nodirective}\n```", "nodirective"),
    ],
    ids=["exception", "stderr", "warning", "link", "directive"],
)
def test_what_is_wrong_fails_the_build(project, code, prose, said):
    write(project, code, prose)
    for _ in range(2):  # a second build does not pass it over
        status, log, _ = build(project)
        assert status != 0 and said in log, log


def test_a_cell_that_takes_too_long_fails_the_build(project):
    config = project / "_config.yml"
    config.write_text(config.read_text().replace("timeout: 120", "timeout: 2"))
    write(project, "import time; time.sleep(30)")
    status, log, _ = build(project)
    assert status != 0 and "Timeout" in log


def test_what_a_page_reads_is_part_of_its_key(project):
    """Outputs are new although no code cell changed; what a page does not read changes nothing."""
    data = project / "book/data.yml"
    data.write_text("value: one")
    write(project, "print(open('data.yml').read())")
    assert "one" in build(project)[2]
    data.write_text("value: two")
    assert "value: two" in build(project)[2]
    (project / "book/other.yml").write_text("value: three")
    assert "executing notebooks" not in build(project)[1]
    requirements = project / "requirements.txt"
    requirements.write_text(requirements.read_text() + "# a change\n")
    assert "executing notebooks" in build(project)[1]


def test_two_pages_of_the_same_code_show_their_own_outputs(project):
    write(project, "import os; print('drawn', os.urandom(8).hex())")
    shutil.copy(project / "book/index.md", project / "book/other.md")
    (project / "_toc.yml").write_text("format: jb-book\nroot: book/index\nchapters: [{file: book/other}]\n")

    def drawn():
        status, log, _ = build(project)
        assert status == 0, log
        pages = [(project / f"_build/html/book/{name}.html").read_text("utf8") for name in ("index", "other")]
        return [re.search("drawn ([0-9a-f]{16})", page)[1] for page in pages]

    first = drawn()
    assert len(set(first)) == 2
    assert drawn() == first  # from the cache
    other = project / "book/other.md"
    other.write_text(other.read_text().replace("Some prose", "Other prose"))
    again = drawn()
    assert again[0] == first[0] and again[1] not in first


def test_the_key_shows_on_no_page(project):
    build(project)
    (record,) = get_cache(project / "_build/.jupyter_cache").list_cache_records()
    shown = [
        file for file in (project / "_build/html").rglob("*.*") if record.data["key"].encode() in file.read_bytes()
    ]
    assert len(record.data["key"]) == 64 and shown == []


# --- which pages run again, after each kind of change: the runs themselves are stubs -------------------------


@pytest.fixture
def book(tmp_path, monkeypatch):
    """run() runs what is stale in a book of three pages, of the same code, and returns their names.

    `reads` says what each page reads, `meanwhile` what happens while it runs."""
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.md").write_text(PAGE.format(code="1", prose=f"Page {name}."), "utf8")
        (tmp_path / f"{name}.yml").write_text(name)
    for name in ("requirements.txt", "shared.py", "data.npz", "style.css"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder").mkdir()
    reads = {"a": ["a.yml", "shared.py"], "b": ["b.yml", "shared.py", "data.npz"], "c": ["c.yml", "folder", "absent"]}
    ran, meanwhile = [], {}

    async def stub(notebook, folder, root, timeout):
        name = re.search(r"Page (\w)", notebook.cells[0].source)[1]
        ran.append(name)
        began = time.time()
        meanwhile.pop(name, lambda: None)()
        return 0.1, began, reads[name]

    monkeypatch.setattr(execution, "run", stub)
    config = SimpleNamespace(execution_cache_path=tmp_path / "cache", execution_timeout=1, custom_formats={})
    env = SimpleNamespace(myst_config=MdParserConfig(), mystnb_config=config)
    contents = SimpleNamespace(external_site_map=list(reads), source_suffix=[".md"])
    app = SimpleNamespace(srcdir=tmp_path, env=env, config=contents)

    def run():
        ran.clear()
        runs = execution.Runs()
        runs.execute_pages(app)
        assert set(runs.keys) == set(reads) and len({key for _, key in runs.keys.values()}) == len(reads)
        return sorted(ran)

    past = time.time() - 60
    for file in tmp_path.rglob("*"):
        os.utime(file, (past, past))
    monkeypatch.setattr(
        execution, "changed_since", lambda path, moment: path.exists() and path.stat().st_mtime > moment
    )
    assert run() == ["a", "b", "c"] and run() == []
    return SimpleNamespace(path=tmp_path, run=run, meanwhile=meanwhile, app=app)


@pytest.mark.parametrize(
    ("changed", "run_again"),
    [
        ("a.yml", ["a"]),  # one chapter's YAML
        ("b.md", ["b"]),  # a word of prose
        ("style.css", []),
        ("shared.py", ["a", "b"]),  # a module: its users
        ("data.npz", ["b"]),  # stored data: its readers
        ("requirements.txt", ["a", "b", "c"]),
        ("folder/new.yml", ["c"]),  # a listed folder
        ("folder/.hidden", []),
        ("absent", ["c"]),  # looked for, and not there before
    ],
)
def test_a_change_runs_the_pages_that_depend_on_it(book, changed, run_again):
    with (book.path / changed).open("a") as file:
        file.write("\nchanged\n")
    assert book.run() == run_again and book.run() == []


def test_what_changed_while_a_page_ran_was_not_seen(book):
    shared = book.path / "shared.py"
    shared.write_text("changed")

    def change():
        shared.write_text("changed again")
        os.utime(shared, (time.time() + 5, time.time() + 5))

    book.meanwhile["a"] = change
    assert book.run() == ["a", "b"]
    os.utime(shared, (1, 1))
    assert "a" in book.run() and book.run() == []


def test_a_page_that_changed_since_it_ran_is_not_signed(book):
    runs, source = execution.Runs(), [(book.path / "a.md").read_text("utf8")]
    runs.execute_pages(book.app)
    changed = [source[0] + "x"]
    runs.sign(book.app, "a", source)
    assert source[0].splitlines()[1].endswith(f"display_name: {runs.keys['a'][1]}, name: python3}}}}")
    with pytest.raises(ExtensionError, match="a was changed while the book was being built"):
        runs.sign(book.app, "a", changed)


def test_a_text_is_signed_by_what_its_header_means():
    with pytest.raises(ValueError, match="names no kernel"):
        signed("# A page\n\ndisplay_name: no header\n", "key")
    lines = [
        "---",
        "title: 'display_name: x'",
        "kernelspec:",
        "  # display_name: y",
        "  name: python3",
        "---",
        "# A page",
    ]
    text = signed("\n".join(lines), "key")
    data, _, rest = header(text)
    assert data == {"title": "display_name: x", "kernelspec": {"name": "python3", "display_name": "key"}}
    assert rest == "# A page" and text.count("\n") == len(lines) - 1, "a warning must name the line of the file"
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    assert nbformat.reads(signed(nbformat.writes(notebook), "key"), 4).metadata.kernelspec.display_name == "key"


def test_the_clock_of_files(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    assert execution.changed_since(file, time.time() - 1) and not execution.changed_since(file, time.time() + 1)
    os.utime(file, (1, 1))  # a tool may set the time of writing back, not that of the change
    assert execution.changed_since(file, time.time() - 1) and not execution.changed_since(tmp_path / "absent", 0)


def test_a_kernel_records_what_a_page_reads(tmp_path):
    """Files opened, folders listed, modules imported, with their bytecode there or not; nothing written, nothing outside."""
    for name, text in {"read.txt": "1", "list/in.txt": "2", "mine.py": "import below", "below.py": "x = 1"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    code = """
        import pathlib, os, mine, third_optimizer.base
        open("read.txt").read(), list(pathlib.Path("list").glob("*.txt")), open("written.txt", "w").write("3")
        assert "RECORD" not in globals() and "runpy" not in globals()
        try: open("absent.txt")
        except FileNotFoundError: pass"""
    for _ in range(2):  # the second time there is bytecode
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(textwrap.dedent(code))],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python"}},
        )
        _, _, read = asyncio.run(execution.run(notebook, tmp_path, tmp_path, 60))
        ours = {path for path in read if (tmp_path / path).is_relative_to(tmp_path) and not path.startswith("..")}
        assert {"read.txt", "list", "mine.py", "below.py", "absent.txt"} <= ours
        assert not ours & {"written.txt", "list/in.txt", "."}
        package = {Path(path).as_posix().partition("code/third_optimizer/")[2] for path in read} - {""}
        assert {"__init__.py", "base/optimizers.py", "base/training.py"} <= package and "meta/grid.py" not in package


def test_the_pages_of_this_book_depend_on_what_they_use(site, monkeypatch):
    """By the records of the build: one file is changed, and these pages would run again."""
    records = {record.uri: record.data for record in get_cache(ROOT / "_build/.jupyter_cache").list_cache_records()}
    pages = {page.relative_to(ROOT).with_suffix("").as_posix() for page in notebooks()}
    chapters = {page for page in pages if page[5].isdigit()}

    def stale(changed):
        true = execution.state
        with monkeypatch.context() as patch:
            patch.setattr(execution, "state", lambda path: "?" if path == (ROOT / changed) else true(path))
            return {
                page
                for page in pages
                if records[page]["key"]
                != execution.page_key(ROOT, page, (ROOT / f"{page}.md").read_text("utf8"), records[page]["read"])
            }

    assert not stale("nothing"), "changed since the book was built: run `make book` first (`make test` does)"
    for page in chapters:
        assert stale(f"{page}.yml") == {page} and stale(f"{page}.md") <= {page}
    for asset in (*STYLES, *SCRIPTS):
        assert stale(f"code/third_optimizer/view/{asset}") == set()
    assert stale("code/third_optimizer/view/component.py") == pages
    users = stale("code/third_optimizer/base/optimizers.py")
    assert {"book/02_walk_downhill", "book/10_be_the_meta_optimizer"} <= users < pages - {"book/my_answers"}
    readers = stale("book/data/atlas.npz")
    assert {"book/10_be_the_meta_optimizer", "book/atlas"} <= readers < pages - {"book/02_walk_downhill"}


def test_launch_links_appear_with_the_address_and_lead_to_the_page(project):
    config = project / "_config.yml"
    assert "mybinder" not in build(project)[2]
    config.write_text(config.read_text().replace('url: ""', 'url: "https://github.com/OWNER/NAME"'))
    page = build(project)[2]
    assert "https://mybinder.org/v2/gh/OWNER/NAME/main?urlpath=lab/tree/book/index.md" in page
    assert "https://github.com/OWNER/NAME/blob/main/book/index.md" in page
