import type { LeaveReason, Meeting, Participant, PubSubMessage } from "@stoa/js-sdk";
import { invitationLink } from "./access";
import { Activities } from "./activities/activities";
import { Banner } from "./banner";
import { Chat } from "./chat";
import { Controls } from "./controls";
import { element } from "./dom";
import { icon } from "./icons";
import { Lobby } from "./lobby";
import { MediaRequests } from "./media-requests";
import { Menu } from "./menu";
import { OutputControls } from "./outputs/outputs";
import { participantMenu } from "./participant-menu";
import { People } from "./people";
import { Prompts } from "./prompts";
import { Reactions } from "./reactions";
import type { Rights } from "./rights";
import { Sounds } from "./sounds";
import { Stage } from "./stage";
import { shownName } from "./tile";
import { inWords, switchedOff } from "./words";

export interface CallOptions {
  rights: Rights;
  /** What the REST API is asked with. */
  token(): Promise<string>;
  /** Whether this server gives guests a token that lets them ask to come in. */
  offersLobby: boolean;
}

/** The call: tiles, shared screen, controls, people and chat of one meeting that was joined. */
export class Call {
  readonly view: HTMLElement;
  private readonly stage: Stage;
  private readonly sounds: Sounds;
  private readonly chat: Chat;
  private readonly people: People;
  private readonly controls: Controls;
  private readonly banner = new Banner();
  private readonly prompts = new Prompts();
  private readonly menu = new Menu();
  private readonly outputs: OutputControls;
  private readonly reactions: Reactions;
  private readonly activities: Activities;
  private readonly activitiesButton: HTMLButtonElement;
  private unread = 0;
  /** Those who were here before us are not announced. */
  private settled = false;

  constructor(
    private readonly meeting: Meeting,
    private readonly options: CallOptions,
    left: (reason: LeaveReason) => void,
  ) {
    this.stage = new Stage(() => this.copyInvitation(false), {
      has: (participant) => this.actionsFor(participant).length > 0,
      open: (opener, participant) => this.openMenu(opener, participant),
    });
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
    this.people = new People(meeting, options.rights, {
      menu: (opener, participant) => this.openMenu(opener, participant),
      hasMenu: (participant) => this.actionsFor(participant).length > 0,
      invite: (opener) => this.invite(opener),
      close: () => this.togglePeople(),
    });
    this.reactions = new Reactions(meeting);
    this.activities = new Activities(meeting, {
      isHost: options.rights.moderates,
      arrived: (words) => {
        if (this.activities.view.hidden) this.banner.offer(words, "Show", () => this.toggleActivities(), "notice");
      },
      failed: (error) => this.banner.warn(inWords(error)),
      closed: () => this.toggleActivities(),
    });
    this.activitiesButton = element(
      "button",
      {
        type: "button",
        class: options.rights.moderates ? "round activities-button" : "round",
        "aria-label": "Polls and questions",
        title: "Polls and questions",
        "aria-expanded": "false",
        "data-testid": "activities-button",
        onclick: () => this.toggleActivities(),
      },
      icon("poll"),
    );
    this.outputs = new OutputControls(meeting, this.menu, this.banner, {
      isAllowed: options.rights.moderates,
      token: () => options.token(),
      more: [{ name: "activities", label: "Polls and questions", icon: "poll", run: () => this.toggleActivities() }],
    });
    this.controls = new Controls({
      mic: () => this.toggleMic(),
      camera: () => this.toggleCamera(),
      share: () => this.toggleShare(),
      chat: () => this.toggleChat(),
      people: () => this.togglePeople(),
      invite: (opener) => this.invite(opener),
      leave: () => void meeting.leave(),
      meeting,
      more: [this.activitiesButton, this.outputs.record, this.outputs.broadcast],
    });
    const lobby = new Lobby(meeting, this.prompts, (text) => this.banner.notice(text));
    this.prompts.add(lobby.view);
    new MediaRequests(meeting, this.prompts);
    this.view = element(
      "main",
      { class: "call" },
      this.banner.view,
      this.prompts.view,
      element("div", { class: "call-area" }, this.stage.view, this.people.view, this.chat.view, this.activities.view),
      this.outputs.badges.view,
      this.reactions.view,
      this.controls.view,
      this.sounds.view,
      this.menu.view,
    );
    this.listen(left);
  }

  /** Shows who is there; called when the meeting is joined, and again in another room. */
  open(): void {
    const { meeting } = this;
    if (this.settled) {
      this.settled = false;
      this.chat.clear();
      this.activities.clear();
      this.banner.notice("You are in another room now");
    } else {
      this.watch(meeting.localParticipant);
      this.chat.open().catch((error: unknown) => this.banner.warn(inWords(error)));
      this.reactions.open().catch(() => {});
      this.activities.open().catch((error: unknown) => this.banner.warn(inWords(error)));
      meeting.pubSub.subscribe("RAISE_HAND", (message) => this.handRaised(message)).catch(() => {});
    }
    for (const participant of meeting.participants.values()) this.watch(participant);
    this.stage.speaking(meeting.activeSpeakerId);
    this.present();
    queueMicrotask(() => (this.settled = true));
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
      case "p":
        this.togglePeople();
        return true;
      case "l":
        return this.prompts.focus();
      case "Escape":
        if (!this.chat.view.hidden) this.toggleChat();
        else if (!this.people.view.hidden) this.togglePeople();
        else if (!this.activities.view.hidden) this.toggleActivities();
        else return false;
        return true;
      default:
        return false;
    }
  }

  private listen(left: (reason: LeaveReason) => void): void {
    const { meeting } = this;
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
      this.roll();
      this.banner.notice(`${shownName(participant)} left`);
    });
    meeting.on("speaker-changed", (id) => this.stage.speaking(id));
    meeting.on("presenter-changed", () => this.present());
    meeting.on("meeting-state-changed", ({ state }) => {
      if (state === "RECONNECTING") this.banner.state("The connection was lost. Reconnecting…");
      else if (state === "CONNECTED") this.banner.state(null);
    });
    meeting.on("entry-waiting", () =>
      this.banner.state("The connection was lost. Waiting to be let in again…"),
    );
    meeting.on("pin-state-changed", ({ participantId }) => {
      this.stage.refresh(participantId);
      this.stage.arrange();
      this.roll();
    });
    meeting.on("participant-mode-changed", ({ participantId, mode }) => {
      this.stage.refresh(participantId);
      this.stage.arrange();
      this.roll();
      if (participantId !== meeting.localParticipant.id) return;
      this.controls.refresh();
      this.banner.notice(
        mode === "SEND_AND_RECV"
          ? "You are on stage. Turn on your microphone or camera when you like."
          : "You are a viewer now: the others neither hear nor see you.",
      );
    });
    meeting.on("media-disabled", ({ kind, disabledBy }) => {
      const by = meeting.participants.get(disabledBy)?.displayName.trim() || "A moderator";
      this.banner.warn(switchedOff(kind, by));
    });
    meeting.on("error", (error) => {
      console.warn(`${error.code} ${error.name}: ${error.message}`); // the exact words, for whoever looks
      this.banner.warn(inWords(error));
    });
  }

  private handRaised({ senderId, senderName }: PubSubMessage): void {
    if (senderId === this.meeting.localParticipant.id) return;
    const text = `${senderName.trim() || "Somebody"} raised a hand`;
    this.banner.notice(text);
    this.prompts.announce(text);
  }

  private watch(participant: Participant): void {
    const changed = (): void => {
      this.stage.refresh(participant.id);
      this.sounds.refresh(participant);
      this.present();
      this.people.refresh();
      if (participant.local) this.controls.refresh();
    };
    participant.on("stream-enabled", changed);
    participant.on("stream-disabled", changed);
    participant.on("media-status-changed", changed);
    this.stage.add(participant);
    changed();
    this.roll();
  }

  /** The list of people and their number. */
  private roll(): void {
    this.people.refresh();
    this.controls.people(!this.people.view.hidden);
  }

  private actionsFor(participant: Participant): ReturnType<typeof participantMenu> {
    return participantMenu(participant, this.options.rights);
  }

  private openMenu(opener: HTMLElement, participant: Participant): void {
    this.menu.toggle(opener, shownName(participant), this.actionsFor(participant));
  }

  /** The presenter's screen, or that of whoever shares one. */
  private present(): void {
    const { meeting } = this;
    const everybody = [...meeting.participants.values(), meeting.localParticipant];
    const sharing = everybody.filter((one) => one.streamOf("share") !== null);
    const pinned = sharing.find((one) => one.pinState.share);
    const presenter = sharing.find((one) => one.id === meeting.activePresenterId);
    this.stage.present(pinned ?? presenter ?? sharing[0] ?? null);
  }

  private toggleMic(): void {
    const { meeting } = this;
    if (meeting.localParticipant.mode !== "SEND_AND_RECV") return;
    if (meeting.localParticipant.micOn) void meeting.muteMic();
    else void meeting.unmuteMic();
  }

  private toggleCamera(): void {
    const { meeting } = this;
    if (meeting.localParticipant.mode !== "SEND_AND_RECV") return;
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
    if (open) this.closeSides("chat");
    this.chat.view.hidden = !open;
    if (open) {
      this.unread = 0;
      this.chat.focus();
    } else {
      this.controls.focusChat();
    }
    this.controls.chat(open, this.unread);
  }

  private togglePeople(): void {
    const open = this.people.view.hidden;
    if (open) this.closeSides("people");
    this.people.view.hidden = !open;
    this.roll();
    if (open) this.people.focus();
    else this.controls.focusPeople();
  }

  private toggleActivities(): void {
    const open = this.activities.view.hidden;
    if (open) this.closeSides("activities");
    this.activities.view.hidden = !open;
    this.activitiesButton.classList.toggle("active", open);
    this.activitiesButton.setAttribute("aria-expanded", String(open));
    if (open) this.activities.focus();
    else this.activitiesButton.focus();
  }

  /** There is room for one panel. */
  private closeSides(but: "chat" | "people" | "activities"): void {
    if (but !== "chat" && !this.chat.view.hidden) this.toggleChat();
    if (but !== "people" && !this.people.view.hidden) this.togglePeople();
    if (but !== "activities" && !this.activities.view.hidden) this.toggleActivities();
  }

  private messageArrived(senderId: string): void {
    if (!this.chat.view.hidden || senderId === this.meeting.localParticipant.id) return;
    this.unread += 1;
    this.controls.chat(false, this.unread);
  }

  /** Copies the link at once where there is only one. */
  private invite(opener: HTMLElement): void {
    if (!this.options.offersLobby) return this.copyInvitation(false);
    this.menu.toggle(opener, "Invite others", [
      { name: "copy-link", label: "Copy link", icon: "link", run: () => this.copyInvitation(false) },
      {
        name: "copy-lobby-link",
        label: "Copy link with lobby",
        icon: "lobby",
        run: () => this.copyInvitation(true),
      },
    ]);
  }

  private copyInvitation(viaLobby: boolean): void {
    const link = invitationLink(this.meeting.id, viaLobby);
    const copied = (): void => {
      this.banner.notice(
        viaLobby ? "Link copied: its guests have to be let in" : "Invitation link copied",
      );
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
    this.outputs.close();
    this.banner.close();
    this.menu.remove();
  }
}
