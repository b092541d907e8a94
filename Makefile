# Every target sets up what it needs, once: the locked environment in .venv, and this checkout installed into it.
# Needed beforehand: Python 3.11 or newer with venv and pip, make, git.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
BENCH := .venv-bench

.PHONY: help setup reproduce test lab contact-sheet bench lock clean

help:
	@echo "make reproduce  set up and run the main job: validate, build, compute, execute the notebooks, export the figures"
	@echo "make test       set up and run all checks and tests, the comparison of every notebook included"
	@echo "make lab        set up and open the notebooks in JupyterLab"
	@echo "make contact-sheet  set up and lay all figures out in colour, grey and simulated colour blindness"
	@echo "make bench      set up and measure time and memory beside networkx and other peers (ARGS=--quick, --busy)"
	@echo "make lock       renew requirements.lock (needs uv)"
	@echo "make clean      remove the environment and caches"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("influence needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@echo "Setting up $(VENV): a minute or two, once"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

reproduce: $(READY)
	$(BIN)/influence reproduce

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests src notebooks --nbval --nbval-current-env --nbval-cell-timeout=300 -n 2 --dist loadscope

lab: $(READY)
	$(BIN)/jupyter lab notebooks/00_start_here.ipynb

contact-sheet: $(READY)
	$(BIN)/influence contact-sheet

# The locked environment once more, and the peers into it: what they bring along shall not reach any other target.
bench: $(BENCH)/.ready
	$(BENCH)/bin/python benchmarks/run.py $(ARGS)

$(BENCH)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BENCH)/bin/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BENCH)/bin/python -m pip install --disable-pip-version-check --no-build-isolation -e '.[bench]' \
		|| echo "Not all peers could be installed: benchmarks leave out what is missing"
	@touch $(BENCH)/.ready

# All that tests need, and so every extra but bench. Without hosts, URLs or this machine's options; for every platform
# and Python from 3.11 on, by markers.
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv"; exit 1; }
	printf 'hatchling\neditables\n' | uv pip compile pyproject.toml - --extra test --universal --python-version 3.11 \
		--upgrade --generate-hashes --no-header --no-annotate --quiet -o requirements.lock

clean:
	rm -rf $(VENV) $(BENCH) build dist .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
