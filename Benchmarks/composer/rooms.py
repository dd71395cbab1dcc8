"""Rooms of bots that send real pictures and sound, and what the composer of such a room uses."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "load"))
import bench  # noqa: E402
from support.paths import BINARY  # noqa: E402
from support.server import clean_environment  # noqa: E402
from support.waiting import eventually  # noqa: E402


# Of the three layers that browsers send.
BITS = {180: "200k", 360: "800k", 720: "2000k"}


def clip(folder, height=360):
    """Thirty seconds of moving, slightly noisy picture and of sound, as a camera would send them.

    They are kept in the folder that the variable `BENCH_CLIPS` names, if it does: making them takes half a minute.
    """
    folder = Path(os.environ.get("BENCH_CLIPS", folder))
    video, audio = folder / f"clip-{height}.ivf", folder / "clip.opus"
    if not video.exists():
        width = height * 16 // 9
        source = f"testsrc2=s={width}x{height}:r=30:d=30,noise=alls=6:allf=t"
        run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libvpx", "-deadline", "realtime",
             "-cpu-used", "8", "-b:v", BITS[height], "-g", "300", "-pix_fmt", "yuv420p", str(video)])
    if not audio.exists():
        run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:d=30", "-c:a", "libopus", "-b:a", "32k",
             "-f", "ogg", str(audio)])
    return video, audio


def run(command, **options):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, **options)


@contextlib.contextmanager
def room_of(server, publishers, files, seconds, **settings):
    """A room in which so many bots send; `settings` are the room's own."""
    room = server.create_room(**settings)
    video, audio = files
    bots = subprocess.Popen(
        [str(BINARY), "load", "media", "--server", server.url, "--json", "--room", room, "--publishers",
         str(publishers), "--duration", str(seconds), "--video", str(video), "--audio", str(audio)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=clean_environment())
    try:
        eventually(lambda: len(present(server, room)) == publishers, "all bots are there", 20)
        yield room
    finally:
        bots.terminate()
        bots.wait(20)


def present(server, room):
    sessions = server.sessions(room)
    if not sessions:
        return []
    return [each for each in sessions[0]["participants"] if each["timelog"][-1]["end"] is None]


def composer_pids(server):
    """The composer and its children."""
    found = []
    for pid in server.process_tree():
        with contextlib.suppress(OSError):
            if b"compose" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:2]:
                found.append(pid)
    return found


def measured(server, seconds, settle=6):
    """CPU seconds per second of the composer."""
    pids = eventually(lambda: composer_pids(server), "a composer runs", 10)
    time.sleep(settle)
    before, began = bench.cpu_seconds(pids), time.monotonic()
    time.sleep(seconds)
    return (bench.cpu_seconds(pids) - before) / (time.monotonic() - began), bench.resident_mebibytes(pids)
