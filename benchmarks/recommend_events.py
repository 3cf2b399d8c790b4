"""The feed's events: how many a second are durable, how fast a million come in and are read back.

    python benchmarks/recommend_events.py [--only events,reading,importing] [--url URL]

`recommend.py` runs these with all its other figures.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from figures import Bench, Figure, print_table

VIEWERS, VIDEOS, BATCH, CLIENTS = 100_000, 10_000, 100, 16
EVENTS, MILLION = 200_000, 1_000_000
START = 1_760_000_000.0


def events(bench: Bench) -> list[Figure]:
    """Batches of 100 as JSON, from many clients at once, parsed, checked, written, synced."""
    from pydantic import TypeAdapter

    from reelwright.audience.appending import Appender
    from reelwright.core.nouns import Event

    batches = [json.dumps(rows).encode() for rows in _batches(EVENTS)]
    parse = TypeAdapter(list[Event]).validate_json
    with _feed(bench.work / "events") as database:
        put_videos(database)
        with Appender(database, lambda: START + 1e6) as appender, ThreadPoolExecutor(CLIENTS) as to:
            cpu, wall = time.process_time(), time.perf_counter()
            numbered = enumerate(batches)
            answers = to.map(lambda one: appender.append(parse(one[1]), f"key-{one[0]}"), numbered)
            new = sum(answer.new for answer in answers)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        assert new == EVENTS, f"{new} of {EVENTS} went in"
    title = "events taken in a second, batches of 100, each on the disk before it is accepted"
    rate = EVENTS / wall
    ours = f"{rate:,.0f} events/s, {EVENTS / cpu:,.0f} a processor second"
    return [Figure("events", title, rate, 10_000, "events/s", ours, "", least=True)]


def importing(bench: Bench) -> list[Figure]:
    """A table of a million events: seconds, and what it takes of memory against a tenth of it."""
    spent: list[tuple[float, float]] = []
    for rows in (MILLION // 10, MILLION):
        path = bench.work / f"{rows}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("user,item,kind,time,value\n")
            for part in _batches(rows):
                for row in part:
                    line = (row["user"], row["item"], row["kind"], row["time"], row["value"])
                    file.write(",".join(map(str, line)) + "\n")
        home = bench.work / f"home-{rows}"
        with _feed(home) as database:
            put_videos(database)
        # Memory is that of a process of its own.
        code = (
            "import resource, sys\nfrom reelwright.cli import app\n"
            f"app(['feed', 'import', {str(path)!r}], standalone_mode=False)\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
        )
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "REEL_HOME": str(home)},
            capture_output=True,
            text=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        told, memory = done.stdout.strip().splitlines()[-2:]
        assert f"{rows:,} events taken in" in told, told
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        spent.append((cpu, float(memory)))
        path.unlink()
    (_, few), (cpu, many) = spent
    ours = f"{many:.0f} MB, {cpu:.0f} processor seconds"
    title = "highest memory of importing 1,000,000 rows"
    against = f"{few:.0f} MB for 100,000; SQLite keeps 64 MB of its file, and maps more"
    return [Figure("events-import-memory", title, many, 250, "MB", ours, against)]


def reading(bench: Bench) -> list[Figure]:
    """A million events read back as what recommenders take, and the histories of single viewers."""
    from reelwright.audience.events import append_events
    from reelwright.audience.reading import history, read_interactions
    from reelwright.core.nouns import Event

    with _feed(bench.work / "reading") as database:
        put_videos(database)
        rows = (row for part in _batches(MILLION) for row in part)
        while part := [Event.model_validate(row) for row, _ in zip(rows, range(10_000))]:  # noqa: B905
            with database.writing() as session:
                append_events(session, part, now=START + 1e6)
        with database.reading() as session:
            cpu = time.process_time()
            log = read_interactions(session)
            cpu = time.process_time() - cpu
            users = [log.user_names[n] for n in range(0, len(log.user_names), 500)]
            single = time.process_time()
            for user in users:
                history(session, user)
            single = (time.process_time() - single) / len(users) * 1000
    title = "processor seconds for 10,000,000 events as interactions (1,000,000 read)"
    return [
        Figure("events-read", title, cpu * 10, 60, "s", f"{len(log):,} rows in {cpu:.2f} s"),
        Figure("events-history", "a viewer's history", single, 5, "ms", f"{single:.2f} ms"),
    ]


FIGURES = {"events": events, "reading": reading, "importing": importing}


def put_videos(database: object) -> None:
    from reelwright.audience.items import Item, put_items
    from reelwright.store.database import Database

    assert isinstance(database, Database)
    with database.writing() as session:
        put_items(session, [Item(id=f"v{n}", seconds=20) for n in range(VIDEOS)], START)


def _batches(count: int) -> Iterator[list[dict[str, object]]]:
    """Events of viewers and videos drawn at random: the worst case for a database's indexes."""
    chance = random.Random(6)
    kinds = ("impression", "progress", "completion", "skip", "like")
    for first in range(0, count, BATCH):
        yield [
            {
                "user": f"viewer-{chance.randrange(VIEWERS)}",
                "item": f"v{chance.randrange(VIDEOS)}",
                "kind": chance.choice(kinds),
                "time": round(START + place * 0.01, 3),
                "value": chance.randrange(200) / 10,
            }
            for place in range(first, first + BATCH)
        ]


@contextmanager
def _feed(home: Path) -> Iterator[object]:
    from reelwright.audience.shelf import open_feed
    from reelwright.core.settings import load_settings

    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    before, os.environ["REEL_HOME"] = os.environ.get("REEL_HOME"), str(home)
    try:
        database = open_feed(load_settings().feed)
        yield database
        database.close()
    finally:
        if before is None:
            del os.environ["REEL_HOME"]
        else:
            os.environ["REEL_HOME"] = before


def main(wanted: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="The feed's events.")
    parser.add_argument("--only", default=",".join(FIGURES), metavar="KEY,…")
    options = parser.parse_args(wanted)
    with tempfile.TemporaryDirectory(prefix="reel-events-") as work:
        place = Path(work)
        bench = Bench(cache=place, work=place, ffmpeg="", language="en")
        figures = [one for key in options.only.split(",") for one in FIGURES[key](bench)]
    print_table(figures)


if __name__ == "__main__":
    main()
