"""Webhooks: every event that was stored arrives, in order, whatever dies in between."""

import asyncio
import os
import random
import stat
import subprocess

import pytest

from support.paths import BINARY
from support.peer import PeerThread
from support.receiver import Receiver
from support.server import Server, clean_environment
from support.signalling import Signalling
from support.waiting import eventually
from support.webhook_run import SCHEDULE, WebhookRun

SEED = int(os.environ.get("TEST_SEED", random.randrange(1 << 32)))


def test_every_event_is_delivered_in_order_through_kills_and_a_bad_receiver(tmp_path):
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    print(f"TEST_SEED={SEED}")
    server = Server(tmp_path / "stoa", shards=1, keeps_ports=True, options=SCHEDULE)

    async def run():
        run = WebhookRun(server, events=2_500, rooms=24, kills=4, seed=SEED)
        await asyncio.wait_for(run.run(), 240)
        return run

    thread = PeerThread()  # the browser tests' own loop may run in this one
    try:
        done = thread.run(run(), 250)
    finally:
        thread.stop()
        server.stop()
    print(done.figures)
    assert done.faults == [], done.faults[:20]
    assert done.figures["kills"] == 4 and done.figures["delivered"] >= 2_500
    assert done.figures["duplicates"] > 0, "the run did not try what it should"
    assert done.figures["comparisons"] > 20


def stoa(server, *arguments):
    done = subprocess.run(
        [BINARY, *arguments, "--data", str(server.folder / "data")], capture_output=True, text=True, timeout=20,
        stdin=subprocess.DEVNULL, env=clean_environment())
    return done.returncode, done.stdout, done.stderr


@pytest.mark.serve(*SCHEDULE)
def test_the_command_line_shows_and_redelivers_while_the_server_runs(server):
    thread = PeerThread()
    receiver, ann = Receiver(), Signalling(server.url)

    async def visit(room):
        await ann.open()
        await ann.join(room, "Ann", mode="SIGNALLING_ONLY", participantId="ann")
        await ann.request("leave")

    try:
        thread.run(receiver.up())
        room = server.create_room(webhook={"endPoint": f"{receiver.url}/hook"})
        receiver.trust(
            server.rest("GET", "/v2/webhooks/secret")["secret"],
            server.rest("GET", "/v2/public/rsa-public-key")["publicKey"])
        thread.run(visit(room))
        eventually(lambda: len(receiver.first) == 4, "all four events arrive")
        key = server.folder / "data" / "webhook-key.pem"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600

        code, output, error = stoa(server, "webhook", "list", "--state", "delivered")
        assert code == 0, error
        lines = output.splitlines()
        assert lines[-1] == "4 of 4" and "session-ended" in lines[0] and room in lines[0]
        number = lines[3].split()[0]
        code, output, _ = stoa(server, "webhook", "show", number)
        assert code == 0 and '"webhookType":"session-started"' in output
        code, output, _ = stoa(server, "webhook", "secret", "--dev")
        assert output.strip() == server.rest("GET", "/v2/webhooks/secret")["secret"]

        first = receiver.first[0]["data"]["eventId"]
        assert receiver.counts[first] == 1
        code, output, error = stoa(server, "webhook", "redeliver", number)
        assert code == 0 and output.strip() == "1", error
        eventually(lambda: receiver.counts[first] == 2, "it is delivered once more, with the same id")
        assert receiver.faults == []
        code, _, error = stoa(server, "webhook", "redeliver", "999999")
        assert code != 0 and "no such delivery" in error
    finally:
        thread.run(ann.close())
        thread.run(receiver.down())
        thread.stop()
