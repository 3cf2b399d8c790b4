"""What every test shares: a home of its own, so that none reads or writes the person's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Two workers on two cores: a thread each, which also keeps torch's sums in one order.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    for name in [name for name in os.environ if name.startswith("REEL_")]:
        if name not in ("REEL_FFMPEG", "REEL_CHROMIUM"):
            del os.environ[name]
    os.environ["REEL_HOME"] = str(home)
    return home


@pytest.fixture
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that nothing was ever made in."""
    home = tmp_path / "fresh-home"
    home.mkdir()
    monkeypatch.setenv("REEL_HOME", str(home))
    return home
