"""Storages of objects outside, small but strict, behind a front that can be made to fail in every way."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import http.server
import os
import re
import shutil
import socket
import struct
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from .paths import BINARY
from .server import API_KEY, free_ports
from .waiting import eventually

BUCKET = "calls"


class Front:
    """A loopback address in front of a store; `weather` says what becomes of requests.

    "good" hands them on. "500", "503" and "403" answer so. "hang" never answers. "reset" breaks the connection off
    amid the body. "deaf" hands the request on and breaks off instead of the answer.
    """

    def __init__(self, store):
        self.weather = "good"
        # Requests that fail with 503 before the weather counts.
        self.failures = 0
        # The answer of the next request of which this is true is lost.
        self.loses_answer = None
        # (method, path with query, what became of it)
        self.seen = []
        # Called with the method and path of each request before it is handled.
        self.on_request = lambda method, path: None
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def handle_request(self):
                front._handle(self, store)

            do_GET = do_HEAD = do_PUT = do_POST = handle_request

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handle(self, request, store):
        self.on_request(request.command, request.path)
        length = int(request.headers.get("Content-Length", 0))
        weather = self.weather
        if self.failures > 0:
            self.failures -= 1
            weather = "503"
        if self.loses_answer and weather == "good" and self.loses_answer(request.command, request.path):
            self.loses_answer, weather = None, "deaf"
        self.seen.append((request.command, request.path, weather))
        if weather == "hang":
            while self.weather == "hang":
                time.sleep(0.05)
            return self._break(request)
        if weather == "reset":
            request.rfile.read(min(length, length // 2))
            return self._break(request)
        body = request.rfile.read(length)
        if weather in ("500", "503", "403"):
            status, headers, data = int(weather), [], b""
        else:
            status, headers, data = store.answer(request.command, request.path, request.headers, body)
        if weather == "deaf":
            return self._break(request)
        request.send_response(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "server", "date"):
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _break(self, request):
        request.close_connection = True
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # What holds the socket besides is closed by the server.
        with contextlib.suppress(OSError):
            request.connection.shutdown(socket.SHUT_RD)

    def close(self):
        self.weather = "good"
        self.server.shutdown()
        self.server.server_close()


def configure(server, kind, *options, secret, folder):
    """Has the files of the tests' API key go into a storage."""
    path = folder / "secret"
    path.touch(0o600)
    path.write_text(secret)
    subprocess.run(
        [str(BINARY), "key", "storage", kind, API_KEY, *options, "--secret-file", str(path), "--data",
         str(server.folder / "data")], check=True, capture_output=True)


class S3:
    """A bucket of moto's, which knows one access key and checks its signatures."""

    name = "s3"

    def __init__(self):
        program = shutil.which("moto_server")
        if not program:
            raise FileNotFoundError("there is no moto_server")
        self.port = free_ports(1)
        self.process = subprocess.Popen(
            [program, "-H", "127.0.0.1", "-p", str(self.port)], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "3"})
        try:
            eventually(self._make_user, "the store", seconds=30)
        except BaseException:
            self.close()
            raise
        key = self._iam("CreateAccessKey", UserName="u")
        policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
        self._iam("PutUserPolicy", UserName="u", PolicyName="all", PolicyDocument=policy)
        self.id, self.secret = _between(key, "AccessKeyId"), _between(key, "SecretAccessKey")
        self._curl("-X", "PUT", f"http://127.0.0.1:{self.port}/{BUCKET}")
        self.front = Front(self)

    def _make_user(self):
        try:
            return self._iam("CreateUser", UserName="u")
        except (urllib.error.URLError, OSError):
            return None

    def _iam(self, action, **fields):
        body = urllib.parse.urlencode({"Action": action, "Version": "2010-05-08", **fields}).encode()
        scope = "AWS4-HMAC-SHA256 Credential=x/20200101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/", body, {"Host": "iam.amazonaws.com", "Authorization": scope})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.read().decode()

    def _curl(self, *arguments):
        return subprocess.run(
            ["curl", "-sf", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{self.id}:{self.secret}",
             "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD", *arguments], check=True, capture_output=True).stdout

    def answer(self, method, path, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def configure(self, server, folder, *options, secret=None):
        configure(server, "s3", "--bucket", BUCKET, "--endpoint", self.front.url, "--access-key-id", self.id,
                  *options, secret=secret or self.secret, folder=folder)

    def url(self, name):
        """The plain address of an object."""
        return f"{self.front.url}/{BUCKET}/{name}"

    def object(self, url):
        """The bytes of an object by its plain address; `None` if there is none."""
        path = url.split("?")[0].split("://", 1)[1].split("/", 1)[1]
        try:
            return self._curl(f"http://127.0.0.1:{self.port}/{path}")
        except subprocess.CalledProcessError:
            return None

    def close(self):
        if hasattr(self, "front"):
            self.front.close()
        self.process.terminate()
        self.process.wait(10)


class Azure:
    """A container of block blobs, which checks Shared Key as the documentation of Azure Storage has it."""

    name = "azure"

    def __init__(self):
        self.account, self.container = "acme", "calls"
        self.key = os.urandom(64)
        # Blob → block id → bytes; blob → bytes.
        self.blocks, self.blobs, self.types = {}, {}, {}
        self.front = Front(self)

    def configure(self, server, folder, *options, secret=None):
        configure(server, "azure", "--account", self.account, "--container", self.container,
                  "--endpoint", self.front.url, *options, secret=secret or base64.b64encode(self.key).decode(),
                  folder=folder)

    def url(self, name):
        """The plain address of a blob."""
        return f"{self.front.url}/{self.container}/{name}"

    def answer(self, method, path, headers, body):
        path, _, query = path.partition("?")
        query = urllib.parse.parse_qsl(query, keep_blank_values=True)
        if headers.get("Authorization") != self._authorization(method, path, query, headers):
            return 403, [], b"<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code></Error>"
        if not path.startswith(f"/{self.container}/") or not headers.get("x-ms-version"):
            return 400, [], b""
        asked = dict(query)
        if method == "GET":
            return (200, [], self.blobs[path]) if path in self.blobs else (404, [], b"")
        if method != "PUT" or len(body) != int(headers["Content-Length"]):
            return 400, [], b""
        if asked.get("comp") == "block":
            blocks = self.blocks.setdefault(path, {})
            id = asked["blockid"]
            # All ids of a blob are of one length, and Base64.
            if any(len(other) != len(id) for other in blocks) or len(base64.b64decode(id, validate=True)) > 64:
                return 400, [], b"<Error><Code>InvalidBlockId</Code></Error>"
            blocks[id] = body
            return 201, [], b""
        if asked.get("comp") == "blocklist":
            ids = re.findall(r"<(?:Latest|Uncommitted)>([^<]*)</", body.decode())
            blocks = self.blocks.get(path, {})
            if not ids or any(id not in blocks for id in ids):
                return 400, [], b"<Error><Code>InvalidBlockList</Code></Error>"
            self.blobs[path] = b"".join(blocks[id] for id in ids)
            self.types[path] = headers.get("x-ms-blob-content-type")
            del self.blocks[path]
            return 201, [], b""
        if "comp" in asked or headers.get("x-ms-blob-type") != "BlockBlob":
            return 400, [], b""
        self.blobs[path] = body
        self.types[path] = headers.get("x-ms-blob-content-type")
        return 201, [], b""

    def _authorization(self, method, path, query, headers):
        length = headers.get("Content-Length", "")
        standard = [
            "Content-Encoding", "Content-Language", None, "Content-MD5", "Content-Type", "Date", "If-Modified-Since",
            "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"]
        lines = [method, *((length if length != "0" else "") if name is None else headers.get(name, "")
                           for name in standard)]
        lines += sorted(f"{name.lower()}:{value.strip()}" for name, value in headers.items()
                        if name.lower().startswith("x-ms-"))
        resource = f"/{self.account}{path}" + "".join(
            f"\n{name.lower()}:{value}" for name, value in sorted(query))
        text = "\n".join([*lines, resource])
        code = base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest()).decode()
        return f"SharedKey {self.account}:{code}"

    def object(self, url):
        return self.blobs.get(urllib.parse.urlsplit(url).path)

    def close(self):
        self.front.close()


class Puts:
    """Takes a PUT to addresses that it signed, once it is whole."""

    name = "put"

    def __init__(self):
        self.key = os.urandom(32)
        self.objects = {}
        self.front = Front(self)

    def signed(self, path):
        """An address that permits one object to be written."""
        return f"{self.front.url}{path}?X-Expires=3600&X-Signature={self._signature(path)}"

    def _signature(self, path):
        return hmac.new(self.key, f"PUT\n{path}\n3600".encode(), hashlib.sha256).hexdigest()

    def answer(self, method, path, headers, body):
        path, _, query = path.partition("?")
        asked = dict(urllib.parse.parse_qsl(query))
        if asked.get("X-Signature") != self._signature(path):
            return 403, [], b""
        if method != "PUT" or len(body) != int(headers["Content-Length"]):
            return 400, [], b""
        self.objects[path] = body
        return 200, [("ETag", f'"{hashlib.md5(body).hexdigest()}"')], b""

    def object(self, url):
        return self.objects.get(urllib.parse.urlsplit(url).path)

    def close(self):
        self.front.close()


def _between(text, name):
    return text.split(f"<{name}>")[1].split(f"</{name}>")[0]
