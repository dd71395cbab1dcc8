"""Joins again and again in Chromium, and prints the times to the first picture."""

import argparse
import functools
import http.server
import statistics
import sys
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Tests" / "EndToEnd"))
from support.browsers import Chromium
from support.calls import ANN, BOB
from support.media import MediaFiles
from support.paths import END_TO_END
from support.server import Server, token
from janus import Janus

# What `stoa` is held to, milliseconds.
TARGET_P50, TARGET_P95 = 500, 900

JOIN_STOA = """async (parameters) => {
  const stream = await call.capture();
  call.prepare({ ...parameters,
    customMicrophoneAudioTrack: new MediaStream(stream.getAudioTracks()),
    customCameraVideoTrack: new MediaStream(stream.getVideoTracks()) });
  const picture = stoaProbe.firstPicture();
  const clicked = performance.now();
  await call.meeting.join();
  return { joined: performance.now() - clicked, picture: (await picture) - clicked };
}"""
JOIN_JANUS = """async (parameters) => {
  const stream = await call.capture();
  const picture = stoaProbe.firstPicture();
  const clicked = performance.now();
  await janusJoin(parameters, stream);
  return { joined: performance.now() - clicked, picture: (await picture) - clicked };
}"""


def serve_pages():
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    httpd = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(END_TO_END / "pages")))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{httpd.server_address[1]}/call.html"


class StoaRoom:
    """A server with a room that one person is in."""

    name = "stoa"

    def __init__(self, folder):
        self.server = Server(folder).start()
        self.room = self.server.create_room()

    def load(self, browser, page_url):
        browser.goto(page_url)
        browser.evaluate("(server) => call.load(server)", self.server.url)

    def stay(self, browser):
        browser.evaluate("(parameters) => call.join(parameters)", {
            "meetingId": self.room, "name": "Ann", "token": token(), "own": "capture"})

    def join(self, browser):
        return browser.evaluate(JOIN_STOA, {
            "meetingId": self.room, "name": "Bob", "token": token(), "micEnabled": True, "webcamEnabled": True})

    def leave(self, browser):
        browser.evaluate("() => call.meeting.leave()")

    def stop(self):
        self.server.stop()


class JanusRoom:
    """The same with Janus."""

    name = "janus"

    def __init__(self, folder):
        self.janus = Janus(folder)

    def load(self, browser, page_url):
        browser.goto(page_url)
        browser.page.add_script_tag(path=str(HERE / "janus.js"))

    def stay(self, browser):
        browser.evaluate(
            "async (parameters) => { await janusJoin(parameters, await call.capture()); }",
            {"url": self.janus.url, "name": "Ann"})

    def join(self, browser):
        return browser.evaluate(JOIN_JANUS, {"url": self.janus.url, "name": "Bob"})

    def leave(self, browser):
        browser.evaluate("() => janusLeave()")

    def stop(self):
        self.janus.stop()


def measure(room, playwright, media, page_url, joins):
    """Times of `joins` joins, one after another."""
    ann = Chromium(playwright, *media.of(ANN))
    bob = Chromium(playwright, *media.of(BOB))
    times = []
    try:
        room.load(ann, page_url)
        room.stay(ann)
        for number in range(joins + 1):
            room.load(bob, page_url)
            result = room.join(bob)
            if number:  # the first one warms the caches of a browser that was just started
                times.append(result)
            room.leave(bob)
            bob.page.wait_for_timeout(300)
    finally:
        ann.close()
        bob.close()
    return times


def percentile(values, share):
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--joins", type=int, default=30)
    parser.add_argument("--janus", action="store_true", help="measure a VideoRoom of Janus beside it")
    parser.add_argument("--only-janus", action="store_true", help="without stoa")
    options = parser.parse_args()
    met = True
    page_url = serve_pages()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="stoa-join-") as folder:
        media = MediaFiles(Path(folder))
        for kind in ([] if options.only_janus else [StoaRoom]) + (
            [JanusRoom] if options.janus or options.only_janus else []):
            room = kind(Path(folder) / kind.name)
            try:
                times = measure(room, playwright, media, page_url, max(options.joins, 2))
            finally:
                room.stop()
            pictures = [each["picture"] for each in times]
            p50, p95 = percentile(pictures, 50), percentile(pictures, 95)
            joined = percentile([each["joined"] for each in times], 50)
            print(f"{room.name:6} {len(times)} joins: first picture p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
                  f"slowest {max(pictures):.0f} ms; signalling p50 {joined:.0f} ms", flush=True)
            if room.name == "stoa":
                met = p50 <= TARGET_P50 and p95 <= TARGET_P95
                print(f"       target p50 {TARGET_P50} ms, p95 {TARGET_P95} ms: {'met' if met else 'missed'}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
