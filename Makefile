.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin

help: ## these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## .venv with everything pinned, and the broker's jars in the user's cache
	@$(BIN)/python -m streams.servers.jars

.venv/.ready: requirements.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11) and "chiso needs Python 3.11 or newer; python3 here is %s" % sys.version.split()[0])'
	@test -x $(BIN)/python || python3 -m venv .venv || (echo "python3 has no venv: on Debian, apt-get install python3-venv" >&2; exit 1)
	@echo "installing the pinned packages into .venv (once, about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

run: setup ## one simulated province on a real Kafka and store, a live page, and a table that moves (Ctrl-C ends it)
	@CHISO_UNIT=$${CHISO_UNIT:-H01} $(BIN)/chiso up --simulate 1 --watch now

sample: setup ## the shipped sample of real requests through real Kafka and store (Ctrl-C ends it)
	@$(BIN)/chiso up --home .chiso/sample --ingest sample --map service-requests --speed 10 --watch 2011-03

prometheus: ## Prometheus of this machine, watching what `make run` runs: its alerts, and data for Grafana (Ctrl-C ends it)
	@deploy/prometheus/local

test: setup ## all tests, with a real Kafka and a real Valkey as child processes
	@$(BIN)/python -m pytest

lint: setup ## ruff, mypy, import-linter
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

check: lint test ## lint and test

bench: setup ## events a second against stock Faust and the bare limit, on this machine (QUICK=1: two minutes)
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick)

chaos: setup ## faults against a running system (FAULTS=n SEED=s)
	@FAULTS=$(or $(FAULTS),100) SEED=$(or $(SEED),7) KINDS=$(KINDS) BURST=$(or $(BURST),3500) $(BIN)/python -m tests.chaos

lock: ## pin every package anew, with hashes and without any address
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes --upgrade \
	  --no-strip-extras --no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements.lock pyproject.toml

clean: ## everything that was made here, but not the user's cache
	@rm -rf .venv .chiso dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .import_linter_cache

.PHONY: help setup run sample prometheus test lint check bench chaos lock clean
