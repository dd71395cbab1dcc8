"""What the server measured of a call between real browsers."""

import datetime
import urllib.request

from support.calls import ANN, BOB, enter, everyone_meets
from support.server import token
from support.waiting import eventually


def test_a_call_of_two_is_measured(server, pages, open_chromium):
    room = server.create_room()
    people = {"ann": open_chromium(ANN), "bob": open_chromium(BOB)}
    for name, person in people.items():
        enter(person, pages, server.url, room, participantId=name)
    everyone_meets(list(people.values()))
    session = server.sessions(room)[0]["id"]

    def measured(name):
        """Statistics that have a sample with everything flowing, and the last such sample."""
        stats = server.rest("GET", f"/v2/sessions/{session}/participants/{name}/stats")
        full = [
            sample for sample in stats["stats"]
            if sample["averageRecvVideoBitrate"] > 50 and sample["averageSendVideoBitrate"] > 50
            and sample["averageVideoRtt"] is not None and sample["averageAudioRtt"] is not None]
        return (stats, full) if full else None

    for name in people:
        stats, full = eventually(lambda: measured(name), f"{name}'s call is measured", 25)
        assert stats["participantName"] == people[name].name
        assert stats["deviceInfo"]["deviceName"] == "Chrome", stats["deviceInfo"]
        assert stats["sdkInfo"]["sdkName"] == "js"
        last = full[-1]
        for kind, least, most in (("Audio", 10, 200), ("Video", 50, 6_000)):
            for way in ("Send", "Recv"):
                assert least < last[f"average{way}{kind}Bitrate"] < most, last
            assert last[f"average{kind}Rtt"] < 50, last
            assert last[f"average{kind}Jitter"] < 100, last
        # A busy machine may make pictures stutter at times; the best sample tells what was measured.
        assert max(sample["qualityScore"]["audio"] for sample in full) > 4, full
        assert max(sample["qualityScore"]["video"] for sample in full) > 4, full
        assert 0 < stats["summary"]["joinMilliseconds"] < 20_000
        assert stats["summary"]["reconnects"] == 0
        assert any(sum(count for key, count in usage.items() if key != "time") for usage in stats["resolutionUsage"])

    both = server.rest("GET", f"/v2/sessions/{session}/stats")["stats"]
    assert both and max(sample["averageSendAudioBitrate"] for sample in both) > 20
    request = urllib.request.Request(
        f"{server.url}/v2/sessions/{session}/stats?format=csv", headers={"Authorization": token()})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("text/csv")
        lines = answer.read().decode().split("\r\n")
    assert lines[0].startswith("time,recvAudioPacketLost") and len(lines) >= 3

    live = server.rest("GET", "/v2/live")
    assert live["totals"]["rooms"] == 1 and live["totals"]["participants"] == 2
    assert live["totals"]["sendBitrate"] > 100 and live["totals"]["recvBitrate"] > 100
    assert {each["participantId"] for each in live["rooms"][0]["participants"]} == set(people)
    assert all(each["audioScore"] for each in live["rooms"][0]["participants"]), live

    active = server.rest("GET", f"/v2/sessions/{session}/participants/active")["data"][0]["participants"]
    for each in active:
        agent = each["deviceInfo"]["browserUserAgent"]
        assert agent["browser"]["name"] == "Chrome" and agent["browser"]["version"], agent
        assert agent["os"]["name"] == "Linux" and agent["platform"]["type"] == "desktop", agent

    now = datetime.datetime.now(datetime.timezone.utc)
    start, end = (
        (now + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ") for hours in (-1, 1))
    usage = server.rest("GET", f"/v2/insights/usage?from={start}&to={end}")
    assert usage["sessions"] == 1 and usage["participants"] == 2 and usage["peakParticipants"] == 2, usage
    assert len(usage["days"]) in (1, 2)
