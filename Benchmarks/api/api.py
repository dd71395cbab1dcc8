"""Starts a server and lets Schemathesis compare its answers with /openapi.json."""

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from support.server import Server, token  # noqa: E402


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--examples", type=int, default=1000, help="requests of each operation (1000)")
    arguments.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments.add_argument("--only", help="a regular expression for paths")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(
            Path(folder) / "stoa", shards=1,
            options=["--max-requests-per-second", "0", "--max-rooms-per-tenant", "0", "--log-level", "warning"])
        server.start()
        try:
            # What there is to be found: a room with a name, and a key.
            server.create_room(customRoomId="team-a")
            server.rest("POST", "/v2/keys", {"name": "Web shop"})
            done = subprocess.run([
                str(Path(sys.executable).parent / "schemathesis"),
                "--config-file", str(Path(__file__).with_name("schemathesis.toml")),
                "run", f"{server.url}/openapi.json", "--header", f"Authorization: {token()}",
                "--checks", "all", "--max-examples", str(options.examples), "--seed", str(options.seed),
                "--continue-on-failure", "--no-color",
                *(["--include-path-regex", options.only] if options.only else []),
            ], cwd=folder)
            print(server.log_tail())
        finally:
            server.stop()
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
