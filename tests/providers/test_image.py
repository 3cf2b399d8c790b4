"""Generated pictures and embeddings against a local server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_media import FakeMedia, serving_media
from PIL import Image
from pydantic import SecretStr

from reelwright.core.errors import MissingKey, ProviderRefused, ProviderUnavailable
from reelwright.core.nouns import Format
from reelwright.core.ports import Embedder, Images
from reelwright.core.settings import EmbedSettings, ImageSettings
from reelwright.providers import door

UPRIGHT = Format(width=1080, height=1920)

pytestmark = pytest.mark.usefixtures("fresh_home")


def images(server: FakeMedia | None = None, **more: Any) -> Any:
    base = f"{server.url}/v1" if server else ""
    made = door.load("image", "openai", ImageSettings(base_url=base, timeout=5, **more))
    made.endpoint = replace(made.endpoint, sleep=lambda _: None)
    return made


def embedder(server: FakeMedia | None = None) -> Any:
    base = f"{server.url}/v1" if server else ""
    made = door.load("embed", "openai", EmbedSettings(base_url=base, model="m", timeout=5))
    made.endpoint = replace(made.endpoint, sleep=lambda _: None)
    return made


def test_they_keep_to_their_ports() -> None:
    assert isinstance(images(), Images)
    assert isinstance(embedder(), Embedder)


@pytest.mark.parametrize("asking", ["ok", "by_url"])
def test_a_picture_is_drawn(asking: str, tmp_path: Path) -> None:
    with serving_media() as server:
        server.asking = asking
        images(server, model="sd").draw("a lake", format=UPRIGHT, seed=5, out=tmp_path / "a.png")
        body = server.seen[0]["body"]
    with Image.open(tmp_path / "a.png") as drawn:
        assert drawn.format == "PNG"
    assert body["prompt"] == "a lake"
    assert (body["model"], body["seed"], body["size"]) == ("sd", 5, "768x1344")


def test_its_origin_says_that_a_machine_made_it() -> None:
    origin = images(model="sd").origin("a lake", seed=5)
    assert origin.ai_made
    assert (origin.prompt, origin.seed, origin.model) == ("a lake", 5, "sd")


@pytest.mark.parametrize(
    ("model", "format", "size"),
    [
        ("gpt-image-1", UPRIGHT, "1024x1536"),
        ("gpt-image-1", Format(width=1080, height=1080), "1024x1024"),
        ("dall-e-3", Format(width=1920, height=1080), "1792x1024"),
        ("flux", Format(width=1920, height=1080), "1344x768"),
    ],
)
def test_the_size_follows_the_format(model: str, format: Format, size: str) -> None:
    assert images(model=model).size(format) == size
    assert images(model=model, size="512x512").size(format) == "512x512"


@pytest.mark.parametrize(
    ("asking", "error"),
    [
        ("429", ProviderUnavailable),
        ("500", ProviderUnavailable),
        ("html", ProviderRefused),
        ("other", ProviderRefused),
        ("no_picture", ProviderRefused),
    ],
)
def test_a_bad_answer_leaves_no_picture(asking: str, error: type, tmp_path: Path) -> None:
    with serving_media() as server:
        server.asking = asking
        with pytest.raises(error):
            images(server).draw("a lake", format=UPRIGHT, seed=5, out=tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()


def test_a_picture_behind_a_link_is_checked_like_any_download(tmp_path: Path) -> None:
    with serving_media() as server:
        server.asking, server.mode = "by_url", "html"
        with pytest.raises(ProviderRefused, match="no image"):
            images(server).draw("a lake", format=UPRIGHT, seed=5, out=tmp_path / "a.png")


def test_without_an_address_and_a_key_they_say_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(MissingKey, match="no image service") as caught:
        images().draw("a", format=UPRIGHT, seed=1, out=tmp_path / "a.png")
    assert "REEL_IMAGE_API_KEY" in str(caught.value)
    with pytest.raises(MissingKey, match="no embedding service"):
        embedder().embed_texts(["a"])
    assert "secret" not in repr(ImageSettings(api_key=SecretStr("secret")))


def test_texts_are_placed_in_their_order() -> None:
    with serving_media() as server:
        sea, tea = embedder(server).embed_texts(["boats at sea", "茶"])
        many = embedder(server).embed_texts([str(n) for n in range(100)])
        assert server.paths() == ["/v1/embeddings"] * 3
    assert sea[0] > sea[2]
    assert tea[2] > tea[0]
    assert len(many) == 100


@pytest.mark.parametrize("asking", ["html", "other"])
def test_what_is_no_embedding_is_refused(asking: str) -> None:
    with serving_media() as server:
        server.asking = asking
        with pytest.raises(ProviderRefused):
            embedder(server).embed_texts(["a"])


def test_pictures_are_not_placed_by_this_one(tmp_path: Path) -> None:
    assert not embedder().pictures
    with pytest.raises(ProviderRefused):
        embedder().embed_pictures([tmp_path / "a.png"])
