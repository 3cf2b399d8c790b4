"""Reframing to 9:16: is the face kept whole, is the camera calm, how long does it take.

A drawn head, which the finder of faces takes for a real one, moves over a moving ground with bright
distractors in 16:9, in the ways people move: swaying, walking, wandering, stopping and starting,
running, coming nearer, turning away for a while. Where the face is in each frame is known. On real
clips (``--data``: ``clips_*``) the reference is the finder itself, asked about every frame at its
full width.

A face counts as kept when all of it, from forehead to chin and from cheek to cheek, is in the crop.
Jerk is the third difference of the crop's middle over time, in widths of the picture a second
cubed, averaged over all frames within shots; for comparison, that of a crop that sits on the box
found in each look.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from figures import Bench, Figure

WIDTH, HEIGHT, RATE, SECONDS = 1920, 1080, 30, 14
KEPT = 0.99
JERK = 1.0
"""Widths a second cubed, on average. An eased pan over a third of the picture in two seconds has a
jerk of about 2.5 while it lasts; a crop that trembles by a pixel from frame to frame has one of
about 20."""
MINUTE = 6.0
"""Seconds for a minute of 1080p."""

Motion = Callable[[float], tuple[float, float, float]]
"""Seconds → middle of the head (x, y, shares of the picture) and its width (share)."""


def _piecewise(*points: tuple[float, float]) -> Callable[[float], float]:
    times, values = zip(*points, strict=True)
    return lambda t: float(np.interp(t, times, values))


_WALK = _piecewise((0, 0.15), (1.5, 0.15), (7, 0.85), (8, 0.85), (13, 0.2))
_STOPS = _piecewise((0, 0.3), (2, 0.3), (2.8, 0.5), (6, 0.5), (6.7, 0.72), (10, 0.72), (11, 0.35))
_RUN = _piecewise((0, 0.15), (3, 0.15), (4.6, 0.85), (8, 0.85), (9.3, 0.3))

CASES: dict[str, Motion] = {
    "sways": lambda t: (0.62 + 0.012 * np.sin(2.1 * t), 0.4 + 0.01 * np.sin(3.3 * t), 0.13),
    "walks": lambda t: (_WALK(t), 0.38 + 0.008 * np.sin(9 * t), 0.09),
    "wanders": lambda t: (0.5 + 0.2 * np.sin(0.6 * t) + 0.07 * np.sin(1.7 * t + 1), 0.4, 0.1),
    "stops and starts": lambda t: (_STOPS(t), 0.42, 0.1),
    "runs": lambda t: (_RUN(t), 0.4, 0.08),
    "comes nearer": lambda t: (0.3 + 0.025 * t, 0.42, 0.05 + 0.008 * t),
    "far away": lambda t: (0.35 + 0.02 * np.sin(t) + 0.015 * t, 0.4, 0.045),
}


@dataclass(frozen=True)
class Result:
    """How one clip came out."""

    name: str
    kept: float
    frames: int
    jerk: float
    trembling: float
    """The jerk of following each box as it was found."""
    speed: float
    """The fastest, in widths a second."""


def quality(bench: Bench) -> list[Figure]:
    """Share of frames that keep the face, and jerk: synthetic, then real clips where there are."""
    results = [_synthetic(name, motion, bench) for name, motion in CASES.items()]
    figures = _figures("reframe", "synthetic moving faces", results)
    real = [_real(path, bench) for path in _clips(bench)]
    found = [result for result in real if result is not None]
    for result in (*results, *found):
        bench.say(
            f"reframe {result.name}: {result.kept:.4f} of {result.frames} kept, "
            f"jerk {result.jerk:.2f} (boxes {result.trembling:.0f}), speed {result.speed:.2f}"
        )
    return figures + (_figures("reframe-real", "faces of real clips", found) if found else [])


def speed(bench: Bench) -> list[Figure]:
    """Seconds it takes to watch and frame a minute of 1080p."""
    path, _ = _film("sways", CASES["sways"], bench)
    taken: list[float] = []
    for _ in range(bench.repeat):
        begun = time.perf_counter()
        _reframed(path)
        taken.append((time.perf_counter() - begun) * 60 / SECONDS)
    best = min(taken)
    told = f"{best:.2f} s"
    return [
        Figure("reframe-speed", "a minute of 1080p watched", best, MINUTE, "s", told, "a limit")
    ]


def _figures(key: str, what: str, results: list[Result]) -> list[Figure]:
    frames = sum(result.frames for result in results)
    kept = sum(result.kept * result.frames for result in results) / max(1, frames)
    jerk = sum(result.jerk * result.frames for result in results) / max(1, frames)
    boxes = sum(result.trembling * result.frames for result in results) / max(1, frames)
    ours = f"{len(results)} clips, {frames} frames"
    return [
        Figure(key, f"{what}: share kept whole", kept, KEPT, "", ours, "known places", least=True),
        Figure(f"{key}-jerk", f"{what}: mean jerk", jerk, JERK, "w/s³", ours, f"{boxes:.0f} raw"),
    ]


def _synthetic(name: str, motion: Motion, bench: Bench) -> Result:
    path, boxes = _film(name, motion, bench)
    return _judge(name, path, boxes)


def _judge(name: str, path: Path, boxes: Any) -> Result:
    """Hold how a clip was framed against where its face is: frames × (left, top, right, bottom) in
    shares; unknown ones are not judged."""
    shown, share, rate, watched = _reframed(path)
    from reelwright.core.camera import look

    kept: list[bool] = []
    ways: list[Any] = []
    first = 0
    for part in shown:
        frames = np.arange(part.frames)
        places = np.array([look(part.camera, int(frame)) for frame in frames])
        for frame in frames:
            if first + frame >= len(boxes) or np.isnan(boxes[first + frame][0]):
                continue
            if part.fill == "blur":
                kept.append(True)
                continue
            seen = [_inside(boxes[first + frame], places[frame], share)]
            if part.fill == "split":
                seen.append(_inside(boxes[first + frame], look(part.below, int(frame)), share))
            kept.append(any(seen))
        ways.append(places[:, 0])
        first += part.frames
    third = np.concatenate([np.abs(np.diff(way, 3)) for way in ways if len(way) > 3] or [[0.0]])
    pace = np.concatenate([np.abs(np.diff(way)) for way in ways if len(way) > 1] or [[0.0]])
    return Result(
        name=name,
        kept=float(np.mean(kept)) if kept else 1.0,
        frames=len(kept),
        jerk=float(third.mean()) * rate**3,
        trembling=_trembling(watched, rate),
        speed=float(pace.max()) * rate,
    )


def _trembling(watched: Any, rate: float) -> float:
    seen = [(one.at, one.faces[0].centre[0]) for one in watched.looks if one.faces]
    if len(seen) < 4:
        return 0.0
    at, x = np.array(seen).T
    way = np.interp(np.arange(at[0], at[-1], 1 / rate), at, x)
    return float(np.abs(np.diff(way, 3)).mean()) * rate**3 if len(way) > 3 else 0.0


def _inside(box: Any, place: Any, share: tuple[float, float]) -> bool:
    x, y, zoom = place
    wide, high = share[0] / zoom, share[1] / zoom
    x, y = min(max(x, wide / 2), 1 - wide / 2), min(max(y, high / 2), 1 - high / 2)
    slack = 0.5 / WIDTH
    return bool(
        x - wide / 2 - slack <= max(0, box[0])
        and min(1, box[2]) <= x + wide / 2 + slack
        and y - high / 2 - slack <= max(0, box[1])
        and min(1, box[3]) <= y + high / 2 + slack
    )


def _reframed(path: Path) -> tuple[Any, tuple[float, float], float, Any]:
    from reelwright.core.nouns import Format
    from reelwright.core.settings import FacesSettings
    from reelwright.edit.cut.reframe import reframe, show
    from reelwright.edit.cut.watching import watch
    from reelwright.media.probing import probe
    from reelwright.media.shape import window
    from reelwright.providers.faces import load_finder

    finder = load_finder(FacesSettings())
    assert finder is not None
    facts = probe(path)
    format = Format(width=1080, height=1920)
    watched = watch(path, facts, finder.find)
    rate = facts.rate or Fraction(RATE)
    framed = reframe(watched, facts, format)
    shown = show(framed, 0, int(facts.seconds * rate), rate)
    return shown, window(facts, format), float(rate), watched


def _film(name: str, motion: Motion, bench: Bench) -> tuple[Path, Any]:
    """A clip of a head that moves, and where its face is in each frame."""
    path = bench.work / f"reframe-{name.replace(' ', '-')}.mp4"
    frames = RATE * SECONDS
    boxes = np.zeros((frames, 4))
    command = [bench.ffmpeg, "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo"]
    command += ["-pixel_format", "rgb24", "-video_size", f"{WIDTH}x{HEIGHT}", "-framerate"]
    command += [str(RATE), "-i", "-", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20"]
    command += ["-pix_fmt", "yuv420p", str(path)]
    bench.say(f"reframe: drawing {name}")
    with subprocess.Popen(command, stdin=subprocess.PIPE) as coder:
        assert coder.stdin is not None
        for number, picture in enumerate(_pictures(name, motion, boxes, frames)):
            coder.stdin.write(picture)
            del number
        coder.stdin.close()
        if coder.wait():
            raise RuntimeError(f"ffmpeg ended with {coder.returncode}")
    return path, boxes


def _pictures(name: str, motion: Motion, boxes: Any, frames: int) -> Iterator[bytes]:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from PIL import Image

    from portraits import FACE, draw_head, ground

    seed = sum(map(ord, name))
    scenery = np.asarray(ground(WIDTH + 600, HEIGHT + 80, seed))
    # In darker tones the drawing, unlike a photograph, has too little contrast to pass for a face.
    large = draw_head(520)
    for frame in range(frames):
        t = frame / RATE
        left, top = int(300 + 280 * np.sin(0.4 * t)), int(40 + 30 * np.sin(0.9 * t))
        picture = Image.fromarray(scenery[top : top + HEIGHT, left : left + WIDTH])
        for index, colour in enumerate(((250, 220, 60), (60, 220, 250), (240, 240, 240))):
            x = int(WIDTH * (0.5 + 0.45 * np.sin((0.7 + 0.2 * index) * t + index)))
            picture.paste(colour, (x, 820 + 60 * index, x + 90, 870 + 60 * index))
        x, y, size = motion(t)
        wide = max(12, round(size * WIDTH))
        head = large.resize((wide, wide * 5 // 4), Image.Resampling.BILINEAR)
        at = round(x * WIDTH - wide / 2), round(y * HEIGHT - wide * 0.6)
        body = (at[0] - wide // 4, at[1] + wide, at[0] + wide * 5 // 4, HEIGHT)
        picture.paste((60, 80, 130), body)
        picture.paste(head, at, head)
        sides = [at[i % 2] + wide * FACE[i] for i in range(4)]
        boxes[frame] = np.array(sides) / (WIDTH, HEIGHT, WIDTH, HEIGHT)
        yield picture.tobytes()


def _clips(bench: Bench) -> list[Path]:
    if bench.footage:
        return sorted(path for path in bench.footage.iterdir() if path.is_file())
    if not bench.shared:
        return []
    found = [path for folder in bench.shared.glob("clips_*") for path in folder.iterdir()]
    return sorted(path for path in found if path.suffix in (".mp4", ".mkv", ".mpg", ".webm"))


def _real(path: Path, bench: Bench) -> Result | None:
    """A real clip; None where hardly a face is seen in it."""
    from reelwright.core.errors import ReelError
    from reelwright.core.settings import FacesSettings
    from reelwright.media.probing import probe
    from reelwright.media.sweep import sweep
    from reelwright.providers.faces import load_finder

    finder = load_finder(FacesSettings())
    assert finder is not None
    try:
        facts = probe(path)
    except ReelError:
        return None
    if facts.kind != "video" or facts.seconds > 60:
        return None
    some = np.concatenate([b.frames for b in sweep(path, facts, width=640, rate=1.0)])
    if sum(bool(faces) for faces in finder.find(list(some))) < 0.25 * len(some):
        return None
    bench.say(f"reframe: {path.name}")
    boxes: list[tuple[float, float, float, float]] = []
    for block in sweep(path, facts, width=640):
        for faces in finder.find(list(block.frames)):
            sure = [face for face in faces if face.score >= 0.5]
            if not sure:
                boxes.append((np.nan,) * 4)
                continue
            face = max(sure, key=lambda face: face.width * face.height)
            boxes.append((face.left, face.top, face.left + face.width, face.top + face.height))
    seen = np.array(boxes)
    if not len(seen) or (~np.isnan(seen[:, 0])).mean() < 0.3:
        return None
    return _judge(path.name, path, seen)
