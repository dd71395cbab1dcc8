/** A track of an fMP4 file as its initialization segment describes it. */
export interface MediaTrack {
  id: number;
  /** Ticks per second of its times. */
  timescale: number;
  isVideo: boolean;
  /** As in `CODECS`; empty for one this player does not know. */
  codec: string;
}

interface Box {
  type: string;
  /** Without its header. */
  start: number;
  end: number;
}

const HEX = (value: number): string => value.toString(16).padStart(2, "0");

/** Tracks of an initialization segment. */
export function readTracks(bytes: Uint8Array): MediaTrack[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tracks: MediaTrack[] = [];
  for (const trak of inside(view, ["moov", "trak"])) {
    const [tkhd, mdhd, hdlr, stsd] = [["tkhd"], ["mdia", "mdhd"], ["mdia", "hdlr"], ["mdia", "minf", "stbl", "stsd"]]
      .map((path) => inside(view, path, trak)[0]);
    if (!tkhd || !mdhd || !hdlr) continue;
    const id = uint32(view, tkhd, byte(view, tkhd) === 1 ? 20 : 12);
    const timescale = uint32(view, mdhd, byte(view, mdhd) === 1 ? 20 : 12);
    const handler = uint32(view, hdlr, 8);
    if (timescale === 0) continue;
    tracks.push({ id, timescale, isVideo: handler === 0x76696465, codec: stsd ? codecOf(view, stsd) : "" });
  }
  return tracks;
}

/** Seconds at which a media segment begins on its own clock; `null` if it does not say. */
export function readStart(bytes: Uint8Array, tracks: readonly MediaTrack[]): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let earliest: number | null = null;
  const seen = new Set<number>();
  for (const traf of inside(view, ["moof", "traf"])) {
    const [tfhd] = inside(view, ["tfhd"], traf);
    const [tfdt] = inside(view, ["tfdt"], traf);
    if (!tfhd || !tfdt) continue;
    const id = uint32(view, tfhd, 4);
    const track = tracks.find((each) => each.id === id);
    if (!track || seen.has(id)) continue;
    seen.add(id); // the first fragment of each track is its earliest
    const isLong = byte(view, tfdt) === 1;
    const time = isLong ? uint32(view, tfdt, 4) * 2 ** 32 + uint32(view, tfdt, 8) : uint32(view, tfdt, 4);
    const start = time / track.timescale;
    if (earliest === null || start < earliest) earliest = start;
  }
  return earliest;
}

/** All boxes at a path of types, in order. */
function inside(view: DataView, path: readonly string[], parent: Box | null = null): Box[] {
  const [type, ...rest] = path;
  const found = [...boxes(view, parent?.start ?? 0, parent?.end ?? view.byteLength)].filter(
    (box) => box.type === type,
  );
  return rest.length === 0 ? found : found.flatMap((box) => inside(view, rest, box));
}

function* boxes(view: DataView, from: number, to: number): Generator<Box> {
  let at = from;
  while (at + 8 <= to) {
    let size = view.getUint32(at);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((offset) => view.getUint8(at + offset)));
    let header = 8;
    if (size === 1) {
      if (at + 16 > to) return;
      size = view.getUint32(at + 8) * 2 ** 32 + view.getUint32(at + 12);
      header = 16;
    } else if (size === 0) {
      size = to - at;
    }
    if (size < header) return;
    yield { type, start: at + header, end: Math.min(to, at + size) };
    at += size;
  }
}

/** A number in a box; 0 where the box is too short. */
function uint32(view: DataView, box: Box, offset: number): number {
  return box.start + offset + 4 <= box.end ? view.getUint32(box.start + offset) : 0;
}

/** A byte of a box; 0 where the box is too short. */
function byte(view: DataView, box: Box, offset = 0): number {
  return box.start + offset < box.end ? view.getUint8(box.start + offset) : 0;
}

/** Bytes before the boxes of a sample entry. */
const VIDEO_ENTRY = 78;
const AUDIO_ENTRY = 28;

function codecOf(view: DataView, stsd: Box): string {
  const [entry] = boxes(view, stsd.start + 8, stsd.end);
  if (!entry) return "";
  const child = (type: string, skipped: number): Box | undefined =>
    [...boxes(view, entry.start + skipped, entry.end)].find((box) => box.type === type);
  switch (entry.type) {
    case "avc1":
    case "avc3": {
      const avcC = child("avcC", VIDEO_ENTRY);
      return avcC ? `${entry.type}.${HEX(byte(view, avcC, 1))}${HEX(byte(view, avcC, 2))}${HEX(byte(view, avcC, 3))}` : "";
    }
    case "vp09": {
      const vpcC = child("vpcC", VIDEO_ENTRY);
      if (!vpcC) return "";
      const two = (value: number): string => String(value).padStart(2, "0");
      return `vp09.${two(byte(view, vpcC, 4))}.${two(byte(view, vpcC, 5))}.${two(byte(view, vpcC, 6) >> 4)}`;
    }
    case "av01": {
      const av1C = child("av1C", VIDEO_ENTRY);
      if (!av1C) return "";
      const [second, third] = [byte(view, av1C, 1), byte(view, av1C, 2)];
      const level = String(second & 31).padStart(2, "0");
      return `av01.${second >> 5}.${level}${third & 128 ? "H" : "M"}.${third & 64 ? "10" : "08"}`;
    }
    case "mp4a":
      return child("esds", AUDIO_ENTRY) ? "mp4a.40.2" : "";
    case "Opus":
      return "opus";
    default:
      return "";
  }
}
