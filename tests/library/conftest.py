"""A library for every test: in SQLite and in PostgreSQL, with a home of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from PIL import Image

from postgres import fresh, server
from reelwright.core.settings import LibrarySettings
from reelwright.library.catalogue import open_library
from reelwright.media import ffmpeg
from reelwright.store.database import Database

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server."""
    with server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of an empty schema of a PostgreSQL database."""
    return fresh(postgres, f"library{next(_NUMBERS)}")


@pytest.fixture(params=["sqlite", "postgresql"])
def library_settings(request: pytest.FixtureRequest, fresh_home: Path) -> LibrarySettings:
    """Settings of an empty library: once of each kind of database."""
    if request.param == "sqlite":
        return LibrarySettings()
    return LibrarySettings.model_validate({"url": request.getfixturevalue("postgres_url")})


@pytest.fixture
def database(library_settings: LibrarySettings) -> Iterator[Database]:
    """An empty library, open."""
    opened = open_library(library_settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip, a sound, a picture and a text, with dates and places. Never to be written to."""
    folder = tmp_path_factory.mktemp("samples")
    tags = ["-metadata", "creation_time=2024-05-01T04:33:05Z", "-metadata", "title=Waves"]
    tags += ["-metadata", "location=+22.2783+114.1747/"]
    film = ["-f", "lavfi", "-i", "testsrc2=d=2:s=160x90:r=10", "-f", "lavfi", "-i", "sine=d=2"]
    film += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *tags]
    ffmpeg.run([*film, "-movflags", "use_metadata_tags", folder / "clip.mp4"], what="a clip")
    ffmpeg.run(["-f", "lavfi", "-i", "sine=d=4", folder / "tone.wav"], what="a tone")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme", "Acme One"
    exif.get_ifd(0x8769)[0x9003] = "2023:08:09 10:11:12"
    exif.get_ifd(0x8769)[0x9011] = "+08:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 36.0), 3: "W", 4: (120.0, 9.0, 0.0)})
    Image.linear_gradient("L").convert("RGB").resize((90, 160)).save(folder / "海边.jpg", exif=exif)
    (folder / "words.txt").write_text("潮水每天涨落两次。", "gb18030")
    return folder


@pytest.fixture
def material(samples: Path, tmp_path: Path) -> Path:
    """The samples in a folder of the test's own."""
    return shutil.copytree(samples, tmp_path / "material")
