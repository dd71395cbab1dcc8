"""An HLS server whose stream is known picture by picture, live by the clock: for tests of the player.

The picture has one of six colours, another one every second; the media is made once and served as if
it were just being made, in segments of 2 s or in parts of half a second.
"""

import functools
import http.server
import re
import subprocess
import threading
import time
from urllib.parse import parse_qs, urlsplit

from .paths import WEB

SEGMENT, PART = 2.0, 0.5
#: Seconds of media that are made; the stream repeats them, with a discontinuity between.
LENGTH = 40
PARTS = round(SEGMENT / PART)
SIZES = {0: (320, 180, 150), 1: (640, 360, 700)}
#: Red, yellow, green, cyan, blue, magenta: one per second.
COLOURS = ((1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1), (1, 0, 1))

PAGE = """<!doctype html><meta charset="utf-8"><title>player</title>
<video id="video" muted playsinline style="width: 640px; height: 360px"></video>
<script type="module">
import { HLSPlayer } from "/sdk/hls-player.mjs";
const video = document.getElementById("video");
window.stalls = [];
window.states = [];
const player = new HLSPlayer(video, new URLSearchParams(location.search).get("url"));
player.onchange = (state) => { window.state = state; };
for (const name of ["waiting", "ended", "error"]) video.addEventListener(name, () => stalls.push([name, video.currentTime]));
const canvas = document.createElement("canvas");
canvas.width = canvas.height = 8;
const context = canvas.getContext("2d", { willReadFrequently: true });
window.player = player;
window.look = () => {
  context.drawImage(video, 0, 0, 8, 8);
  const [r, g, b] = context.getImageData(4, 4, 1, 1).data;
  return { ...window.state, time: video.currentTime, rgb: [r, g, b], height: video.videoHeight,
    ended: video.ended, duration: video.duration === Infinity ? null : video.duration,
    waited: stalls.filter(([name]) => name === "waiting").length, errors: stalls.filter(([name]) => name === "error").length };
};
video.play().catch(() => {});
</script>"""


def make_media(folder):
    """Makes the variants; returns for each its initialization and its parts."""
    made = {}
    for number, (width, height, kilobits) in SIZES.items():
        file = folder / f"{number}.mp4"
        subprocess.run(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-y",
             "-f", "lavfi", "-i", f"color=c=red:s={width}x{height}:r=24,noise=alls=12:allf=t,hue=h='60*floor(t)'",
             "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", str(LENGTH), "-pix_fmt", "yuv420p",
             "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-x264-params",
             "keyint=48:min-keyint=48:scenecut=0", "-b:v", f"{kilobits}k", "-maxrate", f"{kilobits}k", "-bufsize", f"{kilobits}k",
             "-c:a", "aac", "-b:a", "48k", "-frag_duration", str(int(PART * 1e6)), "-min_frag_duration", str(int(PART * 1e6)),
             "-movflags", "empty_moov+default_base_moof", str(file)], check=True)
        made[number] = _cut(file.read_bytes())
    return made


def _cut(data):
    """The initialization, and the fragments grouped into parts by their time."""
    boxes, at = [], 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "big")
        boxes.append((data[at + 4:at + 8], data[at:at + size]))
        at += size
    initialization = b"".join(box for kind, box in boxes if kind in (b"ftyp", b"moov"))
    fragments = [boxes[index][1] + boxes[index + 1][1] for index in range(len(boxes) - 1)
                 if boxes[index][0] == b"moof" and boxes[index + 1][0] == b"mdat"]
    return initialization, fragments


class Origin:
    """Serves /event/ (all of the past), /sliding/ (five segments) and /low/ (with parts).

    `history`: seconds that the stream has gone on for when it is made.
    """

    def __init__(self, media, history=30):
        self.media = media
        self.began = time.time() - history
        self.ends = None
        #: Bytes per second of media of each variant; 0 for as many as there are.
        self.rate = {0: 0, 1: 0}
        self.broken = False
        self.asked = []
        handler = functools.partial(_Handler, self)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def parts_per_round(self):
        return min(len(fragments) for _, fragments in self.media.values()) // PARTS * PARTS

    @property
    def age(self):
        return min(time.time(), self.ends or 1e12) - self.began

    def end(self):
        self.ends = time.time()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def page(self, kind):
        return f"{self.url}/player.html?url=/{kind}/index.m3u8"

    def colour(self, moment):
        """The colour at a moment of the stream, and those it may be confused with at the edges of a second."""
        length = self.parts_per_round * PART
        return {COLOURS[int((moment + shift) % length) % 6] for shift in (-0.2, 0, 0.2)}

    def multivariant(self):
        lines = ["#EXTM3U", "#EXT-X-VERSION:7"]
        for number, (width, height, kilobits) in SIZES.items():
            lines += [f'#EXT-X-STREAM-INF:BANDWIDTH={kilobits * 1100 + 60_000},RESOLUTION={width}x{height},'
                      'CODECS="avc1.42c01e,mp4a.40.2"', f"{number}.m3u8"]
        return "\n".join(lines)

    def playlist(self, kind):
        done = int(self.age / PART + 1e-6)
        complete = done // PARTS
        first = 0 if kind == "event" else max(0, complete - 5)
        rounds = self.parts_per_round // PARTS
        lines = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{SEGMENT:.0f}", f"#EXT-X-MEDIA-SEQUENCE:{first}",
                 f"#EXT-X-DISCONTINUITY-SEQUENCE:{max(0, (first - 1) // rounds) if first else 0}"]
        if kind == "event":
            lines.append("#EXT-X-PLAYLIST-TYPE:EVENT")
        if kind == "low":
            lines += [f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={3 * PART}", f"#EXT-X-PART-INF:PART-TARGET={PART}"]
        lines.append('#EXT-X-MAP:URI="init.mp4"')

        def parts(segment, count):
            for part in range(count):
                independent = ",INDEPENDENT=YES" if part == 0 else ""
                lines.append(f'#EXT-X-PART:DURATION={PART},URI="{segment}.{part}.m4s"{independent}')

        for segment in range(first, complete):
            if segment and segment % rounds == 0:
                lines += ["#EXT-X-DISCONTINUITY", '#EXT-X-MAP:URI="init.mp4"']
            if kind == "low" and segment >= complete - 3:
                parts(segment, PARTS)
            lines += [f"#EXTINF:{SEGMENT},", f"{segment}.m4s"]
        if self.ends:
            lines.append("#EXT-X-ENDLIST")
        elif kind == "low":
            if complete and complete % rounds == 0:
                lines += ["#EXT-X-DISCONTINUITY", '#EXT-X-MAP:URI="init.mp4"']
            parts(complete, done % PARTS)
            lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{complete}.{done % PARTS}.m4s"')
        return "\n".join(lines)

    def wait_for(self, segment, part):
        """Until that part is there, as a server does that can block."""
        limit = time.time() + 10
        while self.age < (segment * PARTS + part + 1) * PART and not self.ends and time.time() < limit:
            time.sleep(0.01)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, origin, *parameters):
        self.origin = origin
        super().__init__(*parameters)

    def log_message(self, *_):
        pass

    def do_GET(self):
        origin, target = self.origin, urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(target.query).items()}
        origin.asked.append(target.path)
        if target.path == "/player.html":
            return self.reply("text/html; charset=utf-8", PAGE.encode())
        if target.path == "/sdk/hls-player.mjs":
            return self.reply("text/javascript", (WEB / "sdk" / "hls-player.mjs").read_bytes())
        match = re.fullmatch(r"/(event|sliding|low)/(?:(\d)/)?([\w.]+)", target.path)
        if not match or origin.broken:
            return self.reply("text/plain", b"", 503 if match else 404)
        kind, variant, name = match.groups()
        if name == "index.m3u8":
            text = origin.multivariant().replace(".m3u8", "/media.m3u8")
            return self.reply("application/vnd.apple.mpegurl", text.encode())
        initialization, fragments = origin.media[int(variant)]
        if name == "media.m3u8":
            if "_HLS_msn" in query:
                origin.wait_for(int(query["_HLS_msn"]), int(query.get("_HLS_part", PARTS - 1)))
            return self.reply("application/vnd.apple.mpegurl", origin.playlist(kind).encode())
        if name == "init.mp4":
            return self.reply("video/mp4", initialization)
        numbers = [int(each) for each in name.split(".")[:-1]]
        if len(numbers) == 2:
            origin.wait_for(*numbers)
            wanted = [numbers[0] * PARTS + numbers[1]]
        else:
            wanted = range(numbers[0] * PARTS, numbers[0] * PARTS + PARTS)
        content = b"".join(fragments[each % origin.parts_per_round] for each in wanted)
        return self.reply("video/mp4", content, rate=origin.rate[int(variant)])

    def reply(self, kind, content, status=200, rate=0):
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            step = max(1, rate // 20) if rate else max(1, len(content))
            for at in range(0, len(content), step):
                self.wfile.write(content[at:at + step])
                if rate:
                    time.sleep(0.05)
        except OSError:  # the player gave the download up
            self.close_connection = True
