import assert from "node:assert/strict";
import { test } from "node:test";
import { readAttributes } from "../src/attributes";
import { readMediaPlaylist } from "../src/media-playlist";
import { isMultivariant, readMultivariant } from "../src/multivariant";
import { PlaylistError, SkippedTooMuchError } from "../src/playlist-error";

const BASE = "https://a.example/hls/h1/index.m3u8";

test("attributes are read with commas in quotes, and without quotes", () => {
  const found = readAttributes('BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720');
  assert.deepEqual([...found], [
    ["BANDWIDTH", "800000"],
    ["CODECS", "avc1.64001f,mp4a.40.2"],
    ["RESOLUTION", "1280x720"],
  ]);
});

test("variants come from small to large, with addresses made whole and sound apart if it is", () => {
  const text = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="sound",DEFAULT=YES,URI="sound/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=2500000,RESOLUTION=1280x720,FRAME-RATE=30,CODECS="avc1.64001f,mp4a.40.2",AUDIO="a"
720/index.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=600000,RESOLUTION=640x360,CODECS="avc1.4d401e, mp4a.40.2"
../360.m3u8?x=1
`;
  assert(isMultivariant(text));
  assert.deepEqual(readMultivariant(text, BASE), [
    {
      uri: "https://a.example/hls/360.m3u8?x=1",
      bandwidth: 600_000,
      codecs: ["avc1.4d401e", "mp4a.40.2"],
      width: 640,
      height: 360,
      frameRate: null,
      audio: null,
    },
    {
      uri: "https://a.example/hls/h1/720/index.m3u8",
      bandwidth: 2_500_000,
      codecs: ["avc1.64001f", "mp4a.40.2"],
      width: 1280,
      height: 720,
      frameRate: 30,
      audio: "https://a.example/hls/h1/sound/index.m3u8",
    },
  ]);
});

test("segments are numbered, have the map before them, and count discontinuities", () => {
  const playlist = readMediaPlaylist(
    `#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:2
#EXT-X-PLAYLIST-TYPE:EVENT
#EXT-X-MAP:URI="init-0.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-26T12:00:00.500Z
#EXTINF:4.0,
7.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init-1.mp4"
#EXTINF:3.5,a title, with a comma
8.m4s
#EXT-X-GAP
#EXTINF:4,
9.m4s
#EXT-X-ENDLIST`,
    BASE,
  );
  assert.equal(playlist.targetDuration, 4);
  assert.deepEqual([playlist.isEvent, playlist.isEnded, playlist.partTarget], [true, true, null]);
  const told = playlist.segments.map((each) => [
    each.sequence,
    each.uri.split("/").pop(),
    each.duration,
    each.discontinuity,
    each.map?.uri.split("/").pop(),
    each.isGap,
  ]);
  assert.deepEqual(told, [
    [7, "7.m4s", 4, 2, "init-0.mp4", false],
    [8, "8.m4s", 3.5, 3, "init-1.mp4", false],
    [9, "9.m4s", 4, 3, "init-1.mp4", true],
  ]);
  assert.equal(playlist.segments[0]!.programTime, Date.UTC(2026, 10, 26, 12, 0, 0, 500));
});

test("ranges of bytes without a start follow the one before in the same file", () => {
  const { segments } = readMediaPlaylist(
    `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MAP:URI="all.mp4",BYTERANGE="700@0"
#EXT-X-BYTERANGE:1000@700
#EXTINF:2,
all.mp4
#EXT-X-BYTERANGE:500
#EXTINF:2,
all.mp4`,
    BASE,
  );
  assert.deepEqual(segments[0]!.map?.range, { start: 0, length: 700 });
  assert.deepEqual(segments.map(({ range }) => range), [
    { start: 700, length: 1000 },
    { start: 1700, length: 500 },
  ]);
});

const LOW_LATENCY = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,HOLD-BACK=6,CAN-SKIP-UNTIL=12
#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-MEDIA-SEQUENCE:3
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2,
3.m4s
#EXT-X-PART:DURATION=0.5,URI="4.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.5,URI="4.1.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="4.2.m4s"`;

test("parts of a segment that is not complete are its last entry, and the next is hinted at", () => {
  const playlist = readMediaPlaylist(LOW_LATENCY, BASE);
  assert.equal(playlist.partTarget, 0.5);
  assert.deepEqual(playlist.control, { canBlock: true, holdBack: 6, partHoldBack: 1.5, skipUntil: 12 });
  const last = playlist.segments[1]!;
  assert.deepEqual([last.sequence, last.isComplete, last.duration, last.uri], [4, false, 1, ""]);
  assert.deepEqual(last.parts.map(({ isIndependent }) => isIndependent), [true, false]);
  assert.equal(playlist.hint?.uri, "https://a.example/hls/h1/4.2.m4s");
});

test("skipped segments are taken from the playlist before, and missed if they are not there", () => {
  const before = readMediaPlaylist(LOW_LATENCY, BASE);
  const delta = `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:3
#EXT-X-SKIP:SKIPPED-SEGMENTS=1
#EXTINF:2,
4.m4s`;
  const after = readMediaPlaylist(delta, BASE, before);
  assert.deepEqual(after.segments.map(({ sequence, uri }) => [sequence, uri.split("/").pop()]), [
    [3, "3.m4s"],
    [4, "4.m4s"],
  ]);
  assert.equal(after.segments[1]!.map?.uri, "https://a.example/hls/h1/init.mp4");
  assert.throws(() => readMediaPlaylist(delta, BASE, null), SkippedTooMuchError as never);
});

test("what is no playlist is refused with words, and never anything else", () => {
  const refused = ["", "<html>", "#EXTM3U", "#EXTM3U\n#EXTINF:2,\na.m4s", `${LOW_LATENCY}\n#EXT-X-KEY:METHOD=AES-128,URI="k"`];
  for (const text of refused) assert.throws(() => readMediaPlaylist(text, BASE), PlaylistError as never);
  assert.throws(() => readMultivariant("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1", BASE), PlaylistError as never);
  // Every beginning of a good one, and every good one with a letter changed.
  for (let index = 0; index < LOW_LATENCY.length; index += 1) {
    for (const text of [LOW_LATENCY.slice(0, index), `${LOW_LATENCY.slice(0, index)}\u0001${LOW_LATENCY.slice(index + 1)}`]) {
      try {
        readMediaPlaylist(text, BASE);
      } catch (error) {
        assert(error instanceof PlaylistError, `${String(error)} at ${index}`);
      }
    }
  }
});
