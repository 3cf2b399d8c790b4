"""Downloads: bounded, checked, resumed, and never from a private address by another's word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_media import FakeMedia, serving_media

from reelwright.core.errors import ProviderRefused, ProviderUnavailable
from reelwright.providers import download as room
from reelwright.providers.download import Download, check_public, download, trusted_host

pytestmark = pytest.mark.usefixtures("fresh_home")


def wanted(server: FakeMedia, **more: Any) -> Download:
    given = {
        "what": "the clip 1 of Pexels",
        "url": f"{server.url}/files/1.mp4?token=hidden",
        "name": "Pexels 1",
        "kinds": ("video/",),
        "max_bytes": 1_000_000,
        "section": "stock",
        "trusted": frozenset({"127.0.0.1"}),
        "timeout": 5,
        "retries": 2,
        "sleep": lambda _: None,
    }
    return Download(**{**given, **more})


def test_a_file_arrives_whole(tmp_path: Path) -> None:
    with serving_media() as server:
        download(wanted(server), tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == server.clip


@pytest.mark.parametrize("mode", ["cut", "500", "moved"])
def test_a_trouble_that_passes_is_got_over(tmp_path: Path, mode: str) -> None:
    with serving_media() as server:
        server.mode, server.trouble = mode, 1
        download(wanted(server), tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == server.clip


def test_a_broken_download_goes_on_where_it_stopped_even_in_another_run(tmp_path: Path) -> None:
    with serving_media() as server:
        server.mode = "cut"
        with pytest.raises(ProviderUnavailable, match="broke off") as caught:
            download(wanted(server, retries=0), tmp_path / "clip.mp4")
        assert "token" not in str(caught.value)
        assert not (tmp_path / "clip.mp4").exists()
        server.mode = "ok"
        other = f"{server.url}/files/other.mp4"
        download(wanted(server, retries=0, url=other), tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == server.clip
        half = len(server.clip) // 2
        assert server.seen[-1]["headers"]["Range"] == f"bytes={half}-"


@pytest.mark.parametrize("mode", ["ok", "no_ranges"])
def test_what_changed_meanwhile_is_begun_again(tmp_path: Path, mode: str) -> None:
    with serving_media() as server:
        server.mode = "cut"
        with pytest.raises(ProviderUnavailable):
            download(wanted(server, retries=0), tmp_path / "clip.mp4")
        server.mode, server.tag, server.clip = mode, '"two"', b"new" * 9000
        download(wanted(server), tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == server.clip


def test_a_part_that_is_whole_or_too_long_is_begun_again(tmp_path: Path) -> None:
    with serving_media() as server:
        server.mode = "cut"
        with pytest.raises(ProviderUnavailable):
            download(wanted(server, retries=0), tmp_path / "clip.mp4")
        server.mode, server.clip = "ok", server.clip[:100]
        download(wanted(server), tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == server.clip


@pytest.mark.parametrize(
    ("mode", "complaint"),
    [
        ("html", "is no video but text/html"),
        ("404", "not there"),
        ("huge", "larger than 1 MB"),
        ("endless", "larger than 1 MB"),
        ("empty", "is empty"),
        ("loop", "without end"),
    ],
)
def test_what_is_of_no_use_is_refused(tmp_path: Path, mode: str, complaint: str) -> None:
    with serving_media() as server:
        server.mode = mode
        with pytest.raises(ProviderRefused, match=complaint):
            download(wanted(server), tmp_path / "clip.mp4")
        assert not list(tmp_path.glob("*.mp4"))
        server.mode = "ok"
        download(wanted(server), tmp_path / "clip.mp4")
        assert (tmp_path / "clip.mp4").read_bytes() == server.clip


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "10.1.2.3", "192.168.0.1", "172.16.0.9", "169.254.169.254"),
        *("[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "0.0.0.0", "2130706433"),
        "100.64.0.1",
    ],
)
def test_private_addresses_are_not_asked(tmp_path: Path, host: str) -> None:
    with serving_media() as server:
        port = server.url.rpartition(":")[2]
        given = wanted(server, url=f"http://{host}:{port}/files/1.mp4", trusted=frozenset())
        with pytest.raises(ProviderRefused, match="private network"):
            download(given, tmp_path / "clip.mp4")
        assert server.seen == []


def test_a_redirect_to_a_private_address_is_not_followed(tmp_path: Path) -> None:
    with serving_media() as server, serving_media() as inner:
        server.mode = "private"
        server.elsewhere = inner.url.replace("127.0.0.1", "localhost") + "/files/secret.mp4"
        with pytest.raises(ProviderRefused, match="private network"):
            download(wanted(server), tmp_path / "clip.mp4")
        assert inner.seen == []


def test_a_name_that_turns_private_after_the_check_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_media() as server:
        monkeypatch.setattr(room, "_addresses", lambda host, port: ["93.184.216.34"])
        with pytest.raises(ProviderRefused, match="private network"):
            download(wanted(server, trusted=frozenset()), tmp_path / "clip.mp4")
        assert server.seen == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a/b", "http://", "http://[x", "x"])
def test_other_kinds_of_addresses_are_refused(url: str) -> None:
    with serving_media() as server, pytest.raises(ProviderRefused):
        check_public(wanted(server, url=url), url)


def test_only_a_private_host_of_the_persons_own_is_trusted() -> None:
    assert trusted_host("http://127.0.0.1:9/v1") == {"127.0.0.1"}
    assert trusted_host("http://93.184.216.34/") == frozenset()
    assert trusted_host("") == frozenset()
