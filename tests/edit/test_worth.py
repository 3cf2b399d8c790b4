from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.core.nouns import Box
from reelwright.edit.cut.worth import PER_SECOND, look_over, weigh
from reelwright.media import ffmpeg
from reelwright.media.probing import probe


def film(path: Path, *parts: str, rate: int = 25) -> Path:
    """Parts of two seconds, each a lavfi source with filters."""
    inputs = [arg for part in parts for arg in ("-f", "lavfi", "-t", "2", "-i", part)]
    joined = "".join(f"[{n}:v]" for n in range(len(parts)))
    graph = f"{joined}concat=n={len(parts)},format=yuv420p"
    args = ["-v", "error", *inputs, "-filter_complex", graph, "-r", str(rate)]
    ffmpeg.run([*args, "-c:v", "libx264", "-preset", "ultrafast", str(path)], what="a film")
    return path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = "testsrc2=s=320x240:r=25"
    dark = f"{source},eq=brightness=-0.9"
    blurred = "smptebars=s=320x240:r=25,gblur=sigma=12,hue=h=90"
    path = tmp_path_factory.mktemp("worth") / "film.mp4"
    return film(path, source, blurred, dark)


def test_what_is_sharp_lit_and_moving_is_worth_most(told: Path) -> None:
    looks = look_over(told, probe(told))
    assert len(looks.sharp) == len(looks.motion) == len(looks.faces) == 6 * PER_SECOND
    assert [round((a + b) / 2) for a, b in looks.changes] == [2, 4]
    (worth,) = weigh([looks])
    best, blurred, dark = (worth[n * 16 + 3 : n * 16 + 13].mean() for n in range(3))
    assert best > blurred + 0.2
    assert best > dark + 0.2


def test_motion_does_not_count_at_a_change_of_shot(told: Path) -> None:
    looks = look_over(told, probe(told))
    assert looks.motion[2 * PER_SECOND] == 0
    assert max(looks.motion[:12]) > 0


def test_faces_count_and_hold_between_looks(told: Path) -> None:
    asked: list[int] = []

    def find(frames):
        asked.append(len(frames))
        return [[Box(left=0.3, top=0.2, width=0.3, height=0.4)] for _ in frames]

    looks = look_over(told, probe(told), find_faces=find)
    assert sum(asked) == 6
    assert min(looks.faces) == 1


def test_a_clip_of_few_frames_a_second_has_the_same_grid(tmp_path: Path) -> None:
    path = film(tmp_path / "slow.mp4", "testsrc2=s=160x120:r=4", rate=4)
    looks = look_over(path, probe(path))
    assert len(looks.sharp) == round(looks.seconds * PER_SECOND)
