"""CONTRIBUTING.md tells how to add a chapter. Here somebody follows it to the letter, in a copy of the project."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from third_optimizer.view.questions.chapter import LEVELS
from third_optimizer.view.questions.claims import CLAIM_FIELDS

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf8")
STEP = re.compile(
    r"(?P<verb>Create|At the end of) `(?P<file>[^`\n]+)`(?: add)?:\n\n(?P<fence>`{3,})\w+\n(?P<text>.*?)^(?P=fence)$",
    re.M | re.S,
)

steps = [(step["verb"], step["file"], step["text"]) for step in STEP.finditer(GUIDE)]
created = [file for verb, file, _ in steps if verb == "Create"]
NAME = next((Path(file).stem for file in created if file.endswith(".md")), None)

# Runs in the copy's book/: the page's code, then each exercise with its solution, its known mistakes
# and its dots, against the numbers the page itself passes.
JUDGE = """
import importlib, json, sys
import jupytext
import third_optimizer

name = sys.argv[1]
passed = importlib.import_module(f"third_optimizer.experiments.{name.split('_', 1)[1]}").exercises()
page = {}
for cell in jupytext.read(f"{name}.md").cells:
    if cell.cell_type == "code":
        exec(cell.source, page)


def answer(entry, code):
    names = {}
    exec(code, names)
    return names[entry.get("defines", "answer")]


chapter, verdicts = page["chapter"], {}
for id, entry in chapter.data["exercises"].items():
    numbers = passed.get(id, {})
    slips = [answer(entry, slip["code"]) if "code" in slip else numbers[slip["value"]] for slip in entry["misconceptions"]]
    said = [chapter.check(id, given, **numbers) for given in (answer(entry, entry["solution"]), *slips, ...)]
    verdicts[id] = [[verdict.right, verdict.says] for verdict in said]
print(json.dumps({"package": third_optimizer.__file__, "verdicts": verdicts}))
"""


def copy_project(target):
    """The files a contributor has: tracked ones and new ones, not what is built or ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def follow(project):
    """Do in `project` what the guide says."""
    for verb, name, text in steps:
        file = project / name
        if verb == "Create":
            assert not file.exists(), f"{name} exists already: the guide's example would overwrite it"
            file.write_text(text, "utf8")
        else:
            file.write_text(file.read_text("utf8") + text, "utf8")


def run(project, folder, *command):
    """Run a command against the copy's own package; its output if it fails."""
    environment = os.environ | {"PYTHONPATH": str(project / "code"), "JUPYTER_PLATFORM_DIRS": "1"}
    environment.pop("THIRD_OPTIMIZER_STATIC", None)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = tmp_path_factory.mktemp("contributor") / "project"
    copy_project(project)
    shutil.copytree(ROOT / "_build", project / "_build")  # who adds a chapter has built the book before
    follow(project)
    return project


@pytest.fixture(scope="module")
def new_site(project):
    program = re.search(r"^book:.*\n\t\$\(BIN\)/python -m (\S+)$", (project / "Makefile").read_text("utf8"), re.M)[1]
    run(project, project, sys.executable, "-m", program)
    return project / "_build" / "html"


def components(page, kind):
    """The specifications of the components of one kind on a built page."""
    found = re.findall(rf'<div data-t3="{kind}"[^>]*><script type="application/json">(.*?)</script>', page, re.S)
    return [json.loads(text) for text in found]


def test_the_guide_names_every_file_of_a_chapter():
    module = f"code/third_optimizer/experiments/{NAME.split('_', 1)[1]}.py"
    assert sorted(created) == [f"book/{NAME}.md", f"book/{NAME}.yml", f"book/checks/{NAME}.py", module]
    assert [file for verb, file, _ in steps if verb != "Create"] == ["_toc.yml"]
    assert re.search(r"^make book$", GUIDE, re.M)


def test_the_guides_page_is_written_as_jupyterlab_writes_it(project):
    page = project / "book" / f"{NAME}.md"
    copy = page.with_name("90_copy.md")
    run(project, page.parent, sys.executable, "-m", "jupytext", "--to", "md:myst", "--output", copy.name, page.name)
    again = copy.read_text("utf8")
    copy.unlink()
    assert again == page.read_text("utf8")


def test_the_new_page_is_in_the_contents(new_site):
    landing = next(new_site.glob("book/index.html")).read_text("utf8")
    assert f'href="{NAME}.html"' in landing


def test_the_new_page_has_its_figure_with_a_slider(new_site):
    (figure,) = components((new_site / "book" / f"{NAME}.html").read_text("utf8"), "explore")
    (dial,) = figure["dials"]
    assert dial["kind"] == "slider"
    assert len(dial["stops"]) == len(figure["slices"]) == len(figure["texts"]) > 1
    assert len(set(figure["texts"])) == len(figure["texts"]), "the text alternative must change with the slider"
    assert figure["titles"][0]


def test_the_new_page_asks_its_questions(new_site, project):
    page = (new_site / "book" / f"{NAME}.html").read_text("utf8")
    data = yaml.safe_load((project / "book" / f"{NAME}.yml").read_text("utf8"))
    asked = {ask["id"]: ask for ask in components(page, "ask")}
    exercises = {id for id, entry in data["exercises"].items() if entry["kind"] == "number" or "page" in entry}
    assert len(data["predict"]) == len(data["quiz"]) == 1 and len(exercises) == 2
    assert set(asked) == {
        f"{NAME}/{section}/{id}"
        for section, ids in (("predict", data["predict"]), ("quiz", data["quiz"]), ("exercises", exercises))
        for id in ids
    }
    assert all("{" not in ask["prompt"] for ask in asked.values())
    (quiz,) = (ask for id, ask in asked.items() if "/quiz/" in id)
    assert [option["right"] for option in quiz["input"]["options"]].count(True) == 1
    assert "t3-head" in page and "Not tried yet" not in page


def test_the_example_types_no_result(new_site, project):
    """What the page says in prose stands there only because it was computed."""
    source = (project / "book" / f"{NAME}.md").read_text("utf8")
    prose = re.sub(
        r"\A---.*?^---$|^```.*?^```$|^# .*?$|\$[^$]*\$", "", source, flags=re.S | re.M
    )  # formulas may hold any
    assert re.findall(r"\d+\.\d+|\d{2,}", prose) == []
    assert re.search(
        r"After \d+ halvings the interval is 0\.\d+ wide", (new_site / "book" / f"{NAME}.html").read_text("utf8")
    )


def test_the_solutions_pass_and_the_mistakes_do_not(project):
    said = json.loads(run(project, project / "book", sys.executable, "-c", JUDGE, NAME).splitlines()[-1])
    assert Path(said["package"]).is_relative_to(project), "the copy's own package must be the one that judges"
    data = yaml.safe_load((project / "book" / f"{NAME}.yml").read_text("utf8"))
    assert set(said["verdicts"]) == set(data["exercises"])
    for id, (solution, *mistakes, untried) in said["verdicts"].items():
        slips = data["exercises"][id]["misconceptions"]
        assert solution[0] is True, (id, solution)
        assert len(mistakes) == len(slips) >= 2
        for (right, says), slip in zip(mistakes, slips, strict=True):
            assert right is False and slip["says"] in says, (id, slip["name"], says)
        assert len({says for _, says in mistakes}) == len(mistakes)
        assert untried[0] is None


def test_the_rules_name_what_the_code_demands():
    claims = GUIDE[GUIDE.index("**Claims are registered.**") :].split("\n\n")[0]
    assert re.findall(r"`(\w+)`", claims) == list(CLAIM_FIELDS)
    assert f"`level` ({', '.join(LEVELS)})" in GUIDE
