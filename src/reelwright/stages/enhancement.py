"""What is going to be made of one file: looked at, and each thing that was asked decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.nouns import MediaFacts
from reelwright.core.settings import Settings
from reelwright.edit.enhance.order import Order
from reelwright.stages import marking
from reelwright.store.steps import Steps

if TYPE_CHECKING:
    from reelwright.edit.enhance.filters import Filter
    from reelwright.edit.enhance.frame import Look
    from reelwright.edit.enhance.reading import Clip
    from reelwright.edit.enhance.stream import Work
    from reelwright.media.decoding import Span


@dataclass(frozen=True)
class Planned:
    """What is going to be made of a file, and everything that decides it."""

    source: Path
    filters: Sequence[Filter]
    told: tuple[str, ...]
    suffix: str
    make: Callable[[Path, Mapping[str, str]], tuple[int, Sequence[Span]]]
    """Writes the file with this metadata; gives how many pictures, and what was damaged."""
    key: Mapping[str, Any]
    carried: str | None = None
    """The AIGC metadata that the file carries itself."""
    marked: bool = False
    """Whether the visible mark stands in the picture, or has stood there all along."""
    idle: bool = False
    """Whether nothing is left to do."""


def plan_file(
    source: Path,
    order: Order,
    steps: Steps,
    suffix: str = "",
    label: Settings | None = None,
) -> Planned:
    """Look at a file and decide what is to be done.

    Args:
        source: a video or a picture.
        order: what is asked of it.
        steps: runs what takes long, and remembers it.
        suffix: of the file to write; by default one that keeps what it is.
        label: settings by which the visible mark is drawn where something is made up; None: it is
            not, since whoever asks will draw one over everything.

    Raises as `enhance_file` does.
    """
    from reelwright.edit.enhance.plan import plan
    from reelwright.media.probing import probe

    facts = probe(source)
    carried = marking.carried_mark(source, facts.kind)

    def plan_filters(look: Look, order: Order) -> _Filters:
        filters, told = plan(look, order)
        mark = marking.visible_mark(filters, label) if label and carried is None else None
        return [*filters, *([mark] if mark else [])], [*told, *([mark.told()] if mark else [])]

    if facts.kind == "picture":
        planned = _still(source, order, steps, suffix, plan_filters)
    else:
        planned = _film(source, facts, order, steps, suffix, plan_filters)
    marked = carried is not None or any(step.name == "mark" for step in planned.filters)
    return replace(planned, carried=carried, marked=marked)


_Filters = tuple[list["Filter"], list[str]]


def _still(
    source: Path,
    order: Order,
    steps: Steps,
    suffix: str,
    plan: Callable[[Look, Order], _Filters],
) -> Planned:
    from reelwright.edit.enhance.auto import decide
    from reelwright.edit.enhance.filters import chain, keys_of
    from reelwright.edit.enhance.look import look_at_picture
    from reelwright.edit.enhance.still import KINDS, read_still, write_still

    picture, profile = read_still(source)
    look = look_at_picture(source, picture, steps)
    order, decided = decide(look, order)
    filters, told = plan(look, order)

    def make(out: Path, metadata: Mapping[str, str]) -> tuple[int, Sequence[Span]]:
        write_still(next(chain(filters, iter((picture,)))), profile, out, metadata)
        return 1, ()

    kept = source.suffix.lower() if source.suffix.lower() in KINDS else ".png"
    key = {"filters": keys_of(filters)}
    said = (*decided, *told)
    return Planned(source, filters, said, suffix or kept, make, key, idle=not filters)


def _film(
    source: Path,
    facts: MediaFacts,
    order: Order,
    steps: Steps,
    suffix: str,
    plan: Callable[[Look, Order], _Filters],
) -> Planned:
    from reelwright.edit.enhance.auto import decide
    from reelwright.edit.enhance.copying import copy_clip, is_copied
    from reelwright.edit.enhance.filters import keys_of
    from reelwright.edit.enhance.look import look_at_clip
    from reelwright.edit.enhance.rate import Rate
    from reelwright.edit.enhance.reading import open_clip
    from reelwright.edit.enhance.soundtrack import make_sound
    from reelwright.edit.enhance.stream import VERSION, Work, make_segments
    from reelwright.edit.enhance.writing import join_segments

    clip = open_clip(source, facts)
    look = look_at_clip(clip, steps)
    order, decided = decide(look, order)
    filters, told = plan(look, order)
    suffix = suffix or (".mov" if clip.alpha else ".mp4")
    rate = next((step.rate for step in filters if isinstance(step, Rate)), None)
    shallow = [step.name for step in filters if not step.deep] if clip.deep else []
    clip = replace(clip, deep=clip.deep and not shallow)
    work = Work(clip, look.changes, filters, rate, keeps_alpha=suffix == ".mov")
    notes = _notes(clip, work)
    sound, begun, said = make_sound(clip, order, steps)

    copied = not filters and not notes and is_copied(clip, steps)
    if copied:
        said = ["the picture is copied as it is", *said]

    def make(out: Path, metadata: Mapping[str, str]) -> tuple[int, Sequence[Span]]:
        if copied:
            return copy_clip(clip, sound, out, metadata), ()
        made = make_segments(work, steps)
        join_segments(made.segments, sound, out, film=work.film, begun=begun, metadata=metadata)
        return made.pictures, made.damage

    key = {
        "version": VERSION,
        "filters": keys_of(filters),
        "changes": [str(at) for at in look.changes],
        "film": "copied" if copied else work.film.key(),
        "sound": order.sound,
    }
    kept = (
        ["more than 8 bits a colour: kept as HEVC of 10"] if work.film.hevc and not copied else []
    )
    if shallow:
        kept = [f"more than 8 bits a colour: 8 are left, {', '.join(shallow)} works with no more"]
    told = [*decided, *told, *notes, *kept, *said]
    idle = not (filters or notes or order.sound)
    return Planned(source, filters, tuple(told), suffix, make, key, idle=idle)


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
        told.append("transparency: MP4 holds none, it lies over black; name a .mov to keep it")
    return told
