import type { Meeting, PubSubMessage } from "@stoa/js-sdk";
import { element } from "./dom";
import { icon } from "./icons";

const TOPIC = "CHAT";
/** Messages kept on screen; older ones leave at the top. */
const SHOWN_LIMIT = 500;

/** Milliseconds; messages closer together stand under one name. */
const SAME_BREATH = 120_000;

/** The conversation beside the call. */
export class Chat {
  readonly view: HTMLElement;
  private readonly log: HTMLElement;
  private readonly input: HTMLTextAreaElement;
  private readonly note: HTMLElement;
  private lastSender = "";
  private lastTime = 0;

  constructor(
    private readonly meeting: Meeting,
    private readonly arrived: (message: PubSubMessage) => void,
    closed: () => void,
  ) {
    this.log = element("div", {
      class: "chat-log",
      role: "log",
      "aria-live": "polite",
      "aria-label": "Messages",
      tabindex: 0,
    });
    this.note = element(
      "p",
      { class: "chat-empty" },
      "Messages are seen by everyone in the room, also by those who come later.",
    );
    this.log.append(this.note);
    this.input = element("textarea", {
      rows: 1,
      placeholder: "Write to everyone",
      "aria-label": "Message",
      maxlength: 4000,
      "data-testid": "chat-input",
      onkeydown: (event) => {
        const key = event as KeyboardEvent;
        if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
        key.preventDefault();
        this.send();
      },
      oninput: () => this.grow(),
    });
    this.view = element(
      "aside",
      { class: "side chat", hidden: true, "aria-label": "Chat" },
      element(
        "header",
        {},
        element("h2", {}, "Chat"),
        element(
          "button",
          { class: "plain", "aria-label": "Close chat", title: "Close chat (c)", onclick: closed },
          icon("close"),
        ),
      ),
      this.log,
      element(
        "form",
        {
          class: "chat-form",
          onsubmit: (event) => {
            event.preventDefault();
            this.send();
          },
        },
        this.input,
        element(
          "button",
          {
            class: "send",
            "aria-label": "Send",
            title: "Send (Enter)",
            "data-testid": "chat-send",
          },
          icon("send"),
        ),
      ),
    );
  }

  async open(): Promise<void> {
    const old = await this.meeting.pubSub.subscribe(TOPIC, (message) => this.received(message));
    for (const message of old) this.append(message);
  }

  /** Another room, another conversation. */
  clear(): void {
    this.log.replaceChildren(this.note);
    this.lastSender = "";
  }

  focus(): void {
    this.log.scrollTop = this.log.scrollHeight;
    this.input.focus();
  }

  private received(message: PubSubMessage): void {
    this.append(message);
    this.arrived(message);
  }

  private send(): void {
    const text = this.input.value.trim();
    if (text === "") return;
    this.input.value = "";
    this.grow();
    this.meeting.pubSub.publish(TOPIC, text, { persist: true }).catch(() => {
      this.append({
        id: "",
        topic: TOPIC,
        senderId: "",
        senderName: "Not sent",
        message: text,
        payload: null,
        timestamp: Date.now(),
      });
    });
  }

  private append(message: PubSubMessage): void {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    this.note.remove();
    const own = message.senderId === this.meeting.localParticipant.id;
    const row = element("div", {
      class: own ? "message own" : "message",
      "data-testid": "chat-message",
    });
    const sameBreath =
      message.senderId === this.lastSender && message.timestamp - this.lastTime < SAME_BREATH;
    if (!sameBreath) {
      const sent = new Date(message.timestamp);
      const time = Number.isNaN(sent.getTime()) ? new Date() : sent;
      row.append(
        element(
          "div",
          { class: "message-head" },
          element("span", { class: "message-sender" }, own ? "You" : message.senderName || "Guest"),
          element("time", { datetime: time.toISOString() }, clock(time)),
        ),
      );
    }
    this.lastSender = message.senderId;
    this.lastTime = message.timestamp;
    const content = message.message;
    const text = typeof content === "string" ? content : JSON.stringify(content);
    row.append(element("div", { class: "message-text" }, text));
    this.log.append(row);
    while (this.log.childElementCount > SHOWN_LIMIT) this.log.firstElementChild?.remove();
    if (atEnd || own) this.log.scrollTop = this.log.scrollHeight;
  }

  private grow(): void {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 140)}px`;
  }
}

function clock(time: Date): string {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
