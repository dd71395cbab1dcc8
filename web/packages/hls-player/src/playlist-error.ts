/** A playlist that cannot be played; `message` says what is wrong with it. */
export class PlaylistError extends Error {}

/** `EXT-X-SKIP` left out segments that are not known here: the whole playlist has to be asked for. */
export class SkippedTooMuchError extends PlaylistError {}

/** An address in a playlist, made whole. */
export function resolved(uri: string, base: string): string {
  try {
    return new URL(uri, base).href;
  } catch {
    throw new PlaylistError(`this is no address: ${uri}`);
  }
}

/** Lines of a playlist, without empty ones and comments; refuses what is none. */
export function lines(text: string): string[] {
  const found = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  if (found[0]?.replace(/^\uFEFF/, "") !== "#EXTM3U") throw new PlaylistError("it does not begin with #EXTM3U");
  return found.slice(1).filter((line) => !line.startsWith("#") || line.startsWith("#EXT"));
}
