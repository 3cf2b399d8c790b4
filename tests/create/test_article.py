"""Articles: encodings, what is refused, front matter, and Markdown taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.core.errors import BriefError
from reelwright.create.article import (
    Block,
    clean,
    front_matter,
    parse_article,
    read_text,
    split_front_matter,
)
from reelwright.create.text_file import decode


@pytest.mark.parametrize(
    "text", ["茶", "你好，世界", "隔夜茶能喝吗？\n“能”，但要快。", "价格：￥３０，很贵……"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_chinese_in_any_common_encoding(tmp_path, text, encoding):
    path = tmp_path / "文章.txt"
    path.write_bytes(text.encode(encoding))
    assert read_text(path) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "cp1252", "utf-8"])
def test_english_in_any_common_encoding(tmp_path, encoding):
    text = "A café in Zürich sold “good” tea. It was the best in the whole city."
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert read_text(path) == text


def test_line_ends(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\ntwo\rthree\n")
    assert read_text(path) == "one\ntwo\nthree\n"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "empty"),
        ("\ufeff \n".encode(), "empty"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40, "not a text file"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 40, "not a text file"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(255, 0, -1)) * 40, "not a text file"),
        (b"x" * (10 * 1024 * 1024 + 1), "too large"),
    ],
)
def test_what_is_no_article_is_refused(tmp_path, data, what):
    path = tmp_path / "my 'clip'.md"
    path.write_bytes(data)
    with pytest.raises(BriefError) as error:
        read_text(path)
    assert what in str(error.value)
    assert "my 'clip'.md" in str(error.value)
    assert error.value.hint


def test_missing_and_folder(tmp_path):
    with pytest.raises(BriefError, match="no such file"):
        read_text(tmp_path / "none.md")
    with pytest.raises(BriefError, match="folder"):
        read_text(tmp_path)


def test_empty_may_be_allowed(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("")
    assert read_text(path, allow_empty=True) == ""


# Front matter


def test_front_matter():
    text = "---\ntitle: 茶\nstyle:\n  theme: ink\n---\n正文\n\n---\n\n还有"
    values, body = front_matter(text, "a.md")
    assert values == {"title": "茶", "style": {"theme": "ink"}}
    assert body.startswith("正文")
    assert split_front_matter(text).line == 5


@pytest.mark.parametrize(
    "text",
    [
        "正文\n---\na: 1\n---\n",
        "---\n只有一条线\n",
        "---\n\n一段话。\n\n---\n\n又一段。",
        "\n---\na: 1\n---",
    ],
)
def test_a_line_elsewhere_is_a_thematic_break(text):
    assert front_matter(text, "a.md") == ({}, text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("---\na: [1\nb: 2\n---\nx", "line 3"),
        ("---\na: 1\nb: 2\na: 3\n---\nx", 'line 4, key "a"'),
        ("---\n- a: b\n---\nx", "line 2"),
        ("---\ntopic: a: b\n---\nx", 'line 2, key "topic"'),
        ("---\n1: b\n---\nx", "front matter"),
    ],
)
def test_bad_front_matter_says_where(text, where):
    with pytest.raises(BriefError) as error:
        front_matter(text, "茶 1.md")
    assert where in str(error.value)
    assert "茶 1.md" in str(error.value)


# Markdown

ARTICLE = """---
layout: post
---
# 隔夜茶 🍵 能喝吗？

第一段有[链接](http://a.b/?c=1)，有**粗体**、*斜体*和`代码`[^1]，还有 http://a.b/x 。
同一段的第二行，<b>HTML</b>，~~删掉~~。

---

## 要点

- 第一点：**3.5%** 的人
  - 嵌套的一点
- [x] 做完的事

1. 先烧水
2. 再泡茶

> 引用的一句。

| 指标 | 值 |
|---|---:|
| 咖啡因 | 30 mg |

```python
print("不读")
```

![茶的照片](img/tea.png)

<div>整块 HTML</div>

[^1]: 脚注的内容。
"""


def test_markdown_is_taken_apart():
    article = parse_article(ARTICLE)
    assert article.title == "隔夜茶 能喝吗？"
    kinds = [(block.kind, block.text) for block in article.blocks]
    assert kinds == [
        ("paragraph", "第一段有链接，有粗体、斜体和代码，还有。同一段的第二行，HTML，删掉。"),
        ("heading", "要点"),
        ("item", "第一点：3.5% 的人"),
        ("item", "嵌套的一点"),
        ("item", "做完的事"),
        ("item", "先烧水"),
        ("item", "再泡茶"),
        ("quote", "引用的一句。"),
        ("table", "指标 | 值\n咖啡因 | 30 mg"),
        ("code", 'print("不读")'),
        ("image", "茶的照片"),
    ]
    by_kind = {block.kind: block for block in article.blocks}
    assert by_kind["table"].rows == (("指标", "值"), ("咖啡因", "30 mg"))
    assert by_kind["image"].source == "img/tea.png"
    assert by_kind["code"].source == "python"
    assert [b.ordered for b in article.blocks if b.kind == "item"] == [False] * 3 + [True] * 2
    assert [b.level for b in article.blocks if b.kind == "item"][:2] == [0, 1]
    assert {b.section for b in article.blocks[2:]} == {"要点"}
    assert article.blocks[0].section == ""


def test_titles():
    assert parse_article("---\ntitle: 甲\n---\n# 乙\n\n文").title == "甲"
    assert parse_article("# 乙\n\n文").title == "乙"
    assert parse_article("短标题\n\n第一段。\n\n第二段。").title == "短标题"
    assert parse_article("这是一句话。\n\n第二段。").title == ""
    assert parse_article("x", title="丙").title == "丙"


def test_plain_text():
    wrapped = (
        "The Title\n\nThis is a long paragraph that was wrapped by hand at some\n"
        "width, and it goes on to the next line, and then it\nends here.\n\nSecond one."
    )
    assert [b.text for b in parse_article(wrapped).blocks] == [
        "This is a long paragraph that was wrapped by hand at some width, and it goes on to the "
        "next line, and then it ends here.",
        "Second one.",
    ]
    assert [b.text for b in parse_article("第一句。\n第二句。\n第三句。").blocks] == [
        "第一句。", "第二句。", "第三句。",
    ]  # fmt: skip
    indented = "\u3000\u3000第一段的开头，\n接着写。\n\u3000\u3000第二段。"
    assert [b.text for b in parse_article(indented).blocks] == [
        "第一段的开头，接着写。",
        "第二段。",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["# ", "- ", "1. ", "> ", "**", "`", "[a](http://b.c)", "![x](y)", "|", "---", "\n",
             "\n\n", "茶", "tea ", "<b>", "&amp;", "[^1]", "```\n", "👍", "https://a.b/c", "~~"]
        ),
        max_size=20,
    ).map("".join)
)  # fmt: skip
def test_no_address_or_emoji_is_ever_left(markdown):
    for block in parse_article("x\n\n" + markdown).blocks:
        assert isinstance(block, Block)
        if block.kind != "code":
            assert "http" not in block.text
            assert "👍" not in block.text
            assert "[^" not in block.text


def test_clean():
    assert clean("见 https://a.b/c?d=1，再看") == "见，再看"
    assert clean("a &amp; b<br>c") == "a & bc"
    assert clean("引用[1][2-3]。") == "引用。"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_chinese_in_utf_16_without_a_mark(encoding: str):
    # U+4E00 (一) holds a zero byte on the side where ASCII has none.
    text = "# 一杯茶\n\n一杯茶放了一夜，第2天还能不能喝？“一般”可以。\n"
    assert decode(text.encode(encoding), "tea.txt") == text
