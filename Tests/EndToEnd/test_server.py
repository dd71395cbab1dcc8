"""The program as a black box: what it refuses, what it keeps, and whom it does not answer."""

import contextlib
import http.client
import json
import os
import random
import re
import select
import socket
import subprocess
import threading
import time

import pytest
import websockets.sync.client

from support.paths import BINARY, ROOT
from support.peer import PeerThread
from support.server import APIError, clean_environment, is_alive, token
from support.signalling import Signalling
from support.waiting import eventually

SEED = int(os.environ.get("TEST_SEED", random.randrange(1 << 32)))


def serve(*options, **environment):
    """Exit code and output of `stoa serve` with options that it should refuse."""
    done = subprocess.run(
        [BINARY, "serve", *options], capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL,
        env=clean_environment(**environment))
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("options, environment, named", [
    (["--dev", "--bind", "0.0.0.0"], {}, "dev"),
    (["--api-key", "key"], {"STOA_API_SECRET": "short"}, "secret"),
    (["--api-key", "key"], {}, "secret"),
    (["--dev", "--port", "70000"], {}, "port"),
    (["--dev"], {"STOA_SHARDS": "none"}, "STOA_SHARDS"),
    (["--dev", "--no-such-option"], {}, "no-such-option"),
], ids=["public", "short", "absent", "range", "variable", "option"])
def test_impossible_settings_are_refused_by_name(tmp_path, options, environment, named):
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    code, output = serve(*options, "--data", str(tmp_path / "data"), **environment)

    assert code != 0
    assert named.lower() in output.lower(), output


def test_an_unknown_key_in_the_file_is_refused_by_name(tmp_path):
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    file = tmp_path / "stoa.yaml"
    file.write_text("prot: 8081\n")

    code, output = serve("--dev", "--config", str(file), "--data", str(tmp_path / "data"))

    assert code != 0 and "prot" in output, output


def test_the_reference_of_settings_is_what_the_program_says():
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    printed = subprocess.run([BINARY, "settings"], capture_output=True, text=True, check=True).stdout

    assert (ROOT / "docs" / "config.md").read_text() == printed, "docs/config.md: write `stoa settings` there"


def test_links_in_the_texts_lead_somewhere():
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("Benchmarks/**/*.md")]
    broken = [
        f"{text.relative_to(ROOT)}: {target}" for text in texts
        for target in re.findall(r"\]\(([^)#\s]+)", text.read_text())
        if "://" not in target and not (text.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("method, path, body, status", [
    ("GET", "/no/such/route", None, 404),
    ("GET", "/v2/rooms/none-such-room", None, 404),
    ("DELETE", "/v2/rooms", None, 405),
    ("POST", "/v2/rooms", b"{", 400),
    ("POST", "/v2/rooms", b'{"customRoomId": 5}', 400),
    ("POST", "/v2/rooms", b'"' + b"x" * 3_000_000 + b'"', 413),
    ("GET", "/v2/rooms?page=minus", None, 400),
], ids=["route", "room", "method", "json", "type", "size", "query"])
def test_errors_are_json(server, method, path, body, status):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        try:
            connection.request(method, path, body, {"Authorization": token(), "Content-Type": "application/json"})
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer may come before the body is through
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()

    assert answer.status == status, (answer.status, text)
    assert answer.getheader("Content-Type", "").startswith("application/json"), text
    error = json.loads(text)
    assert error["statusCode"] == status and error["error"] and error["message"] and error["code"], error


def test_only_a_token_of_the_key_is_let_in(server):
    for bad in (
        token(secret="another-secret-of-thirty-two-bytes-or-more"), token(key="otherkey"),
        token(lifetime=-120), token() + "x", "garbage",
    ):
        with pytest.raises(APIError) as refused:
            server.rest("GET", "/v2/rooms", auth=bad)
        assert refused.value.status == 401, refused.value
    assert server.rest("GET", "/v2/rooms")["data"] == []


def test_a_restart_keeps_rooms_and_a_crash_closes_sessions(server):
    room = server.create_room(customRoomId="standup")
    thread = PeerThread()
    ann = Signalling(server.url)

    async def join():
        await ann.open()
        return await ann.join(room, "Ann", mode="SIGNALLING_ONLY", participantId="ann")

    try:
        joined = thread.run(join())
        session = server.sessions(room)[0]
        assert session["id"] == joined["sessionId"] and session["status"] == "ongoing"

        children = server.kill()
        assert children, "there were no media processes"
        eventually(lambda: not any(is_alive(pid) for pid in children), "the media processes end too", 5)
        server.start()
    finally:
        thread.run(ann.close())
        thread.stop()

    assert [each["roomId"] for each in server.rest("GET", "/v2/rooms")["data"]] == [room]
    assert server.rest("GET", "/v2/rooms/standup")["roomId"] == room
    closed = server.sessions(room)
    assert [each["id"] for each in closed] == [joined["sessionId"]]
    assert closed[0]["status"] == "ended" and closed[0]["end"]
    participants = closed[0]["participants"]
    assert [each["participantId"] for each in participants] == ["ann"]
    assert all(interval["end"] for interval in participants[0]["timelog"])


def test_ctrl_c_ends_every_child(server):
    tree = server.process_tree()
    assert len(tree) == 1 + server.shards

    os.killpg(server.process.pid, 2)  # what a terminal sends: SIGINT to the whole group

    assert server.process.wait(10) == 0
    eventually(lambda: not any(is_alive(pid) for pid in tree), "no process stays", 5)
    server.process = None


def test_a_participant_who_does_not_read_costs_the_others_nothing(server):
    room = server.create_room()
    thread = PeerThread()
    talker, reader = Signalling(server.url), Signalling(server.url)

    async def join(client, name):
        await client.open()
        await client.join(room, name, mode="SIGNALLING_ONLY", participantId=name)
        await client.request("subscribe", topic="T")

    stack = contextlib.ExitStack()
    deaf = stack.enter_context(websockets.sync.client.connect(
        server.url.replace("http", "ws") + "/signal", max_queue=1, compression=None, close_timeout=1))
    try:
        thread.run(join(talker, "talker"))
        thread.run(join(reader, "reader"))
        deaf.send(json.dumps({"type": "join", "id": 1, "token": token(), "meetingId": room,
                              "participantId": "deaf", "name": "deaf", "mode": "SIGNALLING_ONLY"}))
        deaf.send(json.dumps({"type": "subscribe", "id": 2, "topic": "T"}))
        eventually(lambda: any(
            event["type"] == "participant-joined" for event in reader.events), "the deaf one is in the room")
        # From here on nothing is read: the client library stops at one waiting message.
        delays, text = [], "x" * 30_000

        async def talk():
            for number in range(400):
                began = time.monotonic()
                await talker.request("publish", topic="T", message=f"{number} {text}")
                delays.append(time.monotonic() - began)

        thread.run(talk(), 60)

        def received():
            return [event["message"]["message"].split()[0] for event in list(reader.events) if event["type"] == "pubsub"]

        eventually(lambda: len(received()) == 400, "the reader has every message", 20)
        assert received() == [str(number) for number in range(400)]
        assert max(delays) < 2, f"publishing waited {max(delays):.1f} s"

        def gone():
            left = [event for event in reader.events if event["type"] == "participant-left"]
            return [event["participantId"] for event in left] == ["deaf"]

        eventually(gone, "the deaf one is out of the room", 45)
    finally:
        for client in (talker, reader):
            thread.run(client.close())
        thread.stop()
        stack.close()


def _datagrams(source):
    """Every kind of datagram that somebody without a password can send, 10,000 in all."""
    cookie = bytes.fromhex("2112a442")
    binding = b"\x00\x01"

    def stun(attributes=b""):
        return binding + len(attributes).to_bytes(2, "big") + cookie + source.randbytes(12) + attributes

    def attribute(kind, value):
        return kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value + bytes(-len(value) % 4)

    makers = [
        stun,
        lambda: stun(attribute(0x0006, b"abcd:efgh") + attribute(0x0024, b"\x7f\xff\xff\xff")),
        lambda: stun(attribute(0x0006, b"abcd:efgh") + attribute(0x0008, source.randbytes(20))
                     + attribute(0x8028, source.randbytes(4))),
        lambda: binding + source.randbytes(source.randrange(30)),
        # DTLS: a ClientHello's record header with anything in it, and alerts.
        lambda: b"\x16\xfe\xff" + bytes(8) + (200).to_bytes(2, "big") + b"\x01" + source.randbytes(199),
        lambda: b"\x15\xfe\xfd" + bytes(8) + b"\x00\x02\x02\x28",
        # RTP and RTCP.
        lambda: b"\x80\x60" + source.randbytes(source.randrange(10, 1200)),
        lambda: b"\x80\xc8" + source.randbytes(source.randrange(6, 100)),
        # TURN channel data, ZRTP, the rest of the first bytes, nothing at all.
        lambda: b"\x40\x00\x00\x04abcd",
        lambda: b"\x10" + source.randbytes(40),
        lambda: source.randbytes(source.randrange(1, 1400)),
        lambda: b"",
    ]
    for number in range(10_000):
        yield makers[number % len(makers)]()


def test_unauthenticated_datagrams_get_no_byte_back(server):
    print(f"TEST_SEED={SEED}")
    ports = server.shard_by_port()
    assert len(ports) == server.shards, ports
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(8)]
    answers = []
    done = threading.Event()

    def listen():
        while not done.is_set():
            for ready in select.select(sockets, [], [], 0.1)[0]:
                try:
                    answers.append(ready.recv(2048))
                except OSError:
                    pass

    for each in sockets:
        each.bind(("127.0.0.1", 0))
    listener = threading.Thread(target=listen)
    listener.start()
    try:
        for number, datagram in enumerate(_datagrams(random.Random(SEED))):
            sockets[number % 8].sendto(datagram, ("127.0.0.1", list(ports)[number % len(ports)]))
            if number % 100 == 0:
                time.sleep(0.005)  # so that the receive buffer does not overflow
        time.sleep(1)  # longer than any answer takes
    finally:
        done.set()
        listener.join()
        for each in sockets:
            each.close()
    assert answers == []
    assert server.shard_by_port() == ports, "a media process died of it"


def test_garbage_over_tcp_gets_no_byte_back(server):
    print(f"TEST_SEED={SEED}")
    source = random.Random(SEED)
    ports = server.shard_by_port()
    for number, datagram in enumerate(_datagrams(source)):
        if number % 50:
            continue
        with socket.create_connection(("127.0.0.1", list(ports)[number // 50 % len(ports)]), timeout=5) as connection:
            try:
                connection.sendall(len(datagram).to_bytes(2, "big") + datagram)
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(100) == b""
            except ConnectionResetError:
                pass
    assert server.shard_by_port() == ports, "a media process died of it"
