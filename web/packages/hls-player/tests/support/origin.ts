import { MediaPlaylist, readMediaPlaylist, Resource } from "../../src/media-playlist";
import { Sink } from "../../src/media-buffer";
import { Range } from "../../src/ranges";
import { Loaded, LoadError, Progress, Transport } from "../../src/transport";
import { fragment, initialization } from "./boxes";
import { VirtualClock } from "./virtual-clock";

export interface OriginOptions {
  /** Seconds. */
  segment: number;
  /** Seconds of a part; 0: without. */
  part: number;
  /** Segments in the playlist; 0: all. */
  window: number;
  /** Seconds after which the stream ends; `Infinity`: never. */
  length: number;
  /** Bits per second of each variant. */
  rates: number[];
  /** Seconds that the media's own clock is ahead of the stream's. */
  clockStart: number;
}

/** A server with a live stream, in virtual time. Names say what they hold: `v1/7.m4s`, `v0/8.2.m4s`. */
export class Origin implements Transport {
  /** What was asked for, without the host. */
  readonly asked: string[] = [];
  /** Bits per second that come through. */
  network = 50_000_000;
  /** Names that are answered with an error. */
  broken: (name: string) => number | null = () => null;

  constructor(private readonly clock: VirtualClock, private readonly options: OriginOptions) {}

  static readonly base = "https://origin.example/";

  playlist(variant: number): string {
    const { segment, part, window, length } = this.options;
    const now = Math.min(this.clock.now(), length);
    const complete = Math.floor(now / segment + 1e-9);
    const first = window > 0 ? Math.max(0, complete - window) : 0;
    const lines = ["#EXTM3U", `#EXT-X-TARGETDURATION:${segment}`, `#EXT-X-MEDIA-SEQUENCE:${first}`];
    if (part > 0) {
      lines.push(`#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${3 * part}`);
      lines.push(`#EXT-X-PART-INF:PART-TARGET=${part}`);
    }
    lines.push(`#EXT-X-MAP:URI="init.mp4"`);
    const parts = (number: number, count: number): void => {
      for (let each = 0; each < count; each += 1) {
        lines.push(`#EXT-X-PART:DURATION=${part},URI="${number}.${each}.m4s"${each === 0 ? ",INDEPENDENT=YES" : ""}`);
      }
    };
    for (let number = first; number < complete; number += 1) {
      if (part > 0 && number >= complete - 2) parts(number, Math.round(segment / part));
      lines.push(`#EXTINF:${segment},`, `${number}.m4s`);
    }
    if (now >= length) lines.push("#EXT-X-ENDLIST");
    else if (part > 0) {
      const made = Math.floor((now - complete * segment) / part + 1e-9);
      parts(complete, made);
      lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${complete}.${made}.m4s"`);
    }
    return `${lines.join("\n")}\nv${variant}`.replace(/\nv\d+$/, "");
  }

  async text(url: string, signal: AbortSignal): Promise<{ text: string; url: string }> {
    const { pathname, search, searchParams } = new URL(url);
    this.note(pathname.slice(1) + search);
    const variant = Number(/v(\d+)/.exec(pathname)?.[1] ?? 0);
    const wanted = searchParams.get("_HLS_msn");
    if (wanted !== null) await this.waitFor(Number(wanted), Number(searchParams.get("_HLS_part") ?? -1), signal);
    await this.clock.sleep(0.02, signal);
    if (signal.aborted) throw new LoadError(null, "given up");
    return { text: this.playlist(variant), url };
  }

  async bytes({ uri }: Resource, signal: AbortSignal, progress?: (progress: Progress) => void): Promise<Loaded> {
    const name = uri.slice(Origin.base.length);
    this.note(name);
    if (name.endsWith("init.mp4")) return { bytes: initialization(), seconds: 0.001 };
    const [, variant, number, part] = /^v(\d+)\/(\d+)(?:\.(\d+))?\.m4s$/.exec(name)!;
    const { segment, part: partDuration, rates, clockStart } = this.options;
    if (part !== undefined) await this.waitFor(Number(number), Number(part), signal);
    const start = Number(number) * segment + Number(part ?? 0) * partDuration;
    const duration = part === undefined ? segment : partDuration;
    const size = (rates[Number(variant)]! * duration) / 8;
    const began = this.clock.now();
    for (let bytes = 0; bytes < size; ) {
      await this.clock.sleep(0.1, signal);
      if (signal.aborted) throw new LoadError(null, "given up");
      bytes = Math.min(size, bytes + (this.network * 0.1) / 8);
      progress?.({ bytes, seconds: this.clock.now() - began, expected: size });
    }
    const time = start + clockStart;
    const content = fragment(Math.round(time * 90_000), Math.round(time * 48_000));
    // The rest of it is for the sink below, which cannot decode.
    const bytes = new Uint8Array(Math.max(size, content.length + 24));
    bytes.set(content);
    new DataView(bytes.buffer).setFloat64(bytes.length - 24, start + clockStart);
    new DataView(bytes.buffer).setFloat64(bytes.length - 16, duration);
    new DataView(bytes.buffer).setFloat64(bytes.length - 8, Number(variant));
    return { bytes, seconds: this.clock.now() - began };
  }

  private note(name: string): void {
    this.asked.push(name);
    const status = this.broken(name);
    if (status !== null) throw new LoadError(status === 0 ? null : status, `${name}: ${status}`);
  }

  /** Until the part, or with a part of -1 the segment, is there. */
  private async waitFor(number: number, part: number, signal: AbortSignal): Promise<void> {
    const { segment, part: duration, length } = this.options;
    const at = part < 0 ? (number + 1) * segment : number * segment + (part + 1) * duration;
    const left = Math.min(at, length) - this.clock.now();
    if (left > 0) await this.clock.sleep(left, signal);
  }
}

/** A buffer that remembers what came in, by time and variant. */
export class FakeSink implements Sink {
  readonly pieces: (Range & { variant: number })[] = [];

  append(bytes: Uint8Array, offset: number): Promise<void> {
    if (bytes.length !== initialization().length) {
      const view = new DataView(bytes.buffer);
      const start = view.getFloat64(bytes.length - 24) + offset;
      const end = start + view.getFloat64(bytes.length - 16);
      this.pieces.push({ start, end, variant: view.getFloat64(bytes.length - 8) });
    }
    return Promise.resolve();
  }

  get buffered(): Range[] {
    const found: Range[] = [];
    for (const { start, end } of [...this.pieces].sort((one, other) => one.start - other.start)) {
      const last = found[found.length - 1];
      if (last && start <= last.end + 0.001) last.end = Math.max(last.end, end);
      else found.push({ start, end });
    }
    return found;
  }
}

export function read(origin: Origin): MediaPlaylist {
  return readMediaPlaylist(origin.playlist(0), Origin.base);
}
