"""Piper: neural voices that run on a CPU, from a model file of the person's.

Mandarin models that read pinyin are given the readings of `mandarin`, so that Piper's own reader,
which downloads another model first, is not needed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel

from reelwright.core.errors import ProviderRefused, nearest
from reelwright.core.nouns import Origin, Speech, WordTime
from reelwright.media.sound import write_wav
from reelwright.providers.door import library, need
from reelwright.providers.tts import mandarin
from reelwright.providers.tts.files import fingerprint, model_errors, weights

_GET = "get one with: python -m piper.download_voices en_US-lessac-medium (or zh_CN-huayan-medium)"
_LONGEST = 3000
_STOPS = "。.？?！!，,、：:；;"
_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")


class PiperVoice:
    """Kind ``tts``, name ``piper``. `Speech.voice` is a speaker of a model that has several."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "GPL-3.0-or-later (the engine); the model's own licence"
    languages: ClassVar[tuple[str, ...]] = ("zh", "en")

    class Options(BaseModel):
        """From the settings group ``voice``."""

        model: str = ""
        """The ``.onnx`` file; its ``.onnx.json`` lies beside it."""

    def __init__(self, options: Options) -> None:
        """Raises MissingExtra without piper-tts, SettingError without a model file."""
        need("piper", extra="piper")
        self.model = weights(options.model, what="piper", suffix=".onnx", hint=_GET)
        self._lock = threading.Lock()
        self._loaded: Any = None

    def speak(self, speech: Speech, out: Path) -> tuple[WordTime, ...]:
        """See `reelwright.core.ports.Voice.speak`."""
        if len(speech.text) > _LONGEST:
            raise ProviderRefused(
                f"{len(speech.text)} characters are too many for one line",
                hint="split it into lines",
            )
        with self._lock:
            voice = self._load()
            config = library("piper.config", extra="piper")
            _check_language(voice, speech)
            how = config.SynthesisConfig(
                speaker_id=_speaker(voice, speech),
                length_scale=voice.config.length_scale / speech.rate,
            )
            try:
                pieces = list(_synthesise(voice, speech.text, how))
            except model_errors() as error:
                raise _broken(self.model, error) from error
        if not pieces:
            raise ProviderRefused(f'piper has no sound for "{speech.text[:30]}"', hint=_GET)
        write_wav(out, np.concatenate(pieces), voice.config.sample_rate)
        return ()

    def origin(self, speech: Speech) -> Origin:
        """See `reelwright.core.ports.Voice.origin`."""
        return Origin(
            provider="piper", model=self.model.stem, licence=self.licence, seed=0, ai_made=True
        )

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """See `reelwright.core.ports.Voice.key`."""
        from importlib.metadata import version

        return {
            "engine": "piper",
            "version": version("piper-tts"),
            "model": fingerprint(self.model),
            "voice": speech.voice or "",
        }

    def _load(self) -> Any:
        if self._loaded is None:
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
            try:
                self._loaded = piper.PiperVoice.load(str(self.model))
            except model_errors() as error:
                raise _broken(self.model, error) from error
        return self._loaded


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


def _broken(model: Path, error: Exception) -> ProviderRefused:
    return ProviderRefused(
        f"piper cannot use this model ({type(error).__name__}: {str(error)[:200]})",
        where=str(model),
        hint=f"download it again; {_GET}",
    )
