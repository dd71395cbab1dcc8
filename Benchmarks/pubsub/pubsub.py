"""Messages between participants at a fixed rate against a server of its own, and what they are held to."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "load"))
import bench  # noqa: E402

MOST_MILLISECONDS = 100


def measure(rooms, members, rate, seconds):
    """Runs one case; whether it met its targets."""
    with bench.server() as server:
        report = bench.load(
            server, "pubsub", "--rooms", rooms, "--members", members, "--rate", rate, "--duration", seconds,
            timeout=seconds + rooms * members / 50 + 180)
    figures = bench.Figures(
        f"{rooms}x{members}: {rooms} rooms of {members}, {rate:.0f} messages per second in, {rate * members:.0f} out, "
        f"{seconds:.0f} s")
    times = report["fanOut"]
    figures.show("members", f"{report['joined']} of {report['members']}", "all", report["joined"] == report["members"])
    figures.show("published", f"{report['published']}, {report['messagesPerSecond']:.0f} per second")
    figures.show("received", f"{report['received']}, {report['lost']} lost", "0 lost", report["lost"] == 0)
    disorder = report["disordered"] + report["disagreements"]
    figures.show("order", f"{disorder} faults", "the same for all", disorder == 0)
    figures.show(
        "fan-out", f"p50 {times['p50']:.1f} ms, p95 {times['p95']:.1f} ms, p99 {times['p99']:.1f} ms, "
        f"max {times['max']:.1f} ms", f"p99 ≤ {MOST_MILLISECONDS} ms", times["p99"] <= MOST_MILLISECONDS)
    figures.show("server", f"{report['serverCPU']:.0%} of a core, joining included")
    figures.show("generator", f"sent at most {report['worstSendDelay']:.0f} ms late")
    figures.show_load_average()
    for error in report["errors"]:
        print(f"  error        {error}")
    return figures.status == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default="250x4x5000,1x100x50", help="rooms x members x messages per second")
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    passed = True
    for case in options.cases.split(","):
        rooms, members, rate = case.split("x")
        passed = measure(int(rooms), int(members), float(rate), options.seconds) and passed
    sys.exit(0 if passed else 1)


main()
