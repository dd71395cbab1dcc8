"""The servers that are compared: how each is started, fed and subscribed to."""

import glob
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))
from support.server import Server, free_ports

from meter import process_tree

ADDRESS = "10.77.0.1"  # of the device that `run` makes
PACED = ROOT / ".build-test" / "forwarding" / "paced"


class Line:
    """A process that says READY on its output, then obeys lines on its input."""

    def __init__(self, command, log, **options):
        self.log = log
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=log.open("wb"),
            stderr=subprocess.STDOUT, start_new_session=True, **options)

    def wait_ready(self, seconds=90):
        limit = time.monotonic() + seconds
        while b"READY" not in self.log.read_bytes():
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"not ready: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def say(self):
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


class Janus:
    """Janus with one RTP mountpoint; `loops` event loops, 0 for its default of a thread per peer."""

    def __init__(self, folder, loops):
        self.folder, self.loops = folder, loops
        self.api, self.media = free_ports(1), free_ports(1)
        self.process = self.source = None

    def start(self, subscribers):
        for name, kind in (("plugins", "streaming"), ("transports", "websockets")):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
            library = glob.glob(f"/usr/lib/*/janus/{name}/libjanus_{kind}.so")[0]
            (self.folder / name / f"libjanus_{kind}.so").symlink_to(library)
        loops = f"event_loops = {self.loops}" if self.loops else ""
        self.write("janus", f'''
general: {{ configs_folder = "{self.folder}"; plugins_folder = "{self.folder}/plugins";
  transports_folder = "{self.folder}/transports"; debug_level = 3; {loops} }}
media: {{ ipv6 = false; rtp_port_range = "20000-30000"; }}
nat: {{ nice_debug = false; full_trickle = false; ice_lite = true; ignore_mdns = true;
  ice_enforce_list = "{ADDRESS}"; }}
''')
        self.write("janus.plugin.streaming", f'''
general: {{ }}
bench: {{ type = "rtp"; id = 1; description = "bench"; audio = false; video = true;
  videoport = {self.media}; videopt = 96; videocodec = "vp8"; videortpmap = "VP8/90000"; secret = "x"; }}
''')
        self.write("janus.transport.websockets", f'''
general: {{ json = "compact"; ws = true; ws_port = {self.api}; ws_ip = "127.0.0.1"; wss = false; }}
admin: {{ admin_ws = false; admin_wss = false; }}
''')
        log = (self.folder / "janus.log").open("wb")
        self.process = subprocess.Popen(
            [shutil.which("janus"), "-F", str(self.folder), "-C", str(self.folder / "janus.jcfg")],
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        time.sleep(1.5)
        self.subscribers = Line(
            [sys.executable, HERE / "subscribers.py", "janus", f"ws://127.0.0.1:{self.api}", subscribers],
            self.folder / "subscribers.log")
        self.subscribers.wait_ready()

    def write(self, name, text):
        (self.folder / f"{name}.jcfg").write_text(text)

    def prepare(self, rate, burst, _):
        self.command = [PACED, self.media, rate, burst]

    def begin(self):
        self.source = subprocess.Popen([str(part) for part in self.command], start_new_session=True)

    def cease(self):
        self.source.kill()
        self.source.wait()

    def pids(self):
        return process_tree(self.process.pid)

    def stop(self):
        self.subscribers.kill()
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Stoa:
    """`stoa serve` with a WebRTC publisher in one room."""

    def __init__(self, folder):
        self.folder, self.server, self.source = folder, Server(folder), None

    def start(self, subscribers):
        self.server.start()
        self.room = self.server.create_room()
        self.subscribers = Line(
            [sys.executable, HERE / "subscribers.py", "stoa", self.server.url, self.room, subscribers],
            self.folder / "subscribers.log")
        self.subscribers.wait_ready()

    def prepare(self, rate, burst, publisher):
        """Connects the publisher, which sends nothing yet."""
        values = {"url": self.server.url, "room": self.room, "pps": rate, "burst": burst}
        command = publisher.format(**values).split() if publisher else [
            sys.executable, HERE / "publisher.py", *values.values()]
        self.source = Line(command, self.folder / "publisher.log")
        self.source.wait_ready()
        time.sleep(1)

    def begin(self):
        self.source.say()

    def cease(self):
        self.source.say()

    def pids(self):
        return self.server.process_tree()

    def stop(self):
        self.subscribers.kill()
        if self.source:
            self.source.kill()
        self.server.stop()


SERVERS = {
    "stoa": Stoa,
    "janus": lambda folder: Janus(folder, 0),
    "janus-1": lambda folder: Janus(folder, 1),
    "janus-2": lambda folder: Janus(folder, 2),
}
