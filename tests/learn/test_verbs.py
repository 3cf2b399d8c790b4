from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reelwright.cli.learning import table_lines
from reelwright.learn.folder import read_config, read_weights
from reelwright.learn.session import Session

Reel = Callable[..., tuple[int, str, str]]
TRAIN = ("train", "toy", "--data", "train.csv", "--out", "models/ab")


def test_a_model_is_trained_judged_asked_exported_and_listed(toy: Path, reel: Reel) -> None:
    code, said, wrong = reel(*TRAIN, "--set", "epochs=8", "--licence", "CC0", "--device", "cpu")
    assert (code, said.splitlines()[-1]) == (0, "models/ab"), wrong
    card = (toy / "models/ab/card.md").read_text("utf-8")
    assert "300 rows of train.csv" in card
    assert "CC0" in card
    assert "reel train toy --data train.csv" in card
    assert list((toy / "models/ab/events").iterdir())
    assert (toy / "models/ab/log.jsonl").read_text("utf-8").count("accuracy") == 8

    code, said, wrong = reel("evaluate", "models/ab", "--data", "test.csv", "--report", "json")
    report = json.loads(said)
    assert (code, wrong) == (0, "")
    assert report["accuracy"] > 0.9
    assert report["macro_f1"] > 0.9
    assert {row["label"] for row in report["labels"]} == {"more", "fewer"}
    assert {"precision", "recall", "f1", "support"} < set(report["labels"][0])
    code, said, _ = reel("evaluate", "models/ab", "--data", "test.csv", "train.csv")
    assert "macro f1" in said
    assert "support" in said
    assert " 400" not in said.splitlines()[0]

    code, said, _ = reel("predict", "models/ab", "aaaac", "bbbbc", "--json")
    assert [one["label"] for one in json.loads(said)["predictions"]] == ["more", "fewer"]
    code, said, _ = reel("predict", "models/ab", "aaaac")
    assert said.splitlines()[:2] == ["aaaac", "  label: more"]

    code, said, _ = reel("export", "models/ab", "--to", "onnx", "--json")
    assert json.loads(said)["largest_difference"] < 1e-5
    given = np.ones((2, 8), np.float32)
    assert Session(toy / "models/ab/model.onnx").run(letters=given)["scores"].shape == (2, 2)
    code, said, _ = reel("export", "models/ab", "--to", "safetensors", "--out", "ab.safetensors")
    assert (code, said) == (0, "ab.safetensors\n")
    assert (toy / "ab.safetensors").read_bytes() == (
        toy / "models/ab/weights.safetensors"
    ).read_bytes()

    code, said, _ = reel("models", "--json")
    mine = json.loads(said)["models"][0]
    assert (mine["folder"], mine["kind"], mine["goal"]) == ("models/ab", "toy", "accuracy")
    assert mine["scores"]["accuracy"] > 0.9
    assert mine["bytes"] > 100
    code, said, _ = reel("models")
    assert "models/ab" in said
    assert "300 rows of train.csv" in said


def test_the_list_says_who_uses_a_model_and_which_is_damaged(
    toy: Path, reel: Reel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reel(*TRAIN)[0] == 0
    assert reel("train", "toy", "--data", "train.csv", "--out", "other/b")[0] == 0
    (toy / "other/b/config.json").write_text("{")
    shutil.copytree("models/ab", "other/c")
    config = (toy / "other/c/config.json").read_text("utf-8")
    (toy / "other/c/config.json").write_text(config.replace('"epochs": 3', '"epochs": "many"'))
    monkeypatch.setenv("REEL_MODEL_MOOD", str(toy / "models/ab"))
    listed = json.loads(reel("models", "other", "--json")[1])["models"]
    by_folder = {model["folder"]: model for model in listed}
    assert by_folder["models/ab"]["used"] == ["model.mood"]
    assert "is not JSON" in by_folder["other/b"]["trouble"]
    trouble = "the model is damaged: its setting epochs cannot be 'many'"
    assert by_folder["other/c"]["trouble"] == trouble
    code, _, wrong = reel("predict", "other/c", "x")
    assert code == 1
    assert f"other/c: {trouble}" in wrong


def test_a_table_stands_in_columns_whatever_its_letters() -> None:
    rows = [{"label": "天气", "support": 3}, {"label": "sport", "support": 120}]
    assert list(table_lines(rows)) == ["label  support", "天气         3", "sport      120"]


def test_settings_come_from_files_and_assignments_the_later_winning(toy: Path, reel: Reel) -> None:
    (toy / "best.yaml").write_text("rate: 0.05\nepochs: 1\nhidden: [4]\n")
    (toy / "few.json").write_text('{"batch": 64, "epochs": 1}')
    settings = ("--set", "@best.yaml", "--set", "@few.json", "--set", "rate=0.2")
    assert reel(*TRAIN, *settings)[0] == 0
    kept = read_config(toy / "models/ab").settings
    assert (kept["rate"], kept["epochs"], kept["batch"], kept["hidden"]) == (0.2, 1, 64, [4])
    assert reel(*TRAIN, "--set", "hidden=4,3", "--set", "epochs=1")[0] == 0
    assert read_config(toy / "models/ab").settings["hidden"] == [4, 3]
    assert reel(*TRAIN, "--set", "hidden=[5]", "--set", "epochs=1")[0] == 0
    assert read_weights(toy / "models/ab")["0.weight"].shape == (5, 8)


WRONG = [
    (("train", "tager", "--data", "train.csv", "--out", "m"), '"tager" is no kind', "tagger"),
    ((*TRAIN, "--set", "rat=1"), 'toy has no setting "rat"', 'did you mean "rate"?'),
    ((*TRAIN, "--set", "rate=fast"), "rate cannot be 'fast'", "a number"),
    ((*TRAIN, "--set", "epochs=0"), "epochs cannot be '0'", "greater than or equal to 1"),
    ((*TRAIN, "--set", "rate"), '"rate" is not a setting', "key=value"),
    ((*TRAIN, "--set", "@none.yaml"), "none.yaml: cannot be read", ""),
    ((*TRAIN, "--set", "@bad.yaml"), "bad.yaml: is neither YAML nor JSON", ""),
    ((*TRAIN, "--set", "@list.yaml"), "list.yaml: holds no settings", "key: value"),
    ((*TRAIN, "--set", "@key.yaml"), 'key.yaml: toy has no setting "epoch"', '"epochs"'),
    ((*TRAIN, "--track", "wanbd"), 'no tracker "wanbd"', "wandb"),
    ((*TRAIN, "none.csv"), "none.csv: there is no such file", "one.csv"),
    (("train", "toy", "--data", "one.csv", "--out", "m"), 'all rows have one label, "x"', ""),
    (("train", "toy", "--data", "empty.csv", "--out", "m"), "empty.csv: is empty", ""),
    (("train", "toy", "--data", "train.csv", "--out", "one.csv"), "is a file", "--out"),
    (("train", "toy", "--data", "train.csv", "--out", "."), "no model", "--out"),
    (("evaluate", "m", "--data", "train.csv"), "m: is no model folder", "reel models"),
    (("predict", "m"), "m: is no model folder", ""),
    (("predict", "m", "x"), "m: is no model folder", ""),
    (("export", "m", "--to", "onnx"), "m: is no model folder", ""),
]


@pytest.mark.parametrize(("arguments", "message", "hint"), WRONG)
def test_what_is_wrong_is_told_before_anything_is_written(
    toy: Path, reel: Reel, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    (toy / "bad.yaml").write_text("rate: [1")
    (toy / "list.yaml").write_text("- rate")
    (toy / "key.yaml").write_text("epoch: 1")
    (toy / "one.csv").write_text("text,label\naaa,x\nbbb,x\n")
    (toy / "empty.csv").write_text("")
    before = sorted(toy.rglob("*"))
    code, said, wrong = reel(*arguments)
    assert (code, said) == (1, "")
    assert message in wrong
    assert hint in wrong
    assert "Traceback" not in wrong
    assert [path for path in sorted(toy.rglob("*")) if path.name != "m"] == before
    error = json.loads(reel(*arguments, "--json")[1])
    assert message.split(": ")[-1] in error["error"]


def test_a_model_of_another_kind_is_not_replaced(
    toy: Path, reel: Reel, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reel(*TRAIN)[0] == 0
    config = toy / "models/ab/config.json"
    config.write_text(config.read_text("utf-8").replace('"toy"', '"tagger"'))
    code, _, wrong = reel(*TRAIN)
    assert code == 1
    assert "holds a model of kind tagger, which a toy would replace" in wrong
    assert "choose another --out" in wrong


def test_a_model_is_not_written_as_something_else(toy: Path, reel: Reel) -> None:
    assert reel(*TRAIN)[0] == 0
    code, _, wrong = reel("export", "models/ab", "--to", "otio")
    assert code == 1
    assert 'a model is not exported as "otio"' in wrong


def test_labels_that_were_not_in_training_are_told(toy: Path, reel: Reel) -> None:
    assert reel(*TRAIN)[0] == 0
    (toy / "odd.csv").write_text("text,label\naaac,more\nbbbc,less\n")
    report = json.loads(reel("evaluate", "models/ab", "--data", "odd.csv", "--json")[1])
    assert report["notes"] == [
        "labels that were not in training: less (1 rows; they count as wrong)"
    ]
    assert report["accuracy"] <= 0.5
