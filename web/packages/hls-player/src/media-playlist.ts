import { isYes, readAttributes, readNumber } from "./attributes";
import { lines, PlaylistError, resolved, SkippedTooMuchError } from "./playlist-error";

/** Bytes of a file. */
export interface ByteRange {
  start: number;
  length: number;
}

/** Something to fetch: a file, or bytes of one. */
export interface Resource {
  uri: string;
  range: ByteRange | null;
}

/** A piece of a segment that is told of before the segment is complete. */
export interface Part extends Resource {
  /** Seconds. */
  duration: number;
  /** Whether playing can begin with it. */
  isIndependent: boolean;
  isGap: boolean;
}

export interface Segment extends Resource {
  /** Its media sequence number: the same in every variant and every reload. */
  sequence: number;
  /** Seconds; of one that is not complete, of its parts so far. */
  duration: number;
  /** Grows by one at each discontinuity; times of the media go on only within one. */
  discontinuity: number;
  /** What the media needs before it. */
  map: Resource | null;
  /** Milliseconds since 1970 of its first picture, if the playlist says so. */
  programTime: number | null;
  parts: Part[];
  /** Not yet for the last one of a low-latency playlist: it has parts and no address. */
  isComplete: boolean;
  isGap: boolean;
}

/** What the server offers beyond plain reloads; seconds. */
export interface ServerControl {
  /** Answers a reload when there is something new. */
  canBlock: boolean;
  /** Distance to keep from the end. */
  holdBack: number | null;
  partHoldBack: number | null;
  /** Segments older than this may be left out of a reload. */
  skipUntil: number | null;
}

export interface MediaPlaylist {
  /** Seconds; no segment is longer. */
  targetDuration: number;
  /** Seconds of a part; `null` without parts. */
  partTarget: number | null;
  /** No segment follows. */
  isEnded: boolean;
  /** Nothing is ever taken out at its beginning. */
  isEvent: boolean;
  /** In order, without holes in their numbers. */
  segments: Segment[];
  /** What will come next, to be asked for already. */
  hint: Resource | null;
  control: ServerControl;
}

/** A day of one-second segments; a playlist with more is refused. */
const MOST_SEGMENTS = 100_000;

/**
 * Reads a media playlist (RFC 8216 §4.3.2–3, and rfc8216bis for parts and skipped segments).
 *
 * `previous` is the one before from the same address: it fills in what `EXT-X-SKIP` leaves out.
 */
export function readMediaPlaylist(text: string, base: string, previous: MediaPlaylist | null = null): MediaPlaylist {
  return new Reader(base, previous).read(text);
}

class Reader {
  private readonly playlist: MediaPlaylist = {
    targetDuration: 0,
    partTarget: null,
    isEnded: false,
    isEvent: false,
    segments: [],
    hint: null,
    control: { canBlock: false, holdBack: null, partHoldBack: null, skipUntil: null },
  };
  private sequence = 0;
  private discontinuity = 0;
  private map: Resource | null = null;
  /** Of the segment whose address has not come yet. */
  private duration: number | null = null;
  private range: ByteRange | null = null;
  private programTime: number | null = null;
  private isGap = false;
  private parts: Part[] = [];
  /** Where a byte range without a start begins, by address. */
  private readonly ends = new Map<string, number>();

  constructor(private readonly base: string, private readonly previous: MediaPlaylist | null) {}

  read(text: string): MediaPlaylist {
    const { playlist } = this;
    for (const line of lines(text)) {
      if (line.startsWith("#")) this.tag(line);
      else this.segment(line);
    }
    if (playlist.targetDuration <= 0) throw new PlaylistError("it has no EXT-X-TARGETDURATION");
    if (this.parts.length > 0 && !playlist.isEnded) {
      const duration = this.parts.reduce((sum, part) => sum + part.duration, 0);
      this.push({ uri: "", range: null, duration, isComplete: false });
    }
    return playlist;
  }

  private tag(line: string): void {
    const { playlist } = this;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1);
    switch (name) {
      case "#EXTINF":
        this.duration = readNumber(value.split(",", 1)[0]) ?? 0;
        return;
      case "#EXT-X-TARGETDURATION":
        playlist.targetDuration = readNumber(value) ?? 0;
        return;
      case "#EXT-X-MEDIA-SEQUENCE":
        this.sequence = readNumber(value) ?? 0;
        return;
      case "#EXT-X-DISCONTINUITY-SEQUENCE":
        this.discontinuity = readNumber(value) ?? 0;
        return;
      case "#EXT-X-DISCONTINUITY":
        this.discontinuity += 1;
        return;
      case "#EXT-X-PLAYLIST-TYPE":
        playlist.isEvent = value === "EVENT" || value === "VOD";
        return;
      case "#EXT-X-ENDLIST":
        playlist.isEnded = true;
        return;
      case "#EXT-X-BYTERANGE":
        this.range = this.byteRange(value, "");
        return;
      case "#EXT-X-PROGRAM-DATE-TIME": {
        const time = Date.parse(value);
        this.programTime = Number.isNaN(time) ? null : time;
        return;
      }
      case "#EXT-X-GAP":
        this.isGap = true;
        return;
      case "#EXT-X-MAP": {
        const map = readAttributes(value);
        const uri = map.get("URI");
        if (uri === undefined) throw new PlaylistError("an EXT-X-MAP has no URI");
        const range = map.get("BYTERANGE");
        this.map = { uri: this.resolved(uri), range: range === undefined ? null : this.byteRange(range, uri) };
        return;
      }
      case "#EXT-X-KEY": {
        const method = readAttributes(value).get("METHOD");
        if (method !== "NONE") throw new PlaylistError("it is encrypted, which this player cannot play");
        return;
      }
      case "#EXT-X-PART-INF":
        playlist.partTarget = readNumber(readAttributes(value).get("PART-TARGET"));
        return;
      case "#EXT-X-PART":
        return this.part(value);
      case "#EXT-X-PRELOAD-HINT": {
        const hint = readAttributes(value);
        const uri = hint.get("URI");
        const start = readNumber(hint.get("BYTERANGE-START"));
        // Bytes of a file that still grows cannot be told from the file's end here.
        if (hint.get("TYPE") === "PART" && uri !== undefined && start === null) {
          playlist.hint = { uri: this.resolved(uri), range: null };
        }
        return;
      }
      case "#EXT-X-SERVER-CONTROL": {
        const control = readAttributes(value);
        playlist.control = {
          canBlock: isYes(control.get("CAN-BLOCK-RELOAD")),
          holdBack: readNumber(control.get("HOLD-BACK")),
          partHoldBack: readNumber(control.get("PART-HOLD-BACK")),
          skipUntil: readNumber(control.get("CAN-SKIP-UNTIL")),
        };
        return;
      }
      case "#EXT-X-SKIP":
        return this.skip(readNumber(readAttributes(value).get("SKIPPED-SEGMENTS")) ?? 0);
      default:
        return;
    }
  }

  private segment(uri: string): void {
    if (this.duration === null) return; // an address that no EXTINF announced
    let range = this.range;
    if (range && range.start < 0) range = { ...range, start: this.ends.get(uri) ?? 0 };
    if (range) this.ends.set(uri, range.start + range.length);
    this.push({ uri: this.resolved(uri), range, duration: this.duration, isComplete: true });
  }

  private push(made: Pick<Segment, "uri" | "range" | "duration" | "isComplete">): void {
    const { segments } = this.playlist;
    if (segments.length >= MOST_SEGMENTS) throw new PlaylistError("it has too many segments");
    segments.push({
      ...made,
      sequence: this.sequence,
      discontinuity: this.discontinuity,
      map: this.map,
      programTime: this.programTime,
      parts: this.parts,
      isGap: this.isGap,
    });
    this.sequence += 1;
    this.duration = this.range = this.programTime = null;
    this.isGap = false;
    this.parts = [];
  }

  private part(value: string): void {
    const part = readAttributes(value);
    const uri = part.get("URI");
    const range = part.get("BYTERANGE");
    if (uri === undefined) return;
    this.parts.push({
      uri: this.resolved(uri),
      range: range === undefined ? null : this.byteRange(range, uri),
      duration: readNumber(part.get("DURATION")) ?? 0,
      isIndependent: isYes(part.get("INDEPENDENT")),
      isGap: isYes(part.get("GAP")),
    });
  }

  private skip(count: number): void {
    for (let skipped = 0; skipped < count; skipped += 1) {
      const first = this.previous?.segments[0]?.sequence ?? 0;
      const known = this.previous?.segments[this.sequence - first];
      if (!known?.isComplete) throw new SkippedTooMuchError("segments were left out that are not known here");
      this.playlist.segments.push(known);
      this.sequence += 1;
      this.discontinuity = known.discontinuity;
      this.map = known.map;
    }
  }

  /** `length[@start]`; a start of -1 stands for "after the one before". */
  private byteRange(value: string, uri: string): ByteRange {
    const [length, start] = value.split("@").map((each) => readNumber(each));
    if (length == null) throw new PlaylistError(`this is no range of bytes: ${value}`);
    if (uri === "") return { length, start: start ?? -1 };
    const from = start ?? this.ends.get(uri) ?? 0;
    this.ends.set(uri, from + length);
    return { length, start: from };
  }

  private resolved(uri: string): string {
    return resolved(uri, this.base);
  }
}
