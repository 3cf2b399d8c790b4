from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import FootageError, StoreError
from reelwright.media import ffmpeg, sound


def test_samples_survive_the_file(tmp_path: Path) -> None:
    wave = np.sin(np.arange(4800) / 20).astype(np.float32)[:, None] * np.array([0.5, -0.25])
    sound.write_wav(tmp_path / "a.wav", wave, 48_000)
    back, rate = sound.read_wav(tmp_path / "a.wav")
    assert rate == 48_000
    assert back.dtype == np.float32
    assert np.abs(back - wave).max() < 1 / 32768
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("codec", ["pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le"])
def test_all_depths_are_read(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "x.wav"
    tone = ["-f", "lavfi", "-i", "sine=440:d=0.1:r=44100", "-c:a", codec]
    ffmpeg.run([*tone, "-rf64", "never", ffmpeg.source(path)], what="tone")
    if codec in {"pcm_s24le", "pcm_s32le"}:  # ffmpeg writes these as WAVE_FORMAT_EXTENSIBLE
        path = tmp_path / "y.wav"
        raw = np.round(np.sin(np.arange(4410) / 16) * (2**31 - 1) / 8).astype("<i4")
        size = 3 if "24" in codec else 4
        data = raw.view(np.uint8).reshape(-1, 4)[:, 4 - size :].tobytes()
        import wave

        with wave.open(str(path), "wb") as file:
            file.setparams((1, size, 44100, 0, "NONE", ""))
            file.writeframes(data)
    samples, rate = sound.read_wav(path)
    assert (len(samples), rate) == (4410, 44100)
    assert np.abs(samples).max() == pytest.approx(0.125, abs=0.01)


def test_any_sound_becomes_wav(tmp_path: Path) -> None:
    ffmpeg.run(
        ["-f", "lavfi", "-i", "sine=d=1:r=22050", ffmpeg.source(tmp_path / "a b'.mp3")], what="mp3"
    )
    sound.to_wav(tmp_path / "a b'.mp3", tmp_path / "out.wav", channels=2)
    samples, rate = sound.read_wav(tmp_path / "out.wav")
    assert (rate, samples.shape[1]) == (48_000, 2)
    assert len(samples) == pytest.approx(48_000, abs=3000)


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("no")
    with pytest.raises(FootageError, match="not a PCM WAV"):
        sound.read_wav(tmp_path / "a.wav")
    with pytest.raises(FootageError, match="cannot be read"):
        sound.read_wav(tmp_path / "b.wav")
    args = ["-f", "lavfi", "-i", "testsrc=d=0.1", ffmpeg.source(tmp_path / "mute.mp4")]
    ffmpeg.run(args, what="mute")
    with pytest.raises(FootageError, match="no sound"):
        sound.to_wav(tmp_path / "mute.mp4", tmp_path / "out.wav")
    with pytest.raises(StoreError):
        sound.write_wav(tmp_path / "no" / "folder.wav", np.zeros(10))


def test_loudness_of_a_known_tone(tmp_path: Path) -> None:
    # EBU Tech 3341, case 1: a stereo 1 kHz sine at −23 dBFS measures −23 LUFS.
    time = np.arange(48_000 * 6) / 48_000
    tone = np.sin(2 * np.pi * 1000 * time) * 10 ** (-23 / 20)
    sound.write_wav(tmp_path / "a.wav", np.stack([tone, tone], 1))
    loud = sound.measure(tmp_path / "a.wav")
    assert loud.lufs == pytest.approx(-23, abs=0.1)
    assert loud.true_peak == pytest.approx(-23, abs=0.2)
    sound.write_wav(tmp_path / "b.wav", np.zeros((48_000, 2)))
    quiet = sound.measure(tmp_path / "b.wav")
    assert (quiet.lufs, quiet.true_peak) == (-70, float("-inf"))
