"""Emoji in a rendered video: in colour, for their caption's time, at the cost of their shot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelwright.core.nouns import Format
from reelwright.core.settings import RenderSettings
from reelwright.core.timeline import (
    Caption,
    PictureClip,
    PictureTrack,
    Scene,
    TextStyle,
    TextTrack,
    TimedWord,
    Timeline,
)
from reelwright.edit.render import render
from reelwright.media.frames import read_frames
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps

FORMAT = Format(width=144, height=256)


def video(text: str) -> Timeline:
    clips = tuple(
        PictureClip(start=20 * at, frames=20, source=Scene(name="flat", theme="t"), name=str(at))
        for at in range(2)
    )
    word = TimedWord(text=text, start=4, end=10)
    style = TextStyle(name="plain", size=30, safe=(8, 20, 8, 40), outline_width=1)
    caption = Caption(start=4, frames=12, lines=((word,),))
    return Timeline(
        format=FORMAT,
        picture=PictureTrack(clips=clips),
        text=TextTrack(style=style, captions=(caption,)),
    )


def test_an_emoji_is_seen_in_colour_while_its_caption_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))

    def make(text: str) -> tuple[Path, int]:
        steps = Steps(Store(tmp_path / "store"), jobs=1)
        options = {"painter": "tiny_painter:paint", "metadata": {}, "root": tmp_path}
        settings = RenderSettings(preset="ultrafast", crf=10)
        return render(video(text), steps=steps, settings=settings, **options), steps.made

    with_it, _ = make("茶❤️")
    before, during, after = read_frames(with_it, [2 / 30, 10 / 30, 18 / 30])
    red = (during[..., 0].astype(int) - during[..., 1:].max(axis=-1)) > 90
    rows, columns = np.nonzero(red)
    assert red.sum() > 150
    assert 256 - 40 - 34 <= rows.min() < rows.max() <= 256 - 36
    # Right of the character, where the text left room: 30 px and a little to each side.
    assert 72 <= columns.min() < columns.max() <= 72 + 36
    for frame in (before, after):
        assert ((frame[..., 0].astype(int) - frame[..., 1:].max(axis=-1)) > 90).sum() == 0
    # Another emoji: its picture, its segment and the joined video, not the other segment.
    _, made = make("茶🍎")
    assert made == 3
