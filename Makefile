# Each target calls scripts/ and meson. `make` alone lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build run dev test test-services chaos test-asan test-tsan check bench bench-stores clean
ARGS ?=

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing to build and run (apt, npm, model); quick when nothing is
	@scripts/setup build model page

build: ## set up and leave the program at build/posecraft
	@scripts/setup build model page
	@scripts/build

run: ## set up, build and serve on http://127.0.0.1:8080; ARGS="--port 9000 --data DIR"
	@scripts/setup build model page
	@scripts/build
	@exec scripts/run $(ARGS)

dev: ## like run, but the page is served by Vite and reloads when its sources change
	@scripts/setup build model page
	@scripts/build
	@exec scripts/dev $(ARGS)

test: ## set up and run all tests; totals in the last line
	@scripts/setup build model page test
	@scripts/test

test-services: ## the drivers against real Redis, MongoDB and S3 servers, started by the tests
	@scripts/setup build model page test services
	@scripts/test services

chaos: ## check that nothing is lost while processes and servers are killed; 2,000 images
	@scripts/setup build model services
	@scripts/build --tests
	@scripts/chaos

test-asan: ## the C tests under AddressSanitizer and UBSan
	@scripts/setup build model test
	@scripts/test-sanitized asan

test-tsan: ## the tests of threaded code under ThreadSanitizer
	@scripts/setup build model test
	@scripts/test-sanitized tsan

check: ## format, lints, include rules, API document
	@scripts/setup build page check
	@scripts/check

bench: ## measure PoseCraft and two Node programs on the same 12 MP images
	@scripts/setup build model page bench
	@scripts/build
	@bench/run $(ARGS)

bench-stores: ## measure queues and npm bull, records in SQLite and MongoDB, and 5,000 open pages
	@scripts/setup build model services bench
	@scripts/build
	@ninja -C build bench/queue bench/records
	bench/queue-rates
	bench/records-rates
	bench/live.py

clean: ## remove what was built; downloads, images and records stay
	rm -rf build build-asan build-tsan web/dist share/page share/.setup
