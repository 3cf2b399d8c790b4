"""What annotators say in words: scenery, writing, speech, tags; and whose a face is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_openai import serving

from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library.annotators import Subject
from reelwright.library.annotators.persons import Persons
from reelwright.library.annotators.scenery import Scenery, tell_scene
from reelwright.library.annotators.tags import Tags, language_of, tags_of
from reelwright.library.annotators.transcript import Transcript
from reelwright.library.annotators.writing import Writing, strokes_in
from reelwright.library.people import whose


def subject(kind: str = "video", name: str = "a.mp4", path: Path = Path()) -> Subject:
    return Subject("0" * 40, path, kind, name, None)  # type: ignore[arg-type]


def painted(kind: str) -> np.ndarray:
    y, x = np.mgrid[0:180, 0:320] / 180.0
    noise = np.random.default_rng(2).normal(0, 1, (180, 320))
    if kind == "sky":
        rgb = [110 + 60 * y, 160 + 50 * y, 235 - 10 * y]
        rgb = [np.where(y > 0.7, 120, plane) for plane in rgb]
    elif kind == "greenery":
        rgb = [60 + 22 * noise, 120 + 30 * noise, 40 + 18 * noise]
    elif kind == "sunset":
        rgb = [np.where(y > 0.7, 25, level) for level in (235 - 40 * y, 120 - 60 * y, 60 - 40 * y)]
    elif kind == "night":
        lights = (np.sin(25 * x) > 0.96) & (np.sin(31 * y) > 0.9)
        rgb = [np.where(lights, 250, 18), np.where(lights, 230, 20), np.where(lights, 180, 30)]
    else:
        rgb = [150 + 8 * noise, 140 + 8 * noise, 130 + 8 * noise]
    return np.clip(np.stack([plane + 0 * x for plane in rgb], -1), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("kind", ["sky", "greenery", "sunset", "night"])
def test_scenery_is_told_by_colour_and_texture(kind: str):
    told = tell_scene(painted(kind))
    assert max(told, key=told.__getitem__) == kind
    assert all(0 < sure < 1 for sure in told.values())


@pytest.mark.parametrize("kind", ["wall", "black", "tiny"])
def test_where_nothing_is_told_nothing_is_said(kind: str):
    frame = {"wall": painted("wall"), "black": np.zeros((90, 160, 3), np.uint8),
             "tiny": np.zeros((1, 1, 3), np.uint8)}[kind]  # fmt: skip
    assert tell_scene(frame) == {}


def test_a_scene_is_what_most_moments_show_and_faces_are_people():
    watcher = Scenery().watch(subject())
    frames = np.stack([painted("greenery")] * 8 + [painted("wall")] * 4)
    watcher.see(np.arange(12.0), frames)
    face = Annotation(
        name="face", value={"count": 6, "size": 0.4}, confidence=0.8, annotator="faces"
    )
    said = {one.value["kind"]: one.confidence for one in watcher.finish([face])}
    assert set(said) == {"greenery", "people", "portrait", "crowd"}
    watcher = Scenery().watch(subject())
    watcher.see(np.arange(12.0), np.stack([painted("wall")] * 10 + [painted("sky")] * 2))
    assert list(watcher.finish([])) == []


def test_names_of_files_are_tags_but_for_what_cameras_write():
    assert tags_of("IMG_20240501_海边日落-walk (2).mp4") == ["海边", "日落", "walk"]
    assert tags_of("DSC_0007.jpg") == []
    assert tags_of("微信图片_2024.jpg") == []
    text = Annotation(
        name="text", value={"text": "今天营业到九点，欢迎光临小店"}, annotator="writing"
    )
    said = list(Tags().watch(subject("text", "note.txt")).finish([text]))
    assert [(one.name, one.value) for one in said] == [("tag", "note"), ("language", "zh")]
    assert language_of("a short walk along the shore at dusk with two old friends") == "en"
    assert language_of("ok") == ""


def test_writing_in_a_picture_is_read_and_empty_walls_are_not_looked_at():
    from reelwright.media import drawing
    from reelwright.media.drawing import Type

    kind = Type(weight=700)
    high, wide = 360, 640
    buffer = np.zeros((high, wide, 4), np.uint8)
    surface = drawing.buffer_surface(buffer)
    canvas = surface.getCanvas()
    canvas.clear(drawing.skia.ColorWHITE)
    for row, words in enumerate(("开业大吉", "OPEN DAILY", "每天上午九点")):
        drawing.draw_text(canvas, words, 60, 110 + 90 * row, 64, kind, drawing.paint("#101010"))
    frame = buffer[..., 2::-1].copy()
    assert strokes_in(frame) > 2 * strokes_in(painted("wall"))
    made = Writing.make(Settings())
    assert made is not None
    assert Writing.make(Settings.model_validate({"ocr": {"provider": "none"}})) is None
    watcher = made.watch(subject())
    watcher.see(np.array([0.0, 5.0, 10.0]), np.stack([frame, frame, np.full_like(frame, 200)]))
    said = [one for one in watcher.finish([]) if one.name == "text"]
    read = {one.value["text"]: (one.start, one.end) for one in said}
    assert read["开业大吉"] == (0.0, 10.0)
    assert "OPEN DAILY" in {text.upper() for text in read}


def test_speech_is_written_down_in_passages_where_there_is_some():
    words = [("今天", 0.2), ("去", 0.6), ("海边。", 0.9), ("明天", 4.0), ("再", 4.4), ("说", 4.7)]
    answer = {
        "text": "今天去海边。明天再说", "language": "chinese",
        "words": [{"word": word, "start": at, "end": at + 0.3} for word, at in words],
    }  # fmt: skip
    with serving() as server:
        server.transcripts = [answer]
        settings = {"provider": "openai", "base_url": server.url, "model": "w", "retries": 0}
        made = Transcript.make(Settings.model_validate({"asr": settings}))
        assert made is not None
        silent = made.watch(subject())
        silent.hear(np.zeros(16_000, np.float32))
        none = Annotation(name="sounds", value={"speech": 0.0}, annotator="sound")
        assert list(silent.finish([none])) == []
        silent.close()
        watcher = made.watch(subject())
        watcher.hear(np.zeros(96_000, np.float32))
        some = Annotation(name="sounds", value={"speech": 0.5}, annotator="sound")
        said = list(watcher.finish([some]))
        watcher.close()
        assert len(server.requests) == 1
    told = [(one.value["text"], one.start) for one in said if one.name == "transcript"]
    assert [start for _, start in told] == [0.2, 4.0]
    assert "海边" in told[0][0]
    assert said[-1].value == "zh"
    assert Transcript.make(Settings()) is None


def test_a_face_is_nobodys_unless_near_to_an_example_and_nearer_than_to_others():
    examples = {"小明": [(0.0, 0.0), (0.1, 0.0)], "Ann": [(1.0, 0.0)]}
    assert whose((0.05, 0.0), examples, 0.6)[0] == "小明"
    assert whose((0.9, 0.0), examples, 0.6)[0] == "Ann"
    assert whose((0.0, 5.0), examples, 0.6) == ("", 0.0)
    assert whose((0.0, 0.0), {}, 0.6) == ("", 0.0)
    near, far = (whose((x, 0.0), examples, 0.6)[1] for x in (0.02, 0.4))
    assert 0 < far < near <= 1


def test_nobody_is_looked_for_before_somebody_is_named(fresh_home: Path):
    assert Persons.make(Settings()) is None
