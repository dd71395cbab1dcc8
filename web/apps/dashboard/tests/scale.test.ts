import assert from "node:assert/strict";
import { test } from "node:test";
import { linear, nearest, Point, thinned, timeTicks, valueTicks } from "../src/pure/scale";

const UTC = () => 0;

test("a scale maps its ends to its ends, in either direction", () => {
  const down = linear([0, 50], [100, 0]);
  assert.deepEqual([0, 25, 50, 75].map(down), [100, 50, 0, -50]);
  assert.equal(linear([3, 3], [10, 20])(3), 10);
});

test("steps of values are round and reach over the highest", () => {
  assert.deepEqual(valueTicks(5, 4), [0, 2, 4, 6]);
  assert.deepEqual(valueTicks(4, 4), [0, 1, 2, 3, 4]);
  assert.deepEqual(valueTicks(0.3, 3), [0, 0.1, 0.2, 0.3]);
  assert.deepEqual(valueTicks(1_730, 4), [0, 500, 1_000, 1_500, 2_000]);
  for (const broken of [0, -1, NaN, Infinity]) assert.equal(valueTicks(broken, 4)[0], 0);
  for (let most = 1; most < 100_000; most = most * 1.7 + 1) {
    const ticks = valueTicks(most, 4);
    assert(ticks[ticks.length - 1]! >= most * 0.999 && ticks.length <= 6, `${most}: ${ticks}`);
  }
});

test("times on an axis are round and never more than there is room for", () => {
  const start = Date.parse("2026-03-10T08:07:13Z");
  for (const length of [4_000, 90_000, 3_600_000, 86_400_000, 30 * 86_400_000, 400 * 86_400_000]) {
    for (const limit of [1, 3, 8, 20]) {
      const { step, times } = timeTicks([start, start + length], limit, UTC);
      assert(times.length <= limit + 1, `${length} ${limit}: ${times.length}`);
      for (const time of times) {
        assert(time >= start && time <= start + length);
        assert(time % Math.min(step, 86_400_000) === 0 || length > 300 * 86_400_000, `${new Date(time).toISOString()}`);
      }
    }
  }
  const { step, times } = timeTicks([start, start + 3_600_000], 8, UTC);
  assert.equal(step, 600_000);
  assert.equal(new Date(times[0]!).toISOString(), "2026-03-10T08:10:00.000Z");
});

test("days on an axis begin at midnight of the local clock, also when the clock changes", () => {
  // Berlin: an hour ahead of UTC until 01:00 UTC on 29 March, two hours then.
  const change = Date.parse("2026-03-29T01:00:00Z");
  const berlin = (time: number): number => (time < change ? -60 : -120);
  const from = Date.parse("2026-03-27T12:00:00Z");
  const { times } = timeTicks([from, from + 4 * 86_400_000], 6, berlin);
  assert.deepEqual(times.map((time) => new Date(time).toISOString()), [
    "2026-03-27T23:00:00.000Z",
    "2026-03-28T23:00:00.000Z",
    "2026-03-29T22:00:00.000Z",
    "2026-03-30T22:00:00.000Z",
  ]);
});

test("thinning keeps every peak, every low and every gap", () => {
  const points: Point[] = Array.from({ length: 5_000 }, (_, time) => ({ time, value: 10 + (time % 7) }));
  points[1_234] = { time: 1_234, value: 900 };
  points[2_345] = { time: 2_345, value: 0 };
  points[3_456] = { time: 3_456, value: null };
  const kept = thinned(points, 600);
  assert(kept.length <= 620, `${kept.length}`);
  for (const time of [1_234, 2_345, 3_456]) assert(kept.some((point) => point.time === time), `${time}`);
  for (let index = 1; index < kept.length; index += 1) assert(kept[index]!.time > kept[index - 1]!.time);
  assert.equal(thinned(points, 5_000), points);
});

test("the nearest measurement is found", () => {
  const points = [10, 20, 40].map((time) => ({ time }));
  assert.deepEqual([-5, 14, 15, 16, 29, 31, 99].map((time) => nearest(points, time)?.time), [10, 10, 10, 20, 20, 40, 40]);
  assert.equal(nearest([], 5), null);
});
