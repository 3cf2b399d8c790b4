"""Our side: the same clips, captions and sound as one timeline, rendered by `edit.render`.

python render_ours.py job.json     prints the seconds that render() itself took
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from fractions import Fraction
from pathlib import Path

from reelwright.core.nouns import Format
from reelwright.core.settings import RenderSettings
from reelwright.core.time import to_frames
from reelwright.core.timeline import (
    Caption,
    Footage,
    PictureClip,
    PictureTrack,
    SoundClip,
    SoundTrack,
    TextStyle,
    TextTrack,
    TimedWord,
    Timeline,
)
from reelwright.edit.render import render
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    out = Path(job["out"])
    root = out.parent
    store = Store(root / ".reel")
    start = time.perf_counter()
    made = render(
        build(job, store),
        root=root,
        steps=Steps(store),
        painter="reelwright.create.scenes:paint",
        settings=RenderSettings(preset=job["preset"], crf=job["crf"]),
        metadata={},
    )
    print(time.perf_counter() - start)
    shutil.copyfile(made, out)


def build(job: dict, store: Store) -> Timeline:
    """The job as a timeline."""
    width, height = job["size"]
    rate = Fraction(job["rate"])
    at, clips = 0, []
    for number, wanted in enumerate(job["clips"]):
        path = Path(wanted["path"])
        frames = to_frames(wanted["seconds"], rate)
        source = Footage(path=str(path), asset=store.hash_file(path), start=wanted["start"])
        clips.append(PictureClip(start=at, frames=frames, source=source, name=f"clip {number}"))
        at += frames

    def track(name: str, gain: float, ducks: bool) -> SoundTrack:
        path = Path(job[name])
        asset = store.hash_file(path)
        clip = SoundClip(start=0, frames=at, path=str(path), asset=asset, gain=gain, loop=ducks)
        return SoundTrack(name=name, ducks=ducks, clips=(clip,))

    captions = []
    for wanted in job["captions"]:
        first, last = (to_frames(wanted[key], rate) for key in ("start", "end"))
        words = wanted["text"].split(" ")
        times = [first + (last - first) * n // len(words) for n in range(len(words) + 1)]
        line = tuple(
            TimedWord(text=word + " ", start=times[n], end=times[n + 1])
            for n, word in enumerate(words)
        )
        captions.append(Caption(start=first, frames=last - first, lines=(line,)))
    return Timeline(
        format=Format(width=width, height=height, rate=rate),
        language="en",
        picture=PictureTrack(clips=tuple(clips)),
        sound=(track("voice", 0, ducks=False), track("music", -14, ducks=True)),
        text=TextTrack(style=TextStyle(size=60), captions=tuple(captions)),
    )


if __name__ == "__main__":
    main()
