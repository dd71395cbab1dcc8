import { captureFrame } from "./capture";
import { Emitter } from "./emitter";
import { sdkError } from "./errors";
import { Mode, PinState, Quality, StreamKind } from "./messages";
import { StatsReader, StreamStats } from "./stats";
import { Stream } from "./stream";

export type ReceivedQuality = "HIGH" | "MEDIUM" | "LOW";

export interface ParticipantEvents {
  "stream-enabled": [stream: Stream];
  "stream-disabled": [stream: Stream];
  /** A stream was switched on or off, whether or not its media is received here. */
  "media-status-changed": [status: { kind: StreamKind; peerId: string; newStatus: boolean }];
  /** The size of the received camera picture changed after `setQuality`. */
  "video-quality-changed": [
    change: { currentQuality: ReceivedQuality; prevQuality: ReceivedQuality },
  ];
}

export type PinType = "SHARE_AND_CAM" | "CAM" | "SHARE";

/** What a participant can ask of the meeting. */
export interface ParticipantControl {
  remove(participantId: string): Promise<void>;
  /** Switches one's own on, or asks another to. */
  enable(participant: Participant, kind: "audio" | "video"): Promise<void>;
  disable(participant: Participant, kind: "audio" | "video" | "share"): Promise<void>;
  pin(participantId: string, type: PinType, pinned: boolean): Promise<void>;
  changeMode(participant: Participant, mode: Mode | "CONFERENCE" | "VIEWER"): Promise<void>;
  setReceivedQuality(streamId: string, quality: Quality): Promise<void>;
  setSentQuality(quality: Quality): Promise<void>;
  rtp(participant: Participant, kind: StreamKind): RTCRtpSender | RTCRtpReceiver | null;
}

const QUALITY_NAMES: Record<Quality, ReceivedQuality> = { low: "LOW", med: "MEDIUM", high: "HIGH" };

/** One person in the meeting, here (`local`) or elsewhere. */
export class Participant extends Emitter<ParticipantEvents> {
  /** Streams whose media is at hand, by id. */
  readonly streams = new Map<string, Stream>();
  private readonly switchedOn = new Map<string, StreamKind>();
  private readonly readers = new Map<StreamKind, StatsReader>();
  /** Which of its pictures are pinned for everybody. */
  pinState: PinState = { cam: false, share: false };
  private wantedQuality: Quality = "high";
  private watch: ReturnType<typeof setInterval> | null = null;

  /** @internal */
  constructor(
    public id: string,
    public displayName: string,
    readonly local: boolean,
    public mode: Mode,
    public metaData: unknown,
    private readonly control: ParticipantControl,
    /** The room this participant is in, if it is only relayed here. */
    readonly relayedFrom: string | null = null,
  ) {
    super();
  }

  get isLocal(): boolean {
    return this.local;
  }

  get micOn(): boolean {
    return this.has("audio");
  }

  get webcamOn(): boolean {
    return this.has("video");
  }

  get screenShareOn(): boolean {
    return this.has("share");
  }

  get screenShareAudioOn(): boolean {
    return this.has("shareAudio");
  }

  /** The camera quality asked for: of what is received, or sent for oneself. */
  get quality(): Quality {
    return this.wantedQuality;
  }

  /** Chooses the size of this participant's camera picture; holds for its later streams too. */
  async setQuality(quality: Quality): Promise<void> {
    if (quality !== "low" && quality !== "med" && quality !== "high") {
      throw sdkError("ERROR_INVALID_PARAMETER", `Unknown quality: ${String(quality)}`);
    }
    const before = this.wantedQuality;
    this.wantedQuality = quality;
    if (this.local) return this.control.setSentQuality(quality);
    const stream = this.streamOf("video");
    if (!stream) return;
    const height = await this.receivedHeight();
    await this.control.setReceivedQuality(stream.id, quality);
    if (before !== quality) this.watchHeight(height, before, quality);
  }

  /** Chooses the smallest camera picture that looks good at a size, in pixels of the screen. */
  async setViewPort(width: number, height: number): Promise<void> {
    if (!(width > 0) || !(height > 0)) {
      throw sdkError("ERROR_INVALID_PARAMETER", `No size of a view: ${String(width)} × ${String(height)}`);
    }
    return this.setQuality(qualityFor(Math.max((width * 9) / 16, height)));
  }

  /** Removes this participant from the meeting; needs the permission `allow_mod`. */
  remove(): Promise<void> {
    return this.control.remove(this.id);
  }

  /** Asks this participant to switch the microphone on; it may decline. Needs `allow_mod`. */
  enableMic(): Promise<void> {
    return this.control.enable(this, "audio");
  }

  /** Asks this participant to switch the camera on; it may decline. Needs `allow_mod`. */
  enableWebcam(): Promise<void> {
    return this.control.enable(this, "video");
  }

  /** Switches this participant's microphone off, without being asked; needs `allow_mod`. */
  disableMic(): Promise<void> {
    return this.control.disable(this, "audio");
  }

  /** Switches this participant's camera off, without being asked; needs `allow_mod`. */
  disableWebcam(): Promise<void> {
    return this.control.disable(this, "video");
  }

  /** Ends this participant's screen share; needs `allow_mod`. */
  disableScreenShare(): Promise<void> {
    return this.control.disable(this, "share");
  }

  /** Pins for everybody; somebody else needs `allow_mod`. */
  pin(type: PinType = "SHARE_AND_CAM"): Promise<void> {
    return this.control.pin(this.id, type, true);
  }

  unpin(type: PinType = "SHARE_AND_CAM"): Promise<void> {
    return this.control.pin(this.id, type, false);
  }

  /** Makes this participant one who sends, only receives or only signals; needs `allow_mod`. */
  changeMode(mode: Mode | "CONFERENCE" | "VIEWER"): Promise<void> {
    return this.control.changeMode(this, mode);
  }

  /** The current camera picture (or the share's) as a JPEG data URL. */
  async captureImage(size: { height?: number; width?: number } = {}): Promise<string> {
    const stream = this.streamOf("video") ?? this.streamOf("share");
    if (!stream) throw sdkError("ERROR_INVALID_PARAMETER", "This participant shows no picture.");
    return captureFrame(stream.track, size);
  }

  getVideoStats(): Promise<StreamStats[]> {
    return this.statsOf("video");
  }

  getAudioStats(): Promise<StreamStats[]> {
    return this.statsOf("audio");
  }

  getShareStats(): Promise<StreamStats[]> {
    return this.statsOf("share");
  }

  getShareAudioStats(): Promise<StreamStats[]> {
    return this.statsOf("shareAudio");
  }

  /** The stream of a kind, if its media is at hand. */
  streamOf(kind: StreamKind): Stream | null {
    for (const stream of this.streams.values()) if (stream.kind === kind) return stream;
    return null;
  }

  /** @internal Streams that are on, at hand or not. */
  announced(): Map<string, StreamKind> {
    return this.switchedOn;
  }

  /** @internal */
  switched(streamId: string, kind: StreamKind, on: boolean): void {
    if (on ? this.switchedOn.has(streamId) : !this.switchedOn.has(streamId)) return;
    if (on) this.switchedOn.set(streamId, kind);
    else this.switchedOn.delete(streamId);
    this.emit("media-status-changed", { kind, peerId: this.id, newStatus: on });
  }

  /** @internal */
  opened(stream: Stream): void {
    this.streams.set(stream.id, stream);
    this.emit("stream-enabled", stream);
  }

  /** @internal */
  closed(stream: Stream): void {
    if (!this.streams.delete(stream.id)) return;
    this.readers.delete(stream.kind);
    this.emit("stream-disabled", stream);
  }

  /** @internal */
  forget(): void {
    if (this.watch !== null) clearInterval(this.watch);
    this.watch = null;
  }

  private has(kind: StreamKind): boolean {
    for (const one of this.switchedOn.values()) if (one === kind) return true;
    return false;
  }

  private async statsOf(kind: StreamKind): Promise<StreamStats[]> {
    const side = this.control.rtp(this, kind);
    if (!side || !this.streamOf(kind)) return [];
    let reader = this.readers.get(kind);
    if (!reader || reader.side !== side) {
      reader = new StatsReader(side, this.local);
      this.readers.set(kind, reader);
    }
    return reader.read();
  }

  private async receivedHeight(): Promise<number> {
    const stats = await this.statsOf("video").catch(() => []);
    return stats[0]?.size?.height ?? 0;
  }

  /** Another layer is a promise of the server; the event waits until the picture shows it. */
  private watchHeight(before: number, from: Quality, to: Quality): void {
    this.forget();
    let looks = 0;
    this.watch = setInterval(() => {
      void this.receivedHeight().then((height) => {
        looks += 1;
        const changed = height > 0 && before > 0 && height !== before;
        if (this.watch === null || (!changed && looks < 20)) return;
        this.forget();
        if (!changed) return;
        this.emit("video-quality-changed", {
          currentQuality: QUALITY_NAMES[to],
          prevQuality: QUALITY_NAMES[from],
        });
      });
    }, 500);
  }
}

/** The quality for so many lines: a picture may be enlarged by a third before it shows. */
function qualityFor(lines: number): Quality {
  if (lines <= 240) return "low";
  return lines <= 480 ? "med" : "high";
}
