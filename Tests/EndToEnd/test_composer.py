"""Recordings and broadcasts, made by a real composer of what real participants send."""

import statistics
import subprocess
import time

import pytest

from support.composer import Composer
from support.paths import BINARY
from support.recorded import COLOUR, HERTZ, beeps, errors, flashes, loudness, picture_times, pictures, probe, write_clip
from support.recordings import decode, skews
from support.server import token
from support.waiting import eventually


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def publish(server, clip):
    """Lets participants of a room send a clip until the test ends; returns the first one's id."""
    running = []

    def publish(room, count=1, files=clip, skew=0.0):
        picture, tone = files
        running.append(subprocess.Popen([
            str(BINARY), "load", "--server", server.url, "--token", token(), "--room", room,
            "--publishers", str(count), "--duration", "60", "--video", str(picture), "--audio", str(tone),
            f"--clock-skew={skew}", "--json"], stdout=subprocess.DEVNULL))

        def participants():
            sessions = server.rest("GET", f"/v2/sessions/?roomId={room}")["data"]
            return [each["participantId"] for each in sessions[0]["participants"]] if sessions else []

        return eventually(participants, "somebody is in the room", 15)[0]

    yield publish
    for process in running:
        process.terminate()
        process.wait(10)


def assert_in_sync(path, least=3, apart=0.1):
    """Each flash has its beep within `apart` seconds."""
    seen, heard = flashes(path), beeps(path)
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
    person = publish(room)
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, {"participantRecording": {"participantID": person, "format": "webm"}})
        composer.start("b" * 24, {"trackRecording": {"participantID": person, "kind": "audio", "format": "webm"}})
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
    assert_in_sync(files["a"]["path"])
    times = picture_times(files["a"]["path"])
    assert all(0.02 < after - before < 0.05 for before, after in zip(times, times[1:])), times
    assert list(probe(files["b"]["path"])[0]) == ["audio"]
    assert len(beeps(files["b"]["path"])) >= 4


# What a participant sends, and what becomes of a recording of it that was asked for as WebM, which has no H.264.
CODECS = {
    "vp9": ("libvpx-vp9", "clip.ivf", "webm"),
    "av1": ("libaom-av1", "clip.ivf", "webm"),
    "h264": ("libx264", "clip.h264", "mp4"),
}


@pytest.mark.parametrize("codec", CODECS)
def test_each_codec_is_recorded_as_it_came_and_its_file_says_what_it_is(server, publish, codec, tmp_path):
    encoder, name, container = CODECS[codec]
    room = server.create_room()
    person = publish(room, files=write_clip(tmp_path, codec=encoder, name=name))
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, {"participantRecording": {"participantID": person, "format": "webm"}})
        composer.start(
            "b" * 24, {"trackRecording": {"participantID": person, "kind": "video", "format": "webm"}},
            maximum_seconds=4)
        # The second ends by itself.
        [short] = composer.wait("stopped", "b" * 24, seconds=25)["files"]
        time.sleep(3)
        composer.send("stop", outputID="a" * 24)
        [whole] = composer.wait("stopped", "a" * 24)["files"]

    for file in (whole, short):
        streams, duration = probe(file["path"])
        assert errors(file["path"]) == ""
        assert streams["video"]["codec_name"] == codec
        assert (streams["video"]["width"], streams["video"]["height"]) == (320, 180)
        assert file["format"] == container and file["path"].endswith(f"/recording.{container}")
        assert abs(duration - file["durationMilliseconds"] / 1000) < 0.2
    assert "audio" not in probe(short["path"])[0] and 3.5 < probe(short["path"])[1] < 5.5
    assert probe(whole["path"])[0]["audio"]["codec_name"] == "opus" and probe(whole["path"])[1] > 5
    assert_in_sync(whole["path"])


@pytest.mark.parametrize("skew", [0.01, -0.01])
def test_a_participant_whose_clocks_are_wrong_stays_in_sync(server, publish, skew, tmp_path):
    room = server.create_room()
    publish(room, files=write_clip(tmp_path, seconds=60), skew=skew)
    with Composer(server, room, tmp_path / "outputs") as composer:
        composer.wait("ready")
        composer.start("a" * 24, {"recording": {"format": "mp4", "audioOnly": False}}, composition={})
        time.sleep(35)
        composer.send("stop", outputID="a" * 24)
        [file] = composer.wait("stopped", "a" * 24)["files"]

    content = decode(file["path"])
    pairs = [(moment, skew) for moment, skew in skews(content, hertz=HERTZ) if moment > 3]
    first, last = median_skew(pairs[:10]), median_skew(pairs[-10:])
    assert len(pairs) > 25 and abs(first) <= 0.04 and abs(last) <= 0.04 and abs(last - first) <= 0.04, pairs
    # What it calls a second is shorter, or longer, than ours.
    length = (pairs[-1][0] - pairs[0][0]) / (len(pairs) - 1)
    assert abs(length * (1 + skew) - 1) < 0.003, length


def median_skew(pairs):
    return statistics.median(skew for _, skew in pairs)


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
