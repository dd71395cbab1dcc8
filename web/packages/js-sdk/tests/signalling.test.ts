import assert from "node:assert/strict";
import { test } from "node:test";
import { Joined, JoinRequest, LeaveReason, ServerEvent } from "../src/messages";
import { Signalling } from "../src/signalling";
import { VideoSDKError } from "../src/errors";
import { Client, Message, Server } from "./support/server";
import { FAST } from "./support/timings";
import { openSocket } from "./support/web-socket";

const JOINED = { type: "joined", id: 1, participantId: "ann", resumeToken: "secret" };

/** A signalling client with a record of what it told its owner. */
class Recorder {
  events: ServerEvent[] = [];
  joins: boolean[] = [];
  connected: boolean[] = [];
  errors: VideoSDKError[] = [];
  ended: { reason: LeaveReason; error: VideoSDKError | null } | null = null;
  readonly signalling: Signalling;
  private waiting: { check: () => boolean; done: () => void }[] = [];

  constructor(url: string, timings = FAST) {
    this.signalling = new Signalling(
      url,
      openSocket,
      {
        prepareJoin: async () => () =>
          ({ type: "join", token: "t", meetingId: "m", participantId: "ann" } as JoinRequest),
        waiting: () => {},
        entryAnswered: () => {},
        switched: () => {},
        joined: (_: Joined, again) => this.note(() => this.joins.push(again)),
        event: (event) => this.note(() => this.events.push(event)),
        serverError: (error) => this.note(() => this.errors.push(error)),
        connectionChanged: (connected) => this.note(() => this.connected.push(connected)),
        ended: (reason, error) => this.note(() => (this.ended = { reason, error })),
      },
      timings,
    );
  }

  until(check: () => boolean): Promise<void> {
    return new Promise((done) => {
      this.waiting.push({ check, done });
      this.note(() => {});
    });
  }

  private note(change: () => void): void {
    change();
    for (const entry of this.waiting.filter(({ check }) => check())) {
      this.waiting.splice(this.waiting.indexOf(entry), 1);
      entry.done();
    }
  }
}

async function withServer(body: (server: Server, recorder: Recorder) => Promise<void>): Promise<void> {
  const server = await Server.start();
  server.answer = joining;
  const recorder = new Recorder(server.url);
  try {
    await body(server, recorder);
  } finally {
    recorder.signalling.leave();
    server.stop();
  }
}

function joining(client: Client, message: Message): void {
  if (message.type === "join") client.send(JOINED);
}

function speaker(seq: number): object {
  return { type: "speaker-changed", seq, participantId: `p${seq}` };
}

const sequences = (recorder: Recorder): number[] => recorder.events.map((event) => event.seq);

test("a join is the first message, has number 1, and requests go on from 2", async () => {
  await withServer(async (server, { signalling }) => {
    signalling.join();
    await server.message("join");
    void signalling.request({ type: "subscribe", topic: "a" }).catch(() => {});
    void signalling.request({ type: "subscribe", topic: "b" }).catch(() => {});
    await server.message("subscribe", 2);

    assert.deepEqual(
      server.log.map(({ type, id }) => [type, id]),
      [["join", 1], ["subscribe", 2], ["subscribe", 3]],
    );
  });
});

test("each answer reaches the request with its number, in any order", async () => {
  await withServer(async (server, recorder) => {
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    const first = recorder.signalling.request({ type: "stream-enable", kind: "audio", mid: "0" });
    const second = recorder.signalling.request({ type: "remove", participantId: "bob" });
    await server.message("remove");
    server.last.send({ type: "error", id: 3, code: 4101, name: "NOT_PERMITTED", message: "no" });
    server.last.send({ type: "stream", id: 2, streamId: "s1" });

    await assert.rejects(second, { code: 4101, name: "NOT_PERMITTED" });
    assert.equal((await first).streamId, "s1");
  });
});

test("after a cut it resumes from the last event and hears each event once, in order", async () => {
  await withServer(async (server, recorder) => {
    server.answer = (client, message) => {
      joining(client, message);
      if (message.type !== "resume") return;
      client.send({ type: "resumed", id: 0, seq: 4 });
      for (const seq of [2, 3, 4, 5]) client.send(speaker(seq)); // 2 was heard before
    };
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    server.last.send(speaker(1));
    server.last.send(speaker(2));
    await recorder.until(() => recorder.events.length === 2);
    server.last.cut();
    await recorder.until(() => recorder.events.length === 5);

    const resume = await server.message("resume");
    assert.deepEqual([resume.resumeToken, resume.seq, resume.id], ["secret", 2, 0]);
    assert.deepEqual(sequences(recorder), [1, 2, 3, 4, 5]);
    assert.deepEqual(recorder.connected, [false, true]);
    assert.deepEqual(recorder.joins, [false]);
  });
});

test("what was not answered before the cut is asked again with the same number, once", async () => {
  await withServer(async (server, recorder) => {
    server.answer = (client, message) => {
      joining(client, message);
      if (message.type === "resume") client.send({ type: "resumed", id: 0, seq: 0 });
      if (message.type === "subscribe") {
        client.send({ type: "history", id: message.id, topic: message.topic, messages: [] });
      }
      if (message.type === "publish" && server.clients.length > 1) {
        client.send({ type: "published", id: message.id, messageId: "x", timestamp: 1 });
      }
    };
    recorder.signalling.join();
    await recorder.signalling.request({ type: "subscribe", topic: "answered" });
    const lost = recorder.signalling.request({ type: "publish", topic: "t", message: "1" });
    await server.message("publish");
    server.isDown = true;
    server.last.cut();
    await recorder.until(() => recorder.connected.length === 1);
    const waiting = recorder.signalling.request({ type: "publish", topic: "t", message: "2" });
    server.isDown = false;
    await Promise.all([lost, waiting]);

    const second = server.last.received.filter(({ type }) => type !== "ping");
    assert.deepEqual(
      second.map(({ type, id, message }) => [type, id, message]),
      [["resume", 0, undefined], ["publish", 3, "1"], ["publish", 4, "2"]],
    );
  });
});

test("when the server forgot it, it joins anew, starts counting anew and keeps what was never sent", async () => {
  await withServer(async (server, recorder) => {
    server.answer = (client, message) => {
      joining(client, message);
      if (message.type === "resume") {
        client.send({ type: "error", id: 0, code: 4404, name: "RESUME_EXPIRED", message: "" });
        client.close(4404);
      }
      if (message.type === "publish" && message.message === "unsent") {
        client.send({ type: "published", id: message.id, messageId: "x", timestamp: 1 });
      }
    };
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    server.last.send(speaker(1));
    await recorder.until(() => recorder.events.length === 1);
    const sent = recorder.signalling.request({ type: "publish", topic: "t", message: "sent" });
    sent.catch(() => {});
    await server.message("publish");
    server.last.cut();
    await recorder.until(() => recorder.connected.length === 1);
    const unsent = recorder.signalling.request({ type: "publish", topic: "t", message: "unsent" });
    const pointless = recorder.signalling.request({ type: "stream-disable", kind: "audio" });
    pointless.catch(() => {});
    await recorder.until(() => recorder.joins.length === 2);

    await assert.rejects(sent, { code: 3079 });
    await assert.rejects(pointless, { code: 3079 });
    await unsent;
    assert.deepEqual(recorder.joins, [false, true]);
    assert.equal(server.log[server.log.length - 1]!.id, 2);
    server.last.send(speaker(1));
    await recorder.until(() => recorder.events.length === 2);
    assert.deepEqual(sequences(recorder), [1, 1]);
  });
});

test("a gap in the events makes it resume, and a gap the server cannot fill makes it join anew", async () => {
  await withServer(async (server, recorder) => {
    server.answer = (client, message) => {
      joining(client, message);
      if (message.type !== "resume") return;
      client.send({ type: "resumed", id: 0, seq: 3 });
      client.send(speaker(3)); // still without 2
    };
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    server.last.send(speaker(1));
    server.last.send(speaker(3));
    await recorder.until(() => recorder.joins.length === 2);

    assert.deepEqual(sequences(recorder), [1]);
    assert.deepEqual(
      server.log.map(({ type }) => type),
      ["join", "resume", "join"],
    );
  });
});

test("a silent server counts as gone after the time of silence", async () => {
  const server = await Server.start();
  const impatient = new Recorder(server.url, { ...FAST, ping: 20, silence: 60 });
  server.answer = (client, message) => {
    joining(client, message);
    if (message.type === "join") client.send = () => {}; // says no more, not even pong
    if (message.type === "resume") client.send({ type: "resumed", id: 0, seq: 0 });
  };
  impatient.signalling.join();
  await impatient.until(() => impatient.connected.length === 2);

  assert.deepEqual(impatient.connected, [false, true]);
  impatient.signalling.leave();
  server.stop();
});

test("a connection that breaks as soon as it is there is not tried in a tight loop", async () => {
  const server = await Server.start();
  const recorder = new Recorder(server.url, { ...FAST, stable: 10_000, backoff: [0, 20, 40, 80] });
  server.answer = (client, message) => {
    joining(client, message);
    if (message.type === "resume") client.send({ type: "resumed", id: 0, seq: 0 });
    client.raw("garbage");
  };
  recorder.signalling.join();
  await new Promise((resolve) => setTimeout(resolve, 600));

  assert(server.clients.length >= 3 && server.clients.length < 15, `${server.clients.length}`);
  recorder.signalling.leave();
  server.stop();
});

test("when the network changes a dead connection is found out by a probe", async () => {
  const network = new EventTarget();
  const target = globalThis as { addEventListener?: unknown; removeEventListener?: unknown };
  target.addEventListener = network.addEventListener.bind(network);
  target.removeEventListener = network.removeEventListener.bind(network);
  try {
    await withServer(async (server, recorder) => {
      server.answer = (client, message) => {
        joining(client, message);
        if (message.type === "resume") client.send({ type: "resumed", id: 0, seq: 0 });
      };
      recorder.signalling.join();
      await recorder.until(() => recorder.joins.length === 1);
      network.dispatchEvent(new Event("online"));
      await server.until(() => server.last.received.some(({ type }) => type === "ping"));
      server.last.send = () => {}; // nothing comes through any more
      network.dispatchEvent(new Event("online"));
      await recorder.until(() => recorder.connected.length === 2);

      assert.equal(server.clients.length, 2);
    });
  } finally {
    delete target.addEventListener;
    delete target.removeEventListener;
  }
});

test("a refused join ends it with the server's error; a passing one is tried again", async () => {
  await withServer(async (server, recorder) => {
    server.answer = (client, message) => {
      const first = server.log.length === 1;
      const code = first ? 4503 : 4003;
      client.send({ type: "error", id: message.id, code, name: first ? "A" : "B", message: "" });
      client.close(code);
    };
    recorder.signalling.join();
    await recorder.until(() => recorder.ended !== null);

    assert.equal(server.log.length, 2);
    assert.equal(recorder.ended?.error?.code, 4003);
    assert.equal(recorder.ended?.reason.code, 1103);
  });
});

test("the first join gives up after its attempts, a later one never does", async () => {
  await withServer(async (server, recorder) => {
    server.isDown = true;
    recorder.signalling.join();
    await recorder.until(() => recorder.ended !== null);
    assert.equal(recorder.ended?.error?.code, 1102);

    server.isDown = false;
    server.answer = (client, message) => {
      joining(client, message);
      if (message.type === "resume") client.send({ type: "resumed", id: 0, seq: 0 });
    };
    const patient = new Recorder(server.url);
    patient.signalling.join();
    await patient.until(() => patient.joins.length === 1);
    server.isDown = true;
    server.last.cut();
    await patient.until(() => patient.connected.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 150)); // five times the attempts of a join
    assert.equal(patient.ended, null);
    server.isDown = false;
    await patient.until(() => patient.connected.length === 2);
    patient.signalling.leave();
  });
});

test("meeting-left is the last event; a duplicate is told as error 4005 and not fought over", async () => {
  await withServer(async (server, recorder) => {
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    const pending = recorder.signalling.request({ type: "end" });
    server.last.send({ type: "error", code: 4005, name: "DUPLICATE_PARTICIPANT", message: "" });
    server.last.send({
      type: "meeting-left",
      seq: 1,
      reason: { code: 1011, message: "DUPLICATE_PARTICIPANT" },
    });
    server.last.close(4005);

    await assert.rejects(pending, { code: 4005 });
    assert.equal(recorder.ended?.reason.code, 1011);
    assert.equal(recorder.ended?.error?.code, 4005);
    assert.deepEqual(recorder.errors, []); // told once, with the end
    assert.equal(server.clients.length, 1);
  });
});

test("a server that blames a message gets its connection resumed without that message", async () => {
  await withServer(async (server, recorder) => {
    server.answer = (client, message) => {
      joining(client, message);
      if (message.type === "resume") client.send({ type: "resumed", id: 0, seq: 0 });
      if (message.type === "publish") client.close(1009);
    };
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);

    const blamed = recorder.signalling.request({ type: "publish", topic: "t", message: "x" });
    await assert.rejects(blamed, { code: 3079 });
    await recorder.until(() => recorder.connected.length === 2);
    assert.equal(server.log.filter(({ type }) => type === "publish").length, 1);
  });
});

test("text that is no message makes it take the connection for broken, not fail", async () => {
  for (const text of ["", "{", "[]", "null", '{"type":7}', "\u0000"]) {
    await withServer(async (server, recorder) => {
      server.answer = (client, message) => {
        joining(client, message);
        if (message.type === "resume") client.send({ type: "resumed", id: 0, seq: 0 });
      };
      recorder.signalling.join();
      await recorder.until(() => recorder.joins.length === 1);
      server.last.raw(text);
      await recorder.until(() => recorder.connected.length === 2);
      assert.equal(recorder.ended, null, text);
    });
  }
});

test("messages of types it does not know change nothing", async () => {
  await withServer(async (server, recorder) => {
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    server.last.send({ type: "from-the-future", id: 99 });
    server.last.send({ type: "toString" });
    server.last.send(speaker(1));
    await recorder.until(() => recorder.events.length === 1);

    assert.deepEqual(recorder.connected, []);
  });
});

test("leaving tells the server, ends at once and rejects what waited", async () => {
  await withServer(async (server, recorder) => {
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    const waiting = recorder.signalling.request({ type: "subscribe", topic: "t" });
    recorder.signalling.leave();

    assert.equal(recorder.ended?.reason.code, 1101);
    await assert.rejects(waiting, { code: 3079 });
    assert.equal((await server.message("leave")).id, 3);
    await server.until(() => !server.last.isOpen);
    await assert.rejects(recorder.signalling.request({ type: "end" }), { code: 3035 });
  });
});

test("requests are paced below the server's limit and bounded in number", async () => {
  await withServer(async (server, recorder) => {
    recorder.signalling.join();
    await recorder.until(() => recorder.joins.length === 1);
    const results = Array.from({ length: 300 }, (_, index) =>
      recorder.signalling
        .request({ type: "publish", topic: "t", message: index })
        .catch((error: VideoSDKError) => error.code),
    );

    const refused = await Promise.race([results[299], new Promise((r) => setTimeout(r, 500))]);
    assert.equal(refused, 3079);
    await server.message("publish", 40);
    assert(server.log.filter(({ type }) => type === "publish").length < 80);
  });
});
