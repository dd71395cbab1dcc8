"""Follows an HLS broadcast as players and caches do, and writes down what is not as it has to be."""

import http.client
import threading
import time
from collections import Counter, defaultdict
from urllib.parse import urljoin, urlsplit

from playlist import Multivariant, Playlist, changes

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
#: A cache may keep a playlist for so long: half a segment.
MOST_PLAYLIST_AGE = 1


class Connection:
    """One that is kept, as a player keeps it; one thread's."""

    def __init__(self, url):
        self.host = urlsplit(url).netloc
        self.connection = None

    def get(self, url, headers=None, timeout=15):
        """(status, headers, body)"""
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        for attempt in (0, 1):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, timeout=timeout)
            try:
                self.connection.request("GET", path, headers=headers or {})
                answer = self.connection.getresponse()
                return answer.status, answer.headers, answer.read()
            except (http.client.HTTPException, OSError):
                # A kept connection may have been closed meanwhile.
                self.connection = None
                if attempt:
                    raise


def cache_age(headers):
    for each in headers.get("Cache-Control", "").split(","):
        name, _, value = each.strip().partition("=")
        if name == "max-age" and value.isdigit():
            return int(value)
    return None


class Findings:
    """Faults, each said once with how often it came; counts of what was done."""

    def __init__(self):
        self.lock = threading.Lock()
        self.faults, self.counts = Counter(), Counter()

    def fault(self, text):
        with self.lock:
            self.faults[text] += 1

    def count(self, name, by=1):
        with self.lock:
            self.counts[name] += by


class Watcher:
    """Everything that is listed below one address, looked at once a second until `end`."""

    def __init__(self, addresses, findings):
        self.addresses = addresses  # of the multivariant playlists
        self.findings = findings
        self.connection = Connection(addresses[0])
        self.playlists = {}  # URL: the last Playlist
        self.fetched = {}  # URL: size
        self.due = []  # (monotonic time, URL, why)
        self.variants = defaultdict(dict)  # multivariant URL: {media URL: attributes}
        self.rates = defaultdict(list)  # media URL: bits per second of each whole segment
        self.discontinuities = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        while not self.ended.is_set():
            began = time.monotonic()
            try:
                self.look()
            except Exception as error:  # a watcher that dies must be seen
                self.findings.fault(f"the watcher: {error!r}")
            self.ended.wait(max(0, began + 1 - time.monotonic()))

    def look(self):
        for address in self.addresses:
            text = self._text(address)
            if text is None:
                continue
            multivariant = Multivariant(text)
            for fault in multivariant.faults:
                self.findings.fault(f"{name(address)}: {fault}")
            for uri, found in multivariant.variants:
                self.variants[address].setdefault(urljoin(address, uri), found)
        now = {url: self._media(url) for each in self.variants.values() for url in each}
        self._compare({url: each for url, each in now.items() if each})
        late = [each for each in self.due if each[0] <= time.monotonic()]
        self.due = [each for each in self.due if each not in late]
        for _, url, why in late:
            self._media_file(url, why, again=True)

    def _text(self, url):
        status, headers, body = self.connection.get(url)
        self.findings.count("playlists")
        if status != 200:
            self.findings.fault(f"{name(url)}: {status}")
            return None
        if headers.get("Content-Type", "").split(";")[0] != PLAYLIST_TYPE:
            self.findings.fault(f"{name(url)}: Content-Type {headers.get('Content-Type')}")
        age = cache_age(headers)
        ended = b"#EXT-X-ENDLIST" in body
        if age is None or (age > MOST_PLAYLIST_AGE and not ended):
            self.findings.fault(f"{name(url)}: Cache-Control {headers.get('Cache-Control')}")
        return body.decode()

    def _media(self, url):
        text = self._text(url)
        if text is None:
            return None
        playlist, before = Playlist(text), self.playlists.get(url)
        for fault in playlist.faults + (changes(before, playlist) if before else []):
            self.findings.fault(f"{name(url)}: {fault}")
        self.playlists[url] = playlist
        for segment in [*playlist.segments, *([playlist.open] if playlist.open else [])]:
            if segment.map and urljoin(url, segment.map) not in self.fetched:
                self._media_file(urljoin(url, segment.map), "listed")
            for part in segment.parts:
                if urljoin(url, part.uri) not in self.fetched:
                    self._media_file(urljoin(url, part.uri), "listed")
            if segment.uri and urljoin(url, segment.uri) not in self.fetched:
                size = self._media_file(urljoin(url, segment.uri), "listed")
                if size and segment.seconds:
                    self.rates[url].append(8 * size / segment.seconds)
        if before:
            self._removed(url, before, playlist)
        if playlist.type is None and playlist.sequence and not playlist.is_ended and playlist.segments:
            first = urljoin(url, playlist.segments[0].uri)
            if before and before.sequence != playlist.sequence:
                self._media_file(first, "about to be removed", again=True)
        return playlist

    def _removed(self, url, before, after):
        """What was just removed stays there for a while (§6.2.2, §4.4.4.9)."""
        now = time.monotonic()
        listed = {part.uri for part in after.parts()}
        for part in before.parts():
            if part.uri not in listed:
                # Looked at again at the end of the time for which it has to be there.
                self.due.append((now + 3 * after.target - 1.5, urljoin(url, part.uri), "a part removed just before"))
        uris = {segment.uri for segment in after.segments}
        for segment in before.segments:
            if segment.uri not in uris:
                self.due.append((now + after.seconds, urljoin(url, segment.uri), "removed just before"))

    def _media_file(self, url, why, again=False):
        headers = {"Range": "bytes=0-15"} if again else {}
        status, answer, body = self.connection.get(url, headers)
        self.findings.count("files again" if again else "files")
        if status != (206 if again else 200):
            self.findings.fault(f"{name(url)}, {why}: {status}")
            return None
        if not again:
            self.fetched[url] = len(body)
            if answer.get("Content-Type") != "video/mp4":
                self.findings.fault(f"{name(url)}: Content-Type {answer.get('Content-Type')}")
            age = cache_age(answer)
            if (age or 0) < 86_400 or "immutable" not in answer.get("Cache-Control", ""):
                self.findings.fault(f"{name(url)}: Cache-Control {answer.get('Cache-Control')}")
        return len(body)

    def _compare(self, playlists):
        """Renditions have the same segments, at the same times (§6.2.4)."""
        by_number = defaultdict(dict)
        for url, playlist in playlists.items():
            for number, segment in playlist.numbered().items():
                by_number[number][url] = (segment.seconds, segment.began, segment.is_discontinuity)
        for number, found in by_number.items():
            if len(set(found.values())) > 1:
                self.findings.fault(f"segment {number} differs: { {name(url): each for url, each in found.items()} }")
        self.discontinuities = max(
            [self.discontinuities]
            + [sum(each.is_discontinuity for each in playlist.segments) for playlist in playlists.values()
               if playlist.type])
        for url, playlist in playlists.items():
            reported = {urljoin(url, uri): (number, part) for uri, number, part in playlist.reports}
            others = {other for other in playlists if other.rsplit("/", 1)[1] == url.rsplit("/", 1)[1]} - {url}
            if playlist.part_target and not playlist.is_ended and set(reported) != others:
                self.findings.fault(f"{name(url)} reports {sorted(map(name, reported))}")
            for other, (number, part) in reported.items():
                # As far as this one itself: all renditions go on together.
                segment, count = playlist.reach
                own = (segment, count - 1) if count else (segment - 1, None)
                if number != own[0] or (own[1] is not None and part != own[1]):
                    self.findings.fault(f"{name(url)} is at {own} and reports {name(other)} at {(number, part)}")


class Player(threading.Thread):
    """Asks for one rendition's next part before it is there, as low latency players do."""

    def __init__(self, url, findings):
        super().__init__(daemon=True)
        self.url, self.findings = url, findings
        self.connection = Connection(url)
        self.ended = threading.Event()
        self.ages = []  # seconds from the first picture of a part to its being listed
        self.steps = []  # seconds between parts
        self.part_target = 0

    def run(self):
        playlist, before = None, None
        while not self.ended.is_set():
            try:
                query = "" if playlist is None else "?_HLS_msn={}&_HLS_part={}".format(*playlist.reach)
                asked = playlist.reach if playlist else (0, 0)
                status, _, body = self.connection.get(self.url + query)
            except OSError as error:
                self.findings.fault(f"{name(self.url)}, blocking: {error!r}")
                continue
            now, moment = time.monotonic(), time.time()
            if self.ended.is_set():
                break
            if status == 503:  # allowed while a composer is started again; counted
                self.findings.count("blocked reloads answered with 503")
                continue
            if status != 200:
                self.findings.fault(f"{name(self.url)}, blocking: {status}")
                time.sleep(0.2)
                continue
            newer = Playlist(body.decode())
            self.findings.count("blocked reloads")
            for fault in newer.faults + (changes(playlist, newer) if playlist else []):
                self.findings.fault(f"{name(self.url)}: {fault}")
            if newer.is_ended:
                break
            if newer.reach <= asked and playlist:
                self.findings.fault(f"{name(self.url)}: asked for {asked}, got {newer.reach}")
            if playlist and newer.parts():
                last = newer.parts()[-1]
                self.ages.append(moment - newer.end + last.seconds)
                if before is not None:
                    self.steps.append(now - before)
            before, playlist = now, newer
            self.part_target = newer.part_target


class Hinted(threading.Thread):
    """Asks for the part that is only announced, as players do (§4.4.5.3)."""

    def __init__(self, url, findings):
        super().__init__(daemon=True)
        self.url, self.findings = url, findings
        self.connection = Connection(url)
        self.ended = threading.Event()

    def run(self):
        seen = set()
        while not self.ended.is_set():
            try:
                status, _, body = self.connection.get(self.url)
                hint = Playlist(body.decode()).hint if status == 200 else None
                if not hint or hint in seen:
                    self.ended.wait(0.1)
                    continue
                seen.add(hint)
                status, _, body = self.connection.get(urljoin(self.url, hint))
            except OSError as error:
                self.findings.fault(f"a hint: {error!r}")
                continue
            if self.ended.is_set():
                break
            self.findings.count("hinted parts")
            if status != 200 or body[4:8] not in (b"styp", b"moof"):
                self.findings.count(f"hinted parts answered with {status}")


def name(url):
    """What differs between addresses."""
    return "/".join(urlsplit(url).path.split("/")[3:])
