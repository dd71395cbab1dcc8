"""What may be done to others, on the meeting page and with the SDK: with real sound and pictures."""

from support.calls import ANN, BOB, CEM, enter, everyone_meets, events, others
from support.page import MeetingPage
from support.waiting import eventually


def _meet(server, open_chromium, identities, queries=None):
    room = server.create_room()
    pages = [MeetingPage(open_chromium(identity), server.url) for identity in identities]
    for page, query in zip(pages, queries or [""] * len(pages)):
        page.enter(room, query)
    everyone_meets([page.person for page in pages])
    return pages


def test_a_moderator_mutes_and_asks_to_unmute(server, open_chromium):
    ann, bob = _meet(server, open_chromium, (ANN, BOB))

    ann.choose("Bob", "mute")

    eventually(lambda: ann.person.heard() == set(), "Ann hears Bob no more")
    bob.says("Ann turned your microphone off.")
    bob.person.browser.screenshot("muted")
    assert bob.element("mic-button").get_attribute("aria-pressed") == "false"
    assert ann.person.seen() == {"Bob"}

    # Declined, nothing happens; accepted, Bob is heard again.
    ann.choose("Bob", "ask-mic")
    bob.element("request-audio").wait_for(timeout=5_000)
    assert "Ann asks you to unmute" in bob.element("request-audio").inner_text()
    bob.element("decline-audio").click()
    assert ann.person.heard() == set()
    ann.choose("Bob", "ask-mic")
    bob.element("accept-audio").click()
    eventually(lambda: ann.person.heard() == {"Bob"}, "Ann hears Bob again", 20)

    ann.choose("Bob", "stop-camera")
    eventually(lambda: ann.person.seen() == set(), "Ann sees Bob no more")
    bob.says("Ann turned your camera off.")
    ann.choose("Bob", "ask-camera")
    bob.element("accept-video").click()
    everyone_meets([ann.person, bob.person])


def test_everyone_is_muted_at_once_but_the_moderator(server, open_chromium):
    ann, bob, cem = _meet(server, open_chromium, (ANN, BOB, CEM))

    ann.page.keyboard.press("p")
    ann.person.browser.screenshot("people")
    ann.element("mute-all").click()

    for page in (bob, cem):
        eventually(lambda page=page: page.person.heard() == {"Ann"}, f"{page.name} hears Ann alone")
        page.says("Ann turned your microphone off.")
    eventually(lambda: ann.person.heard() == set(), "Ann hears nobody")
    eventually(lambda: ann.element("mute-all").is_disabled(), "there is nobody left to mute")


def test_a_shared_screen_is_ended_by_a_moderator(server, open_chromium):
    ann, bob = _meet(server, open_chromium, (ANN, BOB))
    bob.element("share-button").click()
    eventually(lambda: (ann.shared_screen() or 0) >= 2, "Ann sees the shared screen", 20)

    ann.choose("Bob", "stop-share")

    eventually(lambda: ann.shared_screen() is None, "Ann sees no shared screen")
    bob.says("Ann ended your screen share.")
    assert bob.element("share-button").get_attribute("aria-pressed") == "false"


def test_a_pinned_tile_is_large_for_everybody(server, open_chromium):
    ann, bob, cem = _meet(server, open_chromium, (ANN, BOB, CEM))

    def large(page):
        return page.element("spotlight").locator("article").evaluate_all(
            "(tiles) => tiles.map((tile) => tile.getAttribute('aria-label'))")

    ann.choose("Bob", "pin")
    for page, name in ((ann, "Bob"), (bob, "Bob (you)"), (cem, "Bob")):
        eventually(lambda page=page, name=name: large(page) == [name], f"{page.name} sees Bob large")
    cem.person.browser.screenshot("pinned")
    box = cem.page.locator('article[aria-label="Bob"]').bounding_box()
    other = cem.page.locator('article[aria-label="Ann"]').bounding_box()
    assert box["width"] * box["height"] > 3 * other["width"] * other["height"], (box, other)
    everyone_meets([page.person for page in (ann, bob, cem)])

    ann.choose("Bob", "unpin")
    for page in (ann, bob, cem):
        eventually(lambda page=page: large(page) == [], f"{page.name} sees all alike")
    everyone_meets([page.person for page in (ann, bob, cem)])


def test_somebody_is_removed_from_the_menu(server, open_chromium):
    ann, bob = _meet(server, open_chromium, (ANN, BOB))
    ann.page.locator('article[aria-label="Bob"] .tile-menu').click()
    ann.person.browser.screenshot("participant-menu")
    ann.page.keyboard.press("End")
    ann.page.keyboard.press("Enter")

    bob.element("left-screen").wait_for(timeout=10_000)
    assert "You were removed" in bob.element("left-screen").inner_text()
    eventually(lambda: set(ann.tiles()) == {"Ann (you)"}, "Ann is alone")


def test_a_person_is_made_a_viewer_and_brought_back_on_stage(server, open_chromium):
    ann, bob = _meet(server, open_chromium, (ANN, BOB))

    ann.choose("Bob", "make-viewer")

    eventually(lambda: ann.person.seen() == set() and ann.person.heard() == set(), "Ann neither sees nor hears Bob")
    bob.says("You are a viewer now")
    bob.person.sees_and_hears([ann.person])
    bob.person.browser.screenshot("viewer")
    assert bob.element("watching").is_visible() and not bob.element("mic-button").is_visible()
    assert bob.page.evaluate("() => stoaMeeting.localParticipant.streams.size") == 0

    ann.choose("Bob", "bring-on-stage")
    bob.says("You are on stage")
    bob.person.sees_and_hears([ann.person])
    assert ann.person.heard() == set(), "nothing is switched on unasked"
    bob.element("mic-button").click()
    bob.element("camera-button").click()
    everyone_meets([ann.person, bob.person])


def test_who_only_chats_comes_on_stage_by_itself(server, open_chromium):
    room = server.create_room()
    ann, bob = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB))
    ann.enter(room)
    bob.enter(room, "?mode=SIGNALLING_ONLY")
    ann.element("chat-button").click()
    bob.element("chat-button").click()
    bob.say("I am here")
    eventually(lambda: ann.messages() == ["I am here"], "Ann reads Bob")
    assert bob.person.seen() == set()

    bob.page.evaluate("() => stoaMeeting.changeMode('CONFERENCE').then(() => stoaMeeting.unmuteMic())")

    bob.person.sees_and_hears([ann.person])
    eventually(lambda: ann.person.heard() == {"Bob"}, "Ann hears Bob", 20)


def test_who_may_not_moderate_is_offered_nothing(server, open_chromium):
    ann, bob = _meet(server, open_chromium, (ANN, BOB), ["", "?permissions=allow_join"])

    assert bob.actions("Ann") == []
    assert bob.actions("Bob (you)") == ["Pin for everyone", "Become a viewer"]
    bob.page.keyboard.press("p")
    assert not bob.element("mute-all").is_visible()
    code = bob.page.evaluate(
        "() => [...stoaMeeting.participants.values()][0].disableMic().then(() => 0, (error) => error.code)")
    assert code == 4101
    assert ann.element("mic-button").get_attribute("aria-pressed") == "true"


def test_switching_goes_to_another_room_with_the_same_devices(server, pages, open_chromium):
    here, there = server.create_room(), server.create_room()
    ann, bob, cem = open_chromium(ANN), open_chromium(BOB), open_chromium(CEM)
    enter(ann, pages, server.url, here)
    enter(bob, pages, server.url, here)
    enter(cem, pages, server.url, there)
    everyone_meets([ann, bob])
    ann.evaluate("() => { call.reasons = []; call.meeting.on('participant-left', (_, r) => call.reasons.push(r.code)) }")

    bob.evaluate("(meetingId) => call.meeting.switchTo({ meetingId })", there)

    everyone_meets([bob, cem])
    assert bob.evaluate("() => call.meeting.id") == there
    assert [each["name"] for each in others(bob)] == ["Cem"]
    assert len(events(bob, "meeting-joined")) == 2 and events(bob, "meeting-left") == []
    eventually(lambda: ann.seen() == set() and others(ann) == [], "Ann is alone")
    assert ann.evaluate("() => call.reasons") == [1005]

    # To a room that is not there nobody goes.
    code = bob.evaluate(
        "() => call.meeting.switchTo({ meetingId: 'none-none-none' }).then(() => 0, (error) => error.code)")
    assert code == 4003
    everyone_meets([bob, cem])
    bob.evaluate("(meetingId) => call.meeting.switchTo({ meetingId })", here)
    everyone_meets([ann, bob])


def test_a_page_goes_on_in_the_room_it_was_switched_to(server, open_chromium):
    here, there = server.create_room(), server.create_room()
    ann, bob, cem = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB, CEM))
    ann.enter(here)
    bob.enter(here)
    cem.enter(there)
    ann.element("chat-button").click()
    ann.say("in the first room")
    bob.element("chat-button").click()
    eventually(lambda: bob.messages() == ["in the first room"], "Bob reads it")

    bob.page.evaluate("(meetingId) => stoaMeeting.switchTo({ meetingId })", there)

    everyone_meets([bob.person, cem.person])
    eventually(lambda: set(bob.tiles()) == {"Bob (you)", "Cem"}, "Bob's tiles are of the other room")
    eventually(lambda: bob.messages() == [], "the chat is another one")
    assert f"room={there}" in bob.page.url
    cem.element("chat-button").click()
    cem.say("in the second room")
    eventually(lambda: bob.messages() == ["in the second room"], "Bob reads Cem")


def test_a_participant_is_relayed_to_another_room(server, pages, open_chromium):
    here, there = server.create_room(), server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, here)
    enter(bob, pages, server.url, there, own=None)
    log = "(name) => { call.relay = []; call.meeting.on(name, (it) => call.relay.push(it)) }"
    bob.evaluate(log, "media-relay-request-received")
    ann.evaluate(log, "media-relay-stopped")

    ann.evaluate("(destinationMeetingId) => call.meeting.requestMediaRelay({ destinationMeetingId })", there)
    request = eventually(lambda: bob.evaluate("() => call.relay[0] ?? null"), "Bob is asked")
    assert (request["meetingId"], request["displayName"]) == (here, "Ann")
    bob.evaluate("() => call.relay[0].accept()")
    bob.sees_and_hears([ann])
    assert bob.evaluate("() => [...call.meeting.participants.values()].map((each) => each.relayedFrom)") == [here]

    ann.evaluate("(meetingId) => call.meeting.stopMediaRelay(meetingId)", there)
    eventually(lambda: others(bob) == [] and bob.seen() == set(), "Bob sees Ann no more")
    eventually(lambda: ann.evaluate("() => call.relay") == [{"meetingId": there, "reason": "stopped"}], "Ann is told")


def test_values_are_shared_as_long_as_the_session_lasts(server, pages, open_chromium):
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room, own=None, participantId="ann")
    enter(bob, pages, server.url, room, own=None)
    bob.evaluate("""async () => { call.values = []; call.observer = await call.meeting.realtimeStore.observe(
      'topic', (value, by) => call.values.push([value, by])) }""")

    ann.evaluate("() => call.meeting.realtimeStore.setValue('topic', 'birds')")
    ann.evaluate("() => call.meeting.realtimeStore.setValue('topic', null)")

    expected = [["birds", "ann"], [None, "ann"]]
    eventually(lambda: bob.evaluate("() => call.values") == expected, "Bob hears both changes")
    ann.evaluate("() => call.meeting.realtimeStore.setValue('topic', 'trees')")
    assert bob.evaluate("() => call.meeting.realtimeStore.getValue('topic')") == "trees"
    code = ann.evaluate(
        "() => call.meeting.realtimeStore.setValue('k', 'x'.repeat(1025)).then(() => 0, (error) => error.code)")
    assert code == 3073
