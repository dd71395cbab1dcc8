import { VideoSDK } from "@stoa/js-sdk";
import { recall, remember } from "./memory";

export type DeviceKind = "audio" | "video";

/**
 * Camera and microphone before the call: opened, closed and exchanged, with what went wrong.
 *
 * `changed` is called whenever something of it is different.
 */
export class Preview {
  readonly wanted: Record<DeviceKind, boolean> = { audio: true, video: true };
  readonly streams: Record<DeviceKind, MediaStream | null> = { audio: null, video: null };
  readonly problems: Record<DeviceKind, unknown> = { audio: null, video: null };
  readonly chosen: Record<DeviceKind, string> = {
    audio: recall("microphone"),
    video: recall("camera"),
  };
  private readonly generation: Record<DeviceKind, number> = { audio: 0, video: 0 };

  constructor(private readonly changed: () => void) {}

  open(): void {
    void this.start("audio");
    void this.start("video");
  }

  toggle(kind: DeviceKind): void {
    this.wanted[kind] = !this.wanted[kind] || this.problems[kind] !== null;
    if (this.wanted[kind]) void this.start(kind);
    else this.stop(kind);
    this.changed();
  }

  choose(kind: DeviceKind, deviceId: string): void {
    this.chosen[kind] = deviceId;
    remember(kind === "audio" ? "microphone" : "camera", deviceId);
    if (this.wanted[kind]) void this.start(kind);
  }

  isOn(kind: DeviceKind): boolean {
    return this.wanted[kind] && this.problems[kind] === null;
  }

  /** Gives the streams away; the preview no longer owns them. */
  take(): Record<DeviceKind, MediaStream | null> {
    const streams = { ...this.streams };
    this.streams.audio = this.streams.video = null;
    this.generation.audio += 1;
    this.generation.video += 1;
    return streams;
  }

  close(): void {
    this.stop("audio");
    this.stop("video");
  }

  private stop(kind: DeviceKind): void {
    this.generation[kind] += 1;
    for (const track of this.streams[kind]?.getTracks() ?? []) track.stop();
    this.streams[kind] = null;
  }

  private async start(kind: DeviceKind): Promise<void> {
    this.stop(kind);
    const generation = this.generation[kind];
    this.problems[kind] = null;
    try {
      const stream = await this.capture(kind);
      if (generation !== this.generation[kind]) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      this.streams[kind] = stream;
    } catch (error) {
      if (generation === this.generation[kind]) this.problems[kind] = error;
    }
    this.changed();
  }

  private async capture(kind: DeviceKind): Promise<MediaStream> {
    const id = this.chosen[kind];
    const create = (deviceId?: string): Promise<MediaStream> =>
      kind === "audio"
        ? VideoSDK.createMicrophoneAudioTrack(deviceId ? { microphoneId: deviceId } : {})
        : VideoSDK.createCameraVideoTrack(deviceId ? { cameraId: deviceId } : {});
    if (!id) return create();
    try {
      return await create(id);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (code !== 3021 && code !== 3022) throw error;
      this.chosen[kind] = ""; // last time's device is not here today
      return create();
    }
  }
}
