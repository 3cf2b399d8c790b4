from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import InputError, ModelError
from reelwright.learn import folder as folders
from reelwright.learn.folder import Card, read_config, read_scores, read_weights, save_model
from reelwright.learn.kind import KindSettings
from reelwright.learn.kinds import KINDS, load_kind, load_model

CARD = Card(["lines.jsonl, 10 rows"], "a tenth by hash", "accuracy", "CC0", "reel train …", ["Hm."])
WEIGHTS = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([1, 2], np.int64)}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    made = tmp_path / "模型"
    save_model(
        made, "tagger", 1, KindSettings(seed=7), {"labels": ["人"]}, WEIGHTS, {"f1": 0.5}, CARD
    )
    return made


def test_a_model_reads_back_as_it_was_saved(model: Path) -> None:
    config = read_config(model)
    assert (config.kind, config.version, config.settings) == ("tagger", 1, {"seed": 7})
    assert config.facts == {"labels": ["人"]}
    weights = read_weights(model)
    assert all(np.array_equal(weights[name], WEIGHTS[name]) for name in WEIGHTS)
    assert weights["b"].dtype == np.int64
    assert read_scores(model) == {"f1": 0.5}
    card = (model / "card.md").read_text("utf-8")
    for words in ("lines.jsonl, 10 rows", "a tenth by hash", "0.5", "CC0", "reel train …", "Hm."):
        assert words in card


def test_saving_again_drops_what_belonged_to_the_earlier_weights(model: Path) -> None:
    (model / folders.EXPORTED).write_bytes(b"old")
    (model / folders.TRAINING).mkdir()
    save_model(model, "tagger", 1, KindSettings(), {}, WEIGHTS, {}, CARD)
    assert not (model / folders.EXPORTED).exists()
    assert not (model / folders.TRAINING).exists()


def test_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder") as told:
        read_config(tmp_path)
    assert "reel models" in (told.value.hint or "")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', "\x00", '{"format": "x"}'])
def test_a_damaged_config_is_told(model: Path, text: str) -> None:
    (model / "config.json").write_text(text)
    with pytest.raises(ModelError, match="damaged"):
        read_config(model)


def test_weights_that_are_cut_short_or_missing_are_told(model: Path) -> None:
    path = model / "weights.safetensors"
    whole = path.read_bytes()
    for part in (b"", whole[:5], whole[:-3], b"\xff" * 100):
        path.write_bytes(part)
        with pytest.raises(ModelError, match="cut short"):
            read_weights(model)
    path.unlink()
    with pytest.raises(ModelError, match="missing"):
        read_weights(model)


def change(model: Path, **values: object) -> None:
    config = json.loads((model / "config.json").read_text("utf-8"))
    (model / "config.json").write_text(json.dumps({**config, **values}), "utf-8")


def test_a_newer_layout_or_a_newer_kind_is_told(model: Path) -> None:
    change(model, version=99)
    with pytest.raises(ModelError, match="newer Reelwright"):
        load_model(model)
    change(model, format=99, something="new")
    with pytest.raises(ModelError, match="newer Reelwright"):
        read_config(model)


def test_another_kind_is_told(model: Path) -> None:
    with pytest.raises(ModelError, match="of kind tagger, not classifier"):
        load_model(model, "classifier")
    change(model, kind="teapot")
    with pytest.raises(InputError, match="no kind of model") as told:
        load_model(model)
    assert "tagger" in (told.value.hint or "")


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_what_it_is_for(name: str) -> None:
    kind = load_kind(name)
    assert kind.name == name
    assert kind.uses
    assert kind.goal
    assert kind.space.keys() <= kind.Settings.model_fields.keys()
    assert kind.Settings()
