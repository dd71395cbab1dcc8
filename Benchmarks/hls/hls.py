"""Broadcasts a room over HLS, follows it as players do, and holds it against RFC 8216bis."""

import argparse
import io
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urljoin

import av

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "composer"))
from playlist import unquoted  # noqa: E402
from rooms import bench, clip, composer_pids, room_of  # noqa: E402
from support.waiting import eventually  # noqa: E402
from watcher import Connection, Findings, Hinted, Player, Watcher  # noqa: E402

# Seconds: a part is listed within so long of its last picture's capture, in the median and at worst. 0.4 s of it is the
# time that the composer gives packets to come.
MOST_LATENCY, MOST_WORST = 0.75, 1.5
#: Seconds without a new part when the composer was killed: it is found out, starts, joins and gets pictures.
MOST_OUTAGE = 10.0
#: Of how many segments the pictures are looked into.
SAMPLES = 20


def start(server, room):
    found = server.rest("POST", "/v2/hls/start", {"roomId": room, "config": {
        "layout": {"type": "GRID", "gridSize": 4}, "quality": "high"}})
    eventually(lambda: server.rest("GET", f"/v2/hls/{room}/active")["data"]["status"] == "playable", "HLS is playable",
               30)
    # By address, so that no connection is tried over IPv6 first.
    return {key: value.replace("//localhost", "//127.0.0.1") if key.endswith("Url") and value else value
            for key, value in found.items()}


def refusals(url, findings):
    """Requests that a server has to refuse, or to understand in one way (§6.2.5.2)."""
    connection = Connection(url)
    for query, wanted in (("_HLS_msn=100000", 400), ("_HLS_part=1", 400), ("_HLS_msn=x", 400), ("_HLS_skip=YES", 200)):
        status, _, _ = connection.get(f"{url}?{query}")
        if status != wanted:
            findings.fault(f"?{query} is answered with {status}, not {wanted}")


def keyframes(watcher, findings, connection):
    """Looks into pictures of segments: where they begin, and that all renditions have keyframes at the same times."""
    media = [url for url in watcher.variants[watcher.addresses[0]]]
    numbers = sorted(set.intersection(*(set(watcher.playlists[url].numbered()) for url in media)))
    chosen, shown = numbers[::max(1, len(numbers) // SAMPLES)], []
    for number in chosen:
        keys = {}
        for url in media:
            segment = watcher.playlists[url].numbered()[number]
            data = b"".join(connection.get(urljoin(url, each))[2] for each in (segment.map, segment.uri))
            with av.open(io.BytesIO(data)) as file:
                stream = file.streams.video[0]
                packets = [packet for packet in file.demux(stream) if packet.pts is not None]
                keys[url] = [round(float(each.pts * stream.time_base), 4) for each in packets if each.is_keyframe]
                size = (stream.width, stream.height)
                seconds = float((packets[-1].pts - packets[0].pts) * stream.time_base) + 1 / 30
            if not packets[0].is_keyframe:
                findings.fault(f"segment {number} does not begin with a keyframe")
            shown.append(len(packets) / segment.seconds)
            # Its last pictures may be missing where the machine was too slow; that is counted elsewhere.
            if not -0.5 <= seconds - segment.seconds <= 0.05:
                findings.fault(f"segment {number} says {segment.seconds} s and has {seconds:.3f} s of pictures")
            said = next(each[url] for each in watcher.variants.values() if url in each)["RESOLUTION"]
            if "%dx%d" % size != said:
                findings.fault(f"a segment of {said} has pictures of {size}")
        if len({tuple(each) for each in keys.values()}) > 1:
            findings.fault(f"keyframes of segment {number} differ: {keys}")
    return len(chosen), statistics.mean(shown)


def bandwidths(watcher, findings):
    """The greatest and mean rate of each variant beside what is said of it (§4.4.6.2)."""
    lines = []
    for url, said in watcher.variants[watcher.addresses[0]].items():
        rates = watcher.rates[url]
        if not rates:
            continue
        peak, mean = max(rates), statistics.mean(rates)
        lines.append(f"{said['RESOLUTION']} {mean / 1e6:.2f} (peak {peak / 1e6:.2f}) of {int(said['BANDWIDTH']) / 1e6:.2f}")
        if peak > int(said["BANDWIDTH"]):
            findings.fault(f"a segment of {said['RESOLUTION']} has {peak:.0f} bit/s, BANDWIDTH is {said['BANDWIDTH']}")
        if "avc1" not in unquoted(said["CODECS"]):
            findings.fault(f"CODECS are {said['CODECS']}")
    return ", ".join(lines)


def judge_end(watcher, ended, findings):
    """What is left when it is over: a film."""
    watcher.look()
    for url, playlist in watcher.playlists.items():
        if not playlist.is_ended:
            findings.fault(f"{url}: no EXT-X-ENDLIST")
        if url.endswith("index.m3u8") and playlist.type != "VOD":
            findings.fault(f"{url}: EXT-X-PLAYLIST-TYPE is {playlist.type}")
    url = next(iter(watcher.variants[watcher.addresses[0]]))
    film = watcher.playlists[url]
    lasted = ended - film.segments[0].began
    missing = lasted - film.seconds
    for media in watcher.variants[watcher.addresses[0]]:
        said = subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-i", media, "-f", "null", "-"], capture_output=True, text=True).stderr
        # libavformat says this of every discontinuity's new timestamps.
        said = "\n".join(each for each in said.splitlines() if "non monoton" not in each)
        if said:
            findings.fault(f"ffmpeg says of {media.split('/')[-2]}: {said[:300]}")
    return film, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--publishers", type=int, default=4)
    parser.add_argument("--kill", action="store_true", help="kills the composer half-way")
    options = parser.parse_args()
    folder = Path("/tmp/stoa-hls-bench")
    folder.mkdir(parents=True, exist_ok=True)
    findings = Findings()
    figures = bench.Figures(
        f"HLS of {options.publishers} for {options.seconds:.0f} s, 360p, 720p and 1080p"
        + (", the composer killed once" if options.kill else ""))
    try:
        with bench.server() as server, room_of(
                server, options.publishers, clip(folder), options.seconds + 120) as room:
            run(server, room, options, findings, figures)
    finally:
        shutil.rmtree(folder)
    figures.show_load_average()
    for text, count in findings.faults.most_common(30):
        print(f"    {count} × {text}")
    sys.exit(figures.status)


def run(server, room, options, findings, figures):
    hls = start(server, room)
    addresses = [hls["playbackHlsUrl"], hls["livestreamUrl"]]
    watcher = Watcher(addresses, findings)
    watcher.look()
    watcher.thread.start()
    live = [url for url in watcher.variants[addresses[1]]]
    player, hinted = Player(live[1 % len(live)], findings), Hinted(live[-1], findings)
    player.start()
    hinted.start()
    pids = composer_pids(server)
    before, began = bench.cpu_seconds(pids), time.monotonic()
    time.sleep(options.seconds / 2)
    refusals(live[0], findings)
    cpu = (bench.cpu_seconds(pids) - before) / (time.monotonic() - began)
    if options.kill:
        for pid in composer_pids(server):
            os.kill(pid, signal.SIGKILL)
    time.sleep(options.seconds / 2)
    for each in (player, hinted, watcher):
        each.ended.set()
    watcher.thread.join()
    ended = time.time()
    server.text("POST", "/v2/hls/stop", {"roomId": room})
    eventually(lambda: server.rest("GET", f"/v2/hls/{hls['id']}")["status"] == "stopped", "HLS has ended", 30)
    film, missing = judge_end(watcher, ended, findings)
    looked, shown = keyframes(watcher, findings, watcher.connection)
    rates = bandwidths(watcher, findings)
    counts = findings.counts

    ages, part = sorted(player.ages), 0.5
    median, worst = statistics.median(ages), ages[-1]
    holds = median - part <= MOST_LATENCY and (options.kill or worst - part <= MOST_WORST)
    figures.show("latency", f"a part is listed {median - part:.2f} s after its last picture and {median:.2f} s after its "
                 f"first; worst {worst - part:.2f} and {worst:.2f} s ({len(ages)} parts)",
                 f"≤ {MOST_LATENCY} s after the last" + ("" if options.kill else f", worst ≤ {MOST_WORST} s"), holds)
    steps = sorted(player.steps)
    most = MOST_OUTAGE if options.kill else 3
    figures.show("steps", f"between parts: median {statistics.median(steps):.2f} s, 99 % within "
                 f"{steps[int(0.99 * len(steps))]:.2f} s, worst {steps[-1]:.2f} s; PART-TARGET is {player.part_target} s",
                 f"worst ≤ {most} s", steps[-1] <= most)
    figures.show("looked at", f"{counts['playlists']} playlists, {counts['files']} files at once and "
                 f"{counts['files again']} again, {counts['blocked reloads']} blocked reloads, "
                 f"{counts['hinted parts']} hinted parts, pictures of {looked} segments")
    figures.show("rates", f"{rates} Mbit/s")
    figures.show("pictures", f"{shown:.1f} per second in {looked} segments of each quality", "≥ 29.5", shown >= 29.5)
    wanted = 1 if options.kill else 0
    figures.show("breaks", f"{watcher.discontinuities} discontinuities", f"{wanted}", watcher.discontinuities == wanted)
    most = MOST_OUTAGE if options.kill else 1.0
    figures.show("film", f"{film.seconds:.1f} s in {len(film.segments)} segments, {missing:.1f} s less than was on the air",
                 f"≤ {most} s", missing <= most)
    refused = {key: value for key, value in counts.items() if "answered with" in key}
    if refused:
        figures.show("answers", f"{refused}", "none without a kill", options.kill)
    figures.show("composer", f"{cpu:.2f} CPU s per s")
    figures.show("faults", f"{sum(findings.faults.values())} of {len(findings.faults)} kinds", "0", not findings.faults)


main()
