"""What a person may give by mistake, to the kinds that ship: a clear error, or it works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Reel = Callable[..., tuple[int, str, str]]
GOOD = "".join(f"好看{number},good\n难看{number},bad\n" for number in range(40))


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


REFUSED = [
    ("", "data.csv: is empty"),
    ("body,label\n" + GOOD, 'data.csv:2: there is no column "text"'),
    ("text,label\n好看,good\n难看\n", "data.csv:3: has 1 fields where the header has 2"),
    ("text,label\n" + GOOD.replace("bad", "good"), 'all rows have one label, "good"'),
    ("text,label\n好\x00看,good\n" + GOOD, 'data.csv:2: "text" holds the character U+0000'),
    ("text,label\n好看,good\n难看,bad\n", "there are too few texts (2)"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_a_classifier_says_what_is_wrong_with_its_data(
    data: Path, reel: Reel, text: str, message: str
) -> None:
    (data / "data.csv").write_text(text, "utf-8")
    code, said, wrong = reel("train", "classifier", "--data", "data.csv", "--out", "m")
    assert (code, said) == (1, "")
    assert message in wrong
    assert "→" in wrong
    assert "Traceback" not in wrong
    assert not (data / "m" / "config.json").exists()


def test_encodings_in_one_file_must_agree(data: Path, reel: Reel) -> None:
    whole = "text,label\n" + GOOD
    (data / "gbk.csv").write_bytes(whole.encode("gbk"))
    assert reel("train", "classifier", "--data", "gbk.csv", "--out", "m")[0] == 0
    (data / "mixed.csv").write_bytes(whole.encode() + "难看啊,bad\n".encode("gbk"))
    code, _, wrong = reel("evaluate", "m", "--data", "mixed.csv")
    assert code == 1
    assert "mixed.csv:82: the line is not UTF-8, as line 2 is" in wrong
    (data / "m" / "weights.safetensors").write_bytes(b"cut short")
    code, _, wrong = reel("predict", "m", "好看")
    assert code == 1
    assert "the model is damaged" in wrong
    code, _, wrong = reel("train", "sequence", "--data", "gbk.csv", "--out", "m")
    assert code == 1
    assert "holds a model of kind classifier, which a sequence would replace" in wrong


@pytest.mark.parametrize(("rows", "code"), [(1, 1), (2, 0), (5, 0)])
def test_a_few_titles_end_in_a_model_or_an_error(
    data: Path, reel: Reel, rows: int, code: int
) -> None:
    titles = "".join(f"你好吗{number}\n" for number in range(rows)) if rows > 1 else "你\n"
    (data / "titles.txt").write_text(titles, "utf-8")
    settings = ("--set", "epochs=1", "--set", "width=8")
    ended, _, wrong = reel("train", "sequence", "--data", "titles.txt", "--out", "m", *settings)
    assert ended == code, wrong
    assert "Traceback" not in wrong
    if code:
        assert "there is too little to learn from" in wrong
