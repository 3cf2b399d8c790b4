"""The whole story, driven as a newcomer drives it: from the command line, with the real engines."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import av
import pysubs2
import pytest

from reelwright.media import ffmpeg
from reelwright.media.probing import probe
from reelwright.media.sound import measure
from reelwright.publish.label import read_label
from story import MOON, REEL, SMALL, TEA, fails, make, reel


def article(folder: Path, text: str = TEA, name: str = "tea.md") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def tea(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A Chinese article made into a video at full size."""
    folder = tmp_path_factory.mktemp("tea")
    result = make(article(folder), "--set", "length=14")
    return folder / "tea", result


def test_an_article_becomes_a_video_beside_it(tea: tuple[Path, dict[str, Any]]):
    root, result = tea
    names = {path.name for path in (root / "out").iterdir()}
    assert names >= {
        "video.mp4",
        "cover.jpg",
        "captions.srt",
        "captions.ass",
        "post.json",
        "timeline.otio",
    }
    assert all(Path(path).exists() for path in result["outputs"].values())
    assert set(result) >= {"outputs", "made", "reused", "seconds"}
    assert result["made"] > 5


def test_the_video_has_the_form_that_platforms_ask_for(tea: tuple[Path, dict[str, Any]]):
    video = tea[0] / "out" / "video.mp4"
    with av.open(str(video)) as container:
        film, sound = container.streams.video[0], container.streams.audio[0]
        context = film.codec_context
        assert (context.width, context.height, film.average_rate) == (1080, 1920, 30)
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert (sound.codec_context.name, sound.codec_context.sample_rate) == ("aac", 48000)
        assert sound.codec_context.channels == 2
        stamps = [packet.pts for packet in container.demux(film) if packet.pts is not None]
        keys = film.frames
    assert len(stamps) == len(set(stamps)) == keys
    data = video.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    facts = probe(video)
    assert facts.seconds == pytest.approx(14, rel=0.1)
    loudness = measure(video)
    assert loudness.lufs == pytest.approx(-14, abs=0.5)
    assert loudness.true_peak <= -1


def test_no_mark_up_reaches_the_script(tea: tuple[Path, dict[str, Any]]):
    text = (tea[0] / "script.yaml").read_text("utf-8")
    said = [line for line in text.splitlines() if "say:" in line]
    assert len(said) >= 4
    assert not any(mark in " ".join(said) for mark in ("**", "---", "http", "](", "#"))


def test_captions_say_the_script_in_order(tea: tuple[Path, dict[str, Any]]):
    root = tea[0]
    cues = pysubs2.load(str(root / "out" / "captions.srt"))
    assert len(cues) >= 4
    assert all(a.end <= b.start for a, b in zip(cues, list(cues)[1:], strict=False))
    assert all(cue.plaintext.count("\n") <= 1 for cue in cues)
    timeline = json.loads((root / "timeline.json").read_text("utf-8"))
    words = "".join(
        word["text"]
        for caption in timeline["text"]["captions"]
        for line in caption["lines"]
        for word in line
    )
    script = "".join(line["say"] for line in _script(root)["lines"])
    keep = str.maketrans("", "", "，。、：；“”‘’！？,.!?:; ")
    assert words.translate(keep) == script.translate(keep)


def test_the_label_stands_where_something_is_synthetic(tea: tuple[Path, dict[str, Any]]):
    root = tea[0]
    post = json.loads((root / "out" / "post.json").read_text("utf-8"))
    assert post["ai_made"] == ["voice"]
    assert read_label(root / "out" / "video.mp4") == json.loads(post["label"]["metadata"])
    marks = json.loads((root / "timeline.json").read_text("utf-8"))["text"]["marks"]
    assert marks[0]["frames"] >= 60
    assert marks[0]["height"] >= 54
    assert {"title", "titles", "description", "tags", "credits"} <= set(post)


def test_nothing_changed_makes_nothing(tea: tuple[Path, dict[str, Any]]):
    root = tea[0]
    before = _digest(root / "out" / "video.mp4")
    result = make(root, "--set", "length=14")
    assert result["made"] == 0
    assert _digest(root / "out" / "video.mp4") == before


def test_a_reworded_line_makes_one_take_and_one_segment_again(
    tea: tuple[Path, dict[str, Any]], tmp_path: Path
):
    root = tea[0]
    script = root / "script.yaml"
    text = script.read_text("utf-8")
    third = _script(root)["lines"][2]["say"]
    script.write_text(text.replace(f"say: {third}", "say: 其实没有那么可怕。"), "utf-8")
    takes, segments = _artefacts(root, "take.wav"), _artefacts(root, "*.mp4")
    result = make(root, "--set", "length=14")
    assert len(_artefacts(root, "take.wav")) - len(takes) == 1
    # The segment itself, at most a transition into it and one out of it, and the joined video.
    assert 2 <= len(_artefacts(root, "*.mp4")) - len(segments) <= 4
    assert "其实没有那么可怕" in (root / "out" / "captions.srt").read_text("utf-8")
    assert result["reused"] > result["made"]
    script.write_text(text, "utf-8")
    assert make(root, "--set", "length=14")["made"] == 0


@pytest.mark.parametrize("name", ["otio", "fcpxml", "edl", "srt", "ass", "jianying"])
def test_exports_for_other_editors(tea: tuple[Path, dict[str, Any]], tmp_path: Path, name: str):
    done = reel("export", tea[0], "--to", name, "--out", tmp_path / "ex", "--json")
    path = Path(json.loads(done.stdout)["outputs"][name])
    assert path.exists()
    assert path.is_relative_to(tmp_path)


def test_clean_drops_only_what_nothing_refers_to(tea: tuple[Path, dict[str, Any]]):
    root = tea[0]
    reel("clean", root)
    assert make(root, "--set", "length=14")["made"] == 0


def test_an_english_article_in_landscape(tmp_path: Path):
    result = make(
        article(tmp_path, MOON, "moon.txt"),
        *SMALL,
        "--set",
        "format=16:9",
        "--set",
        "length=15",
        "--set",
        "style.theme=ink",
        "--set",
        "platform=shorts",
    )
    facts = probe(Path(result["outputs"]["video"]))
    assert (facts.width, facts.height) == (960, 540)
    assert facts.seconds == pytest.approx(15, rel=0.1)


def test_it_stops_where_it_is_told(tmp_path: Path):
    path = article(tmp_path)
    for stage, made in (("script", "script.yaml"), ("timeline", "timeline.json")):
        make(path, "--until", stage, "--set", "length=15")
        assert (tmp_path / "tea" / made).exists()
        assert not (tmp_path / "tea" / "out" / "video.mp4").exists()
    shots = make(path, "--until", "shots", "--set", "length=15")["shots"]
    assert all(shot["why"] for shot in shots)
    voices = make(path, "--until", "voice", "--set", "length=15")["outputs"]["voice"]
    assert len(list(Path(voices).glob("*.wav"))) == len(shots)


def test_footage_is_shown_upright_and_without_label_when_nothing_is_synthetic(tmp_path: Path):
    reel("new", tmp_path / "trip", "--topic", "海边的一天", "--length", "8")
    root = tmp_path / "trip"
    with (root / "brief.md").open("a", encoding="utf-8") as brief:
        brief.write(
            "\n早上的海边很安静。中午喝了一杯热茶。\n\n傍晚的天空特别红，我们一直坐到天黑。\n"
        )
    clip = root / "footage" / "海边 it's 100% 🌊.mp4"
    ffmpeg.run(
        ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=24:d=6", "-pix_fmt", "yuv420p", clip],
        what="a clip",
    )
    result = make(root, *SMALL, "--set", "voice.provider=none")
    assert clip.name in [shot["footage"] for shot in result["shots"]]
    timeline = json.loads((root / "timeline.json").read_text("utf-8"))
    assert timeline["text"]["marks"] == []
    assert read_label(Path(result["outputs"]["video"])) is None


def test_a_topic_with_an_llm(tmp_path: Path):
    from fake_openai import serving

    reel("new", tmp_path / "p", "--topic", "为什么隔夜茶不能喝", "--length", "20")
    with serving("ok") as server:
        result = make(
            tmp_path / "p",
            *SMALL,
            REEL_LLM_BASE_URL=server.url,
            REEL_LLM_MODEL="m",
            REEL_LLM_API_KEY="sk-geheim",
        )
    assert server.requests
    assert probe(Path(result["outputs"]["video"])).seconds == pytest.approx(20, rel=0.1)
    everything = [p for p in (tmp_path / "p").rglob("*") if p.is_file() and p.suffix != ".mp4"]
    assert not any(b"sk-geheim" in p.read_bytes() for p in everything)
    assert "ai_made: true" in (tmp_path / "p" / "script.yaml").read_text("utf-8")


def test_a_topic_alone_says_what_to_give(tmp_path: Path):
    reel("new", tmp_path / "p", "--topic", "为什么隔夜茶不能喝")
    said = fails("make", tmp_path / "p")
    assert "brief.md" in said
    assert "REEL_LLM_API_KEY" in said


def test_what_a_person_edited_is_never_overwritten(tmp_path: Path):
    path = article(tmp_path)
    make(path, "--until", "timeline", "--set", "length=15")
    root = tmp_path / "tea"
    script = root / "script.yaml"
    mine = script.read_text("utf-8").replace("title: ", "title: 我的")
    script.write_text(mine, "utf-8")
    path.write_text(TEA + "\n又加了一段话，说的是别的事情。\n", "utf-8")
    done = reel("make", path, "--until", "timeline", "--set", "length=15")
    assert "your script stays" in done.stderr
    assert script.read_text("utf-8") == mine

    timeline = root / "timeline.json"
    edited = timeline.read_text("utf-8").replace('"#ffffff"', '"#eeeeee"')
    timeline.write_text(edited, "utf-8")
    make(path, "--until", "timeline", "--set", "length=15")
    assert timeline.read_text("utf-8") == edited
    script.write_text(mine.replace("title: 我的", "title: 他的"), "utf-8")
    assert "edited by hand" in fails("make", path, "--until", "timeline", "--set", "length=15")
    assert timeline.read_text("utf-8") == edited


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("empty.md", b"", "empty.md"),
        ("blank.md", b" \n\n\t ", "blank.md"),
        ("binary.md", bytes(range(256)) * 40, "binary.md"),
        ("huge.txt", b"x" * (10 * 1024 * 1024 + 1), "huge.txt"),
        ("typo.md", b"---\nlenght: 20\n---\nText here.", 'did you mean "length"'),
        ("only.md", b"---\nlength: 20\n---\n", "no text"),
        ("yaml.md", b"---\nlength: [20\n---\nText.", "yaml.md"),
        ("picture.png", b"\x89PNG\r\n", "is not an article"),
    ],
)
def test_bad_texts_are_refused_by_name(tmp_path: Path, name: str, content: bytes, complaint: str):
    path = tmp_path / name
    path.write_bytes(content)
    assert complaint in fails("make", path)


def test_gbk_is_read(tmp_path: Path):
    path = tmp_path / "tea.txt"
    path.write_bytes(TEA.encode("gbk"))
    make(path, "--until", "script", "--set", "length=15")
    assert "隔夜茶" in (tmp_path / "tea" / "script.yaml").read_text("utf-8")


def test_a_length_too_short_names_the_shortest(tmp_path: Path):
    said = fails("make", article(tmp_path), "--set", "length=1")
    assert re.search(r"too short.*ask for \d seconds or more", said, re.DOTALL)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("zero.mp4", b""),
        ("text.mp4", b"not a film"),
        ("cut.mp4", b"\x00\x00\x00\x20ftypisom" + bytes(64)),
    ],
)
def test_a_damaged_clip_is_named(tmp_path: Path, name: str, content: bytes):
    make(article(tmp_path), "--until", "script", "--set", "length=15")
    folder = tmp_path / "tea" / "footage"
    (folder / name).write_bytes(content)
    assert name in fails("make", tmp_path / "tea.md", "--set", "length=15")


def test_a_failing_shot_is_named(tmp_path: Path):
    path = article(tmp_path)
    make(path, "--until", "script", "--set", "length=15")
    script = tmp_path / "tea" / "script.yaml"
    text = script.read_text("utf-8")
    script.write_text(text.replace("role: hook", "role: hook\n    scene: hok"), "utf-8")
    assert 'did you mean "hook"' in fails("make", path, "--set", "length=15")
    script.write_text(text.replace("role: hook", "role: hook\n    footage: gone.mp4"), "utf-8")
    assert "gone.mp4" in fails("make", path, "--set", "length=15")


def test_text_no_font_covers_is_refused_before_rendering(tmp_path: Path):
    path = article(tmp_path)
    make(path, "--until", "script", "--set", "length=15")
    script = tmp_path / "tea" / "script.yaml"
    text = script.read_text("utf-8")
    script.write_text(text.replace("say: ", "say: \U0001e900", 1), "utf-8")
    assert "\U0001e900" in fails("make", path, *SMALL, "--set", "length=15")
    assert not (tmp_path / "tea" / "out" / "draft.mp4").exists()


def test_a_folder_that_may_not_be_written(tmp_path: Path):
    root = tmp_path / "p"
    reel("new", root, "--topic", "x")
    (root / ".reel").write_text("in the way")
    said = fails("make", root)
    assert ".reel" in said


def test_a_full_disk_loses_nothing(tmp_path: Path):
    """A file-size limit stands in for a disk that fills up while segments are written."""
    path = article(tmp_path)
    make(path, *SMALL, "--until", "timeline", "--set", "length=10")
    script = (tmp_path / "tea" / "script.yaml").read_text("utf-8")
    limited = f"ulimit -f 60; exec '{REEL}' make '{path}' --draft --set length=10"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "tea" / "out" / "draft.mp4").exists()
    assert (tmp_path / "tea" / "script.yaml").read_text("utf-8") == script
    make(path, *SMALL, "--set", "length=10")
    assert (tmp_path / "tea" / "out" / "draft.mp4").exists()


def test_killed_anywhere_it_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    options = [*SMALL, "--set", "length=10"]
    videos: list[str] = []
    for name, kills in (("undisturbed", 0), ("killed", 3)):
        # Homes of their own, so that neither finds the other's work.
        home = tmp_path / f"home-{name}"
        folder = tmp_path / name
        folder.mkdir()
        path = article(folder)
        wait = random.Random(7)
        for _ in range(kills):
            run = subprocess.Popen(
                [REEL, "make", path, *options],
                env={**os.environ, "REEL_HOME": str(home)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            time.sleep(wait.uniform(0.5, 6))
            run.send_signal(signal.SIGKILL)
            run.wait()
        result = make(path, *options, REEL_HOME=str(home))
        videos.append(_digest(Path(result["outputs"]["video"])))
    assert videos[0] == videos[1]


def test_two_makes_at_once_in_one_folder(tmp_path: Path):
    path = article(tmp_path)
    options = [*SMALL, "--set", "length=10"]
    runs = [
        subprocess.Popen(
            [REEL, "make", path, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    ends = [run.communicate(timeout=300) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], ends
    assert probe(tmp_path / "tea" / "out" / "draft.mp4").kind == "video"


def test_wrong_usage_is_told_from_bad_input():
    reel("make", code=2)
    reel("make", "x", "--until", "never", code=2)
    error = json.loads(reel("make", "/nowhere/at/all.md", "--json", code=1).stdout)
    assert error["where"] == "/nowhere/at/all.md"


def test_help_starts_fast():
    began = time.perf_counter()
    reel("--help")
    assert time.perf_counter() - began < 3
    loaded = subprocess.run(
        [REEL.with_name("python"), "-X", "importtime", REEL, "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    heavy = ("numpy", "skia", "av", "httpx", "pypinyin", "rjieba", "fontTools", "ruamel", "PIL")
    modules = {line.split("|")[-1].strip().split(".")[0] for line in loaded.splitlines()}
    assert not modules & set(heavy)


def _script(root: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML

    return YAML(typ="safe").load((root / "script.yaml").read_text("utf-8"))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _artefacts(root: Path, pattern: str) -> set[Path]:
    return set((root / ".reel" / "artefacts").rglob(pattern))
