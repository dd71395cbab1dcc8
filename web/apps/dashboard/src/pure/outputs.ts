import type { Output, OutputFile } from "../resources";
import { moment } from "./format";

/** The kinds there are, each with a list of its own in the REST API. */
export const OUTPUT_KINDS = {
  recordings: { name: "Recordings", path: "/v2/recordings", one: "recording" },
  hls: { name: "HLS", path: "/v2/hls", one: "stream" },
  livestreams: { name: "Livestreams", path: "/v2/livestreams", one: "livestream" },
  participants: { name: "Participants", path: "/v2/recordings/participant", one: "recording" },
  tracks: { name: "Tracks", path: "/v2/recordings/participant/track", one: "recording" },
} as const;
export type OutputKindName = keyof typeof OUTPUT_KINDS;

export type OutputState = "starting" | "going" | "stopping" | "done" | "broken";

export const OUTPUT_STATES: Readonly<Record<OutputState, string>> = {
  starting: "Starting",
  going: "Going on",
  stopping: "Being finished",
  done: "Finished",
  broken: "Broke off",
};

/** How far an output is; servers that do not say it leave it to the end's time. */
export function outputState({ status, end }: Pick<Output, "status" | "end">): OutputState {
  switch (status) {
    case "starting":
      return "starting";
    case "started":
    case "playable":
      return "going";
    case "stopping":
      return "stopping";
    case "failed":
      return "broken";
    case "stopped":
      return "done";
    default:
      return end === null ? "going" : "done";
  }
}

/** All files of an output. */
export function filesOf({ file, files }: Pick<Output, "file" | "files">): OutputFile[] {
  return files && files.length > 0 ? files : file ? [file] : [];
}

/** Milliseconds that it lasted, by its files or else by the clock; `null` if that is not known. */
export function lasted(output: Output, now: number): number | null {
  const seconds = filesOf(output).reduce((sum, { meta }) => sum + (meta?.duration ?? 0), 0);
  if (seconds > 0) return seconds * 1_000;
  if (output.duration) return output.duration * 1_000;
  const start = moment(output.start ?? output.createdAt);
  if (start === null) return null;
  const end = moment(output.end) ?? (outputState(output) === "going" ? now : null);
  return end === null ? null : Math.max(0, end - start);
}

/** Bytes of all its files; `null` if there is none. */
export function weight(output: Pick<Output, "file" | "files">): number | null {
  const sizes = filesOf(output).map(({ size }) => size ?? 0);
  return sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0);
}

/** Where a livestream goes, without what comes behind the server's name. */
export function destinations({ outputs }: Pick<Output, "outputs">): string[] {
  return (outputs ?? []).map(({ url }) => /^[a-z]+:\/\/([^/:?#]+)/i.exec(url)?.[1] ?? url);
}
