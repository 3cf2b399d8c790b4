from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import FootageError
from reelwright.core.timeline import SoundClip, SoundTrack
from reelwright.edit.render import mix as mixing
from reelwright.edit.render import tracks
from reelwright.media import ffmpeg
from reelwright.media.sound import measure, read_wav, to_wav, write_wav

RATE = Fraction(30)


def speech(seconds: float, level: float, seed: int = 1) -> np.ndarray:
    """Noise that comes and goes like syllables."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * 48_000))
    time = np.arange(len(noise)) / 48_000
    shape = np.clip(np.sin(2 * np.pi * 3 * time), 0, 1)
    return (noise * shape * level).astype(np.float32)


def clip(path: str, start: int, frames: int, **more) -> SoundClip:
    return SoundClip(start=start, frames=frames, path=path, asset="x", **more)


def render(folder: Path, frames: int, *made: SoundTrack):
    return mixing.mix(list(made), folder / "mix.m4a", root=folder, rate=RATE, frames=frames)


def summed(folder: Path, frames: int, *made: SoundTrack) -> np.ndarray:
    files = tracks.prepare(made, folder, folder, RATE)
    total = frames * 1600
    duck = tracks.ducking(made, files, RATE, total)
    return np.concatenate(list(tracks.blocks(made, files, RATE, total, duck)))


@pytest.mark.parametrize("level", [0.3, 0.005])
def test_loudness_and_peak_whatever_comes_in(tmp_path: Path, level: float) -> None:
    sound = speech(8, level)
    sound[::4001] = np.minimum(0.99, level * 40)  # clicks, which the limiter has to hold
    write_wav(tmp_path / "v.wav", sound)
    render(tmp_path, 240, SoundTrack(name="voice", clips=(clip("v.wav", 0, 240),)))
    loud = measure(tmp_path / "mix.m4a")
    assert loud.lufs == pytest.approx(-14, abs=0.5)
    assert loud.true_peak <= -1


def test_form_of_the_file(tmp_path: Path) -> None:
    import av

    write_wav(tmp_path / "v.wav", speech(2, 0.1))
    track = SoundTrack(name="voice", clips=(clip("v.wav", 0, 45),))
    render(tmp_path, 60, track)
    once = (tmp_path / "mix.m4a").read_bytes()
    with av.open(str(tmp_path / "mix.m4a")) as file:
        stream = file.streams.audio[0]
        context = stream.codec_context
        assert (context.name, context.profile, context.rate, context.channels) == (
            "aac",
            "LC",
            48_000,
            2,
        )
    to_wav(tmp_path / "mix.m4a", tmp_path / "back.wav", channels=2)
    assert len(read_wav(tmp_path / "back.wav")[0]) == pytest.approx(96_000, abs=1024)
    render(tmp_path, 60, track)
    assert (tmp_path / "mix.m4a").read_bytes() == once


def test_silence_nothing_and_the_very_short(tmp_path: Path) -> None:
    render(tmp_path, 30)
    assert measure(tmp_path / "mix.m4a").lufs == -70
    write_wav(tmp_path / "s.wav", np.zeros(48_000))
    render(tmp_path, 30, SoundTrack(name="voice", clips=(clip("s.wav", 0, 30),)))
    assert measure(tmp_path / "mix.m4a").true_peak < -80
    write_wav(tmp_path / "v.wav", speech(0.2, 0.1))
    render(tmp_path, 6, SoundTrack(name="voice", clips=(clip("v.wav", 0, 6),)))
    assert measure(tmp_path / "mix.m4a").true_peak <= -1
    render(tmp_path, 1, SoundTrack(name="voice", clips=(clip("v.wav", 0, 1),)))


def test_clips_stand_on_their_sample(tmp_path: Path) -> None:
    click = np.zeros(4800, np.float32)
    click[0] = 0.5
    write_wav(tmp_path / "c.wav", click)
    made = summed(
        tmp_path,
        90,
        SoundTrack(name="voice", clips=(clip("c.wav", 7, 3), clip("c.wav", 41, 3, gain=-6.0206))),
    )
    assert made.shape == (90 * 1600, 2)
    assert np.flatnonzero(made[:, 0]).tolist() == [7 * 1600, 41 * 1600]
    assert made[41 * 1600] == pytest.approx([0.25, 0.25], abs=1e-4)


def test_offset_loop_and_fades(tmp_path: Path) -> None:
    ramp = (np.arange(4800) / 4800).astype(np.float32)  # a tenth of a second: three frames
    write_wav(tmp_path / "r.wav", np.stack([ramp, -ramp], 1))
    looped = summed(
        tmp_path, 60, SoundTrack(name="m", clips=(clip("r.wav", 0, 60, offset=0.05, loop=True),))
    )
    wanted = np.tile(ramp, 22)[2400 : 2400 + 96_000]
    assert np.abs(looped[:, 0] - wanted).max() < 1e-4
    assert np.abs(looped[:, 1] + wanted).max() < 1e-4
    once = summed(tmp_path, 60, SoundTrack(name="m", clips=(clip("r.wav", 0, 60),)))
    assert not once[4800:].any()
    write_wav(tmp_path / "one.wav", np.full(96_000, 0.5))
    faded = summed(
        tmp_path,
        60,
        SoundTrack(name="m", clips=(clip("one.wav", 0, 60, fade_in=15, fade_out=30),)),
    )[:, 0]
    assert faded[0] == 0
    assert faded[12_000] == pytest.approx(0.5 * np.sin(np.pi / 4), abs=0.01)
    assert faded[30_000] == pytest.approx(0.5, abs=0.001)
    assert faded[-1] < 0.001


def ducked(folder: Path, frames: int, voice: SoundTrack, music: SoundTrack, *more: SoundTrack):
    """The voice, and the music as it is heard with it, as two stems."""
    both = summed(folder, frames, voice, music, *more)
    alone = summed(folder, frames, voice, *more)
    return alone, both - alone


def loudness(folder: Path, stem: np.ndarray, where: np.ndarray) -> float:
    """LUFS of what of a stem is heard in some of its tenths of a second."""
    write_wav(folder / "stem.wav", stem.reshape(-1, 4800, 2)[where].reshape(-1, 2))
    return measure(folder / "stem.wav").lufs


def test_music_makes_room_for_the_voice_in_time(tmp_path: Path) -> None:
    write_wav(tmp_path / "v.wav", speech(2, 0.2))
    time = np.arange(48_000 * 6) / 48_000
    tone = (0.25 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    write_wav(tmp_path / "m.wav", tone)
    voice = SoundTrack(name="voice", clips=(clip("v.wav", 60, 60),))
    music = SoundTrack(name="music", ducks=True, clips=(clip("m.wav", 0, 180),))
    made = ducked(tmp_path, 180, voice, music)[1][:, 0]
    level = 20 * np.log10(np.abs(made).reshape(-1, 480).max(axis=1) / 0.25)
    deepest = level.min()
    assert deepest < -10
    assert level[:165].min() > -0.5  # untouched until shortly before
    assert level[200] < deepest + 0.5  # and down when the first word is heard
    assert level[200:390].max() < deepest + 2  # pauses between syllables bring nothing up
    assert level[520:].min() > -0.5  # back after it
    assert np.abs(np.diff(level)).max() < 1.5  # no jumps
    assert np.diff(level[200:]).max() < 0.4  # and it comes back slowly


@pytest.mark.parametrize(("voice_level", "music_level"), [(0.2, 0.05), (0.05, 0.3), (0.2, 0.004)])
def test_speech_is_far_above_music_however_loud_they_came(
    tmp_path: Path, voice_level: float, music_level: float
) -> None:
    write_wav(tmp_path / "v.wav", speech(4, voice_level))
    write_wav(tmp_path / "m.wav", speech(12, music_level, seed=2))
    voice = SoundTrack(name="voice", clips=(clip("v.wav", 60, 120), clip("v.wav", 210, 120)))
    music = SoundTrack(name="music", ducks=True, clips=(clip("m.wav", 0, 360),))
    said, under = ducked(tmp_path, 360, voice, music)
    spoken = np.zeros(120, bool)
    spoken[20:60] = spoken[70:110] = True
    above = loudness(tmp_path, said, spoken) - loudness(tmp_path, under, spoken)
    assert above >= 12
    assert above < 19 or music_level < 0.01
    # Before the first word it is as loud as it was asked to be.
    intro = np.zeros(120, bool)
    intro[:15] = True
    alone = summed(tmp_path, 360, music.model_copy(update={"ducks": False}))
    at_first = loudness(tmp_path, under, intro)
    assert at_first == pytest.approx(loudness(tmp_path, alone, intro), abs=0.3)
    # And in the pause of a second between two lines it comes up again, though not all the way.
    pause = np.zeros(120, bool)
    pause[63:67] = True
    pumped = loudness(tmp_path, under, pause) - loudness(tmp_path, alone, pause)
    assert loudness(tmp_path, under, spoken) - loudness(tmp_path, alone, spoken) < pumped <= 0.1


def test_a_short_pause_does_not_pump() -> None:
    levels = np.full(600, -20.0, np.float32)
    levels[200:235] = -80  # between two sentences
    levels[400:520] = -80  # between two parts
    curve = tracks.duck_curve(levels, 12.0)
    assert len(curve) == 600
    assert curve[190] == pytest.approx(12, abs=0.01)
    assert curve[200:235].min() > 9
    assert curve[400:520].min() < 3
    assert curve[520] == pytest.approx(12, abs=0.05)
    steps = np.diff(curve)
    assert steps.max() <= 12 / 25 + 0.01
    assert steps.min() >= -12 / 90 - 0.01


def test_effects_push_nothing_down(tmp_path: Path) -> None:
    write_wav(tmp_path / "m.wav", speech(4, 0.1))
    write_wav(tmp_path / "e.wav", speech(1, 0.3, seed=5))
    music = SoundTrack(name="music", ducks=True, clips=(clip("m.wav", 0, 120),))
    effects = SoundTrack(name="effects", clips=(clip("e.wav", 30, 30),))
    alone = summed(tmp_path, 120, effects) + summed(tmp_path, 120, music)
    assert np.allclose(summed(tmp_path, 120, music, effects), alone)


def test_any_kind_of_file_is_mixed(tmp_path: Path) -> None:
    tune = tmp_path / "a song's 🎵.mp3"
    args = ["-f", "lavfi", "-i", "sine=440:d=1:r=22050", ffmpeg.source(tune)]
    ffmpeg.run(args, what="song")
    music = SoundTrack(name="music", ducks=True, clips=(clip(tune.name, 0, 90, loop=True),))
    render(tmp_path, 90, music)
    assert measure(tmp_path / "mix.m4a").lufs == pytest.approx(-14, abs=0.5)
    (tmp_path / "t.mp3").write_text("no song at all")
    with pytest.raises(FootageError, match="text|not a media|no sound"):
        render(tmp_path, 30, SoundTrack(name="m", clips=(clip("t.mp3", 0, 30),)))


def test_long_sound_takes_no_more_memory(tmp_path: Path) -> None:
    write_wav(tmp_path / "m.wav", speech(1, 0.1))
    music = SoundTrack(name="music", clips=(clip("m.wav", 0, 18_000, loop=True),))
    files = tracks.prepare([music], tmp_path, tmp_path, RATE)
    longest = max(len(block) for block in tracks.blocks([music], files, RATE, 18_000 * 1600))
    assert longest == 48_000
