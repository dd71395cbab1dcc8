"""Records two rooms on a machine on which a call goes on, and looks at what that does to the call and to the recordings."""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "composer"))
from rooms import bench, clip, composer_pids, present  # noqa: E402
from support.paths import BINARY  # noqa: E402
from support.recordings import decode, download  # noqa: E402
from support.server import clean_environment, token  # noqa: E402
from support.waiting import eventually  # noqa: E402

#: Milliseconds that the call's delay may grow by (99th percentile).
MOST_GROWTH = 5.0
#: Seconds without sound, or without a new picture, in a recording.
MOST_GAP = 0.1
#: Seconds for joining, settling and finishing.
ASIDE = 45


def bots(server, room, publishers, files, seconds):
    """Bots that send real pictures and sound into a room, and count what they lose of each other's."""
    video, audio = files
    return subprocess.Popen(
        [str(BINARY), "load", "media", "--server", server.url, "--json", "--room", room, "--publishers",
         str(publishers), "--duration", str(seconds), "--video", str(video), "--audio", str(audio)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean_environment())


def call(server, files, options):
    """A call of four in a room of its own, with packets that know when they were sent."""
    return bench.load(server, "media", "--publishers", 4, "--duration", options.seconds, "--audio", files[1],
                      timeout=options.seconds + 60)


def told(report):
    return (f"{report['packetsLost']} of {report['packetsReceived']} packets lost, {report['packetsRepaired']} repaired; "
            f"delay p50 {report['latency']['p50']:.2f}, p99 {report['latency']['p99']:.2f}, "
            f"max {report['latency']['max']:.1f} ms")


def judge_recording(server, room, path, figures, name):
    def done():
        found = server.rest("GET", f"/v2/recordings?roomId={room}")["data"]
        return found[0]["file"]["fileUrl"] if found and (found[0].get("file") or {}).get("fileUrl") else None

    content = decode(download(eventually(done, "the recording is finished", 60), path, token()))
    rate = len(content.pictures) / content.seconds
    gap = content.longest_gap()
    silence = content.longest_silence(2, content.seconds - 1)
    figures.show(name, f"{content.seconds:.0f} s of {content.height}p, {rate:.1f} pictures per second, longest gap "
                 f"{1000 * gap:.0f} ms, longest silence {1000 * silence:.0f} ms",
                 f"≥ 29.5, ≤ {1000 * MOST_GAP:.0f} ms, ≤ {1000 * MOST_GAP:.0f} ms",
                 rate >= 29.5 and gap <= MOST_GAP and silence <= MOST_GAP)


def measure(server, files, folder, options):
    rooms = [server.create_room() for _ in range(2)]
    lasts = 2 * options.seconds + ASIDE
    senders = [bots(server, room, options.publishers, files, lasts) for room in rooms]
    figures = bench.Figures(
        f"two recordings of {options.publishers} in 720p30 and a call of four, {options.seconds:.0f} s")
    try:
        for room in rooms:
            eventually(lambda: len(present(server, room)) == options.publishers, "all bots are there", 30)
        alone = call(server, files, options)
        for room in rooms:
            server.text("POST", "/v2/recordings/start", {"roomId": room, "config": {
                "layout": {"type": "GRID", "gridSize": options.publishers}, "quality": "med"}})
        pids = eventually(lambda: (lambda found: found if len(found) == 2 else None)(composer_pids(server)),
                          "two composers run", 15)
        time.sleep(5)
        before, began = bench.cpu_seconds(pids), time.monotonic()
        beside = call(server, files, options)
        used = (bench.cpu_seconds(pids) - before) / (time.monotonic() - began)
        for room in rooms:
            server.text("POST", "/v2/recordings/end", {"roomId": room})
        figures.show("without", told(alone))
        growth = beside["latency"]["p99"] - alone["latency"]["p99"]
        figures.show("with", told(beside), f"0 lost, p99 ≤ {MOST_GROWTH:.0f} ms more than without",
                     beside["packetsLost"] == 0 and growth <= MOST_GROWTH)
        for number, room in enumerate(rooms):
            judge_recording(server, room, folder / f"{number}.mp4", figures, f"recording {number + 1}")
        reports = [json.loads(each.communicate(timeout=lasts + 60)[0]) for each in senders]
        lost = sum(each["packetsLost"] for each in reports)
        figures.show("in them", f"{lost} of {sum(each['packetsReceived'] for each in reports)} packets lost among those who "
                     "are recorded", "0 lost", lost == 0)
        figures.show("composers", f"{used:.2f} CPU s per s, both")
        figures.show_load_average()
    finally:
        for each in senders:
            each.terminate()
            each.wait(20)
    return figures.status


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--publishers", type=int, default=4, help="in each of the rooms that are recorded")
    options = parser.parse_args()
    folder = Path("/tmp/stoa-together-bench")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with bench.server() as server:
            status = measure(server, clip(folder), folder, options)
    finally:
        shutil.rmtree(folder)
    sys.exit(status)


main()
