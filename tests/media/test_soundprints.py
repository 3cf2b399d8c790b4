"""Sound prints: copies of a recording are known, however they were made; nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelwright.core.nouns import Speech
from reelwright.create.music import compose
from reelwright.media import ffmpeg
from reelwright.media.listening import listen
from reelwright.media.sound import write_wav
from reelwright.media.soundmatching import match_sounds
from reelwright.media.soundprints import RATE, SoundPrint, SoundPrinter, ask, pack, unpack, write
from reelwright.media.wordindex import WordIndex
from reelwright.providers.tts.espeak_lines import speak_line

SECONDS = 18.0
EDITS: dict[str, tuple[str, list[str]]] = {
    "low bit rate": ("mp3", ["-b:a", "40k"]),
    "opus, mono": ("ogg", ["-c:a", "libopus", "-b:a", "32k", "-ac", "1"]),
    "quieter": ("m4a", ["-af", "volume=-14dB", "-b:a", "64k"]),
    "telephone": ("wav", ["-af", "highpass=f=300,lowpass=f=3400", "-ar", "8000"]),
    "without its head": ("mp3", ["-ss", "5.4"]),
    "without its tail": ("mp3", ["-t", "12.6"]),
    "begun later": ("mp3", ["-af", "adelay=3330:all=1"]),
    "tempo -10 %": ("mp3", ["-af", "atempo=0.9"]),
    "speed +10 %": ("mp3", ["-af", "asetrate=48000*1.1,aresample=48000"]),
    "speed -10 %": ("mp3", ["-af", "asetrate=48000*0.9,aresample=48000"]),
}


def printed(path: Path) -> SoundPrint:
    printer = SoundPrinter()
    for block in listen(path, rate=RATE):
        printer.hear(block)
    return printer.done()


def printed_samples(samples: Any) -> SoundPrint:
    printer = SoundPrinter()
    printer.hear(np.asarray(samples, np.float32))
    return printer.done()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pieces by the same players, and two speeches in one voice."""
    folder = tmp_path_factory.mktemp("sounds")
    for seed in (1, 2, 3):
        compose(SECONDS, mood="bright", seed=seed, sections=(), out=folder / f"song-{seed}.wav")
    lines = (
        "The library keeps everything that you give it, and finds it again when you ask. It holds "
        "songs, films, pictures and notes, and says which of them are better than their copies.",
        "Rain fell on the mountain all night long, and the river rose above the bridge. By morning "
        "seven bakers had bought brown bread, but nobody wanted to eat any of that for breakfast.",
    )
    for number, line in enumerate(lines):
        samples, _ = speak_line(Speech(text=line, language="en"))
        write_wav(folder / f"speech-{number}.wav", np.asarray(samples).reshape(-1, 1), 22_050)
    return folder


@pytest.fixture(scope="module")
def prints(folder: Path) -> dict[str, SoundPrint]:
    return {path.stem: printed(path) for path in sorted(folder.glob("*.wav"))}


@pytest.mark.parametrize("edit", EDITS)
def test_a_copy_is_guessed_and_proved(
    edit: str, folder: Path, prints: dict[str, SoundPrint], tmp_path: Path
) -> None:
    suffix, args = EDITS[edit]
    out = tmp_path / f"copy.{suffix}"
    ffmpeg.run(["-i", folder / "song-1.wav", *args, out], what="a copy")
    copy = printed(out)
    names = list(prints)
    guesses = ask(WordIndex([write(one) for one in prints.values()]), copy)
    assert "song-1" in [names[guess.owner] for guess in guesses]
    known = {name: match for name, one in prints.items() if (match := match_sounds(one, copy))}
    assert list(known) == ["song-1"]
    match = known["song-1"]
    speed = 1.1 if "+10" in edit else 0.9 if "-10" in edit else 1.0
    assert match.speed == pytest.approx(speed, abs=0.01)
    assert match.raised == ("speed" in edit)
    assert match.seconds == pytest.approx(12.6 if "without" in edit else SECONDS, abs=0.8)
    if edit == "begun later":
        assert match.other_start == pytest.approx(3.33, abs=0.3)
    turned = match_sounds(copy, prints["song-1"])
    assert turned
    assert turned.speed == pytest.approx(1 / match.speed, abs=0.01)


def test_other_pieces_by_the_same_players_and_other_words_in_one_voice_are_no_copies(
    prints: dict[str, SoundPrint],
) -> None:
    names = list(prints)
    pairs = [(a, b) for n, a in enumerate(names) for b in names[:n]]
    assert len(pairs) == 10
    assert [pair for pair in pairs if match_sounds(prints[pair[0]], prints[pair[1]])] == []


def test_silence_hum_and_hiss_are_like_nothing() -> None:
    count = 12 * RATE
    hum = 0.3 * np.sin(2 * np.pi * 400 * np.arange(count) / RATE)
    hiss = np.random.default_rng(1).normal(0, 1e-5, count)
    for sound in (np.zeros(count), hum, hiss):
        one, two = printed_samples(sound), printed_samples(0.8 * sound[RATE:])
        assert len(write(one).words) < 20
        assert match_sounds(one, two) is None
        assert match_sounds(one, one) is None
    noises = [np.random.default_rng(seed).normal(0, 0.1, count) for seed in (1, 2)]
    assert match_sounds(*(printed_samples(noise) for noise in noises)) is None


@pytest.mark.parametrize("count", [0, 1, 100, RATE, 5 * RATE])
def test_what_is_short_has_a_print_that_is_like_nothing(
    count: int, prints: dict[str, SoundPrint]
) -> None:
    one = printed_samples(np.random.default_rng(3).normal(0, 0.1, count))
    assert one.seconds == pytest.approx(count / RATE, abs=0.2)
    index = WordIndex([write(one), write(prints["song-1"])])
    assert all(guess.owner == 0 for guess in ask(index, one))
    assert match_sounds(prints["song-1"], one) is None
    again = unpack(pack(one))
    assert again
    assert (again.levels == one.levels).all()


def test_blocks_of_any_length_make_the_same_print(prints: dict[str, SoundPrint]) -> None:
    sound = np.random.default_rng(4).normal(0, 0.1, 3 * RATE).astype(np.float32)
    printer = SoundPrinter()
    for at in range(0, len(sound), 777):
        printer.hear(sound[at : at + 777])
    assert pack(printer.done()) == pack(printed_samples(sound))


def test_prints_are_kept_as_they_are(prints: dict[str, SoundPrint]) -> None:
    one = prints["song-2"]
    data = pack(one)
    again = unpack(data)
    assert again
    assert (again.levels == one.levels).all()
    assert pack(again) == data
    assert unpack(data[:4] + b"\xff" + data[5:]) is None
    assert unpack(b"") is None
