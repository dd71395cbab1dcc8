"""K subscribers on aiortc, of a Janus mountpoint or of a room. Prints READY when all have media.

usage: subscribers.py janus WEBSOCKET_URL K | subscribers.py stoa SERVER_URL ROOM K
"""

import asyncio
import itertools
import json
import sys
from pathlib import Path

import aiortc.rtcdtlstransport as dtls
import aiortc.rtcrtpreceiver as receiver
import websockets
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))
from support.media import Identity
from support.peer import Peer

# The same cipher on every leg, whatever the server would choose.
dtls.SRTP_PROFILES = [each for each in dtls.SRTP_PROFILES if b"AEAD_AES_128_GCM" in each.openssl_profile]


def no_decoder(loop, input_queue, output_queue, *_):
    while input_queue.get() is not None:
        pass


receiver.decoder_worker = no_decoder


async def janus(url, index):
    """Watches mountpoint 1."""
    socket = await websockets.connect(url, subprotocols=["janus-protocol"], compression=None)
    numbers = itertools.count()

    async def request(event=False, **message):
        transaction = f"{index}-{next(numbers)}"
        await socket.send(json.dumps({**message, "transaction": transaction}))
        while True:
            answer = json.loads(await socket.recv())
            if answer.get("transaction") == transaction and not (event and answer["janus"] == "ack"):
                return answer

    session = (await request(janus="create"))["data"]["id"]
    handle = (await request(janus="attach", session_id=session, plugin="janus.plugin.streaming"))["data"]["id"]
    to = {"janus": "message", "session_id": session, "handle_id": handle}
    offer = await request(event=True, **to, body={"request": "watch", "id": 1})
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    await connection.setRemoteDescription(RTCSessionDescription(offer["jsep"]["sdp"], "offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    await request(event=True, **to, body={"request": "start"},
                  jsep={"type": "answer", "sdp": connection.localDescription.sdp})
    await until_connected(connection)
    return connection, socket


async def stoa(url, room, index):
    """Joins `room` to receive only."""
    peer = Peer(url, Identity(f"subscriber {index}", (0, 0, 0), 0), seats=1)
    await peer.join(room, mode="RECV_ONLY")
    await until_connected(peer.connection)
    return peer


async def until_connected(connection):
    for _ in range(400):
        if connection.connectionState == "connected":
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(connection.connectionState)


async def main():
    kind, *parameters, count = sys.argv[1:]
    kept = []
    for first in range(0, int(count), 5):
        group = range(first, min(int(count), first + 5))
        kept += await asyncio.gather(*[
            janus(*parameters, index) if kind == "janus" else stoa(*parameters, index) for index in group])
    print("READY", len(kept), flush=True)
    await asyncio.sleep(3600)


asyncio.run(main())
