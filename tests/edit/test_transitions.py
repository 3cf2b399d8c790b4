"""Transitions: each from the one picture to the other, chosen by the theme and the line."""

from __future__ import annotations

import subprocess
from collections import Counter
from zlib import crc32

import numpy as np
import pytest

from reelwright.core.errors import ScriptError, TimelineError
from reelwright.core.nouns import Format
from reelwright.create.themes import load_theme, theme_names
from reelwright.edit.render import transitions as room
from reelwright.media import ffmpeg

SMALL = Format(width=90, height=160)


def mixed(name: str, frames: int) -> np.ndarray:
    """A transition from red to a blue picture with a white middle."""
    size = f"{SMALL.width}x{SMALL.height}"
    lasts = frames / 30
    graph = (
        f"color=red:s={size}:r=30:d={lasts},format=yuv444p,fps=30[a];"
        f"color=blue:s={size}:r=30:d={lasts},drawbox=30:60:30:40:white:fill,format=yuv444p,fps=30[b];"
        f"{room.mixing(name, SMALL, frames)},format=rgb24[v]"
    )
    done = subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-filter_complex", graph, "-map", "[v]"]
        + ["-f", "rawvideo", "-"],
        capture_output=True,
        check=True,
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, SMALL.height, SMALL.width, 3)


@pytest.mark.parametrize("name", room.names())
@pytest.mark.parametrize("frames", [1, 11])
def test_every_transition_goes_from_the_one_to_the_other(name, frames):
    seen = mixed(name, frames).astype(int)
    assert len(seen) == frames
    if frames == 1:
        return
    red, blue = seen[..., 0].mean((1, 2)), seen[..., 2].mean((1, 2))
    assert red[0] > 200, "it begins with the one"
    assert blue[-1] > 170, "and ends with the other"
    assert np.abs(seen[1:] - seen[:-1]).mean() < 60, "without a jump in between"


def test_there_are_at_least_eight_that_differ():
    kinds = {name.split("-")[0] for name in room.names()}
    assert {"dissolve", "push", "smooth", "zoom", "whip", "circle", "page", "slices"} <= kinds


def test_unknown_names_say_what_is_near():
    with pytest.raises(TimelineError, match="no transition") as caught:
        room.mixing("disolve", SMALL, 8)
    assert "dissolve" in (caught.value.hint or "")
    with pytest.raises(ScriptError, match="no transition") as told:
        room.choose("pusch", 0)
    assert "push" in (told.value.hint or "")


@pytest.mark.parametrize("theme", theme_names())
def test_themes_name_transitions_there_are_and_cut_most(theme):
    weights = load_theme(theme).transitions
    assert set(weights) <= set(room.families())
    seeds = [crc32(f"line {n}".encode()) for n in range(600)]
    found = Counter(room.pick(weights, seed) for seed in seeds)
    assert found.most_common(1)[0][0] == room.CUT
    assert len(found) >= 4
    assert room.CUT not in {room.pick(weights, seed, cut=False) for seed in seeds}


def test_a_seed_always_picks_the_same():
    weights = {"cut": 3, "push": 2, "page": 1}
    assert [room.pick(weights, 5003 * n) for n in range(40)] == [
        room.pick(dict(weights), 5003 * n) for n in range(40)
    ]
    assert room.choose("push", 0) != room.choose("push", 1)
    assert room.choose("page-up", 12) == "page-up"
