"""How soon a recording begins after it is asked for, and how soon its file is there after it is ended."""

import time
import urllib.request

import bench
from common import Recording, serving, spread
from support.counted import Bot, Counted, write_clip
from support.recorded import errors
from support.waiting import eventually

MOST_START, MOST_FINISH = 1.0, 2.0


def add_arguments(parser):
    parser.add_argument("--starts", type=int, default=10, help="of each kind")
    parser.add_argument("--minutes", type=float, default=1, help="of the long recording")


def timed(server, room, seconds, path):
    """Records; the seconds until the first picture, and from the request to end until the file came."""
    recording = Recording(server, room, config={"quality": "med"})
    answered = time.time() - recording.asked
    time.sleep(seconds)
    recording.stop()
    zero = recording.zero
    found = recording.wait_until("stopped", "failed", seconds=60)
    url = found["file"]["fileUrl"]
    with urllib.request.urlopen(url, timeout=30) as answer:
        first = answer.read(1)
        finished = time.time() - recording.ended
        path.write_bytes(first + answer.read())
    said = errors(path)
    content = Counted(path)
    # What was captured just before the request may be the first that is seen.
    begins = max(0.0, zero + content.new[0][0] - recording.asked)
    return {"begins": begins, "answered": answered, "finished": finished, "said": said, "content": content,
            "recording": recording}


def measure(folder, options):
    clip = write_clip(folder)
    figures = bench.Figures(
        f"start: {options.starts} starts of each kind, one recording of {options.minutes:g} minutes")
    begins, finishes, said = {"cold": [], "warm": []}, [], []
    with serving(folder) as server:
        room = server.create_room()
        bot = Bot(server, room, clip).wait_until_present()
        time.sleep(1)
        for kind, each in begins.items():
            if kind == "warm":
                # Its broadcast keeps the session's composer going.
                server.rest("POST", "/v2/hls/start", {"roomId": room, "config": {"quality": "low"}})
                eventually(
                    lambda: server.rest("GET", f"/v2/hls/{room}/active")["data"]["status"] == "playable", "HLS", 30)
            for _ in range(options.starts):
                result = timed(server, room, 2.5, folder / "short.mp4")
                each.append(result["begins"])
                finishes.append(result["finished"])
                said += result["said"].splitlines()
                time.sleep(0.3)
        server.text("POST", "/v2/hls/stop", {"roomId": room})
        long = timed(server, room, options.minutes * 60, folder / "long.mp4")
        bot.stop()
    for kind, words in (("cold", "a composer has to be started"), ("warm", "a composer runs")):
        values = begins[kind]
        figures.show(kind, f"first picture after the request, {words}: {spread(values)}", f"≤ {MOST_START:.0f} s",
                     max(values) <= MOST_START)
    figures.show("finish", f"from the request to end to the file, short: {spread(finishes)}",
                 f"≤ {MOST_FINISH:.0f} s", max(finishes) <= MOST_FINISH)
    content = long["content"]
    figures.show("", f"{options.minutes:g} minutes, {content.path.stat().st_size / 1e6:.0f} MB: "
                 f"{long['finished']:.2f} s", f"≤ {MOST_FINISH:.0f} s", long["finished"] <= MOST_FINISH)
    gaps = content.gaps(0.12)[1:]
    worst = max((gap.seconds for gap in gaps), default=0)
    figures.show("content", f"{content.seconds:.1f} s, {content.pictures / content.seconds:.1f} pictures a second, "
                 f"drift {1000 * content.drift(1, content.seconds):+.0f} ms, longest stand {worst:.2f} s")
    said += long["said"].splitlines()
    figures.show("files", f"{len(said)} lines that ffmpeg says", "0", not said)
    figures.show_load_average()
    return figures
