"""A `stoa serve` of its own for a test: free loopback ports, a folder of its own, its process tree."""

import base64
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from .paths import BINARY, WEB
from .waiting import eventually

API_KEY = "devkey"
API_SECRET = "stoa-development-secret-not-for-deployment"


def token(permissions=("allow_join", "allow_mod"), key=API_KEY, secret=API_SECRET, lifetime=3600, **claims):
    """A signed access token (JWT, HS256)."""

    def encode(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    now = int(time.time())
    body = {"apikey": key, "permissions": list(permissions), "iat": now, "exp": now + lifetime, **claims}
    text = b".".join(
        encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, body))
    return (text + b"." + encode(hmac.new(secret.encode(), text, hashlib.sha256).digest())).decode()


def free_ports(count):
    """`count` consecutive ports that are free for UDP and TCP on 127.0.0.1."""
    for _ in range(200):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind(("127.0.0.1", 0))
            first = probe.getsockname()[1]
        if first + count > 65_000:
            continue
        held = []
        try:
            for port in range(first, first + count):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    held.append(socket.socket(socket.AF_INET, kind))
                    held[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for each in held:
                each.close()
    raise RuntimeError("no free ports")


def kept_ports(count):
    """`count` consecutive free ports below those that the kernel gives to clients: after a kill they are free still."""
    source = random.Random()
    for _ in range(200):
        first = source.randrange(20_000, 27_000)
        held = []
        try:
            for port in range(first, first + count):
                for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                    held.append(socket.socket(socket.AF_INET, kind))
                    held[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for each in held:
                each.close()
    raise RuntimeError("no free ports")


def clean_environment(**more):
    """This process's variables without those that configure `stoa`."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("STOA_")}
    return {**kept, **more}


class APIError(Exception):
    """An answer of the REST API other than 2xx."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body}")
        self.status, self.body = status, body


class Server:
    """One running `stoa serve`."""

    def __init__(self, folder: Path, shards=2, options=(), keeps_ports=False):
        self.folder = folder
        self.shards = shards
        self.options = list(options)
        self.scheme = "https" if "--tls-cert" in self.options else "http"
        ports = kept_ports if keeps_ports else free_ports
        self.port = ports(1)
        # One UDP and one TCP port per shard, and one more so that a replacement finds room.
        self.udp_port = ports(shards + 1)
        self.process = None
        self.log = folder / "server.log"

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self):
        """Starts the program and returns when it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            str(BINARY), "serve", "--dev", "--port", str(self.port),
            "--udp-port", str(self.udp_port), "--data", str(self.folder / "data"),
            *(["--web", str(WEB)] if WEB.exists() else []), "--shards", str(self.shards), *self.options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.log.open("ab"), stderr=subprocess.STDOUT,
            cwd=self.folder, start_new_session=True, env=clean_environment())

        def answers():
            if self.process.poll() is not None:
                raise RuntimeError(f"stoa ended with {self.process.returncode}:\n{self.log_tail()}")
            try:
                return self.rest("GET", "/readyz") is not None
            except (OSError, APIError):
                return False

        eventually(answers, "the server answers", seconds=20)
        return self

    def stop(self):
        """Asks the program to end; fails if it, or a child of it, stays."""
        if self.process is None:
            return
        tree = self.process_tree()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        left = []
        limit = time.monotonic() + 5
        while time.monotonic() < limit:
            left = [pid for pid in tree if is_alive(pid)]
            if not left:
                break
            time.sleep(0.05)
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(5)
        self.process = None
        assert not left, f"processes stayed after SIGTERM: {left}"

    def kill(self):
        """Ends the program as a crash does; returns the pids of its children at that moment."""
        children = [pid for pid in self.process_tree() if pid != self.process.pid]
        self.process.kill()
        self.process.wait(10)
        self.process = None
        return children

    def rest(self, method, path, body=None, auth=None):
        """Calls the REST API and returns the decoded answer."""
        text = self.text(method, path, body, auth)
        return json.loads(text) if text else {}

    def text(self, method, path, body=None, auth=None):
        """Calls the REST API and returns what it answered."""
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": auth or token(), "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise APIError(error.code, error.read().decode(errors="replace")) from None

    def create_room(self, **body):
        """The id of a new room."""
        return self.rest("POST", "/v2/rooms", body)["roomId"]

    def sessions(self, room):
        return self.rest("GET", f"/v2/sessions/?roomId={room}")["data"]

    def process_tree(self):
        """The program's pid and those of all its descendants."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    fields = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
                except OSError:
                    continue
                parents[int(entry)] = int(fields[1])
        tree, grown = {self.process.pid}, True
        while grown:
            more = {pid for pid, parent in parents.items() if parent in tree} - tree
            tree |= more
            grown = bool(more)
        return sorted(tree)

    def shard_by_port(self):
        """Media port → pid of the shard that has a UDP socket there."""
        inodes = {}
        for name in ("udp", "udp6"):
            try:
                lines = Path(f"/proc/net/{name}").read_text().splitlines()[1:]
            except OSError:
                continue
            for line in lines:
                fields = line.split()
                inodes[fields[9]] = int(fields[1].rsplit(":", 1)[1], 16)
        found = {}
        for pid in self.process_tree():
            try:
                # Composers have sockets as well.
                if b"shard" not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:2]:
                    continue
                descriptors = os.listdir(f"/proc/{pid}/fd")
            except OSError:
                continue
            for descriptor in descriptors:
                try:
                    target = os.readlink(f"/proc/{pid}/fd/{descriptor}")
                except OSError:
                    continue
                if target.startswith("socket:[") and target[8:-1] in inodes:
                    found[inodes[target[8:-1]]] = pid
        return found

    def log_tail(self, lines=40):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


def is_alive(pid):
    """Whether `pid` is a process that has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"
