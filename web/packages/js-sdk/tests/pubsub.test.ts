import assert from "node:assert/strict";
import { test } from "node:test";
import { PubSub, PubSubMessage } from "../src/pubsub";
import { PubSubMessageInfo, Request } from "../src/messages";

function info(id: string, topic = "CHAT"): PubSubMessageInfo {
  return { messageId: id, topic, message: id, senderId: "bob", senderName: "Bob", timestamp: 7 };
}

/** The server's side of pubsub, with what it was asked. */
class Topics {
  asked: Request[] = [];
  history: PubSubMessageInfo[] = [];
  readonly pubSub: PubSub;

  constructor() {
    const request = async (request: Request): Promise<unknown> => {
      this.asked.push(request);
      return { topic: "CHAT", messages: this.history, messageId: "new", timestamp: 1 };
    };
    this.pubSub = new PubSub({ request: request as never });
  }
}

const ids = (messages: PubSubMessage[]): string[] => messages.map(({ id }) => id);

test("publishing passes options and payload, and works without either", async () => {
  const { pubSub, asked } = new Topics();
  await pubSub.publish("A", "hi");
  await pubSub.publish("A", "hi", { persist: true, sendOnly: ["bob"] }, { x: 1 });
  await pubSub.publish("A", "hi", null, undefined, ["eve"]);

  assert.deepEqual(asked, [
    { type: "publish", topic: "A", message: "hi", persist: false },
    { type: "publish", topic: "A", message: "hi", persist: true, sendOnly: ["bob"], payload: { x: 1 } },
    { type: "publish", topic: "A", message: "hi", persist: false, sendOnly: ["eve"] },
  ]);
});

test("subscribing gives the kept messages, then each new one once", async () => {
  const server = new Topics();
  server.history = [info("1"), info("2")];
  const heard: PubSubMessage[] = [];
  const old = await server.pubSub.subscribe("CHAT", (message) => heard.push(message));
  server.pubSub.received(info("3"));
  server.pubSub.received(info("3"));
  server.pubSub.received(info("4", "OTHER"));

  assert.deepEqual(ids(old), ["1", "2"]);
  assert.deepEqual(heard, [
    {
      id: "3",
      message: "3",
      senderId: "bob",
      senderName: "Bob",
      timestamp: 7,
      topic: "CHAT",
      payload: null,
    },
  ]);
});

test("a listener object hears old and new messages apart", async () => {
  const server = new Topics();
  server.history = [info("1")];
  const heard: unknown[] = [];
  await server.pubSub.subscribe("CHAT", {
    onMessageReceived: (message) => heard.push(["new", message.id]),
    onOldMessagesReceived: (messages, { isLast }) => heard.push(["old", ids(messages), isLast]),
  });
  server.pubSub.received(info("2"));

  assert.deepEqual(heard, [["old", ["1"], true], ["new", "2"]]);
});

test("the last listener to go ends the subscription, the first does not", async () => {
  const { pubSub, asked } = new Topics();
  const first = (): void => {};
  const second = (): void => {};
  await pubSub.subscribe("CHAT", first);
  await pubSub.subscribe("CHAT", second);
  await pubSub.unsubscribe("CHAT", first);
  assert.equal(asked.filter(({ type }) => type === "unsubscribe").length, 0);
  await pubSub.unsubscribe("CHAT", second);
  await pubSub.unsubscribe("CHAT", second);
  assert.equal(asked.filter(({ type }) => type === "unsubscribe").length, 1);
});

test("after a new join missed messages are heard, and known ones not again", async () => {
  const server = new Topics();
  server.history = [info("1")];
  const heard: PubSubMessage[] = [];
  await server.pubSub.subscribe("CHAT", (message) => heard.push(message));
  server.pubSub.received(info("2"));
  server.history = [info("1"), info("2"), info("3")];
  server.pubSub.rejoined();
  await new Promise((resolve) => setTimeout(resolve, 5));

  assert.deepEqual(ids(heard), ["2", "3"]);
});

test("one listener that throws keeps no other from hearing", async () => {
  const server = new Topics();
  const heard: string[] = [];
  const late: unknown[] = [];
  const realTimeout = globalThis.setTimeout;
  await server.pubSub.subscribe("CHAT", () => {
    throw new Error("mine");
  });
  await server.pubSub.subscribe("CHAT", ({ id }) => heard.push(id));
  (globalThis as { setTimeout: unknown }).setTimeout = (task: unknown) => late.push(task);
  server.pubSub.received(info("1"));
  globalThis.setTimeout = realTimeout;

  assert.deepEqual(heard, ["1"]);
  assert.equal(late.length, 1); // thrown where the browser's console shows it
});

test("the memory of known messages is bounded", async () => {
  const server = new Topics();
  let heard = 0;
  await server.pubSub.subscribe("CHAT", () => (heard += 1));
  for (let index = 0; index < 10_000; index += 1) server.pubSub.received(info(String(index)));

  const topics = (server.pubSub as unknown as { topics: Map<string, { seen: Set<string> }> }).topics;
  assert.equal(heard, 10_000);
  assert(topics.get("CHAT")!.seen.size <= 2_000);
});

test("a topic that is empty or too long is refused", async () => {
  const { pubSub } = new Topics();
  await assert.rejects(pubSub.publish("", "x"), { code: 3073 });
  await assert.rejects(pubSub.subscribe("x".repeat(129), () => {}), { code: 3073 });
});
