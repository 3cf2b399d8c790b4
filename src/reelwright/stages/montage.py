"""A montage of recordings, on the beat of its music: each part of it a step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Asset
from reelwright.edit.cut.order import Order
from reelwright.providers.faces import load_finder
from reelwright.stages.cut_file import find_source
from reelwright.stages.run import Run
from reelwright.stages.sources import probe_source
from reelwright.store import atomic
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.edit.cut.montage import Montage
    from reelwright.edit.cut.worth import Looks
    from reelwright.media.beats import Rhythm

UNSURE = 0.2
"""A rhythm that is less sure than this is no beat to cut on."""


def find_music(run: Run, order: Order) -> Asset | None:
    """The music that was asked for. Raises FootageError when it is none."""
    if not order.music:
        return None
    asset = probe_source(run, find_source(run.project, order.music))
    if not asset.facts.has_sound:
        raise FootageError("has no sound", where=asset.path, hint="give a sound file as music")
    return asset


def choose_montage(run: Run, order: Order, assets: Sequence[Asset], music: Asset | None) -> Montage:
    """What of some recordings is shown in a montage, and with which part of the music.

    Args:
        music: None, or the music asked for; cuts follow its beat if the order says so.

    Raises:
        FootageError: there is too little in the recordings.
    """
    from reelwright.edit.cut import montage

    length = order.length or run.settings.length
    rate = run.settings.picture.rate
    rhythm = hear_rhythm(run, music) if music and order.beat else None
    if rhythm and rhythm.sure < UNSURE:
        run.say("the music has no beat that could be heard; the cuts have an even pace")
        rhythm = None
    looks = [look_over(run, asset) for asset in assets]

    def make(out: Path) -> None:
        clips = [montage.Clip(asset.path, look) for asset, look in zip(assets, looks, strict=True)]
        made = montage.make_montage(clips, length, rate, rhythm)
        atomic.write_text(out, made.model_dump_json())

    params = {
        "length": length,
        "rate": str(rate),
        "assets": [[asset.id, asset.path] for asset in assets],
        "looks": looks,
        "rhythm": _plain(rhythm) if rhythm else None,
    }
    step = Step("montage", montage.VERSION, make, params, suffix=".json", what="montage")
    made = montage.Montage.model_validate_json(run.steps.run(step).read_bytes())
    seconds = sum(span.seconds for span in made.spans)
    if seconds < 0.85 * length:
        run.say(f"the montage is {seconds:.0f} s long, not {length:g} s: there is no more to show")
    return made


def look_over(run: Run, asset: Asset) -> Looks:
    """How much each moment of a recording is worth, measured once."""
    from reelwright.edit.cut import worth

    finder = load_finder(run.settings.faces)
    path = Path(asset.path)

    def make(out: Path) -> None:
        found = worth.look_over(path, asset.facts, find_faces=finder.find if finder else None)
        atomic.write_text(out, found.model_dump_json())

    params = {"facts": asset.facts, "faces": finder.key() if finder else None}
    step = Step("looks", worth.VERSION, make, params, (path,), ".json", what=path.name)
    return worth.Looks.model_validate_json(run.steps.run(step).read_bytes())


def hear_rhythm(run: Run, music: Asset) -> Rhythm:
    """When a piece of music beats, heard once."""
    from reelwright.media import beats

    path = Path(music.path)

    def make(out: Path) -> None:
        import numpy as np

        from reelwright.media.listening import listen

        heard = list(listen(path, rate=beats.RATE))
        samples = np.concatenate(heard) if heard else np.zeros(0, np.float32)
        atomic.write_bytes(out, _rhythms().dump_json(beats.find_rhythm(samples)))

    step = Step("rhythm", beats.VERSION, make, {}, (path,), ".json", what=path.name)
    return _rhythms().validate_json(run.steps.run(step).read_bytes())


def _rhythms() -> TypeAdapter[Rhythm]:
    from reelwright.media.beats import Rhythm

    return TypeAdapter(Rhythm)


def _plain(rhythm: Rhythm) -> object:
    return _rhythms().dump_python(rhythm, mode="json")
