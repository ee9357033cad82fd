# Everything runs in .venv, which the first call makes. Needs Python 3.11 or later, pip, make, git.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# Tests wait more than they compute: two for each core. The long runs only compute.
WORKERS ?= 4
CORES ?= 2

.PHONY: demo test quick check format bench coverage simulate fuzz formal mutants mutation histories locale clean

demo: $(READY)  ## three devices, one journal: the main job on this machine, under a minute
	@$(BIN)/aluna demo

test: $(READY)  ## all tests, ten to fifteen minutes on two cores
	$(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk=1 -rsx -q

quick: $(READY)  ## the same without the longest: most of the hundred kills, the story on loopback
	$(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk=1 -m "not slow" -rsx -q

check: $(READY)  ## format, lint, types, layers, then all tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

coverage: $(READY)  ## every branch of the protocol core, by its own tests
	$(BIN)/python -m pytest -n $(WORKERS) -q tests/protocol --cov --cov-branch --cov-report=
	$(BIN)/coverage report --include='protocol/aluna_protocol/*' --skip-covered --show-missing --fail-under=100

format: $(READY)  ## write the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

SEEDS ?= 0..19999
MODULES ?= entry packing epoch operations membership register powers striking seating outcome barring acts inviting taking serving session lint

simulate: $(READY)  ## many seeds of whole collectives, SEEDS=0..19999; a failing one is shrunk and replays
	PYTHONPATH=tests $(BIN)/python -m simulator --seeds $(SEEDS) --workers $(CORES) --state simulator-state.json

fuzz: .venv/.attack  ## five minutes of coverage-guided noise on everything that parses (Linux)
	PYTHONPATH=tests $(BIN)/python -m fuzz --seconds 300

formal:  ## the models of the handshake and the door, where ProVerif is installed
	$(PYTHON) protocol/formal/run.py

mutants: $(READY)  ## a million spoilt changes against the lint and Automerge
	PYTHONPATH=tests $(BIN)/python -m mutants 1100000 --seed aluna

mutation: $(READY)  ## does a test notice each small change of the core? hours
	$(BIN)/python tests/mutation/run.py --jobs $(CORES) $(MODULES)

histories: $(READY)  ## every history of six operations of four persons: a quarter of an hour
	ALUNA_HISTORIES=6 $(BIN)/python -m pytest -n 0 -p no:randomly --timeout=7200 -q tests/protocol/test_all_histories.py

bench: $(READY)  ## measure, each figure next to its floor, and write docs/benchmarks.md
	$(BIN)/python -m bench

locale: $(READY)  ## gather the texts, compile the catalogues
	$(BIN)/python tui/aluna_tui/locale/update.py

$(READY): requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

.venv/.attack: requirements-attack.txt $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-attack.txt
	@touch .venv/.attack

clean:  ## forget .venv and everything made
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
