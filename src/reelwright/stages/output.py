"""The video and what goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from reelwright.core.nouns import Post, Script, Shot
from reelwright.core.progress import Joined
from reelwright.core.settings import home
from reelwright.core.timeline import PictureTrack, Scene, Timeline
from reelwright.publish import label as labels
from reelwright.stages.covers import Moment, publish_covers
from reelwright.stages.meanings import add_topic
from reelwright.stages.run import Run
from reelwright.stages.timeline import Layout
from reelwright.stages.variants import read_variant
from reelwright.store import atomic
from reelwright.store.artefacts import hash_value
from reelwright.store.project import stamp

PAINTER = "reelwright.create.scenes:paint"
"""Who draws scenes, by name: workers load it, and `edit` never imports `create`."""


def warm_up(run: Run) -> None:
    """Let a process load what drawing needs while the timeline is laid out."""
    run.workers.warm(PAINTER)


def render_video(run: Run, layout: Layout, *, draft: bool) -> Path:
    """The finished video in ``out/``, its label read back."""
    from reelwright.edit.render import render

    if layout.ai_made and not layout.label and not draft:
        when = datetime.now(UTC)
        labels.log_opt_out(home(), run.project.root, when, layout.ai_made)
    video = render(
        layout.timeline,
        root=run.project.root,
        steps=run.steps,
        painter=PAINTER,
        settings=run.settings.render,
        metadata=labels.metadata_of(layout.label),
        draft=draft,
        workers=run.workers,
    )
    # Read back from the very file, once a file: a label can be lost without a word on the way.
    if run.project.read_state().get("label_read") != video.name:
        labels.check_label(video, layout.label)
        run.project.write_state(label_read=video.name)
    return run.project.publish(video, "draft.mp4" if draft else "video.mp4")


def package(
    run: Run,
    script: Script,
    shots: Sequence[Shot],
    layout: Layout,
    moments: Sequence[Moment] = (),
) -> dict[str, Path]:
    """Everything that goes with the video, written into ``out/``: paths by name.

    `moments` are where covers look for frames, if that is known.
    """
    out = run.project.out
    paths = {"cover": publish_covers(run, script, shots, moments)}
    for name in ("srt", "ass", "otio"):
        paths[name] = _export(run, layout.timeline, name)
    post = write_post(run, script, layout)
    paths["post"] = out / "post.json"
    text = post.model_dump_json(indent=1) + "\n"
    if not paths["post"].exists() or paths["post"].read_text("utf-8") != text:
        atomic.write_text(paths["post"], text)
    return paths


def _export(run: Run, timeline: Timeline, name: str) -> Path:
    """Write the timeline into ``out/`` unless it stands there already.

    Not a step: exports name other files relative to where they stand.
    """
    from reelwright.edit.export import export

    project = run.project
    key = hash_value([name, timeline])
    noted = project.read_state().get("exports", {})
    if name in noted and noted[name][0] == key:
        path = project.out / noted[name][1]
        if noted[name][2:] == stamp(path):
            return path
    path = export(timeline, name, root=project.root, out=project.out)
    project.write_state(exports=noted | {name: [key, path.name, *stamp(path)]})
    return path


def check_export(name: str) -> None:
    """Refuse a format there is none of, before any work is done for it. Raises InputError."""
    from reelwright.edit.export import check

    check(name)


def export_for_editors(run: Run, timeline: Timeline, name: str, out: Path | None) -> Path:
    """Write the timeline for another program, with the drawn scenes rendered as files for it."""
    from reelwright.edit.export import export

    if timeline.text.marks:
        run.say("the video is labelled as AI-made: keep the mark, and the AIGC metadata, in yours")
    out = out or run.project.out
    media = {} if name in ("srt", "ass") else _render_scenes(run, timeline)
    return export(timeline, name, root=run.project.root, out=out, media=media)


def _render_scenes(run: Run, timeline: Timeline) -> dict[int, Path]:
    """Each drawn clip as a file of its own, without captions, long enough for what follows."""
    from reelwright.edit.render import render

    media: dict[int, Path] = {}
    clips = timeline.picture.clips
    frames = sum(clip.frames for clip in clips if isinstance(clip.source, Scene))
    run.steps.progress = whole = Joined(run.steps.progress, "scenes", frames)
    for index, clip in enumerate(clips):
        if not isinstance(clip.source, Scene):
            continue
        follows = clips[index + 1].transition if index + 1 < len(clips) else None
        longer = clip.frames + (follows.frames if follows else 0)
        alone = clip.model_copy(update={"start": 0, "frames": longer, "transition": None})
        video = render(
            Timeline(
                format=timeline.format,
                language=timeline.language,
                picture=PictureTrack(clips=(alone,)),
            ),
            root=run.project.root,
            steps=run.steps,
            painter=PAINTER,
            settings=run.settings.render,
            metadata={},
            workers=run.workers,
        )
        media[index] = run.project.publish(video, f"scenes/{index + 1:02d}-{clip.source.name}.mp4")
    whole.close()
    return media


def write_post(run: Run, script: Script, layout: Layout) -> Post:
    """What goes with the video when it is posted."""
    timeline = layout.timeline
    return Post(
        title=script.title,
        titles=script.titles,
        description=script.description,
        tags=add_topic(run, script),
        language=run.language,
        platform=run.settings.platform,
        seconds=round(float(timeline.frames / timeline.format.rate), 3),
        credits=timeline.origins,
        ai_made=layout.ai_made,
        label=layout.label,
        label_opt_out=bool(layout.ai_made) and layout.label is None,
        variant=read_variant(run, script),
        captioned=bool(timeline.text.captions) and timeline.text.style.name != "none",
    )
