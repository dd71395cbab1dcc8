import { Attributes, readAttributes, readNumber } from "./attributes";
import { lines, PlaylistError, resolved } from "./playlist-error";

/** One of the encodings of the same thing. */
export interface Variant {
  uri: string;
  /** Peak bits per second, sound included. */
  bandwidth: number;
  /** Empty if the playlist does not say. */
  codecs: string[];
  width: number | null;
  height: number | null;
  frameRate: number | null;
  /** The playlist of its sound, if that is apart. */
  audio: string | null;
}

/** Variants beyond these are not looked at. */
const MOST_VARIANTS = 64;

/** Whether a playlist names others and no segments. */
export function isMultivariant(text: string): boolean {
  return text.includes("#EXT-X-STREAM-INF:");
}

/** Reads a multivariant playlist (RFC 8216 §4.3.4): its variants, from small to large. */
export function readMultivariant(text: string, base: string): Variant[] {
  const sounds = new Map<string, Attributes>();
  const found: { attributes: Attributes; uri: string }[] = [];
  let waiting: Attributes | null = null;
  for (const line of lines(text)) {
    if (line.startsWith("#EXT-X-MEDIA:")) {
      const media = readAttributes(line.slice(13));
      const group = media.get("GROUP-ID");
      if (media.get("TYPE") !== "AUDIO" || group === undefined) continue;
      if (!sounds.has(group) || media.get("DEFAULT") === "YES") sounds.set(group, media);
    } else if (line.startsWith("#EXT-X-STREAM-INF:")) {
      waiting = readAttributes(line.slice(18));
    } else if (!line.startsWith("#") && waiting) {
      if (found.length < MOST_VARIANTS) found.push({ attributes: waiting, uri: line });
      waiting = null;
    }
  }
  const variants = found.map(({ attributes, uri }): Variant => {
    const [width, height] = (attributes.get("RESOLUTION") ?? "").split("x").map((each) => readNumber(each));
    const audio = sounds.get(attributes.get("AUDIO") ?? "")?.get("URI");
    return {
      uri: resolved(uri, base),
      bandwidth: readNumber(attributes.get("BANDWIDTH")) ?? 0,
      codecs: (attributes.get("CODECS") ?? "").split(",").map((each) => each.trim()).filter(Boolean),
      width: width ?? null,
      height: height ?? null,
      frameRate: readNumber(attributes.get("FRAME-RATE")),
      audio: audio === undefined ? null : resolved(audio, base),
    };
  });
  if (variants.length === 0) throw new PlaylistError("it has no variant");
  return variants.sort((one, other) => one.bandwidth - other.bandwidth);
}
