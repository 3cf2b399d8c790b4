"""Sound effects: clean, all about as loud, the same bytes for the same seed."""

from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import SettingError
from reelwright.core.nouns import Line, Role, Script, Shot
from reelwright.create.music.effects import EFFECTS, make_effect
from reelwright.create.music.sections import find_reveal, find_sections
from reelwright.media.sound import read_wav


@pytest.mark.parametrize("name", EFFECTS)
def test_an_effect_is_clean_and_as_loud_as_the_others(name: str, tmp_path: Path) -> None:
    make_effect(name, tmp_path / "a.wav", seed=3)
    make_effect(name, tmp_path / "b.wav", seed=3)
    make_effect(name, tmp_path / "c.wav", seed=4)
    once, again, other = ((tmp_path / f"{each}.wav").read_bytes() for each in "abc")
    assert once == again != other
    x, rate = read_wav(tmp_path / "a.wav")
    seconds, peak = EFFECTS[name]
    assert (rate, x.shape) == (48_000, (round(seconds * 48_000), 2))
    assert np.abs(x).max() <= 0.71
    assert np.abs(x[[0, -1]]).max() < 2e-3
    power = np.convolve((x**2).mean(axis=1), np.ones(2400) / 2400)
    assert -21 < 10 * np.log10(power.max()) < -13.5
    if peak > 0:
        assert abs(int(power.argmax()) / 48_000 - peak) < 0.15


def test_an_unknown_effect_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="whoosh"):
        make_effect("woosh", tmp_path / "a.wav")
    assert not list(tmp_path.iterdir())


ROLES = (Role.HOOK, *[Role.POINT] * 6, Role.CALL)
STARTS = (0.0, 4.2, 9.1, 14.0, 19.6, 24.9, 30.2, 36.4)


def parts(scenes: dict[int, str], starts=STARTS) -> tuple[tuple[float, str], ...]:
    lines = tuple(Line(say=f"line {index}", role=role) for index, role in enumerate(ROLES))
    shots = [Shot(line=i, scene=scenes.get(i, "statement")) for i in range(len(ROLES))]
    return find_sections(Script(title="t", lines=lines), shots, starts, 40.0)


def test_sections_follow_the_script() -> None:
    assert parts({4: "number"}) == (
        (0.0, "intro"),
        (4.0, "verse"),
        (15.0, "build"),
        (20.0, "drop"),
        (36.0, "outro"),
    )
    # Without a figure the drop is where a reveal belongs.
    assert (25.0, "drop") in parts({})
    # A figure at the very beginning is no reveal.
    assert (25.0, "drop") in parts({1: "number"})


def test_a_word_more_leaves_the_music_as_it_was() -> None:
    later = [start + 0.05 if index > 2 else start for index, start in enumerate(STARTS)]
    assert parts({4: "number"}, later) == parts({4: "number"})


def test_few_lines_have_no_reveal() -> None:
    script = Script(title="t", lines=(Line(say="a", role=Role.HOOK), Line(say="b")))
    shots = [Shot(line=0, scene="hook"), Shot(line=1, scene="number")]
    assert find_reveal(script, shots, [0.0, 3.0], 6.0) is None
    assert find_sections(script, shots, [0.0, 3.0], 6.0) == ((0.0, "intro"), (3.0, "verse"))
