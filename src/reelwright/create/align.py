"""When each word is heard, for voices that do not say: from the sound alone.

The sound falls into islands of voice between pauses; the text falls into tokens (a Chinese
character, a Latin word), each with a weight that says how long it takes, and pauses are likely at
punctuation. Islands and tokens are matched by dynamic programming, so that each island gets about
as much text as it is long and pauses fall on punctuation where they can. Inside an island the
tokens share the time by weight, and each boundary then moves to the nearest dip of the energy.

Against the embedded voice's own events this is right to some 40 ms at the median; see the test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from reelwright.core.nouns import Language, WordTime
from reelwright.create.words import is_cjk, syllables

HOP = 0.01
"""Seconds between two values of the envelope."""
_PAUSE = 0.09
"""Seconds of quiet that make a pause; the closure of a plosive is shorter."""
_LIGHT = frozenset("的了着过吗呢吧啊地得么们子个")
_SHORT_WORDS = """
a an the of to in on at is it and or as for that be by was are but with from you we i he if can
"""
_SHORT = frozenset(_SHORT_WORDS.split())
_TOKEN = re.compile(r"[A-Za-zÀ-ɏ0-9]+(?:['’\-][A-Za-zÀ-ɏ0-9]+)*")
_MARKS = {**dict.fromkeys("，、,：:；;—–…", 0.6), **dict.fromkeys("。.！!？?", 1.0)}


@dataclass(frozen=True)
class _Token:
    first: int
    last: int
    weight: float
    stop: float
    """How likely a pause follows: 0 to 1."""


def align(samples: np.ndarray, rate: int, text: str, language: Language) -> tuple[WordTime, ...]:
    """The words of a take.

    Args:
        samples: mono, −1 to 1.
        rate: samples a second.
        text: the spoken form that was spoken.
        language: of the text.

    Returns: a `WordTime` for each Chinese character and Latin word, in order, within the sound.
    Empty when there is no sound or no text.
    """
    del language  # the script of each token says how it is spoken, whatever the line is in
    tokens = _tokens(text)
    envelope = loudness(samples, rate)
    islands = _islands(envelope)
    if not tokens or not islands:
        return ()
    counts = _share(tokens, islands)
    times: list[WordTime] = []
    at = 0
    for (begin, end), count in zip(islands, counts, strict=True):
        part = tokens[at : at + count]
        at += count
        edges = _divide(part, begin, end, envelope)
        times.extend(
            WordTime(first=token.first, last=token.last, start=left * HOP, end=right * HOP)
            for token, left, right in zip(part, edges, edges[1:], strict=False)
        )
    return tuple(times)


def loudness(samples: np.ndarray, rate: int) -> np.ndarray:
    """The envelope: decibels (relative to full scale, at least −100) every `HOP` seconds."""
    hop = max(1, round(HOP * rate))
    count = max(1, -(-len(samples) // hop))
    padded = np.zeros(count * hop)
    padded[: len(samples)] = samples
    power = np.mean(padded.reshape(count, hop) ** 2, axis=1)
    return 10 * np.log10(np.maximum(power, 1e-10))


def threshold(envelope: np.ndarray) -> float:
    """The level above which the envelope is voice: 38 dB under its peak, or above the noise."""
    peak = float(np.percentile(envelope, 98))
    noise = float(np.percentile(envelope, 5))
    # A take without any quiet stretch has no noise to learn from: its 5 % are voice.
    floor = noise + 8 if noise < peak - 25 else -100.0
    return max(peak - 38, floor)


def _islands(envelope: np.ndarray) -> list[tuple[int, int]]:
    if float(np.max(envelope)) < -60:
        return []
    loud = envelope > threshold(envelope)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
    islands: list[tuple[int, int]] = []
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if islands and (begin - islands[-1][1]) * HOP < _PAUSE:
            islands[-1] = (islands[-1][0], end)
        else:
            islands.append((begin, end))
    # A click or a breath is no word.
    return [one for one in islands if (one[1] - one[0]) * HOP >= 0.05] or islands


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        latin = _TOKEN.match(text, at)
        if is_cjk(text[at]):
            weight = 0.75 if text[at] in _LIGHT else 1.0
            tokens.append(_Token(at, at + 1, weight, 0.0))
            at += 1
        elif latin:
            word = latin.group()
            weight = 0.55 * syllables(word) + 0.09 * len(word)
            weight *= 0.75 if word.lower() in _SHORT else 1.0
            tokens.append(_Token(at, latin.end(), weight, 0.0))
            at = latin.end()
        else:
            if tokens and text[at] in _MARKS:
                last = tokens[-1]
                stop = max(last.stop, _MARKS[text[at]])
                tokens[-1] = _Token(last.first, last.last, last.weight, stop)
            at += 1
    # What stands before a pause is drawn out.
    return [
        _Token(one.first, one.last, one.weight + (0.35 if one.stop else 0.0), one.stop)
        for one in tokens
    ]


def _share(tokens: list[_Token], islands: list[tuple[int, int]]) -> list[int]:
    """How many tokens each island gets: the cheapest way to lay all tokens over all islands."""
    count = len(tokens)
    ends = np.concatenate(([0.0], np.cumsum([token.weight for token in tokens])))
    lengths = np.array([(end - begin) for begin, end in islands], dtype=float)
    pace = float(lengths.sum() / ends[-1])
    stops = np.array([0.0, *(token.stop for token in tokens)])
    # Punctuation passed over without a pause: counted at every inner boundary.
    passed = np.concatenate(([0.0], np.cumsum(stops[1:])))
    weight = ends[None, :] - ends[:, None]
    inner = np.maximum(0.0, passed[None, :] - stops[None, :] - passed[:, None])
    allowed = np.triu(np.ones((count + 1, count + 1), dtype=bool))
    best = np.full(count + 1, np.inf)
    best[0] = 0.0
    steps: list[np.ndarray] = []
    for index, length in enumerate(lengths):
        miss = (weight * pace - length) ** 2 / (pace**2 * (0.3 + 0.12 * weight))
        cost = miss + 1.5 * inner
        if index + 1 < len(islands):
            quiet = (islands[index + 1][0] - islands[index][1]) * HOP
            # A long pause without punctuation is unlikely; a short one may be anything.
            cost = cost + (1 - stops)[None, :] * min(3.0, 8 * quiet)
        total = np.where(allowed, best[:, None] + cost, np.inf)
        steps.append(np.argmin(total, axis=0))
        best = np.min(total, axis=0)
    counts: list[int] = []
    at = count
    for step in reversed(steps):
        before = int(step[at])
        counts.append(at - before)
        at = before
    return counts[::-1]


def _divide(tokens: list[_Token], begin: int, end: int, envelope: np.ndarray) -> list[float]:
    """The edges of an island's tokens, in steps of the envelope."""
    weights = np.array([token.weight for token in tokens])
    if not len(weights):
        return [begin, end]
    edges = begin + (end - begin) * np.concatenate(([0.0], np.cumsum(weights))) / weights.sum()
    found = [float(begin)]
    for index in range(1, len(tokens)):
        # Never further than 40 % into either neighbour.
        near = 0.4 * min(edges[index] - edges[index - 1], edges[index + 1] - edges[index])
        low, high = int(np.ceil(edges[index] - near)), int(edges[index] + near)
        low = max(low, int(found[-1]) + 1)
        place = float(edges[index])
        if high > low:
            window = envelope[low : high + 1]
            far = (np.arange(low, low + len(window)) - edges[index]) / max(near, 1)
            place = float(low + int(np.argmin(window + 6 * far**2)))
        found.append(max(place, found[-1] + 0.5))
    found.append(max(float(end), found[-1] + 0.5))
    return found
