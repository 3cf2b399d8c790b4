"""A classifier from rows to labels: learnt, judged, saved, exported, resumed, and refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from labelled import SMALL, WORDS, make_rows, open_model, train, write_rows
from reelwright.core.errors import DataError, InputError, ModelError
from reelwright.core.progress import Silent
from reelwright.learn.classifier import teaching
from reelwright.learn.classifier.kind import Classifier
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.kind import Run


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("data") / "train.jsonl", make_rows(400, 1))


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("dev") / "dev.jsonl", make_rows(150, 2))


@pytest.fixture(scope="module")
def linear(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    return train(data, tmp_path_factory.mktemp("models") / "linear")


@pytest.fixture(scope="module")
def neural(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    return train(data, tmp_path_factory.mktemp("models") / "neural", **SMALL)


@pytest.fixture(params=["linear", "neural"])
def model(request: pytest.FixtureRequest) -> Classifier:
    return request.getfixturevalue(request.param)


def test_it_learns_and_is_judged(model: Classifier, dev: Path) -> None:
    report = model.evaluate([dev], Silent()).as_json()
    assert report["accuracy"] > 0.97
    assert report["macro_f1"] > 0.97
    assert report["ece"] < 0.1
    assert [row["label"] for row in report["labels"]] == ["bad", "good", "plain"]
    assert sum(row["support"] for row in report["labels"]) == report["texts"] == 150
    assert 0 <= report["coverage"] <= 1
    assert model.decider.threshold == 0
    assert "notes" not in report


def test_a_linear_model_tells_what_was_tried(linear: Classifier) -> None:
    lines = (linear.folder / "log.jsonl").read_text("utf-8").splitlines()
    *tried, last = map(json.loads, lines)
    assert {row["view"] for row in tried} == {1, 2, 3}
    assert all(row["loss"] > 0 < row["strength"] for row in tried)
    assert [row["step"] for row in tried] == [*range(1, len(tried) + 1)]
    assert last["macro_f1"] == json.loads((linear.folder / "scores.json").read_text())["macro_f1"]
    assert list((linear.folder / "events").iterdir())


def test_the_network_by_itself_learns_too(neural: Classifier, dev: Path) -> None:
    rows = [json.loads(line) for line in dev.read_text("utf-8").splitlines()]
    assert neural.model.reader
    guess = neural.model.reader.score([row["text"] for row in rows]).argmax(0)
    names = neural.model.labels.names
    assert np.mean([names[g] == row["label"] for g, row in zip(guess, rows, strict=True)]) > 0.9


def test_a_label_comes_with_probabilities_that_sum_to_one(model: Classifier) -> None:
    found = next(model.predict(["这家店 很好 lovely"], {}))
    assert list(found) == ["text", "label", "probability", "abstain", "probabilities"]
    assert found["label"] == "good"
    assert found["probability"] == found["probabilities"]["good"] > 0.8
    assert abs(sum(found["probabilities"].values()) - 1) < 1e-5
    assert not found["abstain"]


def test_a_threshold_asked_for_holds_and_other_options_do_not(linear: Classifier) -> None:
    sure, unsure = linear.predict(["很好 lovely", "这家店"], {"threshold": "0.9"})
    assert (sure["abstain"], unsure["abstain"]) == (False, True)
    with pytest.raises(InputError, match="no number from 0 to 1"):
        list(linear.predict(["x"], {"threshold": "2"}))
    with pytest.raises(InputError, match='"treshold" is no option') as error:
        list(linear.predict(["x"], {"treshold": "0.5"}))
    assert "threshold" in str(error.value.hint)


def test_empty_texts_and_control_characters_get_no_sure_label(model: Classifier) -> None:
    odd = ["", " \n\t ", "\x00\x07很好\ud800", "很好\n\nlovely", "\U0001f600" * 3]
    found = list(model.predict(odd, {}))
    assert [f["text"] for f in found] == odd
    assert [f["abstain"] for f in found[:2]] == [True, True]
    assert all(np.isfinite(f["probability"]) for f in found)
    assert found[2]["label"] == found[3]["label"] == "good"
    assert list(model.predict([], {})) == []


def test_neither_company_nor_order_change_what_is_said(model: Classifier) -> None:
    texts = [row["text"] for row in make_rows(60, 5)]
    together = [f["probability"] for f in model.predict(texts, {})]
    backwards = [f["probability"] for f in model.predict(texts[::-1], {})][::-1]
    alone = [next(model.predict([text], {}))["probability"] for text in texts]
    np.testing.assert_allclose(together, backwards, atol=2e-6)
    np.testing.assert_allclose(together, alone, atol=2e-6)


def test_case_width_and_spaces_change_nothing(linear: Classifier) -> None:
    one, other = linear.predict(["GREAT  day", " great\tday "], {})
    assert one["probabilities"] == other["probabilities"]


@pytest.mark.parametrize("settings", [{}, SMALL | {"epochs": 1}], ids=["linear", "neural"])
def test_the_same_rows_give_the_same_bytes(
    settings: dict[str, Any], data: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        train(data, tmp_path / name, **settings)
    for file in ("weights.safetensors", "config.json", "scores.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_probabilities_are_honest_and_labels_withheld_where_texts_lie(tmp_path: Path) -> None:
    data = write_rows(tmp_path / "noisy.jsonl", make_rows(1500, 3, noise=0.3))
    dev = write_rows(tmp_path / "noisy-dev.jsonl", make_rows(1000, 4, noise=0.3))
    model = train(data, tmp_path / "model", sure=0.75)
    report = model.evaluate([dev], Silent()).as_json()
    assert 0.7 < report["accuracy"] < 0.85
    assert report["ece"] < 0.08
    assert report["accuracy_when_said"] >= report["accuracy"] - 0.01
    never = train(data, tmp_path / "never", sure=1.0)
    assert all(found["abstain"] for found in never.predict(["很好"], {}))
    always = train(data, tmp_path / "always", sure=0.0)
    assert always.evaluate([dev], Silent()).values["coverage"] == 1.0


def test_texts_beyond_memory_are_learnt_in_shards(
    data: Path, dev: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = sum(len(row["text"]) for row in make_rows(400, 1))
    monkeypatch.setattr(teaching, "SHARD", held // 3)
    seen: list[int] = []
    count = teaching.count_features
    monkeypatch.setattr(
        teaching, "count_features", lambda texts, f: (seen.append(len(texts)), count(texts, f))[1]
    )
    # All rows of one label come first: a shard is none of the file's stretches.
    rows = sorted(map(json.loads, data.read_text("utf-8").splitlines()), key=lambda r: r["label"])
    model = train(write_rows(tmp_path / "sorted.jsonl", rows), tmp_path / "model")
    assert max(seen) <= 100
    assert model.evaluate([dev], Silent()).as_json()["accuracy"] > 0.97
    assert json.loads((model.folder / "scores.json").read_text())["accuracy"] > 0.9


def test_rare_labels_are_found_when_they_are_favoured(tmp_path: Path) -> None:
    rows = [r for n, r in enumerate(make_rows(900, 6, 0.3)) if r["label"] != "bad" or n % 12 == 0]
    data = write_rows(tmp_path / "uneven.jsonl", rows)
    dev = write_rows(tmp_path / "dev.jsonl", make_rows(300, 7, 0.3))
    recalls = []
    for balance in (0.0, 1.0):
        report = train(data, tmp_path / str(balance), balance=balance).evaluate([dev], Silent())
        recalls.append(next(r["recall"] for r in report.tables["labels"] if r["label"] == "bad"))
    assert recalls[1] > recalls[0]


def test_onnx_gives_the_same_and_needs_no_torch(
    model: Classifier, dev: Path, tmp_path: Path
) -> None:
    texts = [json.loads(line)["text"] for line in dev.read_text("utf-8").splitlines()][:40]
    before = [found["probabilities"] for found in model.predict(texts, {})]
    path = model.folder / "model.onnx"
    try:
        assert model.export_onnx(path) < 1e-4
        script = (
            "import json, sys; from pathlib import Path; from reelwright.learn.kinds import "
            "load_model; model = load_model(Path(sys.argv[1]), 'classifier'); "
            "told = [f['probabilities'] for f in model.predict(json.load(sys.stdin), {})]; "
            "assert 'torch' not in sys.modules; print(json.dumps(told))"
        )
        command = [sys.executable, "-c", script, str(model.folder)]
        ran = subprocess.run(
            command, input=json.dumps(texts), capture_output=True, text=True, check=True
        )
        assert model.export_onnx(tmp_path / "again.onnx") < 1e-4
    finally:
        path.unlink(missing_ok=True)
    for one, other in zip(before, json.loads(ran.stdout), strict=True):
        np.testing.assert_allclose(list(one.values()), list(other.values()), atol=1e-4)


def test_the_linear_onnx_file_is_all_that_follows_hashing(
    linear: Classifier, tmp_path: Path
) -> None:
    from reelwright.learn.classifier.features import count_features
    from reelwright.learn.session import Session

    text = "今天 很好 很好 report"
    linear.export_onnx(tmp_path / "model.onnx")
    vocabulary = linear.model.linear.vocabulary
    counts = count_features([text], vocabulary.families)
    found = vocabulary.places[counts.hashes]
    features = np.append(found[found >= 0], [len(vocabulary.hashes)] * 3)[None].astype(np.int64)
    times = np.append(counts.times[found >= 0], [1, 1, 1])[None].astype(np.float32)
    told = Session(tmp_path / "model.onnx").run(features=features, times=times)
    np.testing.assert_allclose(told["probabilities"], linear.model.read([text]), atol=1e-5)


class Stop(Exception):
    pass


def test_resumed_after_a_stop_it_ends_with_the_same_weights(data: Path, tmp_path: Path) -> None:
    settings = ClassifierSettings(**{**SMALL, "epochs": 3})
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    Classifier.train([data], settings, Run(whole, device="cpu"))
    told: list[int] = []

    def stop(step: int, value: float) -> None:
        told.append(step)
        if len(told) == 2:
            raise Stop

    with pytest.raises(Stop):
        Classifier.train([data], settings, Run(parted, device="cpu", judged=stop))
    assert not (parted / "config.json").exists()
    Classifier.train([data], settings, Run(parted, device="cpu", resume=True))
    weights = [folder / "weights.safetensors" for folder in (whole, parted)]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_labels_unseen_in_training_are_told_and_count_as_wrong(
    linear: Classifier, tmp_path: Path
) -> None:
    rows = [*make_rows(20, 8), {"text": "很好", "label": "odd"}]
    report = linear.evaluate([write_rows(tmp_path / "odd.jsonl", rows)], Silent()).as_json()
    assert report["accuracy"] <= 20 / 21
    assert "odd" in report["notes"][0]
    with pytest.raises(DataError, match="none of the labels"):
        linear.evaluate([write_rows(tmp_path / "all.jsonl", rows[-1:])], Silent())


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"text": f"t{n}", "label": "one"} for n in range(30)], "all rows have one label"),
        ([{"text": "a", "label": "x"}, {"text": "b", "label": "y"}], "too few texts"),
        ([{"text": "a", "label": ["x", "y"]}], r'"label" is no text but a list'),
        ([{"text": "", "label": "x"}], r'"text" is empty'),
        ([{"text": "a\x01", "label": "x"}], r"U\+0001"),
        ([{"text": "a", "tag": "x"}], r'no column "label"'),
    ],
)
def test_rows_that_cannot_be_learnt_are_refused(
    rows: list[dict[str, Any]], message: str, tmp_path: Path
) -> None:
    data = write_rows(tmp_path / "rows.jsonl", rows)
    with pytest.raises(DataError, match=message):
        Classifier.train([data], ClassifierSettings(), Run(tmp_path / "model"))
    assert not (tmp_path / "model").exists()


def test_texts_with_two_labels_are_noted_on_the_card(data: Path, tmp_path: Path) -> None:
    rows = [*make_rows(200, 9), *({"text": "一样", "label": name} for name in WORDS)]
    model = train(write_rows(tmp_path / "rows.jsonl", rows), tmp_path / "model")
    card = (model.folder / "card.md").read_text("utf-8")
    assert "occur with several labels: 1." in card


def test_two_labels_and_every_family_of_features(tmp_path: Path) -> None:
    rows = [row for row in make_rows(400, 10) if row["label"] != "plain"]
    data = write_rows(tmp_path / "two.jsonl", rows)
    model = train(data, tmp_path / "model", grams=4, gaps=3, strength=20)
    told = [found["label"] for found in model.predict(["很差 awful", "很好 great"], {})]
    assert told == ["bad", "good"]
    assert model.export_onnx(tmp_path / "two.onnx") < 1e-4


@pytest.mark.parametrize("missing", ["linear.rarity", "linear.present"])
def test_weights_that_do_not_fit_are_told(missing: str, linear: Classifier, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    for name in ("config.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((linear.folder / name).read_bytes())
    weights = load_file(str(tmp_path / "weights.safetensors"))
    weights[missing] = weights[missing][..., :5].copy()
    save_file(weights, str(tmp_path / "weights.safetensors"))
    with pytest.raises(ModelError, match="do not fit its config"):
        list(open_model(tmp_path).predict(["x"], {}))
