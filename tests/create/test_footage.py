from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.core.errors import FootageError, ScriptError
from reelwright.core.nouns import Asset, Line, MediaFacts, Origin, Pace, Role, Script
from reelwright.create import footage, scenes
from reelwright.create.shots import plan_shots

PACE = Pace(units_per_second=4.5, pause=0.3)


def asset(name: str, seconds: float = 10, *, kind="video", folder: str = "") -> Asset:
    path = Path("/f") / folder / name
    facts = MediaFacts(kind=kind, seconds=seconds, width=1920, height=1080)
    return footage.describe(path, [Path("/f")], facts, content=f"id-{name}")


def plan(lines: list[Line], assets: list[Asset], language="zh"):
    return plan_shots(
        Script(title="t", lines=tuple(lines)),
        language=language,
        assets=assets,
        pace=PACE,
        suit=scenes.suit,
        check=scenes.check,
        scenes=scenes.names(),
    )


def test_media_are_found_in_folders_by_kind(tmp_path: Path):
    for name in ("b.MP4", "a.jpg", "notes.txt", ".hidden.mp4", "sub/c.mov", ".git/d.mp4"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    found = footage.find_media([tmp_path])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "a.jpg",
        "b.MP4",
        "sub/c.mov",
    ]


def test_a_folder_that_links_to_itself_is_walked_once(tmp_path: Path):
    (tmp_path / "a.mp4").write_bytes(b"x")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(footage.find_media([tmp_path])) == 1


@pytest.mark.parametrize(
    ("name", "make", "complaint"),
    [("gone", False, "is not there"), ("notes.txt", True, "neither a clip nor a picture")],
)
def test_a_place_that_is_none_is_named(tmp_path: Path, name: str, make: bool, complaint: str):
    path = tmp_path / name
    if make:
        path.write_text("x")
    with pytest.raises(FootageError, match=complaint) as caught:
        footage.find_media([path])
    assert caught.value.where == str(path)


def test_tags_come_from_the_name_and_its_folders():
    assert asset("IMG_2034 茶杯-steam.mp4", folder="kitchen").tags == ("茶杯", "steam", "kitchen")


def test_a_file_without_picture_is_no_footage():
    with pytest.raises(FootageError, match="no picture"):
        footage.describe(Path("/f/a.mp4"), [Path("/f")], MediaFacts(kind="audio"), "x")


def test_footage_goes_to_the_line_its_name_fits():
    lines = [
        Line(say="你知道吗？", role=Role.HOOK),
        Line(say="早上的海边特别安静。"),
        Line(say="泡一杯热茶，放在窗台上。"),
        Line(say="关注我。", role=Role.CALL),
    ]
    shots = plan(lines, [asset("茶.mp4"), asset("海边.mov")])
    shown = {shot.line: Path(shot.asset.path).name for shot in shots if shot.asset}
    assert shown == {1: "海边.mov", 2: "茶.mp4"}
    assert "fits the line" in shots[1].why


def test_english_endings_do_not_hide_a_match():
    lines = [Line(say="Boats were leaving the harbour."), Line(say="Nothing else moved.")]
    shots = plan(lines, [asset("boat_harbour.mp4", 4)], "en")
    assert shots[0].asset


def test_a_line_may_name_its_footage_and_a_wrong_name_is_an_error():
    lines = [Line(say="一", footage="b.mp4"), Line(say="二")]
    assert plan(lines, [asset("a.mp4"), asset("b.mp4")])[0].asset
    with pytest.raises(FootageError, match="lines, number 1") as caught:
        plan([Line(say="一", footage="c.mp4")], [asset("a.mp4"), asset("b.mp4")])
    assert "b.mp4" in (caught.value.hint or "")


def test_a_short_clip_is_not_planned_for_more_than_it_lasts():
    lines = [Line(say="茶" * 12), Line(say="茶" * 12), Line(say="茶" * 12)]
    shots = plan(lines, [asset("茶.mp4", 3.2)])
    assert sum(1 for shot in shots if shot.asset) == 1


def test_a_picture_is_shown_once():
    lines = [Line(say="一杯茶。"), Line(say="两杯茶。")]
    assert sum(1 for shot in plan(lines, [asset("茶.jpg", 0, kind="picture")]) if shot.asset) == 1


def test_a_scene_that_does_not_exist_names_the_line():
    with pytest.raises(ScriptError, match=r"number 2.*no scene"):
        plan([Line(say="一"), Line(say="二", scene="hok")], [])


def test_what_the_person_set_wins():
    shots = plan([Line(say="一个开头", scene="hook", params={"text": "别的"})], [])
    assert (shots[0].scene, shots[0].params["text"]) == ("hook", "别的")
    with pytest.raises(ScriptError, match="number 1"):
        plan([Line(say="一个开头", scene="hook", params={"txet": "别的"})], [])


def test_people_made_the_footage():
    assert asset("a.mp4").origin == Origin(provider="person")
