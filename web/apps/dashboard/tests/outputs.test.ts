import assert from "node:assert/strict";
import { test } from "node:test";
import { onThisOrigin } from "../src/pure/addresses";
import { bytes } from "../src/pure/format";
import { destinations, filesOf, lasted, outputState, weight } from "../src/pure/outputs";
import type { Output } from "../src/resources";

const NOW = Date.parse("2026-11-26T18:00:00Z");
const output: Output = { id: "o", roomId: "r", sessionId: "s", start: "2026-11-26T17:00:00Z", end: null };

test("the state is the server's word, or whether there is an end", () => {
  const states = (["starting", "started", "playable", "stopping", "stopped", "failed"] as const).map((status) => outputState({ status }));
  assert.deepEqual(states, ["starting", "going", "going", "stopping", "done", "broken"]);
  assert.equal(outputState({ end: null }), "going");
  assert.equal(outputState({ end: "2026-11-26T17:30:00Z" }), "done");
  assert.equal(outputState({}), "done");
});

test("it lasted as long as its files, else as the clock says", () => {
  const files = [{ meta: { duration: 60 } }, { meta: { duration: 30.5 } }];
  assert.equal(lasted({ ...output, files }, NOW), 90_500);
  assert.equal(lasted({ ...output, duration: 12 }, NOW), 12_000);
  assert.equal(lasted(output, NOW), 3_600_000);
  assert.equal(lasted({ ...output, end: "2026-11-26T17:01:00Z" }, NOW), 60_000);
  assert.equal(lasted({ ...output, status: "stopping" }, NOW), null);
});

test("one file or many are the same, and so much in all", () => {
  assert.deepEqual(filesOf({}), []);
  assert.equal(weight({}), null);
  assert.equal(weight({ file: { size: 5 } }), 5);
  assert.equal(weight({ file: { size: 5 }, files: [{ size: 5 }, { size: 7 }, {}] }), 12);
  assert.deepEqual([null, 12, 740_000, 48_234_567, 5_200_000_000].map(bytes), ["–", "12 B", "740 kB", "48.2 MB", "5.2 GB"]);
});

test("what the server keeps is asked for where the page came from", () => {
  const page = "http://127.0.0.1:8080/dashboard/#/recordings";
  assert.equal(onThisOrigin("http://localhost:8080/hls/h/index.m3u8", page), "http://127.0.0.1:8080/hls/h/index.m3u8");
  assert.equal(onThisOrigin("https://bucket.example/a.mp4", page), "https://bucket.example/a.mp4");
});

test("of destinations the server's name is shown, never what may be a secret behind it", () => {
  const outputs = [{ url: "rtmp://a.rtmp.youtube.com/live2/secret" }, { url: "rtmps://live.example.com:443/app" }];
  assert.deepEqual(destinations({ outputs }), ["a.rtmp.youtube.com", "live.example.com"]);
});
