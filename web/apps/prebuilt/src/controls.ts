import type { Meeting } from "@stoa/js-sdk";
import { element } from "./dom";
import { icon, IconName } from "./icons";
import { Settings } from "./settings";

export interface ControlActions {
  mic(): void;
  camera(): void;
  share(): void;
  chat(): void;
  people(): void;
  invite(opener: HTMLElement): void;
  leave(): void;
  meeting: Meeting;
  /** More buttons, between those of the conversation and those of the devices. */
  more: readonly HTMLElement[];
}

/** The bar at the bottom of a call. */
export class Controls {
  readonly view: HTMLElement;
  private readonly meeting: Meeting;
  private readonly mic: HTMLButtonElement;
  private readonly camera: HTMLButtonElement;
  private readonly share: HTMLButtonElement;
  private readonly chatButton: HTMLButtonElement;
  private readonly peopleButton: HTMLButtonElement;
  private readonly count: HTMLElement;
  private readonly watching: HTMLElement;
  private readonly invite: HTMLButtonElement;
  private readonly badge: HTMLElement;
  private readonly settings: Settings;
  private copiedTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(actions: ControlActions) {
    this.meeting = actions.meeting;
    this.settings = new Settings(actions.meeting);
    this.mic = button("mic-button", actions.mic);
    this.camera = button("camera-button", actions.camera);
    this.share = button("share-button", actions.share);
    this.badge = element("span", { class: "badge", hidden: true });
    this.chatButton = button("chat-button", actions.chat);
    this.peopleButton = button("people-button", actions.people);
    this.count = element("span", { class: "badge count", "aria-hidden": "true" });
    this.watching = element("span", { class: "watching", hidden: true, "data-testid": "watching" });
    this.invite = button("invite-button", () => actions.invite(this.invite));
    this.invite.classList.add("invite");
    const settings = button("settings-button", () => this.settings.open());
    dress(settings, "settings", "Devices");
    const leave = button("leave-button", actions.leave);
    dress(leave, "leave", "Leave");
    leave.classList.add("danger");
    this.view = element(
      "footer",
      { class: "controls", role: "toolbar", "aria-label": "Call" },
      this.watching,
      this.mic,
      this.camera,
      this.share,
      this.chatButton,
      this.peopleButton,
      this.invite,
      ...actions.more,
      settings,
      leave,
      this.settings.view,
    );
    this.chat(false, 0);
    this.people(false);
    dress(this.invite, "link", "Invite others");
    this.refresh();
  }

  refresh(): void {
    const { micOn, webcamOn, screenShareOn, mode } = this.meeting.localParticipant;
    const onStage = mode === "SEND_AND_RECV";
    this.watching.hidden = onStage;
    this.watching.textContent = mode === "RECV_ONLY" ? "You are watching" : "You take part by chat";
    this.mic.hidden = this.camera.hidden = !onStage;
    this.share.hidden = !onStage || typeof navigator.mediaDevices?.getDisplayMedia !== "function";
    toggled(this.mic, micOn);
    dress(this.mic, micOn ? "mic" : "micOff", `Turn microphone ${micOn ? "off" : "on"}`, "m");
    toggled(this.camera, webcamOn);
    dress(this.camera, webcamOn ? "camera" : "cameraOff", `Turn camera ${webcamOn ? "off" : "on"}`, "v");
    this.share.classList.toggle("active", screenShareOn);
    this.share.setAttribute("aria-pressed", String(screenShareOn));
    dress(this.share, "share", screenShareOn ? "Stop sharing" : "Share your screen");
  }

  chat(open: boolean, unread: number): void {
    const label = open ? "Close chat" : unread > 0 ? `Open chat, ${unread} new` : "Open chat";
    dress(this.chatButton, "chat", label, "c");
    this.chatButton.classList.toggle("active", open);
    this.chatButton.setAttribute("aria-expanded", String(open));
    this.badge.hidden = unread === 0;
    this.badge.textContent = unread > 99 ? "99+" : String(unread);
    this.chatButton.append(this.badge);
  }

  people(open: boolean): void {
    dress(this.peopleButton, "people", open ? "Close people" : "Show people", "p");
    this.peopleButton.classList.toggle("active", open);
    this.peopleButton.setAttribute("aria-expanded", String(open));
    this.count.textContent = String(this.meeting.participants.size + 1);
    this.peopleButton.append(this.count);
  }

  focusPeople(): void {
    this.peopleButton.focus();
  }

  focusChat(): void {
    this.chatButton.focus();
  }

  /** A tick in place of the chain for a moment. */
  copied(): void {
    dress(this.invite, "check", "Copied");
    if (this.copiedTimer !== null) clearTimeout(this.copiedTimer);
    this.copiedTimer = setTimeout(() => dress(this.invite, "link", "Invite others"), 2_000);
  }

  close(): void {
    if (this.copiedTimer !== null) clearTimeout(this.copiedTimer);
    this.settings.close();
  }
}

function button(test: string, action: () => void): HTMLButtonElement {
  return element("button", { type: "button", class: "round", "data-testid": test, onclick: action });
}

function dress(made: HTMLButtonElement, name: IconName, label: string, key?: string): void {
  made.replaceChildren(icon(name));
  made.setAttribute("aria-label", label);
  made.title = key ? `${label} (${key})` : label;
  if (key) made.setAttribute("aria-keyshortcuts", key);
}

function toggled(made: HTMLButtonElement, on: boolean): void {
  made.classList.toggle("off", !on);
  made.setAttribute("aria-pressed", String(on));
}
