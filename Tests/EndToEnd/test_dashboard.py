"""The dashboard in a real browser, before the real server."""

import re

import pytest

from support import browsers
from support.calls import ANN, BOB, everyone_meets
from support.dashboard import Dashboard
from support.page import MeetingPage
from support.peer import PeerThread
from support.server import API_KEY, API_SECRET, APIError, token
from support.signalling import Signalling
from support.waiting import eventually

DESK, PHONE = {"width": 1320, "height": 900}, {"width": 390, "height": 844}
VIEWS = {
    "live": "Live", "sessions": "Sessions", "sessions?zoom=8h": "Sessions", "sessions?zoom=7d": "Sessions",
    "sessions?zoom=30d": "Sessions", "rooms": "Rooms", "recordings": "Recordings",
    "recordings?kind=hls": "Recordings", "webhooks": "Webhooks", "usage": "Usage", "keys": "API keys",
    "audit": "Audit"}


@pytest.fixture
def dashboard(request, playwright):
    """Opens the dashboard of a server in a browser of its own."""
    if not browsers.CHROMIUM:
        pytest.skip("there is no chromium")
    opened = []

    def open_one(url, **options):
        options = {"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
        opened.append(browsers.Chromium(playwright, fake_devices=False, **options))
        return Dashboard(opened[-1], url)

    yield open_one
    for browser in opened:
        if getattr(request.node, "failed_in_call", False):
            browser.screenshot(re.sub(r"\W+", "-", request.node.name))
            print("\n".join(browser.messages))
        browser.close()


@pytest.fixture
def people(server):
    """Makes participants of the real server, by messages only; all of them are gone at the end."""
    thread, clients = PeerThread(), []

    def join(room, name):
        async def come():
            client = Signalling(server.url)
            clients.append(client)
            await client.open()
            await client.join(room, name, mode="SIGNALLING_ONLY", participantId=name.lower())
            return client

        return thread.run(come())

    join.thread = thread
    yield join
    for client in clients:
        thread.run(client.close())
    thread.stop()


def is_here(server, path):
    """Whether the server under test has a route."""
    try:
        server.rest("GET", path)
    except APIError as error:
        return "ROUTE_NOT_FOUND" not in str(error)
    return True


# Before the real server


def test_a_real_session_is_shown_while_it_goes_on_and_after(server, dashboard, people):
    room = server.create_room(customRoomId="board-meeting")
    ann, bob = people(room, "Ann"), people(room, "Bob")
    people.thread.run(ann.request("publish", topic="CHAT", message="Hello", persist=True))
    view = dashboard(server.url)
    view.sign_in()

    view.go("#/sessions")
    rows = view.rows()
    assert [row[0] for row in rows] == ["board-meeting"] and rows[0][1] == "Ongoing" and rows[0][4] == "2", rows
    assert view.page.locator(".session-bar.ongoing").count() == 1

    view.page.locator(".session-bar.ongoing").click()
    eventually(lambda: view.title() == "board-meeting", "the session's own page is there")
    view.settled()
    names = view.page.locator("a.person").evaluate_all("(all) => all.map((each) => each.querySelector('text').textContent)")
    assert names == ["Ann", "Bob"], names
    with view.page.expect_download() as download:
        view.button("Chat").click()
    assert "Hello" in download.value.path().read_text()

    people.thread.run(bob.request("leave"))
    people.thread.run(ann.request("leave"))
    eventually(lambda: "Last participant left" in view.text(), "the page says that it has ended", 20)
    assert view.page.locator(".heading .pill").inner_text() == "Ended"
    view.browser.screenshot("dashboard-real-session")
    assert view.complaints() == []


def test_what_people_have_on_and_how_good_it_is_comes_from_their_call(server, dashboard, open_chromium):
    room = server.create_room()
    ann, bob = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB))
    for page in (ann, bob):
        page.open()
        page.join(room)
    everyone_meets([ann.person, bob.person])
    view = dashboard(server.url)
    view.sign_in()
    session = server.sessions(room)[0]["id"]
    view.go(f"#/sessions/{session}")

    def on(name, kind):
        return view.page.locator("a.person", has_text=name).locator(f".stream.{kind}").count()

    eventually(lambda: all(on(name, kind) for name in ("Ann", "Bob") for kind in ("audio", "video")), "all is drawn as on", 20)
    ann.element("camera-button").click()
    eventually(lambda: "Ann" not in bob.person.seen(), "Bob sees Ann no more")
    before = view.page.locator("a.person", has_text="Ann").locator(".stream.video").bounding_box()["width"]
    share = before / view.page.locator("a.person", has_text="Ann").locator(".presence").bounding_box()["width"]

    def shrinks():
        row = view.page.locator("a.person", has_text="Ann")
        return row.locator(".stream.video").bounding_box()["width"] / row.locator(".presence").bounding_box()["width"] < share * 0.95

    eventually(shrinks, "the camera's line ends while presence goes on", 30)
    if is_here(server, f"/v2/sessions/{session}/stats"):
        eventually(lambda: view.page.locator("path.line").count() >= 6, "its quality is drawn", 30)
    if is_here(server, "/v2/live"):
        view.go("#/live")
        eventually(lambda: "Good" in view.page.get_by_test_id("live-person").filter(has_text="Bob").inner_text(),
                   "Bob's quality is good", 30)
    view.browser.screenshot("dashboard-real-call")
    assert view.complaints() == []


def test_rooms_are_made_shared_disabled_and_enabled(server, dashboard):
    view = dashboard(server.url, permissions=["clipboard-read", "clipboard-write"])
    view.sign_in()
    view.go("#/rooms")
    assert "No room yet" in view.text()

    view.button("New room").click()
    view.dialog().get_by_label("Name (optional)").fill("two words")
    view.dialog().get_by_role("button", name="Create").click()
    view.dialog().locator(".problem").wait_for()
    view.dialog().get_by_label("Name (optional)").fill("reading-group")
    view.dialog().get_by_role("button", name="Create").click()
    eventually(lambda: [row[0].split()[0] for row in view.rows()] == ["reading-group"], "the new room is listed")
    room = server.rest("GET", "/v2/rooms/reading-group")["roomId"]

    view.button("Copy link").click()
    eventually(lambda: view.page.evaluate("() => navigator.clipboard.readText()") == f"{server.url}/?room={room}",
               "the link is on the clipboard")
    view.button("Disable").click()
    view.dialog().get_by_role("button", name="Disable").click()
    eventually(lambda: server.rest("GET", f"/v2/rooms/{room}")["disabled"], "the server has it disabled")
    eventually(lambda: view.rows()[0][1] == "Disabled", "the page says so")
    view.button("Enable").click()
    eventually(lambda: not server.rest("GET", f"/v2/rooms/{room}")["disabled"], "the server has it enabled")


def test_a_key_made_on_the_page_signs_in_until_it_is_revoked(server, dashboard):
    if not is_here(server, "/v2/keys"):
        pytest.skip("this server has no routes for keys")
    admin, other = dashboard(server.url), dashboard(server.url)
    admin.sign_in()
    admin.go("#/keys")
    admin.button("New key").click()
    admin.dialog().get_by_label("Name").fill("kiosk")
    admin.dialog().get_by_role("button", name="Create").click()
    shown = admin.dialog().locator(".copyable code")
    eventually(lambda: shown.count() == 2, "key and secret are shown")
    key, secret = shown.all_inner_texts()
    admin.dialog().get_by_role("button", name="I have saved it").click()

    other.open()
    other.page.get_by_role("textbox", name="API key").fill(key)
    other.page.get_by_label("API secret").fill(secret)
    other.button("Sign in").click()
    other.page.get_by_role("navigation", name="Dashboard").wait_for()
    other.go("#/keys")
    assert "Not for this key" in other.text(), "a key that is not an admin's sees keys"

    admin.page.locator("tr", has_text="kiosk").get_by_role("button", name="Revoke").click()
    admin.dialog().get_by_role("button", name="Revoke").click()
    eventually(lambda: "Revoked" in admin.page.locator("tr", has_text="kiosk").inner_text(), "it is listed as revoked")
    other.page.evaluate("() => { location.hash = '#/rooms'; }")
    eventually(lambda: "You were signed out" in other.page.locator("body").inner_text(), "the key is worth nothing any more")
    if is_here(server, "/v2/audit"):
        admin.go("#/audit")
        eventually(lambda: {"Key created", "Key revoked"} <= {row[2] for row in admin.rows()}, "both are in the audit")


def test_every_view_works_or_says_that_the_server_lacks_it(server, dashboard, people):
    people(server.create_room(), "Ann")
    view = dashboard(server.url)
    view.sign_in()
    routes = {"live": "/v2/live", "webhooks": "/v2/webhooks/deliveries", "usage": "/v2/insights/usage", "keys": "/v2/keys",
              "audit": "/v2/audit", "recordings": "/v2/recordings"}
    for name, path in routes.items():
        view.go(f"#/{name}")
        eventually(lambda: view.title() == VIEWS[name], f"{name} is shown")
        assert ("Not available on this server" in view.text()) is not is_here(server, path), (name, view.text())
        assert "could not be loaded" not in view.text(), (name, view.text())
    if is_here(server, "/v2/live"):
        view.go("#/live")
        eventually(lambda: "Ann" in view.text(), "who is there is shown")
    assert view.complaints() == []


def test_a_key_signs_in_and_its_secret_never_leaves_the_browser(server, dashboard):
    view = dashboard(server.url)
    view.open()
    page = view.page
    page.get_by_label("API key", exact=True).last.fill(API_KEY)
    page.get_by_label("API secret").fill("a-wrong-secret-of-at-least-thirty-two-bytes")
    view.button("Sign in").click()
    problem = page.get_by_role("alert")
    eventually(lambda: "refused this key" in problem.inner_text() and "signature" in problem.inner_text(), "it says what is wrong")
    view.browser.screenshot("dashboard-refused")

    page.get_by_label("API secret").fill(API_SECRET)
    view.button("Sign in").click()
    page.get_by_role("navigation", name="Dashboard").wait_for()
    view.go("#/rooms")
    assert "No room yet" in view.text()
    page.reload()
    view.settled()
    assert page.get_by_role("navigation", name="Dashboard").is_visible(), "a reload signs out"
    for request in view.requests:
        sent = f"{request.url} {request.headers} {request.post_data or ''}"
        assert API_SECRET not in sent, request.url
    authorized = [request.headers["authorization"] for request in view.requests if "authorization" in request.headers]
    assert authorized and all(each.count(".") == 2 for each in authorized)

    view.button("Sign out").click()
    view.button("Sign in").wait_for()
    assert page.evaluate("() => sessionStorage.length + localStorage.length") == 0


def test_a_pasted_token_signs_in_and_an_expired_one_is_told(server, dashboard):
    view = dashboard(server.url)
    view.open("/dashboard/")
    page = view.page
    page.get_by_role("radio", name="Token").check()
    page.locator("input[name=token]").fill(token(lifetime=-600))
    view.button("Sign in").click()
    eventually(lambda: "has expired" in page.get_by_role("alert").inner_text(), "it says what is wrong")
    page.locator("input[name=token]").fill(token(secret="another-secret-of-thirty-two-bytes-or-more"))
    view.button("Sign in").click()
    eventually(lambda: "refused the token" in page.get_by_role("alert").inner_text(), "the server's words are told")

    page.locator("input[name=token]").fill(f"Bearer {token()}")
    view.button("Sign in").click()
    page.get_by_role("navigation", name="Dashboard").wait_for()


# Before the stand-in
