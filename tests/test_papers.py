"""The papers of the repository: README, licences, citation, Binder, workflows, requirements.

They hold names and versions that the project knows elsewhere too; here they are held together.
"""

import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.notebooks import pages
from third_optimizer.view.site.repository import repository_links

ROOT = Path(__file__).parents[1]
VIEW = ROOT / "code/third_optimizer/view"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def read(name):
    return (ROOT / name).read_text("utf8")


def project_files():
    """Tracked and new files, as paths relative to the root; nothing built or ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted(Path(name) for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def our_texts():
    """(file, text) for every text file that we wrote: not the vendored ones, not their licences."""
    for file in project_files():
        if "vendor" in file.parts or file.name.startswith("LICENSE-"):
            continue
        try:
            yield file, read(file)
        except UnicodeDecodeError:
            pass  # a font, a picture


def prose_and_commands(text):
    """Of a Markdown file: its code spans, and the lines of its shell blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)
    rest = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.M | re.S)
    return re.findall(r"`([^`\n]+)`", rest), [line for block in blocks for line in block.splitlines()]


def targets():
    return set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))


def workflow(file):
    text = file.read_text("utf8")
    data = yaml.safe_load(text)
    steps = [step for job in data["jobs"].values() for step in job["steps"]]
    return data, steps, "\n".join(step.get("run", "") for step in steps)


# --- what can be run ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_make_command_named_is_a_target(name):
    spans, lines = prose_and_commands(read(name))
    named = {found[1] for text in spans + lines if (found := re.match(r"make ([\w-]+)", text))}
    assert {"book", "test"} <= named
    assert named <= targets()


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_runs_what_there_is(file):
    data, steps, commands = workflow(file)
    named = set(re.findall(r"\bmake ([\w-]+)", commands))
    assert named <= targets()
    scripts = re.findall(r"\bbash (\S+)", commands)
    assert all((ROOT / script).is_file() for script in scripts)
    assert named or scripts, f"{file.name} runs neither make nor .ci/run"
    uploaded = [step["with"]["path"] for step in steps if "upload" in step.get("uses", "")]
    assert all(re.search(rf"^HTML\s*:= {path}/index\.html$", read("Makefile"), re.M) for path in uploaded)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_may_do_no_more_than_it_must(file):
    data, steps, _ = workflow(file)
    assert data["permissions"] == {"contents": "read"}
    more = {name: job["permissions"] for name, job in data["jobs"].items() if "permissions" in job}
    assert more == ({"deploy": {"pages": "write", "id-token": "write"}} if file.stem == "pages" else {})
    for step in steps:
        if uses := step.get("uses"):
            assert re.fullmatch(r"actions/[\w-]+@v\d+", uses), f"{uses}: an official action, pinned to a major version"
            assert not uses.startswith("actions/checkout@") or step["with"]["persist-credentials"] is False
    assert all("timeout-minutes" in job for job in data["jobs"].values())


def test_the_workflows_are_there_and_use_one_version_of_each_action():
    assert [file.stem for file in WORKFLOWS] == ["build", "pages", "test", "weekly"]
    used = {step["uses"] for file in WORKFLOWS for step in workflow(file)[1] if "uses" in step}
    assert len({uses.split("@")[0] for uses in used}) == len(used), sorted(used)


def test_every_week_the_newest_versions_are_tried_and_may_fail():
    jobs = yaml.safe_load(read(".github/workflows/weekly.yml"))["jobs"]
    assert "continue-on-error" not in jobs["pinned"] and jobs["newest"]["continue-on-error"] is True
    runs = [step["run"] for step in jobs["newest"]["steps"] if "run" in step]
    assert runs.index("make lock") < runs.index("bash .ci/run") == len(runs) - 1
    assert not any("cache" in str(step) for job in jobs.values() for step in job["steps"])


# --- which Python ------------------------------------------------------------------------------


def supported():
    """The Makefile's range of Pythons: ["3.11", ..., "3.14"]."""
    low, high = re.search(r"\(3, (\d+)\) <= v <= \(3, (\d+)\)", read("Makefile")).groups()
    return [f"3.{minor}" for minor in range(int(low), int(high) + 1)]


def test_everything_agrees_on_the_pythons_supported():
    versions = supported()
    assert f"Python {versions[0]} to {versions[-1]}" in read("README.md")
    assert (
        yaml.safe_load(read(".github/workflows/test.yml"))["jobs"]["test"]["strategy"]["matrix"]["python"] == versions
    )
    required = re.search(r'requires-python = "(.*)"', read("code/pyproject.toml"))[1]
    assert all(version in SpecifierSet(required) for version in versions)
    fixed = re.findall(r'python-version: "(.*)"', "".join(file.read_text("utf8") for file in WORKFLOWS))
    assert fixed and set(fixed) <= set(versions)


def test_binder_gets_the_same_python_requirements_and_viewer():
    # Where there is a .binder folder, Binder looks nowhere else: not at the root's runtime.txt either.
    assert read("runtime.txt") == read(".binder/runtime.txt")
    assert re.fullmatch(r"python-(3\.\d+)\n", read("runtime.txt"))[1] in supported()
    assert read(".binder/requirements.txt") == "-r ../requirements.txt\n"
    script = ROOT / ".binder/postBuild"
    assert os.access(script, os.X_OK) and script.read_text("utf8").startswith("#!")
    subprocess.run(["bash", "-n", script], check=True)
    command = "jupytext-config set-default-viewer markdown myst"
    assert command in script.read_text("utf8").splitlines() and command in read("Makefile")


# --- what is named -----------------------------------------------------------------------------


def named_paths(text):
    """Links and code spans of a Markdown text that look like files or folders of this project."""
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if not urlsplit(link).scheme]
    spans = [
        span
        for span in prose_and_commands(text)[0]
        if re.fullmatch(r"[\w.-]+(/[\w.-]*)+|[\w.-]+\.(md|txt|in|yml|cff|py)", span)
    ]
    return sorted({name for name in links + spans if name})


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_path_named_exists(name):
    text = read(name)
    files = project_files()
    there = {str(file) for file in files} | {str(folder) for file in files for folder in file.parents}
    there |= {
        str(folder.relative_to("code/third_optimizer"))
        for folder in map(Path, there)
        if folder.is_relative_to("code/third_optimizer")
    }
    made = set(re.findall(r"^Create `(.+)`:$", text, re.M))  # by the reader
    html = re.search(r"^HTML\s*:= (.+)$", read("Makefile"), re.M)[1]
    made |= {html, str(Path(html).parent)}
    made |= {"quiz/name", "exercises/name"}  # how a question is called, no folder
    named = named_paths(text)
    assert len(named) > 3
    assert [path for path in named if path.rstrip("/") not in there | made] == []


def test_readme_names_the_pages_there_are():
    named = re.findall(r"\]\((book/\w+\.md)\)", read("README.md"))
    assert sorted(named) == sorted(str(page.relative_to(ROOT)) for page in pages())


def test_citation_has_what_the_format_requires():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert str(citation["cff-version"]) == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    config = yaml.safe_load(read("_config.yml"))
    assert citation["title"] == config["title"]
    assert citation["authors"] == [{"name": config["author"]}]
    package = read("code/pyproject.toml")
    assert f'version = "{citation["version"]}"' in package
    assert f'license = "{citation["license"]}"' in package
    assert all({"type", "title", "authors"} <= set(reference) for reference in citation["references"])


# --- licences ----------------------------------------------------------------------------------


def test_the_licences_are_whole():
    code, text = read("LICENSE"), read("LICENSE-TEXT")
    assert code.startswith("MIT License") and "WITHOUT WARRANTY OF ANY KIND" in code
    assert yaml.safe_load(read("_config.yml"))["author"] in code
    assert text.startswith("Attribution 4.0 International")
    assert [int(n) for n in re.findall(r"^Section (\d) --", text, re.M)] == list(range(1, 9))


def test_everything_vendored_has_its_licence_beside_it():
    files = [file for file in project_files() if "vendor" in file.parts]
    assert {"vega", "mathjax", "qrcode"} <= {file.parts[file.parts.index("vendor") + 1] for file in files}
    for file in files:
        depth = file.parts.index("vendor") + 1
        folders = [folder for folder in file.parents if len(folder.parts) >= depth]
        assert any(list((ROOT / folder).glob("LICENSE*")) for folder in folders), f"{file} came without a licence"
    for bundle in (VIEW / "vendor/vega").glob("*.min.js"):
        assert (bundle.parent / f"LICENSE-{bundle.name.split('.')[0]}").read_text("utf8").startswith("Copyright")


def test_every_typeface_has_its_licence_and_its_credit():
    words = set(re.findall(r"\w+", read("README.md").lower()))
    families = {font.name.split("-")[0] for font in (VIEW / "site/fonts").glob("*.woff2")}
    assert families
    for family in families:
        (licence,) = (VIEW / "site/fonts").glob(f"LICENSE-{family}-*.txt")
        assert "SIL OPEN FONT LICENSE" in licence.read_text("utf8").upper()
        face = licence.stem.split("-")[2:]
        assert set(face) <= words, f"the README credits no {' '.join(face)}"


# --- requirements ------------------------------------------------------------------------------


def wanted(name):
    """The requirement lines of a file: no comments, no empty lines."""
    return [line for line in (line.split("#")[0].strip() for line in read(name).splitlines()) if line]


def test_every_requirement_is_pinned_and_none_is_forgotten():
    lines = wanted("requirements.txt")
    assert lines.count("-e ./code") == 1
    pinned = [Requirement(line) for line in lines if line != "-e ./code"]
    for requirement in pinned:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), f"{requirement} is not pinned"
    for asked in map(Requirement, wanted("requirements.in")):
        found = [r for r in pinned if canonicalize_name(r.name) == canonicalize_name(asked.name)]
        assert found, f"{asked.name} is in requirements.in only: make lock"
        assert all(
            r.specifier.contains(a := str(r.specifier)[2:]) and asked.specifier.contains(a, prereleases=True)
            for r in found
        ), asked
    assert all(re.fullmatch(r"==[^*,]+", str(Requirement(line).specifier)) for line in wanted("tests/requirements.txt"))


# --- where the project lives -------------------------------------------------------------------

# The character classes keep this file from finding itself.
ELSEWHERE = re.compile(r"\.\./share[d]|/wor[k]/|/roo[t]/")
HOSTED = re.compile(
    r"(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[\w.-]+/[\w.-]+|mybinder\.org/v2/\w+/[\w.-]+/[\w.-]+"
)
SOURCES = set()  # repositories of others that the book cites, as host/owner/name


def test_no_file_knows_the_machine_it_was_written_on():
    found = {str(file): ELSEWHERE.findall(text) for file, text in our_texts()}
    assert {file: hits for file, hits in found.items() if hits} == {}


def test_the_repository_address_stands_in_config_only():
    url = yaml.safe_load(read("_config.yml"))["repository"]["url"]
    allowed = SOURCES | {"github.com/OWNER/NAME", "mybinder.org/v2/gh/OWNER/NAME"}
    found = {}
    for file, text in our_texts():
        if str(file) == "_config.yml":
            continue
        hits = {hit for hit in HOSTED.findall(text) if hit not in allowed}
        if url and url in text:
            hits.add(url)
        if hits:
            found[str(file)] = hits
    assert found == {}


def links(tmp_path, address, page="book/index.md"):
    """What `repository_links` makes of this project's own _config.yml with `address` in it."""
    from jupyter_book.config import get_final_config

    text, replaced = re.subn(r"^(repository:\n  url: ).*$", rf'\1"{address}"', read("_config.yml"), flags=re.M)
    assert replaced == 1
    file = tmp_path / "_config.yml"
    file.write_text(text, "utf8")
    config, _ = get_final_config(user_yaml=file, sourcedir=ROOT, cli_config={"latex_individualpages": False})
    return repository_links(SimpleNamespace(html_theme_options=config["html_theme_options"]), page)


def test_without_an_address_no_page_offers_a_link(tmp_path):
    assert links(tmp_path, "") == {}


@pytest.mark.parametrize(
    "address", ["git@github.com:OWNER/NAME.git", "OWNER/NAME", "https://github.com", "file:///here/it"]
)
def test_an_address_that_no_browser_opens_gives_no_link(tmp_path, address):
    assert links(tmp_path, address) == {}


HOSTS = {  # host: (a repository there, Binder's name for it, where it shows a page)
    "github.com": ("OWNER/NAME", "gh/OWNER/NAME", "/blob/{}/"),
    "gitlab.com": ("GROUP/TEAM/NAME", "gl/GROUP%2FTEAM%2FNAME", "/-/blob/{}/"),
    "codeberg.org": ("OWNER/NAME", "git/https%3A%2F%2Fcodeberg.org%2FOWNER%2FNAME", "/src/branch/{}/"),
    "bitbucket.org": ("OWNER/NAME", "git/https%3A%2F%2Fbitbucket.org%2FOWNER%2FNAME", "/src/{}/"),
    "git.example.org": ("NAME", "git/https%3A%2F%2Fgit.example.org%2FNAME", None),
}


@pytest.mark.parametrize("page", ["book/index.md", "book/a page.ipynb"])
@pytest.mark.parametrize("ending", ["", "/", ".git"])
@pytest.mark.parametrize("host", HOSTS)
def test_with_an_address_every_link_leads_to_the_page(tmp_path, host, ending, page):
    branch = yaml.safe_load(read("_config.yml"))["repository"]["branch"]
    name, kept, shown = HOSTS[host]
    address = f"https://{host}/{name}"
    found = links(tmp_path, address + ending, page)
    assert found["repository"] == address
    assert ("source" in found) == (shown is not None)
    if shown:
        prefix = address + shown.format(branch)
        assert found["source"].startswith(prefix) and unquote(found["source"].removeprefix(prefix)) == page
    binder = urlsplit(found["binder"])
    if kept.startswith("git/") and ending == ".git":
        kept += ending  # what git clones, as it is written
    assert (binder.scheme, binder.netloc, binder.path) == ("https", "mybinder.org", f"/v2/{kept}/{branch}")
    assert parse_qs(binder.query)["urlpath"] == [f"lab/tree/{page}"]
    assert " " not in "".join(found.values())


def test_a_branch_with_a_slash_stays_one_part_of_binders_address():
    options = {"repository_url": "https://github.com/OWNER/NAME", "repository_branch": "my/branch"}
    found = repository_links(SimpleNamespace(html_theme_options=options), "book/index.md")
    assert "/NAME/my%2Fbranch?" in found["binder"] and "/blob/my/branch/book/" in found["source"]
