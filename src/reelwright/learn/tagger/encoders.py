"""A Hugging Face encoder from a local folder: its network, and how it cuts words.

The folder needs `config.json`, weights and a fast tokeniser. Its tokeniser and configuration go
into the model's own folder, its weights among the model's: the folder it came from is not needed
again, nor is transformers to predict from an ONNX file (only the small `tokenizers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import InputError, ModelError
from reelwright.core.extras import library
from reelwright.learn.session import first_line
from reelwright.learn.tagger.rows import Cutter

if TYPE_CHECKING:
    from torch import nn

TOKENIZER = "tokenizer.json"
_STILL = {
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "attention_dropout": 0.0,
    "dropout": 0.0,
}
"""Dropout inside of a small encoder that is tuned for a few epochs costs more time than it gains;
what it tells is dropped behind it."""


@dataclass(frozen=True)
class Encoder:
    """An encoder as it was found.

    Attributes:
        network: with its weights.
        config: what rebuilds it without them.
        tokenizer: the tokeniser, as JSON.
        before, between, unknown: numbers of the pieces that begin a row, part its sentences, and
            stand for what has none.
        most: pieces that it can read at once.
    """

    network: nn.Module
    config: dict[str, Any]
    tokenizer: str
    before: int
    between: int
    unknown: int
    most: int


def load_encoder(folder: str, frozen: int) -> Encoder:
    """The encoder in a folder; its vectors for pieces and its lowest layers are not moved.

    Args:
        folder: where it lies.
        frozen: how many layers are left as they are.

    Raises:
        InputError: no encoder is there.
        MissingExtra: the extra ``encoder`` is not installed.
    """
    transformers: Any = library("transformers", extra="encoder")
    path = Path(folder).expanduser()
    hint = "a folder with config.json, model.safetensors and tokenizer.json is expected"
    if not (path / "config.json").is_file():
        raise InputError("holds no encoder: there is no config.json", where=folder, hint=hint)
    try:
        with _quiet(transformers):
            config = transformers.AutoConfig.from_pretrained(path, local_files_only=True)
            for name, value in _STILL.items():
                if hasattr(config, name):
                    setattr(config, name, value)
            network = transformers.AutoModel.from_pretrained(
                path, config=config, local_files_only=True, use_safetensors=True
            )
            tokenizer = transformers.AutoTokenizer.from_pretrained(
                path, local_files_only=True, use_fast=True
            )
    except (OSError, ValueError, KeyError, ImportError) as error:
        message = f"the encoder does not load: {first_line(error)}"
        raise InputError(message, where=folder, hint=hint) from error
    if not tokenizer.is_fast:
        raise InputError("the encoder has no fast tokeniser", where=folder, hint=hint)
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    _settle(network, frozen)
    before = _first(tokenizer.cls_token_id, tokenizer.bos_token_id, tokenizer.pad_token_id)
    return Encoder(
        network,
        config.to_dict(),
        backend.to_str(),
        before,
        _first(tokenizer.sep_token_id, tokenizer.eos_token_id, before),
        _first(tokenizer.unk_token_id, before),
        min(256, int(getattr(config, "max_position_embeddings", 512)) - 4),
    )


def rebuild_encoder(config: dict[str, Any]) -> nn.Module:
    """The network without its weights.

    Raises:
        ModelError: this transformers does not know the kind of encoder.
        MissingExtra: the extra ``encoder`` is not installed.
    """
    transformers: Any = library("transformers", extra="encoder")
    values = dict(config)
    kind = values.pop("model_type", "")
    try:
        made = transformers.AutoConfig.for_model(kind, **values)
        with _quiet(transformers):
            network = transformers.AutoModel.from_config(made)
    except (ValueError, KeyError, ImportError) as error:
        raise ModelError(
            f'the encoder "{kind}" cannot be built: {first_line(error)}',
            hint='pip install --upgrade "reelwright[encoder]"',
        ) from error
    _settle(network)
    return network


def open_cutter(tokenizer: str) -> Cutter:
    """How words are cut into pieces, each as if a space stood before it.

    Raises:
        MissingExtra: the extra ``encoder`` is not installed.
    """
    tokenizers: Any = library("tokenizers", extra="encoder")
    backend = tokenizers.Tokenizer.from_str(tokenizer)
    known: dict[str, Sequence[int]] = {}

    def cut(word: str) -> Sequence[int]:
        pieces = known.get(word)
        if pieces is None:
            pieces = known[word] = backend.encode(" " + word, add_special_tokens=False).ids
        return pieces

    return cut


def _settle(network: Any, frozen: int = 0) -> None:
    """Keep the vectors of pieces and some layers, and leave out what tells of whole texts."""
    from torch import nn

    network.get_input_embeddings().weight.requires_grad_(False)
    depth = network.config.num_hidden_layers
    stacks = (part for part in network.modules() if isinstance(part, nn.ModuleList))
    for layer in next((stack for stack in stacks if len(stack) == depth), [])[:frozen]:
        layer.requires_grad_(False)
    if hasattr(network, "embeddings") and frozen:
        network.embeddings.requires_grad_(False)
    if hasattr(network, "pooler"):
        network.pooler = None


def _first(*numbers: int | None) -> int:
    return next(number for number in numbers if number is not None)


@contextmanager
def _quiet(transformers: Any) -> Iterator[None]:
    """Without the progress bars and reports that transformers writes to the terminal."""
    logging = transformers.utils.logging
    before = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)
        logging.enable_progress_bar()
