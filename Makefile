# Trygghet. `make run` and `make test` do everything a fresh Debian or Ubuntu needs.
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
export PORT ?= 8000
PYTHON_ENV := .venv/bin/python

.PHONY: help setup run test quality fix bench migrate resetdb clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what Trygghet runs on, into .venv/
	@scripts/setup run

run: setup ## Serve the demo on http://127.0.0.1:8000/ (make run PORT=8001 for another port)
	@scripts/run

test: ## Run every test: on SQLite, on PostgreSQL, in Chromium
	@scripts/setup test
	@scripts/test

quality: setup ## Check format, lint, imports, migrations and production settings
	@scripts/quality

fix: setup ## Format the code and templates, and mend what the linters can
	@$(PYTHON_ENV) -m ruff check --quiet --fix .
	@$(PYTHON_ENV) -m ruff format --quiet .
	@$(PYTHON_ENV) -m djlint --quiet --reformat templates

bench: setup ## Measure pages, exports and imports against bare libraries; prints JSON
	@scripts/bench

migrate: setup ## Bring the database of the settings up to date
	@$(PYTHON_ENV) manage.py migrate --noinput

resetdb: setup ## Throw the demo's database away; the next make run makes a new one
	@rm -f var/trygghet.sqlite3 var/trygghet.sqlite3-wal var/trygghet.sqlite3-shm var/demo-loaded
	@echo "The demo's database is gone; make run makes a new one."

clean: ## Remove what was installed or built, but not var/
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache staticfiles
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
