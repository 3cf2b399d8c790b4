"""What is near to a question or a picture: in meaning where a service tells, else in looks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError
from reelwright.core.settings import Settings
from reelwright.library.annotators.likeness import SPACE
from reelwright.library.vectors import find_near, space_of, stand_out
from reelwright.providers import door
from reelwright.store.database import Database

Frame = npt.NDArray[np.uint8]


def near_in_meaning(database: Database, asked: str, settings: Settings) -> dict[int, float]:
    """How near assets (their numbers) are in meaning to a text, 0 to 1; nothing where no service
    is set.

    Raises:
        ProviderError: the service is set and gives no answer that can be used.
    """
    if not settings.embed.provider or not asked.strip():
        return {}
    embedder = door.load("embed", settings.embed.provider, settings.embed)
    vector = embedder.embed_texts([asked])[0]
    with database.reading() as session:
        return stand_out(find_near(session, space_of(embedder.key()), vector))


def near_in_looks(database: Database, picture: Path, settings: Settings) -> dict[int, float]:
    """How near assets (their numbers) are to a picture or to a clip, 0 to 1.

    By a service that embeds pictures where one is set, else by colours and edges
    (`media.resemblance`).

    Raises:
        FootageError: the file is none that can be looked at.
        ProviderError: the service is set and gives no answer that can be used.
    """
    embed = settings.embed
    frames = frames_of(picture)
    if embed.provider:
        embedder = door.load("embed", embed.provider, embed)
        if embedder.pictures:
            vector = np.asarray(_embedded(embedder, frames[len(frames) // 2]), np.float32)
            with database.reading() as session:
                return stand_out(find_near(session, space_of(embedder.key()), vector))
    from reelwright.media.resemblance import resemblance_vector

    vector = np.mean([resemblance_vector(frame) for frame in frames], axis=0)
    with database.reading() as session:
        found = find_near(session, SPACE, vector)
    return {number: max(0.0, min(1.0, cosine)) for number, cosine in found.items()}


def frames_of(path: Path) -> list[Frame]:
    """A picture, or a few moments of a clip, to look at.

    Raises FootageError where the file shows nothing.
    """
    from reelwright.media.frames import read_frames, read_picture
    from reelwright.media.probing import probe

    facts = probe(path)
    if facts.kind == "audio":
        raise FootageError("has no picture", where=str(path), hint="name a picture or a clip")
    if facts.kind == "picture":
        return [read_picture(path, 640)]
    return read_frames(path, [facts.seconds * share for share in (0.25, 0.5, 0.75)], 640)


def _embedded(embedder: object, frame: Frame) -> tuple[float, ...]:
    import tempfile

    from PIL import Image

    with tempfile.TemporaryDirectory(prefix="reel-") as folder:
        path = Path(folder) / "picture.jpg"
        Image.fromarray(frame).save(path, quality=90)
        return embedder.embed_pictures([path])[0]  # type: ignore[attr-defined]
