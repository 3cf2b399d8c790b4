"""A set of videos with known cuts, fades and dissolves, made from clips or from painted scenery.

    python benchmarks/cutting_set.py OUT [--footage DIR] [--videos 8] [--seed 1]

Beside each video lies a JSON file with its changes: `{"kind": "cut|fade|dissolve", "first": n,
"last": n}`. For a cut both are the first frame of the new shot; for the others, the first and the
last frame that shows neither shot as it is. Some shots have a flash or a burst of lightning, which
is no change.

Clips of one's own should be single shots. Where they are not, a file `cuts.json` beside them says
so (`{"name.mp4": [seconds, …]}`); stretches are then taken between those cuts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import cutting_scenery
import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
SIZE = (640, 360)
RATES = (30, 25, 24)
SHOTS = 10
# Half of all changes are cuts, as in most material; the others are what editors reach for next.
KINDS = ("cut",) * 10 + ("dissolve",) * 5 + ("black",) * 3 + ("white",) * 2


@dataclass(frozen=True)
class Change:
    """A known change; frames as counted in the video."""

    kind: str
    first: int
    last: int


@dataclass(frozen=True)
class Film:
    """A video of the set."""

    path: Path
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Stretch:
    """A piece of a clip that is one shot, in seconds."""

    path: Path
    start: float
    seconds: float


def make_set(
    ffmpeg: str, folder: Path, stretches: list[Stretch], *, videos: int = 8, seed: int = 1
) -> list[Film]:
    """Make the set (once), from these stretches, or from painted scenery where there are none."""
    folder.mkdir(parents=True, exist_ok=True)
    films = []
    for number in range(videos):
        path = folder / f"set-{seed}-{number}.mp4"
        truth = path.with_suffix(".json")
        if not truth.exists():
            changes = _make(ffmpeg, path, stretches, number, seed)
            truth.write_text(json.dumps([asdict(change) for change in changes], indent=1))
        found = json.loads(truth.read_text())
        films.append(Film(path, tuple(Change(**change) for change in found)))
    return films


def _make(
    ffmpeg: str, path: Path, stretches: list[Stretch], number: int, seed: int
) -> list[Change]:
    rng = np.random.default_rng([seed, number])
    rate = RATES[number % len(RATES)]
    kinds = [str(rng.choice(KINDS)) for _ in range(SHOTS - 1)]
    lengths = [0 if kind == "cut" else int(rng.integers(10, 41)) for kind in kinds]
    lengths = [length + length % 2 for length in lengths]
    shown = [int(rng.uniform(1.6, 4) * rate) for _ in range(SHOTS)]
    order = _order(rng, stretches)
    shots: list[list[Frame]] = []
    for index in range(SHOTS):
        before = lengths[index - 1] if index else 0
        after = lengths[index] if index < SHOTS - 1 else 0
        total = shown[index] + before + after
        if stretches:
            frames = list(_read(ffmpeg, order[index], total, rate, rng))
            _flash(frames, before, after, rng)
        else:
            kind = seed * 10_000 + number * 100 + index
            frames = list(cutting_scenery.film(kind, total, SIZE))
        shots.append(frames)
    frames, changes = _join(shots, kinds, lengths)
    _write(ffmpeg, path, frames, rate, crf=int(rng.choice((18, 23, 28))))
    return changes


def _order(rng: np.random.Generator, stretches: list[Stretch]) -> list[Stretch]:
    """Stretches such that neighbours differ in their file, or, of a single file, in their place."""
    chosen: list[Stretch] = []
    while stretches and len(chosen) < SHOTS:
        last = chosen[-1] if chosen else None
        others = [s for s in stretches if last is None or s.path != last.path]
        others = others or [s for s in stretches if s is not last] or stretches
        chosen.append(others[int(rng.integers(len(others)))])
    return chosen


def _join(
    shots: list[list[Frame]], kinds: list[str], lengths: list[int]
) -> tuple[list[Frame], list[Change]]:
    film, changes = list(shots[0]), []
    for shot, kind, length in zip(shots[1:], kinds, lengths, strict=True):
        if kind == "cut":
            changes.append(Change("cut", len(film), len(film)))
            film += shot
            continue
        mixed = []
        tail, head = film[-length:], shot[:length]
        for n in range(length):
            share = (n + 1) / (length + 1)
            if kind == "dissolve":
                mixed.append(_mix(tail[n], head[n], share))
            else:
                flat = np.full_like(tail[n], 0 if kind == "black" else 255)
                half = length / 2
                mixed.append(
                    _mix(tail[n], flat, (n + 1) / half)
                    if n < half
                    else _mix(flat, head[n], (n + 1 - half) / half)
                )
        first = len(film) - length
        film[first:] = mixed
        changes.append(Change("dissolve" if kind == "dissolve" else "fade", first, len(film) - 1))
        film += shot[length:]
    return film, changes


def _mix(a: Frame, b: Frame, share: float) -> Frame:
    return np.round(a * (1 - share) + b.astype(np.float32) * share).astype(np.uint8)


def _flash(frames: list[Frame], before: int, after: int, rng: np.random.Generator) -> None:
    """Let one shot in three be lit up for a moment, in place; never near a change."""
    low, high = before + 10, len(frames) - after - 26
    if high <= low or rng.random() > 1 / 3:
        return
    start, kind = int(rng.integers(low, high)), int(rng.integers(3))
    for n in range(16):
        frame = frames[start + n].astype(np.float32)
        if kind == 0 and n < 5:
            frame += (255 - frame) * (0.8, 1.0, 0.6, 0.25, 0.1)[n]
        elif kind == 1 and n in (0, 1, 5, 6, 7):
            frame *= 2.5
        elif kind == 2:
            frame += (255 - frame) * 0.95 * np.exp(-n / 5)
        frames[start + n] = np.clip(frame, 0, 255).astype(np.uint8)


def _read(
    ffmpeg: str, stretch: Stretch, count: int, rate: int, rng: np.random.Generator
) -> Iterator[Frame]:
    """Frames of a stretch, filling the picture; played forth and back where it is too short."""
    width, height = SIZE
    wanted = count / rate
    spare = max(0.0, stretch.seconds - wanted)
    start = stretch.start + float(rng.uniform(0, spare))
    fill = f"fps={rate},scale={width}:{height}:force_original_aspect_ratio=increase"
    command = [ffmpeg, "-v", "error", "-ss", f"{start:.3f}", "-t", f"{stretch.seconds:.3f}"]
    command += ["-i", str(stretch.path), "-vf", f"{fill},crop={width}:{height}"]
    command += ["-frames:v", str(count), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    frames = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)
    there = frames[: min(len(frames), max(1, int(stretch.seconds * rate) - 1))]
    turn = max(1, 2 * len(there) - 2)
    for n in range(count):
        at = n % turn
        yield there[at if at < len(there) else turn - at]


def _write(ffmpeg: str, path: Path, frames: list[Frame], rate: int, crf: int) -> None:
    width, height = SIZE
    temporary = path.with_name(f"making-{path.name}")
    command = [ffmpeg, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{width}x{height}", "-r", str(rate), "-i", "-", "-c:v", "libx264"]
    command += ["-preset", "veryfast", "-crf", str(crf), "-pix_fmt", "yuv420p", str(temporary)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        for frame in frames:
            child.stdin.write(frame.tobytes())
        child.stdin.close()
        if child.wait():
            raise SystemExit(f"{path} could not be encoded")
    temporary.rename(path)


def find_stretches(folder: Path, shortest: float = 1.5) -> list[Stretch]:
    """The single shots in a folder of clips, as its `cuts.json` tells them."""
    from reelwright.core.errors import FootageError
    from reelwright.media.probing import probe

    known: dict[str, list[float]] = {}
    for listing in sorted(folder.rglob("cuts.json")):
        known |= json.loads(listing.read_text("utf-8"))
    stretches = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            facts = probe(path)
        except FootageError:
            continue
        if facts.kind != "video":
            continue
        edges = [0.0, *known.get(path.name, []), facts.seconds]
        for start, end in pairwise(edges):
            # A tenth off either end, for what rounding and long seeks may show of the neighbours.
            if end - start - 0.2 >= shortest:
                stretches.append(Stretch(path, start + 0.1, end - start - 0.2))
    return stretches


def main() -> None:
    from reelwright.media.ffmpeg import binary

    parser = argparse.ArgumentParser(description="Videos with known changes of shot.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--footage", type=Path)
    parser.add_argument("--videos", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    stretches = find_stretches(options.footage) if options.footage else []
    for film in make_set(
        binary(), options.out, stretches, videos=options.videos, seed=options.seed
    ):
        print(film.path, len(film.changes))


if __name__ == "__main__":
    main()
