from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from zlib import crc32

import pytest

from reelwright.core.errors import ScriptError
from reelwright.core.nouns import (
    Asset,
    Format,
    Label,
    Line,
    MediaFacts,
    Origin,
    Role,
    Script,
    Shot,
    Sticker,
    Take,
)
from reelwright.core.timeline import Footage, Scene, TextStyle, Timeline
from reelwright.edit import assemble as room

RATE = Fraction(30)
SCRIPT = Script(
    title="t",
    pause=0.2,
    lines=(
        Line(say="一", role=Role.HOOK),
        Line(say="二"),
        Line(say="三", pause=0.9),
        Line(say="四", role=Role.CALL),
    ),
)


def takes(*seconds: float) -> list[Take]:
    return [
        Take(path=f"/p/.reel/{i}/take.wav", seconds=s, words=(), origin=Origin(provider="espeak"))
        for i, s in enumerate(seconds)
    ]


def clip(seconds: float, kind="video") -> Asset:
    return Asset(
        id=f"{kind}-{seconds}",
        path=f"/p/footage/{kind}-{seconds}.mp4",
        facts=MediaFacts(kind=kind, seconds=seconds, width=1920, height=1080),
        origin=Origin(provider="person"),
    )


def assemble(
    seconds: list[float], assets: dict[int, Asset], label: Label | None = None
) -> Timeline:
    spoken = takes(*seconds)
    script = SCRIPT.model_copy(update={"lines": SCRIPT.lines[: len(seconds)]})
    return room.assemble(
        script=script,
        shots=[
            Shot(line=i, scene="statement", asset=assets.get(i)) for i in range(len(script.lines))
        ],
        takes=spoken,
        spans=room.schedule(script, spoken, RATE),
        captions=(),
        style=TextStyle(),
        format=Format(width=1080, height=1920),
        theme="night",
        language="zh",
        seed_of=len,
        relative=lambda path: path.as_posix(),
        mark_height=54,
        label=label,
    )


def test_a_shot_lasts_as_long_as_its_take_and_pause():
    spans = room.schedule(SCRIPT, takes(2.0, 1.0, 1.5, 1.0), RATE)
    assert [span.frames for span in spans] == [72, 42, 78, 60]
    assert [span.start for span in spans] == [0, 72, 114, 192]
    assert all(span.voice - span.start == 6 for span in spans)


def test_rewording_a_line_moves_the_others_and_changes_none():
    before = room.schedule(SCRIPT, takes(2.0, 1.0, 1.5, 1.0), RATE)
    after = room.schedule(SCRIPT, takes(2.0, 3.3, 1.5, 1.0), RATE)
    assert [s.frames for s in before][2:] == [s.frames for s in after][2:]


@pytest.mark.parametrize("length", [8.3, 8.8])
def test_the_pause_meets_the_asked_length(length: float):
    spoken = takes(2.0, 1.0, 1.5, 1.0)
    script = SCRIPT.model_copy(update={"pause": room.fit_pause(SCRIPT, spoken, length)})
    last = room.schedule(script, spoken, RATE)[-1]
    assert (last.start + last.frames) / 30 == pytest.approx(length, abs=0.15)


def test_the_pause_stays_within_what_sounds_natural():
    assert room.fit_pause(SCRIPT, takes(2, 2, 2, 2), 5) == room.COMFORT[0]
    assert room.fit_pause(SCRIPT, takes(1, 1, 1, 1), 60) == room.COMFORT[1]
    assert room.fit_pause(SCRIPT, takes(1, 1, 1, 1), 60, room.BOUNDS) == room.BOUNDS[1]


def test_a_clip_is_never_shown_twice():
    one = clip(20)
    timeline = assemble([2.0, 1.0, 1.5, 1.0], {0: one, 1: one, 3: one})
    shown = [
        (c.source.start, c.source.start + c.frames / 30)
        for c in timeline.picture.clips
        if isinstance(c.source, Footage)
    ]
    assert len(shown) == 3
    assert all(a[1] <= b[0] for a, b in zip(shown, shown[1:], strict=False))


def test_stretches_stay_put_when_a_line_grows_a_little():
    one = clip(20)
    starts = [
        [c.source.start for c in assemble(s, {0: one, 1: one}).picture.clips[:2]]
        for s in ([2.0, 1.0], [2.4, 1.0])
    ]
    assert starts[0] == starts[1] == [0.0, 4.0]


def test_what_a_clip_cannot_fill_is_drawn():
    timeline = assemble([6.0, 1.0], {0: clip(3.0)})
    kinds = [(type(c.source), c.frames) for c in timeline.picture.clips[:2]]
    assert kinds == [(Footage, 90), (Scene, 102)]


def test_a_clip_that_ends_a_moment_early_holds_its_last_frame():
    timeline = assemble([3.0, 1.0], {0: clip(3.1)})
    assert [type(c.source) for c in timeline.picture.clips] == [Footage, Scene]
    assert timeline.picture.clips[0].frames == 102


def test_a_picture_lasts_as_long_as_needed_and_moves():
    source = assemble([9.0], {0: clip(0, "picture")}).picture.clips[0].source
    assert isinstance(source, Footage)
    assert (source.kind, source.move) == ("picture", "push")


def test_voices_begin_with_their_shots_and_a_mark_stands_three_seconds():
    label = Label(text="AI", metadata="{}", parts=("voice",))
    timeline = assemble([2.0, 1.0], {}, label)
    assert [clip.start for clip in timeline.sound[0].clips] == [6, 78]
    assert (timeline.text.marks[0].start, timeline.text.marks[0].frames) == (0, 90)
    assert assemble([2.0, 1.0], {}).text.marks == ()


def test_a_failure_can_name_its_shot():
    assert assemble([1.0], {}).picture.clips[0].name == "shot 1 (一)"
    assert Path(assemble([1.0], {}).sound[0].clips[0].path).name == "take.wav"


def test_at_one_frame_a_second_a_dissolve_is_a_cut():
    assert room._transition(SCRIPT, 1, 3, Fraction(1), room.PLAIN, len) is None
    assert room._transition(SCRIPT, 1, 90, RATE, room.PLAIN, len) is not None


MIXES = {"cut": 4, "push": 2, "zoom": 1, "dissolve": 1}


def mixes_of(script: Script, weights: dict[str, int] | None = MIXES) -> list[str]:
    spoken = takes(*[2.0] * len(script.lines))
    timeline = room.assemble(
        script=script,
        shots=[Shot(line=i, scene="statement") for i in range(len(script.lines))],
        takes=spoken,
        spans=room.schedule(script, spoken, RATE),
        captions=(),
        style=TextStyle(),
        format=Format(width=1080, height=1920),
        theme="night",
        language="zh",
        seed_of=lambda text: crc32(text.encode()),
        relative=lambda path: path.as_posix(),
        mark_height=54,
        transitions=weights,
    )
    return [c.transition.name if c.transition else "cut" for c in timeline.picture.clips]


def test_the_theme_chooses_how_shots_follow_and_a_line_only_its_own():
    lines = [Line(say="零", role=Role.HOOK), *(Line(say=f"第{n}句话") for n in range(30))]
    script = Script(title="t", lines=(*lines, Line(say="关注", role=Role.CALL)))
    before = mixes_of(script)
    assert before[0] == "cut"
    assert "cut" not in (before[1], before[-1]), "the hook and the call are set apart"
    assert before.count("cut") > 10
    assert len(set(before)) >= 4
    reworded = [*script.lines]
    reworded[7] = Line(say="换了一种说法")
    after = mixes_of(script.model_copy(update={"lines": tuple(reworded)}))
    assert [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] in ([], [7])


def test_a_line_can_name_its_transition():
    lines = (Line(say="一"), Line(say="二", transition="page-up"), Line(say="三", transition="cut"))
    assert mixes_of(Script(title="t", lines=lines)) == ["cut", "page-up", "cut"]
    wrong = (Line(say="一"), Line(say="二", transition="zom"))
    with pytest.raises(ScriptError, match="number 2"):
        mixes_of(Script(title="t", lines=wrong))


def test_stickers_and_logos_are_inputs():
    params = {"logo": "a.png", "sticker": {"file": "b.json"}, "picture": "c.png"}
    shot = Shot(line=0, scene="statement", params=params)
    spoken = takes(2.0)
    script = Script(title="t", lines=(Line(say="一", sticker=Sticker(file="b.json")),))
    timeline = room.assemble(
        script=script, shots=[shot], takes=spoken, spans=room.schedule(script, spoken, RATE),
        captions=(), style=TextStyle(), format=Format(width=1080, height=1920), theme="night",
        language="zh", seed_of=len, relative=lambda path: path.as_posix(), mark_height=54,
    )  # fmt: skip
    source = timeline.picture.clips[0].source
    assert isinstance(source, Scene)
    assert set(source.still) == {"a.png", "b.json", "c.png"}


def test_footage_in_a_card_is_a_scene_that_names_its_file():
    one, still = clip(6), clip(0, "picture")
    shots = [
        Shot(line=0, scene="card", params={"text": "一"}, asset=one, framed=True),
        Shot(line=1, scene="card", params={"text": "二"}, asset=still, framed=True),
        Shot(line=2, scene="card", params={"text": "三"}, asset=one, framed=True),
        Shot(line=3, scene="statement", asset=one),
    ]
    spoken = takes(2.0, 1.0, 3.3, 1.0)
    timeline = room.assemble(
        script=SCRIPT,
        shots=shots,
        takes=spoken,
        spans=room.schedule(SCRIPT, spoken, RATE),
        captions=(),
        style=TextStyle(),
        format=Format(width=1080, height=1920),
        theme="night",
        language="zh",
        seed_of=len,
        relative=lambda path: path.as_posix(),
        mark_height=54,
    )
    sources = [c.source for c in timeline.picture.clips[:3] if isinstance(c.source, Scene)]
    assert len(sources) == 3
    assert sources[0].params == {"text": "一", "clip": one.path, "start": 0.0}
    assert sources[0].still == (one.path,)
    assert sources[1].params == {"text": "二", "picture": still.path}
    # What is left of the clip is too short: it goes back rather than stand still.
    assert sources[2].params["start"] == pytest.approx(6 - timeline.picture.clips[2].frames / 30)
    assert one.origin in timeline.origins


def test_a_card_is_told_where_to_look():
    one = clip(6)
    shots = [Shot(line=0, scene="card", params={"text": "一"}, asset=one, framed=True)]
    spoken = takes(2.0)
    script = Script(title="t", lines=(Line(say="一"),))
    timeline = room.assemble(
        script=script, shots=shots, takes=spoken, spans=room.schedule(script, spoken, RATE),
        captions=(), style=TextStyle(), format=Format(width=1080, height=1920), theme="night",
        language="zh", seed_of=len, relative=lambda path: path.as_posix(), mark_height=54,
        look=lambda asset, start, seconds: ((0.3, 0.5), None),
    )  # fmt: skip
    source = timeline.picture.clips[0].source
    assert isinstance(source, Scene)
    assert source.params["focus"] == (0.3, 0.5)
