"""A participant on aiortc: an independent implementation of ICE, DTLS, SRTP and the codecs."""

import asyncio
import fractions
import threading
import time

import av
import numpy
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from .media import COUNTER_BITS, IDENTITIES, SAMPLES_PER_SECOND, frame_planes, nearest_identity, tone_sample
from .signalling import Signalling


class Picture(MediaStreamTrack):
    """The moving picture of an identity, 20 a second."""

    kind = "video"
    RATE = 20

    def __init__(self, identity):
        super().__init__()
        self.identity, self.number, self.started = identity, 0, None

    async def recv(self):
        self.started = self.started or time.monotonic()
        await asyncio.sleep(max(0, self.started + self.number / self.RATE - time.monotonic()))
        planes = frame_planes(self.identity.colour, self.number % (1 << COUNTER_BITS))
        frame = av.VideoFrame(640, 360, "yuv420p")
        for plane, data, width in zip(frame.planes, planes, (640, 320, 320)):
            rows = numpy.frombuffer(data, numpy.uint8).reshape(-1, width)
            padded = numpy.zeros((rows.shape[0], plane.line_size), numpy.uint8)
            padded[:, :width] = rows
            plane.update(padded.tobytes())
        frame.pts, frame.time_base = self.number * (90_000 // self.RATE), fractions.Fraction(1, 90_000)
        self.number += 1
        return frame


class Tone(MediaStreamTrack):
    """The tone of an identity, in frames of 20 ms."""

    kind = "audio"
    SAMPLES = SAMPLES_PER_SECOND // 50

    def __init__(self, identity):
        super().__init__()
        self.second = numpy.array(
            [int(32767 * tone_sample(identity.hertz, i)) for i in range(SAMPLES_PER_SECOND)], numpy.int16)
        self.number, self.started = 0, None

    async def recv(self):
        self.started = self.started or time.monotonic()
        await asyncio.sleep(max(0, self.started + self.number / 50 - time.monotonic()))
        first = self.number * self.SAMPLES % SAMPLES_PER_SECOND
        frame = av.AudioFrame.from_ndarray(
            self.second[first : first + self.SAMPLES].reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = SAMPLES_PER_SECOND, self.number * self.SAMPLES
        frame.time_base = fractions.Fraction(1, SAMPLES_PER_SECOND)
        self.number += 1
        return frame


class Peer:
    """Joins with media by `docs/signalling.md`; keeps the last picture and sound of every m-line."""

    def __init__(self, server_url, identity, seats=2):
        self.identity, self.seats = identity, seats
        self.signalling = Signalling(server_url)
        self.connection = None
        self.tasks = []
        self.pictures = {}  # mid → [(time, rgb)]
        self.sounds = {}  # mid → [samples]

    async def join(self, room, tracks=(), **fields):
        """Joins `room`, sending `tracks`; returns the `joined` message when media is connected."""
        await self.signalling.open()
        self.connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        sending = [self.connection.addTransceiver(track, direction="sendonly") for track in tracks]
        for _ in range(self.seats):
            for kind in ("audio", "video"):
                self.connection.addTransceiver(kind, direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        joined = await self.signalling.join(
            room, self.identity.name, offer=self.connection.localDescription.sdp,
            streams=[{"kind": each.kind, "mid": each.mid} for each in sending], **fields)
        answer = _candidates_everywhere(joined["answer"])
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        for transceiver in self.connection.getTransceivers():
            if transceiver.direction == "recvonly":
                self.tasks.append(asyncio.ensure_future(self._receive(transceiver)))
        limit = time.monotonic() + 15
        while self.connection.connectionState != "connected":
            if time.monotonic() > limit:
                raise TimeoutError(f"aiortc is {self.connection.connectionState} after 15 s")
            await asyncio.sleep(0.02)
        return joined

    async def leave(self):
        try:
            await self.signalling.request("leave")
        except ConnectionError:
            pass
        await self.close()

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await self.signalling.close()
        if self.connection:
            await self.connection.close()

    def seen(self, seconds=2.0):
        """Names of those whose picture came, 5 times or more, in the last `seconds`."""
        since, found = time.monotonic() - seconds, set()
        for pictures in list(self.pictures.values()):
            recent = [nearest_identity(rgb) for at, rgb in list(pictures) if at >= since]
            found |= {each.name for each in recent if each and recent.count(each) >= 5}
        return found

    def heard(self):
        """Names of those whose tone is in the last second of sound."""
        found = set()
        for sound in list(self.sounds.values()):
            samples = numpy.concatenate(list(sound)[-50:]) if sound else numpy.zeros(0)
            if len(samples) < SAMPLES_PER_SECOND // 2 or numpy.abs(samples).max() < 0.01:
                continue
            spectrum = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(len(samples))))
            hertz = spectrum.argmax() * SAMPLES_PER_SECOND / len(samples)
            best = min(IDENTITIES, key=lambda each: abs(each.hertz - hertz))
            if abs(best.hertz - hertz) <= 20:
                found.add(best.name)
        return found

    async def _receive(self, transceiver):
        track, mid = transceiver.receiver.track, transceiver.mid
        try:
            while True:
                frame = await track.recv()
                if track.kind == "video":
                    kept = self.pictures.setdefault(mid, [])
                    kept.append((time.monotonic(), _mean_colour(frame)))
                    del kept[:-200]
                else:
                    kept = self.sounds.setdefault(mid, [])
                    kept.append(_mono(frame))
                    del kept[:-100]
        except MediaStreamError:
            pass


def _candidates_everywhere(sdp):
    """Repeats the candidates of the first m-line in the others.

    They are in the first only (RFC 9143 §9.2); aiortc takes those of the last m-line of a bundle.
    """
    session, *sections = sdp.split("\r\nm=")
    lines = [
        line for line in sections[0].split("\r\n") if line.startswith(("a=candidate:", "a=end-of-candidates"))]
    repeated = [
        section if "a=candidate:" in section else section.rstrip("\r\n") + "\r\n" + "\r\n".join(lines)
        for section in sections]
    return "\r\nm=".join([session, *repeated]).rstrip("\r\n") + "\r\n"


def _mean_colour(frame):
    rgb = frame.reformat(width=64, height=36, format="rgb24").to_ndarray()
    return tuple(int(each) for each in rgb[3:18, 16:48].reshape(-1, 3).mean(axis=0))


def _mono(frame):
    samples = frame.to_ndarray()
    if frame.layout.nb_channels == 2 and samples.shape[0] == 1:
        samples = samples.reshape(-1, 2).T
    return samples[0].astype(numpy.float32) / 32768


class PeerThread:
    """An event loop in a thread of its own, for tests that are not written with `async`."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, coroutine, seconds=30):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(seconds)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
