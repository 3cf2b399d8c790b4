"""The platform's safe area over a draft of the video; never in the video itself."""

from __future__ import annotations

from pathlib import Path

from reelwright.core.timeline import Timeline
from reelwright.stages.run import Run
from reelwright.store.steps import Step


def show_safe_area(run: Run, timeline: Timeline, draft: Path) -> Path:
    """``out/safe-area.mp4``: the draft with what the platform covers shaded.

    Args:
        timeline: that the draft shows.
        draft: the rendered draft.
    """
    platform, language = run.settings.platform, run.language
    style, format = timeline.text.style, timeline.format

    def make(out: Path) -> None:
        from reelwright.create.guide import draw_guide
        from reelwright.media import ffmpeg

        picture = out.with_name(f"{out.stem}.png")
        draw_guide(platform, format, style, language, picture)
        graph = (
            "[1:v][0:v]scale=rw:rh:out_color_matrix=bt709:out_range=tv,format=yuva420p[g];"
            "[0:v][g]overlay=eof_action=repeat[v]"
        )
        try:
            args = ["-v", "error", "-i", ffmpeg.source(draft), "-i", ffmpeg.source(picture)]
            args += ["-filter_complex", graph, "-map", "[v]", "-map", "0:a?", "-c:a", "copy"]
            args += ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-threads", "2"]
            args += ["-fflags", "+bitexact", "-movflags", "+faststart", "-y", str(out)]
            ffmpeg.run(args, what="drawing the safe area")
        finally:
            picture.unlink(missing_ok=True)

    params = {"platform": platform, "format": format, "style": style, "language": language}
    step = Step("safe-area", 1, make, params, (draft,), ".mp4", what="safe area")
    return run.project.publish(run.steps.run(step), "safe-area.mp4")
