# Two commands do everything on a fresh machine: `make start` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help install start test browser lint kills bench quality ablation vectors clean

help:  ## Show what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## Make .venv and install Passerelle with pinned packages

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Passerelle needs Python 3.11 or newer; name one with PYTHON=...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

start: $(STAMP)  ## Install, ingest corpus/, serve the API and the pages, answer one question
	$(BIN)/passerelle start

test: $(STAMP)  ## Lint, then run every test (in a browser, every path once)
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(TESTS)

browser: $(STAMP)  ## Every test that drives Chromium or lynx, in every language, width and state
	$(BIN)/python -m pytest tests/browser -m ""

lint: $(STAMP)  ## ruff, mypy --strict, import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

kills: $(STAMP)  ## Kill 50 publishes and 200 refreshes at random moments; nothing may be lost
	$(BIN)/python benchmarks/kills.py 50
	$(BIN)/python benchmarks/refresh_kills.py 200

bench: $(STAMP)  ## Speed as ratios, measured in one run
	$(BIN)/python benchmarks/encoder.py

quality: $(STAMP)  ## Ask the gate questions over our own pages; fails when a figure moved from its baseline
	mkdir -p build/quality
	$(BIN)/passerelle --data build/quality/data ingest corpus/pages
	$(BIN)/passerelle --data build/quality/data evaluate --questions corpus/questions/??.jsonl --split gate \
		--json build/quality/run.json --report build/quality/report.html \
		--summary build/quality/gate.json --baseline tests/quality/gate.json
	$(BIN)/python -m pytest -m "" tests/test_quality_gate.py tests/test_quality_titles.py

ablation: $(STAMP)  ## What each part of finding is worth, on the tune and dev questions
	$(BIN)/passerelle --data build/quality/data ingest corpus/pages
	$(BIN)/python benchmarks/ablation.py build/quality/data corpus/pages corpus/questions/??.jsonl

vectors: $(STAMP)  ## Encode and learn what comes with us, after lines or examples of danger changed
	$(BIN)/python -m ui.bundling

clean:  ## Remove the environment
	rm -rf .venv
