/** The attribute list of a tag (RFC 8216 §4.2): `BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2"`. */
export type Attributes = ReadonlyMap<string, string>;

const ATTRIBUTE = /([A-Z0-9-]+)=(?:"([^"]*)"|([^",]*))/g;

/** Reads an attribute list; quotes are taken off, what cannot be read is left out. */
export function readAttributes(text: string): Attributes {
  const found = new Map<string, string>();
  for (const [, name, quoted, plain] of text.matchAll(ATTRIBUTE)) found.set(name!, quoted ?? plain!.trim());
  return found;
}

/** A number of zero or more; `null` for anything else. */
export function readNumber(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

/** `PART-HOLD-BACK` and the like: an enumerated YES. */
export function isYes(text: string | undefined): boolean {
  return text === "YES";
}
