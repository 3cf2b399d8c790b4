"""One file made better: looked at, planned, run through filters, and written beside the source.

What is finished of a long clip lies in the home under the hash of what was asked of which file, and
goes when the whole is done: the same command goes on where it was stopped.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from reelwright.core.errors import FootageError, InputError
from reelwright.core.marking import KEY, write_mark
from reelwright.core.nouns import Origin
from reelwright.core.progress import Progress, Silent
from reelwright.core.settings import home
from reelwright.edit.enhance.order import Order
from reelwright.store import atomic
from reelwright.store.artefacts import Store, hash_value
from reelwright.store.steps import Steps

if TYPE_CHECKING:
    from reelwright.edit.enhance.compare import Comparison
    from reelwright.edit.enhance.filters import Filter
    from reelwright.edit.enhance.reading import Clip
    from reelwright.edit.enhance.stream import Work
    from reelwright.media.decoding import Span

VIDEOS = frozenset({".mp4", ".mov", ".m4v"})
"""What videos are written as."""


@dataclass(frozen=True)
class Enhanced:
    """What was made, and how."""

    path: Path
    told: tuple[str, ...]
    """A sentence for each thing that was asked or decided."""
    origin: Origin
    damage: tuple[Span, ...] = ()
    """Stretches of the source that could not be decoded, in seconds."""
    pictures: int = 1
    made: int = field(default=0, compare=False)
    reused: int = field(default=0, compare=False)


def enhance_file(
    source: Path,
    order: Order,
    *,
    out: Path | None = None,
    progress: Progress | None = None,
    stopping: threading.Event | None = None,
    jobs: int = 0,
) -> Enhanced:
    """Make a clip or a picture better, in a file of its own.

    Args:
        source: a video or a still picture; it is never written to.
        order: what is asked.
        out: the file to write, which must not be there yet; by default a new one beside the source.

    Raises:
        InputError: nothing is asked, or something that this file cannot have.
        FootageError: the source cannot be used, or the file to write is there.
        MediaError: a filter or an encoder failed.
        StoreError: the disk is full or may not be written; what was finished stays.
    """
    from reelwright.media.probing import probe

    source = source.expanduser().absolute()
    if order.empty:
        raise InputError(
            "nothing is asked of it",
            where=source.name,
            hint="say what to do: --auto, --denoise auto, --colour auto, --stabilise, --sound …",
        )
    facts = probe(source)
    if facts.kind == "audio" and not order.sound:
        raise FootageError(
            "has sound but no picture", where=str(source), hint="give a video or a picture"
        )
    if out is not None:
        out = _checked(out.expanduser().absolute(), facts.kind)
    folder = home() / "enhance" / hash_value([str(source), order])[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        steps = Steps(Store(folder), jobs=jobs, progress=progress, stopping=stopping)
        try:
            if facts.kind == "picture":
                made = _still(source, order, out, steps)
            else:
                made = _film(source, order, out, steps)
        finally:
            steps.store.save_hashes()
    atomic.remove(folder)
    return made


def compare_files(
    before: Path,
    after: Path,
    out: Path | None = None,
    *,
    wipe: bool = False,
    show: bool = True,
    progress: Progress | None = None,
    stopping: threading.Event | None = None,
) -> Comparison:
    """Measure how two versions of one thing differ, and show both in one file.

    Args:
        before: a video or a picture, the reference.
        after: another version of it.
        out: the file to write, which must not be there yet; by default a new one beside `after`.
        wipe: a line that wanders over both, rather than one beside the other.
        show: whether a file is made.

    Raises:
        FootageError: one of them cannot be used, or they do not belong together.
        MediaError: ffmpeg failed.
    """
    from reelwright.edit.enhance.compare import compare_files as compare
    from reelwright.media.probing import probe

    before, after = (path.expanduser().absolute() for path in (before, after))
    facts = probe(after)
    probe(before)
    watch = progress or Silent()
    if not show:
        return compare(before, after, stopping=stopping)
    suffix = ".png" if facts.kind == "picture" else ".mp4"
    target = _checked(out.expanduser().absolute(), facts.kind) if out else None
    target = target or beside(after, suffix, "compared")
    watch.start("compare", max(1, round(facts.seconds * float(facts.rate or 25))))
    seen = [0]

    def told(count: int) -> None:
        watch.advance("compare", count - seen[0])
        seen[0] = count

    with atomic.replacing(target) as temporary:
        found = compare(before, after, temporary, wipe=wipe, on_frame=told, stopping=stopping)
    watch.finish("compare")
    return replace(found, path=target)


def _checked(out: Path, kind: str) -> Path:
    from reelwright.edit.enhance.still import KINDS

    good = KINDS if kind == "picture" else VIDEOS
    if out.exists():
        raise FootageError("is there already", where=str(out), hint="name another file")
    if out.suffix.lower() not in good:
        raise FootageError(
            f'cannot be written as "{out.suffix}"',
            where=str(out),
            hint=f"end its name in {', '.join(sorted(good))}",
        )
    return out


def beside(source: Path, suffix: str, word: str = "enhanced") -> Path:
    """A name beside a file that nothing has yet."""
    first = source.with_name(f"{source.stem}-{word}{suffix}")
    number, path = 1, first
    while path.exists():
        number += 1
        path = first.with_name(f"{first.stem}-{number}{suffix}")
    return path


def origin_of(filters: Sequence[Filter], source: str) -> Origin:
    """What to record of something that went through filters."""
    return Origin(
        provider="enhance",
        model=" ".join(step.name for step in filters) or None,
        ai_made=any(step.synthesises for step in filters),
        parents=(source,),
    )


def metadata_of(origin: Origin, filters: Sequence[Filter]) -> dict[str, str]:
    """The mark of what a machine synthesised, for the file; nothing where nothing was."""
    from reelwright.edit.enhance.filters import keys_of

    if not origin.ai_made:
        return {}
    return {KEY: write_mark(hash_value([origin.parents, keys_of(filters)])[:32])}


def _still(source: Path, order: Order, out: Path | None, steps: Steps) -> Enhanced:
    from reelwright.edit.enhance.auto import decide
    from reelwright.edit.enhance.filters import chain
    from reelwright.edit.enhance.look import look_at_picture
    from reelwright.edit.enhance.plan import plan
    from reelwright.edit.enhance.still import KINDS, read_still, write_still

    picture, profile = read_still(source)
    look = look_at_picture(source, picture, steps)
    order, decided = decide(look, order)
    filters, told = plan(look, order)
    told = [*decided, *told]
    better = next(chain(filters, iter((picture,))))
    suffix = source.suffix.lower() if source.suffix.lower() in KINDS else ".png"
    target = out or beside(source, suffix)
    origin = origin_of(filters, steps.store.hash_file(source))
    with atomic.replacing(target) as temporary:
        write_still(better, profile, temporary, metadata_of(origin, filters))
    return Enhanced(target, tuple(told), origin)


def _film(source: Path, order: Order, out: Path | None, steps: Steps) -> Enhanced:
    from reelwright.edit.enhance.auto import decide
    from reelwright.edit.enhance.look import look_at_clip
    from reelwright.edit.enhance.plan import plan
    from reelwright.edit.enhance.rate import Rate
    from reelwright.edit.enhance.reading import open_clip
    from reelwright.edit.enhance.soundtrack import make_sound
    from reelwright.edit.enhance.stream import Work, make_segments
    from reelwright.edit.enhance.writing import join_segments
    from reelwright.media.probing import probe

    clip = open_clip(source, probe(source))
    look = look_at_clip(clip, steps)
    order, decided = decide(look, order)
    filters, told = plan(look, order)
    told = [*decided, *told]
    suffix = out.suffix.lower() if out else ".mov" if clip.alpha else ".mp4"
    rate = next((step.rate for step in filters if isinstance(step, Rate)), None)
    work = Work(clip, look.changes, filters, rate, keeps_alpha=suffix == ".mov")
    told += _notes(clip, work)
    sound, begun, said = make_sound(clip, order, steps)
    made = make_segments(work, steps)
    told += said
    for start, end in made.damage:
        told.append(f"damaged: nothing could be decoded from {start:.2f} to {end:.2f} s")
    origin = origin_of(filters, steps.store.hash_file(source))
    target = out or beside(source, suffix)
    with atomic.replacing(target) as temporary:
        join_segments(
            made.segments,
            sound,
            temporary,
            film=work.film,
            begun=begun,
            metadata=metadata_of(origin, filters),
        )
    return Enhanced(
        target, tuple(told), origin, made.damage, made.pictures, steps.made, steps.reused
    )


def _notes(clip: Clip, work: Work) -> list[str]:
    """What happens to every clip of this kind, whatever was asked."""
    told: list[str] = []
    if clip.transfer != "sdr":
        told.append(f"HDR ({clip.transfer.upper()}) is tone-mapped to SDR")
    elif clip.wide:
        told.append("BT.2020 colours are brought to BT.709")
    if clip.facts.interlaced:
        told.append("interlaced: it is deinterlaced")
    if clip.alpha and not work.keeps_alpha:
        told.append("transparency: MP4 holds none; name a .mov to keep it")
    return told
