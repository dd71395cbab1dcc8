"""Recordings and broadcasts, made by a real composer of what real participants send."""

import subprocess
import time

import pytest

from support.composer import Composer
from support.paths import BINARY
from support.recorded import COLOUR, beeps, errors, flashes, loudness, pictures, probe, write_clip
from support.server import token


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def publish(server, clip):
    """Lets participants of a room send the clip until the test ends."""
    running = []

    def publish(room, count=1):
        picture, tone = clip
        running.append(subprocess.Popen([
            str(BINARY), "load", "--server", server.url, "--token", token(), "--room", room,
            "--publishers", str(count), "--duration", "50", "--video", str(picture), "--audio", str(tone),
            "--json"], stdout=subprocess.DEVNULL))

    yield publish
    for process in running:
        process.terminate()
        process.wait(10)


def assert_in_sync(path, least=3, apart=0.1, after=0.0):
    """Each flash later than `after` has its beep within `apart` seconds."""
    seen, heard = flashes(path), beeps(path)
    seen = [flash for flash in seen if flash > after]
    assert len(seen) >= least and len(heard) >= least, (seen, heard)
    pairs = [(flash, min(heard, key=lambda beep: abs(beep - flash))) for flash in seen[1:-1]]
    assert all(abs(flash - beep) <= apart for flash, beep in pairs), pairs


def test_a_room_becomes_an_mp4_with_its_pictures_and_sound_in_sync(server, publish, tmp_path):
    room = server.create_room()
    publish(room)
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, {"recording": {"format": "mp4", "audioOnly": False}}, composition={})
        composer.wait("started", "a" * 24)
        time.sleep(9)
        composer.send("stop", outputID="a" * 24)
        [file] = composer.wait("stopped", "a" * 24)["files"]

    streams, duration = probe(file["path"])
    assert errors(file["path"]) == ""
    assert streams["video"]["codec_name"] == "h264" and streams["audio"]["codec_name"] == "aac"
    assert (streams["video"]["width"], streams["video"]["height"]) == (854, 480)
    assert (file["width"], file["height"], file["format"]) == (854, 480, "mp4")
    assert 7 < duration < 12
    red = [rgb for _, rgb in pictures(file["path"]) if all(abs(a - b) < 40 for a, b in zip(rgb, COLOUR))]
    assert len(red) > 100
    assert_in_sync(file["path"])


def test_several_outputs_share_one_composition_and_end_one_by_one(server, publish, tmp_path):
    room = server.create_room()
    publish(room)
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, {"recording": {"format": "mp4", "audioOnly": False}}, composition={})
        composer.start("b" * 24, {"recording": {"format": "mp4", "audioOnly": True}}, composition={})
        composer.wait("started", "b" * 24)
        time.sleep(4)
        composer.start("c" * 24, {"recording": {"format": "mp4", "audioOnly": False}}, composition={})
        time.sleep(4)
        files = {}
        for output in "abc":
            composer.send("stop", outputID=output * 24)
            [files[output]] = composer.wait("stopped", output * 24)["files"]

    for output, file in files.items():
        assert errors(file["path"]) == "", output
    assert "video" not in probe(files["b"]["path"])[0]
    assert len(beeps(files["b"]["path"])) >= 6
    first, second = probe(files["a"]["path"])[1], probe(files["c"]["path"])[1]
    assert first - second > 3
    assert_in_sync(files["c"]["path"], least=2)


def test_a_participant_is_recorded_as_it_came(server, publish, tmp_path):
    room = server.create_room()
    publish(room)
    person = []

    def is_there():
        sessions = server.rest("GET", f"/v2/sessions/?roomId={room}")["data"]
        person[:] = [each["participantId"] for each in sessions[0]["participants"]] if sessions else []
        return bool(person)

    limit = time.monotonic() + 10
    while not is_there() and time.monotonic() < limit:
        time.sleep(0.2)
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, {"participantRecording": {"participantID": person[0], "format": "webm"}})
        composer.start("b" * 24, {"trackRecording": {"participantID": person[0], "kind": "audio", "format": "webm"}})
        composer.wait("started", "a" * 24)
        composer.wait("started", "b" * 24)
        time.sleep(7)
        files = {}
        for output in "ab":
            composer.send("stop", outputID=output * 24)
            [files[output]] = composer.wait("stopped", output * 24)["files"]

    streams, duration = probe(files["a"]["path"])
    assert errors(files["a"]["path"]) == "" and errors(files["b"]["path"]) == ""
    assert streams["video"]["codec_name"] == "vp8" and streams["audio"]["codec_name"] == "opus"
    assert 5 < duration < 10
    # Not from the first second on: until the server shows it the largest layer, pictures are missing.
    assert_in_sync(files["a"]["path"], least=2, after=4)
    assert list(probe(files["b"]["path"])[0]) == ["audio"]
    assert len(beeps(files["b"]["path"])) >= 4


def test_when_the_server_goes_the_recording_is_whole(server, publish, tmp_path):
    room = server.create_room()
    publish(room)
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        folder = composer.start(
            "a" * 24, {"recording": {"format": "mp4", "audioOnly": False}}, composition={})
        composer.wait("started", "a" * 24)
        time.sleep(4)

    assert composer.process.returncode == 0
    assert errors(folder / "recording.mp4") == ""
    assert probe(folder / "recording.mp4")[1] > 3


def test_a_recording_goes_on_in_the_same_file_after_its_composer_was_killed(server, publish, tmp_path):
    room = server.create_room()
    publish(room)
    recording = {"recording": {"format": "mp4", "audioOnly": False}}
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, recording, composition={})
        composer.wait("started", "a" * 24)
        time.sleep(4)
        composer.process.kill()
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, recording, composition={}, attempt=1)
        composer.wait("started", "a" * 24)
        time.sleep(4)
        composer.send("stop", outputID="a" * 24)
        [file] = composer.wait("stopped", "a" * 24)["files"]

    assert errors(file["path"]) == ""
    assert probe(file["path"])[1] > 6.5
    assert len(flashes(file["path"])) >= 6
    assert_in_sync(file["path"])


def test_two_sides_become_left_and_right_without_a_room(server, tmp_path):
    sides = []
    for name, hertz in (("left", 440), ("right", 1000)):
        sides.append(tmp_path / f"{name}.m4a")
        subprocess.run([
            "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", f"sine={hertz}:d=2", "-c:a", "aac",
            str(sides[-1])], check=True)
    left, right = ([{"path": str(path), "offsetMilliseconds": 0}] for path in sides)
    with Composer(server, "none", tmp_path / "outputs") as composer:
        folder = composer.folder / ("a" * 24)
        folder.mkdir()
        composer.send("finish", {
            "id": "a" * 24, "attempt": 0, "kind": {"merge": {"left": left, "right": right}},
            "folder": str(folder), "limits": {"maximumSeconds": 3600, "maximumBytes": 1 << 30}})
        [file] = composer.wait("stopped", "a" * 24)["files"]

    for channel, hertz, other in ((0, 440, 1000), (1, 1000, 440)):
        alone = tmp_path / f"{channel}.wav"
        subprocess.run([
            "ffmpeg", "-nostdin", "-v", "error", "-i", file["path"], "-af", f"pan=mono|c0=c{channel}",
            str(alone)], check=True)
        middle = {tone: loudness(alone, tone)[100][1] for tone in (hertz, other)}
        assert middle[hertz] > 0.05 and middle[other] < middle[hertz] / 5, middle
