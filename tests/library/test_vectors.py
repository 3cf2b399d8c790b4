"""Vectors: kept in pages, compared all at once; pictures like a picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_search import put

from reelwright.core.errors import FootageError
from reelwright.core.settings import Settings
from reelwright.library.annotators.likeness import SPACE
from reelwright.library.catalogue import get_asset
from reelwright.library.resembling import near_in_looks, near_in_meaning
from reelwright.library.search import search
from reelwright.library.vectors import find_near, put_vector, space_of, stand_out
from reelwright.media.resemblance import resemblance_vector
from reelwright.store.database import Database


def test_the_nearest_are_found_and_new_vectors_replace_old_ones(database: Database):
    chance = np.random.default_rng(1)
    vectors = {number: chance.normal(size=48) for number in (1, 2, 1000, 1400, 90_000)}
    with database.writing() as session:
        for number, vector in vectors.items():
            put_vector(session, "a", number, vector)
        put_vector(session, "b", 2, vectors[1])
        put_vector(session, "a", 3, np.zeros(48))
        put_vector(session, "a", 4, [float("nan")] * 48)
    with database.reading() as session:
        found = find_near(session, "a", vectors[1400])
        assert next(iter(found)) == 1400
        assert found[1400] == pytest.approx(1, abs=2e-3)
        assert set(found) == set(vectors)
        exact = {n: float(v @ vectors[1400]) / np.linalg.norm(v) for n, v in vectors.items()}
        assert list(found) == sorted(exact, key=lambda n: -exact[n])
        assert list(find_near(session, "b", vectors[1])) == [2]
        assert find_near(session, "none", vectors[1]) == {}
    with database.writing() as session:
        put_vector(session, "a", 1400, vectors[1])
    with database.reading() as session:
        assert set(find_near(session, "a", vectors[1], most=2)) == {1, 1400}


def test_spaces_of_other_models_are_others():
    assert space_of({"model": "a"}) != space_of({"model": "b"})
    assert stand_out({1: 0.2, 2: 0.2}) == {1: 0.2, 2: 0.2}
    shares = stand_out({1: 0.70, 2: 0.71, 3: 0.69, 4: 0.95})
    assert max(shares, key=shares.__getitem__) == 4


def _picture(kind: str) -> np.ndarray:
    y, x = np.mgrid[0:120, 0:160] / 120
    chance = np.random.default_rng(3)
    if kind == "sunset":
        frame = np.stack([220 - 60 * y, 120 - 90 * y, 60 - 30 * y], -1)
    elif kind == "forest":
        frame = np.stack([30 + 0 * x, 110 + 20 * np.sin(40 * x), 30 + 0 * x], -1)
    else:
        frame = np.stack([200 * (np.sin(60 * x) > 0)] * 3, -1)
    return np.clip(frame + chance.normal(0, 4, frame.shape), 0, 255).astype(np.uint8)


def test_what_looks_alike_is_near_after_scaling_and_light():
    import cv2

    own = {kind: resemblance_vector(_picture(kind)) for kind in ("sunset", "forest", "stripes")}
    small = cv2.resize(_picture("sunset"), (80, 60), interpolation=cv2.INTER_AREA)
    darker = (_picture("sunset") * 0.8).astype(np.uint8)
    for other in (small, darker):
        near = {kind: float(vector @ resemblance_vector(other)) for kind, vector in own.items()}
        assert max(near, key=near.__getitem__) == "sunset"
        assert near["sunset"] > 0.85
    assert resemblance_vector(np.zeros((1, 1, 3), np.uint8)).shape == own["sunset"].shape


def test_pictures_like_a_picture(database: Database, tmp_path: Path):
    for kind in ("sunset", "forest", "stripes"):
        asset = put(database, f"{kind}.jpg", kind="picture")
        with database.writing() as session:
            number = get_asset(session, asset).number
            put_vector(session, SPACE, number, resemblance_vector(_picture(kind)))
    shown = tmp_path / "like.png"
    Image.fromarray(_picture("forest")[10:110, 20:150]).save(shown)
    near = near_in_looks(database, shown, Settings())
    hits = search(database, "", near=near).hits
    assert [hit.row.name for hit in hits][0] == "forest.jpg"
    assert hits[0].score > hits[1].score
    assert [hit.row.name for hit in search(database, "sunset", near=near).hits][0] == "sunset.jpg"
    assert near_in_meaning(database, "forest", Settings()) == {}
    (tmp_path / "x.png").write_bytes(b"no picture")
    with pytest.raises(FootageError):
        near_in_looks(database, tmp_path / "x.png", Settings())
