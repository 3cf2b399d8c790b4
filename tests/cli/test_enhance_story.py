"""`reel enhance` and `reel compare` as a newcomer runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from reelwright.media import ffmpeg


def reel(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "reelwright", *(str(arg) for arg in args)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_clip_is_enhanced_and_held_against_itself(tmp_path: Path):
    clip = tmp_path / "clip.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=128x72:r=10:d=1,eq=contrast=0.5:brightness=-0.1"]
    ffmpeg.run(["-v", "error", *source, "-c:v", "libx264", ffmpeg.source(clip)], what="a clip")
    done = reel("enhance", clip, "--auto", "--grain", "0.2")
    assert done.returncode == 0, done.stderr
    *told, path = done.stdout.splitlines()
    assert Path(path) == tmp_path / "clip-enhanced.mp4"
    assert [line.partition(":")[0] for line in told] == [
        "seen", "denoise", "stabilise", "colour", "grain",
    ]  # fmt: skip
    compared = reel("compare", clip, path, "--json")
    assert compared.returncode == 0, compared.stderr
    values = json.loads(compared.stdout)
    assert Path(values["path"]).is_file()
    assert 5 < values["psnr"] < 60
    refused = reel("enhance", clip, "--denoise", "nlmean")
    assert refused.returncode == 1
    assert "nlmeans" in refused.stderr
    assert reel("enhance", clip, "--fps", "fast").returncode == 1
    assert "nothing is asked" in reel("enhance", clip).stderr
