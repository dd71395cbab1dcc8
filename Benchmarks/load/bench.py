"""What the benchmarks of a whole server share: a server of their own, `stoa load` against it, and the figures' form."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "EndToEnd"), str(ROOT / "Benchmarks" / "forwarding")]
from meter import cpu_seconds, resident_mebibytes  # noqa: E402
from support.metrics import scrape  # noqa: E402
from support.paths import BINARY  # noqa: E402
from support.server import Server, clean_environment, free_ports  # noqa: E402

__all__ = ["Figures", "cpu_seconds", "load", "resident_mebibytes", "scrape", "server"]


@contextlib.contextmanager
def server(*options, shards=1):
    """A server on loopback with metrics, in a folder that is gone afterwards; `metrics_port` is its own."""
    with tempfile.TemporaryDirectory(prefix="stoa-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
        metrics_port = free_ports(1)
        instance = Server(
            Path(folder), shards=shards,
            options=["--metrics-port", str(metrics_port), "--log-level", "warning", "--max-requests-per-second", "0",
                     "--max-room-messages-per-second", "0", *options])
        instance.metrics_port = metrics_port
        instance.start()
        try:
            yield instance
        finally:
            instance.stop()


def load(instance, kind, *arguments, timeout):
    """Runs `stoa load KIND` against the server; its report, with the CPU seconds that the server spent meanwhile."""
    pids = instance.process_tree()
    before, began = cpu_seconds(pids), time.monotonic()
    run = subprocess.run(
        [str(BINARY), "load", kind, "--server", instance.url, "--json", *map(str, arguments)],
        stdout=subprocess.PIPE, env=clean_environment(), timeout=timeout)
    if not run.stdout:
        raise RuntimeError(f"stoa load {kind} ended with {run.returncode}")
    report = json.loads(run.stdout)
    report["serverCPU"] = (cpu_seconds(pids) - before) / (time.monotonic() - began)
    return report


class Figures:
    """Prints figures beside their targets, and remembers what missed."""

    def __init__(self, title):
        self.missed = []
        print(title, flush=True)

    def show(self, name, value, target=None, holds=True):
        """One line; `target` in words, and whether it is met."""
        verdict = "" if target is None else f"   target {target}: {'met' if holds else 'MISSED'}"
        if not holds:
            self.missed.append(name)
        print(f"  {name:<12} {value}{verdict}", flush=True)

    def show_load_average(self):
        """The machine's, since others' work is in every figure."""
        self.show("machine", f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")

    @property
    def status(self):
        return 1 if self.missed else 0
