"""Stock libraries against a local server that answers as they do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_media import KEY, FakeMedia, serving_media
from pydantic import SecretStr

from reelwright.core.errors import MissingKey, ProviderRefused, ProviderUnavailable
from reelwright.core.nouns import Format
from reelwright.core.ports import Stock
from reelwright.core.settings import StockSettings
from reelwright.providers import door
from reelwright.providers.stock.library import Rendition, choose

UPRIGHT = Format(width=1080, height=1920)
NAMES = ("pexels", "pixabay")

pytestmark = pytest.mark.usefixtures("fresh_home")


def library(name: str, server: FakeMedia | None = None, key: str = KEY, **more: Any) -> Any:
    section = StockSettings(
        api_key=SecretStr(key), base_url=server.url if server else "", timeout=5, **more
    )
    made = door.load("stock", name, section)
    made.endpoint = replace(made.endpoint, sleep=lambda _: None)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_library(name: str) -> None:
    made = library(name)
    assert isinstance(made, Stock)
    assert name in door.names("stock")
    assert made.needs_network
    assert KEY not in str(made.key())
    assert KEY not in repr(made.options)


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_is_found_fetched_and_credited(name: str, tmp_path: Path) -> None:
    with serving_media() as server:
        made = library(name, server)
        best = made.search("harbour boats", format=UPRIGHT, seconds=5)[0]
        made.fetch(best, tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == server.clip
    assert best.origin.provider == name
    assert best.origin.author in ("Ana Example", "Coverr-Free-Footage")
    assert best.origin.url.startswith(f"https://{'www.' * (name == 'pexels')}{name}.com/")
    assert best.origin.licence.startswith(name.capitalize())
    assert not best.origin.ai_made
    assert best.tags
    assert all(KEY not in str(value) for value in best.origin.model_dump().values())


def test_pexels_is_asked_as_it_wants() -> None:
    with serving_media() as server:
        found = library("pexels", server).search("海边 日落", format=UPRIGHT, seconds=5)
        path = server.seen[0]["path"]
        assert "orientation=portrait" in path
        assert "locale=zh-CN" in path
        assert KEY not in path
    # Upright before wide, the short one left out, the size that is just large enough.
    assert [(c.id, c.width, c.height) for c in found] == [("103", 1080, 1920), ("102", 3840, 2160)]
    assert "harbour" in found[0].tags


def test_pixabay_is_asked_as_it_wants() -> None:
    with serving_media() as server:
        (found,) = library("pixabay", server).search("sea " * 60, format=UPRIGHT, seconds=5)
        assert "lang=en" in server.seen[0]["path"]
        assert "Authorization" not in server.seen[0]["headers"]
    assert (found.width, found.height) == (1920, 1080)
    assert found.bytes == len(server.clip)
    assert found.tags == ("flowers", "yellow", "blossom")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_found_is_no_error(name: str) -> None:
    with serving_media() as server:
        assert library(name, server).search("nothing", format=UPRIGHT, seconds=5) == ()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("asking", "error"),
    [
        ("429", ProviderUnavailable),
        ("500", ProviderUnavailable),
        ("html", ProviderRefused),
        ("other", ProviderRefused),
    ],
)
def test_a_bad_answer_is_an_error_without_the_key(name: str, asking: str, error: type) -> None:
    with serving_media() as server:
        server.asking = asking
        with pytest.raises(error) as caught:
            library(name, server).search("sea", format=UPRIGHT, seconds=5)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_wrong_key_names_the_setting(name: str) -> None:
    with pytest.raises(MissingKey) as missing:
        library(name, key="").search("sea", format=UPRIGHT, seconds=5)
    assert "REEL_STOCK_API_KEY" in str(missing.value)
    with serving_media() as server, pytest.raises((MissingKey, ProviderRefused)) as wrong:
        library(name, server, key="wrong-key-0000").search("sea", format=UPRIGHT, seconds=5)
    assert "wrong-key-0000" not in str(wrong.value)


@pytest.mark.parametrize(
    ("mode", "complaint"), [("html", "no video"), ("huge", "larger than 0.02 MB")]
)
def test_what_is_no_clip_is_not_kept(mode: str, complaint: str, tmp_path: Path) -> None:
    with serving_media() as server:
        made = library("pexels", server, max_bytes=20_000)
        best = made.search("sea", format=UPRIGHT, seconds=5)[0]
        server.mode = mode
        with pytest.raises(ProviderRefused, match=complaint):
            made.fetch(best, tmp_path / "clip.mp4")


def test_a_link_into_the_private_network_is_refused(tmp_path: Path) -> None:
    with serving_media() as server:
        made = library("pexels", server)
        best = made.search("sea", format=UPRIGHT, seconds=5)[0]
        evil = replace(best, link="http://169.254.169.254/latest/meta-data/")
        with pytest.raises(ProviderRefused, match="private network"):
            made.fetch(evil, tmp_path / "clip.mp4")


def test_the_smallest_size_that_fills_the_picture_is_chosen() -> None:
    sizes = [
        Rendition("a", 3840, 2160, 90),
        Rendition("b", 1920, 1080, 40),
        Rendition("c", 640, 360),
    ]
    wide = Format(width=1920, height=1080)
    assert choose(sizes, wide, 100) == sizes[1]
    assert choose(sizes, wide, 30) == sizes[2]
    assert choose(sizes, UPRIGHT, 100) == sizes[0]
    assert choose([], wide, 100) is None
