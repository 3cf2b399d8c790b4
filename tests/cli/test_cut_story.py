"""`reel cut` as a person runs it: a talk loses its silence, its folder is a project like any."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_openai import serving

from reelwright.core.timeline import Footage, read_timeline
from reelwright.edit.export import EXPORTS
from reelwright.media import ffmpeg
from reelwright.media.probing import probe
from reelwright.media.sound import write_wav
from spoken_case import RATE, SAID, Spoken, spoken
from story import REEL, reel

QUICK = ("--draft", "--set", "render.preset=ultrafast")
CASE = spoken("en", pauses=(1.6, 0.3, 2.0))


def film(path: Path, case: Spoken, *more: str, size: str = "320x180") -> Path:
    """A recording of somebody who speaks, its picture a counter that moves."""
    wav = path.with_suffix(".wav")
    write_wav(wav, case.sound, RATE)
    subprocess.run(
        [
            *(ffmpeg.binary(), "-v", "error", "-y", "-f", "lavfi", "-i"),
            *(f"testsrc2=s={size}:r=25:d={case.seconds:.3f}", "-i", str(wav)),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
            *(*more, str(path)),
        ],
        check=True,
    )
    wav.unlink()
    return path


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("talk") / "talk.mp4", CASE)


@pytest.fixture
def place(tmp_path: Path, talk: Path) -> Path:
    shutil.copy(talk, tmp_path / "talk.mp4")
    return tmp_path


def kept(project: Path) -> list[tuple[float, float]]:
    timeline = read_timeline(project / "timeline.json")
    clips = timeline.sound[0].clips
    return [(c.offset, c.offset + float(c.frames / timeline.format.rate)) for c in clips]


def said() -> list[dict[str, Any]]:
    """What a service hears in the talk."""
    words: list[dict[str, Any]] = []
    for text, (start, end) in zip(SAID["en"], CASE.phrases, strict=True):
        parts = text.split()
        step = (end - start) / len(parts)
        words += [
            {"word": part, "start": start + n * step, "end": start + (n + 1) * step}
            for n, part in enumerate(parts)
        ]
    text = " ".join(f"{phrase.capitalize()}." for phrase in SAID["en"])
    return [{"text": text, "language": "english", "words": words}]


def test_a_talk_loses_its_silence_and_keeps_its_words(place: Path) -> None:
    done = json.loads(reel("cut", place / "talk.mp4", "--json").stdout)
    project = place / "talk"
    assert done["project"] == str(project)
    assert Path(done["outputs"]["video"]) == project / "out" / "video.mp4"
    facts = probe(project / "out" / "video.mp4")
    timeline = read_timeline(project / "timeline.json")
    assert (facts.width, facts.height, facts.rate) == (1080, 1920, 25)
    assert facts.seconds == pytest.approx(timeline.frames / 25, abs=0.001)
    assert facts.seconds < CASE.seconds - 3
    pieces = kept(project)
    assert len(pieces) == len(done["spans"]) == 3
    for start, end in CASE.phrases:
        assert any(a <= start and end <= b for a, b in pieces)
    # Nobody wrote down what is said, so there are no captions; nothing is AI-made.
    assert not timeline.text.captions
    assert not timeline.text.marks
    assert (project / "out" / "cover.jpg").is_file()
    post = json.loads((project / "out" / "post.json").read_text("utf-8"))
    assert post["title"] == "talk"
    assert post["ai_made"] == []
    assert "../talk.mp4" in (project / "cut.yaml").read_text("utf-8")
    # Again there is nothing to do, by either verb.
    before = (project / "out" / "video.mp4").stat().st_mtime_ns
    assert json.loads(reel("cut", place / "talk.mp4", "--json").stdout)["made"] == 0
    assert json.loads(reel("make", project, "--json").stdout)["made"] == 0
    assert (project / "out" / "video.mp4").stat().st_mtime_ns == before


def test_with_a_transcript_there_are_captions_and_no_fillers(place: Path) -> None:
    with serving() as server:
        server.transcripts = said()
        asked = {"REEL_ASR_PROVIDER": "openai", "REEL_ASR_BASE_URL": server.url}
        told = reel("cut", place / "talk.mp4", "--until", "timeline", "--explain", **asked).stdout
        assert "1.0 s of silence" in told or "0.8 s of silence" in told
        timeline = read_timeline(place / "talk" / "timeline.json")
        texts = [caption.text for caption in timeline.text.captions]
        assert texts == ["Stop it.", "Six boats.", "What a kiss.", "She sells fish."]
        assert timeline.language == "en"
        for caption in timeline.text.captions:
            assert caption.start + caption.frames <= timeline.frames
        assert len(server.requests) == 1
        # The service is not asked twice, and words that say nothing go.
        words = server.transcripts[0]["words"]
        words[2]["word"] = words[3]["word"] = "um"
        server.transcripts[0]["text"] = server.transcripts[0]["text"].replace("Six boats", "Um um")
        shutil.rmtree(place / "talk")
        env = {**asked, "REEL_ASR_MODEL": "another"}
        reel("cut", place / "talk.mp4", "--until", "timeline", **env)
    start, end = CASE.phrases[1]
    assert not any(a < (start + end) / 2 < b for a, b in kept(place / "talk"))
    texts = [c.text for c in read_timeline(place / "talk" / "timeline.json").text.captions]
    assert not any("um" in text.lower() for text in texts)


def test_the_folder_is_a_project_like_any_other(place: Path) -> None:
    reel("cut", place / "talk.mp4", "--until", "timeline", "--format", "1:1")
    project = place / "talk"
    for name in ("otio", "fcpxml", "edl", "srt"):
        assert name in EXPORTS
        reel("export", project, "--to", name)
    exported = (project / "out" / "timeline.edl").read_text("utf-8")
    assert exported.count("TALK") >= 3
    # The order can be edited …
    order = project / "cut.yaml"
    order.write_text(order.read_text("utf-8") + "silence: false\n", "utf-8")
    reel("make", project, "--until", "timeline")
    assert len(kept(project)) == 1
    refused = reel("cut", place / "talk.mp4", "--until", "timeline", code=1).stderr
    assert "edited by hand" in refused
    order.write_text(order.read_text("utf-8").replace("silence", "silense"), "utf-8")
    assert 'did you mean "silence"' in reel("make", project, code=1).stderr
    order.write_text(order.read_text("utf-8").replace("silense", "silence"), "utf-8")
    # … and so can the timeline, which is then rendered as it is.
    file = project / "timeline.json"
    timeline = json.loads(file.read_text("utf-8"))
    timeline["picture"]["clips"][0]["frames"] = 10
    timeline["sound"][0]["clips"][0]["frames"] = 10
    file.write_text(json.dumps(timeline), "utf-8")
    reel("make", project, *QUICK)
    assert probe(project / "out" / "draft.mp4").seconds == pytest.approx(0.4, abs=0.01)


def test_killed_in_the_middle_it_goes_on_and_ends_the_same(place: Path, fresh_home: Path) -> None:
    whole = place / "whole"
    reel("cut", place / "talk.mp4", "--out", whole, *QUICK)
    child = subprocess.Popen(
        [str(REEL), "cut", str(place / "talk.mp4"), *QUICK],
        env={**os.environ, "REEL_HOME": str(place / "other-home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    artefacts = place / "talk" / ".reel" / "artefacts"
    deadline = time.monotonic() + 60
    while not list(artefacts.glob("??/*.mp4")) and time.monotonic() < deadline:
        if child.poll() is not None:
            break
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    env = {"REEL_HOME": str(place / "other-home")}
    done = json.loads(reel("cut", place / "talk.mp4", *QUICK, "--json", **env).stdout)
    assert done["reused"] > 0
    one, two = (folder / "out" / "draft.mp4" for folder in (whole, place / "talk"))
    assert one.read_bytes() == two.read_bytes()


def test_shaking_is_calmed_levels_are_evened_and_music_lies_under_it(place: Path) -> None:
    time_ = np.arange(3 * RATE) / RATE
    write_wav(place / "song.wav", 0.2 * np.sin(2 * np.pi * 330 * time_), RATE)
    reel(
        *("cut", place / "talk.mp4", "--until", "timeline"),
        *("--stabilise", "--level", "--music", place / "song.wav"),
    )
    project = place / "talk"
    timeline = read_timeline(project / "timeline.json")
    first = timeline.picture.clips[0].source
    assert isinstance(first, Footage)
    steady = probe(project / first.path)
    assert first.path.startswith("out/steady/talk-")
    assert (steady.width, steady.height, steady.has_sound) == (320, 180, False)
    assert steady.seconds == pytest.approx(probe(place / "talk.mp4").seconds, abs=0.05)
    voice, music = timeline.sound
    assert voice.clips[0].path.endswith("talk.mp4")
    assert music.ducks
    assert music.clips[0].loop
    assert music.clips[0].path.endswith("song.wav")
    # It is watched for and shown in the very frame.
    shutil.rmtree(project / "out")
    reel("make", project, "--until", "timeline")
    assert (project / first.path).is_file()


def test_the_best_of_it_and_several_clips(place: Path) -> None:
    plain = ("--until", "timeline", "--format", "16:9", "--set", "faces.provider=none")
    told = reel(
        "cut", place / "talk.mp4", "--highlights", "4", "--explain", "--out", place / "best", *plain
    ).stdout
    timeline = read_timeline(place / "best" / "timeline.json")
    assert 2 <= timeline.frames / 25 <= 4
    assert str(place / "best" / "out" / "scores.png") in told
    assert (place / "best" / "out" / "scores.png").read_bytes().startswith(b"\x89PNG")

    done = json.loads(reel("cut", place / "talk.mp4", "--clips", "2", "--json", *plain).stdout)
    project = place / "talk"
    assert [bool(span["title"] and span["why"]) for span in done["spans"]] == [True, True]
    clips = [project / "clips" / name for name in ("1", "2")]
    for clip, span in zip(clips, done["spans"], strict=True):
        assert "../../../talk.mp4" in (clip / "cut.yaml").read_text("utf-8")
        assert read_timeline(clip / "timeline.json").title == span["title"]
        for start, end in kept(clip):
            assert span["start"] - 0.05 <= start
            assert end <= span["end"] + 0.05
    # One that was edited stays, and each is a project by itself.
    order = clips[0] / "cut.yaml"
    order.write_text(order.read_text("utf-8").replace("title: ", "title: My "), "utf-8")
    assert "edited by hand" in reel("make", project, "--until", "timeline").stderr
    assert read_timeline(clips[0] / "timeline.json").title.startswith(("My", "'My"))
    reel("make", clips[1], "--until", "timeline")


def test_phones_that_were_turned_and_rates_that_vary(place: Path) -> None:
    film(place / "varies.mp4", CASE, "-vf", "select='not(eq(mod(n,7),3))'", "-fps_mode", "vfr")
    reel("cut", place / "varies.mp4", "--until", "timeline", "--out", place / "project")
    assert read_timeline(place / "project" / "timeline.json").format.rate >= 23
    for start, end in CASE.phrases:
        assert any(a <= start and end <= b for a, b in kept(place / "project"))
    turned = place / "turned.mp4"
    turn = [
        ffmpeg.binary(),
        "-v",
        "error",
        "-display_rotation",
        "90",
        "-i",
        str(place / "talk.mp4"),
    ]
    subprocess.run([*turn, "-c", "copy", str(turned)], check=True)
    reel("cut", turned, "--until", "timeline")
    clip = read_timeline(place / "turned" / "timeline.json").picture.clips[0].source
    assert isinstance(clip, Footage)
    assert (clip.rotation, clip.fill) == (270, "crop")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mute.mp4", "no sound"),
        ("quiet.mp4", "nobody speaks"),
        ("voice.m4a", "no picture"),
        ("page.mp4", "text, not media"),
        ("half.mp4", "cut short"),
        ("gone.mp4", "no such file"),
        ("folder", "is a folder"),
    ],
)
def test_what_cannot_be_cut_is_refused_in_a_sentence(place: Path, name: str, said: str) -> None:
    quiet = [ffmpeg.binary(), "-v", "error", "-i", str(place / "talk.mp4")]
    path = place / name
    match name:
        case "mute.mp4":
            subprocess.run([*quiet, "-an", "-c", "copy", str(path)], check=True)
        case "quiet.mp4":
            subprocess.run([*quiet, "-af", "volume=0", "-c:v", "copy", str(path)], check=True)
        case "voice.m4a":
            subprocess.run([*quiet, "-vn", "-c", "copy", str(path)], check=True)
        case "page.mp4":
            path.write_text("hello", "utf-8")
        case "half.mp4":
            path.write_bytes((place / "talk.mp4").read_bytes()[:9000])
        case "folder":
            path.mkdir()
        case _:
            pass
    told = reel("cut", path, "--until", "timeline", code=1).stderr
    assert said in told
    assert name in told
    assert not (place / path.stem / "out" / "video.mp4").exists()


def test_another_folder_in_its_place_is_left_alone(place: Path) -> None:
    (place / "talk").mkdir()
    (place / "talk" / "mine.txt").write_text("mine", "utf-8")
    assert "--out" in reel("cut", place / "talk.mp4", code=1).stderr
    assert [path.name for path in (place / "talk").iterdir()] == ["mine.txt"]
    (place / "talk" / "brief.md").write_text("---\ntopic: x\n---\n", "utf-8")
    assert "--out" in reel("cut", place / "talk.mp4", "--out", place / "talk", code=1).stderr
