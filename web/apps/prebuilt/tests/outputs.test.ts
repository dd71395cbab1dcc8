import assert from "node:assert/strict";
import { test } from "node:test";
import { onThisOrigin } from "../src/addresses";
import { viewerLink, viewersPage } from "../src/access";
import { configOf, Destination, elapsed, problemOf, readLook, size, targetOf, USUAL_LOOK } from "../src/outputs/choices";
import { isFinished } from "../src/outputs/recordings";
import { phaseOf, sinceWhen } from "../src/outputs/state";
import { inWords } from "../src/words";

test("a look is remembered, and what nobody chose has its usual value", () => {
  const look = { ...USUAL_LOOK, layout: "SIDEBAR", quality: "high", audioOnly: true } as const;
  assert.deepEqual(readLook(JSON.stringify(look)), look);
  for (const text of ["", "null", "[]", "{", '{"layout":"CIRCLE","quality":1,"audioOnly":"yes"}']) {
    assert.deepEqual(readLook(text), USUAL_LOOK);
  }
});

test("sidebar and spotlight show who is pinned, a grid who speaks", () => {
  assert.deepEqual(configOf("recording", USUAL_LOOK), {
    layout: { type: "GRID", priority: "SPEAKER", gridSize: 25 },
    theme: "DARK",
    mode: "video-and-audio",
    quality: "med",
    orientation: "landscape",
  });
  assert.equal(configOf("hls", { ...USUAL_LOOK, layout: "SPOTLIGHT" }).layout?.priority, "PIN");
  assert.equal(configOf("hls", { ...USUAL_LOOK, audioOnly: true }).mode, "audio");
  // No streaming service takes a stream without a picture.
  assert.equal(configOf("livestream", { ...USUAL_LOOK, audioOnly: true }).mode, "video-and-audio");
});

test("a destination needs a key, and another server an address of RTMP", () => {
  const custom = (url: string, key = "k"): Destination => ({ service: "custom", url, key });
  assert.equal(problemOf({ service: "youtube", url: "", key: " abc " }), null);
  assert.equal(problemOf({ service: "youtube", url: "", key: "  " })?.field, "key");
  assert.equal(problemOf(custom("rtmps://live.example.com:443/app/x")), null);
  for (const url of ["", "https://a/b", "rtmp://", "rtmp://host", "rtmp:// host/app", "live.example.com/app"]) {
    assert.equal(problemOf(custom(url))?.field, "url", url);
  }
  assert.equal(problemOf(custom("rtmp://a/b", ""))?.field, "key");
  assert.deepEqual(targetOf({ service: "twitch", url: "rtmp://old/value", key: " k1 " }), {
    url: "rtmp://live.twitch.tv/app",
    streamKey: "k1",
  });
  assert.deepEqual(targetOf(custom(" rtmp://a/b ")), { url: "rtmp://a/b", streamKey: "k" });
});

test("times and sizes are short", () => {
  assert.deepEqual([0, 59_999, 245_000, 3_725_000, -5].map(elapsed), ["0:00", "0:59", "4:05", "1:02:05", "0:00"]);
  assert.deepEqual([0, 999, 740_000, 12_400_000, 123_000_000, 5e12].map(size), [
    "0 bytes",
    "999 bytes",
    "740 kB",
    "12.4 MB",
    "123 MB",
    "5.0 TB",
  ]);
});

test("a state is off, on, or on its way", () => {
  const states = ["RECORDING_STARTING", "LIVESTREAM_STARTED", "HLS_PLAYABLE", "HLS_STOPPING", "HLS_STOPPED"];
  assert.deepEqual(states.map(phaseOf), ["starting", "on", "on", "stopping", "off"]);
});

test("who comes late counts from when the server says it began, who saw it begin from then", () => {
  assert.equal(sinceWhen("on", "off", null, 5_000, 65_000), 5_000);
  assert.equal(sinceWhen("on", "on", 5_000, 6_000, 66_000), 5_000);
  assert.equal(sinceWhen("on", "starting", null, 1_000, 65_000), 65_000);
  assert.equal(sinceWhen("stopping", "on", 5_000, 5_000, 70_000), 5_000);
  assert.equal(sinceWhen("on", "off", null, 99_000, 65_000), 65_000, "the server's clock is ahead");
  assert.equal(sinceWhen("on", "off", null, null, 65_000), null);
  assert.equal(sinceWhen("off", "on", 5_000, null, 70_000), null);
});

test("a recording is played when it is finished, whether it broke off or not", () => {
  const recording = { id: "r", createdAt: "2026-11-26T12:00:00Z" };
  const finished = ["starting", "started", "stopping", "stopped", "failed"].map((status) => isFinished({ ...recording, status }));
  assert.deepEqual(finished, [false, false, false, true, true]);
  assert(isFinished({ ...recording, file: {} }));
});

test("errors of recordings and streams are told with the server's reason, if it has one", () => {
  assert.equal(
    inWords({ code: 5002, message: "YouTube refused the key." }),
    "The livestream broke off: a streaming service refused it or went away. (YouTube refused the key.)",
  );
  assert(inWords({ code: 4015, message: "INVALID_LIVESTREAM_CONFIG" }).endsWith("address and key."));
  assert(inWords({ code: 4011, message: "The disk is full." }).endsWith("(The disk is full.)"));
  assert(inWords({ code: 4011, message: "The recording could not be started." }).endsWith("Try again."));
  const words = [4011, 4012, 4013, 4014, 4016, 4017, 4018, 4019, 4020, 4028, 4029, 4030, 5001, 5003].map((code) => inWords({ code }));
  assert(words.every((each) => each !== "Something went wrong."));
});

test("what the server keeps is asked for where the page came from, whatever the server calls itself", () => {
  const page = "http://127.0.0.1:8080/watch/?room=r";
  assert.equal(onThisOrigin("http://localhost:8080/hls/h1/index.m3u8", page), "http://127.0.0.1:8080/hls/h1/index.m3u8");
  const file = "/v2/outputs/o/files/f?expires=1&signature=s";
  assert.equal(onThisOrigin(`https://meet.example${file}`, page), `http://127.0.0.1:8080${file}`);
  assert.equal(onThisOrigin(file, page), `http://127.0.0.1:8080${file}`);
  assert.equal(onThisOrigin("https://bucket.example/hls.mp4?x=1", page), "https://bucket.example/hls.mp4?x=1");
  assert.equal(onThisOrigin("http://[", page), "http://[");
});

test("viewers have a page of their own, and its address has no token of anybody", () => {
  const page = viewersPage("https://meet.example/?room=r&mode=VIEWER&token=t&name=Ann");
  assert.equal(page, "https://meet.example/watch/?room=r&token=t&name=Ann");
  assert.equal(viewersPage("https://meet.example/?room=r&mode=RECV_ONLY"), null);
  (globalThis as { location?: object }).location = { href: "https://meet.example/?room=r&token=secret#x" };
  assert.equal(viewerLink("a b"), "https://meet.example/watch/?room=a+b");
});
