"""What is in a file: who is seen, who is heard, when it flashes and beeps, and whether it is whole."""

import struct
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy

from .media import IDENTITIES

SAMPLE_RATE = 48_000


@dataclass
class Content:
    """A decoded file. Pictures are kept small: what matters is their colours and their times."""

    path: Path
    pictures: list = field(default_factory=list)  # (seconds, RGB array of 64×36)
    sound: numpy.ndarray = field(default_factory=lambda: numpy.zeros(0, "float32"))  # mono, from second 0
    width: int = 0
    height: int = 0
    codecs: tuple = ()
    channels: int = 0

    @property
    def seconds(self):
        """The end of what lasts longest."""
        last = self.pictures[-1][0] if self.pictures else 0
        return max(last, len(self.sound) / SAMPLE_RATE)

    def seen(self, start, end, least=0.02):
        """Names of those whose colour covers a part of some picture between two moments."""
        found = set()
        for seconds, picture in self.pictures:
            if start <= seconds < end:
                found |= colours(picture, least)
        return found

    def heard(self, start, end):
        """Names of those whose tone sounds between two moments."""
        return tones(self.sound[int(start * SAMPLE_RATE):int(end * SAMPLE_RATE)])

    def longest_gap(self):
        """Seconds between two pictures that follow on one another, at most."""
        times = [seconds for seconds, _ in self.pictures]
        return max((b - a for a, b in zip(times, times[1:])), default=0)

    def longest_silence(self, start, end):
        """Seconds without any sound, at most."""
        part = numpy.abs(self.sound[int(start * SAMPLE_RATE):int(end * SAMPLE_RATE)])
        loud = numpy.flatnonzero(part > 0.003)
        if not len(loud):
            return end - start
        edges = numpy.concatenate(([0], loud, [len(part)]))
        return float(numpy.max(numpy.diff(edges))) / SAMPLE_RATE


def decode(path):
    """Decodes everything; fails on whatever a decoder complains of."""
    content = Content(Path(path))
    blocks = []
    with av.open(str(path)) as file:
        content.codecs = tuple(sorted(stream.codec_context.name for stream in file.streams))
        for stream in file.streams.video:
            content.width, content.height = stream.codec_context.width, stream.codec_context.height
        for stream in file.streams.audio:
            content.channels = stream.codec_context.layout.nb_channels
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        for frame in file.decode(*file.streams.video, *file.streams.audio):
            if isinstance(frame, av.VideoFrame):
                small = frame.reformat(width=64, height=36, format="rgb24").to_ndarray()
                content.pictures.append((float(frame.pts * frame.time_base), small))
            else:
                start = float(frame.pts * frame.time_base)
                for part in resampler.resample(frame):
                    blocks.append((start, part.to_ndarray().reshape(-1)))
    if blocks:
        length = max(int(round(start * SAMPLE_RATE)) + len(part) for start, part in blocks)
        content.sound = numpy.zeros(length, "float32")
        for start, part in blocks:
            position = max(int(round(start * SAMPLE_RATE)), 0)
            content.sound[position:position + len(part)] = part[:length - position]
    return content


def colours(picture, least=0.02):
    """Names of those whose colour fills at least a share of a picture."""
    pixels = picture.reshape(-1, 3).astype(float)
    found = set()
    for person in IDENTITIES:
        distance = numpy.sqrt(((pixels - numpy.array(person.colour)) ** 2).sum(axis=1))
        if (distance < 45).mean() >= least:
            found.add(person.name)
    return found


def tones(samples):
    """Names of those whose tone stands out of a sound."""
    if len(samples) < SAMPLE_RATE // 4:
        return set()
    spectrum = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(len(samples))))
    per_bin = SAMPLE_RATE / len(samples)
    floor = numpy.median(spectrum[int(200 / per_bin):int(3000 / per_bin)]) + 1e-9
    strength = {}
    for person in IDENTITIES:
        low, high = int((person.hertz - 12) / per_bin), int((person.hertz + 12) / per_bin) + 1
        strength[person.name] = spectrum[low:high].max()
    # A stutter has a little of every tone; people are about as loud as one another.
    least = max(40 * floor, len(samples) * 1e-3, 0.15 * max(strength.values()))
    return {name for name, value in strength.items() if value > least}


def flashes(content, share=0.1):
    """Moments at which a part of the picture turns white."""
    found, bright = [], True
    for seconds, picture in content.pictures:
        now = (picture.min(axis=2) > 190).mean() > share
        if now and not bright:
            found.append(seconds)
        bright = now
    return found


def beeps(content, hertz=2_000, threshold=0.02):
    """Moments at which a tone begins, to a millisecond."""
    samples = content.sound
    window = SAMPLE_RATE // 500
    count = len(samples) // window
    if not count:
        return []
    blocks = samples[:count * window].reshape(count, window)
    phase = numpy.arange(window) * 2 * numpy.pi * hertz / SAMPLE_RATE
    strength = numpy.hypot(blocks @ numpy.cos(phase), blocks @ numpy.sin(phase)) / window
    loud = strength > threshold
    found, quiet_since = [], 0
    for index in range(count):
        if loud[index]:
            if index - quiet_since >= 50:  # a tenth of a second of quiet
                found.append(index * window / SAMPLE_RATE)
            quiet_since = index + 1
    return found


def skews(content, hertz=2_000, reach=0.45):
    """Pairs of a flash and the beep nearest to it: (moment, picture's time minus sound's)."""
    heard = beeps(content, hertz)
    pairs = []
    for flash in flashes(content):
        near = min(heard, key=lambda beep: abs(beep - flash), default=None)
        if near is not None and abs(near - flash) <= reach:
            pairs.append((flash, flash - near))
    return pairs


def atoms(path):
    """The names of an MP4 file's outermost boxes, in order."""
    names = []
    with Path(path).open("rb") as file:
        while head := file.read(8):
            size, name = struct.unpack(">I4s", head)
            names.append(name.decode("latin-1"))
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0] - 8
            if size == 0:
                break
            file.seek(size - 8, 1)
    return names


def download(url, path, token=None):
    """Fetches a file as a browser would."""
    request = urllib.request.Request(url, headers={"Authorization": token} if token else {})
    with urllib.request.urlopen(request, timeout=30) as answer, Path(path).open("wb") as file:
        while block := answer.read(1 << 20):
            file.write(block)
    return Path(path)
