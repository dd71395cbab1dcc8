"""Janus from Debian with one VideoRoom, for the comparison."""

import glob
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "EndToEnd"))
from support.server import free_ports

ADDRESS = "10.77.0.1"  # of the device that `run` makes


class Janus:
    """A Janus whose WebSocket is at `url` and whose room is 1234."""

    def __init__(self, folder: Path):
        port = free_ports(1)
        self.url = f"ws://127.0.0.1:{port}"
        for name, kind in (("plugins", "videoroom"), ("transports", "websockets")):
            (folder / name).mkdir(parents=True)
            library = glob.glob(f"/usr/lib/*/janus/{name}/libjanus_{kind}.so")[0]
            (folder / name / f"libjanus_{kind}.so").symlink_to(library)
        (folder / "janus.jcfg").write_text(f'''
general: {{ configs_folder = "{folder}"; plugins_folder = "{folder}/plugins";
  transports_folder = "{folder}/transports"; debug_level = 3; event_loops = 2 }}
media: {{ ipv6 = false; rtp_port_range = "20000-30000"; }}
nat: {{ nice_debug = false; full_trickle = true; ice_lite = true; ignore_mdns = true;
  ice_enforce_list = "{ADDRESS}"; }}
''')
        (folder / "janus.plugin.videoroom.jcfg").write_text('''
general: { }
room-1234: { description = "bench"; secret = "x"; publishers = 6; bitrate = 2000000; fir_freq = 0;
  record = false; videocodec = "vp8"; }
''')
        (folder / "janus.transport.websockets.jcfg").write_text(f'''
general: {{ json = "compact"; ws = true; ws_port = {port}; ws_ip = "127.0.0.1"; wss = false; }}
admin: {{ admin_ws = false; admin_wss = false; }}
''')
        self.process = subprocess.Popen(
            [shutil.which("janus"), "-F", str(folder), "-C", str(folder / "janus.jcfg")],
            stdin=subprocess.DEVNULL, stdout=(folder / "janus.log").open("wb"), stderr=subprocess.STDOUT)
        time.sleep(1.5)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
