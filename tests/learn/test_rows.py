from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from reelwright.core.errors import DataError
from reelwright.learn.data import encodings
from reelwright.learn.data.rows import files_of, read_examples, read_rows


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.jsonl", '{"text": "好看", "label": 1}\n\n{"text": "难看, \\n真的", "label": "0"}\n'),
        ("a.json", '[{"text": "好看", "label": 1},\n{"text": "难看, \\n真的",\n "label": "0"}]'),
        ("a.json", '{"text": "好看",\n "label": 1} {\n"text": "难看, \\n真的", "label": "0"}'),
        ("a.csv", 'label,text\n1,好看\n0,"难看, \n真的"\n'),
        ("a.csv", 'label;text\r\n1;好看\r\n0;"难看, \n真的"\r\n'),
        ("a.data", '\ufefflabel,text\n1,好看\n0,"难看, \n真的"'),
    ],
)
def test_each_form_gives_the_same_rows(tmp_path: Path, name: str, text: str) -> None:
    path = written(tmp_path, name, text)
    first, second = read_examples([path])
    assert dict(first) == {"text": "好看", "label": "1"}
    assert dict(second) == {"text": "难看, \n真的", "label": "0"}
    assert Path(second.where).name in (f"{name}:2", f"{name}:3")


def test_tabs_separate_and_quotation_marks_inside_stay(tmp_path: Path) -> None:
    path = written(tmp_path, "a.tsv", 'text\tlabel\n"a ""b"""\tx\nsay "hi\ty\n')
    assert [row["text"] for row in read_rows(path)] == ['a "b"', 'say "hi']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "cp1252"])
def test_the_encoding_is_told_by_the_whole_file(tmp_path: Path, encoding: str) -> None:
    text = "一部很好看的电影" if encoding != "cp1252" else "Ein schöner Film über Züge"
    lines = ["text,label", *["plain,a"] * 50, f"{text},b"]
    path = written(tmp_path, "a.csv", "\n".join(lines), encoding)
    assert [row["text"] for row in read_rows(path)][-1] == text


REFUSED = [
    ("a.csv", b"", "is empty", "a.csv"),
    ("a.csv", b"\n \n", "is empty", "a.csv"),
    ("a.csv", b"text,label\nx,1\ny\n", "has 1 fields where the header has 2", "a.csv:3"),
    ("a.csv", b'text,label\nx,1\n"y,0\nz,1\n', "unexpected end", "a.csv:3"),
    ("a.csv", b"text,text\nx,1\n", 'two columns are called "text"', "a.csv:1"),
    ("a.csv", b"body,label\nx,1\n", 'no column "text"', "a.csv:2"),
    ("a.csv", b"text,label\nx,1\n ,1\n", '"text" is empty', "a.csv:3"),
    ("a.csv", b"text,label\nx\x00,1\n", r"U\+0000", "a.csv:2"),
    ("a.jsonl", b'{"text": "x\\u0007", "label": 1}', r"U\+0007", "a.jsonl:1"),
    ("a.jsonl", b'{"text": "x\\ud800", "label": 1}', r"U\+D800", "a.jsonl:1"),
    ("a.jsonl", b'{"text": "x", "label": 1}\n{"text": "x"', "is not JSON", "a.jsonl:2"),
    ("a.jsonl", b'{"text": "x", "label": 1}\n["x"]\n', "no JSON object", "a.jsonl:2"),
    ("a.jsonl", b"[" * 100_000, "is not JSON", "a.jsonl:1"),
    ("a.jsonl", b'{"text": ["x"], "label": 1}', '"text" is no text', "a.jsonl:1"),
    ("a.jsonl", b'{"text": null, "label": 1}', '"text" is missing', "a.jsonl:1"),
    ("a.json", b'[{"text": "x", "label": 1},\n{"text": 1 2}]', "is not JSON", "a.json:2"),
    ("a.json", b'[{"text": "x", "label": 1}', "is not JSON", "a.json:1"),
    ("a.json", b"text", "is not JSON", "a.json:1"),
    ("a.csv", "text,label\n好看,1\n".encode("utf-16"), "UTF-16", "a.csv:1"),
    ("a.csv", "text,label\n好看,1\n".encode() + "难看,0".encode("gbk"), "as line 2 is", "a.csv:3"),
    ("a.csv", b"text,label\n\xff\xfe\xfd\x81,1\n", "nor anything else", "a.csv:2"),
]


@pytest.mark.parametrize(("name", "data", "message", "where"), REFUSED)
def test_what_is_no_row_is_refused_by_its_line(
    tmp_path: Path, name: str, data: bytes, message: str, where: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DataError, match=message) as told:
        list(read_examples([path]))
    assert told.value.where == str(tmp_path / where)
    assert told.value.hint


def test_an_endless_line_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """Two gigabytes without a line's end: a hole in the file, of which little is read."""
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.write(b'{"text": "x", "label": 1}\n{"text": "')
        file.truncate(2 << 30)
    read = 0

    class Counted:
        def __init__(self, file: BinaryIO) -> None:
            self.file = file

        def readline(self, size: int) -> bytes:
            nonlocal read
            line = self.file.readline(size)
            read += len(line)
            return line

    def numbered() -> Iterator[tuple[int, bytes]]:
        with path.open("rb") as file:
            yield from encodings.number_lines(cast(BinaryIO, Counted(file)), str(path))

    with pytest.raises(DataError, match="longer than 16 MB") as told:
        list(numbered())
    assert told.value.where == f"{path}:2"
    assert read < encodings.LONGEST + 100
    with pytest.raises(DataError, match="longer than 16 MB"):
        next(read_rows(path))


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    written(tmp_path, "train.csv", "text,label\nx,1\n")
    with pytest.raises(DataError, match="no such file") as told:
        files_of([tmp_path / "trian.csv"])
    assert "train.csv" in (told.value.hint or "")
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="holds no data"):
        files_of([tmp_path / "none"])


def test_a_folder_is_all_its_files_in_order(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.jsonl", "a.jsonl", "deep/c.jsonl", ".hidden.jsonl"):
        written(tmp_path, name, json.dumps({"text": name, "label": 1}))
    written(tmp_path, "note.md", "no data")
    texts = [row["text"] for row in read_examples([tmp_path])]
    assert texts == ["a.jsonl", "b.jsonl", "deep/c.jsonl"]
