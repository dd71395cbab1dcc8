"""A WebRTC publisher of 1200-byte RTP packets at a rate, on aiortc. Prints READY when it sends.

usage: publisher.py SERVER_URL ROOM PACKETS_PER_SECOND BURST
Sends nothing before it reads a line; each further line stops it or lets it go on.
"""

import asyncio
import sys
import time
from pathlib import Path

import aiortc.rtcdtlstransport as dtls
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtp import RtpPacket
from aiortc.clock import current_ntp_time

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))
from support.media import Identity
from support.peer import Peer

dtls.SRTP_PROFILES = [each for each in dtls.SRTP_PROFILES if b"AEAD_AES_128_GCM" in each.openssl_profile]

PACKET_BYTES = 1200
PACKETS_PER_FRAME = 4


class Silent(MediaStreamTrack):
    """Gives no frame: the packets are made here."""

    kind = "video"

    async def recv(self):
        await asyncio.sleep(3600)


class Source:
    """Packets of VP8 pictures that no decoder sees: the descriptor is right, the rest is zero."""

    def __init__(self, sender, payload_type, rate, burst):
        self.sender, self.payload_type, self.rate, self.burst = sender, payload_type, rate, burst
        self.number, self.running = 0, False
        self.key_frame_due = True
        self.mid = sender._RTCRtpSender__mid
        self.extensions = sender._RTCRtpSender__rtp_header_extensions_map
        self.history = sender._RTCRtpSender__rtp_history
        sender._send_keyframe = self.want_key_frame
        empty = RtpPacket(payload_type=96)
        self.stamp(empty)
        self.payload = bytes(PACKET_BYTES - len(empty.serialize(self.extensions)) - 2)

    def want_key_frame(self):
        self.key_frame_due = True

    def stamp(self, packet):
        packet.extensions.abs_send_time = (current_ntp_time() >> 14) & 0xFFFFFF
        packet.extensions.mid = self.mid

    async def send(self):
        sender, started, sent = self.sender, time.monotonic(), 0
        key_frame = False
        while self.running:
            for _ in range(self.burst):
                frame, part = divmod(self.number, PACKETS_PER_FRAME)
                if part == 0:
                    # Asked for, or once in a while for those who join.
                    key_frame, self.key_frame_due = self.key_frame_due or frame % 128 == 0, False
                packet = RtpPacket(
                    payload_type=self.payload_type, marker=int(part == PACKETS_PER_FRAME - 1), ssrc=sender._ssrc,
                    sequence_number=self.number & 0xFFFF,
                    timestamp=int(frame * 90_000 * PACKETS_PER_FRAME / self.rate) & 0xFFFFFFFF)
                packet.payload = bytes([0x10 if part == 0 else 0, 0 if key_frame else 1]) + self.payload
                self.stamp(packet)
                self.history[packet.sequence_number % 128] = packet
                await sender.transport._send_rtp(packet.serialize(self.extensions))
                self.number += 1
                sent += 1
            await asyncio.sleep(max(0, started + sent / self.rate - time.monotonic()))


async def main():
    url, room, rate, burst = sys.argv[1:]
    peer = Peer(url, Identity("publisher", (0, 0, 0), 0), seats=0)
    await peer.join(room, [Silent()])
    transceiver = peer.connection.getTransceivers()[0]
    await transceiver.sender._RTCRtpSender__rtp_started.wait()
    payload_type = next(codec.payloadType for codec in transceiver._codecs if codec.name == "VP8")
    source = Source(transceiver.sender, payload_type, float(rate), int(burst))
    print("READY", flush=True)
    loop = asyncio.get_running_loop()
    sending = None
    while await loop.run_in_executor(None, sys.stdin.readline):
        source.running = not source.running
        if source.running:
            sending = asyncio.ensure_future(source.send())
        else:
            await sending


asyncio.run(main())
