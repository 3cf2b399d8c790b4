"""The embedded finder of faces, on drawn people (real ones were looked at by hand)."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from portraits import DARK, ground, paint_person, rgb
from reelwright.core.errors import UnknownProvider
from reelwright.core.ports import FaceFinder
from reelwright.core.settings import FacesSettings
from reelwright.providers.faces import load_finder


@pytest.fixture(scope="module")
def finder() -> FaceFinder:
    found = load_finder(FacesSettings())
    assert found is not None
    return found


def test_it_is_a_finder_of_faces(finder: FaceFinder):
    assert isinstance(finder, FaceFinder)
    assert finder.key() == finder.key()
    assert load_finder(FacesSettings(provider="none")) is None
    with pytest.raises(UnknownProvider, match="nudenet"):
        load_finder(FacesSettings(provider="nudnet"))


@pytest.mark.parametrize(
    ("size", "shape"), [(60, (640, 360)), (200, (640, 360)), (90, (360, 640)), (70, (1280, 720))]
)
def test_a_face_is_found_where_it_is(finder: FaceFinder, size: int, shape: tuple[int, int]):
    picture = ground(*shape)
    left, top, right, bottom = paint_person(picture, shape[0] * 0.4, shape[1] * 0.3, size)
    (faces,) = finder.find([rgb(picture)])
    assert len(faces) == 1
    x, y = faces[0].centre
    assert x * shape[0] == pytest.approx((left + right) / 2, abs=size * 0.12)
    assert y * shape[1] == pytest.approx((top + bottom) / 2, abs=size * 0.2)
    assert faces[0].width * shape[0] == pytest.approx(right - left, rel=0.35)


def test_several_people_are_several_faces(finder: FaceFinder):
    picture = ground(640, 360)
    paint_person(picture, 120, 80, 90)
    paint_person(picture, 330, 120, 60, skin=DARK)
    paint_person(picture, 520, 60, 110, mouth=0.7)
    (faces,) = finder.find([rgb(picture)])
    assert sorted(round(face.centre[0] * 640 / 20) for face in faces) == [6, 16, 26]
    assert [face.score for face in faces] == sorted((f.score for f in faces), reverse=True)


def test_nobody_is_nobody(finder: FaceFinder):
    plain = np.full((90, 160, 3), 120, np.uint8)
    frames = [rgb(ground(640, 360, 3)), plain, np.zeros((1, 1, 3), np.uint8), plain[:0]]
    assert finder.find(frames) == ((), (), (), ())
    assert finder.find([]) == ()


def test_frames_together_are_as_frames_alone(finder: FaceFinder):
    frames = []
    for number in range(10):
        picture = ground(320, 180, number)
        paint_person(picture, 60 + 20 * number, 30, 60)
        frames.append(rgb(picture)[:, : 320 - 40 * (number % 2)])
    together = finder.find(frames)
    assert together == tuple(finder.find([frame])[0] for frame in frames)
    assert all(len(faces) == 1 for faces in together)


def test_it_is_loaded_only_when_it_looks():
    code = (
        "import sys; from reelwright.core.settings import FacesSettings as S;"
        "from reelwright.providers.faces import load_finder; load_finder(S());"
        "assert not {'onnxruntime', 'cv2', 'numpy', 'nudenet'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
