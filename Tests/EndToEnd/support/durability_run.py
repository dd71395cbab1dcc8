"""A server that is killed while it writes: is everything there that it said it had written?"""

import asyncio
import contextlib
import json
import random
import sqlite3
import time

from .server import is_alive
from .signalling import Signalling


class DurabilityRun:
    """One run; `figures` says what came of it, `faults` what must not be."""

    def __init__(self, server, kills, seed, writers=8, log=lambda text: None):
        self.server, self.kills, self.writers = server, kills, writers
        self.random = random.Random(seed)
        self.log = log
        self.faults = []
        # What was acknowledged, as queries that must find a row.
        self.acknowledged = []
        self.counts = {"rooms": 0, "joins": 0, "messages": 0, "leaves": 0}
        self.checked = 0

    async def run(self):
        began = time.monotonic()
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        for kill in range(self.kills):
            await asyncio.to_thread(self.server.start)
            is_over = asyncio.Event()
            writers = [asyncio.ensure_future(self.write(is_over)) for _ in range(self.writers)]
            await asyncio.sleep(self.random.uniform(0.02, 0.35))
            children = await asyncio.to_thread(self.server.kill)
            is_over.set()
            await asyncio.gather(*writers)
            limit = time.monotonic() + 10
            while any(is_alive(pid) for pid in children) and time.monotonic() < limit:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(self.check)
            if (kill + 1) % 50 == 0:
                self.log(f"{kill + 1} kills, {self.checked} writes checked, {time.monotonic() - began:.0f} s")
        await asyncio.to_thread(self.server.start)
        self.figures = {
            "kills": self.kills, **self.counts, "checked": self.checked,
            "missing": sum("is missing" in fault for fault in self.faults),
            "damaged": sum("integrity" in fault for fault in self.faults),
            "seconds": round(time.monotonic() - began, 1)}

    def note(self, kind, query, *arguments):
        self.counts[kind] += 1
        self.acknowledged.append((kind, query, arguments))

    async def write(self, is_over):
        """Makes rooms, joins, writes and leaves, and notes what was answered."""
        client = None
        with contextlib.suppress(Exception):
            while not is_over.is_set():
                room = (await asyncio.to_thread(self.server.rest, "POST", "/v2/rooms", {}))["roomId"]
                self.note("rooms", "SELECT 1 FROM room WHERE roomId = ?", room)
                client = Signalling(self.server.url)
                await client.open()
                session = (await client.join(room, "Ann", mode="SIGNALLING_ONLY", participantId="ann"))["sessionId"]
                self.note(
                    "joins", "SELECT 1 FROM event WHERE sessionId = ? AND sequence = 2"
                    " AND type = 'participant-joined'", session)
                for number in range(5):
                    message = (await client.request("publish", topic="T", message=f"{number}", persist=True))["messageId"]
                    self.note(
                        "messages", "SELECT 1 FROM message WHERE sessionId = ? AND content LIKE ?", session,
                        f'%{json.dumps(message)}%')
                await client.request("leave")
                self.note(
                    "leaves", "SELECT 1 FROM session WHERE sessionId = ? AND endReason = 'last-participant-left'",
                    session)
                await client.close()
        if client:
            with contextlib.suppress(Exception):
                await client.close()

    def check(self):
        """Looks into the file that the killed server left: whole, and with all that was acknowledged."""
        with contextlib.closing(sqlite3.connect(self.server.folder / "data" / "stoa.db", timeout=10)) as database:
            result = database.execute("PRAGMA integrity_check").fetchall()
            if result != [("ok",)]:
                self.faults.append(f"integrity_check: {result[:3]}")
            broken = database.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                self.faults.append(f"integrity: {len(broken)} rows lead nowhere")
            for kind, query, arguments in self.acknowledged:
                if database.execute(query, arguments).fetchone() is None:
                    self.faults.append(f"{kind} {arguments} is missing")
            self.checked += len(self.acknowledged)
            self.acknowledged = []
