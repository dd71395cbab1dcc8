"""Files that live as long as the session, with the SDK."""

import base64

import pytest

from support.calls import ANN, BOB, enter, events
from support.server import token
from support.waiting import eventually


def test_a_file_goes_to_the_others_and_is_gone_with_the_session(server, pages, open_chromium):
    if "/v2/files" not in server.rest("GET", "/openapi.json")["paths"]:
        pytest.skip("this server keeps no files")
    room = server.create_room()
    ann, bob = open_chromium(ANN), open_chromium(BOB)
    enter(ann, pages, server.url, room, own=None)
    enter(bob, pages, server.url, room, own=None)
    content = base64.b64encode("grüße\n".encode()).decode()

    url = ann.evaluate(
        "([base64Data, token]) => call.meeting.uploadBase64File({ base64Data, token, fileName: 'note.txt' })",
        [content, token()])
    assert url.startswith("http")
    fetch = "([url, token]) => call.meeting.fetchBase64File({ url, token }).catch((error) => error.code)"
    assert bob.evaluate(fetch, [url, token()]) == content
    code = ann.evaluate(
        "([base64Data, token]) => call.meeting.uploadBase64File({ base64Data, token, fileName: 'note.exe' })"
        ".catch((error) => error.code)", [content, token()])
    assert code == 3073

    server.rest("POST", "/v2/sessions/end", {"roomId": room})
    eventually(lambda: events(bob, "meeting-left"), "the session has ended")
    assert bob.evaluate(fetch, [url, token()]) == 4404
