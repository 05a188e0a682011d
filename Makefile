# Loopdesk: build, test, try, install. `make` alone lists the targets.
#
# SwiftPM warns "prohibited flag(s): -isystem ..." because of what pkg-config says about libzmq's
# Kerberos headers; nothing of ours includes them, and the warning is harmless.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
DOCKER ?= docker
IMAGE ?= loopdesk
BENCH_ARGUMENTS ?=
SOAK_SECONDS ?= 600

# An import of a target that Package.swift does not name as a dependency is an error: layers.
BUILD_FLAGS := --explicit-target-dependency-import-check error
FORMATTED := Sources Tests Package.swift
INSTALLED := loopdesk loopdesk-hub

.PHONY: help
help: ## Lists the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

.PHONY: deps
deps: ## Checks Swift and the system libraries; installs missing libraries if allowed
	@scripts/deps.sh

.PHONY: build
build: deps ## Builds everything for debugging
	$(SWIFT) build $(BUILD_FLAGS)

.PHONY: release
release: deps ## Builds the programs with optimisation
	$(SWIFT) build -c release $(BUILD_FLAGS)

# Real sockets have time limits of their own: beside suites that keep every core busy for minutes
# they would measure those.
.PHONY: test
test: deps ## Builds, runs all tests, checks the format and the generated code
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	$(SWIFT) test --skip-build --skip '^TransportTests\.'
	$(SWIFT) test --skip-build --filter '^TransportTests\.'
	@$(MAKE) --no-print-directory lint protocol-check

.PHONY: lint
lint: ## Checks the format of all Swift files
	$(SWIFT) format lint --strict -r $(FORMATTED)

.PHONY: format
format: ## Formats all Swift files in place
	$(SWIFT) format -i -r $(FORMATTED)

.PHONY: protocol
protocol: deps ## Generates Sources/Wire/Generated from protocol/schema
	scripts/protocol.sh write

# Without protoc the generated code is taken as it is: only those who change the schema need it.
.PHONY: protocol-check
protocol-check: deps ## Checks that the generated code is what the schema gives, if protoc is there
	@if command -v protoc >/dev/null; then scripts/protocol.sh check; \
	else echo "protocol: protoc is not installed, the generated code is not compared"; fi

.PHONY: demo
demo: build ## Shows a working day of a store, a handler and the hub on this machine
	Tests/Demo/run.sh

.PHONY: bench
bench: deps ## Measures with optimisation; BENCH_ARGUMENTS are passed on
	$(SWIFT) build -c release $(BUILD_FLAGS) --product loopdesk
	$(SWIFT) build -c release $(BUILD_FLAGS) --product loopdesk-hub
	$(SWIFT) build -c release $(BUILD_FLAGS) --product loopdesk-bench
	"$$($(SWIFT) build -c release --show-bin-path)/loopdesk-bench" $(BENCH_ARGUMENTS)

SIMULATED_SEEDS ?= 20000

# `swift test` succeeds when no test matches, so the presence of soak tests is asked for first.
.PHONY: soak
soak: simulate laws ## Runs the long forms: simulator, laws, and soak tests for SOAK_SECONDS each
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	@$(SWIFT) test list --skip-build | grep -q Soak || { echo "soak: there is no soak test" >&2; exit 1; }
	LOOPDESK_SOAK_SECONDS=$(SOAK_SECONDS) $(SWIFT) test --skip-build --filter Soak

.PHONY: simulate
simulate: deps ## Simulates SIMULATED_SEEDS worlds with mixed faults, optimised
	$(SWIFT) build -c release $(BUILD_FLAGS) --product loopdesk-sim
	"$$($(SWIFT) build -c release --show-bin-path)/loopdesk-sim" run --seeds $(SIMULATED_SEEDS)

.PHONY: laws
laws: deps ## Checks the laws of replication in their long form, optimised
	$(SWIFT) build -c release $(BUILD_FLAGS) --product loopdesk-laws
	"$$($(SWIFT) build -c release --show-bin-path)/loopdesk-laws"

# The copy and its build stay in .build-planted, so that a second run builds only what has changed.
.PHONY: planted-bugs
planted-bugs: deps ## Plants small bugs into a copy of the sources and counts how many tests catch
	scripts/planted-bugs.py

.PHONY: coverage
coverage: deps ## Shows what the tests reach of the merge; fails unless it is every branch
	SWIFT="$(SWIFT)" scripts/coverage.sh

.PHONY: install
install: release ## Installs the programs under PREFIX (/usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin"
	directory="$$($(SWIFT) build -c release --show-bin-path)"; \
	for program in $(INSTALLED); do \
		install -m 755 "$$directory/$$program" "$(DESTDIR)$(PREFIX)/bin/$$program"; \
	done

.PHONY: docker
docker: ## Builds the container image IMAGE
	$(DOCKER) build -f docker/Dockerfile -t $(IMAGE) .
