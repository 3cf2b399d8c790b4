"""Encoders of H.264: which work on this machine, and how each is told to be good.

The output is the same kind of file whoever writes it: High profile, yuv420p, BT.709 limited range,
closed groups of pictures of at most two seconds that begin with an IDR frame, so that segments can
be joined without encoding them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from reelwright.core.errors import MediaError, SettingError, nearest
from reelwright.core.time import to_frames
from reelwright.media import ffmpeg

X264_THREADS = 2
"""Fixed, since what x264 writes depends on it: the same bytes on two cores and on sixty-four."""
GOP_SECONDS = 2

DRAFT_PRESET = "ultrafast"
DRAFT_CRF = 28


@dataclass(frozen=True)
class Encoder:
    """An H.264 encoder that works here."""

    name: str
    first: tuple[str, ...] = ()
    """Arguments that come before the inputs."""
    last: str = ""
    """Filters that end the graph, starting with a comma, or nothing."""
    pixels: str = "yuv420p"


def _x264(preset: str, crf: int) -> list[str]:
    # The stitched stream has one set of parameters: nothing may depend on the picture.
    return ["-preset", preset, "-crf", str(crf), "-threads", str(X264_THREADS)]


def _nvenc(preset: str, crf: int) -> list[str]:
    speed = "p1" if preset == DRAFT_PRESET else "p5"
    rate = ["-rc", "vbr", "-cq", str(crf + 1), "-b:v", "0", "-spatial-aq", "1"]
    return ["-preset", speed, *rate, "-forced-idr", "1"]


def _vaapi(preset: str, crf: int) -> list[str]:
    return ["-rc_mode", "CQP", "-qp", str(crf + 1)]


def _qsv(preset: str, crf: int) -> list[str]:
    speed = "veryfast" if preset == DRAFT_PRESET else "medium"
    return ["-preset", speed, "-global_quality", str(crf + 1), "-look_ahead", "0"]


def _videotoolbox(preset: str, crf: int) -> list[str]:
    # Its scale runs the other way: 65 of 100 looks like x264 at 20.
    return ["-q:v", str(max(1, min(100, round(105 - 2 * crf))))]


_HARDWARE: dict[str, tuple[Encoder, Callable[[str, int], list[str]]]] = {
    "h264_nvenc": (Encoder("h264_nvenc"), _nvenc),
    "h264_videotoolbox": (Encoder("h264_videotoolbox"), _videotoolbox),
    "h264_qsv": (Encoder("h264_qsv", pixels="nv12"), _qsv),
    "h264_vaapi": (
        Encoder("h264_vaapi", ("-vaapi_device", "/dev/dri/renderD128"), ",hwupload", "nv12"),
        _vaapi,
    ),
}
NAMES = ("libx264", *_HARDWARE)


def choose_encoder(wanted: str) -> Encoder:
    """The encoder to use.

    Args:
        wanted: a name of `NAMES`, or ``auto`` for the first hardware encoder that really encodes
            here, else libx264. What was found is remembered for the life of the process.

    Raises:
        SettingError: there is no encoder of that name.
        MediaError: it does not work on this machine.
    """
    if wanted == "auto":
        works = (encoder for encoder, _ in _HARDWARE.values() if _trouble(encoder) is None)
        return next(works, Encoder("libx264"))
    if wanted == "libx264":
        # Part of every ffmpeg that can do anything here; a trial would slow down every run.
        return Encoder("libx264")
    if wanted not in _HARDWARE:
        raise SettingError(
            f'there is no encoder "{wanted}"',
            where="setting render.encoder",
            hint=nearest(wanted, ["auto", *NAMES]),
        )
    encoder = _HARDWARE[wanted][0]
    if why := _trouble(encoder):
        raise MediaError(
            f"the encoder {wanted} does not work on this machine ({why})",
            where="setting render.encoder",
            hint="use render.encoder=auto, which takes what works, or libx264",
        )
    return encoder


def working_encoders() -> dict[str, str | None]:
    """Every encoder known, and why it does not work here (None: it works)."""
    known = [Encoder("libx264"), *(encoder for encoder, _ in _HARDWARE.values())]
    return {encoder.name: _trouble(encoder) for encoder in known}


@lru_cache(maxsize=16)
def _trouble(encoder: Encoder) -> str | None:
    """None if the encoder encodes a few frames, else why it does not."""
    source = f"testsrc2=s=320x320:r=30:d=0.2,format={encoder.pixels}{encoder.last}"
    args = [*encoder.first, "-v", "error", "-filter_complex", f"{source}[v]", "-map", "[v]"]
    args += [*encode_args(encoder, "veryfast", 20, Fraction(30)), "-f", "null", "-"]
    try:
        ffmpeg.run(args, what=f"trying {encoder.name}")
    except MediaError as error:
        return error.message.removeprefix("ffmpeg failed: ")
    return None


def encode_args(encoder: Encoder, preset: str, crf: int, rate: Fraction) -> list[str]:
    """ffmpeg's output arguments for a stretch of video.

    Args:
        preset: x264's name of a speed; the hardware encoders only tell ``ultrafast`` from the rest.
        crf: x264's quality; the others get what looks about the same.
        rate: frames a second.
    """
    quality = _HARDWARE[encoder.name][1] if encoder.name in _HARDWARE else _x264
    args = ["-c:v", encoder.name, *quality(preset, crf)]
    # x264 is lossless at 0, which only this profile can hold.
    profile = "high444" if encoder.name == "libx264" and crf == 0 else "high"
    args += ["-profile:v", profile, "-g", str(to_frames(GOP_SECONDS, rate)), "-flags:v", "+cgop"]
    args += ["-color_range", "tv", "-colorspace", "bt709"]
    args += ["-color_primaries", "bt709", "-color_trc", "bt709"]
    return args


def steady_args(encoder: Encoder) -> list[str]:
    """Arguments that change nothing of what is encoded, but keep it the same on every machine.

    With AVX-512, x264 reads memory that nobody wrote in its macroblock tree (at some widths, 1080
    among them), and now and then a frame comes out otherwise. Without those
    instructions it is some 3 % slower. The look-ahead's queue need not be longer than a frame.
    """
    if encoder.name != "libx264":
        return []
    safe = ":asm=AVX2,FMA3,BMI2,LZCNT" if _x264_uses_avx512() else ""
    return ["-x264-params", f"sync-lookahead=1{safe}"]


@lru_cache(maxsize=1)
def _x264_uses_avx512() -> bool:
    args = ["-v", "info", "-f", "lavfi", "-i", "nullsrc=s=64x64", "-frames:v", "1"]
    args += ["-c:v", "libx264", "-f", "null", "-"]
    said = ffmpeg.run(args, what="trying libx264")
    return "AVX512" in said.partition("using cpu capabilities:")[2].partition("\n")[0]
