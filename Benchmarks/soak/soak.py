"""Rooms that open and close against one server, and what it keeps of them.

A first twentieth of the rooms warms the server up: what it then holds with nobody connected is the baseline, to
which it has to come back exactly after the rest.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "load"))
import bench  # noqa: E402

ROOMS, JOINS_PER_ROOM = 20_000, 5
MOST_BYTES_PER_ROOM = 200
# Below, the noise of the allocator is larger than what is looked for.
FEWEST_ROOMS_FOR_MEMORY = 5_000
# Dispatch has as many workers as it thinks that it needs just then: two looks at an idle server differ by a few.
MOST_WORKERS_MORE = 4
# A participant who went without a word stays for 30 s; then there is time for what is asynchronous.
PATIENCE_SECONDS = 60


def threads(server):
    """Threads of each of the server's processes, Dispatch's workers apart."""
    counts = {}
    for pid in server.process_tree():
        for task in Path(f"/proc/{pid}/task").iterdir():
            try:
                name = (task / "comm").read_text()
            except OSError:  # it ended just now
                continue
            kind = "workers" if "qos" in name else "threads"
            counts[f"{kind} of {pid}"] = counts.get(f"{kind} of {pid}", 0) + 1
    return counts


def holdings(server, metrics):
    """What must not grow, by name."""
    kept = {name: count for name, count in threads(server).items() if name.startswith("threads")}
    for series, value in metrics.items():
        name = series.split("{")[0]
        if name in ("stoa_live_objects", "stoa_process_open_fds", "stoa_rooms", "stoa_participants",
                    "stoa_shard_rooms", "stoa_shard_endpoints", "stoa_shard_tracks",
                    "stoa_shard_subscriptions"):
            kept[series] = value
    return kept


def resident(metrics):
    return sum(value for series, value in metrics.items() if series.startswith("stoa_process_resident_bytes"))


def is_empty(kept):
    return not any(value for series, value in kept.items() if series.startswith("stoa_") and "process" not in series)


def settled(server, baseline=None):
    """The metrics once nobody is left, and the process is back at the baseline if there is one; or at the limit."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while True:
        metrics = bench.scrape(server.metrics_port)
        kept = holdings(server, metrics)
        if is_empty(kept) and (baseline is None or kept == baseline):
            return metrics
        if time.monotonic() > limit:
            return metrics
        time.sleep(1)


def churn(server, rooms, options):
    return bench.load(
        server, "churn", "--rooms", rooms, "--joins", JOINS_PER_ROOM, "--concurrency", options.concurrency,
        timeout=options.timeout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1, help=f"of {ROOMS} rooms")
    parser.add_argument("--concurrency", type=int, default=8, help="rooms open at a time")
    parser.add_argument("--timeout", type=float, default=7200, help="seconds for the whole churn")
    options = parser.parse_args()
    rooms = max(int(ROOMS * options.scale), 40)
    first = max(rooms // 20, 20)
    with bench.server() as server:
        warm = churn(server, first, options)
        # As many requests at once as make the store open all its readers, each with descriptors and a thread.
        bench.load(server, "rest", "--rate", 500, "--duration", 3, timeout=60)
        # Threads of a burst end some seconds after it.
        time.sleep(PATIENCE_SECONDS - 20 if rooms >= FEWEST_ROOMS_FOR_MEMORY else 12)
        before = settled(server)
        baseline = holdings(server, before)
        workers = threads(server)
        rest = churn(server, rooms - first, options)
        after = settled(server, baseline)
        kept = holdings(server, after)
        more = {name: (workers.get(name, 0), count) for name, count in threads(server).items()
                if name.startswith("workers") and count > workers.get(name, 0) + MOST_WORKERS_MORE}
    left = {series: (baseline.get(series), value) for series, value in kept.items()
            if value != baseline.get(series)} | more
    per_room = (resident(after) - resident(before)) / (rooms - first)
    figures = bench.Figures(f"soak: {rooms} rooms, {warm['joins'] + rest['joins']} joins, "
                            f"{warm['mediaJoins'] + rest['mediaJoins']} of them with media")
    figures.show("failed", f"{warm['failures'] + rest['failures']} rooms", "0",
                 warm["failures"] + rest["failures"] == 0)
    figures.show("rate", f"{rest['joins'] / rest['seconds']:.0f} joins per second, "
                 f"join p99 {rest['join']['p99']:.0f} ms")
    figures.show("objects", "none left" if is_empty(kept) else "some are left", "none", is_empty(kept))
    figures.show("baseline", "as before" if not left else
                 "; ".join(f"{series} {was} → {now}" for series, (was, now) in left.items()),
                 "descriptors, threads, timers and objects as before", not left)
    if rooms >= FEWEST_ROOMS_FOR_MEMORY:
        figures.show("memory", f"{per_room:.0f} B per room ({resident(before) / 2 ** 20:.1f} → "
                     f"{resident(after) / 2 ** 20:.1f} MiB)", f"≤ {MOST_BYTES_PER_ROOM} B",
                     per_room <= MOST_BYTES_PER_ROOM)
    else:
        figures.show("memory", f"{resident(before) / 2 ** 20:.1f} → {resident(after) / 2 ** 20:.1f} MiB, "
                     f"judged from {FEWEST_ROOMS_FOR_MEMORY} rooms on")
    figures.show_load_average()
    for error in warm["errors"] + rest["errors"]:
        print(f"  error        {error}")
    sys.exit(figures.status)


main()
