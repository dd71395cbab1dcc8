"""The probe itself, without a server: a test of calls is worth no more than what recognises them."""

from support.media import IDENTITIES
from support.waiting import eventually


def test_a_picture_and_a_tone_are_recognised_after_the_codecs(open_chromium, pages):
    ann = open_chromium(IDENTITIES[0])
    ann.browser.goto(pages + "/loop.html")
    eventually(lambda: ann.evaluate("() => window.ready === true"), "the page is connected")

    eventually(lambda: ann.seen() == {"Ann"}, "Ann's picture is seen")
    eventually(lambda: ann.heard() == {"Ann"}, "Ann's tone is heard")
    rates = ann.decoded_rates(3)
    assert [each["rate"] > 20 for each in rates] == [True], rates


def test_somebody_else_is_not_taken_for_ann(open_chromium, pages):
    bob = open_chromium(IDENTITIES[1])
    bob.browser.goto(pages + "/loop.html")
    eventually(lambda: bob.evaluate("() => window.ready === true"), "the page is connected")

    eventually(lambda: bob.seen() == {"Bob"}, "Bob's picture is seen")
    eventually(lambda: bob.heard() == {"Bob"}, "Bob's tone is heard")


def test_a_picture_that_stands_still_is_not_seen(open_chromium, pages):
    ann = open_chromium(IDENTITIES[0])
    ann.browser.goto(pages + "/loop.html")
    eventually(lambda: ann.seen() == {"Ann"}, "Ann's picture is seen")

    ann.evaluate("() => stoaProbe.connections[0].getSenders().map((sender) => sender.replaceTrack(null))")

    eventually(lambda: ann.seen() == set(), "nobody is seen")
    eventually(lambda: ann.heard() == set(), "nobody is heard")
