from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.core.errors import FootageError, ScriptError
from reelwright.core.nouns import (
    Asset,
    Glance,
    Line,
    MediaFacts,
    Origin,
    Pace,
    Role,
    Script,
)
from reelwright.create import footage, scenes
from reelwright.create.shots import plan_shots

PACE = Pace(units_per_second=4.5, pause=0.3)


def asset(name: str, seconds: float = 10, *, kind="video", folder: str = "") -> Asset:
    path = Path("/f") / folder / name
    facts = MediaFacts(kind=kind, seconds=seconds, width=1920, height=1080)
    return footage.describe(path, [Path("/f")], facts, content=f"id-{name}")


def plan(lines: list[Line], assets: list[Asset], language="zh", **more):
    return plan_shots(
        Script(title="t", lines=tuple(lines)),
        language=language,
        assets=assets,
        pace=PACE,
        suit=scenes.suit,
        check=scenes.check,
        scenes=scenes.names(),
        **more,
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


def shown_by(shots) -> dict[int, str]:
    return {shot.line: Path(shot.asset.path).name for shot in shots if shot.asset}


def seen(name: str, **glance) -> Asset:
    return asset(name).model_copy(update={"glance": Glance(**glance)})


HOOK = Line(say="?", role=Role.HOOK)
NIGHT = {"brightness": 0.1, "colours": ("black", "blue")}
DAY = {"brightness": 0.7, "colours": ("green", "white")}


@pytest.mark.parametrize(
    ("say", "language", "name"),
    [
        ("夜晚的城市慢慢安静下来了。", "zh", "IMG_1.mp4"),
        ("Nobody was out that night.", "en", "IMG_1.mp4"),
        ("一大片绿色铺到天边。", "zh", "IMG_2.mp4"),
        ("The green hills roll on and on.", "en", "IMG_2.mp4"),
    ],
)
def test_clips_whose_names_say_nothing_are_told_by_their_looks(say: str, language: str, name: str):
    clips = [seen("IMG_1.mp4", **NIGHT), seen("IMG_2.mp4", **DAY)]
    shots = plan([HOOK, Line(say=say), HOOK], clips[::-1], language)
    assert shown_by(shots)[1] == name


def test_why_tells_what_was_seen():
    (shot,) = plan([Line(say="The sky turned red.")], [seen("IMG_1.mp4", colours=("red",))], "en")
    assert shot.why == "it looks as the line says (red)"


@pytest.mark.parametrize("say", ["我终于明白了这件事。", "黑客拿走了红包。"])
def test_a_colour_inside_another_word_is_none(say: str):
    from reelwright.create.looks import looks_like
    from reelwright.create.words import segment

    words = {word.strip("。，") for word in segment(say, "zh")}
    everything = Glance(colours=("red", "white", "black", "yellow"), brightness=0.4, motion=0.02)
    assert looks_like(words, everything) == (0.0, ())


def test_motion_is_looked_for_too():
    clips = [seen("IMG_1.mp4", motion=0.001), seen("IMG_2.mp4", motion=0.09)]
    lines = [HOOK, Line(say="He had to run, fast."), Line(say="Then all was calm and quiet.")]
    assert shown_by(plan(lines, clips, "en")) == {1: "IMG_2.mp4", 2: "IMG_1.mp4"}


def test_nearness_in_meaning_finds_what_names_do_not():
    clips = [asset("ocean.mp4"), asset("market.mp4")]
    lines = [Line(say="The waves never stop."), Line(say="People shout their prices.")]
    near = {(0, "id-ocean.mp4"): 1.0, (1, "id-market.mp4"): 0.9}
    shots = plan(lines, clips, "en", near=near)
    assert shown_by(shots) == {0: "ocean.mp4", 1: "market.mp4"}
    assert shots[0].why == "it is near in meaning"


def test_what_other_videos_showed_is_taken_last():
    lines = [Line(say="海边的风很大。"), Line(say="海边的人很多。")]
    clips = [asset("海边1.mp4", 2.5), asset("海边2.mp4", 2.5), asset("海边3.mp4", 2.5)]
    assert set(shown_by(plan(lines, clips)).values()) == {"海边1.mp4", "海边2.mp4"}
    elsewhere = {"id-海边1.mp4": 2.5, "id-海边2.mp4": 2.5}
    shown = shown_by(plan(lines, clips, elsewhere=elsewhere))
    assert shown[0] == "海边3.mp4"
    # Nothing else is left for the second: what was shown before is shown again.
    assert shown[1] == "海边1.mp4"


def test_lines_about_people_prefer_clips_with_faces():
    from reelwright.core.nouns import Glance
    from reelwright.create.looks import described, looks_like

    peopled, empty = Glance(faces=2), Glance()
    assert looks_like({"people"}, peopled) > looks_like({"people"}, empty)
    assert looks_like({"老师"}, Glance(faces=1))[1] == ("somebody",)
    assert looks_like({"people"}, empty) == (0.0, ())
    assert looks_like({"boats"}, peopled) == looks_like({"boats"}, empty)
    assert described(peopled).startswith("people")
