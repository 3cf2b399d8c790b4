"""The LSTM's twin in Keras: the same numbers on torch and on JAX, and weights that come back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import ModelError
from reelwright.learn.folder import read_weights
from reelwright.learn.kind import Run
from reelwright.learn.sequence.kind import Sequence, SequenceSettings, load
from reelwright.learn.sequence.stepping import NumpyStepper

TWIN = """
import sys
from pathlib import Path
import numpy as np
from reelwright.learn.sequence.keras_lstm import load_lstm, next_token_loss, save_lstm

folder = Path(sys.argv[1])
model = load_lstm(folder)
given = np.load(folder / "given.npy")
conditions = np.array([[0], [1]])
np.save(folder / "told.npy", model.predict_on_batch([given, conditions]))
if sys.argv[2] == "torch":
    model.compile("adam", next_token_loss(), jit_compile=False)
    model.train_on_batch([given, conditions], np.roll(given, -1, 1))
else:
    # JAX would compile the training for longer than all else here takes.
    model.set_weights([1.1 * weight for weight in model.get_weights()])
np.save(folder / "after.npy", model.predict_on_batch([given, conditions]))
save_lstm(model, folder)
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keras")
    rows = folder / "rows.jsonl"
    lines = [{"text": f"tea number {n}", "condition": "up"} for n in range(60)]
    rows.write_text("".join(json.dumps(line) + "\n" for line in lines))
    settings = SequenceSettings(width=12, embed=6, layers=2, epochs=1, batch=16, span=16)
    Sequence.train([rows], settings, Run(folder / "model", device="cpu"))
    return folder / "model"


def told(folder: Path, given: np.ndarray) -> np.ndarray:
    """What our own inference says of the same tokens."""
    found = load(folder)
    assert isinstance(found.stepper, NumpyStepper)
    state, out = found.stepper.begin(2), []
    for column in given.T:
        logits, state = found.stepper.step(column, np.array([0, 1]), state)
        out.append(logits)
    return np.stack(out, axis=1)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_the_same_numbers_and_weights_that_come_back(
    backend: str, model: Path, tmp_path: Path
) -> None:
    for name in ("config.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((model / name).read_bytes())
    given = np.random.default_rng(1).integers(0, 12, (2, 9))
    np.save(tmp_path / "given.npy", given)
    before = read_weights(tmp_path)["out.bias"]
    ours = told(tmp_path, given)
    environment = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}
    subprocess.run(
        [sys.executable, "-c", TWIN, str(tmp_path), backend], check=True, env=environment
    )
    assert np.abs(np.load(tmp_path / "told.npy") - ours).max() < 1e-5
    # What Keras fitted further is ours again.
    assert not np.array_equal(read_weights(tmp_path)["out.bias"], before)
    assert np.abs(np.load(tmp_path / "after.npy") - told(tmp_path, given)).max() < 1e-5


def test_another_cell_has_no_twin(model: Path, tmp_path: Path) -> None:
    from reelwright.learn.sequence.keras_lstm import load_lstm

    config = json.loads((model / "config.json").read_text())
    config["settings"]["cell"] = "gru"
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="cell is gru"):
        load_lstm(tmp_path)
