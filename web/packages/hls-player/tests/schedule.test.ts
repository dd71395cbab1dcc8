import assert from "node:assert/strict";
import { test } from "node:test";
import { correction, LiveState, playbackRate } from "../src/live";
import { MediaPlaylist, readMediaPlaylist } from "../src/media-playlist";
import { ahead, both, nextStart, rangeAt } from "../src/ranges";
import { cursorAt, holdBack, nextStep, reloadDelay, reloadQuery, startTime, Step } from "../src/schedule";
import { Timeline } from "../src/timeline";

function playlist(first: number, count: number, more = ""): MediaPlaylist {
  const segments = Array.from({ length: count }, (_, index) => `#EXTINF:2,\n${first + index}.m4s`).join("\n");
  return readMediaPlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:${first}\n${segments}\n${more}`, "https://a/x");
}

const PARTS = `#EXT-X-PART-INF:PART-TARGET=0.5
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.6
#EXT-X-PART:DURATION=0.5,URI="p0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.5,URI="p1.m4s"
#EXT-X-PART:DURATION=0.5,URI="p2.m4s",INDEPENDENT=YES`;

function timeline(...playlists: MediaPlaylist[]): Timeline {
  const made = new Timeline();
  for (const each of playlists) made.update(each);
  return made;
}

function name(step: Step): string {
  return step.does === "load" ? step.resource.uri.split("/").pop()! : step.does;
}

test("a moment keeps its time while the window slides, whatever the variant", () => {
  const made = timeline(playlist(10, 5));
  assert.deepEqual([made.start, made.end], [0, 10]);
  made.update(playlist(12, 5));
  assert.deepEqual([made.start, made.end], [4, 14]);
  made.update(playlist(30, 2)); // thirteen segments were missed
  assert.deepEqual([made.start, made.end], [40, 44]);
  made.update(playlist(28, 4)); // one that has more of the past
  assert.deepEqual([made.start, made.end], [36, 44]);
  assert.equal(made.indexAt(39.9), 1);
  assert.equal(made.indexAt(-5), 0);
  assert.equal(made.indexAt(500), 3);
});

test("an update says whether it brought something", () => {
  const made = new Timeline();
  assert.equal(made.update(playlist(0, 3)), true);
  assert.equal(made.update(playlist(0, 3)), false);
  assert.equal(made.update(playlist(0, 3, PARTS)), true);
  assert.equal(made.update(playlist(1, 3)), true);
  assert.equal(made.update(playlist(1, 3, "#EXT-X-ENDLIST")), true);
});

test("playing begins near the live edge as far as the server says, and at the start of what is over", () => {
  assert.equal(startTime(timeline(playlist(0, 10))), 14);
  assert.equal(startTime(timeline(playlist(0, 10, "#EXT-X-SERVER-CONTROL:HOLD-BACK=8"))), 12);
  assert.equal(startTime(timeline(playlist(0, 10, PARTS))), 21.5 - 1.6);
  assert.equal(startTime(timeline(playlist(0, 2))), 0);
  assert.equal(startTime(timeline(playlist(5, 10, "#EXT-X-ENDLIST"))), 0);
  assert.equal(holdBack(playlist(0, 2, PARTS)), 1.6);
});

test("segments are loaded in order until there is enough, and no further than there are", () => {
  const made = timeline(playlist(0, 3));
  let cursor = cursorAt(made, 2.1);
  assert.deepEqual(cursor, { sequence: 1, part: 0 });
  const loaded: string[] = [];
  for (let buffered = 0; ; buffered += 2) {
    const step = nextStep(made, cursor, buffered, 20);
    loaded.push(name(step));
    if (step.does !== "load") break;
    cursor = step.next;
  }
  assert.deepEqual(loaded, ["1.m4s", "2.m4s", "wait"]);
  assert.equal(name(nextStep(made, { sequence: 0, part: 0 }, 20, 20)), "wait");
  made.update(playlist(0, 3, "#EXT-X-ENDLIST"));
  assert.equal(name(nextStep(made, cursor, 0, 20)), "finish");
});

test("what slid out of the window, and gaps, are passed over", () => {
  assert.equal(name(nextStep(timeline(playlist(10, 3)), { sequence: 4, part: 2 }, 0, 20)), "10.m4s");
  const gap = readMediaPlaylist("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-GAP\n#EXTINF:2,\n0.m4s\n#EXTINF:2,\n1.m4s", "https://a/");
  assert.equal(name(nextStep(timeline(gap), { sequence: 0, part: 0 }, 0, 20)), "1.m4s");
});

test("at the live edge parts are loaded, and the rest of a segment that became complete", () => {
  const made = timeline(playlist(0, 2, PARTS));
  assert.deepEqual(cursorAt(made, 4.2), { sequence: 2, part: 0 });
  assert.deepEqual(cursorAt(made, 5.2), { sequence: 2, part: 2 }); // the last part that can begin
  const first = nextStep(made, { sequence: 2, part: 0 }, 0, 20);
  assert(first.does === "load");
  assert.deepEqual([name(first), first.time, first.duration, first.next], ["p0.m4s", 4, 0.5, { sequence: 2, part: 1 }]);
  assert.equal(name(nextStep(made, { sequence: 2, part: 3 }, 0, 20)), "wait");

  const complete = readMediaPlaylist(
    `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:2\n#EXT-X-PART:DURATION=1,URI="p0.m4s"\n#EXT-X-PART:DURATION=1,URI="p1.m4s"\n#EXTINF:2,\n2.m4s\n#EXTINF:2,\n3.m4s`,
    "https://a/",
  );
  made.update(complete);
  assert.equal(name(nextStep(made, { sequence: 2, part: 1 }, 0, 20)), "p1.m4s");
  assert.equal(name(nextStep(made, { sequence: 2, part: 2 }, 0, 20)), "3.m4s");
  // Older segments lose their parts: then all of it.
  assert.equal(name(nextStep(made, { sequence: 3, part: 1 }, 0, 20)), "3.m4s");
});

test("reloads come after a target duration, after half if nothing was new, and at once where the server waits", () => {
  const plain = playlist(0, 3);
  assert.equal(reloadDelay(plain, true, 0.5), 1.5);
  assert.equal(reloadDelay(plain, false, 0.25), 0.75);
  assert.equal(reloadDelay(plain, false, 30), 0.05);
  assert.equal(reloadDelay(playlist(0, 3, "#EXT-X-ENDLIST"), true, 0), null);
  const blocking = playlist(0, 3, PARTS);
  assert.equal(reloadDelay(blocking, true, 0.5), 0);
  assert.equal(reloadDelay(blocking, false, 0), 1); // it did not wait as it promised
});

test("a reload asks for the next part, the next segment, or for what is new only", () => {
  assert.deepEqual(reloadQuery(playlist(0, 3), 2), {});
  assert.deepEqual(reloadQuery(playlist(4, 3, PARTS), 2), { _HLS_msn: "7", _HLS_part: "3" });
  const control = "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12";
  assert.deepEqual(reloadQuery(playlist(4, 3, control), 2), { _HLS_msn: "7", _HLS_skip: "YES" });
  assert.deepEqual(reloadQuery(playlist(4, 3, control), 9), { _HLS_msn: "7" });
});

const LIVE: LiveState = {
  position: 90,
  start: 0,
  end: 100,
  holdBack: 6,
  buffered: 8,
  isFollowing: true,
  isLowLatency: false,
};

test("playing comes to its place by a speed that nobody notices, and jumps only if it is far", () => {
  assert.equal(playbackRate({ ...LIVE, position: 93 }), 1);
  assert.equal(playbackRate(LIVE), 1.06);
  assert.equal(playbackRate({ ...LIVE, position: 99.5, buffered: 0.4 }), 0.96);
  assert.equal(playbackRate({ ...LIVE, isFollowing: false }), 1);
  assert.equal(correction(LIVE), null);
  assert.equal(correction({ ...LIVE, position: 60 }), 94);
  assert.equal(correction({ ...LIVE, position: 87 }), 94);
  assert.equal(correction({ ...LIVE, position: 80, holdBack: 18 }), null);
  assert.equal(correction({ ...LIVE, position: 60, isFollowing: false }), null);
  // What slid out of the window can be played by nobody.
  assert.equal(correction({ ...LIVE, position: 60, start: 70, isFollowing: false }), 71);
});

test("pieces with a seam between them are one", () => {
  const ranges = [
    { start: 0, end: 4 },
    { start: 4.1, end: 8 },
    { start: 20, end: 24 },
  ];
  assert.deepEqual(rangeAt(ranges, 1), { start: 0, end: 8 });
  assert.equal(rangeAt(ranges, 9), null);
  assert.equal(ahead(ranges, 6), 2);
  assert.equal(ahead(ranges, 10), 0);
  assert.equal(nextStart(ranges, 9), 20);
  assert.equal(nextStart(ranges, 25), null);
  assert.deepEqual(both(ranges, [{ start: 3, end: 21 }]), [
    { start: 3, end: 4 },
    { start: 4.1, end: 8 },
    { start: 20, end: 21 },
  ]);
});
