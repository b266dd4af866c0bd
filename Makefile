# Every command of the project. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
# More for the command at hand: `make test ARGS="tests/domain -n 0"`.
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo dev test chaos machine check lint fix docs map messages bench lock audit new-connector

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

setup: .venv/.installed ## build .venv from requirements.lock (only when the lock changed)

# Everything that is downloaded is pinned by hash, the build backend too. Output goes to stderr, so
# that `make demo JSON=1` prints nothing but JSON on stdout.
.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another with PYTHON=")'
	@test -x $(PY) || $(PYTHON) -m venv .venv >&2
	@echo "installing requirements.lock into .venv" >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock >&2
	@touch $@

.venv/.installed: .venv/.locked pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e . >&2
	@touch $@

demo: setup ## a simulated shop and ERP, and orders that travel (ONCE=1 ends by itself, JSON=1 for programs)
	@$(BIN)/brygga demo $(if $(ONCE),--once) $(if $(JSON),--json) $(ARGS)

dev: setup ## run Brygga here, with its data in ./brygga-data
	$(BIN)/brygga run $(ARGS)

# Two runs, since the app's own tests change databases under way and the journeys and the machine keep one.
test: setup ## set up, then every test
ifdef ARGS
	$(PY) -m pytest $(ARGS)
else
	$(PY) -m pytest --ignore tests/journeys --ignore tests/machine
	$(PY) -m pytest tests/journeys tests/machine
endif

# Two at a time, since most of it is waiting; what each did is told at the end, at which moments too.
chaos: setup ## kill and freeze real workers in the middle of hundreds of orders (some minutes)
	$(PY) -m pytest tests/journeys -m chaos -n 2 --dist worksteal -rP --show-capture=stdout

# `make test` does 2,000 steps that are always the same; here they are others each time.
machine: setup ## random people, merchants, cashiers and faults for long (EXAMPLES=200 STEPS=100 say how long)
	EXAMPLES=$(or $(EXAMPLES),50) STEPS=$(or $(STEPS),60) $(PY) -m pytest tests/machine -rP --show-capture=stdout $(ARGS)

check: lint test ## format, lint, types, layers, templates, tests

lint: setup ## all of `check` but the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	BRYGGA_DATA=.mypy_cache/data $(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@if find src -name '*.html' | grep -q .; then echo $(BIN)/djlint src --check --lint; $(BIN)/djlint src --check --lint --quiet; fi
	$(PY) scripts/reference.py --check

fix: setup ## format, and mend what can be mended safely
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .
	@if find src -name '*.html' | grep -q .; then $(BIN)/djlint src --reformat --quiet || true; fi

docs: setup ## write the generated pages of docs/reference
	$(PY) scripts/reference.py

map: setup ## print what lives where, from the first line of each module
	@$(PY) scripts/map.py

messages: setup ## compile translations (.po to .mo)
	@find src -name '*.po' | while read -r po; do $(BIN)/pybabel compile -i "$$po" -o "$${po%.po}.mo"; done

bench: setup ## measure the whole path of an order beside a bare client (some minutes)
	$(BIN)/brygga bench orders $(ARGS)

# Existing pins are kept; `make lock ARGS=--upgrade` renews them, `ARGS="-P django"` one of them.
lock: setup ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --group dev --group build --universal --python-version 3.11 \
		--generate-hashes --no-header --no-emit-index-url --quiet --output-file requirements.lock $(ARGS) >/dev/null

# Asks an advisory service, so it needs the internet. It is no part of `check` or of CI: a build must
# not fail because a service is away, nor because of an advisory that came during the night.
audit: setup ## look for known vulnerabilities in what is pinned (needs the internet)
	$(BIN)/pip-audit --require-hashes --disable-pip --requirement requirements.lock $(ARGS)

new-connector: setup ## copy the scaffold: make new-connector NAME=acme
	@test -n "$(NAME)" || { echo "say which: make new-connector NAME=acme" >&2; exit 2; }
	$(PY) scripts/new_connector.py $(NAME)
