from __future__ import annotations

from reelwright.create.scenes.wording import tokens


def marked(text: str, *strong: str) -> list[str]:
    return [token.text.strip() for token in tokens(text, strong) if token.strong]


def test_a_word_of_letters_is_marked_whole():
    assert marked("Here is why your phone's battery gets old", "phone", "battery") == [
        "phone's",
        "battery",
    ]
    assert marked("A lithium-ion battery", "lithium") == ["lithium-ion"]


def test_a_passage_may_end_inside_a_chinese_word():
    assert "".join(marked("隔夜茶到底能不能喝", "隔夜茶")) == "隔夜茶"
