"""Recordings in somebody's storage: ones that check signatures, failures on the way, and the file at the end."""

import hashlib
import http.client
import re
import subprocess
import time
import urllib.request

import pytest

from support import stores
from support.counted import Bot, present, write_clip
from support.recorded import errors, probe
from support.waiting import eventually
from test_outputs import clip, recording, room, text  # noqa: F401  (fixtures)


@pytest.fixture
def bucket():
    """A bucket of a store that knows one access key and checks its signatures."""
    try:
        store = stores.S3()
    except FileNotFoundError as absent:
        pytest.skip(str(absent))
    yield store
    store.close()


@pytest.fixture(params=[stores.Azure, stores.Puts], ids=["azure", "put"])
def other(request):
    """A storage that is not S3."""
    store = request.param()
    yield store
    store.close()


def record(server, room, seconds=4, **body):
    text(server, "POST", "/v2/recordings/start", {"roomId": room, **body})
    recording(server, room, "started")
    time.sleep(seconds)
    text(server, "POST", "/v2/recordings/end", {"roomId": room})
    return recording(server, room, "stopped")


def stored(server, id, state, listing="/v2/recordings"):
    def found():
        resource = server.rest("GET", f"{listing}/{id}")
        [file] = resource.get("files") or [resource["file"]]
        return file if file["storage"] == state else None

    return eventually(found, f"a file that is {state}", seconds=40)


def test_a_recording_lands_in_the_bucket_through_failures(server, room, bucket, tmp_path):
    bucket.configure(server, tmp_path)
    bucket.front.failures = 1
    made = record(server, room, awsDirPath="team/a")
    file = stored(server, made["id"], "uploaded")

    assert f"/{stores.BUCKET}/team/a/" in file["userStorage"]
    assert len([each for each in bucket.front.seen if each[0] == "PUT"]) >= 2
    local = list((server.folder / "data" / "outputs").rglob("recording.mp4"))
    assert local == [], "the copy here goes when the bucket has it"
    # The address that lists give leads to the bucket, signed for a while. (The store here checks signatures in
    # headers alone; that of the address is checked on Amazon's examples, in S3SignatureTests.)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/v2/" + file["fileUrl"].split("/v2/", 1)[1])
    answer = connection.getresponse()
    assert answer.status == 302
    assert answer.getheader("Location").startswith(file["userStorage"] + "?")
    assert "X-Amz-Signature=" in answer.getheader("Location")
    (tmp_path / "back.mp4").write_bytes(bucket.object(file["userStorage"]))
    assert errors(tmp_path / "back.mp4") == ""
    assert probe(tmp_path / "back.mp4")[1] > 2


def test_a_wrong_secret_keeps_the_file_here(server, room, bucket, tmp_path):
    bucket.configure(server, tmp_path, secret="not-the-secret-of-this-key-at-all-000000")
    made = record(server, room)
    file = stored(server, made["id"], "refused")

    with urllib.request.urlopen(server.url + "/v2/" + file["fileUrl"].split("/v2/", 1)[1], timeout=30) as answer:
        (tmp_path / "kept.mp4").write_bytes(answer.read())
    assert errors(tmp_path / "kept.mp4") == ""
    assert "not-the-secret" not in server.log.read_text()


@pytest.mark.serve("--upload-retry-seconds", "2")
def test_a_large_file_goes_in_parts_and_goes_on_after_failures(server, bucket, tmp_path):
    bucket.configure(server, tmp_path)
    room = server.create_room()
    bot = Bot(server, room, write_clip(tmp_path, bits="6M", noise=200)).wait_until_present()
    who = present(server, room)[0]["participantId"]
    track = {"roomId": room, "participantId": who, "kind": "video"}
    text(server, "POST", "/v2/recordings/participant/track/start", {**track, "fileFormat": "webm"})
    listing = "/v2/recordings/participant/track"
    [made] = server.rest("GET", f"{listing}?roomId={room}")["data"]
    outputs = server.folder / "data" / "outputs"
    eventually(
        lambda: sum(each.stat().st_size for each in outputs.glob(f"*/{made['id']}/part-*")) > 9 << 20, "two parts", 60)
    # The second part fails once, and so does the answer that the parts were put together.
    front = bucket.front
    front.weather = "hang"
    front.loses_answer = lambda method, path: method == "POST" and "uploadId=" in path
    text(server, "POST", "/v2/recordings/participant/track/stop", track)
    eventually(lambda: front.seen, "the upload begins", 30)
    [file] = server.rest("GET", f"{listing}/{made['id']}")["files"]
    local = next(outputs.glob(f"*/{made['id']}/{file['filePath']}"))
    whole = local.read_bytes()
    front.on_request = lambda method, path: setattr(
        front, "failures", "partNumber=2" in path and not any("partNumber=2" in each[1] for each in front.seen))
    front.weather = "good"
    file = stored(server, made["id"], "uploaded", listing)
    bot.stop()

    data = bucket.object(file["userStorage"])
    assert hashlib.sha256(data).digest() == hashlib.sha256(whole).digest()
    assert len(whole) > 8 << 20 and not local.exists()
    fates = [fate for _, path, fate in front.seen if "partNumber=2" in path]
    assert fates[0] == "503" and "good" in fates


def test_azure_and_presigned_addresses_get_the_same_bytes(server, room, other, tmp_path):
    body = {}
    if isinstance(other, stores.Puts):
        body["preSignedUrl"] = other.signed("/a/recording.mp4")
    else:
        other.configure(server, tmp_path)
    other.front.weather = "503"
    made = record(server, room, **body)
    eventually(lambda: other.front.seen, "the upload begins", 30)
    with urllib.request.urlopen(made["file"]["fileUrl"], timeout=30) as answer:
        whole = answer.read()
    other.front.weather = "good"
    file = stored(server, made["id"], "uploaded")

    assert other.object(file["userStorage"]) == whole and len(whole) > 10_000
    assert list((server.folder / "data" / "outputs").rglob("recording.mp4")) == []


def fetch_stream(store, output, name, folder, ends=False):
    """A playlist and all that it names, out of the storage; gives the playlist's path.

    `ends`: media playlists are given an end, or ffmpeg would wait for more.
    """

    def fetch(name):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        data = store.object(store.url(f"hls/{output}/{name}"))
        assert data is not None, f"{name} is listed and not there"
        (folder / name).write_bytes(data)
        return data

    lines = fetch(name).decode().splitlines()
    for line in lines:
        map_uri = re.search('#EXT-X-MAP:URI="(.*)"', line)
        uri = map_uri[1] if map_uri else line
        if uri.startswith("#"):
            continue
        if uri.endswith(".m3u8"):
            fetch_stream(store, output, uri, folder, ends)
        else:
            fetch(f"{name.rsplit('/', 1)[0]}/{uri}")
    if ends and "#EXT-X-TARGETDURATION:2" in lines:
        (folder / name).write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]))
    return folder / name


@pytest.mark.parametrize("kind", [stores.S3, stores.Azure], ids=["s3", "azure"])
def test_a_stream_is_copied_into_the_storage_while_it_runs(server, room, kind, tmp_path):
    try:
        store = kind()
    except FileNotFoundError as absent:
        pytest.skip(str(absent))
    store.configure(server, tmp_path, "--hls")
    output = server.rest("POST", "/v2/hls/start", {"roomId": room})["id"]
    eventually(lambda: store.object(store.url(f"hls/{output}/live.m3u8")), "a playlist in the storage", 30)
    store.front.failures = 3
    time.sleep(8)
    live = fetch_stream(store, output, "live.m3u8", tmp_path / "live", ends=True)
    assert errors(live) == ""
    assert probe(live)[1] > 3
    text(server, "POST", "/v2/hls/end", {"roomId": room})

    def has_ended():
        path = fetch_stream(store, output, "index.m3u8", tmp_path / "whole")
        playlists = [each.read_text() for each in path.parent.glob("*/index.m3u8")]
        return playlists if all("#EXT-X-ENDLIST" in each for each in playlists) else None

    playlists = eventually(has_ended, "the end of the stream in the storage", 30)
    whole = tmp_path / "whole" / "index.m3u8"
    assert errors(whole) == ""
    assert probe(whole)[1] > 8
    assert "#EXT-X-PART" not in "".join(playlists)
    store.close()
