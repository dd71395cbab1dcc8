import type { LeaveReason, Meeting, Participant } from "@stoa/js-sdk";
import { invitationLink } from "./access";
import { Banner } from "./banner";
import { Chat } from "./chat";
import { Controls } from "./controls";
import { element } from "./dom";
import { Sounds } from "./sounds";
import { Stage } from "./stage";
import { shownName } from "./tile";
import { inWords } from "./words";

/** The call: tiles, shared screen, controls and chat of one meeting that was joined. */
export class Call {
  readonly view: HTMLElement;
  private readonly stage: Stage;
  private readonly sounds: Sounds;
  private readonly chat: Chat;
  private readonly controls: Controls;
  private readonly banner = new Banner();
  private unread = 0;
  /** Those who were here before us are not announced. */
  private settled = false;

  constructor(private readonly meeting: Meeting, left: (reason: LeaveReason) => void) {
    this.stage = new Stage(() => this.copyInvitation());
    this.sounds = new Sounds(() =>
      this.banner.offer("The browser keeps the sound off until you click.", "Turn sound on", () =>
        this.sounds.resume(),
      ),
    );
    this.chat = new Chat(
      meeting,
      (message) => this.messageArrived(message.senderId),
      () => this.toggleChat(),
    );
    this.controls = new Controls({
      mic: () => this.toggleMic(),
      camera: () => this.toggleCamera(),
      share: () => this.toggleShare(),
      chat: () => this.toggleChat(),
      invite: () => this.copyInvitation(),
      leave: () => void meeting.leave(),
      meeting,
    });
    this.view = element(
      "main",
      { class: "call" },
      this.banner.view,
      element("div", { class: "call-area" }, this.stage.view, this.chat.view),
      this.controls.view,
      this.sounds.view,
    );
    meeting.on("meeting-left", (reason) => {
      this.close();
      left(reason);
    });
    meeting.on("participant-joined", (participant) => {
      this.watch(participant);
      if (this.settled) this.banner.notice(`${shownName(participant)} joined`);
    });
    meeting.on("participant-left", (participant) => {
      this.stage.remove(participant.id);
      this.sounds.remove(participant);
      this.present();
      this.banner.notice(`${shownName(participant)} left`);
    });
    meeting.on("speaker-changed", (id) => this.stage.speaking(id));
    meeting.on("presenter-changed", () => this.present());
    meeting.on("meeting-state-changed", ({ state }) => {
      if (state === "RECONNECTING") this.banner.state("The connection was lost. Reconnecting…");
      else if (state === "CONNECTED") this.banner.state(null);
    });
    meeting.on("error", (error) => this.banner.warn(inWords(error)));
  }

  /** Shows who is there; called once, when the meeting is joined. */
  open(): void {
    const { meeting } = this;
    this.watch(meeting.localParticipant);
    for (const participant of meeting.participants.values()) this.watch(participant);
    this.stage.speaking(meeting.activeSpeakerId);
    this.present();
    queueMicrotask(() => (this.settled = true));
    this.chat.open().catch((error: unknown) => this.banner.warn(inWords(error)));
  }

  /** Handles a shortcut; true if it was one. */
  key(key: string): boolean {
    switch (key) {
      case "m":
        this.toggleMic();
        return true;
      case "v":
        this.toggleCamera();
        return true;
      case "c":
        this.toggleChat();
        return true;
      case "Escape":
        if (this.chat.view.hidden) return false;
        this.toggleChat();
        return true;
      default:
        return false;
    }
  }

  private watch(participant: Participant): void {
    const changed = (): void => {
      this.stage.refresh(participant.id);
      this.sounds.refresh(participant);
      this.present();
      if (participant.local) this.controls.refresh();
    };
    participant.on("stream-enabled", changed);
    participant.on("stream-disabled", changed);
    participant.on("media-status-changed", changed);
    this.stage.add(participant);
    changed();
  }

  /** The presenter's screen, or that of whoever shares one. */
  private present(): void {
    const { meeting } = this;
    const everybody = [...meeting.participants.values(), meeting.localParticipant];
    const sharing = everybody.filter((one) => one.streamOf("share") !== null);
    const presenter = sharing.find((one) => one.id === meeting.activePresenterId) ?? sharing[0];
    this.stage.present(presenter ?? null);
  }

  private toggleMic(): void {
    const { meeting } = this;
    if (meeting.localParticipant.micOn) void meeting.muteMic();
    else void meeting.unmuteMic();
  }

  private toggleCamera(): void {
    const { meeting } = this;
    if (meeting.localParticipant.webcamOn) void meeting.disableWebcam();
    else void meeting.enableWebcam();
  }

  private toggleShare(): void {
    const { meeting } = this;
    if (meeting.localParticipant.screenShareOn) void meeting.disableScreenShare();
    else void meeting.enableScreenShare();
  }

  private toggleChat(): void {
    const open = this.chat.view.hidden;
    this.chat.view.hidden = !open;
    if (open) {
      this.unread = 0;
      this.chat.focus();
    } else {
      this.controls.focusChat();
    }
    this.controls.chat(open, this.unread);
  }

  private messageArrived(senderId: string): void {
    if (!this.chat.view.hidden || senderId === this.meeting.localParticipant.id) return;
    this.unread += 1;
    this.controls.chat(false, this.unread);
  }

  private copyInvitation(): void {
    const link = invitationLink(this.meeting.id);
    const copied = (): void => {
      this.banner.notice("Invitation link copied");
      this.controls.copied();
    };
    const failed = (): void => this.banner.warn(`Copy this link to invite others: ${link}`);
    if (navigator.clipboard) navigator.clipboard.writeText(link).then(copied, failed);
    else failed();
  }

  private close(): void {
    this.stage.close();
    this.sounds.close();
    this.controls.close();
    this.banner.close();
  }
}
