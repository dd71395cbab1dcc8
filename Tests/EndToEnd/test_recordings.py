"""Rooms of real browsers, recorded: who is in the file, from when on, and what kills do to it."""

import os
import signal
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from support.calls import ANN, BOB, enter, everyone_meets, events, join, load_sdk
from support.recordings import atoms, decode, download, skews
from support.server import Server, token
from support.waiting import eventually


def start(server, room, **body):
    server.text("POST", "/v2/recordings/start", {"roomId": room, **body})


def stop(server, room):
    server.text("POST", "/v2/recordings/end", {"roomId": room})


def recordings(server, room):
    return server.rest("GET", f"/v2/recordings?roomId={room}")["data"]


def statuses(person):
    return [event["status"] for event in events(person, "recording-state-changed")]


def watch(person):
    person.evaluate(
        "() => call.meeting.on('recording-state-changed',"
        " (state) => call.events.push({name: 'recording-state-changed', detail: state}))")


def finished(server, room, seconds=15):
    """The room's only recording, once its file is there."""

    def done():
        found = recordings(server, room)
        return found[0] if len(found) == 1 and (found[0].get("file") or {}).get("fileUrl") else None

    return eventually(done, "the recording is finished", seconds)


def composers(server):
    """The pids of the server's composers."""
    found = []
    for pid in server.process_tree():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"compose" in words[1:2]:
            found.append(pid)
    return found


def test_a_meeting_of_two_is_in_the_file(server, pages, open_chromium, tmp_path):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room, participantId="ann")
    watch(ann)
    enter(bob, pages, server.url, room, participantId="bob")
    everyone_meets([ann, bob])

    start(server, room)
    eventually(lambda: statuses(ann)[-1:] == ["RECORDING_STARTED"], "it is being recorded", 5)
    assert {each["id"] for each in ann.evaluate("() => call.others()")} == {"bob"}, "nobody sees the recorder"
    session = server.sessions(room)[0]
    assert {each["participantId"] for each in session["participants"]} == {"ann", "bob"}
    time.sleep(8)  # not a wait for something: so long is recorded
    began = time.monotonic()
    stop(server, room)
    found = finished(server, room)
    assert time.monotonic() - began < 5
    assert statuses(ann) == [
        "RECORDING_STARTING", "RECORDING_STARTED", "RECORDING_STOPPING", "RECORDING_STOPPED"]
    assert composers(server) == [], "nothing is left running"

    meta = found["file"]["meta"]
    assert meta["resolution"] == {"width": 1280, "height": 720} and meta["format"] == "mp4"
    path = download(found["file"]["fileUrl"], tmp_path / "recording.mp4")
    assert path.stat().st_size == found["file"]["size"]
    names = atoms(path)
    assert names.index("moov") < names.index("mdat"), names
    content = decode(path)
    assert (content.width, content.height, content.channels) == (1280, 720, 2)
    assert content.codecs == ("aac", "h264")
    assert 7.5 <= content.seconds <= 11
    assert abs(meta["duration"] - content.seconds) < 0.3
    assert content.seen(1, content.seconds - 0.5) == {"Ann", "Bob"}
    assert content.heard(1, content.seconds - 0.5) == {"Ann", "Bob"}
    assert content.longest_gap() < 0.2


def test_who_comes_and_goes_is_seen_and_heard_meanwhile_only(server, pages, open_chromium, tmp_path):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room)
    load_sdk(bob, pages, server.url)
    start(server, room)
    time.sleep(4)
    join(bob, room)
    everyone_meets([ann, bob])
    time.sleep(4)
    bob.evaluate("() => call.meeting.leave()")
    time.sleep(4)
    stop(server, room)
    content = decode(download(finished(server, room)["file"]["fileUrl"], tmp_path / "recording.mp4"))
    assert content.seen(1, 2.5) == {"Ann"} and content.heard(1, 2.5) == {"Ann"}
    middle = content.seconds - 6
    assert content.seen(middle - 1, middle + 1) == {"Ann", "Bob"}
    assert content.heard(middle - 1, middle + 1) == {"Ann", "Bob"}
    assert content.seen(content.seconds - 2, content.seconds) == {"Ann"}
    assert content.heard(content.seconds - 2, content.seconds) == {"Ann"}


@pytest.mark.parametrize("victim", ["composer", "shard"])
def test_a_kill_costs_a_second_of_the_recording_at_most(server, pages, open_chromium, tmp_path, victim):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)
    watch(ann)
    start(server, room)
    eventually(lambda: statuses(ann)[-1:] == ["RECORDING_STARTED"], "it is being recorded", 5)
    began = time.monotonic()
    time.sleep(4)
    if victim == "composer":
        os.kill(composers(server)[0], signal.SIGKILL)
    else:
        for pid in server.shard_by_port().values():
            os.kill(pid, signal.SIGKILL)
    time.sleep(8)
    assert statuses(ann)[-1] == "RECORDING_STARTED", "nobody hears of it"
    recorded = time.monotonic() - began
    stop(server, room)
    found = finished(server, room)
    content = decode(download(found["file"]["fileUrl"], tmp_path / "recording.mp4"))
    assert recorded - 1.5 <= content.seconds <= recorded + 2, "one file, as long as the recording"
    assert content.heard(0.5, 3) == {"Ann"} and content.heard(content.seconds - 3, content.seconds) == {"Ann"}
    assert content.seen(0.5, 3) == {"Ann"} and content.seen(content.seconds - 3, content.seconds) == {"Ann"}


def test_the_server_is_killed_and_the_recording_is_there_afterwards(server, pages, open_chromium, tmp_path):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)
    start(server, room)
    eventually(lambda: composers(server), "a composer runs", 5)
    time.sleep(5)
    server.kill()
    server.start()
    found = finished(server, room, 60)
    content = decode(download(found["file"]["fileUrl"], tmp_path / "recording.mp4"))
    assert content.seconds >= 3
    assert content.seen(1, 3) == {"Ann"} and content.heard(1, 3) == {"Ann"}


# Between picture and sound of one person, in seconds; in the middle of all flashes.
MOST_SKEW = 0.040


def test_pictures_and_sound_stay_together_also_over_a_new_connection(server, pages, open_chromium, tmp_path):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(bob, pages, server.url, room, own=None)  # stays, so that the session does
    enter(ann, pages, server.url, room, own="flash", participantId="ann")
    start(server, room)
    time.sleep(10)
    # The page is left without a word, and comes again as the same participant.
    enter(ann, pages, server.url, room, own="flash", participantId="ann")
    time.sleep(10)
    stop(server, room)
    content = decode(download(finished(server, room)["file"]["fileUrl"], tmp_path / "recording.mp4"))
    pairs = skews(content)
    early = [skew for moment, skew in pairs if 2 < moment < 9]
    late = [skew for moment, skew in pairs if moment > content.seconds - 6]
    assert len(early) >= 5 and len(late) >= 4, pairs
    for name, part in (("at first", early), ("after the reconnect", late)):
        middle = sorted(part)[len(part) // 2]
        assert abs(middle) <= MOST_SKEW, f"{name}: {1000 * middle:.0f} ms; {pairs}"


def test_a_recording_can_be_sound_alone_and_can_be_deleted(server, pages, open_chromium, tmp_path):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)
    start(server, room, config={"mode": "audio"})
    time.sleep(4)
    stop(server, room)
    found = finished(server, room)
    content = decode(download(found["file"]["fileUrl"], tmp_path / "recording.mp4"))
    assert content.codecs == ("aac",) and content.heard(1, 3) == {"Ann"} and not content.pictures
    server.text("DELETE", f"/v2/recordings/{found['id']}")
    assert recordings(server, room) == []


def test_a_server_with_tls_records_as_well(pages, open_chromium, tmp_path, monkeypatch):
    monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate,
         "-subj", "/CN=meet.example.org"], check=True, capture_output=True)
    key.chmod(0o600)
    server = Server(tmp_path / "stoa", options=["--tls-cert", str(certificate), "--tls-key", str(key)]).start()
    try:
        room = server.create_room()
        ann = open_chromium(ANN)
        enter(ann, pages, server.url, room)
        start(server, room)
        time.sleep(5)
        stop(server, room)
        url = finished(server, room)["file"]["fileUrl"]
        content = decode(download(url, tmp_path / "recording.mp4"))
        assert content.seen(1, 3) == {"Ann"} and content.heard(1, 3) == {"Ann"}
    finally:
        server.stop()


def test_who_may_not_moderate_may_not_record(server):
    room = server.create_room()
    guest = token(("allow_join",))
    with pytest.raises(Exception, match="403|401"):
        server.text("POST", "/v2/recordings/start", {"roomId": room}, guest)
    with pytest.raises(Exception, match="400|404"):
        server.text("POST", "/v2/recordings/start", {"roomId": room})  # nobody is there
