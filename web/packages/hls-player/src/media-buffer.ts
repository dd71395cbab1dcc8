import { Range } from "./ranges";

/** Where a track's media goes. */
export interface Sink {
  /** Appends media whose own clock is `offset` seconds behind that of the player. */
  append(bytes: Uint8Array, offset: number): Promise<void>;
  readonly buffered: Range[];
}

/** Seconds behind the playing moment that are kept for going back. */
const KEPT = 60;
/** Seconds that are kept when the browser has no more room. */
const KEPT_IN_NEED = 5;

/** A `SourceBuffer` that is asked for one thing at a time. */
export class MediaBuffer implements Sink {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly media: MediaSource,
    private readonly source: SourceBuffer,
    /** The moment that plays. */
    private readonly position: () => number,
  ) {}

  get buffered(): Range[] {
    // Taken out of its `MediaSource` it has none.
    if (!Array.from(this.media.sourceBuffers).includes(this.source)) return [];
    const { buffered } = this.source;
    return Array.from({ length: buffered.length }, (_, index) => ({
      start: buffered.start(index),
      end: buffered.end(index),
    }));
  }

  append(bytes: Uint8Array, offset: number): Promise<void> {
    return this.queue(async () => {
      await this.removeBefore(this.position() - KEPT);
      try {
        await this.appendNow(bytes, offset);
      } catch (error) {
        if ((error as { name?: unknown }).name !== "QuotaExceededError") throw error;
        await this.removeBefore(this.position() - KEPT_IN_NEED);
        await this.appendNow(bytes, offset);
      }
    });
  }

  /** Resolves when everything asked for is done. */
  settled(): Promise<void> {
    return this.queue(async () => {});
  }

  private appendNow(bytes: Uint8Array, offset: number): Promise<void> {
    return this.done(() => {
      if (this.source.timestampOffset !== offset) this.source.timestampOffset = offset;
      this.source.appendBuffer(bytes);
    });
  }

  private async removeBefore(time: number): Promise<void> {
    const first = this.buffered[0];
    // Not for every second that goes by.
    if (!first || first.start > time - KEPT_IN_NEED) return;
    await this.done(() => this.source.remove(0, time));
  }

  private done(begin: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const { source } = this;
      const ended = (): void => {
        source.removeEventListener("updateend", ended);
        source.removeEventListener("error", failed);
        resolve();
      };
      const failed = (): void => {
        source.removeEventListener("updateend", ended);
        source.removeEventListener("error", failed);
        reject(new Error("the browser cannot read this media"));
      };
      source.addEventListener("updateend", ended);
      source.addEventListener("error", failed);
      try {
        begin();
      } catch (error) {
        source.removeEventListener("updateend", ended);
        source.removeEventListener("error", failed);
        reject(error);
      }
    });
  }

  private queue(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => {});
    return done;
  }
}
