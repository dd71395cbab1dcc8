"""What was acknowledged is on the disk, whenever the program is killed."""

import os
import random

import pytest

from support.durability_run import DurabilityRun
from support.paths import BINARY
from support.peer import PeerThread
from support.server import Server

SEED = int(os.environ.get("TEST_SEED", random.randrange(1 << 32)))


def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path):
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    print(f"TEST_SEED={SEED}")
    server = Server(tmp_path / "stoa", shards=1, keeps_ports=True, options=("--log-level", "error"))
    done = DurabilityRun(server, kills=20, seed=SEED)
    thread = PeerThread()  # the browser tests' own loop may run in this one
    try:
        thread.run(done.run(), 250)
    finally:
        thread.stop()
        server.stop()
    print(done.figures)
    assert done.faults == [], done.faults[:20]
    assert done.figures["checked"] > 100 and done.figures["leaves"] > 0
