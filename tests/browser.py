"""A real Chromium for tests, driven over its DevTools protocol. Nothing of it reaches a network.

It is the one that ``REEL_CHROMIUM`` names, or the first of the usual names on the path. Debian's
package `chromium` plays H.264.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--mute-audio",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


def program() -> str:
    """Where the browser is."""
    named = os.environ.get("REEL_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        raise RuntimeError(
            "no Chromium here: install it (Debian: apt-get install chromium) or let REEL_CHROMIUM "
            "name one; the viewer's page is tested in it"
        )
    return found


class Tab:
    """A page in the browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.requests: list[str] = []
        """Addresses of all that the page asked for."""
        self.troubles: list[str] = []
        """What the page complained of."""

    def send(self, method: str, **values: Any) -> dict[str, Any]:
        """A command of the protocol; gives its result."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": values}))
        while True:
            told = json.loads(self._socket.recv(timeout=20))
            if told.get("id") == self._number:
                assert "error" not in told, told
                return told["result"]
            self._note(told)

    def _note(self, told: dict[str, Any]) -> None:
        values = told.get("params", {})
        if told.get("method") == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])
        elif told.get("method") == "Runtime.exceptionThrown":
            self.troubles.append(json.dumps(values["exceptionDetails"])[:500])
        elif told.get("method") == "Log.entryAdded" and values["entry"]["level"] == "error":
            self.troubles.append(f"{values['entry']['text']} {values['entry'].get('url', '')}")

    def run(self, script: str) -> Any:
        """The value of an expression; promises are waited for."""
        done = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def until(self, script: str, seconds: float = 10) -> Any:
        """Wait until an expression is true; gives its value."""
        # The page itself waits, so that nobody asks it all the time.
        return self.run(
            "new Promise((done, lost) => { const began = performance.now();"
            f" const look = () => {{ let value; try {{ value = ({script}); }} catch {{}}"
            " if (value) done(value);"
            f" else if (performance.now() - began > {seconds * 1000}) lost('never: ' + {script!r});"
            " else setTimeout(look, 20); }; look(); })"
        )

    def open(self, url: str, width: int, height: int, *, phone: bool = False) -> None:
        """Go to an address, in a window of this size."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        self.send("Emulation.setTouchEmulationEnabled", enabled=phone)
        self.send("Page.navigate", url=url)

    def key(self, key: str, text: str = "") -> None:
        """Press a key and let it go."""
        codes = {"ArrowDown": 40, "ArrowUp": 38, " ": 32}
        code = codes.get(key, ord(key[0].upper()))
        values = {"key": key, "windowsVirtualKeyCode": code, "text": text}
        self.send("Input.dispatchKeyEvent", type="keyDown", **values)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def swipe(self, x: float, start: float, end: float) -> None:
        """Swipe with a finger from one height to another."""
        steps = [start + (end - start) * step / 8 for step in range(9)]
        for step, y in enumerate(steps):
            kind = "touchMove" if step else "touchStart"
            self.send("Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y}])
        self.send("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def click(self, selector: str) -> None:
        """Click in the middle of an element with the mouse, once it stands still."""
        box = self.run(
            "new Promise(done => { let last = ''; const look = () => {"
            f" const b = document.querySelector({selector!r}).getBoundingClientRect();"
            " const at = [b.x + b.width / 2, b.y + b.height / 2];"
            " if (at.join() === last) done(at); else { last = at.join(); setTimeout(look, 120); }"
            " }; look(); })"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.send(
                "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left",
                clickCount=1,
            )  # fmt: skip

    def picture(self, out: Path) -> None:
        """What it looks like, as PNG."""
        data = self.send("Page.captureScreenshot", format="png")["data"]
        out.write_bytes(base64.b64decode(data))


@contextmanager
def browser(language: str = "en-US") -> Iterator[Tab]:
    """An empty page in a fresh browser, for the block."""
    folder = Path(tempfile.mkdtemp(prefix="reel-chromium-"))
    environment = {**os.environ, "LANGUAGE": language, "HOME": str(folder)}
    command = [program(), *FLAGS, f"--user-data-dir={folder}", f"--lang={language}"]
    child = subprocess.Popen(
        [*command, "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert child.stderr is not None
        address = next(line for line in child.stderr if "DevTools listening on" in line).split()[-1]
        with connect(address, max_size=None) as socket:
            root = Tab(socket)
            made = root.send("Target.createTarget", url="about:blank")["targetId"]
            host = address.split("/devtools")[0]
            with connect(f"{host}/devtools/page/{made}", max_size=None) as page:
                tab = Tab(page)
                for domain in ("Page", "Runtime", "Network", "Log"):
                    tab.send(f"{domain}.enable")
                tab.send("Emulation.setLocaleOverride", locale=language.replace("-", "_"))
                tab.send(
                    "Emulation.setUserAgentOverride", userAgent="Chromium", acceptLanguage=language
                )
                yield tab
            root.send("Browser.close")
        child.wait(20)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        if child.stderr:
            child.stderr.close()
        for _ in range(50):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.02)
