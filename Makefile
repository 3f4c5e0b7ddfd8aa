# Two commands: `make demo` (SERVE=0 to stop before serving) and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin
SERVE ?= 1
HOUSEHOLDS ?= 50000
HOME_DIR ?= .
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo serve notebooks test test-all check audit fix lock docs clean install install-dev
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Doudi needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

# The build tool comes from the lock as well, so the editable install asks for nothing else.
$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Doudi into $(VENV) (a few minutes the first time)…"
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed ## set up the virtual environment
install-dev: $(VENV)/.installed-dev ## the same with test tools

demo: install ## a synthetic county from nothing to a dashboard (SERVE=0: stop before serving)
	$(BIN)/doudi demo --home $(HOME_DIR) --households $(HOUSEHOLDS) $(if $(filter 0,$(SERVE)),--no-serve)

serve: install ## open the dashboard on the county in HOME_DIR
	$(BIN)/doudi serve --home $(HOME_DIR)

notebooks: install-dev ## the notebooks over the county in HOME_DIR, into notebooks/executed
	$(BIN)/python -m doudi.notebooks --home $(HOME_DIR)

test: install-dev ## the tests, under five minutes on two cores
	$(BIN)/python -m pytest -n 2 -m "not slow"

test-all: install-dev ## everything, the browser walk and the real panel too
	$(BIN)/python -m pytest -n 2 -rs

check: install-dev ## lint, format, types, generated docs up to date; changes nothing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m doudi.docs --check

# Own environment: pip-audit brings packages that Doudi must not depend on. --strict, because a
# package that could not be asked about is no good news.
ADVISORIES ?= pypi
audit: $(BIN)/python ## known holes of the locked packages (needs PyPI's or OSV's advisories)
	"$(BIN)/python" -m venv .venv-audit
	.venv-audit/bin/python -m pip --disable-pip-version-check --quiet install "pip-audit>=2.10,<3"
	.venv-audit/bin/pip-audit --strict --disable-pip --require-hashes -s $(ADVISORIES) -r requirements.lock

fix: install-dev ## repair what can be repaired
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m doudi.docs

docs: install ## regenerate docs/reference
	$(BIN)/python -m doudi.docs

lock: install-dev ## renew both lock files (hashes, no addresses; needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  pyproject.toml requirements-build.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --extra dev -c requirements.lock pyproject.toml requirements-build.in -o requirements-dev.lock

clean: ## remove the demo county (lake, database, MLflow runs), keep the code
	rm -rf data/incoming data/lake data/vault data/truth data/profile data/scores data/risk data/reports data/outcomes
	rm -f data/county.yaml data/standards.yaml data/bands.yaml data/regions.geojson data/doudi.db* mlruns/mlflow.db
	rm -rf mlruns/artifacts notebooks/executed
