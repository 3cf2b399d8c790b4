"""What is shown of recordings → a timeline: framed, captioned, at one level, with music."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Asset, Line, MediaFacts, Origin, Script, Shot, Transcript, Word
from reelwright.core.time import to_frames
from reelwright.core.timeline import (
    Caption,
    Footage,
    Mark,
    PictureTrack,
    SoundClip,
    SoundTrack,
    TextStyle,
    TextTrack,
    Timeline,
    write_timeline,
)
from reelwright.create.themes import captions_of, chosen, load_theme
from reelwright.edit.cut import plan
from reelwright.edit.cut.order import Order
from reelwright.edit.cut.spans import Span
from reelwright.publish import label as labels
from reelwright.stages.covers import Moment
from reelwright.stages.framing import framing, framing_key, watch_sources
from reelwright.stages.hearing import hear
from reelwright.stages.montage import choose_montage, find_music
from reelwright.stages.run import Run
from reelwright.stages.sources import probe_source
from reelwright.stages.timeline import Layout, keep_edits
from reelwright.store import atomic
from reelwright.store.artefacts import hash_value
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.edit.cut.montage import Montage

_VERSION = 2
"""Raised whenever the same spans would be laid out otherwise."""
_MARK_SECONDS = 3
_LOOKS = 9
"""Moments of a cut that are looked at for its covers."""
_MUSIC_IN, _MUSIC_OUT = Fraction(1, 15), Fraction(3, 2)
"""Seconds over which music comes in and goes out."""


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
    pieces = plan.place(spans, {asset.path: asset for asset in assets}, rate)
    if not pieces:
        raise FootageError("nothing of it is left", where=assets[0].path)
    music = find_music(run, order)
    # Whoever cuts to music hears the music; what was said meanwhile is torn to pieces.
    montage = choose_montage(run, order, assets, music) if order.kind == "montage" else None
    silent = montage is not None and music is not None
    heard = {} if silent else {key: text.words for key, text in told.items()}
    words = plan.words_in(pieces, heard, rate)
    parts: dict[str, list[Origin]] = {
        "picture": [asset.origin for asset in assets],
        "music": [music.origin] if music else [],
    }
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
        "framing": framing_key(run),
        "vad": settings.vad,
        "level": order.level,
        "stabilise": order.stabilise,
        "music": [music.id, music.path, settings.music.gain] if music else None,
        "montage": [montage.music_start, montage.fade] if montage else None,
    }

    def make(out: Path) -> None:
        style = _style(run, theme)
        frames = pieces[-1].start + pieces[-1].frames
        shown = min(to_frames(_MARK_SECONDS, rate), frames)
        height = labels.mark_height(settings.picture)
        marks = (Mark(start=0, frames=shown, text=label.text, height=height),) if label else ()
        timeline = Timeline(
            title=_title(order, assets),
            format=settings.picture,
            language=run.language,
            picture=PictureTrack(clips=_picture(run, order, assets, pieces)),
            sound=_sound(run, order, pieces, music, montage),
            text=TextTrack(style=style, captions=_captions(run, words, style), marks=marks),
            origins=tuple(dict.fromkeys(origin for part in parts.values() for origin in part)),
        )
        atomic.write_text(out, write_timeline(timeline))

    step = Step("cut", _VERSION, make, params, suffix=".json", what="timeline")
    timeline = keep_edits(run, step)
    if order.stabilise:
        _steady(run, assets)
    return Layout(timeline, label, labels.ai_made_parts(parts))


def _picture(
    run: Run, order: Order, assets: Sequence[Asset], pieces: Sequence[plan.Piece]
) -> tuple[Any, ...]:
    shown = _steady(run, assets) if order.stabilise else {}
    watched = watch_sources(run, assets, pieces)
    speech = {key: _speech(run, asset) for key, asset in _by_id(assets).items() if key in watched}
    return plan.picture(pieces, framing(run, watched, speech, shown), _name)


def _by_id(assets: Sequence[Asset]) -> dict[str, Asset]:
    return {asset.id: asset for asset in assets}


def _speech(run: Run, asset: Asset) -> Sequence[tuple[float, float]]:
    from reelwright.edit.cut.speech import find_speech

    return find_speech(hear(run, asset)) if asset.facts.has_sound else ()


def _steady(run: Run, assets: Sequence[Asset]) -> dict[str, Asset]:
    """The recordings made steady, by the id of each, as files in ``out/steady/``."""
    from reelwright.edit.cut import steadying
    from reelwright.media.scenes import find_scenes

    made: dict[str, Asset] = {}
    for asset in _by_id(assets).values():
        path = Path(asset.path)

        def make(out: Path, path: Path = path, facts: MediaFacts = asset.facts) -> None:
            run.say(f"calming the camera of {path.name}; this takes a while")
            changes = [scene.at for scene in find_scenes(path, facts)]
            steadying.steady_file(path, out, changes, stopping=run.steps.stopping)

        step = Step("steady", steadying.VERSION, make, {}, (path,), ".mp4", what=path.name)
        name = f"steady/{path.stem}-{asset.id[:6]}.mp4"
        file = run.project.publish(run.steps.run(step), name)
        made[asset.id] = probe_source(run, file)
    return made


def _sound(
    run: Run,
    order: Order,
    pieces: Sequence[plan.Piece],
    music: Asset | None,
    montage: Montage | None,
) -> tuple[SoundTrack, ...]:
    """What is heard: the pieces' own sound, and music under it; of a montage its music alone."""
    rate = run.settings.picture.rate
    gain = _gains(run, pieces) if order.level else {}
    own: tuple[SoundClip, ...] = ()
    if not (music and montage):
        own = plan.sound(
            pieces,
            rate,
            lambda path: run.project.relative(Path(path)),
            lambda piece: gain.get(piece.start, 0.0),
        )
    tracks = [SoundTrack(name="voice", clips=own)] if own else []
    if music:
        frames = pieces[-1].start + pieces[-1].frames
        bed = SoundClip(
            start=0,
            frames=frames,
            path=run.project.relative(Path(music.path)),
            asset=music.id,
            gain=run.settings.music.gain if own else 0.0,
            offset=montage.music_start if montage else 0.0,
            fade_in=min(to_frames(_MUSIC_IN, rate), frames),
            fade_out=min(to_frames(montage.fade if montage else _MUSIC_OUT, rate), frames),
            loop=True,
        )
        tracks.append(SoundTrack(name="music", ducks=bool(own), clips=(bed,)))
    return tuple(tracks)


def _gains(run: Run, pieces: Sequence[plan.Piece]) -> dict[int, float]:
    """The gain of each piece by where it starts: all at one level."""
    from reelwright.edit.cut.levelling import gains, level_of

    rate = run.settings.picture.rate
    heard = {
        piece.asset.id: hear(run, piece.asset) for piece in pieces if piece.asset.facts.has_sound
    }
    levels = [
        level_of(heard[piece.asset.id], *piece.seconds(rate)) if piece.asset.id in heard else None
        for piece in pieces
    ]
    found = gains(levels, [float(piece.frames / rate) for piece in pieces])
    return {piece.start: gain for piece, gain in zip(pieces, found, strict=True)}


def _name(piece: plan.Piece) -> str:
    minutes, seconds = divmod(piece.span.start, 60)
    return f"{Path(piece.asset.path).name} at {int(minutes)}:{seconds:04.1f}"


def _title(order: Order, assets: Sequence[Asset]) -> str:
    return order.title or Path(assets[0].path).stem.replace("_", " ").strip()[:80] or "video"


def _style(run: Run, theme: str) -> TextStyle:
    from reelwright.create.captions import caption_style

    look = load_theme(theme)
    own = run.settings.style
    name = captions_of(own)
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
) -> tuple[Script, tuple[Shot, ...], list[Moment]]:
    """What a cut is in the words of those who draw covers and write posts, and where to look."""
    title = _title(order, assets)
    said = " ".join(caption.text.replace("\n", " ") for caption in layout.timeline.text.captions)
    script = Script(title=title, description=said[:1000], lines=(Line(say=title),))
    shots = tuple(Shot(line=0, scene="statement", asset=asset) for asset in assets)
    known = _by_id(assets)
    rate = layout.timeline.format.rate
    moments: list[Moment] = []
    clips = [c for c in layout.timeline.picture.clips if isinstance(c.source, Footage)]
    for clip in clips[:: max(1, -(-len(clips) // _LOOKS))]:
        assert isinstance(clip.source, Footage)
        asset = known.get(clip.source.asset)
        if asset:
            moments.append((asset, round(clip.source.start + float(clip.frames / rate) / 2, 3)))
    return script, shots, moments
