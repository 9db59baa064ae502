# One way in for people and for CI. Every target can be run again; what is done already takes no time.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
READY := .venv/.ready
TORCH := 2.13.0
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p >/dev/null && \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
HOST ?= 127.0.0.1
PORT ?= 8000
TEST_PROCESSES ?= 2

.PHONY: help setup system wrk run test format lint types house tests prove bench screenshots freeze clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/' | expand -t 20

setup: $(READY) ## Environment in .venv, installed, with the encoder prepared
	@$(BIN)/python -c 'from bot.settings import Settings; from indexer.model import prepare_encoder; \
	s = Settings(); prepare_encoder(s.embedding_model, s.encoder_cache)'

# PyTorch comes first and alone, as a CPU build: any other way in brings several GB of CUDA. A machine that has the
# wheel at hand gives it to pip itself; others fetch it from PyTorch's own index, or, without CPU builds there (macOS), from PyPI.
$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or run make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -c 'import importlib.metadata as m; assert m.version("torch").split("+")[0] == "$(TORCH)"' 2>/dev/null \
	  || $(BIN)/pip install --quiet -c constraints.txt 'torch==$(TORCH)+cpu' 2>/dev/null \
	  || $(BIN)/pip install --quiet -c constraints.txt --extra-index-url $(TORCH_INDEX) 'torch==$(TORCH)+cpu' 2>/dev/null \
	  || $(BIN)/pip install --quiet -c constraints.txt 'torch==$(TORCH)'
	$(BIN)/pip install --quiet -c constraints.txt -e '.[encoder,dev]'
	@echo "Preparing the encoder (about a minute, once a machine)"
	@touch $@

run: setup ## Set up, load the Toshima pack, build the index, serve
	@$(BIN)/pocket init
	@exec $(BIN)/pocket serve --host $(HOST) --port $(PORT)

test: setup system format lint types tests ## Everything CI checks

system: ## Debian packages the tests need: a browser and Japanese fonts
	@browser=$$(command -v chromium || command -v chromium-browser || command -v google-chrome || true); \
	fonts=$$(command -v fc-list >/dev/null && fc-list :lang=ja | head -n 1 || true); \
	if [ -z "$$browser" ] || [ -z "$$fonts" ]; then \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    echo "Installing chromium and fonts-noto-cjk"; apt-get update -qq; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk fonts-noto-color-emoji fontconfig >/dev/null; \
	  else \
	    echo "The browser tests need Chromium and Japanese fonts. On Debian or Ubuntu:"; \
	    echo "  sudo apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji fontconfig"; exit 1; \
	  fi; \
	fi

wrk: ## The load generator of the webhook bench
	@command -v wrk >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq \
	  && apt-get install -qq -y --no-install-recommends wrk >/dev/null; } \
	  || { echo "The webhook bench needs wrk: sudo apt-get install wrk"; exit 1; }

format: setup ## Is every file formatted?
	@$(BIN)/ruff format --check .

lint: setup ## Ruff
	@$(BIN)/ruff check .

types: setup ## mypy, strict
	@$(BIN)/mypy

house: setup ## The house rules alone: layers, budgets, docs, containers
	@$(BIN)/pytest tests/house tests/test_containers.py -q

tests: setup system ## All tests but the long proofs
	@$(BIN)/python -m tests.installation
	@$(BIN)/pytest -n $(TEST_PROCESSES) --dist worksteal

prove: setup system wrk ## The long proofs at full size, and the benches; results go to docs/proofs/
	@mkdir -p docs/proofs
	@$(BIN)/pytest -m prove --timeout 7200 | tee docs/proofs/tests.txt
	@$(BIN)/python -m bench --out docs/proofs/bench.txt

bench: setup wrk ## Every bench beside its baseline
	@$(BIN)/python -m bench

screenshots: setup system ## Pictures of the pages for docs/images
	@$(BIN)/python -m bench.screenshots

freeze: setup ## Write constraints.txt anew from .venv
	@{ head -n 1 constraints.txt; $(BIN)/pip freeze --exclude-editable | grep -v '^#' | sed 's/+cpu$$//'; } > constraints.new
	@mv constraints.new constraints.txt

clean: ## Remove the environment and caches of tools; data and prepared encoders stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info
