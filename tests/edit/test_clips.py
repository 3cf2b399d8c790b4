"""Separate shorts out of one recording: which, how long, what they are called."""

from itertools import combinations

import numpy as np
import pytest

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Word
from reelwright.edit.cut import clips
from reelwright.edit.cut.clips import pick_clips
from reelwright.edit.cut.titles import title_of
from scored import material

TALK = {
    0: "Welcome everybody to this talk. We begin with the weather. It is fine today.",
    40: "So why do volcanoes erupt? Magma is lighter than rock. Magma rises until the rock breaks.",
    80: "Coral reefs are built by tiny animals. Coral grows a centimetre a year. Reefs need light.",
}
TALK_ZH = {
    0: "大家好，今天我们来聊聊天气。",
    40: "然后，火山为什么会喷发？岩浆比岩石轻，岩浆就会上升。",
}


def said(talk, language="en"):
    words = []
    for start, text in talk.items():
        parts = text.split(" ") if language == "en" else list(text)
        for n, part in enumerate(parts):
            space = " " if language == "en" else ""
            at = start + n * 0.4
            words.append(Word(text=part + space, start=at, end=at + 0.3))
    return words


def test_clips_are_apart_in_order_and_of_a_length_people_watch():
    rng = np.random.default_rng(1)
    found = pick_clips(material(rng.uniform(0.2, 0.8, 600)), 5)
    assert len(found) == 5
    assert all(15 <= clip.seconds <= 60 for clip in found)
    assert all(a.end <= b.start for a, b in zip(found, found[1:], strict=False))
    assert len({clip.title for clip in found}) == 5
    assert all("第 " in clip.why for clip in found)


@pytest.mark.parametrize("seed", range(4))
def test_no_other_set_is_worth_more(seed):
    rng = np.random.default_rng(seed)
    edges = [0.0, *np.sort(rng.uniform(0, 60, 9)).tolist(), 60.0]
    made = material(rng.uniform(0.1, 1, 60), edges)
    picked = clips._best(made, 2, 6.0, 25.0)
    assert picked is not None

    def worth(clip):
        start, end = clip
        usual, long = made.curve.total.mean(), end - start
        opening = made.curve.mean(start, min(start + 3, 60)) * min(3, 60 - start) / min(3, long)
        return (
            made.curve.mean(start, end)
            + 0.3 * opening
            + 0.25 * usual * 0.5
            - 0.35 * usual * abs(np.log(long / 35))
        )

    every = [(a, b) for a, b in combinations(edges, 2) if 6 <= b - a <= 25]
    best = max(worth(a) + worth(b) for a in every for b in every if a[1] <= b[0])
    assert sum(map(worth, picked)) == pytest.approx(best)


def test_a_short_recording_gives_shorter_clips_and_too_short_a_one_none():
    found = pick_clips(material([0.5] * 30), 5, language="en")
    assert len(found) == 5
    assert found[0].title == "The part from 0:00"
    with pytest.raises(FootageError, match=r"match\.mp4.*too short for 5 clips"):
        pick_clips(material([0.5] * 8), 5)
    with pytest.raises(FootageError, match="too few pauses"):
        pick_clips(material([0.5] * 100, edges=(0, 100)), 5)


def test_titles_are_what_only_this_stretch_says():
    words = said(TALK)
    assert title_of(words, 38, 60, "en") == "Why do volcanoes erupt?"
    assert "oral" in title_of(words, 78, 100, "en")
    assert title_of(words, 20, 30, "en") == ""
    zh = said(TALK_ZH, "zh")
    assert title_of(zh, 38, 60, "zh") == "火山为什么会喷发？"


def test_a_long_sentence_is_cut_at_a_comma_for_its_title():
    text = "The oldest of all the volcanoes on this island is asleep, and nobody there minds."
    title = title_of(said({0: text}), 0, 60, "en")
    assert len(title) <= 60
    assert title in text


def test_clips_of_a_talk_are_titled_by_its_words():
    found = pick_clips(material([0.5] * 120), 2, said(TALK), language="en")
    spoken = " ".join(TALK.values()).lower()
    assert all(clip.title.lower() in spoken for clip in found if "from 0:" not in clip.title)
    assert any(clip.title.lower() in spoken for clip in found)
    assert found[0].why.count("#") == 1
