# Every target that needs tools sets up what is missing first, which takes a second or two
# when nothing is.
PORT ?= 8080
N ?= 1000
.DEFAULT_GOAL := help
.PHONY: help setup serve build package site test test-native test-wasm test-browser lint fmt bench kernel-soak calibrate clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 - \2/p' $(MAKEFILE_LIST)

setup: ## install whatever is missing
	@scripts/setup

serve: setup ## build and serve the lab on http://127.0.0.1:8080 (PORT=)
	@. .tools/env && exec trunk serve --port $(PORT) --dist target/serve

build: setup ## the release page, into dist/
	@. .tools/env && trunk build --release

package: setup ## the npm package, into pkg/
	@scripts/package

site: setup ## all that is published, into dist/: page, book and package
	@scripts/site

test: setup ## every layer: format, clippy, native, wasm, browser
	@scripts/test

test-native: setup ## cargo test
	@scripts/test native

test-wasm: setup ## the wasm32 tests in headless Chromium
	@scripts/test wasm

test-browser: setup ## the built page, driven in Chromium
	@scripts/test browser

lint: setup ## format and clippy, as make test has them
	@scripts/test format clippy

fmt: setup ## format the code
	@. .tools/env && cargo fmt --all

bench: setup ## benchmarks, sizes and page load
	@scripts/bench

calibrate: setup ## how long the running kernel takes for kube-proxy's rules, as root
	@. .tools/env && exec cargo run --release -p datapath-tests --bin calibrate

kernel-soak: setup ## generated cases through model and running kernel, as root (N=, SEED=)
	@. .tools/env && exec cargo run --release -p datapath-tests --bin soak -- $(N) $(SEED)

clean: ## remove what was built here; the tools stay in the machine's cache
	@rm -rf target dist pkg .tools tests/browser/node_modules tests/consumers/node_modules tests/consumers/*/dist docs/book \
	  tests/consumers/docusaurus/node_modules tests/consumers/docusaurus/build tests/consumers/docusaurus/.docusaurus
