"""The HLS player in browsers: by what is seen at which moment of a known stream."""

import colorsys
import shutil
import time

import pytest

from support import browsers
from support.hls_origin import COLOURS, Origin, make_media
from support.paths import WEB
from support.waiting import eventually

BROWSERS = ["chromium", "firefox"]


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    if not shutil.which("ffmpeg"):
        pytest.skip("there is no ffmpeg")
    if not (WEB / "sdk" / "hls-player.mjs").exists():
        pytest.skip(f"{WEB} is not built")
    return make_media(tmp_path_factory.mktemp("hls"))


@pytest.fixture
def origin(stream):
    made = Origin(stream)
    yield made
    made.close()


@pytest.fixture
def watch(request, playwright):
    """Opens the player's page in a browser of the kind named."""
    opened = []

    def open_one(kind, url):
        if kind == "firefox" and not browsers.FIREFOX:
            pytest.skip("there is no firefox-esr")
        if kind == "chromium" and not browsers.CHROMIUM:
            pytest.skip("there is no chromium")
        browser = browsers.Firefox(440) if kind == "firefox" else browsers.Chromium(playwright, fake_devices=False)
        opened.append(browser)
        browser.goto(url)
        return Viewer(browser)

    yield open_one
    for browser in opened:
        if getattr(request.node, "failed_in_call", False):
            browser.screenshot(request.node.name)
        browser.close()


class Viewer:
    def __init__(self, browser):
        self.browser = browser

    def look(self):
        return self.browser.evaluate("() => window.look()")

    def do(self, script):
        self.browser.evaluate(f"() => {{ {script} }}")

    def plays(self, seconds=20):
        """Waits until it plays, and returns what is seen then."""
        def playing():
            seen = self.look()
            return seen if seen.get("phase") == "ready" and seen["time"] > 0 and seen["height"] > 0 else None
        return eventually(playing, "it plays", seconds)

    def follows(self, seconds):
        """Watches for a while; how far it came, and what was seen at the end."""
        before = self.look()
        time.sleep(seconds)
        after = self.look()
        return after["time"] - before["time"], after


def colour(rgb):
    """The colour of the palette whose hue comes nearest."""
    hue = colorsys.rgb_to_hsv(*(each / 255 for each in rgb))[0]
    return COLOURS[round(hue * 6) % 6]


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_stream_is_followed_and_its_past_can_be_seen(origin, watch, kind):
    viewer = watch(kind, origin.page("event"))
    viewer.plays()
    # Through the place where the media begins anew (after 40 s), too.
    advance, seen = viewer.follows(16)
    assert advance > 14.5, f"only {advance} s of 16"
    assert seen["isLive"] and seen["isAtEdge"] and seen["problem"] is None, seen
    assert 4 < seen["latency"] < 9, seen["latency"]
    assert colour(seen["rgb"]) in origin.colour(seen["time"]), seen
    assert seen["errors"] == 0

    for moment in (0.5, 13.5):
        viewer.do(f"player.seek({moment}); video.pause();")
        eventually(lambda: abs(viewer.look()["time"] - moment) < 0.3 and colour(viewer.look()["rgb"]) in origin.colour(moment),
                   f"what was there at {moment} s is seen")
        assert not viewer.look()["isAtEdge"]
    viewer.do("video.play(); player.follow();")
    eventually(lambda: viewer.look()["isAtEdge"], "it is live again")
    advance, seen = viewer.follows(3)
    assert advance > 2.5 and colour(seen["rgb"]) in origin.colour(seen["time"]), seen


@pytest.mark.parametrize("kind", BROWSERS)
def test_with_parts_it_is_two_seconds_behind_and_never_stops(origin, watch, kind):
    viewer = watch(kind, origin.page("low"))
    viewer.plays()
    time.sleep(3)
    waited = viewer.look()["waited"]
    for _ in range(4):
        advance, seen = viewer.follows(3)
        assert advance > 2.5, seen
        assert seen["latency"] < 3.2, seen["latency"]
    assert seen["waited"] - waited <= 1, "it stood still"
    parts = [path for path in origin.asked if path.count(".") == 2]
    assert len(parts) > 20
    assert len(set(parts)) == len(parts), "a part was asked for twice"


@pytest.mark.parametrize("kind", BROWSERS)
def test_a_stream_that_ends_is_over(origin, watch, kind):
    viewer = watch(kind, origin.page("sliding"))
    viewer.plays()
    viewer.follows(2)
    origin.end()
    seen = eventually(lambda: (lambda now: now if now["ended"] else None)(viewer.look()), "it is over", 20)
    assert not seen["isLive"] and seen["duration"] is not None
    assert abs(seen["time"] - seen["seekable"]["end"]) < 0.5


def test_a_slow_network_gets_smaller_pictures_and_a_better_one_larger_ones(origin, watch):
    viewer = watch("chromium", origin.page("event"))
    viewer.plays()
    eventually(lambda: viewer.look()["height"] == 360, "the large one is seen", 20)
    origin.rate = {0: 60_000, 1: 60_000}  # 480 kbit/s
    eventually(lambda: viewer.look()["height"] == 180, "the small one is seen", 25)
    advance, seen = viewer.follows(6)
    assert advance > 5, f"only {advance} s of 6"
    origin.rate = {0: 0, 1: 0}
    eventually(lambda: viewer.look()["height"] == 360, "the large one is seen again", 30)


def test_a_server_that_is_away_is_waited_for(origin, watch):
    viewer = watch("chromium", origin.page("event"))
    viewer.plays()
    origin.broken = True
    eventually(lambda: viewer.look()["problem"] is not None, "it says that something is wrong")
    time.sleep(9)
    standing = viewer.look()["time"]
    origin.broken = False
    eventually(lambda: viewer.look()["time"] > standing + 1, "it goes on", 15)
    eventually(lambda: viewer.look()["problem"] is None and viewer.look()["isAtEdge"], "all is well again", 15)
    seen = viewer.look()
    assert colour(seen["rgb"]) in origin.colour(seen["time"]), seen
