"""A tagger from data to entities: learnt, judged, saved, exported, resumed, and refused."""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import DataError, InputError, ModelError
from reelwright.core.progress import Silent
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model
from reelwright.learn.tagger.batching import collate, tags_of_rows
from reelwright.learn.tagger.kind import Tagger
from reelwright.learn.tagger.rows import make_rows
from reelwright.learn.tagger.settings import TaggerSettings
from reelwright.learn.tagger.spool import open_spool
from tagging import SMALL, write_columns


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_columns(tmp_path_factory.mktemp("data") / "train.conll", 40, 1)


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    folder = tmp_path_factory.mktemp("models") / "names"
    scores = Tagger.train([data], TaggerSettings(**SMALL), Run(folder, device="cpu"))
    assert scores["entity_f1"] > 0.9
    loaded = load_model(folder, "tagger")
    assert isinstance(loaded, Tagger)
    return loaded


def test_it_learns_and_is_judged_by_tokens_and_entities(model: Tagger, tmp_path: Path) -> None:
    report = model.evaluate([write_columns(tmp_path / "dev.conll", 8, 2)], Silent()).as_json()
    assert report["entity_f1"] > 0.9
    assert report["accuracy"] == report["token_micro_f1"] > 0.95
    assert report["macro_f1"] == report["token_macro_f1"]
    assert report["scheme"] == "IOB2"
    assert report["file_scheme"] == "IOB1"
    labels = [row["label"] for row in report["labels"]]
    assert labels == ["B-LOC", "B-PER", "I-PER", "O", "micro avg", "macro avg", "weighted avg"]
    assert [row["label"] for row in report["own_labels"]][:3] == ["I-LOC", "I-PER", "O"]
    assert [row["label"] for row in report["entities"]] == ["LOC", "PER", "all"]
    assert "IOB2" in report["notes"][0]


def test_raw_text_becomes_entities_with_places_and_confidence(model: Tagger) -> None:
    text = "Eva Brook went to Lima.\nIt rained all day."
    found, empty = model.predict([text, " "], {})
    assert empty["entities"] == []
    assert [(e["text"], e["label"]) for e in found["entities"]] == [
        ("Eva Brook", "PER"),
        ("Lima", "LOC"),
    ]
    assert all(text[e["start"] : e["end"]] == e["text"] for e in found["entities"])
    assert all(0.5 < e["confidence"] <= 1 for e in found["entities"])
    assert next(model.predict([text], {"least": "1"}))["entities"] == []
    for options in ({"lest": "1"}, {"least": "2"}, {"least": "x"}):
        with pytest.raises(InputError):
            list(model.predict([text], options))


def test_the_folder_tells_what_it_is(model: Tagger) -> None:
    assert json.loads((model.folder / "scores.json").read_text())["entity_f1"] > 0.9
    assert "held out by the hash" in (model.folder / "card.md").read_text("utf-8")


def test_rows_in_a_file_are_those_that_are_held(model: Tagger, tmp_path: Path) -> None:
    documents = [[["Ann", "met", "Bob", "in", "Rome"], ["So", "it", "was"]], [["Rome"]]]
    tags = [[1, 2, 1, 2, 1], [2, 2, 2], [1]]
    known = model.tagged.vocabulary
    held = make_rows(documents, known, 6, tags)
    with open_spool(tmp_path / "model") as spool:
        kept = make_rows(documents, known, 6, tags, spool=spool)
    assert kept.spellings == held.spellings
    assert [(row.document, row.parts) for row in kept.rows] == [
        (row.document, row.parts) for row in held.rows
    ]
    # Read after the block has ended, as a training does.
    for name, array in collate(held.rows, held, known).items():
        np.testing.assert_array_equal(collate(kept.rows, kept, known)[name], array)
    np.testing.assert_array_equal(tags_of_rows(kept.rows), tags_of_rows(held.rows))
    assert list(tmp_path.iterdir()) == []


def test_onnx_gives_the_same_without_torch(model: Tagger) -> None:
    texts = ["Jon Stone went to Oslo.", "in Rome , Ada Marsh slept ."]
    expected = list(model.predict(texts, {}))
    path = model.folder / "model.onnx"
    try:
        assert model.export_onnx(path) < 1e-4
        code = (
            "import sys, json; from pathlib import Path\n"
            "from reelwright.learn.kinds import load_model\n"
            "found = list(load_model(Path(sys.argv[1])).predict(sys.argv[2:], {}))\n"
            "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
            "print(json.dumps(found))"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, str(model.folder), *texts],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)
    found = json.loads(told.stdout)
    for one, other in zip(expected, found, strict=True):
        for a, b in zip(one["entities"], other["entities"], strict=True):
            assert {**a, "confidence": 0} == {**b, "confidence": 0}
            assert abs(a["confidence"] - b["confidence"]) < 1e-3


class _Stop(Exception):
    pass


def test_resumed_after_a_stop_it_ends_with_the_same_weights(data: Path, tmp_path: Path) -> None:
    settings = TaggerSettings(**{**SMALL, "epochs": 3})

    whole, parted = tmp_path / "whole", tmp_path / "parted"
    Tagger.train([data], settings, Run(whole, device="cpu"))
    # Stopped after the second epoch was judged, before its checkpoint: it is done once more.
    judged: list[int] = []

    def second(step: int, value: float) -> None:
        judged.append(step)
        if len(judged) == 2:
            raise _Stop

    with pytest.raises(_Stop):
        Tagger.train([data], settings, Run(parted, device="cpu", judged=second))
    Tagger.train([data], settings, Run(parted, device="cpu", resume=True))
    name = "weights.safetensors"
    assert (whole / name).read_bytes() == (parted / name).read_bytes()


def test_chinese_by_character_and_plain_tags(tmp_path: Path) -> None:
    rng = random.Random(0)
    places = ["上海", "北京", "广州", "成都"]
    rows = []
    for _ in range(120):
        place, before = rng.choice(places), rng.choice(["我在", "他去", "明天到", "她离开了"])
        text = before + place + rng.choice(["吃饭", "工作。", ""])
        entity = {"start": len(before), "end": len(before) + 2, "label": "地点"}
        rows.append(json.dumps({"text": text, "entities": [entity]}, ensure_ascii=False))
    path = tmp_path / "zh.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    settings = TaggerSettings(**{**SMALL, "epochs": 3})
    assert Tagger.train([path], settings, Run(tmp_path / "zh", device="cpu"))["entity_f1"] > 0.9
    found = next(load_model(tmp_path / "zh").predict(["我在北京工作。"], {}))
    assert found["entities"][0]["text"] == "北京"
    assert found["entities"][0]["label"] == "地点"

    plain = tmp_path / "pos.txt"
    plain.write_text("the DT\ndog NN\nran VB\n\na DT\ncat NN\nsat VB\n\n" * 30, "utf-8")
    settings = TaggerSettings(**{**SMALL, "epochs": 2, "dev": str(plain)})
    scores = Tagger.train([plain], settings, Run(tmp_path / "pos", device="cpu"))
    assert scores["entity_f1"] > 0.95
    report = load_model(tmp_path / "pos").evaluate([plain], Silent())
    assert report.values["accuracy"] == scores["entity_f1"]
    assert report.values["scheme"] == "plain"


def test_tags_unseen_in_training_are_told_and_count_as_missed(
    model: Tagger, tmp_path: Path
) -> None:
    path = tmp_path / "odd.conll"
    path.write_text("Ada I-PER\nwent O\nto O\nOslo I-LOC\n. O\n\nMonday I-DAY\n", "utf-8")
    report = model.evaluate([path], Silent())
    assert any("DAY (1 entities" in note for note in report.notes)
    plain = tmp_path / "plain.txt"
    plain.write_text("the DT\ndog NN\n", "utf-8")
    with pytest.raises(DataError, match="have no prefixes"):
        model.evaluate([plain], Silent())


def test_data_that_cannot_be_learnt_from(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text("".join(f"a{n} O\n\n" for n in range(40)), "utf-8")
    with pytest.raises(DataError, match="all tokens have the tag O"):
        Tagger.train([path], TaggerSettings(**SMALL), Run(tmp_path / "m", device="cpu"))
    path.write_text("a I-X\n", "utf-8")
    with pytest.raises(DataError, match="too few documents"):
        Tagger.train([path], TaggerSettings(**SMALL), Run(tmp_path / "m", device="cpu"))
    with pytest.raises(InputError, match="holds no encoder"):
        write_columns(path, 20, 0)
        settings = TaggerSettings(encoder=str(tmp_path / "none"))
        Tagger.train([path], settings, Run(tmp_path / "m", device="cpu"))


def test_a_damaged_folder_is_told(model: Tagger, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    folder.mkdir()
    config = json.loads((model.folder / "config.json").read_text("utf-8"))
    (folder / "weights.safetensors").write_bytes(
        (model.folder / "weights.safetensors").read_bytes()
    )
    config["settings"]["hidden"] = 17
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(ModelError, match="not those of its config"):
        list(load_model(folder).predict(["Ada"], {}))
    del config["facts"]["words"]
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(ModelError, match="words"):
        list(load_model(folder).predict(["Ada"], {}))
