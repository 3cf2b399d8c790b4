# Two commands on a fresh machine: `make demo` makes a real video, `make test` runs the tests.
# Both set everything up first, in .venv, from Python 3.11+ and its pip alone.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo gallery test setup clean

demo: $(VENV)/.demo
	$(BIN)/reel make examples/tea
	@echo
	@echo examples/tea/out/video.mp4

# Five finished videos: two Chinese, two English, one with footage.
gallery: $(VENV)/.demo
	$(BIN)/python examples/shop/make_footage.py
	$(BIN)/reel make --batch examples/gallery.jsonl

test: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/pytest

setup: $(VENV)/.test

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	$(BIN)/reel doctor --fix fonts --fix drawing
	touch $@

$(VENV)/.test: pyproject.toml $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --editable ".[edge,piper,kokoro,jianying,stickers,ocr,postgres,whisper,heic,encoder,keras,wandb,trackio]" --group dev
	touch $@

clean:
	rm -rf $(VENV) dist build
