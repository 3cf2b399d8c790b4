"""The kind `frames`, `task=background`: new footage that closes, is near the clip and is new."""

import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import DataError, InputError, ModelError, SettingError
from reelwright.core.progress import Silent
from reelwright.create.footage import find_media
from reelwright.learn.frames import cleaning, paths, planes, subspace
from reelwright.learn.frames.assembling import assemble_rgb
from reelwright.learn.frames.filming import look
from reelwright.learn.frames.footage import is_background
from reelwright.learn.frames.imagining import imagine
from reelwright.learn.frames.kind import Frames
from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model
from reelwright.pipeline import make
from reelwright.publish.label import read_label
from reelwright.store.project import create_project

SIDE = (160, 96)
RATE = Fraction(20)


def ripples(count: int = 72, size: tuple[int, int] = SIDE, seed: int = 0) -> np.ndarray:
    """Crossing waves over a still, patterned bank: T × H × W × 3 bytes."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: size[1], : size[0]].astype(np.float32)
    numbers = rng.uniform([-0.35, -0.35, 0.2, 0], [0.35, 0.35, 0.6, 6], (8, 4))
    bank = 60 * ((x // 9 + y // 9) % 2) + 70 + 20 * np.sin(x / 3.0) * np.cos(y / 2.5)
    frames = []
    for t in range(count):
        water = sum(np.sin(a * x + b * y + c * t + d) for a, b, c, d in numbers)
        picture = np.where(y > size[1] * 0.4, 110 + 12 * water, bank)
        frames.append(np.stack([picture * 0.6, picture * 0.9, picture], -1))
    return np.clip(frames, 0, 255).astype(np.uint8)


def filmed(path: Path, frames: np.ndarray) -> Path:
    assemble_rgb(frames, RATE, path)
    return path


@pytest.fixture(scope="module")
def river(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    folder = tmp_path_factory.mktemp("living")
    clip = filmed(folder / "river.mp4", ripples())
    settings = FrameSettings(epochs=3, width=24, code=8, batch=8)
    scores = Frames.train([clip], settings, Run(folder / "river", device="cpu"))
    assert {"mse", "surprise", "share"} <= set(scores)
    model = load_model(folder / "river", "frames")
    assert isinstance(model, Frames)
    return model


def decoded(path: Path) -> np.ndarray:
    return np.stack([planes.split(frame)[0].copy() for frame in planes.decode(path)])


def test_footage_loops_and_is_marked_as_made_by_a_machine(river: Frames, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    told = next(iter(river.predict([str(out)], {"seconds": "6", "loop": "yes"})))
    frames = decoded(out).astype(np.float32)
    assert told["frames"] == len(frames) == 120
    steps = np.abs(np.diff(frames, axis=0)).mean((1, 2))
    assert np.abs(frames[0] - frames[-1]).mean() < 1.5 * np.median(steps)
    assert steps.max() < 2.5 * np.median(steps)
    label = read_label(out)
    assert label is not None
    assert label["Label"] == "1"


def test_footage_is_near_the_clip_and_no_copy(river: Frames) -> None:
    values = river.evaluate([river.folder.parent / "river.mp4"], Silent()).values
    assert 1 / 1.2 < float(values["variance"]) < 1.2
    assert 1 / 1.2 < float(values["flicker"]) < 1.2
    assert float(values["sharpness"]) > 0.85
    assert float(values["seam"]) < 1.5
    assert float(values["copied"]) < 0.2


def test_footage_is_the_same_bytes_and_another_with_another_seed(
    river: Frames, tmp_path: Path
) -> None:
    made = []
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        out = tmp_path / f"{name}.mp4"
        list(river.predict([str(out)], {"seconds": "3", "seed": seed}))
        made.append(out.read_bytes())
    assert made[0] == made[1] != made[2]


def test_footage_is_made_without_torch(river: Frames, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from pathlib import Path\n"
        "from reelwright.learn.frames.footage import film\n"
        "from reelwright.learn.frames.living import Wish\n"
        "print(film(Path(sys.argv[1]), Path(sys.argv[2]), Wish(seconds=3, loop=False)))\n"
    )
    command = [sys.executable, "-c", code, str(river.folder), str(tmp_path / "out.mp4")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "60", done.stderr


def test_its_step_is_exported_and_checked(river: Frames, tmp_path: Path) -> None:
    assert river.export_onnx(tmp_path / "step.onnx") < 1e-4
    assert is_background(river.folder)


def test_a_model_in_footage_is_an_endless_clip(
    river: Frames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REEL_HOME", str(tmp_path / "home"))
    brief = "---\nlanguage: en\nlength: 6\n---\nThe river is wide here."
    project = create_project(tmp_path / "project", brief)
    shutil.copytree(river.folder, project.footage / "wide river")
    project.script.write_text(
        "title: River\nlines:\n- say: Look at this.\n  footage: wide river\n  role: hook\n"
        "- say: The river is wide here.\n- say: Follow for more.\n  role: call\n"
    )
    assert find_media([project.footage]) == (project.footage / "wide river",)
    shots = make(project, until="shots").shots
    shown = [shot.asset for shot in shots[:2]]
    assert shown[0] is not None
    assert shown[0] == shown[1]
    assert shown[0].facts.seconds == pytest.approx(30)
    assert shown[0].tags == ("wide", "river")
    assert shown[0].origin.ai_made
    assert shown[0].origin.model == "wide river"


def test_clean_up_is_asked_for_by_options(river: Frames, tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    list(river.predict([str(out)], {"seconds": "3", "denoise": "4", "deflicker": "0.8"}))
    assert len(decoded(out)) == 60


def test_options_that_cannot_be_are_told(river: Frames, tmp_path: Path) -> None:
    out = str(tmp_path / "out.mp4")
    with pytest.raises(SettingError, match="second"):
        list(river.predict([out], {"second": "3"}))
    with pytest.raises(InputError, match="too short"):
        list(river.predict([out], {"seconds": "0.5"}))
    with pytest.raises(InputError, match="no file to write"):
        list(river.predict([], {}))
    with pytest.raises(InputError, match="no name of a clip"):
        list(river.predict([str(tmp_path / "out.txt")], {}))


def test_a_model_without_its_clip_is_told(river: Frames, tmp_path: Path) -> None:
    clip = river.folder / "clip.mp4"
    away = clip.rename(tmp_path / "clip.mp4")
    try:
        with pytest.raises(ModelError, match="missing or damaged"):
            list(river.predict([str(tmp_path / "out.mp4")], {"seconds": "3"}))
    finally:
        away.rename(clip)


def test_a_swaying_camera_is_held_still(tmp_path: Path) -> None:
    wide = ripples(size=(180, 110))
    sway = np.round(2.4 * np.sin(np.arange(len(wide)) / 5)).astype(int) + 3
    shaken = np.stack([f[s : s + 96, s : s + 160] for f, s in zip(wide, sway, strict=True)])
    found = look(filmed(tmp_path / "hand.mp4", shaken))
    assert np.abs(found.shifts).max() > 1
    assert found.size[0] < 160
    assert any("sway" in note for note in found.notes)


def test_clips_that_do_not_fit_are_told(tmp_path: Path) -> None:
    still = np.repeat(ripples(1), 40, axis=0)
    wide = ripples(60, (420, 96))
    wide[:] = wide[:1]
    pan = np.stack([frame[:, 4 * t : 4 * t + 160] for t, frame in enumerate(wide)])
    other = 255 - ripples(40, seed=5).transpose(0, 1, 2, 3)[:, ::-1]
    cut = np.concatenate([ripples(40), other])
    for name, frames, told in (
        ("short", ripples(10), "has 10 frames"),
        ("still", still, "nothing that moves"),
        ("pan", pan, "moving camera"),
        ("cut", cut, "has a cut at"),
    ):
        with pytest.raises(DataError, match=told):
            look(filmed(tmp_path / f"{name}.mp4", frames))
    picture = tmp_path / "words.mp4"
    picture.write_text("no video")
    with pytest.raises(DataError, match="is text, not media"):
        look(picture)
    settings, run = FrameSettings(), Run(tmp_path / "m", device="cpu")
    with pytest.raises(DataError, match="from one clip"):
        Frames.train([picture, picture], settings, run)


def test_odd_sizes_are_made_even(tmp_path: Path) -> None:
    found = look(filmed(tmp_path / "odd.mp4", ripples(30)[:, :95, :159]))
    assert found.size[0] % 2 == found.size[1] % 2 == 0


def test_a_subspace_holds_what_changes() -> None:
    t = np.arange(40)
    rows = np.outer(np.sin(t / 3), np.ones(50)) + np.outer(np.cos(t / 5), np.arange(50))
    basis, codes, share = subspace.fit(rows.astype(np.float32), 2)
    assert share == pytest.approx(1, abs=1e-4)
    assert np.allclose(basis.mean + basis.decode(codes), rows, atol=1e-2)
    assert np.allclose(codes.std(0), 1, atol=0.05)


@pytest.mark.parametrize("grows", [0.97, 1.03])
def test_imagined_codes_neither_die_nor_run_off(grows: float) -> None:
    t = np.arange(80)[:, None]
    codes = (np.sqrt(2) * np.concatenate([np.sin(t / 4), np.cos(t / 4)], 1)).astype(np.float32)

    turn = np.array([[np.cos(0.25), -np.sin(0.25)], [np.sin(0.25), np.cos(0.25)]], np.float32)
    turn *= grows

    def step(**given: np.ndarray) -> dict[str, np.ndarray]:
        mean = given["code"] @ turn
        state = {"next_hidden": given["hidden"], "next_kept": given["kept"]}
        return {"mean": mean, "spread": np.full_like(mean, 0.1), **state}

    made = imagine(step, codes, 4, 300, np.random.default_rng(0), close=20)
    assert made.shape == (300, 2)
    assert np.isfinite(made).all()
    assert np.abs(made).max() < 6
    assert 0.5 < made.std() < 1.5


def test_a_path_jumps_to_where_the_clip_goes_on_and_closes() -> None:
    t = np.arange(100)
    codes = np.stack([np.sin(t / 5), np.cos(t / 5)], 1).astype(np.float32)
    cells = (100 + 50 * codes[:, :1, None] * np.ones((1, 9, 16))).astype(np.float32)
    cells += (50 * codes[:, 1:, None] * np.linspace(-1, 1, 16)).astype(np.float32)
    seen = paths.going_over(cells, 8)
    path = paths.find_path(paths.Costs(seen, codes, 8), codes[(np.arange(250) + 7) % 94], loop=True)
    assert len(path.moments) == 250
    assert len(path.jumps)
    assert path.moments.min() >= 4
    assert path.moments.max() < 96
    inner = path.jumps[path.jumps > 0]
    assert np.diff(inner).min(initial=99) >= 8
    others = np.setdiff1d(np.arange(1, 250), inner)
    assert (path.moments[others] == path.moments[others - 1] + 1).all()
    jumped = codes[path.moments[inner - 1] + 1] - codes[path.moments[inner]]
    assert np.abs(jumped).mean() < 0.25


def test_noise_and_flicker_are_taken_out() -> None:
    rng = np.random.default_rng(0)
    plain = np.full((24, 32), 120.0)
    noisy = [plain + rng.normal(0, 4, plain.shape) for _ in range(20)]
    calm = list(cleaning.clean(iter(np.round(f).astype(np.uint8) for f in noisy), denoise=12))
    assert calm[-1][:16].std() < 0.6 * noisy[-1].std()
    lights = [120 + (8 if t % 2 else -8) for t in range(20)]
    shown = (np.full((24, 32), light, np.uint8) for light in lights)
    even = [float(f[:16].mean()) for f in cleaning.clean(shown, deflicker=1.0)]
    assert np.ptp(even[4:]) < 5
