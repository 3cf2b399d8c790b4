"""Voices over a network and from files, when things go wrong: a clear error, in bounded time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_edge import FakeEdge, serving_edge
from fake_openai import serving
from tiny_models import tiny_kokoro, tiny_piper

from reelwright.core.errors import (
    MissingKey,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    SettingError,
)
from reelwright.core.nouns import Speech
from reelwright.core.settings import VoiceSettings
from reelwright.create.voice import speak_line
from reelwright.media import sound
from reelwright.providers import door
from reelwright.providers.tts import kokoro, piper
from reelwright.providers.tts.espeak import EspeakVoice

KEY = "sk-very-secret-0123456789"
EN = Speech(text="Tea is good.", language="en")
ZH = Speech(text="隔夜茶，不能喝。", language="zh")


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEdge]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving_edge() as fake:
        yield fake


def load(name: str, **values: Any) -> Any:
    return door.load("tts", name, VoiceSettings.model_validate({"retries": 0, **values}))


def test_edge_uses_the_times_of_the_service(edge: FakeEdge, tmp_path: Path) -> None:
    times = load("edge-tts", base_url=edge.url).speak(ZH, tmp_path / "a.wav")
    heard = EspeakVoice(EspeakVoice.Options()).speak(ZH, tmp_path / "b.wav")
    assert [(one.first, one.last) for one in times] == [(one.first, one.last) for one in heard]
    assert [one.start for one in times] == pytest.approx([one.start for one in heard], abs=1e-6)


def test_edge_asks_for_voice_and_rate(edge: FakeEdge, tmp_path: Path) -> None:
    speech = Speech(text="Tea & <cake>.", language="en", rate=1.25, voice="en-GB-SoniaNeural")
    load("edge-tts", base_url=edge.url).speak(speech, tmp_path / "a.wav")
    assert "(en-GB, SoniaNeural)" in edge.ssml[0]
    assert "rate='+25%'" in edge.ssml[0]
    assert "Tea &amp; &lt;cake&gt;." in edge.ssml[0]


@pytest.mark.parametrize(
    ("mode", "kind", "said"),
    [
        ("403", ProviderUnavailable, "403"),
        ("429", ProviderUnavailable, "busy"),
        ("500", ProviderUnavailable, "busy"),
        ("404", ProviderRefused, "404"),
        ("html", ProviderRefused, "refused"),
        ("silent", ProviderRefused, "no sound"),
        ("noise", ProviderRefused, "no sound"),
        ("hang", ProviderUnavailable, "within 1 second"),
    ],
)
def test_edge_that_misbehaves(
    edge: FakeEdge, tmp_path: Path, mode: str, kind: type[ProviderError], said: str
) -> None:
    edge.mode = mode
    began = time.monotonic()
    with pytest.raises(kind, match=said) as caught:
        load("edge-tts", base_url=edge.url, timeout=1).speak(EN, tmp_path / "a.wav")
    assert time.monotonic() - began < 8
    assert "edge-tts" in caught.value.message
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_edge_tries_again_but_not_after_403(
    edge: FakeEdge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reelwright.providers.tts.edge.time.sleep", lambda seconds: None)
    edge.mode = "503"
    with pytest.raises(ProviderUnavailable):
        load("edge-tts", base_url=edge.url, retries=2).speak(EN, tmp_path / "a.wav")
    assert edge.calls == 3
    edge.mode, edge.calls = "403", 0
    with pytest.raises(ProviderUnavailable, match="403") as caught:
        load("edge-tts", base_url=edge.url, retries=2).speak(EN, tmp_path / "a.wav")
    assert edge.calls <= 2  # the library itself corrects its clock once
    assert "espeak" in (caught.value.hint or "")


def test_edge_without_a_network(tmp_path: Path) -> None:
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        load("edge-tts", base_url="ws://127.0.0.1:9/edge", timeout=2).speak(EN, tmp_path / "a.wav")


def test_edge_with_a_name_that_is_no_voice(edge: FakeEdge, tmp_path: Path) -> None:
    with pytest.raises(ProviderRefused, match="Bob"):
        load("edge-tts", base_url=edge.url).speak(
            Speech(text="Tea.", language="en", voice="Bob"), tmp_path / "a.wav"
        )


def test_openai_is_asked_as_documented(tmp_path: Path) -> None:
    with serving("ok") as server:
        speech = Speech(text="Tea is good.", language="en", rate=1.25, voice="nova")
        load("openai", base_url=server.url, model="tts-9", api_key=KEY).speak(
            speech, tmp_path / "a.wav"
        )
        body = server.requests[-1]["body"]
    assert body == {
        "model": "tts-9",
        "input": "Tea is good.",
        "voice": "nova",
        "response_format": "wav",
        "speed": 1.25,
    }


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("429", ProviderUnavailable),
        ("500", ProviderUnavailable),
        ("hang", ProviderUnavailable),
        ("drip", ProviderUnavailable),
        ("html", ProviderRefused),
        ("404", ProviderRefused),
        ("401", MissingKey),
    ],
)
def test_openai_that_misbehaves(tmp_path: Path, mode: str, kind: type[ProviderError]) -> None:
    with serving(mode) as server:
        voice = load("openai", base_url=server.url, api_key=KEY, timeout=1)
        with pytest.raises(kind) as caught:
            voice.speak(EN, tmp_path / "a.wav")
    assert "openai" in caught.value.message
    assert KEY not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_openai_that_sends_noise_for_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "reelwright.providers.tts.openai.request_bytes", lambda *_: bytes(range(256)) * 9
    )
    with pytest.raises(ProviderRefused, match="no sound"):
        load("openai", base_url="http://localhost:1/v1").speak(EN, tmp_path / "a.wav")


def test_piper_speaks_pinyin_models_with_our_readings(tmp_path: Path) -> None:
    assert piper.read("行长。走！") == [
        ["h", "ang", "2", "zh", "ang", "3", "。"],
        ["z", "ou", "3", "！"],
    ]
    model = tiny_piper(tmp_path / "zh.onnx", voice="cmn", pinyin=True)
    voice = load("piper", model=str(model))
    assert voice.speak(ZH, tmp_path / "a.wav") == ()
    samples, rate = sound.read_wav(tmp_path / "a.wav")
    # ^, then initial, final, tone and pad of six syllables, two stops with their pads, and $.
    assert len(samples) == (1 + 6 * 4 + 2 * 2 + 1) * 700
    assert rate == 22_050
    with pytest.raises(ProviderRefused, match="Python"):
        voice.speak(Speech(text="学 Python", language="zh"), tmp_path / "a.wav")
    with pytest.raises(ProviderRefused, match="speaks zh"):
        voice.speak(EN, tmp_path / "a.wav")


def test_piper_says_what_is_wrong_with_a_model(tmp_path: Path) -> None:
    model = tiny_piper(tmp_path / "en.onnx")
    voice = load("piper", model=str(model))
    with pytest.raises(ProviderRefused, match="no speaker"):
        voice.speak(Speech(text="Tea.", language="en", voice="Bob"), tmp_path / "a.wav")
    model.write_bytes(b"not a model")
    with pytest.raises(ProviderRefused, match="cannot use this model"):
        load("piper", model=str(model)).speak(EN, tmp_path / "a.wav")
    Path(f"{model}.json").unlink()
    with pytest.raises(ProviderRefused, match="json is missing"):
        load("piper", model=str(model)).speak(EN, tmp_path / "a.wav")


def test_kokoro_reads_both_languages_in_its_own_phonemes(tmp_path: Path) -> None:
    voice = load("kokoro", model=str(tiny_kokoro(tmp_path / "kokoro.onnx")))
    engine = voice.load()
    said = kokoro.read("中国人喝 tea，好！", engine, "en-us")
    assert said == "ꭧʊ→ŋkwo↗ ɻə↗n xɤ→ tˈiː, xau↓!"
    assert all(char in engine.tokenizer.vocab for char in said)
    with pytest.raises(ProviderRefused, match="no voice") as caught:
        voice.speak(Speech(text="Tea.", language="en", voice="af_haert"), tmp_path / "a.wav")
    assert "af_heart" in (caught.value.hint or "")


def test_kokoro_says_what_is_wrong_with_its_files(tmp_path: Path) -> None:
    model = tiny_kokoro(tmp_path / "kokoro.onnx")
    model.write_bytes(b"not a model")
    with pytest.raises(ProviderRefused, match="cannot use this model"):
        load("kokoro", model=str(model)).speak(EN, tmp_path / "a.wav")
    (tmp_path / "voices-v1.0.bin").unlink()
    with pytest.raises(ProviderRefused, match="voices is missing"):
        load("kokoro", model=str(model)).speak(EN, tmp_path / "a.wav")


def test_every_ordinary_syllable_has_ipa() -> None:
    table = "yi1 wu1 yu1 yuan1 yong1 zhi1 shi4 ri4 zi3 si4 lv4 lve4 jue2 qu4 xuan3 er2 bo1 weng1 ê1"
    for syllable in table.split():
        assert re.search("[→↗↓↘]", kokoro.ipa(syllable)), syllable


def test_recordings_belong_to_lines_by_number_or_beginning(tmp_path: Path) -> None:
    tone = 0.3 * np.sin(np.arange(48000) / 20)
    for name in ("01.wav", "2 second try.wav", "12.wav", "隔夜.wav", "隔夜茶.wav"):
        sound.write_wav(tmp_path / name, tone)
    voice = load("recording", folder=str(tmp_path))

    def file(number: str | None, text: str = "一句话") -> str:
        return voice.find(Speech(text=text, language="zh", voice=number)).name

    assert [file("1"), file("2"), file("12")] == ["01.wav", "2 second try.wav", "12.wav"]
    assert file("3", "隔夜茶，不能喝") == "隔夜茶.wav"
    assert file(None, "隔夜茶，不能喝") == "隔夜茶.wav"
    with pytest.raises(ProviderRefused, match=r"line 7.*07\.wav is missing") as caught:
        file("7", "没有录的话")
    assert "没有录的话" in caught.value.message
    sound.write_wav(tmp_path / "001.wav", tone)
    with pytest.raises(ProviderRefused, match=r"2 recordings: 001\.wav, 01\.wav"):
        file("1")
    with pytest.raises(SettingError, match="no folder"):
        load("recording", folder=str(tmp_path / "none")).find(EN)


def test_a_recording_that_is_no_sound(tmp_path: Path) -> None:
    (tmp_path / "01.wav").write_bytes(b"not sound")
    voice = load("recording", folder=str(tmp_path))
    with pytest.raises(ProviderRefused, match=r"01\.wav"):
        speak_line(voice, "茶。", "zh", tmp_path / "take", line=1)


def test_a_recording_that_is_made_again_has_another_key(tmp_path: Path) -> None:
    voice = load("recording", folder=str(tmp_path))
    speech = Speech(text="茶", language="zh", voice="1")
    sound.write_wav(tmp_path / "1.wav", np.zeros(100))
    before = voice.key(speech)
    sound.write_wav(tmp_path / "1.wav", np.ones(100))
    assert voice.key(speech) != before
