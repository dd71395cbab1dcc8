"""Runs the cases, one server each, and prints what they did."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "Tests" / "EndToEnd"), str(ROOT / "Benchmarks" / "forwarding")]
from meter import cpu_seconds, resident_mebibytes
from support.paths import BINARY
from support.server import Server, clean_environment

# What a server is held to.
MOST_DELAY, BUSY_LIMIT, MOST_MEBIBYTES = 5.0, 0.70, 1.5


def busy_seconds():
    """CPU seconds that all cores spent on anything, and the seconds that passed on them."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    tick = os.sysconf("SC_CLK_TCK")
    return (sum(fields) - fields[3] - fields[4]) / tick, sum(fields) / tick


class Sampler(threading.Thread):
    """Reads the server's clocks every second while the load's measurement goes on."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.pids = server.process_tree()
        self.ended = threading.Event()
        self.readings = []

    def run(self):
        while not self.ended.is_set():
            self.readings.append(
                (time.monotonic(), cpu_seconds(self.pids), resident_mebibytes(self.pids), *busy_seconds()))
            self.ended.wait(1)

    def result(self, seconds):
        """Over the `seconds` before the end of measuring, which leaving follows."""
        self.ended.set()
        self.join()
        last = self.readings[-1][0]
        chosen = [each for each in self.readings if last - seconds - 2 <= each[0] <= last - 2]
        first, end = chosen[0], chosen[-1]
        return {
            "server_cpu": (end[1] - first[1]) / (end[0] - first[0]),
            "mebibytes": max(each[2] for each in self.readings),
            "busy": (end[3] - first[3]) / (end[4] - first[4]),
        }


def measure(rooms, publishers, subscribers, seconds, options):
    with tempfile.TemporaryDirectory(prefix="stoa-load-") as folder:
        server = Server(Path(folder))
        server.start()
        try:
            empty = resident_mebibytes(server.process_tree())
            sampler = Sampler(server)
            sampler.start()
            run = subprocess.run(
                [str(BINARY), "load", "--server", server.url, "--json", "--rooms", str(rooms),
                 "--publishers", str(publishers), "--subscribers", str(subscribers),
                 "--duration", str(seconds), "--bitrate", options.bitrate,
                 "--frame-rate", str(options.frame_rate), "--join-rate", str(options.join_rate)],
                stdout=subprocess.PIPE, env=clean_environment(), timeout=seconds + 180)
            used = sampler.result(seconds)
        finally:
            server.stop()
        if not run.stdout:
            raise RuntimeError(f"stoa load ended with {run.returncode}")
        return {**json.loads(run.stdout), **used, "empty_mebibytes": empty}


def judge(result):
    """What the result fails by."""
    faults = []
    if result["connected"] < result["participants"] or result["disconnected"]:
        faults.append(f"not all connected: {result['errors']}")
    if result["packetsLost"]:
        faults.append(f"{result['packetsLost']} packets lost")
    if result["busy"] < BUSY_LIMIT and result["latency"]["p99"] > MOST_DELAY:
        faults.append(f"delay p99 above {MOST_DELAY} ms")
    if result["mebibytes"] / result["participants"] > MOST_MEBIBYTES:
        faults.append(f"more than {MOST_MEBIBYTES} MiB per participant")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default="1x1x200,30x4x0", help="rooms x publishers x subscribers")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--bitrate", default="1M")
    parser.add_argument("--frame-rate", type=float, default=30)
    parser.add_argument("--join-rate", type=float, default=20, help="joins per second")
    parser.add_argument("--json", help="file for all figures")
    options = parser.parse_args()
    results, failed = [], False
    for case in options.cases.split(","):
        rooms, publishers, subscribers = map(int, case.split("x"))
        result = measure(rooms, publishers, subscribers, options.seconds, options)
        results.append({"case": case, **result})
        faults = judge(result)
        failed = failed or bool(faults)
        latency, connect = result["latency"], result["connect"]
        print(f"""{case}: {rooms} rooms, {publishers} publishers, {subscribers} subscribers
  connected   {result['connected']} of {result['participants']}, p50 {connect['p50']:.0f} ms, p95 {connect['p95']:.0f} ms, p99 {connect['p99']:.0f} ms
  received    {result['packetsReceived']} packets, {result['receivedBitsPerSecond'] / 1e6:.1f} Mbit/s, {result['packetsLost']} lost, {result['packetsRepaired']} repaired
  delay       p50 {latency['p50']:.2f} ms, p95 {latency['p95']:.2f} ms, p99 {latency['p99']:.2f} ms, max {latency['max']:.2f} ms
  server      {100 * result['server_cpu']:.0f} % of a core, {result['mebibytes']:.0f} MiB ({result['empty_mebibytes']:.0f} empty), {result['mebibytes'] / result['participants']:.2f} MiB per participant
  client      {100 * result['clientCPUSeconds'] / result['seconds']:.0f} % of a core, packets left at most {result['worstSendDelay']:.1f} ms late
  machine     {100 * result['busy']:.0f} % busy
  {'FAILED: ' + '; '.join(faults) if faults else 'passed'}""", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=2))
    sys.exit(1 if failed else 0)


main()
