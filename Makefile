# Two commands do all their own set-up on a machine with python3, make and git: `make demo` and `make test`.
PYTHON ?= python3
COMPANY ?= xx_ecommerce
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
PERF := $(BIN)/perf-pipelines

.PHONY: demo test test-all ui bench lint types sql check format lock clean help

help:
	@echo "make demo    close a year of the company $(COMPANY) and print the last quarter's score table"
	@echo "make test    lint, types, architecture and tests"
	@echo "make test-all  the same with the slow ones of many of a kind"
	@echo "make ui      the Dagster UI on http://localhost:3000"
	@echo "make bench   what a month costs, in parts, and beside the bare SQL"
	@echo "make lint    lint, types and architecture only"
	@echo "make format  put Python and SQL into the project's form"
	@echo "make lock    resolve the dependencies of pyproject.toml again"

# The environment, from the lock and nothing else. uv is installed by pip, by its hash in the lock.
$(READY): requirements.lock pyproject.toml
	@echo "making the environment in $(VENV) (about half a minute) …"
	@$(PYTHON) -m venv --clear $(VENV)
	@awk '/^uv==/ {found=1} found {print} found && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(VENV)/uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# What the demo closes of each company, and whose score it proposes to look into.
FROM_crm_sales := 2017-03
TO_crm_sales := 2017-12
FROM_online_retail := 2010-12
TO_online_retail := 2011-05
FROM_xx_ecommerce := 2025-01
TO_xx_ecommerce := 2025-12
SHOWN_crm_sales := --period 2017-Q4 --employee darcel_schlecht
SHOWN_online_retail := --period 2011-Q1 --employee oliver_grant
SHOWN_xx_ecommerce := --period 2025-Q4 --employee E004
# xx_ecommerce has its business systems beside it: a database, services and files that the pipeline has to talk to.
SYSTEMS_xx_ecommerce := $(BIN)/python -m business_systems run --

demo: $(READY)
	@$(PERF) check --company $(COMPANY)
	@$(SYSTEMS_$(COMPANY)) $(PERF) backfill --company $(COMPANY) --from $(FROM_$(COMPANY)) --to $(TO_$(COMPANY)) --longer
	@$(PERF) table --company $(COMPANY) $(wordlist 1,2,$(SHOWN_$(COMPANY)))
	@echo "One score in full:  $(PERF) explain --company $(COMPANY) $(SHOWN_$(COMPANY))"
	@echo "The Dagster UI:     make ui COMPANY=$(COMPANY)   (http://localhost:3000)"

# Several companies with commas: `make ui COMPANY=crm_sales,xx_ecommerce`, or PERF_COMPANY in the environment.
SERVED := $(or $(PERF_COMPANY),$(COMPANY))

ui: $(READY)
	@PERF_COMPANY=$(SERVED) $(if $(findstring xx_ecommerce,$(SERVED)),$(SYSTEMS_xx_ecommerce)) $(PERF) ui

# One process more than cores, because some wait for what another makes for all of them.
test: lint
	@$(BIN)/python -m pytest -n $$(($$($(BIN)/python -c 'import os; print(os.cpu_count())') + 1)) --dist worksteal $(TESTS)

test-all:
	@$(MAKE) --no-print-directory test TESTS='-m ""'

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory --jobs=2 --output-sync types sql

# Beside each other, because pyright keeps one core busy.
types:
	@$(BIN)/pyright

sql:
	@$(BIN)/sqlfluff lint --processes 2 dbt_project companies

bench: $(READY)
	@$(BIN)/python -m tests.bench

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --processes 2 dbt_project companies

lock: $(READY)
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-annotate --no-header --quiet -o requirements.lock

clean:
	@rm -rf $(VENV) .perf
