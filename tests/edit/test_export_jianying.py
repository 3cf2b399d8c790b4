import json
import sys

import pytest
from interchange_case import everything, make_media

from reelwright.core.errors import FootageError, InputError, MissingExtra
from reelwright.edit.export import export
from reelwright.edit.export.jianying import draft_name


@pytest.fixture
def draft(tmp_path):
    make_media(tmp_path)
    folder = export(everything(tmp_path), "jianying", root=tmp_path, out=tmp_path / "out")
    return folder, json.loads((folder / "draft_content.json").read_text("utf-8"))


def spans(track) -> list[tuple[int, int]]:
    return [
        (segment["target_timerange"]["start"], segment["target_timerange"]["duration"])
        for segment in track["segments"]
    ]


def test_the_draft_holds_picture_sound_and_captions(draft):
    folder, content = draft
    assert folder.name == "隔夜茶 & tea"
    assert sorted(path.name for path in folder.iterdir()) == [
        "draft_content.json",
        "draft_meta_info.json",
        "scene.png",
    ]
    assert content["canvas_config"]["width"] == 1080
    assert content["fps"] == 30
    assert content["duration"] == 8_500_000
    tracks = {track["name"]: track for track in content["tracks"]}
    assert set(tracks) == {"picture", "voice", "music", "captions"}
    assert spans(tracks["picture"]) == [
        (0, 2_000_000),
        (2_000_000, 3_000_000),
        (5_000_000, 1_500_000),
        (6_500_000, 2_000_000),
    ]
    assert tracks["picture"]["segments"][1]["source_timerange"]["start"] == 1_500_000
    assert spans(tracks["voice"]) == [(200_000, 1_666_667), (2_333_333, 2_000_000)]
    assert spans(tracks["captions"]) == [(200_000, 1_333_333), (2_333_333, 1_666_667)]
    assert len(content["materials"]["transitions"]) == 2
    assert content["materials"]["transitions"][0]["duration"] == 333_333


def test_sound_has_its_volume_and_fades(draft):
    _, content = draft
    tracks = {track["name"]: track for track in content["tracks"]}
    assert tracks["music"]["segments"][0]["volume"] == pytest.approx(10 ** (-18 / 20))
    assert tracks["voice"]["segments"][1]["volume"] == pytest.approx(10 ** (2 / 20))
    fade = content["materials"]["audio_fades"][0]
    assert (fade["fade_in_duration"], fade["fade_out_duration"]) == (500_000, 1_000_000)
    assert all(segment["volume"] == 0 for segment in tracks["picture"]["segments"])


def test_captions_are_editable_texts_in_the_lower_third(draft):
    _, content = draft
    texts = [json.loads(text["content"]) for text in content["materials"]["texts"]]
    assert [text["text"] for text in texts] == ["为什么隔夜茶\n不能喝？", "因为 <3%>"]
    colour = texts[0]["styles"][0]["fill"]["content"]["solid"]["color"]
    assert colour == [1, 1, 1]
    segment = next(t for t in content["tracks"] if t["name"] == "captions")["segments"][0]
    assert -0.9 < segment["clip"]["transform"]["y"] < -0.3


def test_footage_fills_the_frame_and_files_are_in_place(draft):
    folder, content = draft
    segments = content["tracks"][0]["segments"]
    # 320×180 in 1080×1920: fitting is 3.375, filling 10.667.
    assert segments[1]["clip"]["scale"]["x"] == pytest.approx(10.6667 / 3.375, abs=1e-3)
    paths = {video["path"] for video in content["materials"]["videos"]}
    assert str(folder / "scene.png") in paths
    assert all(".tmp-" not in path for path in paths)


def test_the_same_timeline_gives_the_same_draft_and_never_overwrites_one(draft, tmp_path):
    folder, _ = draft
    before = (folder / "draft_content.json").read_bytes()
    with pytest.raises(InputError, match="worked on"):
        export(everything(tmp_path), "jianying", root=tmp_path, out=tmp_path / "out")
    assert (folder / "draft_content.json").read_bytes() == before
    folder.rename(tmp_path / "elsewhere")
    export(everything(tmp_path), "jianying", root=tmp_path, out=tmp_path / "out")
    assert (folder / "draft_content.json").read_bytes() == before


def test_a_missing_file_and_a_missing_library_are_named(tmp_path, monkeypatch):
    with pytest.raises(FootageError, match=r"100%\.mp4"):
        export(everything(tmp_path), "jianying", root=tmp_path, out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    monkeypatch.setitem(sys.modules, "pyJianYingDraft", None)
    with pytest.raises(MissingExtra, match=r"reelwright\[jianying\]"):
        export(everything(tmp_path), "jianying", root=tmp_path, out=tmp_path / "out")


def test_names_are_fit_for_any_file_system():
    assert draft_name(' a/b\\c: "d"? ') == "a b c d"
    assert draft_name("...") == "reelwright"
    assert len(draft_name("茶" * 100)) == 60
