"""Rooms sent to real RTMP servers: what arrives, and what one server's trouble does to the others."""

import time

import pytest

from support.calls import ANN, enter, events
from support.recordings import decode
from support.rtmp import RTMPServer, is_installed
from support.server import APIError
from support.waiting import eventually

KEYS = ["stream-key-one", "stream-key-two", "stream-key-three"]


@pytest.fixture
def receivers(tmp_path):
    if not is_installed():
        pytest.skip("nginx has no RTMP module here")
    started = [RTMPServer(tmp_path / f"rtmp-{number}").start() for number in range(3)]
    yield started
    for each in started:
        each.kill()


def start(server, room, targets):
    server.text("POST", "/v2/livestreams/start", {
        "roomId": room, "outputs": [{"url": url, "streamKey": key} for url, key in targets]})


def stop(server, room):
    server.text("POST", "/v2/livestreams/end", {"roomId": room})


def watch(person):
    person.evaluate(
        "() => { for (const name of ['livestream-state-changed', 'error'])"
        " call.meeting.on(name, (detail) => call.events.push({name, detail})); }")


def statuses(person):
    return [event["status"] for event in events(person, "livestream-state-changed")]


def test_three_servers_get_the_room_and_one_that_is_killed_is_found_again(
        server, pages, open_chromium, receivers):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)
    watch(ann)
    start(server, room, [(each.url(), key) for each, key in zip(receivers, KEYS)])
    eventually(lambda: statuses(ann)[-1:] == ["LIVESTREAM_STARTED"], "it is sent", 10)
    for each, key in zip(receivers, KEYS):
        eventually(lambda: each.recordings(key), f"{key} is received", 10)
    time.sleep(5)
    receivers[1].kill()
    time.sleep(1)
    receivers[1].start()
    back = time.monotonic()
    eventually(lambda: len(receivers[1].recordings(KEYS[1])) == 2, "the killed one gets it again", 10)
    assert time.monotonic() - back <= 5
    time.sleep(5)
    stop(server, room)
    eventually(lambda: statuses(ann)[-1:] == ["LIVESTREAM_STOPPED"], "it is over", 10)
    time.sleep(1)

    for number in (0, 2):
        [path] = receivers[number].recordings(KEYS[number])
        content = decode(path)
        assert content.seconds > 10 and content.longest_gap() < 0.2, content.longest_gap()
        assert content.seen(2, content.seconds - 1) == {"Ann"} and content.heard(2, content.seconds - 1) == {"Ann"}
    again = decode(receivers[1].recordings(KEYS[1])[-1])
    assert again.pictures and "Ann" in again.seen(0, 1e9) and again.heard(again.seconds - 3, again.seconds) == {"Ann"}
    session = server.sessions(room)[0]["id"]
    told = str(server.rest("GET", f"/v2/sessions/{session}/events?perPage=100")) + server.log.read_text()
    told += str(server.rest("GET", f"/v2/livestreams?roomId={room}")["data"][0].get("id"))
    assert not [key for key in KEYS if key in told], "a stream key was told"


def test_a_server_that_refuses_is_said_in_words(server, pages, open_chromium, receivers):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)
    watch(ann)
    start(server, room, [(receivers[0].url("closed"), KEYS[0])])
    eventually(lambda: statuses(ann)[-1:] == ["LIVESTREAM_STOPPED"], "it has failed", 60)
    found = [event for event in events(ann, "livestream-state-changed") if event.get("error")]
    found += [{"error": each} for each in events(ann, "error")]
    assert any(each["error"]["code"] in (4013, 4015, 5002) for each in found), found
    assert KEYS[0] not in str(found)


def test_an_address_that_is_none_is_refused_at_once(server, pages, open_chromium):
    room = server.create_room()
    enter(open_chromium(ANN), pages, server.url, room)
    for url in ("http://example.com/live", "rtmp://", "rtmp://127.0.0.1:99999/live", "file:///etc/passwd"):
        with pytest.raises(APIError, match="400"):
            start(server, room, [(url, "key")])
