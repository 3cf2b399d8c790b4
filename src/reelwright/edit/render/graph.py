"""The filter graph of a segment: from its sources to finished frames, in one go.

Everything in here is text: what goes to ffmpeg can be read, and tested, without running it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path

from reelwright.core.camera import Key
from reelwright.core.nouns import Format
from reelwright.core.time import decimal, format_rate, to_frames, to_seconds
from reelwright.core.timeline import Footage
from reelwright.edit.render import camera
from reelwright.edit.render.segments import Part, Segment
from reelwright.edit.render.transitions import mixing
from reelwright.media import ffmpeg
from reelwright.media.encoders import Encoder
from reelwright.media.probing import Entry

PQ, HLG = 16, 18
"""Transfer functions of high dynamic range (ITU-T H.273, table 3)."""
_TRANSFER = {PQ: "smpte2084", HLG: "arib-std-b67"}
_OVERLAY = {"yuv420p": "yuv420", "yuv444p": "yuv444"}
_UNKNOWN = 2
_BT709 = 1


@dataclass(frozen=True)
class Film:
    """What the graph must know of a clip. `width` and `height` are as displayed."""

    width: int
    height: int
    seconds: float
    matrix: int = _BT709
    """Matrix coefficients and transfer function as in ITU-T H.273; 2 is "does not say"."""
    transfer: int = _BT709
    interlaced: bool = False
    entry: Entry = field(default_factory=Entry)


@dataclass(frozen=True)
class Overlay:
    """A picture laid over the frames `first` to before `last`, its top left corner at `x`, `y`."""

    path: Path
    x: int
    y: int
    first: int
    last: int


@dataclass(frozen=True)
class Plan:
    """A segment ready for ffmpeg."""

    inputs: tuple[str, ...]
    graph: str


def plan(
    segment: Segment,
    format: Format,
    encoder: Encoder,
    *,
    root: Path,
    films: dict[str, Film],
    ass: Path | None = None,
    fonts: Path | None = None,
    overlays: Sequence[Overlay] = (),
) -> Plan:
    """Input arguments and filter graph of a segment.

    Args:
        segment: what to show.
        format: size and rate of the picture.
        encoder: who takes the frames.
        root: where relative paths start.
        films: facts of the clips in it, by their path.
        ass: the file of its captions and marks, if it has any.
        fonts: the folder of the fonts they need.
        overlays: pictures over everything else (emoji, which libass cannot draw).

    Drawn frames come through ``pipe:0``. When both sources of a transition are drawn they come in
    turns, a frame of the one and a frame of the other, so that one pipe is enough everywhere.
    """
    inputs: list[str] = []
    chains: list[str] = []
    parts = [segment.main] if segment.before is None else [segment.before, segment.main]
    # xfade mixes full-size chroma only; it is halved once, after it.
    pixels = "yuv420p" if segment.before is None else "yuv444p"
    both = len(parts) == 2 and all(part.drawn for part in parts)
    count = 0
    for index, part in enumerate(parts):
        label = f"[{'ab'[index]}]"
        if isinstance(part.source, Footage) and not part.drawn:
            film = films[part.source.path]
            seek, skip = _seek(part, film, format.rate)
            # One thread decodes: the encoder is slower, and other segments use the other cores.
            # Frames before the instant are kept, for the one that is still shown at it.
            inputs += ["-threads", "1", "-protocol_whitelist", "file"]
            inputs += ["-noaccurate_seek", "-ss", seek]
            inputs += ["-i", ffmpeg.source(root / part.source.path)]
            chain = _footage(part, film, format, skip, segment.frames, pixels)
        else:
            if both and index == 1:
                continue
            inputs += [
                "-thread_queue_size",
                "4",
                "-f",
                "rawvideo",
                "-pixel_format",
                "bgr0",
                "-video_size",
            ]
            inputs += [f"{format.width}x{format.height}"]
            inputs += ["-framerate", format_rate(format.rate * (2 if both else 1)), "-i", "pipe:0"]
            chain = _drawn(pixels)
        if both:
            chains.append(f"[0:v:0]{chain},split[a0][b0]")
            # Only `fps` gives the thinned stream the constant rate that xfade insists on.
            thin = f"setpts=N/({format_rate(format.rate)}*TB),fps={format_rate(format.rate)}"
            chains.append(f"[a0]select='not(mod(n,2))',{thin}[a]")
            chains.append(f"[b0]select='mod(n,2)',{thin}[b]")
        else:
            chains.append(f"[{count}:v:0]{chain}{label}")
        count += 1
    end = "[a]"
    if segment.before is not None:
        end = mixing(segment.transition, format, segment.frames) + ",format=yuv420p,"
    end += "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,setsar=1"
    if ass:
        end += f",ass=filename={ffmpeg.quote(ass)}"
        end += f":fontsdir={ffmpeg.quote(fonts)}" if fonts else ""
    for index, overlay in enumerate(overlays):
        inputs += ["-i", ffmpeg.source(overlay.path)]
        # ffmpeg would turn RGB into BT.601's colours.
        chain = "scale=out_color_matrix=bt709:out_range=tv,format=yuva420p"
        chains.append(f"[{count + index}:v:0]{chain}[o{index}]")
        chains.append(f"{end}[u{index}]")
        end = f"[u{index}][o{index}]overlay=x={overlay.x}:y={overlay.y}:eof_action=repeat"
        end += f":enable='between(n,{overlay.first},{overlay.last - 1})'"
    last = "" if encoder.pixels == "yuv420p" else f",format={encoder.pixels}"
    chains.append(f"{end}{last}{encoder.last}[v]")
    return Plan(tuple(inputs), ";".join(chains))


def _seek(part: Part, film: Film, rate: Fraction) -> tuple[str, int]:
    """Where to start reading, and how many frames from there to skip.

    A transition's tail may lie behind the end of the clip. Reading then starts within the clip, so
    that there is a last frame to hold on to.
    """
    assert isinstance(part.source, Footage)
    wanted = Fraction(part.source.start) + to_seconds(part.first, rate)
    start = wanted
    if film.seconds:
        start = min(wanted, max(Fraction(0), Fraction(film.seconds) - 1))
    if film.entry.early:
        # By whole frames, so that those that are skipped end at the instant.
        frames = to_frames(wanted - start + film.entry.early, rate)
        start = wanted - min(frames, floor(wanted * rate)) / rate
    return decimal(start + film.entry.lead), to_frames(wanted - start, rate)


def _footage(part: Part, film: Film, format: Format, skip: int, frames: int, pixels: str) -> str:
    source = part.source
    assert isinstance(source, Footage)
    width, height = format.width, format.height
    filters: list[str] = []
    if film.interlaced:
        filters.append("bwdif=mode=send_frame:deint=interlaced")
    # By time stamps to a constant rate, holding the last frame for as long as it takes.
    filters.append(f"fps={format_rate(format.rate)}:start_time=0")
    filters.append("tpad=stop_mode=clone:stop=-1")
    filters.append(f"trim=start_frame={skip}:end_frame={skip + frames}")
    if skip:
        filters.append(f"setpts=PTS-STARTPTS,fps={format_rate(format.rate)}")
    if source.fill == "blur":
        return ",".join([*filters, _whole(part, film, format, pixels)])
    if source.fill == "split":
        return ",".join([*filters, _two(part, film, format, frames, pixels)])
    pan = pan_of(part, film, format)
    if pan:
        filters += _scaled(film, pan.width, pan.height, pixels)
        return ",".join([*filters, pan.crop(format)])
    keys = source.camera or ((0, *source.middle, 1.0),)
    return ",".join([*filters, *_cropped(part, film, keys, (width, height), frames, pixels)])


def _cropped(
    part: Part,
    film: Film,
    keys: Sequence[Key],
    size: tuple[int, int],
    frames: int,
    pixels: str,
) -> list[str]:
    """Cropped to fill a size, along a path."""
    shot = camera.Shot(film.width, film.height, keys, part.first, frames)
    # Cropped before it is scaled: what is thrown away costs nothing.
    if shot.still or min(film.width, film.height) < 32:
        return [camera.plain_crop(shot, size), *_scaled(film, *size, pixels)]
    moving = camera.moving_crop(shot, size)
    scaled = _scaled(film, *size, pixels)
    if film.transfer in _TRANSFER:
        # Only eight bits can be bent.
        return [*moving.crop, *scaled, moving.bend(size)]
    return [*moving.crop, moving.bend(), *scaled]


def _whole(part: Part, film: Film, format: Format, pixels: str) -> str:
    """All of the picture, before a blurred and darkened copy of itself that fills the frame."""
    source = part.source
    assert isinstance(source, Footage)
    width, height = format.width, format.height
    scale = min(width / film.width, height / film.height)
    wide, high = (max(2, round(side * scale / 2) * 2) for side in (film.width, film.height))
    # What is blurred needs no pixels.
    small = max(16, width // 16 * 2), max(16, height // 16 * 2)
    still = camera.Shot(film.width, film.height, ((0, *source.middle, 1.0),), 0, 1)
    ground = [camera.plain_crop(still, (width, height)), *_scaled(film, *small, pixels)]
    ground += [f"gblur=sigma={small[0] / 16:g}", "lutyuv=y='16+(val-16)*0.55'"]
    ground += [f"scale={width}:{height}:flags=bicubic"]
    front = ",".join(_scaled(film, wide, high, pixels))
    left, top = (width - wide) // 4 * 2, (height - high) // 4 * 2
    mark = f"{part.first}x{wide}"
    return (
        f"split=2[g{mark}][f{mark}];[g{mark}]{','.join(ground)}[h{mark}];[f{mark}]{front}[i{mark}];"
        f"[h{mark}][i{mark}]overlay=x={left}:y={top}:format={_OVERLAY[pixels]}"
    )


def _two(part: Part, film: Film, format: Format, frames: int, pixels: str) -> str:
    """Two crops, one above the other."""
    source = part.source
    assert isinstance(source, Footage)
    width, upper = format.width, format.height // 4 * 2
    sizes = (width, upper), (width, format.height - upper)
    crops = [
        ",".join(_cropped(part, film, keys, size, frames, pixels))
        for keys, size in zip((source.camera, source.below), sizes, strict=True)
    ]
    mark = f"{part.first}s{upper}"
    return (
        f"split=2[g{mark}][f{mark}];[g{mark}]{crops[0]}[h{mark}];[f{mark}]{crops[1]}[i{mark}];"
        f"[h{mark}][i{mark}]vstack"
    )


def _scaled(film: Film, width: int, height: int, pixels: str) -> list[str]:
    """To a size, and to BT.709."""
    if film.transfer in _TRANSFER:
        return [f"scale={width}:{height}:flags=bicubic", *_tone_map(film, pixels)]
    # What does not say its matrix is taken as players take it: BT.709 for HD, else BT.601.
    hd = film.matrix == _UNKNOWN and film.height >= 720
    given = ":in_color_matrix=bt709" if hd else ""
    # Rounding matters only where the matrix changes; elsewhere it would only cost.
    exact = "" if hd or film.matrix == _BT709 else "+accurate_rnd"
    flags = f"flags=bicubic{exact}"
    scale = f"scale={width}:{height}:{flags}{given}:out_color_matrix=bt709:out_range=tv"
    return [scale, f"format={pixels}"]


@dataclass(frozen=True)
class Pan:
    """A crop that moves: over a picture of this size, from a place, by whole pixels a frame."""

    width: int
    height: int
    place: tuple[int, int]
    """Left and top of the crop at the clip's first frame."""
    speed: tuple[int, int]
    first: int
    """Which of the clip's frames is the first shown here."""
    length: int

    def at(self, frame: int) -> tuple[int, int]:
        """Left and top of the crop at a frame of the clip; a transition's tail stands still."""
        done = min(frame, self.length - 1)
        return self.place[0] + self.speed[0] * done, self.place[1] + self.speed[1] * done

    def crop(self, format: Format) -> str:
        """The crop filter. It counts frames from the first shown."""
        done = f"min(n+{self.first},{self.length - 1})"
        x, y = (
            f"'{place}{speed:+d}*{done}'" if speed else str(place)
            for place, speed in zip(self.place, self.speed, strict=True)
        )
        return f"crop=w={format.width}:h={format.height}:x={x}:y={y}"


def pan_of(part: Part, film: Film, format: Format) -> Pan | None:
    """How the crop moves with a focus that moves; None where it stands still.

    Steps of a constant, even number of pixels, every frame: any other speed would have to be
    rounded to whole pixels now up and now down, which is seen as trembling, and half a step of the
    coarser colour planes as a fringe. The middle of the way is where it was asked for.
    """
    source = part.source
    if not isinstance(source, Footage) or source.focus_end is None or source.camera:
        return None
    shape = film.width / film.height
    if shape * format.height >= format.width:
        size = (max(format.width, round(format.height * shape / 2) * 2), format.height)
    else:
        size = (format.width, max(format.height, round(format.width / shape / 2) * 2))
    moves = [
        _even_pan(first, last, whole, seen, part.length)
        for first, last, whole, seen in zip(
            source.focus, source.focus_end, size, (format.width, format.height), strict=True
        )
    ]
    if not any(speed for _, speed in moves):
        return None
    (x, across), (y, down) = moves
    return Pan(*size, (x, y), (across, down), part.first, part.length)


def _even_pan(first: float, last: float, whole: int, seen: int, frames: int) -> tuple[int, int]:
    """Where a crop of `seen` out of `whole` pixels begins, and its even speed in pixels a frame."""
    room = whole - seen
    begin, end = (min(max(0.0, share * whole - seen / 2), room) for share in (first, last))
    steps = max(1, frames - 1)
    speed = 2 * round((end - begin) / steps / 2)
    while abs(speed) * steps > room:
        speed -= 2 if speed > 0 else -2
    place = (begin + end - speed * steps) / 2
    # All of the way lies within the picture.
    low, high = max(0, -speed * steps), room - max(0, speed * steps)
    return int(min(max(low, place), high)) // 2 * 2, speed


def _tone_map(film: Film, pixels: str) -> list[str]:
    # To linear light (100 nits is white), to BT.709's primaries, highlights rolled off, and back.
    # What is PQ or HLG is BT.2020 even where it does not say so (Rec. ITU-R BT.2100).
    given = f"color_primaries=bt2020:color_trc={_TRANSFER[film.transfer]}:colorspace=bt2020nc"
    return [
        f"setparams={given}",
        "zscale=t=linear:npl=100",
        "format=gbrpf32le",
        "zscale=p=bt709",
        "tonemap=tonemap=hable:desat=0",
        "zscale=t=bt709:m=bt709:r=limited",
        f"format={pixels}",
    ]


def _drawn(pixels: str) -> str:
    flags = "flags=bicubic+accurate_rnd"
    return f"scale={flags}:out_color_matrix=bt709:out_range=tv,format={pixels}"
