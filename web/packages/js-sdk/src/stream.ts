import { Emitter } from "./emitter";
import { StreamKind } from "./messages";

interface StreamEvents {
  state: [change: { state: "active" | "ended"; timestamp: number }];
}

/** How a stream reaches its media; given by whoever owns it. */
export interface StreamSource {
  track(): MediaStreamTrack | null;
  codec(): string | undefined;
  /** Stops or restarts it; resolves when that is agreed. */
  setPaused(paused: boolean): Promise<void>;
}

/** One track of a participant: microphone, camera, screen or the screen's sound. */
export class Stream extends Emitter<StreamEvents> {
  readonly id: string;
  readonly kind: StreamKind;
  /** Replaced when the media connection is made anew or the device changes. */
  track: MediaStreamTrack;
  private isPaused = false;

  /** @internal */
  constructor(id: string, kind: StreamKind, track: MediaStreamTrack, private source: StreamSource) {
    super();
    this.id = id;
    this.kind = kind;
    this.track = track;
  }

  /** Name of the codec, such as `VP8`, once it is negotiated. */
  get codec(): string | undefined {
    return this.source.codec();
  }

  get paused(): boolean {
    return this.isPaused;
  }

  /** Stops receiving (or sending, for one's own). */
  async pause(): Promise<void> {
    if (this.isPaused) return;
    this.isPaused = true;
    await this.attempt(true);
  }

  async resume(): Promise<void> {
    if (!this.isPaused) return;
    this.isPaused = false;
    await this.attempt(false);
  }

  /** @internal */
  ended(): void {
    this.emit("state", { state: "ended", timestamp: Date.now() });
  }

  private async attempt(paused: boolean): Promise<void> {
    try {
      await this.source.setPaused(paused);
    } catch (error) {
      this.isPaused = !paused;
      throw error;
    }
  }
}
