"""`music.beat` from end to end: the cuts of a timeline are on the beats of its music."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

from reelwright.core.time import to_frames
from reelwright.core.timeline import read_timeline
from reelwright.create.music import beats

REEL = str(Path(sys.executable).with_name("reel"))


def test_cuts_are_on_the_beat_and_voices_follow_them(tmp_path: Path):
    (tmp_path / "a.md").write_text(
        "# 隔夜茶\n\n真正的问题是细菌。放进冰箱冷藏，第二天可以喝。室温放久了，就倒掉。", "utf-8"
    )
    cuts: list[list[int]] = []
    for beat in ("false", "true"):
        command = [REEL, "make", "a.md", "--until", "timeline", "--set", f"music.beat={beat}"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
        assert done.returncode == 0, done.stderr
        timeline = read_timeline(tmp_path / "a" / "timeline.json")
        voice, music = (track.clips for track in timeline.sound[:2])
        starts = [clip.start for clip in timeline.picture.clips]
        # A voice begins a fifth of a second after its cut, wherever that is.
        assert {clip.start - 6 for clip in voice} == set(starts)
        cuts.append(starts)
    rate = timeline.format.rate
    heard = beats((tmp_path / "a" / music[0].path).parent).beats
    marks = [to_frames(Fraction(beat), rate) for beat in heard]
    for before, after in zip(*cuts, strict=True):
        near = min(marks, key=lambda mark: abs(mark - before))
        assert after in (before, near)
        assert abs(after - before) <= 4
    assert any(after in marks for after in cuts[1][1:])
