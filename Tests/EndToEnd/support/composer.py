"""A `stoa compose` of its own for a test, driven over its socket as `stoa serve` does it."""

import json
import os
import socket
import struct
import subprocess
import threading
import time

from .paths import BINARY
from .server import clean_environment, token


class Composer:
    """One running `stoa compose`, and what it said."""

    def __init__(self, server, room, folder, **limits):
        self.server, self.room, self.folder = server, room, folder
        self.limits = {
            "encoderThreads": 2, "minimumFreeBytes": 16 << 20, "stopMilliseconds": 8000, **limits}
        self.events = []
        self.changed = threading.Condition()

    def __enter__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        ours, theirs = socket.socketpair()
        self.socket = ours
        with theirs:
            descriptor = theirs.fileno()
            self.process = subprocess.Popen(
                [str(BINARY), "compose"], stdin=subprocess.DEVNULL, pass_fds=(3,),
                preexec_fn=lambda: os.dup2(descriptor, 3), env=clean_environment(),
                stderr=(self.folder / "composer.log").open("ab"))
        threading.Thread(target=self._read, daemon=True).start()
        self.send("configure", {
            "signallingUrl": self.server.url.replace("http:", "ws:") + "/signal", "roomId": self.room,
            "sessionId": "0" * 24, "token": token(), "dataFolder": str(self.folder), "limits": self.limits})
        return self

    def __exit__(self, *_):
        self.socket.close()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def send(self, name, value=None, **fields):
        """Sends a command; `value` is its only, unnamed, argument."""
        body = json.dumps({name: fields if value is None else {"_0": value}}).encode()
        self.socket.sendall(struct.pack(">I", len(body)) + body)

    def start(self, output, kind, composition=None, attempt=0, maximum_seconds=3600):
        """Starts an output in a folder of its own; returns the folder."""
        folder = self.folder / output
        folder.mkdir(exist_ok=True)
        specification = {
            "id": output, "attempt": attempt, "kind": kind, "folder": str(folder),
            "limits": {"maximumSeconds": maximum_seconds, "maximumBytes": 1 << 30}}
        if composition is not None:
            specification["composition"] = {**DEFAULTS, **composition}
        self.send("start", specification)
        return folder

    def wait(self, name, output=None, seconds=20):
        """The first event of this name, about this output if one is named."""
        limit = time.monotonic() + seconds
        with self.changed:
            while True:
                for event in self.events:
                    if name in event and (output is None or event[name].get("outputID") == output):
                        return event[name]
                    if output is not None and event.get("failed", {}).get("outputID") == output:
                        raise AssertionError(f"{event['failed']} instead of {name}")
                left = limit - time.monotonic()
                if left <= 0:
                    said = [event for event in self.events if "pulse" not in event]
                    raise AssertionError(f"no {name} of {output} in {seconds} s, but {said}")
                self.changed.wait(left)

    def _read(self):
        data = b""
        while True:
            try:
                more = self.socket.recv(65536)
            except OSError:
                return
            if not more:
                return
            data += more
            while len(data) >= 4 and len(data) - 4 >= (length := struct.unpack(">I", data[:4])[0]):
                event, data = json.loads(data[4:4 + length]), data[4 + length:]
                with self.changed:
                    self.events.append(event)
                    self.changed.notify_all()


DEFAULTS = {
    "layout": "GRID", "priority": "SPEAKER", "gridSize": 25, "theme": "DEFAULT",
    "mode": "video-and-audio", "quality": "low", "orientation": "landscape"}
