// The messages that all clients and the server are tested on (Tests/Fixtures/signal).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  ClientMessage,
  ErrorMessage,
  isServerEvent,
  JoinRequest,
  OutputInfo,
  readMessage,
  Reply,
  Request,
  ServerEvent,
} from "../src/messages";
import { Visit } from "./support/meeting";

const folder = "../Tests/Fixtures/signal"; // tests run in web/

function golden(side: "client" | "server"): { name: string; text: string }[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${side}-`));
  assert(names.length >= 10, `${folder} has the golden messages`);
  return names.map((name) => ({ name, text: readFileSync(`${folder}/${name}`, "utf8") }));
}

type Fields<Message extends { type: string }> = {
  [Type in Message["type"]]: (keyof Extract<Message, { type: Type }>)[];
};

const OUTPUT: ("seq" | Exclude<keyof OutputInfo, "kind">)[] = [
  "seq",
  "outputId",
  "status",
  "startedAt",
  "playbackHlsUrl",
  "livestreamUrl",
  "downstreamUrl",
  "error",
];

// Typed by the unions of messages.ts: a field that is not there does not compile.
const SERVER: Fields<ServerEvent | Reply | ErrorMessage> = {
  joined: [
    "id",
    "meetingId",
    "sessionId",
    "participantId",
    "resumeToken",
    "mode",
    "answer",
    "streams",
    "participants",
    "activeSpeakerId",
    "presenterId",
    "outputs",
  ],
  waiting: ["id", "participantId"],
  resumed: ["id", "seq"],
  answer: ["id", "sdp"],
  stream: ["id", "streamId"],
  published: ["id", "messageId", "timestamp"],
  history: ["id", "topic", "messages"],
  ok: ["id"],
  "store-value": ["id", "key", "value"],
  output: ["id", "outputId"],
  error: ["id", "code", "name", "message"],
  "participant-joined": ["seq", "participant"],
  "participant-left": ["seq", "participantId", "reason"],
  "stream-enabled": ["seq", "participantId", "stream"],
  "stream-disabled": ["seq", "participantId", "streamId", "kind"],
  "stream-seated": ["seq", "streamId", "mid"],
  "stream-unseated": ["seq", "streamId", "mid"],
  "seats-needed": ["seq", "count"],
  "media-reset": ["seq"],
  "speaker-changed": ["seq", "participantId"],
  "presenter-changed": ["seq", "participantId"],
  "entry-requested": ["seq", "participantId", "name"],
  "entry-responded": ["seq", "participantId", "decision", "respondedBy"],
  "entry-withdrawn": ["seq", "participantId"],
  "media-requested": ["seq", "kind", "requestedBy"],
  "media-disabled": ["seq", "kind", "disabledBy"],
  "pin-changed": ["seq", "participantId", "state", "pinnedBy"],
  "participant-mode-changed": ["seq", "participantId", "mode"],
  "relay-requested": ["seq", "participantId", "meetingId", "displayName", "kinds"],
  "relay-responded": ["seq", "meetingId", "decision", "decidedBy"],
  "relay-started": ["seq", "meetingId"],
  "relay-stopped": ["seq", "meetingId", "reason"],
  "store-changed": ["seq", "key", "value", "updatedBy"],
  "recording-state-changed": OUTPUT,
  "livestream-state-changed": OUTPUT,
  "hls-state-changed": OUTPUT,
  pubsub: ["seq", "message"],
  "media-state": ["seq", "state"],
  "meeting-left": ["seq", "reason"],
};

const CLIENT: Fields<JoinRequest | Request | Extract<ClientMessage, { type: "resume" | "ping" }>> = {
  join: ["token", "meetingId", "participantId", "name", "mode", "metaData", "offer", "streams", "client"],
  resume: ["id", "resumeToken", "seq"],
  ping: [],
  offer: ["sdp", "reset", "streams"],
  "stream-enable": ["kind", "mid"],
  "stream-disable": ["kind"],
  "set-quality": ["streamId", "quality"],
  "pause-stream": ["streamId"],
  "resume-stream": ["streamId"],
  publish: ["topic", "message", "persist", "sendOnly", "payload"],
  subscribe: ["topic"],
  unsubscribe: ["topic"],
  remove: ["participantId"],
  "respond-entry": ["participantId", "decision"],
  "request-media": ["participantId", "kind"],
  "disable-media": ["participantId", "kind"],
  pin: ["participantId", "cam", "share"],
  unpin: ["participantId", "cam", "share"],
  "change-mode": ["mode", "participantId"],
  switch: ["meetingId", "token", "offer", "streams"],
  "relay-request": ["destinationMeetingId", "token", "kinds"],
  "relay-respond": ["meetingId", "participantId", "decision"],
  "relay-stop": ["destinationMeetingId"],
  "store-set": ["key", "value"],
  "store-get": ["key"],
  "store-observe": ["key"],
  "store-unobserve": ["key"],
  "recording-start": ["webhookUrl", "awsDirPath", "config", "transcription", "fileFormat"],
  "recording-stop": ["outputId"],
  "livestream-start": ["outputs", "config", "webhookUrl", "transcription"],
  "livestream-stop": ["outputId"],
  "hls-start": ["config", "webhookUrl", "transcription"],
  "hls-stop": ["outputId"],
  report: ["joinMilliseconds", "freezes", "freezeMilliseconds", "network"],
  leave: [],
  end: [],
};

const EVENTS = Object.keys(SERVER).filter((type) => SERVER[type as ServerEvent["type"]][0] === ("seq" as never));

test("every message of the server that is on record is one this client knows, field by field", () => {
  for (const { name, text } of golden("server")) {
    const message = readMessage(text);
    assert(message, name);
    if (message.type === "pong") continue;
    const fields = SERVER[message.type as keyof typeof SERVER] as string[] | undefined;
    assert(fields, `${name} has an unknown type`);
    for (const key of Object.keys(message)) {
      assert(key === "type" || fields.includes(key), `${name} has ${key}, which is not read here`);
    }
    assert.equal(isServerEvent(message), EVENTS.includes(message.type), name);
  }
});

test("every message of a client that is on record has the fields this client sends", () => {
  for (const { name, text } of golden("client")) {
    const message = readMessage(text);
    assert(message, name);
    const fields = CLIENT[message.type as keyof typeof CLIENT] as string[] | undefined;
    assert(fields, `${name} has an unknown type`);
    for (const key of Object.keys(message)) {
      assert(["type", "id", ...fields].includes(key), `${name} has ${key}, which is not sent here`);
    }
  }
});

test("the join that a meeting sends has the fields of the one on record, of the same types", async () => {
  const recorded = golden("client").find(({ name }) => name === "client-join.json")!;
  const expected = JSON.parse(recorded.text) as Record<string, unknown>;
  await Visit.with({ metaData: { team: "red" } }, async (visit) => {
    await visit.meeting.join();
    const sent = await visit.server.message("join");

    assert.deepEqual(Object.keys(sent).sort(), Object.keys(expected).sort());
    for (const key of Object.keys(expected)) assert.equal(typeof sent[key], typeof expected[key], key);
  });
});
