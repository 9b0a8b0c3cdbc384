"""`python -m third_optimizer.view.site.build`: the book of this folder, built into _build/html. `make book` runs it.

Jupyter Book builds it. Before it begins, this says in a sentence what is wrong with its two files, _config.yml and
_toc.yml; what is wrong with a page, the extension says (`pages.py`). Every warning is an error.
"""

import sys
from pathlib import Path
from urllib.parse import unquote

import yaml

from .pages import unreadable

OPTIONS = ["build", "--all", "-W", "--keep-going", "-n", "."]
CONFIG, CONTENTS = "_config.yml", "_toc.yml"
STOPPED = 130  # the exit code of a command that Ctrl-C ended


def faults(root):
    """What keeps the book in the folder `root` from being built at all: [sentence]."""
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

    found, here = [], str(Path(root).resolve())
    if "?" in here or unquote(here) != here:  # jupyter-cache puts it into an address as it is
        found.append(f"the path of this folder, {here}, holds a ? or a % with two digits: give it another name")
    for name in (CONFIG, CONTENTS):
        file = Path(root) / name
        if not file.is_file():
            found.append(f"there is no {name} here: build in the folder of the book")
            continue
        try:
            data = yaml.safe_load(file.read_text("utf8"))
            if not isinstance(data, dict):
                found.append(f"{name} holds no names: write a name and a value a line")
            elif name == CONTENTS:
                parse_toc_yaml(file)
        except yaml.YAMLError as error:
            found.append(f"{name} is no YAML ({unreadable(error)}): a text with a colon belongs in quotes")
        except MalformedError as error:
            found.append(f"{name} is no list of contents: {error}")
    return found


def build():
    """Build; the exit code."""
    from jupyter_book.cli.main import main as jupyter_book

    if found := faults("."):
        print("The book cannot be built:", *found, sep="\n  ", file=sys.stderr)
        return 1
    try:
        jupyter_book(OPTIONS, prog_name="jupyter-book", standalone_mode=False)
    except RuntimeError as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        print(error, file=sys.stderr)  # Jupyter Book's last word; the cause stands above
        return 1
    except SystemExit as end:
        if isinstance(end.code, KeyboardInterrupt):
            raise end.code from None
        return end.code
    return 0


def main():
    """build(), and what to say if it is stopped; the exit code."""
    try:
        return build()
    except KeyboardInterrupt:
        print("Stopped. The pages that had run are kept: the next build goes on from there.", file=sys.stderr)
        return STOPPED


if __name__ == "__main__":
    sys.exit(main())
