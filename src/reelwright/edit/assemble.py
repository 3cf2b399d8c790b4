"""Shots, takes, captions and music → a timeline."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reelwright.core.errors import ScriptError
from reelwright.core.nouns import Asset, Format, Label, Language, Origin, Role, Script, Shot, Take
from reelwright.core.time import Seconds, frames_to_cover, to_frames, to_seconds
from reelwright.core.timeline import (
    Caption,
    Footage,
    Mark,
    PictureClip,
    PictureTrack,
    Scene,
    SoundClip,
    SoundTrack,
    TextStyle,
    TextTrack,
    Timeline,
    Transition,
)
from reelwright.edit.render.transitions import CUT, choose, pick, seconds_of

LEAD = Fraction(1, 5)
"""Seconds of a shot before its voice begins: what comes in stands before it is spoken of."""
TAIL = Fraction(8, 10)
"""Seconds the last shot stays after its last word, at least."""
COMFORT = (0.12, 0.5)
"""Seconds between which the pause after each line sounds natural."""
BOUNDS = (0.04, 0.8)
"""Seconds beyond which no pause goes, whatever length was asked."""
MARK_SECONDS = 3
"""How long the label stands; GB 45438-2025 (5.4) asks for at least two seconds."""

PLAIN = {CUT: 1, "dissolve": 1}
"""Without a theme's own: dissolves after the hook and before the call, cuts between the points."""

_SLOT = 2.0
_WORTH_SHOWING = 1.5
_WORTH_A_SCENE = 1.0


Point = tuple[float, float]
Look = Callable[[Asset, float, float], tuple[Point, Point | None]]
"""Where to look in a stretch of an asset (start and length in seconds) at its beginning and, if
that is elsewhere, at its end: shares of the width and the height."""


def ahead(asset: Asset, start: float, seconds: float) -> tuple[Point, Point | None]:
    """Looks at the middle of whatever it is."""
    return (0.5, 0.5), None


@dataclass(frozen=True)
class Span:
    """When a line's shot stands in the video, and when its voice begins (frames)."""

    start: int
    frames: int
    voice: int


@dataclass(frozen=True)
class Music:
    """A bed of music: the file, its content hash, how loud (dB), and where it came from."""

    path: Path
    asset: str
    gain: float
    origin: Origin


def schedule(script: Script, takes: Sequence[Take], rate: Fraction) -> tuple[Span, ...]:
    """When each line's shot stands: long enough for its take and the pause after it.

    A shot's length depends on its own line alone, so that rewording one line moves the others and
    changes none of them.
    """
    spans: list[Span] = []
    at = 0
    for index, (line, take) in enumerate(zip(script.lines, takes, strict=True)):
        pause = Fraction(script.pause if line.pause is None else line.pause)
        if index == len(takes) - 1:
            pause = max(pause, TAIL)
        frames = frames_to_cover(LEAD + Fraction(take.seconds) + pause, rate)
        spans.append(Span(start=at, frames=frames, voice=at + to_frames(LEAD, rate)))
        at += frames
    return tuple(spans)


def fit_pause(
    script: Script,
    takes: Sequence[Take],
    length: Seconds,
    bounds: tuple[float, float] = COMFORT,
) -> float:
    """The pause within `bounds` after each line that brings the video nearest to `length` seconds.

    Lines with a pause of their own keep it.
    """
    spoken = sum(Fraction(take.seconds) for take in takes) + LEAD * len(takes)
    own = [line.pause for line in script.lines[:-1]]
    fixed = TAIL + sum(Fraction(pause) for pause in own if pause is not None)
    free = sum(1 for pause in own if pause is None)
    if not free:
        return script.pause
    wanted = float((Fraction(length) - spoken - fixed) / free)
    # Centiseconds are finer than a frame and keep script.yaml readable.
    return math.floor(min(max(wanted, bounds[0]), bounds[1]) * 100) / 100


def assemble(
    *,
    script: Script,
    shots: Sequence[Shot],
    takes: Sequence[Take],
    spans: Sequence[Span],
    captions: Sequence[Caption],
    style: TextStyle,
    format: Format,
    theme: str,
    language: Language,
    seed_of: Callable[[str], int],
    relative: Callable[[Path], str],
    mark_height: int,
    music: Music | None = None,
    label: Label | None = None,
    transitions: Mapping[str, int] | None = None,
    elsewhere: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    look: Look = ahead,
    more: Sequence[Origin] = (),
) -> Timeline:
    """The timeline of a video.

    Args:
        captions: in order of time, in frames of the timeline.
        seed_of: a number for a line's text, so that a scene looks the same wherever it stands.
        relative: how a path is written into the timeline.
        mark_height: height of the label's letters in pixels.
        transitions: the theme's, with how often each; none: dissolves around the points, else cuts.
        elsewhere: stretches of assets (by id, in seconds) that other videos show; they come last.
        look: where to look in footage that is cropped.
        more: origins of what scenes show besides.

    Raises ScriptError for a line that names a transition that does not exist.
    """
    frames = spans[-1].start + spans[-1].frames
    mixes = transitions or PLAIN
    stretches = _Stretches(elsewhere or {})
    clips = _picture(
        script, shots, spans, format.rate, theme, seed_of, relative, mixes, stretches, look
    )
    voice = tuple(
        SoundClip(
            start=span.voice,
            frames=span.start + span.frames - span.voice,
            path=relative(Path(take.path)),
            asset=Path(take.path).parent.name,
        )
        for take, span in zip(takes, spans, strict=True)
    )
    sound = [SoundTrack(name="voice", clips=voice)]
    if music:
        bed = SoundClip(
            start=0,
            frames=frames,
            path=relative(music.path),
            asset=music.asset,
            gain=music.gain,
            # Hardly any: the hook is what music must be there for.
            fade_in=min(to_frames(Fraction(1, 15), format.rate), frames),
            fade_out=min(to_frames(Fraction(3, 2), format.rate), frames),
            loop=True,
        )
        sound.append(SoundTrack(name="music", ducks=True, clips=(bed,)))
    shown = min(to_frames(MARK_SECONDS, format.rate), frames)
    marks = (Mark(start=0, frames=shown, text=label.text, height=mark_height),) if label else ()
    origins = [shot.asset.origin for shot in shots if shot.asset]
    origins += [take.origin for take in takes]
    origins += [music.origin] if music else []
    origins += [script.origin] if script.origin else []
    origins += more
    return Timeline(
        title=script.title,
        format=format,
        language=language,
        picture=PictureTrack(clips=tuple(clips)),
        sound=tuple(sound),
        text=TextTrack(style=style, captions=tuple(captions), marks=marks),
        origins=tuple(dict.fromkeys(origins)),
    )


def _picture(
    script: Script,
    shots: Sequence[Shot],
    spans: Sequence[Span],
    rate: Fraction,
    theme: str,
    seed_of: Callable[[str], int],
    relative: Callable[[Path], str],
    mixes: Mapping[str, int],
    stretches: _Stretches,
    look: Look,
) -> list[PictureClip]:
    clips: list[PictureClip] = []
    for shot, span in zip(shots, spans, strict=True):
        line = script.lines[shot.line]
        name = f"shot {shot.line + 1} ({line.say[:16]}{'…' if len(line.say) > 16 else ''})"
        scene = Scene(
            name=shot.scene,
            theme=theme,
            params=shot.params,
            seed=seed_of(line.say),
            still=_pictures_in(shot.params),
        )
        transition = _transition(script, shot.line, span.frames, rate, mixes, seed_of)
        sources: list[tuple[Footage | Scene, int]] = [(scene, span.frames)]
        if shot.asset and shot.framed:
            framed = _framed(shot.asset, scene, span.frames, rate, stretches, relative, look)
            sources = [(framed, span.frames)]
        elif shot.asset:
            sources = _show(
                shot.asset, scene, span.frames, rate, stretches, relative, shot.line, look
            )
        at = span.start
        for source, frames in sources:
            clips.append(
                PictureClip(
                    start=at,
                    frames=frames,
                    source=source,
                    transition=transition if at == span.start else None,
                    name=name,
                )
            )
            at += frames
    return clips


def _show(
    asset: Asset,
    scene: Scene,
    frames: int,
    rate: Fraction,
    stretches: _Stretches,
    relative: Callable[[Path], str],
    index: int,
    look: Look,
) -> list[tuple[Footage | Scene, int]]:
    """Footage for a shot's frames, and the drawn scene for what the clip cannot fill."""
    facts = asset.facts
    picture = facts.kind == "picture"
    needed = float(to_seconds(frames, rate))
    start, there = (0.0, needed) if picture else stretches.take(asset, needed)
    lasts = min(frames, math.floor(Fraction(there) * rate))
    seen = lasts if to_seconds(frames - lasts, rate) >= _WORTH_A_SCENE else frames
    focus, focus_end = look(asset, start, float(to_seconds(seen, rate)))
    footage = Footage(
        path=relative(Path(asset.path)),
        asset=asset.id,
        start=start,
        kind="picture" if picture else "video",
        focus=focus,
        focus_end=None if picture else focus_end,
        move=("push", "pull")[index % 2] if picture else "none",
        hdr=facts.hdr,
        rotation=facts.rotation,
    )
    rest = frames - lasts
    # A clip that ends a moment early holds its last frame; a longer rest gets the drawn scene.
    if to_seconds(rest, rate) < _WORTH_A_SCENE:
        return [(footage, frames)] if lasts else [(scene, frames)]
    if there < _WORTH_SHOWING:
        return [(scene, frames)]
    return [(footage, lasts), (scene, rest)]


def _framed(
    asset: Asset,
    scene: Scene,
    frames: int,
    rate: Fraction,
    stretches: _Stretches,
    relative: Callable[[Path], str],
    look: Look,
) -> Scene:
    """A scene that shows an asset itself: a picture, or a stretch of a clip."""
    path = relative(Path(asset.path))
    shown: dict[str, object] = {"picture": path}
    start, needed = 0.0, float(to_seconds(frames, rate))
    if asset.facts.kind != "picture":
        start, _ = stretches.take(asset, needed)
        # Rather something shown before than a frame that stands still.
        start = min(start, max(0.0, asset.facts.seconds - needed))
        shown = {"clip": path, "start": round(start, 3)}
    focus, _ = look(asset, start, needed)
    # Who looks ahead has not looked: the card then does.
    if focus != ahead(asset, start, needed)[0]:
        shown["focus"] = focus
    params = {**scene.params, **shown}
    return scene.model_copy(update={"params": params, "still": _pictures_in(params)})


class _Stretches:
    """Hands out stretches of clips so that none is shown twice in one video.

    Stretches begin on slots of two seconds where the clip is long enough: a line that grows a
    little then leaves the later stretches where they were, and their segments as they are.
    """

    def __init__(self, elsewhere: Mapping[str, Sequence[tuple[float, float]]]) -> None:
        self._free: dict[str, float] = {}
        self._elsewhere = elsewhere
        self._own: dict[str, list[tuple[float, float]]] = {}

    def take(self, asset: Asset, seconds: float) -> tuple[float, float]:
        """Start of the next stretch, and how much of it there is, both in seconds."""
        if self._elsewhere.get(asset.id):
            return self._least_shown(asset, seconds)
        free = self._free.get(asset.id, 0.0)
        slot = math.ceil(free / _SLOT) * _SLOT
        start = slot if asset.facts.seconds - slot >= seconds else free
        there = max(0.0, min(seconds, asset.facts.seconds - start))
        self._free[asset.id] = start + there
        return start, there

    def _least_shown(self, asset: Asset, seconds: float) -> tuple[float, float]:
        """The first stretch that this video has not shown, and others least."""
        own = self._own.setdefault(asset.id, [])
        length = asset.facts.seconds
        starts = [_SLOT * slot for slot in range(int(max(0.0, length - seconds) / _SLOT) + 1)]

        def shown(start: float, where: Sequence[tuple[float, float]]) -> float:
            end = start + seconds
            return sum(max(0.0, min(end, last) - max(start, first)) for first, last in where)

        free = [start for start in starts if not shown(start, own)]
        if free:
            others = self._elsewhere[asset.id]
            start = min(free, key=lambda start: (round(shown(start, others), 3), start))
        else:
            start = max((last for _, last in own), default=0.0)
        there = max(0.0, min(seconds, length - start))
        own.append((start, start + there))
        return start, there


def _transition(
    script: Script,
    index: int,
    frames: int,
    rate: Fraction,
    mixes: Mapping[str, int],
    seed_of: Callable[[str], int],
) -> Transition | None:
    """How a line's shot takes over: as the line says, else by its own words among the theme's.

    What comes after the hook and before the call is always marked; between the points the plain cut
    has its chance too. Only the line that comes in decides, so that rewording another changes
    nothing here.
    """
    if index == 0:
        return None
    before, line = script.lines[index - 1], script.lines[index]
    seed = seed_of(f"transition {line.say}")
    if line.transition:
        try:
            name = choose(line.transition, seed)
        except ScriptError as error:
            raise error.at(f"script.yaml, lines, number {index + 1}") from error
    else:
        turn = before.role is Role.HOOK or (line.role is Role.CALL and before.role is not Role.CALL)
        if mixes is PLAIN and not turn:
            return None
        name = pick(mixes, seed, cut=not turn)
    if name == CUT:
        return None
    # At very low rates it would be shorter than a frame: a cut.
    length = min(to_frames(seconds_of(name), rate), frames)
    return Transition(name=name, frames=length) if length else None


def _pictures_in(params: dict[str, object]) -> tuple[str, ...]:
    """The files that parameters name: by convention under these keys."""
    sticker = params.get("sticker")
    named = [params.get(key) for key in ("picture", "clip", "logo", "background")]
    named.append(sticker.get("file") if isinstance(sticker, dict) else None)
    return tuple(path for path in named if isinstance(path, str) and path)
