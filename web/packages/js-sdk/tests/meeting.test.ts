import assert from "node:assert/strict";
import { test } from "node:test";
import { Roster } from "../src/roster";
import { Visit } from "./support/meeting";

const bob = {
  participantId: "bob",
  displayName: "Bob",
  mode: "SEND_AND_RECV",
  metaData: { role: "host" },
  streams: [{ streamId: "b1", kind: "audio" }, { streamId: "b2", kind: "video" }],
};

test("joining tells state, meeting, people and own streams in this order", async () => {
  await Visit.with({}, async (visit) => {
    visit.joined = { participants: [bob], activeSpeakerId: "bob", presenterId: null };
    await visit.meeting.join();
    await visit.logged("on", "ann", "video", "own-video");

    assert.deepEqual(visit.log.filter(([name]) => name !== "status"), [
      ["state", "CONNECTING"],
      ["state", "CONNECTED"],
      ["meeting-joined"],
      ["joined", "bob"],
      ["on", "ann", "audio", "own-audio"],
      ["on", "ann", "video", "own-video"],
      ["speaker", "bob"],
    ]);
    const known = visit.meeting.participants.get("bob")!;
    assert.deepEqual(
      [known.displayName, known.micOn, known.webcamOn, known.isLocal, known.streams.size],
      ["Bob", true, true, false, 0],
    );
    assert.deepEqual(known.metaData, { role: "host" });
  });
});

test("the offer has four lines to send and four seats to receive, in a fixed order", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    const join = await visit.server.message("join");

    const lines = String(join.offer).split("\r\n");
    assert.deepEqual(lines.slice(0, 4).map((line) => line.split(" ")[0]), [
      "m=audio",
      "m=video",
      "m=video",
      "m=audio",
    ]);
    assert.equal(lines.length, 4 + 2 * 4);
    assert(lines.slice(4).every((line) => line.endsWith("recvonly")));
    assert.deepEqual(join.streams, []);
    const camera = visit.connection.transceivers[1]!.sender.encodings as { rid: string }[];
    assert.deepEqual(camera.map(({ rid }) => rid), ["q", "h", "f"]);
  });
});

test("a denied camera does not keep anybody out", async () => {
  await Visit.with({ micEnabled: false }, async (visit) => {
    visit.devices.refusal = { name: "NotAllowedError", message: "" };
    await visit.meeting.join();
    await visit.logged("error", 3017);

    assert.equal(visit.meeting.localParticipant.webcamOn, false);
    visit.devices.refusal = null;
    await visit.meeting.enableWebcam();
    assert.equal(visit.meeting.localParticipant.webcamOn, true);
    const { kind, mid } = await visit.server.message("stream-enable");
    assert.deepEqual([kind, mid], ["video", "1"]);
  });
});

test("a remote stream is enabled when it is announced and seated, in either order", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    visit.events(
      1,
      { type: "stream-seated", streamId: "b2", mid: "5" },
      { type: "stream-seated", streamId: "b3", mid: "7" },
      { type: "stream-enabled", participantId: "bob", stream: { streamId: "b3", kind: "share" } },
    );
    await visit.logged("on", "bob", "share", "b3");

    const streams = [...visit.meeting.participants.get("bob")!.streams.values()];
    assert.deepEqual(streams.map(({ id, kind }) => [id, kind]), [["b2", "video"], ["b3", "share"]]);
    const track = visit.connection.transceivers[5]!.receiver.track as unknown;
    assert(streams[0]!.track === track);
  });
});

test("a seat given to somebody else takes the first stream off and shows the second", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    const eve = { ...bob, participantId: "eve", streams: [{ streamId: "e1", kind: "video" }] };
    visit.joined = { participants: [bob, eve] };
    await visit.meeting.join();
    visit.events(
      1,
      { type: "stream-seated", streamId: "b2", mid: "5" },
      { type: "stream-unseated", streamId: "b2", mid: "5" },
      { type: "stream-seated", streamId: "e1", mid: "5" },
    );
    await visit.logged("on", "eve", "video", "e1");

    assert.equal(visit.meeting.participants.get("bob")!.streams.size, 0);
    assert.equal(visit.meeting.participants.get("bob")!.webcamOn, true); // on, only not seen here
  });
});

test("leaving takes streams off before the participant goes, with the reason", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    visit.events(
      1,
      { type: "stream-seated", streamId: "b2", mid: "5" },
      { type: "stream-disabled", participantId: "bob", streamId: "b2", kind: "video" },
      { type: "participant-left", participantId: "bob", reason: { code: 1002, message: "" } },
    );
    await visit.logged("left", "bob", 1002);

    const off = visit.log.findIndex(([name]) => name === "off");
    assert(off >= 0 && off < visit.log.findIndex(([name]) => name === "left"));
    assert.equal(visit.meeting.participants.size, 0);
  });
});

test("muting is instant, keeps the device open, and unmuting uses it again", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await visit.logged("on", "ann", "audio", "own-audio");
    const sender = visit.connection.transceivers[0]!.sender;
    const track = visit.devices.opened[0]!;
    assert(sender.track === track);

    const muted = visit.meeting.muteMic();
    assert.equal(sender.track, null);
    assert.equal(visit.meeting.localParticipant.micOn, false);
    await muted;
    assert.deepEqual([track.enabled, track.readyState], [false, "live"]);
    await visit.meeting.unmuteMic();

    assert(sender.track === track && track.enabled);
    assert.equal(visit.devices.opened.length, 1);
    await visit.logged("on", "ann", "audio", "audio1");
  });
});

test("switching off while switching on is under way ends with off", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    const on = visit.meeting.enableWebcam();
    await visit.meeting.disableWebcam();
    await on;
    await visit.meeting.enableWebcam();

    assert.equal(visit.meeting.localParticipant.webcamOn, true);
    await visit.meeting.disableWebcam();
    assert.equal(visit.meeting.localParticipant.webcamOn, false);
    assert(visit.devices.opened.every((track) => track.readyState === "ended"));
    assert.equal(visit.connection.transceivers[1]!.sender.track, null);
  });
});

test("when seats run out more receiving lines are offered on the same connection", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    visit.events(1, { type: "seats-needed", count: 8 });
    const offer = await visit.server.message("offer");

    assert.equal(offer.reset, false);
    assert.equal(String(offer.sdp).split("\r\n").length, 4 + 2 * 8);
    assert.equal(visit.connections.length, 1);
  });
});

test("when the server lost its media a new connection is offered and nobody leaves", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    await visit.logged("on", "ann", "audio", "own-audio");
    visit.events(1, { type: "stream-seated", streamId: "b2", mid: "5" });
    await visit.logged("on", "bob", "video", "b2");
    visit.log.length = 0;
    visit.events(2, { type: "media-reset" });
    const offer = await visit.server.message("offer");
    await visit.logged("on", "bob", "video", "b2");
    await visit.logged("state", "CONNECTED");

    assert.equal(offer.reset, true);
    assert.deepEqual(offer.streams, [{ kind: "audio", mid: "0" }]);
    assert.equal(visit.connections.length, 2);
    assert(visit.connections[0]!.isClosed);
    assert(visit.connection.transceivers[0]!.sender.track === visit.devices.opened[0]);
    const shown = visit.meeting.participants.get("bob")!.streams.get("b2")!.track as unknown;
    assert(shown === visit.connection.transceivers[5]!.receiver.track);
    assert.deepEqual(visit.log.filter(([name]) => name === "left" || name === "status"), []);
    assert.deepEqual(visit.log.filter(([name]) => name === "state").map(([, state]) => state), [
      "RECONNECTING",
      "CONNECTED",
    ]);
  });
});

test("a stream that the server does not seat again on a new connection is taken off", () => {
  const roster = new Roster({
    receiver: (mid: string) => ({ track: { mid } }),
    joined: () => {},
  } as never);
  roster.replaceAll([bob as never], "ann");
  const { streams } = roster.participants.get("bob")!;
  roster.seated("b1", "4");
  roster.seated("b2", "5");
  const realTimeout = globalThis.setTimeout;
  let sweep = (): void => {};
  (globalThis as { setTimeout: unknown }).setTimeout = (task: () => void) => (sweep = task);
  roster.renewing();
  roster.seated("b2", "5");
  roster.renewed();
  globalThis.setTimeout = realTimeout;
  assert.deepEqual([...streams.keys()].sort(), ["b1", "b2"]); // no flicker meanwhile
  sweep();

  assert.deepEqual([...streams.keys()], ["b2"]);
});

test("a connection that failed is made anew", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await visit.server.until(() => true);
    visit.connection.become("failed");
    const offer = await visit.server.message("offer");

    assert.equal(offer.reset, true);
  });
});

test("a cut of the socket touches no media", async () => {
  await Visit.with({}, async (visit) => {
    await visit.meeting.join();
    await visit.logged("on", "ann", "video", "own-video");
    visit.server.last.cut();
    await visit.logged("state", "RECONNECTING");
    await visit.server.message("resume");
    await visit.meeting.pubSub.publish("t", "still here");

    assert.equal(visit.connections.length, 1);
    assert.deepEqual(visit.log[visit.log.length - 1], ["state", "CONNECTED"]);
    assert.equal(visit.log.some(([name]) => name === "off"), false);
  });
});

test("after a new join the differences are told and the same people stay the same objects", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    const eve = { ...bob, participantId: "eve", streams: [] };
    visit.joined = { participants: [bob, eve] };
    await visit.meeting.join();
    await visit.logged("on", "ann", "audio", "own-audio");
    const known = visit.meeting.participants.get("bob");
    visit.joined = {
      participants: [{ ...bob, streams: [{ streamId: "b9", kind: "video" }] }, { ...eve, participantId: "dan" }],
      streams: [{ streamId: "new", kind: "audio" }],
    };
    const answer = visit.server.answer;
    visit.server.answer = (client, message) => {
      if (message.type === "resume") {
        client.send({ type: "error", id: 0, code: 4404, name: "RESUME_EXPIRED", message: "" });
      } else answer(client, message);
    };
    visit.log.length = 0;
    visit.server.last.cut();
    await visit.logged("joined", "dan");
    await visit.logged("on", "ann", "audio", "new");

    assert(visit.meeting.participants.get("bob") === known);
    assert.deepEqual([...visit.meeting.participants.keys()], ["bob", "dan"]);
    assert.deepEqual([known!.micOn, known!.webcamOn], [false, true]);
    assert(visit.log.some(([name, id]) => name === "left" && id === "eve"));
    assert.equal(visit.log.some(([name]) => name === "meeting-joined"), false);
    assert.equal(visit.connections.length, 2);
    assert(visit.connection.transceivers[0]!.sender.track === visit.devices.opened[0]);
  });
});

test("what is asked before the meeting is joined is refused with 3035", async () => {
  await Visit.with({}, async (visit) => {
    await assert.rejects(visit.meeting.muteMic(), { code: 3035 });
    assert.deepEqual(visit.log, [["error", 3035]]);
  });
});

test("a meeting without token, room or with spaces in the id fails before it connects", async () => {
  for (const [parameters, code] of [
    [{ token: "" }, 4002],
    [{ meetingId: "" }, 4003],
    [{ participantId: "a b" }, 4004],
  ] as const) {
    await Visit.with(parameters, async (visit) => {
      await assert.rejects(visit.meeting.join(), { code });
      assert.deepEqual(visit.log, [["state", "CONNECTING"], ["error", code], ["state", "FAILED"]]);
      assert.equal(visit.server.clients.length, 0);
    });
  }
});

test("leaving lets go of devices and connections and is told as 1101", async () => {
  await Visit.with({}, async (visit) => {
    await visit.meeting.join();
    await visit.logged("on", "ann", "video", "own-video");
    await visit.meeting.leave();

    assert(visit.devices.opened.every((track) => track.readyState === "ended"));
    assert(visit.connections.every((connection) => connection.isClosed));
    const end = visit.log.filter(([name]) => name === "state" || name === "meeting-left");
    assert.deepEqual(end.slice(-3), [
      ["state", "CLOSING"],
      ["state", "CLOSED"],
      ["meeting-left", 1101],
    ]);
    await visit.server.message("leave");
  });
});

test("a participant who only receives has no lines to send, one who only signals no media", async () => {
  await Visit.with({ mode: "RECV_ONLY" }, async (visit) => {
    await visit.meeting.join();
    assert.equal(String((await visit.server.message("join")).offer).split("\r\n").length, 8);
    assert.equal(visit.devices.opened.length, 0);
    await assert.rejects(visit.meeting.enableWebcam(), { code: 4101 });
    assert.equal(visit.devices.opened.length, 0);
  });
  await Visit.with({ mode: "VIEWER" }, async (visit) => {
    await visit.meeting.join();
    const join = await visit.server.message("join");
    assert.deepEqual([join.mode, join.offer], ["SIGNALLING_ONLY", undefined]);
    assert.equal(visit.connections.length, 0);
  });
});

test("a shared screen brings its sound, and stopping it in the browser's bar stops both", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await visit.meeting.enableScreenShare();
    const { localParticipant } = visit.meeting;
    assert.deepEqual([localParticipant.screenShareOn, localParticipant.screenShareAudioOn], [true, true]);

    visit.devices.opened[0]!.onended?.();
    await visit.server.message("stream-disable", 2);
    assert.deepEqual([localParticipant.screenShareOn, localParticipant.screenShareAudioOn], [false, false]);
  });
});

test("a screen share asked for twice opens one dialogue, and one stopped meanwhile leaves nothing", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await Promise.all([visit.meeting.enableScreenShare(), visit.meeting.enableScreenShare()]);
    assert.equal(visit.devices.opened.length, 2);
    await visit.meeting.disableScreenShare();

    const late = visit.meeting.enableScreenShare();
    await visit.meeting.disableScreenShare();
    await late;
    assert(visit.devices.opened.every((track) => track.readyState === "ended"));
    assert.equal(visit.meeting.localParticipant.streams.size, 0);
  });
});

test("a camera chosen while it is switched off does not switch it on, but is used next", async () => {
  await Visit.with({ micEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await visit.logged("on", "ann", "video", "own-video");
    const other = await visit.devices.getUserMedia({ video: true });
    const changing = visit.meeting.changeWebcam(other as unknown as MediaStream);
    await visit.meeting.disableWebcam();
    await changing;

    assert.equal(visit.meeting.localParticipant.webcamOn, false);
    await visit.meeting.enableWebcam();
    assert(visit.connection.transceivers[1]!.sender.track === other.getVideoTracks()[0]);
    await visit.meeting.changeMic((await visit.devices.getUserMedia({ audio: true })) as never);
    await visit.meeting.leave();
    assert(visit.devices.opened.every((track) => track.readyState === "ended"));
  });
});

test("a join that got no answer for its media asks for one", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    visit.joined = { answer: null };
    await visit.meeting.join();
    assert.equal((await visit.server.message("offer")).reset, true);
  });
});

test("another camera takes the sender at once under the same stream", async () => {
  await Visit.with({ micEnabled: false }, async (visit) => {
    await visit.meeting.join();
    await visit.logged("on", "ann", "video", "own-video");
    const other = await visit.devices.getUserMedia({ video: true });
    await visit.meeting.changeWebcam(other as unknown as MediaStream);

    assert.equal(visit.devices.opened[0]!.readyState, "ended");
    assert(visit.connection.transceivers[1]!.sender.track === other.getVideoTracks()[0]);
    const stream = visit.meeting.localParticipant.streams.get("own-video")!;
    assert((stream.track as unknown) === other.getVideoTracks()[0]);
  });
});

test("a remote stream is paused and resumed at the server", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    visit.events(1, { type: "stream-seated", streamId: "b2", mid: "5" });
    await visit.logged("on", "bob", "video", "b2");
    const stream = visit.meeting.participants.get("bob")!.streams.get("b2")!;
    await stream.pause();
    assert.equal((await visit.server.message("pause-stream")).streamId, "b2");
    assert(stream.paused);
    await stream.resume();
    assert.equal((await visit.server.message("resume-stream")).streamId, "b2");
    assert(!stream.paused);
  });
});

test("the picture that is asked for is the smallest that looks good in its view", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    visit.events(1, { type: "stream-seated", streamId: "b2", mid: "5" });
    await visit.logged("on", "bob", "video", "b2");
    const known = visit.meeting.participants.get("bob")!;
    for (const [width, height] of [[320, 180], [600, 340], [180, 320], [1280, 720]] as const) {
      await known.setViewPort(width, height);
    }
    await assert.rejects(known.setViewPort(0, 180), { code: 3073 });

    const asked = visit.server.log.filter(({ type }) => type === "set-quality").map(({ quality }) => quality);
    assert.deepEqual(asked, ["low", "med", "med", "high"]);
  });
});
