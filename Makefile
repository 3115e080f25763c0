# Everything a newcomer needs: `make demo` to look at Wayfare, `make test` before a change is
# proposed. All else is for people who work on it. Nothing needs to be installed first but some
# Python of version 3.12 or newer.
.POSIX:
.PHONY: help demo test lint format pictures vendor lock clean

START = cxm/embedded/start.sh
DEMO = $(START) requirements-local.txt
DEV = $(START) requirements-dev.txt
CHROMIUM_PATH = $(DEV) cxm/embedded/chromium.sh
PYTHON_FILES = manage.py cxm personas journeys feedback analytics tests
# The checkers read the settings, which want addresses but do not use them.
PLACEHOLDERS = WAYFARE_TEST=1 SECRET_KEY=unused REDIS_URL=redis://127.0.0.1:1/0 \
	DATABASE_URL=postgresql://unused:unused@127.0.0.1:1/unused
COMPILE = uv pip compile -q --universal --generate-hashes --python-version 3.12 --no-header \
	--no-emit-index-url --no-annotate pyproject.toml

# Formulas and tenancy: every branch of them is tried, and measured. Measuring slows tests down.
COVERED = tests/metrics tests/tenants tests/analytics/test_time_zone.py

help: ## List what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

demo: ## Start the product with its demo tenant (PORT=8000); Ctrl+C stops it
	@$(DEMO) python -m cxm.embedded.demo

test: lint ## Check and test everything; the only test command
	@WAYFARE_TEST=1 $(DEV) python manage.py makemigrations --check --dry-run
	@rm -f .coverage .coverage.*
	@$(DEV) coverage run -m pytest -n 2 $(COVERED)
	@$(DEV) coverage combine --quiet
	@$(DEV) coverage report
	@CHROMIUM="$$($(CHROMIUM_PATH))" $(DEV) python -m pytest -n 2 $(COVERED:%=--ignore=%)

lint: ## Check style, types and imports
	@$(DEV) ruff format --check $(PYTHON_FILES)
	@$(DEV) ruff check $(PYTHON_FILES)
	@$(PLACEHOLDERS) $(DEV) mypy $(PYTHON_FILES)
	@$(PLACEHOLDERS) $(DEV) lint-imports
	@$(DEV) djlint --lint --quiet templates

format: ## Put all files into the house's shape
	@$(DEV) ruff check --fix-only --quiet $(PYTHON_FILES)
	@$(DEV) ruff format $(PYTHON_FILES)
	@find templates -name '*.html' -exec $(DEV) djangofmt {} +

pictures: ## Take the pictures of the documentation from the running pages
	@CHROMIUM="$$($(CHROMIUM_PATH))" $(DEV) python -m pytest -n 0 tests/browser/pictures.py

vendor: ## Renew static/vendor from the versions of package.json (needs Node.js)
	npm ci --no-audit --no-fund
	npm run vendor

lock: ## Renew the requirements files from pyproject.toml
	@$(DEV) $(COMPILE) -o requirements.txt
	@$(DEV) $(COMPILE) --extra local -o requirements-local.txt
	@$(DEV) $(COMPILE) --extra local --extra dev -o requirements-dev.txt

clean: ## Remove the environment and caches; the data of the demo in .local stays
	rm -rf .venv staticfiles htmlcov test-results node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find cxm personas journeys feedback analytics tests -name __pycache__ -exec rm -rf {} +
