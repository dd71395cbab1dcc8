"""Records flashes and beeps for a while and tells how far apart they are at the beginning and at the end."""

import argparse
import contextlib
import functools
import http.server
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "load"))
import bench  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from support import browsers  # noqa: E402
from support.calls import ANN, enter  # noqa: E402
from support.paths import BINARY, END_TO_END  # noqa: E402
from support.people import Person  # noqa: E402
from support.recorded import HERTZ, write_clip  # noqa: E402
from support.recordings import decode, download, skews  # noqa: E402
from support.server import token  # noqa: E402
from support.waiting import eventually  # noqa: E402

MOST_MILLISECONDS = 40


@contextlib.contextmanager
def pages():
    """The address of the tests' pages."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(END_TO_END / "pages"))
    handler.func.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def record(server, room, seconds, path):
    time.sleep(3)
    server.text("POST", "/v2/recordings/start", {"roomId": room})
    time.sleep(seconds)
    server.text("POST", "/v2/recordings/end", {"roomId": room})

    def done():
        found = server.rest("GET", f"/v2/recordings?roomId={room}")["data"]
        return found and (found[0].get("file") or {}).get("fileUrl")

    return download(eventually(done, "the recording is finished", 60), path)


def record_browser(seconds, path):
    with bench.server() as server, pages() as address, sync_playwright() as playwright:
        room = server.create_room()
        ann = Person(browsers.Chromium(playwright), ANN)
        try:
            enter(ann, address, server.url, room, own="flash")
            return record(server, room, seconds, path)
        finally:
            ann.close()


def record_bot(seconds, path, skew):
    """Records a bot whose clocks, of media and of the wall, run fast by `skew`."""
    # Longer than it is played: where it begins anew, sound and picture are not of equal length.
    picture, tone = write_clip(path.parent, seconds=int(seconds * (1 + abs(skew)) + 30))
    with bench.server() as server:
        room = server.create_room()
        bot = subprocess.Popen([
            str(BINARY), "load", "--server", server.url, "--token", token(lifetime=86_400), "--room", room,
            "--duration", str(seconds + 60), "--video", str(picture), "--audio", str(tone),
            f"--clock-skew={skew}", "--json"], stdout=subprocess.DEVNULL)
        try:
            return record(server, room, seconds, path)
        finally:
            bot.terminate()
            bot.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--clock-skew", type=float, help="record a bot whose clocks run fast by so much, as 0.01")
    parser.add_argument("--keep", type=Path, help="a folder for the recording")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stoa-sync-") as folder:
        path = (options.keep or Path(folder)) / "sync.mp4"
        if options.clock_skew is None:
            content, hertz = decode(record_browser(options.minutes * 60, path)), 2_000
        else:
            content, hertz = decode(record_bot(options.minutes * 60, path, options.clock_skew)), HERTZ
    pairs = [(moment, 1000 * skew) for moment, skew in skews(content, hertz) if moment > 3]
    edge = min(60, content.seconds / 3)
    first = statistics.median(skew for moment, skew in pairs if moment < 3 + edge)
    last = statistics.median(skew for moment, skew in pairs if moment > content.seconds - edge)
    figures = bench.Figures(f"sync: {options.minutes:g} minutes, {len(pairs)} flashes with their beeps")
    target = f"|skew| ≤ {MOST_MILLISECONDS} ms"
    figures.show("at first", f"{first:+.0f} ms", target, abs(first) <= MOST_MILLISECONDS)
    figures.show("at last", f"{last:+.0f} ms", target, abs(last) <= MOST_MILLISECONDS)
    figures.show("drift", f"{last - first:+.0f} ms", f"≤ {MOST_MILLISECONDS} ms", abs(last - first) <= MOST_MILLISECONDS)
    spread = sorted(skew for _, skew in pairs)
    figures.show("all", f"{spread[len(spread) // 100]:+.0f} … {spread[-1 - len(spread) // 100]:+.0f} ms (1 to 99 %)")
    figures.show("length", f"{content.seconds:.1f} s, longest gap {1000 * content.longest_gap():.0f} ms")
    sys.exit(figures.status)


main()
