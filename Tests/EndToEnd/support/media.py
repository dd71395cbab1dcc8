"""A known picture and a known tone per participant, and how to recognise them again.

A picture is a field of one colour above a row of six squares, black or white, that count the
frames modulo 64. So a receiver can tell who is seen, and that what is seen moves.

A tone sounds in bursts, four a second, like syllables: a browser's noise suppression takes a
steady tone for noise and removes it.
"""

import array
import math
import wave
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, FRAMES_PER_SECOND = 640, 360, 30
COUNTER_BITS = 6
FIELD_HEIGHT = 240
SAMPLES_PER_SECOND = 48_000


@dataclass(frozen=True)
class Identity:
    """What one participant looks and sounds like."""

    name: str
    colour: tuple[int, int, int]
    hertz: int


# Tones are no harmonics of one another, and at least 130 Hz apart.
IDENTITIES = [
    Identity("Ann", (200, 40, 40), 440),
    Identity("Bob", (40, 160, 60), 610),
    Identity("Cem", (50, 70, 200), 790),
    Identity("Dee", (200, 180, 40), 1010),
    Identity("Eve", (180, 50, 170), 1270),
    Identity("Flo", (40, 170, 180), 1490),
]


def nearest_identity(rgb):
    """The identity whose colour `rgb` is, or None if it is close to nobody's."""
    best = min(IDENTITIES, key=lambda person: _distance(person.colour, rgb))
    return best if _distance(best.colour, rgb) < 60 else None


def _distance(a, b):
    return math.sqrt(sum((x - y) ** 2 for x, y in zip(a, b)))


def _yuv(rgb):
    """BT.601, limited range, as capture devices deliver it."""
    red, green, blue = (channel / 255 for channel in rgb)
    return (
        round(16 + 65.481 * red + 128.553 * green + 24.966 * blue),
        round(128 - 37.797 * red - 74.203 * green + 112.0 * blue),
        round(128 + 112.0 * red - 93.786 * green - 18.214 * blue),
    )


def frame_planes(colour, number):
    """The Y, U and V planes of picture `number` as bytes."""
    y, u, v = _yuv(colour)
    edges = [WIDTH * bit // COUNTER_BITS for bit in range(COUNTER_BITS + 1)]
    row, chroma_u, chroma_v = bytearray(), bytearray(), bytearray()
    for bit in range(COUNTER_BITS):
        width = edges[bit + 1] - edges[bit]
        row += bytes([235 if number >> bit & 1 else 16]) * width
    luma = bytes([y]) * (WIDTH * FIELD_HEIGHT) + bytes(row) * (HEIGHT - FIELD_HEIGHT)
    field, counter = WIDTH * FIELD_HEIGHT // 4, WIDTH * (HEIGHT - FIELD_HEIGHT) // 4
    chroma_u = bytes([u]) * field + bytes([128]) * counter
    chroma_v = bytes([v]) * field + bytes([128]) * counter
    return luma, chroma_u, chroma_v


def write_picture(path: Path, identity: Identity):
    """Writes one whole turn of the counter as Y4M, which Chromium repeats without a seam."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(1 << COUNTER_BITS):
            file.write(b"FRAME\n" + b"".join(frame_planes(identity.colour, number)))


def tone_sample(hertz, index):
    """Sample `index` of a tone, -1…1: bursts of 150 ms with 100 ms of quiet between them."""
    position = index % (SAMPLES_PER_SECOND // 4) / SAMPLES_PER_SECOND
    if position >= 0.15:
        return 0.0
    envelope = min(1.0, position / 0.01, (0.15 - position) / 0.01)
    return 0.5 * envelope * math.sin(2 * math.pi * hertz * index / SAMPLES_PER_SECOND)


def write_tone(path: Path, identity: Identity):
    """Writes one second as a WAV file, which Chromium repeats without a seam."""
    samples = array.array(
        "h", (int(32767 * tone_sample(identity.hertz, i)) for i in range(SAMPLES_PER_SECOND)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES_PER_SECOND)
        file.writeframes(samples.tobytes())


class MediaFiles:
    """Capture files for browsers, written when first asked for."""

    def __init__(self, folder: Path):
        self.folder = folder

    def of(self, identity: Identity):
        """The picture's and the tone's file of `identity`."""
        picture = self.folder / f"{identity.name}.y4m"
        tone = self.folder / f"{identity.name}.wav"
        if not picture.exists():
            write_picture(picture, identity)
            write_tone(tone, identity)
        return picture, tone
