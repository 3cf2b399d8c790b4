"""Words: cut, folded, and in parts."""

from __future__ import annotations

from reelwright.core.words import TO_TRADITIONAL, cut_han, fold, pieces_of, words_of


def test_texts_of_two_languages_fall_into_words():
    assert words_of("Two boats 在海边看日落, 4K_sunset-01") == [
        "two", "boat", "在", "海边", "看", "日落", "4k", "sunset", "01",
    ]  # fmt: skip
    assert words_of("") == []
    assert "".join(cut_han("海边的日落很美")) == "海边的日落很美"


def test_forms_of_a_word_are_one():
    assert fold("Ｃafé 海邊") == "cafe 海边"
    assert words_of("walks") == words_of("Walking") == ["walk"]
    assert words_of("SUNSET’s") == words_of("sunset")
    assert words_of("我們的海灘") == words_of("我们的海滩")


def test_a_word_cut_otherwise_is_found_by_its_parts():
    assert pieces_of(["海岸线"]) == ["海", "岸", "线", "海岸", "岸线"]
    assert pieces_of(["boat"]) == []


def test_every_character_has_one_traditional_form():
    assert all(chr(simple) != other for simple, other in TO_TRADITIONAL.items())
    assert len(set(TO_TRADITIONAL.values())) == len(TO_TRADITIONAL)
