"""Records rooms of bots that send real video, and compares what the composer used with its targets and peers."""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import chromium
from rooms import bench, clip, measured, present, room_of, run
from support.recordings import decode, download
from support.server import token
from support.waiting import eventually

# name: publishers, lines of the layer that is asked of a browser for tiles of that size (LayerRequests), quality, x264
# preset on an idle machine (EncodingEffort), CPU seconds per second at most.
CASES = {
    "4x720": (4, 360, "med", "veryfast", 0.75),
    "9x720": (9, 180, "med", "veryfast", 0.85),
    "4x1080": (4, 720, "high", "superfast", 1.1),
}
MOST_RATIO = 1.35
OTHERS = {"audio": 0.05, "track": 0.02}


def recorded(server, room, path, listing="/v2/recordings"):
    def done():
        found = server.rest("GET", f"{listing}?roomId={room}")["data"]
        return found[0] if found and (found[0].get("file") or {}).get("fileUrl") else None

    found = eventually(done, "the recording is finished", 30)
    return download(found["file"]["fileUrl"], path, token())


def encoding_cost(recording, folder, preset, bits):
    """CPU seconds per second of ffmpeg that encodes the recorded picture from raw frames as we do."""
    raw, seconds = folder / "raw.y4m", 15
    run(["ffmpeg", "-v", "error", "-y", "-ss", "4", "-t", str(seconds), "-i", str(recording), "-an", "-pix_fmt",
         "yuv420p", str(raw)])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(["ffmpeg", "-v", "error", "-i", str(raw), "-c:v", "libx264", "-preset", preset, "-tune", "zerolatency",
         "-threads", "1", "-b:v", str(bits), "-maxrate", str(bits), "-bufsize", str(bits), "-g", "60",
         "-f", "null", "-"])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    raw.unlink()
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used / seconds


def measure(name, folder, options):
    publishers, lines, quality, preset, most = CASES[name]
    lasts = options.seconds + 60 + (options.seconds + 90 if options.chromium else 0)
    browser = None
    with bench.server() as server, room_of(server, publishers, clip(folder, lines), lasts) as room:
        server.text("POST", "/v2/recordings/start", {"roomId": room, "config": {
            "layout": {"type": "GRID", "gridSize": publishers}, "quality": quality}})
        used, mebibytes = measured(server, options.seconds)
        server.text("POST", "/v2/recordings/end", {"roomId": room})
        ended = time.monotonic()
        path = recorded(server, room, folder / f"{name}.mp4")
        finish = time.monotonic() - ended
        if options.chromium and quality == "med":
            browser = chromium.record(server, room, publishers, options.seconds, 2_500_000, folder / f"{name}-chromium.mp4")
    content = decode(path)
    figures = bench.Figures(f"{name}: {publishers} tiles, {quality}, {preset}, {options.seconds:.0f} s")
    figures.show("composer", f"{used:.2f} CPU s per s, {mebibytes:.0f} MiB", f"≤ {most}", used <= most)
    rate = len(content.pictures) / content.seconds
    figures.show("pictures", f"{rate:.1f} per second, longest gap {1000 * content.longest_gap():.0f} ms", "≥ 29.5",
                 rate >= 29.5)
    probe = json.loads(run(
        ["ffprobe", "-v", "error", "-of", "json", "-show_streams", str(path)], stdout=subprocess.PIPE).stdout)
    bits = next(int(each["bit_rate"]) for each in probe["streams"] if each["codec_type"] == "video")
    peer = encoding_cost(path, folder, preset, bits)
    figures.show("ffmpeg", f"{peer:.2f} CPU s per s for encoding alone, {bits / 1e6:.1f} Mbit/s; ratio "
                 f"{used / peer:.2f}", f"ratio ≤ {MOST_RATIO}", used / peer <= MOST_RATIO)
    if browser:
        programs, shown, grabbed, mebibytes = browser
        parts = ", ".join(f"{program} {seconds:.2f}" for program, seconds in programs.items())
        figures.show("browser", f"{sum(programs.values()):.2f} CPU s per s ({parts}), {mebibytes:.0f} MiB; {shown:.1f} pictures "
                     f"per second shown, {grabbed:.1f} grabbed; the composer uses {used / sum(programs.values()):.2f} of it")
    figures.show("finish", f"{finish:.1f} s from stop to the downloaded file of {content.seconds:.0f} s")
    figures.show_load_average()
    return figures.status


def measure_other(name, folder, options):
    """Sound alone, or one track as it came."""
    with bench.server() as server, room_of(server, 4, clip(folder), options.seconds + 60) as room:
        if name == "audio":
            server.text("POST", "/v2/recordings/start", {"roomId": room, "config": {"mode": "audio"}})
        else:
            who = present(server, room)[0]["participantId"]
            server.text("POST", "/v2/recordings/participant/track/start", {
                "roomId": room, "participantId": who, "kind": "video", "fileFormat": "webm"})
        used, mebibytes = measured(server, options.seconds)
    figures = bench.Figures(f"{name}: room of 4, {options.seconds:.0f} s")
    figures.show("composer", f"{used:.3f} CPU s per s, {mebibytes:.0f} MiB", f"≤ {OTHERS[name]}", used <= OTHERS[name])
    figures.show_load_average()
    return figures.status


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default=",".join([*CASES, *OTHERS]))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--chromium", action="store_true", help="with the peer that grabs a browser's screen")
    parser.add_argument("--keep", type=Path, help="a folder for clips and recordings, to look at them")
    options = parser.parse_args()
    if options.chromium and chromium.missing():
        sys.exit(f"--chromium needs the Debian packages {', '.join(chromium.missing())}")
    folder = options.keep or Path("/tmp/stoa-composer-bench")
    folder.mkdir(parents=True, exist_ok=True)
    status = 0
    try:
        for name in options.cases.split(","):
            status |= (measure if name in CASES else measure_other)(name, folder, options)
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    sys.exit(status)


main()
