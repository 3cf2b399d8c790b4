"""Piper: neural voices that run on a CPU, from a model file of the person's.

Mandarin models that read pinyin are given the readings of `mandarin`, so that Piper's own reader,
which downloads another model first, is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.errors import ProviderRefused, nearest
from reelwright.core.nouns import Origin, Speech
from reelwright.providers.door import library
from reelwright.providers.tts import mandarin
from reelwright.providers.tts.local import LocalVoice

_GET = "get one with: python -m piper.download_voices en_US-lessac-medium (or zh_CN-huayan-medium)"
_STOPS = "。.？?！!，,、：:；;"
_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")


class PiperVoice(LocalVoice):
    """Kind ``tts``, name ``piper``. The model's ``.onnx.json`` lies beside it; `Speech.voice` is a
    speaker of a model that has several."""

    licence: ClassVar[str] = "GPL-3.0-or-later (the engine); the model's own licence"
    engine: ClassVar[str] = "piper"
    module: ClassVar[str] = "piper"
    package: ClassVar[str] = "piper-tts"
    get: ClassVar[str] = _GET

    def origin(self, speech: Speech) -> Origin:
        """See `reelwright.core.ports.Voice.origin`."""
        return Origin(
            provider="piper", model=self.model.stem, licence=self.licence, seed=0, ai_made=True
        )

    def load(self) -> Any:
        """See `LocalVoice.load`."""
        if not Path(f"{self.model}.json").is_file():
            raise ProviderRefused(
                f"the model's description {self.model.name}.json is missing",
                where=str(self.model.parent),
                hint="download it from where the model came from, and put it beside the model",
            )
        piper = library("piper", extra="piper")
        onnx = library("onnxruntime", extra="piper")
        # Piper's models draw their own noise; a fixed seed makes a take repeatable.
        onnx.set_seed(0)
        return piper.PiperVoice.load(str(self.model))

    def say(self, engine: Any, speech: Speech) -> tuple[np.ndarray, int]:
        """See `LocalVoice.say`."""
        config = library("piper.config", extra="piper")
        _check_language(engine, speech)
        how = config.SynthesisConfig(
            speaker_id=_speaker(engine, speech),
            length_scale=engine.config.length_scale / speech.rate,
        )
        pieces = list(_synthesise(engine, speech.text, how))
        if not pieces:
            raise ProviderRefused(f'piper has no sound for "{speech.text[:30]}"', hint=_GET)
        return np.concatenate(pieces), engine.config.sample_rate


def _synthesise(voice: Any, text: str, how: Any) -> Iterator[np.ndarray]:
    """The samples of each sentence."""
    if voice.config.phoneme_type.value != "pinyin":
        for chunk in voice.synthesize(text, how):
            yield chunk.audio_float_array
        return
    numbers: Mapping[str, Sequence[int]] = voice.config.phoneme_id_map
    for sentence in read(text):
        ids = [*numbers["^"]]
        for phoneme in sentence:
            ids.extend(numbers.get(phoneme, ()))
            # The models were trained with padding after each syllable and stop.
            if phoneme.isdigit() or phoneme in _STOPS:
                ids.extend(numbers["_"])
        samples = voice.phoneme_ids_to_audio([*ids, *numbers["$"]], how)
        peak = float(np.max(np.abs(samples), initial=0.0))
        yield samples / peak if peak > 1e-8 else samples


def read(text: str) -> list[list[str]]:
    """Chinese as Piper's pinyin models take it: initial, final and tone of each syllable, and the
    punctuation; one list a sentence."""
    import rjieba

    foreign = re.search(r"[A-Za-z]+", text)
    if foreign:
        raise ProviderRefused(
            f'this Chinese voice of piper cannot say "{foreign[0]}"',
            hint="write it in Chinese, or choose a voice that speaks both",
        )
    sentences: list[list[str]] = [[]]
    for part in re.findall(r"[\u3400-\u9fff〇]+|.", text, re.DOTALL):
        if mandarin.is_hanzi(part[0]):
            for syllable in mandarin.syllables(part, rjieba.cut(part)):
                sentences[-1].extend(_phonemes(syllable))
        elif part in _STOPS:
            sentences[-1].append(part)
            if part in _STOPS[:6]:
                sentences.append([])
    return [sentence for sentence in sentences if any(one.isdigit() for one in sentence)]


def _phonemes(syllable: str) -> list[str]:
    if not syllable:
        return []
    syllable = mandarin.ordinary(syllable)
    base, tone = syllable[:-1], syllable[-1]
    match = _INITIAL.match(base)
    initial = match[0] if match and match[0] != base else ""
    return [initial or "Ø", base[len(initial) :], tone]


def _check_language(voice: Any, speech: Speech) -> None:
    """Refuse a line that the model cannot read: it would come out as noise."""
    spoken = "cmn" if voice.config.phoneme_type.value == "pinyin" else voice.config.espeak_voice
    known = {"en": "en", "cm": "zh", "zh": "zh"}.get(str(spoken)[:2])
    if known and known != speech.language:
        raise ProviderRefused(
            f"this model of piper speaks {known}, and the line is {speech.language}",
            where="setting voice.model",
            hint=_GET,
        )


def _speaker(voice: Any, speech: Speech) -> int | None:
    known: Mapping[str, int] = voice.config.speaker_id_map or {}
    if not speech.voice:
        return None
    if speech.voice in known:
        return known[speech.voice]
    if speech.voice.isdigit() and int(speech.voice) < voice.config.num_speakers:
        return int(speech.voice)
    raise ProviderRefused(
        f'this model of piper has no speaker "{speech.voice}"',
        where="setting voice.name",
        hint=nearest(speech.voice, known)
        if known
        else "it has one speaker: leave voice.name empty",
    )
