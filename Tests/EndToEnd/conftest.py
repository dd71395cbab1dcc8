"""Fixtures of the end-to-end tests. What cannot run on this machine is skipped with its reason."""

import functools
import http.server
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

from support import browsers, network
from support.media import MediaFiles
from support.paths import ARTIFACTS, BINARY, END_TO_END, WEB
from support.people import Person
from support.server import Server


def pytest_configure(config):
    config.addinivalue_line("markers", "serve(*options): options of `stoa serve` for this test")
    if not config.option.collectonly:
        network.isolate()


def pytest_sessionstart(session):
    shutil.rmtree(ARTIFACTS, ignore_errors=True)
    ARTIFACTS.mkdir(parents=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call":
        item.failed_in_call = report.failed
    return report


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as instance:
        yield instance


@pytest.fixture(scope="session")
def media(tmp_path_factory):
    return MediaFiles(tmp_path_factory.mktemp("media"))


@pytest.fixture
def server(request, tmp_path):
    """A server of the test's own, with two shards; the log is kept if the test fails.

    `@pytest.mark.serve("--option", …)` gives it options.
    """
    if not BINARY.exists():
        pytest.skip(f"{BINARY} is not built")
    if not (WEB / "index.html").exists():
        pytest.skip(f"{WEB} is not built")
    marker = request.node.get_closest_marker("serve")
    instance = Server(tmp_path / "stoa", options=marker.args if marker else ())
    instance.start()
    yield instance
    try:
        instance.stop()
    finally:
        if getattr(request.node, "failed_in_call", False):
            shutil.copy(instance.log, ARTIFACTS / f"{request.node.name}.server.log")


@pytest.fixture
def open_chromium(request, playwright, media):
    """Opens Chromium for an identity; all of them are closed at the end."""
    if not browsers.CHROMIUM:
        pytest.skip("there is no chromium")
    people = []

    def open_one(identity, **options):
        picture, tone = media.of(identity)
        options = {"picture": picture, "tone": tone, **options}
        people.append(Person(browsers.Chromium(playwright, **options), identity))
        return people[-1]

    yield open_one
    _close(request, people)


@pytest.fixture
def open_firefox(request):
    """Opens Firefox for an identity, whose picture the page has to paint."""
    if not browsers.FIREFOX:
        pytest.skip("there is no firefox-esr")
    if not network.isolated:
        pytest.skip("no network namespace, and Firefox reaches no server that is on loopback only")
    people = []

    def open_one(identity):
        people.append(Person(browsers.Firefox(identity.hertz), identity))
        return people[-1]

    yield open_one
    _close(request, people)


def _close(request, people):
    for person in people:
        try:
            if getattr(request.node, "failed_in_call", False):
                name = f"{request.node.name}-{person.name}"
                person.browser.screenshot(name)
                (ARTIFACTS / f"{name}.log").write_text("\n".join(person.browser.messages) + "\n")
        except Exception as error:  # the browser itself may be what failed
            print(f"no screenshot of {person.name}: {error}")
        finally:
            person.close()


@pytest.fixture(scope="session")
def pages():
    """Serves pages/ on a loopback port of its own: an application that embeds the SDK."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    httpd = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(END_TO_END / "pages")))
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_address[1]}"
    httpd.shutdown()
