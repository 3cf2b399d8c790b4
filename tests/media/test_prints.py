"""Prints: copies are known through every edit, look-alikes are told from them."""

from __future__ import annotations

import time

import cv2
import filmed
import numpy as np
import pytest

from reelwright.media import prints, wordindex
from reelwright.media.framing import frame_copies
from reelwright.media.landmarks import find_inside, find_landmarks, mirror_codes
from reelwright.media.matching import Match, match_films, match_pictures
from reelwright.media.overlay import pair_codes
from reelwright.media.prints import FilmPrinter, Print, print_picture
from reelwright.media.wordindex import WordIndex, Written, write


def printed(frames: filmed.Film) -> Print:
    printer = FilmPrinter(len(frames) / filmed.RATE)
    printer.see((np.arange(len(frames)) / filmed.RATE).tolist(), frames)
    return printer.done()


def compare(this: Print, other: Print) -> Match | None:
    """As the library does: what the index names is proved."""
    for guess in WordIndex([write(other)]).ask(this):
        match = match_films(this, other, guess.pairs, mirrored=guess.mirrored)
        if match:
            return match
    return None


@pytest.fixture(scope="module")
def original() -> Print:
    return printed(filmed.film(1, 1))


COPIES = filmed.edits()


@pytest.mark.parametrize("edit", list(COPIES))
def test_a_copy_is_known(original: Print, edit: str) -> None:
    match = compare(original, printed(COPIES[edit]))
    assert match
    assert match.mirrored == (edit == "mirror")
    assert match.speed == pytest.approx({"faster": 1.1, "slower": 0.9}.get(edit, 1), abs=0.03)
    assert match.seconds >= (2.4 if edit == "trim" else 3.3)
    if edit == "trim":
        assert match.start == pytest.approx(4 / filmed.RATE, abs=0.15)


def test_another_film_is_not(original: Print) -> None:
    assert compare(original, printed(filmed.film(2, 2))) is None


def test_other_things_before_the_same_camera_are_not(original: Print) -> None:
    others = [printed(filmed.film(1, motion)) for motion in (2, 3)]
    # Every landmark of the place is there …
    assert all(WordIndex([write(one)]).ask(original) for one in others)
    # … but what moves is something else.
    assert [compare(original, one) for one in others] == [None] * 2


def test_another_stretch_of_the_same_recording_is_not() -> None:
    long = filmed.film(1, 1, 10.0)
    assert compare(printed(long[:28]), printed(long[32:])) is None


def test_the_same_caption_on_other_films_is_not(original: Print) -> None:
    first = printed(filmed.captioned(filmed.film(5, 5)))
    assert compare(first, printed(filmed.captioned(filmed.film(6, 6)))) is None


def test_a_film_behind_another_is_not_its_copy() -> None:
    # The picture in it covers half of it: of that it is a copy.
    host, guest = filmed.film(8, 8), filmed.fitted(filmed.film(9, 9), 240, 135)
    both = host.copy()
    both[:, 22:157, 40:280] = guest
    assert compare(printed(host), printed(both)) is None
    assert compare(printed(filmed.film(9, 9)), printed(both))


def test_a_still_film_is_known_by_its_picture() -> None:
    still = np.repeat(filmed.texture(3, 180, 320).astype(np.uint8)[None], 24, axis=0)
    assert compare(printed(still), printed(filmed.compressed(still, 30)))


def test_landmarks_of_the_mirrored_picture_have_moved_bits() -> None:
    picture = filmed.texture(4, 185, 329).astype(np.uint8)
    plain = find_landmarks(picture)
    turned = find_landmarks(np.ascontiguousarray(picture[:, ::-1]))
    a, b = pair_codes(mirror_codes(plain.codes), turned.codes)
    assert len(a) > 0.7 * len(plain.codes)
    assert np.median(np.abs(1 - plain.points[a, 0] - turned.points[b, 0])) < 0.01


def test_borders_are_left_out() -> None:
    picture = np.zeros((200, 300), np.uint8)
    picture[40:160, 20:290] = filmed.texture(1, 120, 270).astype(np.uint8)
    assert find_inside(picture) == (40, 160, 20, 290)
    assert find_inside(np.full((20, 30), 9, np.uint8)) == (0, 20, 0, 30)


def test_nothing_to_see_makes_an_empty_print() -> None:
    blank = printed(np.full((12, 90, 160), 40, np.uint8))
    assert len(blank.codes) == 0
    assert compare(blank, blank) is None
    assert FilmPrinter(0.0).done().seconds == 0
    assert print_picture(np.zeros((1, 1, 3), np.uint8)).codes.shape == (0, 16)


def test_packing_keeps_everything(original: Print) -> None:
    data = prints.pack(original)
    again = prints.unpack(data)
    assert again
    assert prints.pack(again) == data
    assert (again.thumbs == original.thumbs).all()
    assert (again.codes == original.codes).all()
    assert prints.unpack(b"RWPR\x00" + data[5:]) is None
    assert prints.unpack(b"") is None


@pytest.mark.parametrize("turns", range(8))
def test_a_picture_is_known_however_it_is_turned(turns: int) -> None:
    picture = filmed.texture(11, 300, 460).astype(np.uint8)
    turned = np.rot90(picture[:, ::-1] if turns > 3 else picture, turns % 4)
    match = match_pictures(print_picture(picture), print_picture(np.ascontiguousarray(turned)))
    assert match
    assert match.mirrored == (turns > 3)


def test_a_picture_is_known_squeezed_covered_and_small() -> None:
    picture = filmed.texture(12, 320, 520).astype(np.uint8)
    one = print_picture(picture)
    covered = picture.copy()
    covered[250:300] = 10
    cv2.putText(covered, "on sale now", (60, 290), 0, 1.4, 250, 3)
    for copy in (cv2.resize(picture, (300, 300)), covered, cv2.resize(picture, (160, 98))):
        assert match_pictures(one, print_picture(np.asarray(copy, np.uint8)))
    other = print_picture(filmed.texture(13, 320, 520).astype(np.uint8))
    assert match_pictures(one, other) is None


def test_what_frames_a_copy_is_seen(original: Print) -> None:
    def framing(edit: str):
        copy = printed(COPIES[edit])
        match = compare(original, copy)
        assert match
        return frame_copies(original, copy, match)

    mine, boxed = framing("letterbox")
    assert (mine.field, boxed.plain) == (1, True)
    assert boxed.field == pytest.approx(180 / 320, abs=0.05)
    whole, cut = framing("crop 15 %")
    assert whole.field < 0.8
    assert (whole.inset, whole.plain, cut.field) == (True, False, 1)
    assert framing("caption")[1].covered > 0.01
    assert framing("caption")[0].covered < 0.005


def test_the_index_names_a_copy_among_many_faster_than_a_comparison_of_all(
    original: Print,
) -> None:
    rng = np.random.default_rng(1)
    per, frames, films = wordindex.FRAME_WORDS, 20, 500
    many = [
        Written(
            rng.integers(0, 1 << wordindex.WORD_BITS, per * frames).astype(np.uint32),
            np.full(frames, per, np.int64),
        )
        for _ in range(films)
    ]
    index = WordIndex([*many, write(printed(COPIES["crop 15 %"]))])
    began = time.process_time()
    guesses = index.ask(original)
    asking = time.process_time() - began
    assert guesses[0].owner == films
    # Every code against every code, of a hundredth of those frames.
    codes = rng.integers(0, 256, (films * frames * per // 100, 16)).astype(np.uint8)
    began = time.process_time()
    cv2.BFMatcher(cv2.NORM_HAMMING).match(original.codes, codes)
    comparing = (time.process_time() - began) * 100
    assert asking < comparing
