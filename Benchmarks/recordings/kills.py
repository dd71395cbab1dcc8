"""Kills composers, shards and the server while they record, and tells what each kill cost.

A kill costs what had been received and is in no file, and the time until the recording goes on.
"""

import os
import random
import signal
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import bench
from common import Recording, serving, spread
from support.counted import Bot, Counted, write_clip
from support.recorded import errors
from support.server import is_alive
from support.waiting import NotInTime, eventually

# Of what had been received when something was killed, in seconds.
MOST_LOST = 1.0
# Until the recording goes on after a composer or a shard died, in seconds.
MOST_PAUSE = 3.0
# By how many seconds pictures may be off from where they belong after an interruption.
MOST_DRIFT = 0.15
# How often each is chosen. "all" are the server and its children at once, as when the machine's memory is full.
VICTIMS = {"composer": 5, "shard": 2, "server": 2, "all": 1}


@dataclass
class Kill:
    victim: str
    at: float
    # Index of the room whose composer it was; None for what all rooms notice.
    room: int | None = None
    is_finishing: bool = False


class Run:
    """Recordings one after another, in several rooms at once, until all kills are done."""

    def __init__(self, server, clip, folder, options):
        self.server, self.clip, self.folder, self.options = server, clip, folder, options
        self.random = random.Random(options.seed)
        self.left = options.kills
        self.kills = defaultdict(int)
        self.lost, self.pauses = defaultdict(list), defaultdict(list)
        self.recordings = self.files = self.unreadable = 0
        self.seconds = 0.0
        self.faults = []

    def run(self):
        number = 0
        while self.left:
            self.round(number)
            number += 1
            print(f"  {self.options.kills - self.left} kills, {self.recordings} recordings, "
                  f"{self.seconds:.0f} s recorded, faults: {len(self.faults)}", flush=True)

    def round(self, number):
        rooms = [self.server.create_room() for _ in range(self.options.rooms)]
        bots = [Bot(self.server, room, self.clip) for room in rooms]
        for bot in bots:
            bot.wait_until_present()
        time.sleep(1)
        recordings = [Recording(self.server, room, config={"quality": "low"}) for room in rooms]
        kills = []
        try:
            count = min(self.left, self.random.randint(1, 4))
            for _ in range(count):
                kill = self.kill(recordings, is_last=len(kills) == count - 1)
                kills.append(kill)
                if kill.victim in ("server", "all"):
                    break
            self.left -= len(kills)
            if kills[-1].victim not in ("server", "all") and not kills[-1].is_finishing:
                time.sleep(self.random.uniform(2, 4))
                for each in recordings:
                    each.stop()
            for index, recording in enumerate(recordings):
                mine = [kill for kill in kills if kill.room in (None, index)]
                self.check(recording, mine, self.folder / f"{number}-{index}.mp4")
        finally:
            for bot in bots:
                bot.stop()

    def kill(self, recordings, is_last):
        """Waits for a random moment, and kills."""
        victims = self.options.victims.split(",")
        [victim] = self.random.choices(victims, [VICTIMS[each] for each in victims])
        is_finishing = is_last and self.random.random() < 0.2
        # Most are well apart, so that each can be told from the next; some come in the middle of a restart.
        time.sleep(self.random.uniform(0, 1) if self.random.random() < 0.15 else self.random.uniform(3, 7))
        if is_finishing:
            for each in recordings:
                each.stop()
            time.sleep(self.random.uniform(0, 0.25))
        self.kills[victim] += 1
        room = None
        at = time.time()
        if victim == "composer":
            room = self.random.randrange(len(recordings))
            pid = composer(self.server, recordings[room])
            if pid is None and not is_finishing:
                pid = eventually(lambda: composer(self.server, recordings[room]), "a composer", 10, 0.01)
            at = time.time()
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
        elif victim == "shard":
            pids = list(self.server.shard_by_port().values())
            at = time.time()
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
        else:
            children = [pid for pid in self.server.process_tree() if pid != self.server.process.pid]
            at = time.time()
            self.server.kill()
            if victim == "all":
                for pid in children:
                    os.kill(pid, signal.SIGKILL)
            else:
                shards = [pid for pid in children if is_shard(pid)]
                eventually(lambda: not any(is_alive(pid) for pid in shards), "the shards end with the server", 10)
            self.server.start()
        return Kill(victim, at, room, is_finishing)

    def check(self, recording, kills, path):
        """Looks into a recording's file and adds up what is not there."""
        self.recordings += 1
        ended = recording.ended or kills[-1].at
        name = f"{path.name} ({', '.join(f'{kill.victim} after {kill.at - recording.asked:.1f} s' for kill in kills)})"
        try:
            file = recording.fetch(path)
        except NotInTime as late:
            return self.faults.append(f"{name}: {late}")
        found = recording.listed()
        if len(found) != 1:
            self.faults.append(f"{name}: {len(found)} recordings instead of one")
        if file is None:
            if ended - recording.asked > MOST_LOST + 1:
                self.faults.append(f"{name}: no file: {recording.resource()['error']}")
            return
        self.files += 1
        left = [each.name for each in recording.folder.iterdir()
                if each.name not in ("journal.jsonl", "recording.mp4")]
        if left:
            self.faults.append(f"{name}: besides the file there is {left}")
        if said := errors(file):
            self.unreadable += 1
            self.faults.append(f"{name}: ffmpeg says {said.splitlines()[0]}")
        content = Counted(file)
        self.seconds += content.seconds
        self.measure(content, kills, recording, ended, name)
        if not self.options.keep:
            file.unlink()

    def note_lost(self, kill, seconds, name):
        self.lost[kill.victim].append(max(0.0, seconds))
        if seconds > MOST_LOST:
            self.faults.append(f"{name}: {seconds:.2f} s were received and are lost")

    def measure(self, content, kills, recording, ended, name):
        asked, zero = recording.asked, recording.zero
        gaps = content.gaps(0.12)
        ends = [gap for gap in gaps if gap.end >= content.seconds - 0.01]
        # What is not to be in a file yet is not lost: recordings begin within a second.
        last = content.new[-1][0] if content.new else asked - zero + 1
        taken = set()
        for kill in kills:
            moment = kill.at - zero
            if kill.is_finishing or kill.victim in ("server", "all"):
                # Nothing goes on after it; and nothing was received since a kill before it after which nothing went on yet.
                moment = min([each.at - zero for each in kills if each.at - zero > last] + [moment])
                self.note_lost(kill, min(moment, ended - zero) - last, name)
                continue
            gap = next((gap for gap in gaps if gap.end > moment - 0.05 and gap.start < moment + 1.5), None)
            if gap is None or id(gap) in taken:
                if gap is None:
                    self.note_lost(kill, 0, name)
                    self.pauses[kill.victim].append(0.0)
                continue
            taken.add(id(gap))
            if gap.start > 0:  # else nothing had been received
                self.note_lost(kill, moment - gap.start, name)
            if gap not in ends:
                self.pauses[kill.victim].append(max(0.0, gap.end - moment))
        drift = content.drift(0, content.seconds)
        # After a shard's death the bot begins its clip anew.
        if all(kill.victim == "composer" for kill in kills) and abs(drift) > MOST_DRIFT:
            self.faults.append(f"{name}: pictures are {drift:+.2f} s from where they belong")
        ends_with_kill = [kill for kill in kills if kill.is_finishing or kill.victim in ("server", "all")]
        if not ends_with_kill and (short := ended - zero - content.seconds) > MOST_LOST:
            self.faults.append(f"{name}: the file ends {short:.2f} s before the recording did")
        for gap in gaps:
            near = any(kill.at - zero - 1.5 < gap.end and gap.start < kill.at - zero + 4 for kill in kills)
            if not near and 1 < gap.start and gap not in ends and gap.seconds > 0.35:
                self.faults.append(f"{name}: {gap.seconds:.2f} s without a new picture at {gap.start:.1f} s")


def composer(server, recording):
    """The process that composes a recording's session; `None` if there is none."""
    folder = f"/outputs/{recording.resource()['sessionId']}/"
    for pid in server.process_tree():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            if b"compose" not in words[1:2]:
                continue
            files = [os.readlink(f"/proc/{pid}/fd/{each}") for each in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            continue
        if any(folder in file for file in files):
            return pid
    return None


def is_shard(pid):
    try:
        return b"shard" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:2]
    except OSError:
        return False


def add_arguments(parser):
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--victims", default=",".join(VICTIMS))
    parser.add_argument("--rooms", type=int, default=2, help="recorded at the same time")


def measure(folder, options):
    clip = write_clip(folder)
    began = time.monotonic()
    with serving(folder) as server:
        run = Run(server, clip, folder, options)
        run.run()
    figures = bench.Figures(
        f"kills: {options.kills} kills, {run.recordings} recordings in {options.rooms} rooms at once, "
        f"{run.seconds:.0f} s recorded, in {time.monotonic() - began:.0f} s")
    figures.show("victims", ", ".join(f"{name} {count}" for name, count in run.kills.items()))
    figures.show("files", f"{run.files} of {run.recordings} recordings; {run.unreadable} that ffmpeg complains of",
                 "0", not run.unreadable)
    for victim in VICTIMS:
        if lost := run.lost[victim]:
            figures.show(victim, f"received and lost: {spread(lost)}", f"≤ {MOST_LOST:.0f} s", max(lost) <= MOST_LOST)
        if pauses := run.pauses[victim]:
            figures.show("", f"until it goes on: {spread(pauses)}", f"≤ {MOST_PAUSE:.0f} s",
                         max(pauses) <= MOST_PAUSE)
    figures.show("faults", len(run.faults), "0", not run.faults)
    for fault in run.faults[:20]:
        print(f"    {fault}")
    figures.show_load_average()
    return figures
