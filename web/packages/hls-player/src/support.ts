/** How a browser can play HLS. */
export type Support = "media-source" | "native" | null;

/** `native` only where media cannot be handed to the browser: there is less to be known and chosen. */
export function support(): Support {
  const { MediaSource } = globalThis as { MediaSource?: typeof globalThis.MediaSource };
  if (MediaSource && MediaSource.isTypeSupported('video/mp4; codecs="avc1.4d401f,mp4a.40.2"')) return "media-source";
  const video = document.createElement("video");
  return video.canPlayType("application/vnd.apple.mpegurl") === "" ? null : "native";
}

const AUDIO = /^(mp4a|opus|ac-3|ec-3|flac)/i;

/** Codecs of sound, or of pictures. */
export function codecsOf(codecs: readonly string[], audio: boolean): string[] {
  return codecs.filter((codec) => AUDIO.test(codec) === audio);
}

/** The type of fMP4 with such tracks. */
export function mimeType(codecs: readonly string[]): string {
  const isAudio = codecs.length > 0 && codecsOf(codecs, false).length === 0;
  return `${isAudio ? "audio" : "video"}/mp4; codecs="${codecs.join(",")}"`;
}
