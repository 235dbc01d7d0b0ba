# What one types here. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

SOURCES := Sources Tests Benchmarks Package.swift
# Tests leave here, as JSON Lines, what the worker wrote; the schemas are held against it.
export CAPTURED_MESSAGES_DIR := $(CURDIR)/.build/captured

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what is missing: Expat, libcurl, librdkafka, libpq, SQLite, zlib, pkg-config, Python's jsonschema and yaml
	@scripts/setup

.PHONY: build
build: setup ## Build the worker for release: .build/release/protected-identity; STATIC=1 puts Swift's runtime into it
	@swift build --configuration release --product protected-identity $(if $(STATIC),--static-swift-stdlib -Xlinker -s)

.PHONY: install
install: ## Install what is built, completions, systemd units and examples under PREFIX=/usr/local; DESTDIR is honoured
	@DESTDIR='$(DESTDIR)' PREFIX='$(or $(PREFIX),/usr/local)' scripts/install

.PHONY: uninstall
uninstall: ## Take it away again
	@DESTDIR='$(DESTDIR)' PREFIX='$(or $(PREFIX),/usr/local)' scripts/install --uninstall

.PHONY: sbom
sbom: ## Print what the built program is made of, as CycloneDX JSON
	@scripts/sbom

.PHONY: demo
demo: build ## See it work: everything in one process. ARGS="--events 100000" passes arguments
	@exec .build/release/protected-identity demo $(ARGS)

.PHONY: test
test: ## Run all tests and the checks of schemas and examples, on a PostgreSQL of their own
	@scripts/setup --for-tests
	@rm -rf "$$CAPTURED_MESSAGES_DIR"
	@scripts/test
	@scripts/check-schemas
	@scripts/check-examples
	@scripts/check-tls

.PHONY: test-broker
test-broker: ## Disturb workers on the Kafka that KAFKA_BOOTSTRAP_SERVERS names, and judge; EVENTS=100000, SEED=n
	@if [[ -n $${KAFKA_BOOTSTRAP_SERVERS-} ]]; then $(MAKE) build; fi
	@scripts/test-broker

.PHONY: test-browser
test-browser: build ## Look at the status page in Chromium, while EVENTS=100000 are read, too; SHOTS=FOLDER keeps screenshots
	@swift build --quiet --configuration release --product embedded-broker
	@scripts/test-browser

.PHONY: test-deletions
test-deletions: ## Delete PEOPLE=20000 contacts while sweeps and deletion workers are killed with -9, and judge; SEED=n
	@scripts/setup --for-tests
	@swift build --build-tests
	@DELETION_PEOPLE=$(or $(PEOPLE),20000) KILL_SEED=$(SEED) scripts/with-postgres bash -c \
		'TEST_POSTGRES_URL=$$1 swift test --skip-build --filter PostgresDeletionTests.killed' - URL

.PHONY: simulate
simulate: setup ## Run SEEDS=10000 seeds of the simulation; SEED=n runs one again and tells its history, SHRINK=1 the shortest
	@swift build --quiet --configuration release --product simulate
	@exec .build/release/simulate $(or $(SEED),1 $(or $(SEEDS),10000)) --store $(or $(STORE),memory) $(if $(SHRINK),--shrink)

.PHONY: bench
bench: ## Measure the whole worker and each stage alone: a table, and JSON in REPORT=FILE; see Benchmarks/README.md
	@scripts/setup --for-tests
	@for product in protected-identity embedded-broker worker-benchmark; do \
		swift build --quiet --configuration release --product $$product; done
	@SETTINGS='track_commit_timestamp = on' GIT_COMMIT=$$(git describe --always --dirty 2> /dev/null || echo unknown) \
		scripts/with-postgres .build/release/worker-benchmark URL

.PHONY: bench-feed
bench-feed: setup ## Measure reading SPAR and CPR files of RECORDS=1000000 records, next to plain readers that only count
	@for product in embedded-broker feed-benchmark; do \
		swift build --quiet --configuration release --product $$product; done
	@RECORDS=$(RECORDS) .build/release/feed-benchmark

.PHONY: benchmark-store
benchmark-store: ## Measure the store's step on PostgreSQL; EVENTS=40000 in each measurement
	@scripts/setup --for-tests
	@swift build --configuration release --product store-benchmark
	@scripts/with-postgres .build/release/store-benchmark URL $(EVENTS)

.PHONY: bench-micro
bench-micro: setup ## Measure pieces of an event's way by themselves; COUNT=1 counts instructions (valgrind) instead of time
	@if [[ -n "$(COUNT)" ]]; then \
		swift build --quiet --configuration release --product instructions; \
		scripts/count-instructions .build/release/instructions $(PIECES); \
	else cd Benchmarks/Micro && swift package --disable-sandbox benchmark; fi

.PHONY: lint
lint: ## Is everything formatted as .swift-format says, does every script parse; Dockerfile, docker-compose.yml
	@swift format lint --strict --parallel --recursive --configuration .swift-format $(SOURCES)
	@bash -n .ci/run $$(grep -lsE '^#!.*bash' scripts/* docs/examples/*)
	@python3 -c 'import ast, pathlib; [ast.parse(p.read_text(encoding="utf-8"), str(p)) for p in [*pathlib.Path(".").glob("[sdT]*/**/*.py"), pathlib.Path("scripts/sbom")]]'
	@scripts/lint-docker
	@echo "lint: nothing to say"

.PHONY: format
format: ## Format all Swift in place
	@swift format --in-place --parallel --recursive --configuration .swift-format $(SOURCES)

.PHONY: check-schemas
check-schemas: setup ## Validate schemas, AsyncAPI document, examples, feed and what tests captured
	@scripts/check-schemas

.PHONY: check-deploy
check-deploy: ## Hold alerts, dashboard, Kubernetes manifests, systemd units and compose file against what will read them
	@scripts/setup --for-tests
	@scripts/check-deploy
	@scripts/check-deploy --self-check

.PHONY: check-install
check-install: build ## Install into a folder and take it away again; check the list of components
	@scripts/test-install
	@scripts/check-sbom

.PHONY: test-alerts
test-alerts: ## Have each alert fire and be over, on a live worker and a real Prometheus: some ten minutes; SCENES="…" some
	@scripts/setup --for-tests
	@for product in protected-identity embedded-broker; do \
		swift build --quiet --configuration release --product $$product; done
	@scripts/test-alerts $(SCENES)

.PHONY: clean
clean: ## Remove what was built
	@rm -rf .build
