"""The aiortc participant's own media, without a server: what it paints and plays is recognised."""

import asyncio

from aiortc import RTCPeerConnection

from support.media import IDENTITIES
from support.peer import Peer, PeerThread, Picture, Tone
from support.waiting import eventually


async def _connect(sender, receiver):
    await sender.setLocalDescription(await sender.createOffer())
    await receiver.setRemoteDescription(sender.localDescription)
    await receiver.setLocalDescription(await receiver.createAnswer())
    await sender.setRemoteDescription(receiver.localDescription)


def test_the_peer_recognises_what_it_sends():
    thread = PeerThread()
    cem = IDENTITIES[2]
    watcher = Peer("http://127.0.0.1:9", cem)

    async def begin():
        sender, receiver = RTCPeerConnection(), RTCPeerConnection()
        for track in (Picture(cem), Tone(cem)):
            sender.addTransceiver(track, direction="sendonly")
        await _connect(sender, receiver)
        for transceiver in receiver.getTransceivers():
            watcher.tasks.append(asyncio.ensure_future(watcher._receive(transceiver)))
        return sender, receiver

    connections = thread.run(begin())
    try:
        eventually(lambda: watcher.seen() == {"Cem"}, "Cem's picture is seen")
        eventually(lambda: watcher.heard() == {"Cem"}, "Cem's tone is heard")
    finally:
        for connection in connections:
            thread.run(connection.close())
        thread.stop()
