# Everything runs in .venv, made from the hash-locked list; nothing else on the machine is touched.
PYTHON ?= python3.11
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
# Debian's Python makes a venv with pip only if one more package is there; this way it needs none.
PIP := $(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check

.PHONY: install demo test lint types proof bench lock texts clean

install: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --without-pip $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# make demo PORT=9000 BROWSER=no
demo: install
	$(BIN)/nuanlin demo --port $(PORT) $(if $(filter no,$(BROWSER)),--no-browser)

# make test                             everything that needs no browser and no other server
# make test BROWSER=/usr/bin/chromium   the browser tests as well
# NUANLIN_TEST_PEER=<folder> make test  the independent server as well, see .ci/run
# make test ARGS="-k claim"             only some
# Three at a time on two cores: the proofs wait for other processes much of the time.
test: MARKS = $(if $(BROWSER),,not browser)$(if $(BROWSER)$(NUANLIN_TEST_PEER),, and )$(if $(NUANLIN_TEST_PEER),,not peer)
test: install
	NUANLIN_TEST_BROWSER="$(BROWSER)" $(BIN)/python -m pytest -n 3 --dist worksteal $(if $(MARKS),-m "$(MARKS)") $(ARGS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

proof: install
	$(BIN)/python -m tests.proof

bench: install
	$(BIN)/python -m tests.bench

# the locked list is for every platform; run after a change of pyproject.toml
lock:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --group dev --output-file requirements.lock pyproject.toml

texts: install
	$(BIN)/python -m tests.texts

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache *.egg-info
