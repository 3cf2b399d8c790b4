"""Who writes down what is said: a service over HTTP, and whisper on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from fake_openai import serving

from reelwright.core.errors import (
    MissingKey,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    SettingError,
)
from reelwright.core.settings import AsrSettings
from reelwright.media.sound import write_wav
from reelwright.providers import door
from reelwright.providers.asr.pieces import cut_wav
from reelwright.providers.asr.words import language_code, place_words, spread

SAID = {
    "text": "So, tea is good. Isn't it?",
    "language": "english",
    "words": [
        {"word": "So", "start": 0.1, "end": 0.3},
        {"word": "tea", "start": 0.5, "end": 0.8},
        {"word": "is", "start": 0.8, "end": 0.9},
        {"word": "good", "start": 0.9, "end": 1.3},
        {"word": "Isn't", "start": 1.9, "end": 2.2},
        {"word": "it", "start": 2.2, "end": 2.4},
    ],
}
ZH = {
    "text": "嗯，隔夜茶能喝。",
    "language": "chinese",
    "words": [
        {"word": word, "start": index * 0.3, "end": index * 0.3 + 0.25}
        for index, word in enumerate(["嗯", "隔", "夜", "茶", "能", "喝"])
    ],
}


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    path = tmp_path / "speech.wav"
    write_wav(path, np.zeros(16_000), 16_000)
    return path


def load(**values: Any) -> Any:
    return door.load("asr", "openai", AsrSettings.model_validate({"retries": 0, **values}))


def test_a_service_is_asked_for_words_and_their_punctuation_comes_back(wav: Path) -> None:
    with serving() as server:
        server.transcripts = [SAID]
        told = load(base_url=server.url, model="whisper-x", api_key="sk-1").transcribe(wav, "en")
    asked = server.requests[0]
    assert asked["path"] == "/v1/audio/transcriptions"
    assert asked["headers"]["Authorization"] == "Bearer sk-1"
    assert asked["body"]["model"] == ["whisper-x"]
    assert asked["body"]["response_format"] == ["verbose_json"]
    assert asked["body"]["timestamp_granularities[]"] == ["word", "segment"]
    assert asked["body"]["language"] == ["en"]
    assert asked["body"]["file"] == wav.read_bytes()
    assert "".join(word.text for word in told.words) == SAID["text"]
    assert [word.text for word in told.words][3] == "good. "
    assert told.words[3].end == 1.3


def test_the_service_tells_the_language(wav: Path) -> None:
    with serving() as server:
        server.transcripts = [ZH]
        told = load(base_url=server.url).transcribe(wav, None)
    assert told.language == "zh"
    assert [word.text for word in told.words] == ["嗯，", "隔", "夜", "茶", "能", "喝。"]
    assert "language" not in server.requests[0]["body"]


def test_times_of_segments_are_spread_over_their_words(wav: Path) -> None:
    with serving() as server:
        text = "隔夜茶 is fine"
        server.transcripts = [{"text": text, "segments": [{"start": 1, "end": 3, "text": text}]}]
        told = load(base_url=server.url).transcribe(wav, "zh")
    assert "".join(word.text for word in told.words) == text
    assert told.words[0].start == 1
    assert told.words[-1].end == 3


def test_nothing_said_is_no_words(wav: Path) -> None:
    with serving() as server:
        assert load(base_url=server.url).transcribe(wav, "en").words == ()


@pytest.mark.parametrize(
    ("mode", "kind", "said"),
    [
        ("401", MissingKey, "REEL_ASR_API_KEY"),
        ("404", ProviderRefused, "asr.model"),
        ("429", ProviderUnavailable, "busy"),
        ("500", ProviderUnavailable, "500"),
        ("html", ProviderRefused, "HTML"),
        ("bad_json", ProviderRefused, "JSON"),
        ("closed", ProviderUnavailable, "reached"),
        ("hang", ProviderUnavailable, "within 1 seconds"),
    ],
)
def test_a_service_that_misbehaves(
    wav: Path, mode: str, kind: type[ProviderError], said: str
) -> None:
    with serving(mode) as server:
        asr = load(base_url=server.url, timeout=1, api_key="sk-secret-123456")
        with pytest.raises(kind) as caught:
            asr.transcribe(wav, "en")
    assert said in str(caught.value)
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [{"text": "no times at all"}, {"text": "x", "words": [{"word": "x"}]}, {"words": 5}],
)
def test_an_answer_without_times_is_refused(wav: Path, answer: dict[str, Any]) -> None:
    with serving() as server:
        server.transcripts = [answer]
        with pytest.raises(ProviderRefused, match="asr.model"):
            load(base_url=server.url).transcribe(wav, "en")


def test_without_address_and_key_nothing_is_asked(wav: Path) -> None:
    with pytest.raises(MissingKey, match="REEL_ASR_BASE_URL"):
        load().transcribe(wav, "en")


def test_long_recordings_go_in_pieces_cut_where_it_is_quiet(tmp_path: Path) -> None:
    rate = 1000
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 65 * rate)
    sound[27 * rate : 28 * rate] = 0
    write_wav(tmp_path / "long.wav", sound, rate)
    pieces = list(cut_wav(tmp_path / "long.wav", seconds=30))
    assert [begin for begin, _ in pieces][0] == 0
    assert 27 < pieces[1][0] < 28
    heard = [(len(data) - 44) // 2 for _, data in pieces]
    assert sum(heard) == len(sound)
    assert max(heard) <= 30 * rate


def test_pieces_are_joined_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_wav(tmp_path / "long.wav", np.zeros(25_000), 1000)
    from reelwright.providers.asr import openai

    monkeypatch.setattr(openai, "cut_wav", lambda path: cut_wav(path, seconds=10))
    with serving() as server:
        server.transcripts = [{"text": "one", "words": [{"word": "one", "start": 1, "end": 2}]}]
        told = load(base_url=server.url).transcribe(tmp_path / "long.wav", None)
    begun = [float(round(word.start, 2)) for word in told.words]
    assert len(begun) == len(server.requests) >= 3
    assert begun == sorted(set(begun))
    assert "".join(word.text for word in told.words).split() == ["one"] * len(begun)


def test_words_are_found_again_in_their_text() -> None:
    words = place_words(
        "It costs $5, ok?", [("It", 0, 1), ("costs", 1, 2), ("5", 2, 3), ("ok", 3, 4)]
    )
    assert [word.text for word in words] == ["It ", "costs $", "5, ", "ok?"]
    # What the text writes otherwise is one word, and times never run backwards.
    words = place_words("I am ten.", [("I", 0.0, 0.4), ("am", 0.3, 0.2), ("10", 0.5, 0.4)])
    assert "".join(word.text for word in words) == "I am ten."
    assert all(word.end > word.start for word in words)
    assert [word.start for word in words] == sorted(word.start for word in words)
    words = place_words("Tea is good", [("Tea", 0, 1), ("um", 1, 2), ("is", 2, 3), ("good", 3, 4)])
    assert [word.text for word in words] == ["Tea ", "um ", "is ", "good"]
    assert place_words("", []) == ()
    assert spread("", 0, 1) == []


def test_languages_have_codes() -> None:
    assert [language_code(name) for name in ("Chinese", "en-US", "zh_CN", "english")] == [
        "zh", "en", "zh", "en",
    ]  # fmt: skip


class _Whisper:
    """faster-whisper's interface without weights: what it is asked, and words as it tells them."""

    asked: dict[str, Any] = {}

    def __init__(self, folder: str, **options: Any) -> None:
        if "broken" in folder:
            raise RuntimeError("model.bin is incomplete")
        assert options["local_files_only"]

    def transcribe(self, sound: str, **options: Any) -> Any:
        type(self).asked = options
        rows = [(" Hello,", 0.0, 0.4), (" there", 0.5, 0.8), (".", 0.8, 0.8)]
        words = [SimpleNamespace(word=word, start=start, end=end) for word, start, end in rows]
        return iter([SimpleNamespace(words=words), SimpleNamespace(words=None)]), SimpleNamespace(
            language="en"
        )


def test_whisper_on_this_machine(
    wav: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", SimpleNamespace(WhisperModel=_Whisper))
    monkeypatch.setattr("reelwright.core.extras.need", lambda name, extra: None)
    monkeypatch.setattr("reelwright.providers.asr.faster_whisper.need", lambda name, extra: None)
    for name in ("model", "broken"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.bin").write_bytes(b"weights")
    asr = door.load("asr", "faster-whisper", AsrSettings(model=str(tmp_path / "model")))
    told = asr.transcribe(wav, None)
    assert told.language == "en"
    assert "".join(word.text for word in told.words) == "Hello, there."
    assert _Whisper.asked["word_timestamps"] is True
    assert asr.transcribe(wav, "zh").language == "zh"
    assert "嗯" in _Whisper.asked["initial_prompt"]
    broken = door.load("asr", "faster-whisper", AsrSettings(model=str(tmp_path / "broken")))
    with pytest.raises(ProviderRefused, match="incomplete"):
        broken.transcribe(wav, None)


def test_whisper_needs_its_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("reelwright.providers.asr.faster_whisper.need", lambda name, extra: None)
    for model in ("", str(tmp_path)):
        with pytest.raises(SettingError, match=r"asr\.model"):
            door.load("asr", "faster-whisper", AsrSettings(model=model))
