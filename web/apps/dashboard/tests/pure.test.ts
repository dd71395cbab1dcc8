import assert from "node:assert/strict";
import { test } from "node:test";
import { bitrate, duration, relative, words } from "../src/pure/format";
import { everyDay } from "../src/pure/days";
import { quality, Trace, worse } from "../src/pure/quality";
import { link, pageNumber, readRoute } from "../src/pure/route";

test("a span is told in its two largest units", () => {
  assert.equal(duration(0), "0 s");
  assert.equal(duration(59_400), "59 s");
  assert.equal(duration(60_000), "1 min");
  assert.equal(duration(5 * 60_000 + 4_000), "5 min 04 s");
  assert.equal(duration(59 * 60_000 + 59_000), "59 min");
  assert.equal(duration(65 * 60_000), "1 h 05 min");
  assert.equal(duration(76 * 3_600_000), "3 d 4 h");
  assert.equal(duration(-5), "0 s");
});

test("a time is told by how far away it is", () => {
  const now = 1_800_000_000_000;
  assert.equal(relative(now - 900, now), "now");
  assert.equal(relative(now - 59_000, now), "59 s ago");
  assert.equal(relative(now - 120_000, now), "2 min ago");
  assert.equal(relative(now + 3 * 3_600_000, now), "in 3 h");
  assert.equal(relative(now - 50 * 3_600_000, now), "2 d ago");
});

test("a bit rate is told in the unit that keeps it short", () => {
  assert.equal(bitrate(0), "0 kbit/s");
  assert.equal(bitrate(38.24), "38.2 kbit/s");
  assert.equal(bitrate(1_250), "1.3 Mbit/s");
  assert.equal(bitrate(2_000_000), "2 Gbit/s");
  assert.equal(bitrate(null), "–");
});

test("codes become words", () => {
  assert.equal(words("last-participant-left"), "Last participant left");
  assert.equal(words("MANUAL_LEAVE_CALLED"), "Manual leave called");
  assert.equal(words("ended-by-api"), "Ended by API");
});

test("every day has an entry, whether anything happened or not", () => {
  const from = Date.parse("2026-03-01T00:00:00Z");
  const days = everyDay([{ day: "2026-03-02", sessions: 3, participantMinutes: 40.5 }], from, from + 3 * 86_400_000);
  assert.deepEqual(days.map(({ sessions }) => sessions), [0, 3, 0]);
  assert.equal(days[1]!.participantMinutes, 40.5);
  assert.equal(new Date(days[2]!.time).toISOString(), "2026-03-03T12:00:00.000Z");
});

test("a score is good, fair or poor, and nothing without media", () => {
  assert.deepEqual([4.4, 3.8, 3.79, 2.8, 2.7, 0, null, undefined].map(quality), [
    "good", "good", "fair", "fair", "poor", "poor", "unknown", "unknown",
  ]);
  assert.equal(worse(4, 3), 3);
  assert.equal(worse(null, 3), 3);
  assert.equal(worse(2, undefined), 2);
  assert.equal(worse(null, undefined), null);
});

test("a trace keeps the latest values of what is still there", () => {
  const trace = new Trace(3);
  for (const value of [1, 2, null, 4]) trace.add(new Map([["a", value], ["b", 0]]));
  assert.deepEqual(trace.of("a"), [2, null, 4]);
  trace.add(new Map([["a", 5]]));
  assert.deepEqual(trace.of("b"), []);
  assert.deepEqual(trace.of("a"), [null, 4, 5]);
});

test("addresses of views are read as they are written", () => {
  const address = link("sessions", "a/b c", { room: "täglich & mehr", zoom: "7d", page: null, until: "" });
  assert.deepEqual(readRoute(address), {
    view: "sessions",
    id: "a/b c",
    query: { room: "täglich & mehr", zoom: "7d" },
  });
  assert.equal(link("live"), "#/live");
});

test("an address that leads nowhere leads to the first view", () => {
  for (const hash of ["", "#", "#/", "#/nothing", "#content"]) {
    assert.deepEqual(readRoute(hash), { view: "live", id: null, query: {} });
  }
  assert.equal(readRoute("#/sessions/%E0%A4%A").id, "%E0%A4%A");
  assert.deepEqual(["2", "0", "-1", "x", "1.5", undefined].map(pageNumber), [2, 1, 1, 1, 1, 1]);
});
