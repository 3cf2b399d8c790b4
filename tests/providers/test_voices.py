"""One contract for all voices: whatever speaks keeps it, in its real library or real protocol."""

from __future__ import annotations

import inspect
import json
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from fake_edge import serving_edge
from fake_openai import serving
from tiny_models import tiny_kokoro, tiny_piper

from reelwright.core.nouns import Speech
from reelwright.core.ports import Voice
from reelwright.core.settings import VoiceSettings
from reelwright.create.voice import speak_line
from reelwright.media import ffmpeg, sound
from reelwright.providers import door

KEY = "sk-very-secret-0123456789"
LINES = {"zh": "隔夜茶到底能不能喝？", "en": "Can you drink tea that was left overnight?"}


@dataclass
class Ready:
    """A voice that can speak here, and in which languages."""

    name: str
    voice: Voice
    settings: VoiceSettings
    languages: tuple[str, ...]


@pytest.fixture(scope="session", params=door.names("tts"))
def ready(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ready]:
    folder = tmp_path_factory.mktemp("voices")
    languages: tuple[str, ...] = ("zh", "en")
    values: dict[str, object] = {"provider": request.param, "timeout": 20, "retries": 0}
    with serving_edge() as edge, serving("ok") as server:
        if request.param == "openai":
            values |= {"base_url": server.url, "api_key": KEY}
        elif request.param == "edge-tts":
            values |= {"base_url": edge.url}
        elif request.param == "piper":
            values |= {"model": str(tiny_piper(folder / "en.onnx"))}
            languages = ("en",)
        elif request.param == "kokoro":
            values |= {"model": str(tiny_kokoro(folder / "kokoro.onnx"))}
        elif request.param == "recording":
            values |= {"folder": str(folder)}
            record(folder)
        settings = VoiceSettings.model_validate(values)
        voice = door.load("tts", request.param, settings)
        yield Ready(request.param, voice, settings, languages)


def record(folder: Path) -> None:
    """Takes of both lines: the first by number, the second by its beginning."""
    espeak = door.load("tts", "espeak", VoiceSettings())
    for name, (language, text) in zip(("01.wav", "two.wav"), LINES.items(), strict=True):
        espeak.speak(Speech(text=text, language=language), folder / name)
    args = ["-i", str(folder / "two.wav"), str(folder / "Can you drink.m4a")]
    ffmpeg.run(args, what="recording")
    (folder / "two.wav").unlink()


def speech(ready: Ready, language: str, rate: float = 1.0) -> Speech:
    voice = {"zh": "1", "en": "2"}[language] if ready.name == "recording" else None
    return Speech(text=LINES[language], language=language, rate=rate, voice=voice)


def test_the_class_says_what_it_is(ready: Ready) -> None:
    provider = door.find("tts", ready.name)
    assert isinstance(provider.needs_network, bool)
    assert isinstance(provider.needs_gpu, bool)
    assert provider.licence
    assert isinstance(provider.languages, tuple)
    assert isinstance(ready.voice, Voice)
    # Options come from the settings group and from nowhere else.
    assert set(provider.Options.model_fields) <= set(VoiceSettings.model_fields)
    assert inspect.getdoc(provider)


def test_it_speaks_sound_with_times_inside_it(ready: Ready, tmp_path: Path) -> None:
    for language in ready.languages:
        asked = speech(ready, language)
        out = tmp_path / f"{language} take's.wav"
        times = ready.voice.speak(asked, out)
        samples, rate = sound.read_wav(out)
        seconds = len(samples) / rate
        assert 0.5 < seconds < 12
        assert float(np.max(np.abs(samples))) > 0.05
        assert [out.name] == [file.name for file in tmp_path.iterdir() if language in file.name]
        edge = 0.0
        for time in times:
            assert 0 <= time.first < time.last <= len(asked.text)
            assert edge - 1e-6 <= time.start < time.end <= seconds + 0.1
            edge = time.start


def test_a_line_becomes_a_take(ready: Ready, tmp_path: Path) -> None:
    for number, language in enumerate(LINES, 1):
        if language not in ready.languages:
            continue
        take = speak_line(ready.voice, LINES[language], language, tmp_path / language, line=number)  # type: ignore[arg-type]
        assert "".join(word.text for word in take.words) == LINES[language]
        edges = [edge for word in take.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert all(word.start < word.end for word in take.words)
        assert edges[0] >= 0
        assert edges[-1] <= take.seconds
        with wave.open(take.path) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48000, 1, 2)


def test_rate_makes_it_faster(ready: Ready, tmp_path: Path) -> None:
    def seconds(rate: float) -> float:
        out = tmp_path / f"{rate}.wav"
        ready.voice.speak(speech(ready, "en", rate), out)
        samples, samples_a_second = sound.read_wav(out)
        return len(samples) / samples_a_second

    if ready.name in ("recording", "openai"):
        # A person's take stays as it is. The service is told; see test_voice_services.
        return
    assert seconds(1.5) < 0.85 * seconds(1.0)


def test_origin_says_who_and_whether_it_is_ai(ready: Ready) -> None:
    for language in ready.languages:
        origin = ready.voice.origin(speech(ready, language))
        assert origin.provider == ready.name
        assert origin.licence
        # Synthetic speech is AI-made in the sense of GB 45438-2025; a person's voice is not.
        assert origin.ai_made is (ready.name != "recording")


def test_the_key_decides_the_sound_and_holds_no_secret(ready: Ready) -> None:
    asked = speech(ready, ready.languages[-1])
    key = json.dumps(ready.voice.key(asked), sort_keys=True)
    again = door.load("tts", ready.name, ready.settings)
    assert json.dumps(again.key(asked), sort_keys=True) == key
    assert KEY not in key + repr(ready.voice) + repr(vars(ready.voice))


def test_threads_may_speak_at_once(ready: Ready, tmp_path: Path) -> None:
    asked = speech(ready, ready.languages[-1])

    def one(index: int) -> bytes:
        out = tmp_path / f"{index}.wav"
        ready.voice.speak(asked, out)
        return out.read_bytes()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(one, range(3)))) == 1
