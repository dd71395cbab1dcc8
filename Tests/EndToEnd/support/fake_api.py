"""A stand-in for the REST API that answers with the made-up days of a company, for pictures of the dashboard.

It serves the built web code under the policy of the real server, checks tokens, and has everything
in the shapes of the REST API: rooms, sessions of a month, samples, deliveries, keys, usage. A route
in `absent` answers as a server that does not have it; `down` makes it answer nothing but 503.
"""

import base64
import datetime
import hashlib
import hmac
import json
import math
import random
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .paths import WEB
from .server import API_KEY, API_SECRET, token

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; font-src 'self'; "
          "media-src 'self' blob: mediastream: https:; connect-src 'self' ws: wss: https:; manifest-src 'self'; "
          "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
TYPES = {"html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
         "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "map": "application/json"}

ROOMS = ["design-review", "standup", "customer-onboarding", "all-hands", "interview-room", "support", "board",
         "1-1-maria", "sprint-planning"]
PEOPLE = ["Maria Lindqvist", "Jonas Weber", "Aylin Demir", "Tom Okafor", "Chiara Rossi", "Lena Fischer",
          "Samuel Park", "Inès Moreau", "David Novak", "Priya Raman", "Olu Adeyemi", "Hana Sato"]


def iso(seconds):
    """A time as the REST API writes it."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + \
        f"{int(seconds % 1 * 1000):03d}Z"


class Company:
    """What the fake server has to tell, made from a seed and the present time."""

    def __init__(self, seed=7, now=None):
        self.random = random.Random(seed)
        self.now = now or time.time()
        self.rooms = [self._room(index, name) for index, name in enumerate(ROOMS)]
        self.sessions = []
        for days in range(30):
            self._day(days)
        for name, minutes, people in (("design-review", 38, 5), ("standup", 11, 4), ("support", 64, 2)):
            self._session(name, self.now - minutes * 60, None, people)
        self.sessions.sort(key=lambda each: each["start"], reverse=True)
        self.deliveries = self._deliveries()
        self.keys = self._keys()
        self.audit = self._audit()
        self.deleted = set()

    def _id(self, length, letters="0123456789abcdef"):
        return "".join(self.random.choice(letters) for _ in range(length))

    def _room(self, index, name):
        letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        created = iso(self.now - (40 - index) * 86_400)
        room = {"roomId": f"{self._id(4, letters)}-{self._id(4, letters)}-{self._id(4, letters)}", "customRoomId": name,
                "disabled": name == "board", "createdAt": created, "updatedAt": created, "id": self._id(24), "links": {},
                "user": {"id": "default", "name": "", "email": ""}}
        if index % 3 == 0:
            room["webhook"] = {"endPoint": "https://app.example.com/hooks/meetings", "events": []}
        if index % 4 == 1:
            room["autoCloseConfig"] = {"type": "session-ends", "duration": 90}
        return room

    def _day(self, days):
        midnight = math.floor(self.now / 86_400) * 86_400 - days * 86_400
        weekday = datetime.datetime.fromtimestamp(midnight, datetime.timezone.utc).weekday()
        for _ in range(self.random.randint(0, 2) if weekday > 4 else self.random.randint(14, 22)):
            start = midnight + self.random.uniform(7.5, 17.5) * 3600
            length = self.random.choice([9, 14, 22, 28, 43, 55, 72]) * 60 * self.random.uniform(0.85, 1.15)
            name = self.random.choice(ROOMS)
            room = next(each for each in self.rooms if each["customRoomId"] == name)
            busy = any(each["roomId"] == room["roomId"] and each["start"] < iso(start + length)
                       and each["end"] > iso(start) for each in self.sessions)
            if start + length < self.now - 75 * 60 and not busy:
                self._session(name, start, start + length, self.random.randint(2, 8))

    def _session(self, name, start, end, people):
        room = next(each for each in self.rooms if each["customRoomId"] == name)
        reason = None
        if end:
            reason = self.random.choices(
                ["last-participant-left", "ended-by-participant", "ended-by-api", "server-crashed"], [70, 18, 8, 4])[0]
        last = end or self.now
        participants = []
        for person in self.random.sample(PEOPLE, people):
            came = start + (0 if not participants else self.random.uniform(5, min(300, (last - start) / 3)))
            went = None if not end else max(came + 30, end - (0 if len(participants) < 2 else self.random.uniform(0, 400)))
            timelog = [{"start": iso(came), "end": iso(went) if went else None}]
            if people > 3 and len(participants) == 2 and last - came > 600:
                gone = came + (last - came) * 0.45
                timelog = [{"start": iso(came), "end": iso(gone)},
                           {"start": iso(gone + 95), "end": iso(went) if went else None}]
            participants.append({"_id": self._id(24), "participantId": person.split()[0].lower().replace("è", "e"),
                                 "name": person, "timelog": timelog})
        identifier = self._id(24)
        self.sessions.append({
            "id": identifier, "userId": "default", "roomId": room["roomId"], "customRoomId": name, "start": iso(start),
            "end": iso(end) if end else None, "participants": participants, "activeDuration": int(last - start),
            "chatLink": f"/v2/sessions/{identifier}/chat.csv", "status": "ended" if end else "ongoing", "links": {},
            **({"endReason": reason} if reason else {})})

    def outputs(self, kind, session_id=None):
        """What was recorded and streamed: of most sessions a recording, of some HLS or a livestream."""
        found = []
        for session in self.sessions[:60]:
            chance = random.Random(session["id"] + kind)
            if session_id not in (None, session["id"]) or chance.random() > (0.8 if kind == "recordings" else 0.3):
                continue
            end, seconds = session["end"], session["activeDuration"] if session["end"] else 0
            broken = end and chance.random() < 0.15
            made = {"id": f"{chance.getrandbits(96):024x}", "roomId": session["roomId"], "sessionId": session["id"],
                    "status": "failed" if broken else "stopped" if end else "started", "createdAt": session["start"],
                    "start": session["start"], "end": end, "webhookUrl": None, "links": {},
                    "error": {"code": 5001, "message": "The disk was full."} if broken else None}
            if kind == "recordings":
                file = {"id": made["id"], "fileUrl": f"{session_id or ''}/file.mp4", "filePath": "recording.mp4",
                        "size": round(seconds * 180_000), "type": "video",
                        "meta": {"duration": seconds, "format": "mp4", "resolution": {"width": 1280, "height": 720}}}
                made |= {"fileId": file["id"], "file": file} if end else {"fileId": None, "file": None}
            elif kind == "hls":
                made |= {"playbackHlsUrl": f"/hls/{made['id']}/index.m3u8", "duration": seconds}
            else:
                made["outputs"] = [{"url": "rtmp://a.rtmp.youtube.com/live2"}, {"url": "rtmp://live.twitch.tv/app"}]
            found.append(made)
        return [each for each in found if each["id"] not in self.deleted]

    def events(self, session):
        """Joins, leaves and what was on, in order."""
        chance = random.Random(session["id"])
        last = session["end"] or iso(self.now)
        found = [(session["start"], "session-started", {"start": session["start"]})]
        for index, person in enumerate(session["participants"]):
            who = {"participantId": person["participantId"], "participantName": person["name"]}
            for span in person["timelog"]:
                start, end = _seconds(span["start"]), _seconds(span["end"] or last)
                found.append((span["start"], "participant-joined", who))
                for kind, share in (("audio", 0.8), ("video", 0.6)):
                    at, length = start + chance.uniform(0.2, 3), (end - start) * share * chance.uniform(0.5, 1)
                    found.append((iso(at), "stream-enabled", {**who, "kind": kind}))
                    if at + length < end - 20:
                        found.append((iso(at + length), "stream-disabled", {**who, "kind": kind}))
                if index == 1 and end - start > 300:
                    found.append((iso(start + (end - start) * 0.3), "stream-enabled", {**who, "kind": "share"}))
                    found.append((iso(start + (end - start) * 0.7), "stream-disabled", {**who, "kind": "share"}))
                if span["end"]:
                    reason = {"code": 1101, "message": "MANUAL_LEAVE_CALLED"}
                    found.append((span["end"], "participant-left", {**who, "reason": reason}))
        if session["end"]:
            found.append((session["end"], "session-ended", {"reason": session["endReason"]}))
        found.sort(key=lambda each: each[0])
        return [{"sequence": number, "type": kind, "time": at, "data": data}
                for number, (at, kind, data) in enumerate(found, 1)]

    def stats(self, session, person=None):
        """A sample every ten seconds, with a bad stretch in the middle."""
        chance = random.Random(session["id"] + (person or ""))
        start, end = _seconds(session["start"]), _seconds(session["end"] or iso(self.now))
        many = 1 if person else len(session["participants"])
        samples = []
        for step in range(int((end - start) // 10)):
            part = step / max(1, (end - start) / 10)
            bad = math.exp(-((part - 0.55) / 0.04) ** 2)
            wave = 1 + 0.12 * math.sin(step / 9) + chance.uniform(-0.05, 0.05)
            video = 1_150 * wave * (1 - 0.75 * bad)
            samples.append({
                "time": iso(start + step * 10),
                "recvAudioPacketLost": int(bad * 14 * chance.random()), "recvVideoPacketLost": int(bad * 60 * chance.random()),
                "sendAudioPacketLost": int(bad * 8 * chance.random()), "sendVideoPacketLost": int(bad * 34 * chance.random()),
                "averageAudioRtt": 31 * wave + 140 * bad, "averageVideoRtt": 33 * wave + 150 * bad,
                "averageAudioJitter": 4 * wave + 22 * bad, "averageVideoJitter": 7 * wave + 35 * bad,
                "averageSendAudioBitrate": 36 * wave, "averageSendVideoBitrate": video,
                "averageRecvAudioBitrate": 35 * wave * max(1, many - 1), "averageRecvVideoBitrate": video * 2.3,
                "qualityScore": {"audio": 4.5 - 1.5 * bad - chance.uniform(0, 0.1),
                                 "video": 4.3 - 2.6 * bad - chance.uniform(0, 0.2)}})
        answer = {"sessionId": session["id"], "meetingId": session["roomId"], "stats": samples}
        if person:
            answer["summary"] = {"joinMilliseconds": 284, "reconnects": 1, "freezes": 3, "freezeMilliseconds": 4_200,
                                 "audioScore": 4.4, "videoScore": 4.1}
        return answer

    def live(self):
        """The sessions that go on, with qualities that change with time."""
        rooms = []
        for session in self.sessions:
            if session["end"]:
                continue
            people = []
            for index, person in enumerate(session["participants"]):
                phase = time.time() / 7 + index * 1.7
                poor = index == 3
                video = (2.3 if poor else 4.2) + 0.3 * math.sin(phase)
                streams = ["audio"] if index == 2 else ["audio", "video"] + (["share"] if index == 1 else [])
                people.append({"participantId": person["participantId"], "name": person["name"], "mode": "SEND_AND_RECV",
                               "streams": streams, "audioScore": (3.4 if poor else 4.5) + 0.1 * math.sin(phase * 2),
                               "videoScore": video if "video" in streams else None,
                               "rtt": (188 if poor else 28) + 6 * math.sin(phase)})
            rooms.append({"roomId": session["roomId"], "customRoomId": session["customRoomId"], "sessionId": session["id"],
                          "start": session["start"], "participants": people})
        count = sum(len(room["participants"]) for room in rooms)
        return {"rooms": rooms, "totals": {"rooms": len(rooms), "participants": count, "sendBitrate": count * 1_190,
                                           "recvBitrate": count * 2_870}}

    def _deliveries(self):
        found = []
        room = self.rooms[0]
        for number in range(64):
            state = "waiting" if number < 3 else "dead" if number in (9, 17, 18) else "delivered"
            at = self.now - 40 - number * 700
            session = self.sessions[number % 20]
            body = {"webhookType": "participant-joined", "data": {
                "meetingId": room["roomId"], "sessionId": session["id"], "participantId": "maria",
                "participantName": "Maria Lindqvist", "sequence": 64 - number, "eventId": f"evt_{number:08x}",
                "timestamp": int(at * 1000)}}
            found.append({
                "id": 1000 - number, "eventId": f"evt_{number:08x}",
                "type": ["participant-joined", "participant-left", "session-started", "session-ended"][number % 4],
                "roomId": room["roomId"], "sessionId": session["id"], "sequence": 64 - number,
                "endPoint": "https://app.example.com/hooks/meetings", "state": state,
                "attempts": {"waiting": 3, "dead": 14, "delivered": 1}[state], "createdAt": iso(at),
                "nextAttemptAt": iso(self.now + 95) if state == "waiting" else None,
                "deliveredAt": iso(at + 0.4) if state == "delivered" else None,
                "lastStatus": {"waiting": 503, "dead": None, "delivered": 200}[state],
                "lastError": {"waiting": "Service Unavailable", "dead": "no answer within 15 s", "delivered": None}[state],
                "body": body})
        return found

    def _keys(self):
        return [
            {"key": API_KEY, "name": "Configuration", "tenantId": "default", "isAdmin": True, "createdAt": iso(self.now - 4e6),
             "revokedAt": None, "lastUsedAt": iso(self.now - 4)},
            {"key": "k_7f3a91c04be2", "name": "Web application", "tenantId": "default", "isAdmin": False,
             "createdAt": iso(self.now - 3e6), "revokedAt": None, "lastUsedAt": iso(self.now - 130)},
            {"key": "k_0c55d2aa9e71", "name": "Partner portal", "tenantId": "partner", "isAdmin": False,
             "createdAt": iso(self.now - 9e5), "revokedAt": None, "lastUsedAt": None},
            {"key": "k_e1b840f73d96", "name": "Old mobile app", "tenantId": "default", "isAdmin": False,
             "createdAt": iso(self.now - 8e6), "revokedAt": iso(self.now - 5e5), "lastUsedAt": iso(self.now - 6e5)},
        ]

    def _audit(self):
        rows = [("key.created", "k_0c55d2aa9e71", "Partner portal, tenant partner"),
                ("room.disabled", "board", ""), ("session.ended", "all-hands", "34 participants"),
                ("key.revoked", "k_e1b840f73d96", "Old mobile app"),
                ("webhook.redelivered", self.rooms[0]["roomId"], "14 dead deliveries"),
                ("participant.removed", "support", "tom")]
        return [{"time": iso(self.now - 5_000 * (number + 1)), "actor": API_KEY, "action": action, "target": target,
                 "detail": detail} for number, (action, target, detail) in enumerate(rows)]

    def usage(self, start, end):
        """Sums by day of what ended and goes on."""
        days = {}
        for session in self.sessions:
            if start <= session["start"] < end:
                day = days.setdefault(session["start"][:10], {"day": session["start"][:10], "sessions": 0, "participantMinutes": 0})
                day["sessions"] += 1
                day["participantMinutes"] += round(len(session["participants"]) * session["activeDuration"] / 60)
        rows = [days[each] for each in sorted(days)]
        return {"sessions": sum(row["sessions"] for row in rows), "participants": 214 if rows else 0,
                "participantMinutes": sum(row["participantMinutes"] for row in rows), "peakParticipants": 23,
                "audioScore": 4.4, "videoScore": 4.1, "messages": 1_873, "days": rows}


def _seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class FakeAPI:
    """The server: `url`, what it has (`company`), and how it behaves."""

    def __init__(self, company):
        self.company = company
        self.absent = []
        self.down = False
        self.refuses_admin = False
        self.calls = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                outer.answer(self, "GET", None)

            def do_DELETE(self):
                outer.answer(self, "DELETE", None)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.answer(self, "POST", json.loads(body or b"{}"))

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler, method, body):
        target = urlsplit(handler.path)
        query = {key: values[0] for key, values in parse_qs(target.query).items()}
        path = target.path.rstrip("/") or "/"
        self.calls.append((method, path, body, dict(handler.headers)))
        if not path.startswith("/v2/") and path != "/dev/token":
            return self._file(handler, path)
        if self.down:
            return self._json(handler, _error(503, "UNAVAILABLE", "The server is starting."), 503)
        if any(re.fullmatch(pattern, path) for pattern in self.absent):
            return self._json(handler, _error(404, "ROUTE_NOT_FOUND", "There is nothing at this address."), 404)
        if path == "/dev/token":
            if method != "POST":
                return self._json(handler, _error(405, "METHOD_NOT_ALLOWED", "Only POST is possible here."), 405)
            return self._json(handler, {"token": token()})
        problem = _problem(handler.headers.get("Authorization") or "")
        if problem:
            return self._json(handler, problem, 401)
        if self.refuses_admin and re.match("/v2/(keys|audit)", path):
            return self._json(handler, _error(403, "NOT_PERMITTED", "Only an admin key may see this."), 403)
        result = self._route(method, path, query, body)
        if result is None:
            return self._json(handler, _error(404, "NOT_FOUND", "There is no such thing."), 404)
        if isinstance(result, str):
            return self._send(handler, 200, "text/csv; charset=utf-8", result.encode())
        return self._json(handler, result)

    def _route(self, method, path, query, body):
        company = self.company
        sessions = [each for each in company.sessions
                    if query.get("roomId") in (None, each["roomId"], each["customRoomId"])]
        parts = path.split("/")[2:]
        session = None
        if parts[0] == "sessions" and len(parts) > 1:
            session = next((each for each in company.sessions if each["id"] == parts[1]), None)
            if session is None and parts[1] != "end":
                return None
        match (method, parts[0], *parts[1:]):
            case ("GET", "live"):
                return company.live()
            case ("GET", "sessions"):
                return _page(sessions, query)
            case ("POST", "sessions", "end"):
                return next(each for each in company.sessions if each["roomId"] == body["roomId"])
            case ("GET", "sessions", _):
                return session
            case ("GET", "sessions", _, "events"):
                return _page(company.events(session), query)
            case ("GET", "sessions", _, "participants", "active"):
                return {"pageInfo": {}, "data": [{"participants": []}]}
            case ("GET", "sessions", _, "chat.csv"):
                return "time,name,message\r\n"
            case ("GET", "sessions", _, "stats"):
                return "time\r\n" if "format" in query else company.stats(session)
            case ("GET", "sessions", _, "participant", person, "stats"):
                return "time\r\n" if "format" in query else company.stats(session, person)
            case ("GET", "rooms"):
                return _page(company.rooms, query)
            case ("POST", "rooms"):
                company.rooms.insert(0, {**company._room(1, body.get("customRoomId")), "disabled": False})
                return company.rooms[0]
            case ("POST", "rooms", room):
                found = next(each for each in company.rooms if each["roomId"] == room)
                found["disabled"] = body["status"] == "disabled"
                return found
            case ("GET", "recordings" | "hls" | "livestreams" as kind):
                return _page(company.outputs(kind, query.get("sessionId")), query)
            case ("GET", "recordings", "participant", *_):
                return _page([], query)
            case ("DELETE", "recordings" | "hls" as kind, identifier):
                company.deleted.add(identifier)
                return {"message": "deleted"}
            case ("GET", "webhooks", "deliveries"):
                return _page([each for each in company.deliveries if query.get("state") in (None, each["state"])], query)
            case ("GET", "webhooks", "deliveries", number):
                return next((each for each in company.deliveries if str(each["id"]) == number), None)
            case ("GET", "webhooks", "secret"):
                return {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
            case ("GET", "public", "rsa-public-key"):
                return {"publicKey": "-----BEGIN PUBLIC KEY-----\n" + "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n" * 3 + "-----END PUBLIC KEY-----\n"}
            case ("POST", "webhooks", "redeliver"):
                dead = [each for each in company.deliveries if each["state"] == "dead"]
                for each in dead:
                    each["state"] = "waiting"
                return {"count": len(dead)}
            case ("POST", "webhooks", "deliveries", number, "redeliver"):
                found = next(each for each in company.deliveries if str(each["id"]) == number)
                found["state"] = "waiting"
                return found
            case ("GET", "keys"):
                return _page(company.keys, query)
            case ("POST", "keys"):
                made = {"key": "k_5d20f8c6a1b3", "name": body["name"], "tenantId": body.get("tenantId") or "t_9a41",
                        "isAdmin": bool(body.get("isAdmin")), "createdAt": iso(time.time()), "revokedAt": None, "lastUsedAt": None}
                company.keys.append(made)
                return {**made, "secret": "sec_4mXw9TzQ2bLr7VnKc8HyPd3JgA6sEf1U"}
            case ("POST", "keys", key, "revoke"):
                found = next(each for each in company.keys if each["key"] == key)
                found["revokedAt"] = iso(time.time())
                return found
            case ("GET", "insights", "usage"):
                return company.usage(query["from"], query["to"])
            case ("GET", "audit"):
                return _page(company.audit, query)
        return None

    def _file(self, handler, path):
        file = WEB / path.lstrip("/")
        if file.is_dir():
            file = file / "index.html"
        if not file.is_file():
            return self._json(handler, _error(404, "ROUTE_NOT_FOUND", "There is nothing at this address."), 404)
        return self._send(handler, 200, TYPES.get(file.suffix[1:], "application/octet-stream"), file.read_bytes(),
                          {"Content-Security-Policy": POLICY} if file.suffix == ".html" else {})

    def _json(self, handler, value, status=200):
        return self._send(handler, status, "application/json; charset=utf-8", json.dumps(value).encode())

    def _send(self, handler, status, kind, content, headers=None):
        try:
            handler.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **(headers or {})}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the page no longer wants it


def _error(status, code, message):
    return {"statusCode": status, "code": code, "error": message, "message": message}


def _problem(text):
    """The refusal of a token, `None` for a good one."""
    try:
        header, claims, signature = text.split(".")
        sign = base64.urlsafe_b64encode(hmac.new(API_SECRET.encode(), f"{header}.{claims}".encode(), hashlib.sha256).digest())
        if sign.rstrip(b"=").decode() != signature:
            return _error(401, "INVALID_TOKEN", "The token's signature does not fit its key.")
        values = json.loads(base64.urlsafe_b64decode(claims + "=="))
        if values["exp"] < time.time():
            return _error(401, "INVALID_TOKEN", "The token has expired.")
        if values["apikey"] != API_KEY:
            return _error(401, "INVALID_API_KEY", "The API key of the token is missing or unknown.")
    except (ValueError, KeyError):
        return _error(401, "INVALID_TOKEN", "The token is malformed.")
    return None


def _page(elements, query):
    page, count = int(query.get("page", 1)), min(100, int(query.get("perPage", 20)))
    return {"pageInfo": {"currentPage": page, "perPage": count, "lastPage": max(1, math.ceil(len(elements) / count)),
                         "total": len(elements)},
            "data": elements[(page - 1) * count:page * count]}
