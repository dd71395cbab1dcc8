"""Recordings and HLS as an application asks for them: REST, a real composer process, files and playlists."""

import array
import functools
import http.server
import json
import math
import os
import signal
import subprocess
import threading
import time
import urllib.request

import pytest

from support.paths import BINARY
from support.peer import PeerThread
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
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()  # whose server was killed
        process.wait()


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
    thread = PeerThread()
    thread.run(change())
    thread.stop()
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


def hls(server, room, state="playable"):
    """The HLS of the room, begun and in this state."""
    begun = server.rest("POST", "/v2/hls/start", {"roomId": room, "config": {"quality": "low"}})
    path = f"/v2/hls/{begun['id']}"
    return eventually(
        lambda: (lambda it: it if it["status"] == state else None)(server.rest("GET", path)), f"{state} HLS",
        seconds=40)


def middle(path):
    """The colour in the middle of a picture."""
    raw = subprocess.run([
        "ffmpeg", "-v", "error", "-i", str(path), "-vf", "crop=iw/8:ih/8,scale=1:1:flags=area", "-pix_fmt", "rgb24",
        "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
    return tuple(raw[:3])


def is_clip(rgb):
    """Red, or white while it flashes."""
    return rgb[0] > 140 and (max(rgb[1:]) < 110 or min(rgb) > 150)


def test_a_picture_of_the_broadcast_is_taken_now_and_of_any_time(server, room, tmp_path):
    with pytest.raises(APIError) as refused:
        server.rest("POST", "/v2/hls/capture", {"roomId": room})
    assert refused.value.status == 404 and "/v2/hls/start" in str(refused.value)
    broadcast = hls(server, room)

    def capture(**wanted):
        answer = server.rest("POST", "/v2/hls/capture", {"roomId": room, **wanted})
        assert answer["message"] == "captured thumbnail successfully" and answer["roomId"] == room
        path = tmp_path / answer["fileName"]
        at = answer["filePath"].split("/hls/", 1)[1]
        with urllib.request.urlopen(f"{server.url}/hls/{at}", timeout=30) as file:
            path.write_bytes(file.read())
            kind = file.headers["content-type"]
        assert path.stat().st_size == answer["fileSize"]
        return path, answer["meta"], kind

    path, meta, kind = capture()
    assert (meta["width"], meta["height"], meta["format"], kind) == (854, 480, "jpg", "image/jpeg")
    assert probe_picture(path) == ("mjpeg", 854, 480) and is_clip(middle(path)), middle(path)
    path, meta, kind = capture(format="png", width=320, height=180)
    assert probe_picture(path) == ("png", 320, 180) and kind == "image/png"
    path, meta, kind = capture(format="webp", time=1, width=427)
    assert probe_picture(path) == ("webp", 427, 240) and kind == "image/webp"
    assert meta["height"] == 240

    # The flash is found at its time: what players show then is what is taken.
    eventually(lambda: text_of(server, broadcast, "480p/index.m3u8").count("#EXTINF") >= 3, "six seconds", seconds=30)
    stream = tmp_path / "stream.mp4"
    subprocess.run([
        "ffmpeg", "-v", "error", "-live_start_index", "0", "-i", f"{server.url}/hls/{broadcast['id']}/480p/index.m3u8",
        "-t", "5", "-c", "copy", str(stream)], check=True)
    flash = next(each for each in flashes(stream) if each > 1.5)
    lit, dark = capture(time=flash + 0.06)[0], capture(time=flash - 0.2)[0]
    assert min(middle(lit)) > 150, middle(lit)
    assert middle(dark)[0] > 140 and max(middle(dark)[1:]) < 110, middle(dark)

    for wrong in ({"time": 9_999}, {"time": -1}, {"width": 5}, {"format": "gif"}):
        with pytest.raises(APIError) as refused:
            server.rest("POST", "/v2/hls/capture", {"roomId": room, **wrong})
        assert refused.value.status == 400, wrong
        if wrong.get("time") == 9_999:
            assert "from 0 to" in str(refused.value)
    text(server, "POST", "/v2/hls/stop", {"roomId": room})
    eventually(lambda: server.rest("GET", f"/v2/hls/{broadcast['id']}")["status"] == "stopped", "its end", seconds=30)
    with urllib.request.urlopen(f"{server.url}/hls/{broadcast['id']}/captures/{lit.name}", timeout=30) as file:
        assert file.read() == lit.read_bytes(), "pictures stay with the stream"


def text_of(server, broadcast, path):
    with urllib.request.urlopen(f"{server.url}/hls/{broadcast['id']}/{path}", timeout=30) as answer:
        return answer.read().decode()


def probe_picture(path):
    said = json.loads(subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)], check=True, capture_output=True).stdout)
    stream = said["streams"][0]
    return stream["codec_name"], stream["width"], stream["height"]


def channels(path):
    """How strong the clip's tone is in each tenth of a second, left and right."""
    raw = array.array("f", subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-vn", "-ar", "48000", "-f", "f32le", "-"], check=True,
        capture_output=True).stdout)

    def strength(samples):
        sine = sum(value * math.sin(2 * math.pi * 440 * index / 48_000) for index, value in enumerate(samples))
        cosine = sum(value * math.cos(2 * math.pi * 440 * index / 48_000) for index, value in enumerate(samples))
        return 2 * math.hypot(sine, cosine) / len(samples)

    return [[strength(raw[start + side:start + 9_600:2]) for start in range(0, len(raw) - 9_600, 9_600)]
            for side in (0, 1)]


def merged(server, merge):
    path = f"/v2/recordings/participant/merge/{merge['id']}"

    def found():
        it = server.rest("GET", path)
        assert it["status"] != "failed", it
        return it if it["status"] == "stopped" else None

    return eventually(found, "a merge", seconds=30)


@pytest.mark.parametrize("victim", [None, "composer", "server"])
def test_recordings_of_participants_become_left_and_right_of_one_file(server, room, tmp_path, victim):
    there = session(server, room)
    person = there["participants"][0]["participantId"]
    who = {"roomId": room, "participantId": person}
    text(server, "POST", "/v2/recordings/participant/start", who)
    text(server, "POST", "/v2/recordings/participant/track/start", {**who, "kind": "video"})

    def recordings():
        return server.rest("GET", f"/v2/recordings/participant?sessionId={there['id']}")["data"]

    eventually(lambda: recordings()[0]["status"] == "started", "a recording", seconds=30)
    body = {"sessionId": there["id"], "channel1": [{"participantId": person}], "channel2": [{"participantId": person}]}
    with pytest.raises(APIError) as refused:
        server.rest("POST", "/v2/recordings/participant/merge", body)
    assert refused.value.status == 409 and "stop it" in str(refused.value)
    with pytest.raises(APIError) as refused:
        server.rest("POST", "/v2/recordings/participant/merge", {**body, "channel1": [{"participantId": "nobody"}]})
    assert refused.value.status == 404 and "nobody" in str(refused.value)
    time.sleep(6)
    text(server, "POST", "/v2/recordings/participant/stop", who)
    eventually(lambda: recordings()[0]["status"] == "stopped", "its end", seconds=30)
    with pytest.raises(APIError) as refused:
        server.rest("POST", "/v2/recordings/participant/merge", {**body, "type": "track"})
    assert refused.value.status == 404, "a track of video has no sound"

    before = composers(server)
    answer = server.rest("POST", "/v2/recordings/participant/merge", body)
    merge = answer["recording"]
    assert merge["sessionId"] == there["id"] and merge["meetingId"] == room and answer["message"]
    assert merge["channel1"] == [
        {"participantId": person, "recordingId": recordings()[0]["id"], "type": "participant"}]
    if victim == "composer":
        for pid in composers(server):
            if pid not in before:
                os.kill(pid, signal.SIGKILL)
    if victim == "server":
        server.process.kill()
        server.process.wait(10)
        server.start()
    found = merged(server, merge)
    if victim is None:
        assert composers(server) == before, "the room's own composer goes on, the merge's is gone"
        types = event_types(server, room)
        assert [each for each in types if each.startswith("merge")] == ["merge-starting", "merge-stopped"]
        listed = server.rest("GET", f"/v2/recordings/participant/merge?sessionId={there['id']}")["data"]
        assert [each["id"] for each in listed] == [merge["id"]]
    path = fetch(server, found["file"]["fileUrl"], tmp_path / "merged.mp4")
    assert errors(path) == ""
    streams, duration = probe(path)
    assert set(streams) == {"audio"} and streams["audio"]["channels"] == 2 and duration > 4
    left, right = channels(path)
    assert max(left) > 0.05 and max(right) > 0.05
    assert all(abs(a - b) < 0.05 for a, b in zip(left, right)), "one recording on both sides"


@pytest.fixture
def gallery(tmp_path):
    """A web server with a blue logo."""
    folder = tmp_path / "gallery"
    folder.mkdir()
    subprocess.run([
        "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "color=0x2030e0:s=60x30", "-frames:v", "1",
        str(folder / "logo.png")], check=True)
    (folder / "large.png").write_bytes((folder / "logo.png").read_bytes() + bytes(6 << 20))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_port}"
    web.shutdown()


def corner(path, x, y, size=8):
    """The colour at a place of a file's picture of its third second."""
    raw = subprocess.run([
        "ffmpeg", "-v", "error", "-ss", "2", "-i", str(path), "-frames:v", "1", "-vf",
        f"crop={size}:{size}:{x}:{y},scale=1:1:flags=area", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"], check=True,
        capture_output=True).stdout
    return tuple(raw[:3])


def test_a_logo_a_background_and_watermarks_are_in_the_picture(server, room, gallery, tmp_path):
    for wrong, word in ((f"{gallery}/none.png", "404"), (f"{gallery}/large.png", "5 MB"), (f"{gallery}/", "PNG")):
        with pytest.raises(APIError) as refused:
            server.rest("POST", "/v2/recordings/start", {"roomId": room, "config": {"logo": {"url": wrong}}})
        assert refused.value.status == 400 and word in str(refused.value), wrong
        assert "config.logo.url" in str(refused.value)
    config = {"logo": {"url": f"{gallery}/logo.png"}, "background": {"color": "#00a000"}}
    text(server, "POST", "/v2/recordings/start", {"roomId": room, "config": config})
    person = session(server, room)["participants"][0]["participantId"]
    text(server, "POST", "/v2/recordings/composite/start", {
        "roomId": room, "participants": [{"participantId": person}],
        "watermarks": [{"type": "custom", "imageUrl": f"{gallery}/logo.png", "text": "ACME"}]})
    recording(server, room, "started")

    def composite():
        return server.rest("GET", f"/v2/recordings/composite?roomId={room}")["data"][0]

    eventually(lambda: composite()["status"] == "started", "a composite recording", seconds=30)
    time.sleep(5)
    text(server, "POST", "/v2/recordings/end", {"roomId": room})
    text(server, "POST", "/v2/recordings/composite/stop", {"roomId": room})
    path = fetch(server, recording(server, room, "stopped")["file"]["fileUrl"], tmp_path / "recording.mp4")
    blue = corner(path, 1190, 52)
    assert blue[2] > 170 and max(blue[:2]) < 90, blue
    green = corner(path, 0, 0, 4)
    assert green[1] > 120 and max(green[0], green[2]) < 60, green
    eventually(lambda: composite()["status"] == "stopped", "its end", seconds=30)
    path = fetch(server, composite()["file"]["fileUrl"], tmp_path / "composite.mp4")
    # Picture and text in the lower right corner: somewhere blue, and white to the right of it.
    seen = [corner(path, x, 720 - 26 - 34, 6) for x in range(960, 1250, 6)]
    assert any(rgb[2] > 150 and max(rgb[:2]) < 110 for rgb in seen), seen
    assert any(min(rgb) > 130 for rgb in seen), seen
    kept = list((server.folder / "data" / "images").iterdir())
    assert len(kept) == 1, "one content, one file"
