# What continuous integration runs, and what a person runs: the same targets.

VENV ?= .venv
PYTHON ?= python3
BIN = $(VENV)/bin
SPANWISE = $(BIN)/spanwise
DEMO = target/demo
CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR

.PHONY: all demo test rust lint docs polars python fuzz-check fuzz bench instructions clean
all: test demo

## Sets up what it needs, simulates an incident and asks why it is slow and failing.
demo: $(VENV)/.installed
	rm -rf $(DEMO) && mkdir -p $(DEMO)
	$(SPANWISE) simulate --requests 400 --seed 7 --to otlp-protobuf -o $(DEMO)/healthy.otlp.pb
	$(SPANWISE) simulate --requests 400 --seed 8 --fault slow-dependency --fault error --to jaeger-json -o $(DEMO)/incident.jaeger.json
	$(SPANWISE) summary $(DEMO)/incident.jaeger.json
	$(SPANWISE) report $(DEMO)/incident.jaeger.json --baseline $(DEMO)/healthy.otlp.pb

## Sets up what it needs and runs every test.
test: lint rust docs fuzz-check python polars

lint:
	cargo fmt --all --check
	cargo clippy --all-targets --features arrow,petgraph,otlp,parquet -- -D warnings
	cargo clippy -p spanwise-python -- -D warnings

rust:
	cargo test --features arrow,petgraph,otlp,parquet

docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --features arrow,petgraph,otlp,parquet

## The feature that hands tables to Rust polars, in a target folder of its own.
polars:
	CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)/polars cargo test -p spanwise-report --features polars polars

python: $(VENV)/.tested
	$(BIN)/ruff check python benches
	$(BIN)/ruff format --check python benches
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest spanwise._native --ignore-disjoint-bases
	$(BIN)/python -m pytest -q

## Fuzz targets build; `make fuzz` runs each of them for a while.
fuzz-check:
	cargo check --manifest-path fuzz/Cargo.toml

FUZZ_SECONDS ?= 300
fuzz:
	fuzz/run.sh $(FUZZ_SECONDS)

## Instructions of ten thousand spans against the committed figures;
## `make instructions ACCEPT=accept` writes new ones down.
instructions:
	command -v valgrind > /dev/null || (apt-get update -qq && apt-get install -y -qq valgrind)
	cargo bench --bench instructions -- $(ACCEPT)

## Every goal of speed and size, with the reference measured in the same run.
bench: $(VENV)/.installed
	cargo bench --bench load --features parquet
	MIMALLOC_PURGE_DELAY=10000 cargo bench --bench analyses
	cargo bench --bench shapes
	cargo bench --bench scale
	cargo bench --bench heap
	$(BIN)/python -m pip install --quiet orjson
	$(BIN)/python benches/python.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

RUST_SOURCES := $(shell find crates python pyproject.toml Cargo.toml -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' 2>/dev/null)

$(VENV)/.installed: $(VENV)/bin/python $(RUST_SOURCES)
	CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)/wheel $(BIN)/python -m pip install --quiet .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	CARGO_TARGET_DIR=$(CARGO_TARGET_DIR)/wheel $(BIN)/python -m pip install --quiet '.[test]'
	touch $@

clean:
	rm -rf target $(VENV)
