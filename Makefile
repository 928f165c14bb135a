# make demo and make test need Python 3.11 or newer, and nothing else: they make their own environment.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test check lint format bench lock screenshots clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    crawl the bundled replica site into an archive, and look around"
	@echo "make test    the tests"
	@echo "make check   linters, types, import rules and tests: what CI runs"
	@echo "make bench   a short form of every benchmark"
	@echo "make lock    renew constraints.txt"

.venv/run: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "panxi needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(PIP) -e '.[all]'
	@touch $@

.venv/dev: .venv/run
	$(PIP) -e '.[test]'
	@touch $@

.venv/bench: .venv/dev
	$(PIP) -e '.[bench]'
	@touch $@

demo: .venv/run
	@$(BIN)/panxi demo

test: .venv/dev
	$(BIN)/python -m pytest

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/bench
	$(BIN)/python -m benchmarks

lock:
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install --quiet uv
	.venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --extra bench --extra spark \
	  --no-annotate --no-header --no-emit-index-url --no-emit-find-links pyproject.toml -o constraints.txt
	rm -rf .venv/lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
