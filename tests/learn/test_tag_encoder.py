"""A tagger on top of a Hugging Face encoder, here a tiny one with first weights."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reelwright.core.errors import InputError, ModelError
from reelwright.learn.encoders import load_encoder, open_tokenizer
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model
from reelwright.learn.tagger.kind import Tagger
from reelwright.learn.tagger.rows import open_cutter
from reelwright.learn.tagger.settings import TaggerSettings
from tagging import FIRST, LAST, PLACES, SMALL, write_columns
from tiny_encoder import write_encoder

WORDS = ["went", "to", "in", "slept", "it", "rained", "all", "day", ".", ","]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = [word.lower() for word in (*FIRST, *LAST, *PLACES)]
    return write_encoder(tmp_path_factory.mktemp("encoders") / "tiny", [*WORDS, *names[::2]])


def test_words_are_cut_one_by_one_and_frozen_parts_stay(encoder: Path) -> None:
    found = load_encoder(str(encoder), 1)
    cut = open_cutter(open_tokenizer(found.tokenizer))
    assert len(cut("Ada")) == 1
    assert len(cut("Zoe")) == 3
    moved = {name for name, weight in found.network.named_parameters() if weight.requires_grad}
    assert moved
    assert all(name.startswith("encoder.layer.1.") for name in moved)
    assert found.most == 124


def test_tuned_it_stands_alone_and_runs_without_torch_and_transformers(
    encoder: Path, tmp_path: Path
) -> None:
    away = shutil.copytree(encoder, tmp_path / "encoder")
    data = write_columns(tmp_path / "train.conll", 30, 3)
    settings = TaggerSettings.model_validate(
        {**SMALL, "encoder": str(away), "frozen": 0, "epochs": 4}
    )
    folder = tmp_path / "model"
    assert Tagger.train([data], settings, Run(folder, device="cpu"))["entity_f1"] > 0.9
    shutil.rmtree(away)
    texts = ["Gina Field went to Quito .", "Lima " * 200]
    model = load_model(folder)
    expected = list(model.predict(texts, {}))
    assert [entity["text"] for entity in expected[0]["entities"]] == ["Gina Field", "Quito"]
    assert model.export_onnx(folder / "model.onnx") < 1e-4
    code = (
        "import sys, json; from pathlib import Path\n"
        "from reelwright.learn.kinds import load_model\n"
        "found = list(load_model(Path(sys.argv[1])).predict(sys.argv[2:], {}))\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
        "print(json.dumps(found))"
    )
    command = [sys.executable, "-c", code, str(folder), *texts]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(told.stdout)
    for one, other in zip(expected, found, strict=True):
        places = [(e["start"], e["end"], e["label"]) for e in one["entities"]]
        assert places == [(e["start"], e["end"], e["label"]) for e in other["entities"]]
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match="tokeniser is missing"):
        list(load_model(folder).predict(["Ada"], {}))


def test_a_folder_without_weights_is_no_encoder(encoder: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(encoder, tmp_path / "broken")
    (broken / "model.safetensors").unlink()
    with pytest.raises(InputError, match="does not load"):
        load_encoder(str(broken), 0)
