"""The embedded voice: every text, the same bytes, times that land where the sound is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rjieba

from reelwright.core.errors import ProviderError, ProviderRefused
from reelwright.core.nouns import Speech, WordTime
from reelwright.media import sound
from reelwright.providers.tts import espeak_engine, mandarin
from reelwright.providers.tts.espeak import EspeakVoice
from reelwright.providers.tts.polish import polish

VOICE = EspeakVoice(EspeakVoice.Options())
ZH = "今天我们来聊聊，隔夜茶到底能不能喝，很多人都说，喝了会生病，其实并没有科学依据。"
EN = "Today we ask a simple question: can you drink tea that was left overnight? Most say no."


def speak(
    text: str, language: str, folder: Path, **more: object
) -> tuple[np.ndarray, tuple[WordTime, ...]]:
    out = folder / "take.wav"
    speech = Speech.model_validate({"text": text, "language": language, **more})
    times = VOICE.speak(speech, out)
    samples, rate = sound.read_wav(out)
    assert rate == espeak_engine.RATE
    return samples[:, 0], times


def test_the_same_text_gives_the_same_bytes_whatever_was_said_before(tmp_path: Path) -> None:
    first, _ = speak("隔夜 tea 不能喝。", "zh", tmp_path)
    speak(EN, "en", tmp_path, voice="m3")
    time.sleep(1.1)  # the engine seeds its noise with the clock's seconds
    again, _ = speak("隔夜 tea 不能喝。", "zh", tmp_path)
    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    ("text", "language", "low", "high"), [(ZH, "zh", 4.2, 5.2), (EN, "en", 150, 185)]
)
def test_it_speaks_at_the_pace_of_short_videos(
    text: str, language: str, low: float, high: float, tmp_path: Path
) -> None:
    samples, _ = speak(text, language, tmp_path)
    seconds = len(samples) / espeak_engine.RATE
    count = sum(map(mandarin.is_hanzi, text)) if language == "zh" else 60 * len(text.split())
    assert low <= count / seconds <= high


@pytest.mark.parametrize(("text", "language"), [(ZH, "zh"), (EN, "en")])
def test_words_after_a_pause_begin_where_the_sound_does(
    text: str, language: str, tmp_path: Path
) -> None:
    samples, times = speak(text, language, tmp_path)
    hop = espeak_engine.RATE // 200
    level = np.sqrt(np.mean(samples[: len(samples) // hop * hop].reshape(-1, hop) ** 2, axis=1))
    quiet = level < 0.05 * level.max()
    onsets = [
        index / 200
        for index in range(12, len(level))
        if not quiet[index] and quiet[index - 12 : index].all()
    ]
    assert len(onsets) >= (3 if language == "zh" else 1)
    for onset in onsets:
        # A word may begin with a silent closure, so its event may come before its sound.
        assert min(abs(one.start - onset) for one in times) <= 0.08


def test_levels_are_even_and_safe(tmp_path: Path) -> None:
    for text, language in ((ZH, "zh"), (EN, "en")):
        samples, _ = speak(text, language, tmp_path)
        assert float(np.max(np.abs(samples))) <= 0.85
        assert -23 < 20 * np.log10(np.sqrt(np.mean(samples**2))) < -16
        assert abs(float(np.mean(samples))) < 0.002
        # It begins and ends in quiet: takes join without clicks.
        assert max(abs(samples[0]), abs(samples[-1])) < 0.02


def test_latin_words_in_a_chinese_line_are_spoken_in_place(tmp_path: Path) -> None:
    text = "我用 Python 写代码，学 machine learning。"
    _, times = speak(text, "zh", tmp_path)
    words = [text[one.first : one.last] for one in times]
    assert words == ["我用", "Python", "写", "代码", "学", "machine", "learning"]
    for before, after in zip(times, times[1:], strict=False):
        assert before.start < before.end <= after.start + 1e-9
        if text[before.last : after.first].strip() == "":
            # Nothing but a space between them: no gap to hear.
            assert after.start - before.end < 0.2


def test_a_chinese_word_in_an_english_line_is_spoken_too(tmp_path: Path) -> None:
    text = "The word 茶 means tea."
    _, times = speak(text, "en", tmp_path)
    assert "茶" in [text[one.first : one.last] for one in times]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("银行行长", "yin2 hang2 hang2 zhang3"),
        ("重庆重新", "chong2 qing4 chong2 xin1"),
        ("音乐快乐", "yin1 yue4 kuai4 le4"),
        ("不是不好", "bu2 shi4 bu4 hao3"),
        ("一个一天", "yi2 ge4 yi4 tian1"),
        ("第一统一", "di4 yi1 tong3 yi1"),
        ("一月一日", "yi1 yue4 yi1 ri4"),
        ("二〇一九", "er4 ling2 yi1 jiu3"),
        ("看一看", "kan4 yi5 kan4"),
        ("跑得快", "pao3 de5 kuai4"),
        ("慢慢地走", "man4 man4 de5 zou3"),
        ("一万一千一百", "yi2 wan4 yi4 qian1 yi4 bai3"),
    ],
)
def test_readings(text: str, said: str) -> None:
    assert " ".join(mandarin.syllables(text, rjieba.cut(text))) == said


def test_no_mandarin_syllable_is_spelt_out_in_english() -> None:
    # espeak-ng falls back to English letters for syllables its Mandarin does not know; that takes
    # far longer than any syllable.
    from pypinyin import Style
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.style import convert

    known = {
        convert(reading, Style.TONE3, strict=False).rstrip("12345").replace("ü", "v")
        for readings in PINYIN_DICT.values()
        for reading in readings.split(",")
    }
    assert len(known) > 400
    spelt = [mandarin.spell(f"{syllable}4") for syllable in sorted(known)]
    heard = [
        espeak_engine.say(text, "cmn-latn-pinyin+f3", speed=205, phonemes=phonemes).samples
        for text, phonemes in spelt[::6]
        + [mandarin.spell(f"{x}4") for x in ("qiong", "xiong", "ê")]
    ]
    assert max(len(one) for one in heard) / espeak_engine.RATE < 0.75


@pytest.mark.parametrize(
    "text",
    [
        "喝\0茶",
        "茶😀👍🏽很好",
        "茶" * 120,
        "a" * 500,
        "don't—“stop”… <b>now</b> &amp; [[x]] @#%^*",
        "é à ü ñ naïve café",
        "\u200b\u202e茶\ufeff\ud800",
        "㐀𠀀龘靐",
        "１２３ 3.14 x=y",
        "\n\t茶\r\n",
        "'" * 50 + "tea",
    ],
)
def test_odd_text_neither_crashes_nor_hangs(text: str, tmp_path: Path) -> None:
    for language in ("zh", "en"):
        began = time.monotonic()
        samples, times = speak(text, language, tmp_path)
        assert time.monotonic() - began < 10
        assert len(samples)
        assert all(0 <= one.first < one.last <= len(text) for one in times)


@pytest.mark.parametrize("text", ["", " ", "……", "😀", "\0", "——！？", "'", "-"])
def test_nothing_to_speak_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ProviderRefused, match="nothing to speak"):
        speak(text, "zh", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_too_long_is_refused(tmp_path: Path) -> None:
    for text in ("茶" * 6000, "tea " * 2000):
        with pytest.raises(ProviderError, match="too"):
            speak(text, "zh", tmp_path)


def test_voices_by_name(tmp_path: Path) -> None:
    usual, _ = speak("Tea is good.", "en", tmp_path)
    for name in ("m3", "en-gb", "en-gb+max"):
        other, _ = speak("Tea is good.", "en", tmp_path, voice=name)
        assert not np.array_equal(usual, other)
    with pytest.raises(ProviderRefused, match="no voice") as caught:
        speak("Tea is good.", "en", tmp_path, voice="maxx")
    assert '"max"' in (caught.value.hint or "")
    with pytest.raises(ProviderRefused, match="no voice"):
        speak("Tea is good.", "en", tmp_path, voice="en-nowhere")


def test_the_library_is_not_left_open(tmp_path: Path) -> None:
    speak("Tea.", "en", tmp_path)
    if sys.platform.startswith("linux"):
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(5):
            speak("Tea.", "en", tmp_path)
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_an_installation_with_a_long_path_speaks_too(tmp_path: Path) -> None:
    # The library's own buffer for a path holds 160 bytes.
    import espeakng_loader

    deep = tmp_path / ("深" * 60) / "site"
    deep.mkdir(parents=True)
    (deep / "espeakng_loader").symlink_to(Path(espeakng_loader.__file__).parent)
    code = (
        "import espeakng_loader; from reelwright.providers.tts import espeak_engine as engine; "
        "assert len(espeakng_loader.get_data_path().encode()) > 200; "
        "assert len(engine.say('hello', 'en-us', speed=150).samples) > 5000"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONPATH": str(deep)}
    )


def test_polish_keeps_length_and_silence() -> None:
    assert len(polish(np.zeros(0), 22_050)) == 0
    assert np.array_equal(polish(np.zeros(1000), 22_050), np.zeros(1000))
    burst = np.zeros(22_050)
    burst[8000:9000] = np.sin(np.arange(1000) / 5)
    out = polish(burst, 22_050)
    assert len(out) == len(burst)
    assert float(np.max(np.abs(out))) <= 0.84 + 1e-9
    # Nothing rings before it starts, and the room has died away half a second later.
    assert float(np.max(np.abs(out[:7000]))) < 0.02
    assert float(np.max(np.abs(out[20_000:]))) < 0.005
