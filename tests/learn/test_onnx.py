from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from reelwright.core.errors import ModelError
from reelwright.learn.onnx import export
from reelwright.learn.session import Session

AXES = {"ids": {0: "rows", 1: "length"}, "scores": {0: "rows", 1: "length"}}


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, 6)
        self.cell = nn.LSTM(6, 8, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(16, 3)

    def forward(self, ids: Tensor) -> Tensor:
        hidden, _ = self.cell(self.embed(ids))
        return self.out(self.drop(hidden))


class Frozen(nn.Module):
    """Takes the length of its example for that of all others."""

    def forward(self, ids: Tensor) -> Tensor:
        return ids.float() * float(ids.shape[1])


class Undefined(nn.Module):
    def forward(self, ids: Tensor) -> Tensor:
        return torch.linalg.eigvals(ids.float() @ ids.float().T).real


def ids(rows: int, length: int) -> Tensor:
    return torch.randint(0, 20, (rows, length), generator=torch.Generator().manual_seed(0))


def test_a_network_is_written_and_agrees_with_torch_at_any_size(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Recurrent().train()
    path = tmp_path / "model.onnx"
    apart = export(network, (ids(2, 5),), (["ids"], ["scores"]), AXES, path)
    assert apart < 1e-5
    assert network.training
    session = Session(path)
    network.eval()
    for rows, length in ((1, 1), (4, 9)):
        given = ids(rows, length)
        told = session.run(ids=given.numpy())["scores"]
        np.testing.assert_allclose(told, network(given).detach().numpy(), atol=1e-5)


def test_the_file_holds_no_paths_of_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    export(Recurrent(), (ids(2, 5),), (["ids"], ["scores"]), AXES, path)
    assert str(Path(__file__).parent).encode() not in path.read_bytes()


def test_what_was_traced_wrongly_is_captured_instead(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    assert export(Frozen(), (ids(2, 5),), (["ids"], ["scores"]), AXES, path) == 0
    assert Session(path).run(ids=ids(1, 3).numpy())["scores"].max() % 3 == 0


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(ModelError, match="cannot be written as ONNX"):
        export(Undefined(), (ids(2, 2),), (["ids"], ["scores"]), {}, path)
    assert not list(tmp_path.iterdir())


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(ModelError, match="damaged"):
        Session(path)
    with pytest.raises(ModelError, match="cannot be read"):
        Session(tmp_path / "none.onnx")
