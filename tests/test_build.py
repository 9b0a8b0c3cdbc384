"""The build: what must fail it does, and no change can leave stale output."""

import shutil
import subprocess
import sys
import textwrap

import pytest

from tests.notebooks import ROOT
from third_optimizer.view.site import extension as site_module
from third_optimizer.view.site.extension import dependencies, page_key, shared_fingerprint

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
    book = "import sys; from jupyter_book.cli.main import main; sys.argv[0] = 'jupyter-book'; main()"
    done = subprocess.run(
        [sys.executable, "-c", book, "build", "--all", "-W", "--keep-going", "-n", "."],
        cwd=project,
        capture_output=True,
        text=True,
    )
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


def test_stored_data_quiz_files_and_requirements_are_part_of_the_key(project):
    """Whatever a page reads, a change of it is seen: outputs are new although no code cell changed."""
    data = project / "book/data.yml"
    data.write_text("value: one")
    write(project, "print(open('data.yml').read())")
    assert "one" in build(project)[2]
    data.write_text("value: two")
    assert "value: two" in build(project)[2]
    requirements = project / "requirements.txt"
    requirements.write_text(requirements.read_text() + "# a change\n")
    assert "executing notebooks" in build(project)[1]


def test_a_pages_prose_is_part_of_its_key(project):
    """Reading minutes are computed from it."""
    write(project, "print('size', len(open('index.md').read()))", "Short.")
    first = build(project)[2]
    write(project, "print('size', len(open('index.md').read()))", "Rather longer than that.")
    size = len((project / "book/index.md").read_text())
    second = build(project)[2]
    assert f"size {size}" in second and f"size {size}" not in first


@pytest.mark.parametrize("inside", ["base/training.py", "view/questions/chapter.py", "view/questions/ask.js"])
def test_the_package_is_part_of_the_key(tmp_path, monkeypatch, inside):
    package = tmp_path / "code"
    shutil.copytree(
        site_module.PACKAGE, package, ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", "vendor", "fonts")
    )
    monkeypatch.setattr(site_module, "PACKAGE", package)
    (tmp_path / "book").mkdir()
    (tmp_path / "requirements.txt").write_text("numpy==1\n")
    page = tmp_path / "book/index.md"
    page.write_text("# A page\n")
    before = page_key(page, shared_fingerprint(tmp_path))
    assert page_key(page, shared_fingerprint(tmp_path)) == before
    file = package / "third_optimizer" / inside
    file.write_text(file.read_text() + "\n")
    assert page_key(page, shared_fingerprint(tmp_path)) != before


def test_a_pages_text_is_part_of_the_key(tmp_path):
    page = tmp_path / "index.md"
    page.write_text("# A page\n")
    before = page_key(page, "shared")
    page.write_text("# A page, and a word more\n")
    assert page_key(page, "shared") != before


def test_dependencies_are_those_of_a_page():
    names = {file.relative_to(ROOT).as_posix() for file in dependencies(ROOT)}
    for expected in (
        "requirements.txt",
        "book/02_walk_downhill.yml",
        "book/checks/02_walk_downhill.py",
        "code/third_optimizer/base/optimizers.py",
    ):
        assert expected in names
    assert not any(name.endswith((".md", ".pyc")) or "egg-info" in name for name in names)


def test_launch_links_appear_with_the_address_and_lead_to_the_page(project):
    config = project / "_config.yml"
    assert "mybinder" not in build(project)[2]
    config.write_text(config.read_text().replace('url: ""', 'url: "https://github.com/OWNER/NAME"'))
    page = build(project)[2]
    assert "https://mybinder.org/v2/gh/OWNER/NAME/main?urlpath=lab/tree/book/index.md" in page
    assert "https://github.com/OWNER/NAME/blob/main/book/index.md" in page
