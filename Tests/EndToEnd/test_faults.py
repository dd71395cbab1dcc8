"""What breaks, and what people in browsers notice of it."""

import os
import signal
import time

from support.calls import ANN, BOB, CEM, DEE, connected, enter, everyone_meets, events, others
from support.relay import Relay
from support.waiting import eventually

# From the kill of a shard to pictures of its rooms, seconds.
MEDIA_BACK = 3.0


def test_a_killed_shard_costs_its_rooms_seconds_and_others_nothing(server, pages, open_chromium):
    first, second = server.create_room(), server.create_room()
    ann, bob, cem, dee = (open_chromium(each) for each in (ANN, BOB, CEM, DEE))
    ids = {}
    for room, people in ((first, (ann, bob)), (second, (cem, dee))):
        for person in people:
            ids[person.name] = enter(person, pages, server.url, room)
    everyone_meets([ann, bob])
    everyone_meets([cem, dee])
    shards = server.shard_by_port()
    ports = {person.name: connected(person)["pair"]["remotePort"] for person in (ann, bob, cem, dee)}
    assert ports["Ann"] == ports["Bob"] and ports["Cem"] == ports["Dee"]
    assert shards[ports["Ann"]] != shards[ports["Cem"]], "the two rooms are on one shard"
    connections = {person.name: _connections(person) for person in (ann, cem)}
    for person in (ann, cem):
        _count_pictures(person)

    os.kill(shards[ports["Ann"]], signal.SIGKILL)
    killed = time.monotonic()

    gap = eventually(
        lambda: _gap_before_connection(ann, connections["Ann"]), "Ann has pictures on a new connection", 15)
    assert gap <= MEDIA_BACK, f"{gap:.2f} s without pictures, {time.monotonic() - killed:.2f} s since the kill"
    everyone_meets([ann, bob])
    for person in (ann, bob, cem, dee):
        assert events(person, "participant-left") == []
        assert person.evaluate("() => call.meeting.localParticipant.id") == ids[person.name]
    assert {other["id"] for other in others(ann)} == {ids["Bob"]}
    # The room of the other shard: same connection, no picture missed for long.
    assert _connections(cem) == connections["Cem"]
    assert cem.evaluate("() => stoaGaps.longest") < 1000
    everyone_meets([cem, dee])


def test_a_cut_socket_leaves_media_alone_and_misses_nothing(server, pages, open_chromium):
    relay = Relay(server.port)
    try:
        room = server.create_room()
        ann, bob = open_chromium(ANN), open_chromium(BOB)
        enter(ann, pages, relay.url, room)
        enter(bob, pages, server.url, room)
        everyone_meets([ann, bob])
        ann.evaluate("() => call.subscribe('CHAT')")
        bob.evaluate("() => call.subscribe('CHAT')")
        connections = _connections(ann)
        _count_pictures(ann)

        relay.cut()
        bob.evaluate(
            "async () => { for (let i = 0; i < 10; i++)"
            " await call.meeting.pubSub.publish('CHAT', `missed ${i}`) }")
        time.sleep(6)  # not a wait for something: so long the socket stays cut
        missed = ann.evaluate("() => call.messages.length")
        relay.mend()

        def texts():
            return ann.evaluate("() => call.messages.map((message) => message.message)")

        expected = [f"missed {i}" for i in range(10)]
        eventually(lambda: texts() == expected, "Ann has what she missed", 20)
        assert missed == 0
        bob.evaluate("() => call.meeting.pubSub.publish('CHAT', 'after')")
        eventually(lambda: texts() == expected + ["after"], "and what comes after, once", 10)
        assert _connections(ann) == connections
        assert ann.evaluate("() => stoaGaps.longest") < 1000
        assert events(bob, "participant-left") == []
        everyone_meets([ann, bob])
    finally:
        relay.close()


def _connections(person):
    """How many peer connections the page has made."""
    return person.evaluate("() => stoaProbe.connections.length")


def _count_pictures(person):
    """Starts to watch the received video for the longest time without a new picture."""
    person.evaluate("""async () => {
      const gaps = window.stoaGaps = { longest: 0, last: performance.now(), connection: 0 };
      let decoded = new Map();
      const look = async () => {
        const connection = stoaProbe.connections.length;
        const statistics = await stoaProbe.statistics().catch(() => null);
        const now = performance.now();
        const key = (video) => `${connection}/${video.ssrc}`;
        let moved = false;
        for (const video of statistics?.videos ?? []) {
          if (video.decoded > (decoded.get(key(video)) ?? 0)) moved = true;
          decoded.set(key(video), video.decoded);
        }
        if (moved) {
          gaps.longest = Math.max(gaps.longest, now - gaps.last);
          gaps.last = now;
          gaps.connection = connection;
        }
        setTimeout(look, 50);
      };
      await look();
      gaps.longest = 0;
    }""")


def _gap_before_connection(person, number):
    """Seconds of the longest gap, once pictures come on a connection after the `number`-th; None before."""
    gaps = person.evaluate("() => ({ ...stoaGaps })")
    return gaps["longest"] / 1000 if gaps["connection"] > number else None
