"""ffmpeg, run as a child process: where it is, how to call it, what it said when it failed.

What ffmpeg writes may come to us through a pipe (`out`). That has two virtues over letting it open
the file: a full disk is an error of ours, told plainly; and when this process is killed the pipe
breaks and ffmpeg stops by itself, so that no encoder is left running for nobody.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from reelwright.core.errors import MediaError, ReelError, StoreError

PIPE_BYTES = 1 << 20
"""Size asked for pipes that carry raw frames; the usual 64 kB costs a switch every 1 % of one."""

_THRIFTY = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""glibc then gives frames back to the system that are no longer needed: 60 MB less of an encoder at
1080×1920, at no cost that can be measured. Others take no notice."""

_PROGRESS = re.compile(r"^[a-z0-9_]+=\s*\S*$")
_NOISE = re.compile(
    r"^(Conversion failed|Error while filtering|Task finished|Terminating thread|Nothing was writ|"
    r"Output file is empty|Error opening (in|out)put|Error parsing options|Failed to set value|"
    r"Error (re)?initializing|Error sending frames|Could not open encoder before EOF)"
)
_DISK = {
    "No space left on device": errno.ENOSPC,
    "Read-only file system": errno.EROFS,
    "Disk quota exceeded": errno.EDQUOT,
}


def binary() -> str:
    """Path of the ffmpeg in use: ``REEL_FFMPEG``, else the one imageio-ffmpeg carries.

    Raises:
        MediaError: there is none.
    """
    return _find(os.environ.get("REEL_FFMPEG", ""))


@lru_cache(maxsize=4)
def _find(wanted: str) -> str:
    if wanted:
        found = shutil.which(wanted)
        if not found:
            raise MediaError(
                f"there is no ffmpeg at {wanted}",
                where="REEL_FFMPEG",
                hint="let it name an ffmpeg, or unset it to use the one that came with Reelwright",
            )
        return found
    import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs]

    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise MediaError(
            "there is no ffmpeg for this kind of machine",
            hint="install ffmpeg (with libx264 and libass) and let REEL_FFMPEG name it",
        ) from error


@lru_cache(maxsize=4)
def _version_of(path: str) -> str:
    done = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
    return done.stdout.split(" Copyright", 1)[0].strip()


def version() -> str:
    """What the ffmpeg in use calls itself; part of the key of everything it makes."""
    return _version_of(binary())


def run(
    args: Sequence[str | Path],
    *,
    what: str,
    stdin: Iterable[Any] | None = None,
    out: Path | None = None,
    on_frame: Callable[[int], None] | None = None,
    stopping: threading.Event | None = None,
) -> str:
    """Run ffmpeg to its end.

    Args:
        args: its arguments, without the program's name. ``pipe:0`` is `stdin`, ``pipe:1`` is `out`.
        what: what is being done, for the message when it fails (``encoding shot 3``).
        stdin: buffers to feed it. Each is fully written before the next is asked for. When ffmpeg
            has heard enough, the rest is not asked for.
        out: the file that takes what it writes to ``pipe:1``; overwritten.
        on_frame: called with the number of frames encoded so far, about twice a second.
        stopping: when set, ffmpeg is ended and MediaError raised.

    Returns:
        What it wrote to stderr.

    Raises:
        MediaError: it failed; the message ends in its own last meaningful line.
        StoreError: the disk is full or read-only.
    """
    command = [binary(), "-hide_banner", "-nostdin", "-nostats", "-y"]
    if on_frame is not None:
        command += ["-progress", "pipe:2", "-stats_period", "0.4"]
    command += [str(arg) for arg in args]
    try:
        sink = out.open("wb") if out else None
    except OSError as error:
        raise disk_error(error, out) from error
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE if sink else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**_THRIFTY, **os.environ},
        )
    except OSError as error:
        if sink:
            sink.close()
        raise MediaError(f"ffmpeg cannot be started ({error.strerror})", where=what) from error
    lines: list[str] = []
    trouble: list[OSError] = []
    helpers = [threading.Thread(target=_listen, args=(child.stderr, lines, on_frame), daemon=True)]
    if sink:
        keep = (child, child.stdout, sink, trouble)
        helpers.append(threading.Thread(target=_keep, args=keep, daemon=True))
    for helper in helpers:
        helper.start()
    try:
        if stdin is not None and child.stdin is not None:
            _feed(child.stdin, stdin)
        while child.poll() is None:
            if stopping is not None and stopping.is_set():
                raise MediaError("was broken off", where=what)
            with suppress(subprocess.TimeoutExpired):
                child.wait(0.1 if stopping is not None else None)
    finally:
        # Also on KeyboardInterrupt and on errors of whoever draws: leave nothing running.
        if child.poll() is None:
            child.kill()
            child.wait()
        for helper in helpers:
            helper.join()
        for stream in (child.stdin, child.stdout, child.stderr):
            if stream:
                stream.close()
        if sink:
            try:
                sink.close()
            except OSError as error:
                trouble.append(error)
    if trouble:
        raise disk_error(trouble[0], out) from trouble[0]
    said = "\n".join(lines)
    if child.returncode:
        raise failure(said, what, child.returncode)
    return said


def _listen(stderr: IO[bytes], lines: list[str], on_frame: Callable[[int], None] | None) -> None:
    for line in stderr:
        text = line.decode(errors="replace").rstrip()
        if on_frame is not None and _PROGRESS.match(text):
            if text.startswith("frame="):
                on_frame(int(text[6:]))
            continue
        lines.append(text)


def _keep(
    child: subprocess.Popen[bytes], stdout: IO[bytes], sink: IO[bytes], trouble: list[OSError]
) -> None:
    while data := os.read(stdout.fileno(), 1 << 18):
        try:
            sink.write(data)
        except OSError as error:
            trouble.append(error)
            child.kill()
            return


def _feed(pipe: IO[bytes], buffers: Iterable[Any]) -> None:
    enlarge(pipe.fileno())
    for buffer in buffers:
        view = memoryview(buffer).cast("B")
        try:
            while view:
                view = view[os.write(pipe.fileno(), view) :]
        except BrokenPipeError:
            break  # it has all it wants, or has failed; its exit status tells
    pipe.close()


def enlarge(fd: int) -> None:
    """Make a pipe hold `PIPE_BYTES` where the system lets us; elsewhere nothing happens."""
    try:
        import fcntl

        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return


def failure(said: str, what: str, code: int | None) -> ReelError:
    """The error for an ffmpeg that failed, from what it said on stderr."""
    for phrase, number in _DISK.items():
        if phrase in said:
            return disk_error(OSError(number, phrase), None)
    # "[mov,mp4 @ 0x55d0c0de] moov atom not found": the address means nothing to anybody.
    stripped = (re.sub(r"^(\[[^\]]*@ 0x[0-9a-f]+\]\s*)+", "", line) for line in said.splitlines())
    lines = [line.strip() for line in stripped if line.strip()]
    telling = [line for line in lines if not _NOISE.match(line)] or lines
    words = list(dict.fromkeys(telling))[:2]
    reason = "; ".join(words) or f"exit status {code}"
    return MediaError(f"ffmpeg failed: {reason}", where=what)


def disk_error(error: OSError, path: Path | None) -> StoreError:
    """What the disk refused, as a `StoreError` with advice."""
    hints = {
        errno.ENOSPC: "free some space and run the same command again; finished work is kept",
        errno.EDQUOT: "free some space and run the same command again; finished work is kept",
        errno.EROFS: "the disk is read-only: use a folder that can be written to",
        errno.EACCES: "give yourself the right to write there, or use another folder",
    }
    text = os.strerror(error.errno).lower() if error.errno else str(error)
    return StoreError(
        f"cannot be written: {text}",
        where=str(path) if path else None,
        hint=hints.get(error.errno or 0),
    )


def source(path: Path | str) -> str:
    """A file's name as ffmpeg's ``-i`` takes it: never an option, a protocol or a pattern."""
    return f"file:{path}"


def quote(path: Path | str) -> str:
    """A file's name as the value of an option in a filter graph.

    ffmpeg unescapes it twice: once as a piece of the graph and once as an option's value.
    """
    value = re.sub(r"([\\':\s])", r"\\\1", str(path))
    return re.sub(r"([\\'\[\],;\s])", r"\\\1", value)
