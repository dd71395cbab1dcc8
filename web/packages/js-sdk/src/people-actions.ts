import { DeviceActions } from "./device-actions";
import { sdkError } from "./errors";
import { KINDS } from "./local-media";
import { Media } from "./media";
import { MeetingOptions, MeetingParameters, readMode } from "./meeting-options";
import { Mode, PinState, StreamKind } from "./messages";
import { Participant, ParticipantControl, PinType } from "./participant";
import { Roster } from "./roster";

const PINNED: Readonly<Record<PinType, Partial<PinState> | undefined>> = {
  SHARE_AND_CAM: { cam: true, share: true },
  CAM: { cam: true },
  SHARE: { share: true },
};

/** What is done to participants, oneself among them: moderation, pins, modes, what is received. */
export abstract class PeopleActions extends DeviceActions {
  /** The others, by id. */
  abstract readonly participants: Map<string, Participant>;
  abstract readonly localParticipant: Participant;
  protected abstract readonly roster: Roster;
  protected abstract readonly media: Media;
  protected abstract readonly options: MeetingOptions;

  /** Sends and receives, only receives, or only signals from now on. */
  changeMode(mode: Mode | "CONFERENCE" | "VIEWER"): Promise<void> {
    return this.localParticipant.changeMode(mode);
  }

  /** Stops receiving a kind of stream from everybody, also from those who come later. */
  pauseAllStreams(kind: StreamKind | "all" = "all"): Promise<void> {
    return this.pauseAll(kind, true);
  }

  resumeAllStreams(kind: StreamKind | "all" = "all"): Promise<void> {
    return this.pauseAll(kind, false);
  }

  protected participantControl(): ParticipantControl {
    return {
      remove: (participantId) => this.action(() => this.request({ type: "remove", participantId })),
      enable: ({ local, id: participantId }, kind) => {
        if (local) return kind === "audio" ? this.unmuteMic() : this.enableWebcam();
        return this.action(() => this.request({ type: "request-media", participantId, kind }));
      },
      disable: ({ local, id: participantId }, kind) => {
        if (local && kind === "audio") return this.muteMic();
        if (local) return kind === "video" ? this.disableWebcam() : this.disableScreenShare();
        return this.action(() => this.request({ type: "disable-media", participantId, kind }));
      },
      pin: (participantId, type, pinned) =>
        this.action(async () => {
          const what = PINNED[type];
          if (!what) throw sdkError("ERROR_INVALID_PARAMETER", `Unknown kind of pin: ${type}`);
          await this.request({ type: pinned ? "pin" : "unpin", participantId, ...what });
        }),
      changeMode: (participant, mode) => this.action(() => this.changeModeOf(participant, mode)),
      setReceivedQuality: async (streamId, quality) => {
        await this.request({ type: "set-quality", streamId, quality });
      },
      setSentQuality: async (quality) => this.local.setQuality(quality),
      rtp: ({ local, id }, kind) => {
        const participant = local ? null : this.participants.get(id);
        if (participant) return this.roster.receiverOf(participant, kind);
        return local ? this.media.current?.sender(kind) ?? null : null;
      },
    };
  }

  private async changeModeOf(
    participant: Participant,
    name: MeetingParameters["mode"],
  ): Promise<void> {
    if (!name) throw sdkError("ERROR_INVALID_PARAMETER", "changeMode needs a mode.");
    const mode = readMode(name);
    const { local, id: participantId } = participant;
    await this.request({ type: "change-mode", mode, ...(local ? {} : { participantId }) });
    this.modeChanged(participantId, mode);
    if (local) await this.media.renewing; // only then can something be sent
  }

  private pauseAll(kind: StreamKind | "all", paused: boolean): Promise<void> {
    return this.action(async () => {
      const kinds = kind === "all" ? KINDS : KINDS.filter((one) => one === kind);
      if (kinds.length === 0) {
        throw sdkError("ERROR_INVALID_PARAMETER", `Unknown kind of stream: ${String(kind)}`);
      }
      await this.roster.setKindsPaused(kinds, paused);
      this.emit(paused ? "paused-all-streams" : "resumed-all-streams", { kind });
    });
  }

  private participant(id: string): Participant | null {
    return id === this.localParticipant.id ? this.localParticipant : this.participants.get(id) ?? null;
  }

  protected pinChanged(participantId: string, state: PinState, pinnedBy: string): void {
    const participant = this.participant(participantId);
    if (!participant) return;
    participant.pinState = { cam: state.cam === true, share: state.share === true };
    this.repin();
    this.emit("pin-state-changed", { participantId, state: participant.pinState, pinnedBy });
  }

  protected repin(): void {
    this.pinnedParticipants.clear();
    for (const one of [this.localParticipant, ...this.participants.values()]) {
      const { cam, share } = one.pinState;
      if (cam || share) this.pinnedParticipants.set(one.id, one.pinState);
    }
  }

  /** Told once, whether by our own request's answer or by the event. */
  protected modeChanged(participantId: string, mode: Mode): void {
    const participant = this.participant(participantId);
    if (!participant || participant.mode === mode) return;
    participant.mode = mode;
    if (participant.local) this.becameMode(mode);
    this.emit("participant-mode-changed", { mode, participantId });
    this.emit("participant-mode-change", { mode, participantId });
  }

  private becameMode(mode: Mode): void {
    const before = this.options.mode;
    const sends = mode === "SEND_AND_RECV";
    this.options.mode = mode;
    this.local.canSend = sends;
    if (!sends) for (const kind of KINDS) this.localSilenced(kind);
    if (mode === "SIGNALLING_ONLY") {
      this.roster.unseatAll();
      this.media.drop();
    } else if (sends || before === "SIGNALLING_ONLY") {
      this.media.renew(sends);
    }
  }
}
