"""Sends a room to RTMP servers that die, freeze, are silent or show a wrong certificate; looks at what the others get."""

import argparse
import contextlib
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import av

sys.path.append(str(Path(__file__).resolve().parents[1] / "composer"))
from rooms import bench, clip, room_of  # noqa: E402
from support.rtmp import MODULES, NGINX, RTMPServer  # noqa: E402
from support.server import kept_ports  # noqa: E402
from support.waiting import eventually  # noqa: E402

# Seconds.
MOST_BACK, MOST_SILENCE, MOST_GAP = 5.0, 30.0, 0.101
KEYS = [f"secret-key-{number}" for number in range(8)]


class Receiver:
    """An RTMP server with the key that its stream has."""

    def __init__(self, folder, number):
        self.key = KEYS[number]
        self.server = RTMPServer(folder / f"rtmp-{number}").start()

    def files(self):
        return self.server.recordings(self.key)

    def content(self, path=None):
        """Times in seconds of the pictures and of the sounds that came."""
        times = {"video": [], "audio": []}
        with av.open(str(path or self.files()[0])) as file:
            for packet in file.demux():
                if packet.pts is not None:
                    times[packet.stream.type].append(float(packet.pts * packet.time_base))
        return times


class Webhooks:
    """Takes everything, and remembers it."""

    def __init__(self):
        self.bodies = bodies = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                head = f"{self.path} {self.headers}"
                bodies.append(head + self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *parts):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"


class Processes(threading.Thread):
    """Looks at the command lines and variables of all the server's processes for keys."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.found, self.looked = server, set(), 0
        self.ended = threading.Event()

    def run(self):
        while not self.ended.wait(0.25):
            for pid in self.server.process_tree():
                for name in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        text = Path(f"/proc/{pid}/{name}").read_bytes()
                        self.looked += 1
                        self.found |= {f"{key} in {name}" for key in KEYS if key.encode() in text}


@contextlib.contextmanager
def mute():
    """A port where connections are taken, and nothing is ever read or said."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        kept = []

        def take():
            with contextlib.suppress(OSError):
                while True:
                    kept.append(listener.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield listener.getsockname()[1]


def certificate(folder, name, host, authority=None):
    """A certificate for a host, signed by an authority, or by itself; (certificate, key)."""
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    signed = ["-CA", authority[0], "-CAkey", authority[1]] if authority else []
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", chain,
         "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", *signed], check=True, capture_output=True)
    return chain, key


class Front:
    """TLS before an RTMP server."""

    def __init__(self, folder, name, pair, target):
        self.port = kept_ports(1)
        home = folder / f"front-{name}"
        (home / "logs").mkdir(parents=True)
        (home / "nginx.conf").write_text(f"""
load_module {MODULES}/ngx_stream_module.so;
user root; worker_processes 1; daemon off; pid {home}/nginx.pid; error_log {home}/logs/error.log;
events {{ worker_connections 64; }}
stream {{ server {{ listen 127.0.0.1:{self.port} ssl; ssl_certificate {pair[0]}; ssl_certificate_key {pair[1]};
  proxy_pass 127.0.0.1:{target}; }} }}
""")
        self.process = subprocess.Popen(
            [NGINX, "-p", str(home), "-c", str(home / "nginx.conf")], stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        eventually(lambda: listens(self.port), "the TLS front listens", 10)


def listens(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    return False


class Watch:
    """The events of a room's targets."""

    def __init__(self, server, room):
        self.server = server
        self.session = server.sessions(room)[0]["id"]
        self.raw = []

    def events(self):
        page, found = 1, []
        while True:
            answer = self.server.rest("GET", f"/v2/sessions/{self.session}/events?perPage=100&page={page}")
            found += answer["data"]
            if page >= answer["pageInfo"]["lastPage"]:
                self.raw = found
                return [each["data"] for each in found if each["type"] == "rtmp-target-changed"]
            page += 1

    def wait(self, index, states, skip=0, seconds=60):
        """The first event of a target that has one of these states, after the first `skip` of all targets."""
        return eventually(
            lambda: next((each for each in self.events()[skip:] if each["index"] == index and each["state"] in states),
                         None), f"target {index} is {' or '.join(states)}", seconds, every=0.2)


def start(server, room, targets):
    server.text("POST", "/v2/livestreams/start", {
        "roomId": room, "outputs": [{"url": url, "streamKey": key} for url, key in targets]})


def stop(server, room):
    server.text("POST", "/v2/livestreams/end", {"roomId": room})
    eventually(lambda: server.rest("GET", f"/v2/livestreams?roomId={room}")["data"][0]["status"] == "stopped",
               "it is over", 20)


def whole(figures, name, times, least):
    """Whether what a receiver got has no gap."""
    gaps = {kind: max((b - a for a, b in zip(each, each[1:])), default=99) for kind, each in times.items()}
    seconds = times["video"][-1] - times["video"][0]
    rate = (len(times["video"]) - 1) / seconds
    figures.show(name, f"{seconds:.0f} s, {rate:.1f} pictures per second, longest gap {1000 * gaps['video']:.0f} ms, of "
                 f"sound {1000 * gaps['audio']:.0f} ms", f"≤ {1000 * MOST_GAP:.0f} ms, ≥ {least:.0f} s",
                 max(gaps.values()) <= MOST_GAP and seconds >= least)


def trouble(server, room, folder, options):
    """One of three is killed, another frozen, and beside them is one that never says a word."""
    receivers = [Receiver(folder, number) for number in range(3)]
    watch = Watch(server, room)
    figures = bench.Figures("three servers, and one that says nothing")
    try:
        with mute() as port:
            began = time.monotonic()
            start(server, room, [*((each.server.url(), each.key) for each in receivers),
                                 (f"rtmp://127.0.0.1:{port}/live", KEYS[3])])
            for each in receivers:
                eventually(each.files, f"{each.key} is received", 20)
            time.sleep(options.seconds)
            receivers[1].server.kill()
            time.sleep(1)
            receivers[1].server.start()
            restarted = time.monotonic()
            eventually(lambda: len(receivers[1].files()) == 2 and receivers[1].files()[1].stat().st_size > 50_000,
                       "the killed one gets pictures", 30, every=0.1)
            back = time.monotonic() - restarted
            figures.show("killed", f"pictures again {back:.1f} s after it was back", f"≤ {MOST_BACK} s", back <= MOST_BACK)
            said = watch.wait(3, ("retrying", "failed"))
            silent = time.monotonic() - began
            figures.show("mute", f"noticed within {min(silent, MOST_SILENCE):.0f} s: “{said['reason']}”",
                         f"≤ {MOST_SILENCE:.0f} s, in words", bool(said["reason"]))
            seen = len(watch.events())
            receivers[2].server.signal(int(signal.SIGSTOP))
            frozen = time.monotonic()
            said = watch.wait(2, ("retrying", "failed"), seen)
            noticed = time.monotonic() - frozen
            figures.show("frozen", f"noticed after {noticed:.1f} s: “{said['reason']}”",
                         f"≤ {MOST_SILENCE:.0f} s, in words", noticed <= MOST_SILENCE and bool(said["reason"]))
            receivers[2].server.signal(int(signal.SIGCONT))
            seen = len(watch.events())
            thawed = time.monotonic()
            watch.wait(2, ("live",), seen)
            figures.show("thawed", f"live again {time.monotonic() - thawed:.1f} s after it went on")
            time.sleep(options.seconds)
            lasted = time.monotonic() - began
            stop(server, room)
        time.sleep(1)
        whole(figures, "untouched", receivers[0].content(), lasted - 6)
        times = receivers[1].content(receivers[1].files()[-1])
        whole(figures, "after kill", times, 5)
    finally:
        for each in receivers:
            each.server.signal(int(signal.SIGCONT))
            each.server.kill()
    return figures


def encrypted(server, room, folder, pairs, options):
    """RTMPS with a certificate that is trusted, one that is not, and one of another host."""
    receiver = Receiver(folder, 4)
    fronts = {name: Front(folder, name, pair, receiver.server.port) for name, pair in pairs.items()}
    watch = Watch(server, room)
    seen = len(watch.events())
    figures = bench.Figures("RTMPS")
    try:
        start(server, room, [
            (f"rtmps://localhost:{fronts['trusted'].port}/live", KEYS[4]),
            (f"rtmps://localhost:{fronts['self-signed'].port}/live", KEYS[5]),
            (f"rtmps://localhost:{fronts['other'].port}/live", KEYS[6])])
        for index, name in ((1, "self-signed"), (2, "other host")):
            said = watch.wait(index, ("retrying", "failed", "live"), seen)
            figures.show(name, f"{said['state']}: “{said['reason']}”", "refused, in words",
                         said["state"] != "live" and "certificate" in (said["reason"] or ""))
        said = watch.wait(0, ("retrying", "failed", "live"), seen)
        figures.show("trusted", f"{said['state']}" + (f": “{said['reason']}”" if said["reason"] else ""), "live",
                     said["state"] == "live")
        time.sleep(options.seconds)
        stop(server, room)
        time.sleep(1)
        if said["state"] == "live":
            whole(figures, "received", receiver.content(), options.seconds - 3)
        others = [path for key in KEYS[5:7] for path in receiver.server.recordings(key)]
        figures.show("leaked", f"{len(others)} streams to servers without a trusted certificate", "0", not others)
    finally:
        receiver.server.kill()
        for each in fronts.values():
            each.process.terminate()
    return figures


def keys(server, room, webhooks, processes):
    """Where keys were told."""
    watch = Watch(server, room)
    watch.events()
    told = {"events": str(watch.raw), "webhooks": "".join(webhooks.bodies), "log": server.log.read_text(),
            "REST": str(server.rest("GET", f"/v2/livestreams?roomId={room}"))}
    found = [f"{key} in {place}" for place, text in told.items() for key in KEYS if key in text]
    figures = bench.Figures("stream keys")
    figures.show("told", ", ".join(found + sorted(processes.found)) or (
        f"nowhere: {len(watch.raw)} events, {len(webhooks.bodies)} webhooks, {len(told['log'])} bytes of log, "
        f"{processes.looked} command lines and environments"), "nowhere", not found and not processes.found)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="before and after each trouble")
    parser.add_argument("--publishers", type=int, default=2)
    options = parser.parse_args()
    folder = Path("/tmp/stoa-livestreams-bench")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    authority = certificate(folder, "authority", "An authority of our own")
    pairs = {"trusted": certificate(folder, "trusted", "localhost", authority),
             "other": certificate(folder, "other", "other.example.com", authority),
             "self-signed": certificate(folder, "self-signed", "localhost")}
    os.environ["SSL_CERT_FILE"] = str(authority[0])
    webhooks = Webhooks()
    status = 0
    try:
        with bench.server("--log-level", "debug") as server, room_of(
                server, options.publishers, clip(folder), 300 + 4 * options.seconds,
                webhook={"endPoint": webhooks.url}) as room:
            processes = Processes(server)
            processes.start()
            status |= trouble(server, room, folder, options).status
            status |= encrypted(server, room, folder, pairs, options).status
            processes.ended.set()
            processes.join()
            figures = keys(server, room, webhooks, processes)
            figures.show_load_average()
            status |= figures.status
    finally:
        shutil.rmtree(folder)
    sys.exit(status)


main()
