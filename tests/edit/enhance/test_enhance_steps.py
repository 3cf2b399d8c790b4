"""What the classical filters reach, on small material made here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from reelwright.core.errors import FootageError, SettingError
from reelwright.core.nouns import MediaFacts
from reelwright.edit.enhance import denoise, noise, trial
from reelwright.edit.enhance.averaging import average
from reelwright.edit.enhance.camera_path import follow, shaking
from reelwright.edit.enhance.colour import Colour, Setting, measure, settle
from reelwright.edit.enhance.compare import compare_files, flicker_of
from reelwright.edit.enhance.frame import Look, Picture
from reelwright.edit.enhance.grain import Grain
from reelwright.edit.enhance.order import Order
from reelwright.edit.enhance.rate import Rate
from reelwright.edit.enhance.stream import cut_up
from reelwright.edit.enhance.tonemap import to_sdr
from reelwright.media import ffmpeg
from reelwright.media.probing import probe
from reelwright.stages import enhance_file
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps


def ground(high: int, wide: int, seed: int = 1) -> np.ndarray:
    """A picture with soft and sharp things in it."""
    random = np.random.default_rng(seed)
    rough = random.integers(40, 215, (high // 12, wide // 12, 3)).astype(np.uint8)
    picture = cv2.resize(rough, (wide, high), interpolation=cv2.INTER_CUBIC)
    for _ in range(12):
        x, y = (int(random.integers(0, side)) for side in (wide, high))
        colour = [int(c) for c in random.integers(40, 215, 3)]
        cv2.rectangle(picture, (x, y), (x + 30, y + 20), colour, -1)
    return np.asarray(picture, np.uint8)


def panning(count: int, size: tuple[int, int] = (120, 160), step: int = 3) -> list[np.ndarray]:
    big = ground(size[0], size[1] + step * count)
    return [big[:, n * step : n * step + size[1]] for n in range(count)]


def noisy(frames: list[np.ndarray], sigma: float) -> list[Picture]:
    random = np.random.default_rng(2)
    every = enumerate(frames)
    return [
        Picture(np.clip(f + random.normal(0, sigma, f.shape), 0, 255).astype(np.uint8), at(n))
        for n, f in every
    ]


def at(number: int, rate: int = 25) -> Fraction:
    return Fraction(number, rate)


def psnr(pictures: list[Picture], frames: list[np.ndarray]) -> float:
    pairs = zip(pictures, frames, strict=True)
    off = np.mean([np.mean((p.rgb.astype(float) - f) ** 2) for p, f in pairs])
    return float(10 * np.log10(255**2 / off))


def look(tmp_path: Path, runs: list[list[Picture]], pixels: str = "yuv444p") -> Look:
    high, wide = runs[0][0].rgb.shape[:2]
    facts = MediaFacts(
        kind="video", width=wide, height=high, rate=Fraction(25), seconds=1, pixel_format=pixels
    )
    path = tmp_path / "clip"
    path.write_bytes(b"x")
    found = noise.estimate(run[0] for run in runs)
    return Look(path, facts, runs, (), found, Steps(Store(tmp_path / ".reel")))


def coloured(frames: list[np.ndarray], sigma: float) -> list[Picture]:
    """With noise like a small sensor's: as strong in colours of half the size as in luma."""
    random = np.random.default_rng(3)
    found: list[Picture] = []
    for number, frame in enumerate(frames):
        high, wide = frame.shape[:2]
        planes = np.split(cv2.cvtColor(frame, cv2.COLOR_RGB2YCrCb).astype(float), 3, axis=2)
        planes[0] = planes[0] + random.normal(0, sigma, planes[0].shape)
        for n in (1, 2):
            half = cv2.resize(planes[n], (wide // 2, high // 2), interpolation=cv2.INTER_AREA)
            half = half + random.normal(0, sigma, half.shape)
            planes[n] = cv2.resize(half, (wide, high), interpolation=cv2.INTER_CUBIC)[..., None]
        whole = np.clip(np.concatenate(planes, axis=2), 0, 255).astype(np.uint8)
        found.append(
            Picture(np.asarray(cv2.cvtColor(whole, cv2.COLOR_YCrCb2RGB), np.uint8), at(number))
        )
    return found


@pytest.mark.parametrize("sigma", [4.0, 12.0, 25.0])
def test_noise_is_estimated(sigma: float):
    frames = panning(3, (240, 320))
    found = noise.estimate(noisy(frames, sigma))
    # Noise alike in three channels is weaker in their weighted mean.
    true = sigma * float(np.sqrt(0.2126**2 + 0.7152**2 + 0.0722**2))
    assert found == pytest.approx(true, rel=0.12)
    spread = np.sqrt(np.diag(noise.covariance(noisy(frames, sigma)[0].rgb)))
    assert spread == pytest.approx([sigma] * 3, rel=0.2)


def test_the_best_denoiser_is_chosen_without_a_clean_picture(tmp_path: Path):
    frames = panning(8, (80, 112))
    given = noisy(frames, 20)
    found = denoise.plan_denoise(look(tmp_path, [given[:7]]), Order(denoise="auto"))
    assert isinstance(found, denoise.ByShot)
    reached = {
        name: psnr([list(build(15.1).run(iter(given)))[3]], frames[3:4])
        for name, build in denoise.NAMES.items()
    }
    chosen = psnr([list(found.run(iter(given)))[3]], frames[3:4])
    plain = max(value for name, value in reached.items() if "motion" not in name)
    assert chosen > max(reached.values()) - 0.2
    assert chosen > plain + 0.5
    assert "tried" in found.told()
    calm = denoise.plan_denoise(
        look(tmp_path, [[Picture(f) for f in frames[:5]]]), Order(denoise="auto")
    )
    assert isinstance(calm, str)
    with pytest.raises(SettingError, match="no denoiser"):
        denoise.plan_denoise(look(tmp_path, [given]), Order(denoise="nlmean"))


def test_shots_are_denoised_each_as_it_needs_it():
    clean = panning(6, (48, 64))
    given = [replace(p, shot=n // 2) for n, p in enumerate(noisy(clean, 20))]
    fine, strong = (denoise.NAMES[name](12.0) for name in ("nlmeans-fine", "nlmeans"))
    mixed = denoise.Mixed(fine, strong, 0.25)
    step = denoise.ByShot(mixed, {1: None, 2: fine}, "told")
    made = [one.rgb for one in step.run(iter(given))]
    a, b, c = (
        np.stack([one.rgb for one in each.run(iter(given))]).astype(float)
        for each in (fine, strong, mixed)
    )
    assert np.abs(c - (0.25 * a + 0.75 * b)).max() <= 0.5
    np.testing.assert_array_equal(np.stack(made[:2]), c[:2])
    np.testing.assert_array_equal(np.stack(made[2:4]), np.stack([p.rgb for p in given[2:4]]))
    np.testing.assert_array_equal(np.stack(made[4:]), a[4:])
    assert step.memory == max(fine.memory, strong.memory)
    assert step.key() != denoise.ByShot(mixed, {2: fine}, "told").key()


def test_two_denoisers_are_mixed_where_it_pays():
    random = np.random.default_rng(0)
    shared, one, two = random.normal(0, 1, (3, 4000))
    # Both miss by as much, and half of it is not alike; the third is far off.
    errors = np.stack([shared + one, shared + two, 9 * shared])
    together = errors @ errors.T / 4000
    found = trial.best_of(["a", "b", "c"], together, sigma=5.0)
    assert {found.first, found.second} == {"a", "b"}
    assert found.share == pytest.approx(0.5, abs=0.05)
    assert trial.best_of(["a", "b", "c"], together, sigma=60.0).second == ""
    assert trial.ranked(["a", "b", "c"], together)[-1] == "c"


def test_a_title_without_noise_is_left_alone_in_a_noisy_clip(tmp_path: Path):
    title, frames = ground(64, 96, seed=7), panning(8, (64, 96))
    given = [p.rgb for p in noisy(frames, 20)]
    path = tmp_path / "clip.mkv"
    args = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "96x64", "-r", "25", "-i", "pipe:0"]
    shown = [np.ascontiguousarray(f) for f in [*[title] * 8, *given]]
    ffmpeg.run([*args, "-c:v", "ffv1", path], what="clip", stdin=shown)
    facts, changes = probe(path), (Fraction(31, 100),)
    run = [Picture(f, at(8 + n), 1) for n, f in enumerate(given)]
    seen = Look(path, facts, [run], changes, 15.0, Steps(Store(tmp_path / ".reel")))
    found = denoise.plan_denoise(seen, Order(denoise="auto"))
    assert isinstance(found, denoise.ByShot)
    assert found.of(0) is None
    assert found.of(1) is not None
    assert "left alone" in found.told()


def test_noise_in_halved_colours_is_taken_out_where_it_came_in(tmp_path: Path):
    frames = panning(9)
    given = coloured(frames, 20)
    halved = look(tmp_path, [given[1:8]], "yuv420p")
    assert trial.is_halved(halved.samples)
    # Noise that was there before colours were halved is weaker in them, and is left whole.
    assert not trial.is_halved(noisy(frames, 20)[1:8])
    order = Order(denoise="auto")
    steps = [denoise.plan_denoise(each, order) for each in (halved, look(tmp_path, [given[1:8]]))]
    reached: list[float] = []
    for step, pixels in zip(steps, ("yuv420p", "yuv444p"), strict=True):
        assert isinstance(step, denoise.ByShot)
        assert pixels in str(step.key())
        reached.append(psnr(list(step.run(iter(given)))[3:6], frames[3:6]))
    assert reached[0] > reached[1] + 1


def test_averaging_starts_afresh_at_a_cut_and_holds_few_pictures():
    red, blue = np.full((64, 64, 3), (200, 30, 30)), np.full((64, 64, 3), (30, 30, 200))
    read = [0]

    def pictures() -> Iterator[Picture]:
        for number in range(40):
            read[0] += 1
            frame = red if number < 20 else blue
            yield Picture(frame.astype(np.uint8), at(number), int(number >= 20))

    for number, picture in enumerate(average(pictures(), 10)):
        assert read[0] <= number + 5
        wanted = red if number < 20 else blue
        assert np.abs(picture.rgb.astype(int) - wanted).max() <= 1
    assert read[0] == 40


def test_a_shaking_clip_is_calm_and_keeps_most_of_its_picture(tmp_path: Path):
    big = ground(420, 640, seed=4)
    random = np.random.default_rng(3)
    sway = np.cumsum(random.normal(0, 1.2, (50, 2)), axis=0)
    sway = 9 * (sway - sway.mean(axis=0)) / np.abs(sway).max()
    sway += random.normal(0, 1.5, (50, 2))
    frames = [cv2.getRectSubPix(big, (480, 270), (320 + float(x), 210 + float(y))) for x, y in sway]
    path = tmp_path / "shaking.mp4"
    raw = ["-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "480x270", "-r", "25"]
    code = ["-i", "pipe:0", "-c:v", "libx264", "-crf", "14"]
    ffmpeg.run(
        [*raw, *code, ffmpeg.source(path)], what="a clip", stdin=map(np.ascontiguousarray, frames)
    )
    made = enhance_file(path, Order(stabilise=True))
    before, after = (shaking(follow(p, probe(p), [])[0]) for p in (path, made.path))
    assert after < 0.3 * before
    assert "81%" in made.told[0] or any(
        f"{n}% of the picture" in made.told[0] for n in range(82, 100)
    )
    calm = enhance_file(made.path, Order(stabilise=True))
    assert "left alone" in calm.told[0]


def test_colours_are_set_right_within_bounds_and_constant_in_a_shot():
    scene = ground(96, 128).astype(float) * 0.25 + 90
    dull = np.clip(scene * [1.08, 1.0, 0.86] * 0.6, 0, 255).astype(np.uint8)
    fine = ground(96, 128)
    dark, good = settle([measure(dull[None]), measure(fine[None])])
    assert dark.gamma < 1
    assert dark.gains[2] > max(1.03, dark.gains[0] + 0.03)
    assert abs(good.gamma - 1) < 0.3
    pictures = [Picture(dull, at(0)), Picture(dull, at(1)), Picture(fine, at(2), shot=1)]
    out = list(Colour([dark, Setting()]).run(iter(pictures)))
    assert (out[0].rgb == out[1].rgb).all()
    assert out[2].rgb is fine
    casts = [float(v[..., 0].mean() / v[..., 2].mean()) for v in (dull, out[0].rgb)]
    assert casts[1] - 1 < 0.8 * (casts[0] - 1)


def test_grain_lives_and_begins_anywhere():
    grey = np.full((90, 120, 3), 128, np.uint8)
    every = list(Grain(6).run(iter([Picture(grey, at(n)) for n in range(4)])))
    later = list(Grain(6).run(iter([Picture(grey, at(n)) for n in (2, 3)])))
    assert (every[2].rgb == later[0].rgb).all()
    assert (every[0].rgb != every[1].rgb).any()
    assert every[0].rgb.astype(float).std() == pytest.approx(6, rel=0.15)


def test_pictures_between_follow_what_moves():
    frames = panning(17, (144, 192), 4)
    given = [Picture(f, at(n, 12)) for n, f in enumerate(frames[::2])]
    out = list(Rate(Fraction(24), Fraction(12)).run(iter(given)))
    assert [p.at for p in out] == [Fraction(n, 24) for n in range(18)]
    between = [out[n] for n in range(1, 16, 2)]
    mixed = [
        Picture(((a.astype(int) + b) // 2).astype(np.uint8))
        for a, b in zip(frames[:-2:2], frames[2::2], strict=True)
    ]
    assert psnr(between, frames[1:16:2]) > psnr(mixed, frames[1:16:2]) + 3
    cut = [Picture(frames[0], at(0, 12)), Picture(frames[9], at(1, 12), shot=1)]
    out = list(Rate(Fraction(24), Fraction(12)).run(iter(cut)))
    assert (out[1].rgb == frames[0]).all()


LIGHTS = [round(share * 65535) for share in (0.621, 0.676, 0.740)]


def test_light_beyond_white_is_rolled_off_and_paper_stays_white():
    values = np.linspace(0, 65535, 256).astype(np.uint16)
    ramp = np.repeat(values[None, :, None], 3, axis=2)
    for transfer in ("pq", "hlg"):
        told = to_sdr(ramp, transfer)[0, :, 1].astype(int)
        assert (np.diff(told) >= 0).all()
        assert told[0] == 0
        assert told[-1] == 255
    paper = np.full((1, 1, 3), round(0.58 * 65535), np.uint16)
    assert 205 < int(to_sdr(paper, "pq")[0, 0, 1]) < 250
    # Lights of 300, 500 and 900 candela (PQ) differ, and a red one stays red.
    lights = [int(to_sdr(np.full((1, 1, 3), v, np.uint16), "pq")[0, 0, 1]) for v in LIGHTS]
    assert (np.diff(lights) >= 3).all()
    red = to_sdr(np.array([[[LIGHTS[2], LIGHTS[0] // 3, LIGHTS[0] // 3]]], np.uint16), "pq")[0, 0]
    assert red[0] > 230
    assert red[1] < 190


def test_segments_end_with_shots_where_one_is_near():
    edges = cut_up(30, [Fraction(5), Fraction(16), Fraction(29)])
    assert edges == [(0, 5), (5, 11), (11, 16), (16, 22), (22, None)]
    assert cut_up(0.0, []) == [(0, None)]


def test_two_versions_are_compared(tmp_path: Path):
    one, two = tmp_path / "one.mp4", tmp_path / "two.mp4"
    clip = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=128x96:r=10:d=1"]
    for path, crf in ((one, "12"), (two, "40")):
        ffmpeg.run([*clip, "-c:v", "libx264", "-crf", crf, ffmpeg.source(path)], what="a clip")
    same = compare_files(one, one)
    assert same.psnr == float("inf")
    assert same.ssim == 1
    shown = tmp_path / "both.mp4"
    worse = compare_files(one, two, shown)
    assert 15 < worse.psnr < 40
    assert worse.ssim < 0.99
    assert worse.vmaf is not None
    assert worse.vmaf < 90
    assert probe(shown).width == 256
    wiped = tmp_path / "wiped.mp4"
    compare_files(one, two, wiped, wipe=True)
    assert probe(wiped).width == 128
    sound = tmp_path / "long.mp4"
    ffmpeg.run([*clip[:-1], "testsrc2=s=128x96:r=10:d=5", "-c:v", "libx264", str(sound)], what="")
    with pytest.raises(FootageError, match="lasts"):
        compare_files(one, sound)


def test_flicker_is_told_from_movement(tmp_path: Path):
    def clip(name: str, source: str) -> float:
        path = tmp_path / name
        args = ["-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-crf", "10"]
        ffmpeg.run([*args, ffmpeg.source(path)], what="a clip")
        return flicker_of(path, probe(path))

    still = "testsrc2=s=96x64:r=20:d=1,select=eq(n\\,0),loop=20:1,setpts=N/20/TB"
    assert clip("calm.mp4", still) < 0.3
    assert clip("flickers.mp4", f"{still},geq=lum='lum(X,Y)+6*mod(N,2)'") > 2
