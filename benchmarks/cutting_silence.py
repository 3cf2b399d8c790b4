"""Silence cutting on generated speech whose pauses are known to the sample.

Phrases that end, and begin, in consonants without voice are spoken by espeak-ng and set apart by
pauses of known lengths; noise of a room lies over it at several distances under the voice. A word
is clipped when anything of it that can be heard (50 dB under its phrase's peak, in windows of
10 ms) is not kept; a pause of over 0.5 s is left in when over 0.5 s of it are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from figures import Bench, Figure

RATE = 22_050
AUDIBLE = 50.0
LONG = 0.5
SNRS = (60.0, 30.0, 20.0, 12.0)
VOICES = ("", "f3", "m3")
LENGTH = 600
"""Seconds of the talk whose cutting is timed."""

PHRASES = {
    "en": (
        "he fixed the roofs", "stop it", "six boats and a ship", "what a kiss", "she sells fish",
        "the truth about tea leaves", "put it on the desk", "forty percent", "take a deep breath",
        "this is much too fast", "look at that cat", "half of us laugh", "think first", "ask",
        "the other half will not", "perfect", "yes it is a great success", "pick up the box",
        "fresh fish and chips", "no", "please wash the cloth", "cats sleep a lot", "that is it",
    ),
    "zh": (
        "这是一个事实", "他十四岁", "不吃", "先喝一杯茶", "现在开始", "去超市", "四十四只石狮子",
        "我知道", "谢谢", "其实很简单", "可是时间不多", "请坐", "三七二十一", "他说不是", "是",
        "出去走一走", "看书吃饭", "发现一个秘密", "非常舒服", "慢慢来", "好的", "从此以后", "几次",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A recording, its words and its pauses (seconds)."""

    name: str
    sound: Any
    words: tuple[tuple[float, float], ...]
    pauses: tuple[tuple[float, float], ...]


def make_case(language: str, snr: float, seed: int) -> Case:
    """Speech with known pauses, in the noise of a room."""
    from reelwright.core.nouns import Speech
    from reelwright.providers.tts.espeak_lines import speak_line

    chance = np.random.default_rng([seed, len(language), round(snr)])
    voice = VOICES[seed % len(VOICES)] or None
    parts: list[Any] = [np.zeros(round(RATE * 1.2))]
    words: list[tuple[float, float]] = []
    pauses: list[tuple[float, float]] = []
    at, last = len(parts[0]), None
    for index in chance.permutation(len(PHRASES[language])):
        speech = Speech(text=PHRASES[language][index], language=language, voice=voice)  # pyright: ignore[reportArgumentType]
        samples, times = speak_line(speech)
        samples = np.asarray(samples).reshape(-1) * 10 ** (chance.uniform(-6, 0) / 20)
        heard = audible(samples)
        first, end = heard[0] * 0.01, (heard[-1] + 1) * 0.01
        begun = at / RATE
        for number, word in enumerate(times):
            start = first if number == 0 else word.start
            stop = end if number == len(times) - 1 else min(word.end, times[number + 1].start)
            words.append((begun + start, begun + stop))
        if last is not None:
            pauses.append((last, begun + first))
        last = begun + end
        parts.append(samples)
        at += len(samples)
        pause = float(chance.choice([0.08, 0.2, 0.4, 0.7, 1.0, 1.6, 2.5, 4.0]))
        parts.append(np.zeros(round(RATE * pause)))
        at += len(parts[-1])
    sound = np.concatenate(parts)
    loud = np.sqrt((sound[np.abs(sound) > 0.01] ** 2).mean())
    noise = room(len(sound), chance)
    sound = sound + noise * loud * 10 ** (-snr / 20)
    return Case(
        f"{language} at {snr:g} dB, voice {voice or 'plain'}",
        sound / np.abs(sound).max() * 0.7,
        tuple(words),
        tuple(pauses),
    )


def room(count: int, chance: Any) -> Any:
    """Noise of a room, of power 1: pink, with the hum of the mains and a fan's slow swell."""
    spectrum = np.fft.rfft(chance.normal(size=count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    spectrum /= np.sqrt(np.maximum(hertz, 40))
    noise = np.fft.irfft(spectrum, count)
    noise /= noise.std()
    time = np.arange(count) / RATE
    noise *= 1 + 0.15 * np.sin(2 * np.pi * 0.13 * time)
    noise += 0.4 * np.sin(2 * np.pi * 50 * time) + 0.2 * np.sin(2 * np.pi * 150 * time)
    return noise / noise.std()


def audible(samples: Any) -> Any:
    """The hundredths of a second in which clean speech can be heard."""
    hop = RATE // 100
    parts = samples[: len(samples) // hop * hop].reshape(-1, hop)
    power = np.sqrt((parts**2).mean(axis=1))
    return np.flatnonzero(power > power.max() * 10 ** (-AUDIBLE / 20))


def judge(case: Case, kept: list[tuple[float, float]]) -> tuple[int, int, int]:
    """Words clipped, long pauses, and those of them left in, for the stretches that are kept."""
    clipped = sum(
        1
        for start, end in case.words
        if not any(a <= start + 1e-6 and end <= b + 1e-6 for a, b in kept)
    )
    long = [pause for pause in case.pauses if pause[1] - pause[0] > LONG]
    left = sum(
        1
        for start, end in long
        if sum(max(0.0, min(b, end) - max(a, start)) for a, b in kept) > LONG + 1e-6
    )
    return clipped, len(long), left


def quality(bench: Bench) -> list[Figure]:
    """Words clipped, and pauses left in, over all cases, read from the timelines of `reel cut`."""
    words = clipped = pauses = left = 0
    for language in PHRASES:
        for snr in SNRS:
            for seed in range(len(VOICES)):
                case = make_case(language, snr, seed)
                kept = cut(bench, case)
                one = judge(case, kept)
                words, clipped = words + len(case.words), clipped + one[0]
                pauses, left = pauses + one[1], left + one[2]
                bench.say(
                    f"  {case.name}: {one[0]} words clipped, {one[2]} of {one[1]} pauses left"
                )
    return [
        Figure(
            "silence",
            "words clipped by silence cutting",
            clipped,
            0,
            unit="words",
            ours=f"{clipped} of {words}",
            against="known words",
        ),
        Figure(
            "silence",
            "pauses over 0.5 s left in",
            100 * left / pauses,
            2,
            unit="%",
            ours=f"{left} of {pauses}",
            against="known pauses",
        ),
    ]


def cut(bench: Bench, case: Case) -> list[tuple[float, float]]:
    """What `reel cut` keeps of a case with a picture: the stretches heard at full level."""
    from reelwright.core.timeline import read_timeline
    from reelwright.pipeline import begin_cut
    from reelwright.pipeline import cut as cut_video

    os.environ["REEL_HOME"] = str(bench.work / "home")
    film = bench.work / "talk.mp4"
    _film(bench, [case.sound], film, "96x54")
    folder = bench.work / "talk"
    shutil.rmtree(folder, ignore_errors=True)
    # Framing is not what is measured here, and this shape needs none.
    project = begin_cut([film], folder, {"settings": {"format": "16:9"}})
    cut_video(project, until="timeline")
    timeline = read_timeline(project.timeline)
    rate = timeline.format.rate
    kept: list[tuple[float, float]] = []
    for clip in timeline.sound[0].clips:
        fade = clip.blend / 2000
        kept.append((clip.offset + fade, clip.offset + float(clip.frames / rate) - fade))
    return kept


def speed(bench: Bench) -> list[Figure]:
    """How much faster than it lasts a talk of ten minutes is analysed, timeline included."""
    from reelwright.pipeline import begin_cut
    from reelwright.pipeline import cut as cut_video

    film = bench.work / "long.mp4"
    sounds = [make_case("en" if n % 2 else "zh", 30, n).sound for n in range(12)]
    _film(bench, sounds, film, "1920x1080")
    best = float("inf")
    parts: dict[str, float] = {}
    for run in range(bench.repeat):
        os.environ["REEL_HOME"] = str(bench.work / f"home-{run}")
        project = begin_cut([film], bench.work / f"long-{run}", {})
        began = time.perf_counter()
        result = cut_video(project, until="timeline")
        wall = time.perf_counter() - began
        bench.say(f"  {wall:.1f} s: {result.seconds}")
        if wall < best:
            best, parts = wall, result.seconds
    heard = parts["listening"] + parts["choosing"]
    return [
        Figure(
            "silence-speed",
            "talk to cut, 10 minutes of 1080p, analysis only",
            LENGTH / heard,
            20,
            unit="× real time",
            ours=f"{heard:.1f} s",
            against=f"{LENGTH} s",
            least=True,
        ),
        Figure(
            "silence-speed",
            "talk to timeline, framing included",
            LENGTH / best,
            20,
            unit="× real time",
            ours=f"{best:.1f} s",
            against=f"{LENGTH} s",
            least=True,
        ),
    ]


def _film(bench: Bench, sounds: list[Any], out: Path, size: str) -> None:
    """Sounds with a picture: of somebody who talks, as a camera records it, where it is large."""
    from reelwright.media.sound import write_wav

    sound = np.concatenate(sounds)
    if len(sounds) > 1:
        sound = np.resize(sound, LENGTH * RATE)
    wav, loop = out.with_suffix(".wav"), out.with_name("loop.mp4")
    write_wav(wav, sound, RATE)
    width, height = (int(side) for side in size.split("x"))
    quiet = [bench.ffmpeg, "-v", "error", "-y"]
    raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", size, "-framerate", "30"]
    code = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"]
    grain = ["-vf", "noise=alls=5:allf=t"]
    command = [*quiet, *raw, "-i", "-", *grain, *code, str(loop)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as coder:
        assert coder.stdin is not None
        for picture in _talker(width, height):
            coder.stdin.write(picture)
        coder.stdin.close()
    joined = ["-stream_loop", "-1", "-i", str(loop), "-i", str(wav), "-map", "0:v", "-map", "1:a"]
    joined += ["-c:v", "copy", "-c:a", "aac", "-t", f"{len(sound) / RATE:.3f}"]
    subprocess.run([*quiet, *joined, str(out)], check=True)


def _talker(width: int, height: int) -> Iterator[bytes]:
    """Ten seconds of a drawn head that sways before a still ground."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from portraits import draw_head, ground

    scenery = ground(max(width, 64), max(height, 64), 1).resize((width, height))
    wide = max(8, round(0.14 * width))
    head = draw_head(520).resize((wide, wide * 5 // 4))
    for frame in range(300):
        t = frame / 30
        picture = scenery.copy()
        x = round(width * (0.58 + 0.012 * np.sin(1.2 * np.pi * t)) - wide / 2)
        y = round(height * (0.3 + 0.01 * np.sin(0.8 * np.pi * t)))
        picture.paste((60, 80, 130), (x - wide // 4, y + wide, x + wide * 5 // 4, height))
        picture.paste(head, (x, y), head)
        yield picture.tobytes()
