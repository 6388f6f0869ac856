# make demo               a conference day to try out, at http://localhost:8000
#   PORT=8001             takes another port
#   HOST=0.0.0.0          listens for the phones in the same network too
#   SIMULATE=200          brings so many simulated participants
# make test               everything under test; installs what is missing or says how
# make test-long          what takes longer: faults, looks in each state, speed as ratios
# make check              style, types, layers, templates, migrations, wheel
# make bench              speed beside the floor; renews docs/benchmarks.md
# make bench-short        ratios of one run, beside those that were recorded
# make lock               renew constraints.txt from the ranges in pyproject.toml
# PYTHON=python3.12 chooses the interpreter that .venv is made with.

PYTHON ?= python3
PORT ?=
# Some shells export a HOST of their own: what counts is the command line.
HOST =
SIMULATE =
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PIP_FAILED = { \
	  echo "pip could not install the packages into .venv. Is there a network? Behind a proxy set HTTPS_PROXY," \
	    "for a mirror PIP_INDEX_URL; then run 'make $(MAKECMDGOALS)' again." >&2; \
	  exit 1; }

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test test-long check bench bench-short lock

help:
	@sed -n '/^$$/q; s/^# //p' Makefile

demo: .venv/.installed
	@$(BIN)/poll-server demo $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST)) $(if $(SIMULATE),--simulate $(SIMULATE))

test: .venv/.installed-dev
	@tools/system_packages.sh
	$(BIN)/python -m pytest -q -n 3 --dist loadfile

test-long: .venv/.installed-dev
	@tools/system_packages.sh
	$(BIN)/python -m pytest -q -n 3 --dist loadfile -m long

check: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/check.py

bench: .venv/.installed-dev
	@tools/system_packages.sh bench
	$(BIN)/python -m bench.run --page docs/benchmarks.md
	$(BIN)/python -m pytest -q -m long --kills 100 tests/test_recovery.py

bench-short: .venv/.installed-dev
	@tools/system_packages.sh
	$(BIN)/python -m bench.short

lock: .venv/.made
	rm -rf .venv/lock
	$(BIN)/python -m venv .venv/lock
	.venv/lock/bin/python -m pip --disable-pip-version-check install -q -e '.[dev]'
	.venv/lock/bin/python -m pip --disable-pip-version-check freeze --exclude-editable > constraints.txt
	rm -rf .venv/lock

# What is installed for development serves the demo as well, so it marks both.
.venv/.installed-dev: .venv/.made pyproject.toml constraints.txt
	$(PIP) install -q -c constraints.txt -e '.[dev]' || $(PIP_FAILED)
	@touch .venv/.installed $@

.venv/.installed: .venv/.made pyproject.toml constraints.txt
	@echo "Installing the packages into .venv; the first time this takes a minute."
	@$(PIP) install -q -c constraints.txt -e . || $(PIP_FAILED)
	@touch $@

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed and '$(PYTHON)' is not: install one and run 'make PYTHON=python3.11 $(MAKECMDGOALS)'." >&2; \
	  exit 1; }
	@test -w . || { \
	  echo "This folder is read-only: copy the project to one of your own and run 'make $(MAKECMDGOALS)' there." >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make an environment: run 'apt-get install python3-venv' and try again." >&2; \
	  exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@
