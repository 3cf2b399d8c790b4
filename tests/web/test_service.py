"""The service over HTTP: a real server, a real database, a real client."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from reelwright.audience.shelf import open_feed
from reelwright.core.errors import SettingError
from reelwright.core.settings import FeedSettings, Settings
from reelwright.store.database import Database
from reelwright.web.keys import find_key, hash_of, key_file
from reelwright.web.serving import listen
from served import Served, served


def like(user: str, item: str) -> dict[str, object]:
    return {"user": user, "item": item, "kind": "like"}


def seen(user: str, *items: str) -> list[dict[str, object]]:
    return [{"user": user, "item": item, "kind": "impression"} for item in items]


# --- the feed ---------------------------------------------------------------------------------


def test_a_page_tells_all_that_events_need(service: Served):
    page = service.http.get("/v1/feed", params={"user": "ann", "n": 3}).json()
    assert [item["rank"] for item in page["items"]] == [0, 1, 2]
    assert all(item["source"] and 0 < item["propensity"] <= 1 for item in page["items"])
    first = page["items"][0]
    sent = {"request": page["request"], "rank": 0, "model": page["model"]}
    answer = service.tell(like("ann", first["id"]) | sent)
    assert answer.status_code == 202
    assert answer.json()["new"] == 1
    told = service.http.get("/v1/users/ann?everything=true", headers=service.owner).json()
    assert told["pages"][0]["id"] == page["request"]
    assert told["events"][0]["propensity"] == first["propensity"]


def test_an_event_changes_the_next_page_within_a_second(feed: Database):
    # No place is left to luck.
    with served(feed, Settings.model_validate({"feed": {"explore": 0}})) as service:
        before = service.page("ann", 4, have="")
        began = time.monotonic()
        service.tell(*seen("ann", "v1"), like("ann", "v1"))
        after = service.page("ann", 4, have="")
        assert time.monotonic() - began < 1
        assert after != before
        # Of what is left, what is like it comes first.
        assert set(after[:2]) < {"v3", "v5", "v7"}


def test_what_was_seen_does_not_come_again(service: Served):
    service.tell(*seen("ann", *(f"v{n}" for n in range(8))))
    assert service.page("ann") == []
    assert len(service.page("ann", again=True)) == 8


def test_places_are_explained(service: Served):
    params = {"user": "ann", "explain": True}
    items = service.http.get("/v1/feed", params=params).json()["items"]
    assert all(item["scores"] and "rule" in item for item in items)


def test_a_sane_feed_of_an_empty_store(fresh_home: Path):
    database = open_feed(FeedSettings())
    with served(database) as service:
        assert service.page("ann") == []
        assert service.http.get("/").status_code == 200
        answer = service.tell(like("ann", "v1")).json()
        assert [one["reason"] for one in answer["apart"]] == ["unknown_item"]
        # It counts once its video comes.
        put = service.http.put("/v1/items", json={"items": [{"id": "v1"}]}, headers=service.owner)
        assert put.json() | {"unchanged": []} == {
            "new": ["v1"], "updated": [], "unchanged": [], "events": 1
        }  # fmt: skip
        assert service.page("bob") == ["v1"]
        assert service.page("ann") == []
        assert service.page("bob", playable=True) == []
    database.close()


def test_similar_videos(service: Served):
    items = service.http.get("/v1/items/v1/similar?n=3").json()["items"]
    assert {item["id"] for item in items} == {"v3", "v5", "v7"}
    assert service.http.get("/v1/items/nope/similar").status_code == 404


# --- events ------------------------------------------------------------------------------------


def test_the_same_key_gets_the_same_answer(service: Served):
    event = like("ann", "v1") | {"time": 1_700_000_000.0}
    first = service.tell(event, **{"Idempotency-Key": "k1"}).json()
    again = service.tell(event, **{"Idempotency-Key": "k1"}).json()
    assert (first["new"], again["new"], again["repeated"]) == (1, 1, True)
    other = service.tell(event | {"item": "v2"}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 422
    assert "came with other events" in other.json()["error"]
    assert service.tell(event).json()["known"] == 1


def test_odd_events_are_told_apart(service: Served):
    answer = service.tell(
        like("ann", "nope"),
        like("ann", "v1") | {"time": time.time() + 9000},
        {"user": "ann", "item": "v1", "kind": "completion", "value": -3},
        {"user": "ann", "item": "v1", "kind": "completion", "value": 1e9},
        like("../ann", "v1"),
        like("ann", "v2") | {"time": 1.0},
    ).json()
    assert answer["new"] == 1
    reasons = {one["index"]: one["reason"] for one in answer["apart"] + answer["refused"]}
    assert reasons == {0: "unknown_item", 1: "future", 2: "absurd", 3: "absurd", 4: "bad_name"}
    assert all(one["message"] for one in answer["apart"])


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"events": [', 400, "no JSON"),
        (b"\xff\xfe", 400, "no JSON"),
        (b"{}", 422, "events."),
        (b"null", 422, "events."),
        (b'{"events": [{"user": "a"}]}', 422, "events.0.item"),
        (b'[{"user": "a", "item": "v1", "kind": "dance", "time": 1}]', 422, "events.0.kind"),
        (b'[{"user": "a", "item": "v1", "kind": "like", "time": NaN}]', 400, "no JSON"),
        (b"[" * 100_000, 400, "no JSON"),
    ],
)
def test_what_is_no_batch_is_told(service: Served, body: bytes, status: int, said: str):
    answer = service.http.post(
        "/v1/events", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status, answer.text
    assert said in answer.json()["error"]
    assert answer.json()["hint"]


def test_a_body_that_is_too_large_is_not_read(service: Served):
    def endless():
        for _ in range(100):
            yield b" " * (1 << 20)

    headers = {"Content-Type": "application/json"}
    told = service.http.post("/v1/events", content=b" " * (9 << 20), headers=headers)
    assert told.status_code == 413
    try:
        streamed = service.http.post("/v1/events", content=endless(), headers=headers)
        assert streamed.status_code == 413
    except httpx.TransportError:
        pass  # it hung up on us while we went on sending
    many = [like("ann", "v1")] * 10_001
    assert service.tell(*many).status_code == 413
    assert service.http.get("/healthz").json()["events"] == 0


# --- who may ----------------------------------------------------------------------------------


def test_keys_open_what_their_scope_reaches(service: Served, feed: Database):
    viewer = {"Authorization": f"Bearer {key_file('viewer').read_text().strip()}"}
    assert key_file("owner").stat().st_mode & 0o777 == 0o600
    for headers, status in (({}, 401), (viewer, 403), (service.owner, 200)):
        assert service.http.get("/v1/metrics", headers=headers).status_code == status
    # From elsewhere (a proxy says so) nothing goes without a key.
    away = {"X-Forwarded-For": "192.0.2.7"}
    query = {"user": "ann"}
    assert service.http.get("/v1/feed", params=query, headers=away).status_code == 401
    assert service.http.get("/v1/feed", params=query, headers=away | viewer).status_code == 200
    # Nor does another site that the browser of this machine has open.
    for other in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        assert service.http.get("/v1/feed", params=query, headers=other).status_code == 401
    with feed.reading() as session:
        assert find_key(session, viewer["Authorization"][7:])
        assert find_key(session, hash_of(viewer["Authorization"][7:])) is None


def test_a_wrong_key_is_refused_and_not_tried_for_long(service: Served):
    answers = [
        service.http.get("/v1/feed?user=a", headers={"X-API-Key": f"guess{n}"}) for n in range(12)
    ]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert service.page("ann")


def test_a_viewer_elsewhere_opens_the_page_with_a_key_once(service: Served):
    key = key_file("viewer").read_text().strip()
    answer = service.http.get("/", params={"key": key, "v": "v1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?v=v1")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    away = {"X-Forwarded-For": "192.0.2.7", "Cookie": cookie.partition(";")[0]}
    assert service.http.get("/v1/feed?user=ann", headers=away).status_code == 200


def test_who_asks_too_often_waits(feed: Database):
    settings = Settings.model_validate({"serve": {"rate": 2}})
    with served(feed, settings) as service:
        answers = [service.http.get("/v1/items/v1") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
        assert service.http.get("/healthz").status_code == 200


# --- what the owner does -------------------------------------------------------------------------


def test_videos_are_put_in_and_taken_out(service: Served):
    item = {"id": "v9", "title": "Nine", "tags": ["tea"], "author": "me"}
    put = service.http.put("/v1/items", json={"items": [item]}, headers=service.owner)
    assert put.json()["new"] == ["v9"]
    assert "v9" in service.page("ann")
    gone = service.http.delete("/v1/items", params={"id": ["v9", "v0"]}, headers=service.owner)
    assert gone.json() == {"removed": 2}
    assert not {"v9", "v0"} & set(service.page("bob"))
    assert service.http.get("/v1/items/v0/video").status_code == 404
    assert service.http.delete("/v1/items?id=v1").status_code == 401


@pytest.mark.parametrize("key", ["file", "cover", "captions"])
def test_no_file_of_this_machine_is_served_by_naming_it(service: Served, key: str):
    item = {"id": "x", key: "/etc/passwd"}
    answer = service.http.put("/v1/items", json=[item], headers=service.owner)
    assert answer.status_code == 422
    assert f"{key} cannot be set" in answer.json()["error"]


def test_viewers_are_told_of_and_forgotten(service: Served):
    service.page("ann")
    service.tell(like("ann", "v1"))
    service.http.post("/v1/items/v1/comments", json={"user": "ann", "text": "Tea!"})
    profile = service.http.get("/v1/users/ann", headers=service.owner).json()
    assert profile["counts"] == {"like": 1}
    done = service.http.delete("/v1/users/ann", headers=service.owner).json()
    assert done == {"forgotten": "ann", "events": 1, "pages": 1, "apart": 0, "comments": 1}
    assert service.http.get("/v1/users/ann", headers=service.owner).status_code == 404
    assert service.http.get("/v1/items/v1/comments").json() == {"comments": []}
    assert len(service.page("ann")) == 8


def test_comments_are_kept_and_bounded(service: Served):
    url = "/v1/items/v1/comments"
    assert service.http.post(url, json={"user": "ann", "text": " 好茶 <b> "}).status_code == 201
    (one,) = service.http.get(url).json()["comments"]
    assert (one["user"], one["text"]) == ("ann", "好茶 <b>")
    for text in ("", "x" * 501, "\u202e"):
        assert service.http.post(url, json={"user": "ann", "text": text}).status_code == 422
    assert service.http.post(url, json={"user": "../a", "text": "x"}).status_code == 422


def test_metrics_are_what_prometheus_reads(service: Served):
    service.page("ann")
    service.tell(like("ann", "v1"))
    text = service.http.get("/v1/metrics", headers=service.owner).text
    assert 'reel_events_total{outcome="new"} 1' in text
    assert 'reel_requests_total{route="/v1/feed",status="200"} 1' in text
    assert 'reel_request_seconds_bucket{le="+Inf",route="/v1/feed"} 1' in text
    assert "reel_feed_videos 8" in text


# --- files and pages ----------------------------------------------------------------------------


def test_videos_are_served_by_ranges(service: Served, films: list[Path]):
    data = films[1].read_bytes()
    whole = service.http.get("/v1/items/v1/video")
    assert (whole.status_code, whole.content) == (200, data)
    assert whole.headers["content-type"] == "video/mp4"
    for asked, part in (("bytes=10-19", data[10:20]), ("bytes=-5", data[-5:])):
        answer = service.http.get("/v1/items/v1/video", headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, part)
        assert answer.headers["content-range"].endswith(f"/{len(data)}")
    beyond = service.http.get("/v1/items/v1/video", headers={"Range": "bytes=999999999-"})
    assert beyond.status_code == 416
    vtt = service.http.get("/v1/items/v1/captions.vtt")
    assert vtt.text == "WEBVTT\n\n1\n00:00:00.000 --> 00:00:02.000\nTea &amp; water\n"
    assert service.http.get("/v1/items/v1/cover").status_code == 404


def test_a_video_that_moved_away_is_told_without_its_place(service: Served, feed: Database):
    from sqlalchemy import update

    from reelwright.audience.tables import ItemRow

    with feed.writing() as session:
        session.execute(update(ItemRow).where(ItemRow.id == "v1").values(file="/secret/x.mp4"))
    answer = service.http.get("/v1/items/v1/video")
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/items/..%2F..%2Fetc%2Fpasswd/video",
        "/v1/items/.../video",
        "/v1/items/%00/video",
        "/v1/items/a%5Cb/similar",
        "/pages/..%2Fapp.py",
        "/pages/app.py",
        "/pages/%2e%2e/app.py",
        "/v1/feed?user=..%2Fx",
        "/v1/feed?user=",
        "/v1/feed?user=a&n=0",
        "/v1/feed?user=a&n=many",
        "/v1/feed",
        "/nothing",
    ],
)
def test_tricks_with_addresses_lead_nowhere(service: Served, path: str):
    # Sent as they are: a client library would tidy them up.
    address = service.url.removeprefix("http://")
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65536), b"")).decode()
    assert answer.split()[1] in ("404", "422"), answer
    assert "root:" not in answer
    assert json.loads(answer.partition("\r\n\r\n")[2])["error"]


def test_ids_may_be_any_text(service: Served):
    names = ["茶 的 故事", "a?b=c&d#e", "50%", '"quoted"', "v:1"]
    items = [{"id": name} for name in names]
    service.http.put("/v1/items", json={"items": items}, headers=service.owner)
    for item in service.http.get("/v1/feed", params={"user": "张三@站"}).json()["items"]:
        if item["id"] in names:
            names.remove(item["id"])
            assert httpx.URL(service.url + f"/v1/items/{item['id']}")
    assert names == []


def test_pages_name_nothing_elsewhere(service: Served):
    for path in ("/", "/docs", "/pages/viewer.js", "/pages/viewer.css", "/pages/docs.js"):
        answer = service.http.get(path)
        assert answer.status_code == 200
        text = answer.text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    calls = service.http.get("/openapi.json").json()["paths"]
    assert {"/v1/events", "/v1/feed", "/v1/items/{item}/similar", "/v1/metrics"} <= set(calls)


def test_a_taken_port_is_told():
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingError, match="cannot be listened"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_no_message_of_ours_names_a_key(service: Served, capfd: Any):
    service.http.get("/?key=a-secret-key")
    service.http.get("/v1/feed?user=a", headers={"Authorization": "Bearer a-secret-key"})
    out = capfd.readouterr()
    assert "a-secret-key" not in out.out + out.err + "".join(service.said)
