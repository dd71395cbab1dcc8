"""A real RTMP server (nginx with its RTMP module) that records what it is sent."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

from .server import kept_ports

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
MODULES = Path("/usr/lib/nginx/modules")


def is_installed():
    return Path(NGINX).exists() and (MODULES / "ngx_rtmp_module.so").exists()


class RTMPServer:
    """Takes any stream of its application `live`, and refuses those of `closed`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port, self.http = kept_ports(1), kept_ports(1)
        for name in ("recorded", "logs", "body", "proxy", "fastcgi", "uwsgi", "scgi"):
            (folder / name).mkdir(parents=True)
        (folder / "nginx.conf").write_text(f"""
load_module {MODULES}/ngx_rtmp_module.so;
user root;
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/logs/error.log info;
events {{ worker_connections 256; }}
rtmp {{ server {{
  listen 127.0.0.1:{self.port};
  chunk_size 4096;
  application live {{ live on; record all; record_path {folder}/recorded; record_suffix -%s.flv; record_unique off; }}
  application closed {{ live on; on_publish http://127.0.0.1:{self.http}/no; }}
}} }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{self.http}; location /no {{ return 403; }} }}
}}
""")
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")],
            stdin=subprocess.DEVNULL, stderr=(self.folder / "logs" / "start.log").open("w"), start_new_session=True)
        limit = time.monotonic() + 5
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def workers(self):
        found = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid="], capture_output=True, text=True).stdout
        return [int(pid) for pid in found.split()]

    def signal(self, number):
        """Sends a signal to the process that talks RTMP."""
        for pid in self.workers():
            subprocess.run(["kill", f"-{number}", str(pid)], check=False)

    def kill(self):
        workers = self.workers()
        self.process.kill()
        for pid in workers:
            subprocess.run(["kill", "-9", str(pid)], check=False, capture_output=True)
        self.process.wait(5)

    def url(self, application="live"):
        return f"rtmp://127.0.0.1:{self.port}/{application}"

    def recordings(self, key):
        """Files of what came with a key, oldest first."""
        return sorted(self.folder.glob(f"recorded/{key}-*.flv"), key=lambda path: path.stat().st_mtime)
