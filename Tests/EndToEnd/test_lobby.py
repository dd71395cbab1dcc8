"""Guests who have to be let in, on the meeting page."""

from support.calls import ANN, BOB, CEM, everyone_meets
from support.page import MeetingPage
from support.waiting import eventually

GUEST = "?permissions=ask_join"


def _names(page):
    """Those whom the lobby of `page` shows."""
    lobby = page.element("lobby")
    return lobby.locator(".prompt-text").all_inner_texts() if lobby.is_visible() else []


def test_a_guest_waits_until_somebody_lets_it_in(server, open_chromium):
    room = server.create_room()
    ann, bob, cem = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB, CEM))
    ann.enter(room)
    bob.open(GUEST)
    bob.ask(room)
    bob.person.browser.screenshot("waiting")
    assert "Waiting to be let in" in bob.element("waiting-screen").inner_text()
    eventually(lambda: _names(ann) == ["Bob"], "Ann sees that Bob waits")
    cem.open(GUEST)
    cem.ask(room)
    eventually(lambda: _names(ann) == ["Bob", "Cem"], "Ann sees both")
    ann.person.browser.screenshot("lobby")
    assert len(ann.tiles()) == 1

    # By keyboard alone: L goes to the first answer.
    ann.page.keyboard.press("l")
    ann.page.keyboard.press("Enter")

    bob.element("leave-button").wait_for(timeout=15_000)
    everyone_meets([ann.person, bob.person])
    eventually(lambda: _names(ann) == ["Cem"], "Cem waits still")
    assert _names(bob) == [], "a guest lets nobody in"
    ann.element("lobby").get_by_text("Admit", exact=True).click()
    everyone_meets([ann.person, bob.person, cem.person])
    eventually(lambda: _names(ann) == [], "nobody waits")


def test_a_guest_is_not_let_in_asks_again_and_goes_away(server, open_chromium):
    room = server.create_room()
    ann = MeetingPage(open_chromium(ANN, viewport={"width": 390, "height": 780}), server.url)
    bob = MeetingPage(open_chromium(BOB), server.url)
    ann.enter(room)
    bob.open(GUEST)
    bob.ask(room)
    eventually(lambda: _names(ann) == ["Bob"], "Ann sees that Bob waits")
    ann.person.browser.screenshot("lobby-on-a-phone")
    box = ann.element("lobby").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390, box
    assert box["y"] + box["height"] <= ann.element("leave-button").bounding_box()["y"], box

    ann.element("lobby").get_by_text("Deny", exact=True).click()

    bob.element("left-screen").wait_for(timeout=10_000)
    bob.person.browser.screenshot("not-let-in")
    assert "You were not let in" in bob.element("left-screen").inner_text()
    assert _names(ann) == []

    bob.element("rejoin-button").click()
    bob.ask(room)
    eventually(lambda: _names(ann) == ["Bob"], "Bob waits again")
    bob.element("waiting-cancel").click()
    bob.element("join-button").wait_for(timeout=5_000)
    eventually(lambda: _names(ann) == [], "Ann sees that Bob went away")

    bob.ask(room)
    eventually(lambda: _names(ann) == ["Bob"], "Bob waits a third time")
    bob.page.close()
    eventually(lambda: _names(ann) == [], "a closed window waits no longer", 20)
    assert len(ann.tiles()) == 1
    names = [each["name"] for each in server.sessions(room)[0]["participants"]]
    assert names == ["Ann"], "a guest who never came in is nobody's participant"


def test_a_guest_who_is_first_waits_for_somebody_who_may_let_it_in(server, open_chromium):
    room = server.create_room()
    ann, bob = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB))
    bob.open(GUEST)
    bob.ask(room)
    assert server.sessions(room) == [], "a guest alone begins no session"

    ann.enter(room)

    eventually(lambda: _names(ann) == ["Bob"], "Ann is told who waits")
    ann.element("lobby").get_by_text("Admit", exact=True).click()
    everyone_meets([ann.person, bob.person])


def test_an_ended_meeting_sends_its_guests_home(server, open_chromium):
    room = server.create_room()
    ann, bob = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB))
    ann.enter(room)
    bob.open(GUEST)
    bob.ask(room)
    eventually(lambda: _names(ann) == ["Bob"], "Ann sees that Bob waits")

    ann.page.evaluate("() => stoaMeeting.end()")

    bob.element("left-screen").wait_for(timeout=10_000)
    assert "The meeting has ended" in bob.element("left-screen").inner_text()


def test_an_invitation_can_lead_through_the_lobby(server, open_chromium):
    room = server.create_room()
    ann = MeetingPage(open_chromium(ANN), server.url)
    ann.enter(room)
    ann.page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text } }")

    ann.element("invite-button").click()
    ann.element("menu-copy-lobby-link").click()
    assert ann.page.evaluate("() => copied") == f"{server.url}/?room={room}&permissions=ask_join"

    ann.element("invite-button").click()
    ann.element("menu-copy-link").click()
    assert ann.page.evaluate("() => copied") == f"{server.url}/?room={room}"
