from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import DataError
from reelwright.learn.data import batching
from reelwright.learn.data.hashing import describe_data, fingerprint, hash_files
from reelwright.learn.data.labels import Labels
from reelwright.learn.data.shelf import Chosen, open_shelf
from reelwright.learn.data.splits import split_of
from reelwright.learn.kind import FitSettings


def test_a_text_falls_on_one_side_whatever_is_added() -> None:
    texts = [f"text {number}" for number in range(4000)]
    sides = [split_of(text, seed=1, held_out=0.2) for text in texts]
    assert 0.18 < sides.count("held_out") / len(sides) < 0.22
    assert split_of("TEXT  7 ", 1, 0.2) == split_of("text 7", 1, 0.2)
    assert sides != [split_of(text, seed=2, held_out=0.2) for text in texts]
    assert split_of("x", 0, 0.0) == "train"
    assert split_of("x", 0, 1.0) == "held_out"


def test_a_fingerprint_follows_contents_and_settings_not_places(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder / "data").mkdir(parents=True)
        (tmp_path / folder / "data" / "x.csv").write_text("text,label\nx,1\n")
    one, other = tmp_path / "a" / "data", tmp_path / "b" / "data"
    settings = FitSettings()
    assert fingerprint("k", settings, [one]) == fingerprint("k", settings, [other])
    assert fingerprint("k", settings, [one]) != fingerprint("k", FitSettings(batch=8), [one])
    assert fingerprint("k", settings, [one]) != fingerprint("l", settings, [one])
    assert describe_data([one], 1200)[0].startswith("1,200 rows of data (hash ")
    (other / "x.csv").write_text("text,label\nx,2\n")
    assert hash_files([one]) != hash_files([other])
    with pytest.raises(DataError, match="cannot be read"):
        hash_files([tmp_path / "none"])


def test_texts_on_a_shelf_are_read_as_they_were_put(tmp_path: Path) -> None:
    wanted = ["茶", "", "b\ud800", "", "long " * 1000]
    with open_shelf(tmp_path / "not" / "there") as shelf:
        assert list(shelf) == []
        for text in wanted[:3]:
            shelf.add(text)
        assert shelf[2] == wanted[2]
        for text in wanted[3:]:
            shelf.add(text)
        assert list(shelf) == wanted
        assert shelf[1:3] == wanted[1:3]
        assert shelf[-1] == wanted[-1]
        with pytest.raises(IndexError):
            shelf[5]
        chosen = Chosen(shelf, np.array([2, 0]))
        assert list(chosen) == [wanted[2], wanted[0]]
        assert chosen[1:] == [wanted[0]]
    assert list(tmp_path.iterdir()) == []


def test_labels_have_numbers_that_do_not_depend_on_order() -> None:
    labels = Labels.seen(["sad", "happy", "sad", "angry"])
    assert labels == Labels.seen(["angry", "sad", "happy"])
    assert labels.numbers == {"angry": 0, "happy": 1, "sad": 2}
    assert "sad" in labels
    assert len(labels) == 3


def test_unseen_labels_come_last_and_are_told() -> None:
    labels = Labels(("a", "b"))
    assert labels.with_unseen(["a", "b", "b"]) == (labels, [])
    wider, (note,) = labels.with_unseen(["a", "z", "z"])
    assert wider.names == ("a", "b", "z")
    assert "z (2 rows" in note
    with pytest.raises(DataError, match="none of the labels was in training: y, z"):
        labels.with_unseen(["z", "y"])


@pytest.mark.parametrize(("rows", "message"), [(["a", "a"], 'one label, "a"'), ([], "no labelled")])
def test_one_label_alone_teaches_nothing(rows: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Labels.seen(rows, where="a.csv")


def test_every_example_comes_once_an_epoch_in_an_order_of_its_own() -> None:
    first = [batch.tolist() for batch in batching.batches(10, 4, seed=3, epoch=0)]
    assert [len(batch) for batch in first] == [4, 4, 2]
    assert sorted(sum(first, [])) == list(range(10))
    assert first == [batch.tolist() for batch in batching.batches(10, 4, seed=3, epoch=0)]
    assert first != [batch.tolist() for batch in batching.batches(10, 4, seed=3, epoch=1)]
    assert batching.count_batches(10, 4) == 3
    assert batching.count_batches(3, 32) == 1
    with pytest.raises(DataError, match="no examples"):
        batching.count_batches(0, 4)


def test_buckets_hold_examples_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 100, 1000)
    cut = list(batching.buckets(lengths.tolist(), 20, seed=0, epoch=2, pool=25))
    assert sorted(np.concatenate(cut).tolist()) == list(range(1000))
    padded = sum(len(batch) * lengths[batch].max() for batch in cut)
    assert padded < lengths.sum() * 1.1
    order = [int(lengths[batch].max()) for batch in cut]
    assert order != sorted(order)


def test_rows_are_padded_to_the_longest() -> None:
    padded, lengths = batching.pad([[1, 2, 3], [], [4]], filler=9)
    assert padded.tolist() == [[1, 2, 3], [9, 9, 9], [4, 9, 9]]
    assert lengths.tolist() == [3, 0, 1]
