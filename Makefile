# Two commands do all set-up: `make report` and `make test`. Everything is installed into .venv, nothing elsewhere.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
export OMP_NUM_THREADS ?= 1

.PHONY: report test check test-schedule test-all test-browser evaluate train bench figure example clean help

help:            ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile

report: $(VENV)/.installed          ## read raw/, update the tables, write the report and say where it is
	@$(BIN)/tifa run

test: $(VENV)/.installed-dev        ## the fast tests
	@$(BIN)/python -m pytest

check: $(VENV)/.installed-dev       ## style, types, and the one direction in which imports run
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test-schedule: $(VENV)/.installed-dev  ## a Prefect server and a worker on this machine let a schedule fire twice (about four minutes)
	@$(BIN)/python -m pytest -m slow tests/flows/test_schedule.py

test-all: $(VENV)/.installed-dev    ## all tests, the slow ones too
	@$(BIN)/python -m pytest -m "not browser"

test-browser: $(VENV)/.installed-dev  ## the report in headless Chromium (needs chromium and chromium-driver)
	@$(BIN)/python -m pytest -m browser tests/browser

evaluate: $(VENV)/.installed        ## quality of the classifiers by cross-validation on ../shared/gold
	@$(BIN)/tifa evaluate

train: $(VENV)/.installed           ## fit the classifiers again from ../shared/gold
	@$(BIN)/tifa train

bench: $(VENV)/.installed-dev       ## speed, each as a ratio against the plain alternative in the same run
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "tifa needs Python 3.11, 3.12 or 3.13; this is %d.%d. Set PYTHON=…" % sys.version_info[:2])'
	@echo "Making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing tifa and its libraries into $(VENV); this takes a few minutes the first time …"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing tifa and its test tools into $(VENV); this takes a few minutes the first time …"
	@$(PIP) --editable ".[dev]"
	@touch $@ $(VENV)/.installed

figure: $(VENV)/.installed-dev      ## the picture in the README, from the report of raw/sample (needs chromium)
	@$(BIN)/tifa run && $(BIN)/python tests/browser/make_figure.py reports/latest/index.html docs/report.png

example: $(VENV)/.installed-dev     ## docs/example.ipynb, executed on the tables of raw/sample
	@$(BIN)/python docs/make_example.py

clean:           ## remove what can be made again; raw documents stay
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
