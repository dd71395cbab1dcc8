"""Browsers that a test opens: Chromium through Playwright, Firefox through WebDriver BiDi.

Both have `goto`, `evaluate`, `screenshot` and `close`, and run pages/probe.js before a page's code.
"""

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

import websockets.sync.client

from .paths import ARTIFACTS, END_TO_END

PROBE = (END_TO_END / "pages" / "probe.js").read_text()
CHROMIUM = shutil.which("chromium")
FIREFOX = shutil.which("firefox-esr")


class Chromium:
    """One Chromium process with one page; its camera and microphone play the given files.

    What is in `context` goes to the browser context: `color_scheme`, `locale`.
    """

    def __init__(self, playwright, picture=None, tone=None, fake_devices=True, arguments=(), viewport=None,
                 **context):
        flags = ["--autoplay-policy=no-user-gesture-required", "--disable-gpu",
                 "--disable-background-timer-throttling", "--disable-renderer-backgrounding", *arguments]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        if fake_devices:
            flags += ["--use-fake-device-for-media-stream=fps=30", "--use-fake-ui-for-media-stream"]
        if picture:
            flags.append(f"--use-file-for-fake-video-capture={picture}")
        if tone:
            flags.append(f"--use-file-for-fake-audio-capture={tone}")
        self.browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
        self.context = self.browser.new_context(
            viewport=viewport or {"width": 960, "height": 640}, ignore_https_errors=True, **context)
        self.context.add_init_script(PROBE)
        self.page = self.context.new_page()
        self.messages = []
        self.page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))

    def goto(self, url):
        self.page.goto(url)

    def evaluate(self, function, argument=None):
        """Calls a JavaScript function (its source) with one JSON argument, awaits its result."""
        return self.page.evaluate(function, argument)

    def screenshot(self, name):
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(ARTIFACTS / f"{name}.png"))

    def close(self):
        self.browser.close()


FIREFOX_PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.default_address_only": False,
    "media.autoplay.default": 0,
    "media.gmp-manager.updateEnabled": False,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Firefox:
    """One Firefox process with one page; its microphone is Firefox's own fake, with a tone."""

    def __init__(self, hertz):
        self.profile = tempfile.mkdtemp(prefix="stoa-firefox-")
        Path(self.profile, "user.js").write_text("".join(
            f"user_pref({json.dumps(key)}, {json.dumps(value)});\n"
            for key, value in {**FIREFOX_PREFERENCES, "media.navigator.audio.fake_frequency": hertz}.items()))
        self.process = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--profile", self.profile, "--remote-debugging-port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "HOME": self.profile, "MOZ_HEADLESS": "1"}, start_new_session=True)
        self.messages = []
        self.next_id = 0
        self.stack = contextlib.ExitStack()
        self.socket = self.stack.enter_context(websockets.sync.client.connect(
            self._address() + "/session", max_size=None, compression=None, close_timeout=1))
        self.command("session.new", {"capabilities": {}})
        self.context = self.command("browsingContext.getTree", {})["contexts"][0]["context"]
        self.command("script.addPreloadScript", {"functionDeclaration": f"() => {{ {PROBE} }}"})

    def _address(self):
        found, address = threading.Event(), []

        def read():
            for line in self.process.stderr:
                match = re.search(r"WebDriver BiDi listening on (ws://\S+)", line)
                if match:
                    address.append(match.group(1))
                    found.set()
            found.set()

        threading.Thread(target=read, daemon=True).start()
        if not found.wait(60) or not address:
            raise RuntimeError("Firefox did not start")
        return address[0]

    def command(self, method, parameters):
        """Sends one BiDi command and returns its result."""
        self.next_id += 1
        self.socket.send(json.dumps({"id": self.next_id, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv(timeout=60))
            if answer.get("id") == self.next_id:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def goto(self, url):
        self.command("browsingContext.navigate", {"context": self.context, "url": url, "wait": "complete"})

    def evaluate(self, function, argument=None):
        """Calls a JavaScript function (its source) with one JSON argument, awaits its result."""
        expression = f"(async () => JSON.stringify(await ({function})({json.dumps(argument)})) ?? 'null')()"
        answer = self.command("script.evaluate", {
            "expression": expression, "target": {"context": self.context},
            "awaitPromise": True, "userActivation": True})
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def screenshot(self, name):
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        data = self.command("browsingContext.captureScreenshot", {"context": self.context})["data"]
        (ARTIFACTS / f"{name}.png").write_bytes(base64.b64decode(data))

    def close(self):
        try:
            self.command("browser.close", {})
        except Exception:  # it may close the socket before it answers
            pass
        self.stack.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait(5)
        shutil.rmtree(self.profile, ignore_errors=True)


