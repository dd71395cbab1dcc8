import assert from "node:assert/strict";
import { test } from "node:test";
import { Visit } from "./support/meeting";
import { Message } from "./support/server";

const bob = { participantId: "bob", displayName: "Bob", mode: "SEND_AND_RECV", streams: [] };

/** Answers `switch` with the other room, or refuses it. */
function otherRoom(visit: Visit, refusal?: { code: number; name: string }): void {
  const usual = visit.server.answer;
  visit.server.answer = (client, message) => {
    if (message.type !== "switch") return usual(client, message);
    if (refusal) return client.send({ type: "error", id: message.id, message: "", ...refusal });
    const streams = ((message.streams as { kind: string }[] | undefined) ?? []).map(({ kind }) => ({
      kind,
      streamId: `other-${kind}`,
    }));
    client.send({
      type: "joined",
      id: message.id,
      meetingId: message.meetingId,
      sessionId: "s2",
      participantId: "ann",
      resumeToken: "other",
      mode: "SEND_AND_RECV",
      answer: message.offer ? "other answer" : null,
      streams,
      participants: [{ ...bob, participantId: "eve" }],
    });
    // The first event of the other room comes right behind.
    client.send({ type: "speaker-changed", seq: 1, participantId: "eve" });
  };
}

test("switching tells the old people off and the new ones on, with the same devices", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    await visit.logged("on", "ann", "audio", "own-audio");
    visit.events(1, { type: "speaker-changed", participantId: "bob" });
    await visit.logged("speaker", "bob");
    otherRoom(visit);
    visit.log.length = 0;
    await visit.meeting.switchTo({ meetingId: "other" });
    await visit.logged("speaker", "eve");

    assert.deepEqual(visit.log.filter(([name]) => name !== "status"), [
      ["left", "bob", 1005],
      ["meeting-joined"],
      ["joined", "eve"],
      ["off", "ann", "audio", "own-audio"],
      ["on", "ann", "audio", "other-audio"],
      ["speaker", null],
      ["speaker", "eve"],
    ]);
    assert.equal(visit.meeting.id, "other");
    assert.equal(visit.connections.length, 2);
    assert(visit.connections[0]!.isClosed);
    assert.deepEqual(visit.connection.answers, ["other answer"]);
    assert(visit.connection.transceivers[0]!.sender.track === visit.devices.opened[0]);
    assert.equal(visit.devices.opened.length, 1);
  });
});

test("after a switch a lost session is resumed and joined again in the other room", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    otherRoom(visit);
    await visit.meeting.switchTo({ meetingId: "other", token: "pass" });
    await visit.logged("speaker", "eve");
    assert.equal((await visit.server.message("switch")).token, "pass");
    const usual = visit.server.answer;
    visit.server.answer = (client, message) => {
      if (message.type !== "resume") return usual(client, message);
      client.send({ type: "error", id: 0, code: 4404, name: "RESUME_EXPIRED", message: "" });
    };
    visit.server.last.cut();
    const resume = await visit.server.message("resume");
    const join: Message = await visit.server.message("join", 2);

    assert.deepEqual([resume.resumeToken, resume.seq], ["other", 1]);
    assert.deepEqual([join.meetingId, join.token], ["other", "pass"]);
  });
});

test("a room that refuses changes nothing", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    visit.joined = { participants: [bob] };
    await visit.meeting.join();
    await visit.logged("on", "ann", "audio", "own-audio");
    otherRoom(visit, { code: 4003, name: "INVALID_MEETING_ID" });
    visit.log.length = 0;
    await assert.rejects(visit.meeting.switchTo({ meetingId: "nowhere" }), { code: 4003 });

    assert.deepEqual(visit.log, [["error", 4003]]);
    assert.equal(visit.meeting.id, "m");
    assert(!visit.connections[0]!.isClosed && visit.connections[1]!.isClosed);
    assert(visit.connections[0]!.transceivers[0]!.sender.track === visit.devices.opened[0]);
    await assert.rejects(visit.meeting.switchTo({ meetingId: "" }), { code: 3073 });
  });
});

test("subscriptions and observations go on in the other room", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    await visit.meeting.join();
    const heard: unknown[] = [];
    await visit.meeting.pubSub.subscribe("CHAT", ({ message }) => heard.push(message));
    otherRoom(visit);
    await visit.meeting.switchTo({ meetingId: "other" });
    assert.equal((await visit.server.message("subscribe", 2)).topic, "CHAT");
    visit.events(2, {
      type: "pubsub",
      message: { messageId: "1", topic: "CHAT", message: "hello", senderId: "eve", timestamp: 1 },
    });
    await visit.server.until(() => heard.length === 1);
    assert.deepEqual(heard, ["hello"]);
  });
});
