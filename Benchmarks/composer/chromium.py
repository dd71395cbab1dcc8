"""The peer that most servers use: a browser on a virtual screen shows the room, and ffmpeg records the screen."""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from rooms import bench
from support.server import token
from support.waiting import eventually

NEEDED = {"Xvfb": "xvfb", "chromium": "chromium", "ffmpeg": "ffmpeg"}
WIDTH, HEIGHT, RATE = 1280, 720, 30


def missing():
    """Debian packages that have to be installed for it."""
    return [package for command, package in NEEDED.items() if not shutil.which(command)]


class Page:
    """Serves grid.html, and hears how many pictures of each participant were shown."""

    def __init__(self):
        self.pictures, self.error = [], None
        page = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self):
                parts = urlsplit(self.path)
                if parts.path != "/says":
                    return super().do_GET()
                said = parse_qs(parts.query)
                page.error = said.get("error", [page.error])[0]
                if "pictures" in said:
                    page.pictures = [int(each) for each in said["pictures"][0].split(",")]
                self.send_response(204)
                self.end_headers()

            def log_message(self, *parts):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(Path(__file__).parent)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


def tree(root):
    """A process and all that it started."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents if parent in found} - found
        found |= more
        grown = bool(more)
    return sorted(found)


@contextlib.contextmanager
def ended(process):
    """A process that is over afterwards, with its children."""
    try:
        yield process
    finally:
        children = tree(process.pid)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        process.wait()


def screen():
    """A virtual screen, and its number."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
        pass_fds=[writer], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writer)
    with os.fdopen(reader) as numbers:
        return process, f":{numbers.readline().strip()}"


def record(server, room, publishers, seconds, bits, path):
    """Records a room so; CPU seconds per second by program, pictures per second shown, grabbed, and MiB."""
    page = Page()
    address = f"{page.url}/grid.html#" + urlencode({"server": server.url, "room": room, "token": token()})
    process, display = screen()
    environment = {**os.environ, "DISPLAY": display}
    with tempfile.TemporaryDirectory(prefix="stoa-chromium-") as profile, ended(process) as xvfb:
        browser = subprocess.Popen(
            ["chromium", *(["--no-sandbox"] if os.geteuid() == 0 else []), f"--user-data-dir={profile}", "--no-first-run",
             "--disable-gpu", "--kiosk", "--window-position=0,0", f"--window-size={WIDTH},{HEIGHT}",
             "--autoplay-policy=no-user-gesture-required", "--disable-background-networking", f"--app={address}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        with ended(browser):
            eventually(lambda: len(page.pictures) == publishers and min(page.pictures) > 0 or page.error,
                       "the browser shows everybody", 60)
            if page.error:
                raise RuntimeError(f"the browser could not join: {page.error}")
            grab = subprocess.Popen(
                ["ffmpeg", "-v", "error", "-y", "-f", "x11grab", "-draw_mouse", "0", "-framerate", str(RATE), "-video_size",
                 f"{WIDTH}x{HEIGHT}", "-i", display, "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency",
                 "-pix_fmt", "yuv420p", "-b:v", str(bits), "-maxrate", str(bits), "-bufsize", str(bits), "-g", "60",
                 str(path)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
            with ended(grab):
                time.sleep(6)
                programs = {"Chromium": tree(browser.pid), "Xvfb": [xvfb.pid], "ffmpeg": [grab.pid]}
                began, shown = time.monotonic(), sum(page.pictures)
                before = {name: bench.cpu_seconds(pids) for name, pids in programs.items()}
                time.sleep(seconds)
                lasted = time.monotonic() - began
                used = {name: (bench.cpu_seconds(pids) - before[name]) / lasted for name, pids in programs.items()}
                shown = (sum(page.pictures) - shown) / lasted / publishers
                mebibytes = bench.resident_mebibytes([pid for pids in programs.values() for pid in pids])
                grab.communicate(b"q", 20)
    counted = subprocess.run(
        ["ffprobe", "-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets,duration", "-of", "csv=p=0",
         str(path)], check=True, capture_output=True, text=True).stdout.strip().split(",")
    page.server.shutdown()
    return used, shown, int(counted[1]) / float(counted[0]), mebibytes
