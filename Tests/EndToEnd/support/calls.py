"""Calls made with the SDK alone, on a page of another origin than the server's."""

from .media import IDENTITIES
from .server import token
from .waiting import eventually

ANN, BOB, CEM, DEE, EVE, FLO = IDENTITIES


def load_sdk(person, pages, server_url):
    """Opens the test page and loads the SDK of the server at `server_url`."""
    person.browser.goto(pages + "/call.html")
    person.evaluate("(server) => call.load(server)", server_url)


def join(person, room, own="capture", **parameters):
    """Joins with one's own picture and tone; returns the participant's id."""
    return person.evaluate("(parameters) => call.join(parameters)", {
        "meetingId": room, "name": person.name, "token": token(), "own": own,
        "colour": person.identity.colour, **parameters})


def enter(person, pages, server_url, room, **parameters):
    load_sdk(person, pages, server_url)
    return join(person, room, **parameters)


def events(person, name):
    """Details of this person's events called `name`, in order."""
    return [event["detail"] for event in person.evaluate("(name) => call.names(name)", name)]


def others(person):
    return person.evaluate("() => call.others()")


def everyone_meets(people, seconds=30):
    """Waits until each of `people` sees and hears all the others and nobody else."""
    for person in people:
        person.sees_and_hears([other for other in people if other is not person], seconds)


def connected(person, seconds=15):
    """Waits for a connected transport, and returns the statistics."""

    def state():
        statistics = person.statistics()
        return statistics if statistics and statistics["state"] == "connected" and statistics["pair"] else None

    return eventually(state, f"{person.name}'s media is connected", seconds)
