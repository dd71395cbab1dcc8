"""The page of the REST API, and the command line that uses it."""

import json
import subprocess
import time

import pytest

from support import browsers
from support.paths import BINARY
from support.peer import PeerThread
from support.server import APIError, clean_environment, token
from support.signalling import Signalling
from support.waiting import eventually

# Seconds; the server notices within half of one, on a machine that has nothing else to do.
SOON = 2

# Text on what it stands on, as WCAG measures it; null where nothing is written.
CONTRAST = """() => {
  const channel = (value) => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  const parse = (text) => text.match(/[\\d.]+/g).map(Number)
  const luminance = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255)
  let least = 21, where = ''
  for (const element of document.querySelectorAll('main *, header *')) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue
    let base = element
    while (base && parse(getComputedStyle(base).backgroundColor)[3] === 0) base = base.parentElement
    const below = base ? parse(getComputedStyle(base).backgroundColor) : [255, 255, 255]
    const pair = [luminance(parse(getComputedStyle(element).color)), luminance(below)].sort((a, b) => b - a)
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05)
    if (ratio < least) { least = ratio; where = element.outerHTML.slice(0, 120) }
  }
  return [least, where]
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280], ids=["phone", "desk"])
def test_the_api_is_explained_on_a_page(server, playwright, width, scheme):
    if not browsers.CHROMIUM:
        pytest.skip("there is no chromium")
    document = server.rest("GET", "/openapi.json")
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    browser = browsers.Chromium(playwright, fake_devices=False, viewport={"width": width, "height": 800})
    try:
        browser.page.emulate_media(color_scheme=scheme)
        browser.goto(f"{server.url}/docs")
        browser.page.wait_for_selector("article")

        assert browser.page.locator("article").count() == len(operations)
        for operation in operations:
            article = browser.page.locator(f"#{operation['operationId']}")
            assert operation["summary"] in article.inner_text()
        assert browser.evaluate("() => document.documentElement.scrollWidth") <= width
        least, where = browser.evaluate(CONTRAST)
        assert least >= 4.5, where
        commands = [text for text in browser.page.locator("pre").all_inner_texts() if "POST" in text]
        assert any(f"'{server.url}/v2/rooms'" in text and "customRoomId" in text for text in commands)
        assert not browser.messages, browser.messages
        browser.screenshot(f"docs-{width}-{scheme}")
    finally:
        browser.close()


def key(server, *arguments):
    """What `stoa key` prints about the server's data folder."""
    return subprocess.run(
        [BINARY, "key", *arguments, "--data", str(server.folder / "data")], check=True, capture_output=True,
        text=True, timeout=20, env=clean_environment()).stdout


def test_a_key_of_the_command_line_works_in_a_running_server_until_it_is_revoked(server):
    made = json.loads(key(server, "create", "Web shop", "--json"))
    access = token(key=made["key"], secret=made["secret"])

    def works():
        try:
            return server.rest("GET", "/v2/rooms", auth=access)["data"] == []
        except APIError as error:
            assert error.status == 401
            return False

    began = time.monotonic()
    eventually(works, "the key works", 5)
    assert time.monotonic() - began < SOON

    room = server.rest("POST", "/v2/rooms", {}, auth=access)["roomId"]
    thread = PeerThread()
    ann = Signalling(server.url)
    try:
        async def join():
            await ann.open()
            await ann.join(room, "Ann", mode="SIGNALLING_ONLY", participantId="ann", auth=access)

        thread.run(join())
        assert "Web shop" in key(server, "list") and made["secret"] not in key(server, "list")

        key(server, "revoke", made["key"])
        began = time.monotonic()
        eventually(
            lambda: any(event["type"] == "meeting-left" for event in ann.events), "Ann is taken out", 5)
        assert time.monotonic() - began < SOON
        left = next(event for event in ann.events if event["type"] == "meeting-left")
        assert left["reason"]["code"] == 1007
        with pytest.raises(APIError) as refusal:
            server.rest("GET", "/v2/rooms", auth=access)
        assert refusal.value.status == 401
    finally:
        thread.run(ann.close())
        thread.stop()


def stoa(server, *arguments):
    """Exit code and output of `stoa` against the server."""
    done = subprocess.run(
        [BINARY, *arguments, "--dev", "--url", server.url], capture_output=True, text=True, timeout=20,
        cwd=server.folder, env=clean_environment())
    return done.returncode, done.stdout + done.stderr


def test_rooms_and_sessions_from_the_command_line(server):
    code, text = stoa(server, "room", "create", "--custom-id", "team a/b")
    assert code != 0 and "customRoomId" in text and "400" in text
    code, text = stoa(server, "room", "create", "--custom-id", "teäm", "--json")
    room = json.loads(text)["roomId"]
    thread = PeerThread()
    ann = Signalling(server.url)
    try:
        async def join():
            await ann.open()
            return await ann.join(room, "Ann \x1b[2J", mode="SIGNALLING_ONLY", participantId="ann")

        session = thread.run(join())["sessionId"]
        code, text = stoa(server, "room", "list")
        assert code == 0 and text.splitlines()[0].split() == ["ROOM", "CUSTOM", "ID", "DISABLED", "CREATED"]
        assert room in text and "teäm" in text
        code, text = stoa(server, "session", "list", "--room", "teäm")
        assert code == 0 and session in text and "ongoing" in text
        code, text = stoa(server, "session", "show", session)
        assert "ann" in text and "\x1b" not in text
        code, text = stoa(server, "session", "end", session)
        assert code == 0 and "ended" in text
        assert stoa(server, "room", "end", room)[0] == 69
        code, text = stoa(server, "room", "disable", "teäm")
        assert code == 0 and server.rest("GET", f"/v2/rooms/{room}")["disabled"]
        code, text = stoa(server, "room", "show", "nothing")
        assert code == 69 and "There is no such room. (404 ROOM_NOT_FOUND)" in text
    finally:
        thread.run(ann.close())
        thread.stop()
