"""A client of the signalling protocol, written from docs/signalling.md alone."""

import asyncio
import json

import websockets

from .server import token


class Refused(Exception):
    """An `error` of the server, by its code."""

    def __init__(self, message):
        super().__init__(f"{message.get('code')} {message.get('name')}: {message.get('message')}")
        self.code = message.get("code")


class Signalling:
    """One WebSocket of one participant: numbered requests, events in order."""

    def __init__(self, server_url):
        self.url = server_url.replace("http", "ws", 1) + "/signal"
        self.socket = None
        self.next_id = 0
        self.answers = {}
        self.events = []
        self.last_seq = 0
        self.on_event = None
        self.closed = None
        self.tasks = []

    async def open(self):
        self.socket = await websockets.connect(self.url, max_size=1 << 20, compression=None)
        self.tasks = [asyncio.ensure_future(self._read()), asyncio.ensure_future(self._ping())]

    async def request(self, type, **fields):
        """Sends a request and returns its reply; raises `Refused` for an error."""
        self.next_id += 1
        answer = self.answers[self.next_id] = asyncio.get_running_loop().create_future()
        message = {"type": type, "id": self.next_id, **fields}
        await self.socket.send(json.dumps({k: v for k, v in message.items() if v is not None}))
        return await asyncio.wait_for(answer, 15)

    async def join(self, room, name, permissions=("allow_join", "allow_mod"), auth=None, **fields):
        """Joins `room` and returns the `joined` message."""
        return await self.request(
            "join", token=auth or token(permissions), meetingId=room, name=name,
            client={"sdk": "test", "version": "0", "userAgent": "aiortc"}, **fields)

    async def close(self):
        for task in self.tasks:
            task.cancel()
        if self.socket:
            await self.socket.close()

    async def _read(self):
        try:
            async for text in self.socket:
                message = json.loads(text)
                number, seq = message.get("id"), message.get("seq")
                if number is not None and number in self.answers:
                    future = self.answers.pop(number)
                    if not future.done():
                        if message["type"] == "error":
                            future.set_exception(Refused(message))
                        else:
                            future.set_result(message)
                elif seq is not None:
                    if seq != self.last_seq + 1:
                        raise AssertionError(f"event {seq} after {self.last_seq}")
                    self.last_seq = seq
                    self.events.append(message)
                    if self.on_event:
                        self.on_event(message)
        except websockets.ConnectionClosed:
            pass
        self.closed = self.socket.close_code
        for future in self.answers.values():
            if not future.done():
                future.set_exception(ConnectionError(f"the socket closed with {self.closed}"))

    async def _ping(self):
        while True:
            await asyncio.sleep(5)
            await self.socket.send('{"type":"ping"}')
