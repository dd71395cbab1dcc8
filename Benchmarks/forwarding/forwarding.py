"""Runs the servers in turn, round after round, and prints what a forwarded packet costs each."""

import argparse
import json
import os
import signal
import statistics
import tempfile
import time
from pathlib import Path

from meter import Window, resident_mebibytes
from servers import SERVERS

# What `stoa` is held to.
TARGET_MICROSECONDS, TARGET_RATIO = 6.0, 0.25


def measure(server, subscribers, rate, burst, seconds, publisher):
    """One window of one server; CPU microseconds per forwarded packet and what else was seen."""
    server.prepare(rate, burst, publisher)
    server.begin()
    time.sleep(3)  # pictures flow to subscribers that are awake: key frames are asked for and come
    server.cease()

    stopped = server.subscribers.process.pid
    os.kill(stopped, signal.SIGSTOP)
    try:
        idle = Window(server.pids())
        time.sleep(1.5)
        idle.end()
        server.begin()
        time.sleep(2)  # until the subscribers' sockets are full, so that every packet is counted
        window = Window(server.pids())
        time.sleep(seconds)
        window.end()
        server.cease()
    finally:
        os.kill(stopped, signal.SIGCONT)
    base = idle.cpu / idle.seconds
    expected = rate * subscribers * window.seconds
    return {
        "microseconds": 1e6 * (window.cpu - base * window.seconds) / max(window.refused, 1),
        "forwarded": window.refused / expected,
        "core": window.cpu / window.seconds,
        "idle": base,
        "mebibytes": resident_mebibytes(server.pids()),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", default="stoa,janus-2,janus-1,janus")
    parser.add_argument("--cases", default="20x500,50x200,50x500", help="subscribers x packets per second")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8, help="length of a window, at most 9")
    parser.add_argument("--burst", type=int, default=1, help="packets sent at once")
    parser.add_argument("--publisher", help="command of another publisher for stoa; see publisher.py")
    parser.add_argument("--json", help="file for all windows")
    options = parser.parse_args()
    seconds = min(options.seconds, 9.0)
    names = options.servers.split(",")
    cases = [tuple(map(int, case.split("x"))) for case in options.cases.split(",")]

    windows = {}
    for number in range(options.rounds):
        for subscribers, rate in cases:
            for name in names:
                with tempfile.TemporaryDirectory(prefix="stoa-forwarding-") as folder:
                    server = SERVERS[name](Path(folder))
                    try:
                        server.start(subscribers)
                        result = measure(server, subscribers, rate, options.burst, seconds, options.publisher)
                    finally:
                        server.stop()
                windows.setdefault((subscribers, rate), {}).setdefault(name, []).append(result)
                print(f"round {number + 1}  K={subscribers} {rate}/s  {name:8}  "
                      f"{result['microseconds']:6.2f} µs/packet  {100 * result['core']:5.1f} % of a core  "
                      f"idle {100 * result['idle']:.1f} %  {100 * result['forwarded']:5.1f} % forwarded  "
                      f"{result['mebibytes']:.0f} MiB", flush=True)

    print()
    met = True
    for (subscribers, rate), servers in windows.items():
        medians = {
            name: statistics.median(each["microseconds"] for each in results) for name, results in servers.items()}
        print(f"K={subscribers}, {rate} packets/s in, 1200 bytes, AEAD_AES_128_GCM, median of {options.rounds}:")
        for name, value in medians.items():
            values = [each["microseconds"] for each in servers[name]]
            short = min(each["forwarded"] for each in servers[name])
            note = f"   only {100 * short:.0f} % forwarded: not comparable" if short < 0.97 else ""
            print(f"  {name:8} {value:6.2f} µs per forwarded packet ({min(values):.2f}–{max(values):.2f}){note}")
        rivals = {name: value for name, value in medians.items() if name != "stoa"}
        if "stoa" in medians:
            good = medians["stoa"] <= TARGET_MICROSECONDS
            met &= good
            print(f"  target   {TARGET_MICROSECONDS:6.2f} µs: {'met' if good else 'missed'}")
        if "stoa" in medians and rivals:
            best = min(rivals, key=rivals.get)
            ratio = medians["stoa"] / rivals[best]
            met &= ratio <= TARGET_RATIO
            print(f"  ratio    {ratio:6.2f} of {best}, the best rival; "
                  f"target {TARGET_RATIO:.2f}: {'met' if ratio <= TARGET_RATIO else 'missed'}")
    if options.json:
        Path(options.json).write_text(json.dumps(
            [{"subscribers": k[0], "rate": k[1], "servers": v} for k, v in windows.items()], indent=1))
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
