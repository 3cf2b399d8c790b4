"""Sequences: bits a character and speed against torch.nn.LSTM written plainly, the composer against
its rules, and whether a model of titles knows its channel's.

The text is that of the topics in Python's own documentation, which every Python carries
(`pydoc_data.topics`; licence PSF-2.0): 300,000 characters of it, the last tenth held out.
"""

from __future__ import annotations

import csv
import json
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import torch
from figures import Bench, Figure
from torch import nn
from torch.nn import functional

from reelwright.learn.kind import Run
from reelwright.learn.sequence.kind import Sequence as Model
from reelwright.learn.sequence.kind import SequenceSettings, load

CHARACTERS, EPOCHS, BATCH, SPAN, EMBED, WIDTH = 300_000, 4, 16, 128, 64, 192
RATE, PLAIN_RATE = 2e-2, 1e-2
"""A rate that falls along a cosine may begin higher than one that stays."""
CHANNELS, LEAST = 8, 12


def sequence(bench: Bench) -> list[Figure]:
    """Bits a character, and processor time of as many steps on windows of the same size."""
    text = the_text()
    path = bench.work / "topics.txt"
    path.write_text(text)
    settings = SequenceSettings(
        epochs=EPOCHS, batch=BATCH, span=SPAN, embed=EMBED, width=WIDTH, rate=RATE
    )
    # Whatever torch does once, it does here, for nobody's account.
    Model.train(
        [path], settings.model_copy(update={"width": 8, "epochs": 1}), Run(bench.work / "w")
    )
    theirs, ours = [], []
    for _ in range(bench.repeat):
        plain_bits, plain_seconds = plainly(text)
        theirs.append(plain_seconds)
        before = time.process_time()
        scores = Model.train([path], settings, Run(bench.work / "topics", device="cpu"))
        ours.append(time.process_time() - before)
    seconds, plain_seconds = min(ours), min(theirs)
    bits = scores["bits_per_character"]
    what = f"{CHARACTERS:,} characters of Python's topics, {EPOCHS} epochs"
    return [
        Figure("sequence", f"bits a character, {what}", bits / plain_bits, 1.05, ours=f"{bits:.3f}",
               against=f"{plain_bits:.3f} by torch.nn.LSTM written plainly"),
        Figure("sequence", "processor time of the training", seconds / plain_seconds, 1.0,
               ours=f"{seconds:.0f} s", against=f"{plain_seconds:.0f} s"),
    ]  # fmt: skip


def the_text() -> str:
    """The stated text."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))[:CHARACTERS]


def plainly(text: str) -> tuple[float, float]:
    """An embedding, torch.nn.LSTM and a projection in the loop that everybody writes: Adam, clipped
    gradients, state carried from window to window. Bits a character, and processor seconds."""
    begun = time.process_time()
    torch.manual_seed(0)
    at = round(len(text) * 0.9)
    letters = {letter: n for n, letter in enumerate(sorted(set(text)))}
    numbers = torch.tensor([letters[letter] for letter in text])
    embed, cell = nn.Embedding(len(letters), EMBED), nn.LSTM(EMBED, WIDTH, batch_first=True)
    out = nn.Linear(WIDTH, len(letters))
    parameters = [*embed.parameters(), *cell.parameters(), *out.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=PLAIN_RATE)

    def windows(part: torch.Tensor) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        streams = part[: len(part) // BATCH * BATCH].view(BATCH, -1)
        for start in range(0, streams.shape[1] - 1, SPAN):
            window = streams[:, start : start + SPAN + 1]
            yield window[:, :-1], window[:, 1:]

    def judge() -> float:
        total, count, state = 0.0, 0, None
        with torch.no_grad():
            for given, wanted in windows(numbers[at:]):
                seen, state = cell(embed(given), state)
                loss = functional.cross_entropy(out(seen).flatten(0, 1), wanted.flatten())
                total, count = total + loss.item() * wanted.numel(), count + wanted.numel()
        return total / count / math.log(2)

    best = math.inf
    for _ in range(EPOCHS):
        state = None
        for given, wanted in windows(numbers[:at]):
            seen, state = cell(embed(given), state)
            state = tuple(part.detach() for part in state)
            loss = functional.cross_entropy(out(seen).flatten(0, 1), wanted.flatten())
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
        best = min(best, judge())
    return best, time.process_time() - begun


def composer(bench: Bench) -> list[Figure]:
    """What the composer's tunes are worth against those by rule, and how long one takes."""
    from reelwright.create.music import moods
    from reelwright.create.music.arrange import plan_piece
    from reelwright.create.music.measures import Facts, measure, worth
    from reelwright.create.music.melody import sing
    from reelwright.create.music.theory import SCALES

    found: dict[str, list[Facts]] = {"composer": [], "rules": []}
    kinds: dict[str, set[object]] = {"composer": set(), "rules": set()}
    seconds = []
    for mood in moods().values():
        for seed in range(12):
            before = time.process_time()
            plan = plan_piece(mood, seed, 48000 * 60)
            seconds.append(time.process_time() - before)
            chords = [chord.classes for chord in plan.phrase]
            scale = tuple((plan.tonic + step) % 12 for step in SCALES[mood.scale])
            ruled = [sing(plan.motif, n % 4, chord, scale) for n, chord in enumerate(chords)]
            for name, bars in (("composer", plan.tune), ("rules", ruled)):
                found[name].append(measure(bars, chords))
                kinds[name].add(tuple(tuple((t.step, t.length) for t in bar) for bar in bars))
    for name, facts in found.items():
        means = {
            key: statistics.mean(float(getattr(fact, key)) for fact in facts)
            for key in Facts.__dataclass_fields__
        }
        told = ", ".join(f"{key} {value:.2f}" for key, value in means.items())
        bench.say(f"{name}: {told}; {len(kinds[name])} rhythms of {len(facts)}")
    ours, theirs = (statistics.mean(map(worth, found[name])) for name in ("composer", "rules"))
    return [
        Figure("sequence-composer", "worth of a tune", ours / theirs, 1.0, least=True,
               ours=f"{ours:.2f}", against=f"{theirs:.2f} by rule"),
        Figure("sequence-composer", "a minute's tune and beats", statistics.median(seconds), 0.3,
               unit="s", ours="median of all moods"),
    ]  # fmt: skip


def titles(bench: Bench) -> list[Figure]:
    """Does a model of a channel's titles know them from its own words shuffled, and from titles of
    other channels? Share of pairs told right; chance is one half."""
    assert bench.shared is not None
    channels = _channels(bench.shared / "youtube-trending-2017")
    names = sorted(channels, key=lambda name: (-len(channels[name]), name))[:CHANNELS]
    shuffled: list[bool] = []
    strange: list[bool] = []
    for index, name in enumerate(names):
        own = channels[name]
        Random(index).shuffle(own)
        held = own[: len(own) // 4]
        rows = bench.work / "titles.jsonl"
        rows.write_text("".join(json.dumps({"text": t}) + "\n" for t in own[len(held) :]))
        settings = SequenceSettings(
            epochs=30, batch=8, span=100, embed=32, width=96, rate=5e-3, dropout=0.3, patience=4
        )
        folder = bench.work / f"titles-{index}"
        Model.train([rows], settings, Run(folder, device="cpu"))
        model = load(folder)
        others = [t for other in names if other != name for t in channels[other]][: 4 * len(held)]
        true = model.perplexities(held)
        shuffled += _won(true, model.perplexities([_shuffled(t, index) for t in held]), True)
        strange += _won(true, model.perplexities(others), False)
        bench.say(f"{name}: {len(own)} titles, {len(held)} held out")
    return [
        Figure("sequence-titles", "a title known from its words shuffled", _mean(shuffled), 0.5,
               unit="", ours=f"{len(shuffled)} pairs", least=True),
        Figure("sequence-titles", "a title known from another channel's", _mean(strange), 0.5,
               unit="", ours=f"{len(strange)} pairs", least=True),
    ]  # fmt: skip


def _channels(folder: Path) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            for row in csv.DictReader(file):
                if row.get("title") and row.get("channel_title"):
                    found[row["channel_title"]][row["title"].strip()] = None
    return {name: list(own) for name, own in found.items() if len(own) >= LEAST}


def _shuffled(text: str, seed: int) -> str:
    words = text.split()
    Random(f"{seed} {text}").shuffle(words)
    return " ".join(words)


def _won(true: Sequence[float], false: Sequence[float], paired: bool) -> list[bool]:
    if paired:
        return [a < b for a, b in zip(true, false, strict=True) if a != b]
    return [a < b for a in true for b in false]


def _mean(found: Sequence[bool]) -> float:
    return sum(found) / max(1, len(found))
