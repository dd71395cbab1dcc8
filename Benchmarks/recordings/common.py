"""What the modes share: a server in a folder, a recording from its start to its file, and where its second 0 lies."""

import contextlib
import json
import statistics
import time

from support.recordings import download
from support.server import APIError, Server, token
from support.waiting import eventually

OPTIONS = ["--log-level", "info", "--max-requests-per-second", "0", "--composer-cores", "0"]


@contextlib.contextmanager
def serving(folder, *options, shards=2, log=None):
    """A server that can be killed and started again on the same ports."""
    server = Server(folder / "server", shards=shards, options=[*OPTIONS, *options], keeps_ports=True)
    server.log = log or server.log
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Recording:
    """A recording of a room, from the request to the file."""

    def __init__(self, server, room, **body):
        self.server, self.room = server, room
        self.asked = time.time()
        server.text("POST", "/v2/recordings/start", {"roomId": room, **body})
        self.id = self.listed()[0]["id"]
        self.ended = None

    def listed(self):
        return self.server.rest("GET", f"/v2/recordings?roomId={self.room}")["data"]

    def resource(self):
        return self.server.rest("GET", f"/v2/recordings/{self.id}")

    def wait_until(self, *states, seconds=30):
        def there():
            with contextlib.suppress(OSError, APIError):
                found = self.resource()
                return found if found["status"] in states else None

        return eventually(there, f"the recording is {' or '.join(states)}", seconds, 0.02)

    def stop(self):
        self.ended = time.time()
        self.server.text("POST", "/v2/recordings/end", {"roomId": self.room})

    def fetch(self, path):
        """Fetches the finished file."""
        found = self.wait_until("stopped", "failed", seconds=100)
        if not found["file"]:
            return None
        return download(found["file"]["fileUrl"], path, token())

    @property
    def folder(self):
        """Where its parts and its file lie."""
        return next((self.server.folder / "data" / "outputs").glob(f"*/{self.id}"))

    @property
    def zero(self):
        """Unix time at which what is seen at second 0 of the file was captured."""
        return self.zeros[0]

    @property
    def zeros(self):
        """The same of each part."""
        found = []
        for line in (self.folder / "journal.jsonl").read_text().splitlines():
            with contextlib.suppress(ValueError):
                if part := json.loads(line).get("part"):
                    found.append(part["startedAtMilliseconds"] / 1_000)
        return found


def spread(values, digits=2):
    """Median and worst, in words."""
    if not values:
        return "none"
    return f"{statistics.median(values):.{digits}f} s, worst {max(values):.{digits}f} s of {len(values)}"
