"""Raw recordings → what is said in them → what of them is shown."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Asset, Transcript, Word
from reelwright.edit.cut import plan
from reelwright.edit.cut.order import Order
from reelwright.edit.cut.spans import Span
from reelwright.stages.cut_file import check_kind, find_source
from reelwright.stages.hearing import hear, transcribe
from reelwright.stages.highlights import choose_best, choose_clips
from reelwright.stages.montage import choose_montage, find_music
from reelwright.stages.run import Run
from reelwright.stages.sources import probe_source

if TYPE_CHECKING:
    from reelwright.edit.cut.speech import Hearing

Stretch = tuple[float, float]

_HEARD = 0.25
"""Mean probability of speech at which a transcript is believed that a word is there."""


def open_sources(run: Run, order: Order) -> tuple[Asset, ...]:
    """The recordings of an order, probed; also settles the rate the video will have.

    Raises FootageError for one that cannot be cut, saying why.
    """
    assets = tuple(probe_source(run, find_source(run.project, name)) for name in order.sources)
    for asset in assets:
        check_kind(asset.facts, Path(asset.path))
    settings = run.settings
    if "fps" not in settings.model_fields_set:
        rate = plan.rate_of(assets, settings.picture.rate)
        run.settings = settings.model_copy(update={"fps": str(rate)})
    return assets


def write_down(run: Run, assets: Sequence[Asset]) -> dict[str, Transcript]:
    """What is said in each recording, by the asset's id, where somebody is set up to write it."""
    told: dict[str, Transcript] = {}
    for asset in assets:
        found = transcribe(run, asset) if asset.facts.has_sound else None
        if found:
            told[asset.id] = found
    spoken = next((text.language for text in told.values() if text.words), "")
    if spoken and run.settings.language == "auto":
        run.language = "zh" if spoken in ("zh", "yue") else "en"
    return told


def choose_spans(
    run: Run, order: Order, assets: Sequence[Asset], told: Mapping[str, Transcript]
) -> tuple[Span, ...]:
    """What of the recordings is shown, in the order in which it is.

    Raises FootageError where there is nothing to choose by: no sound, nobody who speaks.
    """
    match order.kind:
        case "clips":
            return choose_clips(run, assets[0], told, order.clips or 1)
        case "highlights":
            return choose_best(run, assets, told, order.highlights or run.settings.length)
        case "montage":
            return choose_montage(run, order, assets, find_music(run, order)).spans
        case "talk":
            return _talk(run, order, assets[0], told.get(assets[0].id))


def _talk(run: Run, order: Order, asset: Asset, told: Transcript | None) -> tuple[Span, ...]:
    """A recording of somebody who speaks, without its silence."""
    from reelwright.edit.cut.silence import keep
    from reelwright.edit.cut.speech import find_speech

    begin, end = order.stretch or (0.0, asset.facts.seconds)
    end = min(end, asset.facts.seconds)
    if not order.silence:
        return (Span(source=asset.path, start=begin, end=end, why="all of it"),)
    if not asset.facts.has_sound:
        raise FootageError(
            "has no sound, so there is no silence to cut out",
            where=asset.path,
            hint="--highlights 45 picks by what is seen; --length 30 makes a montage",
        )
    hearing = hear(run, asset)
    speech = find_speech(hearing)
    if told:
        speech = _with_words(speech, hearing, told.words)
    within = [(max(begin, a), min(end, b)) for a, b in speech if a < end and b > begin]
    if not within:
        raise FootageError(
            "nobody speaks in it",
            where=asset.path,
            hint="--highlights 45 picks the best of it by what is seen and heard; "
            "`silence: false` in cut.yaml keeps all of it",
        )
    gone = _unwanted(hearing, told) if told and order.fillers else []
    kept = keep(within, hearing, pause=run.settings.cut.pause, without=[cut for cut, _ in gone])
    spans: list[Span] = []
    last = begin
    for first, until in kept:
        first, until = max(first, begin), min(until, end)
        if until - first < 0.01:
            continue
        why = [what for (a, b), what in gone if a < first and b > last]
        if not why and first - last > 0.05:
            why = [f"{first - last:.1f} s of silence"]
        told_why = f"after {', '.join(why)}" if why else ""
        spans.append(Span(source=asset.path, start=first, end=until, why=told_why))
        last = until
    return tuple(spans)


def _unwanted(hearing: Hearing, told: Transcript) -> list[tuple[Stretch, str]]:
    """What is said and goes all the same, and what it is."""
    from reelwright.edit.cut.fillers import find_fillers, find_repeats, settle_in_gaps
    from reelwright.edit.cut.speech import find_gaps

    def said(cut: Stretch) -> str:
        words = [w.text for w in told.words if cut[0] <= (w.start + w.end) / 2 <= cut[1]]
        return "".join(words).strip()[:40]

    gaps = find_gaps(hearing)
    fillers = find_fillers(told.words, gaps)
    repeats = settle_in_gaps(find_repeats(told.words, told.language), gaps)
    found = [(cut, f"a filler ({said(cut)})") for cut in fillers]
    found += [(cut, f"a take begun again ({said(cut)})") for cut in repeats]
    return sorted(found)


def _with_words(
    speech: Sequence[Stretch], hearing: Hearing, words: Sequence[Word]
) -> list[Stretch]:
    """Speech with the words that were understood although they were hardly heard."""
    likely = hearing.probability()
    found = list(speech)
    starts = [start for start, _ in speech]
    for word in words:
        near = speech[max(0, bisect_left(starts, word.start) - 1) : bisect_left(starts, word.end)]
        covered = sum(max(0.0, min(b, word.end) - max(a, word.start)) for a, b in near)
        first, last = int(word.start * 100), int(word.end * 100) + 1
        part = likely[first:last]
        if covered < (word.end - word.start) / 2 and len(part) and part.mean() > _HEARD:
            found.append((word.start, word.end))
    joined: list[Stretch] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
