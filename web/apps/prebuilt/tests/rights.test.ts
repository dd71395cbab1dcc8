import assert from "node:assert/strict";
import { test } from "node:test";
import type { Participant } from "@stoa/js-sdk";
import { participantMenu } from "../src/participant-menu";
import { rightsOf } from "../src/rights";

function token(body: object): string {
  return `x.${btoa(JSON.stringify(body))}.y`;
}

function person(more: Partial<Participant> = {}): Participant {
  return {
    local: false,
    mode: "SEND_AND_RECV",
    micOn: true,
    webcamOn: false,
    screenShareOn: false,
    pinState: { cam: false, share: false },
    relayedFrom: null,
    ...more,
  } as Participant;
}

function names(participant: Participant, moderates: boolean): string[] {
  return participantMenu(participant, { admits: true, asks: false, moderates }).map(({ name }) => name);
}

test("what a person may do is read from the token; a token without a list permits everything", () => {
  const rights = (body: object): boolean[] => {
    const { admits, asks, moderates } = rightsOf(token(body));
    return [admits, asks, moderates];
  };
  assert.deepEqual(rights({ permissions: ["allow_join"] }), [true, false, false]);
  assert.deepEqual(rights({ permissions: ["allow_mod"] }), [false, false, true]);
  assert.deepEqual(rights({ permissions: ["ask_join"] }), [false, true, false]);
  assert.deepEqual(rights({}), [true, false, true]);
});

test("a moderator is offered what fits the other's state", () => {
  assert.deepEqual(names(person(), true), ["mute", "ask-camera", "pin", "make-viewer", "remove"]);
  assert.deepEqual(
    names(person({ micOn: false, webcamOn: true, screenShareOn: true, pinState: { cam: true, share: true } }), true),
    ["ask-mic", "stop-camera", "stop-share", "unpin", "make-viewer", "remove"],
  );
  assert.deepEqual(names(person({ mode: "RECV_ONLY", micOn: false }), true), ["bring-on-stage", "remove"]);
  assert.deepEqual(names(person({ relayedFrom: "there" }), true), ["pin"]);
});

test("others are nobody's business without the permission, oneself is", () => {
  assert.deepEqual(names(person(), false), []);
  assert.deepEqual(names(person({ local: true }), false), ["pin", "make-viewer"]);
  assert.deepEqual(names(person({ local: true, mode: "RECV_ONLY" }), false), ["bring-on-stage"]);
});
