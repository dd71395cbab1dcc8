import assert from "node:assert/strict";
import { test } from "node:test";
import { MediaRelayRequest } from "../src/meeting-events";
import { Visit } from "./support/meeting";

const QUIET = { micEnabled: false, webcamEnabled: false };

test("a relay is asked for, answered, started, stopped and its failure told", async () => {
  await Visit.with(QUIET, async (visit) => {
    const { meeting, log } = visit;
    meeting.on("media-relay-request-response", (response) => log.push(["response", response]));
    meeting.on("media-relay-started", ({ meetingId }) => log.push(["relay", meetingId]));
    meeting.on("media-relay-stopped", ({ meetingId, reason }) => log.push(["no relay", meetingId, reason]));
    meeting.on("media-relay-error", ({ meetingId, error }) => log.push(["trouble", meetingId, error.code]));
    await meeting.join();
    await meeting.requestMediaRelay({ destinationMeetingId: "there", kinds: ["audio", "share_audio"] });
    const request = await visit.server.message("relay-request");
    assert.deepEqual(
      [request.destinationMeetingId, request.token, request.kinds],
      ["there", undefined, ["audio", "shareAudio"]],
    );
    visit.events(
      1,
      { type: "relay-responded", meetingId: "there", decision: "accepted", decidedBy: "bob" },
      { type: "relay-started", meetingId: "there" },
      { type: "relay-stopped", meetingId: "there", reason: "failed" },
    );
    await visit.logged("no relay", "there", "failed");
    await meeting.stopMediaRelay("there");
    await visit.server.message("relay-stop");

    assert.deepEqual(log.slice(-4), [
      ["response", { meetingId: "there", decision: "accepted", decidedBy: "bob" }],
      ["relay", "there"],
      ["trouble", "there", 4078],
      ["no relay", "there", "failed"],
    ]);
    await assert.rejects(meeting.requestMediaRelay({} as never), { code: 3073 });
  });
});

test("a relay asked for here is accepted or declined, and its participant says where it is from", async () => {
  await Visit.with(QUIET, async (visit) => {
    const requests: MediaRelayRequest[] = [];
    visit.meeting.on("media-relay-request-received", (request) => requests.push(request));
    await visit.meeting.join();
    const from = { participantId: "bob", meetingId: "there", displayName: "Bob", kinds: ["audio"] };
    visit.events(
      1,
      { type: "relay-requested", ...from },
      {
        type: "participant-joined",
        participant: { participantId: "bob", displayName: "Bob", relayedFrom: "there" },
      },
    );
    await visit.logged("joined", "bob");
    assert.equal(visit.meeting.participants.get("bob")!.relayedFrom, "there");
    const { participantId, meetingId, displayName, kinds } = requests[0]!;
    assert.deepEqual({ participantId, meetingId, displayName, kinds }, from);

    await requests[0]!.accept();
    await requests[0]!.reject();
    const answers = visit.server.log.filter(({ type }) => type === "relay-respond");
    assert.deepEqual(answers.map((one) => [one.meetingId, one.participantId, one.decision]), [
      ["there", "bob", "accepted"],
      ["there", "bob", "declined"],
    ]);
  });
});

test("everybody's streams of a kind are paused, also of those who come later, and resumed", async () => {
  await Visit.with(QUIET, async (visit) => {
    const { meeting, log } = visit;
    meeting.on("paused-all-streams", ({ kind }) => log.push(["paused", kind]));
    meeting.on("resumed-all-streams", ({ kind }) => log.push(["resumed", kind]));
    const streams = [{ streamId: "b1", kind: "audio" }, { streamId: "b2", kind: "video" }];
    visit.joined = { participants: [{ participantId: "bob", streams }] };
    await meeting.join();
    visit.events(
      1,
      { type: "stream-seated", streamId: "b1", mid: "4" },
      { type: "stream-seated", streamId: "b2", mid: "5" },
    );
    await visit.logged("on", "bob", "video", "b2");
    await meeting.pauseAllStreams("video");
    await visit.logged("paused", "video");
    visit.events(
      3,
      { type: "participant-joined", participant: { participantId: "eve", streams: [{ streamId: "e2", kind: "video" }] } },
      { type: "stream-seated", streamId: "e2", mid: "7" },
    );
    assert.equal((await visit.server.message("pause-stream", 2)).streamId, "e2");
    await meeting.resumeAllStreams();

    const asked = visit.server.log.filter(({ type }) => /-stream$/.test(type));
    assert.deepEqual(asked.map(({ type, streamId }) => `${type} ${String(streamId)}`).sort(), [
      "pause-stream b2",
      "pause-stream e2",
      "resume-stream b2",
      "resume-stream e2",
    ]);
    await visit.logged("resumed", "all");
    await assert.rejects(meeting.pauseAllStreams("smell" as never), { code: 3073 });
  });
});

test("the store sets, reads, observes, and stops when the last observer does", async () => {
  await Visit.with(QUIET, async (visit) => {
    const usual = visit.server.answer;
    visit.server.answer = (client, message) => {
      if (!["store-get", "store-observe"].includes(message.type)) return usual(client, message);
      client.send({ type: "store-value", id: message.id, key: message.key, value: "old" });
    };
    await visit.meeting.join();
    const store = visit.meeting.realtimeStore;
    await store.setValue("k", "v");
    await store.setValue("k", null);
    const sets = visit.server.log.filter(({ type }) => type === "store-set");
    assert.deepEqual(sets.map(({ key, value }) => [key, value]), [["k", "v"], ["k", null]]);
    assert.equal(await store.getValue("k"), "old");

    const told: unknown[][] = [];
    const one = await store.observe("k", (value, by) => told.push(["one", value, by]));
    const two = await store.observe("k", (value, by) => told.push(["two", value, by]));
    visit.events(
      1,
      { type: "store-changed", key: "k", value: "new", updatedBy: "bob" },
      { type: "store-changed", key: "other", value: "x", updatedBy: "bob" },
    );
    await visit.server.until(() => told.length === 2);
    await store.stopObserving(one);
    assert.equal(visit.server.log.some(({ type }) => type === "store-unobserve"), false);
    visit.events(3, { type: "store-changed", key: "k", value: null, updatedBy: "bob" });
    await visit.server.until(() => told.length === 3);
    await store.stopObserving(two);
    await visit.server.message("store-unobserve");

    assert.deepEqual(told, [["one", "new", "bob"], ["two", "new", "bob"], ["two", null, "bob"]]);
    await assert.rejects(store.setValue("k", 5 as never), { code: 3073 });
    await assert.rejects(store.getValue(""), { code: 3073 });
  });
});

test("after a new join observers hear what changed meanwhile, and only that", async () => {
  await Visit.with(QUIET, async (visit) => {
    const values: Record<string, string> = { a: "1", b: "1" };
    const usual = visit.server.answer;
    visit.server.answer = (client, message) => {
      const { id, type, key } = message;
      if (type === "resume") {
        return client.send({ type: "error", id: 0, code: 4404, name: "RESUME_EXPIRED", message: "" });
      }
      if (type !== "store-observe") return usual(client, message);
      client.send({ type: "store-value", id, key, value: values[String(key)] });
    };
    await visit.meeting.join();
    const told: unknown[][] = [];
    for (const key of ["a", "b"]) {
      await visit.meeting.realtimeStore.observe(key, (value, by) => told.push([key, value, by]));
    }
    values.b = "2";
    visit.server.last.cut();
    await visit.server.until(() => told.length > 0);
    await visit.server.message("store-observe", 4);
    assert.deepEqual(told, [["b", "2", null]]);
  });
});

test("files go to the server and come back, and the token goes nowhere else", async () => {
  await Visit.with(QUIET, async (visit) => {
    const asked: unknown[][] = [];
    let reply: { ok: boolean; status: number; body: unknown };
    visit.fetch = async (url, init) => {
      const { authorization } = init.headers as Record<string, string>;
      asked.push([new URL(url).pathname + new URL(url).search, init.method, authorization, init.body]);
      return { ...reply, json: async () => reply.body } as unknown as Response;
    };
    await visit.meeting.join();
    reply = { ok: true, status: 200, body: { fileId: "f1", url: "/v2/files/f1" } };
    const url = await visit.meeting.uploadBase64File({
      base64Data: "data:text/plain;base64,aGk=",
      token: "pass",
      fileName: "hi.txt",
    });
    const base = visit.server.url.replace("ws:", "http:").replace("/signal", "");
    assert.equal(url, `${base}/v2/files/f1`);
    reply = { ok: true, status: 200, body: { base64Data: "aGk=" } };
    assert.equal(
      await visit.meeting.fetchBase64File({ url: "https://elsewhere.example/v2/files/f1", token: "pass" }),
      "aGk=",
    );
    assert.deepEqual(asked, [
      ["/v2/files", "POST", "pass", JSON.stringify({ roomId: "m", base64Data: "aGk=", fileName: "hi.txt" })],
      ["/v2/files/f1?base64=true", "GET", "pass", undefined],
    ]);

    reply = { ok: false, status: 404, body: { message: "It is gone." } };
    await assert.rejects(visit.meeting.fetchBase64File({ url, token: "pass" }), {
      code: 4404,
      message: "It is gone.",
    });
    await visit.logged("error", 4404);
    await assert.rejects(visit.meeting.fetchBase64File({ url: "https://a/b", token: "pass" }), { code: 3073 });
    await assert.rejects(visit.meeting.uploadBase64File({ token: "pass" } as never), { code: 3073 });
  });
});
