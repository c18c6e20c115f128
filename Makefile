# Everything from a bare Python: `make demo` shows it, `make test` checks it.
# Another interpreter: make test PYTHON=python3.12

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-emit-index-url --no-header$(if $(UPGRADE), $(UPGRADE))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test axe tamper crash controls race machine example lock bench peers clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/.installed ## a whole division in the folder demo/: imported, closed, forecast, reported
	@if [ -f demo/ledger.db ]; then rm -rf demo; fi
	$(BIN)/ledger demo demo
	$(BIN)/ledger report interim --unit 60 --to html,docx,xlsx -o demo --store demo/ledger.db

test: .venv/.installed ## lint, types, directions of import, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2

axe: .venv/.installed .axe/.installed ## the demo's reports through axe-core in Chromium (needs npm)
	$(BIN)/python tests/accessibility/axe.py

.axe/.installed: tests/accessibility/package-lock.json
	@mkdir -p .axe && cp tests/accessibility/package.json tests/accessibility/package-lock.json .axe
	npm ci --prefix .axe --no-audit --no-fund --silent
	@touch $@

machine: .venv/.installed ## anything in any order against a naive model, at length
	MACHINE=300 $(BIN)/pytest -n 2 tests/proof/test_state_machine.py

example: .venv/.installed ## make the example data anew
	$(BIN)/python examples/lansteknik/make.py
	$(BIN)/python examples/region/make.py

tamper: .venv/.installed ## alter a sealed store in 2,000 random ways, and find each
	TAMPER=2000 $(BIN)/pytest -n 2 tests/proof/test_tamper.py

crash: .venv/.installed ## kill importing, closing and erasing at 200 random moments
	CRASH=200 $(BIN)/pytest -n 2 tests/proof/test_crash.py

controls: .venv/.installed ## every planted case found in 200,000 postings, and no more than that
	CONTROLS=200000 $(BIN)/pytest tests/assurance/controls/test_rates.py

race: .venv/.installed ## close a period and post into it at once, 500 times
	RACE=500 $(BIN)/pytest -n 2 tests/proof/test_race.py

bench: .venv/.installed ## measure, as ratios in one run
	@for file in $$(grep -l "^if __name__" benchmarks/*.py); do echo "== $$file"; $(BIN)/python "$$file" || exit 1; done

peers: .venv-peers/.installed ## other forecasters for the benchmark, in an environment of their own

.venv-peers/.installed: benchmarks/peers/requirements.lock
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip --quiet --disable-pip-version-check --no-input install \
		--require-hashes -r $<
	touch $@

# The runtime lock is a part of the development lock: the same versions, fewer of them.
lock: .venv/.installed ## regenerate the lock files (newer versions: make lock UPGRADE=--upgrade)
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	$(COMPILE) pyproject.toml -c requirements-dev.lock --no-annotate -o requirements.lock
	$(COMPILE) benchmarks/peers/requirements.in --no-annotate -o benchmarks/peers/requirements.lock

clean: ## remove everything that can be made again
	rm -rf .venv .venv-peers .axe build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew when the lock changes, the project in it when pyproject.toml does.
.venv/.locked: requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Utfall needs Python 3.11 or later; "$(PYTHON)" is not.' >&2; \
		echo 'Name another one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@echo 'Setting up .venv (once; about a minute)'
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
