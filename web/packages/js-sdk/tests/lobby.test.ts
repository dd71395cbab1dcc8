import assert from "node:assert/strict";
import { test } from "node:test";
import { EntryRequest } from "../src/meeting-events";
import { Visit } from "./support/meeting";
import { Client, Message } from "./support/server";

/** A server that keeps guests waiting; `admit` answers the join that waits. */
function lobby(visit: Visit): { admit(): void; refuse(code: number, name: string): void } {
  const usual = visit.server.answer;
  let asked: { client: Client; message: Message } | null = null;
  visit.server.answer = (client, message) => {
    if (message.type !== "join") return usual(client, message);
    asked = { client, message };
    client.send({ type: "waiting", id: message.id, participantId: "guest-1" });
  };
  return {
    admit() {
      asked!.client.send({ type: "entry-responded", participantId: "guest-1", decision: "allowed" });
      usual(asked!.client, asked!.message);
    },
    refuse(code, name) {
      asked!.client.send({ type: "error", id: asked!.message.id, code, name, message: "No." });
      asked!.client.close(code);
    },
  };
}

test("a guest waits as CONNECTING until it is let in, and then joins with its media", async () => {
  await Visit.with({ webcamEnabled: false }, async (visit) => {
    const { admit } = lobby(visit);
    const joining = visit.meeting.join();
    await visit.logged("waiting", "guest-1");
    assert.deepEqual(visit.log, [["state", "CONNECTING"], ["waiting", "guest-1"]]);
    await assert.rejects(visit.meeting.muteMic(), { code: 3035 });

    admit();
    await joining;
    await visit.logged("on", "ann", "audio", "own-audio");
    const told = visit.log.map(([name]) => name);
    assert(told.indexOf("entry-responded") < told.indexOf("meeting-joined"));
    assert(visit.log.some((one) => JSON.stringify(one) === '["entry-responded","guest-1","allowed",null]'));
    assert.equal(visit.connections.length, 1); // the offer of the join that waited was answered
    assert.deepEqual(visit.connection.answers, ["answer"]);
  });
});

test("a guest who is not let in hears it, and its join fails with 4102", async () => {
  await Visit.with({}, async (visit) => {
    const { refuse } = lobby(visit);
    const joining = visit.meeting.join();
    await visit.logged("waiting", "guest-1");
    visit.server.last.send({ type: "entry-responded", participantId: "guest-1", decision: "denied" });
    refuse(4102, "ENTRY_DENIED");

    await assert.rejects(joining, { code: 4102, name: "ENTRY_DENIED" });
    assert.deepEqual(visit.log.slice(2), [
      ["entry-responded", "guest-1", "denied", null],
      ["error", 4102],
      ["state", "FAILED"],
    ]);
    assert(visit.devices.opened.every((track) => track.readyState === "ended"));
  });
});

test("a guest who gives up leaves the server nothing to wait for", async () => {
  await Visit.with({}, async (visit) => {
    lobby(visit);
    const joining = visit.meeting.join();
    await visit.logged("waiting", "guest-1");
    await visit.meeting.leave();

    await assert.rejects(joining, { code: 1103 });
    assert.deepEqual(visit.log.slice(-2), [["state", "CLOSED"], ["meeting-left", 1101]]);
    await visit.server.until(() => !visit.server.last.isOpen);
    assert.equal(visit.server.log.filter(({ type }) => type === "join").length, 1);
  });
});

test("a guest whose connection breaks waits again, however often", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    const { admit } = lobby(visit);
    const joining = visit.meeting.join();
    for (let count = 1; count <= 5; count += 1) {
      await visit.server.message("join", count);
      await visit.server.until(() => visit.log.filter(([name]) => name === "waiting").length === count);
      if (count < 5) visit.server.last.cut();
    }
    admit();
    await joining;
    assert.equal(visit.meeting.localParticipant.id, "ann");
  });
});

test("who may let guests in is told of them and answers", async () => {
  await Visit.with({ micEnabled: false, webcamEnabled: false }, async (visit) => {
    const requests: EntryRequest[] = [];
    visit.meeting.on("entry-requested", (request) => requests.push(request));
    await visit.meeting.join();
    visit.events(
      1,
      { type: "entry-requested", participantId: "g1", name: "Gil" },
      { type: "entry-requested", participantId: "g2", name: null },
      { type: "entry-requested", participantId: "g3", name: "Gus" },
      { type: "entry-withdrawn", participantId: "g3" },
    );
    await visit.logged("entry-withdrawn", "g3");
    assert.deepEqual(requests.map(({ participantId, name }) => [participantId, name]), [
      ["g1", "Gil"],
      ["g2", ""],
      ["g3", "Gus"],
    ]);

    await requests[0]!.allow();
    await requests[1]!.deny();
    await visit.meeting.respondEntry("g4", true);
    const answers = visit.server.log.filter(({ type }) => type === "respond-entry");
    assert.deepEqual(answers.map(({ participantId, decision }) => [participantId, decision]), [
      ["g1", "allowed"],
      ["g2", "denied"],
      ["g4", "allowed"],
    ]);
    visit.events(5, {
      type: "entry-responded",
      participantId: "g1",
      decision: "allowed",
      respondedBy: "ann",
    });
    await visit.logged("entry-responded", "g1", "allowed", "ann");
  });
});
