"""REST requests at a fixed rate against a server of its own, and what they are held to."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "load"))
import bench  # noqa: E402

MOST_MILLISECONDS = 50


def milliseconds(times):
    return f"p50 {times['p50']:.1f} ms, p95 {times['p95']:.1f} ms, p99 {times['p99']:.1f} ms, max {times['max']:.1f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=1000, help="requests per second")
    parser.add_argument("--writes", type=float, default=0.2, help="share of the requests that write")
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    with bench.server() as server:
        report = bench.load(
            server, "rest", "--rate", options.rate, "--writes", options.writes, "--duration", options.seconds,
            timeout=options.seconds + 120)
        metrics = bench.scrape(server.metrics_port)
    figures = bench.Figures(
        f"REST: {options.rate:.0f} requests per second, {options.writes:.0%} of them writes, {options.seconds:.0f} s")
    figures.show("answered", f"{report['requests']}, {report['requestsPerSecond']:.0f} per second, "
                 f"{report['failures']} failed", "0 failed", report["failures"] == 0)
    figures.show("all", milliseconds(report["all"]), f"p99 ≤ {MOST_MILLISECONDS} ms",
                 report["all"]["p99"] <= MOST_MILLISECONDS)
    figures.show("reads", milliseconds(report["reads"]))
    figures.show("writes", milliseconds(report["writes"]))
    log = metrics['stoa_store_bytes{file="wal"}']
    figures.show("server", f"{report['serverCPU']:.0%} of a core, {log / 2 ** 20:.1f} MiB of log")
    figures.show("generator", f"{report['clientCPUSeconds'] / report['seconds']:.0%} of a core")
    figures.show_load_average()
    for error in report["errors"]:
        print(f"  error        {error}")
    sys.exit(figures.status)


main()
