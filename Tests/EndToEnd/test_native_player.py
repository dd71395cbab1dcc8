"""HLS in Chromium's own player, without a script of ours: from the moment at which it is said to be playable."""

import pytest

from support import browsers
from support.waiting import eventually
from test_outputs import clip, hls, room, text  # noqa: F401  (fixtures)

PLAY = """(url) => {
  const video = Object.assign(document.createElement("video"), { crossOrigin: "anonymous", muted: true, src: url });
  window.problems = [];
  video.addEventListener("error", () => window.problems.push(video.error.message));
  document.body.replaceChildren(video);
  window.video = video;
  video.play().catch((error) => window.problems.push(String(error)));
}"""
LOOK = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = canvas.getContext("2d");
  if (video.videoWidth > 0) context.drawImage(video, video.videoWidth / 2 - 4, video.videoHeight / 2 - 4, 8, 8, 0, 0, 1, 1);
  return {
    time: video.currentTime, duration: video.duration, ended: video.ended, height: video.videoHeight,
    rgb: [...context.getImageData(0, 0, 1, 1).data].slice(0, 3), problems: window.problems,
  };
}"""


@pytest.fixture
def chromium(playwright):
    if not browsers.CHROMIUM:
        pytest.skip("there is no chromium")
    browser = browsers.Chromium(playwright, fake_devices=False)
    yield browser
    browser.close()


def is_red(rgb):
    return rgb[0] > 120 and rgb[1] < 100 and rgb[2] < 100


@pytest.mark.parametrize("name", ["index.m3u8", "live.m3u8"])
def test_what_is_playable_plays_at_once_goes_on_and_is_there_afterwards(server, room, chromium, name):
    stream = hls(server, room)
    url = f"{server.url}/hls/{stream['id']}/{name}"
    chromium.goto(f"{server.url}/healthz")  # a page with an origin, or this player reads nothing
    chromium.evaluate(PLAY, url)

    def look():
        seen = chromium.evaluate(LOOK)
        assert seen["problems"] == []
        return seen

    first = eventually(lambda: (seen := look())["time"] > 0.5 and is_red(seen["rgb"]) and seen, "it plays", 20)
    eventually(lambda: look()["time"] > first["time"] + 6, "it goes on", 15)
    text(server, "POST", "/v2/hls/stop", {"roomId": room})
    eventually(lambda: server.rest("GET", f"/v2/hls/{stream['id']}")["status"] == "stopped", "its end", 30)
    eventually(lambda: look()["ended"], "the player comes to the end", 30)

    chromium.evaluate(PLAY, url)
    again = eventually(lambda: (seen := look())["time"] > 0.5 and is_red(seen["rgb"]) and seen, "it is seen again", 20)
    assert again["duration"] > 6
