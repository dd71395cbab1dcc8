"""The dashboard's views in a real browser, before a stand-in with a month of data."""

import datetime
import re
import time

import pytest

from support.fake_api import Company, FakeAPI
from support.server import API_KEY, token
from support.waiting import eventually
from test_dashboard import DESK, PHONE, VIEWS, dashboard  # noqa: F401  (fixture)


@pytest.fixture
def fake():
    server = FakeAPI(Company())
    yield server
    server.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_every_view_fits_and_can_be_read(fake, dashboard, scheme, viewport):
    name = f"dashboard-{'desk' if viewport is DESK else 'phone'}-{scheme}"
    view = dashboard(fake.url, viewport=viewport, color_scheme=scheme)
    view.open()
    view.page.get_by_test_id("development-key").wait_for()
    assert view.low_contrast() == []
    view.browser.screenshot(f"{name}-sign-in")
    view.sign_in()
    long_one = next(each for each in fake.company.sessions
                    if each["end"] and len(each["participants"]) >= 5 and each["activeDuration"] > 1_500)
    person = long_one["participants"][1]["participantId"]
    views = {**VIEWS, f"sessions/{long_one['id']}": long_one["customRoomId"],
             f"sessions/{long_one['id']}?participant={person}": long_one["customRoomId"]}
    for address, title in views.items():
        view.go(f"#/{address}")
        assert view.title() == title
        assert view.width() <= viewport["width"], f"{address} is {view.width()} pixels wide"
        assert view.low_contrast() == [], address
        view.browser.screenshot(f"{name}-{re.sub(r'[^a-z0-9]+', '-', address.replace(long_one['id'], 'one'))}")
    assert view.complaints() == []


def test_recordings_are_listed_and_deleted_and_are_with_their_session(fake, dashboard):
    view = dashboard(fake.url)
    view.sign_in()
    view.go("#/recordings")
    listed = fake.company.outputs("recordings")
    first = next(each for each in listed if each["status"] == "stopped")
    eventually(lambda: "720" in view.text() and "Finished" in view.text(), "recordings are listed")
    rows = view.page.locator("tbody tr")
    assert rows.count() == 20
    going = view.page.locator("tr", has_text="Going on").first
    assert going.get_by_title("Delete").count() == 0, "what goes on can be deleted"
    view.page.locator(f'tr[data-key="recordings {first["id"]}"]').get_by_title("Delete").click()
    view.page.get_by_role("button", name="Delete", exact=True).click()
    eventually(lambda: first["id"] in fake.company.deleted, "the server is told")
    eventually(lambda: view.page.locator(f'tr[data-key="recordings {first["id"]}"]').count() == 0, "it is gone")

    other = next(each for each in listed if each["status"] == "stopped" and each is not first)
    view.go(f"#/sessions/{other['sessionId']}")
    eventually(lambda: "Recorded and streamed" in view.text(), "the session says what was recorded of it")
    view.go("#/recordings?kind=livestreams")
    eventually(lambda: "a.rtmp.youtube.com" in view.text(), "livestreams say where they went")
    assert view.complaints() == []


def test_the_picture_of_the_dashboard(dashboard):
    """Makes docs/images/dashboard.png: it is copied from the artifacts when it is fit to be shown."""
    moment = datetime.datetime(2026, 9, 17, 15, 48, 20, tzinfo=datetime.timezone.utc)
    server = FakeAPI(Company(seed=52, now=moment.timestamp()))
    try:
        view = dashboard(server.url, viewport={"width": 1200, "height": 780})
        view.page.clock.set_fixed_time(moment)
        view.sign_in()
        view.go("#/sessions?zoom=8h")
        assert view.page.locator(".session-bar.ongoing").count() == 3
        view.page.mouse.move(0, 0)
        view.browser.screenshot("dashboard")
    finally:
        server.close()


def test_people_and_their_quality_change_on_the_page(fake, dashboard):
    view = dashboard(fake.url)
    view.sign_in()
    rooms = view.page.get_by_test_id("live-room")
    eventually(lambda: rooms.count() == 3, "three rooms are there")
    people = fake.company.live()["totals"]["participants"]
    assert view.page.get_by_test_id("live-person").count() == people
    poor = view.page.locator(".pill.bad")
    before = poor.first.inner_text()
    assert before.startswith("Poor")
    eventually(lambda: poor.first.inner_text() != before, "the score changes")

    ended = next(each for each in fake.company.sessions if not each["end"])
    ended["end"], ended["status"], ended["endReason"] = ended["start"], "ended", "last-participant-left"
    eventually(lambda: rooms.count() == 2, "a room that is empty goes")


def test_the_timeline_and_the_list_follow_zoom_room_and_page(fake, dashboard):
    view = dashboard(fake.url)
    view.sign_in()
    view.go("#/sessions")
    day = view.page.locator(".session-bar").count()
    view.page.get_by_role("link", name="30 d").click()
    eventually(lambda: view.page.locator(".session-bar").count() > 3 * day, "a month has more sessions than a day")
    assert "zoom=30d" in view.page.url

    view.page.get_by_role("link", name="Next page").click()
    eventually(lambda: "21–40 of" in view.text(), "the second page of the list is there")
    view.page.get_by_label("Filter by room").fill("standup")
    view.page.keyboard.press("Enter")
    eventually(lambda: {row[0] for row in view.rows()} == {"standup"}, "only that room is listed")
    assert view.page.locator(".lane").count() == 1
    view.page.get_by_label("Filter by room").fill("nobody-knows-it")
    view.page.keyboard.press("Enter")
    eventually(lambda: "No session of this room" in view.text(), "an empty list says why")


def test_keys_reach_everything_that_the_mouse_does(fake, dashboard):
    view = dashboard(fake.url)
    view.sign_in()
    keyboard = view.page.keyboard
    keyboard.press("Shift+Tab")
    view.page.locator(".skip").focus()
    keyboard.press("Enter")
    assert view.page.evaluate("() => document.activeElement.id") == "content"

    view.go("#/sessions")
    view.page.locator(".session-bar.ongoing").first.focus()
    tip = view.page.locator(".tooltip")
    eventually(lambda: "Ongoing" in tip.inner_text(), "a focused bar is explained")
    keyboard.press("Enter")
    eventually(lambda: "Who was there" in view.text(), "Enter opens the session")
    view.settled()
    view.page.locator("svg.chart").first.focus()
    keyboard.press("ArrowLeft")
    first = eventually(lambda: tip.is_visible() and tip.inner_text(), "the arrow shows a measurement")
    assert "Mbit/s" in first
    keyboard.press("ArrowLeft")
    assert tip.inner_text() != first
    assert view.page.locator(".cursor line").count() == 6, "not all graphs show the same moment"
    assert view.page.locator(".cursor .dot").first.is_visible()
    view.page.locator("summary").first.focus()
    keyboard.press("Enter")
    eventually(lambda: view.page.locator(".as-table tbody tr").count() > 50, "the table has the values")


def test_one_participants_quality_is_shown_and_can_be_taken_along(fake, dashboard):
    session = next(each for each in fake.company.sessions if each["end"] and each["activeDuration"] > 1_500)
    person = session["participants"][1]
    view = dashboard(fake.url)
    view.sign_in()
    view.go(f"#/sessions/{session['id']}")
    view.page.locator("a.person", has_text=person["name"]).click()
    eventually(lambda: f"Quality of {person['name']}" in view.text(), "it is that person's")
    assert "284 ms" in view.text()
    with view.page.expect_download() as download:
        view.button("CSV").click()
    assert download.value.suggested_filename == f"stats-{session['id']}-{person['participantId']}.csv"
    assert ("GET", f"/v2/sessions/{session['id']}/participant/{person['participantId']}/stats") in \
        [call[:2] for call in fake.calls]


def test_dead_webhooks_are_looked_at_and_sent_again(fake, dashboard):
    view = dashboard(fake.url)
    view.sign_in()
    view.go("#/webhooks")
    view.page.get_by_role("link", name="Dead").click()
    eventually(lambda: [row[1] for row in view.rows()] == ["Dead"] * 3, "three are dead")
    view.page.locator("button.as-link").first.click()
    body = view.dialog().locator("pre")
    eventually(lambda: '"webhookType": "participant-joined"' in body.inner_text(), "its body is shown")
    view.browser.screenshot("dashboard-delivery")
    view.page.keyboard.press("Escape")

    view.button("Send all dead ones again").click()
    view.dialog().get_by_role("button", name="Send again").click()
    eventually(lambda: "No dead delivery" in view.text(), "none is dead any more")
    assert ("POST", "/v2/webhooks/redeliver", {"state": "dead"}) in [call[:3] for call in fake.calls]

    view.button("How to verify them").click()
    assert "whsec_" not in view.dialog().inner_text(), "the secret is shown without being asked for"
    view.dialog().get_by_role("button", name="Show the secret").click()
    eventually(lambda: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" in view.dialog().inner_text(), "the secret is shown")
    view.browser.screenshot("dashboard-verify")


def test_a_new_keys_secret_is_shown_once_and_a_key_is_revoked(fake, dashboard):
    view = dashboard(fake.url)
    view.sign_in()
    view.go("#/keys")
    view.button("New key").click()
    view.dialog().get_by_label("Name").fill("Kiosk")
    view.dialog().get_by_role("button", name="Create").click()
    secret = "sec_4mXw9TzQ2bLr7VnKc8HyPd3JgA6sEf1U"
    eventually(lambda: secret in view.dialog().inner_text(), "the secret is shown")
    view.browser.screenshot("dashboard-new-key")
    view.dialog().get_by_role("button", name="I have saved it").click()
    eventually(lambda: any("Kiosk" in row[0] for row in view.rows()), "the key is listed")
    assert secret not in view.page.content()

    row = view.page.locator("tr", has_text="Web application")
    row.get_by_role("button", name="Revoke").click()
    view.dialog().get_by_role("button", name="Cancel").click()
    assert fake.company.keys[1]["revokedAt"] is None
    row.get_by_role("button", name="Revoke").click()
    view.browser.screenshot("dashboard-revoke")
    view.dialog().get_by_role("button", name="Revoke").click()
    eventually(lambda: "Revoked" in row.inner_text(), "it is revoked")
    own = view.page.locator("tr", has_text=API_KEY).first
    assert own.get_by_role("button", name="Revoke").count() == 0, "one's own key could be revoked"


def test_a_server_without_the_newer_routes_is_still_of_use(fake, dashboard):
    fake.absent = ["/v2/(live|webhooks|keys|insights|audit)(/.*)?", "/v2/sessions/[^/]+/(events|stats)"]
    view = dashboard(fake.url)
    view.sign_in()
    for name in ("live", "webhooks", "usage", "keys", "audit"):
        view.go(f"#/{name}")
        assert "Not available on this server" in view.text(), name
    view.browser.screenshot("dashboard-absent")
    view.go(f"#/sessions/{fake.company.sessions[5]['id']}")
    assert view.text().count("Not available on this server.") == 2
    assert view.page.locator("a.person").count() == len(fake.company.sessions[5]["participants"])
    view.go("#/sessions")
    assert len(view.rows()) == 20


def test_who_may_not_is_told_so(fake, dashboard):
    fake.refuses_admin = True
    view = dashboard(fake.url)
    view.sign_in()
    view.go("#/keys")
    assert "Not for this key" in view.text() and "Only an admin key" in view.text()


def test_a_server_that_is_away_is_told_and_what_was_known_stays(fake, dashboard):
    view = dashboard(fake.url)
    view.sign_in()
    rooms = view.page.get_by_test_id("live-room")
    eventually(lambda: rooms.count() == 3, "three rooms are there")
    fake.down = True
    eventually(lambda: "Not up to date" in view.text(), "the page says that it is not up to date")
    assert rooms.count() == 3
    view.browser.screenshot("dashboard-away")
    fake.down = False
    eventually(lambda: "Not up to date" not in view.text(), "and stops saying so", 20)

    fake.down = True
    view.page.evaluate("() => { location.hash = '#/rooms'; }")
    eventually(lambda: "could not be loaded" in view.text(), "a view that never came says so")
    fake.down = False
    view.button("Try again").click()
    eventually(lambda: len(view.rows()) == 9, "and comes when it can")


def test_a_token_that_is_no_longer_good_leads_back_to_the_start(fake, dashboard):
    view = dashboard(fake.url)
    view.open()
    view.page.get_by_role("radio", name="Token").check()
    view.page.locator("input[name=token]").fill(token(lifetime=4))
    view.button("Sign in").click()
    view.page.get_by_role("navigation", name="Dashboard").wait_for()
    start = time.monotonic()
    eventually(lambda: view.button("Sign in").is_visible(), "the page asks for a new one", 20)
    assert time.monotonic() - start > 1
    assert "You were signed out" in view.page.get_by_role("alert").inner_text()
