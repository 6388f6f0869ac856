# make demo [PORT=8000]   a conference day to try out, at http://127.0.0.1:8000
# make test               everything under test; installs what is missing or says how
# make check              style, types, layers, templates, migrations, wheel
# make lock               renew constraints.txt from the ranges in pyproject.toml
# PYTHON=python3.12 chooses the interpreter that .venv is made with.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check lock

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

demo: .venv/.installed
	$(BIN)/poll-server demo --port $(PORT)

test: .venv/.installed-dev
	@tools/system_packages.sh
	$(BIN)/python -m pytest -q

check: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/check.py

lock: .venv/.made
	rm -rf .venv/lock
	$(BIN)/python -m venv .venv/lock
	.venv/lock/bin/python -m pip --disable-pip-version-check install -q -e '.[dev]'
	.venv/lock/bin/python -m pip --disable-pip-version-check freeze --exclude-editable > constraints.txt
	rm -rf .venv/lock

# What is installed for development serves the demo as well, so it marks both.
.venv/.installed-dev: .venv/.made pyproject.toml constraints.txt
	$(PIP) install -q -c constraints.txt -e '.[dev]'
	@touch .venv/.installed $@

.venv/.installed: .venv/.made pyproject.toml constraints.txt
	$(PIP) install -q -c constraints.txt -e .
	@touch $@

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed and '$(PYTHON)' is not: install one and run 'make PYTHON=python3.11 $(MAKECMDGOALS)'." >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make an environment: run 'apt-get install python3-venv' and try again." >&2; \
	  exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@
