"""The meeting page, used by people: three of them talk, share, write and leave."""

import datetime
import time

from support.calls import ANN, BOB, CEM, everyone_meets
from support.media import nearest_identity
from support.page import MeetingPage
from support.relay import Relay
from support.waiting import eventually

# Clocks of the machine are one; what is measured beside the server is a little earlier or later.
SLACK = 3.0


def _moment(value):
    """Seconds since 1970 of a time in the REST API."""
    return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()


def test_three_people_meet_on_the_page(server, open_chromium):
    room = server.create_room()
    pages = [MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB, CEM)]
    ann, bob, cem = pages
    began = {}
    for page in pages:
        page.open()
        began[page.name] = time.time()
        page.join(room)

    # Each sees and hears the two others, each in the tile with their name.
    everyone_meets([page.person for page in pages])
    for page in pages:
        def named_rightly(page=page):
            tiles = page.tiles()
            assert len(tiles) == 3, tiles
            for other in pages:
                if other is page:
                    continue
                rgb = tiles[other.name]["rgb"]
                assert rgb and nearest_identity(rgb) == other.person.identity, (page.name, tiles)
            return True

        eventually(named_rightly, f"{page.name}'s tiles show whom they name", 20)
    for page in pages:
        def fluent(page=page):
            rates = page.person.decoded_rates()
            assert len(rates) == 2, rates
            assert all(each["rate"] >= 20 and each["height"] >= 360 for each in rates), rates
            return True

        # Chromium begins with a small picture; the rate is the one after that.
        eventually(fluent, f"{page.name} decodes two videos at 20 pictures a second, 360 lines", 45)

    # Chat, open with one and opened later by the others.
    ann.element("chat-button").click()
    ann.say("Can you see my screen?")
    for page in (bob, cem):
        page.element("chat-button").click()
        eventually(lambda page=page: page.messages() == ["Can you see my screen?"], f"{page.name} reads it")
    bob.say("Yes!")
    eventually(lambda: ann.messages() == ["Can you see my screen?", "Yes!"], "Ann reads the answer")

    # Screen share, seen by the others as moving pictures, and gone when it stops.
    ann.person.browser.screenshot("call")
    ann.element("share-button").click()
    for page in (bob, cem):
        eventually(lambda page=page: (page.shared_screen() or 0) >= 2, f"{page.name} sees the shared screen", 20)
    bob.person.browser.screenshot("screen-share")
    ann.element("share-button").click()
    for page in (bob, cem):
        eventually(lambda page=page: page.shared_screen() is None, f"{page.name} sees no shared screen")

    # Leaving: told to the others, and in the session's record.
    left = time.time()
    cem.leave()
    cem.person.browser.screenshot("left")
    for page in (ann, bob):
        eventually(lambda page=page: len(page.tiles()) == 2, f"{page.name} has two tiles")
    everyone_meets([ann.person, bob.person])

    session = server.sessions(room)[0]
    assert session["status"] == "ongoing" and session["roomId"] == room
    logs = {each["name"]: each["timelog"] for each in session["participants"]}
    assert set(logs) == {"Ann", "Bob", "Cem"}
    for name, log in logs.items():
        assert len(log) == 1, logs
        assert abs(_moment(log[0]["start"]) - began[name]) < SLACK, (name, log)
    assert abs(_moment(logs["Cem"][0]["end"]) - left) < SLACK
    assert logs["Ann"][0]["end"] is None and logs["Bob"][0]["end"] is None

    ann.leave()
    ended = time.time()
    bob.leave()

    def closed():
        sessions = server.sessions(room)
        assert len(sessions) == 1 and sessions[0]["status"] == "ended", sessions
        return sessions[0]

    session = eventually(closed, "the session has ended")
    assert abs(_moment(session["end"]) - ended) < SLACK
    assert abs(_moment(session["start"]) - began["Ann"]) < SLACK
    assert all(each["timelog"][0]["end"] for each in session["participants"])


def test_who_speaks_is_marked(server, open_chromium):
    room = server.create_room()
    ann, bob, cem = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB, CEM))
    for page in (ann, bob, cem):
        page.open()
        page.join(room)
    everyone_meets([page.person for page in (ann, bob, cem)])

    def speaking(page):
        return [name for name, tile in page.tiles().items() if tile["speaking"]]

    ann.element("mic-button").click()
    cem.element("mic-button").click()
    eventually(lambda: speaking(ann) == ["Bob"] and speaking(cem) == ["Bob"], "Bob is marked as speaking", 20)
    eventually(lambda: ann.person.heard() == {"Bob"}, "Ann hears only Bob")

    bob.element("mic-button").click()
    cem.element("mic-button").click()
    eventually(lambda: speaking(ann) == ["Cem"], "Cem is marked as speaking", 20)


def test_a_phone_and_a_keyboard_are_enough(server, open_chromium):
    room = server.create_room()
    ann = MeetingPage(open_chromium(ANN, viewport={"width": 390, "height": 780}), server.url)
    bob = MeetingPage(open_chromium(BOB), server.url)
    bob.open()
    bob.join(room)
    ann.open()
    keyboard = ann.page.keyboard
    keyboard.type("Ann")  # the cursor is in the field for the name
    keyboard.press("Tab")
    keyboard.type(room)
    keyboard.press("Enter")
    ann.element("leave-button").wait_for(timeout=15_000)
    everyone_meets([ann.person, bob.person])

    width = ann.page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390, f"the page is {width} pixels wide on a phone of 390"
    for test_id in ("mic-button", "camera-button", "chat-button", "leave-button"):
        box = ann.element(test_id).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390, (test_id, box)
        assert box["y"] + box["height"] <= 780, (test_id, box)
    ann.person.browser.screenshot("phone")

    keyboard.press("m")
    eventually(lambda: bob.person.heard() == set(), "Bob hears Ann no more")
    keyboard.press("v")
    eventually(lambda: bob.person.seen() == set(), "Bob sees Ann no more")
    keyboard.press("m")
    keyboard.press("v")
    everyone_meets([ann.person, bob.person])


def test_without_a_camera_the_page_says_so_and_lets_one_in(server, open_chromium):
    room = server.create_room()
    bob = MeetingPage(open_chromium(BOB), server.url)
    bob.open()
    bob.join(room)
    ann = MeetingPage(open_chromium(ANN, fake_devices=False, picture=None, tone=None), server.url)
    ann.page.goto(server.url + "/")

    def hint():
        return ann.page.locator(".hint").inner_text()

    eventually(lambda: "camera" in hint().lower() or "microphone" in hint().lower(), "the page says what is missing")
    ann.person.browser.screenshot("no-camera")
    ann.join(room)

    ann.person.sees_and_hears([bob.person])


def test_a_server_that_is_gone_is_told_in_words(server, open_chromium):
    relay = Relay(server.port)
    try:
        room = server.create_room()
        ann = MeetingPage(open_chromium(ANN), relay.url)
        ann.open()
        ann.join(room)

        relay.cut()
        banner = ann.element("status-banner")
        eventually(lambda: banner.is_visible() and banner.inner_text().strip(), "the page says so")
        ann.person.browser.screenshot("server-gone")
        relay.mend()

        eventually(lambda: not banner.is_visible() or not banner.inner_text().strip(), "and stops saying so", 20)
    finally:
        relay.close()
