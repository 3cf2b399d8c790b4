"""Pictures placed among texts by a real local server, in each form in which services take them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_media import serving_media
from PIL import Image

from reelwright.core.errors import FootageError, ProviderRefused
from reelwright.core.ports import Embedder
from reelwright.core.settings import EmbedSettings
from reelwright.providers import door


def embedder(url: str, pictures: str) -> Embedder:
    section = EmbedSettings.model_validate({"base_url": url, "model": "clip", "pictures": pictures})
    return door.load("embed", "openai", section)


@pytest.mark.parametrize("form", ["items", "modality"])
def test_pictures_lie_near_their_words(tmp_path: Path, form: str) -> None:
    Image.new("RGBA", (1600, 900), (20, 60, 220, 255)).save(tmp_path / "海.png")
    Image.new("RGB", (40, 90), (230, 40, 20)).save(tmp_path / "b.jpg")
    paths = [tmp_path / "海.png", tmp_path / "b.jpg"] * 5
    with serving_media() as server:
        one = embedder(f"{server.url}/v1", form)
        assert isinstance(one, Embedder)
        assert one.pictures
        seen = np.array(one.embed_pictures(paths))
        words = np.array(one.embed_texts(["a boat at sea", "a bowl of food"]))
        assert len(server.seen) == 3
        for row in server.seen[:2]:
            assert len(str(row["body"])) < 400_000
    assert seen.shape == (10, 3)
    assert (seen @ words.T).argmax(1).tolist() == [0, 1] * 5


def test_whoever_takes_texts_only_says_so(tmp_path: Path) -> None:
    with serving_media() as server:
        one = embedder(f"{server.url}/v1", "")
        assert not one.pictures
        with pytest.raises(ProviderRefused, match="texts only"):
            one.embed_pictures([tmp_path / "a.png"])
        broken = tmp_path / "broken.png"
        broken.write_bytes(b"no picture")
        with pytest.raises(FootageError):
            embedder(f"{server.url}/v1", "items").embed_pictures([broken])
        assert server.seen == []
        assert one.key() != embedder(f"{server.url}/v1", "items").key()
