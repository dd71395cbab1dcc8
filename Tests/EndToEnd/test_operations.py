"""What an operator needs: metrics, a stop that waits, logs without secrets, backups, the doctor, no leaks."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from support.metrics import read_metrics
from support.paths import BINARY, ROOT
from support.peer import PeerThread
from support.server import API_SECRET, APIError, Server, clean_environment, free_ports, is_alive, token
from support.signalling import Refused, Signalling
from support.waiting import eventually


@contextlib.contextmanager
def running(folder, *options, **keywords):
    """A server with these options; killed at the end if it is still there."""
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    server = Server(folder, shards=1, options=options, **keywords)
    server.start()
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()


@contextlib.contextmanager
def people(server):
    """Makes clients of the signalling, whose sockets are closed at the end."""
    thread, clients = PeerThread(), []

    def join(room, name, **fields):
        client = Signalling(server.url)
        clients.append(client)

        async def enter():
            await client.open()
            return await client.join(room, name, mode="SIGNALLING_ONLY", participantId=name, **fields)

        return client, thread.run(enter())

    join.thread = thread
    try:
        yield join
    finally:
        for client in clients:
            thread.run(client.close())
        thread.stop()


def ask(port, path="/metrics"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


def test_metrics_follow_what_happens(tmp_path):
    port = free_ports(1)
    with running(tmp_path, "--metrics-port", str(port)) as server, people(server) as join:
        room = server.create_room()
        ann, _ = join(room, "ann")
        join.thread.run(ann.request("subscribe", topic="T"))
        join.thread.run(ann.request("publish", topic="T", message="hello"))
        eventually(lambda: read_metrics(ask(port)).get("stoa_participants") == 1, "one participant is counted", 5)
        metrics = read_metrics(ask(port))
        assert metrics["stoa_rooms"] == 1
        assert metrics['stoa_signalling_messages_total{type="publish"}'] == 1
        assert metrics['stoa_live_objects{kind="connection"}'] == 1
        assert metrics['stoa_sessions_started_total'] == 1
        assert metrics['stoa_process_resident_bytes{process="shard-0"}'] > 1e6
        eventually(lambda: 'stoa_shard_rooms{shard="0"}' in read_metrics(ask(port)), "the shard told of itself", 15)
        join.thread.run(ann.request("leave"))

        def nobody():
            metrics = read_metrics(ask(port))
            return not any(value for key, value in metrics.items() if key.startswith("stoa_live_objects"))

        eventually(nobody, "no object is left", 10)


def readiness(server):
    try:
        server.rest("GET", "/readyz")
        return 200
    except APIError as error:
        return error.status


def test_a_drained_server_serves_who_is_there_and_then_ends(tmp_path):
    with running(tmp_path, "--drain-seconds", "60") as server, people(server) as join:
        room, other = server.create_room(), server.create_room()
        ann, _ = join(room, "ann")
        tree = server.process_tree()
        server.process.send_signal(signal.SIGTERM)
        eventually(lambda: readiness(server) == 503, "/readyz says 503", 5)

        with pytest.raises(Refused) as refused:
            join(other, "bob")
        assert refused.value.code == 4503
        with pytest.raises(APIError) as refused:
            server.create_room()
        assert refused.value.status == 503
        carol, joined = join(room, "carol")
        assert [each["participantId"] for each in joined["participants"]] == ["ann"]
        time.sleep(1.5)
        assert server.process.poll() is None, server.log_tail()

        for client in (ann, carol):
            join.thread.run(client.request("leave"))
        assert server.process.wait(10) == 0, server.log_tail()
        eventually(lambda: not any(is_alive(pid) for pid in tree), "no process stays", 5)


@pytest.mark.parametrize("how", ["limit", "second signal", "interrupt"])
def test_a_drain_ends_when_it_must(tmp_path, how):
    with running(tmp_path, "--drain-seconds", "2" if how == "limit" else "60") as server, people(server) as join:
        ann, _ = join(server.create_room(), "ann")
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT if how == "interrupt" else signal.SIGTERM)
        if how == "second signal":
            eventually(lambda: readiness(server) == 503, "/readyz says 503", 5)
            server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0, server.log_tail()
        took = time.monotonic() - began
        assert (took >= 2) == (how == "limit"), f"{took:.1f} s"
        eventually(lambda: ann.closed == 1001, "the socket is told to come back", 5)


CANARY = "canary5ecret"


def test_no_secret_and_no_forged_line_is_in_the_log(tmp_path):
    """Tokens, passwords and what people write go through every route and verb, at the most talkative level."""
    secret = f"{CANARY}-of-the-key-0123456789abcdef-{os.getpid()}"
    secret_file = tmp_path / "secret"
    secret_file.write_text(secret)
    secret_file.chmod(0o600)
    options = ("--log-level", "trace", "--log-format", "json", "--api-key", "canarykey", "--api-secret-file",
               str(secret_file))
    own = {"key": "canarykey", "secret": secret}
    forged = 'x\n{"level":"critical","message":"forged"}\u2028\x1b[2J'
    with running(tmp_path / "stoa", *options) as server, people(server) as join:
        good = token(**own)
        bad = token(key="canarykey", secret=f"{CANARY}-another-secret-of-32-bytes-or-more")
        tokens = [good, bad]
        room = server.rest("POST", "/v2/rooms", {"customRoomId": f"{CANARY}-room"}, auth=good)["roomId"]
        paths = [
            ("GET", "/v2/rooms"), ("GET", f"/v2/rooms/{room}"), ("POST", "/v2/rooms"), ("GET", "/v2/sessions"),
            ("POST", "/v2/rooms/deactivate"), ("GET", f"/v2/rooms/validate/{room}"), ("POST", f"/v2/rooms/{room}"),
            ("POST", "/v2/sessions/end"), ("POST", "/v2/sessions/participants/remove"),
            ("GET", f"/v2/sessions/{CANARY}/participants"), ("GET", f"/v2/sessions/{CANARY}"), ("GET", "/v2/keys"),
            ("POST", "/v2/keys"), ("GET", "/v2/webhooks/secret"), ("POST", "/v2/files"), ("GET", "/v2/live"),
            ("GET", f"/no/such/{CANARY}"), ("POST", "/dev/token"), ("GET", "/signal"), ("GET", "/readyz"),
        ]
        for auth in (good, bad, f"Bearer {CANARY}", f"{CANARY}.{CANARY}.{CANARY}"):
            tokens.append(auth)
            for method, path in paths:
                if auth == good and path == "/v2/rooms/deactivate":
                    continue
                for body in (None, {"roomId": f"{CANARY}-none", "customRoomId": f"{CANARY} room", "name": CANARY}):
                    with contextlib.suppress(APIError):
                        server.rest(method, f"{path}?token={CANARY}&page=x{CANARY}", body if method == "POST" else None,
                                    auth=auth)
        resume = []
        ann, joined = join(room, "ann", auth=good, metaData={"password": CANARY})
        resume.append(joined["resumeToken"])
        bob, _ = join(room, f"bob{CANARY[:0]}", auth=good)
        for verb, fields in [
            ("publish", {"topic": CANARY, "message": CANARY, "payload": {"p": CANARY}, "persist": True}),
            ("publish", {"topic": "", "message": CANARY}), ("subscribe", {"topic": CANARY}),
            ("unsubscribe", {"topic": CANARY}), ("set-quality", {"streamId": CANARY, "quality": "low"}),
            ("offer", {"sdp": f"v=0\r\na=ice-pwd:{CANARY}", "reset": True}),
            ("stream-enable", {"kind": "audio", "mid": CANARY[:12]}), ("stream-disable", {"kind": "audio"}),
            ("pause-stream", {"streamId": CANARY}), ("resume-stream", {"streamId": CANARY}),
            ("remove", {"participantId": CANARY}), ("store-set", {"key": CANARY, "value": CANARY}),
            ("change-mode", {"mode": "RECV_ONLY"}), ("pin", {"participantId": CANARY}), (CANARY, {}),
        ]:
            with contextlib.suppress(Refused, ConnectionError):
                join.thread.run(ann.request(verb, **fields))
        for wrong in (bad, CANARY, forged):
            with contextlib.suppress(Refused, ConnectionError):
                join(room, "eve", auth=wrong)
        with contextlib.suppress(Refused, ConnectionError):
            join(forged, "mallory", auth=good)
        join.thread.run(bob.request("leave"))
        join.thread.run(ann.request("end"))
        server.stop()
        log = server.log.read_bytes()

    found = [line for line in log.decode().splitlines() if CANARY in line]
    assert found == []
    for each in tokens:
        assert each.rsplit(".", 1)[-1].encode() not in log
    for each in resume:
        assert each.encode() not in log and each.split(".")[1].encode() not in log
    lines = [json.loads(line) for line in log.decode().split("\n") if line.startswith("{")]
    assert not any(line["level"] == "critical" for line in lines)
    joined = [line for line in lines if line["message"] == "participant joined"]
    assert joined and all(line[each] for line in joined for each in ("room", "session", "participant", "connection"))


def test_a_backup_is_made_while_the_server_writes_and_opens_clean(tmp_path):
    with running(tmp_path / "stoa") as server:
        known, done = [], threading.Event()

        def write():
            while not done.is_set():
                known.append(server.create_room())

        writers = [threading.Thread(target=write) for _ in range(4)]
        for each in writers:
            each.start()
        try:
            eventually(lambda: len(known) > 50, "there are rooms", 20)
            before = list(known)
            target = tmp_path / "backup.db"
            done_backup = backup(server, target)
            assert done_backup.returncode == 0, done_backup.stderr
            again = backup(server, target)
            assert again.returncode != 0 and "exists" in again.stderr, again.stderr
        finally:
            done.set()
            for each in writers:
                each.join()
        server.stop()
        # Restoring, as docs/operations.md says: the copy becomes the store of another folder.
        data = tmp_path / "restored" / "data"
        data.mkdir(parents=True)
        target.rename(data / "stoa.db")
    with running(tmp_path / "restored") as restored:
        for room in before:
            assert restored.rest("GET", f"/v2/rooms/{room}")["roomId"] == room


def backup(server, target):
    return subprocess.run(
        [BINARY, "backup", target, "--data", str(server.folder / "data")], capture_output=True, text=True, timeout=60,
        env=clean_environment())


def doctor(*options):
    done = subprocess.run(
        [BINARY, "doctor", *options], capture_output=True, text=True, timeout=60, env=clean_environment())
    return done.returncode, done.stdout


def test_the_doctor_finds_nothing_wrong_beside_a_running_server(tmp_path):
    with running(tmp_path) as server:
        options = ["--dev", "--port", str(server.port), "--udp-port", str(server.udp_port), "--shards", "1",
                   "--data", str(server.folder / "data")]
        code, output = doctor(*options)
        assert code == 0, output
        assert "a server answers" in output and "is whole" in output, output
        server.stop()
        code, output = doctor(*options)
        assert code == 0 and "all of them are free" in output, output


def test_the_doctor_says_what_is_wrong_and_how_to_cure_it(tmp_path):
    import socket

    code, output = doctor("--dev", "--port", "seventy")
    assert code == 1 and "PROBLEM" in output and "--port" in output, output
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        data = tmp_path / "data"
        data.mkdir()
        (data / "stoa.db").write_bytes(b"no database" * 1000)
        code, output = doctor(
            "--dev", "--port", str(port), "--udp-port", str(free_ports(1)), "--shards", "1", "--data", str(data))
    assert code == 1, output
    problems = re.findall(r"PROBLEM +(.*)\n +cure: (.+)", output)
    assert any(str(port) in problem for problem, _ in problems), output
    assert any("store" in problem and "restore" in cure for problem, cure in problems), output


def test_old_sessions_are_deleted_and_young_ones_stay(tmp_path):
    import sqlite3

    with running(tmp_path) as server, people(server) as join:
        rooms = [server.create_room() for _ in range(2)]
        for room in rooms:
            ann, _ = join(room, "ann")
            join.thread.run(ann.request("leave"))
            eventually(lambda: server.sessions(room)[0]["status"] == "ended", "the session is over", 5)
        server.stop()
        with sqlite3.connect(server.folder / "data" / "stoa.db") as store:
            store.execute("UPDATE session SET end = end - 8 * 86400000 WHERE roomId = ?", [rooms[0]])
        store.close()
    with running(tmp_path, "--session-retention-days", "7") as server:
        eventually(lambda: server.sessions(rooms[0]) == [], "the old session is gone", 10)
        assert len(server.sessions(rooms[1])) == 1
        assert server.rest("GET", f"/v2/rooms/{rooms[0]}")["roomId"] == rooms[0]


def test_nothing_is_left_of_rooms_that_came_and_went():
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    done = subprocess.run(
        [sys.executable, ROOT / "Benchmarks" / "soak" / "soak.py", "--scale", "0.01"], capture_output=True, text=True,
        timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
