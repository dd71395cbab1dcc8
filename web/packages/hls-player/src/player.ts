import { Clock, realClock } from "./clock";
import { correction, LiveState, playbackRate } from "./live";
import { MediaBuffer } from "./media-buffer";
import { isMultivariant, readMultivariant, Variant } from "./multivariant";
import { PlaylistError } from "./playlist-error";
import { ahead, both, nextStart, Range, rangeAt } from "./ranges";
import { holdBack, isLowLatency, retryDelay, startTime } from "./schedule";
import { codecsOf, mimeType, support } from "./support";
import { Track, TrackHost } from "./track";
import { fetchTransport, LoadError, Transport } from "./transport";
import { VariantChoice } from "./variant-choice";

export interface Level {
  height: number | null;
  /** Bits per second. */
  bandwidth: number;
}

/** What a page shows of a player. */
export interface PlayerState {
  /** `failed`: nothing more will be tried. */
  phase: "loading" | "ready" | "failed";
  /** In words, for those who look for the cause; `null` while all is well. */
  problem: string | null;
  /** Nothing was there under the address: it has not begun yet, or it is gone. */
  isMissing: boolean;
  /** More is coming. */
  isLive: boolean;
  position: number;
  /** The earliest and the latest moment to go to; of a live stream the latest is its live edge. */
  seekable: Range;
  /** Whether it plays what happens now. */
  isAtEdge: boolean;
  /** Seconds between the end of the stream and what is seen; 0 if it is over. */
  latency: number;
  buffered: Range[];
  levels: readonly Level[];
  /** What is being loaded; -1: not known. */
  level: number;
  /** The level that was asked for; `null`: the best that comes through. */
  chosenLevel: number | null;
}

export interface PlayerOptions {
  clock?: Clock;
  transport?: Transport;
}

/** Seconds to have in store; a live stream has less by its nature. */
const GOAL = 24;
/** Seconds between two looks at what plays. */
const LOOK = 0.25;
/** Times that a playlist which cannot be read is asked for before anything plays. */
const MOST_UNREADABLE = 3;
/** Times that the browser may refuse what it is given, within so many seconds. */
const MOST_REBUILDS = 4;
const REBUILD_WINDOW = 60;
/** Seconds without an advance before a hole is jumped over, and before it is nudged. */
const STALLED = 1.5;
const STUCK = 4;
/** Seconds to the live edge that still count as live. */
const NEAR_EDGE = 4;

/** Plays an HLS stream of fragmented MP4 in a video element. */
export class HLSPlayer {
  /** Called about four times a second, and when something changes. */
  onchange: (state: PlayerState) => void = () => {};

  private readonly clock: Clock;
  private readonly transport: Transport;
  private readonly choice: VariantChoice;
  private readonly stop = new AbortController();
  private readonly offsets = new Map<number, number>();
  private main: Track | null = null;
  private sound: Track | null = null;
  private media: MediaSource | null = null;
  private buffers: MediaBuffer[] = [];
  private finished = new Set<Track>();
  /** Where playing begins, until there is something there. */
  private pending: number | null = null;
  private isFollowing = true;
  private phase: PlayerState["phase"] = "loading";
  private problem: string | null = null;
  private isMissing = false;
  private rebuilds: number[] = [];
  private lastAdvance = 0;
  private lastPosition = 0;
  private isNative = false;

  constructor(private readonly video: HTMLVideoElement, url: string, options: PlayerOptions = {}) {
    this.clock = options.clock ?? realClock;
    this.transport = options.transport ?? fetchTransport;
    const height = () => (video.clientHeight || 360) * (globalThis.devicePixelRatio ?? 1);
    this.choice = new VariantChoice(this.clock, height, () => this.tell());
    const base = typeof location === "undefined" ? undefined : location.href;
    const address = new URL(url, base).href;
    for (const [event, listener] of this.listeners) video.addEventListener(event, listener);
    const kind = support();
    if (kind === "media-source") {
      void this.open(address);
    } else if (kind === "native") {
      this.isNative = true;
      video.src = address;
    } else {
      this.fail("This browser can play no HLS.");
    }
    void this.look();
  }

  get state(): PlayerState {
    const { video } = this;
    const { isLive, start, edge, end } = this.extent();
    const position = this.pending ?? video.currentTime;
    return {
      phase: this.phase,
      problem: this.problem,
      isMissing: this.isMissing,
      isLive,
      position,
      seekable: { start, end: edge },
      isAtEdge: isLive && edge - position < NEAR_EDGE,
      latency: isLive ? Math.max(0, end - position) : 0,
      buffered: this.playable(),
      levels: this.choice.variants.map(({ height, bandwidth }) => ({ height, bandwidth })),
      level: this.choice.index,
      chosenLevel: this.choice.chosen,
    };
  }

  /** Goes to a moment; to the end of a live stream is to follow it. */
  seek(time: number): void {
    const { isLive, start, edge } = this.extent();
    const to = Math.min(Math.max(time, start), edge);
    this.isFollowing = isLive && edge - to < NEAR_EDGE / 2;
    this.jump(to);
  }

  /** Goes to what happens now. */
  follow(): void {
    this.isFollowing = true;
    this.jump(this.extent().edge);
  }

  /** Loads one level only; `null` for the best that comes through. */
  choose(level: number | null): void {
    this.choice.chosen = level;
    this.tell();
  }

  close(): void {
    this.stop.abort();
    this.main?.close();
    this.sound?.close();
    for (const [event, listener] of this.listeners) this.video.removeEventListener(event, listener);
    this.detach();
  }

  private readonly listeners: readonly [string, () => void][] = [
    ["seeking", () => this.seeking()],
    ["pause", () => this.paused()],
    ["error", () => this.videoFailed()],
    ["loadeddata", () => this.arrived()],
    ["ended", () => this.tell()],
    ["playing", () => this.tell()],
  ];

  private async open(url: string): Promise<void> {
    for (let failures = 0; !this.stop.signal.aborted; failures += 1) {
      try {
        const { text, url: address } = await this.transport.text(url, this.stop.signal, 10);
        this.choice.begin(isMultivariant(text) ? this.playableOf(readMultivariant(text, address)) : [single(address)]);
        this.isMissing = false;
        this.problem = null;
        const { variant } = this.choice;
        this.main = new Track(variant.uri, this.hostOf(true));
        this.main.open();
        if (variant.audio) {
          this.sound = new Track(variant.audio, this.hostOf(false));
          this.sound.open();
        }
        return;
      } catch (error) {
        if (this.stop.signal.aborted) return;
        if (!(error instanceof LoadError)) return this.fail((error as Error).message);
        this.isMissing = error.isGone;
        this.problem = error.message;
        this.tell();
        await this.clock.sleep(error.isGone ? 2 : retryDelay(failures), this.stop.signal);
      }
    }
  }

  private playableOf(variants: Variant[]): Variant[] {
    const found = variants.filter(({ codecs, audio }) => {
      const own = audio ? codecsOf(codecs, false) : codecs;
      return own.length === 0 || MediaSource.isTypeSupported(mimeType(own));
    });
    if (found.length === 0) throw new PlaylistError("This browser plays none of the stream's formats.");
    // The sound of all of them is one track here.
    return found.filter(({ audio }) => (audio === null) === (found[0]!.audio === null));
  }

  private hostOf(isMain: boolean): TrackHost {
    return {
      clock: this.clock,
      transport: this.transport,
      offsets: this.offsets,
      position: () => this.pending ?? this.video.currentTime,
      goal: () => GOAL,
      measured: (bytes, seconds, media) => this.choice.measured(bytes, seconds, media),
      choose: (buffered) => (isMain ? this.choice.next(buffered).uri : this.choice.variant.audio!),
      instead: (download, buffered, seconds) =>
        isMain ? (this.choice.instead(download, buffered, seconds)?.uri ?? null) : null,
      failed: (error, uri, failures) => this.failed(error, uri, failures),
      recovered: () => {
        this.problem = null;
        this.isMissing = false;
        this.tell();
      },
      reloaded: () => this.reloaded(),
      appended: () => this.arrived(),
      finished: () => void this.finish(isMain ? this.main! : this.sound!),
      broken: (error) => this.rebuild(error.message),
    };
  }

  /** Begins to fill buffers as soon as it is known what with. */
  private reloaded(): void {
    const tracks = this.tracks;
    if (!this.media && tracks.every(({ playlist }) => (playlist?.segments.length ?? 0) > 0)) void this.attach();
    this.tell();
  }

  private get tracks(): Track[] {
    return [this.main, this.sound].filter((track): track is Track => track !== null);
  }

  private async attach(): Promise<void> {
    const { video, tracks } = this;
    const media = (this.media = new MediaSource());
    this.pending ??= startTime(this.main!.timeline);
    this.buffers = [];
    this.finished.clear();
    video.src = URL.createObjectURL(media);
    await new Promise((resolve) => media.addEventListener("sourceopen", resolve, { once: true }));
    URL.revokeObjectURL(video.src);
    try {
      const { variant } = this.choice;
      const told = this.sound
        ? [codecsOf(variant.codecs, false), codecsOf(variant.codecs, true)]
        : [variant.codecs];
      const codecs = await Promise.all(
        tracks.map(async (track, index) => (told[index]!.length > 0 ? told[index]! : track.codecs())),
      );
      if (media !== this.media) return;
      // All of them before the first byte: later the browser takes no more.
      this.buffers = codecs.map(
        (each) =>
          new MediaBuffer(media, media.addSourceBuffer(mimeType(each)), () => this.pending ?? video.currentTime),
      );
      tracks.forEach((track, index) => track.fill(this.buffers[index]!));
    } catch (error) {
      if (media === this.media) this.rebuild((error as Error).message);
    }
  }

  private detach(): void {
    this.media = null;
    this.buffers = [];
    this.video.removeAttribute("src");
    this.video.load();
  }

  /** Something new was appended, or can be seen. */
  private arrived(): void {
    const { video } = this;
    if (this.isNative) {
      this.phase = "ready";
    } else if (this.pending !== null) {
      const range = rangeAt(this.playable(), this.pending) ?? this.playable().find(({ end }) => end > this.pending!);
      if (range && video.readyState >= 1) {
        const to = Math.max(this.pending, range.start + 0.001);
        this.pending = null;
        video.currentTime = to;
        this.lastAdvance = this.clock.now();
      }
    }
    if (this.pending === null && video.readyState >= 2) this.phase = "ready";
    this.tell();
  }

  private jump(to: number): void {
    if (this.pending !== null) {
      this.pending = to;
      for (const track of this.tracks) track.seek();
    } else {
      this.video.currentTime = to;
    }
    this.tell();
  }

  private seeking(): void {
    if (this.isNative || this.pending !== null) return;
    this.lastAdvance = this.clock.now();
    this.finished.clear();
    for (const track of this.tracks) track.seek();
    this.tell();
  }

  private paused(): void {
    // What was paused goes on where it stopped; a stream that has no past catches up by itself.
    if (!this.video.ended) this.isFollowing = false;
    this.tell();
  }

  private extent(): { isLive: boolean; start: number; edge: number; end: number } {
    const { video } = this;
    const playlist = this.main?.playlist;
    if (playlist) {
      const { start, end } = this.main!.timeline;
      const isLive = !playlist.isEnded;
      return { isLive, start, end, edge: isLive ? Math.max(start, end - holdBack(playlist)) : end };
    }
    const { seekable } = video;
    const last = seekable.length - 1;
    const [start, end] = last < 0 ? [0, 0] : [seekable.start(0), seekable.end(last)];
    return { isLive: this.isNative && video.duration === Infinity, start, end, edge: end };
  }

  private playable(): Range[] {
    const [first, second] = this.buffers.map(({ buffered }) => buffered);
    return second ? both(first!, second) : first ?? [];
  }

  private failed(error: Error, uri: string, failures: number): void {
    if (!(error instanceof LoadError) && !(error instanceof PlaylistError)) console.warn(error);
    this.problem = error.message;
    this.isMissing = error instanceof LoadError && error.isGone;
    // What cannot be read so often will not become readable.
    if (error instanceof PlaylistError && this.phase === "loading" && failures >= MOST_UNREADABLE) {
      return this.fail(error.message);
    }
    const other = this.choice.failed(uri, failures);
    if (other) this.main?.choose(other.uri);
    this.tell();
  }

  private async finish(track: Track): Promise<void> {
    this.finished.add(track);
    const { media } = this;
    if (!media || this.finished.size < this.tracks.length) return;
    await Promise.all(this.buffers.map((buffer) => buffer.settled()));
    if (media === this.media && media.readyState === "open") media.endOfStream();
    this.tell();
  }

  private videoFailed(): void {
    const { error } = this.video;
    if (!error) return;
    if (this.isNative) return this.fail(error.message || "The stream cannot be played.");
    if (this.media) this.rebuild(error.message || `media error ${error.code}`);
  }

  /** Begins anew where it was: for what a browser could not decode. */
  private rebuild(why: string): void {
    if (this.phase === "failed" || this.stop.signal.aborted) return;
    const now = this.clock.now();
    this.rebuilds = this.rebuilds.filter((time) => now - time < REBUILD_WINDOW);
    this.rebuilds.push(now);
    if (this.rebuilds.length > MOST_REBUILDS) return this.fail(why);
    console.warn(`The player begins anew: ${why}`);
    const { video } = this;
    const wasPaused = video.paused && this.phase === "ready";
    // A little further: what could not be decoded may not be decoded now either.
    this.pending ??= video.currentTime + (this.rebuilds.length > 1 ? 0.5 * this.rebuilds.length : 0);
    this.detach();
    void this.attach().then(() => {
      if (!wasPaused) video.play().catch(() => {});
    });
  }

  private fail(why: string): void {
    this.phase = "failed";
    this.problem = why;
    this.main?.close();
    this.sound?.close();
    this.tell();
  }

  /** Looks regularly whether what should play plays, and in its place. */
  private async look(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.clock.sleep(LOOK, this.stop.signal);
      if (this.phase === "failed" || this.stop.signal.aborted) continue;
      if (!this.isNative && this.media) this.keepPlaying();
      this.tell();
    }
  }

  private keepPlaying(): void {
    const { video, media } = this;
    const now = this.clock.now();
    const playlist = this.main?.playlist;
    if (!playlist || !media) return;
    const { isLive, end } = this.extent();
    if (this.pending !== null) {
      this.arrived();
      if (this.pending === null) return;
      const jumped = isLive ? correction(this.live()) : null;
      if (jumped !== null) this.jump(jumped);
      return;
    }
    this.setDuration(isLive, end);
    const position = video.currentTime;
    if (position !== this.lastPosition || video.paused) this.lastAdvance = now;
    this.lastPosition = position;
    if (isLive && !video.seeking) {
      const state = this.live();
      const jumped = correction(state);
      if (jumped !== null) return this.jump(jumped);
      const rate = playbackRate(state);
      if (video.playbackRate !== rate) video.playbackRate = rate;
    } else if (!isLive && video.playbackRate !== 1) {
      video.playbackRate = 1;
    }
    if (video.paused || video.ended) return;
    const stalled = now - this.lastAdvance;
    if (stalled < STALLED) return;
    const ranges = this.playable();
    const next = nextStart(ranges, position + 0.05);
    if (ahead(ranges, position) < 0.1) {
      if (next !== null) video.currentTime = next + 0.01;
    } else if (stalled > STUCK) {
      video.currentTime = position + 0.1;
      this.lastAdvance = now;
    }
  }

  private live(): LiveState {
    const { start, end } = this.main!.timeline;
    const playlist = this.main!.playlist!;
    const position = this.pending ?? this.video.currentTime;
    return {
      position,
      start,
      end,
      holdBack: holdBack(playlist),
      buffered: ahead(this.playable(), position),
      isFollowing: this.isFollowing,
      isLowLatency: isLowLatency(playlist),
    };
  }

  private setDuration(isLive: boolean, end: number): void {
    const { media } = this;
    if (!media || media.readyState !== "open") return;
    if (Array.from(media.sourceBuffers).some(({ updating }) => updating)) return;
    const wanted = isLive ? Infinity : Math.max(end, ...this.playable().map((range) => range.end));
    // A stream that was cut and one that ends differ by less than a picture.
    if (media.duration === wanted || Math.abs(media.duration - wanted) < 0.5) return;
    media.duration = wanted;
  }

  private tell(): void {
    if (!this.stop.signal.aborted) this.onchange(this.state);
  }
}

function single(uri: string): Variant {
  return { uri, bandwidth: 0, codecs: [], width: null, height: null, frameRate: null, audio: null };
}
