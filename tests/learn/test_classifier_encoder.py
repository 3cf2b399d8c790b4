"""A classifier with a tuned Hugging Face encoder, here a tiny one that begins as chance."""

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelled import train, write_rows
from reelwright.core.errors import InputError, ModelError, SettingError
from reelwright.core.progress import Silent
from reelwright.learn.classifier.kind import Classifier
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.given import read_settings
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model
from tiny_encoder import write_encoder

WORDS = {
    "good": ["great", "lovely", "happy", "best"],
    "bad": ["awful", "broken", "sad", "worst"],
    "plain": ["report", "station", "meeting", "street"],
}
FILLERS = ["the", "day", "and", "so", "room", "book", "we", "it"]
SMALL: dict[str, Any] = {"epochs": 8, "batch": 16, "rate": 1e-2, "encoder_rate": 0.3, "ema": 0.9}


def make_rows(count: int, seed: int) -> list[dict[str, str]]:
    rng = random.Random(seed)
    rows: list[dict[str, str]] = []
    for number in range(count):
        label = rng.choice(list(WORDS))
        words = rng.choices(FILLERS, k=rng.randint(1, 6)) + rng.choices(WORDS[label], k=2)
        rng.shuffle(words)
        rows.append({"text": f"{' '.join(words)} {number % 97}", "label": label})
    return rows


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = [*FILLERS, *(word for own in WORDS.values() for word in own[:3])]
    return write_encoder(tmp_path_factory.mktemp("encoders") / "tiny", words)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("data") / "train.jsonl", make_rows(400, 1))


@pytest.fixture(scope="module")
def model(encoder: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    folder = tmp_path_factory.mktemp("models")
    away = shutil.copytree(encoder, folder / "encoder")
    made = train(data, folder / "model", encoder=str(away), **SMALL)
    # The model stands alone.
    shutil.rmtree(away)
    return made


def test_it_learns_is_judged_and_says_of_what_it_was_made(
    model: Classifier, tmp_path: Path
) -> None:
    rows = make_rows(150, 2)
    report = model.evaluate([write_rows(tmp_path / "dev.jsonl", rows)], Silent()).as_json()
    assert report["accuracy"] > 0.97
    assert model.model.reader
    own = model.model.reader.score([row["text"] for row in rows]).argmax(0)
    names = model.model.labels.names
    assert np.mean([names[g] == row["label"] for g, row in zip(own, rows, strict=True)]) > 0.85
    # Three linear views, and the encoder.
    assert len(model.decider.factors) == 4
    card = (model.folder / "card.md").read_text("utf-8")
    assert "encoder's own licence" in card
    assert "nearly the same as a training text" in card


def test_odd_and_long_texts_get_an_answer_and_company_changes_none(model: Classifier) -> None:
    texts = ["great day", "", "\x00\ud800", "很好", "so awful " * 400, "lovely room"]
    together = [found["probability"] for found in model.predict(texts, {})]
    alone = [next(model.predict([text], {}))["probability"] for text in texts]
    np.testing.assert_allclose(together, alone, atol=5e-6)
    assert next(model.predict(texts[:1], {}))["label"] == "good"
    assert next(model.predict(texts[1:2], {}))["abstain"]


def test_onnx_gives_the_same_without_torch_and_transformers(model: Classifier) -> None:
    texts = [row["text"] for row in make_rows(30, 3)] + ["", "best " * 300]
    before = [list(found["probabilities"].values()) for found in model.predict(texts, {})]
    path = model.folder / "model.onnx"
    script = (
        "import json, sys; from pathlib import Path; from reelwright.learn.kinds import "
        "load_model; model = load_model(Path(sys.argv[1]), 'classifier'); "
        "told = [list(f['probabilities'].values()) for f in model.predict(sys.argv[2:], {})]; "
        "assert not {'torch', 'transformers'} & set(sys.modules); print(json.dumps(told))"
    )
    try:
        assert model.export_onnx(path) < 1e-4
        command = [sys.executable, "-c", script, str(model.folder), *texts]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
    finally:
        path.unlink(missing_ok=True)
    np.testing.assert_allclose(before, json.loads(ran.stdout), atol=1e-4)


class Stop(Exception):
    pass


def test_resumed_after_a_stop_it_ends_with_the_same_weights(
    encoder: Path, data: Path, tmp_path: Path
) -> None:
    settings = ClassifierSettings.model_validate({**SMALL, "encoder": str(encoder), "epochs": 2})
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    Classifier.train([data], settings, Run(whole, device="cpu"))

    def stop(step: int, value: float) -> None:
        raise Stop

    with pytest.raises(Stop):
        Classifier.train([data], settings, Run(parted, device="cpu", judged=stop))
    Classifier.train([data], settings, Run(parted, device="cpu", resume=True))
    weights = [folder / "weights.safetensors" for folder in (whole, parted)]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_layers_that_are_frozen_stay_as_they_were(
    encoder: Path, data: Path, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file

    model = train(
        data, tmp_path / "model", **{**SMALL, "encoder": str(encoder), "frozen": 1, "epochs": 1}
    )
    before = load_file(str(encoder / "model.safetensors"))
    after = load_file(str(model.folder / "weights.safetensors"))
    same = {
        name: np.array_equal(value, after[f"network.encoder.{name}"])
        for name, value in before.items()
        if not name.startswith("pooler")
    }
    assert same["encoder.layer.0.attention.self.query.weight"]
    assert same["embeddings.word_embeddings.weight"]
    assert not same["encoder.layer.1.attention.self.query.weight"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: shutil.rmtree(folder), "no config.json"),
        (lambda folder: (folder / "config.json").write_text("{}"), "does not load"),
        (lambda folder: (folder / "model.safetensors").unlink(), "does not load"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"cut"), "does not load"),
        (lambda folder: _shrink(folder / "config.json"), "does not load|of two encoders"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "does not load|tokeniser"),
    ],
)
def test_a_folder_that_holds_no_whole_encoder_is_told_before_anything_is_learnt(
    change: Callable[[Path], object], message: str, encoder: Path, data: Path, tmp_path: Path
) -> None:
    broken = shutil.copytree(encoder, tmp_path / "broken")
    change(broken)
    settings = ClassifierSettings(encoder=str(broken))
    with pytest.raises(InputError, match=message) as error:
        Classifier.train([data], settings, Run(tmp_path / "model", device="cpu"))
    assert error.value.where == str(broken)
    assert "tokenizer.json is expected" in str(error.value.hint)
    assert not (tmp_path / "model").exists()


def _shrink(path: Path) -> None:
    config = json.loads(path.read_text())
    path.write_text(json.dumps({**config, "vocab_size": 10}))


def test_a_model_whose_tokeniser_is_lost_or_cut_is_damaged(
    model: Classifier, tmp_path: Path
) -> None:
    copy = shutil.copytree(model.folder, tmp_path / "copy")
    for text in ('{"version": "1.0", "mod', "{}", None):
        (copy / "tokenizer.json").unlink()
        if text is not None:
            (copy / "tokenizer.json").write_text(text)
        with pytest.raises(ModelError, match="tokeniser is missing or damaged"):
            list(load_model(copy).predict(["x"], {}))


def test_an_encoder_asks_for_the_network_and_for_its_own_defaults(tmp_path: Path) -> None:
    wanted = read_settings(ClassifierSettings, ["encoder=some", "epochs=2"], "classifier")
    assert (wanted.model, wanted.epochs, wanted.dropout) == ("neural", 2, 0.1)
    assert read_settings(ClassifierSettings, [], "classifier").dropout == 0.4
    with pytest.raises(SettingError):
        read_settings(ClassifierSettings, ["encoder=some", "model=linear"], "classifier")


def test_the_command_line_takes_a_folder(
    reel: Callable[..., tuple[int, str, str]], encoder: Path, tmp_path: Path
) -> None:
    data = write_rows(tmp_path / "rows.jsonl", make_rows(80, 4))
    out = tmp_path / "model"
    common = ["train", "classifier", "--data", str(data), "--out", str(out)]
    code, _, told = reel(*common, "--encoder", str(tmp_path / "none"))
    assert code
    assert "holds no encoder" in told
    more = ["--set", "epochs=1", "--device", "cpu", "--json"]
    code, said, _ = reel(*common, "--encoder", str(encoder), *more)
    assert code == 0
    assert "macro_f1" in json.loads(said)["scores"]
    assert (out / "tokenizer.json").is_file()
