"""Figures scenes and scenes-speed: changes of shot, against PySceneDetect."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

import cutting_set
import material
from cutting_set import Change, Film, Stretch
from figures import Bench, Figure
from measuring import measure

HERE = Path(__file__).parent
NEAR = 2
"""Frames by which a change may be missed."""
VIDEOS = 8


def quality(bench: Bench) -> list[Figure]:
    """F1 of ours by that of PySceneDetect's best detector; F1 on hard cuts alone; flashes."""
    python = _peer_venv(bench)
    stretches = _stretches(bench, python)
    name = f"scenes-{_mark(stretches)}"
    bench.say(f"scenes: making {VIDEOS} videos" + (" from clips" if stretches else ""))
    films = cutting_set.make_set(
        bench.ffmpeg, bench.cache / name, stretches, videos=VIDEOS, seed=len(stretches) + 1
    )
    theirs = _theirs(python, [film.path for film in films])
    ours = [find(film.path) for film in films]
    f1, cuts, told = _judge(films, ours)
    bench.say(f"scenes: ours {told}")
    peers: dict[str, float] = {}
    peer_cuts: dict[str, float] = {}
    for detector in next(iter(theirs.values())):
        # The peer tells no kinds: whatever it finds is a cut to it.
        found = [[(at, "cut") for at in theirs[str(film.path)][detector]] for film in films]
        peers[detector], peer_cuts[detector], told = _judge(films, found)
        bench.say(f"scenes: {detector} {told}")
    best = max(peers, key=lambda name: peers[name])
    best_cuts = max(peer_cuts, key=lambda name: peer_cuts[name])
    return [
        Figure(
            key="scenes",
            title="F1 of changes of shot, above PySceneDetect's best",
            value=f1 - peers[best],
            bar=0.02,
            unit="",
            ours=f"{f1:.3f}",
            against=f"{peers[best]:.3f} ({best})",
            least=True,
        ),
        Figure(
            key="scenes",
            title="F1 on hard cuts",
            value=cuts,
            bar=0.95,
            unit="",
            ours=f"{cuts:.3f}",
            against=f"{peer_cuts[best_cuts]:.3f} ({best_cuts})",
            least=True,
        ),
    ]


def speed(bench: Bench) -> list[Figure]:
    """Wall of ours on a 1080p film by that of `scenedetect detect-adaptive`; whole processes."""
    python = _peer_venv(bench)
    film = _large(bench)
    ours, theirs = [], []
    for _ in range(max(1, bench.repeat)):
        ours.append(measure([sys.executable, Path(__file__), film]))
        command = [python, "-m", "scenedetect", "-q", "-i", film, "detect-adaptive"]
        theirs.append(measure(command, cwd=bench.work))
    ours, theirs = (min(runs, key=lambda run: run.wall) for runs in (ours, theirs))
    return [
        Figure(
            key="scenes-speed",
            title="speed on 1080p by that of detect-adaptive",
            value=theirs.wall / ours.wall,
            bar=2.0,
            ours=f"{ours.wall:.1f} s ({ours.cpu:.1f} s CPU)",
            against=f"{theirs.wall:.1f} s ({theirs.cpu:.1f} s CPU)",
            least=True,
        )
    ]


def find(video: Path) -> list[tuple[int, str]]:
    """Our changes of a video: the frame at which each new shot is taken to begin, and the kind."""
    from reelwright.media.probing import probe
    from reelwright.media.scenes import find_scenes

    facts = probe(video)
    rate = float(facts.rate or 25)
    return [(round(scene.at * rate), scene.kind) for scene in find_scenes(video, facts)]


def match(truth: Sequence[Change], found: Sequence[int]) -> list[Change | None]:
    """For each detection the change that it finds, or None.

    A detection finds a change when it lies at most two frames outside it (a cut is one frame long,
    a fade or dissolve as long as it lasts). Each change is found once; a second find is false.
    """
    left = list(truth)
    hits: list[Change | None] = []
    for at in sorted(found):
        near = [c for c in left if c.first - NEAR <= at <= c.last + NEAR]
        hit = min(near, key=lambda c: c.last) if near else None
        if hit:
            left.remove(hit)
        hits.append(hit)
    return hits


def _judge(
    films: Sequence[Film], found: Sequence[Sequence[tuple[int, str]]]
) -> tuple[float, float, dict[str, str]]:
    """F1 over all films; F1 on hard cuts, where false detections told as cuts count; the counts."""
    hits: list[Change | None] = []
    false_cuts = 0
    for film, changes in zip(films, found, strict=True):
        frames = sorted(changes)
        those = match(film.changes, [at for at, _ in frames])
        hits += those
        kinds = [kind for _, kind in frames]
        false_cuts += sum(h is None and k == "cut" for h, k in zip(those, kinds, strict=True))
    every = [change for film in films for change in film.changes]
    false = sum(hit is None for hit in hits)
    right = {
        kind: sum(hit is not None and hit.kind == kind for hit in hits)
        for kind in ("cut", "fade", "dissolve")
    }
    wanted = {kind: sum(c.kind == kind for c in every) for kind in right}
    told = {kind: f"{right[kind]}/{wanted[kind]}" for kind in right} | {"false": str(false)}
    total = sum(right.values())
    return (
        2 * total / max(1, total + false + len(every)),
        2 * right["cut"] / max(1, right["cut"] + false_cuts + wanted["cut"]),
        told,
    )


def _stretches(bench: Bench, python: Path) -> list[Stretch]:
    """Stretches of the clips in --footage that are one shot each, as far as can be told.

    Clips may have cuts of their own that `cuts.json` does not tell. So stretches in which any of
    the peer's detectors sees a change are left out, which can only favour the peer.
    """
    if bench.footage is None:
        return []
    stretches = cutting_set.find_stretches(bench.footage)
    theirs = _theirs(python, sorted({stretch.path for stretch in stretches}))
    from reelwright.media.probing import probe

    rates = {s.path: float(probe(s.path).rate or 25) for s in stretches}
    kept = []
    for stretch in stretches:
        seen = {at for frames in theirs[str(stretch.path)].values() for at in frames}
        inside = [at / rates[stretch.path] - stretch.start for at in seen]
        if not any(0 < at < stretch.seconds for at in inside):
            kept.append(stretch)
    if len({stretch.path for stretch in kept}) < 2:
        sys.exit(f"{bench.footage} holds fewer than two clips that are single shots")
    return kept


def _mark(stretches: Sequence[Stretch]) -> str:
    from hashlib import sha256

    return sha256(repr(stretches).encode()).hexdigest()[:12] if stretches else "painted"


def _theirs(python: Path, videos: Sequence[Path]) -> dict[str, dict[str, list[int]]]:
    command = [python, HERE / "peer_scenedetect.py", *videos]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _peer_venv(bench: Bench) -> Path:
    """Python of the virtual environment with PySceneDetect from PyPI; made on the first run."""
    folder = bench.cache / "scenedetect"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = folder / "ready"
    if not ready.exists():
        bench.say("scenes: making the virtual environment of the peer")
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet", "scenedetect>=0.7,<0.8"]
        subprocess.run([*pip, "opencv-python-headless"], check=True)
        ready.touch()
    return python


def _large(bench: Bench) -> Path:
    """A 1080p film of six shots, 48 s."""
    film = bench.cache / "scenes-1080p.mp4"
    if not film.exists():
        clips = material.make_clips(bench.ffmpeg, bench.cache / "clips")
        listing = bench.work / "clips.txt"
        listing.write_text("".join(f"file '{clip}'\n" for clip in clips))
        making = film.with_name(f"making-{film.name}")
        command = [bench.ffmpeg, "-v", "error", "-y", "-f", "concat", "-safe", "0"]
        command += ["-i", str(listing), "-c", "copy", str(making)]
        subprocess.run(command, check=True)
        making.rename(film)
    return film


if __name__ == "__main__":
    print(find(Path(sys.argv[1])))
