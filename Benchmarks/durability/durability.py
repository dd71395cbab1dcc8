"""Kills a server while it writes, again and again, and prints what became of what it acknowledged."""

import argparse
import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))
from support.durability_run import DurabilityRun
from support.server import Server


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="stoa-durability-") as folder:
        server = Server(Path(folder), shards=1, keeps_ports=True, options=("--log-level", "error"))
        run = DurabilityRun(server, options.kills, options.seed, log=lambda text: print(text, flush=True))
        try:
            asyncio.run(run.run())
        finally:
            server.stop()
    print(json.dumps(run.figures))
    for fault in run.faults[:20]:
        print(fault)
    sys.exit(1 if run.faults else 0)


main()
