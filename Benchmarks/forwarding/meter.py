"""What a process tree and the kernel's UDP counters say."""

import os
import time
from pathlib import Path


def process_tree(root):
    """Pids of `root` and its descendants."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    tree, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in tree} - tree
        tree |= more
        grown = bool(more)
    return tree


def cpu_seconds(pids):
    """CPU time of all threads of `pids`, by their process clocks (nanoseconds, not ticks)."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def refused_datagrams():
    """Datagrams that this network namespace dropped because the receiving socket was full."""
    names, values = [
        line.split()[1:] for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Udp:")]
    return int(dict(zip(names, values))["RcvbufErrors"])


def resident_mebibytes(pids):
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                total += int(line.split()[1])
    return total / 1024


class Window:
    """CPU time and refused datagrams between its making and `end`."""

    def __init__(self, pids):
        self.pids = pids
        self.cpu, self.refused, self.started = cpu_seconds(pids), refused_datagrams(), time.monotonic()

    def end(self):
        self.seconds = time.monotonic() - self.started
        self.cpu = cpu_seconds(self.pids) - self.cpu
        self.refused = refused_datagrams() - self.refused
        return self
