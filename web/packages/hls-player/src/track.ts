import { MediaTrack, readStart, readTracks } from "./boxes";
import { Clock } from "./clock";
import { Download } from "./adaptation";
import { Sink } from "./media-buffer";
import { MediaPlaylist, readMediaPlaylist, Resource } from "./media-playlist";
import { SkippedTooMuchError } from "./playlist-error";
import { ahead, Range, rangeAt, SEAM } from "./ranges";
import { Cursor, cursorAt, isLowLatency, nextStep, reloadDelay, reloadQuery, retryDelay, Step, timeOf } from "./schedule";
import { Timeline } from "./timeline";
import { Loaded, LoadError, Transport } from "./transport";

/** What a track needs of the player it is a part of. */
export interface TrackHost {
  readonly clock: Clock;
  readonly transport: Transport;
  /** Seconds to add to the media's own times, by discontinuity; sound and picture share them. */
  readonly offsets: Map<number, number>;
  /** The moment that plays, or will when there is something to play. */
  position(): number;
  /** Seconds to have in store. */
  goal(): number;
  /** A download of so many seconds of media came through so fast. */
  measured(bytes: number, seconds: number, media: number): void;
  /** The playlist to load from next; it may be another variant's. */
  choose(buffered: number): string;
  /** The playlist to load from in place of a download that takes too long; `null` to go on. */
  instead(download: Download, buffered: number, seconds: number): string | null;
  /** Something could not be had, for the n-th time; it is tried again. */
  failed(error: Error, uri: string, failures: number): void;
  /** It could be had after all. */
  recovered(): void;
  /** The playlist changed, or was loaded for the first time. */
  reloaded(): void;
  appended(): void;
  /** Everything was loaded to the end. */
  finished(): void;
  /** The browser does not take this media. */
  broken(error: Error): void;
}

/** Initialization segments kept; there is one for each variant and discontinuity. */
const KEPT_MAPS = 24;
/** Times that a segment is asked for which the server does not have, before it is left out. */
const TRIES_OF_GONE = 3;
/** Seconds that the clock of a stream may be off from its playlist. */
const DRIFT = 0.5;
/** Seconds by which the first media is put off, so that nothing of it comes before 0. */
const MARGIN = 0.1;
/** Seconds between two looks while nothing happens. */
const PAUSE = 0.2;
/** Seconds within which a playlist has to come. */
const PLAYLIST_PATIENCE = 8;

interface Initialization {
  key: string;
  bytes: Uint8Array;
  tracks: MediaTrack[];
}

/** One playlist at a time, kept up to date, and its media in a buffer. */
export class Track {
  readonly timeline = new Timeline();
  private uri: string;
  /** Where the timeline's playlist came from. */
  private loadedURI = "";
  private loadedAt = 0;
  private cursor: Cursor | null = null;
  private sink: Sink | null = null;
  private readonly maps = new Map<string, Promise<Initialization>>();
  /** What the buffer was last told to expect. */
  private appendedMap = "";
  private prefetched: { uri: string; content: Promise<Loaded>; stop: AbortController } | null = null;
  private reloading = new AbortController();
  private loading = new AbortController();
  private waiting = new AbortController();
  private isClosed = false;
  private hasFinished = false;

  constructor(uri: string, private readonly host: TrackHost) {
    this.uri = uri;
  }

  /** Keeps the playlist up to date from now on. */
  open(): void {
    void this.keepReloading();
  }

  /** Fills `sink` from now on, from the moment that plays. */
  fill(sink: Sink): void {
    this.sink = sink;
    this.cursor = null;
    this.appendedMap = "";
    this.hasFinished = false;
    this.loading.abort();
    void this.keepFilling(sink);
  }

  close(): void {
    this.isClosed = true;
    this.sink = null;
    for (const each of [this.reloading, this.loading, this.waiting, this.prefetched?.stop]) each?.abort();
  }

  /** Another moment is to play. */
  seek(): void {
    const time = this.host.position();
    const range = rangeAt(this.sink?.buffered ?? [], time);
    const next = this.cursor && timeOf(this.timeline, this.cursor);
    // What is being loaded is what comes next there, too.
    if (range && next !== null && Math.abs(next - range.end) < SEAM) return;
    this.cursor = this.timeline.playlist ? cursorAt(this.timeline, range ? range.end : time) : null;
    this.hasFinished = false;
    this.loading.abort();
    this.wake();
  }

  /** Loads from another playlist from now on. */
  choose(uri: string): void {
    if (uri === this.uri) return;
    this.uri = uri;
    this.dropPrefetched();
    this.reloading.abort();
    this.wake();
  }

  /** The codec strings of what plays first, for playlists that do not tell them. */
  async codecs(): Promise<string[]> {
    const segment = this.timeline.segments.find(({ map }) => map !== null);
    if (!segment?.map) return [];
    const { tracks } = await this.initialization(segment.map, new AbortController().signal);
    return tracks.map(({ codec }) => codec).filter((codec) => codec !== "");
  }

  private async keepReloading(): Promise<void> {
    const { clock, host } = { clock: this.host.clock, host: this.host };
    let failures = 0;
    while (!this.isClosed) {
      const { uri } = this;
      const stop = (this.reloading = new AbortController());
      const began = clock.now();
      let pause: number | null;
      try {
        const isNew = await this.reload(uri, stop.signal);
        if (stop.signal.aborted) continue;
        if (failures > 0) host.recovered();
        failures = 0;
        pause = reloadDelay(this.timeline.playlist!, isNew, clock.now() - began);
        host.reloaded();
        this.wake();
      } catch (error) {
        if (stop.signal.aborted) continue;
        if (error instanceof SkippedTooMuchError && this.loadedAt !== -Infinity) {
          this.loadedAt = -Infinity; // the whole of it is asked for next
          continue;
        }
        failures += 1;
        host.failed(error as Error, uri, failures);
        pause = retryDelay(failures);
      }
      await clock.sleep(pause ?? 86_400, stop.signal);
    }
  }

  private async reload(uri: string, signal: AbortSignal): Promise<boolean> {
    const { clock, transport } = this.host;
    const previous = uri === this.loadedURI ? this.timeline.playlist : null;
    const query = previous ? reloadQuery(previous, clock.now() - this.loadedAt) : {};
    const patience = PLAYLIST_PATIENCE + (query._HLS_msn ? 3 * (previous?.targetDuration ?? 0) : 0);
    const { text, url } = await transport.text(asked(uri, query), signal, patience);
    if (signal.aborted) return false;
    const isNew = this.timeline.update(readMediaPlaylist(text, url, previous));
    this.loadedURI = uri;
    this.loadedAt = clock.now();
    return isNew || previous === null;
  }

  private async keepFilling(sink: Sink): Promise<void> {
    let failures = 0;
    while (!this.isClosed && sink === this.sink) {
      const step = this.next(sink);
      if (step?.does !== "load") {
        if (step?.does === "finish" && !this.hasFinished) {
          this.hasFinished = true;
          this.host.finished();
        }
        if (step?.does === "wait") this.prefetch();
        await this.pause(PAUSE);
        continue;
      }
      const stop = (this.loading = new AbortController());
      try {
        await this.load(step, sink, stop.signal);
        if (stop.signal.aborted) continue;
        if (failures > 0) this.host.recovered();
        failures = 0;
      } catch (error) {
        if (stop.signal.aborted || sink !== this.sink) continue;
        if (!(error instanceof LoadError)) return this.host.broken(error as Error);
        failures += 1;
        if (error.isGone && failures >= TRIES_OF_GONE) {
          this.cursor = { sequence: step.segment.sequence + 1, part: 0 };
          failures = 0;
          continue;
        }
        this.host.failed(error, this.loadedURI, failures);
        await this.pause(retryDelay(failures));
      }
    }
  }

  /** What to do now; `null` while the playlist is not there. */
  private next(sink: Sink): Step | null {
    const { host, timeline } = this;
    if (!timeline.playlist || this.loadedURI !== this.uri) return null;
    const position = host.position();
    const { buffered } = sink;
    this.cursor ??= cursorAt(timeline, rangeAt(buffered, position)?.end ?? position);
    const inStore = ahead(buffered, position);
    let step = nextStep(timeline, this.cursor, inStore, host.goal());
    while (step.does === "load" && isThere(step, buffered)) {
      this.cursor = step.next;
      step = nextStep(timeline, this.cursor, inStore, host.goal());
    }
    if (step.does !== "load" || (step.part ?? 0) !== 0) return step;
    // Between two segments is where another variant may go on.
    this.choose(host.choose(inStore));
    return this.loadedURI === this.uri ? step : null;
  }

  private async load(step: Extract<Step, { does: "load" }>, sink: Sink, signal: AbortSignal): Promise<void> {
    const { host } = this;
    const { segment } = step;
    const map = segment.map ? await this.initialization(segment.map, signal) : null;
    const { bytes } = await this.media(step, sink, signal);
    if (signal.aborted) return;
    let offset = host.offsets.get(segment.discontinuity);
    if (offset === undefined) {
      const start = readStart(bytes, map?.tracks ?? []);
      offset = start === null ? 0 : this.offset(step, start);
      host.offsets.set(segment.discontinuity, offset);
    }
    if (map && map.key !== this.appendedMap) {
      await sink.append(map.bytes, offset);
      this.appendedMap = map.key;
    }
    await sink.append(bytes, offset);
    // Another moment may have been asked for meanwhile.
    if (signal.aborted) return;
    this.cursor = step.next;
    host.appended();
  }

  /** Seconds between the clock of a discontinuity and that of the player, from a segment that begins at `start`. */
  private offset({ segment, time }: Extract<Step, { does: "load" }>, start: number): number {
    const offset = time - start;
    // Rounded durations add up; a stream that counts from 0 as the player does is taken at its word.
    if (Math.abs(offset) < DRIFT) return 0;
    const isFirst = segment.discontinuity === this.timeline.segments[0]?.discontinuity;
    // Browsers leave out what comes before 0, and all that depends on it.
    return isFirst ? offset + MARGIN : offset;
  }

  private async media(step: Extract<Step, { does: "load" }>, sink: Sink, signal: AbortSignal): Promise<Loaded> {
    const { host } = this;
    const hinted = this.prefetched;
    if (hinted && hinted.uri === step.resource.uri && !step.resource.range) {
      this.prefetched = null;
      try {
        return await hinted.content;
      } catch {
        // Then as any other.
      }
    }
    const loaded = await host.transport.bytes(step.resource, signal, ({ bytes, seconds, expected }) => {
      if (step.part !== null || signal.aborted) return;
      const download = { bytes, seconds, expected: expected ?? 0 };
      const smaller = host.instead(download, ahead(sink.buffered, host.position()), step.duration);
      if (smaller === null || smaller === this.uri) return;
      this.loading.abort();
      host.measured(bytes, seconds, (step.duration * bytes) / Math.max(bytes, expected ?? bytes));
      this.choose(smaller);
    });
    if (!signal.aborted) host.measured(loaded.bytes.length, loaded.seconds, step.duration);
    return loaded;
  }

  /** Asks for what the server says will come next: it is on its way the moment it is made. */
  private prefetch(): void {
    const { playlist } = this.timeline;
    const hint = playlist && isLowLatency(playlist) ? playlist.hint : null;
    if (!hint || this.prefetched?.uri === hint.uri) return;
    this.dropPrefetched();
    const stop = new AbortController();
    const content = this.host.transport.bytes(hint, stop.signal);
    content.catch(() => {}); // it is asked for again when the playlist has it
    this.prefetched = { uri: hint.uri, content, stop };
  }

  private dropPrefetched(): void {
    this.prefetched?.stop.abort();
    this.prefetched = null;
  }

  private initialization(map: Resource, signal: AbortSignal): Promise<Initialization> {
    const key = `${map.uri} ${map.range?.start ?? ""}`;
    const known = this.maps.get(key);
    if (known) return known;
    if (this.maps.size >= KEPT_MAPS) this.maps.delete(this.maps.keys().next().value as string);
    const made = this.host.transport
      .bytes(map, signal)
      .then(({ bytes }): Initialization => ({ key, bytes, tracks: readTracks(bytes) }));
    this.maps.set(key, made);
    made.catch(() => this.maps.delete(key));
    return made;
  }

  private pause(seconds: number): Promise<void> {
    this.waiting = new AbortController();
    return this.host.clock.sleep(seconds, this.waiting.signal);
  }

  private wake(): void {
    this.waiting.abort();
  }

  /** The playlist that is loaded from. */
  get playlist(): MediaPlaylist | null {
    return this.timeline.playlist;
  }
}

/** Whether all of a segment is in the buffer already. */
function isThere({ time, duration }: Extract<Step, { does: "load" }>, buffered: readonly Range[]): boolean {
  return buffered.some(({ start, end }) => start <= time + SEAM && end >= time + duration - SEAM && duration > 2 * SEAM);
}

function asked(uri: string, query: Record<string, string>): string {
  if (Object.keys(query).length === 0) return uri;
  const url = new URL(uri);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}
