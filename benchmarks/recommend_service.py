"""The feed's service: a page among a million videos, the same over HTTP, how soon an event counts,
kill −9 under load, and new videos against an oracle.

    python benchmarks/recommend.py --only page,http,reaction,kill,new-videos

A million videos and ten million events of 100,000 viewers are made by the database itself, once,
and kept in the cache.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from figures import Bench, Figure

VIDEOS, VIEWERS, EVENTS = 1_000_000, 100_000, 10_000_000
START = 1_760_000_000
PAGES, REQUESTS, CLIENTS = 600, 3000, 8
DAYS = 4


def page(bench: Bench) -> list[Figure]:
    """Pages of 20 for viewers drawn at random, each after what they did was read back."""
    from reelwright.audience.feed import Feed
    from reelwright.audience.shelf import open_feed
    from reelwright.core.settings import load_settings

    with large(bench):
        database = open_feed(load_settings().feed)
        began = time.process_time()
        feed = Feed(database, load_settings().feed, lambda: float(START + 40 * 86_400))
        opened = time.process_time() - began
        feed.tend()
        chance = np.random.default_rng(0)
        spent: list[float] = []
        for viewer in chance.integers(1, VIEWERS + 1, PAGES + 50).tolist():
            began = time.thread_time()
            shown = feed.page(f"u{viewer}", 20)
            spent.append(time.thread_time() - began)
            assert len(shown.places) == 20
        database.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ms = np.array(spent[50:]) * 1000
    p99 = float(np.percentile(ms, 99))
    ours = (
        f"p50 {np.median(ms):.1f} ms, p99 {p99:.1f} ms (processor); {memory:,.0f} MB, "
        f"opened in {opened:.0f} s"
    )
    title = "a page of 20, 1,000,000 videos, 100,000 viewers with 10,000,000 events, one core"
    return [Figure("page", title, p99, 20, "ms", ours)]


def http(bench: Bench) -> list[Figure]:
    """The same over HTTP, by keep-alive connections of clients in a process of their own."""
    with large(bench) as home, served(home, "--workers", "2") as (url, pids):
        before, asking = sum(map(cpu_of, pids)), _of_children()
        rate, p50, p99 = _ask(url, REQUESTS)
        spent = (sum(map(cpu_of, pids)) - before) / REQUESTS * 1000
        client = (_of_children() - asking) / REQUESTS * 1000
        memory = sum(map(memory_of, pids))
    ours = (
        f"p50 {p50:.0f} ms, p99 {p99:.0f} ms; {spent:.2f} ms of processor a request, "
        f"the client's {client:.2f} besides; {memory:,.0f} MB"
    )
    title = "pages of 20 a second through HTTP, 2 cores, keep-alive, the same feed"
    return [
        Figure("http", title, rate, 300, "requests/s", ours, least=True),
        Figure("http-p99", "p99 of these", p99, 60, "ms"),
        Figure("http-cpu", "pages that two cores can make", 2000 / spent, 300, "/s", least=True),
    ]


def reaction(bench: Bench) -> list[Figure]:
    """From the event sent to the page that heeds it, while others ask and tell."""
    with large(bench) as home, served(home, "--workers", "2") as (url, _):
        ending = threading.Event()
        load = threading.Thread(target=_load, args=(url, ending))
        load.start()
        waits = [_react(url, number) for number in range(60)]
        ending.set()
        load.join()
    p99 = float(np.percentile(waits, 99)) * 1000
    ours = f"p50 {np.median(waits) * 1000:.0f} ms, p99 {p99:.0f} ms"
    return [Figure("reaction", "an event counts on that viewer's next page", p99, 1000, "ms", ours)]


def kill(bench: Bench) -> list[Figure]:
    """kill −9 under load, five times: accepted events that are not there, or there twice."""
    from collections import Counter

    from recommend_events import put_videos

    from reelwright.audience.reading import read_events
    from reelwright.audience.shelf import open_feed
    from reelwright.core.settings import load_settings

    home = bench.work / "kill"
    accepted: set[int] = set()
    size = 50
    with home_at(home):
        database = open_feed(load_settings().feed)
        put_videos(database)
        for turn in range(5):
            with served(home, killed=True) as (url, pids):
                accepted |= _write_until_killed(url, pids[0], turn, size)
        with database.reading() as session:
            log = read_events(session)
        database.close()
    found = Counter(log.user_names[user] for user in log.users)
    wrong = sum(abs(found[f"k{number}"] - size) for number in accepted)
    wrong += sum(max(0, count - size) for count in found.values())
    ours = f"{len(accepted) * size:,} accepted in five runs, {wrong} lost or there twice"
    return [Figure("kill", "accepted events lost or doubled by kill −9", wrong, 0, "events", ours)]


def new_videos(bench: Bench) -> list[Figure]:
    """The simulator: the share of showings of new videos, and what is missing to an oracle."""
    from reelwright.audience.ranking.learning import train_ranker
    from reelwright.audience.shelf import open_feed
    from reelwright.audience.simulator import Simulation, World, WorldSettings
    from reelwright.core.settings import FeedSettings

    shares: list[float] = []
    with home_at(bench.work / "simulator"):
        settings = FeedSettings()
        database = open_feed(settings)
        world = World.make(WorldSettings(seed=1), DAYS)
        simulation = Simulation(database, world, settings)
        for _ in range(DAYS):
            told = simulation.run(1)
            shares.append(told.share)
            train_ranker(database)
        database.close()
    off = max(abs(share / settings.explore - 1) for share in shares)
    ours = ", ".join(f"{share:.3f}" for share in shares)
    title = "showings of videos under a day old: how far off the setting, the worst day"
    gained = 1 - told.regret
    last = f"{told.worth / told.showings:.3f} a showing, oracle {told.best / told.showings:.3f}"
    return [
        Figure("new-videos", title, off * 100, 10, "%", f"{ours} (set: {settings.explore})"),
        Figure(
            "new-videos-regret",
            "of what an oracle earns above blind choice, what is missing on the last day",
            told.regret, 1, "", f"{gained:.2f} earned: {last}",
        ),
    ]  # fmt: skip


# --- a large feed


@contextmanager
def large(bench: Bench) -> Iterator[Path]:
    """A home with the large feed, for the block; made if it is not in the cache."""
    home = bench.cache / "feed-1m"
    with home_at(home, keep=True):
        if not (home / "whole").is_file():
            bench.say(f"making {VIDEOS:,} videos and {EVENTS:,} events in {home}")
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            _make(home / "feed.db")
            (home / "whole").touch()
        yield home


def _make(path: Path) -> None:
    from reelwright.audience.shelf import open_feed
    from reelwright.core.settings import load_settings

    open_feed(load_settings().feed).close()
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in ("synchronous=OFF", "journal_mode=OFF", "cache_size=-400000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("BEGIN")
    chance = np.random.default_rng(6)
    topics = np.minimum(chance.zipf(1.3, VIDEOS), 400).tolist()
    tags = np.minimum(chance.zipf(1.2, (VIDEOS, 3)), 20_000).tolist()
    authors = np.minimum(chance.zipf(1.15, VIDEOS), 50_000).tolist()
    seconds = np.exp(chance.normal(3, 0.7, VIDEOS)).clip(4, 600).round(1).tolist()
    ages = (chance.random(VIDEOS) * 40 * 86_400).tolist()
    names = "number,id,title,description,tags,author,topic,language,seconds,width,height,ai_made"
    marks = ",".join("?" * 17)
    raw.executemany(
        f"INSERT INTO feed_items ({names},labels,size,mtime,added,revision) VALUES ({marks})",
        (
            (
                n + 1,
                f"v{n + 1}",
                f"Video {n + 1}",
                "",
                json.dumps([f"t{t}" for t in set(tags[n])]),
                f"a{authors[n]}",
                f"k{topics[n]}",
                "zh",
                seconds[n],
                1080,
                1920,
                0,
                "{}",
                0,
                0,
                START + ages[n],
                1,
            )
            for n in range(VIDEOS)
        ),
    )
    counting = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<{0}-1) "
    raw.execute(counting.format(VIEWERS) + "INSERT INTO feed_viewers SELECT i+1,'u'||(i+1) FROM n")
    indexes = [
        row
        for row in raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type='index' AND tbl_name='feed_events'"
        )
        if row[1]
    ]
    for name, _ in indexes:
        raw.execute(f"DROP INDEX {name}")
    # Viewer by viewer, in the order of time; few videos have most of the events. Multiplying by a
    # large odd number stands for luck: any machine makes the same.
    each = EVENTS // VIEWERS
    luck = "((i*2654435761)%4294967296)"
    raw.execute(
        counting.format(EVENTS)
        + "INSERT INTO feed_events (number,viewer,item,kind,time,value) SELECT i+1, "
        f"i/{each}+1, 1+CAST({VIDEOS - 1}*pow({luck}/4294967296.0,3) AS INTEGER), "
        f"CASE ({luck}/7)%10 WHEN 0 THEN 5 WHEN 1 THEN 4 WHEN 2 THEN 4 WHEN 3 THEN 2 WHEN 4 THEN 2 "
        f"WHEN 5 THEN 2 ELSE 0 END, {START}+(i%{each})*30000.0+{luck}%20000, ({luck}/11)%30 FROM n"
    )
    for _, sql in indexes:
        raw.execute(sql)
    raw.execute("COMMIT")
    raw.close()


@contextmanager
def home_at(home: Path, *, keep: bool = False) -> Iterator[None]:
    """A home for the block, empty at its start unless it is to be kept."""
    if not keep:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    before = os.environ.get("REEL_HOME")
    os.environ["REEL_HOME"] = str(home)
    try:
        yield
    finally:
        os.environ.pop("REEL_HOME")
        if before is not None:
            os.environ["REEL_HOME"] = before


# --- a running service


@contextmanager
def served(home: Path, *options: str, killed: bool = False) -> Iterator[tuple[str, list[int]]]:
    """`reel serve` over a home: its address, and the processes of it."""
    command = [sys.executable, "-m", "reelwright", "serve", "--port", "0", *options]
    command += ["--set", "serve.rate=1000000", "--set", "feed.retrain=0"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        url = next(line for line in child.stdout if line.startswith("watch")).split()[1].rstrip("/")
        _wait_for(url)
        yield url, [child.pid, *children_of(child.pid)]
    finally:
        child.send_signal(signal.SIGKILL if killed else signal.SIGINT)
        child.wait(60)
        child.stdout.close()


def _wait_for(url: str) -> None:
    import httpx

    for _ in range(600):
        try:
            httpx.get(f"{url}/healthz", timeout=120, trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.5)
        else:
            return
    raise RuntimeError(f"nobody answers at {url}")


def children_of(pid: int) -> list[int]:
    """Processes that this one started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_of(pid: int) -> float:
    """Seconds of processor that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _of_children() -> float:
    """Seconds of processor that processes which ended took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_of(pid: int) -> float:
    """Megabytes that are this process's share of memory."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024


def _ask(url: str, requests: int) -> tuple[float, float, float]:
    """Pages a second, and their p50 and p99 in ms, asked for by a process of its own."""
    code = Path(__file__).with_name("recommend_client.py")
    done = subprocess.run(
        [sys.executable, str(code), url, str(requests), str(CLIENTS), str(VIEWERS)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return told["rate"], told["p50"], told["p99"]


def _load(url: str, ending: threading.Event) -> None:
    while not ending.is_set():
        _ask(url, 100)


def _react(url: str, number: int) -> float:
    """Seconds from an event being sent to a page without its video."""
    import httpx

    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        user = f"reacting{number}-{time.time_ns()}"
        query = {"user": user, "n": 20, "have": ""}
        first = client.get("/v1/feed", params=query).json()["items"][0]["id"]
        event = {"user": user, "item": first, "kind": "like", "time": time.time()}
        began = time.perf_counter()
        client.post("/v1/events", json={"events": [event]}).raise_for_status()
        while True:
            items = client.get("/v1/feed", params=query).json()["items"]
            if first not in [item["id"] for item in items]:
                return time.perf_counter() - began


def _write_until_killed(url: str, pid: int, turn: int, size: int) -> set[int]:
    import httpx

    accepted: set[int] = set()

    def work(first: int) -> None:
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
            for number in range(turn * 10_000 + first, (turn + 1) * 10_000, 4):
                rows = [
                    {"user": f"k{number}", "item": f"v{place % 100}", "kind": "progress",
                     "time": START + place, "value": 1}
                    for place in range(size)
                ]  # fmt: skip
                try:
                    if client.post("/v1/events", json={"events": rows}).status_code == 202:
                        accepted.add(number)
                except httpx.TransportError:
                    return
                if len(accepted) >= 60:
                    os.kill(pid, signal.SIGKILL)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    return accepted
