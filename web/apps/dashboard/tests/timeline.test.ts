import assert from "node:assert/strict";
import { test } from "node:test";
import { participantRows, peak } from "../src/pure/spans";
import { lanes, MINIMUM_BAR_WIDTH, TimelineSession, zoom } from "../src/pure/timeline";

const HOUR = 3_600_000;
const NOW = 100 * HOUR;

function session(id: string, room: string, start: number, end: number | null, endReason: string | null = null): TimelineSession {
  return { id, roomId: room, roomName: room, start: start * HOUR, end: end === null ? null : end * HOUR, endReason };
}

test("sessions become bars in the lane of their room, the latest room first", () => {
  const { lanes: drawn, left } = lanes(
    [
      session("a1", "a", 91, 92),
      session("a2", "a", 95, 96, "server-crashed"),
      session("b1", "b", 98, null),
      session("old", "c", 10, 20),
      session("later", "d", 101, 102),
    ],
    [90 * HOUR, 100 * HOUR],
    1_000,
    NOW,
    10,
  );
  assert.equal(left, 0);
  assert.deepEqual(drawn.map((lane) => lane.roomId), ["b", "a"]);
  assert.deepEqual(
    drawn[1]!.bars.map(({ session: { id }, x, width, state, row }) => [id, x, width, state, row]),
    [["a1", 100, 100, "ended", 0], ["a2", 500, 100, "broken", 0]],
  );
  const [live] = drawn[0]!.bars;
  assert.equal(live!.state, "ongoing");
  assert.deepEqual([live!.x, live!.width], [800, 200]);
});

test("bars stay inside the lane, and can be hit however short they are", () => {
  const { lanes: drawn } = lanes(
    [session("before", "a", 80, 91), session("blink", "a", 99.9999, 100), session("long", "b", 1, null)],
    [90 * HOUR, 100 * HOUR],
    500,
    NOW,
    10,
  );
  for (const { bars } of drawn) {
    for (const { x, width } of bars) {
      assert(x >= 0 && x + width <= 500.001 && width >= MINIMUM_BAR_WIDTH, `${x} ${width}`);
    }
  }
});

test("sessions that overlap lie in rows of their own, short ones that only seem to do not", () => {
  const span = [90 * HOUR, 100 * HOUR] as const;
  const apart = lanes([session("1", "a", 91, 91.001), session("2", "a", 91.002, 91.003)], span, 300, NOW, 5);
  assert.equal(apart.lanes[0]!.rows, 1);
  const together = lanes([session("1", "a", 91, 95), session("2", "a", 93, 96)], span, 300, NOW, 5);
  assert.equal(together.lanes[0]!.rows, 2);
  assert.deepEqual(together.lanes[0]!.bars.map(({ row }) => row), [0, 1]);
});

test("no more lanes than asked for, and how many rooms have none", () => {
  const many = Array.from({ length: 30 }, (_, index) => session(`s${index}`, `room ${index}`, 91 + index / 10, 95));
  const { lanes: drawn, left } = lanes(many, [90 * HOUR, 100 * HOUR], 500, NOW, 12);
  assert.equal(drawn.length, 12);
  assert.equal(left, 18);
});

test("a zoom that does not exist is the day", () => {
  assert.equal(zoom("7d"), "7d");
  assert.equal(zoom("toString"), "24h");
  assert.equal(zoom(undefined), "24h");
});

const at = (seconds: number): string => new Date(1_800_000_000_000 + seconds * 1_000).toISOString();
const ms = (seconds: number): number => 1_800_000_000_000 + seconds * 1_000;

test("what was on comes from the events, and ends when its participant leaves", () => {
  const rows = participantRows(
    [
      { participantId: "ann", name: "Ann", timelog: [{ start: at(0), end: at(60) }, { start: at(90), end: null }] },
      { participantId: "bob", name: "Bob", timelog: [{ start: at(5), end: at(40) }] },
    ],
    [],
    [
      { sequence: 1, type: "stream-enabled", time: at(1), data: { participantId: "ann", kind: "audio" } },
      { sequence: 2, type: "stream-enabled", time: at(6), data: { participantId: "bob", kind: "video" } },
      { sequence: 3, type: "stream-disabled", time: at(20), data: { participantId: "ann", kind: "audio" } },
      { sequence: 4, type: "stream-enabled", time: at(30), data: { participantId: "ann", kind: "share" } },
      { sequence: 5, type: "participant-left", time: at(60), data: { participantId: "ann" } },
      { sequence: 6, type: "stream-enabled", time: at(95), data: { participantId: "ann", kind: "audio" } },
      { sequence: 7, type: "recording-started", time: at(96) },
    ],
  );
  const [ann, bob] = rows;
  assert.deepEqual(ann!.streams.audio, [{ start: ms(1), end: ms(20) }, { start: ms(95), end: null }]);
  assert.deepEqual(ann!.streams.share, [{ start: ms(30), end: ms(60) }]);
  assert.deepEqual(bob!.streams.video, [{ start: ms(6), end: ms(40) }]);
  assert.equal(peak(rows), 2);
});

test("the server's own log of what is on goes before the events", () => {
  const [row] = participantRows(
    [{ participantId: "ann", name: "Ann", timelog: [{ start: at(0), end: null }] }],
    [{ participantId: "ann", events: { mic: [{ start: at(2), end: at(3) }], webcam: [] } }],
    [
      { sequence: 1, type: "stream-enabled", time: at(1), data: { participantId: "ann", kind: "audio" } },
      { sequence: 2, type: "stream-enabled", time: at(4), data: { participantId: "ann", kind: "video" } },
    ],
  );
  assert.deepEqual(row!.streams.audio, [{ start: ms(2), end: ms(3) }]);
  assert.deepEqual(row!.streams.video, [{ start: ms(4), end: null }]);
});

test("who leaves as another comes was not there with them", () => {
  const row = (start: number, end: number) => ({
    participantId: String(start), name: "", present: [{ start, end }], streams: { audio: [], video: [], share: [] },
  });
  assert.equal(peak([row(0, 10), row(10, 20)]), 1);
  assert.equal(peak([row(0, 10), row(9, 20), row(5, 6)]), 2);
  assert.equal(peak([]), 0);
});
