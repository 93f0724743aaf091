# Afterword: every target sets up its own .venv from the hashed lock first; nothing else is needed.

PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$candidate && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# A test starts some hundred processes; without this each would compile the program again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo up test test-fast check bench bench-replies bench-emails bench-register bench-hostile fuzz evaluate lock sbom audit pin-images

help: ## list what can be made
	@echo "Afterword carries every post-mortem from the end of an incident to a proven improvement."
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## play one real review through its whole life, weeks in seconds
	@$(BIN)/python -m local.demo

up: $(READY) ## run everything on this machine, to stay (state in ./.afterword)
	@set -f; exec $(BIN)/python -m local.up $(UP)

test: $(READY) ## run the whole suite, with branch coverage
	@.ci/servers
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q -n 2 --dist worksteal
	@$(BIN)/coverage combine -q
	$(BIN)/coverage report

test-fast: $(READY) ## run the tests that need no server and little time, in under a minute
	$(BIN)/pytest -q -n 2 --dist worksteal -m "not servers and not slow"

check: $(READY) ## check format, lint, types, floors, the lock and the Compose file; report advisories
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy . .ci/lock.py .ci/sizes.py .ci/audit.py .ci/pin_images.py .ci/sbom.py
	$(BIN)/lint-imports --no-cache
	$(BIN)/python .ci/lock.py
	$(BIN)/docker-compose --file docker-compose.yml config --quiet
	@$(BIN)/python .ci/sizes.py
	@$(BIN)/python .ci/audit.py --report

bench: $(READY) ## measure against a baseline workflow (a table, and bench.json)
	@$(BIN)/python -m bench

bench-replies: $(READY) ## measure how soon replies by mail are accepted, 200 a minute for MINUTES=5
	@$(BIN)/python -m bench.reply_latency $(MINUTES)

bench-emails: $(READY) ## count who gets how many emails about a review, by kind
	@$(BIN)/python -m bench.emails_per_person

bench-register: $(READY) ## measure every page over 10,000 reviews and people, on both databases (SIZE=small: 200)
	@$(BIN)/python -m bench.full_size $(or $(SIZE),full)

bench-hostile: $(READY) ## measure how readers of strangers' text grow with hostile input
	@$(BIN)/python -m bench.hostile

fuzz: $(READY) ## fuzz the parsers of mail, hooks, documents, replies and calendars, MINUTES=10 each
	@$(BIN)/python -m bench.hostile.fuzz $(MINUTES) $(PARSERS)

evaluate: $(READY) ## judge a labelled corpus of words or mails (CORPUS=its folder)
	@$(BIN)/python -m tests.evaluation $(CORPUS)

lock: $(READY) ## update every pinned dependency, with hashes and without addresses
	$(BIN)/uv pip compile pyproject.toml --group dev --extra encryption --extra openid --generate-hashes --no-emit-index-url --universal \
	--upgrade --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra encryption --extra openid --constraints requirements.lock --generate-hashes \
	--no-emit-index-url --universal --quiet --output-file deploy/requirements.lock
	@$(BIN)/python .ci/lock.py

sbom: $(READY) ## print what the image is made of (CycloneDX)
	@$(BIN)/python .ci/sbom.py

audit: $(READY) ## fail on a known advisory for what is in the lock, or where none can be looked up
	@$(BIN)/python .ci/audit.py

pin-images: $(READY) ## write deploy/images.yml, with the digests of the images
	@$(BIN)/python .ci/pin_images.py

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Afterword needs Python 3.11 or newer, and found none. Install one," \
	"or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Afterword needs Python" \
	"3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name a newer one: make PYTHON=…" >&2; exit 1; }
	@echo "Setting up $(VENV) (once, and again when the lock changes) …"
	@$(PYTHON) -m venv $(VENV) || { echo "$(PYTHON) cannot make a virtual environment. On Debian and" \
	"Ubuntu its package python3-venv brings what is missing." >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
