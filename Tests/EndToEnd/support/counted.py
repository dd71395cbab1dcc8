"""A clip whose pictures are numbered, a bot that sends it, and which numbers are in a recording, and when."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy

from .paths import BINARY
from .server import clean_environment, token
from .waiting import eventually

RATE = 30
# Pictures of a clip, after which it begins anew: longer than any interruption that is looked for.
PICTURES = 1_800
COLUMNS, ROWS = 4, 3
WIDTH, HEIGHT = 320, 180
# The squares lie in the middle of a red field, by whose edges they are found again.
RED = (220, 30, 30)
LEFT, TOP, SQUARE = 80, 30, 40
HERTZ = 440


def write_clip(folder: Path, bits="400k", noise=0):
    """A minute of VP8 and Opus: black and white squares count the pictures in Gray code, a tone sounds all the time.

    A third of a second apart there is a picture to begin with, as a browser makes one when it is asked. With `noise`
    (how dark the field may be, below 70 to be read) the clip is as large as `bits` says.
    """
    video, audio = folder / "counted.ivf", folder / "counted.opus"
    if video.exists():
        return video, audio
    field = numpy.empty((HEIGHT, WIDTH, 3), "uint8")
    field[:] = RED
    noises = numpy.random.default_rng(1)
    encoder = subprocess.Popen([
        "ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}",
        "-r", str(RATE), "-i", "-", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", bits,
        "-g", str(RATE // 3), "-pix_fmt", "yuv420p", str(video)], stdin=subprocess.PIPE)
    for number in range(PICTURES):
        code = number ^ number >> 1
        picture = field.copy()
        if noise:
            picture[..., 0] -= noises.integers(0, noise, (HEIGHT, WIDTH), "uint8")
        for bit in range(COLUMNS * ROWS):
            x, y = LEFT + bit % COLUMNS * SQUARE, TOP + bit // COLUMNS * SQUARE
            picture[y:y + SQUARE, x:x + SQUARE] = 255 if code >> bit & 1 else 0
        encoder.stdin.write(picture.tobytes())
    encoder.stdin.close()
    if encoder.wait(120):
        raise RuntimeError("ffmpeg made no clip")
    subprocess.run([
        "ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", f"sine={HERTZ}:d={PICTURES // RATE}",
        "-c:a", "libopus", "-b:a", "32k", str(audio)], check=True)
    return video, audio


class Bot:
    """Somebody in a room who sends a clip, and others who watch; they come again when a media process dies."""

    def __init__(self, server, room, clip, seconds=3_600, subscribers=0):
        video, audio = clip
        self.server, self.room, self.people = server, room, 1 + subscribers
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(BINARY), "load", "media", "--server", server.url, "--token", token(), "--room", room, "--json",
             "--publishers", "1", "--subscribers", str(subscribers), "--duration", str(seconds), "--video", str(video),
             "--audio", str(audio)],
            stdout=self.output, stderr=subprocess.DEVNULL, env=clean_environment())

    def wait_until_present(self):
        eventually(lambda: len(present(self.server, self.room)) >= self.people, "the bots are in the room", 20, 0.05)
        return self

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)

    def report(self):
        """What it measured, once its time is over."""
        self.process.wait(60)
        self.output.seek(0)
        return json.loads(self.output.read())


def present(server, room):
    """Who is in a room now."""
    return [
        each for session in server.sessions(room)[:1] if session["end"] is None
        for each in session["participants"] if each["timelog"][-1]["end"] is None]


@dataclass
class Gap:
    """A while in which the picture stood still or there was none, in seconds: from one that was new to the next."""

    start: float
    end: float

    @property
    def seconds(self):
        return self.end - self.start


class Counted:
    """The numbers of a recording's pictures."""

    def __init__(self, path: Path):
        self.path = Path(path)
        # (seconds, number), of those pictures that can be read and are new.
        self.new = []
        self.pictures = 0
        self.unread = 0
        self.seconds = 0.0
        with av.open(str(path)) as file:
            self.seconds = file.duration / 1e6
            stream = file.streams.video[0]
            stream.thread_type = "AUTO"
            place, last = None, None
            for frame in file.decode(stream):
                self.pictures += 1
                picture = frame.reformat(width=320, height=180, format="rgb24").to_ndarray()
                place = place or squares(picture)
                number = place and read(picture, place)
                if number is None:
                    self.unread += 1
                elif number != last:
                    self.new.append((float(frame.pts * frame.time_base), number))
                    last = number

    def gaps(self, least=0.2):
        """Where nothing new came for so long; the beginning and the end count as well."""
        moments = [0.0, *(moment for moment, _ in self.new), self.seconds]
        return [Gap(a, b) for a, b in zip(moments, moments[1:]) if b - a >= least]

    @property
    def begins(self):
        """The number at second 0, as if the clip had been sent all the time; `None` if there is no picture."""
        return (self.new[0][1] - self.new[0][0] * RATE) % PICTURES if self.new else None

    def drift(self, start, end):
        """By how many seconds what is seen at the end is off from what was begun with, between two moments."""
        part = [(moment, number) for moment, number in self.new if start <= moment <= end]
        if len(part) < 2:
            return 0.0
        (first, a), (last, b) = part[0], part[-1]
        off = ((b - a) / RATE - (last - first)) % (PICTURES / RATE)
        return min(off, off - PICTURES / RATE, key=abs)


def squares(picture):
    """Where the squares are: left, top and size in pixels; `None` if the field is not seen."""
    red = (picture[..., 0] > 150) & (picture[..., 1] < 90) & (picture[..., 2] < 90)
    # Wider than what stands in for somebody whose picture has not come.
    rows, columns = numpy.flatnonzero(red.sum(axis=1) > 100), numpy.flatnonzero(red.sum(axis=0) > 40)
    if len(rows) < 60 or len(columns) < 100:
        return None
    left, top = columns[0], rows[0]
    width, height = columns[-1] + 1 - left, rows[-1] + 1 - top
    return left + LEFT * width / WIDTH, top + TOP * height / HEIGHT, width * SQUARE / WIDTH, height * SQUARE / HEIGHT


def read(picture, place):
    """The number of a picture; `None` if the field is not there, or a square is neither black nor white."""
    left, top, width, height = place
    for x in (left - width, left + (COLUMNS + 1) * width):
        red, green, _ = picture[int(top + height), int(x)]
        if red < 150 or green > 90:
            return None
    code = 0
    for bit in range(COLUMNS * ROWS):
        x, y = left + (bit % COLUMNS + 0.5) * width, top + (bit // COLUMNS + 0.5) * height
        value = picture[int(y) - 2:int(y) + 3, int(x) - 2:int(x) + 3].mean()
        if 90 < value < 165:
            return None
        code |= (value >= 165) << bit
    number = 0
    while code:
        number ^= code
        code >>= 1
    return number if number < PICTURES else None
