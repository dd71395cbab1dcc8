import { Timings } from "./connection";
import { Constants, MeetingState } from "./constants";
import { DEFAULT_CAMERA } from "./encoder-config";
import { browser, Environment } from "./environment";
import { sdkError, VideoSDKError } from "./errors";
import { LocalMedia } from "./local-media";
import { LocalSources } from "./local-sources";
import { Media, PreparedSwitch } from "./media";
import { MeetingOptions, refusedBeforehand } from "./meeting-options";
import {
  Joined,
  JoinRequest,
  LeaveReason,
  Quality,
  Replies,
  Request,
  RequestType,
  ServerEvent,
} from "./messages";
import { Participant } from "./participant";
import { PeopleActions } from "./people-actions";
import { PubSub } from "./pubsub";
import { QualityReport } from "./quality-report";
import { quiet } from "./room-actions";
import { Roster } from "./roster";
import { Signalling } from "./signalling";
import { Stream } from "./stream";
import { SDK_VERSION } from "./version";

/** A `switchTo` the server has not answered yet. */
interface Switching {
  token: string;
  media: PreparedSwitch | null;
}

/** One participant's visit to a meeting: media, people and messages. */
export class Meeting extends PeopleActions {
  readonly participants: Map<string, Participant>;
  readonly localParticipant: Participant;
  readonly pubSub: PubSub;
  activeSpeakerId: string | null = null;
  activePresenterId: string | null = null;

  protected readonly local: LocalMedia;
  protected readonly sources: LocalSources;
  protected readonly roster: Roster;
  protected readonly media: Media;
  protected readonly options: MeetingOptions;
  private readonly signalling: Signalling;
  private readonly quality: QualityReport;
  private state: MeetingState | null = null;
  private signallingUp = true;
  private mediaUp = true;
  private joining: Promise<void> | null = null;
  private settleJoin: { resolve(): void; reject(error: VideoSDKError): void } | null = null;
  private switching: Switching | null = null;

  /** @internal */
  constructor(
    options: MeetingOptions,
    signallingURL: string,
    environment: Environment = browser,
    timings?: Timings,
  ) {
    super(options.meetingId, baseURL(signallingURL), environment);
    this.options = { ...options };
    const camera = DEFAULT_CAMERA[options.maxResolution];
    this.sources = new LocalSources(camera, environment, (error) => this.emit("error", error));
    this.sources.nextCamera = options.camera;
    this.sources.nextMicrophone = options.microphone;

    const control = this.participantControl();
    this.roster = new Roster({
      ...control,
      receiver: (mid) => this.media.current?.receiver(mid) ?? null,
      setPaused: async (streamId, paused) => {
        await this.request({ type: paused ? "pause-stream" : "resume-stream", streamId });
      },
      joined: (participant) => {
        this.repin();
        this.emit("participant-joined", participant);
      },
      left: (participant, reason) => {
        this.repin();
        this.emit("participant-left", participant, reason);
      },
    });
    this.participants = this.roster.participants;
    this.localParticipant = new Participant(
      options.participantId,
      options.name,
      true,
      options.mode,
      options.metaData,
      control,
    );

    this.local = new LocalMedia(
      {
        transport: () => this.media.current,
        negotiating: () => this.media.renewing,
        enable: async (kind, mid) =>
          (await this.request({ type: "stream-enable", kind, mid })).streamId,
        disable: async (kind) => {
          await this.request({ type: "stream-disable", kind });
        },
        opened: (stream) => this.localOpened(stream),
        closed: (stream) => this.localClosed(stream),
        trackEnded: (kind) => this.localTrackEnded(kind),
      },
      camera,
      options.multiStream,
      options.mode === "SEND_AND_RECV",
    );
    this.media = new Media(
      {
        createConnection: () =>
          this.environment.peerConnection({ bundlePolicy: "max-bundle", iceServers: [] }),
        isLive: () => this.signalling.isLive,
        negotiate: async (sdp, reset, streams) =>
          (await this.request({ type: "offer", sdp, reset, streams })).sdp,
        attach: (transport) => this.local.attach(transport),
        sending: () => this.local.sending(),
        renewing: (sameLines) =>
          sameLines ? this.roster.renewing() : this.roster.unseatAll(),
        renewed: () => this.roster.renewed(),
        healthChanged: (healthy) => {
          this.mediaUp = healthy;
          this.connectivityChanged();
        },
        connected: () => this.quality.arrived(),
        trouble: (error) => this.emit("error", error),
      },
      {
        sends: options.mode === "SEND_AND_RECV",
        multiStream: options.multiStream,
        codec: options.codec,
        camera,
      },
    );
    this.quality = new QualityReport({
      stats: () => this.media.current?.connection.getStats?.() ?? null,
      networkType: () => environment.networkType(),
      send: (report) => this.request({ type: "report", ...report }),
    });
    this.signalling = new Signalling(
      signallingURL,
      environment.webSocket,
      {
        prepareJoin: () => this.prepareJoin(),
        waiting: (participantId) => {
          this.localParticipant.id = participantId;
          this.emit("entry-waiting", { participantId });
        },
        entryAnswered: ({ participantId, decision }) => {
          this.quality.joining();
          this.emit("entry-responded", participantId, decision, null);
        },
        switched: (reply) => this.switched(reply),
        joined: (reply, again) => this.entered(reply, again),
        event: (event) => this.received(event),
        serverError: (error) => this.emit("error", error),
        connectionChanged: (connected) => {
          this.signallingUp = connected;
          this.connectivityChanged();
          if (connected) this.media.check();
        },
        ended: (reason, error) => this.ended(reason, error),
      },
      timings,
    );
    this.pubSub = new PubSub(this.signalling);
  }

  /**
   * Enters the meeting; rejects with the server's refusal, which `error` carries too.
   *
   * With a token that only asks to join it waits, `CONNECTING`, until somebody inside answers.
   */
  join(): Promise<void> {
    this.joining ??= quiet(
      new Promise<void>((resolve, reject) => {
        this.settleJoin = { resolve, reject };
        this.changeState("CONNECTING");
        const refusal = refusedBeforehand(this.options);
        if (refusal) return this.ended({ code: 1103, message: "JOIN_ROOM_FAILED" }, refusal);
        globalThis.addEventListener?.("pagehide", this.pageHidden);
        this.quality.joining();
        this.signalling.join();
        this.startInitialMedia();
      }),
    );
    return this.joining;
  }

  /** Leaves; others stay. */
  leave(): Promise<void> {
    if (this.state !== "CLOSED" && this.state !== "FAILED") {
      this.changeState("CLOSING");
      this.signalling.leave();
    }
    return Promise.resolve();
  }

  /**
   * Goes to another room with the same devices, name and mode.
   *
   * The people of this room are told off with reason 1005, then `meeting-joined` comes again. If the
   * other room refuses, one stays here.
   */
  switchTo(destination: { meetingId: string; token?: string }): Promise<void> {
    return this.action(async () => {
      const { meetingId, token } = destination ?? {};
      if (typeof meetingId !== "string" || meetingId === "") {
        throw sdkError("ERROR_INVALID_PARAMETER", "switchTo needs the meetingId of a room.");
      }
      if (this.switching) throw sdkError("ERROR_INVALID_PARAMETER", "A switch is under way.");
      const switching: Switching = { token: token ?? this.options.token, media: null };
      this.switching = switching;
      try {
        const hasMedia = this.options.mode !== "SIGNALLING_ONLY";
        if (hasMedia) switching.media = await this.media.prepareSwitch();
        const { media } = switching;
        await this.request({
          type: "switch",
          meetingId,
          ...(token ? { token } : {}),
          ...(media ? { offer: media.offer, streams: media.streams() } : {}),
        });
      } catch (error) {
        switching.media?.abort();
        if (this.switching === switching) this.switching = null;
        throw error;
      }
    });
  }

  protected request<Type extends RequestType>(
    request: Request & { type: Type },
  ): Promise<Replies[Type]> {
    return this.signalling.request<Type>(request);
  }

  protected setOwnQuality(quality: Quality): Promise<void> {
    return this.localParticipant.setQuality(quality);
  }

  private startInitialMedia(): void {
    if (this.options.mode !== "SEND_AND_RECV") return;
    // Both are asked for at once and neither holds up the join: a stream that is ready in time
    // travels in it, a later one follows.
    if (this.options.micEnabled) {
      this.reported(this.local.start("audio", () => this.sources.microphone()));
    }
    if (this.options.webcamEnabled) {
      this.reported(this.local.start("video", () => this.sources.camera()));
    }
  }

  private async prepareJoin(): Promise<() => JoinRequest> {
    const { options, environment } = this;
    const join: JoinRequest = {
      type: "join",
      token: options.token,
      meetingId: options.meetingId,
      participantId: this.localParticipant.id,
      name: options.name,
      mode: options.mode,
      metaData: options.metaData,
      client: { sdk: "js", version: SDK_VERSION, userAgent: environment.userAgent().slice(0, 512) },
    };
    if (options.mode === "SIGNALLING_ONLY") return () => join;
    const media = await this.media.prepareJoin();
    return () => ({ ...join, ...media() });
  }

  private entered(reply: Joined, again: boolean): void {
    if (reply.answer) void this.media.joined(reply.answer);
    else if (this.options.mode !== "SIGNALLING_ONLY") this.media.reset(); // none could be had yet
    else this.quality.arrived();
    this.localParticipant.id = reply.participantId;
    this.options.mode = this.localParticipant.mode = reply.mode ?? this.options.mode;
    this.hasJoined = true;
    const tellOutputs = this.enteredWith(reply.outputs ?? []);
    if (!again) {
      this.changeState("CONNECTED");
      this.emit("meeting-joined");
    }
    this.inRoom(reply);
    this.quality.start();
    if (again) {
      tellOutputs();
      this.pubSub.rejoined();
      this.realtimeStore.rejoined();
    }
    this.settleJoin?.resolve();
    this.settleJoin = null;
  }

  private switched(reply: Joined): void {
    const { switching } = this;
    this.switching = null;
    this.roster.leaveAll({ code: 1005, message: "SWITCH_ROOM" });
    this.id = this.options.meetingId = reply.meetingId;
    this.localParticipant.id = reply.participantId;
    if (switching) this.options.token = switching.token;
    switching?.media?.commit(reply.answer ?? null);
    const tellOutputs = this.enteredWith(reply.outputs ?? []);
    this.emit("meeting-joined");
    this.inRoom(reply);
    tellOutputs();
    this.pubSub.moved();
    this.realtimeStore.rejoined();
  }

  /** Who and what is in the room just entered. */
  private inRoom(reply: Joined): void {
    const { localParticipant } = this;
    localParticipant.pinState = { cam: false, share: false };
    this.roster.replaceAll(reply.participants ?? [], reply.participantId);
    const own = reply.participants?.find((one) => one.participantId === reply.participantId);
    if (own?.pin) localParticipant.pinState = own.pin;
    this.repin();
    this.local.joined(reply.streams ?? []);
    this.speakerChanged(reply.activeSpeakerId ?? null);
    this.presenterChanged(reply.presenterId ?? null);
  }

  private received(event: ServerEvent): void {
    switch (event.type) {
      case "participant-joined":
        return this.roster.joined(event.participant);
      case "participant-left":
        return this.roster.left(event.participantId, event.reason ?? null);
      case "stream-enabled":
        return this.roster.enabled(event.participantId, event.stream);
      case "stream-disabled":
        return this.roster.disabled(event.participantId, event.streamId, event.kind);
      case "stream-seated":
        return this.roster.seated(event.streamId, event.mid);
      case "stream-unseated":
        return this.roster.unseated(event.streamId, event.mid);
      case "seats-needed":
        return this.media.seatsNeeded(event.count);
      case "media-reset":
        if (this.options.mode !== "SIGNALLING_ONLY") this.media.reset();
        return;
      case "speaker-changed":
        return this.speakerChanged(event.participantId ?? null);
      case "presenter-changed":
        return this.presenterChanged(event.participantId ?? null);
      case "pubsub":
        return this.pubSub.received(event.message);
      case "pin-changed":
        return this.pinChanged(event.participantId, event.state, event.pinnedBy);
      case "participant-mode-changed":
        return this.modeChanged(event.participantId, event.mode);
      case "media-disabled": {
        const { kind, disabledBy } = event;
        this.localSilenced(kind);
        return this.emit("media-disabled", { kind, disabledBy });
      }
      case "recording-state-changed":
        return this.outputChanged({ ...event, kind: "recording" });
      case "livestream-state-changed":
        return this.outputChanged({ ...event, kind: "livestream" });
      case "hls-state-changed":
        return this.outputChanged({ ...event, kind: "hls" });
      case "media-state": // our own connection tells the same, and sooner
      case "meeting-left": // ends the signalling, which calls `ended`
        return;
      default:
        return this.heard(event);
    }
  }

  private speakerChanged(participantId: string | null): void {
    if (participantId === this.activeSpeakerId) return;
    this.activeSpeakerId = participantId;
    this.emit("speaker-changed", participantId);
  }

  private presenterChanged(participantId: string | null): void {
    if (participantId === this.activePresenterId) return;
    this.activePresenterId = participantId;
    this.emit("presenter-changed", participantId);
  }

  private localOpened(stream: Stream): void {
    this.localParticipant.switched(stream.id, stream.kind, true);
    this.localParticipant.opened(stream);
  }

  private localClosed(stream: Stream): void {
    this.localParticipant.switched(stream.id, stream.kind, false);
    this.localParticipant.closed(stream);
  }

  private connectivityChanged(): void {
    if (!this.hasJoined || this.state === "CLOSING" || this.state === "CLOSED") return;
    this.changeState(this.signallingUp && this.mediaUp ? "CONNECTED" : "RECONNECTING");
  }

  private changeState(state: MeetingState): void {
    if (state === this.state) return;
    this.state = state;
    this.emit("meeting-state-changed", { state: Constants.meetingState[state] });
  }

  private ended(reason: LeaveReason, error: VideoSDKError | null): void {
    globalThis.removeEventListener?.("pagehide", this.pageHidden);
    this.quality.stop();
    this.media.close();
    this.sources.close();
    this.local.close();
    this.roster.clear();
    this.localParticipant.forget();
    this.activeSpeakerId = this.activePresenterId = null;
    if (error) this.emit("error", error);
    const wasIn = this.hasJoined;
    this.hasJoined = false;
    this.changeState(wasIn || !error ? "CLOSED" : "FAILED");
    if (wasIn || !error) this.emit("meeting-left", reason);
    this.settleJoin?.reject(error ?? sdkError("JOIN_ROOM_FAILED", "The meeting was left."));
    this.settleJoin = null;
  }

  /** A closed tab would otherwise look connected until the server gives it up. */
  private readonly pageHidden = (event: PageTransitionEvent): void => {
    if (!event.persisted) void this.leave();
  };
}

/** The address of the server whose signalling this is. */
function baseURL(signallingURL: string): string {
  return signallingURL.replace(/^ws/, "http").replace(/\/signal$/, "");
}
