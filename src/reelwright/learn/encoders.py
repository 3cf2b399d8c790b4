"""A Hugging Face encoder from a local folder: its network and its tokeniser, for any kind.

The folder needs `config.json`, weights and a fast tokeniser. Its tokeniser and configuration go
into the model's own folder, its weights among the model's: the folder it came from is not needed
again, nor is transformers to predict from an ONNX file (only the small `tokenizers`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import InputError, ModelError
from reelwright.core.extras import library
from reelwright.learn.session import first_line
from reelwright.store.atomic import write_text

if TYPE_CHECKING:
    from torch import nn

    from reelwright.learn.task import Turn

TOKENIZER = "tokenizer.json"
"""The tokeniser's file, in an encoder's folder and in a model's."""
LICENCE = "The encoder's own licence holds for its part of the weights, too."
"""What the card of a tuned model says."""
_EXPECTED = "a folder with config.json, model.safetensors and tokenizer.json is expected"
_STILL = {
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "attention_dropout": 0.0,
    "dropout": 0.0,
}
"""Dropout inside of a small encoder that is tuned for a few epochs costs more time than it gains;
what it tells is dropped behind it."""

Tokenizer = Callable[[str], Sequence[int]]
"""The numbers of a text's pieces, without those that begin and end it."""


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
    from safetensors import SafetensorError

    transformers: Any = library("transformers", extra="encoder")
    path = Path(folder).expanduser()
    if not (path / "config.json").is_file():
        raise InputError("holds no encoder: there is no config.json", where=folder, hint=_EXPECTED)
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
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        message = f"the encoder does not load: {first_line(error)}"
        raise InputError(message, where=folder, hint=_EXPECTED) from error
    trouble = _trouble(network, tokenizer)
    if trouble:
        raise InputError(f"the encoder {trouble}", where=folder, hint=_EXPECTED)
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


def save_tokenizer(encoder: Encoder, folder: Path) -> None:
    """Write the tokeniser into a model's folder. Raises StoreError where the disk is full."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / TOKENIZER, encoder.tokenizer)


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokeniser in a model's folder.

    Raises:
        ModelError: it is missing or damaged.
        MissingExtra: the extra ``encoder`` is not installed.
    """
    path = folder / TOKENIZER
    try:
        return open_tokenizer(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(
            "the encoder's tokeniser is missing or damaged",
            where=str(path),
            hint="train the model again, or copy it again",
        ) from error


def open_tokenizer(tokenizer: str) -> Tokenizer:
    """A tokeniser from its JSON.

    Raises:
        ValueError: it is none.
        MissingExtra: the extra ``encoder`` is not installed.
    """
    tokenizers: Any = library("tokenizers", extra="encoder")
    # The library tells what is wrong by a bare `Exception`, which is not to be caught.
    if "model" not in json.loads(tokenizer):
        raise ValueError("is no tokeniser")
    backend = tokenizers.Tokenizer.from_str(tokenizer)

    def read(text: str) -> Sequence[int]:
        # Half a character, as a cut JSON escape leaves it, is none that could be encoded.
        whole = text.encode("utf-8", "replace").decode("utf-8")
        return backend.encode(whole, add_special_tokens=False).ids

    return read


def tuned_turns(network: nn.Module, encoder: nn.Module | None, factor: float) -> Sequence[Turn]:
    """One turn for the trainer, in which the encoder's weights have a rate of their own.

    Args:
        network: all that is fitted.
        encoder: the part of it that was read from a folder, if there is one.
        factor: on the learning rate of that part.
    """
    from reelwright.learn.task import Turn

    inside = {id(weight) for weight in encoder.parameters()} if encoder is not None else set()
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    tuned = [weight for weight in weights if id(weight) in inside]
    others = [weight for weight in weights if id(weight) not in inside]
    return [Turn("loss", [(others, 1.0)] + ([(tuned, factor)] if tuned else []))]


def _trouble(network: Any, tokenizer: Any) -> str:
    """Why a network and tokeniser that loaded cannot be tuned; empty where they can."""
    if not tokenizer.is_fast:
        return "has no fast tokeniser"
    if network.config.is_encoder_decoder:
        return "is half of a translator: only its first half could be tuned"
    known = network.get_input_embeddings().num_embeddings
    if len(tokenizer) > known:
        return f"knows {known} pieces and its tokeniser {len(tokenizer)}: they are of two encoders"
    return ""


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
    # Weights that were saved as halves are tuned whole.
    network.float()


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
