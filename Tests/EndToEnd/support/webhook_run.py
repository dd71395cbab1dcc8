"""Sessions that open and close, a server that is killed, a receiver that fails: is every event delivered?"""

import asyncio
import random
import time

from .receiver import Receiver
from .server import APIError, is_alive
from .signalling import Signalling

# Events that may wait before nobody comes for a while: the receiver is to be bad, not hopelessly behind.
BACKLOG = 1_000
WEBHOOK_TYPES = {"session-started", "session-ended", "participant-joined", "participant-left"}
# Retries after 5 ms, 30 ms, 120 ms … instead of 5 s, 30 s, 2 min …
SCHEDULE = ("--webhook-schedule-permille", "1", "--log-level", "error")


class WebhookRun:
    """One run; `figures` says what came of it, `faults` what must not be."""

    def __init__(self, server, events, rooms, kills, seed, log=lambda text: None):
        self.server, self.events, self.kills = server, events, kills
        self.random = random.Random(seed)
        self.receiver = Receiver(seed)
        self.room_count = rooms
        self.log = log
        self.is_up = asyncio.Event()
        self.is_done = False
        self.killed = 0
        self.behind = 0
        self.checks = 0
        self.checking = set()
        self.faults = []

    async def run(self):
        began = time.monotonic()
        # Requests that a kill interrupts have nobody who waits for their answer.
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        await asyncio.to_thread(self.server.start)
        self.is_up.set()
        await self.receiver.up()
        self.receiver.trust(
            (await self.rest("GET", "/v2/webhooks/secret"))["secret"],
            (await self.rest("GET", "/v2/public/rsa-public-key"))["publicKey"])
        self.receiver.on_event = self.compare
        self.rooms = [
            (await self.rest("POST", "/v2/rooms", {"webhook": {"endPoint": f"{self.receiver.url}/{number}"}}))["roomId"]
            for number in range(self.room_count)]
        people = [asyncio.ensure_future(self.live(room)) for room in self.rooms]
        weather = asyncio.ensure_future(self.change_weather())
        killer = asyncio.ensure_future(self.kill())
        backlog = asyncio.ensure_future(self.watch_backlog())
        try:
            await self.watch((*people, weather, killer, backlog), began)
        finally:
            self.is_done = True
        await asyncio.gather(killer, weather, backlog)
        await asyncio.gather(*people)
        committed = await self.settle()
        await asyncio.gather(*self.checking)
        self.figures = self.judge(committed)
        self.figures["seconds"] = round(time.monotonic() - began, 1)
        self.faults += self.receiver.faults

    async def watch(self, tasks, began):
        """Waits until everything has happened that should; fails with a task that fails."""
        progress = 0
        while len(self.receiver.first) < self.events or self.killed < self.kills:
            await asyncio.sleep(0.1)
            for task in tasks:
                if task.done():
                    task.result()  # raises what it failed with
            if len(self.receiver.first) >= progress + 5_000:
                progress = len(self.receiver.first)
                self.log(f"{progress} events, {self.killed} kills, {time.monotonic() - began:.0f} s")

    async def rest(self, method, path, body=None):
        return await asyncio.to_thread(self.server.rest, method, path, body)

    async def live(self, room):
        """People come and go in a room, in ways that differ."""
        while not self.is_done:
            await self.is_up.wait()
            if self.behind > BACKLOG:
                await asyncio.sleep(0.05)
                continue
            clients = []
            try:
                for index in range(self.random.randint(1, 3)):
                    client = Signalling(self.server.url)
                    clients.append(client)
                    await client.open()
                    await client.join(room, f"P{index}", mode="SIGNALLING_ONLY", participantId=f"p{index}")
                way = self.random.random()
                if way < 0.6:
                    for client in clients:
                        await client.request("leave")
                elif way < 0.9:
                    await clients[0].request("end")
                # Else they are cut off, and whoever joins next under the same id takes their place.
            except Exception as error:
                if isinstance(error, AssertionError):
                    raise
                await asyncio.sleep(0.05)
            finally:
                for client in clients:
                    try:
                        await client.close()
                    except Exception:
                        pass  # the server was killed under it

    async def watch_backlog(self):
        while not self.is_done:
            await asyncio.sleep(0.5)
            try:
                answer = await self.rest("GET", "/v2/webhooks/deliveries?state=waiting&perPage=1")
                self.behind = answer["pageInfo"]["total"]
            except (OSError, APIError):
                pass  # the server was killed

    async def change_weather(self):
        """The receiver is well most of the time, and else everything that receivers are."""
        while not self.is_done:
            await asyncio.sleep(self.random.uniform(1, 3))
            mood = self.random.choice(["slow", "failing", "forgetful", "down"])
            if mood == "down":
                await self.receiver.down()
                await asyncio.sleep(self.random.uniform(0.2, 1))
                await self.receiver.up()
            else:
                self.receiver.mood = mood
                await asyncio.sleep(self.random.uniform(0.2, 0.7))
            self.receiver.mood = "well"

    async def kill(self):
        """Kills the server at random times, so that the kills are spread over the run."""
        while self.killed < self.kills:
            ready = (self.killed + self.random.uniform(0.3, 1)) * self.events / self.kills
            while len(self.receiver.first) < min(ready, self.events):
                if self.is_done:
                    return
                await asyncio.sleep(0.01)
            await asyncio.sleep(self.random.uniform(0, 0.3))
            self.is_up.clear()
            children = await asyncio.to_thread(self.server.kill)
            self.killed += 1
            limit = time.monotonic() + 10
            while any(is_alive(pid) for pid in children) and time.monotonic() < limit:
                await asyncio.sleep(0.02)
            await asyncio.to_thread(self.server.start)
            self.is_up.set()

    def compare(self, event):
        """Asks REST about some events as they arrive: it must not know less than the webhook says."""
        if len(self.receiver.first) % 20 == 0 and len(self.checking) < 4:
            task = asyncio.ensure_future(self.compare_one(event))
            self.checking.add(task)
            task.add_done_callback(self.checking.discard)

    async def compare_one(self, event):
        data, type = event["data"], event["webhookType"]
        try:
            session = await self.rest("GET", f"/v2/sessions/{data['sessionId']}")
            log = await self.rest("GET", f"/v2/sessions/{data['sessionId']}/events?perPage=100")
        except APIError as error:
            self.faults.append(f"{type} {data['eventId']}: REST answers {error}")
            return
        except OSError:
            return  # the server was killed
        self.checks += 1
        known = {participant["participantId"]: participant for participant in session["participants"]}
        if type == "session-ended" and session["status"] != "ended":
            self.faults.append(f"{data['eventId']}: session-ended came, REST says {session['status']}")
        if type == "participant-joined" and data["participantId"] not in known:
            self.faults.append(f"{data['eventId']}: joined, REST does not know the participant")
        if type == "participant-left" and not known[data["participantId"]]["timelog"][0]["end"]:
            self.faults.append(f"{data['eventId']}: left, REST says still there")
        if log["pageInfo"]["total"] < data["sequence"]:
            self.faults.append(f"{data['eventId']}: the log has only {log['pageInfo']['total']} events")

    async def pages(self, path):
        page, found = 1, []
        while True:
            mark = "&" if "?" in path else "?"
            answer = await self.rest("GET", f"{path}{mark}page={page}&perPage=100")
            found += answer["data"]
            if page >= answer["pageInfo"]["lastPage"]:
                return found
            page += 1

    async def settle(self):
        """Ends all sessions, waits until nothing waits to be delivered, and reads every log."""
        for room in self.rooms:
            try:
                await self.rest("POST", "/v2/sessions/end", {"roomId": room})
            except APIError as error:
                if error.status != 404:
                    raise
        limit = time.monotonic() + 120
        while True:
            waiting = (await self.rest("GET", "/v2/webhooks/deliveries?state=waiting"))["pageInfo"]["total"]
            if waiting == 0:
                break
            if time.monotonic() > limit:
                self.faults.append(f"{waiting} deliveries still wait")
                break
            await asyncio.sleep(0.2)
        dead = (await self.rest("GET", "/v2/webhooks/deliveries?state=dead"))["pageInfo"]["total"]
        if dead:
            self.faults.append(f"{dead} deliveries were given up")
        committed = {}
        for room in self.rooms:
            sessions = list(reversed(await self.pages(f"/v2/sessions/?roomId={room}")))
            committed[room] = []
            for session in sessions:
                if session["status"] != "ended":
                    self.faults.append(f"session {session['id']} has not ended")
                log = await self.pages(f"/v2/sessions/{session['id']}/events")
                if [event["sequence"] for event in log] != list(range(1, len(log) + 1)):
                    self.faults.append(f"session {session['id']} has gaps in its log")
                committed[room] += [
                    (session["id"], event["sequence"], event["type"]) for event in log
                    if event["type"] in WEBHOOK_TYPES]
        return committed

    def judge(self, committed):
        received = {room: [] for room in self.rooms}
        for event in self.receiver.first:
            data = event["data"]
            received[data["meetingId"]].append((data["sessionId"], data["sequence"], event["webhookType"]))
        lost = unknown = reordered = 0
        for room in self.rooms:
            lost += len(set(committed[room]) - set(received[room]))
            unknown += len(set(received[room]) - set(committed[room]))
            place = {event: index for index, event in enumerate(committed[room])}
            order = [place[event] for event in received[room] if event in place]
            reordered += sum(1 for before, after in zip(order, order[1:]) if after < before)
            self.check_stays(room, received[room])
        for name, count in (("lost", lost), ("unknown", unknown), ("reordered", reordered)):
            if count:
                self.faults.append(f"{count} events {name}")
        total = sum(len(each) for each in committed.values())
        attempts = sum(self.receiver.counts.values())
        return {
            "events": total, "kills": self.killed, "delivered": len(self.receiver.first),
            "duplicates": attempts - len(self.receiver.first), "lost": lost, "unknown": unknown,
            "reordered": reordered, "comparisons": self.checks}

    def check_stays(self, room, events):
        """Within a session: started first, ended last, everybody joined before they left."""
        by_event = {
            (event["data"]["sessionId"], event["data"]["sequence"]): event["data"].get("participantId")
            for event in self.receiver.first if event["data"]["meetingId"] == room}
        present, current = set(), None
        for session, sequence, type in events:
            person = by_event[(session, sequence)]
            if type == "session-started":
                if current is not None:
                    self.faults.append(f"{room}: {session} began before {current} ended")
                present, current = set(), session
            elif type == "participant-joined":
                if person in present:
                    self.faults.append(f"{room}: {person} joined twice")
                present.add(person)
            elif type == "participant-left":
                if person not in present:
                    self.faults.append(f"{room}: {person} left without having joined")
                present.discard(person)
            else:
                if present or session != current:
                    self.faults.append(f"{room}: {session} ended with {sorted(present)} in it")
                current = None
