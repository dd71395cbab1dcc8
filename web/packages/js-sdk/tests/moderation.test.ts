import assert from "node:assert/strict";
import { test } from "node:test";
import { MediaRequest } from "../src/meeting-events";
import { Visit } from "./support/meeting";

const bob = { participantId: "bob", displayName: "Bob", mode: "SEND_AND_RECV", streams: [] };
const QUIET = { micEnabled: false, webcamEnabled: false };

test("others are asked to switch on, and switched off without being asked", async () => {
  await Visit.with(QUIET, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    const other = visit.meeting.participants.get("bob")!;
    await other.enableMic();
    await other.enableWebcam();
    await other.disableMic();
    await other.disableWebcam();
    await other.disableScreenShare();
    await visit.meeting.disableAllMics();

    const sent = visit.server.log.filter(({ type }) => type.endsWith("-media"));
    assert.deepEqual(sent.map(({ type, participantId, kind }) => [type, participantId, kind]), [
      ["request-media", "bob", "audio"],
      ["request-media", "bob", "video"],
      ["disable-media", "bob", "audio"],
      ["disable-media", "bob", "video"],
      ["disable-media", "bob", "share"],
      ["disable-media", undefined, "audio"],
    ]);
  });
});

test("one's own devices are switched here and now", async () => {
  await Visit.with(QUIET, async (visit) => {
    await visit.meeting.join();
    const { localParticipant } = visit.meeting;
    await localParticipant.enableMic();
    await localParticipant.enableWebcam();
    assert.deepEqual([localParticipant.micOn, localParticipant.webcamOn], [true, true]);
    await localParticipant.disableMic();
    await localParticipant.disableWebcam();
    assert.deepEqual([localParticipant.micOn, localParticipant.webcamOn], [false, false]);
    assert.equal(visit.server.log.some(({ type }) => type.endsWith("-media")), false);
  });
});

test("a request to unmute does nothing until it is accepted", async () => {
  await Visit.with(QUIET, async (visit) => {
    const requests: MediaRequest[] = [];
    visit.meeting.on("mic-requested", (request) => requests.push(request));
    visit.meeting.on("webcam-requested", (request) => requests.push(request));
    await visit.meeting.join();
    visit.events(
      1,
      { type: "media-requested", kind: "audio", requestedBy: "bob" },
      { type: "media-requested", kind: "video", requestedBy: "eve" },
    );
    await visit.logged("mic-requested", "bob");
    await visit.logged("webcam-requested", "eve");
    assert.equal(visit.devices.opened.length, 0);

    await requests[1]!.reject();
    await requests[0]!.accept();
    const { localParticipant } = visit.meeting;
    assert.deepEqual([localParticipant.micOn, localParticipant.webcamOn], [true, false]);
  });
});

test("a microphone that a moderator switches off is let go of, told, and not told back", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await visit.logged("on", "ann", "audio", "own-audio");
    visit.log.length = 0;
    visit.events(1, { type: "media-disabled", kind: "audio", disabledBy: "bob" });
    await visit.logged("media-disabled", "audio", "bob");

    assert.deepEqual(visit.log, [
      ["status", "ann", "audio", false],
      ["off", "ann", "audio", "own-audio"],
      ["media-disabled", "audio", "bob"],
    ]);
    assert.equal(visit.devices.opened[0]!.readyState, "ended");
    assert.equal(visit.connection.transceivers[0]!.sender.track, null);

    await visit.meeting.unmuteMic();
    assert.equal(visit.meeting.localParticipant.micOn, true);
    assert.equal(visit.devices.opened.length, 2); // the device is opened anew
    assert.equal(visit.server.log.some(({ type }) => type === "stream-disable"), false);
  });
});

test("a microphone muted before is let go of as well", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await visit.logged("on", "ann", "audio", "own-audio");
    await visit.meeting.muteMic();
    assert.equal(visit.devices.opened[0]!.readyState, "live");
    visit.events(1, { type: "media-disabled", kind: "audio", disabledBy: "bob" });
    await visit.logged("media-disabled", "audio", "bob");
    assert.equal(visit.devices.opened[0]!.readyState, "ended");
  });
});

test("switching off what is only just being switched on reaches the server", async () => {
  await Visit.with(QUIET, async (visit) => {
    await visit.meeting.join();
    const usual = visit.server.answer;
    let answer = (): void => {};
    visit.server.answer = (client, message) => {
      if (message.type !== "stream-enable") return usual(client, message);
      answer = () => usual(client, message);
    };
    const on = visit.meeting.unmuteMic();
    await visit.server.message("stream-enable");
    visit.events(1, { type: "media-disabled", kind: "audio", disabledBy: "bob" });
    await visit.logged("media-disabled", "audio", "bob");
    answer();
    await on;

    await visit.server.message("stream-disable");
    assert.equal(visit.meeting.localParticipant.micOn, false);
  });
});

test("a screen share that is ended ends with its sound", async () => {
  await Visit.with(QUIET, async (visit) => {
    await visit.meeting.join();
    await visit.meeting.enableScreenShare();
    visit.events(1, { type: "media-disabled", kind: "share", disabledBy: "bob" });
    await visit.logged("media-disabled", "share", "bob");

    const { localParticipant } = visit.meeting;
    assert.deepEqual([localParticipant.screenShareOn, localParticipant.screenShareAudioOn], [false, false]);
    assert(visit.devices.opened.every((track) => track.readyState === "ended"));
  });
});

test("what the server refuses is rejected and told as an error", async () => {
  await Visit.with(QUIET, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    const usual = visit.server.answer;
    visit.server.answer = (client, message) => {
      if (message.type !== "disable-media") return usual(client, message);
      client.send({ type: "error", id: message.id, code: 4101, name: "NOT_PERMITTED", message: "" });
    };
    await assert.rejects(visit.meeting.participants.get("bob")!.disableMic(), { code: 4101 });
    await visit.logged("error", 4101);
  });
});

test("pins are asked for by kind and told to everybody", async () => {
  await Visit.with(QUIET, async (visit) => {
    const eve = { ...bob, participantId: "eve", pin: { cam: true, share: false } };
    visit.joined = { participants: [bob, eve] };
    await visit.meeting.join();
    assert.deepEqual([...visit.meeting.pinnedParticipants], [["eve", { cam: true, share: false }]]);
    const other = visit.meeting.participants.get("bob")!;
    await other.pin();
    await other.pin("CAM");
    await other.unpin("SHARE");
    await visit.meeting.localParticipant.pin("SHARE");
    await assert.rejects(other.pin("BOTH" as never), { code: 3073 });
    const sent = visit.server.log.filter(({ type }) => type.endsWith("pin"));
    assert.deepEqual(sent.map(({ type, participantId, cam, share }) => [type, participantId, cam, share]), [
      ["pin", "bob", true, true],
      ["pin", "bob", true, undefined],
      ["unpin", "bob", undefined, true],
      ["pin", "ann", undefined, true],
    ]);

    const state = { cam: false, share: true };
    visit.events(1, { type: "pin-changed", participantId: "ann", state, pinnedBy: "ann" });
    await visit.logged("pin", "ann", state, "ann");
    assert.deepEqual(visit.meeting.localParticipant.pinState, state);
    assert.deepEqual([...visit.meeting.pinnedParticipants.keys()], ["ann", "eve"]);
    visit.events(
      2,
      { type: "pin-changed", participantId: "ann", state: { cam: false, share: false }, pinnedBy: "bob" },
      { type: "participant-left", participantId: "eve", reason: null },
    );
    await visit.logged("left", "eve", undefined);
    assert.equal(visit.meeting.pinnedParticipants.size, 0);
  });
});
