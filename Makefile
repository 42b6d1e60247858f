# Everything here runs without root. PYTHON names the interpreter that makes the environment.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install demo test check bench load faults fuzz lock sbom clean

install: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Driftline needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/python -m tests.sandbox.demo

# What runs the whole App waits for clocks and processes, and runs two at a time by itself.
WHOLE := tests/e2e tests/faults
test: $(STAMP)
	$(BIN)/python -m pytest --numprocesses=auto --dist=loadfile $(WHOLE:%=--ignore=%)
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile $(WHOLE)

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)
	$(BIN)/python -m tests.bench

load: $(STAMP)
	$(BIN)/python -m tests.bench.load

faults: $(STAMP)
	$(BIN)/python -m tests.faults

# Fuzzing our own parsers, and the C libraries: MINUTES each.
fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),60)
	$(BIN)/python -m tests.fuzz.libraries --minutes $(or $(MINUTES),60)

# Every dependency of a deployment with its hashes; needs uv.
lock: $(STAMP)
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url \
	  --extra environments --extra tracing --extra sentry -o deploy/requirements.lock pyproject.toml

# The bill of materials, CycloneDX in JSON, into sbom.json.
sbom: $(STAMP)
	$(BIN)/cyclonedx-py requirements deploy/requirements.lock --pyproject pyproject.toml --of JSON -o sbom.json
	@echo "sbom.json"

clean:
	rm -rf $(VENV)
