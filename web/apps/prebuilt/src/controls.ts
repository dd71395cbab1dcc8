import type { Meeting } from "@stoa/js-sdk";
import { element } from "./dom";
import { icon, IconName } from "./icons";
import { Settings } from "./settings";

export interface ControlActions {
  mic(): void;
  camera(): void;
  share(): void;
  chat(): void;
  invite(): void;
  leave(): void;
  meeting: Meeting;
}

/** The bar at the bottom of a call. */
export class Controls {
  readonly view: HTMLElement;
  private readonly meeting: Meeting;
  private readonly mic: HTMLButtonElement;
  private readonly camera: HTMLButtonElement;
  private readonly share: HTMLButtonElement;
  private readonly chatButton: HTMLButtonElement;
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
    this.share.hidden = typeof navigator.mediaDevices?.getDisplayMedia !== "function";
    this.badge = element("span", { class: "badge", hidden: true });
    this.chatButton = button("chat-button", actions.chat);
    this.invite = button("invite-button", actions.invite);
    const settings = button("settings-button", () => this.settings.open());
    dress(settings, "settings", "Devices");
    const leave = button("leave-button", actions.leave);
    dress(leave, "leave", "Leave");
    leave.classList.add("danger");
    this.view = element(
      "footer",
      { class: "controls", role: "toolbar", "aria-label": "Call" },
      this.mic,
      this.camera,
      this.share,
      this.chatButton,
      this.invite,
      settings,
      leave,
      this.settings.view,
    );
    this.chat(false, 0);
    dress(this.invite, "link", "Copy invitation link");
    this.refresh();
  }

  refresh(): void {
    const { micOn, webcamOn, screenShareOn } = this.meeting.localParticipant;
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

  focusChat(): void {
    this.chatButton.focus();
  }

  /** A tick in place of the chain for a moment. */
  copied(): void {
    dress(this.invite, "check", "Copied");
    if (this.copiedTimer !== null) clearTimeout(this.copiedTimer);
    this.copiedTimer = setTimeout(() => dress(this.invite, "link", "Copy invitation link"), 2_000);
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
