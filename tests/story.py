"""What the tests of the whole story share: texts, and the command as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

REEL = Path(sys.executable).with_name("reel")

TEA = """\
# 隔夜茶能喝吗

很多人看见昨晚剩下的半杯茶，都会犹豫：还能不能喝？网上说隔夜茶会致癌，这个说法流传了二十多年。

有研究人员把绿茶放了24小时再检测，亚硝酸盐只有每升0.02毫克，远低于国家标准规定的每升1毫克。

---

真正的问题是细菌。夏天室温超过30℃，茶水放上12小时，细菌会成倍增长。**加了奶和糖的茶**更容易变质。

- 放进冰箱冷藏，第二天可以喝。
- 室温放了超过8小时，就倒掉。

一位老师傅说：“茶不怕隔夜，怕的是不干净的杯子。”详情见 [这里](https://example.com/a)。
"""

MOON = """\
# Why we always see the same side of the Moon

Look up on any clear night and the same face looks back. The Moon turns once on its axis every 27.3
days, and it takes exactly as long to travel around the Earth.

That is no accident. The Earth's gravity pulls harder on the near side than on the far side, and
over millions of years this slowed the Moon's spin until the two matched. Astronomers call it tidal
locking.

Nobody saw the far side until 1959, when a Soviet probe called Luna 3 sent back 29 blurry pictures.
"""

SMALL = ("--draft", "--set", "render.preset=ultrafast")
"""Options of a quick make."""


def reel(*args: str | Path, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `reel` as a person does, and hold it to its exit code."""
    done = subprocess.run(
        [REEL, *map(str, args)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **env},
        check=False,
    )
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr, done.stderr
    return done


def make(*args: str | Path, **env: str) -> dict[str, Any]:
    """What `reel make --json` prints."""
    return json.loads(reel("make", *args, "--json", **env).stdout)


def fails(*args: str | Path, **env: str) -> str:
    """What a person reads when `reel` refuses."""
    return reel(*args, code=1, **env).stderr


def hear_interrupts() -> None:
    """For ``preexec_fn``: tests run in the background are deaf to Ctrl-C, their children too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
