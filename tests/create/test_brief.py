from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.core.errors import BriefError, SettingError
from reelwright.create.brief import read_article, read_brief, write_brief
from reelwright.create.language import detect_language, foreign_script


def brief(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "brief.md"
    path.write_text(text, "utf-8")
    return path


def test_a_new_brief_reads_back(tmp_path: Path):
    text = write_brief(topic="为什么隔夜茶不能喝", settings={"length": 40}, body="正文。")
    read = read_brief(brief(tmp_path, text))
    assert (read.topic, read.article, read.settings) == (
        "为什么隔夜茶不能喝",
        "正文。",
        {"length": 40},
    )


def test_a_brief_may_take_its_text_from_an_article(tmp_path: Path):
    (tmp_path / "tea.md").write_text("---\ntitle: Tea\nlength: 20\n---\nLeaves in water.")
    read = read_brief(brief(tmp_path, write_brief(article="tea.md", settings={"length": 30})))
    assert read.article == "Leaves in water."
    assert read.topic == "Tea"
    assert read.settings == {"length": 30}


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("---\ntopic: x\nlenght: 40\n---\n", 3, "length"),
        ("---\nvoice:\n  rate: 1\n  provder: espeak\n---\n", 4, "provider"),
        ("---\nvoice: {provder: espeak}\n---\n", 2, "provider"),
    ],
)
def test_a_typo_names_file_line_and_nearest_key(tmp_path: Path, text: str, line: int, hint: str):
    with pytest.raises(SettingError) as caught:
        read_brief(brief(tmp_path, text))
    assert caught.value.where == f"brief.md, line {line}"
    assert f'did you mean "{hint}"' in (caught.value.hint or "")


def test_the_front_matter_of_a_blog_is_left_alone(tmp_path: Path):
    path = tmp_path / "post.md"
    path.write_text("---\ntitle: A\ndate: 2026-01-02\nlayout: post\nauthor: me\n---\nText here.")
    read = read_article(path)
    assert (read.topic, read.settings, read.article) == ("A", {}, "Text here.")


def test_a_mistyped_setting_in_an_article_is_not_taken_for_a_blogs(tmp_path: Path):
    path = tmp_path / "post.md"
    path.write_text("---\nlenght: 20\n---\nText here.")
    with pytest.raises(SettingError, match=r"post\.md, line 2"):
        read_article(path)


def test_an_article_of_front_matter_only_has_no_text(tmp_path: Path):
    path = tmp_path / "post.md"
    path.write_text("---\ntitle: A\n---\n\n")
    with pytest.raises(BriefError, match="no text"):
        read_article(path)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("今天我们聊聊 iPhone 15 Pro 和 MacBook Air 的区别", "zh"),
        ("The word 茶 is read cha, and tea comes from it.", "en"),
        ("Hello", "en"),
        ("", "en"),
    ],
)
def test_language(text: str, language: str):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntopic: x\nlength: abc\n---\n", "brief.md, line 3: length cannot be 'abc'"),
        ("---\nvoice:\n  rate: 9\n---\n", "brief.md, line 3: voice.rate cannot be 9"),
        ("---\nmusic: none\n---\n", "brief.md, line 2: music is a group of settings"),
    ],
)
def test_a_value_that_cannot_be_names_file_line_and_key(tmp_path: Path, text: str, message: str):
    with pytest.raises(SettingError) as caught:
        read_brief(brief(tmp_path, text))
    assert str(caught.value).startswith(message)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("猫はどうして人の上でふみふみするのでしょうか。", "Japanese"),
        ("น้ำเดือดที่ 100 องศาเซลเซียส", "Thai"),
        ("Вода кипит", "Cyrillic"),
        ("日本的「かな」是什么？它由汉字演变而来，分平假名和片假名。", None),
        ("Ångström and café, 100 %", None),
        ("123", None),
    ],
)
def test_letters_of_other_languages_are_told(text: str, name: str | None):
    assert foreign_script(text) == name
