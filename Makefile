# make demo    restore the demo photos, export models/mobile in every format, measure it; a report of it all
#              (out/demo/report.html). The bundle in out/demo/mobile is kept until the checkpoint, the code that
#              exports it or its tools' versions change. Status 1 when the exported models do not agree.
# make test    ruff (rules and format), mypy, then every test, the quick ones first
# make test-runtimes   the runtimes in Kotlin and Swift against the contract's vectors, whole photos against Python's
#              bytes, and the phone apps type-checked; sets their toolchains up below build/ (1.5 GB, Debian)
# make lint    ruff and mypy only
# make parity-arm64   the models on 64-bit ARM kernels, emulated, against this machine's
# make clean   remove what was made here, .venv included
#
# Everything is installed into .venv, under constraints.txt, once: a stamp file remembers it until setup.py,
# pyproject.toml or constraints.txt change. Works with GNU make 3.81, which macOS has.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
INPUTS := setup.py pyproject.toml constraints.txt

.DEFAULT_GOAL := demo
.PHONY: demo test test-runtimes lint parity-arm64 clean
.DELETE_ON_ERROR:

demo: $(VENV)/.installed-demo
	$(BIN)/python -m amirnet_benchmarks.demo

test: lint
	@[ -d build/toolchains ] || echo "left out: Kotlin, Swift and the phone apps; 'make test-runtimes' gets their tools and tests them"
	$(BIN)/python -m pytest

test-runtimes: $(VENV)/.installed-dev
	@PYTHON=$(CURDIR)/$(BIN)/python .ci/runtimes.sh

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# On ARM64 machines there is nothing to emulate, and both lines say so; without Debian's apt the first one fails.
parity-arm64: $(VENV)/.installed-dev
	@PYTHON=$(BIN)/python .ci/arm64.sh build/arm64
	@$(BIN)/python -m amirnet_export.arm64 models/mobile

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: $(PYTHON) is missing or older than Python 3.11; name a newer one: make PYTHON=python3.12" >&2; exit 2; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "Making $(VENV) ..."; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

$(VENV)/.installed-demo: $(VENV)/.made $(INPUTS)
	@echo "Installing what the demo needs into $(VENV), once (a few minutes: torch is large) ..."
	@$(INSTALL) -e '.[benchmarks,export]'
	@touch $@

# What the tests need includes what the demo needs.
$(VENV)/.installed-dev: $(VENV)/.made $(INPUTS)
	@echo "Installing what the tests need into $(VENV), once (a few minutes: torch is large) ..."
	@$(INSTALL) -e '.[dev]'
	@touch $(VENV)/.installed-demo $@

clean:
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
