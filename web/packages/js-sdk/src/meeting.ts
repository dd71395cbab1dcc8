import { Constants, MeetingState } from "./constants";
import { Timings } from "./connection";
import { Emitter } from "./emitter";
import { DEFAULT_CAMERA } from "./encoder-config";
import { browser, Environment } from "./environment";
import { asSDKError, sdkError, VideoSDKError } from "./errors";
import { LocalMedia } from "./local-media";
import { listMicrophones, listWebcams, LocalSources, SelectableDevice } from "./local-sources";
import { Media } from "./media";
import { MeetingOptions } from "./meeting-options";
import {
  Joined,
  JoinRequest,
  LeaveReason,
  Quality,
  ServerEvent,
  StreamKind,
} from "./messages";
import { Participant } from "./participant";
import { PubSub } from "./pubsub";
import { Roster } from "./roster";
import { Signalling } from "./signalling";
import { Stream } from "./stream";
import { createScreenShareVideoTrack } from "./tracks";
import { SDK_VERSION } from "./version";

export interface MeetingEvents {
  "meeting-joined": [];
  "meeting-left": [reason: LeaveReason];
  "participant-joined": [participant: Participant];
  "participant-left": [participant: Participant, reason: LeaveReason | null];
  "speaker-changed": [participantId: string | null];
  "presenter-changed": [participantId: string | null];
  "meeting-state-changed": [change: { state: MeetingState }];
  error: [error: VideoSDKError];
}

/** One participant's visit to a meeting: media, people and messages. */
export class Meeting extends Emitter<MeetingEvents> {
  readonly id: string;
  /** The others, by id. */
  readonly participants: Map<string, Participant>;
  readonly localParticipant: Participant;
  readonly pubSub: PubSub;
  activeSpeakerId: string | null = null;
  activePresenterId: string | null = null;

  private readonly roster: Roster;
  private readonly media: Media;
  private readonly local: LocalMedia;
  private readonly signalling: Signalling;
  private readonly sources: LocalSources;
  private state: MeetingState | null = null;
  private hasJoined = false;
  private signallingUp = true;
  private mediaUp = true;
  private joining: Promise<void> | null = null;
  private settleJoin: { resolve(): void; reject(error: VideoSDKError): void } | null = null;

  /** @internal */
  constructor(
    private readonly options: MeetingOptions,
    signallingURL: string,
    private readonly environment: Environment = browser,
    timings?: Timings,
  ) {
    super();
    this.id = options.meetingId;
    const camera = DEFAULT_CAMERA[options.maxResolution];
    this.sources = new LocalSources(camera, environment, (error) => this.emit("error", error));
    this.sources.nextCamera = options.camera;
    this.sources.nextMicrophone = options.microphone;

    this.roster = new Roster({
      remove: (participantId) => this.removeParticipant(participantId),
      setReceivedQuality: async (streamId, quality) => {
        await this.signalling.request({ type: "set-quality", streamId, quality });
      },
      setSentQuality: async (quality) => this.local.setQuality(quality),
      rtp: (participant, kind) => this.rtp(participant, kind),
      receiver: (mid) => this.media.current?.receiver(mid) ?? null,
      setPaused: async (streamId, paused) => {
        await this.signalling.request({
          type: paused ? "pause-stream" : "resume-stream",
          streamId,
        });
      },
      joined: (participant) => this.emit("participant-joined", participant),
      left: (participant, reason) => this.emit("participant-left", participant, reason),
    });
    this.participants = this.roster.participants;
    this.localParticipant = new Participant(
      options.participantId,
      options.name,
      true,
      options.mode,
      options.metaData,
      {
        remove: (participantId) => this.removeParticipant(participantId),
        setReceivedQuality: async () => {},
        setSentQuality: async (quality) => this.local.setQuality(quality),
        rtp: (participant, kind) => this.rtp(participant, kind),
      },
    );

    this.local = new LocalMedia(
      {
        transport: () => this.media.current,
        enable: async (kind, mid) =>
          (await this.signalling.request({ type: "stream-enable", kind, mid })).streamId,
        disable: async (kind) => {
          await this.signalling.request({ type: "stream-disable", kind });
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
          (await this.signalling.request({ type: "offer", sdp, reset, streams })).sdp,
        attach: (transport) => this.local.attach(transport),
        sending: () => this.local.sending(),
        renewing: () => this.roster.renewing(),
        renewed: () => this.roster.renewed(),
        healthChanged: (healthy) => {
          this.mediaUp = healthy;
          this.connectivityChanged();
        },
        trouble: (error) => this.emit("error", error),
      },
      {
        sends: options.mode === "SEND_AND_RECV",
        multiStream: options.multiStream,
        codec: options.codec,
        camera,
      },
    );
    this.signalling = new Signalling(
      signallingURL,
      environment.webSocket,
      {
        prepareJoin: () => this.prepareJoin(),
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

  /** Enters the meeting; rejects with the server's refusal, which `error` carries too. */
  join(): Promise<void> {
    this.joining ??= this.quiet(
      new Promise<void>((resolve, reject) => {
        this.settleJoin = { resolve, reject };
        this.changeState("CONNECTING");
        const refusal = this.refusedBeforehand();
        if (refusal) return this.ended({ code: 1103, message: "JOIN_ROOM_FAILED" }, refusal);
        globalThis.addEventListener?.("pagehide", this.pageHidden);
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

  /** Ends the meeting for everyone; needs the permission `allow_mod`. */
  end(): Promise<void> {
    return this.action(async () => {
      await this.signalling.request({ type: "end" });
    });
  }

  /** Switches the microphone on, with the track given or the device chosen. */
  unmuteMic(stream?: MediaStream | null): Promise<void> {
    return this.action(() => this.local.start("audio", () => this.sources.microphone(stream)));
  }

  /** Switches the microphone off; it stays open for the next `unmuteMic`. */
  muteMic(): Promise<void> {
    return this.action(async () => {
      const track = this.local.stop("audio");
      if (track) this.sources.mute(track);
    });
  }

  enableWebcam(stream?: MediaStream | null): Promise<void> {
    return this.action(() => this.local.start("video", () => this.sources.camera(stream)));
  }

  disableWebcam(): Promise<void> {
    return this.action(async () => this.local.stop("video")?.stop());
  }

  /** Shares a screen, window or tab with its sound; call it from a click. */
  enableScreenShare(stream?: MediaStream | null): Promise<void> {
    return this.action(async () => {
      let sound: MediaStreamTrack | undefined;
      // Asked for inside `start`, so that a second click opens no second dialogue.
      await this.local.start("share", async () => {
        const captured = stream ?? (await createScreenShareVideoTrack({}, this.environment));
        const video = captured.getVideoTracks()[0];
        if (!video) throw sdkError("ERROR_GET_DISPLAY_MEDIA", "There is no picture to share.");
        sound = captured.getAudioTracks()[0];
        return video;
      });
      if (!sound) return;
      const shared = sound;
      if (this.local.track("share")) await this.local.start("shareAudio", async () => shared);
      else shared.stop(); // stopped meanwhile
    });
  }

  disableScreenShare(): Promise<void> {
    return this.action(async () => {
      this.local.stop("share")?.stop();
      this.local.stop("shareAudio")?.stop();
    });
  }

  /** Uses another microphone (by device id or as a stream), now or when it is switched on. */
  changeMic(choice: string | MediaStream): Promise<void> {
    return this.action(async () => {
      await this.sources.chooseMicrophone(choice);
      if (this.local.track("audio")) this.local.switch("audio", await this.sources.microphone());
    });
  }

  /** Uses another camera (by device id or as a stream), now or when it is switched on. */
  changeWebcam(choice: string | MediaStream): Promise<void> {
    return this.action(async () => {
      await this.sources.chooseCamera(choice);
      if (this.local.track("video")) this.local.switch("video", await this.sources.camera());
    });
  }

  getMics(): Promise<SelectableDevice[]> {
    return listMicrophones();
  }

  getWebcams(): Promise<SelectableDevice[]> {
    return listWebcams();
  }

  get selectedCameraDevice(): SelectableDevice | null {
    return this.sources.selectedCamera;
  }

  set selectedCameraDevice(device: SelectableDevice | null) {
    this.sources.selectedCamera = device;
  }

  get selectedMicrophoneDevice(): SelectableDevice | null {
    return this.sources.selectedMicrophone;
  }

  set selectedMicrophoneDevice(device: SelectableDevice | null) {
    this.sources.selectedMicrophone = device;
  }

  /** Largest size of the camera that is sent. */
  setWebcamQuality(quality: Quality): Promise<void> {
    return this.quiet(this.localParticipant.setQuality(quality));
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

  private refusedBeforehand(): VideoSDKError | null {
    if (!this.options.token) return sdkError("INVALID_TOKEN", "Call VideoSDK.config(token) first.");
    if (!this.options.meetingId) return sdkError("INVALID_MEETING_ID", "meetingId is empty.");
    const { participantId } = this.options;
    if (typeof participantId !== "string" || !/^\S+$/.test(participantId)) {
      return sdkError("INVALID_PARTICIPANT_ID", "A participant id is not empty and has no spaces.");
    }
    return null;
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
    this.localParticipant.id = reply.participantId;
    this.localParticipant.mode = reply.mode ?? this.options.mode;
    this.hasJoined = true;
    if (!again) {
      this.changeState("CONNECTED");
      this.emit("meeting-joined");
    }
    this.roster.replaceAll(reply.participants ?? [], reply.participantId);
    this.local.joined(reply.streams ?? []);
    this.speakerChanged(reply.activeSpeakerId ?? null);
    this.presenterChanged(reply.presenterId ?? null);
    if (again) this.pubSub.rejoined();
    this.settleJoin?.resolve();
    this.settleJoin = null;
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
        return this.media.reset();
      case "speaker-changed":
        return this.speakerChanged(event.participantId ?? null);
      case "presenter-changed":
        return this.presenterChanged(event.participantId ?? null);
      case "pubsub":
        return this.pubSub.received(event.message);
      case "media-state": // our own connection tells the same, and sooner
      case "meeting-left": // ends the signalling, which calls `ended`
        return;
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

  private localTrackEnded(kind: StreamKind): void {
    this.local.stop(kind)?.stop();
    switch (kind) {
      case "share":
        this.local.stop("shareAudio")?.stop();
        return;
      case "shareAudio":
        return;
      case "video":
        return this.emit("error", sdkError("ERROR_WEBCAM_TRACK_ENDED", "The camera stopped."));
      case "audio":
        return this.emit(
          "error",
          sdkError("ERROR_MICROPHONE_TRACK_ENDED", "The microphone stopped."),
        );
    }
  }

  private rtp(participant: Participant, kind: StreamKind): RTCRtpSender | RTCRtpReceiver | null {
    return participant.local
      ? this.media.current?.sender(kind) ?? null
      : this.roster.receiverOf(participant, kind);
  }

  private async removeParticipant(participantId: string): Promise<void> {
    await this.action(async () => {
      await this.signalling.request({ type: "remove", participantId });
    });
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

  private action(work: () => Promise<unknown>): Promise<void> {
    if (!this.hasJoined) {
      const error = sdkError(
        "ERROR_ACTION_PERFORMED_BEFORE_MEETING_JOINED",
        "The meeting is not joined (yet).",
      );
      this.emit("error", error);
      return this.quiet(Promise.reject(error));
    }
    return this.reported(work());
  }

  /** Errors go out as events too, for applications that ignore promises. */
  private reported(work: Promise<unknown>): Promise<void> {
    return this.quiet(
      work.then(
        () => {},
        (reason: unknown) => {
          const error = asSDKError(reason);
          this.emit("error", error);
          throw error;
        },
      ),
    );
  }

  /** A rejection nobody waits for is no unhandled one. */
  private quiet<Value>(work: Promise<Value>): Promise<Value> {
    work.catch(() => {});
    return work;
  }
}
