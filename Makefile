# `make run` and `make test` are all that a newcomer needs; `make` alone lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# A version, so that a lint that passes today also passes tomorrow.
CARGO_DENY_VERSION := 0.20.2
TOOLS := $(CURDIR)/target/tools

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: toolchain web ## build and serve on http://127.0.0.1:8080, with SQLite and files under ./data
	cargo run --locked -- serve

.PHONY: web
web: ## build the pages' style sheet and scripts, which `cargo build` then puts into the program
	@web/build

.PHONY: test
test: toolchain ## run every test; ARGS='-- NAME' runs the Rust tests with NAME in their name
	tests/run $(ARGS)

.PHONY: lint
lint: toolchain cargo-deny ## check format, clippy, documentation, and the dependencies' licences and sources
	cargo fmt --check
	cargo clippy --locked --all-targets --features failpoints -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items --features failpoints
	PATH="$(TOOLS)/bin:$$PATH" cargo deny --locked check bans licenses sources

.PHONY: check-deep
check-deep: toolchain ## fuzz every inspector, for SECONDS_EACH=60 each; ARGS='pdf mail' fuzzes those alone
	SECONDS_EACH="$(or $(SECONDS_EACH),60)" fuzz/run $(ARGS)

.PHONY: bench
bench: toolchain ## run the benchmarks of benches/; ARGS=upload, ARGS=idle or ARGS=coverage runs one
	benches/run $(ARGS)

# What a package manager has to bring. Everything else is installed by the command that needs it.
.PHONY: toolchain
toolchain:
	@command -v cargo >/dev/null || { echo 'cargo is missing: install Rust 1.95 or newer, for instance with rustup' >&2; exit 1; }
	@command -v cc >/dev/null || { echo 'a C compiler is missing (SQLite and the cryptography are built from source): apt-get install gcc libc6-dev' >&2; exit 1; }

# Into target/, so that nothing is left in the user's own folders.
.PHONY: cargo-deny
cargo-deny:
	@PATH="$(TOOLS)/bin:$$PATH"; command -v cargo-deny >/dev/null || \
		cargo install --locked --root "$(TOOLS)" cargo-deny@$(CARGO_DENY_VERSION)
