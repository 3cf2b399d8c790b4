"""A linear-chain CRF with the usual window features: the peer of the tagger, run in its own venv.

    python peer_crf.py TRAIN.json DEV.json

Each file is a list of sentences, each [tokens, IOB2 tags]. Prints {"tags": …, "seconds": …}: the
predicted tags of each sentence of DEV, and the processor seconds that learning took.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import pycrfsuite


def features(tokens: list[str]) -> list[list[str]]:
    """Unigrams of five places, bigrams of four, forms; for words also affixes."""

    def at(place: int) -> str:
        return tokens[place] if 0 <= place < len(tokens) else "<>"

    rows = []
    for place, token in enumerate(tokens):
        row = [f"{step}={at(place + step)}" for step in (-2, -1, 0, 1, 2)]
        row += [f"{step}+={at(place + step)}{at(place + step + 1)}" for step in (-2, -1, 0, 1)]
        row += [f"x={at(place - 1)}{at(place + 1)}"]
        row += [f"{step}~{form(at(place + step))}" for step in (-1, 0, 1)]
        if len(token) > 1:
            row += [f"<{token[:n]}" for n in (1, 2, 3)] + [f">{token[-n:]}" for n in (1, 2, 3)]
        rows.append(row)
    return rows


def form(token: str) -> str:
    """Which kinds of letters a token has."""
    kinds = (str.isdigit, str.isupper, str.islower, str.isalpha, str.istitle)
    return "".join(str(int(kind(token))) for kind in kinds)


def main() -> None:
    train, dev = (json.loads(Path(path).read_text("utf-8")) for path in sys.argv[1:3])
    began = time.process_time()
    trainer = pycrfsuite.Trainer(verbose=False)
    for tokens, tags in train:
        trainer.append(features(tokens), tags)
    trainer.set_params({"c1": 0.1, "c2": 0.05, "max_iterations": 150})
    with tempfile.NamedTemporaryFile(suffix=".crf") as file:
        trainer.train(file.name)
        seconds = time.process_time() - began
        tagger = pycrfsuite.Tagger()
        tagger.open(file.name)
        tags = [tagger.tag(features(tokens)) for tokens, _ in dev]
    print(json.dumps({"tags": tags, "seconds": seconds}))


if __name__ == "__main__":
    main()
