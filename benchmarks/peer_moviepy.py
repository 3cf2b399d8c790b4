"""The peer: six clips to one video in plain MoviePy, the way MoneyPrinterTurbo does it.

Runs in a virtual environment of its own, which has MoviePy and not Reelwright:

    python peer_moviepy.py job.json

Three encodes of every frame: A, each clip scaled, cropped and written; B, the written clips joined
by ffmpeg's concat demuxer and encoded again; C, captions and sound composited and written.
"""

import json
import subprocess
import sys
from math import ceil
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from moviepy import (
    AudioFileClip,
    CompositeAudioClip,
    CompositeVideoClip,
    TextClip,
    VideoFileClip,
    afx,
)

QUIET = {"logger": None}


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    out = Path(job["out"])
    width, height = job["size"]
    encoder = {
        "codec": "libx264",
        "fps": job["rate"],
        "preset": job["preset"],
        "ffmpeg_params": ["-crf", str(job["crf"])],
    }

    parts = []
    for number, wanted in enumerate(job["clips"]):
        end = wanted["start"] + wanted["seconds"]
        clip = VideoFileClip(wanted["path"], audio=False).subclipped(wanted["start"], end)
        scale = max(width / clip.w, height / clip.h)
        clip = clip.resized((ceil(clip.w * scale), ceil(clip.h * scale)))
        clip = clip.cropped(x_center=clip.w / 2, y_center=clip.h / 2, width=width, height=height)
        parts.append(out.with_name(f"part-{number}.mp4"))
        clip.write_videofile(str(parts[-1]), **encoder, **QUIET)
        clip.close()

    listing = out.with_name("parts.txt")
    listing.write_text("".join(f"file '{part.name}'\n" for part in parts), "utf-8")
    joined = out.with_name("joined.mp4")
    command = [get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "concat", "-safe", "0"]
    command += ["-i", str(listing), "-c:v", "libx264", "-preset", job["preset"]]
    command += ["-crf", str(job["crf"]), "-pix_fmt", "yuv420p", "-threads", "2", str(joined)]
    subprocess.run(command, check=True)

    video = VideoFileClip(str(joined), audio=False)
    layers = [video]
    for caption in job["captions"]:
        text = TextClip(
            text=caption["text"],
            font=job["font"],
            font_size=60,
            color="white",
            stroke_color="black",
            stroke_width=2,
            margin=(0, 12),
        )
        text = text.with_start(caption["start"]).with_end(caption["end"])
        layers.append(text.with_position(("center", height * 0.95 - text.h)))
    music = AudioFileClip(job["music"]).with_effects(
        [afx.MultiplyVolume(0.2), afx.AudioFadeOut(3), afx.AudioLoop(duration=video.duration)]
    )
    sound = CompositeAudioClip([AudioFileClip(job["voice"]), music])
    CompositeVideoClip(layers).with_audio(sound).write_videofile(
        str(out),
        **encoder,
        audio_codec="aac",
        audio_bitrate="192k",
        threads=2,
        temp_audiofile_path=str(out.parent),
        **QUIET,
    )


main()
