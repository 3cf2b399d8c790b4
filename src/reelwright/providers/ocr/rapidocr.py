"""Text in pictures by RapidOCR, whose wheel carries PaddleOCR's small models for ONNX Runtime.

It reads Chinese and English, also mixed, set in print or drawn over a picture.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from threading import Lock
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from reelwright.core.errors import MissingExtra, ProviderRefused
from reelwright.core.nouns import Box


class RapidReader:
    """The reader of the extra ``ocr``."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "Apache-2.0"
    languages: ClassVar[tuple[str, ...]] = ("zh", "en")

    class Options(BaseModel):
        """How to read."""

        least: float = Field(default=0.7, ge=0, le=1)
        """How sure it must be of a line of text, 0 to 1."""
        threads: int = Field(default=2, ge=1, le=16)

    def __init__(self, options: Options | None = None) -> None:
        if importlib.util.find_spec("rapidocr") is None:
            raise MissingExtra(
                "the library that reads text in pictures is not installed",
                where="rapidocr",
                hint='pip install "reelwright[ocr]"',
            )
        self.options = options or self.Options()

    def read(self, frame: Any) -> tuple[tuple[str, Box], ...]:
        """See `core.ports.TextReader.read`.

        Raises:
            ProviderRefused: its models cannot be loaded or run.
        """
        import numpy as np

        high, wide = frame.shape[:2]
        engine, lock = _engine(self.options.threads)
        try:
            with lock:
                found = engine(np.ascontiguousarray(frame[..., ::-1]))
        except (RuntimeError, ValueError, OSError) as error:
            raise ProviderRefused(f"could not read a picture: {error}", where="rapidocr") from error
        if found.boxes is None or found.txts is None:
            return ()
        lines: list[tuple[str, Box]] = []
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
            if score < self.options.least or not text.strip():
                continue
            (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
            lines.append(
                (
                    text.strip(),
                    Box(
                        left=float(max(0.0, left / wide)),
                        top=float(max(0.0, top / high)),
                        width=float(max(0.0, (right - left) / wide)),
                        height=float(max(0.0, (bottom - top) / high)),
                        score=float(min(1.0, score)),
                    ),
                )
            )
        return tuple(sorted(lines, key=lambda line: (round(line[1].top, 2), line[1].left)))

    def key(self) -> Mapping[str, Any]:
        """See `core.ports.TextReader.key`."""
        return {
            "provider": "rapidocr",
            "version": version("rapidocr"),
            "least": self.options.least,
        }


@lru_cache(maxsize=2)
def _engine(threads: int) -> tuple[Any, Lock]:
    """The engine, and the lock of whoever uses it: it is not made for two threads at a time."""
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    params = {
        "Global.log_level": "error",
        # Upright text only: whether a line stands on its head is asked of nobody.
        "Global.use_cls": False,
        "Det.limit_type": "max",
        "Det.limit_side_len": 960,
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
    }
    try:
        return RapidOCR(params=params), Lock()
    except (RuntimeError, ValueError, OSError) as error:
        raise ProviderRefused(f"could not be started: {error}", where="rapidocr") from error
