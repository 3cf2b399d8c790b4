"""The other end of `workers`: a process that draws segments and feeds each to its own ffmpeg.

Runs as ``python -m reelwright.edit.render.worker``; a line of JSON in is a job, a line of JSON out
is its end. It lives as long as its standard input is open, so it dies with its parent, however the
parent died; its ffmpeg then loses both its pipes and stops as well.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from pydantic import BaseModel

from reelwright.core.errors import ReelError
from reelwright.core.nouns import Format
from reelwright.edit.render.segments import Segment


class Job(BaseModel):
    """A segment to draw and encode."""

    segment: Segment
    format: Format
    painter: str
    root: Path
    args: list[str]
    """ffmpeg's arguments; drawn frames are ``pipe:0``, the encoded segment is ``pipe:1``."""
    out: Path
    what: str


class Done(BaseModel):
    """How it went: frames encoded, or the error's class and words."""

    frames: int = 0
    error: str = ""
    message: str = ""
    where: str | None = None
    hint: str | None = None


def draw(job: Job) -> Done:
    """Do one job."""
    from reelwright.edit.render.draw import frames_of
    from reelwright.media import ffmpeg

    counts = [0]
    try:
        pictures = frames_of(job.segment, job.format, job.painter, job.root)
        ffmpeg.run(job.args, what=job.what, stdin=pictures, out=job.out, on_frame=counts.append)
    except ReelError as error:
        kind = type(error).__name__
        return Done(error=kind, message=error.message, where=error.where, hint=error.hint)
    except Exception as error:  # noqa: BLE001 - whatever a painter raises belongs to its shot
        words = f"drawing failed: {type(error).__name__}: {error}"
        return Done(error="MediaError", message=words, where=_place(error))
    return Done(frames=counts[-1])


def _place(error: BaseException) -> str | None:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return (
        f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}" if trace else None
    )


def main() -> None:
    """Serve jobs until the parent is gone."""
    # Ctrl-C reaches the whole group of processes; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints must not end up among the answers
    jobs: SimpleQueue[Any] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin.buffer:
            jobs.put(line)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    if len(sys.argv) > 1:
        _prepare(sys.argv[1])
    while True:
        done = draw(Job.model_validate_json(jobs.get()))
        answers.write(json.dumps(done.model_dump()) + "\n")
        answers.flush()


def _prepare(painter: str) -> None:
    """Load what a painter will need, if its module has a ``prepare`` that does so."""
    module = import_module(painter.partition(":")[0])
    prepare = getattr(module, "prepare", None)
    if prepare:
        prepare()


if __name__ == "__main__":
    main()
