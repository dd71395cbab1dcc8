import assert from "node:assert/strict";
import { test } from "node:test";
import { bestColumns } from "../src/layout";

test("tiles never leave their area, whatever its size and their number", () => {
  for (const [width, height] of [[1280, 700], [360, 600], [800, 300], [200, 900], [50, 50]] as const) {
    for (let count = 1; count <= 30; count += 1) {
      const { columns, tileWidth, tileHeight } = bestColumns(count, width, height, 12);
      const rows = Math.ceil(count / columns);
      assert(columns * tileWidth + (columns - 1) * 12 <= width, `${count} in ${width}×${height}: too wide`);
      if (tileHeight > 0) {
        assert(rows * tileHeight + (rows - 1) * 12 <= height, `${count} in ${width}×${height}: too high`);
      }
    }
  }
});

test("two people sit side by side on a desk and one above the other on a phone", () => {
  assert.equal(bestColumns(2, 1280, 700, 12).columns, 2);
  assert.equal(bestColumns(2, 360, 640, 12).columns, 1);
});

test("nine people make three rows of three on a desk", () => {
  assert.equal(bestColumns(9, 1280, 700, 12).columns, 3);
});
