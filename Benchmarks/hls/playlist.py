"""HLS playlists read by the letter of RFC 8216bis, and what is wrong with one, or with what became of it."""

import datetime
import re
from dataclasses import dataclass, field

ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^,"\s]+)(?:,|$)')
DECIMAL = re.compile(r"\d+(\.\d+)?$")
INTEGER = re.compile(r"\d{1,20}$")
#: Seconds that sums of durations rounded to five digits may be off.
ROUNDING = 0.002


def attributes(text):
    """An attribute list (§4.2), with the quotes of quoted strings kept; None if it is none."""
    found, at = {}, 0
    while at < len(text):
        match = ATTRIBUTE.match(text, at)
        if not match or match[1] in found:
            return None
        found[match[1]] = match[2]
        at = match.end()
    return None if text.endswith(",") else found


def unquoted(text):
    return text[1:-1] if text and len(text) >= 2 and text[0] == text[-1] == '"' else None


@dataclass
class Part:
    uri: str
    seconds: float
    is_independent: bool


@dataclass
class Segment:
    uri: str
    seconds: float
    began: float  # Unix time of its first picture, from EXT-X-PROGRAM-DATE-TIME
    is_discontinuity: bool
    map: str
    parts: list = field(default_factory=list)

    @property
    def identity(self):
        """What must stay as long as it is listed."""
        return self.uri, self.seconds, self.began, self.is_discontinuity, self.map


class Playlist:
    """A media playlist."""

    def __init__(self, text):
        self.faults = []
        self.version = self.target = self.part_target = self.type = self.hint = None
        self.sequence = self.discontinuity_sequence = 0
        self.is_ended = self.is_independent = False
        self.control = {}
        self.segments, self.reports = [], []
        self.open = None  # the segment that has only parts yet
        self.seen = []
        self._read(text)
        self._judge()

    # What is said of the whole.

    @property
    def last(self):
        """Media sequence number of the last whole segment."""
        return self.sequence + len(self.segments) - 1

    @property
    def reach(self):
        """(segment, part) that comes next."""
        return self.last + 1, len(self.open.parts) if self.open else 0

    @property
    def end(self):
        """Unix time at which what is listed ends."""
        last = self.open if self.open and self.open.parts else self.segments[-1]
        return last.began + (sum(part.seconds for part in last.parts) if last is self.open else last.seconds)

    @property
    def seconds(self):
        return sum(each.seconds for each in self.segments)

    def numbered(self):
        return {self.sequence + index: each for index, each in enumerate(self.segments)}

    def parts(self):
        return [part for each in [*self.segments, *([self.open] if self.open else [])] for part in each.parts]

    def fault(self, text):
        self.faults.append(text)

    # Reading.

    def _read(self, text):
        lines = text.split("\n")
        if lines[0] != "#EXTM3U":
            self.fault("the first line is not #EXTM3U")
        if lines[-1] != "":
            self.fault("the last line has no end")
        self._seconds = self._began = self._map = None
        self._is_discontinuity, self._parts = False, []
        for line in lines[1:]:
            if line.startswith("#EXT"):
                name, _, value = line[1:].partition(":")
                read = getattr(self, "_read_" + name.removeprefix("EXT-X-").lower().replace("-", "_"), None)
                if read is None:
                    self.fault(f"a tag that no media playlist has: {name}")
                    continue
                self.seen.append(name)
                read(value)
            elif line and not line.startswith("#"):
                self._uri(line)
        if self._seconds is not None:
            self.fault("#EXTINF without a URI")
        if self._parts or self._began is not None or self._is_discontinuity:
            self.open = Segment(None, None, self._began, self._is_discontinuity, self._map, self._parts)

    def _uri(self, uri):
        if self._seconds is None:
            return self.fault(f"{uri} has no #EXTINF")
        self.segments.append(
            Segment(uri, self._seconds, self._began, self._is_discontinuity, self._map, self._parts))
        self._seconds = self._began = None
        self._is_discontinuity, self._parts = False, []

    def _integer(self, value, name):
        if not INTEGER.match(value):
            self.fault(f"{name} is no integer: {value}")
            return 0
        return int(value)

    def _decimal(self, value, name):
        if not value or not DECIMAL.match(value):
            self.fault(f"{name} is no decimal number: {value}")
            return 0.0
        return float(value)

    def _list(self, value, name):
        found = attributes(value)
        if found is None:
            self.fault(f"{name} has no attribute list: {value}")
        return found or {}

    def _read_version(self, value):
        self.version = self._integer(value, "EXT-X-VERSION")

    def _read_targetduration(self, value):
        self.target = self._integer(value, "EXT-X-TARGETDURATION")

    def _read_media_sequence(self, value):
        if self.segments or self._parts:
            self.fault("EXT-X-MEDIA-SEQUENCE after a segment")
        self.sequence = self._integer(value, "EXT-X-MEDIA-SEQUENCE")

    def _read_discontinuity_sequence(self, value):
        if self.segments or self._parts or self._is_discontinuity:
            self.fault("EXT-X-DISCONTINUITY-SEQUENCE after a segment or a discontinuity")
        self.discontinuity_sequence = self._integer(value, "EXT-X-DISCONTINUITY-SEQUENCE")

    def _read_playlist_type(self, value):
        self.type = value
        if value not in ("EVENT", "VOD"):
            self.fault(f"EXT-X-PLAYLIST-TYPE is {value}")

    def _read_independent_segments(self, value):
        self.is_independent = True

    def _read_endlist(self, value):
        self.is_ended = True

    def _read_discontinuity(self, value):
        self._is_discontinuity = True

    def _read_map(self, value):
        self._map = unquoted(self._list(value, "EXT-X-MAP").get("URI"))
        if not self._map:
            self.fault(f"EXT-X-MAP without a URI in quotes: {value}")

    def _read_program_date_time(self, value):
        try:
            moment = datetime.datetime.fromisoformat(value)
            if moment.tzinfo is None:
                self.fault(f"EXT-X-PROGRAM-DATE-TIME without a time zone: {value}")
            self._began = moment.timestamp()
        except ValueError:
            self.fault(f"EXT-X-PROGRAM-DATE-TIME is no date: {value}")

    def _read_extinf(self, value):
        seconds, comma, _ = value.partition(",")
        if not comma:
            self.fault(f"EXTINF without a comma: {value}")
        self._seconds = self._decimal(seconds, "EXTINF")

    def _read_server_control(self, value):
        self.control = self._list(value, "EXT-X-SERVER-CONTROL")

    def _read_part_inf(self, value):
        self.part_target = self._decimal(self._list(value, "EXT-X-PART-INF").get("PART-TARGET"), "PART-TARGET")

    def _read_part(self, value):
        found = self._list(value, "EXT-X-PART")
        uri = unquoted(found.get("URI"))
        if not uri:
            self.fault(f"EXT-X-PART without a URI in quotes: {value}")
        if found.get("INDEPENDENT", "YES") != "YES":
            self.fault(f"INDEPENDENT is {found['INDEPENDENT']}")
        self._parts.append(Part(uri, self._decimal(found.get("DURATION"), "DURATION"), "INDEPENDENT" in found))

    def _read_preload_hint(self, value):
        found = self._list(value, "EXT-X-PRELOAD-HINT")
        if found.get("TYPE") not in ("PART", "MAP") or not unquoted(found.get("URI")):
            self.fault(f"EXT-X-PRELOAD-HINT without a type and a URI: {value}")
        if found.get("TYPE") == "PART":
            if self.hint:
                self.fault("two hints of a part")
            self.hint = unquoted(found.get("URI"))

    def _read_rendition_report(self, value):
        found = self._list(value, "EXT-X-RENDITION-REPORT")
        uri = unquoted(found.get("URI"))
        if not uri or "://" in uri:
            self.fault(f"EXT-X-RENDITION-REPORT needs a relative URI: {value}")
        sequence = self._integer(found.get("LAST-MSN", ""), "LAST-MSN")
        part = self._integer(found["LAST-PART"], "LAST-PART") if "LAST-PART" in found else None
        self.reports.append((uri, sequence, part))

    # Judging one playlist.

    def _judge(self):
        for name in ("EXT-X-TARGETDURATION", "EXT-X-VERSION"):
            if self.seen.count(name) != 1:
                self.fault(f"{name} is there {self.seen.count(name)} times")
        for name in ("EXT-X-MEDIA-SEQUENCE", "EXT-X-DISCONTINUITY-SEQUENCE", "EXT-X-SERVER-CONTROL", "EXT-X-PART-INF",
                     "EXT-X-ENDLIST", "EXT-X-PLAYLIST-TYPE", "EXT-X-INDEPENDENT-SEGMENTS"):
            if self.seen.count(name) > 1:
                self.fault(f"{name} is there more than once")
        if self.version is not None and self.version < 6:
            self.fault("EXT-X-MAP in a playlist without I-frames alone needs version 6")
        target = self.target or 0
        for number, each in self.numbered().items():
            if int(each.seconds + 0.5) > target:
                self.fault(f"segment {number} of {each.seconds} s in a target duration of {target} s")
        listed = [*self.segments, *([self.open] if self.open and self.open.parts else [])]
        for each in listed:
            if not each.map:
                self.fault(f"{each.uri} has no EXT-X-MAP")
            if each.began is None:
                self.fault(f"{each.uri} has no EXT-X-PROGRAM-DATE-TIME")
        for before, after in zip(listed, listed[1:]):
            if before.began is None or after.began is None:
                continue
            step = after.began - before.began - before.seconds
            if after.is_discontinuity and step < -ROUNDING:
                self.fault(f"{after.uri} begins {-step:.3f} s before the segment before it ends")
            if not after.is_discontinuity and abs(step) > ROUNDING:
                self.fault(f"{after.uri} begins {step:+.3f} s after the end of the one before, without a discontinuity")
        self._judge_parts()
        self._judge_control()
        if self.is_ended and (self.hint or self.open):
            self.fault("something comes after the end")
        # §6.2.2: a server keeps three target durations.
        if not self.is_ended and self.sequence > 0 and self.seconds < 3 * target:
            self.fault(f"only {self.seconds} s are listed")

    def _judge_parts(self):
        parts = self.parts()
        if parts and not self.part_target:
            return self.fault("parts without EXT-X-PART-INF")
        uris = [part.uri for part in parts] + [each.uri for each in self.segments]
        if len(set(uris)) < len(uris):
            self.fault("a URI is listed twice")
        if self.hint and self.hint in uris:
            self.fault(f"{self.hint} is hinted at and listed")
        for each in [*self.segments, *([self.open] if self.open else [])]:
            for index, part in enumerate(each.parts):
                if part.seconds > self.part_target + 1e-6:
                    self.fault(f"{part.uri} lasts {part.seconds} s, PART-TARGET is {self.part_target}")
                if index < len(each.parts) - 1 and part.seconds < 0.85 * self.part_target - 1e-6:
                    self.fault(f"{part.uri} lasts {part.seconds} s, less than 85 % of PART-TARGET {self.part_target}")
            if each.parts and self.is_independent and not each.parts[0].is_independent:
                self.fault(f"{each.parts[0].uri} begins a segment and is not INDEPENDENT")
            whole = sum(part.seconds for part in each.parts)
            if each.parts and each.seconds is not None and abs(whole - each.seconds) > ROUNDING:
                self.fault(f"{each.uri} lasts {each.seconds} s, its parts {whole:.3f} s")

    def _judge_control(self):
        def seconds(name):
            return self._decimal(self.control[name], name) if name in self.control else None

        hold, part_hold, skip = seconds("HOLD-BACK"), seconds("PART-HOLD-BACK"), seconds("CAN-SKIP-UNTIL")
        if hold is not None and hold < 3 * self.target:
            self.fault(f"HOLD-BACK {hold} is less than three target durations")
        if skip is not None and skip < 6 * self.target:
            self.fault(f"CAN-SKIP-UNTIL {skip} is less than six target durations")
        if self.part_target and not self.is_ended:
            if part_hold is None:
                self.fault("PART-HOLD-BACK is missing")
            elif part_hold < 3 * self.part_target - 1e-6:
                self.fault(f"PART-HOLD-BACK {part_hold} is less than three parts")
            if self.control.get("CAN-BLOCK-RELOAD") != "YES":
                self.fault("parts without CAN-BLOCK-RELOAD")
            for uri, _, part in self.reports:
                if part is None and self.parts():
                    self.fault(f"the report of {uri} has no LAST-PART")


def changes(before, after):
    """What is wrong with what became of a playlist (§6.2.1)."""
    faults = []
    for name in ("target", "part_target", "version", "is_independent"):
        if getattr(before, name) != getattr(after, name) and not (after.is_ended and name == "part_target"):
            faults.append(f"{name} changed from {getattr(before, name)} to {getattr(after, name)}")
    if before.type != after.type and (before.type, after.type, after.is_ended) != ("EVENT", "VOD", True):
        faults.append(f"EXT-X-PLAYLIST-TYPE changed from {before.type} to {after.type}")
    if before.is_ended and not after.is_ended:
        faults.append("EXT-X-ENDLIST went away")
    if after.sequence < before.sequence:
        faults.append(f"EXT-X-MEDIA-SEQUENCE went from {before.sequence} back to {after.sequence}")
    if before.type and after.sequence != before.sequence:
        faults.append(f"{before.type}: segments went away")
    if after.reach < before.reach and not (after.is_ended and after.last >= before.last):
        faults.append(f"it went from {before.reach} back to {after.reach}")
    old, new = before.numbered(), after.numbered()
    if after.open:
        new[after.last + 1] = after.open
    for number in old.keys() & new.keys():
        if number <= after.last and old[number].identity != new[number].identity:
            faults.append(f"segment {number} changed from {old[number].identity} to {new[number].identity}")
    # Discontinuities that went away are counted (§4.4.3.3).
    gone = sum(each.is_discontinuity for number, each in old.items() if number < after.sequence)
    if after.sequence <= before.last + 1 and after.discontinuity_sequence != before.discontinuity_sequence + gone:
        faults.append(
            f"EXT-X-DISCONTINUITY-SEQUENCE went from {before.discontinuity_sequence} to "
            f"{after.discontinuity_sequence} as {gone} discontinuities were removed")
    if before.open and (same := new.get(before.last + 1)):
        if same.parts[:len(before.open.parts)] != before.open.parts and same.parts:
            faults.append(f"parts of segment {before.last + 1} changed")
        if same.began != before.open.began:
            faults.append(f"segment {before.last + 1} begins at another time")
    # Parts should stay until they are three target durations from the end, give or take one (§6.2.2); a process that begins
    # anew after a crash lists whole segments alone.
    is_new = not after.parts() or any(
        each.is_discontinuity for number, each in new.items() if number >= before.reach[0])
    for number, each in old.items():
        now = new.get(number)
        if each.parts and now and not now.parts and not is_new and not after.is_ended:
            away = after.end - each.began - each.seconds
            if away < 3 * after.target - after.part_target:
                faults.append(f"the parts of segment {number} went away {away:.3f} s before the end")
    return faults


class Multivariant:
    """A multivariant playlist (§4.4.6)."""

    def __init__(self, text):
        self.faults, self.variants = [], []
        lines = text.split("\n")
        if lines[0] != "#EXTM3U":
            self.faults.append("the first line is not #EXTM3U")
        pending = None
        for line in lines[1:]:
            if line.startswith("#EXT-X-STREAM-INF:"):
                pending = attributes(line.partition(":")[2])
                self._judge(pending, line)
            elif line.startswith("#EXT") and line.split(":")[0] not in (
                    "#EXT-X-VERSION", "#EXT-X-INDEPENDENT-SEGMENTS", "#EXT-X-MEDIA", "#EXT-X-START"):
                self.faults.append(f"a tag that no multivariant playlist has: {line}")
            elif line and not line.startswith("#"):
                if pending is None:
                    self.faults.append(f"{line} has no EXT-X-STREAM-INF")
                self.variants.append((line, pending or {}))
                pending = None
        if not self.variants:
            self.faults.append("there is no variant")

    def _judge(self, found, line):
        if not found or not INTEGER.match(found.get("BANDWIDTH", "")):
            return self.faults.append(f"no BANDWIDTH: {line}")
        if not unquoted(found.get("CODECS")):
            self.faults.append(f"no CODECS: {line}")
        if not re.match(r"\d+x\d+$", found.get("RESOLUTION", "")):
            self.faults.append(f"no RESOLUTION: {line}")
        if int(found.get("AVERAGE-BANDWIDTH", 0)) > int(found["BANDWIDTH"]):
            self.faults.append(f"AVERAGE-BANDWIDTH above BANDWIDTH: {line}")
