"""Fills the disk while it is recorded to: the file plays, somebody says so, and the call goes on.

Needs root: the disk is a tmpfs of its own.
"""

import os
import signal
import subprocess
import time

import bench
from common import Recording, serving
from kills import composer
from support.counted import Bot, Counted, write_clip
from support.recorded import errors
from support.recordings import download
from support.server import APIError
from support.waiting import NotInTime, eventually

# No recording begins below a gibibyte, and none goes on below a quarter of it.
SIZE, RESERVE = 1_400 << 20, 256 << 20
MOST_NEWS, MOST_LOST = 5.0, 1.0
# (name, whether the composer was killed before, bytes that are left)
CASES = {
    "one-part": (0, 100 << 20),
    "parts": (1, 100 << 20),
    "one-part-nothing-left": (0, 0),
    "parts-nothing-left": (2, 0),
}


def add_arguments(parser):
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--seconds", type=float, default=8, help="recorded before the disk is full")


class Disk:
    """A tmpfs that can be filled."""

    def __init__(self, path, size):
        self.path, self.ballast = path, path / "ballast"
        path.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "recordings", str(path)], check=True)

    def free(self):
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def fill(self, left):
        """Takes all but so many bytes; with 0, what is freed is taken as well."""
        with self.ballast.open("ab") as file:
            taken, piece = file.tell(), 1 << 28
            while piece >= 4_096 and (free := self.free()) > left:
                try:
                    os.posix_fallocate(file.fileno(), taken, min(piece, free - left))
                    taken += min(piece, free - left)
                except OSError:  # others write as well
                    piece //= 4

    def empty(self):
        self.ballast.unlink(missing_ok=True)

    def close(self):
        subprocess.run(["umount", "-l", str(self.path)], check=True)


def news(server, session, types):
    """The first of a session's events of these types."""
    listed = server.rest("GET", f"/v2/sessions/{session}/events?perPage=100")["data"]
    return next((each for each in listed if each["type"] in types), None)


def measure_case(name, folder, clip, options, figures):
    deaths, left = CASES[name]
    disk = Disk(folder / name, SIZE)
    try:
        with serving(folder / name, "--disk-reserve-percent", "0", log=folder / f"{name}.log") as server:
            room = server.create_room()
            duration = options.seconds + 12
            bot = Bot(server, room, clip, seconds=duration + 10 * deaths, subscribers=1).wait_until_present()
            time.sleep(1)
            recording = Recording(server, room, config={"quality": "low"})
            recording.wait_until("started")
            for _ in range(deaths):
                time.sleep(options.seconds / (deaths + 1))
                os.kill(composer(server, recording), signal.SIGKILL)
            time.sleep(options.seconds / (deaths + 1) + (2 if deaths else 0))
            session = recording.resource()["sessionId"]

            disk.fill(RESERVE + (8 << 20))
            # Else the recording ends, and has its file, before the last byte is taken.
            recorder = composer(server, recording)
            if not left:
                os.kill(recorder, signal.SIGSTOP)
            full = time.time()
            disk.fill(left)
            os.kill(recorder, signal.SIGCONT)
            said, said_after = None, None
            try:
                said = eventually(
                    lambda: news(server, session, ("output-warning", "recording-failed")), "somebody says so",
                    MOST_NEWS + 5, 0.05)
                said_after = time.time() - full
            except NotInTime:
                pass
            words = said and (said["data"].get("kind") or said["data"].get("reason"))
            figures.show(name, f"said after {said_after:.1f} s: {words}" if said else "nobody said so",
                         f"≤ {MOST_NEWS:.0f} s", bool(said) and said_after <= MOST_NEWS)

            refusal = "it was not refused"
            time.sleep(2.5)
            try:
                Recording(server, room, config={"quality": "low"})
            except (APIError, OSError) as error:
                refusal = str(error)
            figures.show("", f"another is refused: {refusal}", "words of the disk", "disk" in refusal)
            answers = True
            began = time.monotonic()
            try:
                server.rest("GET", "/v2/rooms")
                server.rest("GET", "/readyz")
            except (APIError, OSError) as error:
                answers = str(error)
            figures.show("", f"REST: {'answers' if answers is True else answers} after "
                         f"{time.monotonic() - began:.2f} s", "answers", answers is True)

            report = bot.report()
            lost, breaks = report["packetsLost"], report["disconnected"]
            figures.show("", f"the call: {lost} of {report['packetsReceived']} packets lost, {breaks} connections",
                         "0, 0", not lost and not breaks)

            disk.empty()
            look(recording, folder, name, full, figures)
            again(server, clip, folder, name, figures)
    finally:
        disk.close()


def look(recording, folder, name, full, figures):
    """What became of the recording on the full disk."""
    try:
        found = recording.wait_until("stopped", "failed", seconds=100)
    except NotInTime as late:
        return figures.show("", f"no file: {late}", "plays", False)
    files = found.get("files") or [each for each in [found["file"]] if each]
    if not files:
        return figures.show("", f"no file: {found['status']}, {found['error']}", "plays", False)
    paths = [download(each["fileUrl"], folder / f"{name}-{number}.mp4") for number, each in enumerate(files)]
    complaints = [complaint for path in paths for complaint in errors(path).splitlines()[:1]]
    contents = [Counted(path) for path in paths]
    seconds, last = sum(each.seconds for each in contents), contents[-1]
    missing = full - recording.zeros[-1 if len(files) > 1 else 0] - (last.new[-1][0] if last.new else 0)
    figures.show("", f"{len(files)} file(s) of {seconds:.1f} s, {found['status']}, up to {missing:.1f} s before the disk "
                 f"was full; ffmpeg: {complaints or 'nothing'}", f"plays, ≤ {MOST_LOST:.0f} s",
                 not complaints and missing <= MOST_LOST)


def again(server, clip, folder, name, figures):
    """After there is room, it records as before."""
    room = server.create_room()
    bot = Bot(server, room, clip).wait_until_present()
    began = time.monotonic()

    def begins():
        try:
            return Recording(server, room, config={"quality": "low"})
        except (APIError, OSError):
            return None

    try:
        recording = eventually(begins, "a recording begins again", 15)
        waited = time.monotonic() - began
        time.sleep(4)
        recording.stop()
        file = recording.fetch(folder / f"{name}-again.mp4")
        content = Counted(file)
        figures.show("", f"with room again one begins after {waited:.1f} s; its file has {content.seconds:.1f} s",
                     "plays", not errors(file) and content.seconds > 2)
    except NotInTime as late:
        figures.show("", f"with room again: {late}", "plays", False)
    finally:
        bot.stop()


def measure(folder, options):
    figures = bench.Figures(f"disk-full: {options.seconds:g} s recorded before the disk is full")
    if os.geteuid():
        figures.show("left out", "only root may mount the disk")
        return figures
    clip = write_clip(folder)
    for name in options.cases.split(","):
        measure_case(name, folder, clip, options, figures)
    figures.show_load_average()
    return figures
