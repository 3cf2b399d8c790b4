"""The kind `sequence`: what goes on from what was said, over characters, words or music."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Sequence as Many
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np
from pydantic import Field, model_validator

from reelwright.core.errors import DataError, InputError, ModelError
from reelwright.core.extras import library
from reelwright.core.progress import Progress
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.folder import EXPORTED, Card, Config, read_config, read_weights, save_model
from reelwright.learn.kind import FitSettings, Kind, Report, Run
from reelwright.learn.sequence.coding import Coder
from reelwright.learn.sequence.judging import Item, score, surprise
from reelwright.learn.sequence.options import Asked, read_options
from reelwright.learn.sequence.sampling import Taste
from reelwright.learn.sequence.stepping import NumpyStepper, OnnxStepper, Shape, Stepper
from reelwright.learn.sequence.tape import Tape, open_tape
from reelwright.learn.sequence.tokens import (
    EDGE,
    UNKNOWN,
    Unit,
    Vocabulary,
    cut,
    join,
)
from reelwright.learn.sequence.writing import write

_STAGE = "judge"


class SequenceSettings(FitSettings):
    """What a sequence model is made with."""

    cell: str = Field(default="lstm", pattern="^(rnn|gru|lstm|transformer)$")
    tokens: Unit = "characters"
    width: int = Field(default=256, ge=2, le=8192)
    """Numbers in a layer's state."""
    embed: int = Field(default=64, ge=1, le=8192)
    """Numbers in a token's vector; a Transformer's is as wide as its layers."""
    layers: int = Field(default=1, ge=1, le=48)
    heads: int = Field(default=4, ge=1, le=128)
    """Of a Transformer's attention."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    span: int = Field(default=128, ge=2, le=65536)
    """Tokens in a window: how far back a cell learns to look, and a Transformer sees."""
    least: int = Field(default=1, ge=1)
    """How often a token must occur to be learnt."""
    most: int = Field(default=50_000, ge=2)
    """Tokens learnt at most, the most frequent ones."""
    held_out: float = Field(default=0.1, gt=0, lt=1)
    """The part of the data that judges: rows by their hash, the end of each running text."""
    rate: float = Field(default=1e-2, gt=0, le=10)
    """See `FitSettings`; a Transformer's is 3e-3 unless it is said."""

    @model_validator(mode="before")
    @classmethod
    def _slower(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("cell") == "transformer":
            return {"rate": 3e-3, **values}
        return values

    @model_validator(mode="after")
    def _divides(self) -> SequenceSettings:
        if self.cell == "transformer" and self.width % (2 * self.heads):
            raise ValueError("width must be an even multiple of heads")
        return self


class Sequence(Kind):
    """A model of what follows: P(y) = Π P(y_t | y_<t, x)."""

    name = "sequence"
    version = 1
    uses = "composes the music under videos; ranks and proposes titles and hooks"
    goal = "perplexity"
    higher = False
    Settings = SequenceSettings
    space: ClassVar[Mapping[str, Many[Any] | tuple[float, float]]] = {
        "rate": (3e-4, 1e-2),
        "width": [128, 256, 512],
        "layers": [1, 2],
        "dropout": [0.0, 0.1, 0.3],
    }

    def __init__(self, folder: Path, config: Config) -> None:
        super().__init__(folder, config)
        self.wanted = SequenceSettings.model_validate(config.settings)

    @classmethod
    def train(cls, data: Many[Path], settings: Any, run: Run) -> dict[str, float]:
        """See `Kind.train`. A text's last tenth (or `held_out`) judges, or every tenth row."""
        library("torch", extra="learn")
        from reelwright.learn.devices import seed_everything
        from reelwright.learn.sequence.learning import Learning, check_amount
        from reelwright.learn.trainer import fit
        from reelwright.learn.weights import weights_of

        wanted = cast(SequenceSettings, settings)
        with open_tape(data, wanted.tokens, wanted.seed, run.folder) as tape:
            train, held_out = tape.split(wanted.held_out)
            vocabulary = tape.count(train, wanted.least, wanted.most)
            conditions = tuple(sorted({span.condition for span in train} - {""}))
            coder = Coder(vocabulary, conditions)
            learnt, judged = tape.encode([train, held_out], coder)
            check_amount(learnt, judged)
            notes = tape.tell_leaks(train, held_out)
            for note in notes:
                run.progress.say(note)
            seed_everything(wanted.seed)
            network = build(wanted, len(vocabulary), len(conditions) + 1)
            task = Learning(network, learnt, judged, wanted.batch, wanted.span, wanted.seed)
            fit(task, wanted, run, fingerprint(cls.name, wanted, data))
            weights = weights_of(network)
            stepper = NumpyStepper(weights, shape_of(wanted))
            scores = score(stepper, judged, tape.characters(held_out))
            card = _card(data, tape, wanted, run, notes)
        facts = {"vocabulary": list(vocabulary.tokens), "conditions": list(conditions)}
        save_model(run.folder, cls.name, cls.version, wanted, facts, weights, scores, card)
        return scores

    def evaluate(self, data: Many[Path], progress: Progress) -> Report:
        """Perplexity, and bits a character, of all that is in the data.

        Values: `perplexity` (of a token, ends of pieces counted), `bits_per_token`,
        `bits_per_character` (no music), `tokens`, `characters`, `unknown` (share of tokens).
        Table: `conditions`, where there are any.
        """
        with open_tape(data, self.wanted.tokens, self.wanted.seed) as tape:
            return self._judge(tape, data, progress)

    def _judge(self, tape: Tape, data: Many[Path], progress: Progress) -> Report:
        spans = tape.spans
        if not spans:
            raise DataError("there is nothing to judge by", where=str(data[0]))
        strange = Counter(s.condition for s in spans if s.condition not in self.coder.numbers)
        notes = [
            f'the condition "{name}" was not in training; {count} pieces are judged without it'
            for name, count in strange.most_common(5)
        ]
        (encoded,) = tape.encode([spans], self.coder)
        progress.start(_STAGE, 1)
        characters = tape.characters(spans)
        values: dict[str, float | int | str] = {**score(self.stepper, encoded, characters)}
        tokens = sum(len(piece.tokens) - 1 for piece in encoded)
        unknown = sum(int((piece.tokens[1:] == UNKNOWN).sum()) for piece in encoded)
        values |= {"tokens": tokens, "unknown": unknown / max(1, tokens)}
        if characters is not None:
            values["characters"] = characters
        rows = []
        for name in sorted({span.condition for span in spans} - {""}):
            chosen = [n for n, span in enumerate(spans) if span.condition == name]
            count = tape.characters([spans[n] for n in chosen])
            part = score(self.stepper, [encoded[n] for n in chosen], count)
            rows.append({"condition": name, "pieces": len(chosen), **part})
        progress.advance(_STAGE)
        progress.finish(_STAGE)
        return Report(values, {"conditions": rows} if rows else {}, notes)

    def predict(self, inputs: Many[str], options: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        """Continuations of each input, or with ``rank=yes`` how well each fits (`Asked`).

        Gives ``{"input", "text"}`` (with ``count`` above 1 a dict each), or ``{"input",
        "perplexity", "rank"}`` with rank 1 for the text that surprises least.
        """
        asked = read_options(options)
        condition = self.coder.number_of(asked.condition)
        if asked.rank:
            found = self.perplexities(inputs, asked.condition)
            order = {text: rank for rank, text in enumerate(sorted(found), 1)}
            for text, value in zip(inputs, found, strict=True):
                yield {"input": text, "perplexity": value, "rank": order[value]}
            return
        for index, text in enumerate(inputs):
            for number, written in enumerate(self._continue(text, asked, condition, index)):
                row = {"input": text, "text": written}
                if asked.out:
                    row["file"] = self._hear(asked.out, len(inputs) > 1 or asked.count > 1,
                                             f"{index + 1}-{number + 1}", written)  # fmt: skip
                yield row

    def perplexities(self, texts: Many[str], condition: str = "") -> list[float]:
        """How much each text, as a whole piece, surprises the model: perplexity of a token."""
        under = self.coder.number_of(condition)
        unit = self.wanted.tokens
        rows = [[EDGE, *self.coder.vocabulary.encode(cut(text, unit)), EDGE] for text in texts]
        nats = surprise(self.stepper, [Item(row, under) for row in rows])
        return [
            math.exp(min(value / (len(row) - 1), 50.0))
            for value, row in zip(nats.tolist(), rows, strict=True)
        ]

    def _continue(self, text: str, asked: Asked, condition: int, index: int) -> Iterator[str]:
        vocabulary, unit = self.coder.vocabulary, self.wanted.tokens
        begun = vocabulary.encode(cut(text, unit))
        chances = [np.random.default_rng([asked.seed, index, n]) for n in range(asked.count)]
        taste = Taste(asked.temperature, asked.top_k, asked.top_p)
        found = write(
            self.stepper, [begun] * asked.count, [condition] * asked.count, taste, asked.length,
            chances,
        )  # fmt: skip
        for row in found:
            gap = " " if unit == "music" and text.strip() and row else ""
            yield text + gap + join(vocabulary.decode(row), unit)

    def _hear(self, out: str, many: bool, number: str, text: str) -> str:
        from reelwright.learn.sequence.midi import write_song
        from reelwright.learn.sequence.score import read_tokens

        if self.wanted.tokens != "music":
            raise InputError("only music can be written to a file", where="out")
        path = Path(out)
        path = path.with_stem(f"{path.stem}-{number}") if many else path
        write_song(path, read_tokens(text.split()))
        return str(path)

    def export_onnx(self, path: Path) -> float:
        """See `Kind.export_onnx`. One step: tokens, conditions and state in; logits, state out."""
        from reelwright.learn.sequence.exporting import export_step

        sizes = len(self.coder.vocabulary), len(self.coder.conditions) + 1
        network = build(self.wanted, *sizes)
        return export_step(network, self._weights, shape_of(self.wanted), path)

    @cached_property
    def coder(self) -> Coder:
        """Tokens and conditions, and their numbers.

        Raises:
            ModelError: the config lacks them.
        """
        facts = self.config.facts
        try:
            tokens, names = tuple(facts["vocabulary"]), tuple(facts["conditions"])
        except (KeyError, TypeError) as error:
            raise ModelError(
                "the model is damaged: config.json has no vocabulary", where=str(self.folder),
                hint="train it again, or copy it again",
            ) from error  # fmt: skip
        return Coder(Vocabulary(tokens), names)

    @cached_property
    def stepper(self) -> Stepper:
        """The network, without torch: its ONNX file where there is one, else numpy."""
        shape = shape_of(self.wanted)
        exported = self.folder / EXPORTED
        if exported.is_file():
            return OnnxStepper(exported, shape)
        return NumpyStepper(self._weights, shape)

    @cached_property
    def _weights(self) -> Mapping[str, np.ndarray]:
        weights = read_weights(self.folder)
        rows = len(self.coder.vocabulary)
        found = weights.get("out.bias")
        if found is None or found.shape != (rows,) or "embed.weight" not in weights:
            raise ModelError(
                "the model is damaged: its weights do not go with its config.json",
                where=str(self.folder),
                hint="train it again, or copy it again",
            )
        return weights


def load(folder: Path) -> Sequence:
    """The sequence model in a folder. Raises ModelError (`learn.kinds.load_model`)."""
    return Sequence(folder, read_config(folder))


def shape_of(settings: SequenceSettings) -> Shape:
    """What decides a network's state (`stepping.Shape`)."""
    return settings.model_dump(include={"cell", "width", "layers", "heads", "span"})


def build(settings: SequenceSettings, vocabulary: int, conditions: int) -> Any:
    """The network of these settings, with first weights from torch's own generator."""
    from reelwright.learn.sequence.networks import Recurrent, Transformer

    if settings.cell == "transformer":
        return Transformer(
            vocabulary, conditions, settings.width, settings.layers, settings.heads,
            settings.dropout,
        )  # fmt: skip
    cell = cast(Any, settings.cell)
    return Recurrent(
        cell, vocabulary, conditions, settings.embed, settings.width, settings.layers,
        settings.dropout,
    )  # fmt: skip


def _card(
    data: Many[Path], tape: Tape, settings: SequenceSettings, run: Run, notes: Many[str]
) -> Card:
    unit = settings.tokens
    split = (
        f"the last {settings.held_out:.0%} of each text held out"
        if tape.spans[0].running
        else f"{settings.held_out:.0%} of the pieces held out by their hash (seed {settings.seed})"
    )
    return Card(
        data=describe_data(data, len(tape.numbers), "tokens" if unit == "music" else unit),
        split=split,
        metric="perplexity of a token, and bits a character, on the held-out part",
        licence=run.licence,
        command=run.command,
        notes=notes,
    )
