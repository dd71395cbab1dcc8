"""Recordings and HLS as an application asks for them: REST, a real composer process, files and playlists."""

import asyncio
import json
import os
import signal
import subprocess
import time
import urllib.request

import pytest

from support.paths import BINARY
from support.recorded import errors, flashes, pictures, probe, write_clip
from support.server import APIError, token
from support.signalling import Signalling
from support.waiting import eventually


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def room(server, clip):
    """A room in which somebody sends the clip until the test ends."""
    name = server.create_room()
    picture, tone = clip
    process = subprocess.Popen([
        str(BINARY), "load", "media", "--server", server.url, "--token", token(), "--room", name,
        "--publishers", "1", "--duration", "55", "--video", str(picture), "--audio", str(tone), "--json"],
        stdout=subprocess.DEVNULL)
    eventually(lambda: server.rest("GET", f"/v2/sessions/?roomId={name}")["data"], "a session")
    yield name
    process.terminate()
    process.wait(10)


def text(server, method, path, body):
    """An answer that is no JSON."""
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"Authorization": token()}, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode()


def session(server, room):
    return server.rest("GET", f"/v2/sessions/?roomId={room}")["data"][0]


def event_types(server, room):
    path = f"/v2/sessions/{session(server, room)['id']}/events?perPage=100"
    return [each["type"] for each in server.rest("GET", path)["data"]]


def recording(server, room, state):
    """The room's only recording, once it is in this state."""

    def found():
        data = server.rest("GET", f"/v2/recordings?roomId={room}")["data"]
        return data[0] if data and data[0]["status"] == state else None

    return eventually(found, f"a recording that is {state}", seconds=30)


def fetch(server, url, path):
    """Fetches a file by its signed address, without a token."""
    at = url.split("/v2/", 1)[1]
    with urllib.request.urlopen(f"{server.url}/v2/{at}", timeout=30) as answer:
        path.write_bytes(answer.read())
    return path


def composers(server):
    """Process ids of the server's composers."""
    children = subprocess.run(
        ["ps", "--ppid", str(server.process.pid), "-o", "pid=,args="], capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in children.splitlines() if "compose" in line]


def test_a_recording_asked_for_over_rest_is_a_file_to_fetch(server, room, tmp_path):
    people = session(server, room)["participants"]
    assert text(server, "POST", "/v2/recordings/start", {"roomId": room}) == "Recording started successfully"
    with pytest.raises(APIError) as refused:
        server.rest("POST", "/v2/recordings/start", {"roomId": room})
    assert refused.value.status == 409
    recording(server, room, "started")
    time.sleep(6)
    assert len(session(server, room)["participants"]) == len(people), "the composer is seen"
    assert text(server, "POST", "/v2/recordings/end", {"roomId": room}) == "Recording ended successfully"
    file = recording(server, room, "stopped")["file"]

    path = fetch(server, file["fileUrl"], tmp_path / "recording.mp4")
    streams, duration = probe(path)
    assert errors(path) == ""
    assert (streams["video"]["width"], streams["video"]["height"]) == (1280, 720)
    assert file["meta"]["resolution"] == {"width": 1280, "height": 720}
    assert 4 < duration < 12 and abs(file["meta"]["duration"] - duration) < 1
    assert len(flashes(path)) >= 3
    types = [each for each in event_types(server, room) if each.startswith("recording")]
    assert types == ["recording-starting", "recording-started", "recording-stopping", "recording-stopped"]
    eventually(lambda: not composers(server), "the end of the composer")


def test_a_recording_goes_on_in_the_same_file_after_its_composer_was_killed(server, room, tmp_path):
    text(server, "POST", "/v2/recordings/start", {"roomId": room})
    recording(server, room, "started")
    time.sleep(4)
    [first] = composers(server)
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    eventually(lambda: [pid for pid in composers(server) if pid != first], "another composer", every=0.05)
    assert time.monotonic() - killed < 2
    time.sleep(5)
    text(server, "POST", "/v2/recordings/end", {"roomId": room})
    file = recording(server, room, "stopped")["file"]

    path = fetch(server, file["fileUrl"], tmp_path / "recording.mp4")
    assert errors(path) == ""
    assert probe(path)[1] > 7
    assert event_types(server, room).count("composer-restarted") == 1


def test_a_layout_that_is_published_is_drawn_from_then_on(server, room, tmp_path):
    async def change():
        host = Signalling(server.url)
        await host.open()
        await host.join(room, "Host", mode="SIGNALLING_ONLY")
        layout = {"type": "SPOTLIGHT", "priority": "PIN"}
        await host.request("publish", topic="RECORDING_LAYOUT", message=json.dumps(layout))
        await host.close()

    text(server, "POST", "/v2/recordings/start", {"roomId": room})
    recording(server, room, "started")
    time.sleep(4)
    asyncio.run(change())
    time.sleep(4)
    text(server, "POST", "/v2/recordings/end", {"roomId": room})
    path = fetch(server, recording(server, room, "stopped")["file"]["fileUrl"], tmp_path / "recording.mp4")

    assert errors(path) == ""
    # The grid has the red picture in its middle; nobody is pinned, so the spotlight is on nobody.
    red = [middle[0] > 120 for _, middle in pictures(path)]
    changes = [index for index in range(1, len(red)) if red[index] != red[index - 1]]
    assert red[60] and not red[-30], changes
    assert len(changes) <= 2, "the picture changed there and back"
    assert "output-layout-changed" in event_types(server, room)


def test_the_end_of_the_session_ends_its_recording(server, room):
    text(server, "POST", "/v2/recordings/start", {"roomId": room})
    recording(server, room, "started")
    time.sleep(3)
    server.rest("POST", "/v2/sessions/end", {"roomId": room})
    assert recording(server, room, "stopped")["file"]["size"] > 10_000


def test_hls_is_playable_and_every_segment_that_is_listed_is_there(server, room):
    hls = server.rest("POST", "/v2/hls/start", {"roomId": room, "config": {"quality": "low"}})
    eventually(
        lambda: server.rest("GET", f"/v2/hls/{room}/active")["data"]["status"] == "playable", "playable HLS",
        seconds=30)
    base = f"{server.url}/hls/{hls['id']}/"

    def get(path):
        with urllib.request.urlopen(base + path, timeout=30) as answer:
            return answer.read()

    master = get("index.m3u8").decode()
    playlists = [line for line in master.splitlines() if line and not line.startswith("#")]
    seen = 0
    for playlist in playlists:
        folder = playlist.rsplit("/", 1)[0] + "/" if "/" in playlist else ""
        if not playlist.split("?")[0].endswith(".m3u8"):
            continue
        for line in get(playlist).decode().splitlines():
            if line and not line.startswith("#"):
                assert get(folder + line)
                seen += 1
    assert seen > 0, master
    assert text(server, "POST", "/v2/hls/stop", {"roomId": room}) == "HLS ended successfully"
    eventually(lambda: server.rest("GET", f"/v2/hls/{hls['id']}")["status"] == "stopped", "its end", seconds=30)
    assert subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", base + "index.m3u8"],
        capture_output=True, text=True).stdout.strip() not in ("", "N/A")
