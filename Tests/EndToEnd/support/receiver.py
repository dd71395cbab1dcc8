"""A receiver of webhooks that can be down, slow, failing, or lose its answers."""

import asyncio
import base64
import hashlib
import hmac
import json
import random

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from .server import kept_ports


class Receiver:
    """Takes POSTs on a loopback port, remembers each event, and checks signatures.

    `mood` is `well`, `slow`, `failing` (500, without having taken notice) or `forgetful` (takes notice, and
    closes without an answer). `down` refuses connections.
    """

    def __init__(self, seed=0):
        self.random = random.Random(seed)
        self.mood = "well"
        self.server = None
        self.port = None
        # Every event in the order of its first arrival, and how often each came.
        self.first = []
        self.counts = {}
        self.answered = set()
        self.faults = []
        self.secret = None
        self.public_key = None
        self.on_event = None
        self.handlers = set()

    async def up(self):
        self.port = self.port or kept_ports(1)
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)

    async def down(self):
        self.server.close()
        for handler in list(self.handlers):
            handler.cancel()
        self.server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def trust(self, secret, public_key):
        self.secret = base64.b64decode(secret.removeprefix("whsec_"))
        self.public_key = serialization.load_pem_public_key(public_key.encode())

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self.handlers.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = {
                name.strip().lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:] if line)}
            body = await reader.readexactly(int(headers["content-length"]))
            status = await self._receive(headers, body)
            if status:
                writer.write(f"HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
                await writer.drain()
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.handlers.discard(task)
            writer.close()

    async def _receive(self, headers, body):
        mood = self.mood
        if mood == "failing" and self.random.random() < 0.5:
            return 500
        if mood == "slow":
            await asyncio.sleep(self.random.uniform(0.02, 0.2))
        self._check(headers, body)
        event = json.loads(body)
        key = event["data"]["eventId"]
        self.counts[key] = self.counts.get(key, 0) + 1
        if self.counts[key] == 1:
            self.first.append(event)
            if self.on_event:
                self.on_event(event)
        if mood == "forgetful" and self.random.random() < 0.5:
            return None
        self.answered.add(key)
        return 200

    def _check(self, headers, body):
        """Checks both signatures; RSA only of some, for it takes its time."""
        identifier, seconds = headers["webhook-id"], headers["webhook-timestamp"]
        if identifier != json.loads(body)["data"]["eventId"]:
            self.faults.append(f"webhook-id {identifier} is not the event's")
        if self.secret:
            code = hmac.new(self.secret, f"{identifier}.{seconds}.".encode() + body, hashlib.sha256).digest()
            if headers["webhook-signature"] != "v1," + base64.b64encode(code).decode():
                self.faults.append(f"{identifier} has a wrong webhook-signature")
        if self.public_key and len(self.first) % 50 == 0:
            try:
                self.public_key.verify(
                    base64.b64decode(headers["videosdk-signature"]), body, padding.PKCS1v15(), hashes.SHA256())
            except InvalidSignature:
                self.faults.append(f"{identifier} has a wrong videosdk-signature")
