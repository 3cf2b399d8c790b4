"""A line for espeak-ng: runs of one language, spoken one by one and joined without a click."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from reelwright.core.errors import ProviderRefused, nearest
from reelwright.core.nouns import Speech, WordTime
from reelwright.providers.tts import espeak_engine as engine
from reelwright.providers.tts import mandarin
from reelwright.providers.tts.polish import polish

_LONGEST = 5000
_PAUSES = {",": 0.2, ";": 0.25, ":": 0.25, ".": 0.38, "?": 0.38, "!": 0.38}
"""Seconds between two runs, by the punctuation between them."""
_GAP = 0.035
"""Seconds between two runs with none."""

_STOPS = str.maketrans(
    {
        **dict.fromkeys('，、,——–―…()（）[]【】《》「」『』“”"|/\\', ","),
        **dict.fromkeys("；;", ";"),
        **dict.fromkeys("：:", ":"),
        **dict.fromkeys("。.．", "."),
        **dict.fromkeys("？?", "?"),
        **dict.fromkeys("！!", "!"),
    }
)


@dataclass(frozen=True)
class _Manner:
    """How one language is spoken. Measured for about 4.7 zh syllables a second, 165 en words a
    minute, and a tone range of some ten semitones (the engine's own is four)."""

    voice: str
    speed: int
    pitch: int
    spread: int


_MANNERS = {
    "zh": _Manner("cmn-latn-pinyin", speed=205, pitch=50, spread=90),
    "en": _Manner("en-us", speed=145, pitch=40, spread=65),
}
TIMBRE = "f3"
_ACCENTS = {
    "en-us": "en-us",
    "en-gb": "en",
    "en-gb-scotland": "en-gb-scotland",
    "en-gb-x-rp": "en-gb-x-rp",
}
"""Accents of English, and the engine's names for them."""


@dataclass
class _Run:
    """A stretch in one language. `tokens` are (engine text, first, last) with offsets into the
    line; `stop` is the punctuation after it."""

    language: str
    tokens: list[tuple[str, int, int]]
    stop: str = ""


def speak_line(speech: Speech) -> tuple[np.ndarray, tuple[WordTime, ...]]:
    """The samples of a line (`engine.RATE`, mono, -1 to 1) and when its words are heard."""
    accent, timbre = choose(speech.voice)
    runs = split_runs(speech.text, speech.language)
    if not runs:
        raise ProviderRefused(
            f'there is nothing to speak in "{speech.text[:40]}"',
            hint="write the line in Chinese or Latin letters",
        )
    if len(speech.text) > _LONGEST:
        raise ProviderRefused(
            f"{len(speech.text)} characters are too many for one line",
            hint="split it into lines",
        )
    pieces: list[np.ndarray] = []
    times: list[WordTime] = []
    at = 0
    for index, run in enumerate(runs):
        last = index == len(runs) - 1
        sound, words = _speak_run(run, speech.rate, accent, timbre, last=last)
        for first, end, start, stop in words:
            times.append(
                WordTime(
                    first=first,
                    last=end,
                    start=(at + start) / engine.RATE,
                    end=(at + stop) / engine.RATE,
                )
            )
        pieces.append(sound)
        at += len(sound)
        if not last:
            gap = round(_PAUSES.get(run.stop[:1], _GAP) / speech.rate * engine.RATE)
            pieces.append(np.zeros(gap))
            at += gap
    # The room of `polish` rings on for a moment.
    samples = np.concatenate([*pieces, np.zeros(round(0.06 * engine.RATE))])
    if not times or not np.any(samples):
        raise ProviderRefused(f'espeak-ng has no sound for "{speech.text[:40]}"')
    return polish(samples, engine.RATE), tuple(times)


def split_runs(text: str, language: str) -> list[_Run]:
    """Cut a line into runs of one language, ready for the engine.

    Every character of `text` keeps its offset. Emoji, controls and other things that have no sound
    become spaces; a run that holds no sound is left out.
    """
    runs: list[_Run] = []
    at = 0
    while at < len(text):
        char = text[at]
        if mandarin.is_hanzi(char):
            end = at
            while end < len(text) and mandarin.is_hanzi(text[end]):
                end += 1
            _add(runs, "zh", _hanzi_tokens(text[at:end], at))
        elif _is_letter(char):
            end = at
            while end < len(text) and (_is_letter(text[end]) or text[end] in "'’-"):
                end += 1
            _add(runs, "en", _latin_tokens(text[at:end], at))
        else:
            end = at + 1
            stop = char.translate(_STOPS)
            # The weightier of two marks in a row counts.
            if runs and _PAUSES.get(stop, 0) > _PAUSES.get(runs[-1].stop, 0):
                runs[-1].stop = stop
        at = end
    return runs


def _add(runs: list[_Run], language: str, tokens: list[tuple[str, int, int]]) -> None:
    if not tokens:
        return
    if runs and runs[-1].language == language and not runs[-1].stop:
        runs[-1].tokens.extend(tokens)
    elif runs and runs[-1].language == language:
        # The punctuation stays inside the run: the engine makes its pause and its melody.
        text, first, last = runs[-1].tokens[-1]
        runs[-1].tokens[-1] = (text + runs[-1].stop, first, last)
        runs[-1].stop = ""
        runs[-1].tokens.extend(tokens)
    else:
        runs.append(_Run(language, tokens))


def _is_letter(char: str) -> bool:
    return (char.isascii() and char.isalnum()) or ("À" <= char <= "ɏ" and char.isalpha())


def _latin_tokens(text: str, at: int) -> list[tuple[str, int, int]]:
    plain = unicodedata.normalize("NFC", text).replace("’", "'")
    if len(plain) != len(text):
        plain = text.replace("’", "'")
    if not any(char.isalnum() for char in plain):
        return []
    # The engine's word buffer holds 200 bytes: a longer "word" is no word of any language.
    step = 60
    return [
        (plain[start : start + step], at + start, at + min(start + step, len(plain)))
        for start in range(0, len(plain), step)
    ]


def _hanzi_tokens(text: str, at: int) -> list[tuple[str, int, int]]:
    import rjieba

    words = rjieba.cut(text)
    readings = mandarin.syllables(text, words)
    tokens: list[tuple[str, int, int]] = []
    offset = 0
    for word in words:
        for start in range(0, len(word), 4):
            part = word[start : start + 4]
            spelt = ""
            first = last = at + offset + start
            for index in range(len(part)):
                reading = readings[offset + start + index]
                last += 1
                if not reading:
                    continue
                said, phonemes = mandarin.spell(reading)
                if phonemes:
                    # Phonemes stand as a word of their own.
                    if spelt:
                        tokens.append((spelt, first, last - 1))
                    tokens.append((said, last - 1, last))
                    spelt, first = "", last
                else:
                    spelt += said
            if spelt:
                tokens.append((spelt, first, last))
        offset += len(word)
    return tokens


def choose(voice: str | None) -> tuple[str, str]:
    """The English accent and the timbre that a voice's name means."""
    accent, plus, timbre = (voice or "").partition("+")
    if accent and not plus and not accent.startswith("en"):
        accent, timbre = "", accent
    accent, timbre = accent or _MANNERS["en"].voice, timbre or TIMBRE
    if accent not in _ACCENTS:
        raise ProviderRefused(
            f'espeak has no voice "{accent}"',
            where="setting voice.name",
            hint=nearest(accent, _ACCENTS),
        )
    if timbre not in engine.variants():
        raise ProviderRefused(
            f'espeak has no voice "{timbre}"',
            where="setting voice.name",
            hint=nearest(timbre, engine.variants()),
        )
    return _ACCENTS[accent], timbre


def _speak_run(
    run: _Run, rate: float, accent: str, timbre: str, *, last: bool
) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """One run's samples, quiet ends cut off, and its words as (first, last, start, end): offsets
    into the line and samples."""
    manner = _MANNERS[run.language]
    text = ""
    starts: list[tuple[int, int, int]] = []
    for token, first, end in run.tokens:
        starts.append((len(text), first, end))
        text += f"{token} "
    # A run that goes on keeps its voice up, as before a comma.
    text = text.rstrip() + (run.stop or ("." if last else ","))
    sound = engine.say(
        text,
        f"{manner.voice if run.language == 'zh' else accent}+{timbre}",
        speed=max(80, min(450, round(manner.speed * rate))),
        pitch=manner.pitch,
        spread=manner.spread,
        phonemes="[[" in text,
    )
    loud = np.flatnonzero(np.abs(sound.samples) > 0.004)
    if not len(loud):
        return np.zeros(0), []
    margin = round(0.01 * engine.RATE)
    begin, finish = max(0, int(loud[0]) - margin), min(len(sound.samples), int(loud[-1]) + margin)
    words = _place(starts, sound, begin, finish)
    return _fade(sound.samples[begin:finish]), words


def _place(
    starts: list[tuple[int, int, int]], sound: engine.Sound, begin: int, finish: int
) -> list[tuple[int, int, int, int]]:
    """Join the engine's word events, which may be finer than our tokens, to the tokens."""
    heard: dict[int, int] = {}
    for char, sample in sound.words:
        token = max((index for index, (at, _, _) in enumerate(starts) if at <= char + 1), default=0)
        # Events come with the character after "[[" for phonemes; +1 above takes them in.
        heard.setdefault(token, sample)
    order = sorted(heard)
    words: list[tuple[int, int, int, int]] = []
    for position, token in enumerate(order):
        start = max(begin, min(heard[token], finish))
        follows = order[position + 1] if position + 1 < len(order) else None
        stop = finish if follows is None else max(start, min(heard[follows], finish))
        # Against the word's own peak: the voice's faint echo fills the pause after it.
        level = np.abs(sound.samples[start:stop])
        loud = np.flatnonzero(level > max(0.004, 0.08 * float(np.max(level, initial=0.0))))
        end = start + int(loud[-1]) + 1 if len(loud) else stop
        # Tokens without an event of their own are heard within the word before them.
        last = starts[(follows or len(starts)) - 1][2]
        words.append((starts[token][1], last, start - begin, max(end - begin, start - begin + 1)))
    return words


def _fade(samples: np.ndarray) -> np.ndarray:
    """Five milliseconds in and out, so that no join clicks."""
    count = min(round(0.005 * engine.RATE), len(samples) // 2)
    ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(count, 1))
    samples = samples.copy()
    samples[:count] *= ramp
    samples[len(samples) - count :] *= ramp[::-1]
    return samples
