"""Tables and code: cells and lines fit, code is coloured, wrong parameters are named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.core.errors import ScriptError
from reelwright.core.nouns import Format
from reelwright.core.timeline import Scene
from reelwright.create import scenes
from reelwright.create.scenes.highlighting import highlight
from reelwright.media.drawing import Type, measure
from reelwright.media.fonts import monospaced

PLAIN = Format(width=540, height=960)


def drawn(name: str, params: dict[str, object], format: Format = PLAIN) -> list[tuple[str, object]]:
    return scenes.compose(Scene(name=name, theme="night", params=params), format).boxes  # type: ignore[return-value]


def test_code_is_coloured_by_what_it_is():
    lines = highlight('def f(x):  # half\n    return "a" + str(0.5)', "python")
    assert ("keyword", "def") in lines[0]
    assert ("call", "f") in lines[0]
    assert ("comment", "# half") in lines[0]
    assert {("keyword", "return"), ("string", '"a"'), ("number", "0.5")} <= set(lines[1])


@pytest.mark.parametrize(
    ("language", "code", "piece"),
    [
        ("js", "// note\nconst a = `x`", ("comment", "// note")),
        ("sql", "SELECT a FROM b -- all", ("keyword", "SELECT")),
        ("json", '{"a": 1}', ("key", '"a"')),
        ("yaml", "name: tea # hot", ("key", "name")),
        ("", "see https://a.b # yes", ("comment", "# yes")),
        ("html", "<!-- a\nb --><p>", ("comment", "b -->")),
        ("python", "don't = it's", ("plain", "don't = it's")),
    ],
)
def test_each_language_has_its_comments_and_keywords(language, code, piece):
    pieces = [each for line in highlight(code, language) for each in line]
    if piece[0] == "plain":
        assert all(kind == "plain" for kind, _ in pieces)
    else:
        assert piece in pieces


@given(st.text(max_size=80), st.sampled_from(["python", "js", "sql", "json", "html", ""]))
def test_no_character_of_a_code_is_lost(code, language):
    lines = highlight(code, language)
    assert "\n".join("".join(text for _, text in line) for line in lines) == code


def test_code_is_set_in_letters_of_even_width():
    family = monospaced("print(1)")
    if family:
        kind = Type(weight=400, family=family, language="en")
        assert measure("iiii", kind) == pytest.approx(measure("WWWW", kind), abs=0.01)


def test_long_lines_go_on_below_and_none_is_lost():
    shown = [text for text, _ in drawn("code", {"code": "reel make " + "--flag value " * 12})]
    assert len(shown) > 1
    assert "".join(shown).replace(" ", "") == ("reelmake" + "--flagvalue" * 12)


def test_too_much_code_is_cut_with_a_mark():
    shown = [text for text, _ in drawn("code", {"code": "\n".join(["x = 1"] * 90)})]
    assert shown[-1] == "…"


def test_indentation_is_kept_and_empty_code_refused():
    lines = highlight("a\n    b")
    assert lines[1] == [("plain", "    "), ("plain", "b")]
    with pytest.raises(ScriptError, match="there is no code"):
        scenes.check("code", {"code": "\n \n"})


def test_every_cell_of_a_table_is_shown():
    rows = [["绿茶", "30毫克"], ["红茶", "50毫克"]]
    shown = [text for text, _ in drawn("table", {"header": ["茶", "含量"], "rows": rows})]
    assert shown == ["茶", "含量", "绿茶", "30毫克", "红茶", "50毫克"]


def test_uneven_rows_are_refused():
    with pytest.raises(ScriptError, match="as many cells"):
        scenes.check("table", {"header": ["a", "b"], "rows": [["1"]]})
    with pytest.raises(ScriptError, match="rows"):
        scenes.check("table", {"header": ["a", "b"]})


def test_empty_cells_leave_their_place_empty():
    shown = drawn("table", {"rows": [["a", ""], ["b", "2"]]})
    assert [text for text, _ in shown] == ["a", "b", "2"]
