"""Opens and closes sessions while the server is killed and the receiver fails; prints what arrived."""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))
from support.server import Server
from support.webhook_run import SCHEDULE, WebhookRun


async def deliver(server, options):
    run = WebhookRun(
        server, options.events, options.rooms, options.kills, options.seed,
        log=lambda text: print(text, flush=True))
    await run.run()
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--kills", type=int, help="default: one per 1,000 events")
    parser.add_argument("--rooms", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    options.kills = options.kills if options.kills is not None else max(1, options.events // 1_000)
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stoa-webhooks-") as folder:
        server = Server(Path(folder), shards=1, keeps_ports=True, options=SCHEDULE)
        try:
            run = asyncio.run(deliver(server, options))
        finally:
            server.stop()
    print(json.dumps(run.figures))
    for fault in run.faults[:20]:
        print(fault)
    sys.exit(1 if run.faults else 0)


main()
