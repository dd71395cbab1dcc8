import assert from "node:assert/strict";
import { test } from "node:test";
import { Constants } from "../src/constants";
import { captureError } from "../src/errors";

test("each way a camera or microphone can fail has its own code", () => {
  const cases: [string, string, number, number][] = [
    ["NotAllowedError", "Permission denied", 3017, 3018],
    ["NotAllowedError", "Permission denied by system", 3019, 3020],
    ["NotFoundError", "", 3021, 3022],
    ["OverconstrainedError", "", 3021, 3022],
    ["NotReadableError", "", 3023, 3024],
    ["SecurityError", "", 3033, 3034],
    ["Unheard", "", 3011, 3012],
  ];
  for (const [name, message, camera, microphone] of cases) {
    assert.equal(captureError("camera", { name, message }).code, camera, name);
    assert.equal(captureError("microphone", { name, message }).code, microphone, name);
  }
  assert.equal(captureError("screen", { name: "NotAllowedError" }).code, 3016);
  assert.equal(captureError("screen", { name: "NotSupportedError" }).code, 3013);
  assert.equal(captureError("camera", null).code, 3011);
});

test("an error goes out as code, name and message", () => {
  const sent: unknown = JSON.parse(JSON.stringify(captureError("camera", { name: "NotFoundError" })));
  assert.deepEqual(sent, {
    code: 3021,
    name: "ERROR_CAMERA_NOT_FOUND",
    message: "No camera was found.",
  });
});

test("constants are their own names", () => {
  assert.equal(Constants.modes.SEND_AND_RECV, "SEND_AND_RECV");
  assert.equal(Constants.recordingEvents.RECORDING_STARTED, "RECORDING_STARTED");
  assert.equal(Constants.permission.AUDIO_AND_VIDEO, "audio_video");
  assert.equal(Constants.errors.INVALID_TOKEN.code, 4002);
});
