# make demo   reads a news article and shows who says what about whom
# make test   runs everything that CI runs
PYTHON ?= python3
DATA ?= ../shared/data
RECIPE ?= training/recipes/default.toml
RUN ?= runs/default
MODEL ?= models/default
ARTICLE ?= seeds/articles/02-nuclear-talks.txt

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint types unit docs build wheel-check train evaluate clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

demo: export HF_HUB_OFFLINE = 1
demo: $(VENV)/installed ## read an article of seeds/articles: table here, JSON and HTML in out/
	@mkdir -p out
	@$(VENV)/bin/stancelib predict $(ARTICLE) --json > out/demo.json
	@$(VENV)/bin/stancelib predict $(ARTICLE) --html out/demo.html
	@echo
	@echo "article:            $(ARTICLE)"
	@echo "the same as JSON:   out/demo.json"
	@echo "the same as a page: out/demo.html"

test: lint types unit docs wheel-check ## everything that CI runs

lint: $(VENV)/installed-dev ## ruff: rules and format
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check

types: $(VENV)/installed-dev ## mypy --strict
	$(VENV)/bin/mypy

unit: export HF_HUB_OFFLINE = 1
unit: $(VENV)/installed-dev ## pytest, offline
	$(PY) -m pytest

docs: export NO_MKDOCS_2_WARNING = 1
docs: $(VENV)/installed-dev ## the documentation, in out/docs; warnings are errors
	$(PY) -m mkdocs build --strict --quiet --site-dir out/docs

build: $(VENV)/installed-dev ## sdist, and the wheel from that sdist, in dist/
	rm -rf dist
	$(PY) -m build --outdir dist .

wheel-check: build ## install the wheel away from this folder and run it there
	PYTHON=$(PY) ARTICLE=$(ARTICLE) bash .ci/wheel-check dist

train: $(VENV)/installed-dev ## train by RECIPE on the corpora of DATA; the same command again resumes
	$(PY) -m training.train --recipe $(RECIPE) --data $(DATA) --out $(RUN)

evaluate: $(VENV)/installed-dev ## score MODEL on corpus CORPUS of DATA: make evaluate CORPUS=newsmtsc
	$(PY) -m training.evaluate --model $(MODEL) --corpus $(or $(CORPUS),$(error say which corpus: make evaluate CORPUS=newsmtsc)) --data $(DATA)

clean: ## remove what was built, not the models and not what was trained
	rm -rf $(VENV) build dist out *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

# torch goes first, by the exact version of constraints.txt, so that nothing else can pull another build of it.
$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "stancelib needs Python 3.10 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) torch
	$(INSTALL) -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(INSTALL) -e '.[dev,docs,train,ray]'
	@touch $@
