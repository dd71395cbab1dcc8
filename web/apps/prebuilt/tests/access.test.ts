import assert from "node:assert/strict";
import { test } from "node:test";
import { readInvitation, roomIn } from "../src/access";
import { hue, initials } from "../src/identity";

const token = `x.${btoa(JSON.stringify({ roomId: "from-token" }))}.y`;

test("room, name and token come from the address", () => {
  assert.deepEqual(readInvitation("https://a/?room=r%20&name=Ann%20B&token=t"), {
    room: "r",
    name: "Ann B",
    token: "t",
    permissions: [],
    mode: "",
  });
  assert.equal(readInvitation("https://a/?meetingId=m").room, "m");
});

test("an address may ask for a development token that permits less, and say how to take part", () => {
  const { permissions, mode } = readInvitation("https://a/?permissions=ask_join&mode=RECV_ONLY");
  assert.deepEqual([permissions, mode], [["ask_join"], "RECV_ONLY"]);
});

test("a token bound to a room says the room", () => {
  assert.equal(readInvitation(`https://a/?token=${token}`).room, "from-token");
  assert.equal(readInvitation(`https://a/?token=${token}&room=other`).room, "other");
  assert.equal(readInvitation("https://a/?token=not.a.token").room, "");
});

test("a pasted link counts as the room it leads to", () => {
  assert.equal(roomIn(" https://meet.example/?room=abcd-efgh "), "abcd-efgh");
  assert.equal(roomIn(" abcd-efgh "), "abcd-efgh");
  assert.equal(roomIn("https://["), "https://[");
});

test("initials are of the first and last word, of whatever script", () => {
  assert.equal(initials("ann maria example"), "AE");
  assert.equal(initials("ß"), "SS");
  assert.equal(initials("😀 smile"), "😀S");
  assert.equal(initials("  "), "?");
});

test("a colour is one of eight and stays with its id", () => {
  for (const id of ["", "ann", "😀", "x".repeat(1000)]) {
    assert(hue(id) >= 0 && hue(id) < 8);
    assert.equal(hue(id), hue(id));
  }
});
