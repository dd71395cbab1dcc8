#!/usr/bin/env python3
"""Records the session descriptions in this folder from real peers.

usage: record.py [chromium] [firefox] [aiortc] [gstreamer]

Needs chromium and firefox-esr (apt), playwright, websockets and aiortc (pip). For gstreamer run it
with /usr/bin/python3 and python3-gst-1.0, gir1.2-gst-plugins-bad-1.0, gstreamer1.0-nice and
gstreamer1.0-plugins-{base,good,bad} (apt). Certificates, ICE credentials and candidates differ on
every run; the tests do not depend on them.
"""
import asyncio
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))

SIMULCAST = """async () => {
  const pc = new RTCPeerConnection({bundlePolicy: 'max-bundle'});
  const media = await navigator.mediaDevices.getUserMedia(
    {audio: true, video: {width: 1280, height: 720}});
  pc.addTransceiver(media.getAudioTracks()[0], {direction: 'sendonly', streams: [media]});
  pc.addTransceiver(media.getVideoTracks()[0], {direction: 'sendonly', streams: [media],
    sendEncodings: [{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h', scaleResolutionDownBy: 2},
      {rid: 'f'}]});
  for (const kind of ['audio', 'video', 'video']) pc.addTransceiver(kind, {direction: 'recvonly'});
  pc.createDataChannel('data');
  await pc.setLocalDescription();
  await new Promise(done => {
    pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') done(); };
    setTimeout(done, 3000);
  });
  return pc.localDescription.sdp;
}"""
VIEWER = """async () => {
  const pc = new RTCPeerConnection();
  for (const kind of ['audio', 'video']) pc.addTransceiver(kind, {direction: 'recvonly'});
  await pc.setLocalDescription();
  await new Promise(done => {
    pc.onicegatheringstatechange = () => { if (pc.iceGatheringState === 'complete') done(); };
    setTimeout(done, 3000);
  });
  return pc.localDescription.sdp;
}"""
ANSWER = """async () => {
  const a = new RTCPeerConnection(), b = new RTCPeerConnection();
  const media = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  for (const track of media.getTracks()) a.addTrack(track, media);
  a.createDataChannel('data');
  await a.setLocalDescription();
  await b.setRemoteDescription(a.localDescription);
  await b.setLocalDescription();
  return b.localDescription.sdp;
}"""


def save(name, sdp):
    with open(os.path.join(HERE, name), "w", newline="") as file:
        file.write(sdp)
    print(name, len(sdp.splitlines()), "lines")


class Blank(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>offer</title>")

    def log_message(self, *_):
        pass


def page():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Blank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


def chromium():
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--use-fake-device-for-media-stream"]
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=flags + ["--use-fake-ui-for-media-stream"])
        tab = browser.new_page()
        tab.goto(page())
        save("chromium-simulcast-offer.sdp", tab.evaluate(SIMULCAST))
        save("chromium-answer.sdp", tab.evaluate(ANSWER))
        browser.close()
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        tab = browser.new_page()
        tab.goto(page())
        save("chromium-viewer-offer.sdp", tab.evaluate(VIEWER))  # candidates are .local names
        browser.close()


PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "app.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


async def firefox():
    import websockets

    profile = tempfile.mkdtemp(prefix="firefox-profile")
    with open(os.path.join(profile, "user.js"), "w") as file:
        for key, value in PREFERENCES.items():
            file.write(f"user_pref({json.dumps(key)}, {json.dumps(value)});\n")
    process = subprocess.Popen(
        ["firefox-esr", "--headless", "--no-remote", "--profile", profile,
         "--remote-debugging-port", "0"],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        env={**os.environ, "HOME": profile, "MOZ_HEADLESS": "1"})
    address = None
    for line in process.stderr:
        if match := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
            address = match.group(1)
            break
    threading.Thread(target=lambda: [None for _ in process.stderr], daemon=True).start()
    async with websockets.connect(address + "/session", max_size=None) as socket:
        number = 0

        async def command(method, parameters):
            nonlocal number
            number += 1
            await socket.send(
                json.dumps({"id": number, "method": method, "params": parameters}))
            while True:
                reply = json.loads(await socket.recv())
                if reply.get("id") == number:
                    if reply["type"] == "error":
                        raise RuntimeError(reply["message"])
                    return reply["result"]

        async def evaluate(function):
            reply = await command("script.evaluate", {
                "expression": f"({function})()", "target": {"context": context},
                "awaitPromise": True, "userActivation": True})
            if reply["type"] == "exception":
                raise RuntimeError(reply["exceptionDetails"]["text"])
            return reply["result"]["value"]

        await command("session.new", {"capabilities": {}})
        tree = await command("browsingContext.getTree", {})
        context = tree["contexts"][0]["context"]
        await command("browsingContext.navigate",
                      {"context": context, "url": page(), "wait": "complete"})
        save("firefox-simulcast-offer.sdp", await evaluate(SIMULCAST))
        save("firefox-viewer-offer.sdp", await evaluate(VIEWER))
        await command("browser.close", {})
    process.wait(10)


async def aiortc():
    from aiortc import RTCPeerConnection
    from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack

    connection = RTCPeerConnection()
    connection.addTrack(AudioStreamTrack())
    connection.addTrack(VideoStreamTrack())
    connection.createDataChannel("data")
    await connection.setLocalDescription(await connection.createOffer())
    save("aiortc-offer.sdp", connection.localDescription.sdp)
    await connection.close()


def gstreamer():
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstWebRTC", "1.0")
    gi.require_version("GstSdp", "1.0")
    from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: F401

    Gst.init(None)
    pipeline = Gst.parse_launch(
        "webrtcbin name=peer bundle-policy=max-bundle "
        "videotestsrc is-live=true ! vp8enc deadline=1 ! rtpvp8pay ! "
        "application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer. "
        "audiotestsrc is-live=true ! opusenc ! rtpopuspay ! "
        "application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! peer.")
    peer = pipeline.get_by_name("peer")
    loop = GLib.MainLoop()

    def created(promise, *_):
        reply = promise.get_reply()  # owns the offer
        peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    peer.connect("on-negotiation-needed", lambda _: peer.emit(
        "create-offer", None, Gst.Promise.new_with_change_func(created, None)))

    def gathered(*_):
        if peer.get_property("ice-gathering-state").value_nick == "complete":
            loop.quit()

    peer.connect("notify::ice-gathering-state", gathered)
    pipeline.set_state(Gst.State.READY)
    peer.emit("create-data-channel", "data", None)
    pipeline.set_state(Gst.State.PLAYING)
    GLib.timeout_add_seconds(10, loop.quit)
    loop.run()
    save("gstreamer-offer.sdp", peer.get_property("local-description").sdp.as_text())
    pipeline.set_state(Gst.State.NULL)


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["chromium", "firefox", "aiortc"]
    if "chromium" in wanted:
        chromium()
    if "firefox" in wanted:
        asyncio.run(firefox())
    if "aiortc" in wanted:
        asyncio.run(aiortc())
    if "gstreamer" in wanted:
        gstreamer()
