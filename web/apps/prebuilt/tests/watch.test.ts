import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, isPlayable, levelNames, Scene, sceneOf } from "../src/watch/stage-state";

const PLAYING = { phase: "ready", isLive: true, isMissing: false, problem: null } as const;
const WELL = { ended: false, isStarved: false };

test("before anything is streamed one waits for it, and a stream that starts is said to", () => {
  assert.equal(sceneOf("HLS_STOPPED", null, WELL), "before");
  assert.equal(sceneOf("HLS_STARTING", null, WELL), "soon");
  assert.equal(sceneOf("HLS_STARTED", null, WELL), "soon");
  assert.equal(sceneOf("HLS_PLAYABLE", { ...PLAYING, phase: "loading" }, WELL), "soon");
  assert.deepEqual((["HLS_STARTED", "HLS_PLAYABLE", "HLS_STOPPING", "HLS_STOPPED"] as const).map(isPlayable), [
    false,
    true,
    true,
    false,
  ]);
});

test("a stream that was stopped is seen to its end", () => {
  const scenes: Scene[] = [
    sceneOf("HLS_PLAYABLE", PLAYING, WELL),
    sceneOf("HLS_STOPPED", PLAYING, WELL),
    sceneOf("HLS_STOPPED", { ...PLAYING, isLive: false }, WELL),
    sceneOf("HLS_STOPPED", { ...PLAYING, isLive: false }, { ended: true, isStarved: false }),
  ];
  assert.deepEqual(scenes, ["playing", "playing", "playing", "ended"]);
});

test("one that was cut off without an end is over when nothing more comes", () => {
  const starved = { ended: false, isStarved: true };
  assert.equal(sceneOf("HLS_PLAYABLE", PLAYING, starved), "waiting");
  assert.equal(sceneOf("HLS_STOPPED", PLAYING, starved), "ended");
  assert.equal(sceneOf("HLS_STOPPED", { ...PLAYING, phase: "loading", isMissing: true }, WELL), "ended");
});

test("what cannot be played is told, what cannot be had just now is waited for", () => {
  assert.equal(sceneOf("HLS_PLAYABLE", { ...PLAYING, phase: "failed" }, WELL), "failed");
  assert.equal(sceneOf("HLS_PLAYABLE", { ...PLAYING, phase: "loading", problem: "no route" }, WELL), "waiting");
  assert.equal(sceneOf("HLS_PLAYABLE", { ...PLAYING, phase: "loading", problem: "404", isMissing: true }, WELL), "soon");
});

test("times behind what is live have a sign, qualities names that differ", () => {
  assert.deepEqual([-95, -0.4, 3_725, 7].map(clock), ["−1:35", "0:00", "1:02:05", "0:07"]);
  const levels = [
    { height: 360, bandwidth: 600_000 },
    { height: 720, bandwidth: 1_500_000 },
    { height: 720, bandwidth: 3_000_000 },
    { height: null, bandwidth: 64_000 },
  ];
  assert.deepEqual(levelNames(levels), ["360p", "720p, 1.5 Mbit/s", "720p, 3.0 Mbit/s", "64 kbit/s"]);
});
