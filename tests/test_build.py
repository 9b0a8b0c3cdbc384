"""The build: what must fail it does, and no change can leave stale output."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
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


@pytest.mark.parametrize("above", [".hidden", "__pycache__", "_build", "x.egg-info"])
def test_what_a_folder_above_the_project_is_called_changes_nothing(tmp_path, above, monkeypatch):
    root, record = tmp_path / above / "clone", tmp_path / "record"
    monkeypatch.setattr(execution, "PACKAGE", root / "code")
    read = ("book/data.yml", "code/third_optimizer/a.py", "code/third_optimizer/__pycache__/b.cpython-311.pyc")
    passed = (".git/HEAD", "book/.hidden/x", "code/x.egg-info/y")
    record.write_text("".join(f"{root / name}\n" for name in read + passed))
    assert execution.recorded(record, root) == [*read[:2], "code/third_optimizer/b.py"]


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
        with ThreadPoolExecutor(1) as aside:  # Playwright's loop runs in this thread if a browser is open
            _, _, read = aside.submit(asyncio.run, execution.run(notebook, tmp_path, tmp_path, 60)).result()
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


# --- what is wrong is said: which page, what, what to do --------------------------------------------------------


NO_KERNEL = "---\njupytext: {text_representation: {extension: .md, format_name: myst}}\n---\n# A page\n"
OF_NOBODY = NO_KERNEL.replace("\n---\n#", "\nkernelspec: {name: nobody, display_name: N}\n---\n#")
CELL = "\n```{code-cell} ipython3\n%s\n```\n"


def test_every_fault_is_said_at_once_and_what_ran_well_is_kept(project):
    chapter = PAGE.format(code='Chapter("02_real")', prose="").replace("# A page", "# 02 · Real")
    pages = {
        "none.md": NO_KERNEL + CELL % "1",
        "nobody.md": OF_NOBODY + CELL % "1",
        "plain.md": "# A page\n" + CELL % "1",
        "torn.md": "---\nkernelspec: {name\n---\n# A page\n" + CELL % "1",
        "fails.md": PAGE.format(code="1 / 0", prose=""),
        "dies.md": PAGE.format(code="import os; os._exit(1)", prose=""),
        "03_copy.md": chapter,
        "04_untitled.md": PAGE.format(code="1", prose=""),
        "05_yaml.md": PAGE.format(code="1", prose="").replace("# A page", "# 05 · Torn"),
        "05_yaml.yml": "question: one: two\n",
    }
    for name, text in pages.items():
        (project / "book" / name).write_text(text, "utf8")
    named = sorted({f"book/{name.split('.')[0]}" for name in pages} | {"book/gone"})
    contents = project / "_toc.yml"
    contents.write_text(
        "format: jb-book\nroot: book/index\nchapters:\n" + "".join(f"  - file: {name}\n" for name in named)
    )
    status, log, _ = build(project)
    assert status == 1 and not re.search(r'File ".*/(jupyter_book|sphinx|nbclient)/', log), log
    for page, said in {
        "book/gone": "_toc.yml names it, but there is no such file",
        "book/none.md": "names no kernel: write kernelspec: {name: python3",
        "book/nobody.md": "names the kernel 'nobody', which is not installed; there: .*python3",
        "book/plain.md": "has code cells, but its header makes it no notebook: write jupytext:",
        "book/torn.md": "its header is no YAML (line ",
        "book/fails.md": "ZeroDivisionError",
        "book/dies.md": "DeadKernelError",
        "book/03_copy.md": "Chapter('02_real'): write Chapter('03_copy'), and give it a file 03_copy.yml",
        "book/04_untitled.md": "no title of a chapter: write # 04 · Title",
        "book/05_yaml.md": "05_yaml.yml beside it is no YAML (line 1, column 14: mapping values are not allowed here)",
    }.items():
        words = re.escape(said).replace(r"\.\*", ".*")
        assert re.search(rf"^{re.escape(page)}: [^\n]*{words}|^{re.escape(page)}: .*?{words}", log, re.M | re.S), page
    contents.write_text("format: jb-book\nroot: book/index\n")
    status, log, page = build(project)
    assert status == 0 and "42" in page and "executing notebooks" not in log, log


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("_toc.yml", "format: jb-book\nroot: [\n", "_toc.yml is no YAML (line 3, column 1"),
        ("_toc.yml", "format: jb-book\n", "_toc.yml is no list of contents: 'root' key not found"),
        ("_toc.yml", "", "_toc.yml holds no names"),
        ("_config.yml", "title: The: book\n", "_config.yml is no YAML (line 1, column 11"),
        ("_config.yml", None, "there is no _config.yml here"),
    ],
)
def test_the_two_files_of_the_book_are_said_in_a_line(project, file, text, said):
    (project / file).unlink()
    if text is not None:
        (project / file).write_text(text)
    status, log, _ = build(project)
    assert status == 1 and said in log and "Traceback" not in log


@pytest.mark.parametrize(("name", "fits"), [("a?b", False), ("%41", False), ("100% {x} #1 é", True)])
def test_a_folder_that_the_cache_cannot_be_in_is_said(project, name, fits):
    """Elsewhere the cache would be made in another folder, without a word."""
    other = project / name
    shutil.copytree(project, other, ignore=shutil.ignore_patterns(name))
    status, log, page = build(other)
    assert (status == 0 and "42" in page) == fits, log
    assert (f"the path of this folder, {other}, holds a ?" in log) != fits
    assert (other / "_build/.jupyter_cache/global.db").is_file() == fits


def test_ctrl_c_ends_the_kernels_and_keeps_what_is_done(project):
    """One page is done, two or more sleep, the rest wait: nothing more begins, and the build is over at once."""
    names = [f"page{n}" for n in range(2 * (os.cpu_count() or 1))]
    for name in names:
        sleeps = f"import os, pathlib, time; pathlib.Path('{name}.pid').write_text(str(os.getpid())); time.sleep(300)"
        (project / f"book/{name}.md").write_text(PAGE.format(code=sleeps, prose=""), "utf8")
    chapters = "".join(f"  - file: book/{name}\n" for name in names)
    (project / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{chapters}")
    running = subprocess.Popen(BUILD, cwd=project, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    cache = project / "_build/.jupyter_cache"
    deadline = time.time() + 120
    while len(list(project.glob("book/*.pid"))) < (os.cpu_count() or 1) and time.time() < deadline:
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    try:
        _, said = running.communicate(timeout=60)  # the pages would sleep for 300 s
    finally:
        running.kill()
    assert running.returncode == 130 and "Stopped." in said and "Traceback" not in said, said
    kernels = [int(file.read_text()) for file in project.glob("book/*.pid")]
    assert 1 <= len(kernels) < len(names)
    for kernel in kernels:
        with pytest.raises(ProcessLookupError):
            os.kill(kernel, 0)
    assert [record.uri for record in get_cache(cache).list_cache_records()] == ["book/index"]


def test_nothing_of_the_readers_ipython_reaches_a_page(project, tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("home")
    (home / "profile_default/startup").mkdir(parents=True)
    (home / "profile_default/startup/own.py").write_text("own = 'from the profile'")
    (home / "start.py").write_text("own = 'from the start-up file'")
    monkeypatch.setenv("IPYTHONDIR", str(home))
    monkeypatch.setenv("PYTHONSTARTUP", str(home / "start.py"))
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(home / "bytecode"))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    (project / "book/mine.py").write_text("")
    for _ in range(2):  # the second time there is bytecode
        write(project, f"import mine; print('own' in globals()) # {_}")
        status, log, page = build(project)
        assert status == 0 and "False" in page, log
    (record,) = get_cache(project / "_build/.jupyter_cache").list_cache_records()
    assert "book/mine.py" in record.data["read"]


# --- what the site holds ----------------------------------------------------------------------------------------


def test_what_left_the_book_leaves_the_site(project):
    """Its page, its source; a script of ours that is no more; the way in, if the first page is another now."""
    (project / "book/other.md").write_text(PAGE.format(code="1", prose="Other."), "utf8")
    contents = project / "_toc.yml"
    contents.write_text("format: jb-book\nroot: book/other\nchapters: [{file: book/index}]\n")
    assert build(project)[0] == 0
    site = project / "_build/html"
    assert "book/other.html" in (site / "index.html").read_text("utf8")
    (site / "_static/old.js").write_text("old")
    (site / "_static/kept.html").write_text("gone too: a template of another theme")
    first = {file.relative_to(site) for file in site.rglob("*") if file.is_file()}
    (project / "book/other.md").unlink()
    contents.write_text("format: jb-book\nroot: book/index\n")
    assert build(project)[0] == 0
    second = {file.relative_to(site) for file in site.rglob("*") if file.is_file()}
    left = {"book/other.html", "_sources/book/other.md", "_static/old.js", "_static/kept.html"}
    assert {str(file) for file in first - second} == left and second < first
    assert "book/index.html" in (site / "index.html").read_text("utf8")


def test_a_page_that_is_a_notebook_file_builds_and_its_links_lead_to_it(project):
    (project / "book/index.md").unlink()
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_markdown_cell("# A page"), nbformat.v4.new_code_cell("print(6 * 7)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), project / "book/index.ipynb")
    config = project / "_config.yml"
    config.write_text(config.read_text().replace('url: ""', 'url: "https://github.com/OWNER/NAME"'))
    status, log, page = build(project)
    assert status == 0 and "42" in page, log
    assert "book/index.md" not in page and "NAME/blob/main/book/index.ipynb" in page
    assert "opens in JupyterLab" in page and "MyST Markdown" not in page
    assert "executing notebooks" not in build(project)[1]


def test_launch_links_appear_with_the_address_and_lead_to_the_page(project):
    config = project / "_config.yml"
    assert "mybinder" not in build(project)[2]
    config.write_text(config.read_text().replace('url: ""', 'url: "https://github.com/OWNER/NAME"'))
    page = build(project)[2]
    assert "https://mybinder.org/v2/gh/OWNER/NAME/main?urlpath=lab/tree/book/index.md" in page
    assert "https://github.com/OWNER/NAME/blob/main/book/index.md" in page
