"""`reel doctor --fix`: install what is missing, by the machine's own package manager where we may.

Nothing is installed that is already there. Every command has a time limit, so a mirror that does
not answer cannot hold up a first run for ever.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reelwright.core.errors import FontError, MediaError

Say = Callable[[str], None]

PIP_FONTS = "justmytype-intl-cjk==0.1.0"
"""Noto Sans SC (OFL) as a package of the Python index; the same pin as the extra `fonts`."""
_LIMIT = 420.0
"""Seconds for one package manager, its update included."""


@dataclass(frozen=True)
class Manager:
    """A package manager: how to call it, and what it calls things."""

    tool: str
    install: tuple[str, ...]
    update: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()
    """Packages that bring Chinese fonts; the first that can be installed is enough."""
    emoji: tuple[str, ...] = ()
    drawing: tuple[str, ...] = ()
    """Packages that bring libGL and libEGL; all of them."""
    as_root: bool = True


MANAGERS = (
    Manager(
        "apt-get",
        ("install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=60"),
        ("update", "-qq"),
        ("fonts-noto-cjk", "fonts-wqy-microhei"),
        ("fonts-noto-color-emoji",),
        ("libgl1", "libegl1"),
    ),
    Manager(
        "dnf",
        ("install", "-y", "-q"),
        (),
        ("google-noto-sans-cjk-fonts", "google-noto-sans-cjk-vf-fonts"),
        ("google-noto-color-emoji-fonts", "google-noto-emoji-color-fonts"),
        ("mesa-libGL", "mesa-libEGL"),
    ),
    Manager(
        "apk",
        ("add", "--no-cache"),
        (),
        ("font-noto-cjk",),
        ("font-noto-emoji",),
        ("mesa-gl", "mesa-egl"),
    ),
    Manager(
        "pacman",
        ("-S", "--noconfirm", "--needed"),
        ("-Sy", "--noconfirm"),
        ("noto-fonts-cjk",),
        ("noto-fonts-emoji",),
        ("libglvnd",),
    ),
    Manager(
        "zypper",
        ("--non-interactive", "install", "--no-recommends"),
        (),
        ("google-noto-sans-sc-fonts", "noto-sans-sc-fonts"),
        ("google-noto-coloremoji-fonts", "noto-coloremoji-fonts"),
        ("Mesa-libGL1", "Mesa-libEGL1"),
    ),
    Manager(
        "brew",
        ("install", "--cask"),
        (),
        ("font-noto-sans-cjk-sc", "font-noto-sans-sc"),
        (),
        (),
        as_root=False,
    ),
)


def fix_fonts(say: Say) -> None:
    """Install a Chinese font unless there is one; then one with emoji, if that goes easily.

    Raises:
        FontError: no way worked; says how to do it by hand.
    """
    from reelwright.media import fonts

    here = fonts.families("zh")
    if here:
        say(f"fonts: nothing to do, {here[0]} writes Chinese")
        return
    for manager in _usable():
        if _system(manager, manager.chinese, say, some=True):
            fonts.forget()
            if fonts.families("zh"):
                _system(manager, manager.emoji, say, some=True, fresh=False)
                fonts.forget()
                break
    else:
        say(f"fonts: pip install {PIP_FONTS}")
        _run([sys.executable, "-m", "pip", "install", "--quiet", PIP_FONTS])
        importlib.invalidate_caches()
        fonts.forget()
    here = fonts.families("zh")
    if not here:
        raise FontError(
            "no Chinese font could be installed",
            where="reel doctor --fix fonts",
            hint="install one by hand (Debian: fonts-noto-cjk), or put a .ttf or .otf of one into "
            f"{_home_fonts()}",
        )
    say(f"fonts: {here[0]} now writes Chinese")


def fix_drawing(say: Say) -> None:
    """Install the libraries that Skia asks for, unless it loads.

    Raises:
        MediaError: no way worked; says how to do it by hand.
    """
    if _skia_loads():
        say("drawing: nothing to do, Skia loads")
        return
    for manager in _usable():
        if manager.drawing and _system(manager, manager.drawing, say, some=False):
            break
    if not _skia_loads():
        raise MediaError(
            "Skia does not load, and what it needs could not be installed",
            where="reel doctor --fix drawing",
            hint="install libGL and libEGL by hand (Debian: apt-get install libgl1 libegl1)",
        )
    say("drawing: Skia now loads")


FIXES: dict[str, Callable[[Say], None]] = {"fonts": fix_fonts, "drawing": fix_drawing}


def _home_fonts() -> str:
    from reelwright.core.settings import home

    return str(home() / "fonts")


def _skia_loads() -> bool:
    # In a process of its own: a library that failed to load once is not tried again in this one.
    return _run([sys.executable, "-c", "import skia"])


def _usable() -> list[Manager]:
    """The package managers that are here and that we may use without being asked for a password."""
    found = [manager for manager in MANAGERS if shutil.which(manager.tool)]
    return [manager for manager in found if not manager.as_root or _prefix() is not None]


def _prefix() -> list[str] | None:
    """What to put before a command to run it as root; None when that needs a password."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _run(["sudo", "-n", "true"], limit=10):
        return ["sudo", "-n"]
    return None


def _system(
    manager: Manager, packages: Sequence[str], say: Say, *, some: bool, fresh: bool = True
) -> bool:
    """Install packages; whether it went well.

    Args:
        some: one of them is enough, tried in their order; else all of them together.
        fresh: update the manager's lists first.
    """
    if not packages:
        return False
    before = [*((_prefix() or []) if manager.as_root else []), manager.tool]
    end = time.monotonic() + _LIMIT
    if fresh and manager.update:
        say(f"{manager.tool} {manager.update[0]}")
        # An update that fails (one mirror of many is away) is no reason not to try.
        _run([*before, *manager.update], limit=_LIMIT / 2)
    for group in [[package] for package in packages] if some else [[*packages]]:
        say(f"{manager.tool} {manager.install[0]} {' '.join(group)}")
        if _run([*before, *manager.install, *group], limit=max(10.0, end - time.monotonic())):
            return True
    return False


def _run(command: Sequence[str], *, limit: float = _LIMIT) -> bool:
    """Run a command silently; whether it ended well in time. Stopped gently, then not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        child = subprocess.Popen(
            [*command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return False
    with child:
        try:
            return child.wait(limit) == 0
        except subprocess.TimeoutExpired:
            child.terminate()
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
            return False
