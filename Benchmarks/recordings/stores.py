"""Has recordings uploaded to storages that fail in every way for a while, and compares what arrives byte for byte."""

import hashlib
import time
import urllib.error
import urllib.request
from pathlib import Path

import bench
from common import serving
from support import stores
from support.counted import Bot, present, write_clip
from support.recorded import errors
from support.waiting import eventually

# After the storage is well again: one wait (`--retry`), a look at what waits (2 s), and the upload.
SLACK = 15
WEATHERS = ("500", "503", "hang", "reset", "deaf")


def add_arguments(parser):
    parser.add_argument("--stores", default="s3,azure,put")
    parser.add_argument("--outage", type=float, default=60, help="seconds that each storage fails, an hour made short")
    parser.add_argument("--retry", type=int, default=3, help="uploadRetrySeconds of the server")
    parser.add_argument("--megabytes", type=float, default=20, help="of the large recording; above 8 it goes in parts")


class Upload:
    """A recording that waits here to be uploaded, and what is to arrive."""

    def __init__(self, server, kind, id):
        self.server, self.id = server, id
        self.at = f"/v2/recordings{kind}/{id}"
        self.file = eventually(self._finished, "the recording is finished", 60)
        self.local = next((server.folder / "data" / "outputs").glob(f"*/{id}/{self.file['filePath']}"))
        self.sum = hashlib.sha256(self.local.read_bytes()).hexdigest()
        self.size = self.local.stat().st_size
        self.complaints = errors(self.local)

    def _finished(self):
        files = self.resource_files()
        return files[0] if files else None

    def resource_files(self):
        found = self.server.rest("GET", self.at)
        return [each for each in found.get("files") or [found.get("file")] if each]

    def is_kept(self):
        """Whether the local copy is whole, and is what REST leads to."""
        [file] = self.resource_files()
        with urllib.request.urlopen(file["fileUrl"], timeout=30) as answer:
            served = hashlib.sha256(answer.read()).hexdigest()
        return self.local.exists() and served == self.sum and file["storage"] == "uploading"

    def arrived(self):
        [file] = self.resource_files()
        return file if file["storage"] == "uploaded" else None


def upload_through(store, server, room, clip, folder, options, figures):
    """Records a small and a large file, lets the storage fail, and looks at what arrives."""
    who = present(server, room)[0]["participantId"]
    front = store.front
    composed = {"roomId": room, "config": {"quality": "low"}}
    track = {"roomId": room, "participantId": who, "kind": "video", "fileFormat": "webm"}
    if store.name == "put":
        composed["preSignedUrl"] = store.signed("/a/small.mp4")
        track["preSignedUrl"] = store.signed("/a/large.webm")
    else:
        store.configure(server, folder)
        composed["awsDirPath"] = track["awsDirPath"] = "team/a b"
    server.text("POST", "/v2/recordings/participant/track/start", track)
    large = server.rest("GET", f"/v2/recordings/participant/track?roomId={room}")["data"][0]["id"]
    outputs = server.folder / "data" / "outputs"
    eventually(
        lambda: sum(each.stat().st_size for each in outputs.glob(f"*/{large}/part-*")) > options.megabytes * 1e6,
        "the large recording is large", 300, 0.5)
    server.text("POST", "/v2/recordings/start", composed)
    small = server.rest("GET", f"/v2/recordings?roomId={room}")["data"][0]["id"]
    time.sleep(4)

    # The storage fails after it took the first part of the large file.
    def fail_after_part(method, path):
        if method == "PUT" and ("partNumber=2" in path or "blockid" in path and front.parts == 1):
            front.weather = WEATHERS[0]
        front.parts += method == "PUT" and ("partNumber" in path or "blockid" in path)

    front.parts = 0
    front.seen.clear()
    front.on_request = fail_after_part
    if store.name == "put":
        front.weather = WEATHERS[0]
    server.text("POST", "/v2/recordings/participant/track/stop",
                {"roomId": room, "participantId": who, "kind": "video"})
    uploads = [Upload(server, "/participant/track", large)]
    eventually(lambda: front.weather != "good", "the upload has begun", 30)
    front.on_request = lambda method, path: None
    server.text("POST", "/v2/recordings/end", {"roomId": room})
    uploads.append(Upload(server, "", small))

    kept = True
    for number, weather in enumerate(WEATHERS):
        front.weather = weather
        time.sleep(options.outage / len(WEATHERS))
        kept = kept and all(each.is_kept() for each in uploads)
        if number == len(WEATHERS) // 2:
            server.kill()
            server.start()
    tried = sum(weather != "good" for _, _, weather in front.seen)
    # The last step of the large file succeeds without the server's hearing of it.
    front.loses_answer = {
        "s3": lambda method, path: method == "POST" and "uploadId=" in path,
        "azure": lambda method, path: "comp=blocklist" in path,
        "put": lambda method, path: "large" in path}[store.name]
    front.weather = "good"
    recovered = time.monotonic()
    files = [eventually(each.arrived, "it is uploaded", options.retry + SLACK + 30, 0.2) for each in uploads]
    recovered = time.monotonic() - recovered

    same = 0
    for upload, file in zip(uploads, files):
        data = store.object(file["userStorage"])
        same += data is not None and hashlib.sha256(data).hexdigest() == upload.sum and len(data) == upload.size
    sizes = " and ".join(f"{each.size / 1e6:.1f} MB" for each in reversed(uploads))
    figures.show(store.name, f"{sizes}: {same} of 2 arrived byte for byte", "2", same == 2)
    figures.show("", f"{tried} requests failed in {options.outage:.0f} s; the copy here was "
                 f"{'whole all the time' if kept else 'NOT whole'}", "whole", kept)
    left = [each.local for each in uploads if each.local.exists()]
    figures.show("", f"uploaded {recovered:.1f} s after the storage was well again; {len(left)} copies left here",
                 f"≤ {options.retry + SLACK} s, 0", recovered <= options.retry + SLACK and not left)
    if store.name == "s3":
        first = sum(method == "PUT" and "partNumber=1&" in path for method, path, _ in front.seen)
        parts = {path.split("partNumber=")[1].split("&")[0] for method, path, _ in front.seen if "partNumber=" in path}
        # Twice if the storage says that it does not know an upload any more that it has put together.
        figures.show("", f"in {len(parts)} parts, of which the first went {first} times", "≥ 2, ≤ 2",
                     len(parts) >= 2 and first <= 2)
    if store.name == "azure":
        figures.show("", f"content types {', '.join(sorted(set(store.types.values())))}")
    for upload in uploads:
        if upload.complaints:
            figures.show("", f"ffmpeg on {upload.file['filePath']}: {upload.complaints.splitlines()[0]}",
                         "nothing", False)


def measure(folder, options):
    figures = bench.Figures(f"store-errors: each storage fails for {options.outage:.0f} s "
                            f"({', '.join(WEATHERS)}), the server is killed once meanwhile")
    clip = write_clip(folder, bits="6M", noise=200)
    for name in options.stores.split(","):
        try:
            store = {"s3": stores.S3, "azure": stores.Azure, "put": stores.Puts}[name]()
        except FileNotFoundError as absent:
            figures.show(name, f"left out: {absent}")
            continue
        place = folder / name
        try:
            with serving(place, "--upload-retry-seconds", str(options.retry), shards=1) as server:
                room = server.create_room()
                bot = Bot(server, room, clip).wait_until_present()
                time.sleep(1)
                try:
                    upload_through(store, server, room, clip, place, options, figures)
                finally:
                    bot.stop()
        finally:
            store.close()
    figures.show_load_average()
    return figures
