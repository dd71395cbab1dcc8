"""People in real browsers, and an independent stack, meet in a room. Content is checked."""

import pytest

from support.calls import ANN, BOB, CEM, DEE, connected, enter, everyone_meets, events, join, load_sdk, others
from support.peer import Peer, PeerThread, Picture, Tone
from support.waiting import eventually


# In a network of the tests' own; see support/network.py.
@pytest.mark.serve("--bind", "0.0.0.0", "--dev-allow-public")
def test_two_chromium_and_a_firefox_see_and_hear_one_another(
    server, pages, open_chromium, open_firefox
):
    room = server.create_room()
    ann, bob, cem = open_chromium(ANN), open_chromium(BOB), open_firefox(CEM)
    for person in (ann, bob):
        enter(person, pages, server.url, room)
    enter(cem, pages, server.url, room, own="paint")

    everyone_meets([ann, bob, cem])
    assert {other["name"] for other in others(ann)} == {"Bob", "Cem"}


def test_an_independent_stack_receives_and_sends(server, pages, open_chromium):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)
    thread = PeerThread()
    dee = Peer(server.url, DEE)
    try:
        thread.run(dee.join(room, [Picture(DEE), Tone(DEE)]))

        eventually(lambda: dee.seen() == {"Ann"}, "aiortc decodes Ann's picture")
        eventually(lambda: dee.heard() == {"Ann"}, "aiortc decodes Ann's tone")
        eventually(lambda: ann.seen() == {"Dee"}, "Ann sees aiortc's picture")
        eventually(lambda: ann.heard() == {"Dee"}, "Ann hears aiortc's tone")
    finally:
        thread.run(dee.close())
        thread.stop()


def test_media_goes_over_tcp_where_udp_does_not(server, pages, open_chromium):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room)
    load_sdk(bob, pages, server.url)
    bob.evaluate("() => { stoaProbe.tcpOnly = true }")
    join(bob, room)

    everyone_meets([ann, bob])
    assert connected(bob)["pair"]["protocol"] == "tcp"
    assert connected(ann)["pair"]["protocol"] == "udp"


def test_a_viewer_whose_addresses_are_hidden_watches(server, pages, open_chromium):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)
    # No permission for a camera: the browser's candidates are names ending in .local.
    viewer = open_chromium(BOB, fake_devices=False, picture=None, tone=None)
    enter(viewer, pages, server.url, room, own=None, mode="RECV_ONLY")

    viewer.sees_and_hears([ann])
    offered = viewer.evaluate("() => stoaProbe.connection().localDescription.sdp")
    addresses = [line.split()[4] for line in offered.splitlines() if line.startswith("a=candidate:")]
    assert all(address.endswith(".local") for address in addresses), addresses
    assert ann.seen() == set()


def test_a_receiver_gets_the_size_it_asks_for(server, pages, open_chromium):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room, participantId="ann", multiStream=True)
    enter(bob, pages, server.url, room, own=None)
    bob.sees_and_hears([ann])

    def height():
        return max((each["height"] or 0 for each in bob.statistics()["videos"]), default=0)

    # Chromium codes a picture of 640×360 in two sizes.
    for quality, smallest, largest in (("low", 170, 190), ("high", 350, 370), ("low", 170, 190)):
        bob.evaluate("(quality) => call.meeting.participants.get('ann').setQuality(quality)", quality)
        eventually(lambda: smallest <= height() <= largest, f"{quality} has {smallest} to {largest} lines", 40)
        assert bob.seen() == {"Ann"}


def test_a_paused_stream_costs_nothing_and_comes_back(server, pages, open_chromium):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room, participantId="ann")
    enter(bob, pages, server.url, room, own=None)
    bob.sees_and_hears([ann])
    video = "[...call.meeting.participants.get('ann').streams.values()].find((stream) => stream.kind === 'video')"

    bob.evaluate(f"() => {video}.pause()")
    eventually(lambda: bob.decoded_rates(1) == [], "no picture comes")
    assert bob.heard() == {"Ann"}

    bob.evaluate(f"() => {video}.resume()")
    eventually(lambda: bob.seen() == {"Ann"}, "pictures come again")


def test_the_key_exchange_and_cipher_are_the_intended_ones(server, pages, open_chromium):
    room = server.create_room()
    ann = open_chromium(ANN)
    enter(ann, pages, server.url, room)

    dtls = connected(ann)["dtls"]

    assert dtls == {"version": "FEFC", "srtp": "SRTP_AEAD_AES_128_GCM"}


def test_messages_arrive_once_and_in_one_order(server, pages, open_chromium):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    for person in (ann, bob):
        enter(person, pages, server.url, room, own=None)
        person.evaluate("() => call.subscribe('CHAT')")

    for person in (ann, bob):
        person.evaluate(
            "async (name) => { for (let i = 0; i < 20; i++)"
            " await call.meeting.pubSub.publish('CHAT', `${name} ${i}`, { persist: true }) }", person.name)

    def texts(person):
        return person.evaluate("() => call.messages.map((message) => message.message)")

    expected = [f"{name} {i}" for name in ("Ann", "Bob") for i in range(20)]
    for person in (ann, bob):
        eventually(lambda: texts(person) == expected, f"{person.name} has all messages in order")


def test_leaving_is_told_and_frees_the_others(server, pages, open_chromium):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room)
    enter(bob, pages, server.url, room, participantId="bob-1")
    everyone_meets([ann, bob])

    bob.evaluate("() => call.meeting.leave()")

    eventually(lambda: events(ann, "participant-left") == [{"id": "bob-1", "name": "Bob"}], "Ann is told")
    eventually(lambda: ann.seen() == set(), "Ann sees nobody")
    assert events(ann, "participant-joined") == [{"id": "bob-1", "name": "Bob"}]
