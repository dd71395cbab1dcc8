"""Recordings in somebody's S3: a store that checks signatures, failures on the way, and the file at the end."""

import http.client
import http.server
import os
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from types import SimpleNamespace

import pytest

from support.paths import BINARY
from support.recorded import errors, probe
from support.server import API_KEY, free_ports
from support.waiting import eventually
from test_outputs import clip, recording, room, text  # noqa: F401  (fixtures)

BUCKET = "calls"


class Proxy(http.server.BaseHTTPRequestHandler):
    """Passes on to the store, but for the first requests, which it answers with 503."""

    failures = 0
    target = 0
    seen: list = []

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Proxy.seen.append((self.command, self.path.split("?")[0]))
        if Proxy.failures > 0:
            Proxy.failures -= 1
            self.send_response(503)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        connection = http.client.HTTPConnection("127.0.0.1", Proxy.target, timeout=30)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PUT = do_POST = forward

    def log_message(self, *_):
        pass


@pytest.fixture
def bucket(tmp_path):
    """A bucket of a store that knows one access key and checks its signatures."""
    program = shutil.which("moto_server")
    if not program:
        pytest.skip("there is no moto_server")
    port = free_ports(2)
    process = subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "3"})

    def iam(action, **fields):
        body = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **fields}).encode()
        scope = "AWS4-HMAC-SHA256 Credential=x/20200101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/", body, {"Host": "iam.amazonaws.com", "Authorization": scope})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()

    def between(text, name):
        return text.split(f"<{name}>")[1].split(f"</{name}>")[0]

    def up():
        try:
            return iam("CreateUser", UserName="u")
        except (urllib.error.URLError, ConnectionError, OSError):
            return None

    eventually(up, "the store", seconds=20)
    key = iam("CreateAccessKey", UserName="u")
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    iam("PutUserPolicy", UserName="u", PolicyName="all", PolicyDocument=policy)
    made = SimpleNamespace(
        port=port, id=between(key, "AccessKeyId"), secret=between(key, "SecretAccessKey"))
    subprocess.run([
        "curl", "-sf", "-X", "PUT", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{made.id}:{made.secret}",
        "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", f"http://127.0.0.1:{port}/{BUCKET}"], check=True)
    Proxy.target, Proxy.failures, Proxy.seen = port, 0, []
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", port + 1), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    made.endpoint = f"http://127.0.0.1:{port + 1}"
    yield made
    proxy.shutdown()
    process.terminate()
    process.wait(10)


def configure(server, bucket, tmp_path, secret=None):
    path = tmp_path / "secret"
    path.write_text(secret or bucket.secret)
    path.chmod(0o600)
    subprocess.run([
        str(BINARY), "key", "storage", "s3", API_KEY, "--bucket", BUCKET, "--endpoint", bucket.endpoint,
        "--access-key-id", bucket.id, "--secret-file", str(path), "--data", str(server.folder / "data")],
        check=True, capture_output=True)


def record(server, room, seconds=4, **body):
    text(server, "POST", "/v2/recordings/start", {"roomId": room, **body})
    recording(server, room, "started")
    time.sleep(seconds)
    text(server, "POST", "/v2/recordings/end", {"roomId": room})
    return recording(server, room, "stopped")


def stored(server, id, state):
    def found():
        file = server.rest("GET", f"/v2/recordings/{id}")["file"]
        return file if file["storage"] == state else None

    return eventually(found, f"a file that is {state}", seconds=40)


def test_a_recording_lands_in_the_bucket_through_failures(server, room, bucket, tmp_path):
    configure(server, bucket, tmp_path)
    Proxy.failures = 1
    made = record(server, room, awsDirPath="team/a")
    file = stored(server, made["id"], "uploaded")

    assert f"/{BUCKET}/team/a/" in file["userStorage"]
    assert len([each for each in Proxy.seen if each[0] == "PUT"]) >= 2
    local = list((server.folder / "data" / "outputs").rglob("recording.mp4"))
    assert local == [], "the copy here goes when the bucket has it"
    # The address that lists give leads to the bucket, signed for a while. (The store here checks signatures in
    # headers alone; that of the address is checked on Amazon's examples, in S3SignatureTests.)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/v2/" + file["fileUrl"].split("/v2/", 1)[1])
    answer = connection.getresponse()
    assert answer.status == 302
    assert answer.getheader("Location").startswith(file["userStorage"] + "?")
    assert "X-Amz-Signature=" in answer.getheader("Location")
    subprocess.run([
        "curl", "-sf", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{bucket.id}:{bucket.secret}",
        "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", "-o", str(tmp_path / "back.mp4"), file["userStorage"]],
        check=True)
    assert errors(tmp_path / "back.mp4") == ""
    assert probe(tmp_path / "back.mp4")[1] > 2


def test_a_wrong_secret_keeps_the_file_here(server, room, bucket, tmp_path):
    configure(server, bucket, tmp_path, secret="not-the-secret-of-this-key-at-all-000000")
    made = record(server, room)
    file = stored(server, made["id"], "refused")

    with urllib.request.urlopen(server.url + "/v2/" + file["fileUrl"].split("/v2/", 1)[1], timeout=30) as answer:
        (tmp_path / "kept.mp4").write_bytes(answer.read())
    assert errors(tmp_path / "kept.mp4") == ""
    assert "not-the-secret" not in server.log.read_text()
