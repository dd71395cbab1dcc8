import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CAMERA_CONFIGS,
  DEFAULT_CAMERA,
  layerCount,
  layerEncodings,
  singleEncoding,
} from "../src/encoder-config";

test("the full picture is in the last layer a browser really codes", () => {
  for (const config of Object.values(CAMERA_CONFIGS)) {
    const layers = layerEncodings(config, config);
    const count = layerCount(config.width, config.height);
    const active = layers.filter((layer) => layer.active);

    assert.equal(active.length, count);
    assert.equal(active[count - 1]!.scaleResolutionDownBy, 1);
    assert.equal(active[count - 1]!.maxBitrate, Math.max(50_000, config.bitrate));
    assert.equal(active[count - 1]!.maxFramerate, config.framesPerSecond);
    for (let index = 1; index < count; index += 1) {
      assert(active[index]!.scaleResolutionDownBy < active[index - 1]!.scaleResolutionDownBy);
      assert(active[index]!.maxBitrate >= active[index - 1]!.maxBitrate);
    }
  }
});

test("360p has two layers, 720p three", () => {
  assert.equal(layerCount(640, 360), 2);
  assert.equal(layerCount(1280, 720), 3);
  assert.equal(layerCount(320, 180), 1);
});

test("a lower webcam quality leaves out the large layers, never all", () => {
  const { sd, hd } = DEFAULT_CAMERA;
  const active = (quality: "low" | "med" | "high", config = hd): number =>
    layerEncodings(config, config, quality).filter((layer) => layer.active).length;

  assert.deepEqual([active("high"), active("med"), active("low")], [3, 2, 1]);
  assert.deepEqual([active("high", sd), active("med", sd), active("low", sd)], [2, 1, 1]);
  assert.equal(singleEncoding(hd, "low").scaleResolutionDownBy, 4);
});
