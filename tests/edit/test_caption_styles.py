"""Every caption style: at the right frame, without moving the line, inside the safe area."""

from __future__ import annotations

import numpy as np
import pytest
from interchange_case import captions_only, draw_ass, words

from reelwright.core.timeline import CAPTION_STYLES, Caption
from reelwright.edit.export.ass import fonts_of, write_ass
from reelwright.edit.export.sprites import emoji_of
from reelwright.edit.export.srt import write_srt

RED = {"highlight": "#ff0000", "outline": "#000000"}
SHOWN = [name for name in CAPTION_STYLES if name != "none"]
LINES = (
    words(("隔夜茶", 6, 18), ("放了", 18, 30), ("12小时", 30, 48)),
    words(("tea ", 48, 60), ("is ", 60, 66), ("fine", 66, 80)),
)
CAPTION = Caption(start=6, frames=84, lines=LINES, translation=("Tea left for 12 hours",))


def mask(frame: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.abs(frame.astype(int) - np.array(colour)).max(axis=-1) < 50


def ink(frame: np.ndarray) -> np.ndarray:
    return mask(frame, (255, 255, 255)) | mask(frame, (255, 0, 0)) | mask(frame, (0, 0, 0))


def extent(found: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(found)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def drawn(name: str, frames: list[int], tmp_path, caption: Caption = CAPTION, **style):
    timeline = captions_only(caption, name=name, frames=120, **(RED | style))
    return draw_ass(write_ass(timeline), timeline, frames, tmp_path)


@pytest.mark.parametrize("name", ["karaoke", "pop", "box", "fill", "bilingual"])
def test_a_word_shows_that_it_is_spoken_from_its_own_frame_on(name, tmp_path):
    starts = [word.start for line in LINES for word in line]
    # Two frames later is 67 ms: by then growing and sweeping can be seen.
    frames = drawn(name, [at for start in starts for at in (start - 1, start + 2)], tmp_path)
    for index in range(1, len(starts)):
        before, after = (mask(frames[2 * index + i], (255, 0, 0)) for i in (0, 1))
        assert (before != after).sum() > 40, f"word {index} of {name}"
    spoken = [extent(mask(frames[2 * i + 1], (255, 0, 0))) for i in (1, 2)]
    if name != "fill":
        assert spoken[0][0] < spoken[1][0]
    else:
        assert spoken[0][2] < spoken[1][2]


def test_typed_words_appear_on_their_frames_and_stay(tmp_path):
    starts = [word.start for line in LINES for word in line]
    frames = drawn("typewriter", [at for start in starts for at in (start - 1, start)], tmp_path)
    amounts = [int(mask(frame, (255, 255, 255)).sum()) for frame in frames]
    assert amounts[0] == 0
    for index in range(len(starts)):
        assert amounts[2 * index + 1] > amounts[2 * index] + 20
    for one, two in zip(amounts[1::2], amounts[2::2], strict=False):
        assert one == two


@pytest.mark.parametrize("name", SHOWN)
def test_the_line_stands_still_while_words_change(name, tmp_path):
    # The first word and the last line are looked at while others are spoken.
    frames = drawn(name, [32, 40, 46], tmp_path)
    left = [frame[:, :215] for frame in frames]
    assert np.abs(left[0].astype(int) - left[1]).max() <= 2
    assert np.abs(left[0].astype(int) - left[2]).max() <= 2
    if name != "typewriter":
        lower = [frame[735:760] for frame in frames]
        assert np.abs(lower[0].astype(int) - lower[2]).max() <= 2


@pytest.mark.parametrize("name", SHOWN)
def test_everything_is_inside_the_safe_area(name, tmp_path):
    wide = Caption(
        start=0,
        frames=90,
        lines=(
            words(("antidisestablishment", 0, 20), ("arianism", 20, 40)),
            words(("隔夜茶", 40, 60), ("放了", 60, 70), ("12小时才喝", 70, 90)),
        ),
        translation=("Tea left for twelve long hours", "is what one drinks"),
    )
    frames = drawn(name, [3, 22, 43, 63, 73, 80], tmp_path, wide, safe=(30, 100, 60, 200))
    bare = drawn("none", [3], tmp_path, wide)[0]
    for frame in frames:
        changed = np.abs(frame.astype(int) - bare).max(axis=-1) > 40
        left, _, right, bottom = extent(changed)
        assert left >= 60 - 1
        assert right <= 540 - 60 + 2
        assert bottom <= 960 - 200 + 3


def test_a_segment_cut_in_a_caption_shows_the_same_frames(tmp_path):
    for name in SHOWN:
        timeline = captions_only(CAPTION, name=name, frames=120, **RED)
        whole = draw_ass(write_ass(timeline), timeline, [36, 40, 66, 75], tmp_path)
        part = draw_ass(write_ass(timeline, first=34), timeline, [2, 6, 32, 41], tmp_path)
        # What moves may be half a frame off: an event cannot begin before its file.
        away = np.abs(whole.astype(int) - part).max(axis=-1) > 60
        assert away.sum(axis=(1, 2)).max() <= 80, name


def test_strong_words_keep_the_colour_and_a_box_takes_the_clearer_letters(tmp_path):
    strong = Caption(start=0, frames=60, lines=(words(("一二", 0, 20, True), ("三四", 20, 40)),))
    for name in ("karaoke", "pop", "box", "bilingual"):
        late = drawn(name, [55], tmp_path, strong)[0]
        assert mask(late, (255, 0, 0))[:, :270].sum() > 100, name
        assert mask(late, (255, 0, 0))[:, 275:].sum() == 0, name
    lit = drawn("box", [12], tmp_path, strong, highlight="#ffd54a", outline="#101418")[0]
    assert mask(lit, (16, 20, 24))[:, :270].sum() > 300


def test_emoji_leave_their_room_and_are_pictures_of_their_own():
    rows = words(("好", 0, 10), ("茶🍵！", 10, 20), ("❤️", 20, 25))
    caption = Caption(start=0, frames=40, lines=(rows,))
    timeline = captions_only(caption, name="typewriter")
    text = write_ass(timeline)
    assert "🍵" not in text
    assert "❤" not in text
    cup, heart = emoji_of(timeline, first=5)
    assert (cup.emoji, cup.first, cup.last) == ("🍵", 5, 35)
    assert heart.first == 15
    assert 270 - 40 < cup.x < heart.x < 270 + 110
    assert abs(cup.y - heart.y) <= 1
    half = emoji_of(timeline, scale=timeline.format.scaled(0.5))[0]
    assert half.x == pytest.approx(cup.x / 2, abs=2)
    assert all("Emoji" not in font.family for font in fonts_of(timeline))


def test_the_room_of_an_emoji_is_as_wide_as_its_picture(tmp_path):
    row = words(("国🍵国", 0, 10))
    caption = Caption(start=0, frames=40, lines=(row,))
    for name in ("plain", "pop"):
        timeline = captions_only(caption, name=name, outline_width=0)
        frame = draw_ass(write_ass(timeline), timeline, [30], tmp_path)[0]
        columns = np.nonzero((mask(frame, (255, 255, 255)) | (frame[..., 0] > 240)).any(axis=0))[0]
        gap = int(np.diff(columns).max())
        assert gap == pytest.approx(1.2 * 40 + 0.1 * 40, abs=5)
        sprite = emoji_of(timeline)[0]
        middle = columns[np.diff(columns).argmax()] + gap / 2
        assert sprite.x + 24 == pytest.approx(middle, abs=2)


def test_a_translation_stands_below_and_in_subtitles(tmp_path):
    frame = drawn("bilingual", [20], tmp_path)[0]
    with_it = extent(ink(frame) & (np.abs(frame.astype(int) - frame[5, 5]).max(axis=-1) > 30))
    alone = CAPTION.model_copy(update={"translation": ()})
    other = drawn("bilingual", [20], tmp_path, alone)[0]
    # The caption itself stands where it stands, with a translation or without.
    changed = np.nonzero(np.abs(frame.astype(int) - other).max(axis=-1) > 30)[0]
    assert changed.min() > 960 - 200 - 2 * 40
    assert with_it[3] > changed.min()
    assert write_srt(captions_only(CAPTION)).strip().endswith("\nTea left for 12 hours")
