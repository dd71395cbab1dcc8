import assert from "node:assert/strict";
import { test } from "node:test";
import { readStart, readTracks } from "../src/boxes";
import { fragment, initialization } from "./support/boxes";

test("tracks are read with their clocks and codecs", () => {
  assert.deepEqual(readTracks(initialization()), [
    { id: 1, timescale: 90_000, isVideo: true, codec: "avc1.64001f" },
    { id: 2, timescale: 48_000, isVideo: false, codec: "mp4a.40.2" },
  ]);
});

test("a segment begins where its earlier track does, also after two hours and more", () => {
  const tracks = readTracks(initialization());
  assert.equal(readStart(fragment(180_000, 96_960), tracks), 2);
  assert.equal(readStart(fragment(180_000, 48_000), tracks), 1);
  const late = 2 ** 33 + 90_000;
  assert.equal(readStart(fragment(late, 2 ** 40), tracks), late / 90_000);
});

test("the first fragment of a track counts, and tracks that are not known do not", () => {
  const tracks = readTracks(initialization());
  const two = new Uint8Array([...fragment(180_000, 96_000), ...fragment(90_000, 48_000)]);
  assert.equal(readStart(two, tracks), 2);
  assert.equal(readStart(two, []), null);
});

test("whatever the bytes are, reading them ends without an error", () => {
  const good = [initialization(), fragment(1, 2)];
  const tracks = readTracks(good[0]!);
  let seed = 7;
  const random = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit;
  for (let round = 0; round < 4_000; round += 1) {
    const bytes = Uint8Array.from(good[round % 2]!);
    for (let change = 0; change <= random(4); change += 1) bytes[random(bytes.length)] = random(256);
    const cut = bytes.slice(0, random(bytes.length + 1));
    for (const each of [bytes, cut]) {
      readTracks(each);
      readStart(each, tracks);
    }
  }
});
