"""A tagger on top of a Hugging Face encoder, here a tiny one with first weights."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel

from reelwright.core.errors import InputError, ModelError
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model
from reelwright.learn.tagger.encoders import load_encoder, open_cutter
from reelwright.learn.tagger.kind import Tagger
from reelwright.learn.tagger.settings import TaggerSettings
from tagging import FIRST, LAST, PLACES, SMALL, write_columns


def _write_encoder(folder: Path) -> Path:
    """A BERT of two layers of 16 numbers, and a tokeniser of word pieces."""
    folder.mkdir()
    words = ["went", "to", "in", "slept", "it", "rained", "all", "day", ".", ","]
    names = [word.lower() for word in (*FIRST, *LAST, *PLACES)]
    letters = [mark + chr(code) for code in range(97, 123) for mark in ("", "##")]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words, *names[::2], *letters]
    known = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(known, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    marks = {f"{name}_token": f"[{name.upper()}]" for name in ("pad", "unk", "cls", "sep")}
    told = {"tokenizer_class": "PreTrainedTokenizerFast", **marks}
    (folder / "tokenizer_config.json").write_text(json.dumps(told))
    config = BertConfig(
        vocab_size=len(known), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=32, max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write_encoder(tmp_path_factory.mktemp("encoders") / "tiny")


def test_words_are_cut_one_by_one_and_frozen_parts_stay(encoder: Path) -> None:
    found = load_encoder(str(encoder), 1)
    cut = open_cutter(found.tokenizer)
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
