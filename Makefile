# Every command of the project. The same ones run in CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TOOLCHAIN := contracts/node_modules/.package-lock.json
PAGE_TOOLS := frontend/node_modules/.package-lock.json
PAGE := frontend/dist/.built
# What the page takes over from Python and from the contracts is made first, and rewritten only where it differs.
GENERATED := frontend/src/generated/.made
PAGE_INPUTS := $(addprefix frontend/src/generated/,openapi.json contracts.ts limits.json categories.json)
PYTHON_OF_PAGE := $(shell find app/mendrec -name '*.py' -o -path '*/artifacts/*.json') deploy/generate_frontend.py \
	deploy/frontend_tables.py frontend/openapi-ts.config.ts
SOURCES_OF_PAGE := $(shell find frontend/src frontend/public frontend/build -type f -not -path '*/generated/*' \
	-not -name '*.test.ts*' -not -name '.*') frontend/index.html frontend/vite.config.ts frontend/tsconfig.json
# One process a core; nothing in the suite depends on the number.
JOBS ?= auto
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup page demo dev test journeys check smoke crash bench soak tools pictures lock generate format prerequisites clean

help: ## List the commands
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed $(TOOLCHAIN) $(PAGE) ## Install everything, locked by hashes, and build the page
	@: # also where nothing is to be done

page: $(PAGE) ## Build the page for people into frontend/dist
	@: # also where nothing is to be done

demo: setup ## Run the story on a local chain and leave the world standing (Ctrl-C stops it, again goes on)
	@$(BIN)/python -m deploy.demo

dev: setup ## The demo world with its node, which reloads when a source file changes
	@$(BIN)/python -m deploy.dev

test: setup ## Run the suite; what clicks through the pages for minutes is apart
	@$(PYTEST) -n $(JOBS) --dist loadgroup -m "not journey"

journeys: setup ## Click through the pages in a real browser: the story, uploads, leaks, bad input, every page in every look
	@$(PYTEST) -n $(JOBS) --dist loadgroup -m journey tests/browser

check: setup ## Format, lint, types, layers, freshness of what is generated, and the page's unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m deploy.compile_contracts --check
	$(BIN)/python -m tests.vectors.generate --check
	$(BIN)/python -m tests.vectors.format_examples --check
	$(BIN)/python -m deploy.lock --check
	$(BIN)/python -m deploy.generate_frontend --check
	cd frontend && node node_modules/typescript-native/bin/tsc --noEmit
	cd frontend && node_modules/.bin/biome ci --colors=off .
	cd frontend && node_modules/.bin/vitest run

smoke: setup ## The main job, end to end, in one run; JSON on the last line
	@$(BIN)/python -m deploy.smoke

crash: setup ## Kill an upload at every durable point, on both databases, and node and chain together (half an hour)
	@MENDREC_CRASH_ALL=1 $(PYTEST) -q tests/crash tests/uploads_http/test_crash.py

bench: setup ## Measure sealing, anchoring, the index, the API and the page, as ratios within one run where there is something bare
	@$(BIN)/python -m benchmarks

soak: setup ## Ten minutes of mixed load on a whole node, its chain and a store killed in it; then everything is counted
	$(BIN)/python -m benchmarks.soak

tools: setup ## Build Kubo under .tools (needs Go)
	$(BIN)/python deploy/build_kubo.py

pictures: setup ## Draw the README's pictures anew from real runs (needs Chromium and poppler-utils)
	$(BIN)/python -m deploy.pictures
	$(BIN)/python -m deploy.pictures_page

lock: setup ## Resolve the Python requirements anew
	$(BIN)/python -m deploy.lock

generate: setup ## Make the generated files anew: contract artifacts, vectors, what the page takes over
	$(BIN)/python -m deploy.compile_contracts
	$(BIN)/python -m deploy.generate_frontend
	$(BIN)/python -m tests.vectors.generate
	$(BIN)/python -m tests.vectors.format_examples

format: setup ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd frontend && node_modules/.bin/biome check --write .

clean: ## Remove what set-up made (not your demo world)
	rm -rf $(VENV) contracts/node_modules frontend/node_modules frontend/dist frontend/src/generated .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

prerequisites:
	@sh deploy/prerequisites.sh $(PYTHON)

$(VENV)/.installed: deploy/requirements/dev.txt pyproject.toml | prerequisites
	@echo "Setting up Python packages in $(VENV) (a minute the first time) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(TOOLCHAIN): contracts/package-lock.json contracts/package.json | prerequisites
	@echo "Setting up the contract toolchain and the local chain in contracts/node_modules …"
	@cd contracts && npm install --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error >/dev/null
	@touch $@

$(PAGE_TOOLS): frontend/package-lock.json frontend/package.json frontend/.npmrc | prerequisites
	@echo "Setting up the page's libraries and tools in frontend/node_modules …"
	@cd frontend && npm install --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error >/dev/null
	@touch $@

$(GENERATED): $(PYTHON_OF_PAGE) $(VENV)/.installed $(PAGE_TOOLS)
	@$(BIN)/python -m deploy.generate_frontend >/dev/null
	@touch $@

# Nothing is done here, but make looks at their times again after the step above.
$(PAGE_INPUTS): $(GENERATED) ;

$(PAGE): $(PAGE_INPUTS) $(SOURCES_OF_PAGE) $(PAGE_TOOLS)
	@echo "Building the page …"
	@cd frontend && node_modules/.bin/vite build --logLevel error && node build/compress.mjs
	@touch $@
