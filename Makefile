# The Third Optimizer. `make` lists what there is; `make book` and `make test` are the two that matter.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TESTED := $(VENV)/.ready-for-tests
PEERS  := .venv-bench
HTML   := _build/html/index.html
PORT   ?= 8000
export JUPYTER_PLATFORM_DIRS := 1

# Nothing of the reader's own set-up reaches the book: no module, no start-up file, no kernel, no place for packages.
export PYTHONNOUSERSITE := 1
export JUPYTER_PREFER_ENV_PATH := 1
unexport $(filter-out PYTHON PYTHONNOUSERSITE,$(filter PYTHON%,$(.VARIABLES)))
unexport JUPYTER_PATH JUPYTER_CONFIG_PATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_NO_DEPS
INSTALL = $(BIN)/python -m pip install --no-user --quiet --disable-pip-version-check --progress-bar on

.DEFAULT_GOAL := help
.PHONY: help book test lab serve bench peers data atlas mutants format lock clean

help: ## list these commands
	@echo "The Third Optimizer"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-15s%s\n", $$1, $$2}'
	@echo "Next: make book"

# The environment knows its folder. Copied or moved along, or with a Python that is gone, it is made anew.
OURS := $(shell test -x $(BIN)/python && sed -n 's/^command = .* -m venv \(--clear \)*//p' $(VENV)/pyvenv.cfg | \
          grep -qxF "$$(pwd -P)/$(VENV)" && echo yes)
ifneq ($(OURS),yes)
.PHONY: $(READY)
endif

# What changes the environment or the site runs alone: a second make waits (code/alone.py), then looks what is left to do.
$(READY): requirements.txt code/pyproject.toml
$(TESTED): $(READY) tests/requirements.txt
book: ## build the whole executed site into _build/html

ifndef THIRD_OPTIMIZER_ALONE
$(READY) $(TESTED) book:
	@$(PYTHON) code/alone.py $(MAKE) --no-print-directory $@
else
$(READY):
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 14) else "Python 3.11 to 3.14 is needed, this is %d.%d: make PYTHON=python3.12 book" % v)'
	@$(PYTHON) -c 'import os, re, sys; here = os.getcwd(); sys.exit(f"The path of this folder, {here}, holds a brace or a dollar sign before a letter, which Python packages cannot be built in: give it another name" if re.search("[{}]|[$$][A-Za-z_]", here) else None)'
	@$(PYTHON) -m venv $(if $(OURS),,--clear) $(VENV) || { echo "No virtual environment could be made. On Debian: apt-get install python3-venv"; exit 1; }
	$(INSTALL) -r requirements.txt
	@touch $@

$(TESTED):
	$(INSTALL) -r tests/requirements.txt
	@touch $@

book: $(READY)
	$(BIN)/python -m third_optimizer.view.site.build
	@echo "Next: open $(HTML) in a browser, or make serve"
endif

test: $(TESTED) ## build the book and run every test
	@$(BIN)/python tests/chromium.py
	$(MAKE) --no-print-directory book
	$(BIN)/python -m pytest
	@echo "Next: make bench, or commit"

lab: $(READY) ## open the chapters as notebooks in JupyterLab
	$(BIN)/jupytext-config set-default-viewer markdown myst
	@echo "Next: open a chapter in book/ and run it; Ctrl-C here ends the server"
	$(BIN)/jupyter lab book

serve: book ## read the built site at http://localhost:8000
	$(BIN)/python -m third_optimizer.view.site.serve _build/html $(PORT)

bench: $(TESTED) ## measure latency, build time, page weight and memory
	@$(BIN)/python tests/chromium.py
	$(BIN)/python tests/bench.py
	$(MAKE) --no-print-directory peers
	@echo "Next: compare with the targets printed beside each figure"

$(PEERS)/.ready: tests/requirements-bench.txt
	$(PYTHON) -m venv $(PEERS)
	$(INSTALL:$(BIN)%=$(PEERS)/bin%) -r tests/requirements-bench.txt
	@touch $@

peers: $(PEERS)/.ready ## the part of make bench that compares training with PyTorch and JAX
	PYTHONPATH=code $(PEERS)/bin/python tests/bench_training.py
	PYTHONPATH=code $(PEERS)/bin/python tests/bench_planner.py
	@echo "Next: compare with the targets printed beside each figure"

data: $(READY) ## make what is stored in book/data, on all cores (goes on where it was stopped)
	$(BIN)/python -m third_optimizer.experiments.data
	@echo "Next: make book"

atlas: $(READY) ## the game's part of make data: the designs' runs and machines, and the players on them
	$(BIN)/python -m third_optimizer.experiments.data first_dial.npz atlas.npz machines.npz tournament.npz odds.npz thoughts.npz floors.npz shoves.npz
	@echo "Next: make book"

mutants: $(TESTED) ## break the code in named ways and show that a test goes red each time
	$(BIN)/python tests/mutants.py
	@echo "Next: a line that says SURVIVED names a test to write"

format: $(TESTED) ## lay out all Python as the tests want it
	$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
	@echo "Next: make test"

lock: ## pin every version anew from requirements.in (needs uv)
	{ echo '# Made by `make lock` from requirements.in. Edit that file, not this one.'; \
	  uv pip compile --universal --python-version 3.11 --no-annotate --no-header requirements.in; \
	  echo '-e ./code'; } > requirements.txt.new
	mv requirements.txt.new requirements.txt
	@echo "Next: make test"

clean: ## remove the built site and the virtual environment
	rm -rf _build $(VENV) $(PEERS) code/*.egg-info
	@echo "Next: make book"
