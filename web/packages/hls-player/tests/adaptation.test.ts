import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseVariant, Conditions, shouldGiveUp } from "../src/adaptation";
import { Bandwidth } from "../src/bandwidth";

const VARIANTS = [
  { bandwidth: 400_000, height: 240 },
  { bandwidth: 1_000_000, height: 480 },
  { bandwidth: 3_000_000, height: 720 },
  { bandwidth: 6_000_000, height: 1080 },
];

function choice(more: Partial<Conditions>): number {
  return chooseVariant({
    variants: VARIANTS,
    current: 1,
    estimate: 2_000_000,
    buffered: 6,
    sinceChange: 60,
    height: 1080,
    failing: new Set(),
    ...more,
  });
}

test("the first variant is the largest that the network carries with something to spare", () => {
  assert.equal(choice({ current: -1, estimate: 100_000 }), 0);
  assert.equal(choice({ current: -1, estimate: 1_100_000 }), 0);
  assert.equal(choice({ current: -1, estimate: 1_200_000 }), 1);
  assert.equal(choice({ current: -1, estimate: 50_000_000 }), 3);
});

test("a network that became slow is followed at once, unless there is plenty in store", () => {
  assert.equal(choice({ current: 2, estimate: 1_500_000, sinceChange: 0 }), 1);
  assert.equal(choice({ current: 2, estimate: 300_000, buffered: 20 }), 0);
  assert.equal(choice({ current: 2, estimate: 2_700_000, buffered: 20 }), 2);
});

test("going up waits until it is safe: something in store, a while since the last change, room to spare", () => {
  assert.equal(choice({ estimate: 8_000_000 }), 2);
  assert.equal(choice({ estimate: 3_600_000 }), 1); // it fits, but barely
  assert.equal(choice({ estimate: 8_000_000, sinceChange: 1 }), 1);
  assert.equal(choice({ estimate: 8_000_000, buffered: 0.5 }), 1);
});

test("nothing is loaded that is larger than the picture on screen", () => {
  assert.equal(choice({ estimate: 50_000_000, height: 360 }), 1);
  assert.equal(choice({ estimate: 50_000_000, height: 500 }), 2);
  assert.equal(choice({ current: 3, estimate: 50_000_000, height: 200 }), 0);
});

test("a variant that fails is left out, and if all fail any will do", () => {
  assert.equal(choice({ current: 2, estimate: 50_000_000, failing: new Set([2]) }), 3);
  assert.equal(choice({ current: 2, estimate: 5_000_000, failing: new Set([2]) }), 1);
  assert.equal(choice({ current: 2, estimate: 300_000, failing: new Set([0, 1, 2, 3]) }), 0);
});

test("a download that will be late is given up for one that will not", () => {
  const slow = { bytes: 50_000, seconds: 1, expected: 750_000 };
  assert(shouldGiveUp(slow, 4, 100_000));
  assert(!shouldGiveUp(slow, 20, 100_000)); // there is time
  assert(!shouldGiveUp(slow, 4, 900_000)); // the other would be no earlier
  assert(!shouldGiveUp({ ...slow, seconds: 0.2 }, 0, 100_000)); // too early to tell
  assert(!shouldGiveUp({ ...slow, bytes: 740_000 }, 1, 100_000)); // nearly there
});

test("the estimate falls at once and rises slowly", () => {
  const bandwidth = new Bandwidth(1_000_000);
  assert.equal(bandwidth.estimate, 1_000_000);
  for (let each = 0; each < 20; each += 1) bandwidth.add(500_000, 1);
  assert(Math.abs(bandwidth.estimate - 4_000_000) < 10_000);
  bandwidth.add(125_000, 2);
  const fallen = bandwidth.estimate;
  assert(fallen < 2_700_000, `${fallen}`);
  bandwidth.add(500_000, 1);
  assert(bandwidth.estimate < 3_600_000);
});

test("a network that became fast is believed within a few segments, but not after one", () => {
  const bandwidth = new Bandwidth(1_000_000);
  for (let each = 0; each < 10; each += 1) bandwidth.add(120_000, 2, 2);
  assert(Math.abs(bandwidth.estimate - 480_000) < 5_000);
  bandwidth.add(250_000, 0.004, 2);
  assert(bandwidth.estimate < 700_000, `${bandwidth.estimate}`);
  for (let each = 0; each < 6; each += 1) bandwidth.add(250_000, 0.004, 2);
  assert(bandwidth.estimate > 1_500_000, `${bandwidth.estimate}`);
});

test("small answers say nothing about the network", () => {
  const bandwidth = new Bandwidth(1_000_000);
  for (let each = 0; each < 100; each += 1) bandwidth.add(1_000, 0.1);
  assert.equal(bandwidth.estimate, 1_000_000);
});
