"""The viewer's page in a real Chromium: a first video at once, swipes, likes, what they change."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from browser import Tab, browser
from reelwright.store.database import Database
from served import Served, served

PLAYS = "document.querySelectorAll('video')[{0}]?.currentTime > 0.05"
IDS = "[...document.querySelectorAll('article')].map(a => a.getAttribute('aria-label'))"


@pytest.fixture
def tab() -> Iterator[Tab]:
    """A browser of this test's own: one before may still ask its service, which is gone by now."""
    with browser("zh-CN") as opened:
        yield opened


@pytest.fixture
def many(feed: Database) -> Iterator[Served]:
    """The service over the eight films, each there three times: more than a page."""
    from sqlalchemy import select

    from reelwright.audience.items import Item, put_items
    from reelwright.audience.tables import ItemRow

    with feed.writing() as session:
        rows = list(session.scalars(select(ItemRow)))
        copies = [
            Item(
                id=f"{row.id}-{copy}", title=f"{row.title}-{copy}", tags=tuple(row.tags),
                seconds=3, width=108, height=192, file=row.file, size=row.size, mtime=row.mtime,
            )
            for copy in "abc"
            for row in rows
        ]  # fmt: skip
        put_items(session, copies, 1_700_000_001.0)
    with served(feed) as running:
        yield running


def kinds(service: Served, user: str) -> list[str]:
    told = service.http.get(f"/v1/users/{user}?everything=true", headers=service.owner)
    return [event["kind"] for event in told.json()["events"]] if told.is_success else []


def test_a_phone_swipes_likes_and_sees_the_next_page_change(tab: Tab, many: Served):
    began = time.monotonic()
    tab.open(f"{many.url}/?user=ann", 390, 844, phone=True)
    tab.until(PLAYS.format(0))
    assert time.monotonic() - began < 3  # 1 s on a quiet machine; see benchmarks
    first = tab.run(IDS)
    assert tab.run("document.documentElement.lang") == "zh-CN"
    tab.until("document.querySelectorAll('video')[1].readyState >= 3")  # the next is at hand
    tab.swipe(195, 620, 160)
    tab.until(PLAYS.format(1))
    tab.until("document.querySelectorAll('video')[0].paused")
    tab.click("article:nth-of-type(2) .like")
    assert tab.run("document.querySelectorAll('.like')[1].getAttribute('aria-pressed')") == "true"
    # What lay below the next video is chosen anew, after what was liked.
    tab.until(f"({IDS}).length >= 8 && ({IDS}).join() !== {','.join(first)!r}")
    after = tab.run(IDS)
    assert after[:3] == first[:3]
    assert after[3:] != first[3:]
    told = kinds(many, "ann")
    assert told.count("impression") == 2
    assert {"skip", "like"} <= set(told)
    assert tab.troubles == []
    assert all(url.startswith((many.url, "data:", "about:")) for url in tab.requests)


def test_a_desktop_has_keys_and_every_second_is_told(tab: Tab, service: Served):
    tab.open(f"{service.url}/?user=bob", 1280, 800)
    tab.until(PLAYS.format(0))
    tab.key("c")
    tab.until("document.querySelector('.cue').textContent === 'Tea & water'")
    tab.until("document.querySelectorAll('video')[0].currentTime > 2")
    tab.until("document.querySelectorAll('video')[0].currentTime < 1")  # it began anew
    tab.key(" ")
    tab.until("document.querySelectorAll('video')[0].paused")
    tab.key("l")
    tab.key("ArrowDown")
    tab.until(PLAYS.format(1))
    tab.key("ArrowUp")
    tab.until("!document.querySelectorAll('video')[0].paused")
    tab.run("document.querySelector('.share').click()")
    tab.run("document.querySelector('.no').click()")
    tab.until(PLAYS.format(1))
    tab.until("fetch && new Promise(done => setTimeout(done, 300)).then(() => true)")
    tab.run("dispatchEvent(new Event('pagehide'))")
    tab.run("fetch('/healthz').then(() => true)")
    told = kinds(service, "bob")
    wanted = {"impression", "progress", "completion", "like", "share", "not_interested"}
    assert wanted <= set(told), told
    assert tab.troubles == []


def test_a_comment_is_written_and_a_label_is_shown(tab: Tab, service: Served):
    tab.open(f"{service.url}/?user=eve&v=v0", 390, 844, phone=True)
    tab.until(PLAYS.format(0))
    assert tab.run("document.querySelector('.marks .ai').textContent") == "AI合成语音"
    tab.click(".talk")
    tab.until("document.querySelector('#sheet').open && document.querySelector('.nobody')")
    tab.run("document.querySelector('#words').focus()")
    tab.send("Input.insertText", text="<b>好茶</b>")
    tab.click("#send")
    tab.until("document.querySelector('#said span')?.textContent === '<b>好茶</b>'")
    (comment,) = service.http.get("/v1/items/v0/comments").json()["comments"]
    assert (comment["user"], comment["text"]) == ("eve", "<b>好茶</b>")


def test_the_end_is_told_and_all_can_be_seen_again(tab: Tab, service: Served):
    service.tell(*({"user": "max", "item": f"v{n}", "kind": "impression"} for n in range(7)))
    tab.open(f"{service.url}/?user=max", 390, 844, phone=True)
    tab.until(PLAYS.format(0))
    assert len(tab.run(IDS)) == 2
    tab.run("document.querySelector('.card').scrollIntoView()")
    tab.run("document.querySelector('.again').click()")
    tab.until("document.querySelectorAll('.video').length === 8")
    tab.until(PLAYS.format(0))


def test_every_control_has_a_name(tab: Tab, service: Served):
    tab.open(f"{service.url}/?user=kim", 1280, 800)
    tab.until(PLAYS.format(0))
    tab.send("Accessibility.enable")
    nodes = tab.send("Accessibility.getFullAXTree")["nodes"]
    parts = [node for node in nodes if node.get("role", {}).get("value") in ("button", "slider")]
    assert len(parts) > 8
    assert [node for node in parts if not node.get("name", {}).get("value")] == []


def test_captions_are_not_laid_over_those_that_the_picture_shows(
    tab: Tab, service: Served, feed: Database
):
    from reelwright.audience.items import Item, put_items

    with feed.writing() as session:
        put_items(session, [Item(id="v2", captioned=True)], 1_700_000_000.0)
    pressed = "document.querySelector('.captions').getAttribute('aria-pressed')"
    cue = "document.querySelector('.cue').textContent"
    tab.open(f"{service.url}/?user=liu&v=v1", 390, 844, phone=True)
    tab.until(PLAYS.format(0))
    tab.run("localStorage.clear()")
    tab.open(f"{service.url}/?user=liu&v=v1", 390, 844, phone=True)
    tab.until(PLAYS.format(0))
    tab.key("c")
    tab.until(f"{cue} === 'Tea & water'")
    tab.open(f"{service.url}/?user=liu&v=v2", 390, 844, phone=True)
    tab.until(PLAYS.format(0))
    assert tab.run(pressed) == "false"
    assert tab.run(cue) == ""
    # Whoever wants them has them, at the other end of the picture.
    tab.key("c")
    tab.until(f"{cue} === 'Tea & water'")
    assert tab.run("document.querySelector('.cue').getBoundingClientRect().bottom") < 844 / 3
    tab.key("c")
