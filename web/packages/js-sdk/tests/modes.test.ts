import assert from "node:assert/strict";
import { test } from "node:test";
import { Visit } from "./support/meeting";

const bob = {
  participantId: "bob",
  displayName: "Bob",
  mode: "SEND_AND_RECV",
  streams: [{ streamId: "b2", kind: "video" }],
};
const QUIET = { micEnabled: false, webcamEnabled: false };

test("the old names of modes are understood and the change is told once", async () => {
  await Visit.with(QUIET, async (visit) => {
    const alike: string[] = [];
    visit.meeting.on("participant-mode-change", ({ mode }) => alike.push(mode));
    await visit.meeting.join();
    await visit.meeting.changeMode("VIEWER");
    assert.equal((await visit.server.message("change-mode")).mode, "SIGNALLING_ONLY");
    visit.events(
      1,
      { type: "participant-mode-changed", participantId: "ann", mode: "SIGNALLING_ONLY" },
      { type: "entry-withdrawn", participantId: "x" },
    );
    await visit.logged("entry-withdrawn", "x");

    assert.deepEqual(visit.log.filter(([name]) => name === "mode"), [["mode", "ann", "SIGNALLING_ONLY"]]);
    assert.deepEqual(alike, ["SIGNALLING_ONLY"]);
    assert.equal(visit.meeting.localParticipant.mode, "SIGNALLING_ONLY");
    await assert.rejects(visit.meeting.changeMode("LOUD" as never), { code: 3073 });
  });
});

test("who becomes a viewer lets go of the devices and goes on receiving", async () => {
  await Visit.with({}, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    await visit.logged("on", "ann", "video", "own-video");
    visit.events(1, { type: "stream-seated", streamId: "b2", mid: "5" });
    await visit.logged("on", "bob", "video", "b2");
    await visit.meeting.changeMode("RECV_ONLY");

    assert(visit.devices.opened.every((track) => track.readyState === "ended"));
    assert.equal(visit.meeting.localParticipant.streams.size, 0);
    assert.equal(visit.meeting.participants.get("bob")!.streams.size, 1);
    assert.equal(visit.connections.length, 1);
    assert.equal(visit.server.log.some(({ type }) => type === "stream-disable"), false);
    await assert.rejects(visit.meeting.unmuteMic(), { code: 4101 });
  });
});

test("who only signals has no media connection, and nobody's reset gives one", async () => {
  await Visit.with(QUIET, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    visit.events(1, { type: "stream-seated", streamId: "b2", mid: "5" });
    await visit.logged("on", "bob", "video", "b2");
    await visit.meeting.changeMode("SIGNALLING_ONLY");
    assert(visit.connection.isClosed);
    await visit.logged("off", "bob", "video", "b2");
    assert.equal(visit.meeting.participants.get("bob")!.webcamOn, true);

    visit.events(2, { type: "media-reset" }, { type: "entry-withdrawn", participantId: "x" });
    await visit.logged("entry-withdrawn", "x");
    await visit.meeting.pubSub.publish("t", "");
    assert.equal(visit.connections.length, 1);
    assert.equal(visit.log.some(([name, state]) => name === "state" && state === "RECONNECTING"), false);
  });
});

test("a viewer brought on stage gets lines to send on, then may send, and nobody reconnects", async () => {
  for (const mode of ["RECV_ONLY", "SIGNALLING_ONLY"] as const) {
    await Visit.with({ mode }, async (visit) => {
      await visit.meeting.join();
      visit.events(1, { type: "participant-mode-changed", participantId: "ann", mode: "SEND_AND_RECV" });
      await visit.logged("mode", "ann", "SEND_AND_RECV");
      await visit.meeting.unmuteMic(); // before the answer: waits for it
      await visit.logged("on", "ann", "audio", "audio1");

      const { type, reset, sdp } = await visit.server.message("offer");
      assert.deepEqual([type, reset], ["offer", true]);
      assert.equal(String(sdp).split("\r\n")[0], "m=audio 0 sendonly");
      const enable = await visit.server.message("stream-enable");
      assert.equal(enable.mid, "0");
      assert(visit.connection.transceivers[0]!.sender.track === visit.devices.opened[0]);
      assert.equal(visit.devices.opened.length, 1); // nothing was switched on unasked
      assert.deepEqual(visit.log.filter(([name]) => name === "state"), [
        ["state", "CONNECTING"],
        ["state", "CONNECTED"],
      ]);
    });
  }
});

test("coming on stage while another offer is under way waits for the right answer", async () => {
  await Visit.with({ mode: "RECV_ONLY" }, async (visit) => {
    await visit.meeting.join();
    const usual = visit.server.answer;
    let answer = (): void => {};
    visit.server.answer = (client, message) => {
      if (message.type !== "offer" || message.reset) return usual(client, message);
      answer = () => usual(client, message);
    };
    visit.events(
      1,
      { type: "seats-needed", count: 6 },
      { type: "participant-mode-changed", participantId: "ann", mode: "SEND_AND_RECV" },
    );
    await visit.server.message("offer");
    await visit.logged("mode", "ann", "SEND_AND_RECV");
    const unmuted = visit.meeting.unmuteMic();
    answer();
    await unmuted;

    assert.equal((await visit.server.message("offer", 2)).reset, true);
    await visit.logged("on", "ann", "audio", "audio1");
  });
});

test("streams seated anew after the lines changed have the tracks of their new places", async () => {
  await Visit.with({ mode: "RECV_ONLY" }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    visit.events(1, { type: "stream-seated", streamId: "b2", mid: "1" });
    await visit.logged("on", "bob", "video", "b2");
    visit.log.length = 0;
    await visit.meeting.changeMode("SEND_AND_RECV");
    await visit.logged("off", "bob", "video", "b2");
    visit.events(2, { type: "stream-seated", streamId: "b2", mid: "5" });
    await visit.logged("on", "bob", "video", "b2");

    const shown = visit.meeting.participants.get("bob")!.streams.get("b2")!.track as unknown;
    assert(shown === visit.connection.transceivers[5]!.receiver.track);
  });
});

test("a moderator changes the mode of others", async () => {
  await Visit.with(QUIET, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    await visit.meeting.participants.get("bob")!.changeMode("RECV_ONLY");
    const { participantId, mode } = await visit.server.message("change-mode");
    assert.deepEqual([participantId, mode], ["bob", "RECV_ONLY"]);
    assert.equal(visit.meeting.participants.get("bob")!.mode, "RECV_ONLY");
  });
});

test("after a new join the mode is the one it was changed to", async () => {
  await Visit.with(QUIET, async (visit) => {
    await visit.meeting.join();
    await visit.meeting.changeMode("RECV_ONLY");
    const usual = visit.server.answer;
    visit.server.answer = (client, message) => {
      if (message.type !== "resume") return usual(client, message);
      client.send({ type: "error", id: 0, code: 4404, name: "RESUME_EXPIRED", message: "" });
    };
    visit.server.last.cut();
    assert.equal((await visit.server.message("join", 2)).mode, "RECV_ONLY");
  });
});
