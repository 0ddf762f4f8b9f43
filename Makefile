# Baton. make, git and Go 1.21 or newer are all this starts from: what else is
# needed is worked out by .ci/need.sh, installed when run as root, else shown
# and asked for.

PREFIX ?= $(HOME)/.local

.DEFAULT_GOAL := help
.PHONY: help run demo build build-headless install uninstall package package-test test lint fmt mutants model bench screenshots clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build Baton and start it: a window; without a display the page, or a demo in the terminal
	@bash .ci/start

demo: ## the same on made-up accounts; your own are not touched
	@bash .ci/start demo

build: ## build/baton, with the window
	@bash .ci/build desktop build/baton

build-headless: ## build/baton-headless, static, everything but the window
	@bash .ci/build headless build/baton-headless

install: build ## put build/baton into PREFIX/bin, ~/.local unless you say otherwise
	@bash .ci/install "$(DESTDIR)$(PREFIX)"

uninstall: ## take it away again; accounts and logins stay
	@bash .ci/install --remove "$(DESTDIR)$(PREFIX)"

package: ## build/packages: for Debian, other Linux, Windows, and static ones without the window
	@bash .ci/package

package-test: ## install, run and remove the Debian packages in a clean system (as root)
	@bash .ci/package-test

test: ## everything CI runs
	@bash .ci/test

lint: ## what of it reads the code without running it
	@bash .ci/test lint

fmt: ## format the code
	@bash .ci/tool gofumpt -w .

mutants: ## change the core in small ways; a test must miss each
	@bash .ci/mutants

model: ## check the model of the swap protocol with spin; FULL=1 searches every run
	@bash .ci/model $(if $(FULL),full,quick)

bench: ## measure the commands on made-up accounts; the table of BENCHMARKS.md
	@bash .ci/bench/run

screenshots: ## pictures of every view of the window, into build/screenshots
	@bash .ci/screenshots/run

clean: ## remove build/
	@rm -rf build
