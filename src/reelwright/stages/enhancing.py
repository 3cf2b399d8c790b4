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

from filelock import FileLock, Timeout

from reelwright.core.errors import FootageError, InputError
from reelwright.core.marking import KEY
from reelwright.core.nouns import Asset, Origin
from reelwright.core.progress import Progress, Silent
from reelwright.core.settings import LabelSettings, Settings, home, load_settings
from reelwright.edit.enhance.order import Order
from reelwright.stages import marking
from reelwright.stages.enhancement import Planned, plan_file
from reelwright.store import atomic
from reelwright.store.artefacts import Store, hash_value
from reelwright.store.steps import Step, Steps

if TYPE_CHECKING:
    from reelwright.edit.enhance.compare import Comparison
    from reelwright.edit.enhance.filters import Filter
    from reelwright.media.decoding import Span
    from reelwright.stages.run import Run

VIDEOS = frozenset({".mp4", ".mov", ".m4v"})
"""What videos are written as."""
_LARGE = 4_000_000
"""Pixels of a picture from which on segments are made one after the other."""


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
    settings: Settings | None = None,
) -> Enhanced:
    """Make a clip or a picture better, in a file of its own.

    What a filter made up is marked as AI-made, in the picture and in the file's metadata.

    Args:
        source: a video or a still picture; it is never written to.
        order: what is asked.
        out: the file to write, which must not be there yet; by default a new one beside the source.
        settings: of the label; by default the person's own.

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
    settings = settings or load_settings()
    facts = probe(source)
    if facts.kind == "audio":
        raise FootageError(
            "has sound but no picture", where=str(source), hint="give a video or a picture"
        )
    if out is not None:
        out = _checked(out.expanduser().absolute(), facts.kind)
    folder = home() / "enhance" / hash_value([str(source), order])[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        # Two segments of 4K at once would take more memory than many machines have.
        jobs = jobs or (1 if facts.width * facts.height > _LARGE else 0)
        steps = Steps(Store(folder), jobs=jobs, progress=progress, stopping=stopping)
        try:
            planned = plan_file(source, order, steps, out.suffix.lower() if out else "", settings)
            target = out or beside(source, planned.suffix)
            origin = origin_of(planned.filters, steps.store.hash_file(source))
            mark = mark_of(planned, origin, settings.label)
            unmarked = origin.ai_made and not planned.marked
            log = marking.note_opt_out(target) if unmarked else None
            with atomic.replacing(target) as temporary:
                pictures, damage = planned.make(temporary, mark)
                marking.check_mark(temporary, mark.get(KEY), facts.kind)
        finally:
            steps.store.save_hashes()
    atomic.remove(folder)
    told = [*planned.told, *told_of(damage)]
    if log:
        told.append(f"label: no visible mark, as you asked (noted in {log}); the metadata say it")
    elif mark:
        told.append("label: the AIGC metadata are written; keep them in what you make of it")
        origin = origin.model_copy(update={"ai_made": True})
    made = steps.made, steps.reused
    return Enhanced(target, tuple(told), origin, tuple(damage), pictures, *made)


def clean_enhancements() -> tuple[int, int]:
    """Drop what broken-off runs kept to go on from; those that are running are left alone.

    Returns how many runs' work was removed, and how many bytes that freed.
    """
    removed = freed = 0
    for lock in sorted((home() / "enhance").glob("*.lock")):
        try:
            with FileLock(lock, timeout=0):
                folder = lock.with_suffix("")
                files = [path for path in folder.rglob("*") if path.is_file()]
                removed += folder.is_dir()
                freed += sum(path.stat().st_size for path in files)
                atomic.remove(folder)
        except Timeout:
            continue
        atomic.remove(lock)
    return removed, freed


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
        model=" ".join(step.name for step in filters if step.name != "mark") or None,
        ai_made=any(step.synthesises for step in filters),
        parents=(source,),
    )


def mark_of(planned: Planned, origin: Origin, settings: LabelSettings) -> dict[str, str]:
    """The AIGC metadata for the new file: the source's own, or new ones where a filter made things
    up; nothing where neither is.

    Raises SettingError when ``label.producer`` is no code of a producer.
    """
    if planned.carried is not None:
        return {KEY: planned.carried}
    if not origin.ai_made:
        return {}
    number = hash_value([origin.parents, planned.key])[:32]
    return {KEY: marking.write_new_mark(number, settings)}


def enhance_footage(run: Run, asset: Asset) -> tuple[Path, Origin] | None:
    """A file of a project's footage made better as its settings ask, once, and its origin.

    Returns the file in ``out/footage/``, under the name it had; None where nothing is asked of it
    or it needs nothing. Raises as `enhance_file` does.
    """
    order = Order.model_validate(run.settings.enhance.model_dump())
    if order.empty:
        return None
    path = Path(asset.path)
    planned = plan_file(path, order, run.steps)
    origin = origin_of(planned.filters, asset.id)
    mark = mark_of(planned, origin, run.settings.label)
    name = f"enhancing {path.name}"

    def make(out: Path) -> None:
        _, damage = planned.make(out, mark)
        for sentence in (*planned.told, *told_of(damage)):
            run.say(f"{path.name}: {sentence}")

    if planned.idle:
        return None
    step = Step("enhanced", 1, make, planned.key, (path,), planned.suffix, name)
    file = run.project.publish(
        run.steps.run(step), f"footage/{asset.id[:6]}/{path.stem}{planned.suffix}"
    )
    ai_made = origin.ai_made or asset.origin.ai_made
    return file, origin.model_copy(update={"ai_made": ai_made})


def told_of(damage: Sequence[Span]) -> list[str]:
    """A sentence for each stretch that could not be decoded."""
    what = "damaged: nothing could be decoded from"
    return [f"{what} {start:.2f} to {end:.2f} s" for start, end in damage]
