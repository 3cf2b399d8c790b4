from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from reelwright.audience.trial import embed_texts, read_features, read_interactions, read_split
from reelwright.cli import app
from reelwright.core.errors import DataError


def table(path: Path, rows: list[tuple], head: str = "user\titem\ttime") -> Path:
    lines = [*([head] if head else []), *("\t".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def chain(users: int, first: int = 0, last: int = 6) -> list[tuple]:
    """Viewers who like 0, 1, 2 … one after another, each from a place of their own."""
    return [
        (f"u{user}", (user + step) % 12, 1_700_000_000 + step * 60)
        for user in range(users)
        for step in range(first, last)
    ]


def run(*words: object) -> dict:
    result = CliRunner().invoke(app, ["evaluate", "recommend", *map(str, words), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_one_model_on_two_files(tmp_path: Path) -> None:
    train = table(tmp_path / "train.tsv", chain(36))
    test = table(tmp_path / "test.tsv", chain(36, 6, 7))
    told = run("--train", train, "--test", test, "--model", "transitions", "--k", "1,3")
    assert told["recall@1"] > 0.9
    row = told["models"][0]
    assert row["model"] == "transitions"
    assert row["ndcg@3"] == told["ndcg@3"]
    assert row["fit_seconds"] >= 0 < row["megabytes"]


def test_auto_weighs_what_the_data_allow(tmp_path: Path) -> None:
    train = table(tmp_path / "train.tsv", [row[:2] for row in chain(36)], "user\titem")
    np.save(tmp_path / "image_feat.npy", np.eye(12, dtype=np.float32))
    told = run("--train", train, "--items", tmp_path, "--k", "5", "--split", "random")
    assert told["best"] == "auto"
    assert told["users"] > 0


def test_a_person_sees_a_table(tmp_path: Path) -> None:
    train = table(tmp_path / "train.tsv", chain(12))
    words = ["evaluate", "recommend", "--train", str(train), "--model", "popularity"]
    result = CliRunner().invoke(app, [*words, "--split", "last"])
    assert result.exit_code == 0
    assert "popularity" in result.stdout
    assert "ndcg@10" in result.stdout


def test_names_that_the_test_alone_knows_are_in_the_catalogue(tmp_path: Path) -> None:
    train = table(tmp_path / "a.csv", [("甲", "x", 1)], "user\titem\ttime")
    test = table(tmp_path / "b.csv", [("甲", "y", 2)], "user\titem\ttime")
    split = read_split(train, test)
    assert split.train.n_items == 2


@pytest.mark.parametrize(
    ("head", "row", "told"),
    [
        ("user\titem\ttime", ("a", "", 1), "no item"),
        ("user\tclip", ("a", "b"), "no item"),
        ("user\titem\ttime", ("a", "b", "soon"), "no time"),
        ("user\titem\tvalue", ("a", "b", "nan"), "no number"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(
    tmp_path: Path, head: str, row: tuple, told: str
) -> None:
    good = ("a", "b", 1)[: head.count("\t") + 1]
    path = table(tmp_path / "t.tsv", [good, row] if "clip" not in head else [row], head)
    with pytest.raises(DataError, match=told) as error:
        read_interactions(path)
    assert (error.value.where or "").endswith(":2" if "clip" in head else ":3")


@pytest.mark.parametrize(
    ("name", "head", "mark"),
    [
        ("bare.tsv", "", "\t"),
        ("bare.csv", "", ","),
        ("bare.txt", "", "\t"),
        ("named.csv", "User_ID,item_id,Timestamp,rating", ","),
        ("bom.csv", "\ufeffuser,item,time,value", ","),
    ],
)
def test_tables_of_others(tmp_path: Path, name: str, head: str, mark: str) -> None:
    rows = [("甲", "7", "30", "1"), ("b", "8", "20", "0"), ("甲", "9", "10", "1")]
    lines = [*([head] if head else []), *(mark.join(row) for row in rows)]
    (tmp_path / name).write_text("\r\n".join(lines), "utf-8", newline="")
    log = read_interactions(tmp_path / name)
    assert log.user_names == ["甲", "b"]
    assert [log.item_names[item] for item in log.items] == ["9", "8", "7"]
    assert log.values.tolist() == [1, 0, 1]
    assert log.timed


def test_without_times_rows_stand_in_their_order_unless_they_are_sorted(tmp_path: Path) -> None:
    told = table(tmp_path / "order.tsv", [("a", "9"), ("b", "1"), ("a", "10"), ("a", "2")], "")
    log = read_interactions(told)
    assert log.timed
    assert [log.item_names[item] for item in log.items] == ["9", "1", "10", "2"]
    assert not read_interactions(
        table(tmp_path / "sorted.tsv", [("a", "2"), ("a", "9"), ("a", "10")], "")
    ).timed
    # No time is told: what the file is split by is each viewer's last row.
    assert read_split(told, None).test.items.tolist() == [log.item_names.index("2")]


def test_times_in_the_place_of_values_are_told(tmp_path: Path) -> None:
    path = table(tmp_path / "u.data", [(1, 2, 5, 881250949), (1, 3, 4, 881250950)], "")
    with pytest.raises(DataError, match="values are times"):
        read_interactions(path)
    path.write_text("1\t2\t3\t4\t5\n", "utf-8")
    with pytest.raises(DataError, match="no header") as error:
        read_interactions(path)
    assert "user,item,time,value" in (error.value.hint or "")


def test_texts_that_share_words_are_near() -> None:
    rows = embed_texts(["猫咪 日常 搞笑", "搞笑 猫咪", "发动机 维修 教程", ""])
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    assert unit[0] @ unit[1] > 0.18 > 0.12 > abs(unit[0] @ unit[2])
    assert not rows[3].any()


def test_features_are_lined_up_with_the_items(tmp_path: Path) -> None:
    np.save(tmp_path / "image_feat.npy", np.arange(6, dtype=np.float32).reshape(3, 2))
    rows = read_features(tmp_path, ["2", "0", "7"])["image"]
    assert rows.tolist() == [[4, 5], [0, 1], [0, 0]]
    items = table(tmp_path / "items.tsv", [("b", "tea"), ("a", "")], "item\ttitle")
    texts = read_features(items, ["a", "b"])["text"]
    assert not texts[0].any()
    bare = table(tmp_path / "bare.tsv", [("b", "tea")], "")
    assert np.array_equal(read_features(bare, ["a", "b"])["text"][1], texts[1])
    assert texts[1].any()


def test_features_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no NAME_feat"):
        read_features(tmp_path, ["0"])
    file = tmp_path / "image_feat.npy"
    file.write_bytes(b"\x93NUMPY nonsense")
    with pytest.raises(DataError, match="no array"):
        read_features(tmp_path, ["0"])
    np.save(file, np.array([{"hostile": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(DataError, match="no array"):
        read_features(tmp_path, ["0"])
    np.save(file, np.ones((2, 2)))
    with pytest.raises(DataError, match="told apart"):
        read_features(tmp_path, ["cat"])


def test_tables_that_hold_too_little_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no interactions"):
        read_interactions(table(tmp_path / "head.tsv", []))
    one = table(tmp_path / "one.tsv", [("a", "x", 1)])
    with pytest.raises(DataError, match="too few"):
        read_split(one, None)
    with pytest.raises(DataError, match="two likes"):
        read_split(one, None, "last")


def test_two_viewers_are_enough_for_auto(tmp_path: Path) -> None:
    rows = [("a", "x", 1), ("a", "y", 2), ("a", "z", 3), ("b", "x", 4), ("b", "y", 5)]
    train = table(tmp_path / "train.tsv", rows)
    told = run("--train", train, "--split", "last", "--k", "2")
    assert 0 <= told["ndcg@2"] <= 1
