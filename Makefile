# Two commands on a fresh machine: `make demo` makes a real video, `make test` runs the tests.
# Both set everything up first, in .venv, from Python 3.11+ and its pip alone.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: demo gallery test setup browser clean

demo: $(VENV)/.demo
	$(BIN)/reel make examples/tea
	@echo
	@echo examples/tea/out/video.mp4

# Five finished videos: two Chinese, two English, one with footage.
gallery: $(VENV)/.demo
	$(BIN)/python examples/shop/make_footage.py
	$(BIN)/reel make --batch examples/gallery.jsonl

test: $(VENV)/.test browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/pytest

setup: $(VENV)/.test

# The viewer's page is tested in a real browser; where there is none, Debian's is installed if it can be.
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || test -n "$$REEL_CHROMIUM" || \
	{ test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	echo "no Chromium: install one, or let REEL_CHROMIUM name it; the tests of the viewer's page need it"

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
