# make demo and make test need Python 3.11 or newer, and nothing else: they make their own environment.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help demo test browser check lint format bench screenshots lock clean
.DEFAULT_GOAL := help

help:
	@echo "make demo          crawl the bundled replica site into an archive, and look around"
	@echo "make test          the tests"
	@echo "make check         linters, types, import rules and the quick tests"
	@echo "make lint          linters, types and import rules alone"
	@echo "make format        what the linters can mend by themselves"
	@echo "make bench         a short form of every benchmark"
	@echo "make screenshots   the pictures in docs/screenshots, from a fresh demo archive"
	@echo "make lock          renew constraints.txt"
	@echo "make clean         remove the environment and all caches"

.venv/run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "panxi needs Python 3.11 or newer")'
	@echo "making an environment in .venv; this takes a minute or two, once"
	@$(PYTHON) -m venv .venv
	@$(PIP) --upgrade 'pip>=25'  # older ones stumble over extras that two packages ask for
	@$(PIP) -e '.[all]'
	@touch $@

.venv/dev: .venv/run
	$(PIP) -e '.[test]'
	@touch $@

.venv/bench: .venv/dev
	$(PIP) -e '.[bench]'
	@touch $@

demo: .venv/run
	@$(BIN)/panxi demo

test: .venv/dev browser
	$(BIN)/python -m pytest -n 2

# The page's tests need a browser and Chinese fonts; where they can't be had, those tests are skipped and say so.
browser:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; } || \
	  echo "no Chromium here: the tests of the page in a browser are skipped"
	@test -d tests/monitor/web/node_modules || { command -v npm >/dev/null && npm ci --silent --prefix tests/monitor/web; } || \
	  echo "no npm here: the test with axe is skipped"

screenshots: .venv/dev browser
	$(BIN)/python -m docs.screenshots.make

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint
	$(BIN)/python -m pytest -n 2 -m "not slow and not edge"

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
