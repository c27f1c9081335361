# Everyday commands. `make` alone lists them; the longer shell stands in .ci/.
.DEFAULT_GOAL := help
.PHONY: setup run test check fix bench lock help

setup: ## create .venv with the carclub command in it
	@.ci/setup

run: setup ## start carclub; with no settings, the local group in your browser
	@.venv/bin/carclub

# Compiled tests are kept even where the environment forbids it: else each worker compiles them all.
test: develop ## run every test, with what the tests talk to installed first
	@tests/support/servers.sh
	PYTHONDONTWRITEBYTECODE= .venv/bin/python -m pytest --numprocesses 4 --dist worksteal $(ARGS)

check: develop ## format, lint, types and import order, as CI runs them
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports

fix: develop ## tidy what a tool can tidy
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

bench: develop ## measure
	.venv/bin/python -m benchmarks

lock: develop ## write the lock files from pyproject.toml
	.ci/lock

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 8

.PHONY: develop
develop:
	@.ci/setup requirements-dev.txt
