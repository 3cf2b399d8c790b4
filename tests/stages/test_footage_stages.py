"""Footage through the stages: looked at, shared out in a batch, found or generated if set up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fake_media import KEY, FakeMedia, serving_media

from reelwright.core.errors import MissingKey, ProviderUnavailable
from reelwright.core.nouns import Line, Script
from reelwright.core.timeline import Footage, Scene, Timeline, read_timeline
from reelwright.media import ffmpeg
from reelwright.pipeline import Result, make
from reelwright.stages.finding import queries_of
from reelwright.stages.sharing import shown_stretches
from reelwright.store.project import Project, create_project
from reelwright.store.usage import footage_usage

pytestmark = pytest.mark.usefixtures("fresh_home")

SCRIPT = """title: Harbour
pause: 0.3
lines:
- say: Have you ever been to a harbour?
  role: hook
- say: The boats come home before it gets light.
  search: [harbour boats]
- say: Nobody says a word on the pier then.
- say: Follow for more of this.
  role: call
"""


def clip(path: Path, source: str, seconds: float = 9) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    args = [
        "-f",
        "lavfi",
        "-i",
        f"{source}{':' if '=' in source else '='}s=320x180:r=30",
        "-t",
        str(seconds),
        "-c:v",
        "libx264",
    ]
    args += ["-preset", "ultrafast", "-g", "30", "-pix_fmt", "yuv420p", ffmpeg.source(path)]
    ffmpeg.run(args, what=path.name)
    return path


def project(root: Path, **front: Any) -> Project:
    rows = "".join(f"{key}: {json.dumps(value)}\n" for key, value in front.items())
    rows += "language: en\nlength: 12\nmusic: {provider: none}\n"
    brief = f"---\n{rows}---\nThe harbour in the morning is a quiet place."
    made = create_project(root, brief)
    made.script.write_text(SCRIPT)
    return made


def laid_out(of: Project, **more: Any) -> tuple[Timeline, Result]:
    result = make(of, until="timeline", **more)
    return read_timeline(of.timeline), result


def clips_of(timeline: Timeline) -> list[Footage]:
    return [c.source for c in timeline.picture.clips if isinstance(c.source, Footage)]


def stretches(timeline: Timeline) -> list[tuple[str, float, float]]:
    paths = {
        str(c.source.params["clip"]): "boats"
        for c in timeline.picture.clips
        if isinstance(c.source, Scene) and "clip" in c.source.params
    }
    shown = shown_stretches(timeline, paths)
    return [("boats", first, last) for rows in shown.values() for first, last in rows]


def overlap(a: list[tuple[str, float, float]], b: list[tuple[str, float, float]]) -> float:
    return sum(max(0.0, min(x[2], y[2]) - max(x[1], y[1])) for x in a for y in b if x[0] == y[0])


def test_videos_of_a_batch_do_not_repeat_a_stretch_and_come_out_the_same_again(
    tmp_path: Path,
) -> None:
    shelf = tmp_path / "shelf"
    clip(shelf / "boats-harbour.mp4", "testsrc2", 26)
    made = [project(tmp_path / name, footage=[str(shelf)]) for name in ("a", "b", "c")]
    seen = [stretches(laid_out(one, batch=True)[0]) for one in made]
    assert all(seen)
    assert overlap(seen[0], seen[1]) == overlap(seen[0], seen[2]) == overlap(seen[1], seen[2]) == 0
    texts = [one.timeline.read_bytes() for one in made]
    # Again, by itself and from nothing: the same, whatever was made since.
    for one, text in zip(made, texts, strict=True):
        one.timeline.unlink()
        (one.reel / "state.json").unlink()
        laid_out(one)
        assert one.timeline.read_bytes() == text


def test_a_video_by_itself_takes_no_notice_of_others(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    clip(shelf / "boats-harbour.mp4", "testsrc2", 26)
    first, then = (project(tmp_path / name, footage=[str(shelf)]) for name in ("a", "b"))
    assert stretches(laid_out(first)[0]) == stretches(laid_out(then)[0])
    with footage_usage() as usage:
        assert not usage.knows(first.root)
    assert laid_out(project(tmp_path / "c", footage=[str(shelf)], fresh="on"))
    other = project(tmp_path / "d", footage=[str(shelf)], fresh="off")
    assert stretches(laid_out(other, batch=True)[0]) == stretches(laid_out(first)[0])


def test_when_all_is_shown_it_is_shown_again(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    clip(shelf / "boats-harbour.mp4", "testsrc2", 4)
    seen = [
        stretches(laid_out(project(tmp_path / name, footage=[str(shelf)]), batch=True)[0])
        for name in ("a", "b")
    ]
    assert all(seen)


def test_a_damaged_record_counts_as_empty(tmp_path: Path, fresh_home: Path) -> None:
    for text in ("", "[]", '{"planned": {"x": 3}, "shown": {}}', '{"planned": {}, "shown": []}'):
        (fresh_home / "footage-use.json").write_text(text)
        with footage_usage() as usage:
            assert usage.planned_before(tmp_path, ["a"]) == {}


def test_the_crop_is_told_where_to_look(tmp_path: Path) -> None:
    one = project(tmp_path / "a", format="1:1")
    path = one.footage / "boats-harbour.mp4"
    path.parent.mkdir(exist_ok=True)
    ball = "color=red:s=128x128:r=30[b];[0:v][b]overlay=x='60+90*t':y=320"
    args = ["-f", "lavfi", "-i", "color=0x203050:s=1280x720:r=30", "-filter_complex", ball]
    args += ["-t", "9", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    ffmpeg.run([*args, ffmpeg.source(path)], what=path.name)
    source = clips_of(laid_out(one)[0])[0]
    assert source.start == 0
    assert source.focus[0] < 0.35
    assert source.focus_end is None or source.focus_end[0] > source.focus[0]


def settings(server: FakeMedia, **more: Any) -> dict[str, Any]:
    stock = {"provider": "pexels", "base_url": server.url, "retries": 0, "timeout": 5}
    return {"stock": {**stock, **more}}


@pytest.fixture
def clip_bytes(tmp_path: Path) -> bytes:
    return clip(tmp_path / "served" / "clip.mp4", "testsrc2", 15).read_bytes()


def test_stock_fills_what_footage_does_not_and_is_credited(
    tmp_path: Path, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REEL_STOCK_API_KEY", KEY)
    one = project(tmp_path / "a")
    with serving_media(clip_bytes) as server:
        timeline, result = laid_out(one, overrides=settings(server))
        asked = len(server.seen)
        again, _ = laid_out(one, overrides=settings(server))
        assert len(server.seen) == asked
    assert again == timeline
    assert clips_of(timeline)
    credit = next(origin for origin in timeline.origins if origin.provider == "pexels")
    assert (credit.author, credit.licence) == ("Ana Example", "Pexels License")
    assert 'for "harbour boats", by Ana Example' in result.shots[1].why
    assert KEY not in one.timeline.read_text()
    for path in one.root.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes()


def test_videos_of_a_batch_get_different_stock(
    tmp_path: Path, clip_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REEL_STOCK_API_KEY", KEY)
    with serving_media(clip_bytes) as server:
        more = {"overrides": settings(server, per_video=1), "batch": True}
        seen = [laid_out(project(tmp_path / name), **more)[1] for name in ("a", "b")]
    pages = [result.shots[1].asset.origin.url for result in seen]
    assert pages[0].endswith("103/")
    assert pages[1].endswith("102/")


@pytest.mark.parametrize(
    ("say", "search", "queries"),
    [
        ("Whatever.", ["boats at sea", "pier"], ["boats at sea"]),
        ("Whatever.", ["boats", "pier", "tea"], ["boats pier", "boats"]),
        ("Whatever.", ["boats"], ["boats"]),
    ],
)
def test_the_narrowest_question_is_asked_first(
    say: str, search: list[str], queries: list[str]
) -> None:
    line = Line(say=say, search=tuple(search))
    assert queries_of(Script(title="t", lines=(line,)), line, "en") == queries


def test_a_line_without_words_to_search_by_is_asked_for_what_it_names() -> None:
    line = Line(say="茶园里的茶叶要在清晨采摘。")
    first, *_ = queries_of(Script(title="茶", lines=(line,)), line, "zh")
    assert "茶" in first


def test_a_clip_that_cannot_be_played_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REEL_STOCK_API_KEY", KEY)
    with serving_media(b"no video at all" * 100) as server:
        timeline, _ = laid_out(project(tmp_path / "a"), overrides=settings(server))
    assert clips_of(timeline) == []


def test_a_library_that_cannot_be_asked_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = project(tmp_path / "a")
    with serving_media() as server:
        with pytest.raises(MissingKey, match="key"):
            laid_out(one, overrides=settings(server))
        monkeypatch.setenv("REEL_STOCK_API_KEY", KEY)
        server.asking = "500"
        with pytest.raises(ProviderUnavailable):
            laid_out(one, overrides=settings(server))
        assert clips_of(laid_out(one)[0]) == []


def test_generated_pictures_are_labelled_and_remembered(tmp_path: Path) -> None:
    one = project(tmp_path / "a")
    with serving_media() as server:
        image = {
            "provider": "openai",
            "base_url": f"{server.url}/v1",
            "model": "sd",
            "per_video": 1,
        }
        timeline, _ = laid_out(one, overrides={"image": image})
        laid_out(one, overrides={"image": image})
        (asked,) = [row["body"] for row in server.seen]
    (picture,) = clips_of(timeline)
    assert picture.kind == "picture"
    origin = next(origin for origin in timeline.origins if origin.model == "sd")
    assert origin.ai_made
    assert origin.prompt == asked["prompt"]
    assert origin.seed == asked["seed"]
    assert asked["prompt"].startswith("harbour boats")


def test_a_picture_that_is_refused_leaves_the_line_drawn(tmp_path: Path) -> None:
    with serving_media() as server:
        server.asking = "no_picture"
        image = {"provider": "openai", "base_url": f"{server.url}/v1"}
        timeline, _ = laid_out(project(tmp_path / "a"), overrides={"image": image})
    assert clips_of(timeline) == []


def test_meaning_matches_what_names_do_not(tmp_path: Path) -> None:
    one = project(tmp_path / "a")
    clip(one.footage / "food.mp4", "color=0x808080")
    clip(one.footage / "sea.mp4", "color=0x818181")
    with serving_media() as server:
        embed = {"provider": "openai", "base_url": f"{server.url}/v1", "model": "m"}
        _, result = laid_out(one, overrides={"embed": embed})
        assert server.paths() == ["/v1/embeddings"] * 2
    shown = result.shots[1]
    assert shown.asset
    assert Path(shown.asset.path).name == "sea.mp4"
    assert "near in meaning" in shown.why
