"""Near copies: how many edits of clips are known at no false match, and how fast a million frames
are asked.

Clips come from `--data` (all videos below it, and the families of `dup_tmk` and `dup_pdq` where
they are there), else from `--footage`, else from painted scenery. Stretches of one recording that
do not overlap count as different clips: they must not match.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import material
import numpy as np
from figures import Bench, Figure

SECONDS = 10
_PLAIN = "scale=trunc(iw/2)*2:trunc(ih/2)*2,setsar=1"
_WORDS = "drawtext=text='{}':x={}:y={}:fontsize={}:fontcolor=white"
_BAR = "drawbox=y=ih*0.78:w=iw:h=ih*0.16:color=black@0.85:t=fill,"
_BAR += _WORDS.format("some words that are said", "(w-tw)/2", "h*0.82", "w*0.045")
_LOGO = "drawbox=x=iw*0.76:y=ih*0.05:w=iw*0.18:h=ih*0.09:color=orange:t=fill,"
_LOGO += _WORDS.format("LOGO", "w*0.78", "h*0.06", "w*0.05")
_FIT = "scale=360:640:force_original_aspect_ratio=decrease"
EDITS = {
    "CRF 35": "null",
    "240p": "scale=-2:240",
    "logo": _LOGO,
    "caption bar": _BAR,
    "colour": "eq=brightness=0.06:contrast=1.2:saturation=1.5,hue=h=15",
    "letterbox": "pad=iw:max(iw\\,ih)*1.2:0:(oh-ih)/2",
    "crop 5 %": "crop=iw*0.95:ih*0.95",
    "crop 15 %": "crop=iw*0.85:ih*0.85",
    "9:16 crop": "crop=min(iw\\,ih*9/16):min(ih\\,iw*16/9),scale=360:640",
    "9:16 pad": f"{_FIT},pad=360:640:(ow-iw)/2:(oh-ih)/2",
    "mirror": "hflip",
    "speed +10 %": "setpts=PTS/1.1",
    "speed -10 %": "setpts=PTS/0.9",
    "30 % trim": "null",
    "picture in picture 70 %": "",
}


def quality(bench: Bench) -> list[Figure]:
    """The recall over all edits, at no false match; the table by edit goes to stderr."""
    folder = bench.work / "copies"
    folder.mkdir(parents=True)
    clips = _make_clips(bench, folder)
    files = {clip: _make_edits(bench, clip, clips) for clip in clips}
    prints = {
        path: _print(path) for path in [*clips, *(e for m in files.values() for e in m.values())]
    }
    origin = {edit: clip for clip, edits in files.items() for edit in edits.values()}
    known, false = _compare(prints, clips, origin)
    bench.say("| edit | known |\n|---|---|")
    hits = total = 0
    for name in EDITS:
        mine = [edits[name] for edits in files.values()]
        good = sum(edit in known for edit in mine)
        hits, total = hits + good, total + len(mine)
        bench.say(f"| {name} | {good} of {len(mine)} |")
    figures = [
        _recall("duplicates", "copies known, generated edits", hits, total, false),
    ]
    if bench.shared and (bench.shared / "dup_tmk").is_dir():
        figures.append(_families(bench.shared / "dup_tmk"))
    if bench.shared and (bench.shared / "dup_pdq").is_dir():
        figures.append(_pictures(bench.shared / "dup_pdq"))
    return figures


def _recall(key: str, title: str, hits: int, total: int, false: int) -> Figure:
    value = hits / max(1, total) if not false else 0.0
    ours = f"{hits} of {total}, {false} false"
    return Figure(key, title, value, 0.95, "", ours, "", least=True)


def _make_clips(bench: Bench, folder: Path) -> list[Path]:
    from reelwright.core.errors import ReelError
    from reelwright.media.probing import probe

    kinds = {".mp4", ".mkv", ".webm", ".mpg", ".mov"}
    roots = [root for root in (bench.shared, bench.footage) if root]
    found = [p for root in roots for p in sorted(root.rglob("*")) if p.suffix in kinds]
    found = [p for p in found if "dup_" not in str(p)]
    found = found or material.make_clips(bench.ffmpeg, bench.cache / "clips")
    clips: list[Path] = []
    for path in found:
        try:
            seconds = probe(path).seconds
        except ReelError:
            continue
        for number, start in enumerate(np.arange(0, max(1, seconds - 4), SECONDS + 2)[:4]):
            out = folder / f"{path.stem}-{number}.mp4"
            fit = f"scale='min(854,iw)':-2,{_PLAIN}"
            cut = ["-ss", f"{start:.3f}", "-t", str(SECONDS), "-i", str(path), "-vf", fit]
            _ffmpeg(bench, *cut, "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", str(out))
            clips.append(out)
    return clips


def _make_edits(bench: Bench, clip: Path, clips: list[Path]) -> dict[str, Path]:
    made: dict[str, Path] = {}
    host = clips[(clips.index(clip) + len(clips) // 2) % len(clips)]
    for number, (name, graph) in enumerate(EDITS.items()):
        out = clip.with_name(f"{clip.stem}.{number}.mp4")
        inputs = ["-i", str(clip)]
        if name == "30 % trim":
            seconds = _seconds(clip)
            inputs = ["-ss", f"{seconds * 0.12:.3f}", "-t", f"{seconds * 0.7:.3f}", *inputs]
        view = ["-vf", f"{graph},{_PLAIN}"]
        if not graph:
            inputs += ["-stream_loop", "-1", "-i", str(host)]
            inside = "[1:v]scale=854:480,setsar=1[h];[0:v]scale=598:336:"
            inside += "force_original_aspect_ratio=decrease,setsar=1[p];"
            inside += "[h][p]overlay=(W-w)/2:(H-h)/2:shortest=1"
            view = ["-filter_complex", inside]
        crf = "35" if name == "CRF 35" else "24"
        coding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", crf, "-an"]
        _ffmpeg(bench, *inputs, *view, *coding, str(out))
        made[name] = out
    return made


def _seconds(path: Path) -> float:
    from reelwright.media.probing import probe

    return probe(path).seconds


def _ffmpeg(bench: Bench, *args: str) -> None:
    command = [bench.ffmpeg, "-hide_banner", "-loglevel", "error", "-y", *args]
    subprocess.run(command, check=True)


def _print(path: Path):
    from reelwright.media.prints import FilmPrinter
    from reelwright.media.probing import probe
    from reelwright.media.sweep import sweep

    facts = probe(path)
    printer = FilmPrinter(facts.seconds)
    width = max(2, round(facts.width * min(1, 320 / max(facts.width, facts.height))))
    for block in sweep(path, facts, width=width, rate=6.0, gray=True):
        printer.see(block.times.tolist(), block.frames)
    return printer.done()


def _compare(prints, clips: list[Path], origin: dict[Path, Path]) -> tuple[set[Path], int]:
    """The edits that are known as their clip's, and how many pairs match that should not."""
    from reelwright.media.matching import match_films
    from reelwright.media.wordindex import WordIndex, write

    index = WordIndex([write(prints[clip]) for clip in clips])
    known: set[Path] = set()
    false: set[tuple[Path, Path]] = set()
    for path, one in prints.items():
        mine = origin.get(path, path)
        for guess in index.ask(one):
            other = clips[guess.owner]
            if other == path:
                continue
            found = match_films(one, prints[other], guess.pairs, mirrored=guess.mirrored)
            shares = (found.seconds / max(one.seconds, 0.1) if found else 0.0,)
            if found and max(shares) >= 0.5:
                if other == mine:
                    known.add(path)
                else:
                    false.add((path, other))
    return known, len(false)


def _families(folder: Path) -> Figure:
    """Pairs of one family of videos, by the beginning of their names."""
    from reelwright.media.matching import match_films
    from reelwright.media.wordindex import WordIndex, write

    films = {path: _print(path) for path in sorted(folder.glob("*.mp4"))}
    paths = list(films)
    index = WordIndex([write(one) for one in films.values()])
    hits: set[frozenset[Path]] = set()
    for path, one in films.items():
        for guess in index.ask(one):
            other = paths[guess.owner]
            if other != path and match_films(
                one, films[other], guess.pairs, mirrored=guess.mirrored
            ):
                hits.add(frozenset((path, other)))
    wanted = {
        frozenset((a, b)) for a in paths for b in paths
        if a != b and a.name.split("-")[0] == b.name.split("-")[0]
    }  # fmt: skip
    good, false = len(hits & wanted), len(hits - wanted)
    return _recall("duplicates-films", "pairs known, dup_tmk", good, len(wanted), false)


def _pictures(folder: Path) -> Figure:
    """Pairs of one family of pictures: those of a folder, but for `labelme`, which has none."""
    from reelwright.media.frames import read_picture
    from reelwright.media.matching import match_pictures
    from reelwright.media.prints import print_picture

    paths = sorted(folder.rglob("*.jpg"))
    pictures = {path: print_picture(read_picture(path, 1280)) for path in paths}
    hits: set[frozenset[Path]] = set()
    wanted: set[frozenset[Path]] = set()
    for number, path in enumerate(paths):
        for other in paths[:number]:
            if path.parent == other.parent and "labelme" not in path.parent.name:
                wanted.add(frozenset((path, other)))
            if match_pictures(pictures[path], pictures[other]):
                hits.add(frozenset((path, other)))
    good, false = len(hits & wanted), len(hits - wanted)
    return _recall("duplicates-pictures", "pairs known, dup_pdq", good, len(wanted), false)


def speed(bench: Bench) -> list[Figure]:
    """Milliseconds to ask a million frames for one frame, and for a video of thirty."""
    from reelwright.media.prints import Print
    from reelwright.media.wordindex import FRAME_WORDS, WORD_BITS, WordIndex, Written, write

    clip = material.make_clips(bench.ffmpeg, bench.cache / "clips")[0]
    asked = _print(clip)
    real = write(asked).words
    rng = np.random.default_rng(1)

    def film() -> Written:
        # Words of real frames with some bits flipped are as unevenly spread as words are.
        words = real[rng.integers(0, len(real), FRAME_WORDS * 100)]
        flips = rng.random((WORD_BITS, len(words)), np.float32) < 0.15
        mask = (flips.astype(np.uint32) << np.arange(WORD_BITS, dtype=np.uint32)[:, None]).sum(0)
        return Written(words ^ mask.astype(np.uint32), np.full(100, FRAME_WORDS, np.int64))

    index = WordIndex([film() for _ in range(10_000)])
    frames = [n % len(asked.times) for n in range(30)]
    figures: list[Figure] = []
    for key, title, count in (
        ("duplicates-frame", "a frame asked for among a million, ms", 1),
        ("duplicates-speed", "a video of 30 frames asked for among a million, ms", 30),
    ):
        parts = [asked.frame(n) for n in frames[:count]]
        question = Print(
            asked.shape, np.arange(count, dtype=np.float32),
            np.concatenate([[0], np.cumsum([len(p.points) for p in parts])]).astype(np.int64),
            np.concatenate([(p.points * 65535).astype(np.uint16) for p in parts]),
            np.concatenate([p.codes for p in parts]), asked.moments, asked.thumbs,
        )  # fmt: skip
        times: list[float] = []
        for _ in range(15):
            began = time.perf_counter()
            index.ask(question)
            times.append((time.perf_counter() - began) * 1000)
        figures.append(Figure(key, title, float(np.median(times)), 50, "ms"))
    return figures
