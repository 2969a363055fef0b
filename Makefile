# Every target works in a fresh clone: what it needs goes into .venv first.
# Written for any make, GNU make 3.81 included.

.POSIX:

PYTHON_ENV = .venv/bin/python
INSTALL = sh scripts/install.sh requirements.txt
INSTALL_DEV = $(INSTALL) && sh scripts/install.sh requirements-dev.txt

TEMPLATES = $$(find wiki/templates -name '*.html')
# The settings of a wiki behind a proxy with HTTPS; nothing is read or kept.
IN_PRODUCTION = env -u DATABASE_URL DEBUG=off BASE_URL=https://wiki.example.org \
	ALLOWED_HOSTS=wiki.example.org BEHIND_PROXY=on \
	SECRET_KEY=only-for-make-lint-0123456789-abcdefghijklmnopqrstuvwxyz

help:
	@echo 'make run       serve the wiki on http://127.0.0.1:8000 (PORT=8000)'
	@echo 'make test      every test: SQLite, PostgreSQL, browser'
	@echo 'make lint      style, layers, migrations, translations, deployment'
	@echo 'make format    write Python and templates in the one style'
	@echo 'make messages  bring the translation catalogs up to the source'
	@echo 'make js        bundle the scripts that hold libraries (needs Node.js)'
	@echo 'make bench     measure pages and imports against a floor (FULL=1)'
	@echo 'make soak      kill, starve, fuzz and write together for long'

run:
	@$(INSTALL)
	@exec $(PYTHON_ENV) manage.py runwiki

test:
	@$(INSTALL_DEV)
	@exec $(PYTHON_ENV) -m tests.run

lint:
	@$(INSTALL_DEV)
	$(PYTHON_ENV) -m ruff check .
	$(PYTHON_ENV) -m ruff format --check .
	.venv/bin/djade --check --target-version 5.2 $(TEMPLATES)
	.venv/bin/lint-imports --no-cache
	$(IN_PRODUCTION) $(PYTHON_ENV) manage.py makemigrations --check --dry-run
	$(IN_PRODUCTION) $(PYTHON_ENV) manage.py check --deploy --fail-level WARNING
	$(PYTHON_ENV) -m scripts.catalogs check

format:
	@$(INSTALL_DEV)
	$(PYTHON_ENV) -m ruff check --fix .
	$(PYTHON_ENV) -m ruff format .
	-.venv/bin/djade --target-version 5.2 $(TEMPLATES)

messages:
	@$(INSTALL_DEV)
	$(PYTHON_ENV) -m scripts.catalogs update

js:
	cd frontend && npm ci && npm run build

bench:
	@$(INSTALL_DEV)
	$(PYTHON_ENV) -m benchmarks.run

soak:
	@$(INSTALL_DEV)
	@exec $(PYTHON_ENV) -m tests.soak

.PHONY: help run test lint format messages js bench soak
