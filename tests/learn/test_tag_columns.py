"""Reading tagged text: columns and JSON in three shapes, and all that can be wrong with them."""

import json
from pathlib import Path

import pytest

from reelwright.core.errors import DataError
from reelwright.learn.tagger.corpus import group_documents, read_corpus
from reelwright.learn.tagger.tokens import split_characters, split_sentences, split_words

CONLL = """-DOCSTART- -X- O O

Ada NNP I-NP I-PER
Lovelace NNP I-NP I-PER
slept VBD I-VP O

London NNP I-NP I-LOC

-DOCSTART- -X- O O

Rain NN I-NP O
"""


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_columns_with_documents(tmp_path: Path) -> None:
    corpus = read_corpus([_write(tmp_path, "a.conll", CONLL)])
    assert [s.words for s in corpus.sentences] == [
        ("Ada", "Lovelace", "slept"),
        ("London",),
        ("Rain",),
    ]
    assert corpus.sentences[1].where.endswith("a.conll:7")
    assert corpus.scheme == "IOB1"
    assert corpus.documents
    assert corpus.unit() == "word"
    assert [len(document) for document in group_documents(corpus)] == [2, 1]
    assert corpus.spans() == [[(0, 2, "PER")], [(0, 1, "LOC")], []]


def test_columns_of_characters_parted_by_tabs_without_documents(tmp_path: Path) -> None:
    path = _write(tmp_path, "w.txt", "上\tB-LOC\n海\tI-LOC\n\n我\tO\n")
    corpus = read_corpus([path])
    assert corpus.unit() == "character"
    assert corpus.scheme == "IOB2"
    assert not corpus.documents
    assert [len(d) for d in group_documents(corpus)] == [1, 1]
    assert [len(d) for d in group_documents(corpus, 20)] == [2]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("Ada I-PER\nslept\n", 2, "one column"),
        ("Ada NNP I-PER\nslept O\n", 2, "2 columns"),
        ("Ada I-PER\nslept SLEEP\n", 2, '"SLEEP" is no tag'),
        ("Ada I-PER\nslept B-\n", 2, '"B-" is no tag'),
        ("Ada\tI-PER\nslept\t\n", 2, "a column is empty"),
    ],
)
def test_wrong_columns_are_told_by_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    path = _write(tmp_path, "a.conll", text)
    with pytest.raises(DataError) as caught:
        read_corpus([path])
    assert caught.value.where == f"{path}:{line}"
    assert told in caught.value.message


def test_files_without_sentences(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no sentence"):
        read_corpus([_write(tmp_path, "a.conll", "-DOCSTART- -X- O O\n\n")])
    with pytest.raises(DataError, match="is empty"):
        read_corpus([_write(tmp_path, "b.conll", "")])


def test_the_three_shapes_of_json(tmp_path: Path) -> None:
    rows = [
        {"text": "Ada saw New York.", "entities": [{"start": 8, "end": 16, "label": "LOC"}]},
        {"tokens": ["Ada", "slept"], "tags": ["B-PER", "O"]},
        {"text": "Bob saw Ada", "label": {"name": {"Bob": [[0, 2]], "Ada": [[8, 10]]}}},
    ]
    corpus = read_corpus([_write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))])
    assert corpus.sentences[0].words == ("Ada", "saw", "New", "York", ".")
    assert corpus.spans() == [[(2, 4, "LOC")], [(0, 1, "PER")], [(0, 1, "name"), (2, 3, "name")]]


def test_chinese_json_by_character_on_many_lines(tmp_path: Path) -> None:
    row = {"text": "我在 上海", "label": {"address": {"上海": [[3, 4]]}}}
    text = json.dumps(row, ensure_ascii=False, indent=2)
    corpus = read_corpus([_write(tmp_path, "a.json", f"{text}\n{text}")])
    assert corpus.sentences[1].words == tuple("我在 上海")
    assert corpus.spans()[1] == [(3, 5, "address")]


def test_of_entities_that_overlap_the_longer_stays_and_it_is_told(tmp_path: Path) -> None:
    entities = [{"start": 0, "end": 3, "label": "A"}, {"start": 0, "end": 8, "label": "B"}]
    row = json.dumps({"text": "New York", "entities": entities})
    corpus = read_corpus([_write(tmp_path, "a.jsonl", row)])
    assert corpus.spans() == [[(0, 2, "B")]]
    assert "1 entities overlap" in corpus.notes[0]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"text": "Ada"}, 'no "entities"'),
        ({"words": "Ada"}, 'no "text"'),
        ({"text": "Ada", "entities": [{"start": 0, "end": 9, "label": "A"}]}, "0 to 9"),
        ({"text": "Ada", "entities": [{"start": 0}]}, "no start, end and label"),
        ({"text": "Ada", "entities": "Ada"}, "is no list"),
        ({"text": "Ada", "label": {"A": {"Ada": [0, 2]}}}, "[[first, last], …]"),
        ({"tokens": ["Ada"], "tags": []}, "1 tokens and 0 tags"),
        ({"tokens": "Ada", "tags": "O"}, "two lists"),
        ({"tokens": ["Ada", "x"], "tags": ["B-PER", "ODD"]}, '"ODD" is no tag'),
    ],
)
def test_wrong_rows_are_told_by_line(tmp_path: Path, row: dict[str, object], told: str) -> None:
    path = _write(tmp_path, "a.jsonl", '{"text": "ok", "entities": []}\n' + json.dumps(row))
    with pytest.raises(DataError) as caught:
        read_corpus([path])
    assert caught.value.where == f"{path}:2"
    assert told in caught.value.message


def test_words_of_raw_text() -> None:
    text = "Bob's U.S. trip: 1996-08-22, $3.5! Mr. Ng's O'Neil-like #fun @you 上海2号"
    words = " ".join(token.text for token in split_words(text))
    assert words == (
        "Bob 's U.S. trip : 1996-08-22 , $ 3.5 ! Mr. Ng 's O'Neil-like #fun @you 上 海 2 号"
    )
    assert all(text[t.start : t.end] == t.text for t in split_words(text))
    assert [t.text for t in split_characters("a 上\n海")] == ["a", " ", "上", "海"]


def test_sentences_of_raw_text() -> None:
    text = "Mr. Ng left the U.S. today. He slept!\n\nA title\n你好。再见！"
    parts = [text[a:b] for a, b in split_sentences(text)]
    assert parts == ["Mr. Ng left the U.S. today.", "He slept!", "A title", "你好。", "再见！"]
    assert list(split_sentences(" \n ")) == []
