"""What both sides are given: clips, a voice, music, captions, texts. All made here, all seeded."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

RATE = 30
SECONDS = 30
SIZE = (1080, 1920)
CLIPS = 6
CLIP_SECONDS = 8

CAPTIONS = (
    "Tea leaves open slowly",
    "warm water is enough",
    "Boiling water burns them",
    "and the cup turns bitter",
    "Wait for three minutes",
    "then take the leaves out",
    "A second cup is softer",
    "a third one is sweet",
    "Keep the tin closed",
    "away from light and heat",
    "Share it with a friend",
    "and tell us how it was",
)

LINES = {
    "zh": (
        "隔夜茶真的不能喝吗？",
        "先说结论：放一晚的茶，多半只是不好喝。",
        "茶水放久了，茶多酚会慢慢氧化，颜色变深。",
        "香气散掉一半，味道也跟着发涩。",
        "真正要小心的，是细菌。",
        "夏天室温三十度，敞口放十二个小时，细菌能翻很多倍。",
        "放进冰箱，盖好盖子，一天之内问题不大。",
        "如果表面起膜、发酸，就直接倒掉。",
        "肠胃弱的人，还是喝现泡的更稳妥。",
        "你家的隔夜茶，一般怎么处理？",
    ),
    "en": (
        "Is last night's tea really unsafe to drink?",
        "The short answer: it is mostly just dull.",
        "Left standing, its tannins take up oxygen and the colour darkens.",
        "Half of the scent is gone, and the taste turns dry.",
        "What you should watch are the bacteria.",
        "At thirty degrees, an open cup grows many times as many in twelve hours.",
        "In the fridge, with a lid, a day does no harm.",
        "If there is a film on it, or it smells sour, pour it away.",
        "With a weak stomach, brew it fresh.",
        "What do you do with the tea you leave?",
    ),
}
REWORDED = {
    "zh": "关键在细菌，这一点很多人忽略了。",
    "en": "The thing most people overlook is bacteria.",
}


def article(language: str) -> str:
    """The lines as an article of short paragraphs."""
    return "\n\n".join(LINES[language]) + "\n"


def many_lines(language: str, count: int) -> list[str]:
    """`count` lines, no two alike, so that nothing can be reused from another line."""
    words = ("第{}点。", "Point {}. ")[language == "en"]
    lines = LINES[language]
    return [words.format(n + 1) + lines[n % len(lines)] for n in range(count)]


def make_clips(ffmpeg: str, folder: Path) -> list[Path]:
    """Six landscape clips, 1920×1080 at 30 frames a second, 8 s each; made once.

    Each is a camera moving over a picture that is smooth at large and rough in detail, as clouds
    and hills are, with a nearer layer moving faster in front of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clips = [folder / f"clip-{n}.mp4" for n in range(CLIPS)]
    for number, clip in enumerate(clips):
        if clip.exists():
            continue
        far, near = folder / f"far-{number}.png", folder / f"near-{number}.png"
        _scenery(number, 2720, 1530).save(far)
        _foreground(number, 3600, 1300).save(near)
        temporary = folder / f"making-{clip.name}"
        # Slow drifts along sines: no two clips the same, never still, never a jump.
        sway = f"(1+sin(t*{0.5 + 0.11 * number}+{number}))/2"
        rise = f"(1+cos(t*0.4+{number}))/2"
        # Read once and repeated: reading a picture anew for every frame costs more than all else.
        still = "loop=loop=-1:size=1,setpts=N/30/TB"
        graph = (
            f"[0]{still},crop=1920:1080:x='(iw-ow)*{sway}':y='(ih-oh)*{rise}'[far];"
            f"[1]{still}[near];"
            f"[far][near]overlay=x='-1600*{sway}':y='120+40*{rise}',format=yuv420p[v]"
        )
        command = [ffmpeg, "-hide_banner", "-loglevel", "error", "-y"]
        command += ["-r", "30", "-i", str(far), "-r", "30", "-i", str(near)]
        command += ["-filter_complex", graph, "-map", "[v]", "-t", str(CLIP_SECONDS)]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", str(temporary)]
        subprocess.run(command, check=True)
        temporary.rename(clip)
    return clips


def _scenery(seed: int, width: int, height: int) -> Image.Image:
    rng = np.random.default_rng(seed)
    y = np.fft.fftfreq(height)[:, None]
    x = np.fft.rfftfreq(width)[None, :]
    falloff = np.maximum(np.hypot(x, y), 1 / width) ** -1.4
    shared = np.fft.rfft2(rng.standard_normal((height, width))) * falloff
    channels = []
    for level in rng.uniform(90, 165, 3):
        own = np.fft.rfft2(rng.standard_normal((height, width))) * falloff
        layer = np.fft.irfft2(shared + 0.25 * own, (height, width))
        channels.append(level + 42 * layer / layer.std())
    picture = np.clip(np.stack(channels, axis=-1), 0, 255).astype(np.uint8)
    return Image.fromarray(picture)


def _foreground(seed: int, width: int, height: int) -> Image.Image:
    rng = np.random.default_rng(1000 + seed)
    texture = _scenery(500 + seed, width, height).convert("RGBA")
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(9):
        cx, cy = rng.uniform(0, width), rng.uniform(height * 0.2, height * 0.8)
        rx, ry = rng.uniform(80, 240, 2)
        draw.ellipse((cx - rx, cy - ry, cx + rx, cy + ry), fill=255)
    texture.putalpha(mask.filter(ImageFilter.GaussianBlur(3)))
    return texture


def make_sound(ffmpeg: str, folder: Path) -> tuple[Path, Path]:
    """A voice (pulses at the pace of syllables) and music (a chord), 48 kHz WAV; made once."""
    folder.mkdir(parents=True, exist_ok=True)
    voice, music = folder / "voice.wav", folder / "music.wav"
    left, right = (f"0.2*sin(2*PI*220*t)+0.1*sin(2*PI*{hz}*t)" for hz in (277, 330))
    syllables = "0.5*sin(2*PI*180*t+2*sin(2*PI*540*t))*pow(abs(sin(PI*3.5*t)),2)"
    sources = {voice: f"aevalsrc='{syllables}':c=mono", music: f"aevalsrc='{left}|{right}'"}
    for path, source in sources.items():
        if not path.exists():
            command = [ffmpeg, "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi"]
            command += ["-i", f"{source}:s=48000:d={SECONDS}", str(path)]
            subprocess.run(command, check=True)
    return voice, music
