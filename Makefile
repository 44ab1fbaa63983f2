# The commands of the project. `make help` lists them.
SHELL := /bin/sh
export PORT DATA
# Compiled once: without it every process of ours compiles all of the portal anew, a second each time.
unexport PYTHONDONTWRITEBYTECODE
PY := .venv/bin/python
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))
# Three runs that take about as long as each other: a browser, a mail server and a process all make one wait.
JOURNEYS := tests/browser
PROCESSES := tests/accounts tests/devstack tests/notices tests/policies tests/publications tests/schools
RULES := $(filter-out ledger/%,$(wildcard */domain */rules.py */rules)) ledger
PLACEHOLDERS := set -a; . deploy/placeholder.env; set +a;

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test test-fast chaos bench check shell manage screenshots messages consent-table lock format install install-tests

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: install $(MESSAGES) ## start everything: PORT= (8000), DATA= (.data); Ctrl-C stops it
	@exec $(PY) -m devstack.demo --with-parent

demo-reset: install ## remove the data of the demo (DATA=)
	@$(PY) -m devstack.demo reset

test: install-tests $(MESSAGES) ## every test, also in a real browser; ARGS= for pytest
ifdef ARGS
	@$(PY) -m pytest $(ARGS)
else
	@echo "Three runs side by side, each with its own database; what the other two said is shown at the end."
	@logs=$$(mktemp -d) code=0; \
	$(PY) -m pytest $(JOURNEYS) >$$logs/journeys 2>&1 & journeys=$$!; \
	$(PY) -m pytest $(PROCESSES) >$$logs/processes 2>&1 & processes=$$!; \
	trap 'kill $$journeys $$processes' INT TERM HUP; \
	$(PY) -m pytest $(addprefix --ignore=,$(JOURNEYS) $(PROCESSES)) || code=$$?; \
	wait $$processes || code=$$?; wait $$journeys || code=$$?; \
	cat $$logs/processes $$logs/journeys; rm -rf $$logs; exit $$code
endif

test-fast: install $(MESSAGES) ## the tests without the browser
	@$(PY) -m pytest -m "not browser" $(ARGS)

chaos: install $(MESSAGES) ## kill everything in the middle of its work, check the books: MINUTES= (5), SEED=
	@exec $(PY) -m chaos $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED))

bench: install $(MESSAGES) ## how fast, as ratios against floors: a table and bench/results.json; ROW= for one row
	@exec $(PY) -m bench $(ROW)

check: install $(MESSAGES) ## style, types, import contracts, settings, translations, templates, container files
	@echo "- ruff";            $(PY) -m ruff check .
	@echo "- format";          $(PY) -m ruff format --check .
	@echo "- imports";         PYTHONPATH=. $(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@echo "- types";           $(PLACEHOLDERS) $(PY) -m mypy $(RULES)
	@echo "- migrations";      $(PY) -m devstack.run --empty -- python manage.py makemigrations --check --dry-run
	@echo "- settings";        $(PLACEHOLDERS) $(PY) manage.py check --deploy --fail-level WARNING
	@echo "- templates";       $(PLACEHOLDERS) $(PY) -m scripts.check_templates
	@echo "- templates, style"; $(PY) -m djlint --lint --quiet templates
	@echo "- translations";    $(PY) -m scripts.check_translations
	@echo "- Dockerfile";      .venv/bin/hadolint Dockerfile
	@echo "- docker-compose";  $(PY) -m scripts.check_compose
	@echo "All checks passed."

shell: install ## a Python shell in the portal, on the data of the demo
	@$(PY) -m devstack.run -- python manage.py shell

manage: install $(MESSAGES) ## any command on the data of the demo: make manage DO="verify_ledger opmaat"
	@$(PY) -m devstack.run -- python manage.py $(DO)

screenshots: install-tests $(MESSAGES) ## the pictures in the README, from the real pages
	@$(PY) -m tests.browser.screenshots

messages: install ## collect the texts to translate into locale/
	@$(PY) -m django makemessages --locale=nl --no-location --no-obsolete \
	    --ignore=tests --ignore=devstack --ignore=scripts --ignore=samples --ignore=docs --ignore=staticfiles
	@$(PY) -m scripts.check_translations --update

consent-table: install ## write docs/consent-table.md anew out of the rule
	@$(PLACEHOLDERS) $(PY) -m scripts.consent_table

lock: install ## write requirements/*.txt anew from *.in; UPGRADE=--upgrade for newer versions
	@$(PY) -m uv --version >/dev/null
	@for name in uv base demo dev; do \
	    others=$$(for done in uv base demo; do [ $$done = $$name ] && break; echo "-c requirements/$$done.txt"; done); \
	    echo "- requirements/$$name.txt"; \
	    $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	        --no-emit-index-url --no-annotate $(UPGRADE) $$others requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

format: install ## put the sources in shape
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

install: ## install what the demo needs (every other command does this itself)
	@devstack/bootstrap.sh gettext

install-tests:
	@devstack/bootstrap.sh gettext chromium

%.mo: %.po
	@msgfmt --check-format -o $@ $<
