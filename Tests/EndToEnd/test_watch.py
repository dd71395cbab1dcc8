"""Recording and streaming from the meeting page, and the page of viewers, used by people."""

import math

import pytest

from support.calls import ANN, BOB
from support.page import MeetingPage
from support.server import APIError
from support.waiting import eventually


@pytest.fixture
def composing(server):
    """The server, if it can record and stream meetings."""
    try:
        server.rest("GET", "/v2/hls")
    except APIError as error:
        if "ROUTE_NOT_FOUND" in str(error):
            pytest.skip("this server composes no meetings")
        raise
    return server


class ViewerPage:
    """One viewer's page in Chromium."""

    def __init__(self, person, server_url):
        self.person, self.page, self.url = person, person.browser.page, server_url

    def element(self, test_id):
        return self.page.get_by_test_id(test_id)

    def watch(self, room, query=""):
        self.page.goto(f"{self.url}/watch/?room={room}{query}")
        self.element("name-input").fill(self.person.name)
        self.element("join-button").click()
        self.element("leave-button").wait_for(timeout=15_000)

    def scene(self):
        scene = self.element("stream-scene")
        return scene.inner_text() if scene.is_visible() else ""

    def picture(self):
        """Mean colour in the middle of the stream, and the moment of it; None if nothing is seen."""
        return self.page.evaluate("""() => {
          const video = document.querySelector('[data-testid="stream"]');
          if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 16;
          const context = canvas.getContext('2d');
          context.drawImage(video, 0, 0, 16, 16);
          const [r, g, b] = context.getImageData(8, 6, 1, 1).data;
          return { rgb: [r, g, b], time: video.currentTime, width: video.videoWidth, ended: video.ended };
        }""")

    def messages(self):
        return self.page.evaluate(
            "() => [...document.querySelectorAll('[data-testid=\"chat-message\"] .message-text')]"
            ".map((each) => each.textContent)")


def shows(picture, identity):
    """Whether a picture has the colour of somebody, as far as it can be told through two encoders."""
    return picture is not None and math.dist(picture["rgb"], identity.colour) < 90


def test_a_viewer_waits_writes_and_is_noticed(server, open_chromium):
    room = server.create_room()
    ann = MeetingPage(open_chromium(ANN), server.url)
    ann.enter(room)
    vera = ViewerPage(open_chromium(BOB, fake_devices=False, picture=None, tone=None), server.url)
    vera.page.goto(f"{server.url}/?room={room}&mode=VIEWER")
    vera.page.wait_for_url("**/watch/**")
    vera.watch(room)
    assert "begins soon" in vera.scene()
    assert vera.element("viewer-count").inner_text() == "1 watching"
    vera.person.browser.screenshot("watch-before")

    ann.page.keyboard.press("c")
    vera.element("chat-input").fill("Hello from the hall")
    vera.element("chat-send").click()
    eventually(lambda: ann.messages() == ["Hello from the hall"], "Ann reads what the viewer wrote")
    ann.say("Welcome")
    eventually(lambda: vera.messages()[-1:] == ["Welcome"], "the viewer reads what Ann wrote")

    vera.element("raise-hand").click()
    ann.says("Bob raised a hand")
    vera.element("react-clap").click()
    eventually(lambda: ann.page.locator(".reaction").count() == 1, "Ann sees the reaction")

    # Brought on stage, a viewer is offered the page of the call.
    ann.choose("Bob", "bring-on-stage")
    eventually(lambda: "invited on stage" in vera.element("status-banner").inner_text(), "the viewer is invited")
    vera.page.get_by_role("button", name="Join with sound and picture").click()
    vera.page.wait_for_url(lambda url: "/watch/" not in url)
    assert vera.element("room-input").input_value() == room


def test_who_may_not_moderate_is_offered_nothing(server, open_chromium):
    ann = MeetingPage(open_chromium(ANN), server.url)
    ann.enter(server.create_room(), "?permissions=allow_join")
    assert not ann.element("record-button").is_visible()
    assert not ann.element("broadcast-button").is_visible()


def test_a_destination_without_a_key_is_told_before_anything_is_asked(server, open_chromium):
    ann = MeetingPage(open_chromium(ANN), server.url)
    ann.enter(server.create_room())
    ann.element("broadcast-button").click()
    ann.element("menu-start-livestream").click()
    assert ann.element("stream-key").get_attribute("type") == "password"
    ann.element("start-output").click()
    assert ann.page.get_by_text("Enter the stream key.").is_visible()
    ann.element("service").select_option("custom")
    ann.element("destination-url").fill("https://not.rtmp.example/app")
    ann.element("stream-key").fill("secret")
    ann.element("start-output").click()
    assert ann.page.get_by_text("An address looks like rtmp://live.example.com/app").is_visible()


def test_a_meeting_is_recorded_and_the_recording_played(composing, open_chromium):
    server = composing
    room = server.create_room()
    ann, bob = (MeetingPage(open_chromium(identity), server.url) for identity in (ANN, BOB))
    ann.enter(room)
    bob.enter(room, "?permissions=allow_join")
    ann.element("record-button").click()
    ann.element("start-output").click()
    for page in (ann, bob):
        page.element("recording-badge").wait_for(timeout=20_000)
    eventually(lambda: "REC 0:0" in bob.element("recording-badge").inner_text(), "Bob sees for how long")
    bob.person.browser.screenshot("recording")
    ann.page.wait_for_timeout(5_000)
    ann.element("record-button").click()
    ann.says("The recording is finished")
    assert not bob.element("recording-badge").is_visible()
    ann.element("status-banner").get_by_role("button", name="Show").click()
    play = ann.element("play-recording")
    play.wait_for(timeout=15_000)
    play.click()
    video = ann.page.locator("video.recording-player")
    eventually(lambda: video.evaluate("(video) => video.currentTime > 0.5 && video.duration > 3"), "the recording plays", 20)
    ann.person.browser.screenshot("recordings")


def test_a_viewer_sees_the_stream_its_past_and_its_end(composing, open_chromium):
    server = composing
    room = server.create_room()
    ann = MeetingPage(open_chromium(ANN), server.url)
    ann.enter(room)
    vera = ViewerPage(open_chromium(BOB, fake_devices=False, picture=None, tone=None), server.url)
    vera.watch(room)
    ann.element("broadcast-button").click()
    ann.element("menu-start-hls").click()
    ann.element("start-output").click()
    eventually(lambda: shows(vera.picture(), ANN), "the viewer sees Ann", 45)
    vera.person.browser.screenshot("watch-playing")
    assert vera.element("live-badge").is_visible()

    # Another one who comes later sees it as well.
    late = ViewerPage(open_chromium(BOB, fake_devices=False, picture=None, tone=None), server.url)
    late.watch(room)
    eventually(lambda: shows(late.picture(), ANN), "a late viewer sees Ann", 20)

    # Nobody is pinned, so the spotlight is on nobody.
    ann.element("broadcast-button").click()
    ann.element("menu-change-layout").click()
    ann.element("layout-SPOTLIGHT").check(force=True)
    ann.person.browser.screenshot("change-layout")
    eventually(lambda: vera.picture() and not shows(vera.picture(), ANN), "the viewer sees another layout", 20)
    ann.element("layout-GRID").check(force=True)
    eventually(lambda: shows(vera.picture(), ANN), "the viewer sees Ann again", 20)
    ann.page.keyboard.press("Escape")

    # With a past that is longer than what counts as live.
    eventually(lambda: vera.picture()["time"] > 12, "some of the stream has passed", 30)
    before = vera.picture()["time"]
    vera.page.keyboard.press("Home")
    eventually(lambda: vera.picture() and vera.picture()["time"] < min(before, 4), "the beginning is seen")
    eventually(lambda: vera.element("live-button").inner_text() == "Go to live", "the way back is offered")
    vera.element("live-button").click()
    eventually(lambda: vera.picture() and vera.picture()["time"] > before, "it is live again")

    ann.element("broadcast-button").click()
    ann.element("menu-stop-hls").click()
    eventually(lambda: "has ended" in vera.scene(), "the viewer is told of the end", 40)
    vera.element("watch-again").click()
    eventually(lambda: shows(vera.picture(), ANN) and not vera.picture()["ended"], "it is seen once more", 20)


def test_viewers_vote_in_polls_and_ask_questions(server, open_chromium):
    room = server.create_room()
    ann = MeetingPage(open_chromium(ANN), server.url)
    ann.enter(room)
    vera = ViewerPage(open_chromium(BOB, fake_devices=False, picture=None, tone=None), server.url)
    vera.watch(room)
    of_ann = ann.page.get_by_test_id
    of_ann("activities-button").click()
    of_ann("new-poll").click()
    of_ann("poll-question").fill("Where do we meet next?")
    answers = of_ann("poll-answer")
    answers.nth(0).fill("In Rome")
    answers.nth(1).fill("In Oslo")
    of_ann("more-answers").click()
    answers.nth(2).fill("Here again")
    of_ann("start-poll").click()

    vera.element("activities-tab").click()
    vera.element("poll").wait_for()
    assert "%" not in vera.element("poll").inner_text(), "who has not voted does not see how others did"
    vera.element("poll-option").nth(1).click()
    eventually(lambda: "100 %" in vera.element("poll-option").nth(1).inner_text(), "one's own vote is counted")
    eventually(lambda: "1 vote" in of_ann("poll").inner_text(), "the host sees it")
    vera.element("question-input").fill("Will there be slides?")
    vera.element("question-send").click()
    of_ann("question").wait_for()
    of_ann("support-question").click()
    eventually(lambda: "2" in vera.element("support-question").inner_text(), "two would like to know")
    vera.person.browser.screenshot("watch-activities")
    ann.person.browser.screenshot("call-activities")

    # Who comes later finds all of it.
    cara = ViewerPage(open_chromium(BOB, fake_devices=False, picture=None, tone=None), server.url)
    cara.watch(room)
    cara.element("activities-tab").click()
    cara.element("poll-option").nth(0).click()
    eventually(lambda: "2 votes" in of_ann("poll").inner_text(), "a second vote")
    of_ann("end-poll").click()
    of_ann("answer-question").click()
    for page in (vera, cara):
        eventually(lambda page=page: "2 votes · ended" in page.element("poll").inner_text(), "it is over")
        eventually(lambda page=page: "Answered" in page.element("question").inner_text(), "it was answered")
    assert vera.element("poll-option").nth(0).is_disabled()
