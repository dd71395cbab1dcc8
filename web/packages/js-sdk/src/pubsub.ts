import { sdkError } from "./errors";
import { PubSubMessageInfo } from "./messages";
import type { Signalling } from "./signalling";

/** A message as the application sees it. */
export interface PubSubMessage {
  id: string;
  message: unknown;
  senderId: string;
  senderName: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  topic: string;
  payload: unknown;
}

export interface PublishOptions {
  /** Keep it for those who subscribe later in this session. */
  persist?: boolean;
  /** Ids of the only participants to get it. */
  sendOnly?: string[];
}

type OnMessage = (message: PubSubMessage) => void;

export interface PubSubListeners {
  onMessageReceived?: OnMessage;
  onOldMessagesReceived?: (messages: PubSubMessage[], info: { isLast: boolean }) => void;
}

export type PubSubListener = OnMessage | PubSubListeners;

interface Topic {
  listeners: Set<PubSubListener>;
  /** Ids seen last, so that a rejoin delivers what was missed and nothing twice. */
  seen: Set<string>;
}

/** As many as the server keeps per topic. */
const SEEN_LIMIT = 1_000;

/** Messages by topic among the participants. */
export class PubSub {
  private readonly topics = new Map<string, Topic>();

  /** @internal */
  constructor(private readonly signalling: Pick<Signalling, "request">) {}

  /** Sends a message to everyone who subscribed to `topic`, oneself included. */
  async publish(
    topic: string,
    message: unknown,
    options: PublishOptions | null = {},
    payload?: unknown,
    sendOnly?: string[],
  ): Promise<void> {
    const only = sendOnly ?? options?.sendOnly;
    await this.signalling.request({
      type: "publish",
      topic: valid(topic),
      message: message === undefined ? null : message,
      persist: options?.persist === true,
      ...(only ? { sendOnly: only } : {}),
      ...(payload === undefined ? {} : { payload }),
    });
  }

  /** Listens to `topic`; resolves to the messages kept from before, oldest first. */
  async subscribe(topic: string, listener: PubSubListener): Promise<PubSubMessage[]> {
    const reply = await this.signalling.request({ type: "subscribe", topic: valid(topic) });
    let known = this.topics.get(topic);
    if (!known) this.topics.set(topic, (known = { listeners: new Set(), seen: new Set() }));
    const old = reply.messages.map(publicMessage);
    for (const message of old) remember(known, message.id);
    known.listeners.add(listener);
    if (typeof listener === "object") listener.onOldMessagesReceived?.(old, { isLast: true });
    return old;
  }

  /** Stops one listener; the last one of a topic ends the subscription. */
  async unsubscribe(topic: string, listener: PubSubListener): Promise<void> {
    const known = this.topics.get(topic);
    if (!known?.listeners.delete(listener) || known.listeners.size > 0) return;
    this.topics.delete(topic);
    await this.signalling.request({ type: "unsubscribe", topic });
  }

  /** @internal */
  received(info: PubSubMessageInfo): void {
    const known = this.topics.get(info.topic);
    if (!known || known.seen.has(info.messageId)) return;
    remember(known, info.messageId);
    deliver(known, publicMessage(info));
  }

  /** @internal In another room: what is subscribed there is another conversation. */
  moved(): void {
    for (const known of this.topics.values()) known.seen.clear();
    this.rejoined();
  }

  /** @internal After a new join: subscribes again and delivers what was missed. */
  rejoined(): void {
    for (const [topic, known] of this.topics) {
      this.signalling.request({ type: "subscribe", topic }).then(
        (reply) => {
          if (this.topics.get(topic) !== known) return;
          for (const message of reply.messages) this.received(message);
        },
        () => {}, // the next join tries again
      );
    }
  }
}

function valid(topic: string): string {
  if (typeof topic === "string" && topic !== "" && topic.length <= 128) return topic;
  throw sdkError("ERROR_INVALID_PARAMETER", "A topic has 1 to 128 characters.");
}

function remember(topic: Topic, id: string): void {
  topic.seen.add(id);
  if (topic.seen.size <= SEEN_LIMIT * 2) return;
  // Sets keep the order of insertion: the older half goes.
  topic.seen = new Set([...topic.seen].slice(-SEEN_LIMIT));
}

function deliver(topic: Topic, message: PubSubMessage): void {
  for (const listener of [...topic.listeners]) {
    try {
      if (typeof listener === "function") listener(message);
      else listener.onMessageReceived?.(message);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  }
}

function publicMessage(info: PubSubMessageInfo): PubSubMessage {
  return {
    id: info.messageId,
    message: info.message,
    senderId: info.senderId,
    senderName: info.senderName ?? "",
    timestamp: info.timestamp,
    topic: info.topic,
    payload: info.payload ?? null,
  };
}
