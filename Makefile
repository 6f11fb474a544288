# Gilde: every task of the project. `make demo` to try it, `make test` and `make check` before a commit.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test check bench setup setup-dev messages requirements clean

setup: $(VENV)/.runtime
setup-dev: $(VENV)/.dev

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# Hashes pin every file that is installed; the package itself is linked, not copied, so edits count at once.
$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.runtime
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@

# Sets up, loads the demo world, serves it, and prints the address and the demo logins.
demo: setup
	GILDE_HTTPS=0 GILDE_SITE_URL=http://127.0.0.1:$${GILDE_PORT:-8000} $(BIN)/gilde demo

test: setup-dev
	$(BIN)/python -m pytest -n $${GILDE_TEST_PROCESSES:-2} --dist worksteal

check: setup-dev
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet src
	$(BIN)/lint-imports
	$(BIN)/gilde makemigrations --check --dry-run
	$(BIN)/gilde translations --check

bench: setup-dev
	$(BIN)/python -m bench

# Collect the interface strings of every language again; needs GNU gettext.
messages: setup-dev
	$(BIN)/gilde translations --update

# Pin again what requirements/*.in ask for; needs uv. No address of an index is written.
requirements:
	cd requirements && for set in runtime dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade $$set.in -o $$set.txt; \
	done

clean:
	rm -rf $(VENV) var
