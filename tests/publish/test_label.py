"""The label: when it stands, what it says, and that it really is in the file."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from reelwright.core.errors import MediaError, SettingError, StoreError
from reelwright.core.marking import FIELDS
from reelwright.core.nouns import Format, Label, Origin
from reelwright.core.settings import LabelSettings
from reelwright.media.ffmpeg import binary
from reelwright.publish.label import (
    ai_made_parts,
    check_label,
    check_producer,
    decide,
    log_opt_out,
    mark_frames,
    mark_height,
    metadata_of,
    read_label,
)

PERSON = Origin(provider="person")
ENGINE = Origin(provider="espeak", ai_made=True)
AUTO = LabelSettings()
# Made up of nines with the right check character: nobody's code.
CODE = "0011" + "99999999999999999E" + "1ABCD"


def label(parts: dict[str, list[Origin]], **changes: object) -> Label | None:
    options = {"settings": AUTO, "language": "zh", "produce_id": "abc123", **changes}
    return decide(parts, **options)


def test_nothing_ai_made_no_label() -> None:
    assert label({"script": [PERSON], "voice": [PERSON], "picture": []}) is None


@pytest.mark.parametrize("part", ["script", "voice", "picture", "music"])
def test_anything_ai_made_makes_it_stand(part: str) -> None:
    parts = {"script": [PERSON], "voice": [PERSON]}
    parts[part] = [PERSON, ENGINE]
    found = label(parts)
    assert found is not None
    assert found.parts == (part,)


def test_off_is_the_persons_choice() -> None:
    parts = {"voice": [ENGINE], "script": [PERSON]}
    assert label(parts, settings=LabelSettings(mode="off")) is None
    assert ai_made_parts(parts) == ("voice",)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("made", [["voice"], ["voice", "music"], ["script", "voice"], ["picture"]])
@pytest.mark.parametrize("platform", ["", "douyin", "kuaishou", "bilibili"])
def test_the_mark_has_the_words_the_rule_asks_for(
    language: str, made: list[str], platform: str
) -> None:
    found = label({part: [ENGINE] for part in made}, language=language, platform=platform)
    assert found is not None
    assert re.search("人工智能|AI", found.text)
    assert re.search("生成|合成", found.text)
    assert (language == "en") == bool(re.search("AI-generated", found.text))


def test_the_mark_says_no_more_than_is_so() -> None:
    def text(**changes: object) -> str:
        found = label({"script": [PERSON], "voice": [ENGINE]}, **changes)
        assert found is not None
        return found.text

    assert text() == "AI合成语音"
    assert text(language="en") == "AI合成语音 · AI-generated voice"
    assert text(language="en", platform="shorts") == "AI-generated voice"


def test_the_metadata() -> None:
    found = label({"voice": [ENGINE]}, settings=LabelSettings(producer=CODE))
    assert found is not None
    values = json.loads(found.metadata)
    assert tuple(values) == FIELDS
    assert all(isinstance(value, str) for value in values.values())
    assert values["Label"] == "1"
    assert values["ContentProducer"] == values["ContentPropagator"] == CODE
    assert values["ProduceID"] == values["PropagateID"] == "abc123"
    assert values["ReservedCode1"] == values["ReservedCode2"] == ""
    allowed = {chr(c) for c in (0x21, *range(0x23, 0x5C), *range(0x5D, 0x7F))}
    assert all(set(value) <= allowed for value in values.values())


def test_no_code_is_invented() -> None:
    found = label({"voice": [ENGINE]})
    assert found is not None
    assert json.loads(found.metadata)["ContentProducer"] == "Reelwright"


@pytest.mark.parametrize("bad", ["", "a b", 'a"b', "a\\b", "视频"])
def test_a_content_number_the_standard_does_not_allow(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot number"):
        label({"voice": [ENGINE]}, produce_id=bad)


def test_codes_of_producers() -> None:
    assert check_producer("  ") == ""
    assert check_producer(f" {CODE} ") == CODE
    assert check_producer(CODE[:-5] + "00000")


@pytest.mark.parametrize(
    "bad",
    [
        "Reelwright",
        CODE[:-1],
        CODE + "1",
        CODE.replace("E1ABCD", "E2ABCD"),  # a propagator
        CODE.replace("E1", "K1"),  # the check character is wrong
        "1" + CODE[1:],
    ],
)
def test_codes_that_are_none(bad: str) -> None:
    with pytest.raises(SettingError, match="is not the code") as caught:
        check_producer(bad)
    assert caught.value.where == "setting label.producer"


def test_the_marks_size_and_time() -> None:
    assert mark_height(Format(width=1080, height=1920)) == 54
    assert mark_height(Format(width=1920, height=1080)) == 54
    assert mark_height(Format(width=542, height=960)) == 28
    assert mark_frames(Format(width=1080, height=1920)) == 60
    assert mark_frames(Format(width=1080, height=1920, rate=Fraction(30000, 1001))) == 60


# --- in the file ------------------------------------------------------------------------------


def mux(out: Path, metadata: dict[str, str], *options: str, source: Path | None = None) -> Path:
    start = ["-f", "lavfi", "-i", "color=s=64x64:d=0.2"] if source is None else ["-i", str(source)]
    tags = [part for key, value in metadata.items() for part in ("-metadata", f"{key}={value}")]
    command = [binary(), "-v", "error", "-y", *start, *tags, *options, str(out)]
    subprocess.run(command, check=True, timeout=60)
    return out


@pytest.fixture(scope="module")
def spoken() -> Label:
    found = label({"voice": [ENGINE]})
    assert found is not None
    return found


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory, spoken: Label) -> Path:
    out = tmp_path_factory.mktemp("label") / "标 '签.mp4"
    return mux(out, metadata_of(spoken), "-movflags", "+use_metadata_tags+faststart")


def test_it_reads_back_from_mp4(labelled: Path, spoken: Label) -> None:
    assert read_label(labelled) == json.loads(spoken.metadata)
    assert labelled.read_bytes().count(b"AIGC") == 1
    check_label(labelled, spoken)


def test_it_stands_where_the_practice_guide_says(labelled: Path) -> None:
    data = labelled.read_bytes()
    places = [data.index(box) for box in (b"moov", b"udta", b"meta", b"keys", b"AIGC", b"ilst")]
    assert places == sorted(places)
    assert places[-1] < data.index(b"mdat")


@pytest.mark.parametrize("suffix", [".mkv", ".mov", ".webm"])
def test_other_containers(tmp_path: Path, labelled: Path, spoken: Label, suffix: str) -> None:
    codec = ["-c:v", "libvpx"] if suffix == ".webm" else ["-c", "copy"]
    flags = ["-movflags", "use_metadata_tags"] if suffix == ".mov" else []
    out = mux(tmp_path / f"a{suffix}", {}, *codec, *flags, source=labelled)
    check_label(out, spoken)


def test_a_copy_that_loses_it_is_found_out(tmp_path: Path, labelled: Path, spoken: Label) -> None:
    # What ffmpeg does unasked, with exit code 0; this is why the label is read back every time.
    out = mux(tmp_path / "copy.mp4", {}, "-c", "copy", source=labelled)
    assert read_label(out) is None
    with pytest.raises(MediaError, match="lost its AI label"):
        check_label(out, spoken)


def test_a_label_that_should_not_stand_is_found_out(labelled: Path) -> None:
    with pytest.raises(MediaError, match="does not carry the AI label that was decided on"):
        check_label(labelled, None)


def test_a_video_without_a_label(tmp_path: Path) -> None:
    plain = mux(tmp_path / "plain.mp4", {"title": "AIGC"})
    assert read_label(plain) is None
    check_label(plain, None)


def test_the_outer_shape_is_read_too(tmp_path: Path) -> None:
    value = '{"AIGC":{"Label":"1","ProduceID":"x"}}'
    out = mux(tmp_path / "a.mp4", {"AIGC": value}, "-movflags", "use_metadata_tags")
    assert read_label(out) == {"Label": "1", "ProduceID": "x"}


@pytest.mark.parametrize("value", ["{not json", '["1"]', '{"Label":1}'])
def test_a_damaged_label(tmp_path: Path, value: str) -> None:
    out = mux(tmp_path / "a.mp4", {"AIGC": value}, "-movflags", "use_metadata_tags")
    with pytest.raises(MediaError, match="damaged"):
        read_label(out)


def test_two_copies_are_refused(tmp_path: Path) -> None:
    tags = {"AIGC": '{"Label":"1"}', "AIGX": '{"Label":"2"}'}
    out = mux(tmp_path / "a.mp4", tags, "-movflags", "use_metadata_tags")
    out.write_bytes(out.read_bytes().replace(b"mdtaAIGX", b"mdtaAIGC"))
    with pytest.raises(MediaError, match="carries 2 AIGC labels"):
        read_label(out)


@pytest.mark.parametrize("content", [b"", b"no video", b"\0\0\0\x08moov\0\0\0\x14keys"])
def test_a_file_that_is_no_video(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(content)
    with pytest.raises(MediaError, match=r"a\.mp4"):
        read_label(file)


# --- the log ----------------------------------------------------------------------------------


def test_opting_out_is_logged_and_kept(tmp_path: Path) -> None:
    when = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    log = log_opt_out(tmp_path / "home", tmp_path / "茶", when, ["voice"])
    log_opt_out(tmp_path / "home", tmp_path / "b", when.replace(year=2031), ["voice", "script"])
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert rows[0] == {
        "when": "2026-03-01T12:00:00+00:00",
        "project": str(tmp_path / "茶"),
        "parts": ["voice"],
    }
    assert rows[1]["parts"] == ["voice", "script"]


def test_a_log_that_cannot_be_written_stops_the_export(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(StoreError, match="cannot be noted"):
        log_opt_out(tmp_path / "home", tmp_path, datetime.now(UTC), ["voice"])
