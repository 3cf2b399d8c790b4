"""What happens in each second, measured on real files, scored and drawn."""

import subprocess
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from reelwright.core.nouns import Box
from reelwright.edit.cut.explain import draw_curve
from reelwright.edit.cut.scoring import score
from reelwright.edit.cut.signs import Signs, lettering, measure, rhythm
from reelwright.edit.cut.spans import Span
from reelwright.media.crowd import RATE, hear_crowd
from reelwright.media.ffmpeg import binary
from reelwright.media.probing import probe


@pytest.fixture(scope="module")
def match(tmp_path_factory):
    """12 s: a still, then (from 6 s) noise of a crowd over something that moves."""
    path = tmp_path_factory.mktemp("signs") / "match.mp4"
    still = "color=0x335577:s=320x180:r=25:d=6,noise=alls=20:all_seed=1"
    moving = "testsrc2=s=320x180:r=25:d=6"
    quiet = "anoisesrc=r=48000:a=0.002:d=6:seed=1"
    crowd = "anoisesrc=r=48000:a=0.4:d=6:seed=2"
    graph = "[0][2:a][1][3:a]concat=n=2:v=1:a=1"
    command = [binary(), "-v", "error", "-y"]
    for source in (still, moving, quiet, crowd):
        command += ["-f", "lavfi", "-i", source]
    subprocess.run([*command, "-filter_complex", graph, str(path)], check=True)
    return path


def test_a_recording_is_measured_second_by_second(match):
    faces = []

    def find(frames):
        faces.extend(frames)
        return [[Box(left=0.2, top=0.2, width=0.4, height=0.5)] for _ in frames]

    signs = measure(match, probe(match), find_faces=find)
    assert len(signs.levels) == len(signs.motion) == len(signs.text) == 12
    assert signs.changes == (pytest.approx(6.0, abs=0.05),)
    assert min(signs.motion[7:11]) > 2 * max(signs.motion[1:5])
    assert min(signs.applause[7:11]) > 0.7
    assert max(signs.applause[1:5]) < 0.1
    assert min(signs.levels[7:11]) > max(signs.levels[1:5]) + 20
    assert len(faces) == 6
    assert min(signs.faces) == 1.0
    assert set(signs.speech) == {0.0}
    assert Signs.model_validate_json(signs.model_dump_json()) == signs
    curve = score(signs)
    assert curve.mean(7, 11) > 1.5 * curve.mean(1, 5)


def test_sound_alone_is_measured_too(match, tmp_path):
    sound = tmp_path / "match.wav"
    subprocess.run([binary(), "-v", "error", "-i", str(match), str(sound)], check=True)
    signs = measure(sound, probe(sound))
    assert signs.changes == ()
    assert set(signs.motion) == {0.0}
    assert min(signs.applause[7:11]) > 0.7


def tone(seconds, envelope=None):
    t = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * 220 * n * t) / n for n in range(1, 9))
    return (0.1 * wave * (1 if envelope is None else envelope(t))).astype(np.float32)


def test_applause_is_noise_and_laughter_comes_in_even_bursts():
    rng = np.random.default_rng(1)
    quiet = (0.0005 * rng.standard_normal(5 * RATE)).astype(np.float32)
    clapping = (0.2 * rng.standard_normal(5 * RATE)).astype(np.float32)
    laughing = tone(5, lambda t: np.maximum(0, np.sin(2 * np.pi * 5 * t)) ** 2 + 0.01)
    held = tone(5)
    blocks = np.array_split(np.concatenate([quiet, clapping, quiet, laughing, quiet, held]), 37)
    crowd = hear_crowd(iter(blocks))
    assert len(crowd.levels) == 30
    assert crowd.applause[6:9].min() > 0.8
    assert crowd.applause[16:19].max() < 0.1
    assert crowd.applause[26:29].max() < 0.1
    assert crowd.laughter[16:19].min() > 0.7
    assert crowd.laughter[26:29].max() < 0.2
    assert crowd.laughter[6:9].max() < 0.2
    assert len(hear_crowd(iter(())).levels) == 0


def test_lettering_is_told_from_a_plain_picture():
    page = np.full((180, 320, 3), 240, np.uint8)
    for top in (40, 80, 120):
        for x in range(40, 280, 5):
            page[top : top + 12, x : x + 2] = 20
    assert lettering(page) > 0.6
    smooth = np.linspace(0, 255, 320).astype(np.uint8)[None, :, None]
    assert lettering(np.broadcast_to(smooth, (180, 320, 3))) == 0


def test_rhythm_counts_changes_around_a_second():
    fast = rhythm((10.0, 11.0, 12.0, 13.0, 14.0), 40)
    assert fast[12] == 1.0
    assert fast[30] == 0.0
    assert rhythm((), 5).tolist() == [0.0] * 5


def signs(**more):
    count = 60
    values = dict.fromkeys(("speech", "applause", "laughter", "motion"), (0.0,) * count)
    values |= dict.fromkeys(("faces", "text"), (0.0,) * count)
    values |= {"levels": (-30.0,) * count, "seconds": 60.0, "changes": ()}
    return Signs(**(values | more))


def test_parts_that_are_not_there_share_their_weight():
    curve = score(signs(motion=tuple(float(n == 30) * 20 for n in range(60))))
    weights = {part.name: part.weight for part in curve.parts}
    assert weights["motion"] == pytest.approx(1.0)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert curve.total.argmax() == 30
    nothing = score(signs())
    assert nothing.total.max() == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_curve_is_drawn_with_its_parts_and_what_was_picked(language):
    rng = np.random.default_rng(2)
    made = signs(
        motion=tuple(rng.uniform(0, 30, 60)),
        applause=tuple(rng.uniform(0, 1, 60)),
        levels=tuple(rng.uniform(-50, -10, 60)),
    )
    picked = [Span(source="a.mp4", start=20, end=30)]
    png = draw_curve(score(made), picked, title="决赛 final.mp4", language=language)
    picture = np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)
    assert picture.shape[1] == 1600
    # The bar over what was picked, and nothing over what was not.
    at = [round(270 + 1270 * t / 60) for t in (25, 40)]
    orange = (picture[..., 0] > 220) & (abs(picture[..., 1] - 89) < 12) & (picture[..., 2] < 40)
    assert orange[170:178, at[0]].all()
    assert not orange[170:178, at[1]].any()
    assert png == draw_curve(score(made), picked, title="决赛 final.mp4", language=language)
