"""Spans to timelines: frames, samples and words in step; sound joined without a click."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.nouns import Asset, Format, MediaFacts, Origin, Word
from reelwright.core.settings import RenderSettings
from reelwright.core.timeline import Footage, PictureTrack, SoundTrack, Timeline
from reelwright.edit.cut import plan
from reelwright.edit.cut.levelling import gains, level_of
from reelwright.edit.cut.order import Order
from reelwright.edit.cut.spans import Span
from reelwright.edit.render import render, tracks
from reelwright.media import ffmpeg
from reelwright.media.sound import write_wav
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps

THIRTY = Fraction(30)


def asset(path: str = "a.mp4", seconds: float = 10.0, rate: str = "30", **more) -> Asset:
    facts = MediaFacts.model_validate(
        {"kind": "video", "seconds": seconds, "rate": rate, "has_sound": True, **more}
    )
    return Asset(id=path, path=path, facts=facts, origin=Origin(provider="person"))


def span(start: float, end: float, path: str = "a.mp4") -> Span:
    return Span(source=path, start=start, end=end)


def shown(piece: plan.Piece) -> list[tuple[int, Footage]]:
    start = float(piece.first / THIRTY)
    return [(piece.frames, Footage(path=piece.asset.path, asset="x", start=start))]


def test_picture_and_sound_of_a_piece_begin_at_the_same_instant() -> None:
    pieces = plan.place([span(1.013, 2.5), span(4.999, 6.02)], {"a.mp4": asset()}, THIRTY)
    pictures = plan.picture(pieces, shown, lambda piece: "x")
    sounds = plan.sound(pieces, THIRTY, str)
    assert [(c.start, c.frames) for c in pictures] == [(0, 45), (45, 31)]
    for picture, sound in zip(pictures, sounds, strict=True):
        assert isinstance(picture.source, Footage)
        assert sound.offset == picture.source.start == round(sound.offset * 30) / 30
        assert (sound.start, sound.frames) == (picture.start, picture.frames)
        assert sound.blend == plan.BLEND


def test_pieces_that_meet_are_one_and_none_goes_past_the_end() -> None:
    one = {"a.mp4": asset(seconds=5.0)}
    pieces = plan.place([span(1, 2), span(2.004, 3), span(4.5, 9), span(7, 8)], one, THIRTY)
    assert [(p.first, p.frames) for p in pieces] == [(30, 60), (135, 15)]


def test_the_rate_is_that_of_the_recordings() -> None:
    def of(*rates: str, **more) -> Fraction:
        return plan.rate_of([asset(rate=rate, **more) for rate in rates], THIRTY)

    assert of("25") == 25
    assert of("30000/1001") == Fraction(30000, 1001)
    assert of("24", "50") == 50
    assert of("15") == 30
    assert of("27.3", variable_rate=True) == Fraction(30000, 1001)
    assert of("240") == 60
    assert of("30.004") == 30


def test_words_go_where_their_piece_went() -> None:
    words = [Word(text=text, start=at, end=at + 0.4) for text, at in
             (("one ", 1.0), ("um ", 3.0), ("two. ", 5.0), ("three", 5.5))]  # fmt: skip
    pieces = plan.place([span(0.8, 1.6), span(4.8, 6.0)], {"a.mp4": asset()}, THIRTY)
    said = plan.words_in(pieces, {"a.mp4": words}, THIRTY)
    assert [word.text for word in said] == ["one ", "two. ", "three"]
    assert [round(word.start, 3) for word in said] == [0.2, 1.0, 1.5]
    assert [[w.text for w in group] for group in plan.sentences(said)] == [
        ["one ", "two. "], ["three"],
    ]  # fmt: skip


def test_a_cut_does_not_click(tmp_path: Path) -> None:
    time = np.arange(48_000 * 10) / 48_000
    tone = 0.25 * np.sin(2 * np.pi * 220.5 * time)
    write_wav(tmp_path / "a.mp4", tone)
    pieces = plan.place(
        [span(0.5, 1.51), span(2.24, 3.0), span(4.13, 5.0)], {"a.mp4": asset()}, THIRTY
    )
    track = SoundTrack(name="voice", clips=plan.sound(pieces, THIRTY, str))
    files = tracks.prepare([track], tmp_path, tmp_path, THIRTY)
    total = 1600 * (pieces[-1].start + pieces[-1].frames)
    mixed = np.concatenate(list(tracks.blocks([track], files, THIRTY, total)))[:, 0]
    bend = np.abs(np.diff(mixed, 2))
    usual = np.abs(np.diff(tone, 2)).max()
    cuts = [1600 * piece.start for piece in pieces[1:]]
    for cut in cuts:
        assert bend[cut - 1200 : cut + 1200].max() < 3 * usual
    # Without the cross-fade it would.
    hard = SoundTrack(
        name="voice", clips=tuple(c.model_copy(update={"blend": 0.0}) for c in track.clips)
    )
    mixed = np.concatenate(list(tracks.blocks([hard], files, THIRTY, total)))[:, 0]
    assert max(np.abs(np.diff(mixed, 2))[c - 1200 : c + 1200].max() for c in cuts) > 20 * usual


def test_noise_keeps_its_level_over_a_cut(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.mp4", np.random.default_rng(0).normal(0, 0.05, 480_000))
    pieces = plan.place([span(n, n + 0.1) for n in range(9)], {"a.mp4": asset()}, THIRTY)
    track = SoundTrack(name="voice", clips=plan.sound(pieces, THIRTY, str))
    files = tracks.prepare([track], tmp_path, tmp_path, THIRTY)
    mixed = np.concatenate(list(tracks.blocks([track], files, THIRTY, 1600 * 27)))[:, 0]
    at_cuts = np.concatenate(
        [mixed[p.start * 1600 - 200 : p.start * 1600 + 200] for p in pieces[1:]]
    )
    assert at_cuts.std() == pytest.approx(0.05, rel=0.1)


def film(path: Path, *more: str, rate: str = "30") -> None:
    """Ten seconds whose brightness tells the frame, with a beep wherever a second begins."""
    frames = np.zeros((300, 64, 64), np.uint8)
    frames += ((np.arange(300) * 37) % 211 + 20).astype(np.uint8)[:, None, None]
    wav = path.with_suffix(".wav")
    time = np.arange(480_000) / 48_000
    beep = np.sin(2 * np.pi * 1000 * time) * ((time % 1) < 0.05) * 0.5
    write_wav(wav, beep)
    subprocess.run(
        [
            *(ffmpeg.binary(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray"),
            *("-s", "64x64", "-r", rate, "-i", "-", "-i", str(wav), *more),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "10", "-pix_fmt", "yuv420p"),
            *("-g", "50", "-c:a", "aac", "-b:a", "160k", str(path)),
        ],
        input=frames.tobytes(),
        check=True,
    )


def brightness(frame: int) -> int:
    return 20 + (frame * 37) % 211


VARIES = ("-vf", "select='if(lt(mod(n,60),30),1,not(mod(n,6)))'", "-fps_mode", "vfr")


def shown_at(frame: int) -> int:
    """Which frame is seen at a frame's instant once `VARIES` has dropped some."""
    place = frame % 60
    return frame if place < 30 else frame - place % 6


@pytest.mark.parametrize(
    ("name", "more"),
    [("a.mp4", ()), ("a.mkv", ()), ("a.ts", ()), ("varies.mp4", VARIES)],
)
def test_lips_and_voice_stay_together_in_any_file(
    tmp_path: Path, name: str, more: tuple[str, ...]
) -> None:
    from reelwright.media.probing import probe

    film(tmp_path / name, *more)
    facts = probe(tmp_path / name)
    source = asset(name).model_copy(update={"facts": facts})
    wanted = [(0.9, 1.3), (1.95, 2.2), (3.98, 4.3), (5.9, 6.21), (8.97, 9.2)]
    pieces = plan.place([span(a, b, name) for a, b in wanted], {name: source}, THIRTY)
    timeline = Timeline(
        format=Format(width=64, height=64, rate=THIRTY),
        picture=PictureTrack(clips=plan.picture(pieces, shown, lambda piece: "x")),
        sound=(SoundTrack(name="voice", clips=plan.sound(pieces, THIRTY, str)),),
    )
    video = render(
        timeline,
        root=tmp_path,
        steps=Steps(Store(tmp_path / ".reel", tmp_path / "home")),
        painter="tiny_painter:paint",
        settings=RenderSettings(crf=4),
        metadata={},
    )
    read = [ffmpeg.binary(), "-v", "error", "-i", str(video)]
    raw = subprocess.run(
        [*read, "-f", "rawvideo", "-pix_fmt", "gray", "-"], capture_output=True, check=True
    ).stdout
    seen = np.frombuffer(raw, np.uint8).reshape(-1, 64, 64)[:, 32, 32].astype(int)
    expected = [p.first + n for p in pieces for n in range(p.frames)]
    expected = [shown_at(frame) for frame in expected] if more else expected
    assert len(seen) == len(expected)
    assert max(abs(brightness(f) - s) for f, s in zip(expected, seen, strict=True)) <= 4
    raw = subprocess.run(
        [*read, "-ac", "1", "-ar", "48000", "-f", "f32le", "-"], capture_output=True, check=True
    ).stdout
    sound = np.abs(np.frombuffer(raw, np.float32))
    for piece, second in zip(pieces, (1, 2, 4, 6, 9), strict=True):
        due = (piece.start + second * 30 - piece.first) * 1600
        near = sound[due - 2400 : due + 2400]
        onset = int(np.flatnonzero(near > 0.25 * sound.max())[0]) - 2400
        assert abs(onset) <= 96, f"the beep of second {second} is {onset / 48:.1f} ms late"


def test_what_is_asked_must_make_sense() -> None:
    assert Order(sources=("a.mp4",)).kind == "talk"
    assert Order(sources=("a.mp4",), highlights=45).kind == "highlights"
    assert Order(sources=("a.mp4",), clips=5).kind == "clips"
    assert Order(sources=("a.mp4", "b.mp4")).kind == "montage"
    for wrong in (
        {"highlights": 45, "clips": 5},
        {"clips": 2, "sources": ("a", "b")},
        {"stretch": (5, 2)},
        {"beat": True},
        {"beat": True, "music": "a.mp3"},
        {"sources": ()},
    ):
        with pytest.raises(ValueError, match=r"."):
            Order.model_validate({"sources": ("a.mp4",), **wrong})


def test_speakers_are_brought_to_one_level() -> None:
    assert gains([-20, -20, -20, -20], [1] * 4) == [0, 0, 0, 0]
    made = gains([-20, -20, -20, -32, -32, -32, None], [2, 2, 2, 1, 1, 1, 1])
    assert made[:2] == [0, 0]
    assert 8 < made[4] <= 9
    assert made[6] > 5
    assert gains([None, None], [1, 1]) == [0, 0]
    assert max(gains([-10, -60], [9, 1])) <= 9


def test_the_level_of_a_stretch_is_that_of_its_speech() -> None:
    from spoken_case import heard, spoken

    case = spoken("en", pauses=(1.0,))
    hearing = heard(case.sound)
    (start, end), (then, last) = case.phrases[1:3]
    loud = level_of(hearing, start, end)
    quiet = level_of(heard(case.sound * 0.25), start - 0.4, end + 0.4)
    assert loud is not None
    assert quiet is not None
    assert loud - quiet == pytest.approx(12, abs=1)
    assert level_of(hearing, 0, 0.8) is None
    assert then < last
