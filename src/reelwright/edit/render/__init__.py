"""Rendering: from a timeline to the finished video, every frame encoded once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reelwright.core.settings import RenderSettings
from reelwright.core.time import format_rate
from reelwright.core.timeline import Timeline
from reelwright.edit.render.workers import Workers
from reelwright.store.steps import Step, Steps

DRAFT_SCALE = 0.5
STAGE = "render"


def render(
    timeline: Timeline,
    *,
    root: Path,
    steps: Steps,
    painter: str,
    settings: RenderSettings,
    metadata: Mapping[str, str],
    draft: bool = False,
    workers: Workers | None = None,
) -> Path:
    """Render a timeline.

    Args:
        timeline: what to render.
        root: the project folder; relative paths in the timeline start there.
        steps: runs and keeps the work; as many segments at once as it has jobs.
        painter: who draws scenes, as ``module:function`` (a `core.ports.Painter`). The module may
            have a ``PAINTER_VERSION``, raised whenever it draws the same scene otherwise.
        settings: encoder, quality, speed.
        metadata: keys and values for the file (the ``AIGC`` label).
        draft: half the size, and encoded for speed.
        workers: processes that draw, warmed up before; by default some are started where needed.

    Returns:
        The video among the artefacts: MP4, H.264 and AAC, its index first.

    Raises:
        FootageError: a clip cannot be used.
        FontError: a caption cannot be drawn; nothing was rendered.
        MediaError: drawing or encoding failed; names the shot.
        StoreError: the disk is full or read-only. What was finished stays.
    """
    from reelwright.edit.render.draw import painter_version
    from reelwright.edit.render.encode import Look, segment_step
    from reelwright.edit.render.mix import mix_step
    from reelwright.edit.render.segments import cut
    from reelwright.media import encoders, ffmpeg

    version = ffmpeg.version()
    look = Look(
        format=timeline.format.scaled(DRAFT_SCALE) if draft else timeline.format,
        encoder=encoders.choose_encoder(settings.encoder),
        preset=encoders.DRAFT_PRESET if draft else settings.preset,
        crf=encoders.DRAFT_CRF if draft else settings.crf,
        painter=painter,
        painter_version=painter_version(painter),
        ffmpeg=version,
    )
    with workers or Workers(steps.stopping) as workers:
        pieces = [
            segment_step(timeline, segment, look, root=root, steps=steps, workers=workers)
            for segment in cut(timeline)
        ]
        sound = mix_step(timeline, root=root, ffmpeg_version=version)
        *segments, mixed = steps.run_all([*pieces, sound], STAGE)
    return steps.run(_video_step(timeline, segments, mixed, metadata))


def _video_step(
    timeline: Timeline, segments: list[Path], mixed: Path, metadata: Mapping[str, str]
) -> Step:
    from importlib.metadata import version

    rate, frames = timeline.format.rate, timeline.frames

    def make(out: Path) -> None:
        from reelwright.edit.render.join import join

        join(segments, mixed, out, rate=rate, frames=frames, metadata=metadata)

    return Step(
        name="video",
        version=1,
        make=make,
        params={
            "rate": format_rate(rate),
            "frames": frames,
            "metadata": dict(metadata),
            "av": version("av"),
        },
        inputs=(*segments, mixed),
        suffix=".mp4",
        what="joining",
    )
