"""Raw recordings → what to keep of them → a timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Asset, Line, Origin, Script, Shot, Transcript, Word
from reelwright.core.time import to_frames
from reelwright.core.timeline import (
    Caption,
    Footage,
    Mark,
    PictureTrack,
    SoundTrack,
    TextStyle,
    TextTrack,
    Timeline,
    write_timeline,
)
from reelwright.create.themes import chosen, load_theme
from reelwright.edit.cut import plan
from reelwright.edit.cut.order import Order
from reelwright.edit.cut.spans import Span
from reelwright.publish import label as labels
from reelwright.stages.cut_file import find_source
from reelwright.stages.hearing import hear, transcribe
from reelwright.stages.looking import FOCUS_VERSION, looker
from reelwright.stages.run import Run
from reelwright.stages.sources import probe_source
from reelwright.stages.timeline import Layout
from reelwright.stages.timeline import _keep_edits as keep_edits
from reelwright.store import atomic
from reelwright.store.artefacts import hash_value
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.edit.cut.speech import Hearing

_VERSION = 1
"""Raised whenever the same spans would be laid out otherwise."""
_HEARD = 0.25
"""Mean probability of speech at which a transcript is believed that a word is there."""


def open_sources(run: Run, order: Order) -> tuple[Asset, ...]:
    """The recordings of an order, probed; also settles the rate the video will have.

    Raises FootageError for one that cannot be cut, saying why.
    """
    assets = tuple(probe_source(run, find_source(run.project, name)) for name in order.sources)
    for asset in assets:
        if asset.facts.kind != "video":
            what = "has sound but no picture" if asset.facts.kind == "audio" else "is a picture"
            raise FootageError(
                what,
                where=asset.path,
                hint="`reel cut` cuts videos; a voice alone can be the voice of a video that "
                "`reel make` draws: voice.provider=recording",
            )
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


def _unwanted(hearing: Hearing, told: Transcript) -> list[tuple[tuple[float, float], str]]:
    """What is said and goes all the same, and what it is."""
    from reelwright.edit.cut.fillers import find_fillers, find_repeats, settle_in_gaps
    from reelwright.edit.cut.speech import find_gaps

    def said(cut: tuple[float, float]) -> str:
        words = [w.text for w in told.words if cut[0] <= (w.start + w.end) / 2 <= cut[1]]
        return "".join(words).strip()[:40]

    gaps = find_gaps(hearing)
    fillers = find_fillers(told.words, gaps)
    repeats = settle_in_gaps(find_repeats(told.words, told.language), gaps)
    found = [(cut, f"a filler ({said(cut)})") for cut in fillers]
    found += [(cut, f"a take begun again ({said(cut)})") for cut in repeats]
    return sorted(found)


def _with_words(
    speech: Sequence[tuple[float, float]], hearing: Hearing, words: Sequence[Word]
) -> list[tuple[float, float]]:
    """Speech with the words that were understood although they were hardly heard."""
    likely = hearing.probability()
    found = list(speech)
    for word in words:
        covered = sum(max(0.0, min(b, word.end) - max(a, word.start)) for a, b in speech)
        first, last = int(word.start * 100), int(word.end * 100) + 1
        part = likely[first:last]
        if covered < (word.end - word.start) / 2 and len(part) and part.mean() > _HEARD:
            found.append((word.start, word.end))
    joined: list[tuple[float, float]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def lay_out_cut(
    run: Run,
    order: Order,
    assets: Sequence[Asset],
    told: Mapping[str, Transcript],
    spans: Sequence[Span],
) -> Layout:
    """The timeline of chosen spans, or as the person edited it."""
    settings = run.settings
    rate = settings.picture.rate
    by_path = {asset.path: asset for asset in assets}
    pieces = plan.place(spans, by_path, rate)
    if not pieces:
        raise FootageError("nothing of it is left", where=assets[0].path)
    words = plan.words_in(pieces, {key: text.words for key, text in told.items()}, rate)
    parts: dict[str, list[Origin]] = {"picture": [asset.origin for asset in assets]}
    label = labels.decide(
        parts,
        settings=settings.label,
        language=run.language,
        produce_id=hash_value([asset.id for asset in assets])[:32],
        platform=settings.platform,
    )
    theme = chosen(settings.style)
    params: dict[str, Any] = {
        "spans": spans,
        "assets": [[asset.id, asset.path, asset.facts, asset.origin] for asset in assets],
        "words": words,
        "label": label,
        "title": _title(order, assets),
        "settings": [settings.format, settings.fps, settings.platform, settings.style],
        "theme": load_theme(theme),
        "language": run.language,
        "focus": FOCUS_VERSION,
    }

    def make(out: Path) -> None:
        style = _style(run, theme)
        captions = _captions(run, words, style)
        clips = plan.picture(pieces, _framing(run, rate), _name)
        voice = plan.sound(pieces, rate, lambda path: run.project.relative(Path(path)))
        frames = pieces[-1].start + pieces[-1].frames
        shown = min(to_frames(3, rate), frames)
        height = labels.mark_height(settings.picture)
        marks = (Mark(start=0, frames=shown, text=label.text, height=height),) if label else ()
        timeline = Timeline(
            title=_title(order, assets),
            format=settings.picture,
            language=run.language,
            picture=PictureTrack(clips=clips),
            sound=(SoundTrack(name="voice", clips=voice),) if voice else (),
            text=TextTrack(style=style, captions=captions, marks=marks),
            origins=tuple(dict.fromkeys(origin for part in parts.values() for origin in part)),
        )
        atomic.write_text(out, write_timeline(timeline))

    step = Step("cut", _VERSION, make, params, suffix=".json", what="timeline")
    return Layout(keep_edits(run, step), label, labels.ai_made_parts(parts))


def _framing(run: Run, rate: Fraction) -> plan.Framing:
    """How pieces are cropped to the format: looking at their subject."""
    look = looker(run)

    def frame(piece: plan.Piece) -> list[tuple[int, Footage]]:
        start, end = piece.seconds(rate)
        asset = piece.asset
        focus, focus_end = look(asset, start, end - start)
        footage = Footage(
            path=run.project.relative(Path(asset.path)),
            asset=asset.id,
            start=start,
            focus=focus,
            focus_end=focus_end,
            hdr=asset.facts.hdr,
            rotation=asset.facts.rotation,
        )
        return [(piece.frames, footage)]

    return frame


def _name(piece: plan.Piece) -> str:
    minutes, seconds = divmod(piece.span.start, 60)
    return f"{Path(piece.asset.path).name} at {int(minutes)}:{seconds:04.1f}"


def _title(order: Order, assets: Sequence[Asset]) -> str:
    return order.title or Path(assets[0].path).stem.replace("_", " ").strip()[:80] or "video"


def _style(run: Run, theme: str) -> TextStyle:
    from reelwright.create.captions import caption_style

    look = load_theme(theme)
    own = run.settings.style
    name = own.captions if "captions" in own.model_fields_set else look.captions.style
    # Nobody wrote a translation of what was said off the cuff.
    style = own.model_copy(update={"captions": "karaoke" if name == "bilingual" else name})
    return caption_style(
        run.settings.model_copy(update={"style": style}),
        run.settings.picture,
        square=look.type.serif,
        fill=look.captions.fill,
        highlight=look.captions.highlight,
        outline=look.captions.outline,
    )


def _captions(run: Run, words: Sequence[Word], style: TextStyle) -> tuple[Caption, ...]:
    from reelwright.create.captions import make_captions, settle

    if style.name == "none" or not words:
        return ()
    rate = run.settings.picture.rate
    captions: list[Caption] = []
    for sentence in plan.sentences(words):
        first = to_frames(sentence[0].start, rate)
        begin = float(first / rate)
        shifted = [
            word.model_copy(
                update={"start": max(0.0, word.start - begin), "end": max(0.0, word.end - begin)}
            )
            for word in sentence
        ]
        captions.extend(
            make_captions(
                shifted,
                start=first,
                rate=rate,
                language=run.language,
                style=style,
                format=run.settings.picture,
            )
        )
    return settle(captions, rate)


def tell_post(
    order: Order, assets: Sequence[Asset], layout: Layout
) -> tuple[Script, tuple[Shot, ...]]:
    """What a cut is in the words of those who draw covers and write posts."""
    title = _title(order, assets)
    said = " ".join(caption.text.replace("\n", " ") for caption in layout.timeline.text.captions)
    script = Script(title=title, description=said[:1000], lines=(Line(say=title),))
    shots = tuple(Shot(line=0, scene="statement", asset=asset) for asset in assets)
    return script, shots
