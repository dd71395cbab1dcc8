import type { LivestreamTarget, OutputConfig } from "@stoa/js-sdk";

/** What can be begun. */
export type OutputKind = "recording" | "livestream" | "hls";
export const OUTPUT_KINDS: readonly OutputKind[] = ["recording", "livestream", "hls"];

/** How a recording or stream is to look, as it is chosen and remembered. */
export interface Look {
  layout: "GRID" | "SIDEBAR" | "SPOTLIGHT";
  theme: "DARK" | "LIGHT" | "DEFAULT";
  quality: "low" | "med" | "high";
  orientation: "landscape" | "portrait";
  /** Only the sound of it. */
  audioOnly: boolean;
}

export const USUAL_LOOK: Look = {
  layout: "GRID",
  theme: "DARK",
  quality: "med",
  orientation: "landscape",
  audioOnly: false,
};

const ALLOWED: { [Name in Exclude<keyof Look, "audioOnly">]: readonly Look[Name][] } = {
  layout: ["GRID", "SIDEBAR", "SPOTLIGHT"],
  theme: ["DARK", "LIGHT", "DEFAULT"],
  quality: ["low", "med", "high"],
  orientation: ["landscape", "portrait"],
};

/** Reads what was remembered; whatever it is not has its usual value. */
export function readLook(text: string): Look {
  const look: Look = { ...USUAL_LOOK };
  let found: Record<string, unknown> = {};
  try {
    found = (JSON.parse(text) as Record<string, unknown> | null) ?? {};
  } catch {
    return look;
  }
  for (const name of Object.keys(ALLOWED) as (keyof typeof ALLOWED)[]) {
    if ((ALLOWED[name] as readonly unknown[]).includes(found[name])) look[name] = found[name] as never;
  }
  look.audioOnly = found.audioOnly === true;
  return look;
}

/** A layout in the words of the SDK: what is not a grid shows who is pinned. */
export function layoutOf(layout: Look["layout"]): NonNullable<OutputConfig["layout"]> {
  return { type: layout, priority: layout === "GRID" ? "SPEAKER" : "PIN", gridSize: 25 };
}

/** The look in the words of the SDK. */
export function configOf(kind: OutputKind, look: Look): OutputConfig {
  const isSound = look.audioOnly && kind !== "livestream";
  return {
    layout: layoutOf(look.layout),
    theme: look.theme,
    mode: isSound ? "audio" : "video-and-audio",
    quality: look.quality,
    orientation: look.orientation,
  };
}

export type ServiceName = "youtube" | "twitch" | "facebook" | "custom";

/** Where people stream to, and what their key is called there. */
export const SERVICES: Readonly<Record<ServiceName, { name: string; url: string; key: string }>> = {
  youtube: { name: "YouTube", url: "rtmp://a.rtmp.youtube.com/live2", key: "Stream key, from YouTube Studio → Go live" },
  twitch: { name: "Twitch", url: "rtmp://live.twitch.tv/app", key: "Primary stream key, from Settings → Stream" },
  facebook: { name: "Facebook", url: "rtmps://live-api-s.facebook.com:443/rtmp", key: "Stream key, from Live Producer" },
  custom: { name: "Other server", url: "", key: "Stream key" },
};

/** One row of the form. */
export interface Destination {
  service: ServiceName;
  /** Of another server. */
  url: string;
  key: string;
}

/** The most destinations that a form takes. */
export const MOST_DESTINATIONS = 10;

/** What is wrong with a row, in words for its field; `null` for nothing. */
export function problemOf({ service, url, key }: Destination): { field: "url" | "key"; text: string } | null {
  if (service === "custom") {
    const address = url.trim();
    if (address === "") return { field: "url", text: "Enter the server's address." };
    if (!/^rtmps?:\/\/[^\s/]+\/\S+$/i.test(address)) {
      return { field: "url", text: "An address looks like rtmp://live.example.com/app" };
    }
  }
  if (key.trim() === "") return { field: "key", text: "Enter the stream key." };
  return null;
}

export function targetOf({ service, url, key }: Destination): LivestreamTarget {
  return { url: service === "custom" ? url.trim() : SERVICES[service].url, streamKey: key.trim() };
}

/** `4:05`, `1:02:05`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Bytes in the unit that keeps them short: `740 kB`, `12.4 MB`. */
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit < 2 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
